//! Answers given before.
//!
//! The key holds everything that a decision looks at, packed into one number, so two questions with the same key have the
//! same answer. An officer at work asks a few dozen different questions all day.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use parking_lot::RwLock;

use super::{Decision, Request};

/// Answers kept. A few thousand cover every combination that an office of any size meets in a day (roles held together ×
/// actions × their purposes); at about 100 bytes each the cache stays below 1 MiB.
const ENTRIES_MAX: usize = 8_192;

/// Everything that a decision depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(u64);

impl Key {
    /// Bits, from the left: competences 16, roles 24, action 8, purpose 4, kind 4, flags 6 (62 in all). That each part
    /// fits is tested below.
    pub(super) fn of(request: &Request<'_>, competences: u16) -> Self {
        let mut key = u64::from(competences);
        key = key << 24 | u64::from(request.actor.roles.bits());
        key = key << 8 | request.action as u64;
        key = key << 4 | request.purpose as u64;
        key = key << 4 | request.resource.kind as u64;
        for flag in
            [request.actor.on_leave, request.actor.suspended, request.resource.own, request.resource.secret, request.fresh_sign_in, request.second_person]
        {
            key = key << 1 | u64::from(flag);
        }
        Self(key)
    }
}

/// Mixes the one number of a key: a multiplication (Knuth, TAOCP 3, §6.4) and its upper half over the lower. Nobody outside
/// chooses keys freely, so the slower hash against chosen collisions is not needed.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}

pub(super) struct Cache {
    entries: RwLock<HashMap<Key, Decision, BuildHasherDefault<Mix>>>,
}

impl Cache {
    pub(super) fn new() -> Self {
        Self { entries: RwLock::new(HashMap::with_capacity_and_hasher(256, BuildHasherDefault::default())) }
    }

    pub(super) fn get(&self, key: Key) -> Option<Decision> {
        self.entries.read().get(&key).cloned()
    }

    /// Keeps an answer. A full cache is emptied: it fills again within a second of work, and there is no order to keep up.
    pub(super) fn put(&self, key: Key, decision: Decision) {
        let mut entries = self.entries.write();
        if entries.len() >= ENTRIES_MAX {
            entries.clear();
        }
        entries.insert(key, decision);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ActorFacts, ResourceFacts, Why};
    use super::*;
    use siger_domain::access::{Action, Purpose, ResourceKind, Role, RoleSet};
    use std::collections::HashSet;

    #[test]
    fn each_part_of_the_key_has_room() {
        assert!(Role::ALL.len() <= 24, "roles");
        assert!(Action::ALL.len() <= 1 << 8, "actions");
        assert!(Purpose::ALL.len() <= 1 << 4, "purposes");
        assert!(ResourceKind::ALL.len() <= 1 << 4, "kinds");
    }

    #[test]
    fn different_questions_have_different_keys() {
        let mut roles: Vec<RoleSet> = Role::ALL.iter().map(|role| RoleSet::of(*role)).collect();
        roles.extend([RoleSet::EMPTY, Role::ALL.iter().copied().collect()]);
        let mut keys = HashSet::new();
        let mut asked = 0;
        for roles in roles {
            for action in Action::ALL {
                for purpose in Purpose::ALL {
                    for flags in 0..64_u8 {
                        for competences in [0, 1, 1 << 15] {
                            let flag = |bit: u8| flags & 1 << bit != 0;
                            let actor = ActorFacts { roles, competences: &[], on_leave: flag(0), suspended: flag(1) };
                            let resource = ResourceFacts { kind: action.resource(), own: flag(2), secret: flag(3) };
                            let request = Request { actor, action: *action, resource, purpose: *purpose, fresh_sign_in: flag(4), second_person: flag(5) };
                            keys.insert(Key::of(&request, competences));
                            asked += 1;
                        }
                    }
                }
            }
        }
        assert_eq!(keys.len(), asked);
    }

    #[test]
    fn the_cache_does_not_grow_past_its_bound() {
        let cache = Cache::new();
        for number in 0..3 * ENTRIES_MAX as u64 {
            cache.put(Key(number), Decision::Deny(Why::Role));
            assert!(cache.get(Key(number)).is_some());
        }
        assert!(cache.entries.read().len() <= ENTRIES_MAX);
    }
}
