//! Messages to officers, over a real SMTP conversation with servers that take, refuse and hang.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use siger_app::identity::password::Typed;
use siger_app::identity::recovery::Code;
use siger_app::identity::totp::{self, Secret};
use siger_app::notify::{self, Notifier, Protection, Smtp, SmtpSettings};
use siger_app::sign_in::Arrival;
use siger_app::{account, job, officer, request, sign_in};
use siger_domain::access::{Purpose, Role};
use siger_domain::id::{OfficerId, RequestId};
use siger_domain::officer::{Login, Profile};
use siger_domain::person::Name;
use siger_domain::request::{ErasureGround, Lost};
use siger_storage::table::operation;
use siger_testkit::office::{PASSWORD, TestOffice, TestOfficer, arrival};

use crate::retention::register;
use crate::soft::Soft;

#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    Refuses,
    Hangs,
}

/// A mail server on the loopback that speaks as much SMTP as one message needs.
struct Server {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

impl Server {
    fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), mood: Arc::new(Mutex::new(mood)), taken: Arc::default() };
        let (mood, taken) = (server.mood.clone(), server.taken.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (mood, taken) = (mood.clone(), taken.clone());
                std::thread::spawn(move || converse(stream.unwrap(), &mood, &taken));
            }
        });
        server
    }

    fn notifier(&self) -> Arc<dyn Notifier> {
        let settings =
            SmtpSettings { host: "127.0.0.1".into(), port: self.port, from: "siger@kantor.example".into(), protection: Protection::Loopback, login: None };
        Arc::new(Smtp::with_patience(settings, Duration::from_millis(500)).unwrap())
    }

    fn taken(&self) -> Vec<(String, String)> {
        self.taken.lock().unwrap().clone()
    }
}

fn converse(mut stream: TcpStream, mood: &Mutex<Mood>, taken: &Mutex<Vec<(String, String)>>) -> Option<()> {
    if *mood.lock().unwrap() == Mood::Hangs {
        std::thread::sleep(Duration::from_secs(30));
        return None;
    }
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 contoh ESMTP")?;
    let mut to = String::new();
    loop {
        let line = lines.next()?.ok()?;
        match line.split_once([' ', ':']).map_or(line.as_str(), |(verb, _)| verb) {
            "EHLO" => say("250 contoh")?,
            "MAIL" => say("250 ok")?,
            "RCPT" if *mood.lock().unwrap() == Mood::Refuses => say("451 later")?,
            "RCPT" => {
                to = line.split(['<', '>']).nth(1)?.to_owned();
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go")?;
                let mut text = String::new();
                loop {
                    let line = lines.next()?.ok()?;
                    if line == "." {
                        break;
                    }
                    text.push_str(&line);
                    text.push('\n');
                }
                taken.lock().unwrap().push((to.clone(), text));
                say("250 taken")?;
            }
            "QUIT" => {
                say("221 bye")?;
                return None;
            }
            _ => say("250 ok")?,
        };
    }
}

/// An officer with an address.
async fn with_mail(test: &TestOffice, login: &str, roles: &[Role]) -> TestOfficer {
    let office = &test.office;
    let (id, code) = (OfficerId::new(office.now(), office.random()), office.with_random(Code::new));
    let email = siger_domain::officer::email(&format!("{login}@kantor.example"));
    let profile = Profile { name: Name::new(&format!("{login} (contoh)")).unwrap(), login: Login::new(login).unwrap(), email };
    let (by, roles, letters) = (office.system(Purpose::Administration), roles.to_vec(), code.to_letters());
    office.write(move |write| officer::admit(write, &by, id, profile, roles, &code)).await.unwrap();
    let setup = sign_in::join_password(office, &letters, Typed::new(PASSWORD.into())).await.unwrap();
    let secret = Secret::from_base32(&setup.secret.replace(' ', "")).unwrap();
    let begun = sign_in::join_code(office, &setup.ceremony, &totp::code(&secret, office.now())).await.unwrap();
    TestOfficer { id, login: login.to_owned(), secret, begun }
}

async fn waiting(test: &TestOffice) -> Vec<operation::Job> {
    test.office.read(|tx| Ok(operation::jobs(tx, 100)?)).await.unwrap()
}

