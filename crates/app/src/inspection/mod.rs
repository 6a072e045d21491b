//! Inspections at the counter and at posts: a scan, the steps to a decision, the queue.
//!
//! What may follow what is the one table of `siger_domain::inspection`; [`step::TAKEN`] says which of its steps this version takes.

pub mod check;
mod step;
pub mod zone;

use siger_domain::access::Action as Right;
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{InspectionId, PersonId};
use siger_domain::inspection::action::{Act, Action};
use siger_domain::inspection::record::Begun;
use siger_domain::inspection::state::Stage;
use siger_domain::inspection::{By, Inspection, Kind};
use siger_domain::receipt::ReceiptNumber;
use siger_domain::time::CivilDate;
use siger_storage::journal::read;
use siger_storage::table::{inspection as table, person as persons};
use siger_storage::{Tx, Write};

use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::person;
use check::{Filed, Known, Near, REQUIRED};
use step::{Advanced, Before, advance};
use zone::Read;

pub use step::{TAKEN, right};

/// Most files that a scan looks at because the index of names had not seen them yet: an index that follows is a few entries behind.
const NEWER_MAX: u32 = 50;

/// What a step made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The inspection.
    pub inspection: InspectionId,
    /// Its person.
    pub person: PersonId,
    /// The entry of the step: what must have been seen for the next.
    pub number: u64,
}

impl From<Advanced> for Made {
    fn from(advanced: Advanced) -> Self {
        Self { inspection: advanced.inspection.id(), person: advanced.inspection.person(), number: advanced.number }
    }
}

/// Identifiers for what a scan may make.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// Of a new inspection.
    pub inspection: InspectionId,
    /// Of a new file.
    pub person: PersonId,
}

/// A document was scanned: the person is found by it, or a file is made; their inspection is joined or begun; the checks are made.
///
/// # Errors
/// When not permitted; [`Error::Invalid`] for `kind` (departures are not recorded yet) and for `zone`, where an unknown document's zone is not
/// valid as a whole; `document_on_several` where it stands on several files; `open_elsewhere` where another officer holds the person, or
/// another kind of inspection is open; `erased`.
pub fn scan(write: &mut Write<'_, '_>, by: &Context, fresh: Fresh, kind: Kind, read: &Read, near: &Near) -> Result<Made> {
    by.authorise(Right::InspectionInspect, About::default())?;
    if kind == Kind::Departure {
        return Err(Error::invalid("kind", "not_yet"));
    }
    let keyring = write.keyring().clone();
    let found = persons::by_document(write, &keyring, &read.document.lookup_text())?;
    let (person, is_new) = match found.as_slice() {
        [] if !read.zone.is_valid() => return Err(Error::invalid("zone", "not_valid")),
        [] => (person::register(write, by, fresh.person, read.identity.clone(), vec![read.document.clone()])?.person, true),
        [one] => (*one, false),
        _ => return Err(Error::Conflict("document_on_several")),
    };
    let known = known(write, by, person, is_new, read, near)?;
    let findings = check::findings(read, &known)?;
    let Some(row) = table::open_of(write, person)? else {
        let begun = Begun { kind, citizen: check::is_citizen(read, known.filed.as_ref()), required: REQUIRED.to_vec() };
        let begin = begun.of(fresh.inspection, person).map_err(Error::internal)?;
        let actions = [Action::Present, Action::Take, Action::Find { findings }];
        return Ok(advance(write, by, read.today, &Before::None(begin, begun), &actions)?.into());
    };
    if row.kind != kind || row.holder.is_some_and(|holder| by.officer != Some(holder)) {
        return Err(Error::Conflict("open_elsewhere"));
    }
    let before = before(write, &row)?;
    let take = row.holder.is_none().then_some(Action::Take);
    let actions: Vec<Action> = take.into_iter().chain([Action::Find { findings }]).collect();
    Ok(advance(write, by, read.today, &before, &actions)?.into())
}

/// Takes a step. `seen` is the newest entry that the officer saw, so that two officers do not decide past each other.
///
/// # Errors
/// When not permitted or not there; `changed_since`; `inspection_not_here` where the table has no such edge; `inspection_not_yet` where this
/// version does not take it; [`Error::Invalid`] for `action` with the word of the guard that does not hold.
pub fn step(write: &mut Write<'_, '_>, by: &Context, id: InspectionId, seen: u64, today: CivilDate, action: Action) -> Result<Made> {
    // What the checks say and who is present is recorded by a scan, and by nobody's word.
    let right = right(action.act()).filter(|_| !matches!(action.act(), Act::Present | Act::Find)).ok_or(Error::Conflict("inspection_not_yet"))?;
    by.authorise(right, About::default())?;
    let row = table::get(write, id)?.ok_or(Error::NotFound)?;
    if row.last_entry != seen {
        return Err(Error::Conflict("changed_since"));
    }
    let before = before(write, &row)?;
    Ok(advance(write, by, today, &before, &[action])?.into())
}

