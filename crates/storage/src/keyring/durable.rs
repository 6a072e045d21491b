//! Small steps with files that survive a crash, shared by keyring, witness file and blobs.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::Path,
};

/// Makes a folder and those above it where they are missing (mode 0700), each recorded in the folder above it.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        make_folder(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        other => other?,
    }
    sync_folder(parent.unwrap_or(Path::new(".")))
}

/// Makes names made, changed or removed in a folder durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Overwrites a file with zeros and removes it; nothing to do when it is not there.
///
/// Only the best a program can do: a file system that copies on write, or a flash disk, may keep the old blocks.
pub(crate) fn wipe(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    static ZEROS: [u8; 64 << 10] = [0; 64 << 10];
    let mut left = file.metadata()?.size();
    while left > 0 {
        let step = left.min(ZEROS.len() as u64);
        file.write_all(&ZEROS[..step as usize])?;
        left -= step;
    }
    file.sync_all()?;
    fs::remove_file(path)?;
    sync_folder(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiping_overwrites_before_it_removes() {
        let folder = tempfile::tempdir().unwrap();
        let (path, second_name) = (folder.path().join("secret"), folder.path().join("witness"));
        let bytes = vec![7; 100_001];
        fs::write(&path, &bytes).unwrap();
        fs::hard_link(&path, &second_name).unwrap();
        wipe(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read(&second_name).unwrap(), vec![0; bytes.len()]);
        wipe(&path).unwrap();
    }

    #[test]
    fn folders_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        make_folder(&deep).unwrap();
        make_folder(&deep).unwrap();
        assert_eq!(fs::metadata(&deep).unwrap().mode() & 0o777, 0o700);
    }
}
