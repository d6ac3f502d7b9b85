//! Intents and outcomes: what is refused, and what survives the end of the process.

use super::{Desk, TENANT, at, create, line, set};
use crate::billing::AdditionId;
use crate::journal::{HistoryFilter, JournalError, LastPass, Outcome, RunId, RunResult};
use crate::usage::{PastAccount, PastSnapshot, SnapshotVerdict};

#[test]
fn a_line_has_at_most_one_open_intent() {
    let mut desk = Desk::new();
    let first = desk.set(line(1), 1, 2, 0);

    let second = desk.journal.intend(desk.run, &set(line(1), 1, 3, 1));

    assert!(matches!(second, Err(JournalError::OpenIntent { line: refused }) if refused == line(1)));
    desk.journal.settle(first, &Outcome::NotApplied, at(2)).unwrap();
    assert!(desk.journal.intend(desk.run, &set(line(1), 1, 3, 3)).is_ok());
}

#[test]
fn the_database_itself_refuses_a_second_open_intent() {
    let mut desk = Desk::new();
    desk.set(line(1), 1, 2, 0);

    let copied = desk.journal.reader().connection().execute(
        "INSERT INTO intents SELECT 99, tenant, run, agreement, product, company, product_identifier, at, body,
             settles_at, doubt, outcome, settled_at FROM intents",
        (),
    );

    assert!(copied.unwrap_err().to_string().contains("UNIQUE"));
}

#[test]
fn stored_events_can_be_neither_changed_nor_removed() {
    let desk = Desk::new();
    let connection = desk.journal.reader().connection();

    assert!(connection.execute("UPDATE events SET at = at", ()).is_err());
    assert!(connection.execute("DELETE FROM events", ()).is_err());
}

#[test]
fn an_intent_is_durable_when_the_call_returns() {
    let mut desk = Desk::new();
    let intent = desk.set(line(1), 1, 2, 0);

    let desk = desk.crash();

    let open = desk.journal.reader().open_intents(TENANT).unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].id, &open[0].intent, &open[0].doubt), (intent, &set(line(1), 1, 2, 0), &None));
}

#[test]
fn nothing_is_meant_before_what_an_earlier_process_left_is_classified() {
    let mut desk = Desk::new();
    let left = desk.set(line(1), 1, 2, 0);
    let mut desk = desk.crash();
    desk.run = desk.journal.begin_run(TENANT, "c2", "sha256:p2", at(10)).unwrap();

    let early = desk.journal.intend(desk.run, &set(line(2), 1, 2, 11));

    assert!(matches!(early, Err(JournalError::Unclassified { count: 1, .. })));
    desk.journal.doubt(left, "the process ended while it was in flight", at(305), at(12)).unwrap();
    assert!(desk.journal.intend(desk.run, &set(line(2), 1, 2, 13)).is_ok());
    assert!(desk.journal.intend(desk.run, &set(line(1), 1, 2, 13)).is_err());
}

#[test]
fn a_doubt_of_this_process_stops_its_line_and_no_other() {
    let mut desk = Desk::new();
    let intent = desk.set(line(1), 1, 2, 0);
    desk.journal.doubt(intent, &"timed out ".repeat(100), at(330), at(30)).unwrap();

    assert!(desk.journal.intend(desk.run, &set(line(2), 1, 2, 31)).is_ok());
    assert!(desk.journal.intend(desk.run, &set(line(1), 1, 2, 31)).is_err());
    let open = desk.journal.reader().open_intents(TENANT).unwrap();
    assert_eq!(open[0].settles_at, at(330));
    assert_eq!(open[0].doubt.as_ref().unwrap().chars().count(), 512);
}

#[test]
fn a_line_is_created_at_most_once() {
    let mut desk = Desk::new();
    let intent = desk.journal.intend(desk.run, &create(line(1), 5, 0)).unwrap();
    desk.journal.settle(intent, &Outcome::Created { addition: AdditionId(77) }, at(1)).unwrap();

    let again = desk.journal.intend(desk.run, &create(line(1), 5, 2));

    assert!(matches!(again, Err(JournalError::AlreadyCreated { addition: AdditionId(77), .. })));
}

