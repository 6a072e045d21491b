//! The disk as a program sees it, and as a power cut leaves it.
//!
//! Each file has a *durable* content (as of its last sync), the list of writes and truncations since, and the content that a running program
//! reads. Names are kept the same way: creating or deleting a file changes the directory, and that change is durable only when the directory is
//! synced. No `unsafe` and no SQLite here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::rng::Rng;

/// The unit in which a drive writes: what a power cut can leave half done. 512 bytes is the smallest that drives use, hence the harshest.
pub const SECTOR: u64 = 512;

/// Name of a file's content for as long as it lives; a file deleted and created anew has another one.
pub type NodeId = u64;

#[derive(Debug)]
enum Op {
    Write { at: u64, data: Vec<u8> },
    Truncate { len: u64 },
}

#[derive(Debug, Default)]
struct Node {
    durable: Vec<u8>,
    current: Vec<u8>,
    pending: Vec<Op>,
    opened: usize,
}

/// All files that were opened through one layer.
#[derive(Debug, Default)]
pub struct Disk {
    nodes: BTreeMap<NodeId, Node>,
    next: NodeId,
    names: BTreeMap<PathBuf, NodeId>,
    durable_names: BTreeMap<PathBuf, NodeId>,
    pending_names: Vec<(PathBuf, Option<NodeId>)>,
    /// Names deleted here, whose file on the real disk below must not shine through again.
    deleted: BTreeSet<PathBuf>,
}

impl Disk {
    /// A disk that holds these files, all durable.
    pub fn holding(files: &BTreeMap<PathBuf, Vec<u8>>) -> Self {
        let mut disk = Disk::default();
        for (path, content) in files {
            let id = disk.add(Node { durable: content.clone(), current: content.clone(), ..Node::default() });
            disk.names.insert(path.clone(), id);
            disk.durable_names.insert(path.clone(), id);
        }
        disk
    }

    /// The file of that name. A file that only the real disk has is read from there once and counts as durable; the real file is never changed.
    pub fn find(&mut self, path: &Path) -> Option<NodeId> {
        if let Some(id) = self.names.get(path) {
            return Some(*id);
        }
        if self.deleted.contains(path) || !path.is_file() {
            return None;
        }
        let content = std::fs::read(path).ok()?;
        let id = self.add(Node { durable: content.clone(), current: content, ..Node::default() });
        self.names.insert(path.to_owned(), id);
        self.durable_names.insert(path.to_owned(), id);
        Some(id)
    }

    /// An empty file of that name. Its name is lost in a power cut until [`Disk::sync_directory`].
    pub fn create(&mut self, path: &Path) -> NodeId {
        let id = self.add(Node::default());
        self.names.insert(path.to_owned(), id);
        self.pending_names.push((path.to_owned(), Some(id)));
        id
    }

    /// A file without a name: no power cut keeps it.
    pub fn create_nameless(&mut self) -> NodeId {
        self.add(Node::default())
    }

    /// Removes the name. False when there was none.
    pub fn delete(&mut self, path: &Path) -> bool {
        let found = self.find(path).is_some();
        if found {
            self.names.remove(path);
            self.deleted.insert(path.to_owned());
            self.pending_names.push((path.to_owned(), None));
            self.collect();
        }
        found
    }

    /// Counts one more user of the content.
    pub fn opened(&mut self, id: NodeId) {
        self.node(id).opened += 1;
    }

    /// Counts one user less; a content without name and user is forgotten.
    pub fn closed(&mut self, id: NodeId) {
        let node = self.node(id);
        node.opened = node.opened.saturating_sub(1);
        self.collect();
    }

    /// Length as a running program sees it.
    pub fn len(&self, id: NodeId) -> u64 {
        self.nodes.get(&id).map_or(0, |node| node.current.len() as u64)
    }

    /// Fills `out` from `at` and returns how many bytes the file had there.
    pub fn read(&self, id: NodeId, at: u64, out: &mut [u8]) -> usize {
        let Some(node) = self.nodes.get(&id) else {
            return 0;
        };
        let start = usize::try_from(at).unwrap_or(usize::MAX).min(node.current.len());
        let count = out.len().min(node.current.len() - start);
        out[..count].copy_from_slice(&node.current[start..start + count]);
        count
    }

    /// Writes for the running program; durable only after [`Disk::sync`].
    pub fn write(&mut self, id: NodeId, at: u64, data: &[u8]) {
        let node = self.node(id);
        overwrite(&mut node.current, at, data);
        node.pending.push(Op::Write { at, data: data.to_vec() });
    }

    /// Cuts or lengthens the file; durable only after [`Disk::sync`].
    pub fn truncate(&mut self, id: NodeId, len: u64) {
        let node = self.node(id);
        node.current.resize(len as usize, 0);
        node.pending.push(Op::Truncate { len });
    }

