//! The C side: a `sqlite3_vfs` and its `sqlite3_io_methods`, thin wrappers around [`Layer`] and [`Opened`].
//!
//! Contract of SQLite used throughout (<https://www.sqlite.org/c3ref/vfs.html>, <https://www.sqlite.org/c3ref/io_methods.html>): the pointers
//! passed are valid for the call; a `sqlite3_file` is `szOsFile` bytes, is used by one thread at a time, and gets no call after `xClose`.

#![expect(unsafe_code, reason = "a file layer of SQLite is a table of C functions; this file is the only place of the workspace's tests that needs them")]

use std::ffi::{CStr, CString, OsStr, c_char, c_int, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use anyhow::{Context as _, bail};
use rusqlite::ffi;

use super::layer::{Answer, Layer, Opened};
use super::lock::Level;

/// What SQLite allocates for each open file.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    opened: *mut Opened,
}

/// Bytes of a sector as SQLite's Unix layer reports them (`SQLITE_DEFAULT_SECTOR_SIZE`): the real engine must not be told more than the real disk says.
const REPORTED_SECTOR: c_int = 4096;

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2, // 3 would add memory-mapped reading, which goes past the layer
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

/// Two tests that register at once must not both find the name free.
static REGISTERING: Mutex<()> = Mutex::new(());

/// A registration; dropping it takes the name away. Files still open stay usable.
#[derive(Debug)]
pub struct Registration {
    vfs: *mut ffi::sqlite3_vfs,
}

// SAFETY: the pointer is only handed to sqlite3_vfs_unregister, which takes SQLite's own lock.
unsafe impl Send for Registration {}
// SAFETY: as above; nothing is done through a shared reference.
unsafe impl Sync for Registration {}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: the pointer came from Box::into_raw in `register` and is never freed: a connection may still hold it. That costs a few hundred
        // bytes for each layer of a test process.
        unsafe { ffi::sqlite3_vfs_unregister(self.vfs) };
    }
}

/// Makes the layer known to SQLite under `name`.
pub fn register(name: &str, layer: &Arc<Layer>) -> anyhow::Result<Registration> {
    let name = CString::new(name).context("the name of a file layer holds a zero byte")?;
    let _one_at_a_time = REGISTERING.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: SQLite is initialised on demand; the name is a C string; the default layer lives as long as the process.
    let (taken, default) = unsafe { (ffi::sqlite3_vfs_find(name.as_ptr()), ffi::sqlite3_vfs_find(std::ptr::null())) };
    if !taken.is_null() {
        bail!("a file layer {name:?} is registered already");
    }
    // SAFETY: non-null was just checked by as_ref, and the default layer is never changed after SQLite's start.
    let default = unsafe { default.as_ref() }.context("SQLite has no file layer of its own")?;
    let vfs = Box::into_raw(Box::new(ffi::sqlite3_vfs {
        iVersion: 2,
        szOsFile: size_of::<File>() as c_int,
        pNext: std::ptr::null_mut(),
        zName: name.into_raw(),
        // Weak, so that what the files hold is freed with the handle and the last connection.
        pAppData: Box::into_raw(Box::new(Arc::downgrade(layer))).cast(),
        xOpen: Some(open),
        xDelete: Some(delete),
        xAccess: Some(access),
        // Clock, sleep, random bytes and path names as in the default layer for Unix, whose functions do not look at their first argument.
        ..*default
    }));
    // SAFETY: the struct is complete and is never freed.
    let code = unsafe { ffi::sqlite3_vfs_register(vfs, 0) };
    if code != ffi::SQLITE_OK {
        bail!("SQLite refused the file layer with code {code}");
    }
    Ok(Registration { vfs })
}

/// SAFETY: `vfs` must be one made by [`register`].
unsafe fn layer(vfs: *mut ffi::sqlite3_vfs) -> Option<Arc<Layer>> {
    // SAFETY: by the caller; pAppData is the leaked Box<Weak<Layer>> of `register`.
    unsafe { (*(*vfs).pAppData.cast::<Weak<Layer>>()).upgrade() }
}

/// SAFETY: `file` must have been opened by [`open`] and not closed, and be used by this thread only during the call.
unsafe fn opened<'a>(file: *mut ffi::sqlite3_file) -> &'a mut Opened {
    // SAFETY: by the caller; `open` put a valid Box<Opened> there.
    unsafe { &mut *(*file.cast::<File>()).opened }
}

/// SAFETY: `path` must be null or a C string.
unsafe fn path(path: *const c_char) -> Option<PathBuf> {
    // SAFETY: by the caller.
    (!path.is_null()).then(|| PathBuf::from(OsStr::from_bytes(unsafe { CStr::from_ptr(path) }.to_bytes())))
}

fn code(answer: Answer) -> c_int {
    answer.err().unwrap_or(ffi::SQLITE_OK)
}

