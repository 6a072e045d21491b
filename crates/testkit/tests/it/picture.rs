//! Two processes keep pictures and erase persons at the same time, on one database and in one folder of blobs; one of them is killed at it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use siger_domain::id::PersonId;
use siger_storage::Store;
use siger_storage::blob::{BlobId, Error as BlobError, Folder};
use siger_storage::table::person;
use siger_testkit::crash::{Running, binary};
use siger_testkit::engine::{self, Engine, Place};
use siger_testkit::http::Client;
use siger_testkit::office::{StoppedClock, open};
use siger_testkit::sample::Sample;

use crate::kill::check;
use crate::race::opened;

/// Persons, two at a time: the erasure of each is agreed to at another process than that of the one beside it. Every third stays.
const PERSONS: usize = 18;
/// Connections that send pictures of one person: each process has one that sends the same as one of the other, and one that sends its own.
const SENDERS: usize = 4;
/// Pictures that each sends at most.
const PICTURES_MAX: usize = 12;
/// So many were acknowledged when somebody is erased; as two of the senders send the same, the file has at least half of them.
const BEFORE: usize = 4;
/// Kills of the second process while it keeps pictures.
const KILLS: usize = 16;
/// Longest wait for the first pictures of somebody.
const PATIENCE_MS: u32 = 60_000;
/// Begins as a PNG does, which is all that the office looks at.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// An office, its two processes, and who works at them.
struct Scene {
    program: PathBuf,
    place: Place,
    at: [Sample; 2],
    /// Signed in at either.
    desk: Client,
    privacy: Client,
    csrf: String,
    /// The same office, looked at from beside.
    store: Store,
    blobs: Folder,
}

/// A person after all that happened to them.
struct Lived {
    id: PersonId,
    erased: bool,
    /// Pictures that were acknowledged.
    kept: BTreeSet<Vec<u8>>,
    /// Blobs that were seen on the file before it was erased.
    seen: Vec<BlobId>,
    /// How often one of them was opened meanwhile.
    looked: usize,
}

fn picture(person: usize, name: &str) -> Vec<u8> {
    // Some pages long, so that writing it takes more than one step.
    [PNG, format!("contoh {person} {name} ").repeat(900).as_bytes()].concat()
}

impl Scene {
    /// Served by two processes; on SQLite by one, which is both.
    fn begin(engine: Engine) -> Result<Option<(Self, Vec<Running>)>> {
        let Some(program) = binary() else { return Ok(None) };
        let place = Place::empty(engine);
        let one = Sample::make_at(&program, &place)?;
        let two = if engine == Engine::Postgres { one.beside()? } else { one.clone() };
        let at = [one, two];
        let serving = serve_all(engine, &at, &place)?;
        let (mut desk, privacy) = (at[0].sign_in("ratih")?, at[0].sign_in("privasi")?);
        let csrf = desk.get("/persons/new")?.hidden("csrf").context("the token of a form")?.to_owned();
        let store = opened(&place, at[0].keys().as_ref())?;
        let blobs = Folder::open(&place.data().join("blobs"))?;
        Ok(Some((Self { program, place, at, desk, privacy, csrf, store, blobs }, serving)))
    }

    fn client(&self, of: &Client, at: usize) -> Client {
        of.at(self.at[at % 2].address)
    }

    fn register(&self, number: usize) -> Result<String> {
        let answer = self.client(&self.desk, number).json("/api/v1/persons", &crate::api::person("Contoh Bergambar", &format!("C{number:07}")))?;
        ensure!(answer.status == 201, "person {number}: {} {}", answer.status, answer.body);
        let made: Value = serde_json::from_str(&answer.body)?;
        Ok(made["id"].as_str().context("the person")?.to_owned())
    }

    fn blobs_of(&self, id: PersonId) -> Result<Vec<BlobId>> {
        let found = self.store.read_blocking(|tx| person::blobs(tx, id))?;
        Ok(found.into_iter().map(|(blob, _)| BlobId::from_bytes(blob)).collect())
    }

