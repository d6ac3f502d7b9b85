//! Reads the few encodings that proofs come in. Whatever is not exactly one of them is `None`.
//!
//! Knows nothing of secrets: what is read here came from outside.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// 32 bytes in 64 hexadecimal digits, small or capital.
pub(super) fn hexadecimal(text: &[u8]) -> Option<[u8; 32]> {
    let text: &[u8; 64] = text.try_into().ok()?;
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// 32 bytes in Base64.
pub(super) fn base64_code(text: &[u8]) -> Option<[u8; 32]> {
    base64(text)?.try_into().ok()
}

/// Bytes in Base64.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The bytes of a value in a query: `%` and two digits stand for one byte. A plus sign is one.
pub(super) fn percent(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut letters = text.bytes();
    while let Some(letter) = letters.next() {
        bytes.push(match letter {
            b'%' => digit(letters.next()?)? << 4 | digit(letters.next()?)?,
            other => other,
        });
    }
    Some(bytes)
}

fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{base64_code, hexadecimal, percent};

    #[test]
    fn a_code_has_exactly_its_digits() {
        assert_eq!(hexadecimal("0f".repeat(32).as_bytes()), Some([15; 32]));
        assert_eq!(hexadecimal("0F".repeat(32).as_bytes()), Some([15; 32]));
        assert_eq!(hexadecimal("0f".repeat(31).as_bytes()), None);
        assert_eq!(hexadecimal("0g".repeat(32).as_bytes()), None);
        assert_eq!(hexadecimal(b""), None);
        assert_eq!(hexadecimal("+f".repeat(32).as_bytes()), None);
    }

    #[test]
    fn base64_of_another_length_is_no_code() {
        assert_eq!(base64_code(b"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="), Some([1; 32]));
        assert_eq!(base64_code(b"AQEB"), None);
        assert_eq!(base64_code(b"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"), None);
    }

    #[test]
    fn a_percent_sign_needs_its_two_digits() {
        assert_eq!(percent("a%2Bb+c"), Some(b"a+b+c".to_vec()));
        assert_eq!(percent("a%2"), None);
        assert_eq!(percent("a%zz"), None);
    }
}
