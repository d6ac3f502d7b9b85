//! The one style sheet, and the colour that tells instances apart for those who see it.

use std::sync::LazyLock;

use ring::digest::{SHA256, digest};

/// The style sheet.
pub(in crate::web) const SHEET: &str = include_str!("../templates/style.css");

/// How many colours there are.
const HUES: u8 = 6;

struct Known {
    etag: String,
    href: String,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let sum = digest(&SHA256, SHEET.as_bytes());
    let sum: String = sum.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Known { etag: format!("\"{sum}\""), href: format!("/style.css?{sum}") }
});

/// Changes with the sheet.
pub(in crate::web) fn etag() -> &'static str {
    &KNOWN.etag
}

/// Its address, which changes with it too.
pub(super) fn href() -> &'static str {
    &KNOWN.href
}

/// The colour of an instance: always the same, so that production never looks like the sandbox by accident.
pub(super) fn hue(instance: &str) -> u8 {
    let sum = digest(&SHA256, instance.as_bytes());
    sum.as_ref().first().map_or(0, |byte| byte % HUES)
}
