//! Inspections: scan, show, step, queue.

use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use serde::{Deserialize, Serialize};
use siger_app::inspection::check::Near;
use siger_app::inspection::zone::Read;
use siger_app::inspection::{Fresh, Made as Stepped, queue as listed, scan as scanned, show as shown, step as stepped};
use siger_app::{Error, inspection};
use siger_domain::finding::{Findings, State as Shade, Verdict};
use siger_domain::id::{InspectionId, PersonId};
use siger_domain::inspection::action::{Action, Change};
use siger_domain::inspection::grant::{Grant, Stay, StayPeriod};
use siger_domain::inspection::state::{Stage, State as Stands};
use siger_domain::time::CivilDate;
use siger_storage::table::inspection as table;
use utoipa::ToSchema;
use uuid::Uuid;

use super::caller::{At, Caller};
use super::given::Given;
use super::once::{Key, Made, MadeBody, made, once};
use super::problem::{Problem, Refused};
use crate::server::State;

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<State>)> {
    vec![
        ("/inspections/scan", post(scan)),
        ("/inspections/{id}", get(show)),
        ("/inspections/{id}/steps", post(step)),
        ("/inspections/queue/{stage}", get(queue)),
    ]
}

/// A scan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScanBody {
    /// `arrival` or `visit`.
    #[schema(example = "visit")]
    kind: String,
    /// The lines of the machine-readable zone, two or three, as they stand on the document.
    #[schema(max_items = 3)]
    zone: Vec<String>,
}

/// A step of an inspection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct StepBody {
    /// The newest entry that was seen (`last_entry` of the inspection), so that two officers do not decide past each other.
    seen: u64,
    /// What is done.
    step: ActionBody,
}

/// What is done.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum ActionBody {
    /// Call the person, or take them over.
    Take {},
    /// Put back among those who wait.
    Release {},
    /// Let in: on an arrival.
    Admit(GrantBody),
    /// Register the visit.
    Register(GrantBody),
    /// Send to secondary; `finding`, `officer` or `person`.
    Refer {
        /// Why.
        #[schema(example = "finding")]
        cause: String,
    },
    /// End before a decision; `by_person`, `left` or `duplicate`.
    Withdraw {
        /// Why.
        #[schema(example = "by_person")]
        cause: String,
    },
    /// Put right what the person came for. The earlier entry stays.
    CorrectPurpose {
        /// What for.
        #[schema(example = "tourism")]
        purpose: String,
    },
}

/// What for and how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantBody {
    /// Purpose of the visit.
    #[schema(example = "tourism")]
    purpose: String,
    /// Last day of the stay, or `unlimited`: a citizen, or a permanent permit without limit.
    #[schema(example = "2026-12-23")]
    until: String,
    /// What is said to findings that are not clear.
    #[schema(example = "examined")]
    #[serde(default)]
    because: Option<String>,
}

/// An inspection.
#[derive(Serialize, ToSchema)]
pub(super) struct InspectionBody {
    id: Uuid,
    person: Uuid,
    /// `arrival`, `visit` or `departure`.
    kind: &'static str,
    /// Where it stands.
    #[schema(example = "primary")]
    stage: &'static str,
    /// Who has taken the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<Uuid>,
    /// Since when the person is here, RFC 3339 in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    presented: Option<String>,
    /// To be named in a step.
    last_entry: u64,
    /// All findings together: `clear`, `pending`, `unclear` or `stop`. Absent before a check.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'static str>,
    findings: Vec<FindingBody>,
    /// What was granted, after a decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<&'static str>,
    /// Last day of the stay granted; absent without end.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// The steps that are open to the caller now.
    open: Vec<&'static str>,
    /// Number of its newest receipt.
    #[schema(example = "WKN-2026-000123-D0")]
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    /// Entry of that receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt_entry: Option<u64>,
}

/// What a check said.
#[derive(Serialize, ToSchema)]
pub(super) struct FindingBody {
    #[schema(example = "document_validity")]
    kind: &'static str,
    /// `clear`, `attention`, `stop` or `not_checked`, which never counts as clear.
    state: &'static str,
    /// Why it was not made.
    #[serde(skip_serializing_if = "Option::is_none")]
    unmade: Option<&'static str>,
    /// Why it stands so, as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    /// The rule, or the clause of a standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<String>,
    /// The other file that it points to.
    #[serde(skip_serializing_if = "Option::is_none")]
    refers: Option<Uuid>,
}

