//! How long a write may take, and when reading tells for sure what came of it.
//!
//! Durations and comparisons only. Whoever drives the protocol looks at the clocks.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The two times of the write protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timing {
    /// A write that is not on its way this long after its intent was meant is not sent at all.
    pub send_by: Duration,
    /// How long after the send-by time a read tells for sure. Longer than the latest landing of a request (180 s) and
    /// the lag of reads (60 s) together.
    pub settle: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self { send_by: Duration::from_secs(5), settle: Duration::from_secs(300) }
    }
}

impl Timing {
    /// When an intent that was meant at that time can be settled by reading.
    #[must_use]
    pub fn settles_at(self, meant_at: Timestamp) -> Timestamp {
        meant_at.saturating_add(self.whole()).unwrap_or(Timestamp::MAX)
    }

    /// From the intent to the settle time.
    fn whole(self) -> Duration {
        self.send_by.saturating_add(self.settle)
    }
}

/// How long ago an intent was meant, by two clocks.
///
/// The monotonic clock stands still while a machine sleeps, the wall clock can be set: either alone may call an old
/// re-read fresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// By the monotonic clock.
    pub monotonic: Duration,
    /// By the wall clock; negative when it was set back.
    pub wall: SignedDuration,
}

impl Elapsed {
    /// Whether both clocks agree that no more than this has passed.
    pub(super) fn is_within(self, limit: Duration) -> bool {
        let wall = Duration::try_from(self.wall);
        self.monotonic <= limit && wall.is_ok_and(|wall| wall <= limit)
    }
}

/// How long an open intent has been watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// This process meant it, that long ago by the monotonic clock. The wall clock is not asked.
    SinceMeant(Duration),
    /// An earlier process meant it: only the wall clock spans both, or this process has waited the whole time itself.
    SinceStart {
        /// The time by the wall clock.
        now: Timestamp,
        /// How long this process has run, by the monotonic clock.
        running: Duration,
    },
}

impl Watched {
    /// How long it still takes until the intent can be settled by reading; zero when it can be now.
    pub(super) fn remaining(self, timing: Timing, settles_at: Timestamp) -> Duration {
        match self {
            Self::SinceMeant(elapsed) => timing.whole().saturating_sub(elapsed),
            Self::SinceStart { now, running } => {
                let by_wall = Duration::try_from(settles_at.duration_since(now)).unwrap_or(Duration::ZERO);
                by_wall.min(timing.whole().saturating_sub(running))
            }
        }
    }
}
