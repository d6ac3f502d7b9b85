//! How usage snapshots are remembered: each name and used bytes, packed, and only as many as the guards look back on.
//!
//! Knows no guard. Events hold the digest of what is packed here, so that it can be forgotten later without breaking
//! the chain.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::JournalError;
use super::chain::{self, stamp};
use super::event::Digest;
use super::rows;
use crate::usage::{PastAccount, PastSnapshot, SnapshotVerdict, SourceHistory};

/// How many good snapshots of a source are kept, and all that came after the oldest of them.
const GOOD_KEPT: i64 = 7;

/// How many other ones are kept at most, so that a source that is refused for months does not fill the disk.
const REFUSED_KEPT: i64 = 400;

/// Packs accounts: each name as what differs from the name before, each figure in as few bytes as it needs.
pub(super) fn pack(accounts: &[PastAccount]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(accounts.len() * 16);
    let mut previous: &[u8] = &[];
    for account in accounts {
        let name = account.username.as_bytes();
        let shared = previous.iter().zip(name).take_while(|(left, right)| left == right).count();
        put_number(&mut packed, shared as u128);
        put_number(&mut packed, (name.len() - shared) as u128);
        packed.extend_from_slice(&name[shared..]);
        put_number(&mut packed, account.used_bytes.map_or(0, |used| u128::from(used) + 1));
        previous = name;
    }
    packed
}

