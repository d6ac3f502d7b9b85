//! Durations as people write them: `30s`, `5m`, `1h 30m`.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::fmt::friendly::SpanParser;

/// Longer than this no write is waited for.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// What to write instead.
pub(super) const EXAMPLE: &str = "write a duration with its unit, such as 30s, 5m or 1h";

/// A duration of whole seconds, from one second to a day.
pub(super) fn parse(text: &str) -> Result<Duration, &'static str> {
    // The grammar of the schema, which is narrower than the parser's: an editor and this reader agree.
    let units = text.split_inclusive(|sign: char| !sign.is_ascii_digit() && sign != ' ');
    let mut last = None;
    for part in units {
        let unit = part.chars().next_back().and_then(|unit| "hms".find(unit));
        let digits = part.trim_start_matches(' ').trim_end_matches(['h', 'm', 's']);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || unit.is_none() || unit <= last {
            return Err("is no duration");
        }
        last = unit;
    }
    let parsed: Result<SignedDuration, _> = SpanParser::new().parse_duration(text);
    let duration =
        parsed.ok().and_then(|duration| Duration::try_from(duration).ok()).ok_or("is no duration")?;
    match duration {
        Duration::ZERO => Err("must be at least 1s"),
        longer if longer > LONGEST => Err("must be at most 24h"),
        duration => Ok(duration),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::parse;

    #[test]
    fn durations_are_hours_minutes_and_seconds_in_this_order() {
        let seconds = |text| parse(text).map(|duration| duration.as_secs());

        assert_eq!(
            ["30s", "5m", "1h", "1h30m", "1h 30m 5s", "90s", "24h"].map(seconds),
            [Ok(30), Ok(300), Ok(3600), Ok(5400), Ok(5405), Ok(90), Ok(86_400)]
        );
        assert_eq!(parse("0s"), Err("must be at least 1s"));
        assert_eq!(parse("25h"), Err("must be at most 24h"));
        assert_eq!(parse("1s"), Ok(Duration::from_secs(1)));
    }

    #[test]
    fn what_is_not_that_is_no_duration() {
        for text in [
            "",
            " ",
            "30",
            "s",
            "-5m",
            "+5m",
            "1.5m",
            "5 minutes",
            "1d",
            "30s 1m",
            "5m5m",
            "PT5M",
            "5m ago",
            "1e3s",
            "99999999999999999999s",
            "5 m",
            "1,5h",
            "00:05",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
