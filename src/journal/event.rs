//! What can happen, as it is stored: one JSON object an event.
//!
//! A stored event is read forever. A variant or a field is added, never renamed or removed.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Instance, Intent, IntentId, Observation, Outcome, RunId, RunResult};
use crate::billing::Quantity;
use crate::plan::Summary;
use crate::usage::SnapshotVerdict;

/// One thing that happened to a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// The tenant's ConnectWise was met for the first time.
    Met(Instance),
    /// A plan was drawn.
    Planned { commit: Arc<str>, digest: Arc<str>, summary: Figures },
    /// A plan began to be applied.
    RunBegan { commit: Arc<str>, plan: Arc<str> },
    /// It was applied, as far as it could be.
    RunEnded { run: RunId, result: RunResult },
    /// A write is about to be sent.
    Intended { run: RunId, intent: Intent },
    /// It is in doubt what came of it.
    Doubted { intent: IntentId, message: String, settles_at: Timestamp },
    /// It is known what came of it.
    Settled { intent: IntentId, outcome: Outcome },
    /// A line was seen as it should be, changed by others, or adopted.
    Observed(Observation),
    /// A usage snapshot was recorded.
    Snapshot { source: Arc<str>, as_of: Timestamp, verdict: SnapshotVerdict, digest: Digest },
}

/// How a line was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Sighting {
    /// It bills what it should, computed by these terms at that commit.
    InStep {
        /// The commit.
        commit: Arc<str>,
        /// The terms.
        terms: Arc<str>,
    },
    /// Its quantity is neither the one we last wrote nor the desired one.
    Foreign,
    /// Its hand-set quantity is kept until the desired one changes.
    Adopted {
        /// The desired quantity now.
        against: Quantity,
        /// The commit.
        commit: Arc<str>,
        /// The terms.
        terms: Arc<str>,
    },
}

/// The figures of a plan. A plan may come to have more of them than an old event tells; the rest are then none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Figures(pub(super) Summary);

impl<'de> Deserialize<'de> for Figures {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let told = serde_json::Map::deserialize(deserializer)?;
        let mut whole = serde_json::to_value(Summary::default()).map_err(serde::de::Error::custom)?;
        if let Some(whole) = whole.as_object_mut() {
            whole.extend(told);
        }
        serde_json::from_value(whole).map(Self).map_err(serde::de::Error::custom)
    }
}

/// A SHA-256, as hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digest(pub(super) [u8; 32]);

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::chain::hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes =
            super::chain::unhex(&text).ok_or_else(|| serde::de::Error::custom("not 64 hex digits"))?;
        Ok(Self(bytes))
    }
}
