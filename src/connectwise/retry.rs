//! When a failed read is repeated, and after how long. Writes never come here.
//!
//! The one place where anything is sent again. A session has a budget for it: a read that fails now and then is repeated
//! until it is whole, and when everything fails, little more is asked than would have been anyway.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::pace::PATIENCE;
use super::session::unpoisoned;
use super::{Class, ConnectWiseError};

/// How often one read is repeated at most.
const REPETITIONS: u32 = 4;
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So long after its first failure no read is begun again.
const GIVE_UP_AFTER: Duration = Duration::from_secs(90);

/// How a session repeats its reads.
#[derive(Debug)]
pub(super) struct Retry {
    /// The longest pause before the first repetition; it doubles each time.
    first_pause: Duration,
    budget: Mutex<Budget>,
}

/// How many repetitions are left, in tenths.
#[derive(Debug, PartialEq, Eq)]
struct Budget(u32);

impl Budget {
    /// Ten failures in a row may be mended. That is a short outage of a few readers, and no storm.
    const FULL: Self = Self(100);
    /// What one repetition takes.
    const REPETITION: u32 = 10;

    /// A read was answered: over a long session every tenth one may fail once.
    fn earn(&mut self) {
        self.0 = (self.0 + 1).min(Self::FULL.0);
    }

    /// Takes a repetition, if there is one left.
    fn spend(&mut self) -> bool {
        let left = self.0.checked_sub(Self::REPETITION);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
}

impl Retry {
    /// A whole budget.
    pub(super) fn new(first_pause: Duration) -> Self {
        Self { first_pause, budget: Mutex::new(Budget::FULL) }
    }

    /// Repeats a read as long as that can help and the budget lasts.
    pub(super) async fn repeating<T, F>(&self, mut read: impl FnMut() -> F) -> Result<T, ConnectWiseError>
    where
        F: Future<Output = Result<T, ConnectWiseError>>,
    {
        let mut failures = 0;
        let mut failed_at = None;
        loop {
            let error = match read().await {
                Ok(value) => {
                    unpoisoned(&self.budget).earn();
                    return Ok(value);
                }
                Err(error) => error,
            };
            failures += 1;
            let failing_for = failed_at.get_or_insert_with(Instant::now).elapsed();
            let Some(pause) = self.pause_after(failures, failing_for, &error, dice()) else {
                return Err(error);
            };
            if !unpoisoned(&self.budget).spend() {
                return Err(error);
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait before repeating a read that failed `failures` times now, or `None` to give up.
    ///
    /// `dice` is any number; it spreads the pauses of programs that failed together, over all the time from none.
    fn pause_after(
        &self,
        failures: u32,
        failing_for: Duration,
        error: &ConnectWiseError,
        dice: u64,
    ) -> Option<Duration> {
        if failures > REPETITIONS || failing_for > GIVE_UP_AFTER {
            return None;
        }
        match error.class() {
            // Nobody's turn comes before the pause is over that was asked for.
            Class::Throttled { wait } => wait.is_none_or(|wait| wait <= PATIENCE).then_some(Duration::ZERO),
            Class::Passing => {
                let doubled = self.first_pause.saturating_mul(1 << (failures.clamp(1, 16) - 1));
                Some(share(doubled.min(LONGEST_PAUSE), dice))
            }
            Class::Setup
            | Class::NotPermitted
            | Class::Refused
            | Class::Gone
            | Class::Moved
            | Class::Incomplete => None,
        }
    }
}

/// A number nobody can foresee, from the seeds that hash tables are protected with.
pub(super) fn dice() -> u64 {
    RandomState::new().hash_one(0)
}

/// A part of a time, from none to all of it, as the dice fall.
pub(super) fn share(whole: Duration, dice: u64) -> Duration {
    let thousandths = u32::try_from(dice % 1_001).expect("a remainder of 1,001 fits");
    whole.saturating_mul(thousandths) / 1_000
}

#[cfg(test)]
mod tests;
