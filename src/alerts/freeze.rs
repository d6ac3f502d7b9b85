//! When the next freeze window of a policy opens.
//!
//! Pure. Windows that follow each other without a gap are one; one in a time zone that nobody knows never opens, since
//! it is always closed.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::mapping::Freeze;
use crate::plan::is_frozen_at;

/// A day of the month comes again within two months, whatever the month.
const LONGEST_WAIT_DAYS: i64 = 62;

/// When a window opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Opening {
    /// The moment.
    pub(super) at: Timestamp,
    /// The same for people, in the window's own time zone.
    pub(super) shown: String,
}

/// When the next window opens after now.
pub(super) fn next_opening(freezes: &[Freeze], now: Timestamp) -> Option<Opening> {
    let openings = freezes.iter().filter_map(|freeze| {
        let zone = TimeZone::get(&freeze.timezone).ok()?;
        let at = opening(freeze, freezes, &zone, now)?;
        let shown = format!("{} {}", zone.to_datetime(at).strftime("%Y-%m-%d %H:%M"), freeze.timezone);
        Some(Opening { at, shown })
    });
    openings.min_by_key(|opening| opening.at)
}

fn opening(freeze: &Freeze, freezes: &[Freeze], zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(now).date();
    let days = (0..=LONGEST_WAIT_DAYS).filter_map(|days| today.checked_add(days.days()).ok());
    let openings = days
        .filter(|day| freeze.days_of_month.contains(&day.day()))
        .filter_map(|day| zone.to_timestamp(day.to_datetime(freeze.from)).ok());
    let is_open_before = |at: &Timestamp| is_frozen_at(freezes, *at - SignedDuration::from_secs(1));
    openings.filter(|at| *at > now).find(|at| !is_open_before(at))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::civil::{Time, time};

    use super::next_opening;
    use crate::mapping::Freeze;

    fn freeze(days: &[i8], from: Time, to: Time, timezone: &str) -> Freeze {
        Freeze { days_of_month: days.to_vec(), from, to, timezone: timezone.into() }
    }

    fn opens(freezes: &[Freeze], now: &str) -> Option<(String, String)> {
        let now: Timestamp = now.parse().unwrap();
        next_opening(freezes, now).map(|opening| (opening.at.to_string(), opening.shown))
    }

    #[test]
    fn a_window_opens_at_its_own_wall_clock() {
        let windows = [freeze(&[1], time(6, 0, 0, 0), time(12, 0, 0, 0), "Europe/Berlin")];

        let summer = opens(&windows, "2026-06-15T00:00:00Z").unwrap();
        let winter = opens(&windows, "2026-12-01T04:59:59Z").unwrap();
        let after = opens(&windows, "2026-12-01T05:00:00Z").unwrap();

        assert_eq!(summer, ("2026-07-01T04:00:00Z".into(), "2026-07-01 06:00 Europe/Berlin".into()));
        assert_eq!(winter.0, "2026-12-01T05:00:00Z");
        assert_eq!(after.0, "2027-01-01T05:00:00Z");
    }

    #[test]
    fn days_that_follow_each_other_are_one_window() {
        let windows = [freeze(&[31, 1, 2], Time::MIN, Time::MAX, "UTC")];

        assert_eq!(opens(&windows, "2026-12-31T05:00:00Z").unwrap().0, "2027-01-31T00:00:00Z");
    }

    #[test]
    fn without_a_window_or_with_an_unknown_time_zone_nothing_opens() {
        let unknown = [freeze(&[1], Time::MIN, Time::MAX, "Mars/Olympus")];

        assert_eq!(opens(&[], "2026-12-31T05:00:00Z"), None);
        assert_eq!(opens(&unknown, "2026-12-31T05:00:00Z"), None);
    }
}
