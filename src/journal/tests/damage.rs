//! Damage is found at opening, and told with its place.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use rusqlite::Connection;
use tempfile::TempDir;

use super::{Desk, TENANT, at, copy_files, create, line};
use crate::journal::check::dump;
use crate::journal::{Journal, JournalError, Outcome, RunResult};
use crate::usage::{PastAccount, PastSnapshot, SnapshotVerdict};

/// The files of a journal with something of everything: closed, and as a crash leaves them.
static FILES: LazyLock<(TempDir, TempDir)> = LazyLock::new(|| {
    let mut desk = Desk::new();
    for product in 1..20 {
        desk.written(line(product), 1, 2, product);
    }
    desk.journal.intend(desk.run, &create(line(50), 5, 100)).unwrap();
    let doubtful = desk.set(line(51), 1, 2, 100);
    desk.journal.doubt(doubtful, "timed out", at(430), at(130)).unwrap();
    let drifted = desk.set(line(52), 1, 2, 100);
    desk.journal.settle(drifted, &Outcome::Drift { seen: Some(9.into()) }, at(500)).unwrap();
    desk.journal.record_snapshot(TENANT, "intronis", &snapshot(), at(1)).unwrap();
    desk.journal.end_run(desk.run, RunResult::Partial, at(600)).unwrap();
    let crashed = TempDir::new().unwrap();
    copy_files(desk.folder.path(), crashed.path());
    let Desk { folder, journal, .. } = desk;
    drop(journal);
    (folder, crashed)
});

/// A copy of the closed journal.
fn closed() -> (TempDir, PathBuf) {
    copy_of(&FILES.0)
}

/// A copy of what the crash left.
fn crashed() -> (TempDir, PathBuf) {
    copy_of(&FILES.1)
}

fn copy_of(files: &TempDir) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    copy_files(files.path(), folder.path());
    let path = folder.path().join("trueup.db");
    (folder, path)
}

fn snapshot() -> PastSnapshot {
    let accounts = (0..30).map(|number| PastAccount {
        username: format!("account_{number:02}").into(),
        used_bytes: Some(number * 1_000_000_007),
    });
    PastSnapshot { as_of: at(0), verdict: SnapshotVerdict::Good, accounts: accounts.collect() }
}

/// Everything the journal holds.
fn content(path: &Path) -> Vec<Vec<Vec<rusqlite::types::Value>>> {
    let connection = Connection::open(path).unwrap();
    let tables = ["events", "head", "tenants", "runs", "intents", "lines", "snapshots", "contents"];
    let sql = |table| format!("SELECT * FROM {table}");
    tables.into_iter().map(|table| dump(&connection, &sql(table)).unwrap()).collect()
}

/// Changes stored rows behind the journal's back.
fn tamper(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    let triggers = "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed;";
    let again: String = connection
        .query_row("SELECT group_concat(sql, ';') FROM sqlite_schema WHERE type = 'trigger'", (), |row| {
            row.get(0)
        })
        .unwrap();
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(&format!("{triggers} {sql}; {again}")).unwrap();
}

#[track_caller]
fn damaged_at(path: &Path, place: &str) {
    match Journal::open(path) {
        Err(error @ JournalError::Damaged { .. }) => {
            assert!(error.to_string().contains(place), "{error}");
            assert!(error.hint().is_some());
        }
        other => panic!("expected damage of {place}, and got {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn s22_a_flipped_bit_is_reported_or_changes_nothing(position in any::<proptest::sample::Index>(), bit in 0..8_u8) {
        let (_folder, path) = closed();
        let before = content(&path);
        let mut bytes = std::fs::read(&path).unwrap();
        let position = position.index(bytes.len());
        bytes[position] ^= 1 << bit;
        std::fs::write(&path, &bytes).unwrap();

        if let Ok(journal) = Journal::open(&path) {
            drop(journal);
            prop_assert_eq!(content(&path), before);
        }
    }

    #[test]
    fn s22_a_flipped_bit_of_what_a_crash_left_is_reported_or_changes_nothing(
        position in any::<proptest::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let (folder, path) = crashed();
        let file = folder.path().join("trueup.db-wal");
        let mut bytes = std::fs::read(&file).unwrap();
        let position = position.index(bytes.len());
        bytes[position] ^= 1 << bit;
        std::fs::write(&file, &bytes).unwrap();

        if let Ok(journal) = Journal::open(&path) {
            drop(journal);
            prop_assert_eq!(content(&path), content(&closed().1));
        }
    }

    #[test]
    fn g5_a_cut_file_is_reported(kept in any::<proptest::sample::Index>()) {
        let (_folder, path) = closed();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..kept.index(bytes.len())]).unwrap();

        prop_assert!(Journal::open(&path).is_err());
    }
}

