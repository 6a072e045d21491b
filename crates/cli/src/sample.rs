//! What happened in the sample office before a newcomer arrives: files, notes, corrections, requests that wait, one erasure.
//! Through the same use cases as everything else, each by an officer who may do it.

use anyhow::{Context as _, Result};
use siger_app::{Context, Error, Office, person, request};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{OfficerId, PersonId, RequestId};
use siger_domain::person::{Document, DocumentNumber, Name, Note};
use siger_domain::request::ErasureGround;
use siger_synth::{NOTES, SampleOfficer};

/// Invented persons in a sample office.
const PERSONS: u32 = 60;

type Officers<'a> = &'a [(&'a SampleOfficer, OfficerId)];

/// An officer with one of their roles, acting now for a purpose.
fn acting(office: &Office, officers: Officers<'_>, role: Role, purpose: Purpose) -> Result<Context> {
    let (officer, id) = officers.iter().find(|(officer, _)| officer.roles.contains(&role)).with_context(|| format!("no sample officer is {role}"))?;
    Ok(Context { officer: Some(*id), roles: officer.roles.iter().copied().collect(), ..office.system(purpose) })
}

/// Makes all of it.
///
/// # Errors
/// When a use case refuses: the sample no longer fits the policies.
pub async fn history(office: &Office, officers: Officers<'_>) -> Result<()> {
    let mut ids = Vec::new();
    for number in 0..PERSONS {
        let (role, purpose) = if number % 3 == 2 { (Role::Stay, Purpose::StayPermit) } else { (Role::Desk, Purpose::CounterService) };
        ids.push(file(office, &acting(office, officers, role, purpose)?, number).await?);
    }
    requests(office, officers, &ids).await
}

/// One file with what became of it.
async fn file(office: &Office, by: &Context, number: u32) -> Result<PersonId> {
    let sample = siger_synth::person(number);
    let (id, by) = (PersonId::new(office.now(), office.random()), by.clone());
    office
        .write(move |write| {
            let mut corrected = sample.identity.clone();
            let issuer = sample.document.issuer;
            let made = person::register(write, &by, id, sample.identity, vec![sample.document.clone()])?;
            if let Some(note) = NOTES.get(number as usize % (2 * NOTES.len())) {
                person::note(write, &by, id, Note::new(note).map_err(Error::internal)?)?;
            }
            if number % 9 == 4 {
                // A slip of the first typing.
                let name = corrected.name.reveal().replacen("a", "e", 1);
                corrected.name = Name::new(&name).map_err(Error::internal)?;
                person::correct(write, &by, id, made.number, corrected)?;
            }
            if number % 7 == 3 {
                let renewed = DocumentNumber::new(&format!("R{number:07}")).map_err(Error::internal)?;
                person::add_document(write, &by, id, Document { issuer, number: renewed, ..sample.document })?;
            }
            Ok(id)
        })
        .await
        .context("a file of the sample office")
}

/// A request to erase that was answered, one that waits, and one for roles that waits.
async fn requests(office: &Office, officers: Officers<'_>, persons: &[PersonId]) -> Result<()> {
    let (erased, waits) = (persons[persons.len() - 1], persons[12]);
    let desk = acting(office, officers, Role::Desk, Purpose::PrivacyRequest)?;
    let privacy = acting(office, officers, Role::PrivacyOfficer, Purpose::PrivacyRequest)?;
    let administrator = acting(office, officers, Role::Administrator, Purpose::Administration)?;
    let (inspector, inspectors) =
        officers.iter().find(|(officer, _)| officer.roles.contains(&Role::Primary)).map(|(officer, id)| (*id, officer.roles)).context("an inspector")?;
    let roles = [inspectors, &[Role::Desk]].concat();
    let (first, second, third) = (request_id(office), request_id(office), request_id(office));
    let effect = office
        .write(move |write| {
            request::open_erase(write, &desk, first, erased, ErasureGround::SubjectRequest)?;
            let effect = request::approve(write, &privacy, first)?;
            request::open_erase(write, &desk, second, waits, ErasureGround::ConsentWithdrawn)?;
            request::open_roles(write, &administrator, third, inspector, roles)?;
            Ok(effect)
        })
        .await
        .context("the requests of the sample office")?;
    Ok(office.finish_erasure(effect).await?)
}

fn request_id(office: &Office) -> RequestId {
    RequestId::new(office.now(), office.random())
}
