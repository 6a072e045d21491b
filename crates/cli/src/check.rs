//! `siger check`: is everything that is kept whole, and does it fit together? It changes nothing.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use siger_storage::blob::Folder;
use siger_storage::check::{Options, Report, Verdict, against_held, replay, verify};

use crate::Found;
use crate::flags::{How, Where};

/// Look whether everything that is kept is whole.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    place: Where,
    /// Build all tables again from the journal and compare
    #[arg(long)]
    replay: bool,
    /// A checkpoint, a receipt or a witness file from elsewhere; without it the office's own witness file
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

impl Check {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        let outside = match &self.against {
            Some(file) => Some(std::fs::read(file).with_context(|| format!("read {}", file.display()))?),
            None if place.witness().exists() => Some(std::fs::read(place.witness()).with_context(|| format!("read {}", place.witness().display()))?),
            None => None,
        };
        let keyring = place.keyring()?;
        place.must_have_data()?;
        let store = place.store_to_look(keyring)?;
        let mut wrong = 0;
        match outside.filter(|held| self.against.is_some() || !held.is_empty()) {
            // The damage that keeps it from being compared is what the look below is for.
            Some(held) => {
                wrong += against_held(&store, &held).map_or_else(
                    |error| {
                        println!("WRONG  the journal could not be compared with the checkpoint from outside: {error}");
                        1
                    },
                    |verdicts| judge(&verdicts),
                );
            }
            None => println!("mind   no checkpoint from outside: an older copy of the data would not be noticed"),
        }
        wrong += say("journal, keys, blobs", &verify(&store, &Folder::open(&place.settings.blobs)?, Options::default())?);
        if self.replay {
            wrong += say("replay", &replay(&store)?);
        }
        if wrong == 0 {
            return Ok(());
        }
        Err(Found(format!("{wrong} findings; what to do stands beside each")).into())
    }
}

/// Verdicts that are said one by one; whoever has twenty knows enough.
const VERDICTS_MAX: usize = 20;

/// Says how the journal stands to what was signed; how many verdicts are bad. One bad verdict among many good ones is all that a rollback leaves once
/// the office has caught up, so each counts.
fn judge(verdicts: &[Verdict]) -> u64 {
    let bad: Vec<_> = verdicts.iter().filter(|verdict| !verdict.is_good()).collect();
    for verdict in bad.iter().take(VERDICTS_MAX) {
        println!("WRONG  {verdict}");
    }
    if bad.len() > VERDICTS_MAX {
        println!("WRONG  and {} more", bad.len() - VERDICTS_MAX);
    }
    if let Some(newest) = verdicts.iter().rfind(|verdict| verdict.is_good()) {
        let others = verdicts.len() - bad.len() - 1;
        println!("ok     {newest}{}", if others > 0 { format!("; so it is with {others} earlier checkpoints") } else { String::new() });
    }
    bad.len() as u64
}

/// Says what a look found; how many findings matter.
fn say(what: &str, report: &Report) -> u64 {
    for finding in &report.findings {
        println!("{} {finding}", if finding.kind.is_harmless() { "mind  " } else { "WRONG " });
    }
    if report.more > 0 {
        println!("WRONG  and {} more", report.more);
    }
    let word = if report.is_clean() { "ok    " } else { "WRONG " };
    println!("{word} {what}: {} entries, {} rows, {} blobs looked at", report.entries, report.rows, report.blobs);
    report.findings.iter().filter(|finding| !finding.kind.is_harmless()).count() as u64 + report.more
}
