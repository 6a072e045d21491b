//! What the writer says in the log, and how often.

use siger_domain::time::Instant;
use tracing::field::{Field, Visit};

use super::*;
use crate::keyring::RootSecret;
use crate::store::{Durability, Url};

#[test]
fn a_trouble_that_lasts_is_said_once_and_again_when_it_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let (keys, root) = (folder.path().join("keys"), RootSecret::from_bytes([1; 32]));
    let keyring = Keyring::create(&keys, &root, "siger.test/kabar", Instant::from_unix_micros(0), &[2; 32]).unwrap();
    let mut engine = Engine::open(&Url::Sqlite(folder.path().join("data")), None, Durability::Full).unwrap();
    engine.prepare(&keyring, &[], false).unwrap();
    let mut head = Head::empty();
    head.checkpoint = "siger.test/kabar\n0\nAAAA\n".into();
    let mut grow = |engine: &mut Engine, keyring_revision: u64| {
        head.edge.push([0; 32], |_, _, _| {});
        head.keyring_revision = keyring_revision;
        engine.transaction(|tx| head.save(tx)).unwrap();
    };
    // A folder in the place of its lock, which nobody can open to write.
    let witness = folder.path().join("witness/file");
    let file = WitnessFile::open(&witness).unwrap();
    std::fs::create_dir(witness.with_extension("lock")).unwrap();
    let mut work = Work {
        engine,
        keyring: keyring.clone(),
        witness: Some(file),
        witnessed: 0,
        announce: watch::channel(0).0,
        accept_clock: false,
        generations: Arc::default(),
        own_size: 0,
        signers: Signers::default(),
        suspect: false,
        only_look: false,
        said: Said::default(),
        untidy: None,
    };
    let messages = Messages::default();
    let said = |work: &mut Work| {
        tracing::subscriber::with_default(messages.clone(), || (0..3).for_each(|_| work.look()));
        std::mem::take(&mut *messages.0.lock())
    };
    let newest = keyring.revision();
    grow(&mut work.engine, newest);
    let full = said(&mut work);
    assert!(full.len() == 1 && full[0].starts_with("the witness file cannot be written"), "{full:?}");
    std::fs::remove_dir(witness.with_extension("lock")).unwrap();
    grow(&mut work.engine, newest);
    assert_eq!(said(&mut work), [""; 0]);
    std::fs::remove_file(witness.with_extension("lock")).unwrap();
    std::fs::create_dir(witness.with_extension("lock")).unwrap();
    // An old copy of the keyring beside it.
    grow(&mut work.engine, newest + 1);
    let both = said(&mut work);
    assert!(both.len() == 2 && both.iter().any(|said| said.starts_with("nothing is written until the keyring")), "{both:?}");
    assert_eq!(said(&mut work), [""; 0]);
}

/// Keeps the messages of one thread.
#[derive(Clone, Default)]
struct Messages(Arc<Mutex<Vec<String>>>);

impl Visit for Messages {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "message" {
            self.0.lock().push(format!("{value:?}"));
        }
    }
}

impl tracing::Subscriber for Messages {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        event.record(&mut self.clone());
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
}
