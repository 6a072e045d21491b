use super::super::{MAX_SIZE, TilePath, tile::*};
use proptest::prelude::*;

#[test]
fn paths_are_those_of_the_specification() {
    let rows = [
        (TilePath::hashes(0, 0, 256), "tile/0/000"),
        (TilePath::hashes(0, 273, 112), "tile/0/273.p/112"),
        (TilePath::hashes(1, 1, 17), "tile/1/001.p/17"),
        (TilePath::hashes(2, 0, 1), "tile/2/000.p/1"),
        (TilePath::hashes(63, 1_234_067, 255), "tile/63/x001/x234/067.p/255"),
        (TilePath::hashes(0, 1000, 256), "tile/0/x001/000"),
        (TilePath::hashes(0, 999_999, 256), "tile/0/x999/999"),
        (TilePath::hashes(0, 1_000_000, 256), "tile/0/x001/x000/000"),
        (TilePath::entries(0, 1), "tile/entries/000.p/1"),
        (TilePath::entries(123_456_789, 256), "tile/entries/x123/x456/789"),
        (TilePath::entries(MAX_SIZE / 256, 255), "tile/entries/x036/x028/x797/x018/x963/967.p/255"),
    ];
    for (path, text) in rows {
        let path = path.unwrap();
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse(), Ok(path), "{text}");
        assert!(text.len() <= MAX_PATH_BYTES);
    }
}

#[test]
fn other_spellings_are_refused() {
    let rows = [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/64/000",
        "tile/256/000",
        "tile/x/000",
        "Tile/0/000",
        "/tile/0/000",
        "tile/0/000/",
        "tile/0//000",
        "tile/0/001/000",
        "tile/0/x000/000",
        "tile/0/x001/x000",
        "tile/0/x000/x001/000",
        "tile/0/x01/000",
        "tile/0/X001/000",
        "tile/0/+01",
        "tile/0/ 01",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/257",
        "tile/0/000.p/01",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.P/1",
        "tile/0/000 ",
        "tile/0/000?x",
        "tile/8/0/000",
        "tile/data/000",
        "tile/entries",
        "tile/entries/0",
        "tile/entries/000.p/256",
        "tile/Entries/000",
        "tile/0/x036/x028/x797/x018/x963/968",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999",
        "tile/0/００0",
        "tile/0/../checkpoint",
    ];
    for text in rows {
        assert_eq!(text.parse::<TilePath>(), Err(TileError::Path), "{text:?}");
    }
}

#[test]
fn impossible_tiles_are_refused() {
    assert!(TilePath::hashes(64, 0, 1).is_err());
    assert!(TilePath::hashes(0, 0, 0).is_err());
    assert!(TilePath::hashes(0, 0, 257).is_err());
    assert!(TilePath::entries(u64::MAX, 256).is_err());
}

#[test]
fn a_tree_has_these_tiles() {
    let paths = |size| TilePath::all(size).map(|path| path.to_string()).collect::<Vec<_>>();
    assert_eq!(paths(0), Vec::<String>::new());
    assert_eq!(paths(1), ["tile/entries/000.p/1", "tile/0/000.p/1"]);
    assert_eq!(paths(256), ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]);
    // The example of the specification.
    let of_70_000 = paths(70_000);
    let (bundles, tiles) = of_70_000.split_at(274);
    assert_eq!(bundles[273], "tile/entries/273.p/112");
    assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1);
    assert_eq!(tiles[272..], ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
}

#[test]
fn a_tile_is_within_a_tree_that_has_its_nodes() {
    let within = |path: &str, size| path.parse::<TilePath>().unwrap().is_within(size);
    assert!(within("tile/0/000", 256) && !within("tile/0/000", 255));
    assert!(within("tile/0/001.p/4", 260) && !within("tile/0/001.p/4", 259));
    assert!(within("tile/1/000.p/1", 256) && !within("tile/1/000.p/1", 255));
    assert!(within("tile/entries/000.p/9", 9) && !within("tile/entries/000.p/9", 8));
    assert!(!within("tile/8/000.p/1", MAX_SIZE) && !within("tile/63/000.p/1", MAX_SIZE));
}

#[test]
fn bundles() {
    let long = vec![7; MAX_ENTRY_BYTES];
    let entries: [&[u8]; 4] = [b"", b"a", b"two", &long];
    let bundle = encode_bundle(entries).unwrap();
    assert_eq!(bundle[..10], *b"\0\0\0\x01a\0\x03two");
    assert_eq!(decode_bundle(&bundle, 4).unwrap(), entries);
    assert_eq!(decode_bundle(&bundle, 3), Err(TileError::Count { found: 4, expected: 3 }));
    assert_eq!(decode_bundle(&bundle, 5), Err(TileError::Count { found: 4, expected: 5 }));
    assert_eq!(decode_bundle(&bundle[..bundle.len() - 1], 4), Err(TileError::BundleEnds { position: 3 }));
    assert_eq!(decode_bundle(&bundle[..3], 2), Err(TileError::BundleEnds { position: 1 }));
    let too_long = vec![0; MAX_ENTRY_BYTES + 1];
    assert_eq!(encode_bundle([&b"x"[..], &too_long]), Err(TileError::EntryTooLong { position: 1, found: MAX_ENTRY_BYTES + 1 }));
}

#[test]
fn hash_tiles() {
    let hashes = [[1; 32], [2; 32]];
    let tile = encode_hashes(&hashes);
    assert_eq!(tile.len(), 64);
    assert_eq!(decode_hashes(&tile, 2).unwrap(), hashes);
    for (bytes, width) in [(&tile[..], 1), (&tile[..], 3), (&tile[..63], 2), (&[], 1)] {
        assert!(decode_hashes(bytes, width).is_err());
    }
}

proptest! {
    #[test]
    fn every_path_is_read_as_written(level in prop::option::of(0u8..=MAX_LEVEL), index in 0..=MAX_SIZE / 256, width in 1u64..=256) {
        let path = match level {
            Some(level) => TilePath::hashes(level, index, width),
            None => TilePath::entries(index, width),
        }.unwrap();
        let text = path.to_string();
        prop_assert!(text.len() <= MAX_PATH_BYTES);
        prop_assert_eq!(text.parse(), Ok(path));
    }

    #[test]
    fn every_bundle_is_read_as_written(entries in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..256)) {
        let bundle = encode_bundle(entries.iter().map(Vec::as_slice)).unwrap();
        prop_assert_eq!(decode_bundle(&bundle, entries.len()).unwrap(), entries);
    }
}
