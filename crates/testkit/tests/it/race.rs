//! Two processes serve one office on one PostgreSQL, and a third follows what they write.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use siger_storage::journal::read;
use siger_storage::keyring::{ForSampleOffice, Keyring, RootSecret};
use siger_storage::{Open, Store};
use siger_testkit::crash::{Running, binary};
use siger_testkit::engine::{self, Engine, Place};
use siger_testkit::http::Client;
use siger_testkit::sample::Sample;

use crate::kill::{check, sign_in};

/// Connections that write, half of them to each process.
const WRITERS: usize = 8;
/// Changes of each; every fifth is a new file, the others are notes.
const EACH: usize = 40;

/// Writes through one process; the numbers of the entries that it was told.
fn writes(mut client: Client, writer: usize, persons: &[String]) -> Result<Vec<u64>> {
    let mut given = Vec::new();
    for turn in 0..EACH {
        let answer = if turn.is_multiple_of(5) {
            client.json("/api/v1/persons", &crate::api::person("Contoh Berlomba", &format!("B{:07}", writer * EACH + turn)))?
        } else {
            let person = &persons[(writer + turn) % persons.len()];
            client.json(&format!("/api/v1/persons/{person}/notes"), &json!({ "text": format!("writer {writer}, {turn}") }))?
        };
        ensure!(answer.status == 201, "writer {writer}, {turn}: {} {}", answer.status, answer.body);
        let body: serde_json::Value = serde_json::from_str(&answer.body)?;
        given.push(body["number"].as_u64().with_context(|| format!("the entry's number in {body}"))?);
    }
    Ok(given)
}

pub fn opened(place: &Place, keys: &Path) -> Result<Store> {
    let root = RootSecret::from_file(&keys.join("sample-root.secret"), ForSampleOffice)?;
    Ok(Store::open(Open::new(place.url(), Keyring::open(keys, &root)?))?)
}

#[test]
fn two_processes_leave_no_gap_and_a_third_skips_nothing() -> Result<()> {
    let Some(program) = binary() else { return Ok(()) };
    if engine::postgres().is_none() {
        println!("skipped on PostgreSQL: {} is not set", engine::POSTGRES);
        return Ok(());
    }
    let place = Place::empty(Engine::Postgres);
    let one = Sample::make_at(&program, &place)?;
    let two = one.beside()?;
    let serve =
        |sample: &Sample, log: &str| Running::start_one(&sample.serve(), &[], sample.address, "/ready", &place.folder().join(log)).map(|(running, _)| running);
    let serving = [serve(&one, "log-1")?, serve(&two, "log-2")?];
    // Signed in at one, an officer is signed in at the other.
    let (client, persons) = sign_in(&one)?;
    ensure!(client.at(two.address).get("/api/v1/persons?limit=1")?.status == 200, "the other process does not know the sign-in");

    let follower = opened(&place, Path::new(&one.keys()))?;
    let first = follower.head()?.edge.size();
    let over = AtomicBool::new(false);
    let (given, seen) = std::thread::scope(|scope| -> Result<_> {
        let follows = scope.spawn(|| follow(&follower, first, &over));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let address = if writer.is_multiple_of(2) { one.address } else { two.address };
                let (client, persons) = (client.at(address), &persons);
                scope.spawn(move || writes(client, writer, persons))
            })
            .collect();
        let given: Result<Vec<Vec<u64>>> = writers.into_iter().map(|writer| writer.join().map_err(|_| anyhow::anyhow!("a writer panicked"))?).collect();
        over.store(true, Ordering::SeqCst);
        let seen = follows.join().map_err(|_| anyhow::anyhow!("the follower panicked"))??;
        Ok((given?, seen))
    })?;
    ensure!(given.iter().all(|numbers| numbers.is_sorted()), "answers of one caller come in the order of the numbers");
    let given: BTreeSet<u64> = given.into_iter().flatten().collect();
    ensure!(given.len() == WRITERS * EACH, "{} of {} numbers are different", given.len(), WRITERS * EACH);
    ensure!(seen == (first..first + seen.len() as u64).collect::<Vec<_>>(), "the follower skipped something: {seen:?}");
    ensure!(given.iter().all(|number| seen.contains(number)), "the follower did not see everything that was acknowledged");
    // What either wrote, both show.
    for (sample, number) in [&one, &two].into_iter().flat_map(|sample| given.iter().rev().take(20).map(move |number| (sample, number))) {
        let answer = client.at(sample.address).get(&format!("/api/v1/journal/{number}"))?;
        ensure!(answer.status == 200, "entry {number} is answered {}", answer.status);
    }
    let keys: Vec<i64> = follower
        .read_blocking(|tx| read::from(tx, first, 1_000))?
        .iter()
        .filter(|entry| entry.kind == "person.registered")
        .map(|entry| entry.key.as_i64())
        .collect();
    ensure!(keys.len() == WRITERS * EACH / 5 && keys.iter().collect::<BTreeSet<_>>().len() == keys.len(), "each file has a key of its own: {keys:?}");
    check(&program, &one)?;
    serving.into_iter().try_for_each(Running::end)
}

/// The numbers of all entries from `first` on, read as the tail tells of them, until nothing more comes.
fn follow(store: &Store, first: u64, over: &AtomicBool) -> Result<Vec<u64>> {
    let (mut seen, mut tail) = (Vec::new(), store.tail());
    loop {
        let last = over.load(Ordering::SeqCst);
        let known = *tail.borrow_and_update();
        let next = first + seen.len() as u64;
        let entries = store.read_blocking(|tx| read::from(tx, next, 1_000))?;
        seen.extend(entries.iter().map(|entry| entry.number));
        ensure!(first + seen.len() as u64 >= known, "the tail said {known}, and {} were there", first + seen.len() as u64);
        if last && entries.is_empty() {
            return Ok(seen);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}
