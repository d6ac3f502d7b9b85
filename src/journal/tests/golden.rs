//! A journal of every schema version that was released still opens, and says what it said.
//!
//! `version_1.sql` is a whole journal as the first version left it. The same story told today must give the same
//! events, byte for byte: they are read forever.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Desk, TENANT, at, create, line, set};
use crate::billing::AdditionId;
use crate::journal::check::dump;
use crate::journal::{Field, HistoryFilter, Journal, NotSent, Observation, Outcome, RunResult, Sighting};
use crate::plan::Summary;
use crate::usage::{PastAccount, PastSnapshot, SnapshotVerdict};

const VERSION_1: &str = include_str!("version_1.sql");

/// One of everything that can happen.
fn story() -> Desk {
    let mut desk = Desk::new();
    let summary = Summary { update: 9, monthly_delta: Some("43.5".parse().unwrap()), ..Summary::default() };
    desk.journal.record_plan(TENANT, "c1", "sha256:p1", &summary, at(0)).unwrap();
    for (product, outcome) in (1..).zip(outcomes()) {
        let intent = match outcome {
            Outcome::Created { .. } | Outcome::Ambiguous { .. } => create(line(product), 5, 10),
            _ => set(line(product), 1, 2, 10),
        };
        let intent = desk.journal.intend(desk.run, &intent).unwrap();
        desk.journal.settle(intent, &outcome, at(11)).unwrap();
    }
    observe(&mut desk);
    let accounts = vec![
        PastAccount { username: "acme_dental".into(), used_bytes: Some(26_843_545_600) },
        PastAccount { username: "acme_depot".into(), used_bytes: None },
    ];
    let snapshot = PastSnapshot { as_of: at(-3600), verdict: SnapshotVerdict::Good, accounts };
    desk.journal.record_snapshot(TENANT, "intronis", &snapshot, at(30)).unwrap();
    desk.journal.end_run(desk.run, RunResult::Partial, at(40)).unwrap();
    desk.run = desk.journal.begin_run(TENANT, "c2", "sha256:p2", at(50)).unwrap();
    let open = desk.set(line(40), 1, 2, 60);
    desk.journal.doubt(open, "timed out", at(390), at(90)).unwrap();
    desk
}

fn outcomes() -> Vec<Outcome> {
    let addition = AdditionId(9007);
    vec![
        Outcome::Applied,
        Outcome::NotApplied,
        Outcome::NotSent(NotSent::SendByPassed),
        Outcome::Refused { status: 400, message: "addition object is invalid".to_owned() },
        Outcome::Drift { seen: None },
        Outcome::Gone,
        Outcome::Diverged { addition, seen: Some(7.into()), fields: vec![Field::Quantity, Field::UnitPrice] },
        Outcome::Created { addition: AdditionId(70) },
        Outcome::Ambiguous { additions: vec![AdditionId(71), AdditionId(72)] },
    ]
}

fn observe(desk: &mut Desk) {
    let (commit, terms) = ("c1".into(), "terms-1".into());
    let seen = |product, quantity: u64, sighting| Observation {
        line: line(product),
        addition: AdditionId(9000 + product),
        quantity: quantity.into(),
        sighting,
        guarded: None,
    };
    let adopted = Sighting::Adopted { against: 2.into(), commit, terms };
    let (commit, terms) = ("c1".into(), "terms-1".into());
    let observations = [
        seen(1, 9, Sighting::Foreign),
        seen(20, 3, Sighting::InStep { commit, terms }),
        seen(21, 4, adopted),
    ];
    desk.journal.observe(TENANT, &observations, at(20)).unwrap();
}

fn stored(sql: &str) -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("trueup.db");
    Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    (folder, path)
}

#[test]
fn a13_a_journal_of_version_1_opens_and_says_what_it_said() {
    let (_folder, path) = stored(VERSION_1);

    let journal = Journal::open(&path).unwrap();

    let told = story();
    let (then, now) = (journal.reader(), told.journal.reader());
    assert_eq!(then.records(TENANT, at(100)).unwrap(), now.records(TENANT, at(100)).unwrap());
    assert_eq!(then.sources(TENANT).unwrap(), now.sources(TENANT).unwrap());
    assert_eq!(then.status(TENANT).unwrap(), now.status(TENANT).unwrap());
    assert_eq!(then.open_intents(TENANT).unwrap().len(), 1);
    let all = HistoryFilter::default();
    assert_eq!(then.history(TENANT, all).unwrap(), now.history(TENANT, all).unwrap());
    let settled = then.history(TENANT, all).unwrap().into_iter().filter_map(|entry| entry.settled);
    assert_eq!(settled.map(|(_, outcome)| outcome).collect::<Vec<_>>(), outcomes());
}

#[test]
fn the_same_story_gives_the_same_events_in_every_version() {
    let (_folder, path) = stored(VERSION_1);
    let told = story();

    let events = |path: &Path| {
        let connection = Connection::open(path).unwrap();
        // A plan's summary may gain figures, which old events then lack.
        let sql = "SELECT seq, at, tenant, body FROM events WHERE body NOT LIKE '%\"planned\"%' ORDER BY seq";
        dump(&connection, sql).unwrap()
    };

    assert_eq!(events(&told.path()), events(&path));
}
