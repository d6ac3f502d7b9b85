//! Look-up tables that borrow their keys. They are only looked up: nothing may depend on their order.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use foldhash::fast::FixedState;

/// A look-up table.
pub(super) type Index<K, V> = HashMap<K, V, FixedState>;

/// A table with room for that many keys: growing one of a million keys moves them all, several times.
pub(super) fn sized<K, V>(keys: usize) -> Index<K, V> {
    Index::with_capacity_and_hasher(keys, FixedState::default())
}

/// A set that is only asked for membership.
pub(super) type Members<K> = HashSet<K, FixedState>;

/// What one key leads to: usually one thing, and never guessed among several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Few<T> {
    /// One.
    One(T),
    /// Several, in the order they came.
    Several(Vec<T>),
}

impl<T: Copy + PartialEq> Few<T> {
    /// Adds what a key leads to; the same thing twice is one thing.
    pub(super) fn add<K: Eq + Hash>(index: &mut Index<K, Self>, key: K, value: T) {
        use std::collections::hash_map::Entry;
        match index.entry(key) {
            Entry::Vacant(slot) => {
                slot.insert(Self::One(value));
            }
            Entry::Occupied(mut slot) => slot.get_mut().push(value),
        }
    }

    fn push(&mut self, value: T) {
        match self {
            Self::One(only) if *only == value => {}
            Self::One(only) => *self = Self::Several(vec![*only, value]),
            Self::Several(all) if all.contains(&value) => {}
            Self::Several(all) => all.push(value),
        }
    }

    /// All of them.
    pub(super) fn as_slice(&self) -> &[T] {
        match self {
            Self::One(only) => std::slice::from_ref(only),
            Self::Several(all) => all,
        }
    }
}
