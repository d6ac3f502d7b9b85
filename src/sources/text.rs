//! Decides whether bytes are the text of a report at all, and says what they look like when they are not.

use std::sync::Arc;

use crate::problem::{Code, Problem};

use super::places::Places;

/// The text of a report, without a byte order mark.
///
/// A mark at the start is cut off, so that offsets count from the first letter, as editors do.
pub(super) fn decode<'a>(file: &Arc<str>, bytes: &'a [u8]) -> Result<&'a str, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(problem) = foreign(file, bytes) {
        return Err(problem);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let byte = bytes.get(valid.len()).copied().unwrap_or_default();
        Problem::error(Code::NotUtf8, &**file, format!("byte 0x{byte:02X} is not UTF-8"))
            .with_hint("save it as UTF-8; Excel calls that CSV UTF-8")
            .at(Places::new(file.clone(), valid).at(valid.len()..valid.len()))
    })?;
    match text.find('\0') {
        None => Ok(text),
        Some(at) => Err(Problem::error(Code::NotUtf8, &**file, "it contains a NUL character")
            .with_hint("it is binary, damaged, or UTF-16; save it as UTF-8")
            .at(Places::new(file.clone(), text).at(at..at + 1))),
    }
}

/// What files look like that were saved under the name of a report.
fn foreign(file: &Arc<str>, bytes: &[u8]) -> Option<Problem> {
    let start = bytes.trim_ascii_start();
    let (code, message, hint) = if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        (Code::NotUtf8, "it is UTF-16, not UTF-8", "save it as UTF-8; Excel calls that CSV UTF-8")
    } else if bytes.starts_with(b"PK\x03\x04") {
        (Code::UsageFile, "it is a zip archive or an Excel workbook", "unpack it, or export it as CSV UTF-8")
    } else if bytes.starts_with(b"\x1F\x8B") {
        (Code::UsageFile, "it is compressed by gzip", "unpack it with gunzip")
    } else if bytes.starts_with(b"%PDF") {
        (Code::UsageFile, "it is a PDF", "export the report as CSV")
    } else if start.starts_with(b"<") {
        let hint = "a download was answered by an error or login page; open it in a browser to see which";
        (Code::UsageFile, "it is a web page or XML", hint)
    } else if start.is_empty() {
        (Code::UsageFile, "it is empty", "the export wrote nothing; the last good usage stays in force")
    } else {
        return None;
    };
    Some(Problem::error(code, &**file, message).with_hint(hint).at(Places::new(file.clone(), "").at(0..0)))
}
