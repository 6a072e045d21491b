//! A person's file, opened. Each part is read by itself: an entry that cannot be read is named, and takes nothing else with it.
//!
//! Officers open the same file for different purposes. What was written for a purpose for which an officer could not open it themself (an
//! inquiry, at the counter) is not theirs to know: looks and notes of that kind are absent, and of a change that everybody sees (a
//! correction shows in the name) they do not see by whom and what for.

use siger_domain::access::{Action, Purpose};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{PersonId, RequestId};
use siger_domain::person::Document;
use siger_domain::time::Instant;
use siger_storage::journal::{Line, read};
use siger_storage::table::person as table;
use siger_storage::{Tx, Write};

use super::{HISTORY, LOOKS, Who};
use crate::context::{About, Context};
use crate::error::{Error, Result};
use crate::part::Part;
use crate::request;

/// A part of a file in which an entry can be unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Who the person is.
    Identity,
    /// Their documents.
    Documents,
    /// Pictures and papers.
    Papers,
    /// What changed the file.
    History,
    /// Who looked.
    Looks,
}

impl Place {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Documents => "documents",
            Self::Papers => "papers",
            Self::History => "history",
            Self::Looks => "looks",
        }
    }
}

/// An entry of a file that cannot be read: it was changed behind the program's back, or the disk gave something else back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unreadable {
    /// Which part of the file lacks it.
    pub place: Place,
    /// The entry.
    pub number: u64,
}

/// Something that changed a file.
#[derive(Clone, Debug)]
pub struct Change {
    /// The open part of its entry.
    pub line: Line,
    /// Done for a purpose that is not the officer's: by whom and what for is not shown.
    pub withheld: bool,
    /// What it says; `None`: erased, or among [`File::unreadable`].
    pub event: Option<Event>,
}

/// A person's file, opened.
#[derive(Clone, Debug)]
pub struct File {
    /// The row; its newest change is the newest of which the officer may know.
    pub person: table::Person,
    /// Who they are.
    pub who: Who,
    /// Documents, oldest first.
    pub documents: Vec<Document>,
    /// What changed it, newest first, as far as the officer may know of it.
    pub history: Part<Change>,
    /// Who looked before, newest first and at most [`LOOKS`], as far as the officer may know of it.
    pub looks: Vec<Line>,
    /// What cannot be read of all this, by part and entry, each once.
    pub unreadable: Vec<Unreadable>,
    /// The entry of this look.
    pub number: u64,
}

/// Opens a person's file with at most `limit` entries of its history before entry `before`. The look is itself an entry, written before
/// anything is shown.
///
/// # Errors
/// When not permitted or not there.
pub fn open(write: &mut Write<'_, '_>, by: &Context, id: PersonId, before: u64, limit: u32) -> Result<File> {
    let stamp = by.authorise(Action::PersonRead, About::default())?;
    let mut person = table::get(write, id)?.ok_or(Error::NotFound)?;
    let number = write.append(stamp, Subject::Person(id), &Event::PersonRead(body::PersonRead {}))?;
    let (keyring, known) = (write.keyring().clone(), known(by, stamp.purpose));
    person.changed_at = changed_at(write, &person, &known)?;
    let mut damage = Damage { person: id, found: Vec::new() };

    let said_by = person.identity.unwrap_or(person.registered);
    let who = match damage.past(Place::Identity, said_by, table::identity(write, &keyring, &person))? {
        Some(Some(identity)) => Who::Known(identity),
        Some(None) => Who::Erased,
        None => Who::Unreadable { number: said_by },
    };
    let mut documents = Vec::new();
    for (number, document) in table::documents(write, &keyring, id)? {
        documents.extend(damage.past(Place::Documents, number, document)?);
    }
    let found = read::changes_of_person(write, id, &known, before, limit)?;
    let mut history = Part { rows: Vec::with_capacity(found.len()), read: found.len(), last: found.last().map(|(number, _)| *number) };
    for (number, entry) in found {
        let Some(entry) = damage.past(Place::History, number, entry)? else { continue };
        let event = damage.past(Place::History, number, entry.open(&keyring))?.flatten();
        let line = entry.line();
        // An erasure is nobody's inquiry, and its ground stands on the page.
        let withheld = line.kind != "person.erased" && !known.contains(&line.stamp.purpose);
        history.rows.push(Change { line, withheld, event });
    }
    let mut looks = Vec::new();
    for (number, line) in read::look_lines_of_person(write, id, &known, number, LOOKS)? {
        looks.extend(damage.past(Place::Looks, number, line)?);
    }
    Ok(File { person, who, documents, history, looks, unreadable: damage.each_once(), number })
}

