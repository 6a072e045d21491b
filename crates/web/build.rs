//! Puts what `assets/build.mjs` collected into a release build, so that the program needs no folder beside it.
//!
//! A build for development holds none of it: it would be older than the style sheet that is being changed. Where nothing was collected the program is built
//! all the same, and pages use what is part of the source.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let variable = |name: &str| env::var_os(name).map(PathBuf::from).ok_or_else(|| io::Error::other(format!("cargo sets {name}")));
    let assets = variable("CARGO_MANIFEST_DIR")?.join("../../assets").canonicalize()?;
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let files = if release { collected(&assets.join("dist"))? } else { Vec::new() };
    let mut source = String::from("&[\n");
    for (name, path) in files {
        let _ = writeln!(source, "    ({name:?}, include_bytes!({path:?})),");
    }
    source.push_str("]\n");
    fs::write(variable("OUT_DIR")?.join("collected.rs"), source)?;
    println!("cargo::rerun-if-changed=build.rs");
    if release {
        // The folder above: `dist` comes, goes and is made anew, and one that is missing cannot be watched.
        println!("cargo::rerun-if-changed={}", assets.display());
    }
    Ok(())
}

/// Name and place of each file, in order.
fn collected(dist: &Path) -> io::Result<Vec<(String, String)>> {
    if !dist.join("manifest.json").is_file() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for file in fs::read_dir(dist)? {
        let path = file?.path();
        let text = |text: Option<&str>| text.map(str::to_owned).ok_or_else(|| io::Error::other(format!("{}: a name that is not text", path.display())));
        files.push((text(path.file_name().and_then(|name| name.to_str()))?, text(path.to_str())?));
    }
    files.sort();
    Ok(files)
}
