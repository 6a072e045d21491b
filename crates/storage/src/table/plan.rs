//! A list that reads a whole table is a list that an office of ten years waits for: every query that serves one uses an index (SQLite's plan).

use std::path::Path;

use siger_domain::access::Purpose;
use siger_domain::event::Subject;
use siger_domain::id::{CredentialId, InspectionId, OfficerId, PersonId, RequestId, SessionId};
use siger_domain::inspection::Kind;
use siger_domain::inspection::state::Stage;
use siger_domain::officer::Login;
use siger_domain::request::State;
use siger_domain::time::Instant;

use super::{inspection, office, officer, operation, person, request, upkeep};
use crate::blob::Folder;
use crate::check;
use crate::engine::Tx;
use crate::engine::sqlite::statements;
use crate::error::Result;
use crate::journal::read;
use crate::keyring::{Keyring, RootSecret};
use crate::store::{Open, Store, Url};
use crate::tlog::Nodes as _;

/// Beginnings of statements that may read a table, and why.
const MAY_SCAN: &[(&str, &str)] = &[
    (
        "SELECT COUNT(*), COUNT(erased) FROM person",
        "counts all: by the daily job and the page that shows what it would do, and by the first page until the names are read; apart from the threads that answer",
    ),
    (
        "SELECT COUNT(*) FROM person WHERE erased IS NULL AND changed_at",
        "counts all: by the daily job and the page that shows what it would do; apart from the threads that answer",
    ),
    ("SELECT (SELECT COUNT(*) FROM entry WHERE kind = ", "a check counts the rows of a table"),
    ("SELECT COUNT(*) FROM person_blob", "a check counts the rows of a table"),
    ("SELECT COUNT(*) FROM request r JOIN", "counts all, once a day"),
    ("SELECT id FROM job WHERE kind", "jobs that wait, when a key is retired: mail that was not sent yet"),
    ("SELECT COUNT(*) FROM credential_use", "a row for each way to sign in: some hundred"),
    (
        "SELECT id, key_index, profile, state, roles, leave_from, leave_to, recovery_expires, erased FROM officer",
        "who works or worked in one office: some hundred at most",
    ),
];

/// Statements that must use one index and no other: it holds few rows where another would do, too, and be slow.
const USES: &[(&str, &str)] = &[("WHERE actor = $1", "entry_by_actor"), ("AND kind NOT IN ('person.read'", "entry_change_of_person")];

/// Asks everything that a page, a job or a consumer asks.
fn ask_everything(tx: &mut Tx<'_>, keyring: &Keyring) -> Result<()> {
    let now = Instant::from_unix_micros(0);
    let (who, whose) = (PersonId::from_bytes([1; 16]), OfficerId::from_bytes([2; 16]));
    read::entry(tx, 1)?;
    read::from(tx, 0, 10)?;
    read::newest(tx, 10, 10)?;
    read::newest_of_kind(tx, "person.read", 10, 10)?;
    read::newest_lines(tx, 10, 10)?;
    read::newest_lines_of_kind(tx, "person.read", 10, 10)?;
    read::newest_of_subject(tx, Subject::Person(who), 10, 10)?;
    read::newest_lines_of_actor(tx, whose, 10, 10)?;
    read::changes_of_person(tx, who, &[Purpose::CounterService], 10, 10)?;
    read::looks_of_person(tx, who, 10, 10)?;
    read::look_lines_of_person(tx, who, &[Purpose::CounterService], 10, 10)?;
    read::from_row_by_row(tx, 0, 10)?;
    read::count(tx, 0, 10)?;
    read::commitments(tx, 0, 10)?;
    drop((tx.nodes(0, 0, 1), tx.nodes(1, 0, 1)));
    office::get(tx)?;
    person::get(tx, who)?;
    person::newest(tx, 10, 10)?;
    person::by_document(tx, keyring, "MYS A1")?;
    person::documents(tx, keyring, who)?;
    person::blobs(tx, who)?;
    person::every_blob(tx, who)?;
    person::is_blob_named(tx, &[3; 32])?;
    person::named_blobs(tx, &[], 10)?;
    person::key_of_blob(tx, &[3; 32])?;
    person::count(tx)?;
    person::rehash(tx, keyring, who)?;
    let case = InspectionId::from_bytes([12; 16]);
    inspection::get(tx, case)?;
    inspection::open_of(tx, who)?;
    inspection::in_stage(tx, Stage::Presented, 10)?;
    inspection::is_staying(tx, who)?;
    inspection::next_running(tx, 2026)?;
    inspection::receipt(tx, keyring, case)?;
    let row = inspection::Inspection {
        id: case,
        person: who,
        kind: Kind::Visit,
        stage: Stage::Presented,
        holder: None,
        presented: None,
        first_entry: 1,
        last_entry: 1,
    };
    assert!(inspection::recall(tx, keyring, &row).is_err(), "there is no such inspection");
    officer::get(tx, whose)?;
    officer::all(tx)?;
    officer::newest(tx, 10, 10)?;
    officer::gone_since(tx, now)?;
    officer::erased(tx)?;
    officer::by_login(tx, keyring, &Login::new("adi").unwrap())?;
    officer::by_recovery(tx, &[4; 32], now)?;
    officer::credentials(tx, keyring, whose)?;
    officer::credential_owner(tx, CredentialId::from_bytes([5; 16]))?;
    request::get(tx, RequestId::from_bytes([6; 16]))?;
    request::in_state(tx, State::Open)?;
    request::newest(tx, 10, 10)?;
    request::newest_of(tx, whose, 10, 10)?;
    request::open_for(tx, "erase", who.as_bytes())?;
    operation::session_by_token(tx, keyring, &[7; 32])?;
    operation::session_by_id(tx, keyring, SessionId::from_bytes([8; 16]))?;
    operation::sessions_of(tx, keyring, whose)?;
    operation::credential_use(tx, keyring, CredentialId::from_bytes([5; 16]))?;
    operation::device_owner(tx, &[9; 32], now)?;
    operation::guesses(tx, &[11; 16])?;
    operation::answer(tx, &[10; 32])?;
    operation::jobs(tx, 10)?;
    operation::cursor(tx, "index")?;
    upkeep::unchanged_since(tx, now, 0, 10)?;
    upkeep::erased(tx, 0, 10)?;
    upkeep::every(tx, 0, 10)?;
    upkeep::files(tx, 0, 10)?;
    upkeep::count_sessions_ended(tx, now)?;
    upkeep::count_orphan_uses(tx, now)?;
    upkeep::count_requests_closed(tx, now)?;
    upkeep::count_devices_ended(tx, now)?;
    upkeep::count_answers(tx, now)?;
    upkeep::jobs_of_kind(tx, "rehash")?;
    upkeep::count_jobs(tx, "daily", now, now)?;
    upkeep::count_unchanged_since(tx, now)?;
    Ok(())
}

