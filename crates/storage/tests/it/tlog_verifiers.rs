//! Verifiers in Go and Python, which share no code with this crate, read a log as it is published and must agree with it; and must find it when it is
//! damaged, rolled back or rewritten. Where `go` (with `golang.org/x/mod`) or `python3` is not installed, that one is skipped and says so.

use base64::{Engine, engine::general_purpose::STANDARD};
use siger_storage::tlog::{
    Checkpoint, Edge, Hash, Nodes, NoteSigner, Receipt, TilePath, commitment, consistency, inclusion, leaf_hash, root,
    tile::{encode_bundle, encode_hashes},
};
use std::{
    convert::Infallible,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

const ORIGIN: &str = "imigrasi.contoh/way-kanan";

/// Where Debian puts the Go packages of `golang-golang-x-mod-dev`.
const DEBIAN_GOPATH: &str = "/usr/share/gocode";

/// A log in memory whose key was replaced when it had `rotated_at` entries.
struct Log {
    edge: Edge,
    entries: Vec<[u8; 32]>,
    levels: Vec<Vec<Hash>>,
    old_key: NoteSigner,
    new_key: NoteSigner,
    rotated_at: u64,
}

/// Salt and entry, made up.
fn opening(index: u64) -> ([u8; 32], String) {
    (leaf_hash(&index.to_be_bytes()), format!("sample entry {index}"))
}

impl Nodes for Log {
    type Error = Infallible;

    fn nodes(&mut self, level: u8, start: u64, count: usize) -> Result<Vec<Hash>, Infallible> {
        Ok(self.levels[usize::from(level)].iter().skip(start as usize).take(count).copied().collect())
    }
}

impl Log {
    fn of(size: u64, changed: Option<u64>) -> Log {
        let key = |seed| NoteSigner::new(ORIGIN, &[seed; 32]).unwrap();
        let mut log = Log { edge: Edge::empty(), entries: Vec::new(), levels: vec![Vec::new(); 8], old_key: key(1), new_key: key(2), rotated_at: size / 2 };
        for index in 0..size {
            let (salt, mut entry) = opening(index);
            if changed == Some(index) {
                entry.push('!');
            }
            let entry = commitment(&salt, entry.as_bytes());
            let leaf = leaf_hash(&entry);
            log.entries.push(entry);
            log.levels[0].push(leaf);
            let levels = &mut log.levels;
            log.edge.push(leaf, |level, _, hash| levels[usize::from(level)].push(hash));
        }
        log
    }

    /// The checkpoint as it was signed at this size: by the old key, and from the rotation on by both.
    fn checkpoint(&mut self, size: u64) -> String {
        let checkpoint = Checkpoint { origin: ORIGIN.to_owned(), size, root: root(self, size).unwrap() };
        if size < self.rotated_at { checkpoint.sign(&[&self.old_key]) } else { checkpoint.sign(&[&self.old_key, &self.new_key]) }.unwrap()
    }

    fn vkeys(&self) -> String {
        format!("{} {}", self.old_key.verifier().vkey(), self.new_key.verifier().vkey())
    }

    /// Writes what the office serves, and below it what an auditor has gathered.
    fn publish(&mut self, dir: &Path, receipts: &[(u64, u64)], kept: &[u64], proofs: &[(u64, u64)]) {
        let size = self.edge.size();
        write(dir, "checkpoint", self.checkpoint(size));
        for tile in TilePath::all(size) {
            let (start, end) = (tile.start() as usize, tile.start() as usize + tile.width());
            let bytes = match tile.level() {
                Some(level) => encode_hashes(&self.levels[usize::from(level)][start..end]),
                None => encode_bundle(self.entries[start..end].iter().map(<[u8; 32]>::as_slice)).unwrap(),
            };
            write(dir, &tile.to_string(), bytes);
        }
        for (position, &(index, size)) in receipts.iter().enumerate() {
            // Every other one says what it is about.
            let (salt, entry) = opening(index);
            let extra = if position % 2 == 0 { Vec::new() } else { entry.clone().into_bytes() };
            let receipt = Receipt { index, proof: inclusion(self, index, size).unwrap(), checkpoint: self.checkpoint(size), extra };
            write(dir, &format!("receipts/{index}-in-{size}.tlog-proof"), receipt.encode());
            if position % 2 == 0 {
                write(dir, &format!("receipts/{index}-in-{size}.opening"), [&salt[..], entry.as_bytes()].concat());
            }
        }
        for &size in kept {
            let checkpoint = self.checkpoint(size);
            write(dir, &format!("checkpoints/{size}"), checkpoint);
        }
        for &(old, new) in proofs {
            let mut body = format!("old {old}\n");
            for hash in consistency(self, old, new).unwrap() {
                body.extend([&STANDARD.encode(hash), "\n"]);
            }
            body.extend(["\n", &self.checkpoint(new)]);
            write(dir, &format!("consistency/{old}-{new}"), body);
        }
    }
}

fn write(dir: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A verifier that can be run here.
struct Verifier {
    name: &'static str,
    command: PathBuf,
    first: Option<PathBuf>,
}

impl Verifier {
    /// Whether it accepts, and what it said.
    fn run(&self, dir: &Path, vkeys: &str) -> (bool, String) {
        let output = Command::new(&self.command).args(&self.first).arg(dir).arg(vkeys).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success() || text.contains("FAILED: "), "{} crashed: {text}", self.name);
        (output.status.success(), text)
    }
}

/// The verifiers that can be run here, found and compiled once for all tests.
fn verifiers() -> &'static [Verifier] {
    static FOUND: OnceLock<Vec<Verifier>> = OnceLock::new();
    FOUND.get_or_init(find_verifiers)
}

