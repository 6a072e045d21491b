//! Locks between the connections of one process, as SQLite's layer for Unix gives them: the file lock of rollback mode and the eight locks of the
//! write-ahead log's shared memory.

use std::collections::BTreeMap;

/// One open file of one connection.
pub type Holder = u64;

/// How much of a file a connection has locked. The order is SQLite's (`SQLITE_LOCK_NONE` is 0, ... `SQLITE_LOCK_EXCLUSIVE` is 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    None,
    /// May read.
    Shared,
    /// Means to write; others may read.
    Reserved,
    /// Waits for the readers to leave; nobody new may come.
    Pending,
    /// May write; nobody else is there.
    Exclusive,
}

/// Who holds the file, and how.
#[derive(Debug, Default)]
pub struct FileLock(BTreeMap<Holder, Level>);

impl FileLock {
    /// Raises the lock of `who` to `wanted`. False when others are in the way; a wish for `Exclusive` then leaves `Pending` behind, which keeps
    /// new readers out (<https://www.sqlite.org/lockingv3.html>, section 3).
    pub fn raise(&mut self, who: Holder, wanted: Level) -> bool {
        let have = self.0.get(&who).copied().unwrap_or(Level::None);
        if have >= wanted {
            return true;
        }
        let others = || self.0.iter().filter(|(holder, _)| **holder != who).map(|(_, level)| *level);
        let strongest = others().max().unwrap_or(Level::None);
        let free = match wanted {
            Level::None => true,
            Level::Shared => strongest < Level::Pending,
            Level::Reserved | Level::Pending => strongest < Level::Reserved,
            Level::Exclusive => strongest == Level::None,
        };
        if free {
            self.0.insert(who, wanted);
        } else if wanted == Level::Exclusive && strongest < Level::Reserved {
            self.0.insert(who, Level::Pending);
        }
        free
    }

    /// Lowers the lock of `who` to `level`.
    pub fn lower(&mut self, who: Holder, level: Level) {
        if level == Level::None {
            self.0.remove(&who);
        } else if let Some(have) = self.0.get_mut(&who) {
            *have = level.min(*have);
        }
    }

    /// Whether anybody means to write.
    pub fn reserved(&self) -> bool {
        self.0.values().any(|level| *level >= Level::Reserved)
    }
}

/// Number of locks in the shared memory of a write-ahead log (`SQLITE_SHM_NLOCK`).
pub const SHM_LOCKS: usize = 8;

#[derive(Debug, Default, Clone, Copy)]
struct Slot {
    shared: u64,
    exclusive: bool,
}

/// The eight locks of one write-ahead log, and who holds which.
#[derive(Debug, Default)]
pub struct ShmLocks {
    slots: [Slot; SHM_LOCKS],
    shared: BTreeMap<Holder, u16>,
    exclusive: BTreeMap<Holder, u16>,
}

impl ShmLocks {
    /// Takes `count` locks from `first` together, or none of them and says false.
    pub fn lock(&mut self, who: Holder, first: usize, count: usize, exclusive: bool) -> bool {
        let range = first..(first + count).min(SHM_LOCKS);
        let mine_shared = self.shared.get(&who).copied().unwrap_or(0);
        let mine_exclusive = self.exclusive.get(&who).copied().unwrap_or(0);
        let blocked = range.clone().any(|slot| {
            let others_shared = self.slots[slot].shared > u64::from(mine_shared >> slot & 1);
            let others_exclusive = self.slots[slot].exclusive && mine_exclusive >> slot & 1 == 0;
            others_exclusive || (exclusive && others_shared)
        });
        if blocked {
            return false;
        }
        for slot in range {
            let bit = 1 << slot;
            if exclusive {
                self.slots[slot].exclusive = true;
                *self.exclusive.entry(who).or_default() |= bit;
            } else if mine_shared & bit == 0 {
                self.slots[slot].shared += 1;
                *self.shared.entry(who).or_default() |= bit;
            }
        }
        true
    }

    /// Gives back what `who` holds of these locks.
    pub fn unlock(&mut self, who: Holder, first: usize, count: usize) {
        for slot in first..(first + count).min(SHM_LOCKS) {
            let bit = 1 << slot;
            if let Some(mask) = self.exclusive.get_mut(&who).filter(|mask| **mask & bit != 0) {
                *mask &= !bit;
                self.slots[slot].exclusive = false;
            }
            if let Some(mask) = self.shared.get_mut(&who).filter(|mask| **mask & bit != 0) {
                *mask &= !bit;
                self.slots[slot].shared -= 1;
            }
        }
    }

    /// Gives back all that `who` holds.
    pub fn leave(&mut self, who: Holder) {
        self.unlock(who, 0, SHM_LOCKS);
        self.shared.remove(&who);
        self.exclusive.remove(&who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_waits_for_readers_and_keeps_new_ones_out() {
        let mut lock = FileLock::default();
        assert!(lock.raise(1, Level::Shared) && lock.raise(2, Level::Shared));
        assert!(lock.raise(1, Level::Reserved));
        assert!(!lock.raise(2, Level::Reserved), "one writer only");
        assert!(!lock.raise(1, Level::Exclusive), "a reader is there");
        assert!(!lock.raise(3, Level::Shared), "and nobody new may come");
        lock.lower(2, Level::None);
        assert!(lock.raise(1, Level::Exclusive));
        assert!(lock.reserved());
        lock.lower(1, Level::Shared);
        assert!(!lock.reserved());
        assert!(lock.raise(3, Level::Shared));
    }

    #[test]
    fn log_locks_are_shared_or_exclusive_and_taken_together() {
        let mut locks = ShmLocks::default();
        assert!(locks.lock(1, 3, 1, false) && locks.lock(2, 3, 1, false));
        assert!(!locks.lock(3, 2, 3, true), "lock 3 is in use");
        assert!(locks.lock(3, 2, 1, true), "so lock 2 was not taken by the wish before");
        locks.unlock(1, 3, 1);
        assert!(!locks.lock(3, 3, 1, true));
        locks.leave(2);
        assert!(locks.lock(3, 3, 1, true));
        assert!(!locks.lock(1, 3, 1, false));
    }
}
