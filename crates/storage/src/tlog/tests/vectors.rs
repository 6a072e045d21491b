//! Vectors of Certificate Transparency: the tree of eight leaves known from its first tests, and the probes in `vectors/`.

use super::super::*;
use serde::Deserialize;

const LEAVES: [&str; 8] = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn the_tree_of_eight_leaves() {
    assert_eq!(empty_root().to_vec(), unhex(ROOTS[0]));
    let mut edge = Edge::empty();
    for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
        edge.push(leaf_hash(&unhex(leaf)), |_, _, _| {});
        assert_eq!(edge.root().to_vec(), unhex(root), "size {}", edge.size());
    }
    assert_eq!(leaf_hash(&unhex("606162636465666768696a6b6c6d6e6f")).to_vec(), unhex("46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1"));
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InclusionProbe {
    leaf_idx: u64,
    tree_size: u64,
    root: String,
    leaf_hash: String,
    proof: Vec<String>,
    desc: String,
    want_err: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsistencyProbe {
    size1: u64,
    size2: u64,
    root1: String,
    root2: String,
    proof: Vec<String>,
    desc: String,
    want_err: bool,
}

/// Something that is not a hash at all is refused by the type.
fn hashes(texts: &[String]) -> Option<Vec<Hash>> {
    texts.iter().map(|text| text::decode_hash(text)).collect()
}

#[test]
fn inclusion_probes() {
    let probes: Vec<InclusionProbe> = serde_json::from_str(include_str!("vectors/inclusion.json")).unwrap();
    assert_eq!(probes.len(), 98);
    for probe in probes {
        let given = || Some((text::decode_hash(&probe.leaf_hash)?, text::decode_hash(&probe.root)?, hashes(&probe.proof)?));
        let accepted = given().is_some_and(|(leaf, root, proof)| verify_inclusion(&leaf, probe.leaf_idx, probe.tree_size, &proof, &root).is_ok());
        assert_eq!(accepted, !probe.want_err, "{}: entry {} of {}", probe.desc, probe.leaf_idx, probe.tree_size);
    }
}

#[test]
fn consistency_probes() {
    let probes: Vec<ConsistencyProbe> = serde_json::from_str(include_str!("vectors/consistency.json")).unwrap();
    assert_eq!(probes.len(), 97);
    for probe in probes {
        let given = || Some((text::decode_hash(&probe.root1)?, text::decode_hash(&probe.root2)?, hashes(&probe.proof)?));
        let accepted = given().is_some_and(|(old, new, proof)| verify_consistency(probe.size1, probe.size2, &proof, &old, &new).is_ok());
        assert_eq!(accepted, !probe.want_err, "{}: {} in {}", probe.desc, probe.size1, probe.size2);
    }
}
