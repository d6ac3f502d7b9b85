//! The laws of the source guards.

use jiff::{SignedDuration, Timestamp};

use super::{remembered, source_verdicts};
use crate::billing::Gigabyte;
use crate::mapping::WaiverGuard;
use crate::plan::world::{World, account, held, line, quantity, snapshot, time, told};
use crate::plan::{SourceVerdict, Verdict};
use crate::problem::{Code, Severity};
use crate::usage::{
    Account, PastAccount, PastSnapshot, SnapshotVerdict, SourceFailure, SourceHistory, SourceReading,
};

/// One line that rises, one that falls, one that is to be created.
fn moving() -> World {
    World::in_step()
        .line("more", "BKP-GB", "10", "11")
        .line("less", "BKP-GB", "10", "9")
        .missing("none", "BKP-GB", "1")
}

fn verdicts(world: &World) -> [Verdict; 3] {
    let plan = world.plan();
    ["more", "less", "none"].map(|company| line(&plan, company, "BKP-GB").verdict)
}

const ALL: [Verdict; 3] = [Verdict::Update, Verdict::Update, Verdict::Create];
const NONE: [Verdict; 3] = [Verdict::Hold; 3];
const INCREASES: [Verdict; 3] = [Verdict::Update, Verdict::Hold, Verdict::Hold];

fn verdict(world: &World) -> Option<SnapshotVerdict> {
    source_verdicts(&world.inputs())[0].verdict
}

/// Remembers a snapshot of so many accounts that use as many bytes as now.
fn with_past(world: World, past: &[(&str, SnapshotVerdict, usize)]) -> World {
    with_past_bytes(world, past, 1 << 30)
}

fn with_past_bytes(mut world: World, past: &[(&str, SnapshotVerdict, usize)], bytes: u64) -> World {
    let snapshots = past.iter().map(|(as_of, verdict, accounts)| PastSnapshot {
        as_of: time(as_of),
        verdict: *verdict,
        accounts: (0..*accounts as u64)
            .map(|number| PastAccount { username: account(number, 0).username, used_bytes: Some(bytes) })
            .collect(),
    });
    world.history.sources.insert("intronis".into(), SourceHistory { snapshots: snapshots.collect() });
    world
}

fn using(count: u64, bytes: u64) -> Vec<Account> {
    (0..count).map(|number| account(number, bytes)).collect()
}

const GOOD: SnapshotVerdict = SnapshotVerdict::Good;

#[test]
fn fresh_and_whole_usage_holds_nothing() {
    assert_eq!(verdicts(&moving()), ALL);
    assert_eq!(verdict(&moving()), Some(GOOD));
}

#[test]
fn usage_stale_holds_every_line_of_the_source_after_the_limit() {
    let aged = |hours: i64, minutes: i64| {
        moving().usage(|snapshot| {
            let now = time("2026-11-22T09:00:00Z");
            snapshot.as_of = now - SignedDuration::from_hours(hours) - SignedDuration::from_mins(minutes);
        })
    };

    assert_eq!(verdicts(&aged(36, 0)), ALL);
    assert_eq!(verdicts(&aged(36, 1)), NONE);
    assert_eq!(held(&aged(36, 1).plan(), "more", "BKP-GB"), [Code::UsageStale]);
    assert_eq!(verdict(&aged(36, 1)), Some(GOOD), "the figures are true for their time");
}

#[test]
fn the_age_limit_is_the_tenants_to_tune() {
    let mut world = moving().usage(|snapshot| snapshot.as_of = time("2026-11-20T09:00:00Z"));
    world.catalog.policy.guards.usage_stale_hours = 48;

    assert_eq!(verdicts(&world), ALL);
}

#[test]
fn d3_usage_whose_time_goes_backwards_is_stale_and_never_counts() {
    let past = |at: &str, verdict: SnapshotVerdict| with_past(moving(), &[(at, verdict, 10)]);

    assert_eq!(verdicts(&past("2026-11-22T03:00:00Z", GOOD)), ALL, "the same snapshot again");
    let backwards = past("2026-11-22T03:00:01Z", GOOD);
    assert_eq!((verdicts(&backwards), verdict(&backwards)), (NONE, Some(SnapshotVerdict::Refused)));
    let after_wrong_clock = past("2030-01-01T00:00:00Z", SnapshotVerdict::Refused);
    assert_eq!(verdicts(&after_wrong_clock), ALL, "a time that was wrong itself is no measure");
}

#[test]
fn usage_from_more_than_five_minutes_ahead_is_stale() {
    let at = |as_of: &str| moving().usage(|snapshot| snapshot.as_of = time(as_of));

    assert_eq!(verdicts(&at("2026-11-22T09:05:00Z")), ALL);
    let ahead = at("2026-11-22T09:05:01Z");
    assert_eq!((verdicts(&ahead), verdict(&ahead)), (NONE, Some(SnapshotVerdict::Refused)));
}

