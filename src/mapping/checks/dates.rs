//! Checks of days and hours.

use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;
use jiff::{ToSpan, civil};

use super::Scope;
use crate::problem::nearest;
use crate::problem::{Code, Place, Problem};

/// A waiver is for one event; longer, it becomes a hole in the guard.
const WAIVER_DAYS: i64 = 31;

/// What ended may stay in the files for so long, so that an expiry does not redden every review on the day.
const KEPT_DAYS: i64 = 14;

/// A waiver for months is no waiver.
pub(super) fn waivers_end_soon(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let last = later(scope.today, WAIVER_DAYS);
    for found in scope.draft.waivers.iter().filter(|found| found.value.until.0 > last) {
        let message = format!(
            "the waiver runs until {}, and may run until {last} if written today",
            found.value.until.0
        );
        let place = found.place_of("until");
        problems.push(Problem::error(Code::WaiverTooLong, "until", message).at(place));
    }
}

fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(civil::Date::MAX)
}

/// What no longer does anything is taken out, or it is mistaken for something that does.
pub(super) fn nothing_ended_long_ago(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let draft = scope.draft;
    let pins = draft.pins.iter().map(|found| ("pin", found.value.until, found.place_of("until")));
    let ignores = draft.ignores.iter();
    let ignores =
        ignores.filter_map(|found| Some(("ignored account", found.value.until?, found.place_of("until"))));
    let waivers = draft.waivers.iter().map(|found| ("waiver", found.value.until.0, found.place_of("until")));
    for (what, until, place) in pins.chain(ignores).chain(waivers) {
        if later(until, KEPT_DAYS) < scope.today {
            let message = format!("the {what} ended on {until}, more than {KEPT_DAYS} days ago");
            let problem = Problem::error(Code::Expired, "until", message).at(place);
            problems.push(problem.with_hint("take it out, or give it another last day"));
        }
    }
}

/// A freeze in an unknown zone, or one that never begins, would freeze nothing.
pub(super) fn freezes_are_windows(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    if scope.draft.freezes.is_empty() {
        return;
    }
    let zones = TimeZoneDatabase::bundled();
    for found in &scope.draft.freezes {
        if found.value.from.0 >= found.value.to.0 {
            let message =
                format!("the freeze ends at {} and begins at {}", found.value.to.0, found.value.from.0);
            let hint = "split a window over midnight into two";
            problems.push(
                Problem::error(Code::InvalidValue, "to", message).at(found.place_of("to")).with_hint(hint),
            );
        }
        let name = &*found.value.timezone.0;
        if zones.get(name).is_err() {
            problems.push(unknown_zone(name, found.place_of("timezone"), &zones));
        }
    }
}

fn unknown_zone(name: &str, place: Place, zones: &TimeZoneDatabase) -> Problem {
    let message = format!("no time zone is called {name:?}");
    let known: Vec<String> = zones.available().map(|zone| zone.to_string()).collect();
    let hint = match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {near}?"),
        None => "write an IANA name such as America/New_York".to_owned(),
    };
    Problem::error(Code::InvalidValue, "timezone", message).at(place).with_hint(hint)
}