    /// Makes content and length of the file durable. Its name is another matter.
    pub fn sync(&mut self, id: NodeId) {
        let node = self.node(id);
        for op in std::mem::take(&mut node.pending) {
            match op {
                Op::Write { at, data } => overwrite(&mut node.durable, at, &data),
                Op::Truncate { len } => node.durable.resize(len as usize, 0),
            }
        }
    }

    /// A sync that failed. The kernel reports the error once and forgets the pages (Linux, and PostgreSQL's "fsyncgate" of 2018): what was
    /// pending is partly on the disk, a later sync does not bring the rest, and reads from memory still show it.
    pub fn fail_sync(&mut self, id: NodeId, rng: &mut Rng) {
        let node = self.node(id);
        node.durable = survivors(node, rng);
        node.pending.clear();
    }

    /// Makes all names of the directory durable.
    pub fn sync_directory(&mut self, directory: &Path) {
        let (here, elsewhere) = std::mem::take(&mut self.pending_names).into_iter().partition(|(path, _)| path.parent() == Some(directory));
        self.pending_names = elsewhere;
        for (path, id) in Vec::into_iter(here) {
            set_name(&mut self.durable_names, path, id);
        }
        self.collect();
    }

    /// Bytes in all files, as a running program sees them.
    pub fn used(&self) -> u64 {
        self.nodes.values().map(|node| node.current.len() as u64).sum()
    }

    /// The files that a power cut at this moment could leave; each call with another state of `rng` is another possible outcome.
    pub fn cut(&self, rng: &mut Rng) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut names = self.durable_names.clone();
        // Changes to one name keep their order, and a cut keeps a beginning of them; different names are independent of each other.
        let mut changes: BTreeMap<&Path, Vec<Option<NodeId>>> = BTreeMap::new();
        for (path, id) in &self.pending_names {
            changes.entry(path).or_default().push(*id);
        }
        for (path, steps) in changes {
            let kept = rng.below(steps.len() + 1);
            if let Some(last) = steps[..kept].last() {
                set_name(&mut names, path.to_owned(), *last);
            }
        }
        names.into_iter().filter_map(|(path, id)| self.nodes.get(&id).map(|node| (path, survivors(node, rng)))).collect()
    }

    fn add(&mut self, node: Node) -> NodeId {
        self.next += 1;
        self.nodes.insert(self.next, node);
        self.next
    }

    fn node(&mut self, id: NodeId) -> &mut Node {
        self.nodes.entry(id).or_default()
    }

    fn collect(&mut self) {
        let mut alive: BTreeSet<NodeId> = self.names.values().chain(self.durable_names.values()).copied().collect();
        alive.extend(self.pending_names.iter().filter_map(|(_, id)| *id));
        self.nodes.retain(|id, node| node.opened > 0 || alive.contains(id));
    }
}

fn set_name(names: &mut BTreeMap<PathBuf, NodeId>, path: PathBuf, id: Option<NodeId>) {
    match id {
        Some(id) => names.insert(path, id),
        None => names.remove(&path),
    };
}

fn overwrite(content: &mut Vec<u8>, at: u64, data: &[u8]) {
    let (start, end) = (at as usize, at as usize + data.len());
    if content.len() < end {
        content.resize(end, 0);
    }
    content[start..end].copy_from_slice(data);
}

/// What is left of one file: its durable content, and of what was pending, sector by sector, nothing, all, or a torn part.
///
/// One cut in eight loses all that was pending and one in eight keeps it all, so that the plain outcomes, which independent sectors would make very
/// rare, are seen as well.
fn survivors(node: &Node, rng: &mut Rng) -> Vec<u8> {
    let mut content = node.durable.clone();
    if node.pending.is_empty() {
        return content;
    }
    match rng.below(8) {
        0 => return content,
        1 => return node.current.clone(),
        _ => {}
    }
    for op in &node.pending {
        match op {
            Op::Truncate { len } => {
                if rng.chance(1, 2) {
                    content.resize(*len as usize, 0);
                }
            }
            Op::Write { at, data } => {
                let mut done = 0;
                while done < data.len() {
                    let position = at + done as u64;
                    let room = (SECTOR - position % SECTOR) as usize;
                    let piece = &data[done..data.len().min(done + room)];
                    match rng.below(5) {
                        0 | 1 => {}
                        2 | 3 => overwrite(&mut content, position, piece),
                        _ => {
                            let half_done = torn(&content, position, piece, rng);
                            overwrite(&mut content, position, &half_done);
                        }
                    }
                    done += piece.len();
                }
            }
        }
    }
    // A file system may record the new length before the data has arrived: the rest then reads as zeros.
    if content.len() < node.current.len() && rng.chance(1, 2) {
        let longer = content.len() + rng.below(node.current.len() - content.len() + 1);
        content.resize(longer, 0);
    }
    content
}

