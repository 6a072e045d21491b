//! Work for later: claimed, done, tried again with growing pauses, given up after so many tries and then shown.
//!
//! A job may run twice (its process died after the work and before it was taken off the list), so every handler can be
//! repeated. The claim of a process that died runs out and another takes the job. At most one process makes the daily job of
//! a day, because day and job are written in one transaction.
//!
//! Jobs are done one after the other, in two lines: a backup may take hours, and mail about a copied session does not wait for it.

mod daily;
pub mod rehash;

use std::sync::Arc;
use std::time::Duration;

use siger_domain::access::Action;
use siger_domain::id::JobId;
use siger_domain::time::{CivilDate, Instant};
use siger_storage::table::operation::Line;
use siger_storage::table::{operation, upkeep};
use siger_storage::{Tx, Write};
use tokio::task::JoinHandle;

use crate::backup;
use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::keys;
use crate::notify::{self, Notifier};
use crate::office::Office;

/// Kind of the job that runs once each day.
pub const DAILY: &str = "daily";
/// Kind of the job that makes the backup of each night.
pub const BACKUP: &str = "backup";
/// Kind of a message to an officer.
pub const NOTIFY: &str = "notify";
/// Kind of the job that computes keyed hashes anew after the look-up key was rotated.
pub const REHASH: &str = "rehash";

/// Tries before a job is given up: with the pauses below about two hours, longer than a mail server is restarted.
pub const ATTEMPTS_MAX: u32 = 8;
/// Pause after the first failure; doubles with each.
const PAUSE_SECONDS: i64 = 60;
/// Longest pause.
const PAUSE_SECONDS_MAX: i64 = 60 * 60;
/// How long a job may run before it counts as failed.
const RUN_SECONDS_MAX: u64 = 600;
/// How long a backup may take: hundreds of gigabytes to a slow disk.
const BACKUP_SECONDS_MAX: u64 = 3 * 60 * 60;
/// How long a claim holds: longer than a job may run, so that only the claim of a dead process runs out.
const CLAIM_SECONDS: i64 = 900;
/// Jobs done in one go before the follower looks at the journal again.
const AT_ONCE_MAX: u32 = 100;
/// A job that was given up stands this far in the future, where no claim reaches it and its row still says when that was.
const PARKED_SECONDS: i64 = 1_000 * 365 * 24 * 60 * 60;
/// How often the list is looked at when nothing happens.
const TICK: Duration = Duration::from_secs(15);
/// How long the runner waits after a new entry, so that many entries wake it once.
const SETTLE: Duration = Duration::from_secs(1);
/// Cursor that holds the newest day (days since 1970) whose daily job was made.
const DAY_CURSOR: &str = "daily";
/// The cursor may be so many days ahead: a clock set back over midnight makes no second job of the same day.
const DAYS_AHEAD_MAX: u64 = 1;
/// No job is put off as long as this; one that is was put off by a clock that read too late.
const AHEAD_SECONDS_MAX: i64 = 24 * 60 * 60;

/// Where a job given up at a moment stands.
pub(crate) const fn parked(at: Instant) -> Instant {
    at.plus_seconds(PARKED_SECONDS)
}

/// A job in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Identifier.
    pub id: JobId,
    /// `daily`, `backup`, `notify` or `rehash`.
    pub kind: String,
    /// When it is due next; `None`: given up.
    pub due: Option<Instant>,
    /// When it was given up.
    pub given_up: Option<Instant>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last try failed; holds no personal data.
    pub failed: Option<String>,
}

/// The work for later, next first, what was given up last.
///
/// # Errors
/// When not permitted.
pub fn list(tx: &mut Tx<'_>, by: &Context) -> Result<Vec<Listed>> {
    by.authorise(Action::JobList, About::default())?;
    let jobs = operation::jobs(tx, 200)?;
    Ok(jobs
        .into_iter()
        .map(|job| {
            let given_up = (job.run_at >= parked(Instant::from_unix_micros(0))).then(|| job.run_at.plus_seconds(-PARKED_SECONDS));
            Listed { id: job.id, kind: job.kind, due: given_up.is_none().then_some(job.run_at), given_up, attempts: job.attempts, failed: job.failed }
        })
        .collect())
}

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Jobs done.
    pub done: u32,
    /// Jobs that failed and are tried again.
    pub again: u32,
    /// Jobs that failed for the last time.
    pub given_up: u32,
}