unsafe extern "C" fn open(vfs: *mut ffi::sqlite3_vfs, name: ffi::sqlite3_filename, file: *mut ffi::sqlite3_file, flags: c_int, out_flags: *mut c_int) -> c_int {
    // SAFETY: the module's contract; a null method table tells SQLite that there is nothing to close.
    let (layer, name) = unsafe {
        (*file).pMethods = std::ptr::null();
        (layer(vfs), path(name))
    };
    let Some(layer) = layer else {
        return ffi::SQLITE_CANTOPEN;
    };
    match layer.open(name, flags) {
        Err(code) => code,
        Ok(opened) => {
            // SAFETY: the module's contract; `file` has room for a File, and out_flags may be null.
            unsafe {
                if let Some(out_flags) = out_flags.as_mut() {
                    *out_flags = opened.flags;
                }
                (*file.cast::<File>()).opened = Box::into_raw(Box::new(opened));
                (*file).pMethods = &METHODS;
            }
            ffi::SQLITE_OK
        }
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_directory: c_int) -> c_int {
    // SAFETY: the module's contract.
    let (layer, name) = unsafe { (layer(vfs), path(name)) };
    match (layer, name) {
        (Some(layer), Some(name)) => code(layer.delete(&name, sync_directory != 0)),
        _ => ffi::SQLITE_IOERR_DELETE,
    }
}

unsafe extern "C" fn access(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, flags: c_int, out: *mut c_int) -> c_int {
    // SAFETY: the module's contract.
    unsafe {
        let (Some(layer), Some(name)) = (layer(vfs), path(name)) else {
            return ffi::SQLITE_IOERR_ACCESS;
        };
        *out = c_int::from(layer.access(&name, flags == ffi::SQLITE_ACCESS_READWRITE));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: the module's contract; the Box of `open` is taken back once, as no call follows.
    let mut opened = unsafe { Box::from_raw((*file.cast::<File>()).opened) };
    opened.close();
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, out: *mut c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: the module's contract; `out` has room for `amount` bytes.
    let (opened, out) = unsafe { (opened(file), std::slice::from_raw_parts_mut(out.cast::<u8>(), amount as usize)) };
    code(opened.read(at as u64, out))
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, data: *const c_void, amount: c_int, at: i64) -> c_int {
    // SAFETY: the module's contract; `data` holds `amount` bytes.
    let (opened, data) = unsafe { (opened(file), std::slice::from_raw_parts(data.cast::<u8>(), amount as usize)) };
    code(opened.write(at as u64, data))
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: i64) -> c_int {
    // SAFETY: the module's contract.
    code(unsafe { opened(file) }.truncate(len as u64))
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: the module's contract.
    code(unsafe { opened(file) }.sync())
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: the module's contract.
    unsafe { *out = opened(file).len() as i64 };
    ffi::SQLITE_OK
}

fn level(value: c_int) -> Level {
    match value {
        ffi::SQLITE_LOCK_NONE => Level::None,
        ffi::SQLITE_LOCK_SHARED => Level::Shared,
        ffi::SQLITE_LOCK_RESERVED => Level::Reserved,
        ffi::SQLITE_LOCK_PENDING => Level::Pending,
        _ => Level::Exclusive,
    }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: the module's contract.
    code(unsafe { opened(file) }.lock(level(wanted)))
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, wanted: c_int) -> c_int {
    // SAFETY: the module's contract.
    unsafe { opened(file) }.unlock(level(wanted));
    ffi::SQLITE_OK
}

unsafe extern "C" fn check_reserved_lock(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: the module's contract.
    unsafe { *out = c_int::from(opened(file).reserved()) };
    ffi::SQLITE_OK
}

unsafe extern "C" fn file_control(file: *mut ffi::sqlite3_file, operation: c_int, argument: *mut c_void) -> c_int {
    match operation {
        // Hints on future length, which this layer does not need.
        ffi::SQLITE_FCNTL_SIZE_HINT | ffi::SQLITE_FCNTL_CHUNK_SIZE => ffi::SQLITE_OK,
        ffi::SQLITE_FCNTL_HAS_MOVED => {
            // SAFETY: the module's contract; for this operation the argument is an int.
            unsafe { *argument.cast::<c_int>() = 0 };
            ffi::SQLITE_OK
        }
        ffi::SQLITE_FCNTL_PERSIST_WAL => {
            // SAFETY: the module's contract; for this operation the argument is an int, negative where it asks.
            let (opened, value) = unsafe { (opened(file), &mut *argument.cast::<c_int>()) };
            if *value < 0 {
                *value = c_int::from(opened.persist_wal);
            } else {
                opened.persist_wal = *value > 0;
            }
            ffi::SQLITE_OK
        }
        _ => ffi::SQLITE_NOTFOUND,
    }
}

unsafe extern "C" fn sector_size(_file: *mut ffi::sqlite3_file) -> c_int {
    REPORTED_SECTOR
}

unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    // What SQLite's Unix layer reports for an ordinary disk.
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE | ffi::SQLITE_IOCAP_SUBPAGE_READ
}

unsafe extern "C" fn shm_map(file: *mut ffi::sqlite3_file, region: c_int, bytes: c_int, extend: c_int, out: *mut *mut c_void) -> c_int {
    // SAFETY: the module's contract. The words are atomics behind a Box that stays until the last user unmaps, so writing through the pointer is allowed.
    unsafe {
        *out = opened(file).shm_map(region as usize, bytes as usize, extend != 0).map_or(std::ptr::null_mut(), |words| words.cast_mut().cast());
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    // SAFETY: the module's contract.
    let opened = unsafe { opened(file) };
    if flags & ffi::SQLITE_SHM_LOCK != 0 {
        code(opened.shm_lock(first as usize, count as usize, flags & ffi::SQLITE_SHM_EXCLUSIVE != 0))
    } else {
        opened.shm_unlock(first as usize, count as usize);
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn shm_barrier(_file: *mut ffi::sqlite3_file) {
    fence(Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _delete: c_int) -> c_int {
    // SAFETY: the module's contract.
    unsafe { opened(file) }.shm_unmap();
    ffi::SQLITE_OK
}
