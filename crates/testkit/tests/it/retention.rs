//! Kept-until: nothing before its day, everything after it, and looking changes nothing.

use std::sync::Arc;

use siger_app::identity::recovery::Code;
use siger_app::notify::Off;
use siger_app::{Error, job, officer, person, request, retention};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{OfficerId, PersonId, RequestId};
use siger_domain::officer::{Leave, Login, Profile};
use siger_domain::person::{CountryCode, Document, DocumentKind, DocumentNumber, Identity, Name, Note, Sex};
use siger_domain::request::{ErasureGround, Lost};
use siger_domain::retention::DataKind;
use siger_storage::table::{officer as officers, person as persons};
use siger_testkit::engine::apart;
use siger_testkit::office::{TestOffice, TestOfficer};

const DAY: i64 = 24 * 3_600;
/// Days from 24 November 2026 to 24 November 2031.
const FIVE_YEARS: i64 = 1_826;

pub(crate) async fn register(test: &TestOffice, desk: &TestOfficer, name: &str) -> PersonId {
    let office = &test.office;
    let (id, by) = (PersonId::new(office.now(), office.random()), test.context(desk).await);
    let code = CountryCode::new("nationality", "MYS").unwrap();
    let identity = Identity { name: Name::new(name).unwrap(), born: None, sex: Sex::X, nationality: code };
    let number = DocumentNumber::new(&id.to_string().replace('-', "")[..20]).unwrap();
    let document = Document { kind: DocumentKind::Passport, issuer: code, number, expires: None };
    office.write(move |write| person::register(write, &by, id, identity, vec![document])).await.unwrap().person
}

async fn preview(test: &TestOffice) -> Vec<retention::Due> {
    let (office, by) = (test.office.clone(), test.office.system(Purpose::Retention));
    test.office.read(move |tx| retention::preview(tx, &office, &by)).await.unwrap()
}

/// Runs it as the privacy officer who has looked at the date.
async fn apply_by_hand(test: &TestOffice) -> retention::Applied {
    let privacy = test.officer(&format!("dewi-{:08x}", u32::from_be_bytes(test.office.random())), &[Role::PrivacyOfficer]).await;
    let by = test.context(&privacy).await;
    retention::apply(&test.office, &by, true).await.unwrap()
}

async fn held(test: &TestOffice) -> Option<retention::Held> {
    let (office, by) = (test.office.clone(), test.office.system(Purpose::Retention));
    let asked = test.office.read(move |tx| {
        let due = retention::preview(tx, &office, &by)?;
        retention::held(tx, &office, &by, &due)
    });
    asked.await.unwrap()
}

async fn row(test: &TestOffice, id: PersonId) -> persons::Person {
    test.office.read(move |tx| Ok(persons::get(tx, id)?)).await.unwrap().unwrap()
}

