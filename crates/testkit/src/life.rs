//! The life of an office, step by step: real use cases on a real store, chosen by a test, by a generator or by a seed.
//!
//! A step that the office refuses (a document known already, a request that is not open) is part of life and changes nothing; a
//! step that the *store* refuses is handed back.

mod counter;
mod keys;

use std::sync::Arc;

use siger_app::identity::recovery::Code;
use siger_app::{Context, Error, account, officer, person, request, retention, session};
use siger_domain::access::{Purpose, Role, RoleSet};
use siger_domain::event::{Event, Subject, body};
use siger_domain::id::{CredentialId, InspectionId, OfficerId, PersonId, RequestId, SessionId};
use siger_domain::officer::{Credential, Leave, Login, Profile};
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Note, Sex};
use siger_domain::personal::Personal;
use siger_domain::request::{ErasureGround, Lost};
use siger_domain::time::CivilDate;
use siger_storage::Write;
use siger_storage::blob::BlobId;
use siger_storage::table::{self, operation};

use crate::engine::Place;
use crate::fault::Rng;
use crate::office::{StoppedClock, TestOffice};

/// Something that happens in an office. The numbers choose among what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the steps are named after the use cases")]
pub enum Step {
    Register { documents: u8 },
    Correct { who: u8 },
    AddDocument { who: u8 },
    Note { who: u8 },
    Picture { who: u8 },
    Look { who: u8 },
    Search,
    AskErasure { who: u8 },
    AskRoles { who: u8, role: u8 },
    Approve { which: u8 },
    Decline { which: u8 },
    Withdraw { which: u8 },
    Expire,
    Invite,
    Join { who: u8 },
    Leave { who: u8, days: u8 },
    Suspend { who: u8 },
    Restore { who: u8 },
    AskRecover { who: u8 },
    WithdrawCode { who: u8 },
    Wait { minutes: u8 },
    SignIn { who: u8 },
    EndSignIn { which: u8, own: bool },
    AddWay { who: u8 },
    RemoveWay { who: u8, which: u8 },
    Scan { who: u8, again: bool },
    Decide { which: u8, how: u8 },
    RotateLookup,
    Retain { years: u8 },
    BringBack,
}

impl Step {
    /// How many values of the first byte [`Step::of`] tells apart.
    pub const KINDS: u8 = 47;
    /// Those from here on change the keyring before the journal, or more than once, or go on in another database: they are not drawn, since who cuts
    /// the power between two steps has no copy of the keyring of that moment.
    const WITH_KEYRING: u8 = 44;

    /// A step drawn from a seeded source, with files and notes more often than the rest, as in an office.
    pub fn draw(rng: &mut Rng) -> Self {
        let kind = rng.below(Self::WITH_KEYRING as usize) as u8;
        Self::of(kind, rng.below(256) as u8, rng.below(256) as u8)
    }

    /// The step that three bytes choose.
    pub const fn of(kind: u8, who: u8, more: u8) -> Self {
        match kind % Self::KINDS {
            0..7 => Self::Register { documents: more % 4 },
            7..9 => Self::Correct { who },
            9..11 => Self::AddDocument { who },
            11..14 => Self::Note { who },
            14..16 => Self::Picture { who },
            16..18 => Self::Look { who },
            18 => Self::Search,
            19..21 => Self::AskErasure { who },
            21 => Self::AskRoles { who, role: more },
            22..24 => Self::Approve { which: who },
            24 => Self::Decline { which: who },
            25 => Self::Withdraw { which: who },
            26 => Self::Expire,
            27 => Self::Invite,
            28 => Self::Join { who },
            29 => Self::Leave { who, days: more },
            30 => {
                if more.is_multiple_of(2) {
                    Self::Suspend { who }
                } else {
                    Self::Restore { who }
                }
            }
            31 => Self::Wait { minutes: more },
            32 => Self::SignIn { who },
            33 => Self::EndSignIn { which: who, own: more.is_multiple_of(2) },
            34 => Self::AddWay { who },
            35 => Self::RemoveWay { who, which: more },
            36 => Self::AskRecover { who },
            37 => Self::WithdrawCode { who },
            38..41 => Self::Scan { who, again: more.is_multiple_of(3) },
            41..44 => Self::Decide { which: who, how: more },
            44 => Self::RotateLookup,
            45 => Self::Retain { years: more % 7 },
            _ => Self::BringBack,
        }
    }
}

