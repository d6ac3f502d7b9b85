//! The plan document as bytes, and the digest that tells whether it is still the same.
//!
//! The digest is SHA-256 over the compact document without `digest` and `planned_at`, of what is listed. It is computed
//! while serialising, so no copy of the document is ever held.

use std::io::{self, BufWriter, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use sha2::{Digest, Sha256};

use super::{Line, Plan, Show, Verdict};

/// Small writes of the serialiser are gathered before they are hashed.
const BUFFER: usize = 64 * 1024;

/// Writes the document and a line feed.
///
/// # Errors
///
/// When the writer fails.
pub fn write_json<W: Write>(plan: &Plan<'_>, show: Show, mut writer: W) -> io::Result<()> {
    let computed;
    let digest = match show {
        Show::Changes => plan.digest.as_str(),
        Show::All => {
            computed = digest(plan, show);
            computed.as_str()
        }
    };
    serde_json::to_writer(&mut writer, &Listed { plan, show, digest: Some(digest) })?;
    writer.write_all(b"\n")
}

/// The digest of the document as it lists lines.
#[must_use]
pub fn digest(plan: &Plan<'_>, show: Show) -> String {
    of_document(&Listed { plan, show, digest: None })
}

/// The digest of anything that serialises to the compact document without `digest` and `planned_at`.
pub(super) fn of_document(document: &impl Serialize) -> String {
    let mut writer = BufWriter::with_capacity(BUFFER, Hasher(Sha256::new()));
    serde_json::to_writer(&mut writer, document).expect("hashing never fails and every key is a string");
    let hasher = writer.into_inner().ok().expect("hashing never fails");
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in hasher.0.finalize() {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(nibble.into(), 16).expect("a nibble is below 16"));
        }
    }
    text
}

/// Hashes what is written.
struct Hasher(Sha256);

impl Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The document with some of its lines; without a digest also without the time it was planned at.
struct Listed<'p, 'a> {
    plan: &'p Plan<'a>,
    show: Show,
    digest: Option<&'p str>,
}

impl Serialize for Listed<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Destructured, so that a new field asks to be considered.
        let Plan {
            against,
            commit,
            digest: _,
            format,
            lines,
            observations: _,
            planned_at,
            problems,
            summary,
            tenant,
            usage,
        } = self.plan;
        // A comparison holds nothing but what differs, such as a change that is no more.
        let show = if against.is_some() { Show::All } else { self.show };
        let mut map = serializer.serialize_map(None)?;
        if let Some(against) = against {
            map.serialize_entry("against", against)?;
        }
        map.serialize_entry("commit", commit)?;
        if let Some(digest) = self.digest {
            map.serialize_entry("digest", digest)?;
        }
        map.serialize_entry("format", format)?;
        map.serialize_entry("lines", &Lines { lines, show })?;
        if self.digest.is_some() {
            map.serialize_entry("planned_at", planned_at)?;
        }
        map.serialize_entry("problems", problems)?;
        map.serialize_entry("summary", summary)?;
        map.serialize_entry("tenant", tenant)?;
        map.serialize_entry("usage", usage)?;
        map.end()
    }
}

/// The lines that are listed.
struct Lines<'p, 'a> {
    lines: &'p [Line<'a>],
    show: Show,
}

impl Serialize for Lines<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut listed = serializer.serialize_seq(None)?;
        for line in self.lines.iter().filter(|line| is_listed(line, self.show)) {
            listed.serialize_element(line)?;
        }
        listed.end()
    }
}

/// Whether a line stands in the document.
fn is_listed(line: &Line<'_>, show: Show) -> bool {
    match show {
        Show::All => true,
        Show::Changes => line.verdict != Verdict::Keep,
    }
}
