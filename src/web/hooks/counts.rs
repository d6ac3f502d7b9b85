//! How many deliveries came to what, by hook.
//!
//! The set of counters is closed: hooks by their names in the settings, and outcomes. Nothing that a stranger sends can
//! add one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Refusal;

/// What came of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It rang at once.
    Rang,
    /// It came too soon after a ring, and rings as soon as it may.
    Delayed,
    /// One that came before it waits to ring, and rings for both.
    Joined,
    /// It came before, and does not ring.
    Repeated,
    /// It is about other branches, and does not ring.
    Elsewhere,
    /// It was refused.
    Refused(Refusal),
    /// It was turned away, because its address failed too often.
    Limited,
}

impl Outcome {
    /// The word it is counted by; a refusal's is its reason.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rang => "rang",
            Self::Delayed => "delayed",
            Self::Joined => "joined",
            Self::Repeated => "repeated",
            Self::Elsewhere => "elsewhere",
            Self::Refused(refusal) => refusal.as_str(),
            Self::Limited => "limited",
        }
    }
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The hook; `None` for what reached none.
    pub hook: Option<Arc<str>>,
    /// What came of it.
    pub outcome: Outcome,
    /// How often.
    pub count: u64,
}

/// The counters since the start.
#[derive(Debug, Default)]
pub(super) struct Counts {
    counters: Mutex<BTreeMap<Counter, u64>>,
}

/// A hook, if one was reached, and what came of it.
type Counter = (Option<Arc<str>>, Outcome);

impl Counts {
    /// Counts one.
    pub(super) fn add(&self, hook: Option<&Arc<str>>, outcome: Outcome) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        *counters.entry((hook.cloned(), outcome)).or_default() += 1;
    }

    /// All that are not zero, in a steady order.
    pub(super) fn all(&self) -> Vec<Count> {
        let counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        counters
            .iter()
            .map(|((hook, outcome), count)| Count { hook: hook.clone(), outcome: *outcome, count: *count })
            .collect()
    }
}