#[tokio::test]
async fn files_end_the_day_after_their_last_and_not_before() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let old = register(&test, &desk, "Contoh Lama").await;
    let touched = register(&test, &desk, "Contoh Datang Lagi").await;
    assert!(preview(&test).await.iter().all(|due| due.rule.kind != DataKind::PersonIdentity));

    // A month later the second comes back; reading is no contact.
    test.clock.advance_seconds(30 * DAY);
    let desk = test.officer("sari", &[Role::Desk]).await;
    let by = test.context(&desk).await;
    office.write(move |write| person::note(write, &by, touched, Note::new("datang lagi").unwrap())).await.unwrap();
    let by = test.context(&desk).await;
    office.write(move |write| person::open(write, &by, old, u64::MAX, 0)).await.unwrap();

    test.clock.advance_seconds((FIVE_YEARS - 30) * DAY);
    assert!(preview(&test).await.iter().all(|due| due.rule.kind != DataKind::PersonIdentity), "the last day is still kept");
    test.clock.advance_seconds(DAY);

    let (before, keyring_before) = (apart(|| office.store().head()).unwrap(), office.store().keyring().revision());
    let due = preview(&test).await;
    let files = due.iter().find(|due| due.rule.kind == DataKind::PersonIdentity).expect("a file is due");
    assert_eq!(files.count, 1);
    assert!(files.by_job && files.rule.basis.iter().any(|citation| citation.instrument.contains("UU 27/2022")), "{:?}", files.rule.basis);
    assert!(!format!("{due:?}").contains("Lama"));
    let after = apart(|| office.store().head()).unwrap();
    assert_eq!((before.edge.size(), keyring_before), (after.edge.size(), office.store().keyring().revision()), "a dry run changes nothing");
    assert!(row(&test, old).await.erased.is_none());

    let applied = apply_by_hand(&test).await;
    assert_eq!(applied.erased, 1);
    assert!(applied.deleted >= 1, "the sign-ins of five years ago are over too: {applied:?}");
    let erased = row(&test, old).await;
    assert!(erased.erased.is_some() && office.store().keyring().is_punctured(erased.key));
    assert!(row(&test, touched).await.erased.is_none());
    assert!(preview(&test).await.iter().all(|due| !due.by_job), "nothing is left to do: {:?}", preview(&test).await);
    let again = retention::apply(office, &office.system(Purpose::Retention), false).await.unwrap();
    assert_eq!(again, retention::Applied::default(), "after somebody ran it, the program goes on by itself");
    let kinds = office.read(|tx| Ok(siger_storage::journal::read::newest_of_kind(tx, "retention.applied", u64::MAX, 10)?)).await.unwrap();
    assert_eq!(kinds.len(), 2, "each run is an entry");
}

async fn officer_row(test: &TestOffice, id: OfficerId) -> officers::Officer {
    test.office.read(move |tx| Ok(officers::get(tx, id)?)).await.unwrap().unwrap()
}

/// Stops or gives back an officer's access.
async fn access(test: &TestOffice, of: OfficerId, stop: bool) {
    let administrator = test.officer(&format!("adi-{:08x}", u32::from_be_bytes(test.office.random())), &[Role::Administrator]).await;
    let by = test.context(&administrator).await;
    test.office.write(move |write| if stop { officer::suspend(write, &by, of) } else { officer::restore(write, &by, of) }).await.unwrap();
}

async fn invite(test: &TestOffice, login: &str) -> OfficerId {
    let office = &test.office;
    let (id, code) = (OfficerId::new(office.now(), office.random()), office.with_random(Code::new));
    let profile = Profile { name: Name::new("Contoh Tidak Datang").unwrap(), login: Login::new(login).unwrap(), email: None };
    let by = office.system(Purpose::Administration);
    office.write(move |write| officer::admit(write, &by, id, profile, vec![Role::Desk], &code)).await.unwrap();
    id
}

