//! How long a write may take, and when reading tells for sure what came of it.
//!
//! Durations and comparisons only. Whoever drives the protocol looks at the clocks.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// The times of the write protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Timing {
    /// A write that is not on its way this long after what it rests on was asked for is not sent at all.
    pub send_by: Duration,
    /// How long after the send-by time a read tells for sure. Longer than the latest landing of a request (180 s) and
    /// the lag of reads (60 s) together.
    pub settle: Duration,
    /// How old a read may be. One that shows a line as it was before our write is not believed at once.
    pub read_lag: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            send_by: Duration::from_secs(5),
            settle: Duration::from_secs(300),
            read_lag: Duration::from_secs(60),
        }
    }
}

impl Timing {
    /// When an intent that was meant at that time can be settled by reading.
    #[must_use]
    pub fn settles_at(self, meant_at: Timestamp) -> Timestamp {
        later(meant_at, self.send_by.saturating_add(self.settle))
    }

    /// When an intent can be settled by reading whose answer was given up at that time.
    pub(super) fn settles_after_doubt(self, doubted_at: Timestamp) -> Timestamp {
        later(doubted_at, self.settle)
    }
}

fn later(time: Timestamp, span: Duration) -> Timestamp {
    time.saturating_add(span).unwrap_or(Timestamp::MAX)
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
    #[must_use]
    pub fn is_within(self, limit: Duration) -> bool {
        let wall = Duration::try_from(self.wall);
        self.monotonic <= limit && wall.is_ok_and(|wall| wall <= limit)
    }
}

/// How long an open intent has been watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// This process gave the answer up, that long ago by the monotonic clock. The write was sent before that, even if
    /// the machine slept between the look at the clocks and the sending. The wall clock is not asked.
    SinceDoubt(Duration),
    /// An earlier process, or an earlier pass, left it open: only the wall clock spans both.
    UntilNow(Timestamp),
}

impl Watched {
    /// How long it still takes until the intent can be settled by reading; zero when it can be now.
    pub(super) fn remaining(self, timing: Timing, settles_at: Timestamp) -> Duration {
        match self {
            // The send-by time may still be ahead when a doubt comes at once, so it counts here too.
            Self::SinceDoubt(elapsed) => timing.send_by.saturating_add(timing.settle).saturating_sub(elapsed),
            Self::UntilNow(now) => {
                Duration::try_from(settles_at.duration_since(now)).unwrap_or(Duration::ZERO)
            }
        }
    }
}
