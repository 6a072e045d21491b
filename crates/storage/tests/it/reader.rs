//! Reads of PostgreSQL that are asked for at once.

use std::collections::BTreeSet;

use siger_storage::{Error, params};

use crate::place::{POSTGRES, Place};

/// Pages that come together wait for a connection. Each opening its own would cost the server a process, and soon the last place that it has.
#[test]
fn many_who_read_at_once_share_few_connections() {
    let Some(place) = Place::postgres("readers") else {
        println!("skipped: {POSTGRES} is not set");
        return;
    };
    let store = place.office();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let used: BTreeSet<u64> = runtime.block_on(async {
        let reads = (0..80).map(|_| {
            let store = store.clone();
            tokio::spawn(async move {
                let asked = "SELECT CAST(pg_backend_pid() AS bigint) FROM pg_sleep(0.05)";
                store.read(move |tx| Ok::<_, Error>(tx.query(asked, params![], |row| row.count(0))?.remove(0))).await.unwrap()
            })
        });
        let mut used = BTreeSet::new();
        for read in reads.collect::<Vec<_>>() {
            used.insert(read.await.unwrap());
        }
        used
    });
    assert!((2..=16).contains(&used.len()), "{} connections for 80 reads", used.len());
}
