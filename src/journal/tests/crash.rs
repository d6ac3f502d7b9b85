//! A process may end at any step: what the next one finds is what was told, and what replaying the events gives.

use proptest::collection::vec;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use tempfile::TempDir;

use super::{Desk, TENANT, at, copy_files, create, line, set};
use crate::billing::AdditionId;
use crate::journal::{Field, Journal, NotSent, Observation, Outcome, RunResult, Sighting};
use crate::usage::{PastAccount, PastSnapshot, SnapshotVerdict};

/// Something to tell the journal. What it refuses is refused without a trace.
#[derive(Clone, Debug)]
enum Told {
    Set(i64),
    Create(i64),
    Doubt,
    Settle(Outcome),
    Seen(i64, u64, Sighting),
    Snapshot(i64, SnapshotVerdict),
    NextRun(RunResult),
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let (addition, fields) = (AdditionId(9001), vec![Field::Quantity]);
    prop_oneof![
        4 => Just(Outcome::Applied),
        1 => Just(Outcome::NotApplied),
        1 => Just(Outcome::NotSent(NotSent::StopRequested)),
        1 => Just(Outcome::Created { addition }),
        1 => Just(Outcome::Diverged { addition, seen: None, fields }),
        1 => Just(Outcome::Drift { seen: Some(9.into()) }),
        1 => Just(Outcome::Gone),
    ]
}

fn sighting() -> impl Strategy<Value = Sighting> {
    let adopted = Sighting::Adopted { against: 3.into(), commit: "c1".into(), terms: "t".into() };
    prop_oneof![
        Just(Sighting::InStep { commit: "c1".into(), terms: "t".into() }),
        Just(Sighting::Foreign),
        Just(adopted),
    ]
}

fn told() -> impl Strategy<Value = Told> {
    prop_oneof![
        3 => (1..4_i64).prop_map(Told::Set),
        1 => (1..4_i64).prop_map(Told::Create),
        1 => Just(Told::Doubt),
        4 => outcome().prop_map(Told::Settle),
        2 => (1..4_i64, 0..4_u64, sighting()).prop_map(|(line, quantity, seen)| Told::Seen(line, quantity, seen)),
        1 => (0..12_i64, any::<bool>()).prop_map(|(hour, good)| {
            Told::Snapshot(hour, if good { SnapshotVerdict::Good } else { SnapshotVerdict::CountRefused })
        }),
        1 => Just(Told::NextRun(RunResult::Verified)),
        1 => Just(Told::NextRun(RunResult::Failed)),
    ]
}

fn tell(desk: &mut Desk, told: Told, second: i64) {
    let journal = &mut desk.journal;
    let open = journal.reader().open_intents(TENANT).unwrap().first().map(|open| open.id);
    match (told, open) {
        (Told::Set(product), _) => drop(journal.intend(desk.run, &set(line(product), 1, 2, second))),
        (Told::Create(product), _) => drop(journal.intend(desk.run, &create(line(product), 2, second))),
        (Told::Doubt, Some(open)) => journal.doubt(open, "timed out", at(second + 400), at(second)).unwrap(),
        (Told::Settle(outcome), Some(open)) => journal.settle(open, &outcome, at(second)).unwrap(),
        (Told::Doubt | Told::Settle(_), None) => {}
        (Told::Seen(product, quantity, sighting), _) => {
            let (line, addition, quantity) = (line(product), AdditionId(9001), quantity.into());
            let observation = Observation { line, addition, quantity, sighting, guarded: None };
            journal.observe(TENANT, &[observation], at(second)).unwrap();
        }
        (Told::Snapshot(hour, verdict), _) => {
            let accounts =
                vec![PastAccount { username: "acme".into(), used_bytes: Some(hour.unsigned_abs()) }];
            let snapshot = PastSnapshot { as_of: at(hour * 3600), verdict, accounts };
            journal.record_snapshot(TENANT, "intronis", &snapshot, at(second)).unwrap();
        }
        (Told::NextRun(result), _) => {
            journal.end_run(desk.run, result, at(second)).unwrap();
            desk.run = journal.begin_run(TENANT, "c2", "sha256:p2", at(second)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn after_a_crash_at_any_step_the_journal_is_whole_and_says_the_same(story in vec(told(), 1..25)) {
        let mut desk = Desk::new();
        for (second, told) in (0..).zip(story) {
            tell(&mut desk, told, second);

            let copy = TempDir::new().unwrap();
            copy_files(desk.folder.path(), copy.path());
            // Opening replays every event and compares.
            let next = Journal::open(&copy.path().join("trueup.db"));
            prop_assert!(next.is_ok(), "{:?}", next);
            let next = next.unwrap();
            let (ours, theirs) = (desk.journal.reader(), next.reader());
            let now = at(second);
            prop_assert_eq!(ours.records(TENANT, now).unwrap(), theirs.records(TENANT, now).unwrap());
            prop_assert_eq!(ours.status(TENANT).unwrap(), theirs.status(TENANT).unwrap());
            prop_assert_eq!(ours.sources(TENANT).unwrap(), theirs.sources(TENANT).unwrap());
        }
    }
}
