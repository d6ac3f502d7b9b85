//! Dates as this API writes them: UTC, whole seconds, `yyyy-MM-ddTHH:mm:ssZ` and nothing else.

use jiff::Timestamp;

/// A moment without the part of a second that nothing on this wire has.
pub(super) fn whole_seconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// The moment a text names, where it is written in exactly that form.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    const FORM: &[u8] = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = |(byte, form): (u8, &u8)| if *form == b'd' { byte.is_ascii_digit() } else { byte == *form };
    if text.len() != FORM.len() || !text.bytes().zip(FORM).all(fits) {
        return None;
    }
    text.parse().ok()
}
