//! What a page that is open is told: names of what changed, nothing about anybody.

use siger_storage::Tx;
use siger_storage::journal::read;

use crate::error::Result;

/// Entries looked at in one step; a page that was away longer asks for everything again.
pub const STEP: u32 = 500;

/// The names of what the entries from `from` on changed (`journal`, `persons`, `officers`, `requests`), each once, and the
/// number to ask from next time. Empty: nothing new.
///
/// # Errors
/// When the store refuses.
pub fn names_since(tx: &mut Tx<'_>, from: u64) -> Result<(u64, Vec<&'static str>)> {
    let entries = read::from(tx, from, STEP)?;
    let Some(last) = entries.last() else { return Ok((from, Vec::new())) };
    let mut names = vec!["journal"];
    for entry in &entries {
        let name = match entry.subject.kind() {
            "person" => "persons",
            "officer" => "officers",
            "request" => "requests",
            _ => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok((last.number + 1, names))
}
