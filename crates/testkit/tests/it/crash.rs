//! The driver of the SIGKILL test against two small programs: one that writes before it acknowledges, and one that does not and must be caught.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use siger_testkit::crash::{Plan, Seen, Stop, rounds};

/// Makes this test binary, started again, into the program under test: address, file, and `honest` or `lying`.
const CHILD: &str = "SIGER_TEST_CRASH_CHILD";

/// The liar writes only after so many acknowledgements.
const LIE: usize = 64;

/// Not a test of its own: without the variable it does nothing.
#[test]
fn the_program_under_test() -> Result<()> {
    let Ok(orders) = std::env::var(CHILD) else { return Ok(()) };
    let orders: Vec<&str> = orders.split(' ').collect();
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(orders[1])?;
    let listener = TcpListener::bind(orders[0])?;
    let mut unwritten = Vec::new();
    for stream in listener.incoming() {
        let mut stream = BufReader::new(stream?);
        let mut line = String::new();
        while stream.read_line(&mut line)? > 0 {
            if let Some(number) = line.strip_prefix("KEEP ") {
                unwritten.push(number.to_owned());
                if orders[2] == "honest" || unwritten.len() >= LIE {
                    file.write_all(unwritten.concat().as_bytes())?;
                    unwritten.clear();
                }
                stream.get_mut().write_all(b"kept\n")?;
            } else {
                stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
                break;
            }
            line.clear();
        }
    }
    Ok(())
}

/// Numbers that the program said it kept, until it is gone.
fn load(address: SocketAddr, round: u32, stop: &Stop) -> Result<Vec<u64>> {
    let mut kept = Vec::new();
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    for number in u64::from(round) << 32.. {
        let mut answer = [0; 5];
        if stop.asked() || stream.write_all(format!("KEEP {number}\n").as_bytes()).and_then(|()| stream.read_exact(&mut answer)).is_err() {
            break;
        }
        kept.push(number);
    }
    Ok(kept)
}

fn kill(manner: &str, folder: &Path) -> Result<Seen> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let file = folder.join(manner);
    let plan = Plan {
        seed: 21,
        rounds: 5,
        after: (Duration::from_millis(5), Duration::from_millis(60)),
        command: [std::env::current_exe()?.to_string_lossy().as_ref(), "--exact", "crash::the_program_under_test", "--nocapture"].map(str::to_owned).to_vec(),
        environment: vec![(CHILD.to_owned(), format!("{address} {} {manner}", file.display()))],
        address,
        ready: "/ready".to_owned(),
        log: folder.join("log"),
    };
    rounds(
        &plan,
        |round, stop| load(address, round, stop),
        |_, acknowledged| {
            let text = std::fs::read_to_string(&file)?;
            let there: std::collections::BTreeSet<u64> = text.lines().filter_map(|line| line.parse().ok()).collect();
            let missing = acknowledged.iter().filter(|number| !there.contains(number)).count();
            ensure!(missing == 0, "{missing} of {} acknowledged numbers are missing", acknowledged.len());
            Ok(())
        },
    )
}

#[test]
fn a_program_that_writes_first_loses_nothing() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let seen = kill("honest", folder.path())?;
    ensure!(seen.loaded_rounds > 0 && seen.acknowledged > 0 && seen.restarts.len() == 5, "{seen:?}");
    ensure!(seen.slowest() > Duration::ZERO);
    Ok(())
}

#[test]
fn a_program_that_acknowledges_first_is_caught() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let error = kill("lying", folder.path()).map(|seen| format!("{seen:?}")).err();
    let message = error.map(|error| format!("{error:#}")).unwrap_or_default();
    ensure!(message.contains("seed 21, round") && message.contains("are missing"), "not caught: {message:?}");
    Ok(())
}