fn find_verifiers() -> Vec<Verifier> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/verifiers");
    let mut found = Vec::new();
    match Command::new("python3").arg("--version").output() {
        Ok(output) if output.status.success() => {
            found.push(Verifier { name: "Python", command: "python3".into(), first: Some(sources.join("verify.py")) });
        }
        _ => skipped("python3 is not installed"),
    }
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("verify-go");
    // Outside of modules, so that nothing is fetched; its cache among our own build files, so that the home folder stays as it is.
    let go = |arguments: &[&str]| {
        let mut command = Command::new("go");
        command.args(arguments).env("GO111MODULE", "off").env("GOPATH", DEBIAN_GOPATH).env("GOFLAGS", "").env("GOPROXY", "off").env("GOTOOLCHAIN", "local");
        command.env("GOCACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/go-cache"));
        command.output()
    };
    match go(&["list", "golang.org/x/mod/sumdb/tlog", "golang.org/x/mod/sumdb/note"]) {
        Ok(output) if output.status.success() => {
            let source = sources.join("verify.go");
            let built = go(&["build", "-o", program.to_str().unwrap(), source.to_str().unwrap()]).unwrap();
            assert!(built.status.success(), "verify.go does not compile: {}", String::from_utf8_lossy(&built.stderr));
            found.push(Verifier { name: "Go", command: program, first: None });
        }
        _ => skipped("go with golang.org/x/mod (golang-go, golang-golang-x-mod-dev) is not installed"),
    }
    found
}

/// Says that a part was skipped, past the test harness, which would swallow it.
fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: an independent verifier of the log, because {why}");
}

#[test]
fn they_agree_with_a_log_of_70_000_entries() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("log");
    let mut log = Log::of(70_000, None);
    let receipts = [
        (0, 1),
        (0, 2),
        (1, 2),
        (254, 255),
        (255, 256),
        (0, 257),
        (256, 257),
        (4_095, 10_000),
        (65_535, 65_536),
        (65_536, 65_537),
        (12_345, 69_999),
        (69_998, 69_999),
        (0, 70_000),
        (65_535, 70_000),
        (69_887, 70_000),
        (69_999, 70_000),
    ];
    let kept = [0, 1, 255, 256, 257, 34_999, 65_535, 65_536, 65_537, 69_999, 70_000];
    let proofs = [
        (0, 1),
        (1, 2),
        (1, 70_000),
        (200, 256),
        (256, 257),
        (255, 65_536),
        (34_567, 65_537),
        (65_536, 70_000),
        (65_537, 70_000),
        (69_999, 70_000),
        (70_000, 70_000),
    ];
    log.publish(&dir, &receipts, &kept, &proofs);
    let expected = format!(
        "log {ORIGIN}: 70000 entries, root {}\n\
         tiles and bundles: {} agree with every entry and with the root\n\
         receipts: 16 verified, 8 of them opened\n\
         earlier checkpoints: 11 consistent with the log\n\
         consistency proofs: 11 verified\n",
        STANDARD.encode(log.edge.root()),
        TilePath::all(70_000).count(),
    );
    for verifier in verifiers() {
        assert_eq!(verifier.run(&dir, &log.vkeys()), (true, expected.clone()), "{}", verifier.name);
    }
}

#[test]
fn they_agree_with_logs_of_other_sizes() {
    let scratch = tempfile::tempdir().unwrap();
    for size in [0, 1, 2, 255, 256, 257, 513] {
        let dir = scratch.path().join(size.to_string());
        let mut log = Log::of(size, None);
        let receipts: Vec<_> = size.checked_sub(1).map(|last| (last, size)).into_iter().collect();
        log.publish(&dir, &receipts, &[0, size / 2, size], &[(size / 2, size), (size, size)]);
        for verifier in verifiers() {
            let (accepted, said) = verifier.run(&dir, &log.vkeys());
            assert!(accepted, "{}, {size} entries: {said}", verifier.name);
            assert!(said.contains(&STANDARD.encode(log.edge.root())), "{}, {size} entries: {said}", verifier.name);
        }
    }
}

