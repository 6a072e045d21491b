//! Every story of the office once more, on PostgreSQL.

use std::process::Command;

use siger_testkit::engine::{ENGINE, Engine, POSTGRES, postgres};

/// The tests whose office lies on the engine that is meant. The others look at files, or choose their engine themselves.
const STORIES: &[&str] =
    &["api::", "api_access::", "api_described::", "api_logs::", "archive::", "desk::", "index::", "jobs::", "keys::", "notify::", "office::", "retention::"];
/// Fewer were run: the list above has gone stale.
const STORIES_MIN: usize = 70;

#[test]
fn the_same_on_postgresql() {
    if Engine::meant() == Engine::Postgres {
        return;
    }
    if postgres().is_none() {
        println!("skipped on PostgreSQL: {POSTGRES} is not set");
        return;
    }
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(STORIES).args(["--test-threads", "2"]).env(ENGINE, "postgres").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let passed = said.rsplit("test result: ok. ").next().and_then(|rest| rest.split(' ').next()?.parse::<usize>().ok());
    assert!(passed.is_some_and(|passed| passed >= STORIES_MIN), "{said}");
}
