use super::{super::*, MemoryLog, leaf, naive_root};

#[test]
fn root_is_that_of_the_naive_tree() {
    let mut edge = Edge::empty();
    let mut leaves = Vec::new();
    for size in 0..600 {
        assert_eq!(edge.root(), naive_root(&leaves), "size {size}");
        assert_eq!(edge.size(), size);
        leaves.push(leaf(size));
        edge.push(leaf(size), |_, _, _| {});
    }
}

#[test]
fn completed_subtrees_are_reported_once_with_their_place() {
    let log = MemoryLog::of(70_000);
    let counts: Vec<usize> = log.levels.iter().map(Vec::len).collect();
    assert_eq!(counts, [70_000, 273, 1, 0, 0, 0, 0, 0]);
    for (index, node) in log.levels[1].iter().enumerate() {
        assert_eq!(*node, naive_root(&log.levels[0][index * 256..(index + 1) * 256]), "node {index} of level 1");
    }
    assert_eq!(log.levels[2][0], naive_root(&log.levels[0][..65_536]));
}

#[test]
fn bytes_keep_the_edge() {
    let mut edge = Edge::empty();
    for size in 0..300 {
        let again = Edge::from_bytes(&edge.to_bytes()).unwrap();
        assert_eq!(again, edge, "size {size}");
        assert_eq!(again.root(), edge.root());
        edge.push(leaf(size), |_, _, _| {});
    }
    // An edge read back grows as the one that was written: stale peaks play no part.
    let mut again = Edge::from_bytes(&edge.to_bytes()).unwrap();
    for size in 300..600 {
        edge.push(leaf(size), |_, _, _| {});
        again.push(leaf(size), |_, _, _| {});
    }
    assert_eq!(edge.root(), again.root());
}

#[test]
fn damaged_bytes_are_refused() {
    let bytes = MemoryLog::of(5).edge.to_bytes();
    assert_eq!(bytes.len(), 8 + 2 * 32);
    assert_eq!(Edge::from_bytes(&[]), Err(EdgeError::NoSize(0)));
    assert_eq!(Edge::from_bytes(&bytes[..7]), Err(EdgeError::NoSize(7)));
    assert_eq!(Edge::from_bytes(&bytes[..71]), Err(EdgeError::Length { size: 5, found: 71, expected: 72 }));
    assert_eq!(Edge::from_bytes(&[bytes.clone(), vec![0]].concat()), Err(EdgeError::Length { size: 5, found: 73, expected: 72 }));
    assert_eq!(Edge::from_bytes(&[bytes, vec![0; 32]].concat()), Err(EdgeError::Length { size: 5, found: 104, expected: 72 }));
    assert_eq!(Edge::from_bytes(&u64::MAX.to_be_bytes()), Err(EdgeError::TooLarge(u64::MAX)));
}

#[test]
fn the_largest_tree_can_still_be_held_and_grown() {
    let edge = Edge::from_bytes(&[&MAX_SIZE.to_be_bytes()[..], &[7; 63 * 32]].concat()).unwrap();
    let mut grown = edge.clone();
    let mut nodes = Vec::new();
    grown.push([1; 32], |level, index, _| nodes.push((level, index)));
    assert_eq!(nodes, (1..=7).map(|level| (level, MAX_SIZE >> (8 * u32::from(level)))).collect::<Vec<_>>());
    assert_eq!(grown.size(), MAX_SIZE + 1);
    assert_ne!(grown.root(), edge.root());
}