/// Who is in a stage.
#[derive(Serialize, ToSchema)]
pub(super) struct QueueBody {
    /// Whoever is here longest first, at most 200. Names nobody.
    inspections: Vec<QueuedBody>,
}

/// An inspection in a list.
#[derive(Serialize, ToSchema)]
pub(super) struct QueuedBody {
    id: Uuid,
    kind: &'static str,
    stage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presented: Option<String>,
    last_entry: u64,
}

fn word<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, Error> {
    text.parse().map_err(|_| Error::invalid(field, "unknown_word"))
}

impl GrantBody {
    fn read(&self, today: CivilDate) -> Result<Grant, Error> {
        let stay = match self.until.as_str() {
            "unlimited" => Stay::Unlimited,
            day => {
                let until = day.parse().map_err(|_| Error::invalid("until", "not_a_date"))?;
                Stay::Limited(StayPeriod::new(today, until).map_err(|_| Error::invalid("until", "out_of_bounds"))?)
            }
        };
        Ok(Grant { purpose: word("purpose", &self.purpose)?, stay })
    }
}

impl ActionBody {
    fn read(&self, today: CivilDate) -> Result<Action, Error> {
        let because = |grant: &GrantBody| grant.because.as_deref().map(|text| word("because", text)).transpose();
        Ok(match self {
            Self::Take {} => Action::Take,
            Self::Release {} => Action::Release,
            Self::Admit(grant) => Action::Admit { grant: grant.read(today)?, because: because(grant)? },
            Self::Register(grant) => Action::Register { grant: grant.read(today)?, because: because(grant)? },
            Self::Refer { cause } => Action::Refer { cause: word("cause", cause)? },
            Self::Withdraw { cause } => Action::Withdraw { cause: word("cause", cause)? },
            Self::CorrectPurpose { purpose } => Action::Correct { change: Change::Purpose(word("purpose", purpose)?) },
        })
    }
}

fn findings(found: &Findings) -> Vec<FindingBody> {
    let made = found.made().iter().map(|finding| FindingBody {
        kind: finding.kind.as_str(),
        state: finding.verdict.state().as_str(),
        unmade: match finding.verdict {
            Verdict::NotChecked(why) => Some(why.as_str()),
            _ => None,
        },
        reason: Some(finding.reason.as_str().to_owned()),
        source: Some(finding.source.as_str()),
        rule: Some(finding.rule.as_str().to_owned()),
        refers: finding.refers.map(|id| Uuid::from_bytes(*id.as_bytes())),
    });
    // What the post must check and did not is said, too.
    let missing = found.missing().map(|kind| FindingBody {
        kind: kind.as_str(),
        state: Shade::NotChecked.as_str(),
        unmade: None,
        reason: None,
        source: None,
        rule: None,
        refers: None,
    });
    made.chain(missing).collect()
}

impl InspectionBody {
    fn of(shown: &inspection::Shown) -> Self {
        let case = &shown.inspection;
        let found = case.state().findings();
        let grant = match case.state() {
            Stands::Admitted(decision) | Stands::DeferredOffline(decision) => decision.grant,
            _ => None,
        };
        Self {
            id: Uuid::from_bytes(*case.id().as_bytes()),
            person: Uuid::from_bytes(*case.person().as_bytes()),
            kind: case.kind().as_str(),
            stage: case.stage().as_str(),
            holder: case.state().holder().map(|id| Uuid::from_bytes(*id.as_bytes())),
            presented: case.presented().map(|at| at.to_rfc3339()),
            last_entry: shown.last_entry,
            summary: found.map(|found| found.summary().as_str()),
            findings: found.map(findings).unwrap_or_default(),
            purpose: grant.map(|grant| grant.purpose.as_str()),
            until: grant.and_then(|grant| match grant.stay {
                Stay::Limited(period) => Some(period.until().to_string()),
                Stay::Unlimited => None,
            }),
            open: shown.open.iter().map(|act| act.as_str()).collect(),
            receipt: shown.receipt.as_ref().map(|(number, _)| number.to_string()),
            receipt_entry: shown.receipt.as_ref().map(|(_, entry)| *entry),
        }
    }
}

impl QueuedBody {
    fn of(row: &table::Inspection) -> Self {
        Self {
            id: Uuid::from_bytes(*row.id.as_bytes()),
            kind: row.kind.as_str(),
            stage: row.stage.as_str(),
            holder: row.holder.map(|id| Uuid::from_bytes(*id.as_bytes())),
            presented: row.presented.map(|at| at.to_rfc3339()),
            last_entry: row.last_entry,
        }
    }
}