#[test]
fn usage_that_says_it_is_incomplete_holds_decreases_and_creates_only() {
    let world = moving().usage(|snapshot| snapshot.complete = false);

    assert_eq!(verdicts(&world), INCREASES);
    assert_eq!(verdict(&world), Some(SnapshotVerdict::SaidIncomplete));
    assert_eq!(told(&world.plan()), [Code::UsageIncomplete]);
}

#[test]
fn too_few_accounts_are_incomplete_when_share_and_number_say_so() {
    let days = ["2026-11-19T03:00:00Z", "2026-11-20T03:00:00Z", "2026-11-21T03:00:00Z"];
    let usual = |count: usize| days.map(|day| (day, GOOD, count));
    let of = |now: u64, before: usize| {
        with_past(moving().usage(|s| s.accounts = using(now, 1 << 30)), &usual(before))
    };

    assert_eq!(verdicts(&of(8, 10)), ALL, "two fewer of ten is no proof");
    assert_eq!(verdicts(&of(7, 10)), INCREASES);
    assert_eq!(verdict(&of(7, 10)), Some(SnapshotVerdict::CountRefused));
    assert_eq!(verdicts(&of(95, 100)), ALL);
    assert_eq!(verdicts(&of(94, 100)), INCREASES);
}

#[test]
fn after_three_snapshots_refused_by_count_the_fourth_is_judged_against_them() {
    let few = SnapshotVerdict::CountRefused;
    let past = |refused: usize| {
        let all = [
            ("2026-11-15T03:00:00Z", GOOD, 100),
            ("2026-11-16T03:00:00Z", GOOD, 100),
            ("2026-11-17T03:00:00Z", few, 50),
            ("2026-11-18T03:00:00Z", SnapshotVerdict::SaidIncomplete, 3),
            ("2026-11-19T03:00:00Z", few, 50),
            ("2026-11-20T03:00:00Z", few, 50),
        ];
        with_past(moving().usage(|snapshot| snapshot.accounts = using(50, 1 << 30)), &all[..refused + 3])
    };

    assert_eq!(verdict(&past(2)), Some(few));
    assert_eq!(verdict(&past(3)), Some(GOOD));
}

#[test]
fn resellers_are_not_counted() {
    let partner = Account { kind: crate::usage::AccountKind::Partner, ..account(900, 1 << 30) };
    let world = moving().usage(|snapshot| {
        snapshot.accounts = using(7, 1 << 30);
        snapshot.accounts.extend(vec![partner; 9]);
    });

    let world = with_past(world, &[("2026-11-21T03:00:00Z", GOOD, 10)]);

    assert_eq!(verdict(&world), Some(SnapshotVerdict::CountRefused));
    assert_eq!(world.plan().usage[0].accounts, 7);
}

#[test]
fn d1_usage_without_accounts_holds_everything() {
    let empty = moving().usage(|snapshot| snapshot.accounts.clear());

    let world = with_past(empty, &[("2026-11-21T03:00:00Z", GOOD, 10)]);

    assert_eq!((verdicts(&world), verdict(&world)), (NONE, Some(SnapshotVerdict::Refused)));
    assert_eq!(told(&world.plan()), [Code::UsageEmpty]);
}

#[test]
fn a_source_that_never_had_accounts_may_go_on_having_none() {
    let empty = moving().usage(|snapshot| snapshot.accounts.clear());

    let world = with_past(empty, &[("2026-11-21T03:00:00Z", GOOD, 0)]);

    assert_eq!(verdict(&world), Some(GOOD));
}

#[test]
fn d4_a_feed_in_another_unit_is_held_and_the_unit_named() {
    let gigabyte = 1_u64 << 30;
    let cases = [
        (gigabyte * 1000, "near 1000:"),
        (gigabyte * 1024, "near 1024:"),
        (gigabyte / 1024, "near 1/1024:"),
        (gigabyte / 1000, "near 1/1000:"),
        (gigabyte * 10, "near 10:"),
        (1, "near 1/1073741824:"),
        (gigabyte * 3, "3 times"),
        (0, "0 times"),
    ];
    for (bytes, said) in cases {
        let world = moving().usage(|snapshot| snapshot.accounts = using(5, bytes));
        let world = with_past(world, &[("2026-11-21T03:00:00Z", GOOD, 5)]);

        assert_eq!(
            (verdicts(&world), verdict(&world)),
            (NONE, Some(SnapshotVerdict::ShiftRefused)),
            "{said}"
        );
        let message = world.plan().problems[0].message.clone();
        assert!(message.contains(said), "{message}");
    }
}

#[test]
fn another_file_of_the_same_time_is_judged_against_the_one_that_was_read_first() {
    let gigabyte = 1_u64 << 30;
    let seen = |bytes: u64| {
        let world = moving().usage(|snapshot| snapshot.accounts = using(5, bytes));
        let as_of = "2026-11-22T03:00:00Z";
        with_past(world, &[(as_of, GOOD, 5)])
    };

    assert_eq!(verdict(&seen(gigabyte)), Some(GOOD), "the same again");
    assert_eq!(verdict(&seen(gigabyte * 1000)), Some(SnapshotVerdict::ShiftRefused));
}

