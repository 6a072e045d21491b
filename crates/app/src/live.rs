//! What a page that is open is told: names of what changed, nothing about anybody.

use siger_storage::Tx;
use siger_storage::journal::read;

use crate::error::Result;

/// Every name, in the order in which they are told.
pub const NAMES: [&str; 4] = ["journal", "officers", "persons", "requests"];

/// Entries looked at; a page that is further behind asks for everything again.
const LOOK_MAX: u64 = 500;

/// The names of what changed between two sizes of the journal, each once. A size that the journal does not have yet is another's: everything
/// may be different.
///
/// # Errors
/// When the store refuses.
pub fn changed(tx: &mut Tx<'_>, from: u64, to: u64) -> Result<Vec<&'static str>> {
    let count = match to.checked_sub(from) {
        Some(count) if count <= LOOK_MAX => count as u32,
        _ => return Ok(NAMES.to_vec()),
    };
    let lines = read::newest_lines(tx, to, count)?;
    let touched = |name| match name {
        "journal" => !lines.is_empty(),
        "officers" => lines.iter().any(|line| line.subject.kind() == "officer"),
        "persons" => lines.iter().any(|line| line.subject.kind() == "person"),
        _ => lines.iter().any(|line| line.subject.kind() == "request"),
    };
    Ok(NAMES.into_iter().filter(|name| touched(name)).collect())
}
