//! `siger fill`: many invented persons and notes in a sample office, for measuring. Through the same use cases, in batches of one transaction's savepoint
//! each, so that the disk and not the number of answers sets the pace.

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use siger_app::{Context, Error, Office, person};
use siger_domain::access::{Purpose, Role, RoleSet};
use siger_domain::id::{OfficerId, PersonId};
use siger_domain::person::Note;
use siger_domain::time::Clock as _;
use siger_storage::table::{officer, person as table};
use siger_synth::NOTES;

use crate::flags::{How, Where};
use crate::place::MachineClock;

/// Appends in one batch: enough to share the commit among many, few enough to answer others in between.
const BATCH: u64 = 500;
/// First number of the persons made here: those of a new sample office have lower ones.
const FIRST: u32 = 1_000;
/// Most persons: their document numbers have seven digits.
const PERSONS_MAX: u64 = 9_000_000;

/// Put many invented persons and notes into a sample office.
#[derive(Args)]
pub struct Fill {
    #[command(flatten)]
    place: Where,
    /// Persons to add
    #[arg(long, default_value_t = 0)]
    persons: u64,
    /// Notes to add, on the persons added here in turn
    #[arg(long, default_value_t = 0)]
    notes: u64,
    /// Instead: add until the journal has so many entries, one person for each three notes
    #[arg(long, conflicts_with_all = ["persons", "notes"])]
    entries: Option<u64>,
}

impl Fill {
    pub fn run(self) -> Result<()> {
        let place = self.place.sample_place(&How::default())?;
        let office = place.office(&place.origin(place.settings.listen.port()))?;
        ensure!(office.info().sample, "this office is no sample: nothing invented goes into it");
        let by = desk(&office)?;
        let (there, size) = (office.store().read_blocking(table::count)?.0, office.store().head()?.edge.size());
        let (persons, notes) = match self.entries {
            Some(entries) => {
                let more = entries.saturating_sub(size);
                (more.div_ceil(4), more - more.div_ceil(4))
            }
            None => (self.persons, self.notes),
        };
        ensure!(there + persons <= PERSONS_MAX, "a sample office holds at most {PERSONS_MAX} persons");
        if persons == 0 && notes > 0 {
            bail!("--notes needs --persons: they are noted on the persons added here");
        }
        let begun = MachineClock.now();
        // Where an earlier fill went on counting from.
        let first = FIRST + u32::try_from(there).context("persons")?;
        let ids = add_persons(&office, &by, first, persons)?;
        add_notes(&office, &by, &ids, notes)?;
        let micros = (MachineClock.now().unix_micros() - begun.unix_micros()).max(1) as u64;
        let size = office.store().head()?.edge.size();
        println!("{persons} persons, {notes} notes in {:.1} s: {}/s; {size} entries", micros as f64 / 1e6, (persons + notes) * 1_000_000 / micros);
        if persons > 0 {
            println!("documents S{first:07} to S{:07}", u64::from(first) + persons - 1);
        }
        Ok(())
    }
}

/// The first officer who works at the desk.
fn desk(office: &Office) -> Result<Context> {
    let all = office.store().read_blocking(officer::all)?;
    let desk: OfficerId = all.iter().find(|officer| officer.roles.contains(&Role::Desk)).context("nobody works at the desk")?.id;
    Ok(Context { officer: Some(desk), roles: RoleSet::of(Role::Desk), ..office.system(Purpose::CounterService) })
}

fn add_persons(office: &Office, by: &Context, first: u32, count: u64) -> Result<Vec<PersonId>> {
    let mut ids = Vec::with_capacity(count as usize);
    for start in (0..count).step_by(BATCH as usize) {
        let now = MachineClock.now();
        let batch: Vec<(PersonId, u32)> =
            (start..count.min(start + BATCH)).map(|offset| (PersonId::new(now, office.random()), first + offset as u32)).collect();
        ids.extend(batch.iter().map(|(id, _)| *id));
        let by = Context { now, ..by.clone() };
        office.store().write_blocking(move |write| -> siger_app::Result<()> {
            for (id, number) in batch {
                let sample = siger_synth::person(number);
                person::register(write, &by, id, sample.identity, vec![sample.document])?;
            }
            Ok(())
        })?;
    }
    Ok(ids)
}

fn add_notes(office: &Office, by: &Context, ids: &[PersonId], count: u64) -> Result<()> {
    for start in (0..count).step_by(BATCH as usize) {
        let now = MachineClock.now();
        let batch: Vec<(PersonId, &str)> =
            (start..count.min(start + BATCH)).map(|offset| (ids[offset as usize % ids.len()], NOTES[offset as usize % NOTES.len()])).collect();
        let by = Context { now, ..by.clone() };
        office.store().write_blocking(move |write| -> siger_app::Result<()> {
            for (id, note) in batch {
                person::note(write, &by, id, Note::new(note).map_err(Error::internal)?)?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