#[test]
fn an_intent_is_settled_once() {
    let mut desk = Desk::new();
    let intent = desk.set(line(1), 1, 2, 0);
    desk.journal.settle(intent, &Outcome::Applied, at(1)).unwrap();

    let again = desk.journal.settle(intent, &Outcome::NotApplied, at(2));

    assert!(matches!(again, Err(JournalError::NoOpenIntent { .. })));
    let entry = &desk.journal.reader().history(TENANT, HistoryFilter::default()).unwrap()[0];
    assert_eq!(entry.settled, Some((at(1), Outcome::Applied)));
}

#[test]
fn a_run_that_ended_takes_no_more_intents() {
    let mut desk = Desk::new();
    desk.journal.end_run(desk.run, RunResult::Verified, at(1)).unwrap();

    let late = desk.journal.intend(desk.run, &set(line(1), 1, 2, 2));
    let twice = desk.journal.end_run(desk.run, RunResult::Failed, at(2));
    let unknown = desk.journal.intend(RunId(999), &set(line(1), 1, 2, 2));

    for refused in [late.map(|_| ()), twice, unknown.map(|_| ())] {
        assert!(matches!(refused, Err(JournalError::NoRun { .. })));
    }
}

#[test]
fn a_run_that_never_ended_is_told_as_interrupted() {
    let desk = Desk::new();
    let first = desk.run;
    let mut desk = desk.crash();

    let second = desk.journal.begin_run(TENANT, "c2", "sha256:p2", at(10)).unwrap();
    desk.journal.end_run(second, RunResult::Held, at(11)).unwrap();

    let interrupted = desk.journal.reader().run(TENANT, first).unwrap().unwrap();
    assert_eq!(interrupted.ended, Some((at(10), RunResult::Interrupted)));
    let status = desk.journal.reader().status(TENANT).unwrap();
    assert_eq!(status.last_run.map(|run| run.id), Some(second));
    assert_eq!(status.last_good_run.map(|run| run.id), Some(second));
}

#[test]
fn a_commit_counts_as_applied_from_its_first_intent() {
    let mut desk = Desk::new();
    assert_eq!(desk.journal.reader().last_applied_commit(TENANT).unwrap(), None);

    let intent = desk.set(line(1), 1, 2, 0);
    assert_eq!(desk.journal.reader().last_applied_commit(TENANT).unwrap().as_deref(), Some("c1"));

    desk.journal.settle(intent, &Outcome::Applied, at(1)).unwrap();
    let failed = desk.journal.begin_run(TENANT, "c2", "sha256:p2", at(10)).unwrap();
    desk.journal.end_run(failed, RunResult::Failed, at(11)).unwrap();
    assert_eq!(desk.journal.reader().last_applied_commit(TENANT).unwrap().as_deref(), Some("c1"));
}

#[test]
fn g1_a_full_disk_loses_nothing_and_once_there_is_room_writes_go_on() {
    let mut desk = Desk::new();
    let intent = desk.set(line(1), 1, 2, 0);
    let connection = desk.journal.reader().connection();
    let pages: i64 = connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    connection.pragma_update(None, "max_page_count", pages).unwrap();

    let long = "x".repeat(64);
    let full = (0..).find_map(|second| {
        let commit = format!("{long}{second}");
        desk.journal.begin_run(TENANT, &commit, "sha256:p2", at(second)).err()
    });
    let connection = desk.journal.reader().connection();
    connection.pragma_update(None, "max_page_count", 1 << 20).unwrap();
    let after = desk.journal.settle(intent, &Outcome::Applied, at(2));

    assert!(matches!(full, Some(JournalError::DiskFull)), "{full:?}");
    assert!(after.is_ok() && !desk.journal.has_failed(), "{after:?}");
    let desk = desk.crash();
    assert_eq!(desk.journal.reader().open_intents(TENANT).unwrap().len(), 0);
}