#[tokio::test]
async fn officers_end_five_years_after_they_left() {
    let test = TestOffice::new();
    let office = &test.office;
    let stays = test.officer("ratih", &[Role::Desk]).await;
    let left = test.officer("wati", &[Role::Desk]).await;
    let returns = test.officer("made", &[Role::Desk]).await;
    let never_came = invite(&test, "nyoman").await;
    access(&test, left.id, true).await;
    access(&test, returns.id, true).await;
    let archived = apart(|| crate::archive::archived(&test).0);

    let due = async || preview(&test).await.into_iter().find(|due| due.rule.kind == DataKind::OfficerProfile).map(|due| due.count);
    test.clock.advance_seconds(FIVE_YEARS * DAY);
    assert_eq!(due().await, None, "the last day is still kept");
    access(&test, returns.id, false).await;
    test.clock.advance_seconds(DAY);
    assert_eq!(due().await, Some(2), "who left and who never came");
    let applied = apply_by_hand(&test).await;
    assert_eq!(applied.erased, 2);
    for gone in [left.id, never_came] {
        let row = officer_row(&test, gone).await;
        assert!(row.erased.is_some() && row.roles.is_empty() && office.store().keyring().is_punctured(row.key));
        let keyring = office.store().keyring().clone();
        assert!(office.read(move |tx| Ok(officers::profile(tx, &keyring, &row)?)).await.unwrap().is_none());
    }
    for here in [stays.id, returns.id] {
        assert!(officer_row(&test, here).await.erased.is_none());
    }
    assert_eq!(due().await, None);
    // Nothing more is kept about them: somebody who still has their page open is told so.
    let administrator = test.officer("arif", &[Role::Administrator]).await;
    for gone in [left.id, never_came] {
        let (by, code) = (test.context(&administrator).await, office.with_random(Code::new));
        let request = RequestId::new(office.now(), office.random());
        let refused = office.write(move |write| request::open_recover(write, &by, request, gone, &code, Lost::Phone)).await;
        assert!(matches!(refused, Err(Error::Conflict(_) | Error::NotFound)), "{refused:?}");
        let (by, day) = (test.context(&administrator).await, "2032-01-02".parse().unwrap());
        let refused = office.write(move |write| officer::set_leave(write, &by, gone, Some(Leave { from: day, to: day }))).await;
        assert!(matches!(refused, Err(Error::Conflict("erased") | Error::NotFound)), "{refused:?}");
    }
    assert!(office.directory().await.unwrap().get(left.id).is_none());
    // Their sign-in name is free for somebody else.
    invite(&test, "wati").await;
    apart(|| crate::archive::clean(office.store(), office.blobs()));

    // A backup from before brings nobody back.
    let folder = tempfile::tempdir().unwrap();
    let (store, blobs) = apart(|| crate::archive::empty(&test, folder.path()));
    let restored = apart(|| siger_storage::archive::restore(&store, &blobs, office.now(), std::io::Cursor::new(archived))).unwrap();
    assert_eq!(restored.erasures_recorded, 2);
    assert!(apart(|| store.read_blocking(|tx| officers::get(tx, left.id))).unwrap().unwrap().erased.is_some());
    apart(|| crate::archive::clean(&store, &blobs));
}

#[tokio::test]
async fn an_officers_erasure_that_was_cut_off_is_finished() {
    let test = TestOffice::new();
    let office = &test.office;
    let left = test.officer("wati", &[Role::Desk]).await;
    access(&test, left.id, true).await;
    // The erasure is recorded; the machine stops before the key is destroyed.
    let (stamp, id) = (siger_storage::Stamp { at: office.now(), actor: None, role: Role::System, purpose: Purpose::Retention }, left.id);
    let event = siger_domain::event::Event::OfficerErased(siger_domain::event::body::OfficerErased { ground: ErasureGround::KeptUntil });
    office.write(move |write| Ok(write.append(stamp, siger_domain::event::Subject::Officer(id), &event)?)).await.unwrap();
    let key = officer_row(&test, left.id).await.key;
    assert!(!office.store().keyring().is_punctured(key));
    assert_eq!(retention::finish_erasures(office).await.unwrap(), 1);
    assert!(office.store().keyring().is_punctured(key));
    assert_eq!(retention::finish_erasures(office).await.unwrap(), 0);
}

