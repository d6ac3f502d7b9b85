//! How the body of an answer travels: at once, in drops, without an end, or as a bomb.
//!
//! Knows nothing of what the body says.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, Stream};

/// How a body travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Flow {
    /// At once.
    #[default]
    Whole,
    /// So many bytes at a time, with a pause after each.
    Drip {
        /// How many bytes come together; at least one.
        bytes: usize,
        /// How long the pause is.
        wait_millis: u64,
    },
    /// As it is, and then blanks without an end.
    Endless,
    /// As gzip that swells to so many mebibytes of blanks.
    GzipBomb {
        /// How many mebibytes it swells to.
        mebibytes: u32,
    },
}

/// The pause between the pieces of a body without an end: long enough to leave the machine to others.
const ENDLESS_PAUSE: Duration = Duration::from_millis(5);
/// The size of such a piece.
const ENDLESS_PIECE: usize = 16 * 1024;

impl Flow {
    /// The encoding that the body has to be announced with.
    pub(in crate::simulator) fn encoding(self) -> Option<&'static str> {
        match self {
            Self::GzipBomb { .. } => Some("gzip"),
            Self::Whole | Self::Drip { .. } | Self::Endless => None,
        }
    }

    /// The body, on its way.
    pub(in crate::simulator) fn body(self, text: String) -> Body {
        match self {
            Self::Whole => Body::from(text),
            Self::Drip { bytes, wait_millis } => {
                Body::from_stream(drip(Bytes::from(text), bytes.max(1), Duration::from_millis(wait_millis)))
            }
            Self::Endless => Body::from_stream(endless(Bytes::from(text))),
            Self::GzipBomb { mebibytes } => Body::from_stream(bomb(mebibytes)),
        }
    }
}

type Piece = Result<Bytes, Infallible>;

fn drip(text: Bytes, bytes: usize, wait: Duration) -> impl Stream<Item = Piece> {
    stream::unfold(text, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        let piece = rest.split_to(bytes.min(rest.len()));
        tokio::time::sleep(wait).await;
        Some((Ok(piece), rest))
    })
}

fn endless(text: Bytes) -> impl Stream<Item = Piece> {
    stream::unfold(Some(text), |first| async move {
        let Some(first) = first else {
            tokio::time::sleep(ENDLESS_PAUSE).await;
            return Some((Ok(Bytes::from_static(&[b' '; ENDLESS_PIECE])), None));
        };
        Some((Ok(first), None))
    })
}

/// A gzip header without a name or a time.
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// How many bytes one copy in deflate writes at most, and as many copies as end on a whole byte.
const SWELLING: usize = 258 * 8;

/// Blanks that swell about 160 times: one written, the others copied from the one before.
///
/// It ends without the end that gzip has: a reader with a limit never comes so far, and one without has swallowed the
/// bomb by then.
fn bomb(mebibytes: u32) -> impl Stream<Item = Piece> {
    let mebibyte = (1024 * 1024_usize).div_ceil(SWELLING);
    let (opening, copies) = deflate();
    let piece = Bytes::from(copies.repeat(mebibyte));
    let start = Bytes::from([&GZIP_HEAD[..], &opening].concat());
    let pieces = std::iter::once(start).chain((0..mebibytes).map(move |_| piece.clone()));
    stream::iter(pieces.map(Ok))
}

/// The first bytes of a deflate block that say a blank, and the bytes that say 8 × 258 more, again and again.
///
/// Fixed codes, the least significant bit first: the block's three bits (last, fixed), the blank in eight bits, and a
/// copy of 258 bytes from one byte before in thirteen. Eleven bits of opening are brought to whole bytes by copies
/// first: five of them make 76 bits, and a copy of three bytes in twelve makes 88.
fn deflate() -> (Vec<u8>, Vec<u8>) {
    /// Length 258 is the code 285, eight bits; the distance one is five bits of zero.
    const COPY_258: &str = "1100010100000";
    /// Length three is the code 257, seven bits.
    const COPY_3: &str = "000000100000";
    const BLANK: &str = "01010000";
    let opening = format!("110{BLANK}{}{COPY_3}", COPY_258.repeat(5));
    (packed(&opening), packed(&COPY_258.repeat(8)))
}

/// Bits as bytes, the first bit the least significant.
fn packed(bits: &str) -> Vec<u8> {
    let byte = |bits: &[u8]| {
        bits.iter().enumerate().fold(0, |byte, (place, bit)| byte | (u8::from(*bit == b'1') << place))
    };
    bits.as_bytes().chunks(8).map(byte).collect()
}
