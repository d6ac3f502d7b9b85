//! What was told of each tenant, so that it is not told again, and so that its end is; and what of it did not arrive.
//!
//! Plain values; knows neither a file nor a clock.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::matter::Key;
use super::owed::{Owed, Word};

/// The form of the file.
const FORMAT: &str = "trueup.alerts/1";

/// All that was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    tenants: BTreeMap<Arc<str>, BTreeMap<Key, Told>>,
    /// What did not arrive yet.
    pub(super) owed: Owed,
}

/// What was told of one matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Told {
    /// How it was called, for the message of its end.
    pub(super) name: String,
    /// When it was told last.
    pub(super) at: Timestamp,
    /// When its end was told last.
    pub(super) over_at: Option<Timestamp>,
    /// Whether its end is still to be told.
    pub(super) lasts: Lasts,
}

/// Whether the end of a matter is still to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Lasts {
    /// It was told, and its end was not.
    Yes,
    /// Its end was told, or never will be.
    No,
}

/// A memory that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// It is no such document.
    #[error("it is no JSON of this kind: {0}")]
    Json(#[from] serde_json::Error),
    /// It was written by another version.
    #[error("its format is {0:?}")]
    Format(String),
}

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    tenants: BTreeMap<Arc<str>, Vec<Entry>>,
    #[serde(default)]
    owed: Owed,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    key: Key,
    #[serde(flatten)]
    told: Told,
}

impl Memory {
    /// What was told of a tenant.
    pub(super) fn of(&self, tenant: &str) -> Option<&BTreeMap<Key, Told>> {
        self.tenants.get(tenant)
    }

    /// What was told of one matter.
    pub(super) fn told(&self, tenant: &str, key: &Key) -> Option<&Told> {
        self.tenants.get(tenant)?.get(key)
    }

    /// Remembers that a matter was told.
    pub(super) fn tell(&mut self, tenant: &Arc<str>, key: Key, name: String, lasts: Lasts, now: Timestamp) {
        let told = self.tenants.entry(Arc::clone(tenant)).or_default();
        let over_at = told.get(&key).and_then(|told| told.over_at);
        told.insert(key, Told { name, at: now, over_at, lasts });
    }

    /// Remembers that the end of a matter was told; gives how it was called.
    pub(super) fn end(&mut self, tenant: &str, key: &Key, now: Timestamp) -> Option<String> {
        let told = self.tenants.get_mut(tenant)?.get_mut(key)?;
        told.lasts = Lasts::No;
        told.over_at = Some(now);
        Some(told.name.clone())
    }

    /// Remembers when something arrived that was told before: the quiet time begins with that.
    pub(super) fn arrived(&mut self, tenant: &str, key: &Key, word: &Word, now: Timestamp) {
        let Some(told) = self.tenants.get_mut(tenant).and_then(|told| told.get_mut(key)) else { return };
        match word {
            Word::Began => told.at = told.at.max(now),
            Word::Over(_) => told.over_at = told.over_at.max(Some(now)),
        }
    }

    /// Forgets a tenant.
    pub(super) fn forget(&mut self, tenant: &str) {
        self.tenants.remove(tenant);
        self.owed.retain(|of, _| of != tenant);
    }

    /// Forgets what no longer keeps anything from being told.
    pub(super) fn prune(&mut self, quiet: SignedDuration, now: Timestamp) {
        let recent = |at: Timestamp| now.duration_since(at) < quiet;
        for told in self.tenants.values_mut() {
            told.retain(|key, told| {
                let ahead = if let Key::Freeze(opens) = key { recent(*opens) } else { false };
                ahead || told.lasts == Lasts::Yes || recent(told.at) || told.over_at.is_some_and(recent)
            });
        }
        self.tenants.retain(|_, told| !told.is_empty());
        let tenants = &self.tenants;
        self.owed.retain(|of, key| tenants.get(of).is_some_and(|told| told.contains_key(key)));
    }

    /// The memory as a file keeps it.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let entries = |told: &BTreeMap<Key, Told>| {
            told.iter().map(|(key, told)| Entry { key: key.clone(), told: told.clone() }).collect()
        };
        let tenants = self.tenants.iter().map(|(tenant, told)| (Arc::clone(tenant), entries(told))).collect();
        serde_json::to_vec(&Document { format: FORMAT.to_owned(), tenants, owed: self.owed.clone() })
            .expect("texts, times and keys are always JSON")
    }

    /// The memory of a file. Times that lie ahead become now: a clock that was set back must not silence anything.
    pub(super) fn from_json(json: &[u8], now: Timestamp) -> Result<Self, Unreadable> {
        let document: Document = serde_json::from_slice(json)?;
        if document.format != FORMAT {
            return Err(Unreadable::Format(document.format));
        }
        let past =
            |told: Told| Told { at: told.at.min(now), over_at: told.over_at.map(|at| at.min(now)), ..told };
        let keyed =
            |entries: Vec<Entry>| entries.into_iter().map(|entry| (entry.key, past(entry.told))).collect();
        Ok(Self {
            tenants: document.tenants.into_iter().map(|(tenant, entries)| (tenant, keyed(entries))).collect(),
            owed: document.owed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::{AgreementId, LineKey, ProductId};
    use crate::problem::Code;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_was_told_survives_the_way_through_a_file() {
        let now = time("2026-11-22T09:00:00Z");
        let tenant: Arc<str> = "msp".into();
        let line = LineKey { agreement: AgreementId(3), product: ProductId(5) };
        let mut memory = Memory::default();
        memory.tell(&tenant, Key::Line(line), "Acme/GB".into(), Lasts::Yes, now);
        memory.tell(
            &tenant,
            Key::Source(Code::UsageStale, "intronis".into()),
            String::new(),
            Lasts::Yes,
            now,
        );
        memory.tell(&tenant, Key::Refused("7c1e9a4".into()), String::new(), Lasts::Yes, now);
        memory.tell(&tenant, Key::Freeze(now), String::new(), Lasts::No, now);
        memory.end("msp", &Key::Line(line), now);

        let read = Memory::from_json(&memory.to_json(), now).unwrap();

        assert_eq!(read, memory);
    }

    #[test]
    fn a_time_that_lies_ahead_silences_nothing() {
        let (now, ahead) = (time("2026-11-22T09:00:00Z"), time("2036-11-22T09:00:00Z"));
        let mut memory = Memory::default();
        memory.tell(&"msp".into(), Key::Failing, String::new(), Lasts::Yes, ahead);

        let read = Memory::from_json(&memory.to_json(), now).unwrap();

        assert_eq!(read.told("msp", &Key::Failing).unwrap().at, now);
    }

    #[test]
    fn what_is_over_for_long_is_forgotten_and_what_lasts_is_not() {
        let (then, now) = (time("2026-11-20T09:00:00Z"), time("2026-11-22T09:00:00Z"));
        let tenant: Arc<str> = "msp".into();
        let mut memory = Memory::default();
        memory.tell(&tenant, Key::Failing, String::new(), Lasts::Yes, then);
        memory.tell(&tenant, Key::Unwritten, String::new(), Lasts::Yes, then);
        memory.end("msp", &Key::Unwritten, then);

        memory.prune(SignedDuration::from_hours(24), now);

        assert!(memory.told("msp", &Key::Failing).is_some());
        assert_eq!(memory.told("msp", &Key::Unwritten), None);
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        let json = br#"{"format":"trueup.alerts/2","tenants":{}}"#;

        assert!(Memory::from_json(json, Timestamp::MIN).is_err());
    }
}
