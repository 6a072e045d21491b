//! The office: settings and state, who may do what, how long data is kept, work for later.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use siger_app::access::matrix::Matrix;
use siger_app::access::{Access, Effect};
use siger_app::context::About;
use siger_app::{Context, Error, backup, job, retention};
use siger_domain::access::{Action, Purpose, Role};
use siger_domain::retention::{RetentionRules, Rule};
use siger_storage::journal::read;
use tokio::task::JoinHandle;

use super::officer::confirm_at;
use crate::locale::Locale;
use crate::page::office::{self as office_page, Blobs, Parts};
use crate::page::office_access::{self, Policy, Row};
use crate::page::{office_jobs, office_retention};
use crate::server::State;
use crate::server::fault::WebError;
use crate::server::posted::Posted;
use crate::server::visit::Desk;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/office", get(show))
        .route("/office/backup", post(back_up))
        .route("/office/access", get(access))
        .route("/office/retention", get(kept_until))
        .route("/office/retention/apply", post(apply))
        .route("/office/jobs", get(jobs))
}

/// Blobs are counted at most this far for the page: enough to say that the folder can be read, and done in a moment.
const BLOBS_MAX: u64 = 10_000;

/// How long the answer waits for a backup or for the end of what is due; what takes longer goes on behind the page.
const WAIT: Duration = Duration::from_secs(5);

/// Waits a moment for what goes on by itself. What it fails with is said by the page, or, if it takes longer, in the log.
async fn for_a_moment<T: Send + 'static>(mut running: JoinHandle<Result<T, Error>>, failed: &'static str) -> Result<(), WebError> {
    match tokio::time::timeout(WAIT, &mut running).await {
        Ok(done) => drop(done.map_err(Error::internal)??),
        Err(_) => drop(tokio::spawn(async move {
            if let Err(error) = running.await.map_err(Error::internal).flatten() {
                tracing::error!(error = &error as &dyn std::error::Error, "{failed}");
            }
        })),
    }
    Ok(())
}

fn may(by: &Context, action: Action) -> bool {
    by.may(action, About::default())
}

pub(super) fn parts(by: &Context) -> Parts {
    let office = may(by, Action::OfficeRead);
    Parts { office, retention: office || may(by, Action::RetentionPreview), jobs: may(by, Action::JobList) }
}

async fn show(desk: Desk) -> Result<Response, WebError> {
    desk.by.authorise(Action::OfficeRead, About::default())?;
    let office = desk.office().clone();
    let (asker, opened) = (desk.by.clone(), office.clone());
    let (head, standing) = office.read(move |tx| Ok((read::head(tx)?, backup::standing(tx, &opened, &asker)?))).await?;
    let (place, directory) = (backup::place(&office, &desk.by).await?, office.directory().await?);
    let backup = office_page::Backup {
        folder: place.map(|place| office_page::Folder {
            path: place.folder.display().to_string(),
            keep_days: place.keep_days,
            kept: place.kept,
            runs: place.runs,
        }),
        newest: standing.newest.map(|newest| office_page::Newest {
            at: newest.at,
            by: newest.by.map(|of| directory.name(Some(of)).unwrap_or("–").to_owned()),
            missing: newest.body.as_ref().map_or(0, |body| body.missing),
            file: newest.body.map(|body| (body.file, body.size)),
        }),
        is_late: standing.is_late,
        may_make: may(&desk.by, Action::OfficeBackup),
    };
    let blobs = office.blobs().clone();
    let counted = tokio::task::spawn_blocking(move || {
        let mut count = 0;
        for blob in blobs.iter() {
            match blob {
                Ok(_) if count == BLOBS_MAX => return Blobs::Readable { count, more: true },
                Ok(_) => count += 1,
                Err(_) => return Blobs::Faulty,
            }
        }
        Blobs::Readable { count, more: false }
    });
    let blobs = counted.await.map_err(Error::internal)?;
    let (info, keyring) = (office.info(), office.store().keyring());
    let view = office_page::View {
        code: info.code.clone(),
        name: info.name.clone(),
        origin: info.origin.clone(),
        time_zone: info.time_zone.clone(),
        is_sample: info.sample,
        database: office.store().url().shown(),
        blobs,
        entries: head.edge.size(),
        newest: head.last_at,
        checkpoint: head.checkpoint,
        backup,
        verifiers: keyring.log_verifiers().iter().map(siger_storage::tlog::NoteVerifier::vkey).collect(),
        parts: parts(&desk.by),
    };
    Ok(desk.visit.answer(office_page::page(&desk.visit.page(), &view)))
}

async fn back_up(Posted { desk, .. }: Posted) -> Result<Redirect, WebError> {
    let making = backup::begin(desk.office(), &desk.by).map_err(|error| confirm_at(error, Action::OfficeBackup, crate::address::OFFICE))?;
    for_a_moment(making, "a backup that somebody asked for was not made").await?;
    Ok(Redirect::to(&format!("{}#backup", crate::address::OFFICE)))
}