/// Changes one byte of a file.
fn flip(dir: &Path, path: &str, at: usize) {
    let mut bytes = fs::read(dir.join(path)).unwrap();
    bytes[at] ^= 1;
    fs::write(dir.join(path), bytes).unwrap();
}

/// Something done to a published log that must be found.
type Damage = (&'static str, fn(&Path));

const DAMAGE: [Damage; 17] = [
    ("a changed leaf hash", |dir| flip(dir, "tile/0/000", 40)),
    ("a changed leaf hash at the right edge", |dir| flip(dir, "tile/0/002.p/188", 187 * 32)),
    ("a changed node", |dir| flip(dir, "tile/1/000.p/2", 0)),
    ("a changed entry", |dir| flip(dir, "tile/entries/001", 100)),
    ("a changed entry length", |dir| flip(dir, "tile/entries/002.p/188", 1)),
    ("a removed tile", |dir| fs::remove_file(dir.join("tile/0/001")).unwrap()),
    ("a removed bundle", |dir| fs::remove_file(dir.join("tile/entries/000")).unwrap()),
    ("a tile that goes on", |dir| write(dir, "tile/1/000.p/2", [fs::read(dir.join("tile/1/000.p/2")).unwrap(), vec![0; 32]].concat())),
    ("swapped bundles", |dir| {
        let [first, second] = ["tile/entries/000", "tile/entries/001"].map(|path| fs::read(dir.join(path)).unwrap());
        write(dir, "tile/entries/000", second);
        write(dir, "tile/entries/001", first);
    }),
    ("a changed signature", |dir| flip(dir, "checkpoint", 150)),
    ("a proof for another entry", |dir| {
        let receipt = fs::read_to_string(dir.join("receipts/5-in-600.tlog-proof")).unwrap();
        write(dir, "receipts/5-in-600.tlog-proof", receipt.replace("index 5\n", "index 4\n"));
    }),
    ("a shortened proof", |dir| cut_line(dir, "receipts/5-in-600.tlog-proof", 3)),
    ("a changed opening", |dir| flip(dir, "receipts/5-in-600.opening", 0)),
    ("a shortened consistency proof", |dir| cut_line(dir, "consistency/300-700", 2)),
    ("a checkpoint of what came later (rolled back)", |dir| write(dir, "checkpoints/later", Log::of(701, None).checkpoint(701))),
    ("a checkpoint of a rewritten log (forked)", |dir| write(dir, "checkpoints/fork", Log::of(700, Some(3)).checkpoint(699))),
    ("a receipt from a rewritten log", |dir| {
        let mut fork = Log::of(700, Some(3));
        let receipt = Receipt { index: 8, proof: inclusion(&mut fork, 8, 650).unwrap(), checkpoint: fork.checkpoint(650), extra: Vec::new() };
        write(dir, "receipts/fork.tlog-proof", receipt.encode());
    }),
];

fn cut_line(dir: &Path, path: &str, line: usize) {
    let text = fs::read_to_string(dir.join(path)).unwrap();
    let kept: String = text.split_inclusive('\n').enumerate().filter(|(position, _)| position + 1 != line).map(|(_, line)| line).collect();
    fs::write(dir.join(path), kept).unwrap();
}

#[test]
fn they_find_damage_rollback_and_forks() {
    let scratch = tempfile::tempdir().unwrap();
    let mut log = Log::of(700, None);
    let mut publish = |name: &str| {
        let dir = scratch.path().join(name);
        log.publish(&dir, &[(5, 600)], &[100], &[(300, 700)]);
        dir
    };
    let sound = publish("sound");
    let vkeys = Log::of(0, None).vkeys();
    for verifier in verifiers() {
        assert!(verifier.run(&sound, &vkeys).0, "{}: sound", verifier.name);
    }
    for (position, (what, damage)) in DAMAGE.iter().enumerate() {
        let dir = publish(&position.to_string());
        damage(&dir);
        for verifier in verifiers() {
            let (accepted, said) = verifier.run(&dir, &vkeys);
            assert!(!accepted, "{} missed {what}: {said}", verifier.name);
        }
    }
    // A key of the same name that the office never had.
    let dir = scratch.path().join("key");
    let mut log = Log::of(10, None);
    log.publish(&dir, &[], &[], &[]);
    let stranger = NoteSigner::new(ORIGIN, &[3; 32]).unwrap();
    for verifier in verifiers() {
        assert!(!verifier.run(&dir, &stranger.verifier().vkey()).0, "{} took a stranger's key", verifier.name);
        assert!(verifier.run(&dir, &log.new_key.verifier().vkey()).0, "{} knows only the new key", verifier.name);
    }
}