#[test]
fn a_changed_event_is_told_by_its_number() {
    let (_folder, path) = closed();
    tamper(
        &path,
        "UPDATE events SET body = replace(body, '\"after\":\"2\"', '\"after\":\"3\"') WHERE seq = 7",
    );
    damaged_at(&path, "event 7");
}

#[test]
fn a_removed_event_is_told() {
    let (_folder, path) = closed();
    tamper(&path, "DELETE FROM events WHERE seq = 7");
    damaged_at(&path, "event 7 is missing");
}

#[test]
fn a_removed_tail_is_told() {
    let (_folder, path) = closed();
    tamper(&path, "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)");
    damaged_at(&path, "events");

    let (folder, path) = closed();
    std::fs::remove_file(folder.path().join("trueup.db.lock")).unwrap();
    tamper(&path, "DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)");
    damaged_at(&path, "head");
}

#[test]
fn a_projection_that_is_not_what_the_events_come_to_is_told() {
    for (sql, place) in [
        ("UPDATE lines SET last_written = '3' WHERE product = 5", "lines"),
        ("DELETE FROM lines WHERE product = 5", "lines"),
        ("UPDATE intents SET outcome = '\"not_applied\"' WHERE outcome IS NULL", "intents"),
        ("UPDATE tenants SET last_applied_commit = 'c0'", "tenants"),
        ("UPDATE runs SET result = 'verified'", "runs"),
        ("UPDATE snapshots SET verdict = 'refused'", "snapshots"),
        ("UPDATE contents SET accounts = x'00'", "contents"),
        ("DELETE FROM contents", "contents"),
        ("DROP INDEX one_open_intent_a_line", "schema"),
    ] {
        let (_folder, path) = closed();
        tamper(&path, sql);
        damaged_at(&path, place);
    }
}

#[test]
fn g7_an_older_copy_that_was_put_back_is_told() {
    let mut desk = Desk::new();
    let older = TempDir::new().unwrap();
    copy_files(desk.folder.path(), older.path());
    desk.written(line(1), 1, 2, 0);
    let path = desk.path();
    let Desk { folder, journal, .. } = desk;
    drop(journal);

    for file in ["trueup.db", "trueup.db-wal", "trueup.db-shm"] {
        std::fs::copy(older.path().join(file), folder.path().join(file)).unwrap();
    }

    damaged_at(&path, "the tail is lost");
}

#[test]
fn g5_a_lost_write_ahead_file_is_told() {
    let (folder, path) = crashed();
    std::fs::remove_file(folder.path().join("trueup.db-wal")).unwrap();

    assert!(Journal::open(&path).is_err());
}

#[test]
fn g5_an_emptied_or_removed_journal_is_told_and_a_fresh_start_is_a_decision() {
    let (folder, path) = closed();
    std::fs::write(&path, b"").unwrap();
    damaged_at(&path, "empty or gone");
    std::fs::remove_file(&path).unwrap();
    damaged_at(&path, "empty or gone");

    std::fs::remove_file(folder.path().join("trueup.db.lock")).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(Journal::open(&path).is_ok());
}

#[test]
fn g5_a_file_that_is_no_database_is_told() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("trueup.db");
    std::fs::write(&path, "nothing of the kind\n".repeat(500)).unwrap();

    assert!(matches!(Journal::open(&path), Err(JournalError::Damaged { .. })));
    assert!(matches!(Journal::read(&path), Err(JournalError::Damaged { .. })));
}
