//! What has passed its kept-until: seeing it without doing anything, and ending it (`law/retention.toml`).
//!
//! A file ends as a whole, by destroying its data key, on the day on which the rules of all its parts have run out. Backups and
//! exports end where they lie in the folder of backups; what was carried elsewhere is in the care of whoever carries it.

use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;
use siger_domain::access::Action;
use siger_domain::event::{Event as Fact, Subject, body};
use siger_domain::request::ErasureGround;
use siger_domain::retention::{DataKind, End, Event, Facts, RetentionRules, Rule};
use siger_domain::time::{CivilDate, Instant};
use siger_storage::table::{officer, operation, person, upkeep};
use siger_storage::{Stamp, Tx, Write, journal::read};
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;

use crate::backup;
use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::job;
use crate::office::Office;
use crate::request::{self, Effect};

/// Files ended in one transaction: other writes wait no longer than for a batch of appends.
const STEP: u32 = 200;
/// How far back a due day is looked for; longer than any period of the rules.
const DAYS_MAX: i32 = 200 * 366;
/// Cursor that holds the day (since 1970) of the newest run. It is no entry: the journal's time cannot go back after a wrong clock was
/// set right, and this must.
const DAY_CURSOR: &str = "retention";
/// The program runs by itself at most so many days after the run before: longer than an office is closed over holidays, and so short
/// that a clock that jumps ahead, or is set by an empty battery, ends nothing.
pub const ALONE_DAYS_MAX: u64 = 14;
/// The day of the newest run may lie so far ahead of today: a clock set back over midnight.
const AHEAD_DAYS_MAX: u64 = 1;
/// The program ends by itself at most one file in so many at once: a day's part of five years is one in 1,800.
const ALONE_ONE_IN: u64 = 20;
/// And at least so many, so that a small office need not be asked for each.
const ALONE_MIN: u64 = 20;
/// The parts of a file; all share its key.
const FILE: [DataKind; 6] =
    [DataKind::PersonIdentity, DataKind::PersonDocument, DataKind::PersonNote, DataKind::PersonPicture, DataKind::Inspection, DataKind::Presence];

/// What is due by one rule. Names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The rule; the page shows its text, its articles and whether they are confirmed.
    pub rule: Rule,
    /// How many files or rows.
    pub count: u64,
    /// Whether the daily job ends them. Otherwise what is left are numbers and times of the journal, and nothing is to be done.
    pub by_job: bool,
}

/// What was ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Files, and officers who left.
    pub erased: u32,
    /// Rows of other kinds.
    pub deleted: u32,
}

/// Why the program ends nothing by itself until somebody has looked. What is done cannot be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// The newest run lies too far from today: the clock jumped, or the machine stood still.
    Clock {
        /// Day of the newest run, or of the office's first entry.
        last: CivilDate,
    },
    /// Too much at once: the rules changed, or the clock did.
    Share {
        /// Files and officers due.
        due: u64,
        /// Files that there are.
        files: u64,
    },
}

/// How much of `all` the program removes at once without being asked.
pub(crate) const fn alone_max(all: u64) -> u64 {
    if all / ALONE_ONE_IN > ALONE_MIN { all / ALONE_ONE_IN } else { ALONE_MIN }
}

/// The day of the newest run, counted from 1970.
fn last_day(tx: &mut Tx<'_>, office: &Office) -> Result<u64> {
    let noted = operation::cursor(tx, DAY_CURSOR)?;
    if noted > 0 {
        return Ok(noted);
    }
    // Brought back from an archive, or made by an older program: then the journal says it, or when the office began.
    let newest = read::newest_of_kind(tx, "retention.applied", u64::MAX, 1)?.pop();
    let entry = match newest {
        Some(entry) => Some(entry),
        None => read::entry(tx, 0)?,
    };
    entry.map_or(Ok(0), |entry| job::day_number(office, entry.stamp.at))
}

/// Whether the clock is far from where the newest run left it.
///
/// # Errors
/// When the store refuses.
pub(crate) fn clock_jumped(tx: &mut Tx<'_>, office: &Office, now: Instant) -> Result<Option<Held>> {
    let (today, last) = (job::day_number(office, now)?, last_day(tx, office)?);
    if last <= today + AHEAD_DAYS_MAX && today <= last + ALONE_DAYS_MAX {
        return Ok(None);
    }
    let noon = i64::try_from(last).map_err(Error::internal)? * 86_400 + 43_200;
    Ok(Some(Held::Clock { last: Instant::from_unix_micros(0).plus_seconds(noon).date_in(&jiff::tz::TimeZone::UTC) }))
}

