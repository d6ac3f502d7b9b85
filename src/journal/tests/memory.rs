//! What the journal gives back of lines and sources is what was told to it.

use jiff::SignedDuration;
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};

use super::{Desk, TENANT, at, create, line};
use crate::billing::{
    AdditionId, Adopted, CompanyId, Guarded, LineKey, LineRecord, OpenIntent, PastWrite, Quantity,
};
use crate::journal::event::Figures;
use crate::journal::{Field, Observation, Outcome, Sighting, snapshots};
use crate::plan::Summary;
use crate::usage::{PastAccount, PastSnapshot, SnapshotVerdict};

const DAY: i64 = 86_400;

impl Desk {
    fn record(&self, line: LineKey, seconds: i64) -> Option<LineRecord> {
        self.journal.reader().records(TENANT, at(seconds)).unwrap().remove(&line)
    }

    fn seen(&mut self, line: LineKey, quantity: u64, sighting: Sighting, seconds: i64) {
        let addition = AdditionId(9000 + line.product.0);
        let observation = Observation { line, addition, quantity: quantity.into(), sighting, guarded: None };
        self.journal.observe(TENANT, &[observation], at(seconds)).unwrap();
    }

    fn events(&self) -> i64 {
        let connection = self.journal.reader().connection();
        connection.query_row("SELECT count(*) FROM events", (), |row| row.get(0)).unwrap()
    }
}

fn in_step() -> Sighting {
    Sighting::InStep { commit: "c1".into(), terms: "terms-1".into() }
}

fn written(quantity: u64, seconds: i64) -> LineRecord {
    LineRecord {
        addition: Some(AdditionId(9001)),
        last_written: Some(quantity.into()),
        written_at: at(seconds),
        commit: "c1".into(),
        terms: "terms-1".into(),
        recent_writes: Vec::new(),
        foreign_changes: Vec::new(),
        open_intent: None,
        diverged: false,
        adopted: None,
        guarded: None,
        unlanded: Vec::new(),
    }
}

fn write(before: u64, after: u64, seconds: i64) -> PastWrite {
    PastWrite { at: at(seconds), before: before.into(), after: after.into() }
}

#[test]
fn a_verified_write_is_what_was_last_written() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);

    let record = LineRecord { recent_writes: vec![write(1, 2, 1)], ..written(2, 1) };
    assert_eq!(desk.record(line(1), 10), Some(record));
}

#[test]
fn an_open_intent_shows_and_changes_nothing_else() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let before = desk.record(line(1), 10).unwrap();

    desk.set(line(1), 2, 3, 20);
    desk.set(line(2), 2, 3, 20);
    desk.journal.intend(desk.run, &create(line(3), 3, 20)).unwrap();

    let open = Some(OpenIntent { since: at(20), settles_at: at(325) });
    assert_eq!(desk.record(line(1), 30), Some(LineRecord { open_intent: open, ..before }));
    let never_written = desk.record(line(2), 30).unwrap();
    assert_eq!((never_written.last_written, never_written.open_intent), (None, open));
    assert_eq!(never_written.addition, Some(AdditionId(9002)));
    assert_eq!(desk.record(line(3), 30).unwrap().addition, None);
}

#[test]
fn a_write_that_did_nothing_leaves_the_memory_as_it_was() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let before = desk.record(line(1), 10);

    for outcome in [Outcome::NotApplied, Outcome::Refused { status: 400, message: "no".to_owned() }] {
        for line in [line(1), line(2)] {
            let intent = desk.set(line, 2, 3, 20);
            desk.journal.settle(intent, &outcome, at(21)).unwrap();
        }
    }

    let after = desk.record(line(1), 30).map(|record| LineRecord { unlanded: Vec::new(), ..record });
    assert_eq!(after, before);
    assert_eq!(desk.record(line(2), 30), None);
}

#[test]
fn b4_what_did_not_land_is_remembered_for_a_day_or_until_a_write_of_ours_found_it() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let lost = desk.set(line(1), 2, 3, 20);
    desk.journal.settle(lost, &Outcome::NotApplied, at(400)).unwrap();
    let unlanded = |desk: &Desk, seconds| desk.record(line(1), seconds).unwrap().unlanded;

    desk.written(line(1), 2, 4, 500);
    let given_up = unlanded(&desk, 510);
    let a_day_later = unlanded(&desk, 20 + 24 * 3600 + 1);
    desk.written(line(1), 3, 4, 600);

    assert_eq!((given_up, a_day_later), (vec![3.into()], Vec::new()));
    assert_eq!(unlanded(&desk, 610), []);
}