/// An office with what has happened in it.
pub struct Life {
    /// The office.
    pub office: siger_app::Office,
    /// Its clock.
    pub clock: Arc<StoppedClock>,
    /// Persons registered, erased ones included.
    pub persons: Vec<PersonId>,
    /// Persons erased.
    pub erased: Vec<PersonId>,
    /// Officers: the first four work at the desk, for privacy, as head, as administrator.
    pub officers: Vec<OfficerId>,
    /// Requests opened.
    pub requests: Vec<RequestId>,
    /// Inspections begun.
    pub inspections: Vec<InspectionId>,
    /// Numbers of passports scanned.
    scanned: Vec<String>,
    /// Sign-ins begun.
    pub sessions: Vec<(SessionId, usize)>,
    /// Everything personal that was written down, as it was typed: must be found nowhere on the disk.
    pub secrets: Vec<Vec<u8>>,
    /// Is told the size of the journal as soon as a change is acknowledged.
    pub acknowledged: Box<dyn Fn(u64)>,
    count: u32,
    /// Where backups were brought back to.
    places: Vec<Place>,
}

const DESK: usize = 0;
const PRIVACY: usize = 1;
const HEAD: usize = 2;
const ADMINISTRATOR: usize = 3;
/// A keyring remembers a bounded number of keys; a life that rotated so often goes on without.
const KEYS_MAX: usize = 12;

impl Life {
    /// Begins with four officers who work.
    ///
    /// # Errors
    /// What the store refuses.
    pub fn begin(test: &TestOffice) -> Result<Self, Error> {
        Self::begin_in(test.office.clone(), test.clock.clone())
    }

    /// [`Life::begin`] in an office that was just founded.
    ///
    /// # Errors
    /// As [`Life::begin`].
    pub fn begin_in(office: siger_app::Office, clock: Arc<StoppedClock>) -> Result<Self, Error> {
        let mut life = Self {
            office,
            clock,
            persons: Vec::new(),
            erased: Vec::new(),
            officers: Vec::new(),
            requests: Vec::new(),
            inspections: Vec::new(),
            scanned: Vec::new(),
            sessions: Vec::new(),
            secrets: Vec::new(),
            acknowledged: Box::new(|_| {}),
            count: 0,
            places: Vec::new(),
        };
        for role in [Role::Desk, Role::PrivacyOfficer, Role::Head, Role::Administrator] {
            life.admit(vec![role])?;
            let newest = life.officers.len() - 1;
            life.join(newest)?;
        }
        Ok(life)
    }