/// Whether the date is why [`apply`] would not run by itself now: the cheap half of [`held`], for a page that is opened often.
///
/// # Errors
/// As [`preview`].
pub fn date_is_held(tx: &mut Tx<'_>, office: &Office, by: &Context) -> Result<bool> {
    by.authorise(Action::RetentionPreview, About::default())?;
    Ok(clock_jumped(tx, office, by.now)?.is_some())
}

fn held_now(tx: &mut Tx<'_>, office: &Office, due: u64, now: Instant) -> Result<Option<Held>> {
    if let Some(held) = clock_jumped(tx, office, now)? {
        return Ok(Some(held));
    }
    let (files, erased) = person::count(tx)?;
    let files = files.saturating_sub(erased);
    Ok((due > alone_max(files)).then_some(Held::Share { due, files }))
}

/// Why [`apply`] would not run by itself now, if it would not; `due` is what [`preview`] says now. Counts all files.
///
/// # Errors
/// As [`preview`].
pub fn held(tx: &mut Tx<'_>, office: &Office, by: &Context, due: &[Due]) -> Result<Option<Held>> {
    by.authorise(Action::RetentionPreview, About::default())?;
    let erased = |due: &&Due| due.rule.end == End::EraseKey;
    held_now(tx, office, due.iter().filter(erased).map(|due| due.count).sum(), by.now)
}

/// For each kind: the moment before which its event must have happened to be due now.
struct Cutoffs {
    file: Option<(Rule, Instant)>,
    officer: Option<(Rule, Instant)>,
    session: Option<(Rule, Instant)>,
    credential: Option<(Rule, Instant)>,
    request: Option<(Rule, Instant)>,
    notification: Option<(Rule, Instant)>,
    device: Option<(Rule, Instant)>,
    answer: Option<(Rule, Instant)>,
    backup: Option<(Rule, Instant)>,
    export: Option<(Rule, Instant)>,
}

impl Cutoffs {
    fn at(office: &Office, now: Instant) -> Result<Self> {
        let rules = RetentionRules::embedded().map_err(|errors| Error::internal(format!("law/retention.toml: {} faults", errors.len())))?;
        let today = now.date_in(office.zone());
        let before = |kind, event| -> Result<Option<(Rule, Instant)>> {
            let Some(day) = last_due(&rules, kind, event, today) else { return Ok(None) };
            let rule = rules.kept_until(kind, &Facts::of(event, day), today).rule.clone();
            Ok(Some((rule, end_of(office, day)?)))
        };
        // The part that is kept longest says when the file ends; while one has no rule in force, it stays.
        let parts: Vec<_> = FILE.iter().map(|kind| before(*kind, Event::LastContact)).collect::<Result<_>>()?;
        let file = parts.into_iter().collect::<Option<Vec<_>>>().and_then(|parts| parts.into_iter().min_by_key(|(_, moment)| *moment));
        Ok(Self {
            file: file.filter(|(rule, _)| rule.end == End::EraseKey),
            officer: before(DataKind::OfficerProfile, Event::LeftOffice)?.filter(|(rule, _)| rule.end == End::EraseKey),
            session: before(DataKind::Session, Event::Ended)?,
            credential: before(DataKind::Credential, Event::Removed)?,
            request: before(DataKind::Request, Event::Closed)?,
            notification: before(DataKind::Notification, Event::Sent)?,
            device: before(DataKind::Device, Event::Ended)?,
            answer: before(DataKind::Answer, Event::Made)?,
            // The office may keep them shorter than the law lets it.
            backup: before(DataKind::Backup, Event::Made)?.map(|(rule, moment)| {
                let days = office.backups().map_or(u32::MAX, |backups| backups.keep_days);
                (rule, moment.max(now.plus_seconds(-i64::from(days) * 86_400)))
            }),
            export: before(DataKind::Export, Event::Made)?,
        })
    }
}

/// The latest day on which the event can have happened so that the data is due today.
fn last_due(rules: &RetentionRules, kind: DataKind, event: Event, today: CivilDate) -> Option<CivilDate> {
    let due = |back: i32| days_before(today, back).filter(|day| rules.kept_until(kind, &Facts::of(event, *day), today).is_due(today));
    // Due once, due for every earlier day: the first is found by halving.
    let (mut not, mut is) = (0, DAYS_MAX);
    due(is)?;
    if let Some(day) = due(not) {
        return Some(day);
    }
    while is - not > 1 {
        let middle = not + (is - not) / 2;
        if due(middle).is_some() { is = middle } else { not = middle }
    }
    due(is)
}

