//! `siger check`: is everything that is kept whole, and does it fit together? It changes nothing.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Args;
use siger_storage::blob::Folder;
use siger_storage::check::{Options, Report, against, replay, verify};
use siger_storage::keyring::WitnessFile;

use crate::Found;
use crate::flags::{How, Where};
use crate::place::Place;

/// Look whether everything that is kept is whole.
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    place: Where,
    /// Build all tables again from the journal and compare
    #[arg(long)]
    replay: bool,
    /// A checkpoint from elsewhere (a receipt, another office); without it the witness file's
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
}

impl Check {
    pub fn run(self) -> Result<()> {
        let place = self.place.place(&How::default())?;
        let outside = match &self.against {
            Some(file) => Some(std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?),
            None => witnessed(&place)?,
        };
        let keyring = place.keyring()?;
        place.must_have_data()?;
        // Without the witness file: an old copy of the data must not add its checkpoint there by being looked at.
        let store = place.store_without_witness(keyring)?;
        let mut wrong = 0;
        if let Some(outside) = &outside {
            let verdict = against(&store, outside)?;
            println!("{} {verdict}", if verdict.is_good() { "ok    " } else { "WRONG " });
            wrong += u64::from(!verdict.is_good());
        } else {
            println!("mind   no checkpoint from outside: an older copy of the data would not be noticed");
        }
        let report = verify(&store, &Folder::open(&place.settings.blobs)?, Options::default())?;
        wrong += say("journal, keys, blobs", &report);
        if self.replay {
            wrong += say("replay", &replay(&store)?);
        }
        if wrong == 0 {
            return Ok(());
        }
        Err(Found(format!("{wrong} findings; what to do stands beside each")).into())
    }
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

/// The checkpoint of the witness file that was signed over most entries: served from, a rolled-back copy adds newer ones over fewer.
fn witnessed(place: &Place) -> Result<Option<String>> {
    if !place.witness().exists() {
        return Ok(None);
    }
    let all = WitnessFile::open(&place.witness())?.all()?;
    // The second line of a checkpoint is the number of entries (C2SP tlog-checkpoint).
    let size = |checkpoint: &str| checkpoint.lines().nth(1).and_then(|line| line.parse::<u64>().ok());
    Ok(all.into_iter().map(|witnessed| witnessed.checkpoint).max_by_key(|checkpoint| size(checkpoint)))
}
