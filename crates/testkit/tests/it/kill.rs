//! The real program under load is killed, again and again: what it acknowledged is there, what it kept fits together, and
//! it serves again at once.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;
use siger_testkit::crash::{Plan, Running, binary, rounds};
use siger_testkit::engine::{self, Engine, Place};
use siger_testkit::http::Client;
use siger_testkit::sample::Sample;

/// Connections that write at the same time, so that commits hold several changes when the kill comes.
const WRITERS: usize = 6;
/// Kills in one run.
const ROUNDS: u32 = 50;
/// Kills on PostgreSQL, which keeps what was committed whatever becomes of the program: what is left to find is a half-finished start or answer.
const ROUNDS_POSTGRES: u32 = 12;
/// Budget of a start after a kill (DESIGN §7). Judged by the median: one slow start of a busy machine says nothing.
const RESTART: Duration = Duration::from_secs(1);

/// A change that was acknowledged: its entry and the words that it must hold.
struct Acknowledged {
    number: u64,
    person: String,
}

#[test]
fn what_was_acknowledged_survives_fifty_kills() -> Result<()> {
    survives(Engine::Sqlite, ROUNDS)
}

#[test]
fn what_was_acknowledged_survives_kills_on_postgresql() -> Result<()> {
    if engine::postgres().is_none() {
        println!("skipped on PostgreSQL: {} is not set", engine::POSTGRES);
        return Ok(());
    }
    survives(Engine::Postgres, ROUNDS_POSTGRES)
}

fn survives(engine: Engine, kills: u32) -> Result<()> {
    let Some(program) = binary() else { return Ok(()) };
    let place = Place::empty(engine);
    let sample = Sample::make_at(&program, &place)?;
    let plan = Plan {
        seed: 20_261_124,
        rounds: kills,
        after: (Duration::from_millis(20), Duration::from_millis(220)),
        command: sample.serve(),
        environment: Vec::new(),
        address: sample.address,
        ready: "/ready".into(),
        log: place.folder().join("log"),
    };
    // The session outlives the process: it is signed in once, before the first round.
    let (session, persons) = {
        let _serving = Running::start_one(&plan.command, &[], plan.address, &plan.ready, &plan.log)?;
        sign_in(&sample)?
    };
    let texts = AtomicU64::new(0);
    let seen = rounds(
        &plan,
        |round, stop| {
            let written = std::thread::scope(|scope| {
                let writers: Vec<_> = (0..WRITERS)
                    .map(|writer| {
                        let (mut client, texts, persons) = (session.beside(), &texts, &persons);
                        scope.spawn(move || {
                            let mut written = Vec::new();
                            while !stop.asked() {
                                let text = texts.fetch_add(1, Ordering::Relaxed);
                                let person = &persons[(text as usize) % persons.len()];
                                let sent = client
                                    .json(&format!("/api/v1/persons/{person}/notes"), &json!({ "text": format!("round {round}, writer {writer}, {text}") }));
                                // A broken connection is the end: what was under way may be there or not.
                                let Ok(answer) = sent else { break };
                                ensure!(answer.status == 201, "a note was answered {}: {}", answer.status, answer.body);
                                let body: serde_json::Value = serde_json::from_str(&answer.body)?;
                                written.push(Acknowledged { number: body["number"].as_u64().context("the entry's number")?, person: person.clone() });
                            }
                            Ok(written)
                        })
                    })
                    .collect();
                writers.into_iter().map(|writer| writer.join().map_err(|_| anyhow::anyhow!("a writer panicked"))?).collect::<Result<Vec<_>>>()
            })?;
            Ok(written.into_iter().flatten().collect())
        },
        |round, acknowledged: &[Acknowledged]| {
            let mut client = session.beside();
            // All of the newest, and each earlier one now and then.
            for kept in acknowledged.iter().rev().take(300).chain(acknowledged.iter().step_by(97)) {
                let answer = client.get(&format!("/api/v1/journal/{}", kept.number))?;
                ensure!(answer.status == 200, "entry {} was acknowledged and is answered {}", kept.number, answer.status);
                let body: serde_json::Value = serde_json::from_str(&answer.body)?;
                ensure!(body["entry"]["kind"] == "person.noted" && body["entry"]["subject"] == kept.person.as_str(), "entry {} is another one", kept.number);
            }
            if round % 10 == 0 || round == kills {
                check(&program, &sample)?;
            }
            Ok(())
        },
    )?;
    let mut restarts = seen.restarts.clone();
    restarts.sort();
    let median = restarts[restarts.len() / 2];
    println!("{} acknowledged in {} rounds under load; to serve again: median {median:?}, slowest {:?}", seen.acknowledged, seen.loaded_rounds, seen.slowest());
    ensure!(seen.loaded_rounds >= kills / 2, "only {} of {kills} rounds wrote anything before the kill", seen.loaded_rounds);
    ensure!(median <= RESTART, "a start after a kill takes {median:?}");
    Ok(())
}

pub fn sign_in(sample: &Sample) -> Result<(Client, Vec<String>)> {
    let mut client = sample.sign_in("ratih")?;
    let answer = client.get("/api/v1/persons?limit=50")?;
    ensure!(answer.status == 200, "the list of persons is answered {}: {}", answer.status, answer.body);
    let list: serde_json::Value = serde_json::from_str(&answer.body)?;
    let persons = list["persons"].as_array().context("persons")?;
    let ids = persons.iter().filter_map(|person| person["id"].as_str().map(str::to_owned)).collect::<Vec<_>>();
    ensure!(!ids.is_empty(), "the sample office has persons");
    Ok((client, ids))
}

pub fn check(program: &std::path::Path, sample: &Sample) -> Result<()> {
    let checked = Command::new(program).args(["check", "--replay"]).args(sample.place()).output()?;
    let said = String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    ensure!(checked.status.success(), "siger check --replay:\n{said}");
    Ok(())
}