fn days_before(day: CivilDate, days: i32) -> Option<CivilDate> {
    let (year, month, day) = day.parts();
    let date = Date::new(year, month, day).ok()?.checked_sub(days.days()).ok()?;
    CivilDate::new(date.year(), date.month(), date.day()).ok()
}

/// The first moment after a day in the office's zone.
fn end_of(office: &Office, day: CivilDate) -> Result<Instant> {
    let (year, month, day) = day.parts();
    let next = Date::new(year, month, day).and_then(|date| date.tomorrow()).map_err(Error::internal)?;
    let zoned = next.to_zoned_datetime(office.zone().clone()).map_err(Error::internal)?;
    Ok(Instant::from_unix_micros(zoned.timestamp().as_microsecond()))
}

/// The archives that are due in the folder of backups.
fn archives_due(office: &Office, cutoffs: &Cutoffs, now: Instant) -> Result<Vec<backup::Kept>> {
    // A folder that is not there holds nothing that is due; the backup itself says that it is missing.
    let Some(backups) = office.backups().filter(|backups| backups.folder.is_dir()) else { return Ok(Vec::new()) };
    let before = |cutoff: &Option<(Rule, Instant)>| cutoff.as_ref().map(|(_, before)| *before);
    Ok(backup::due(backup::kept(backups, &office.info().code)?, now, before(&cutoffs.backup), before(&cutoffs.export)))
}

/// What [`apply`] would end now, by which rule. Changes nothing. Counts all files, so that it is read apart from the threads that answer.
///
/// # Errors
/// When not permitted, or the store refuses.
pub fn preview(tx: &mut Tx<'_>, office: &Office, by: &Context) -> Result<Vec<Due>> {
    by.authorise(Action::RetentionPreview, About::default())?;
    let cutoffs = Cutoffs::at(office, by.now)?;
    let mut found = Vec::new();
    let mut push = |rule: &Rule, count: u64, by_job: bool| {
        if count > 0 {
            found.push(Due { rule: rule.clone(), count, by_job });
        }
    };
    if let Some((rule, before)) = &cutoffs.file {
        push(rule, upkeep::count_unchanged_since(tx, *before)?, true);
    }
    if let Some((rule, before)) = &cutoffs.officer {
        push(rule, officer::gone_since(tx, *before)?.len() as u64, true);
    }
    if let Some((rule, before)) = &cutoffs.session {
        push(rule, upkeep::count_sessions_ended(tx, *before)?, true);
    }
    if let Some((rule, before)) = &cutoffs.credential {
        push(rule, upkeep::count_orphan_uses(tx, *before)?, true);
    }
    if let Some((rule, before)) = &cutoffs.notification {
        push(rule, upkeep::count_jobs(tx, job::NOTIFY, job::parked(Instant::from_unix_micros(0)), job::parked(*before))?, true);
    }
    if let Some((rule, before)) = &cutoffs.device {
        push(rule, upkeep::count_devices_ended(tx, *before)?, true);
    }
    if let Some((rule, before)) = &cutoffs.answer {
        push(rule, upkeep::count_answers(tx, *before)?, true);
    }
    // A folder that cannot be read holds nothing that could be ended now; the page of the office says that it cannot.
    let archives = archives_due(office, &cutoffs, by.now).unwrap_or_default();
    for (cutoff, kind) in [(&cutoffs.backup, DataKind::Backup), (&cutoffs.export, DataKind::Export)] {
        if let Some((rule, _)) = cutoff {
            push(rule, archives.iter().filter(|kept| kept.kind == kind).count() as u64, true);
        }
    }
    if let Some((rule, before)) = &cutoffs.request {
        push(rule, upkeep::count_requests_closed(tx, *before)?, false);
    }
    Ok(found)
}

/// A run that was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// When.
    pub at: Instant,
    /// Who started it; `None`: the program, as every day.
    pub by: Option<siger_domain::id::OfficerId>,
    /// What it ended.
    pub applied: Applied,
}

/// The newest run, if there was one.
///
/// # Errors
/// As [`preview`].
pub fn newest_run(tx: &mut Tx<'_>, office: &Office, by: &Context) -> Result<Option<Run>> {
    by.authorise(Action::RetentionPreview, About::default())?;
    let Some(entry) = read::newest_of_kind(tx, "retention.applied", u64::MAX, 1)?.pop() else { return Ok(None) };
    let Some(Fact::RetentionApplied(body)) = entry.open(office.store().keyring())? else { return Ok(None) };
    Ok(Some(Run { at: entry.stamp.at, by: entry.stamp.actor, applied: Applied { erased: body.erased, deleted: body.deleted } }))
}