    /// Sends pictures of one person until they are erased, or all are sent. What was acknowledged.
    fn send(&self, person: usize, id: &str, sender: usize, kept: &AtomicUsize) -> Result<Vec<Vec<u8>>> {
        let (mut client, mut acknowledged) = (self.client(&self.desk, sender), Vec::new());
        for number in 0..PICTURES_MAX {
            let name = if sender < 2 { format!("{number}") } else { format!("{number} of {sender}") };
            let bytes = picture(person, &name);
            let answer = client.upload(&format!("/persons/{id}/blobs"), &[("csrf", &self.csrf), ("kind", "portrait")], &bytes)?;
            match answer.status {
                303 => acknowledged.push(bytes),
                409 => break,
                status => anyhow::bail!("sender {sender} of person {person}, picture {number}: {status} {}", answer.body),
            }
            kept.fetch_add(1, Ordering::SeqCst);
        }
        Ok(acknowledged)
    }

    /// Opens the newest pictures of a person at one process, again and again, also when they are gone: it gets them, or hears that there is nothing.
    fn look(&self, id: PersonId, at: usize, over: &AtomicBool) -> Result<usize> {
        let (mut client, mut known, mut seen) = (self.client(&self.desk, at), Vec::new(), 0);
        while !over.load(Ordering::SeqCst) {
            let there = self.blobs_of(id)?;
            known = if there.is_empty() { known } else { there };
            for blob in known.iter().rev().take(3) {
                let answer = client.get(&format!("/persons/{id}/blobs/{blob}"))?;
                match answer.status {
                    200 => ensure!(answer.body.contains("contoh"), "another picture: {}", answer.body),
                    404 | 409 => {}
                    status => anyhow::bail!("a picture of {id} was answered {status}: {}", answer.body),
                }
                seen += usize::from(answer.status == 200);
            }
        }
        Ok(seen)
    }

    /// Has a person erased: asked for at one process, agreed to at the other. The blobs that were on the file shortly before.
    fn erase(&self, id: PersonId, at: usize) -> Result<Vec<BlobId>> {
        let asked = self.client(&self.desk, at + 1).json("/api/v1/requests", &json!({ "matter": "erase", "person": id, "ground": "subject_request" }))?;
        ensure!(asked.status == 201, "asking for an erasure: {} {}", asked.status, asked.body);
        let asked: Value = serde_json::from_str(&asked.body)?;
        let seen = self.blobs_of(id)?;
        let request = asked["id"].as_str().context("the request")?;
        let agreed = self.client(&self.privacy, at).json(&format!("/api/v1/requests/{request}/approve"), &json!({}))?;
        ensure!(agreed.status == 201, "agreeing to an erasure: {} {}", agreed.status, agreed.body);
        // From this answer on nobody gets one of them, wherever they ask.
        for (at, blob) in (0..2).flat_map(|at| seen.iter().map(move |blob| (at, blob))) {
            let answer = self.client(&self.desk, at).get(&format!("/persons/{id}/blobs/{blob}"))?;
            ensure!(matches!(answer.status, 404 | 409), "a picture of somebody erased was answered {}: {}", answer.status, answer.body);
        }
        Ok(seen)
    }

