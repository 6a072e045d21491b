//! Data keys kept ready for use, bounded, and forgotten as soon as the keyring changes.

use parking_lot::Mutex;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use super::{KeyIndex, seal::DataKey};

/// Keys kept ready. A page shows at most some hundred persons; 4,096 keys are about 2 MB.
const SLOTS: usize = 4_096;

struct Slot {
    index: KeyIndex,
    key: Arc<DataKey>,
}

/// One place for each index modulo [`SLOTS`]: a new key takes the place of the old one, so there is no list to keep in order and no
/// common lock.
///
/// A key belongs to a *generation* of the keyring. The generation is read under the lock of the slot, and is raised before the slots
/// are emptied: a reader that derived a key just before a puncture can neither find nor leave it here afterwards.
pub(super) struct Cache {
    generation: AtomicU64,
    slots: Box<[Mutex<Option<Slot>>]>,
}

impl Cache {
    pub(super) fn new(generation: u64) -> Self {
        Self { generation: AtomicU64::new(generation), slots: (0..SLOTS).map(|_| Mutex::new(None)).collect() }
    }

    pub(super) fn get(&self, generation: u64, index: KeyIndex) -> Option<Arc<DataKey>> {
        let slot = self.slot(index).lock();
        let found = slot.as_ref().filter(|slot| slot.index == index && self.generation.load(Ordering::Acquire) == generation);
        found.map(|slot| Arc::clone(&slot.key))
    }

    pub(super) fn put(&self, generation: u64, index: KeyIndex, key: &Arc<DataKey>) {
        let mut slot = self.slot(index).lock();
        if self.generation.load(Ordering::Acquire) == generation {
            *slot = Some(Slot { index, key: Arc::clone(key) });
        }
    }

    /// Begins a new generation and forgets all keys.
    pub(super) fn renew(&self, generation: u64) {
        self.generation.store(generation, Ordering::Release);
        for slot in &self.slots {
            *slot.lock() = None;
        }
    }

    fn slot(&self, index: KeyIndex) -> &Mutex<Option<Slot>> {
        &self.slots[index.bits() as usize % SLOTS]
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Key, *};

    #[test]
    fn keys_do_not_outlive_their_generation() {
        let cache = Cache::new(1);
        let key = Arc::new(DataKey::new(&Key::new([1; 32])));
        let (near, far) = (KeyIndex::new(0, 5), KeyIndex::new(0, 5 + SLOTS as u32));
        cache.put(1, near, &key);
        assert!(cache.get(1, near).is_some());
        assert!(cache.get(1, far).is_none(), "another index in the same slot");
        cache.put(1, far, &key);
        assert!(cache.get(1, near).is_none() && cache.get(1, far).is_some());
        cache.renew(2);
        assert_eq!(Arc::strong_count(&key), 1, "nothing is left of the old generation");
        cache.put(1, near, &key);
        assert!(cache.get(2, near).is_none() && cache.get(1, near).is_none(), "a late reader leaves nothing behind");
        assert_eq!(Arc::strong_count(&key), 1);
    }
}
