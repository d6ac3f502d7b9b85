//! Checks a report against its manifest, which proves that nothing of it is missing.

use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::problem::{Code, Problem};

use super::ManifestDocument;
use super::places::Places;

/// `<file>.manifest.json`: what the exporter says that it wrote.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// The source's name in the settings.
    source: String,
    /// The time of the figures.
    #[schemars(with = "String")]
    as_of: Timestamp,
    /// How many rows, without the header, or how many accounts of a JSON document.
    rows: u64,
    /// The SHA-256 of the file, in hexadecimal digits.
    sha256: String,
}

/// What a manifest is held against.
pub(super) struct Claim<'a> {
    pub(super) source: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) rows: usize,
    /// The time that the report states; `None` for one without rows.
    pub(super) as_of: Option<Timestamp>,
}

/// The manifest's time, once it is known to fit the report.
pub(super) fn check(document: &ManifestDocument, claim: &Claim<'_>) -> Result<Timestamp, Vec<Problem>> {
    let manifest: Manifest = serde_json::from_slice(&document.bytes).map_err(|error| {
        let message = format!("the manifest cannot be read: {error}");
        vec![problem(&document.file, message)]
    })?;
    let misfits = misfits(&manifest, claim);
    if misfits.is_empty() {
        return Ok(manifest.as_of);
    }
    Err(misfits.into_iter().map(|message| problem(&document.file, message)).collect())
}

fn misfits(manifest: &Manifest, claim: &Claim<'_>) -> Vec<String> {
    let Manifest { source, as_of, rows, sha256 } = manifest;
    let mut misfits = Vec::new();
    if source != claim.source {
        misfits.push(format!("the manifest is of source {source:?}, not of {:?}", claim.source));
    }
    if claim.as_of.is_some_and(|stated| stated != *as_of) {
        misfits.push(format!("the manifest is of {as_of}, the file is not"));
    }
    if *rows != claim.rows as u64 {
        misfits.push(format!("the manifest counts {rows} rows, the file has {}", claim.rows));
    }
    let digest = hexadecimal(&Sha256::digest(claim.bytes));
    if !sha256.strip_prefix("sha256:").unwrap_or(sha256).eq_ignore_ascii_case(&digest) {
        misfits.push("the SHA-256 of the file is not the one of the manifest".to_owned());
    }
    misfits
}

/// Bytes as lower-case hexadecimal digits.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    })
}

fn problem(file: &Arc<str>, message: String) -> Problem {
    Problem::error(Code::UsageManifest, &**file, message)
        .with_hint("the file is cut off, of another export, or still being written; export both again")
        .at(Places::new(file.clone(), "").at(0..0))
}
