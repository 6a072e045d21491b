//! Paths of tiles and bundles, the contents of both, and the kept right edge of a tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use siger_storage::tlog::{Edge, TilePath, tile};

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = str::from_utf8(data)
        && let Ok(path) = text.parse::<TilePath>()
    {
        assert_eq!(path.to_string(), text);
        assert!(path.is_within(u64::MAX) || path.level().is_some_and(|level| level > 0));
    }
    if let Ok(edge) = Edge::from_bytes(data) {
        assert_eq!(edge.to_bytes(), data);
        let mut grown = edge.clone();
        grown.push(edge.root(), |level, _, _| assert!((1..=7).contains(&level)));
        assert_eq!(grown.size(), edge.size() + 1);
    }
    if let Some((&width, contents)) = data.split_first() {
        let width = usize::from(width) + 1;
        if let Ok(entries) = tile::decode_bundle(contents, width) {
            assert_eq!(tile::encode_bundle(entries).as_deref(), Ok(contents));
        }
        if let Ok(hashes) = tile::decode_hashes(contents, width) {
            assert_eq!(tile::encode_hashes(&hashes), contents);
        }
    }
});
