//! One callback on its way, as the log keeps it.

use jiff::Timestamp;

/// A callback that waits, was delivered, or was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place among all deliveries, from 1.
    pub sequence: u64,
    /// The registration it is for.
    pub callback: u32,
    /// When the record was saved, on the simulator's clock.
    pub created: Timestamp,
    /// Where it goes: the registered address, the record's number and the action appended.
    pub url: String,
    /// Its header `x-content-signature`.
    pub signature: String,
    /// Its body, byte by byte as it is signed.
    pub body: String,
    /// The fault that befell it.
    pub fault: Option<&'static str>,
    /// What came of each attempt.
    pub attempts: Vec<Attempt>,
    /// When it is sent, on the simulator's clock; nothing where it is over or on its way.
    pub next_attempt: Option<Timestamp>,
}

/// One attempt to deliver a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When it was over, on the simulator's clock.
    pub time: Timestamp,
    /// What came of it.
    pub outcome: DeliveryOutcome,
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// It was answered with this status.
    Answered(u16),
    /// It was not answered within five seconds.
    TimedOut,
    /// Nobody took it, or the connection broke.
    Unreachable,
    /// It was not sent: its address is not plain HTTP to this machine.
    NotSent,
}

impl DeliveryOutcome {
    /// Whether the receiver has it.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        match self {
            Self::Answered(status) => (200..300).contains(&status),
            Self::TimedOut | Self::Unreachable | Self::NotSent => false,
        }
    }
}

impl Delivery {
    /// Whether the receiver has it.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.attempts.last().is_some_and(|attempt| attempt.outcome.is_accepted())
    }
}
