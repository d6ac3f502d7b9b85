//! Absence: a silence is never a zero, and two silences 20 hours apart are an absence.

use super::{absent, acme, bills, doubts, may_go, outcome, unresolved};
use crate::desired::Why;
use crate::desired::world::{SOURCE, World, gb};
use crate::problem::Code;
use crate::usage::SnapshotVerdict;

/// Acme's account is missing.
fn missing() -> World {
    let mut world = World::in_step();
    world.remove_account("acme");
    world
}

#[test]
fn a_company_without_any_account_is_held_at_zero() {
    assert_eq!(acme(&missing()), absent());
}

#[test]
fn the_hold_says_how_many_snapshots_it_takes() {
    let world = missing();

    let reason = world.desired().lines[0].reasons[0].clone();

    assert_eq!((reason.limit.as_deref(), reason.actual.as_deref()), (Some("2 snapshots"), Some("1")));
}

#[test]
fn two_complete_snapshots_twenty_hours_apart_confirm_an_absence() {
    let mut world = missing();
    world.add_past(20, &["someone"]);

    assert_eq!(acme(&world), may_go(Why::Absent));
    assert_eq!(world.desired().told(), []);
}

#[test]
fn snapshots_closer_than_twenty_hours_confirm_nothing() {
    let mut world = missing();
    world.add_past(19, &[]);
    world.add_past(1, &[]);

    assert_eq!(acme(&world), absent());
}

#[test]
fn an_account_that_was_there_since_is_not_confirmed_absent() {
    let mut world = missing();
    world.add_past(30, &[]);
    world.add_past(10, &["acme"]);

    assert_eq!(acme(&world), absent());
    assert_eq!(world.desired().told(), [(Code::AccountAbsent, "acme")]);
}

#[test]
fn an_account_last_seen_before_two_silences_is_gone() {
    let mut world = missing();
    world.add_past(90, &["acme"]);
    world.add_past(30, &[]);

    assert_eq!(acme(&world), may_go(Why::Absent));
}

#[test]
fn a_snapshot_that_only_a_count_or_a_unit_refused_counts_for_absence() {
    for verdict in [SnapshotVerdict::CountRefused, SnapshotVerdict::ShiftRefused] {
        let mut world = missing();
        world.add_past(24, &[]).verdict = verdict;

        assert_eq!(acme(&world), may_go(Why::Absent));
    }
}

#[test]
fn a_snapshot_that_is_incomplete_by_its_own_word_or_refused_never_counts() {
    for verdict in [SnapshotVerdict::SaidIncomplete, SnapshotVerdict::Refused] {
        let mut world = missing();
        world.add_past(24, &[]).verdict = verdict;

        assert_eq!(acme(&world), absent());
    }
}

#[test]
fn the_present_snapshot_again_is_no_second_one() {
    let mut world = missing();
    world.add_past(0, &[]);

    assert_eq!(acme(&world), absent());
}

#[test]
fn silence_of_an_incomplete_snapshot_says_nothing() {
    let mut world = missing();
    world.add_past(24, &[]);
    world.snapshot(SOURCE).complete = false;
    let unlinked = acme(&world);
    world.add_link("acme", "Acme");

    assert_eq!(
        [unlinked, acme(&world)],
        [unresolved(Code::UsageIncomplete), unresolved(Code::UsageIncomplete)]
    );
}

#[test]
fn an_incomplete_snapshot_still_bills_the_accounts_it_has() {
    let mut world = World::in_step();
    world.snapshot(SOURCE).complete = false;

    assert_eq!(acme(&world), bills("25"), "the guards of the source decide about decreases");
}

#[test]
fn the_share_of_an_account_confirmed_absent_leaves_the_sum() {
    let mut world = World::in_step();
    for account in ["acme", "acme_two"] {
        world.add_link(account, "Acme");
    }
    let unconfirmed = acme(&world);
    world.add_past(24, &["acme"]);

    assert_eq!([unconfirmed, acme(&world)], [doubts(Code::AccountAbsent), bills("25")]);
}

#[test]
fn an_account_that_lately_vanished_holds_the_lines_of_others() {
    let mut world = World::in_step();
    world.unfield("Acme");
    world.add_account("acme_main", "Silver", gb(25));
    world.add_link("acme_main", "Acme");
    world.account("acme").username = "someone".into();
    world.add_past(6, &["Acme"]);

    assert_eq!(acme(&world), doubts(Code::AccountAbsent));
}

#[test]
fn an_account_linked_elsewhere_is_not_missing_here() {
    let mut world = missing();
    world.add_account("acme", "Silver", gb(25));
    world.add_company("Contoso");
    world.add_link("acme", "Contoso");
    world.add_past(24, &["acme"]);

    assert_eq!(acme(&world), may_go(Why::Absent), "Acme has had no account in two snapshots");
}

#[test]
fn the_line_of_a_deleted_company_is_never_confirmed() {
    let mut world = World::in_step();
    world.company("Acme").deleted = true;
    world.add_past(24, &[]);

    assert_eq!(acme(&world), absent());
    assert_eq!(world.desired().told(), [(Code::UnlinkedAccount, "acme")]);
}

#[test]
fn a_company_with_an_account_elsewhere_is_not_moved_from_a_source_it_never_had() {
    let mut world = World::in_step();
    world.add_source("other");
    world.remove_account("acme");
    world.add_account_to("other", "acme", "Silver", gb(1)).plan = None;

    assert_eq!(outcome(&world.desired(), "Acme", "BKP-GB"), absent());
}
