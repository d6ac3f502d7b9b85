//! What was counted for a tenant since the daemon started. Counts only grow, so that rates can be told from them.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{PassResult, Phase};

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passes by how they ended.
    pub passes: BTreeMap<PassResult, u64>,
    /// How long each phase took, one entry a bucket of [`Tally::BUCKETS`] and one for what took longer.
    pub durations: BTreeMap<Phase, Durations>,
    /// Writes by what was done and what came of it.
    pub writes: BTreeMap<(WriteKind, WriteResult), u64>,
    /// Writes that landed after they were given up.
    pub late_landings: u64,
    /// Requests by status; 0 stands for no answer.
    pub requests: BTreeMap<u16, u64>,
    /// How long reads waited because ConnectWise said so.
    pub throttled: Duration,
    /// Looks at a remote repository that went well; a folder of this machine is not fetched.
    pub fetches: u64,
    /// Looks at a remote repository that failed.
    pub failed_fetches: u64,
}

/// How long something took, counted by buckets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// How many took at most as long as the bucket of that index, and more than the one before.
    pub counts: [u64; Tally::BUCKETS.len() + 1],
    /// How long all took together.
    pub sum: Duration,
}

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteKind {
    /// Sets the quantity of an addition.
    Set,
    /// Creates an addition and then sets its quantity.
    Create,
}

impl WriteKind {
    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Create => "create",
        }
    }
}

/// What came of a line that was to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteResult {
    /// ConnectWise bills the desired quantity, read back.
    Verified,
    /// Somebody changed the line meanwhile, so it was left alone.
    Stale,
    /// It is not known yet what came of it.
    InDoubt,
    /// ConnectWise refused it, or stored something else.
    Failed,
    /// Writes stopped before its turn.
    NotTried,
}

impl WriteResult {
    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Stale => "stale",
            Self::InDoubt => "in_doubt",
            Self::Failed => "failed",
            Self::NotTried => "not_tried",
        }
    }
}

impl Tally {
    /// The upper bounds of the buckets, in milliseconds: from a local look to the reading of a large instance.
    pub const BUCKETS: [u64; 8] = [10, 50, 250, 1_000, 5_000, 30_000, 120_000, 600_000];

    /// Counts how long a phase took.
    pub fn took(&mut self, phase: Phase, duration: Duration) {
        let milliseconds = duration.as_millis();
        let bucket = Self::BUCKETS.iter().position(|bound| milliseconds <= u128::from(*bound));
        let durations = self.durations.entry(phase).or_default();
        durations.counts[bucket.unwrap_or(Self::BUCKETS.len())] += 1;
        durations.sum += duration;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_in_the_first_bucket_that_holds_it() {
        let mut tally = Tally::default();

        tally.took(Phase::Read, Duration::from_millis(10));
        tally.took(Phase::Read, Duration::from_millis(11));
        tally.took(Phase::Read, Duration::from_secs(3600));

        let read = &tally.durations[&Phase::Read];
        assert_eq!(read.counts, [1, 1, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(read.sum, Duration::from_millis(3_600_021));
    }
}