    /// Lives one step. `Ok(None)`: the office refused.
    ///
    /// # Errors
    /// What the store refused; nothing of the step is kept then.
    pub fn step(&mut self, step: Step) -> Result<Option<u64>, Error> {
        match self.try_step(step) {
            Ok(number) => Ok(number),
            Err(Error::Invalid { .. } | Error::Forbidden(_) | Error::NotFound | Error::Conflict(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn try_step(&mut self, step: Step) -> Result<Option<u64>, Error> {
        let pick = |list: &[PersonId], who: u8| (!list.is_empty()).then(|| list[who as usize % list.len()]);
        match step {
            Step::Register { documents } => {
                let (id, identity) = (PersonId::new(self.office.now(), self.office.random()), self.identity());
                let documents = (0..documents).map(|_| self.document()).collect();
                let by = self.by(DESK, Role::Desk);
                let made = self.write(move |write| person::register(write, &by, id, identity, documents))?;
                self.persons.push(id);
                Ok(Some(made.number))
            }
            Step::Correct { who } => {
                let Some(id) = pick(&self.persons, who) else { return Ok(None) };
                let (by, identity) = (self.by(DESK, Role::Desk), self.identity());
                let made = self.write(move |write| {
                    let seen = table::person::get(write, id)?.and_then(|person| person.identity).ok_or(Error::NotFound)?;
                    person::correct(write, &by, id, seen, identity)
                })?;
                Ok(Some(made.number))
            }
            Step::AddDocument { who } => {
                let Some(id) = pick(&self.persons, who) else { return Ok(None) };
                let (by, document) = (self.by(DESK, Role::Desk), self.document());
                Ok(Some(self.write(move |write| person::add_document(write, &by, id, document))?.number))
            }
            Step::Note { who } => {
                let Some(id) = pick(&self.persons, who) else { return Ok(None) };
                let (by, text) = (self.by(DESK, Role::Desk), format!("Catatan rahasia nomor {}", self.next()));
                self.secrets.push(text.clone().into_bytes());
                let note = Note::new(&text).map_err(Error::internal)?;
                Ok(Some(self.write(move |write| person::note(write, &by, id, note))?.number))
            }
            Step::Picture { who } => {
                let Some(id) = pick(&self.persons, who) else { return Ok(None) };
                self.picture(id)
            }
            Step::Look { who } => {
                let Some(id) = pick(&self.persons, who) else { return Ok(None) };
                let by = self.by(DESK, Role::Desk);
                Ok(Some(self.write(move |write| person::open(write, &by, id, u64::MAX, person::HISTORY))?.number))
            }
            Step::Search => {
                let by = self.by(DESK, Role::Desk);
                self.write(move |write| person::list(write, &by, u64::MAX))?;
                Ok(None)
            }
            Step::AskErasure { who } => {
                let Some(id) = pick(&self.persons, who) else { return Ok(None) };
                let (by, request) = (self.by(PRIVACY, Role::PrivacyOfficer), RequestId::new(self.office.now(), self.office.random()));
                let number = self.write(move |write| request::open_erase(write, &by, request, id, ErasureGround::SubjectRequest))?;
                self.requests.push(request);
                Ok(Some(number))
            }
            Step::AskRoles { who, role } => {
                let of = self.officers[who as usize % self.officers.len()];
                let roles = vec![[Role::Desk, Role::Stay, Role::Auditor, Role::Head][role as usize % 4]];
                let (by, request) = (self.by(ADMINISTRATOR, Role::Administrator), RequestId::new(self.office.now(), self.office.random()));
                let number = self.write(move |write| request::open_roles(write, &by, request, of, roles))?;
                self.requests.push(request);
                Ok(Some(number))
            }
            Step::Approve { which } => self.approve(which),
            Step::Decline { which } => {
                let (Some(request), by) = (self.request(which), self.by(HEAD, Role::Head)) else { return Ok(None) };
                Ok(Some(self.write(move |write| request::decline(write, &by, request))?))
            }
            Step::Withdraw { which } => {
                let (Some(request), by) = (self.request(which), self.by(PRIVACY, Role::PrivacyOfficer)) else { return Ok(None) };
                Ok(Some(self.write(move |write| request::withdraw(write, &by, request))?))
            }
            Step::Expire => {
                let by = self.office.system(Purpose::Administration);
                self.write(move |write| request::expire(write, &by))?;
                Ok(None)
            }
            Step::Invite => self.invite(vec![Role::Desk]).map(Some),
            Step::AskRecover { who } => {
                let of = self.officers[who as usize % self.officers.len()];
                let (by, request) = (self.by(ADMINISTRATOR, Role::Administrator), RequestId::new(self.office.now(), self.office.random()));
                let code = self.office.with_random(Code::new);
                let number = self.write(move |write| request::open_recover(write, &by, request, of, &code, Lost::Phone))?;
                self.requests.push(request);
                Ok(Some(number))
            }
            Step::WithdrawCode { who } => {
                let (of, by) = (self.officers[who as usize % self.officers.len()], self.by(ADMINISTRATOR, Role::Administrator));
                Ok(Some(self.write(move |write| officer::withdraw_code(write, &by, of))?))
            }
            Step::Join { who } => self.join(who as usize % self.officers.len()).map(Some),
            Step::Leave { who, days } => {
                let of = self.officers[who as usize % self.officers.len()];
                let day = |number: u8| CivilDate::new(2026, 12, number as i8).map_err(Error::internal);
                let leave = if days == 0 { None } else { Some(Leave { from: day(1)?, to: day(1 + days % 28)? }) };
                let by = self.by(ADMINISTRATOR, Role::Administrator);
                Ok(Some(self.write(move |write| officer::set_leave(write, &by, of, leave))?))
            }
            Step::Suspend { who } => {
                let (of, by) = (self.officers[who as usize % self.officers.len()], self.by(ADMINISTRATOR, Role::Administrator));
                Ok(Some(self.write(move |write| officer::suspend(write, &by, of))?))
            }
            Step::Restore { who } => {
                let (of, by) = (self.officers[who as usize % self.officers.len()], self.by(ADMINISTRATOR, Role::Administrator));
                Ok(Some(self.write(move |write| officer::restore(write, &by, of))?))
            }
            Step::Wait { minutes } => {
                self.clock.advance_seconds(i64::from(minutes) * 60);
                Ok(None)
            }
            Step::SignIn { who } => self.sign_in(who as usize % self.officers.len()).map(Some),
            Step::EndSignIn { which, own } => {
                let Some(&(id, whose)) = self.sessions.get(which as usize % self.sessions.len().max(1)) else { return Ok(None) };
                let by = if own { self.by(whose, Role::Desk) } else { self.by(ADMINISTRATOR, Role::Administrator) };
                Ok(Some(self.write(move |write| session::end(write, &by, id))?))
            }
            Step::AddWay { who } => {
                let of = self.officers[who as usize % self.officers.len()];
                // As it is kept once a browser has answered; only a sign-in would read it.
                let record = Credential::Passkey { record: Personal::new(format!("{{\"contoh\":{}}}", self.next())) };
                self.add_way(of, "kunci contoh", record).map(Some)
            }
            Step::RemoveWay { who, which } => {
                let whose = who as usize % self.officers.len();
                let (of, keyring) = (self.officers[whose], self.office.store().keyring().clone());
                let ways = self.office.store().read_blocking(|tx| table::officer::credentials(tx, &keyring, of))?;
                let Some(way) = ways.get(which as usize % ways.len().max(1)) else { return Ok(None) };
                self.wait(account::remove(&self.office, &self.by(whose, Role::Desk), way.id))?;
                Ok(None)
            }
            Step::Scan { who, again } => self.scan(who, again),
            Step::Decide { which, how } => self.decide(which, how),
            Step::RotateLookup => self.rotate_lookup(),
            Step::Retain { years } => {
                self.clock.advance_seconds(i64::from(years) * 366 * 24 * 3_600);
                // Years at once: the program alone would wait for an officer who has looked.
                let by = Context { purpose: Some(Purpose::Retention), ..self.by(PRIVACY, Role::PrivacyOfficer) };
                self.wait(retention::apply(&self.office, &by, true))?;
                self.look_for_erased()?;
                Ok(None)
            }
            Step::BringBack => self.bring_back(),
        }
    }

    /// Registers one person with chosen words, for tests that look for them.
    ///
    /// # Errors
    /// What office or store refuse.
    pub fn register(&mut self, name: &str, number: &str) -> Result<PersonId, Error> {
        let id = PersonId::new(self.office.now(), self.office.random());
        let identity = Identity { name: Name::new(name).map_err(Error::internal)?, born: None, sex: Sex::X, nationality: country("MYS") };
        let document = passport(number);
        let by = self.by(DESK, Role::Desk);
        self.write(move |write| person::register(write, &by, id, identity, vec![document]))?;
        self.persons.push(id);
        self.secrets.extend([name.as_bytes().to_vec(), number.as_bytes().to_vec()]);
        Ok(id)
    }

    /// Stores a picture on a file.
    ///
    /// # Errors
    /// What office or store refuse.
    pub fn picture(&mut self, id: PersonId) -> Result<Option<u64>, Error> {
        let bytes: Vec<u8> = format!("P5 picture of nobody {} ", self.next()).into_bytes().repeat(40);
        let by = self.by(DESK, Role::Desk);
        let keyring = self.office.store().keyring().clone();
        let asker = by.clone();
        let key = self.office.store().read_blocking(move |tx| person::blob_key(tx, &asker, id))?;
        let blob = self.office.blobs().put(&keyring, key, &bytes).map_err(siger_storage::Error::from)?.id;
        let note = person::BlobNote { blob, kind: "portrait", bytes: bytes.len() as u64, media: "image/x-portable-graymap" };
        self.secrets.push(bytes[..60].to_vec());
        Ok(Some(self.write(move |write| person::add_blob(write, &by, id, &note))?.number))
    }

    /// Erases a person by request and second person.
    ///
    /// # Errors
    /// What office or store refuse.
    pub fn erase(&mut self, id: PersonId) -> Result<(), Error> {
        let (by, request) = (self.by(PRIVACY, Role::PrivacyOfficer), RequestId::new(self.office.now(), self.office.random()));
        self.write(move |write| request::open_erase(write, &by, request, id, ErasureGround::SubjectRequest))?;
        let by = self.by(HEAD, Role::Head);
        let effect = self.write(move |write| request::approve(write, &by, request))?;
        self.finish(&effect)
    }

    /// Who acts, without a sign-in: access is not what these tests ask about.
    pub fn by(&self, officer: usize, role: Role) -> Context {
        let office = &self.office;
        Context { officer: self.officers.get(officer).copied(), roles: RoleSet::of(role), purpose: None, ..office.system(Purpose::CounterService) }
    }

    /// Runs a use case and waits for its answer.
    ///
    /// # Errors
    /// What office or store refuse.
    pub fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Write<'_, '_>) -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
        let answer = self.office.store().write_blocking(f)?;
        // The tail is moved before the answer is given.
        (self.acknowledged)(*self.office.store().tail().borrow());
        Ok(answer)
    }

    fn approve(&mut self, which: u8) -> Result<Option<u64>, Error> {
        let Some(request) = self.request(which) else { return Ok(None) };
        let by = self.by(HEAD, Role::Head);
        let effect = self.write(move |write| request::approve(write, &by, request))?;
        self.finish(&effect)?;
        Ok(Some(effect.number))
    }

    fn finish(&mut self, effect: &request::Effect) -> Result<(), Error> {
        if effect.puncture.is_empty() {
            return Ok(());
        }
        let store = self.office.store();
        store.keyring().puncture(&effect.puncture).map_err(siger_storage::Error::from)?;
        for blob in &effect.blobs {
            self.office.blobs().remove(BlobId::from_bytes(*blob)).map_err(siger_storage::Error::from)?;
        }
        store.tidy()?;
        self.look_for_erased()
    }

    fn look_for_erased(&mut self) -> Result<(), Error> {
        let erased = self.office.store().read_blocking(|tx| {
            let mut erased = Vec::new();
            for id in &self.persons {
                if table::person::get(tx, *id)?.is_some_and(|person| person.erased.is_some()) {
                    erased.push(*id);
                }
            }
            Ok::<_, Error>(erased)
        })?;
        self.erased = erased;
        Ok(())
    }

    fn request(&self, which: u8) -> Option<RequestId> {
        (!self.requests.is_empty()).then(|| self.requests[which as usize % self.requests.len()])
    }

    /// As the console lets somebody in.
    fn admit(&mut self, roles: Vec<Role>) -> Result<u64, Error> {
        let ((id, profile), code) = (self.newcomer()?, self.office.with_random(Code::new));
        let by = self.office.system(Purpose::Administration);
        let entry = self.write(move |write| officer::admit(write, &by, id, profile, roles, &code))?;
        self.officers.push(id);
        Ok(entry)
    }

    /// As the administrator invites: the roles wait for a second person.
    fn invite(&mut self, roles: Vec<Role>) -> Result<u64, Error> {
        let ((id, profile), code) = (self.newcomer()?, self.office.with_random(Code::new));
        let (by, request) = (self.by(ADMINISTRATOR, Role::Administrator), RequestId::new(self.office.now(), self.office.random()));
        let entry = self.write(move |write| officer::invite(write, &by, id, profile, roles, &code, request))?;
        self.officers.push(id);
        self.requests.push(request);
        Ok(entry)
    }

    fn newcomer(&mut self) -> Result<(OfficerId, Profile), Error> {
        let number = self.next();
        let id = OfficerId::new(self.office.now(), self.office.random());
        let name = format!("Petugas Contoh {number}");
        let login = format!("petugas-{number}");
        let profile = Profile { name: Name::new(&name).map_err(Error::internal)?, login: Login::new(&login).map_err(Error::internal)?, email: None };
        self.secrets.extend([name.into_bytes(), login.into_bytes()]);
        Ok((id, profile))
    }

    /// As a first sign-in writes it, without the slow hashing.
    fn join(&mut self, who: usize) -> Result<u64, Error> {
        let (id, credential) = (self.officers[who], CredentialId::new(self.office.now(), self.office.random()));
        let stamp = siger_storage::Stamp { at: self.office.now(), actor: Some(id), role: Role::Desk, purpose: Purpose::Administration };
        self.write(move |write| {
            if table::officer::get(write, id)?.is_none_or(|officer| officer.recovery_expires.is_none()) {
                return Err(Error::NotFound);
            }
            // What they signed in with before ends.
            let keyring = write.keyring().clone();
            for way in table::officer::credentials(write, &keyring, id)? {
                write.append(stamp, Subject::Officer(id), &Event::CredentialRemoved(body::CredentialRemoved { id: way.id }))?;
            }
            write.append(stamp, Subject::Officer(id), &Event::OfficerJoined(body::OfficerJoined {}))?;
            let secret = Credential::Totp { secret: Personal::new("JBSWY3DPEHPK3PXP".into()) };
            let added = body::CredentialAdded { id: credential, label: "contoh".into(), credential: secret };
            Ok(write.append(stamp, Subject::Officer(id), &Event::CredentialAdded(added))?)
        })
    }

    fn add_way(&self, of: OfficerId, label: &str, credential: Credential) -> Result<u64, Error> {
        let added = body::CredentialAdded { id: CredentialId::new(self.office.now(), self.office.random()), label: label.into(), credential };
        let stamp = siger_storage::Stamp { at: self.office.now(), actor: Some(of), role: Role::Desk, purpose: Purpose::Administration };
        self.write(move |write| Ok(write.append(stamp, Subject::Officer(of), &Event::CredentialAdded(added))?))
    }

    /// As a sign-in writes it, without the slow hashing.
    fn sign_in(&mut self, who: usize) -> Result<u64, Error> {
        let (of, id, now) = (self.officers[who], SessionId::new(self.office.now(), self.office.random()), self.office.now());
        let token: [u8; 32] = self.office.random();
        let session = operation::Session {
            id,
            officer: of,
            state: b"contoh".to_vec(),
            begun_at: now,
            seen_at: now,
            expires: now.plus_seconds(12 * 3_600),
            method: "passkey".into(),
            version: 0,
        };
        let stamp = siger_storage::Stamp { at: now, actor: Some(of), role: Role::Desk, purpose: Purpose::Administration };
        let number = self.write(move |write| {
            let keyring = write.keyring().clone();
            operation::begin_session(write, &keyring, &session, &[token])?;
            Ok(write.append(stamp, Subject::Officer(of), &Event::SignedIn(body::SignedIn { session: id, method: "passkey".into() }))?)
        })?;
        self.sessions.push((id, who));
        Ok(number)
    }

    /// Waits for a use case that does something slow beside its transactions.
    fn wait<T>(&self, doing: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
        let done = runtime.block_on(doing)?;
        (self.acknowledged)(*self.office.store().tail().borrow());
        Ok(done)
    }

    fn next(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    fn identity(&mut self) -> Identity {
        let name = format!("Orang Contoh {}", self.next());
        self.secrets.push(name.clone().into_bytes());
        Identity {
            name: Name::new(&name).expect("a name"),
            born: Some(Personal::new("1985-02-03".parse().expect("a date"))),
            sex: Sex::F,
            nationality: country("IDN"),
        }
    }

    fn document(&mut self) -> Document {
        let number = format!("C{:07}", 5_000_000 + self.next());
        self.secrets.push(number.clone().into_bytes());
        passport(&number)
    }
}

/// A Malaysian passport with this number.
///
/// # Panics
/// When the number cannot stand on a passport.
pub fn passport(number: &str) -> Document {
    Document { kind: DocumentKind::Passport, issuer: country("MYS"), number: DocumentNumber::new(number).expect("a number"), expires: None }
}

fn country(code: &str) -> CountryCode {
    CountryCode::new("country", code).expect("a code")
}