/// Puts a job on the list, in the transaction of what it follows from. `None`: one under the word `once` still waits and is kept instead.
pub(crate) fn add(write: &mut Write<'_, '_>, office: &Office, kind: &str, payload: Vec<u8>, run_at: Instant, once: Option<&str>) -> Result<Option<JobId>> {
    let keyring = write.keyring().clone();
    let job = operation::Job { id: JobId::new(run_at, office.random()), kind: kind.to_owned(), payload, run_at, attempts: 0, failed: None };
    Ok(operation::add_job(write, &keyring, &job, once)?.then_some(job.id))
}

/// The number of the day in the office's zone, from 1970.
pub(crate) fn day_number(office: &Office, at: Instant) -> Result<u64> {
    let epoch = CivilDate::new(1970, 1, 1).map_err(Error::internal)?;
    u64::try_from(at.date_in(office.zone()).days_since(epoch)).map_err(Error::internal)
}

/// Whether the job of a day was made, by the day of the newest that was. A day that has not come yet was written by a clock
/// that read too late, and counts for nothing.
const fn is_made(newest: u64, day: u64) -> bool {
    newest >= day && newest <= day + DAYS_AHEAD_MAX
}

/// Makes today's daily job, unless it was made. Says whether it was.
///
/// # Errors
/// When the store refuses.
pub async fn schedule(office: &Office) -> Result<bool> {
    let now = office.now();
    let (today, day) = (now.date_in(office.zone()), day_number(office, now)?);
    if is_made(office.read(|tx| Ok(operation::cursor(tx, DAY_CURSOR)?)).await?, day) {
        return Ok(false);
    }
    let scheduler = office.clone();
    office
        .write(move |write| {
            let newest = operation::cursor(write, DAY_CURSOR)?;
            if is_made(newest, day) {
                return Ok(false);
            }
            if newest > day {
                let waiting = upkeep::bring_back(write, now, now.plus_seconds(AHEAD_SECONDS_MAX), parked(Instant::from_unix_micros(0)))?;
                tracing::warn!(waiting, "the clock read a later day before: the work of each day begins again today, and jobs put off by it are due now");
            }
            add(write, &scheduler, DAILY, Vec::new(), now, Some(&format!("{DAILY} {today}")))?;
            if scheduler.backups().is_some() {
                add(write, &scheduler, BACKUP, Vec::new(), now, Some(&format!("{BACKUP} {today}")))?;
            }
            operation::move_cursor(write, DAY_CURSOR, day)?;
            Ok(true)
        })
        .await
}

/// Does the jobs that are due, but for backups, one after the other.
///
/// # Errors
/// When the store refuses; what a job itself fails with is kept with it.
pub async fn run_due(office: &Office, notifier: &Arc<dyn Notifier>) -> Result<Ran> {
    run_line(office, notifier, Line::Beside(BACKUP)).await
}

/// Makes the backups that are due.
///
/// # Errors
/// As [`run_due`].
pub async fn run_backups(office: &Office, notifier: &Arc<dyn Notifier>) -> Result<Ran> {
    run_line(office, notifier, Line::Of(BACKUP)).await
}

async fn run_line(office: &Office, notifier: &Arc<dyn Notifier>, line: Line<'static>) -> Result<Ran> {
    let mut ran = Ran::default();
    let held_seconds = if line == Line::Of(BACKUP) { BACKUP_SECONDS_MAX as i64 + CLAIM_SECONDS } else { CLAIM_SECONDS };
    for _ in 0..AT_ONCE_MAX {
        let (now, keyring) = (office.now(), office.store().keyring().clone());
        let claimed = office.write(move |write| Ok(operation::claim_job(write, &keyring, line, now, now.plus_seconds(held_seconds))?)).await?;
        let Some(job) = claimed else { break };
        let (id, attempt, kind) = (job.id, job.attempts, job.kind.clone());
        let outcome = if attempt > ATTEMPTS_MAX { Err("its process stopped in every try".to_owned()) } else { run(office, notifier, job).await };
        match outcome {
            Ok(()) => {
                office.write(move |write| finish(write, id, &kind)).await?;
                ran.done += 1;
            }
            Err(why) => {
                let now = office.now();
                let last = attempt >= ATTEMPTS_MAX;
                if last {
                    tracing::error!(job = %id, kind, attempt, why, "a job was given up; the page of jobs shows it");
                } else {
                    tracing::warn!(job = %id, kind, attempt, why, "a job failed; it is tried again");
                }
                let run_at = if last { parked(now) } else { now.plus_seconds(pause_seconds(attempt)) };
                office.write(move |write| Ok(upkeep::put_back(write, id, attempt, run_at, &why)?)).await?;
                if last { ran.given_up += 1 } else { ran.again += 1 }
            }
        }
    }
    Ok(ran)
}

