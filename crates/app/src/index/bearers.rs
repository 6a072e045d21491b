//! Who bears a word.

/// The slots of a word, in no order. Most different words of a large office are borne by one person, whose list takes no memory of its own.
#[derive(Debug)]
pub enum Bearers {
    One(u32),
    Many(Vec<u32>),
}

impl Default for Bearers {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Bearers {
    pub fn as_slice(&self) -> &[u32] {
        match self {
            Self::One(slot) => std::slice::from_ref(slot),
            Self::Many(slots) => slots,
        }
    }

    /// Adds a slot that is not in it.
    pub fn add(&mut self, slot: u32) {
        match self {
            Self::Many(slots) if slots.is_empty() => *self = Self::One(slot),
            Self::Many(slots) => slots.push(slot),
            Self::One(first) => *self = Self::Many(vec![*first, slot]),
        }
    }

    /// Takes a slot out, if it is in it.
    pub fn take_out(&mut self, slot: u32) {
        match self {
            Self::One(only) if *only == slot => *self = Self::default(),
            Self::One(_) => {}
            Self::Many(slots) => {
                if let Some(position) = slots.iter().position(|other| *other == slot) {
                    slots.swap_remove(position);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(steps in prop::collection::vec((0u32..4, any::<bool>()), 0..40)) {
            let (mut bearers, mut model) = (Bearers::default(), BTreeSet::new());
            for (slot, comes) in steps {
                if !comes {
                    bearers.take_out(slot);
                    model.remove(&slot);
                } else if model.insert(slot) {
                    bearers.add(slot);
                }
                prop_assert_eq!(bearers.as_slice().iter().copied().collect::<BTreeSet<_>>(), model.clone());
                prop_assert_eq!(bearers.as_slice().len(), model.len());
            }
        }
    }
}