#[tokio::test]
async fn only_who_may_looks_and_applies() {
    let test = TestOffice::new();
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let (by, office) = (test.context(&desk).await, test.office.clone());
    assert!(matches!(retention::apply(&test.office, &by, true).await, Err(Error::Forbidden(_))));
    let seen = test.office.read(move |tx| retention::preview(tx, &office, &by)).await;
    assert!(matches!(seen, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn the_daily_job_finishes_an_erasure_that_was_cut_off() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let id = register(&test, &desk, "Contoh Lim").await;
    let key = row(&test, id).await.key;
    let by = office.system(Purpose::Retention);
    // The erasure is recorded; the machine stops before the key is destroyed.
    office
        .write(move |write| {
            let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Retention };
            request::erase(write, stamp, id, ErasureGround::KeptUntil, None, &mut request::Effect::default())
        })
        .await
        .unwrap();
    assert!(!office.store().keyring().is_punctured(key));
    let ran = job::step(office, &(Arc::new(Off) as _)).await.unwrap();
    assert_eq!(ran.done, 1);
    assert!(office.store().keyring().is_punctured(key));
    assert_eq!(retention::finish_erasures(office).await.unwrap(), 0);
}

/// Begins something as a handler does whose caller goes away at once: it is looked at once, and dropped.
async fn left(what: impl Future) {
    let mut what = std::pin::pin!(what);
    assert!(std::future::poll_fn(|context| std::task::Poll::Ready(what.as_mut().poll(context).is_pending())).await, "it takes longer than that");
}

async fn comes_true(what: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if what() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("not within ten seconds");
}

#[tokio::test]
async fn an_erasure_goes_on_when_whoever_asked_goes_away() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let (one, due) = (register(&test, &desk, "Contoh Satu").await, register(&test, &desk, "Contoh Dua").await);
    let (one, due) = (row(&test, one).await, row(&test, due).await);
    let by = office.system(Purpose::Retention);
    left(office.erase(move |write| {
        let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Retention };
        let mut effect = request::Effect::default();
        request::erase(write, stamp, one.id, ErasureGround::KeptUntil, None, &mut effect)?;
        Ok(((), effect))
    }))
    .await;
    comes_true(|| office.store().keyring().is_punctured(one.key)).await;

    test.clock.advance_seconds((FIVE_YEARS + 1) * DAY);
    let privacy = test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let by = test.context(&privacy).await;
    left(retention::apply(office, &by, true)).await;
    comes_true(|| office.store().keyring().is_punctured(due.key)).await;
}

#[tokio::test]
async fn what_is_due_is_ended_once_however_often_it_is_asked_for() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    register(&test, &desk, "Contoh Lim").await;
    test.clock.advance_seconds((FIVE_YEARS + 1) * DAY);
    let privacy = test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let by = test.context(&privacy).await;
    assert!(!retention::runs(office, &by).unwrap());
    let running = retention::begin(office, &by, true).await.unwrap();
    assert!(retention::runs(office, &by).unwrap());
    assert!(matches!(retention::begin(office, &by, true).await, Err(Error::Conflict("retention_runs"))));
    // The work of the day waits for its turn.
    let daily = retention::apply(office, &by, true).await.unwrap();
    assert_eq!((running.await.unwrap().unwrap().erased, daily.erased), (1, 0));
    assert!(!retention::runs(office, &by).unwrap());
}

