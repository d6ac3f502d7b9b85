//! What reports are read as, and what refuses them.

mod accounts;
mod laws;
mod refused;
mod rejected;
mod seats;

use std::sync::Arc;

use jiff::Timestamp;

use super::parse;
use crate::problem::{Code, Problem};
use crate::sources::{Document, ManifestDocument};
use crate::usage::{Account, UsageSnapshot};

const HEADER: &str = "as_of,account,name,kind,status,plan,base_bytes,used_bytes,local_backup,image_licenses,hyperv_hosts,vmware_hosts";
const ACME: &str =
    "2026-11-22T03:00:00Z,acme_dental,Acme Dental,ACCOUNT,ACTIVE,20g Monthly,21474836480,26843545600,4,2,1,0";

type Read = Result<UsageSnapshot, Vec<Problem>>;

fn document(file: &str, bytes: &[u8]) -> Document {
    Document {
        file: file.into(),
        bytes: bytes.to_vec(),
        modified: time("2026-11-22T05:00:00Z"),
        manifest: None,
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn source() -> Arc<str> {
    "intronis".into()
}

fn read(text: &str) -> Read {
    read_bytes(text.as_bytes())
}

fn read_bytes(bytes: &[u8]) -> Read {
    parse(&source(), &document("usage.csv", bytes), None, &[])
}

/// The report of `HEADER` and these rows.
fn report(rows: &[&str]) -> String {
    let mut text = format!("{HEADER}\n");
    for row in rows {
        text.push_str(row);
        text.push('\n');
    }
    text
}

/// A second account, so that a report is more than one row.
fn other(account: &str) -> String {
    ACME.replace("acme_dental", account)
}

fn account<'a>(snapshot: &'a UsageSnapshot, username: &str) -> &'a Account {
    snapshot.accounts.iter().find(|account| &*account.username == username).unwrap()
}

/// Code, line and column of each problem.
fn places(problems: &[Problem]) -> Vec<(Code, u32, u32)> {
    let place = |problem: &Problem| problem.place.as_ref().map_or((0, 0), |place| (place.line, place.column));
    let told = problems.iter().map(|problem| {
        let (line, column) = place(problem);
        (problem.code, line, column)
    });
    told.collect()
}

fn manifest(source: &str, as_of: &str, rows: usize, bytes: &[u8]) -> ManifestDocument {
    use sha2::{Digest, Sha256};

    let sha256 = crate::sources::manifest::hexadecimal(&Sha256::digest(bytes));
    let text = format!(r#"{{"source":"{source}","as_of":"{as_of}","rows":{rows},"sha256":"{sha256}"}}"#);
    ManifestDocument { file: "usage.csv.manifest.json".into(), bytes: text.into_bytes() }
}