    fn live(&self, person: usize) -> Result<Lived> {
        let name = self.register(person)?;
        let (id, erased) = (name.parse()?, !person.is_multiple_of(3));
        let (kept, over) = (AtomicUsize::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let (kept, over, name) = (&kept, &over, name.as_str());
            let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || self.send(person, name, sender, kept))).collect();
            let lookers: Vec<_> = (0..2).map(|at| scope.spawn(move || self.look(id, at, over))).collect();
            let seen = if erased {
                // A sender that fails says so itself; nobody waits for it for ever.
                for _ in 0..PATIENCE_MS {
                    if kept.load(Ordering::SeqCst) >= BEFORE {
                        break;
                    }
                    std::thread::sleep(Duration::from_millis(1));
                }
                self.erase(id, person)
            } else {
                Ok(Vec::new())
            };
            let sent: Result<Vec<Vec<Vec<u8>>>> = senders.into_iter().map(joined).collect();
            over.store(true, Ordering::SeqCst);
            let looked: Result<Vec<usize>> = lookers.into_iter().map(joined).collect();
            Ok(Lived { id, erased, kept: sent?.into_iter().flatten().collect(), seen: seen?, looked: looked?.iter().sum() })
        })
    }

    /// What must be true of the office when all is over, looked at from beside.
    fn is_whole(&self, lives: &[Lived]) -> Result<()> {
        let keyring = self.store.keyring();
        keyring.reload()?;
        for life in lives {
            let id = life.id;
            let row = self.store.read_blocking(|tx| person::get(tx, id))?.context("the person")?;
            let blobs = self.blobs_of(id)?;
            if life.erased {
                ensure!(row.erased.is_some() && keyring.is_punctured(row.key) && blobs.is_empty(), "{id} is erased to its end");
                for blob in &life.seen {
                    ensure!(self.blobs.get(keyring, row.key, *blob)?.is_none(), "{blob} of {id} can be opened");
                    ensure!(matches!(self.blobs.verify(*blob), Err(BlobError::Missing(_))), "{blob} of {id} is still there");
                }
                continue;
            }
            let there = blobs.iter().map(|blob| self.blobs.get(keyring, row.key, *blob)?.context("a picture")).collect::<Result<BTreeSet<_>>>()?;
            ensure!(there.is_superset(&life.kept), "{id}: of {} acknowledged pictures {} are there", life.kept.len(), there.intersection(&life.kept).count());
            ensure!(there.len() == blobs.len(), "{id}: each picture is there once");
        }
        check(&self.program, &self.at[0])
    }

    /// What kills left half written goes when the folder is opened by nobody else.
    fn leaves_nothing_half_written(self) -> Result<()> {
        let folder = self.place.data().join("blobs");
        let half = || Ok::<_, anyhow::Error>(std::fs::read_dir(folder.join("pending"))?.count());
        println!("{} half-written blobs", half()?);
        drop(self.blobs);
        drop(Folder::open(&folder)?);
        ensure!(half()? == 0, "half-written blobs stay");
        Ok(())
    }

    /// Blobs that no file names.
    fn orphans(&self) -> Result<Vec<BlobId>> {
        let mut orphans = Vec::new();
        for blob in self.blobs.iter() {
            let blob = blob?;
            if !self.store.read_blocking(|tx| person::is_blob_named(tx, blob.as_bytes()))? {
                orphans.push(blob);
            }
        }
        Ok(orphans)
    }
}

fn serve(sample: &Sample, place: &Place) -> Result<Running> {
    let log = place.folder().join(format!("log-{}", sample.address.port()));
    Ok(Running::start_one(&sample.serve(), &[], sample.address, "/ready", &log)?.0)
}

fn serve_all(engine: Engine, at: &[Sample; 2], place: &Place) -> Result<Vec<Running>> {
    let processes = if engine == Engine::Postgres { 2 } else { 1 };
    at.iter().take(processes).map(|sample| serve(sample, place)).collect()
}

fn joined<T>(thread: std::thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().map_err(|_| anyhow::anyhow!("a thread panicked"))?
}

