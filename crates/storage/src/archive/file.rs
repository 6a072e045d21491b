//! An archive as a file: it has its name only once it is whole and on the disk, and never takes another's place.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::{Summary, write};
use crate::blob::Folder;
use crate::error::{Error, Result};
use crate::keyring::durable;
use crate::store::Store;

/// Bytes between program and disk: few calls for a file of gigabytes.
const BUFFER_BYTES: usize = 1 << 20;
/// What the name ends with while it is being written.
pub const PART: &str = ".part";

fn failed(operation: &'static str) -> impl Fn(std::io::Error) -> Error {
    move |source| match source.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Error::DiskFull { operation },
        std::io::ErrorKind::ReadOnlyFilesystem => Error::ReadOnly { operation },
        _ => Error::File { operation, source },
    }
}

/// Writes an archive to a new file (mode 0600), in a folder that is there: beside its name first, then made sure that it is on
/// the disk, then named.
///
/// # Errors
/// When the file exists, the folder is missing, the disk refuses, or as [`write`].
pub fn write_file(store: &Store, blobs: &Folder, path: &Path) -> Result<Summary> {
    if path.exists() {
        return Err(failed("name the archive")(std::io::ErrorKind::AlreadyExists.into()));
    }
    let mut part = OsString::from(path.as_os_str());
    part.push(PART);
    let part = PathBuf::from(part);
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part).map_err(failed("make the archive"))?;
    let written = whole(store, blobs, file).and_then(|summary| {
        // Linked, not renamed: somebody else's archive that came meanwhile is not written over.
        fs::hard_link(&part, path)
            .or_else(|_| if path.exists() { Err(std::io::ErrorKind::AlreadyExists.into()) } else { fs::rename(&part, path) })
            .map_err(failed("name the archive"))?;
        Ok(summary)
    });
    // Half an archive is of no use; a whole one has its name by now.
    drop(fs::remove_file(&part));
    let summary = written?;
    durable::sync_folder(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))).map_err(failed("name the archive"))?;
    Ok(summary)
}

fn whole(store: &Store, blobs: &Folder, file: File) -> Result<Summary> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
    let summary = write(store, blobs, &mut out)?;
    out.flush().map_err(failed("write the archive"))?;
    out.get_ref().sync_all().map_err(failed("write the archive"))?;
    Ok(summary)
}