fn store(folder: &Path, url: Url) -> Store {
    let keyring = Keyring::create(&folder.join("keys"), &RootSecret::from_bytes([1; 32]), "siger.test/rencana", Instant::from_unix_micros(0), &[2; 32]);
    Store::open(Open::new(url, keyring.unwrap())).unwrap()
}

#[test]
fn every_list_uses_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), Url::Sqlite(folder.path().join("data")));
    let blobs = Folder::open(&folder.path().join("blobs")).unwrap();
    let asked = statements::recorded(|| {
        store.read_blocking(|tx| ask_everything(tx, store.keyring())).unwrap();
        check::ask(&store, &blobs).unwrap();
    });
    let conn = rusqlite::Connection::open(folder.path().join("data/office.sqlite")).unwrap();
    let (mut explained, mut used) = (0, 0);
    for sql in asked.iter().filter(|sql| sql.starts_with("SELECT")) {
        let mut plan = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        for index in 1..=plan.parameter_count() {
            plan.raw_bind_parameter(index, 1).unwrap();
        }
        let mut rows = plan.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get::<_, String>(3).unwrap());
        }
        explained += 1;
        for (part, index) in USES.iter().filter(|(part, _)| sql.contains(part)) {
            assert!(steps.iter().any(|step| step.contains(index)), "{part} uses another index than {index}\n{sql}\n{steps:#?}");
            used += 1;
        }
        // A walk along an index in its order is what a page wants; without one it is the whole table.
        let slow = |step: &String| step.starts_with("SCAN ") && !step.contains(" USING ") || step.contains("TEMP B-TREE FOR ORDER BY");
        if steps.iter().any(slow) {
            assert!(MAY_SCAN.iter().any(|(beginning, _)| sql.starts_with(beginning)), "no index serves\n{sql}\n{steps:#?}");
        }
    }
    // A list that is added must be asked above.
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let written: usize = [
        "check/blob.rs",
        "check/key.rs",
        "check/row.rs",
        "journal/read.rs",
        "table/inspection.rs",
        "table/office.rs",
        "table/officer.rs",
        "table/operation.rs",
        "table/person.rs",
        "table/request.rs",
        "table/upkeep.rs",
    ]
    .iter()
    .map(|file| std::fs::read_to_string(source.join(file)).unwrap().matches("ORDER BY").count())
    .sum();
    // Two statements are not SELECTs (claiming a job) or are written once and used for more than one thing.
    let lists = asked.iter().filter(|sql| sql.starts_with("SELECT") && sql.contains("ORDER BY")).count();
    assert!(lists + 2 >= written, "{written} lists are written and {lists} were asked: ask the new one in this test");
    assert_eq!(used, USES.len());
    assert!(explained > 40, "{explained} statements");
}

/// A statement that only SQLite understands would be met by the first office on PostgreSQL.
#[test]
fn every_question_is_understood_by_postgresql() {
    let Some(base) = std::env::var("SIGER_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        println!("skipped on PostgreSQL: SIGER_TEST_POSTGRES is not set");
        return;
    };
    let schema = format!("test_plan_{}", std::process::id());
    let tell = |sql: &str| postgres::Client::connect(&base, postgres::NoTls).unwrap().batch_execute(sql).unwrap();
    tell(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}"));
    let folder = tempfile::tempdir().unwrap();
    let mark = if base.contains('?') { '&' } else { '?' };
    let store = store(folder.path(), Url::Postgres(format!("{base}{mark}options=-csearch_path%3D{schema}")));
    store.read_blocking(|tx| ask_everything(tx, store.keyring())).unwrap();
    check::ask(&store, &Folder::open(&folder.path().join("blobs")).unwrap()).unwrap();
    drop(store);
    tell(&format!("DROP SCHEMA {schema} CASCADE"));
}