#[test]
fn b19_what_a_line_was_like_is_remembered_with_its_quantity() {
    let mut desk = Desk::new();
    let guarded = |price: &str| Guarded {
        company: CompanyId(7),
        company_identifier: "Acme".into(),
        agreement: "Backup".into(),
        product: "BKP-GB".into(),
        unit: Some("Each".into()),
        unit_price: Some(price.parse().unwrap()),
    };
    let seen = |price| Observation {
        line: line(1),
        addition: AdditionId(9001),
        quantity: 5.into(),
        sighting: in_step(),
        guarded: Some(guarded(price)),
    };
    let remembered = |desk: &Desk| desk.record(line(1), 90).unwrap().guarded;

    desk.journal.observe(TENANT, &[seen("0.5")], at(1)).unwrap();
    let events = desk.events();
    desk.journal.observe(TENANT, &[seen("0.5")], at(2)).unwrap();
    let (first, no_news) = (remembered(&desk), desk.events() == events);
    desk.journal.observe(TENANT, &[seen("0.6")], at(3)).unwrap();

    assert_eq!((first, no_news), (Some(guarded("0.5")), true));
    assert_eq!(remembered(&desk), Some(guarded("0.6")));
    desk.written(line(1), 5, 6, 10);
    assert_eq!(remembered(&desk), Some(guarded("0.6")), "a write that tells nothing of it leaves it");
}

#[test]
fn a_divergence_holds_until_the_line_is_in_step() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let intent = desk.set(line(1), 2, 3, 20);
    let (addition, fields) = (AdditionId(9001), vec![Field::Quantity]);
    let outcome = Outcome::Diverged { addition, seen: Some(2.into()), fields };
    desk.journal.settle(intent, &outcome, at(21)).unwrap();

    let record = desk.record(line(1), 30).unwrap();
    assert_eq!((record.diverged, record.last_written), (true, Some(2.into())));
    desk.seen(line(1), 3, in_step(), 40);
    let record = desk.record(line(1), 50).unwrap();
    assert_eq!((record.diverged, record.last_written), (false, Some(3.into())));
}

#[test]
fn drift_on_a_line_we_never_wrote_shows_as_a_hand_edit() {
    let mut desk = Desk::new();
    let intent = desk.set(line(1), 2, 3, 0);
    desk.journal.settle(intent, &Outcome::Drift { seen: Some(9.into()) }, at(400)).unwrap();

    assert_eq!(desk.record(line(1), 401).unwrap().last_written, Some(2.into()));
}

#[test]
fn a_created_line_was_written_zero() {
    let mut desk = Desk::new();
    let intent = desk.journal.intend(desk.run, &create(line(1), 5, 0)).unwrap();
    desk.journal.settle(intent, &Outcome::Created { addition: AdditionId(9001) }, at(1)).unwrap();

    assert_eq!(desk.record(line(1), 10), Some(written(0, 1)));
}

#[test]
fn writes_are_recent_for_seven_days_and_changes_by_others_for_one() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    desk.seen(line(1), 9, Sighting::Foreign, 10);
    desk.written(line(1), 9, 2, 20);

    let record = desk.record(line(1), DAY + 10).unwrap();
    assert_eq!(record.recent_writes, [write(1, 2, 1), write(9, 2, 21)]);
    assert_eq!(record.foreign_changes, [at(10)]);
    assert_eq!(desk.record(line(1), DAY + 11).unwrap().foreign_changes, []);
    assert_eq!(desk.record(line(1), 7 * DAY + 2).unwrap().recent_writes, [write(9, 2, 21)]);
}

#[test]
fn c4_each_change_by_others_counts_once_until_we_write_again() {
    let mut desk = Desk::new();
    desk.seen(line(1), 9, Sighting::Foreign, 0);
    assert_eq!(desk.record(line(1), 1), None, "a line we never wrote cannot be taken from us");
    desk.written(line(1), 1, 2, 0);

    for second in [10, 20, 30] {
        desk.seen(line(1), 9, Sighting::Foreign, second);
    }
    desk.seen(line(1), 2, Sighting::Foreign, 40);
    assert_eq!(desk.record(line(1), 50).unwrap().foreign_changes, [at(10)]);

    desk.written(line(1), 9, 2, 60);
    desk.seen(line(1), 9, Sighting::Foreign, 70);
    assert_eq!(desk.record(line(1), 80).unwrap().foreign_changes, [at(10), at(70)]);
}

#[test]
fn an_adopted_quantity_counts_as_written_until_the_line_is_written() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let adopted = Sighting::Adopted { against: 2.into(), commit: "c1".into(), terms: "terms-1".into() };
    desk.seen(line(1), 9, adopted, 10);

    let record = desk.record(line(1), 20).unwrap();
    assert_eq!(record.adopted, Some(Adopted { quantity: 9.into(), against: 2.into() }));
    assert_eq!(record.last_written, Some(9.into()));
    desk.written(line(1), 9, 4, 30);
    assert_eq!(desk.record(line(1), 40).unwrap().adopted, None);
}