async fn step(test: &TestOffice) -> job::Ran {
    job::step(&test.office, &(Arc::new(Off) as _)).await.unwrap()
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_ends_nothing_until_somebody_has_looked() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let privacy = test.officer("dewi", &[Role::PrivacyOfficer]).await;
    let administrator = test.officer("adi", &[Role::Administrator]).await;
    let id = register(&test, &desk, "Contoh Lim").await;
    let (by, asked) = (test.context(&privacy).await, RequestId::new(office.now(), office.random()));
    office.write(move |write| request::open_erase(write, &by, asked, id, ErasureGround::SubjectRequest)).await.unwrap();
    step(&test).await;
    let coming = picture(&test, &desk, id, b"on its way", true).await.unwrap();

    // An empty battery: nine years on, and the runner wakes within seconds. Entries are written by that clock, too.
    test.clock.advance_seconds(9 * 365 * DAY);
    let wrong = test.officer("wrong", &[Role::Desk]).await;
    assert_eq!(step(&test).await.given_up, 0);
    assert!(row(&test, id).await.erased.is_none(), "nobody was erased");
    assert!(office.blobs().verify(coming).is_ok(), "by that clock it is old");
    assert!(matches!(held(&test).await, Some(retention::Held::Clock { .. })));
    let request = office.read(move |tx| Ok(siger_storage::table::request::get(tx, asked)?)).await.unwrap().unwrap();
    assert_eq!(request.state, siger_domain::request::State::Open, "no request ran out by that clock");
    let told = office.read(|tx| Ok(siger_storage::journal::read::newest_of_kind(tx, "retention.applied", u64::MAX, 10)?)).await.unwrap();
    assert_eq!(told.len(), 1, "the run of the first day only");
    assert!(
        matches!(retention::apply(office, &office.system(Purpose::Retention), true).await, Err(Error::Conflict("retention_held"))),
        "the program cannot say that it looked"
    );
    let _ = (wrong, administrator);

    // The next day by that clock: it still waits.
    test.clock.advance_seconds(DAY);
    step(&test).await;
    assert!(row(&test, id).await.erased.is_none());

    // It was right after all: the machine stood still for nine years. Somebody says so.
    assert_eq!(apply_by_hand(&test).await.erased, 1);
    assert!(row(&test, id).await.erased.is_some() && held(&test).await.is_none());
}

#[tokio::test]
async fn what_is_held_is_told_to_who_can_look() {
    let test = TestOffice::new();
    test.officer("ratih", &[Role::Desk]).await;
    test.officer("dewi", &[Role::PrivacyOfficer]).await;
    test.officer("adi", &[Role::Administrator]).await;
    test.clock.advance_seconds(60 * DAY);
    assert_eq!(step(&test).await, job::Ran { done: 3, ..job::Ran::default() }, "the work of the day, and one message each for two officers");
}

#[tokio::test]
async fn too_much_at_once_waits_for_somebody() {
    let test = TestOffice::new();
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let mut due = Vec::new();
    for _ in 0..21 {
        due.push(register(&test, &desk, "Contoh Lama").await);
    }
    // Every day is run, so that the date is not what holds it; the desk touches nothing.
    test.clock.advance_seconds(FIVE_YEARS * DAY);
    assert_eq!(apply_by_hand(&test).await.erased, 0, "the last day is still kept");
    test.clock.advance_seconds(DAY);
    assert_eq!(held(&test).await, Some(retention::Held::Share { due: 21, files: 21 }));
    step(&test).await;
    assert!(row(&test, due[0]).await.erased.is_none());
    assert_eq!(apply_by_hand(&test).await.erased, 21);
    assert_eq!(held(&test).await, None);
}

/// A picture on a file, as the upload puts it: on the disk first, then into the journal unless `cut` off between the two.
async fn picture(test: &TestOffice, desk: &TestOfficer, id: PersonId, bytes: &[u8], cut: bool) -> Result<siger_storage::blob::BlobId, Error> {
    let (office, by) = (&test.office, test.context(desk).await);
    let key = office.read(move |tx| person::blob_key(tx, &by, id)).await?;
    let blob = office.blobs().put(office.store().keyring(), key, bytes).unwrap().id;
    if !cut {
        let (by, note) = (test.context(desk).await, person::BlobNote { blob, kind: "paper", bytes: bytes.len() as u64, media: "image/png" });
        office.write(move |write| person::add_blob(write, &by, id, &note)).await?;
    }
    Ok(blob)
}

/// A clock that the disk has reached: its files are stamped by the machine's own.
fn after_today(test: &TestOffice, days: i64) {
    let file = tempfile::NamedTempFile::new().unwrap().as_file().metadata().unwrap().modified().unwrap();
    let real = file.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap().as_secs() as i64;
    let behind = real - test.office.now().unix_seconds() as i64;
    test.clock.advance_seconds(behind.max(0) + days * DAY);
}