/// Ends what is due and writes into the journal how much, when a run that goes on is over. May be repeated and resumed. `despite`: an
/// officer has seen why it is [`held`], and that the date is right; the program itself never may.
///
/// # Errors
/// When not permitted, held, the store refuses, or the keyring cannot be written (the next run finishes).
pub async fn apply(office: &Office, by: &Context, despite: bool) -> Result<Applied> {
    let stamp = by.authorise(Action::RetentionApply, About::default())?;
    let turn = Arc::clone(office.applying()).lock_owned().await;
    start(office, by, stamp, despite, turn).await?.await.map_err(Error::internal)?
}

/// [`apply`] for somebody who does not wait for its end: it goes on, and is written down, also when nobody waits any more.
///
/// # Errors
/// When not permitted, held, or a run goes on already.
pub async fn begin(office: &Office, by: &Context, despite: bool) -> Result<JoinHandle<Result<Applied>>> {
    let stamp = by.authorise(Action::RetentionApply, About::default())?;
    let turn = Arc::clone(office.applying()).try_lock_owned().map_err(|_| Error::Conflict("retention_runs"))?;
    start(office, by, stamp, despite, turn).await
}

/// Whether a run goes on in this process. In another it may; both look at each file anew before they end it.
///
/// # Errors
/// As [`preview`].
pub fn runs(office: &Office, by: &Context) -> Result<bool> {
    by.authorise(Action::RetentionPreview, About::default())?;
    Ok(office.applying().try_lock().is_err())
}

async fn start(office: &Office, by: &Context, stamp: Stamp, despite: bool, turn: OwnedMutexGuard<()>) -> Result<JoinHandle<Result<Applied>>> {
    let now = by.now;
    if !despite || by.officer.is_none() {
        let (asker, cutoffs) = (office.clone(), Cutoffs::at(office, now)?);
        let held = office.read_long(move |tx| {
            let files = cutoffs.file.as_ref().map(|(_, before)| upkeep::count_unchanged_since(tx, *before)).transpose()?;
            let officers = cutoffs.officer.as_ref().map(|(_, before)| officer::gone_since(tx, *before)).transpose()?;
            held_now(tx, &asker, files.unwrap_or(0) + officers.map_or(0, |gone| gone.len() as u64), now)
        });
        if held.await?.is_some() {
            return Err(Error::Conflict("retention_held"));
        }
    }
    let office = office.clone();
    // A task of its own: between the entry of an erasure and the end of the key nobody's patience counts.
    Ok(tokio::spawn(async move {
        let _turn = turn;
        whole(&office, stamp, now).await
    }))
}

async fn whole(office: &Office, stamp: Stamp, now: Instant) -> Result<Applied> {
    let cutoffs = Cutoffs::at(office, now)?;
    let day = job::day_number(office, now)?;
    let mut applied = Applied::default();
    if let Some((_, before)) = cutoffs.file {
        let mut from = 0;
        loop {
            // Where few are due, a step looks through all files for them.
            let due = office.read_long(move |tx| Ok(upkeep::unchanged_since(tx, before, from, STEP)?)).await?;
            let Some(last) = due.last() else { break };
            from = last.registered + 1;
            let (count, effect) = office.write(move |write| end_files(write, stamp, before, &due)).await?;
            applied.erased += count;
            office.finish_erasure(effect).await?;
        }
    }
    if let Some((_, before)) = cutoffs.officer {
        let (count, effect) = office.write(move |write| end_officers(write, stamp, before)).await?;
        applied.erased += count;
        office.finish_erasure(effect).await?;
    }
    let cleaner = office.clone();
    let cleaned = tokio::task::spawn_blocking(move || -> Result<u64> {
        let Some(backups) = cleaner.backups().filter(|backups| backups.folder.is_dir()) else { return Ok(0) };
        backup::date_back(backups, &cleaner.info().code, now)?;
        let cutoffs = Cutoffs::at(&cleaner, now)?;
        backup::remove(backups, &archives_due(&cleaner, &cutoffs, now)?)
    });
    let cleaned = cleaned.await.map_err(Error::internal)?;
    let archives = cleaned.as_ref().map_or(0, |count| *count);
    applied.deleted = office
        .write(move |write| {
            let mut deleted = archives;
            if let Some((_, before)) = cutoffs.session {
                deleted += upkeep::delete_sessions_ended(write, before)?;
            }
            if let Some((_, before)) = cutoffs.device {
                deleted += upkeep::delete_devices_ended(write, before)?;
            }
            if let Some((_, before)) = cutoffs.answer {
                deleted += upkeep::delete_answers(write, before)?;
            }
            if let Some((_, before)) = cutoffs.credential {
                deleted += upkeep::delete_orphan_uses(write, before)?;
            }
            if let Some((_, before)) = cutoffs.notification {
                deleted += upkeep::delete_jobs(write, job::NOTIFY, job::parked(Instant::from_unix_micros(0)), job::parked(before))?;
            }
            let deleted = u32::try_from(deleted).unwrap_or(u32::MAX);
            let event = Fact::RetentionApplied(body::RetentionApplied { erased: applied.erased, deleted });
            write.append(stamp, Subject::Office, &event)?;
            operation::move_cursor(write, DAY_CURSOR, day)?;
            Ok(deleted)
        })
        .await?;
    // Everything else is done and written down by now; a folder that refuses is said and tried again.
    cleaned?;
    Ok(applied)
}

