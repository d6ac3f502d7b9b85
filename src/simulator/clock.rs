//! The time inside the simulator, which a test can hold still.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::moment;

/// Tells the simulator what time it is. Clones tell the same time.
#[derive(Clone, Debug)]
pub struct Clock(Hands);

#[derive(Clone, Debug)]
enum Hands {
    System,
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    /// The time of this machine.
    #[must_use]
    pub fn system() -> Self {
        Self(Hands::System)
    }

    /// A time that stands still until it is set.
    #[must_use]
    pub fn fixed(now: Timestamp) -> Self {
        Self(Hands::Fixed(Arc::new(Mutex::new(now))))
    }

    /// Whether it stands still until it is set.
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        match self.0 {
            Hands::System => false,
            Hands::Fixed(_) => true,
        }
    }

    /// Sets a fixed clock. The system's clock goes on unmoved.
    pub fn set(&self, now: Timestamp) {
        if let Hands::Fixed(fixed) = &self.0 {
            *fixed.lock().unwrap_or_else(PoisonError::into_inner) = now;
        }
    }

    /// Moves a fixed clock. The system's clock goes on unmoved.
    pub fn advance(&self, by: SignedDuration) {
        if let Ok(then) = self.exact().checked_add(by) {
            self.set(then);
        }
    }

    /// The time now, in whole seconds as everything in this API.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        moment::whole_seconds(self.exact())
    }

    /// The time now to the fraction, for pauses that are not rounded.
    pub(super) fn exact(&self) -> Timestamp {
        match &self.0 {
            Hands::System => Timestamp::now(),
            Hands::Fixed(fixed) => *fixed.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use jiff::{SignedDuration, Timestamp};

    #[test]
    fn a_clock_that_is_moved_by_parts_of_a_second_loses_none() {
        let clock = Clock::fixed(Timestamp::UNIX_EPOCH);

        for _ in 0..4 {
            clock.advance(SignedDuration::from_millis(500));
        }

        assert_eq!(clock.now(), Timestamp::from_second(2).unwrap());
    }
}