#[tokio::test]
async fn blobs_that_no_file_names_are_removed_after_a_day() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let (kept, gone) = (register(&test, &desk, "Contoh Lim").await, register(&test, &desk, "Contoh Pergi").await);
    let named = picture(&test, &desk, kept, b"named", false).await.unwrap();
    let cut = picture(&test, &desk, kept, b"cut off", true).await.unwrap();
    let erased = picture(&test, &desk, gone, b"erased", false).await.unwrap();
    // The erasure is recorded and the key destroyed; the machine stops before the file is removed.
    let by = office.system(Purpose::Retention);
    let mut effect = office
        .write(move |write| {
            let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Retention };
            let mut effect = request::Effect::default();
            request::erase(write, stamp, gone, ErasureGround::KeptUntil, None, &mut effect)?;
            Ok(effect)
        })
        .await
        .unwrap();
    assert_eq!(std::mem::take(&mut effect.blobs), [*erased.as_bytes()]);
    office.finish_erasure(effect).await.unwrap();
    let there = |blob| office.blobs().verify(blob).is_ok();
    assert_eq!(siger_app::orphan::sweep(office).await.unwrap(), 0, "an upload may be under way");
    assert!(there(named) && there(cut) && there(erased));
    after_today(&test, 2);
    // However long ago the clock of this test began: somebody has looked at the date.
    apply_by_hand(&test).await;
    step(&test).await;
    assert!(there(named) && !there(cut) && !there(erased));
}

/// Another process finds the blob of an upload that was cut off, and has not yet written down that it relies on it.
#[tokio::test]
async fn what_is_sent_again_while_the_sweep_runs_is_not_swept() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let id = register(&test, &desk, "Contoh Lim").await;
    let cut = picture(&test, &desk, id, b"cut off", true).await.unwrap();
    after_today(&test, 2);
    let turn = office.blobs().keeping().unwrap();
    let by = test.context(&test.officer("sari", &[Role::Desk]).await).await;
    let sweeping = tokio::spawn({
        let office = office.clone();
        async move { siger_app::orphan::sweep(&office).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!sweeping.is_finished() && office.blobs().verify(cut).is_ok());
    let note = person::BlobNote { blob: cut, kind: "paper", bytes: 7, media: "image/png" };
    office.write(move |write| person::add_blob(write, &by, id, &note)).await.unwrap();
    drop(turn);
    assert_eq!(sweeping.await.unwrap().unwrap(), 0);
    assert!(office.blobs().verify(cut).is_ok());
}

#[tokio::test]
async fn so_many_unnamed_blobs_are_a_fault_and_stay() {
    let test = TestOffice::new();
    for number in 0..=person::PAPERS_MAX {
        test.office.blobs().put_sealed(format!("sealed {number}").as_bytes()).unwrap();
    }
    after_today(&test, 2);
    assert!(siger_app::orphan::sweep(&test.office).await.is_err());
    assert_eq!(test.office.blobs().iter().count(), person::PAPERS_MAX + 1);
}

#[tokio::test]
async fn a_file_takes_so_many_papers_and_erasure_removes_them_all() {
    let test = TestOffice::new();
    let office = &test.office;
    let desk = test.officer("ratih", &[Role::Desk]).await;
    let id = register(&test, &desk, "Contoh Lim").await;
    for number in 0..person::PAPERS_MAX {
        picture(&test, &desk, id, format!("paper {number}").as_bytes(), false).await.unwrap();
    }
    assert!(matches!(picture(&test, &desk, id, b"one more", false).await, Err(Error::Conflict("papers_full"))));
    let by = office.system(Purpose::Retention);
    let effect = office
        .write(move |write| {
            let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Retention };
            let mut effect = request::Effect::default();
            request::erase(write, stamp, id, ErasureGround::KeptUntil, None, &mut effect)?;
            Ok(effect)
        })
        .await
        .unwrap();
    office.finish_erasure(effect).await.unwrap();
    assert_eq!(office.blobs().iter().count(), 0);
}