/// Takes a job off the list that is done. What each day does again takes those with it that were given up on other days: nothing of them is left to do.
fn finish(write: &mut Write<'_, '_>, id: JobId, kind: &str) -> Result<()> {
    operation::finish_job(write, id)?;
    if matches!(kind, DAILY | BACKUP) {
        upkeep::delete_jobs(write, kind, parked(Instant::from_unix_micros(0)), Instant::from_unix_micros(i64::MAX))?;
    }
    Ok(())
}

fn pause_seconds(attempt: u32) -> i64 {
    (PAUSE_SECONDS << attempt.saturating_sub(1).min(16)).min(PAUSE_SECONDS_MAX)
}

/// Runs one job so that neither a panic nor an endless wait in it stops the runner.
async fn run(office: &Office, notifier: &Arc<dyn Notifier>, job: operation::Job) -> Result<(), String> {
    let (office, notifier) = (office.clone(), notifier.clone());
    let seconds = if job.kind == BACKUP { BACKUP_SECONDS_MAX } else { RUN_SECONDS_MAX };
    let mut task = tokio::spawn(async move { handle(&office, &notifier, job).await });
    match tokio::time::timeout(Duration::from_secs(seconds), &mut task).await {
        Ok(Ok(outcome)) => outcome.map_err(|error| chain(&error)),
        Ok(Err(_)) => Err("a fault of the program".into()),
        Err(_) => {
            task.abort();
            Err(format!("not done within {seconds} s"))
        }
    }
}

/// An error with its causes; errors of this program never hold personal values.
fn chain(error: &Error) -> String {
    let mut cause: &(dyn std::error::Error + 'static) = match error {
        Error::Internal(inner) => inner.as_ref(),
        other => other,
    };
    let mut text = cause.to_string();
    while let Some(next) = cause.source() {
        text = format!("{text}: {next}");
        cause = next;
    }
    text
}

async fn handle(office: &Office, notifier: &Arc<dyn Notifier>, job: operation::Job) -> Result<()> {
    match job.kind.as_str() {
        DAILY => daily::run(office).await,
        BACKUP => backup::nightly(office).await,
        NOTIFY => notify::deliver(office, notifier, job.id, &job.payload).await,
        REHASH => rehash::run(office).await.map(drop),
        _ => Err(Error::internal("this version of the program does not know the kind of job")),
    }
}

/// Starts the runner: makes the jobs of each day, turns new entries into messages, and does what is due, with backups beside it, until
/// the handle is aborted or the store closes.
pub fn spawn(office: &Office, notifier: Arc<dyn Notifier>) -> JoinHandle<()> {
    let office = office.clone();
    tokio::spawn(async move {
        let starter = office.clone();
        let starting = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(keys::CATCH_UP_SECONDS as u64)).await;
            if let Err(error) = keys::catch_up(&starter).await {
                tracing::error!(error = %chain(&error), "the keys could not be compared with the journal; the daily work tries again");
            }
        });
        drop(starting);
        tokio::select! {
            () = others(&office, &notifier) => {}
            () = backups(&office, &notifier) => {}
        }
    })
}

async fn others(office: &Office, notifier: &Arc<dyn Notifier>) {
    let mut tail = office.store().tail();
    loop {
        tail.borrow_and_update();
        if let Err(error) = step(office, notifier).await {
            tracing::error!(error = %chain(&error), "the work for later could not be looked at; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(TICK) => {}
            changed = tail.changed() => {
                if changed.is_err() {
                    return;
                }
                tokio::time::sleep(SETTLE).await;
            }
        }
    }
}

async fn backups(office: &Office, notifier: &Arc<dyn Notifier>) {
    loop {
        if let Err(error) = run_backups(office, notifier).await {
            tracing::error!(error = %chain(&error), "backups that are due could not be looked at; it is tried again");
        }
        tokio::time::sleep(TICK).await;
    }
}

/// One round of [`spawn`], but for backups. What fails in one part keeps none of the others from their turn.
///
/// # Errors
/// When the store refuses the jobs that are due; a failure before that is logged.
pub async fn step(office: &Office, notifier: &Arc<dyn Notifier>) -> Result<Ran> {
    if let Err(error) = schedule(office).await {
        tracing::error!(error = %chain(&error), "the daily job could not be made; it is tried again");
    }
    if let Err(error) = notify::follow(office).await {
        tracing::error!(error = %chain(&error), "new entries could not be turned into messages; it is tried again");
    }
    run_due(office, notifier).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        assert_eq!([1, 2, 3, 7, 60].map(pause_seconds), [60, 120, 240, 3_600, 3_600]);
        assert_eq!((1..ATTEMPTS_MAX).map(pause_seconds).sum::<i64>(), 123 * 60);
    }
}
