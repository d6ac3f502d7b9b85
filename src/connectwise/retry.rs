//! When a failed read is repeated, and after how long. Writes never come here.
//!
//! Pure: the clock and the dice are the caller's.

use std::time::Duration;

use super::ConnectWiseError;

/// How often a read is repeated.
const REPETITIONS: u32 = 3;
/// The shortest wait once told to slow down: sooner would be taken for defiance.
const SHORTEST_THROTTLE: Duration = Duration::from_secs(1);
/// The longest wait that is honoured; a pass that must wait longer is better given up.
const LONGEST_THROTTLE: Duration = Duration::from_secs(60);

/// The rule by which reads are repeated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    /// The pause before the first repetition.
    pub(super) pause: Duration,
}

impl Retry {
    /// How long to wait before repeating a read that failed `failures` times now, or `None` to give up.
    ///
    /// `dice` is any number; it spreads the pauses of programs that failed together.
    pub(super) fn pause_after(self, failures: u32, error: &ConnectWiseError, dice: u64) -> Option<Duration> {
        if failures > REPETITIONS {
            return None;
        }
        let doubled = self.pause.saturating_mul(1 << (failures.clamp(1, 16) - 1));
        let spread = |pause: Duration| pause / 2 + share(pause / 2, dice);
        match error {
            ConnectWiseError::Throttled { retry_after } => {
                let told = retry_after.unwrap_or(doubled).clamp(SHORTEST_THROTTLE, LONGEST_THROTTLE);
                Some(told + share(self.pause, dice))
            }
            ConnectWiseError::Unreachable { .. }
            | ConnectWiseError::Timeout { .. }
            | ConnectWiseError::Server { .. } => Some(spread(doubled)),
            ConnectWiseError::Settings { .. }
            | ConnectWiseError::CertificateStore { .. }
            | ConnectWiseError::Untrusted { .. }
            | ConnectWiseError::Redirected { .. }
            | ConnectWiseError::UnknownCompany { .. }
            | ConnectWiseError::Unauthorized { .. }
            | ConnectWiseError::Forbidden { .. }
            | ConnectWiseError::NotFound { .. }
            | ConnectWiseError::Refused { .. }
            | ConnectWiseError::BadAnswer { .. }
            | ConnectWiseError::TooLarge { .. } => None,
        }
    }
}

/// A part of a pause, as the dice fall.
fn share(pause: Duration, dice: u64) -> Duration {
    let thousandths = u32::try_from(dice % 1_000).expect("a remainder of 1,000 fits");
    pause.saturating_mul(thousandths) / 1_000
}

#[cfg(test)]
mod tests {
    use super::Retry;
    use crate::connectwise::{ConnectWiseError, Resource};
    use std::time::Duration;

    const RETRY: Retry = Retry { pause: Duration::from_millis(300) };

    fn server() -> ConnectWiseError {
        ConnectWiseError::Server { resource: Resource::Companies, status: 503, message: String::new() }
    }

    #[test]
    fn a_failing_server_is_asked_three_times_more_with_growing_pauses() {
        let pauses: Vec<_> = (1..=4).map(|failures| RETRY.pause_after(failures, &server(), 999)).collect();

        assert!(pauses[0] < pauses[1] && pauses[1] < pauses[2], "{pauses:?}");
        assert_eq!(pauses[3], None);
    }

    #[test]
    fn pauses_are_spread_between_half_and_whole() {
        assert_eq!(RETRY.pause_after(1, &server(), 0), Some(Duration::from_millis(150)));
        assert_eq!(RETRY.pause_after(1, &server(), 500), Some(Duration::from_millis(225)));
    }

    #[test]
    fn a_wait_that_was_asked_for_is_kept_within_a_second_and_a_minute() {
        let wait = |retry_after| RETRY.pause_after(1, &ConnectWiseError::Throttled { retry_after }, 0);

        assert_eq!(wait(Some(Duration::from_secs(7))), Some(Duration::from_secs(7)));
        assert_eq!(wait(Some(Duration::ZERO)), Some(Duration::from_secs(1)));
        assert_eq!(wait(Some(Duration::from_secs(1_000_000_000))), Some(Duration::from_secs(60)));
        assert_eq!(wait(None), Some(Duration::from_secs(1)));
    }

    #[test]
    fn what_repeating_cannot_help_is_not_repeated() {
        for error in [
            ConnectWiseError::Unauthorized { message: String::new() },
            ConnectWiseError::Forbidden { resource: Resource::Companies, message: String::new() },
            ConnectWiseError::BadAnswer { resource: Resource::Companies, what: String::new() },
            ConnectWiseError::Redirected { resource: Resource::Companies, to: None },
        ] {
            assert_eq!(RETRY.pause_after(1, &error, 0), None, "{error}");
        }
    }
}
