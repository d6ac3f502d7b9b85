//! The records as they were a while ago, for lists that lag behind writes.
//!
//! Remembers only what has changed within the lag, and nothing while there is none.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::kind::Kind;
use super::state::Record;

/// What has changed lately, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Past(VecDeque<Was>);

/// A record as it was until a moment; nothing where it did not exist.
#[derive(Debug)]
struct Was {
    kind: Kind,
    id: u32,
    until: Timestamp,
    before: Option<Record>,
}

impl Past {
    /// Remembers what a record was before it changed now, and forgets what no list can show any more.
    pub(super) fn remember(&mut self, kind: Kind, id: u32, before: Option<Record>, now: Timestamp, lag: u32) {
        let shown = moment_shown(now, lag);
        self.0.retain(|was| lag > 0 && was.until > shown);
        if lag > 0 {
            self.0.push_back(Was { kind, id, until: now, before });
        }
    }

    /// The records that lists show otherwise than they are now: as they were, or not at all.
    pub(super) fn shown_otherwise(
        &self,
        kind: Kind,
        now: Timestamp,
        lag: u32,
    ) -> BTreeMap<u32, Option<&Record>> {
        let shown = moment_shown(now, lag);
        let later = self.0.iter().filter(|was| lag > 0 && was.kind == kind && was.until > shown);
        // From the newest to the oldest, so that the state at the moment that is shown is the one that stays.
        later.rev().map(|was| (was.id, was.before.as_ref())).collect()
    }
}

/// The moment whose state lists show.
fn moment_shown(now: Timestamp, lag: u32) -> Timestamp {
    now.checked_sub(SignedDuration::from_secs(lag.into())).unwrap_or(Timestamp::MIN)
}