/// A request to erase, which waits for the head.
async fn ask(test: &TestOffice) {
    let office = &test.office;
    let desk = with_mail(test, "ratih", &[Role::Desk]).await;
    let privacy = with_mail(test, "dewi", &[Role::PrivacyOfficer]).await;
    with_mail(test, "hadi", &[Role::Head]).await;
    let person = register(test, &desk, "Contoh Rahasia").await;
    let (by, id) = (test.context(&privacy).await, RequestId::new(office.now(), office.random()));
    office.write(move |write| request::open_erase(write, &by, id, person, ErasureGround::SubjectRequest)).await.unwrap();
}

/// Text as it was before MIME: quoted-printable or base64 are undone far enough to look for words.
fn readable(text: &str) -> String {
    use std::fmt::Write as _;
    let body = text.replace("=\n", "");
    let mut out = String::new();
    let mut rest = body.as_str();
    while let Some(at) = rest.find('=') {
        out.push_str(&rest[..at]);
        match rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                write!(out, "{}", char::from(byte)).unwrap();
                rest = &rest[at + 3..];
            }
            None => {
                out.push('=');
                rest = &rest[at + 1..];
            }
        }
    }
    out + rest
}

#[tokio::test]
async fn a_request_tells_its_second_person_once_and_says_nothing_of_anybody() {
    let test = TestOffice::new();
    let server = Server::start(Mood::Takes);
    ask(&test).await;
    assert_eq!(notify::follow(&test.office).await.unwrap(), 1, "the head; neither who asked nor who may not answer");
    assert_eq!(notify::follow(&test.office).await.unwrap(), 0, "an entry becomes its messages once");
    assert_eq!(job::run_due(&test.office, &server.notifier()).await.unwrap().done, 1);
    let taken = server.taken();
    assert_eq!(taken.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["hadi@kantor.example"]);
    let text = readable(&taken[0].1);
    assert!(text.contains("hadi (contoh),") && text.contains("menunggu orang kedua") && text.contains("waits for a second person"), "{text}");
    assert!(text.contains("@kantor.example>") && text.to_lowercase().contains("message-id:"), "{text}");
    for secret in ["Rahasia", "dewi", "ratih", "erase", "hapus"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    assert!(waiting(&test).await.is_empty());
}

#[tokio::test]
async fn a_server_that_refuses_or_hangs_is_asked_again_within_bounds() {
    let test = TestOffice::new();
    let server = Server::start(Mood::Refuses);
    ask(&test).await;
    notify::follow(&test.office).await.unwrap();
    let notifier = server.notifier();
    assert_eq!(job::run_due(&test.office, &notifier).await.unwrap().again, 1);
    let job = waiting(&test).await.remove(0);
    assert!(job.failed.as_deref().unwrap().contains("451"), "{job:?}");
    assert!(!job.failed.as_deref().unwrap().contains('@'), "{job:?}");

    *server.mood.lock().unwrap() = Mood::Hangs;
    test.clock.advance_seconds(3_601);
    let begun = tokio::time::Instant::now();
    // The open connection may be used once more; a new one hangs and is left.
    let notifier_after = server.notifier();
    assert_eq!(job::run_due(&test.office, &notifier_after).await.unwrap().again, 1);
    assert!(begun.elapsed() < Duration::from_secs(10), "it did not wait for the server: {:?}", begun.elapsed());
    let job = waiting(&test).await.remove(0);
    assert!(job.failed.as_deref().unwrap().contains("in time"), "{job:?}");

    *server.mood.lock().unwrap() = Mood::Takes;
    test.clock.advance_seconds(3_601);
    assert_eq!(job::run_due(&test.office, &server.notifier()).await.unwrap().done, 1);
    assert_eq!(server.taken().len(), 1, "and in the end it arrives once");

    // Nobody there at all, for good.
    let gone = Server { port: 9, mood: server.mood.clone(), taken: server.taken.clone() };
    let head = test.office.read(|tx| Ok(siger_storage::table::officer::all(tx)?)).await.unwrap().pop().unwrap().id;
    let by = test.office.system(Purpose::Administration);
    test.office
        .write(move |write| {
            let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Administration };
            let event = siger_domain::event::Event::OfficerSuspended(siger_domain::event::body::OfficerSuspended {});
            Ok(write.append(stamp, siger_domain::event::Subject::Officer(head), &event)?)
        })
        .await
        .unwrap();
    assert_eq!(notify::follow(&test.office).await.unwrap(), 1);
    let mut tries = 0;
    while job::run_due(&test.office, &gone.notifier()).await.unwrap().given_up == 0 {
        tries += 1;
        assert!(tries < job::ATTEMPTS_MAX, "bounded");
        test.clock.advance_seconds(3_601);
    }
    assert_eq!(tries + 1, job::ATTEMPTS_MAX);
}

