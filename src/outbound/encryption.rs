//! How an answer came: by which version of TLS, and until when the far end's certificate holds.
//!
//! Trusts nothing and refuses nothing: that was decided when the connection was made. Of a certificate only its end is
//! read; one that cannot be read has none.

use jiff::Timestamp;
use reqwest::Response;
use reqwest::tls::{TlsInfo, Version};

/// How a connection is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// The version, such as `TLS 1.3`; `None` where it is not known.
    pub version: Option<&'static str>,
    /// When the far end's certificate ends, where that can be read.
    pub certificate_ends: Option<Timestamp>,
}

/// How an answer came; `None` where it was not encrypted.
#[must_use]
pub fn encryption(answer: &Response) -> Option<Encryption> {
    let tls: &TlsInfo = answer.extensions().get()?;
    // Nothing older is taken.
    let known = [(Version::TLS_1_2, "TLS 1.2"), (Version::TLS_1_3, "TLS 1.3")];
    let version = known.into_iter().find(|(version, _)| tls.version() == Some(*version));
    Some(Encryption {
        version: version.map(|(_, name)| name),
        certificate_ends: tls.peer_certificate().and_then(end),
    })
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
/// A certificate that says its version does so first.
const VERSION: u8 = 0xa0;
const SHORT_TIME: u8 = 0x17;
const LONG_TIME: u8 = 0x18;

/// When a certificate in DER ends: the second time of its validity, which follows number, algorithm and issuer.
fn end(certificate: &[u8]) -> Option<Timestamp> {
    let mut body = Elements(Elements(Elements(certificate).next(SEQUENCE)?).next(SEQUENCE)?);
    if body.0.first() == Some(&VERSION) {
        body.next(VERSION)?;
    }
    for tag in [INTEGER, SEQUENCE, SEQUENCE] {
        body.next(tag)?;
    }
    let mut validity = Elements(body.next(SEQUENCE)?);
    validity.take()?;
    let (tag, time) = validity.take()?;
    let time = std::str::from_utf8(time).ok()?.strip_suffix('Z')?;
    let (year, rest) = match tag {
        // Two digits stand for 1950 to 2049.
        SHORT_TIME => {
            let (year, rest) = time.split_at_checked(2)?;
            (format!("{}{year}", if year < "50" { "20" } else { "19" }), rest)
        }
        LONG_TIME => {
            let (year, rest) = time.split_at_checked(4)?;
            (year.to_owned(), rest)
        }
        _ => return None,
    };
    let part = |from: usize| rest.get(from..from + 2);
    let [month, day, hour, minute, second] = [part(0)?, part(2)?, part(4)?, part(6)?, part(8)?];
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z").parse().ok()
}

/// Elements in DER, one after the other.
struct Elements<'d>(&'d [u8]);

impl<'d> Elements<'d> {
    /// The content of the next one, which is of this kind.
    fn next(&mut self, wanted: u8) -> Option<&'d [u8]> {
        self.take().and_then(|(tag, content)| (tag == wanted).then_some(content))
    }

    /// The kind and the content of the next one. Kinds of several bytes are in no certificate.
    fn take(&mut self) -> Option<(u8, &'d [u8])> {
        let (&tag, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, content))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::{any, prop, proptest};
    use rcgen::{CertificateParams, KeyPair};

    use super::end;

    fn certificate(until: (i32, u8, u8)) -> Vec<u8> {
        let mut params = CertificateParams::new(vec!["cw.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
        params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
    }

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_ways_it_can_be_written() {
        for (until, said) in [
            ((2027, 3, 9), "2027-03-09T00:00:00Z"),
            ((2049, 12, 31), "2049-12-31T00:00:00Z"),
            ((2050, 1, 1), "2050-01-01T00:00:00Z"),
        ] {
            let said: Timestamp = said.parse().unwrap();
            assert_eq!(end(&certificate(until)), Some(said));
        }
    }

    #[test]
    fn a_certificate_that_is_cut_has_no_end() {
        let whole = certificate((2027, 3, 9));

        for length in 0..whole.len() {
            assert_eq!(end(&whole[..length]), None, "{length}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_instead_of_a_certificate_does_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            end(&bytes);
        }
    }
}
