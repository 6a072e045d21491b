//! The journal as the office sees it, and its proofs.

use siger_domain::access::Action;
use siger_storage::journal::Line;
use siger_storage::journal::read;
use siger_storage::tlog::Receipt;
use siger_storage::{Entry, Tx};

use crate::context::{About, Context};
use crate::error::{Error, Result};

/// Entries on one page.
pub const PAGE: u32 = 50;

/// The newest entries before `before`, of one kind or of all: what a page shows of them.
///
/// # Errors
/// When not permitted.
pub fn list(tx: &mut Tx<'_>, by: &Context, kind: Option<&str>, before: u64) -> Result<Vec<Line>> {
    by.authorise(Action::JournalList, About::default())?;
    Ok(match kind {
        Some(kind) => read::newest_lines_of_kind(tx, kind, before, PAGE)?,
        None => read::newest_lines(tx, before, PAGE)?,
    })
}

/// The same, at most `limit` and as they are stored; their bodies stay sealed.
///
/// # Errors
/// When not permitted.
pub fn page(tx: &mut Tx<'_>, by: &Context, kind: Option<&str>, before: u64, limit: u32) -> Result<Vec<Entry>> {
    by.authorise(Action::JournalList, About::default())?;
    Ok(match kind {
        Some(kind) => read::newest_of_kind(tx, kind, before, limit)?,
        None => read::newest(tx, before, limit)?,
    })
}

/// One entry with the proof that it is in the log.
///
/// # Errors
/// When not permitted or not there.
pub fn prove(tx: &mut Tx<'_>, by: &Context, number: u64) -> Result<(Entry, Receipt)> {
    by.authorise(Action::JournalProve, About::default())?;
    let entry = read::entry(tx, number)?.ok_or(Error::NotFound)?;
    let receipt = read::receipt(tx, number)?.ok_or(Error::NotFound)?;
    Ok((entry, receipt))
}