impl From<Stepped> for Made {
    fn from(made: Stepped) -> Self {
        Self { number: made.number, id: *made.inspection.as_bytes() }
    }
}

/// A document was scanned: the person is found or registered, their inspection joined or begun, and the checks are made.
#[utoipa::path(
    post, path = "/api/v1/inspections/scan", tag = "inspections", operation_id = "scan_document", request_body = ScanBody,
    params(("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens.")),
    responses(
        (status = 201, description = "Scanned; `id` is the inspection, `location` leads to it.", body = MadeBody),
        (status = 409, description = "Another officer has the person, the document stands on several files, or the person's data was erased.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The zone cannot be read, or not well enough to make a file; the kind is not one that can be begun.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn scan(caller: Caller, key: Key, Given { body, hash }: Given<ScanBody>) -> Result<Response, Refused> {
    caller.by.authorise(siger_domain::access::Action::InspectionInspect, siger_app::context::About::default())?;
    let kind = word("kind", &body.kind)?;
    let office = caller.office();
    let read = Read::of(&body.zone, caller.by.now.date_in(office.zone()))?;
    let near = Near::of(office.names(), &read.identity);
    let fresh = Fresh { inspection: InspectionId::new(caller.by.now, office.random()), person: PersonId::new(caller.by.now, office.random()) };
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((scanned(write, by, fresh, kind, &read, &near)?.into(), ()))).await?;
    made(&caller, done, first.is_none(), Some(format!("{}/inspections/{}", super::BASE, Uuid::from_bytes(done.id))))
}

/// Opens an inspection with its findings. The look is itself an entry of the journal, written before anything is shown.
#[utoipa::path(
    get, path = "/api/v1/inspections/{id}", tag = "inspections", operation_id = "show_inspection",
    params(("id" = String, Path, description = "The inspection.", format = "uuid")),
    responses(
        (status = 200, description = "The inspection.", body = InspectionBody),
        (status = 404, description = "There is no such inspection.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show(caller: Caller, At(id): At<InspectionId>) -> Result<Response, Refused> {
    let by = caller.by.clone();
    let found = caller.office().write(move |write| shown(write, &by, id)).await?;
    caller.answer(StatusCode::OK, &InspectionBody::of(&found))
}

/// Takes a step.
#[utoipa::path(
    post, path = "/api/v1/inspections/{id}/steps", tag = "inspections", operation_id = "step_inspection", request_body = StepBody,
    params(
        ("id" = String, Path, description = "The inspection.", format = "uuid"),
        ("idempotency-key" = Option<String>, Header, description = "Sent again with the same body, the same answer comes and nothing more happens."),
    ),
    responses(
        (status = 201, description = "Taken.", body = MadeBody),
        (status = 404, description = "There is no such inspection.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "`changed_since`: look again. `inspection_not_here`: it does not stand where this can be done. `inspection_not_yet`: this version does not take the step.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A word is not of its list, or the fault of `action` names what must hold and does not.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn step(caller: Caller, At(id): At<InspectionId>, key: Key, Given { body, hash }: Given<StepBody>) -> Result<Response, Refused> {
    let today = caller.by.now.date_in(caller.office().zone());
    // Whoever may not even look is told that first.
    caller.by.authorise(siger_domain::access::Action::InspectionRead, siger_app::context::About::default())?;
    let (action, seen) = (body.step.read(today)?, body.seen);
    let (done, first) = once(&caller, key, hash, move |write, by| Ok((stepped(write, by, id, seen, today, action)?.into(), ()))).await?;
    made(&caller, done, first.is_none(), None)
}

/// Who is in one stage (`presented`, `primary`, `secondary`), whoever is here longest first.
#[utoipa::path(
    get, path = "/api/v1/inspections/queue/{stage}", tag = "inspections", operation_id = "list_inspections",
    params(("stage" = String, Path, description = "The stage.", example = "secondary")),
    responses(
        (status = 200, description = "The inspections. Names nobody.", body = QueueBody),
        (status = 404, description = "There is no such stage.", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn queue(caller: Caller, At(stage): At<String>) -> Result<Response, Refused> {
    let by = caller.by.clone();
    let stage = stage.parse::<Stage>().map_err(|_| Error::NotFound)?;
    let found = caller.office().read(move |tx| listed(tx, &by, stage, table::LISTED_MAX)).await?;
    caller.answer(StatusCode::OK, &QueueBody { inspections: found.iter().map(QueuedBody::of).collect() })
}
