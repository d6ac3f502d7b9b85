//! Resolution 1: kind, status and ignores.

use super::{absent, acme, bills, may_go, outcome};
use crate::desired::Why;
use crate::desired::world::{SOURCE, World, gb, place};
use crate::mapping::{Ignore, StatusPolicy};
use crate::problem::Code;
use crate::usage::{AccountKind, AccountStatus, Rejection};

fn ignore(world: &mut World, until: Option<&str>) {
    world.catalog.ignores.push(Ignore {
        place: place(90),
        source: SOURCE.into(),
        account: "acme".into(),
        reason: "internal demo".to_owned(),
        until: until.map(|day| day.parse().unwrap()),
    });
}

#[test]
fn a_world_in_step_has_nothing_to_tell() {
    let world = World::in_step();

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(world.desired().told(), []);
    assert_eq!(world.desired().lines.len(), 1);
}

#[test]
fn a_partner_is_never_billed() {
    let mut world = World::in_step();
    world.account("acme").kind = AccountKind::Partner;

    assert_eq!(acme(&world), absent());
}

#[test]
fn a_frozen_account_is_billed_and_noted() {
    let mut world = World::in_step();
    world.account("acme").status = AccountStatus::Frozen;

    let desired = world.desired();

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(desired.lines[0].notes, [Code::FrozenAccount]);
    assert_eq!(desired.told(), [(Code::FrozenAccount, "acme")]);
}

#[test]
fn the_lines_of_a_test_account_are_left_out_neither_zeroed_nor_held() {
    let mut world = World::in_step();
    world.account("acme").status = AccountStatus::Test;

    assert_eq!(acme(&world), None);
    assert_eq!(world.desired().told(), []);
}

#[test]
fn a_cancelled_account_wants_nothing() {
    let mut world = World::in_step();
    world.account("acme").status = AccountStatus::Canceled;

    assert_eq!(acme(&world), may_go(Why::Cancelled));
}

#[test]
fn the_policy_sets_what_a_status_means() {
    let mut world = World::in_step();
    world.account("acme").status = AccountStatus::Frozen;
    world.catalog.policy.statuses.insert(AccountStatus::Frozen, StatusPolicy::Zero);

    assert_eq!(acme(&world), may_go(Why::Cancelled));
    assert_eq!(world.desired().told(), []);
}

#[test]
fn a_cancelled_account_still_counts_as_an_account_of_its_company() {
    let mut world = World::in_step();
    world.add_account("acme_old", "Silver", gb(9)).status = AccountStatus::Canceled;
    world.add_link("acme_old", "Acme");

    assert_eq!(world.desired().told(), [(Code::SharedCompany, "Acme")]);
}

#[test]
fn an_ignored_account_is_left_out_through_its_last_day() {
    let mut world = World::in_step();
    ignore(&mut world, Some("2026-11-22"));

    assert_eq!(acme(&world), None);
    assert_eq!(world.desired().told(), []);
}

#[test]
fn an_expired_ignore_no_longer_ignores_and_is_told() {
    let mut world = World::in_step();
    ignore(&mut world, Some("2026-11-21"));

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(world.desired().told(), [(Code::Expired, "acme")]);
}

#[test]
fn an_ignored_account_that_vanished_is_still_left_out() {
    let mut world = World::in_step();
    ignore(&mut world, None);
    world.remove_account("acme");

    assert_eq!(acme(&world), None);
}

#[test]
fn an_ignored_account_does_not_stop_its_company_from_moving() {
    let mut world = World::in_step();
    world.add_cross_reference("BackupUsage", "Gold", "BKP-GOLD");
    world.add_plan_row("Gold", crate::mapping::UsageValue::Total, "Gold");
    world.add_cross_reference("BackupUsage", "Bronze", "BKP-BRONZE");
    world.add_plan_row("Bronze", crate::mapping::UsageValue::Total, "Bronze");
    world.add_account("acme_main", "Bronze", gb(25));
    world.add_link("acme_main", "Acme");
    for product in ["BKP-GOLD", "BKP-BRONZE"] {
        world.add_addition("Acme", product, 9);
    }
    ignore(&mut world, None);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), None, "the line of the ignored account");
    assert_eq!(outcome(&desired, "Acme", "BKP-BRONZE"), bills("25"));
    assert_eq!(outcome(&desired, "Acme", "BKP-GOLD"), may_go(Why::Moved));
}

#[test]
fn an_ignored_account_whose_rows_are_unknown_may_have_any_line() {
    let mut world = World::in_step();
    world.account("acme").rejected = Some(Rejection { message: "bad".to_owned(), place: None });
    ignore(&mut world, None);

    assert_eq!(acme(&world), None);
}

#[test]
fn a_test_account_whose_agreement_does_not_match_may_have_any_line() {
    let mut world = World::in_step();
    world.add_link("acme", "Acme").agreement = Some("No such agreement".into());
    world.account("acme").status = AccountStatus::Test;
    world.add_account("acme_two", "Gold", gb(3));
    world.add_link("acme_two", "Acme");
    world.add_cross_reference("BackupUsage", "Gold", "BKP-GOLD");
    world.add_plan_row("Gold", crate::mapping::UsageValue::Total, "Gold");
    world.add_addition("Acme", "BKP-GOLD", 3);

    assert_eq!(acme(&world), None);
    assert_eq!(outcome(&world.desired(), "Acme", "BKP-GOLD"), bills("3"));
}
