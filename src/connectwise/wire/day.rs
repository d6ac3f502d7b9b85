//! Dates of ConnectWise as days in UTC.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::TimeZone,
};

use super::text::present;
use super::{Text, Unreadable, readable};

/// The UTC day of an instant; `None` for absent, null and empty. A time without a zone is refused: its day is a guess.
pub(crate) fn day(text: Option<&Text<'_>>) -> Result<Option<Date>, Unreadable> {
    present(text).map(|text| utc_day(text).ok_or_else(|| no_day(text))).transpose()
}

/// The day of a field whose form the vendor leaves open: an instant, a time without a zone, or a date.
pub(crate) fn loose_day(text: Option<&Text<'_>>) -> Result<Option<Date>, Unreadable> {
    let read = |text: &str| {
        utc_day(text)
            .or_else(|| text.parse::<DateTime>().ok().map(DateTime::date))
            .or_else(|| text.parse::<Date>().ok())
    };
    present(text).map(|text| read(text).ok_or_else(|| no_day(text))).transpose()
}

/// When a record was last changed, where that can be read. Nothing is decided by it, so it is never an error.
pub(crate) fn last_updated(text: Option<&Text<'_>>) -> Option<Timestamp> {
    present(text)?.parse().ok()
}

fn utc_day(text: &str) -> Option<Date> {
    let instant: Timestamp = text.parse().ok()?;
    Some(TimeZone::UTC.to_datetime(instant).date())
}

fn no_day(text: &str) -> Unreadable {
    Unreadable::of(format!("{:?} where a date belongs", readable(text)))
}

#[cfg(test)]
mod tests {
    use super::{day, loose_day};
    use crate::connectwise::wire::{Text, Unreadable};
    use jiff::civil::{Date, date};

    fn with(
        read: fn(Option<&Text<'_>>) -> Result<Option<Date>, Unreadable>,
        json: &str,
    ) -> Result<Option<Date>, ()> {
        let text: Option<Text<'_>> = serde_json::from_str(json).unwrap();
        read(text.as_ref()).map_err(drop)
    }

    #[test]
    fn an_instant_is_its_day_in_utc() {
        assert_eq!(with(day, r#""2026-03-31T23:59:59Z""#), Ok(Some(date(2026, 3, 31))));
        assert_eq!(with(day, r#""2026-04-01T00:30:00+02:00""#), Ok(Some(date(2026, 3, 31))));
    }

    #[test]
    fn null_and_empty_are_no_day() {
        assert_eq!(with(day, "null"), Ok(None));
        assert_eq!(with(day, r#""""#), Ok(None));
    }

    #[test]
    fn a_time_without_a_zone_is_not_guessed_to_be_utc() {
        assert_eq!(with(day, r#""2026-03-31T23:59:59""#), Err(()));
        assert_eq!(with(day, r#""31.03.2026""#), Err(()));
    }

    #[test]
    fn the_next_invoice_date_may_be_a_date_or_a_time() {
        for json in [r#""2026-04-01""#, r#""2026-04-01T00:00:00""#, r#""2026-04-01T00:00:00Z""#] {
            assert_eq!(with(loose_day, json), Ok(Some(date(2026, 4, 1))), "{json}");
        }
        assert_eq!(with(loose_day, r#""soon""#), Err(()));
    }
}
