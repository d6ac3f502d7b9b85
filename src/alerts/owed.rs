//! What each notifier still has to be told: what was handed on to it and did not arrive.
//!
//! Plain values; knows neither a file nor a clock. Decides that nothing is sent again while it is on its way. Whether it
//! still holds is decided by whoever sees the tenant.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::matter::Key;

/// All that is owed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Entry>", into = "Vec<Entry>")]
pub(super) struct Owed {
    debts: BTreeMap<(Arc<str>, Arc<str>), BTreeMap<Key, Debt>>,
}

/// What of a matter is told: that it began, or that it is over and how it was called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Word {
    /// It began.
    Began,
    /// It is over; this was its name.
    Over(String),
}

/// What one delivery tells one notifier of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// Who is told.
    pub(super) notifier: Arc<str>,
    /// Of whom.
    pub(super) tenant: Arc<str>,
    /// By which delivery.
    pub(super) delivery: String,
    /// What.
    pub(super) words: Vec<(Key, Word)>,
}

/// What came of a delivery in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// What it told whom.
    pub(super) slip: Slip,
    /// Whether it did.
    pub(super) end: End,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It arrived.
    Arrived,
    /// It did not, and is not tried again by itself.
    GivenUp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Debt {
    word: Word,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// This delivery is on its way.
    Sent(String),
    /// None is. Another may follow, at the earliest then.
    Due(Timestamp),
}

/// A debt as a file keeps it. Nothing is on its way at a start, so all of them are due then.
#[derive(Serialize, Deserialize)]
struct Entry {
    notifier: Arc<str>,
    tenant: Arc<str>,
    key: Key,
    word: Word,
}

impl Owed {
    /// A delivery is on its way. What was owed of the same matters before is owed no more.
    pub(super) fn sent(&mut self, slip: &Slip) {
        let debts = self.debts.entry((Arc::clone(&slip.notifier), Arc::clone(&slip.tenant))).or_default();
        for (key, word) in &slip.words {
            let state = State::Sent(slip.delivery.clone());
            debts.insert(key.clone(), Debt { word: word.clone(), state });
        }
    }

    /// A delivery arrived.
    pub(super) fn arrived(&mut self, slip: &Slip) {
        self.of(slip, |debts, key| {
            debts.remove(key);
        });
        self.tidy();
    }

    /// A delivery will not arrive; what it told is due again at that time.
    pub(super) fn failed(&mut self, slip: &Slip, again: Timestamp) {
        self.of(slip, |debts, key| {
            if let Some(debt) = debts.get_mut(key) {
                debt.state = State::Due(again);
            }
        });
    }

    /// Does something with each debt that this delivery was to settle; later ones of the same matter are left.
    fn of(&mut self, slip: &Slip, mut work: impl FnMut(&mut BTreeMap<Key, Debt>, &Key)) {
        let owner = (Arc::clone(&slip.notifier), Arc::clone(&slip.tenant));
        let Some(debts) = self.debts.get_mut(&owner) else { return };
        let sent = State::Sent(slip.delivery.clone());
        for (key, _) in &slip.words {
            if debts.get(key).is_some_and(|debt| debt.state == sent) {
                work(debts, key);
            }
        }
    }

    /// Takes out what is due of a tenant, by notifier. `at` says from when on something can be told that is due then.
    pub(super) fn take(
        &mut self,
        tenant: &str,
        now: Timestamp,
        at: impl Fn(&Key, &Word, Timestamp) -> Option<Timestamp>,
    ) -> BTreeMap<Arc<str>, Vec<(Key, Word)>> {
        let mut taken = BTreeMap::new();
        for ((notifier, _), debts) in self.debts.iter_mut().filter(|((_, of), _)| **of == *tenant) {
            let due = debts.extract_if(.., |key, debt| {
                debt.due().and_then(|due| at(key, &debt.word, due)).is_some_and(|at| at <= now)
            });
            let words: Vec<(Key, Word)> = due.map(|(key, debt)| (key, debt.word)).collect();
            if !words.is_empty() {
                taken.insert(Arc::clone(notifier), words);
            }
        }
        self.tidy();
        taken
    }

    /// When something can be taken out next.
    pub(super) fn next(
        &self,
        tenant: &str,
        at: impl Fn(&Key, &Word, Timestamp) -> Option<Timestamp>,
    ) -> Option<Timestamp> {
        let of_tenant = self.debts.iter().filter(|((_, of), _)| **of == *tenant);
        let times = of_tenant.flat_map(|(_, debts)| debts);
        times.filter_map(|(key, debt)| at(key, &debt.word, debt.due()?)).min()
    }

    /// Keeps what is still to be told of tenants and matters.
    pub(super) fn retain(&mut self, keep: impl Fn(&str, &Key) -> bool) {
        for ((_, tenant), debts) in &mut self.debts {
            debts.retain(|key, _| keep(tenant, key));
        }
        self.tidy();
    }

    fn tidy(&mut self) {
        self.debts.retain(|_, debts| !debts.is_empty());
    }
}

impl Debt {
    /// When it is due; `None` while a delivery is on its way.
    fn due(&self) -> Option<Timestamp> {
        match self.state {
            State::Sent(_) => None,
            State::Due(at) => Some(at),
        }
    }
}

impl From<Vec<Entry>> for Owed {
    fn from(entries: Vec<Entry>) -> Self {
        let mut owed = Self::default();
        for Entry { notifier, tenant, key, word } in entries {
            let debt = Debt { word, state: State::Due(Timestamp::MIN) };
            owed.debts.entry((notifier, tenant)).or_default().insert(key, debt);
        }
        owed
    }
}

impl From<Owed> for Vec<Entry> {
    fn from(owed: Owed) -> Self {
        let of_one = |((notifier, tenant), debts): ((Arc<str>, Arc<str>), BTreeMap<Key, Debt>)| {
            debts.into_iter().map(move |(key, debt)| Entry {
                notifier: Arc::clone(&notifier),
                tenant: Arc::clone(&tenant),
                key,
                word: debt.word,
            })
        };
        owed.debts.into_iter().flat_map(of_one).collect()
    }
}