#[test]
fn g3_after_a_failure_of_the_disk_nothing_more_is_written_though_it_works_again() {
    let mut desk = Desk::new();
    let intent = desk.set(line(1), 1, 2, 0);
    let refuse = |desk: &Desk, refuses: bool| {
        desk.journal.reader().connection().pragma_update(None, "query_only", refuses).unwrap();
    };

    refuse(&desk, true);
    let failed = desk.journal.settle(intent, &Outcome::Applied, at(1));
    refuse(&desk, false);
    let after = desk.journal.settle(intent, &Outcome::Applied, at(2));
    let noted = desk.journal.note_pass(TENANT, &LastPass::default());

    assert!(matches!(failed, Err(JournalError::Io { .. })), "{failed:?}");
    assert!(matches!((after, noted), (Err(JournalError::Stopped), Err(JournalError::Stopped))));
    assert!(desk.journal.has_failed());
    let desk = desk.crash();
    assert_eq!(desk.journal.reader().open_intents(TENANT).unwrap().len(), 1);
}

#[test]
fn history_tells_what_was_written_by_which_commit_from_what_to_what() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    desk.written(line(2), 3, 4, 100);
    let run = desk.run;
    let reader = desk.journal.reader();
    let lines = |filter: HistoryFilter<'_>| -> Vec<_> {
        reader.history(TENANT, filter).unwrap().into_iter().map(|entry| entry.intent.line).collect()
    };

    let all = reader.history(TENANT, HistoryFilter::default()).unwrap();

    assert_eq!(all[0].intent, set(line(1), 1, 2, 0));
    assert_eq!((&*all[0].commit, &*all[0].plan, all[0].run), ("c1", "sha256:p1", run));
    assert_eq!(all[0].settled, Some((at(1), Outcome::Applied)));
    assert_eq!(lines(HistoryFilter { since: Some(at(100)), ..HistoryFilter::default() }), [line(2)]);
    assert_eq!(lines(HistoryFilter { product: Some("P-1"), ..HistoryFilter::default() }), [line(1)]);
    assert_eq!(lines(HistoryFilter { company: Some("Northwind"), ..HistoryFilter::default() }).len(), 2);
    assert_eq!(lines(HistoryFilter { company: Some("Contoso"), ..HistoryFilter::default() }), []);
    assert_eq!(lines(HistoryFilter { run: Some(run), ..HistoryFilter::default() }).len(), 2);
    assert_eq!(reader.history("other", HistoryFilter::default()).unwrap(), []);
}

#[test]
fn a_good_snapshot_stays_good_when_its_file_is_put_back_or_another_one_claims_its_time() {
    let mut desk = Desk::new();
    let snapshot = |verdict: SnapshotVerdict, used: u64| PastSnapshot {
        as_of: at(0),
        verdict,
        accounts: vec![PastAccount { username: "acme".into(), used_bytes: Some(used) }],
    };
    let good = snapshot(SnapshotVerdict::Good, 1);
    desk.journal.record_snapshot(TENANT, "intronis", &good, at(1)).unwrap();

    for later in [snapshot(SnapshotVerdict::Refused, 1), snapshot(SnapshotVerdict::ShiftRefused, 1000)] {
        desk.journal.record_snapshot(TENANT, "intronis", &later, at(2)).unwrap();
    }

    let kept = desk.journal.reader().sources(TENANT).unwrap();
    assert_eq!(kept["intronis"].snapshots, [good]);
}

#[test]
fn a_run_in_a_freeze_window_is_good_and_leaves_the_applied_commit_as_it_was() {
    let mut desk = Desk::new();

    desk.journal.end_run(desk.run, RunResult::Frozen, at(1)).unwrap();

    let status = desk.journal.reader().status(TENANT).unwrap();
    assert_eq!(status.last_good_run.map(|run| run.id), Some(desk.run));
    assert_eq!(status.last_applied_commit, None);
}
