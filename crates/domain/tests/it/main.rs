//! The tables of the office against their golden texts, over every cell, and what no sequence of steps may reach.
//!
//! `SIGER_WRITE=1` writes the golden texts and the reference pages anew.

mod inspection;
mod inspection_walk;
mod presence;

/// Compares a text with the file that is kept in the tree.
fn check_file(path: &str, now: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("SIGER_WRITE").is_some() {
        std::fs::write(&path, now).expect("the file can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "{} is not what the table says. If the change is meant: SIGER_WRITE=1 cargo test -p siger-domain --test it\n{now}", path.display());
}
