//! The hash of each event over itself and the hash before it, so that no stored byte can change unseen.
//!
//! Knows bytes, not what they mean.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// A SHA-256.
pub(super) type Hash = [u8; 32];

/// What stands before the first event.
pub(super) fn genesis() -> Hash {
    Sha256::digest(b"trueup journal 1").into()
}

/// The hash of one event.
///
/// Every part is preceded by its length: no byte can move from one part to the next.
pub(super) fn link(previous: &Hash, seq: i64, at: &str, tenant: &str, body: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(seq.to_le_bytes());
    for part in [at, tenant, body] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

/// The digest of some content that events name but do not hold.
pub(super) fn digest(content: &[u8]) -> Hash {
    Sha256::digest(content).into()
}

/// A time as it is stored: in UTC with nine decimals, so that text order is time order.
pub(super) fn stamp(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// Lower-case hex.
pub(super) fn hex(bytes: &Hash) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(64);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

/// The bytes of 64 hex digits.
pub(super) fn unhex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}
