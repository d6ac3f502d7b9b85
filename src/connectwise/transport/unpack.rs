//! Unpacks an answer, within a limit of size and of how much larger it may become.
//!
//! Pure. The HTTP library would unpack by itself, but then nobody could tell how small the bomb was that came.

use std::io::Read as _;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use super::{FailureKind, Largest};

/// The only packing that is asked for.
pub(super) const ACCEPTED: &str = "gzip";
/// Text of records packs to a tenth or twentieth of its size; what becomes a hundred times larger is no text of records.
const LARGEST_RATIO: usize = 100;
/// Up to this size any ratio is harmless.
const HARMLESS: usize = 1 << 20;

/// The body of an answer, unpacked as its `Content-Encoding` says.
pub(super) fn unpacked(
    encoding: Option<&str>,
    body: Bytes,
    largest: Largest,
) -> Result<Bytes, (FailureKind, String)> {
    match encoding.map(str::trim) {
        None | Some("" | "identity") => Ok(body),
        Some(gzip) if gzip.eq_ignore_ascii_case(ACCEPTED) => inflated(&body, largest),
        Some(_) => Err((FailureKind::Unreadable, "a packing that was not asked for".to_owned())),
    }
}

fn inflated(packed: &[u8], largest: Largest) -> Result<Bytes, (FailureKind, String)> {
    let most = packed.len().saturating_mul(LARGEST_RATIO).clamp(HARMLESS, largest.bytes());
    let mut plain = Vec::new();
    let read = MultiGzDecoder::new(packed).take(most as u64 + 1).read_to_end(&mut plain);
    if plain.len() > most {
        let cause = format!("more than {most} bytes out of {}", packed.len());
        return Err((FailureKind::TooLarge, cause));
    }
    match read {
        Ok(_) => Ok(plain.into()),
        Err(_) => Err((FailureKind::Unreadable, "a packed body that cannot be unpacked".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use bytes::Bytes;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::{HARMLESS, unpacked};
    use crate::connectwise::transport::{FailureKind, Largest};

    fn packed(plain: &[u8]) -> Bytes {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap().into()
    }

    fn kind(encoding: &str, body: Bytes) -> Result<usize, FailureKind> {
        unpacked(Some(encoding), body, Largest::List).map(|plain| plain.len()).map_err(|(kind, _)| kind)
    }

    #[test]
    fn what_is_packed_is_unpacked_and_what_is_not_is_left() {
        let plain = Bytes::from_static(b"[{\"id\":11}]");

        assert_eq!(unpacked(Some("gzip"), packed(&plain), Largest::List), Ok(plain.clone()));
        assert_eq!(unpacked(Some("GZIP"), packed(&plain), Largest::List), Ok(plain.clone()));
        assert_eq!(unpacked(None, plain.clone(), Largest::List), Ok(plain.clone()));
        assert_eq!(unpacked(Some("identity"), plain.clone(), Largest::List), Ok(plain));
    }

    #[test]
    fn b9_a_bomb_is_refused_by_its_ratio_long_before_the_limit_of_size() {
        let bomb = packed(&vec![b' '; 8 << 20]);
        assert!(bomb.len() * 100 < 8 << 20 && 8 << 20 < Largest::List.bytes());

        assert_eq!(kind("gzip", bomb), Err(FailureKind::TooLarge));
        assert_eq!(kind("gzip", packed(&vec![b' '; HARMLESS])), Ok(HARMLESS), "a small one is harmless");
    }

    #[test]
    fn b9_what_cannot_be_unpacked_is_no_answer() {
        let whole = packed(b"[{\"id\":11}]");

        assert_eq!(kind("gzip", whole.slice(..whole.len() - 4)), Err(FailureKind::Unreadable));
        assert_eq!(kind("gzip", Bytes::from_static(b"[]")), Err(FailureKind::Unreadable));
        assert_eq!(kind("gzip", [&whole[..], b"[]"].concat().into()), Err(FailureKind::Unreadable));
        for encoding in ["br", "deflate", "gzip, gzip"] {
            assert_eq!(kind(encoding, whole.clone()), Err(FailureKind::Unreadable), "{encoding}");
        }
    }
}