#[tokio::test]
async fn whoever_is_let_in_again_hears_of_it_and_so_do_the_heads() {
    let test = TestOffice::new();
    let office = &test.office;
    let server = Server::start(Mood::Takes);
    let admin = with_mail(&test, "ratih", &[Role::Administrator]).await;
    let head = with_mail(&test, "hadi", &[Role::Head]).await;
    with_mail(&test, "made", &[Role::Head]).await;
    let wati = with_mail(&test, "wati", &[Role::Desk]).await.id;
    let mut seen = 0;
    // Whom a step writes to, and a part of what it says.
    let mut told = async |expected: &[(&str, &str)]| {
        notify::follow(office).await.unwrap();
        job::run_due(office, &server.notifier()).await.unwrap();
        let taken = server.taken();
        let mut found: Vec<(String, String)> = taken[seen..].iter().map(|(to, text)| (to.replace("@kantor.example", ""), readable(text))).collect();
        seen = taken.len();
        found.sort();
        assert_eq!(found.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), expected.iter().map(|(to, _)| *to).collect::<Vec<_>>());
        for ((_, text), (to, part)) in found.iter().zip(expected) {
            assert!(text.contains(part), "{to}: {text}");
        }
    };
    // The console let two in after the first head had come, one after the second.
    told(&[("hadi", "the server's console"), ("hadi", "the server's console"), ("made", "the server's console")]).await;

    let (by, request, code) = (test.context(&admin).await, RequestId::new(office.now(), office.random()), office.with_random(Code::new));
    office.write(move |write| request::open_recover(write, &by, request, wati, &code, Lost::Phone)).await.unwrap();
    told(&[("hadi", "waits for a second person"), ("made", "waits for a second person"), ("wati", "lost nothing")]).await;
    let by = test.context(&head).await;
    office.write(move |write| request::approve(write, &by, request)).await.unwrap();
    told(&[("made", "withdraw the code"), ("wati", "can be withdrawn")]).await;
    let (by, code) = (office.system(Purpose::Administration), office.with_random(Code::new));
    office.write(move |write| officer::readmit(write, &by, wati, &code, Lost::Passkey)).await.unwrap();
    told(&[("hadi", "withdraw the code"), ("made", "withdraw the code"), ("wati", "can be withdrawn")]).await;

    // An invitation with roles is a request that waits; its link, and a new one, are news to nobody.
    let (by, request, code) = (test.context(&admin).await, RequestId::new(office.now(), office.random()), office.with_random(Code::new));
    let (sari, again) = (OfficerId::new(office.now(), office.random()), office.with_random(Code::new));
    let profile =
        Profile { name: Name::new("Sari (contoh)").unwrap(), login: Login::new("sari").unwrap(), email: siger_domain::officer::email("sari@kantor.example") };
    office.write(move |write| officer::invite(write, &by, sari, profile, vec![Role::Desk], &code, request)).await.unwrap();
    let by = test.context(&admin).await;
    office.write(move |write| officer::invite_again(write, &by, sari, &again)).await.unwrap();
    told(&[("hadi", "waits for a second person"), ("made", "waits for a second person")]).await;
}