#[test]
fn half_and_double_are_no_shift_and_four_accounts_are_no_proof() {
    let gigabyte = 1_u64 << 30;
    for (count, bytes) in [(5, gigabyte / 2), (5, gigabyte * 2), (4, gigabyte * 1000)] {
        let world = moving().usage(|snapshot| snapshot.accounts = using(count, bytes));
        let world = with_past(world, &[("2026-11-21T03:00:00Z", GOOD, count as usize)]);

        assert_eq!(verdict(&world), Some(GOOD), "{count} accounts, {bytes} bytes");
    }
}

#[test]
fn decimal_against_binary_gigabytes_are_told_and_hold_nothing() {
    let world = moving().usage(|snapshot| snapshot.accounts = using(5, 1 << 30));
    let world = with_past_bytes(world, &[("2026-11-21T03:00:00Z", GOOD, 5)], 1_000_000_000);

    let plan = world.plan();

    assert_eq!(verdicts(&world), ALL);
    assert_eq!((plan.problems[0].code, plan.problems[0].severity), (Code::UnitShift, Severity::Note));
    assert!(plan.problems[0].message.contains("1.0737"));
}

#[test]
fn a_waived_shift_holds_nothing_and_becomes_the_measure() {
    let shifted = || {
        let world = moving().usage(|snapshot| snapshot.accounts = using(5, 1 << 40));
        with_past(world, &[("2026-11-21T03:00:00Z", GOOD, 5)])
    };
    let release = line(&shifted().plan(), "less", "BKP-GB").reasons[0].release.clone().unwrap();
    assert!(release.contains("guard: unit_shift\n    source: intronis\n"), "{release}");

    let waived = shifted().permit(WaiverGuard::UnitShift { source: "intronis".into() });
    let other = shifted().permit(WaiverGuard::UnitShift { source: "other".into() });

    assert_eq!((verdicts(&waived), verdict(&waived)), (ALL, Some(GOOD)));
    assert_eq!(verdicts(&other), NONE);
}

#[test]
fn after_three_shifted_snapshots_the_fourth_is_judged_against_them() {
    let shifted = SnapshotVerdict::ShiftRefused;
    let past = |refused: usize| {
        let days = ["2026-11-18T03:00:00Z", "2026-11-19T03:00:00Z", "2026-11-20T03:00:00Z"];
        let world = moving().usage(|snapshot| snapshot.accounts = using(5, 1 << 30));
        let mut world = with_past(world, &[("2026-11-17T03:00:00Z", GOOD, 5)]);
        let history = world.history.sources.get_mut("intronis").unwrap();
        history.snapshots[0].accounts.iter_mut().for_each(|account| account.used_bytes = Some(1));
        for day in &days[..refused] {
            let as_of: Timestamp = time(day);
            history.snapshots.push(remembered(&snapshot(day, using(5, 1 << 30)), Gigabyte::Binary, shifted));
            assert_eq!(history.snapshots.last().unwrap().as_of, as_of);
        }
        world
    };

    assert_eq!(verdict(&past(2)), Some(shifted));
    assert_eq!(verdict(&past(3)), Some(GOOD));
}

#[test]
fn a_source_that_could_not_be_read_holds_its_lines_and_is_not_remembered() {
    let mut world = moving();
    world.usage = vec![SourceReading::Failed(SourceFailure {
        source: "intronis".into(),
        problems: Vec::new(),
        texts: Vec::new(),
    })];

    let verdicts_of_sources = source_verdicts(&world.inputs());

    assert_eq!(verdicts(&world), NONE);
    assert!(
        matches!(&*verdicts_of_sources, [SourceVerdict { verdict: None, reasons, .. }] if reasons.len() == 1)
    );
    assert_eq!((world.plan().usage[0].as_of, world.plan().usage[0].complete), (None, false));
}

#[test]
fn another_sources_trouble_holds_nothing_here() {
    let mut world = moving();
    world.usage.push(SourceReading::Failed(SourceFailure {
        source: "other".into(),
        problems: Vec::new(),
        texts: Vec::new(),
    }));

    assert_eq!(verdicts(&world), ALL);
}

#[test]
fn what_is_remembered_is_sorted_whole_and_without_rejected_figures() {
    let mut accounts = using(3, 7);
    accounts.reverse();
    accounts[0].rejected = Some(crate::usage::Rejection { message: "no number".to_owned(), place: None });
    accounts[1].metrics = vec![(
        crate::usage::Metric::BackupUsage,
        crate::usage::Measured::Size(crate::billing::Size::Gigabytes(quantity("0.0000000012").value())),
    )];

    let past = remembered(&snapshot("2026-11-22T03:00:00Z", accounts), Gigabyte::Binary, GOOD);

    assert_eq!(
        past.accounts.iter().map(|account| account.used_bytes).collect::<Vec<_>>(),
        [Some(7), Some(1), None]
    );
}