#[test]
fn seeing_what_is_known_leaves_no_trace() {
    let mut desk = Desk::new();
    desk.seen(line(1), 2, in_step(), 0);
    let (events, record) = (desk.events(), desk.record(line(1), 1));
    assert_eq!(record, Some(written(2, 0)));

    desk.seen(line(1), 2, in_step(), 10);
    desk.journal.meet(TENANT, &super::instance(), at(20)).unwrap();

    assert_eq!((desk.events(), desk.record(line(1), 1)), (events, record));
    let terms = Sighting::InStep { commit: "c2".into(), terms: "terms-2".into() };
    desk.seen(line(1), 2, terms, 30);
    assert_eq!(desk.record(line(1), 40).unwrap().terms.as_ref(), "terms-2");
}

#[test]
fn the_last_plan_is_remembered() {
    let mut desk = Desk::new();
    let summary = Summary { update: 3, monthly_delta: Some("43.5".parse().unwrap()), ..Summary::default() };
    desk.journal.record_plan(TENANT, "c2", "sha256:p2", &summary, at(5)).unwrap();

    let planned = desk.journal.reader().status(TENANT).unwrap().last_planned.unwrap();

    assert_eq!((planned.at, &*planned.commit, &*planned.digest), (at(5), "c2", "sha256:p2"));
    assert_eq!(planned.summary, summary);
}

#[test]
fn a_plan_that_told_fewer_figures_is_still_read() {
    let Figures(summary) = serde_json::from_str(r#"{"update":9,"retired":1}"#).unwrap();

    assert_eq!(summary, Summary { update: 9, ..Summary::default() });
}

fn snapshot(day: i64, verdict: SnapshotVerdict) -> PastSnapshot {
    let username = "acme_dental".into();
    let accounts = vec![PastAccount { username, used_bytes: Some(day.unsigned_abs()) }];
    PastSnapshot { as_of: at(day * DAY), verdict, accounts }
}

#[test]
fn the_last_seven_good_snapshots_are_kept_and_all_after_the_oldest_of_them() {
    let mut desk = Desk::new();
    let verdict = |day| if day % 3 == 0 { SnapshotVerdict::CountRefused } else { SnapshotVerdict::Good };
    for day in 0..30 {
        desk.journal
            .record_snapshot(TENANT, "intronis", &snapshot(day, verdict(day)), at(day * DAY))
            .unwrap();
    }

    let sources = desk.journal.reader().sources(TENANT).unwrap();

    let expected: Vec<_> = (20..30).map(|day| snapshot(day, verdict(day))).collect();
    assert_eq!(sources["intronis"].snapshots, expected);
}

#[test]
fn a_snapshot_is_recorded_once_for_its_time_and_the_last_word_counts() {
    let mut desk = Desk::new();
    let record = |desk: &mut Desk, snapshot: &PastSnapshot| {
        desk.journal.record_snapshot(TENANT, "intronis", snapshot, at(0)).unwrap();
    };
    record(&mut desk, &snapshot(1, SnapshotVerdict::ShiftRefused));
    let events = desk.events();
    record(&mut desk, &snapshot(1, SnapshotVerdict::ShiftRefused));
    assert_eq!(desk.events(), events);

    record(&mut desk, &snapshot(1, SnapshotVerdict::Good));

    let sources = desk.journal.reader().sources(TENANT).unwrap();
    assert_eq!(sources["intronis"].snapshots, [snapshot(1, SnapshotVerdict::Good)]);
}

#[test]
fn a_source_that_is_refused_for_months_does_not_fill_the_disk() {
    let mut desk = Desk::new();
    let good = snapshot(0, SnapshotVerdict::Good);
    desk.journal.record_snapshot(TENANT, "intronis", &good, at(0)).unwrap();
    for day in 1..450 {
        let refused = snapshot(day, SnapshotVerdict::Refused);
        desk.journal.record_snapshot(TENANT, "intronis", &refused, at(day)).unwrap();
    }

    let kept = desk.journal.reader().sources(TENANT).unwrap().remove("intronis").unwrap().snapshots;

    assert_eq!((kept.len(), &kept[0]), (401, &good));
}

fn account() -> impl Strategy<Value = PastAccount> {
    (any::<String>(), any::<Option<u64>>())
        .prop_map(|(username, used_bytes)| PastAccount { username: username.into(), used_bytes })
}

proptest! {
    #[test]
    fn packed_accounts_come_back_as_they_were(accounts in vec(account(), 0..50)) {
        prop_assert_eq!(snapshots::unpack(&snapshots::pack(&accounts)), Some(accounts));
    }

    #[test]
    fn bytes_that_nobody_packed_never_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = snapshots::unpack(&bytes);
    }
}

#[test]
fn quantities_are_exact() {
    let mut desk = Desk::new();
    let quantity: Quantity = "80.25".parse().unwrap();
    let (addition, sighting) = (AdditionId(1), in_step());
    let observation = Observation { line: line(1), addition, quantity, sighting, guarded: None };
    desk.journal.observe(TENANT, &[observation], at(0) + SignedDuration::from_nanos(1)).unwrap();

    let record = desk.record(line(1), 1).unwrap();

    assert_eq!(record.last_written, Some(quantity));
    assert_eq!(record.written_at, at(0) + SignedDuration::from_nanos(1));
}