/// What of a file cannot be read, gathered while it is opened.
struct Damage {
    person: PersonId,
    found: Vec<Unreadable>,
}

impl Damage {
    /// What was read; `None` where that entry is damaged. Whatever concerns the store as a whole stays an error.
    fn past<T>(&mut self, place: Place, number: u64, read: siger_storage::Result<T>) -> Result<Option<T>> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.is_damage() => {
                tracing::error!(person = %self.person, entry = number, part = place.as_str(), %error, "an entry of a file cannot be read; the rest is shown");
                self.found.push(Unreadable { place, number });
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn each_once(mut self) -> Vec<Unreadable> {
        self.found.sort_unstable();
        self.found.dedup();
        self.found
    }
}

/// The purposes of whose looks and notes an officer may know who acts for `purpose`: those for which they could open the file themself, or
/// all, where the policies let them see who looked for the purpose in hand.
pub(super) fn known(by: &Context, purpose: Purpose) -> Vec<Purpose> {
    let for_this = Context { purpose: Some(purpose), ..by.clone() };
    if for_this.authorise(Action::PersonReaders, About::default()).is_ok() { Purpose::ALL.to_vec() } else { by.purposes(Action::PersonRead) }
}

/// When the newest change was of which the officer may know: a later moment would give the others away.
pub(super) fn changed_at(tx: &mut Tx<'_>, person: &table::Person, known: &[Purpose]) -> Result<Instant> {
    let newest = read::changes_of_person(tx, person.id, known, u64::MAX, 1)?.pop();
    Ok(newest.and_then(|(_, entry)| entry.ok()).map_or(person.changed_at, |entry| entry.stamp.at))
}

/// A picture or paper of a file.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Its address among the blobs.
    pub blob: [u8; 32],
    /// `portrait` or `paper`.
    pub kind: String,
    /// Bytes before sealing.
    pub bytes: u64,
    /// Media type, found from the content.
    pub media: String,
    /// When it was added.
    pub at: Instant,
}

/// A file as an officer reads it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The file.
    pub file: File,
    /// Pictures and papers, oldest first.
    pub papers: Vec<Paper>,
    /// A request to erase it that waits for its second person.
    pub erasing: Option<RequestId>,
}

/// [`open`] with what a page shows besides: the list of papers, and a request to erase it.
///
/// # Errors
/// As [`open`].
pub fn show(write: &mut Write<'_, '_>, by: &Context, id: PersonId, before: u64) -> Result<Shown> {
    let mut file = open(write, by, id, before, HISTORY)?;
    let keyring = write.keyring().clone();
    let mut damage = Damage { person: id, found: std::mem::take(&mut file.unreadable) };
    let mut papers = Vec::new();
    for (blob, number) in table::blobs(write, id)? {
        let lost = || siger_storage::Error::Inconsistent { table: "person_blob", column: "entry", row: number.to_string() };
        let entry = read::entry(write, number).and_then(|entry| entry.ok_or_else(lost));
        let opened = entry.and_then(|entry| Ok((entry.open(&keyring)?, entry.stamp.at)));
        if let Some((Some(Event::BlobStored(body)), at)) = damage.past(Place::Papers, number, opened)? {
            papers.push(Paper { blob, kind: body.kind, bytes: body.bytes, media: body.media, at });
        }
    }
    file.unreadable = damage.each_once();
    let erasing = request::waits_for(write, "erase", id.as_bytes(), by.now)?;
    Ok(Shown { file, papers, erasing })
}