/// The matrix asks some thousand questions; the policies are part of the program, so the answers never change.
fn rows(access: &Access) -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    ROWS.get_or_init(|| {
        let matrix = Matrix::new(access);
        let row = |action: &Action| {
            let mut may: Vec<(Vec<Role>, Vec<Purpose>)> = Vec::new();
            let mut own: Vec<Purpose> = Vec::new();
            for role in Role::OFFICER {
                let cell = matrix.cell(*role, *action);
                match may.iter_mut().find(|(_, purposes)| *purposes == cell.any) {
                    Some((roles, _)) => roles.push(*role),
                    None if cell.any.is_empty() => {}
                    None => may.push((vec![*role], cell.any.clone())),
                }
                for purpose in &cell.own {
                    if !own.contains(purpose) {
                        own.push(*purpose);
                    }
                }
            }
            own.sort();
            let held = matrix.conditions(*action);
            Row { action: *action, may, own, fresh: held.fresh_sign_in, second: held.second_person }
        };
        Action::ALL.iter().map(row).collect()
    })
}

async fn access(desk: Desk) -> Result<Response, WebError> {
    desk.by.authorise(Action::OfficeRead, About::default())?;
    let access = desk.office().access().clone();
    let rows = tokio::task::spawn_blocking({
        let access = access.clone();
        move || rows(&access).to_vec()
    });
    let locale = desk.visit.language.locale;
    let policies = access
        .policies()
        .iter()
        .map(|policy| {
            let (why, other) = match locale {
                Locale::Id => (&policy.why_id, &policy.why_en),
                Locale::En => (&policy.why_en, &policy.why_id),
            };
            Policy { id: policy.id.to_string(), forbids: matches!(policy.effect, Effect::Forbid(_)), why: why.clone(), other: other.clone() }
        })
        .collect();
    let view = office_access::View { rows: rows.await.map_err(Error::internal)?, policies, parts: parts(&desk.by) };
    Ok(desk.visit.answer(office_access::page(&desk.visit.page(), &view)))
}

async fn kept_until(desk: Desk) -> Result<Response, WebError> {
    // Whoever sees the office, and whoever sees what is due.
    if desk.by.authorise(Action::OfficeRead, About::default()).is_err() {
        desk.by.authorise(Action::RetentionPreview, About::default())?;
    }
    let rules =
        RetentionRules::embedded().map_err(|faults| Error::internal(faults.into_iter().map(|fault| fault.to_string()).collect::<Vec<_>>().join("; ")))?;
    let today = desk.visit.ui().today();
    let in_force: Vec<Rule> = rules.rules().iter().filter(|rule| rule.in_force(today)).cloned().collect();
    let due = if may(&desk.by, Action::RetentionPreview) { Some(due(&desk).await?) } else { None };
    let view = office_retention::View { rules: &in_force, hash: &rules.rule_set_hash_hex(), due, parts: parts(&desk.by) };
    Ok(desk.visit.answer(office_retention::page(&desk.visit.page(), &view)))
}

/// The dry run, and the newest run before it.
async fn due(desk: &Desk) -> Result<office_retention::Dry, WebError> {
    let (by, office) = (desk.by.clone(), desk.office().clone());
    let read = desk.office().read_long(move |tx| {
        let due = retention::preview(tx, &office, &by)?;
        let held = retention::held(tx, &office, &by, &due)?;
        Ok((due, retention::newest_run(tx, &office, &by)?, held))
    });
    let (due, run, held) = read.await?;
    let runs = retention::runs(desk.office(), &desk.by)?;
    let directory = desk.office().directory().await?;
    let newest = run.map(|run| office_retention::Run {
        at: run.at,
        by: run.by.map(|of| directory.name(Some(of)).unwrap_or("–").to_owned()),
        erased: run.applied.erased,
        deleted: run.applied.deleted,
    });
    Ok(office_retention::Dry { due, newest, may_apply: may(&desk.by, Action::RetentionApply), held, runs })
}

async fn apply(Posted { desk, fields }: Posted) -> Result<Redirect, WebError> {
    let begun = retention::begin(desk.office(), &desk.by, fields.get("despite") == "held").await;
    let running = begun.map_err(|error| confirm_at(error, Action::RetentionApply, office_page::RETENTION))?;
    for_a_moment(running, "what is due by the rules was not ended to the end; the next run goes on").await?;
    Ok(Redirect::to(&format!("{}#due", office_page::RETENTION)))
}

async fn jobs(desk: Desk) -> Result<Response, WebError> {
    let by = desk.by.clone();
    let jobs = desk.office().read(move |tx| job::list(tx, &by)).await?;
    Ok(desk.visit.answer(office_jobs::page(&desk.visit.page(), &jobs, parts(&desk.by))))
}