fn end_files(write: &mut Write<'_, '_>, stamp: Stamp, before: Instant, due: &[person::Person]) -> Result<(u32, Effect)> {
    let (mut count, mut effect) = (0, Effect::default());
    for row in due {
        // Somebody may have come back, or another process may have been here, since they were read.
        let still = person::get(write, row.id)?.is_some_and(|row| row.erased.is_none() && row.changed_at < before);
        if still {
            request::erase(write, stamp, row.id, ErasureGround::KeptUntil, None, &mut effect)?;
            count += 1;
        }
    }
    Ok((count, effect))
}

fn end_officers(write: &mut Write<'_, '_>, stamp: Stamp, before: Instant) -> Result<(u32, Effect)> {
    let (mut count, mut effect) = (0, Effect::default());
    for row in officer::gone_since(write, before)? {
        crate::officer::erase(write, stamp, &row, &mut effect)?;
        count += 1;
    }
    Ok((count, effect))
}

/// Destroys the keys of erased files and officers where that did not happen in its time (the machine stopped between the two). Says how many.
///
/// # Errors
/// When the store refuses or the keyring cannot be written.
pub async fn finish_erasures(office: &Office) -> Result<u32> {
    let keyring = office.store().keyring().clone();
    let officers = office.read(|tx| Ok(officer::erased(tx)?)).await?;
    let puncture: Vec<_> = officers.into_iter().map(|row| row.key).filter(|key| !keyring.is_punctured(*key)).collect();
    let (mut from, mut finished) = (0, puncture.len() as u32);
    office.finish_erasure(Effect { puncture, ..Effect::default() }).await?;
    loop {
        let keyring = office.store().keyring().clone();
        let step = office
            .read(move |tx| {
                let rows = upkeep::erased(tx, from, STEP)?;
                let next = rows.last().map(|row| row.registered + 1);
                let mut effect = Effect::default();
                for row in rows.into_iter().filter(|row| !keyring.is_punctured(row.key)) {
                    // First of all the key: it ends whatever the history still says, and keeps no other key waiting.
                    effect.puncture.push(row.key);
                    match blobs_of(tx, &keyring, row.id) {
                        Ok(blobs) => effect.blobs.extend(blobs),
                        Err(error) if error.is_damage() => tracing::error!(
                            entry = row.registered,
                            error = &error as &dyn std::error::Error,
                            "the history of an erased file cannot be read; its key is destroyed, and what pictures it had are removed as those that no file names"
                        ),
                        Err(error) => return Err(error),
                    }
                }
                Ok((next, effect))
            })
            .await?;
        let (Some(next), effect) = step else { return Ok(finished) };
        from = next;
        finished += effect.puncture.len() as u32;
        office.finish_erasure(effect).await?;
    }
}

/// The blobs of a file whose rows are gone already, from its history, which its key still opens.
fn blobs_of(tx: &mut Tx<'_>, keyring: &siger_storage::keyring::Keyring, id: siger_domain::id::PersonId) -> Result<Vec<[u8; 32]>> {
    let (mut before, mut found) = (u64::MAX, Vec::new());
    loop {
        let entries = read::newest_of_subject(tx, Subject::Person(id), before, read::PAGE_MAX)?;
        let Some(oldest) = entries.last() else { return Ok(found) };
        before = oldest.number;
        for entry in entries.iter().filter(|entry| entry.kind == "person.blob_stored") {
            match entry.open(keyring) {
                Ok(Some(Fact::BlobStored(body))) => found.extend(siger_storage::hex::<32>(&body.blob)),
                Ok(_) => {}
                Err(error) if error.is_damage() => {
                    tracing::error!(%error, "the entry of a picture of an erased file is damaged; the picture is removed as one that no file names");
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}