fn keeps_and_erases(engine: Engine) -> Result<()> {
    let Some((scene, serving)) = Scene::begin(engine)? else { return Ok(()) };
    let mut lives = std::thread::scope(|scope| {
        let scene = &scene;
        let lanes: Vec<_> =
            (0..2).map(|lane| scope.spawn(move || (0..PERSONS).skip(lane).step_by(2).map(|person| scene.live(person)).collect::<Result<Vec<_>>>())).collect();
        lanes.into_iter().map(joined).collect::<Result<Vec<_>>>()
    })?
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    serving.into_iter().try_for_each(Running::end)?;
    let kept = lives.iter().map(|life| life.kept.len()).sum::<usize>();
    let erased = lives.iter().filter(|life| life.erased).map(|life| life.seen.len()).sum::<usize>();
    let looked = lives.iter().map(|life| life.looked).sum::<usize>();
    println!("{engine:?}: {kept} pictures acknowledged, {erased} of them seen on files that were then erased, {looked} looks");
    ensure!(looked > 0, "nobody saw a picture");
    ensure!(lives.iter().all(|life| life.seen.len() >= BEFORE / 2 || !life.erased), "somebody was erased before there was a picture");
    scene.is_whole(&lives)?;
    ensure!(scene.orphans()?.is_empty(), "without a crash no blob is left that no file names");

    lives.extend(killed(&scene, engine)?);
    scene.is_whole(&lives)?;
    // Where no kill came between a blob and its entry, this one does.
    let somebody = lives.last().context("somebody")?.id;
    let key = scene.store.read_blocking(|tx| person::get(tx, somebody))?.context("the person")?.key;
    scene.blobs.put(scene.store.keyring(), key, &picture(PERSONS, "cut off"))?;
    let left = scene.orphans()?.len();
    // By tomorrow's clock nothing is on its way any more.
    let office = open(opened(&scene.place, scene.at[0].keys().as_ref())?, &scene.place.data().join("blobs"), tomorrow()?, 1);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let swept = runtime.block_on(siger_app::orphan::sweep(&office))?;
    println!("{engine:?}: {KILLS} kills left {} blobs that no file names", left - 1);
    ensure!(swept as usize == left && scene.orphans()?.is_empty(), "{swept} of {left} were swept");
    drop((runtime, office));
    scene.is_whole(&lives)?;
    scene.leaves_nothing_half_written()
}

/// Kills one process again and again while it keeps pictures; the other one, where there is one, keeps pictures of the same person meanwhile.
fn killed(scene: &Scene, engine: Engine) -> Result<Vec<Lived>> {
    let mut serving = serve_all(engine, &scene.at, &scene.place)?;
    let mut lives = Vec::new();
    for round in 0..KILLS {
        let person = PERSONS + round;
        let name = scene.register(person)?;
        let mut dying = serving.pop();
        let kept = std::thread::scope(|scope| {
            let name = name.as_str();
            let senders: Vec<_> = (0..SENDERS)
                .map(|sender| {
                    scope.spawn(move || {
                        let (mut client, mut acknowledged) = (scene.client(&scene.desk, sender), Vec::new());
                        for number in 0..PICTURES_MAX {
                            let bytes = picture(person, &format!("{number} of {sender}"));
                            // A broken connection is the end: what was under way may be there or not.
                            let Ok(answer) = client.upload(&format!("/persons/{name}/blobs"), &[("csrf", &scene.csrf), ("kind", "portrait")], &bytes) else {
                                break;
                            };
                            ensure!(answer.status == 303, "a picture was answered {}: {}", answer.status, answer.body);
                            acknowledged.push(bytes);
                        }
                        Ok(acknowledged)
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(3 + 7 * round as u64 % 61));
            drop(dying.take());
            senders.into_iter().map(joined).collect::<Result<Vec<_>>>()
        })?;
        lives.push(Lived { id: name.parse()?, erased: false, kept: kept.into_iter().flatten().collect(), seen: Vec::new(), looked: 0 });
        serving.push(serve(&scene.at[1], &scene.place)?);
    }
    serving.into_iter().try_for_each(Running::end)?;
    Ok(lives)
}

/// A clock that reads two days after the machine's.
#[expect(clippy::disallowed_methods, reason = "blobs are as old as the machine's clock says")]
fn tomorrow() -> Result<Arc<StoppedClock>> {
    let real = i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs())?;
    let clock = StoppedClock::new();
    clock.advance_seconds(real + 2 * 24 * 3_600 - siger_testkit::office::START.unix_micros() / 1_000_000);
    Ok(clock)
}

#[test]
fn pictures_are_kept_and_persons_erased_at_once() -> Result<()> {
    keeps_and_erases(Engine::Sqlite)
}

#[test]
fn two_processes_keep_pictures_and_erase_persons_at_once() -> Result<()> {
    if engine::postgres().is_none() {
        println!("skipped on PostgreSQL: {} is not set", engine::POSTGRES);
        return Ok(());
    }
    keeps_and_erases(Engine::Postgres)
}