/// Unpacks them. `None`: that was not packed here.
pub(super) fn unpack(mut packed: &[u8]) -> Option<Vec<PastAccount>> {
    let mut accounts = Vec::new();
    let mut name = Vec::new();
    while !packed.is_empty() {
        let shared = usize::try_from(take_number(&mut packed)?).ok()?;
        let rest = usize::try_from(take_number(&mut packed)?).ok()?;
        name.truncate(shared);
        if name.len() != shared || packed.len() < rest {
            return None;
        }
        let (differing, after) = packed.split_at(rest);
        name.extend_from_slice(differing);
        packed = after;
        let used_bytes = match take_number(&mut packed)? {
            0 => None,
            used => Some(u64::try_from(used - 1).ok()?),
        };
        accounts.push(PastAccount { username: std::str::from_utf8(&name).ok()?.into(), used_bytes });
    }
    Some(accounts)
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn put_number(packed: &mut Vec<u8>, mut number: u128) {
    while number >= 0x80 {
        packed.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

fn take_number(packed: &mut &[u8]) -> Option<u128> {
    let mut number = 0_u128;
    for shift in (0..70).step_by(7) {
        let (byte, rest) = packed.split_first()?;
        *packed = rest;
        number |= u128::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The word a verdict is stored by.
fn word(verdict: SnapshotVerdict) -> &'static str {
    match verdict {
        SnapshotVerdict::Good => "good",
        SnapshotVerdict::SaidIncomplete => "said_incomplete",
        SnapshotVerdict::CountRefused => "count_refused",
        SnapshotVerdict::ShiftRefused => "shift_refused",
        SnapshotVerdict::Refused => "refused",
    }
}

fn verdict(word_stored: &str) -> Option<SnapshotVerdict> {
    let all = [
        SnapshotVerdict::Good,
        SnapshotVerdict::SaidIncomplete,
        SnapshotVerdict::CountRefused,
        SnapshotVerdict::ShiftRefused,
        SnapshotVerdict::Refused,
    ];
    all.into_iter().find(|verdict| word(*verdict) == word_stored)
}

/// Whether the snapshot is news: it is not kept in the same words, and not older than what is kept. One that was good
/// stays what it was: neither a file that is put back later nor another one of the same time takes its place, unless
/// that is good too.
pub(super) fn is_news(
    connection: &Connection,
    tenant: &str,
    source: &str,
    snapshot: (Timestamp, SnapshotVerdict),
    digest: &Digest,
) -> Result<bool, JournalError> {
    let (as_of, verdict) = snapshot;
    let sql = "SELECT verdict, digest FROM snapshots WHERE tenant = ?1 AND source = ?2 AND as_of = ?3";
    let kept: Option<(String, [u8; 32])> = connection
        .prepare_cached(sql)?
        .query_row((tenant, source, stamp(as_of)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match kept {
        Some((kept_verdict, _))
            if kept_verdict == word(SnapshotVerdict::Good) && verdict != SnapshotVerdict::Good =>
        {
            Ok(false)
        }
        Some((kept_verdict, kept_digest)) => Ok(kept_verdict != word(verdict) || kept_digest != digest.0),
        None => Ok(oldest_kept(connection, tenant, source)?.is_none_or(|oldest| stamp(as_of) >= oldest)),
    }
}

/// The time of the oldest good snapshot that is kept, once there are enough of them.
fn oldest_kept(connection: &Connection, tenant: &str, source: &str) -> Result<Option<String>, JournalError> {
    let sql = "SELECT as_of FROM snapshots WHERE tenant = ?1 AND source = ?2 AND verdict = 'good'
               ORDER BY as_of DESC LIMIT 1 OFFSET ?3";
    let found = connection
        .prepare_cached(sql)?
        .query_row((tenant, source, GOOD_KEPT - 1), |row| row.get(0))
        .optional()?;
    Ok(found)
}

/// Stores the packed accounts that a snapshot's digest stands for.
pub(super) fn put_content(
    connection: &Connection,
    digest: &Digest,
    packed: &[u8],
) -> Result<(), JournalError> {
    let sql = "INSERT OR IGNORE INTO contents (digest, accounts) VALUES (?1, ?2)";
    connection.prepare_cached(sql)?.execute((digest.0, packed))?;
    Ok(())
}

/// Stores a snapshot, in the place of one of the same time.
pub(super) fn put(
    connection: &Connection,
    tenant: &str,
    source: &str,
    as_of: Timestamp,
    verdict: SnapshotVerdict,
    digest: &Digest,
) -> Result<(), JournalError> {
    let sql = "INSERT OR REPLACE INTO snapshots (tenant, source, as_of, verdict, digest)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let row = params![tenant, source, stamp(as_of), word(verdict), digest.0];
    connection.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

/// Forgets what no guard looks back on.
pub(super) fn forget_old(connection: &Connection, tenant: &str, source: &str) -> Result<(), JournalError> {
    if let Some(oldest) = oldest_kept(connection, tenant, source)? {
        let sql = "DELETE FROM snapshots WHERE tenant = ?1 AND source = ?2 AND as_of < ?3";
        connection.prepare_cached(sql)?.execute((tenant, source, oldest))?;
    }
    let sql = "DELETE FROM snapshots WHERE tenant = ?1 AND source = ?2 AND verdict <> 'good' AND as_of <= (
                   SELECT as_of FROM snapshots WHERE tenant = ?1 AND source = ?2 AND verdict <> 'good'
                   ORDER BY as_of DESC LIMIT 1 OFFSET ?3)";
    connection.prepare_cached(sql)?.execute((tenant, source, REFUSED_KEPT))?;
    let sql = "DELETE FROM contents WHERE digest NOT IN (SELECT digest FROM snapshots)";
    connection.prepare_cached(sql)?.execute(())?;
    Ok(())
}

/// What is remembered of each source of a tenant.
pub(super) fn histories(
    connection: &Connection,
    tenant: &str,
) -> Result<BTreeMap<Arc<str>, SourceHistory>, JournalError> {
    let sql = "SELECT source, as_of, verdict, accounts FROM snapshots JOIN contents USING (digest)
               WHERE tenant = ?1 ORDER BY source, as_of";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([tenant])?;
    let mut histories: BTreeMap<Arc<str>, SourceHistory> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let damage = |what: &str| JournalError::damaged(format!("snapshots: {what} cannot be read"));
        let verdict =
            verdict(row.get_ref("verdict")?.as_str().unwrap_or_default()).ok_or_else(|| damage("verdict"))?;
        let packed = row.get_ref("accounts")?.as_blob().map_err(|_| damage("accounts"))?;
        let accounts = unpack(packed).ok_or_else(|| damage("accounts"))?;
        let snapshot = PastSnapshot { as_of: rows::value(row, "as_of")?, verdict, accounts };
        histories.entry(row.get("source")?).or_default().snapshots.push(snapshot);
    }
    Ok(histories)
}

/// Whether every snapshot has its content, and every content its digest.
pub(super) fn check(connection: &Connection) -> Result<(), JournalError> {
    let mut statement = connection.prepare("SELECT digest, accounts FROM contents")?;
    let mut rows = statement.query(())?;
    while let Some(row) = rows.next()? {
        let digest: [u8; 32] = row.get("digest")?;
        let accounts = row.get_ref("accounts")?.as_blob().unwrap_or_default();
        if chain::digest(accounts) != digest {
            return Err(JournalError::damaged(
                "contents: the accounts of a snapshot do not fit their digest",
            ));
        }
    }
    let sql = "SELECT count(*) FROM snapshots WHERE digest NOT IN (SELECT digest FROM contents)";
    let missing: i64 = connection.query_row(sql, (), |row| row.get(0))?;
    if missing > 0 {
        return Err(JournalError::damaged(format!(
            "contents: the accounts of {missing} snapshots are missing"
        )));
    }
    Ok(())
}
