//! Which day a sent date means to the server, and what time it is there.
//!
//! Only one setting of a switch makes a difference between the server's days and those of UTC. There is no summer time.

use jiff::{SignedDuration, Timestamp};

use super::options::{Midnight, Options};

/// The date that is stored for one that was sent: the day that it then is at the server, written as midnight, UTC.
pub(super) fn stored_date(options: &Options, sent: Timestamp) -> Timestamp {
    match options.midnight {
        Midnight::AsSent => sent,
        Midnight::ServerDay => midnight(there(options, sent)),
    }
}

/// The time that stored dates are compared with.
pub(super) fn now(options: &Options, now: Timestamp) -> Timestamp {
    match options.midnight {
        Midnight::AsSent => now,
        Midnight::ServerDay => there(options, now),
    }
}

/// The start of a day.
pub(super) fn midnight(moment: Timestamp) -> Timestamp {
    const DAY: i64 = 24 * 60 * 60;
    let second = moment.as_second();
    Timestamp::from_second(second - second.rem_euclid(DAY)).unwrap_or(moment)
}

/// The first start of a day that is not before a moment.
pub(super) fn first_midnight(moment: Timestamp) -> Timestamp {
    let start = midnight(moment);
    if start == moment { start } else { start.checked_add(SignedDuration::from_hours(24)).unwrap_or(start) }
}

/// What the server's clock shows, written as if it were UTC.
fn there(options: &Options, moment: Timestamp) -> Timestamp {
    let offset = SignedDuration::from_mins(options.server_time_zone.offset_minutes.into());
    moment.checked_add(offset).unwrap_or(moment)
}