#[tokio::test]
async fn a_new_browser_is_told_and_a_known_one_is_not() {
    let test = TestOffice::new();
    let server = Server::start(Mood::Takes);
    let officer = with_mail(&test, "ratih", &[Role::Desk]).await;
    let sign_in = async |from: Arrival| {
        test.clock.advance_seconds(60);
        let code = totp::code(&officer.secret, test.office.now());
        sign_in::with_password(&test.office, from, &officer.login, Typed::new(PASSWORD.into()), &code).await.unwrap()
    };
    let known = sign_in(Arrival { device: Some(officer.begun.device.hash()), ..arrival() }).await;
    assert!(waiting(&test).await.is_empty());
    sign_in(Arrival { device: Some(known.device.hash()), ..arrival() }).await;
    assert!(waiting(&test).await.is_empty());
    sign_in(arrival()).await;
    assert_eq!(job::run_due(&test.office, &server.notifier()).await.unwrap().done, 1);
    assert!(readable(&server.taken()[0].1).contains("from a browser not seen before"));
}

#[tokio::test]
async fn a_passkey_from_a_new_browser_is_told_and_from_a_known_one_is_not() {
    let test = TestOffice::new();
    let server = Server::start(Mood::Takes);
    let officer = with_mail(&test, "ratih", &[Role::Desk]).await;
    let by = test.context(&officer).await;
    let mut soft = Soft::new(7, "http://localhost:8080", "localhost");
    let (options, ceremony) = account::start_passkey(&test.office, &by).await.unwrap();
    let made = soft.register(&options);
    account::finish_passkey(&test.office, &by, &ceremony, &made, "Laptop").await.unwrap();
    let mut sign_in = async |from: Arrival| {
        test.clock.advance_seconds(60);
        let (options, ceremony) = sign_in::start_passkey(&test.office).unwrap();
        soft.counter += 1;
        sign_in::with_passkey(&test.office, from, &ceremony, &soft.sign(&options)).await.unwrap()
    };
    let known = sign_in(Arrival { device: Some(officer.begun.device.hash()), ..arrival() }).await;
    sign_in(Arrival { device: Some(known.device.hash()), ..arrival() }).await;
    assert!(waiting(&test).await.is_empty(), "a known browser is no news");
    // Another officer's browser is as new as one without a cookie.
    let other = test.officer("wati", &[Role::Desk]).await;
    sign_in(Arrival { device: Some(other.begun.device.hash()), ..arrival() }).await;
    sign_in(arrival()).await;
    assert_eq!(job::run_due(&test.office, &server.notifier()).await.unwrap().done, 2);
    let taken = server.taken();
    assert_eq!(taken.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["ratih@kantor.example"; 2]);
    assert!(readable(&taken[0].1).contains("from a browser not seen before"));
}

#[tokio::test]
async fn old_entries_and_officers_without_an_address_make_no_mail() {
    let test = TestOffice::new();
    let server = Server::start(Mood::Takes);
    ask(&test).await;
    let silent = test.officer("sari", &[Role::Desk]).await;
    test.clock.advance_seconds(2 * 24 * 3_600);
    assert_eq!(notify::follow(&test.office).await.unwrap(), 0, "last week's entries are not news");

    let by = test.office.system(Purpose::Administration);
    let id = silent.id;
    test.office
        .write(move |write| {
            let stamp = siger_storage::Stamp { at: by.now, actor: None, role: Role::System, purpose: Purpose::Administration };
            let event = siger_domain::event::Event::OfficerSuspended(siger_domain::event::body::OfficerSuspended {});
            Ok(write.append(stamp, siger_domain::event::Subject::Officer(id), &event)?)
        })
        .await
        .unwrap();
    assert_eq!(notify::follow(&test.office).await.unwrap(), 1);
    assert_eq!(job::run_due(&test.office, &server.notifier()).await.unwrap().done, 1);
    assert!(server.taken().is_empty());
}

#[test]
fn mail_without_protection_stays_on_the_machine() {
    let settings = |host: &str, from: &str| SmtpSettings { host: host.into(), port: 25, from: from.into(), protection: Protection::Loopback, login: None };
    assert!(Smtp::new(settings("127.0.0.1", "a@kantor.example")).is_ok());
    assert!(Smtp::new(settings("mail.kantor.example", "a@kantor.example")).is_err());
    assert!(Smtp::new(settings("localhost", "nobody")).is_err());
}