fn before(tx: &mut Write<'_, '_>, row: &table::Inspection) -> Result<Before> {
    let keyring = tx.keyring().clone();
    let (inspection, last) = table::recall(tx, &keyring, row)?.ok_or(Error::Conflict("erased"))?;
    Ok(Before::At(inspection, last))
}

/// What the files say of the person scanned and of those of their name. Who was shown others is in the journal.
fn known(write: &mut Write<'_, '_>, by: &Context, person: PersonId, is_new: bool, read: &Read, near: &Near) -> Result<Known> {
    let keyring = write.keyring().clone();
    let filed = match is_new {
        true => None,
        false => Some(identity(write, person)?.map_or(Filed::Unreadable, Filed::Known)),
    };
    let (mut others, mut damaged) = (Vec::new(), false);
    for (_, document) in persons::documents(write, &keyring, person)? {
        match document {
            Ok(document) if document.lookup_text() == read.document.lookup_text() => {}
            Ok(document) => others.push(document),
            Err(error) if error.is_damage() => damaged = true,
            Err(error) => return Err(error.into()),
        }
    }
    let unasked = Known { filed, others, damaged, near: None, more: false };
    let Near::Found { persons: ids, upto } = near else { return Ok(unasked) };
    let Some(newer) = newer(write, *upto)? else { return Ok(unasked) };
    let mut found = Vec::new();
    for id in ids.iter().chain(newer.iter().filter(|id| !ids.contains(id))).filter(|id| **id != person) {
        // Erased since the index was asked.
        if persons::get(write, *id)?.is_some_and(|row| row.identity.is_some()) {
            found.push((*id, identity(write, *id)?));
        }
    }
    if !found.is_empty() {
        let stamp = by.authorise(Right::PersonSearch, About::default())?;
        let event = body::PersonsSearched { by: "counter".to_owned(), found: found.len() as u32 };
        write.append(stamp, Subject::Office, &Event::PersonsSearched(event))?;
    }
    Ok(Known { near: Some(found), more: check::is_full(ids.len()), ..unasked })
}

/// Files made or corrected since the index of names looked, which is moments ago; `None` where it is too far behind to say.
fn newer(write: &mut Write<'_, '_>, upto: u64) -> Result<Option<Vec<PersonId>>> {
    let mut found = Vec::new();
    for kind in ["person.registered", "person.corrected"] {
        let lines = read::newest_lines_of_kind(write, kind, u64::MAX, NEWER_MAX)?;
        if lines.len() as u32 == NEWER_MAX && lines.iter().all(|line| line.number >= upto) {
            return Ok(None);
        }
        found.extend(lines.iter().filter(|line| line.number >= upto).filter_map(|line| match line.subject {
            Subject::Person(id) => Some(id),
            _ => None,
        }));
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// What a file says of who it is about; `None` where its entry cannot be read.
fn identity(write: &mut Write<'_, '_>, id: PersonId) -> Result<Option<siger_domain::person::Identity>> {
    let keyring = write.keyring().clone();
    let row = persons::get(write, id)?.ok_or(Error::NotFound)?;
    match persons::identity(write, &keyring, &row) {
        Ok(Some(identity)) => Ok(Some(identity)),
        Ok(None) => Err(Error::Conflict("erased")),
        Err(error) if error.is_damage() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// An inspection as an officer sees it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The case, with its findings.
    pub inspection: Inspection,
    /// Its newest entry: what must have been seen for a step.
    pub last_entry: u64,
    /// What is open to this officer now, in any of their roles.
    pub open: Vec<Act>,
    /// The number of its newest receipt, with the entry that gave it.
    pub receipt: Option<(ReceiptNumber, u64)>,
}

/// Opens an inspection. The look is itself an entry about the person.
///
/// # Errors
/// When not permitted, not there, or erased.
pub fn show(write: &mut Write<'_, '_>, by: &Context, id: InspectionId) -> Result<Shown> {
    let stamp = by.authorise(Right::InspectionRead, About::default())?;
    let row = table::get(write, id)?.ok_or(Error::NotFound)?;
    let keyring = write.keyring().clone();
    let (inspection, _) = table::recall(write, &keyring, &row)?.ok_or(Error::Conflict("erased"))?;
    let receipt = table::receipt(write, &keyring, id)?;
    write.append(stamp, Subject::Person(row.person), &Event::PersonRead(body::PersonRead {}))?;
    let mut open: Vec<Act> = Vec::new();
    for who in by.roles.iter().filter_map(|role| By::officer_in(by.officer?, role)) {
        open.extend(inspection.open_to(who, by.now));
    }
    open.retain(|act| !matches!(act, Act::Present | Act::Find) && right(*act).is_some_and(|right| by.may(right, About::default())));
    open.sort_unstable();
    open.dedup();
    Ok(Shown { inspection, last_entry: row.last_entry, open, receipt })
}

/// Who is in one stage, whoever is here longest first. Names nobody.
///
/// # Errors
/// When not permitted.
pub fn queue(tx: &mut Tx<'_>, by: &Context, stage: Stage, limit: u32) -> Result<Vec<table::Inspection>> {
    by.authorise(Right::InspectionList, About::default())?;
    Ok(table::in_stage(tx, stage, limit)?)
}
