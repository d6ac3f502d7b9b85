//! Resolution 3: which mapping row an account has.

use super::{acme, bills, doubts, outcome, unresolved};
use crate::desired::world::{World, gb, seat};
use crate::mapping::{Subject, UsageValue};
use crate::problem::Code;

/// Acme bought the seats of one option, which one row bills.
fn with_seats() -> World {
    let mut world = World::in_step();
    world.add_cross_reference("EssentialsSeats", "Ess-Std", "ESS");
    world.add_seat_row("Email Security Service", "EssentialsSeats", "Ess-Std");
    world.account("acme").seats.push(seat("Email Security Service", 100, 120));
    world.add_addition("Acme", "ESS", 100);
    world
}

#[test]
fn the_row_of_the_plan_wins_over_all_plans_and_is_noted() {
    let mut world = World::in_step();
    world.add_cross_reference("BackupUsage", "Silver", "BKP-SILVER");
    world.add_addition("Acme", "BKP-SILVER", 1);
    world.add_plan_row("Silver", UsageValue::Total, "Silver");
    world.add_plan_row("Gold", UsageValue::Total, "Silver");

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-SILVER"), bills("25"));
    assert_eq!(desired.told(), [(Code::RowShadowed, "Silver")], "no account is on Gold");
}

#[test]
fn plans_match_by_name_exactly() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("silver", UsageValue::Total, "Universal");

    assert_eq!(acme(&world), unresolved(Code::UnmappedPlan));
    assert_eq!(world.desired().told(), [(Code::UnmappedPlan, "acme")]);
}

#[test]
fn an_unmapped_plan_holds_every_line_of_the_company_wanted_or_not() {
    let mut world = with_seats();
    if let Subject::Plan { plan, .. } = &mut world.catalog.rows[0].subject {
        *plan = crate::mapping::PlanSelector::Named("Gold".into());
    }

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "ESS"), doubts(Code::UnmappedPlan));
    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), unresolved(Code::UnmappedPlan));
}

#[test]
fn an_unmapped_plan_holds_nothing_of_another_company() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("Silver", UsageValue::Total, "Universal");
    world.add_company("Contoso");
    world.add_account("contoso", "Bronze", gb(1));
    world.add_addition("Contoso", "BKP-GB", 1);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), bills("25"));
    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), unresolved(Code::UnmappedPlan));
}

#[test]
fn an_unknown_plan_is_covered_by_all_plans_only_if_no_row_names_a_plan() {
    let mut world = World::in_step();
    world.account("acme").plan = None;
    let covered = acme(&world);

    world.add_plan_row("Gold", UsageValue::Total, "Universal");

    assert_eq!([covered, acme(&world)], [bills("25"), unresolved(Code::UsageUnknown)]);
    assert_eq!(world.desired().told(), [(Code::UsageUnknown, "acme")]);
}

#[test]
fn removing_the_last_backup_row_makes_its_accounts_unmapped() {
    let mut world = with_seats();
    world.catalog.rows.remove(0);

    assert_eq!(outcome(&world.desired(), "Acme", "ESS"), doubts(Code::UnmappedPlan));
}

#[test]
fn a_source_without_backup_rows_and_plans_is_billed_by_its_metered_rows() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.account("acme").plan = None;
    world.add_cross_reference("VM", "Default", "VMS");
    world.add_metered_row("protected_vms", "VM", "Default");
    world.add_addition("Acme", "VMS", 3);
    let metric = crate::usage::Metric::named("protected_vms");
    world.account("acme").metrics.push((metric, crate::usage::Measured::Count(4)));

    assert_eq!(outcome(&world.desired(), "Acme", "VMS"), bills("4"));
    assert_eq!(world.desired().told(), [(Code::UnbilledMetric, "acme")], "its gigabytes");
}

#[test]
fn a_seat_row_without_a_unique_id_takes_only_purchases_without_one() {
    let mut world = with_seats();
    world.account("acme").seats[0].unique_id = Some("3334".into());
    let without = outcome(&world.desired(), "Acme", "ESS");
    if let Subject::Seats { unique_id, .. } = &mut world.catalog.rows[1].subject {
        *unique_id = Some("3334".into());
    }

    assert_eq!(
        [without, outcome(&world.desired(), "Acme", "ESS")],
        [doubts(Code::UsageUnknown), bills("100")]
    );
}

#[test]
fn an_account_without_a_seat_entry_holds_its_seat_line_if_there_is_one() {
    let mut world = with_seats();
    world.account("acme").seats.clear();
    let held = outcome(&world.desired(), "Acme", "ESS");
    world.view.additions.retain(|addition| *addition.product_identifier != *"ESS");

    assert_eq!([held, outcome(&world.desired(), "Acme", "ESS")], [doubts(Code::UsageUnknown), None]);
    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn two_purchases_that_fit_one_row_are_in_doubt() {
    let mut world = with_seats();
    world.account("acme").seats.push(seat("Email Security Service", 7, 7));

    assert_eq!(outcome(&world.desired(), "Acme", "ESS"), doubts(Code::UsageUnknown));
}

#[test]
fn seats_that_no_row_names_are_noted() {
    let mut world = with_seats();
    let mut other = seat("Archiving", 0, 5);
    other.unique_id = Some("77".into());
    world.account("acme").seats.push(other);

    let desired = world.desired();

    assert_eq!(desired.told(), [(Code::UnbilledMetric, "acme")]);
    assert!(desired.problems[0].message.contains("Archiving 77"));
    assert_eq!(outcome(&desired, "Acme", "ESS"), bills("100"));
}

#[test]
fn a_service_is_known_by_its_section_and_by_its_name_in_the_portal() {
    let mut world = with_seats();
    world.account("acme").seats[0].service = "essentials_service".into();
    let by_section = outcome(&world.desired(), "Acme", "ESS");
    world.account("acme").seats[0].service = "Content Shield Plus Services".into();

    assert_eq!(
        [by_section, outcome(&world.desired(), "Acme", "ESS")],
        [bills("100"), doubts(Code::UsageUnknown)]
    );
}