/// A sector caught in the middle: a beginning of the new bytes, then the old ones or, as on drives that lose power while the head writes, noise.
/// Bytes outside the write are left alone: SQLite is told so (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`), as its own layer for Unix does.
fn torn(old: &[u8], at: u64, new: &[u8], rng: &mut Rng) -> Vec<u8> {
    let kept = rng.below(new.len());
    let noise = rng.chance(1, 2);
    let mut content = new.to_vec();
    for (index, byte) in content.iter_mut().enumerate().skip(kept) {
        *byte = if noise { rng.next_u64() as u8 } else { old.get(at as usize + index).copied().unwrap_or(0) };
    }
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        Path::new("/office").join(name)
    }

    #[test]
    fn what_is_synced_survives_every_cut() {
        let mut disk = Disk::default();
        let id = disk.create(&path("a"));
        disk.write(id, 100, b"kept");
        disk.sync(id);
        disk.sync_directory(Path::new("/office"));
        for seed in 0..50 {
            let files = disk.cut(&mut Rng::new(seed));
            assert_eq!(files[&path("a")].len(), 104, "seed {seed}");
            assert_eq!(&files[&path("a")][100..], b"kept", "seed {seed}");
        }
    }

    #[test]
    fn what_is_not_synced_is_sometimes_kept_lost_and_torn() {
        let mut disk = Disk::default();
        let id = disk.create(&path("a"));
        disk.write(id, 0, &[1; 2048]);
        disk.sync(id);
        disk.sync_directory(Path::new("/office"));
        disk.write(id, 0, &[2; 2048]);
        let (mut kept, mut lost, mut torn) = (0, 0, 0);
        for seed in 0..200 {
            let content = &disk.cut(&mut Rng::new(seed))[&path("a")];
            for sector in content.chunks(SECTOR as usize) {
                match sector {
                    s if s.iter().all(|byte| *byte == 2) => kept += 1,
                    s if s.iter().all(|byte| *byte == 1) => lost += 1,
                    _ => torn += 1,
                }
            }
        }
        assert!(kept > 100 && lost > 100 && torn > 100, "kept {kept}, lost {lost}, torn {torn}");
        let mut now = [0; 2048];
        assert_eq!(disk.read(id, 0, &mut now), 2048);
        assert_eq!(now, [2; 2048], "the running program sees its own writes");
    }

    #[test]
    fn a_name_is_lost_until_its_directory_is_synced() {
        let mut disk = Disk::default();
        let id = disk.create(&path("a"));
        disk.write(id, 0, b"x");
        disk.sync(id);
        let seen: BTreeSet<bool> = (0..50).map(|seed| disk.cut(&mut Rng::new(seed)).contains_key(&path("a"))).collect();
        assert_eq!(seen.len(), 2, "sometimes there, sometimes not");
        disk.sync_directory(Path::new("/elsewhere"));
        assert!((0..50).any(|seed| !disk.cut(&mut Rng::new(seed)).contains_key(&path("a"))));
        disk.sync_directory(Path::new("/office"));
        assert!((0..50).all(|seed| disk.cut(&mut Rng::new(seed)).contains_key(&path("a"))));
        disk.delete(&path("a"));
        let seen: BTreeSet<bool> = (0..50).map(|seed| disk.cut(&mut Rng::new(seed)).contains_key(&path("a"))).collect();
        assert_eq!(seen.len(), 2, "a deletion may be lost, too");
    }

    #[test]
    fn after_a_failed_sync_the_next_one_repairs_nothing() {
        let mut disk = Disk::default();
        let id = disk.create(&path("a"));
        disk.sync_directory(Path::new("/office"));
        disk.write(id, 0, &[7; 8 * SECTOR as usize]);
        disk.fail_sync(id, &mut Rng::new(3));
        disk.sync(id);
        let first = disk.cut(&mut Rng::new(1));
        assert_ne!(first[&path("a")], vec![7; 8 * SECTOR as usize]);
        assert_eq!(first, disk.cut(&mut Rng::new(2)), "nothing is pending any more");
    }

    #[test]
    fn the_same_seed_gives_the_same_cut() {
        let mut disk = Disk::default();
        let id = disk.create(&path("a"));
        disk.write(id, 3, &[5; 4000]);
        disk.truncate(id, 1000);
        disk.write(id, 900, &[6; 4000]);
        assert_eq!(disk.cut(&mut Rng::new(9)), disk.cut(&mut Rng::new(9)));
    }
}
