//! How things are put on the page: foreign text, times, amounts, levels, addresses.
//!
//! Every name that was written elsewhere goes through `shown` before a template sees it; the templates then escape it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::billing::Money;
use crate::plan::words::signed_money;
use crate::problem::printable;
use crate::reconciler::standing::{Level, Standing};

/// Longer texts tell nobody more.
const LONGEST_TEXT: usize = 512;

/// Foreign text without what could reorder or hide it, and not endless.
pub(in crate::web) fn shown(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((end, _)) => format!("{}…", printable(&text[..end])),
        None => printable(text).into_owned(),
    }
}

/// Text as one segment of an address.
pub(in crate::web) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    // A segment of dots alone would be taken for a folder.
    if encoded.bytes().all(|byte| byte == b'.') { encoded.replace('.', "%2E") } else { encoded }
}

/// The value of a query's key, decoded; empty where it is missing or too long. Later ones win.
pub(super) fn query_value(query: &str, key: &str) -> String {
    let mut pairs = query.rsplit('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(name, _)| *name == key).map_or("", |(_, value)| value);
    if found.len() > super::LONGEST_NAME { String::new() } else { decoded(found) }
}

fn decoded(value: &str) -> String {
    let bytes = value.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = value.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match (byte, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (_, Some(escaped)) => {
                decoded.push(escaped);
                at += 2;
            }
            (b'+', None) => decoded.push(b' '),
            (other, None) => decoded.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The address of a tenant's page.
pub(super) fn tenant_href(tenant: &str) -> String {
    format!("/t/{}", encoded(tenant))
}

/// A time, for machines and for people.
#[derive(Debug)]
pub(super) struct When {
    pub(super) machine: String,
    pub(super) shown: String,
    pub(super) ago: String,
}

impl When {
    pub(super) fn new(at: Timestamp, now: Timestamp) -> Self {
        let civil = TimeZone::UTC.to_datetime(at);
        Self {
            machine: format!("{at:.0}"),
            shown: civil.strftime("%-d %b %Y, %H:%M UTC").to_string(),
            ago: ago(at, now),
        }
    }
}

/// How long ago, in the one unit that says it best.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    let (minutes, is_past) = (seconds.abs() / 60, seconds >= 0);
    let span = match minutes {
        0 if is_past => return "just now".to_owned(),
        0 => return "in a moment".to_owned(),
        1..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} days", minutes / 1440),
    };
    if is_past { format!("{span} ago") } else { format!("in {span}") }
}

/// A change of money a month.
pub(super) fn money(amount: Option<Money>) -> String {
    amount.map_or_else(|| "unknown".to_owned(), |amount| signed_money(amount, '−'))
}

/// A state: its words, the mark before them, and the class that adds colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Badge {
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
    pub(super) class: &'static str,
}

impl Badge {
    pub(super) const fn new(mark: &'static str, word: &'static str, class: &'static str) -> Self {
        Self { mark, word, class }
    }
}

/// How a tenant does.
pub(super) struct Doing {
    pub(super) badge: Badge,
    pub(super) sentence: String,
}

pub(super) fn doing(standing: &Standing) -> Doing {
    let health = standing.health();
    let badge = match health.level {
        Level::Good => Badge::new("✓", "In order", "good"),
        Level::Starting => Badge::new("…", "Starting", "calm"),
        Level::Attention => Badge::new("!", "Please look", "warn"),
        Level::Bad => Badge::new("✕", "Not working", "bad"),
    };
    Doing { badge, sentence: shown(&health.sentence) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_p5_foreign_text_is_cut_and_cannot_reorder_the_page() {
        assert_eq!(shown("a\u{202e}b\u{0}"), r"a\u{202e}b\u{0}");
        assert_eq!(shown(&"ä".repeat(600)), format!("{}…", "ä".repeat(512)));
    }

    #[test]
    fn a_name_survives_the_way_through_an_address() {
        for name in ["a/b", "ä ö&=+#?%", "..", "<img>", "100%"] {
            let segment = encoded(name);
            assert!(segment.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/'), "{segment}");
            assert_eq!(query_value(&format!("x=1&company={segment}"), "company"), name);
        }
        assert_eq!(query_value("company=a+b%zz%", "company"), "a b%zz%");
        assert_eq!(query_value(&format!("company={}", "a".repeat(300)), "company"), "");
    }

    #[test]
    fn a_time_is_told_in_the_unit_that_says_it_best() {
        let now: Timestamp = "2026-11-22T09:12:00Z".parse().unwrap();
        let at = |text: &str| When::new(text.parse().unwrap(), now);

        assert_eq!(at("2026-11-22T09:11:40Z").ago, "just now");
        assert_eq!(at("2026-11-22T08:12:00Z").ago, "60 min ago");
        assert_eq!(at("2026-11-22T03:00:00Z").ago, "6 h ago");
        assert_eq!(at("2026-11-19T03:00:00Z").ago, "3 days ago");
        assert_eq!(at("2026-11-22T09:42:00Z").ago, "in 30 min");
        assert_eq!(at("2026-11-02T03:00:00Z").shown, "2 Nov 2026, 03:00 UTC");
    }
}
