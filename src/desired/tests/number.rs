//! The number and the line: what adds up, and what collides.

use super::{acme, bills, doubts, outcome};
use crate::billing::{Rounding, RoundingMode, Size};
use crate::desired::world::{World, gb};
use crate::mapping::UsageValue;
use crate::problem::Code;
use crate::usage::{Measured, Metric};

/// Two explicitly linked accounts of Acme.
fn two_accounts() -> World {
    let mut world = World::in_step();
    world.add_link("acme", "Acme");
    world.add_account("acme_two", "Gold", gb(5));
    world.add_link("acme_two", "Acme");
    world
}

/// Two types of one row lead to one line.
fn two_types() -> World {
    let mut world = World::in_step();
    world.add_cross_reference("LocalBackup", "Universal", "BKP-GB");
    world.account("acme").metrics.push((Metric::LocalBackup, Measured::Count(2)));
    world
}

#[test]
fn each_contribution_is_rounded_once_and_then_they_are_added() {
    let mut world = two_accounts();
    let third = gb(1) / 3;
    for username in ["acme", "acme_two"] {
        world.account(username).metrics = vec![(Metric::BackupUsage, Measured::Size(Size::Bytes(third)))];
    }

    assert_eq!(acme(&world), bills("0.66"));
}

#[test]
fn the_scale_of_a_line_is_the_largest_of_its_contributions() {
    let mut world = two_accounts();
    world.add_plan_row("Gold", UsageValue::Total, "Universal").rounding =
        Rounding { mode: RoundingMode::Up, decimals: 4 };

    assert_eq!(world.desired().lines[0].scale, 4);
}

#[test]
fn the_strictest_row_gives_the_line_its_guards() {
    let mut world = two_accounts();
    world.add_plan_row("Gold", UsageValue::Total, "Universal").guards.line_change.decrease.percent = 1.into();

    let desired = world.desired();

    assert_eq!(desired.lines[0].row, Some(&world.catalog.rows[1]));
}

#[test]
fn several_types_of_one_row_collide_unless_it_sums_them() {
    let mut world = two_types();
    let collides = acme(&world);
    world.catalog.rows[0].combine_sum = true;

    assert_eq!([collides, acme(&world)], [doubts(Code::CollidingLines), bills("27")]);
}

#[test]
fn a_collision_names_all_its_sources() {
    let message = two_types().desired().lines[0].reasons[0].message.clone();

    assert!(message.contains("BackupUsage of acme (mappings/backup.yaml:1)"), "{message}");
    assert!(message.contains("LocalBackup of acme (mappings/backup.yaml:1)"), "{message}");
}

#[test]
fn two_rows_of_one_account_collide_even_where_each_sums() {
    let mut world = World::in_step();
    world.catalog.rows[0].combine_sum = true;
    world.add_cross_reference("VM", "Default", "BKP-GB");
    world.add_metered_row("protected_vms", "VM", "Default").combine_sum = true;
    world.account("acme").metrics.push((Metric::named("protected_vms"), Measured::Count(1)));

    assert_eq!(acme(&world), doubts(Code::CollidingLines));
}

#[test]
fn a_sum_that_no_decimal_holds_is_held_and_does_not_panic() {
    let mut world = two_accounts();
    world.catalog.policy.gigabyte = crate::billing::Gigabyte::Decimal;
    let most = rust_decimal::Decimal::MAX / rust_decimal::Decimal::from(1_500_000);
    for username in ["acme", "acme_two"] {
        let size = Size::Gigabytes(most.round());
        world.account(username).metrics = vec![(Metric::BackupUsage, Measured::Size(size))];
    }
    for row in &mut world.catalog.rows {
        row.rounding = Rounding { mode: RoundingMode::Down, decimals: 0 };
    }
    let known = acme(&world);
    let most = Size::Gigabytes((rust_decimal::Decimal::MAX / rust_decimal::Decimal::from(2)).round());
    for username in ["acme", "acme_two"] {
        world.account(username).metrics = vec![(Metric::BackupUsage, Measured::Size(most))];
    }

    assert!(known.unwrap().0.is_some());
    assert_eq!(acme(&world), doubts(Code::Sanity));
}

#[test]
fn an_unknown_share_holds_the_sum() {
    let mut world = two_accounts();
    world.account("acme_two").metrics.clear();

    assert_eq!(acme(&world), doubts(Code::UsageUnknown));
}

#[test]
fn an_unknown_share_beside_a_known_one_is_told_where_the_line_is_missing() {
    let mut world = two_accounts();
    world.account("acme_two").metrics.clear();
    world.view.additions.clear();

    let codes = acme(&world).unwrap().1;

    assert_eq!(codes, [Code::UsageUnknown, Code::MissingAddition]);
}

#[test]
fn lines_are_sorted_by_company_agreement_and_product() {
    let mut world = World::in_step();
    world.add_cross_reference("LocalBackup", "Universal", "A-LOCAL");
    for company in ["acme2", "Zeta", "Bravo"] {
        world.add_company(company);
        let username = company.to_lowercase();
        world.add_account(&username, "Silver", gb(1)).metrics.push((Metric::LocalBackup, Measured::Count(1)));
        world.add_addition(company, "BKP-GB", 1);
        world.add_addition(company, "A-LOCAL", 1);
    }

    let desired = world.desired();

    let keys: Vec<_> =
        desired.lines.iter().map(|line| (&*line.company.identifier, line.product_identifier)).collect();
    assert_eq!(keys[..3], [("Acme", "BKP-GB"), ("Bravo", "A-LOCAL"), ("Bravo", "BKP-GB")]);
    assert_eq!(keys[5..], [("acme2", "A-LOCAL"), ("acme2", "BKP-GB")], "bytewise: upper case first");
}

#[test]
fn a_line_names_its_types_and_sources() {
    let mut world = two_types();
    world.catalog.rows[0].combine_sum = true;

    let desired = world.desired();

    assert_eq!(desired.lines[0].types, ["BackupUsage", "LocalBackup"]);
    assert_eq!(desired.lines[0].sources, ["intronis"]);
    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), bills("27"));
}
