//! Lines that nobody wants: which may go, which are held, and which are none of ours.

use super::{acme, bills, may_go, outcome, unresolved};
use crate::desired::world::{World, gb, seat};
use crate::desired::{Want, Why, terms};
use crate::mapping::{Subject, UsageValue};
use crate::problem::Code;
use crate::usage::{AccountStatus, Measured, Metric, Seat};

/// Acme is on Gold, and still has the line of Silver.
fn moved() -> World {
    let mut world = World::in_step();
    world.add_cross_reference("BackupUsage", "Gold", "BKP-GOLD");
    world.add_plan_row("Gold", UsageValue::Total, "Gold");
    world.account("acme").plan.as_mut().unwrap().name = Some("Gold".into());
    world.add_addition("Acme", "BKP-GOLD", 0);
    world
}

#[test]
fn a_line_goes_when_its_account_moved_to_another() {
    let world = moved();

    assert_eq!(acme(&world), may_go(Why::Moved));
    assert_eq!(outcome(&world.desired(), "Acme", "BKP-GOLD"), bills("25"));
}

#[test]
fn a_line_does_not_go_while_the_figure_of_the_other_is_unknown() {
    let mut world = moved();
    world.account("acme").metrics.clear();

    assert_eq!(acme(&world), unresolved(Code::UsageUnknown));
}

#[test]
fn an_undesired_line_depends_on_every_source_that_reaches_it() {
    let world = moved();

    let desired = world.desired();

    let line = desired.line("Acme", "BKP-GB").unwrap();
    assert_eq!((&*line.sources, &*line.derivation, line.row), (&["intronis"][..], &[][..], None));
}

#[test]
fn of_a_cancelled_and_a_moved_account_the_more_careful_reason_is_told() {
    let mut world = moved();
    world.add_link("acme", "Acme");
    world.add_account("acme_old", "Silver", gb(1)).status = AccountStatus::Canceled;
    world.add_link("acme_old", "Acme");

    assert_eq!(acme(&world), may_go(Why::Cancelled));
}

#[test]
fn one_account_that_was_not_resolved_keeps_the_line() {
    let mut world = moved();
    world.catalog.rows.remove(0);
    world.add_plan_row("Silver", UsageValue::Total, "Universal");
    world.add_link("acme", "Acme");
    world.add_account("acme_two", "Bronze", gb(1));
    world.add_link("acme_two", "Acme");

    assert_eq!(acme(&world), unresolved(Code::UnmappedPlan));
}

#[test]
fn a_foreign_line_never_appears() {
    let mut world = World::in_step();
    world.add_addition("Acme", "FOREIGN", 3);
    let managed = world.add_agreement("Acme", "Managed Services", "Managed Services").id;
    world.add_addition_on(managed, "BKP-GB", 9);

    let desired = world.desired();

    assert_eq!(desired.lines.len(), 1);
    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn a_line_whose_level_no_row_uses_is_foreign() {
    let mut world = World::in_step();
    world.add_cross_reference("BackupUsage", "Unused", "BKP-UNUSED");
    world.add_addition("Acme", "BKP-UNUSED", 3);

    assert_eq!(world.desired().lines.len(), 1);
}

/// The product of Acme's cross-reference was changed; the line of the old product was ours.
fn product_changed() -> World {
    let mut world = World::in_step();
    let old = terms(&world.desired().lines[0].derivation, world.catalog.policy.gigabyte);
    world.add_record("Acme", "BKP-GB", 25).terms = old.into();
    world.view.cross_references.clear();
    world.add_cross_reference("BackupUsage", "Universal", "BKP-NEW");
    world.add_addition("Acme", "BKP-NEW", 0);
    world
}

#[test]
fn a_line_of_ours_goes_when_its_product_was_replaced() {
    let world = product_changed();

    let desired = world.desired();

    assert_eq!(acme(&world), may_go(Why::Moved));
    assert_eq!(outcome(&desired, "Acme", "BKP-NEW"), bills("25"));
    assert_eq!(desired.line("Acme", "BKP-GB").unwrap().types, ["BackupUsage"]);
    assert_eq!(desired.told(), []);
}

#[test]
fn a_line_that_we_did_not_write_is_foreign_once_no_level_reaches_it() {
    let mut world = product_changed();
    world.records.clear();

    assert_eq!(acme(&world), None);
    assert_eq!(world.desired().told(), []);
}

#[test]
fn e12_removing_a_row_never_writes_its_line_is_unmanaged() {
    let mut world = World::in_step();
    world.add_cross_reference("VM", "Default", "VMS");
    world.add_metered_row("protected_vms", "VM", "Default");
    world.account("acme").metrics.push((Metric::named("protected_vms"), Measured::Count(4)));
    world.add_addition("Acme", "VMS", 4);
    let old = terms(&world.desired().line("Acme", "VMS").unwrap().derivation, world.catalog.policy.gigabyte);
    world.add_record("Acme", "VMS", 4).terms = old.into();
    world.catalog.rows.pop();

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "VMS"), None);
    assert_eq!(acme(&world), bills("25"));
    assert_eq!(desired.told(), [(Code::UnbilledMetric, "acme"), (Code::Unmanaged, "Acme")]);
}

#[test]
fn a_line_of_ours_stays_unmanaged_while_its_accounts_are_not_all_resolved_to_others() {
    let mut cancelled = product_changed();
    cancelled.account("acme").status = AccountStatus::Canceled;
    let mut absent = product_changed();
    absent.remove_account("acme");
    let mut unmapped = product_changed();
    unmapped.catalog.rows.clear();

    for world in [cancelled, absent, unmapped] {
        assert_eq!(acme(&world), None);
        assert!(world.desired().told().contains(&(Code::Unmanaged, "Acme")));
    }
}

#[test]
fn a_line_that_was_only_left_out_never_turns_up_as_undesired() {
    let mut world = moved();
    world.account("acme").status = AccountStatus::Test;

    assert_eq!(world.desired().lines.len(), 0);
}

#[test]
fn a_wanted_line_is_not_touched_by_what_is_undesired_beside_it() {
    let world = moved();

    let wants: Vec<_> = world.desired().lines.iter().map(|line| line.want).collect();

    assert_eq!(wants, [Want::Undesired(Why::Moved), Want::Wanted]);
}

/// Acme has seats of one option at two prices, each on a line of ours.
fn seats_at_two_prices() -> World {
    let mut world = World::in_step();
    world.add_cross_reference("Seats", "Std", "SEATS");
    world.add_cross_reference("Seats", "Promo", "SEATS-PROMO");
    world.add_seat_row("Email", "Seats", "Std");
    let promo = world.add_seat_row("Email", "Seats", "Promo");
    let Subject::Seats { unique_id, .. } = &mut promo.subject else { panic!("it is a seat row") };
    *unique_id = Some("3334".into());
    let bought = Seat { unique_id: Some("3334".into()), ..seat("Email", 2, 2) };
    world.account("acme").seats = vec![seat("Email", 9, 9), bought];
    for (product, quantity) in [("SEATS", 9), ("SEATS-PROMO", 2)] {
        world.add_addition("Acme", product, quantity);
        remember(&mut world, product, quantity);
    }
    world
}

/// Remembers that we wrote what is desired.
fn remember(world: &mut World, product: &str, quantity: u64) {
    let gigabyte = world.catalog.policy.gigabyte;
    let terms = terms(&world.desired().line("Acme", product).unwrap().derivation, gigabyte);
    world.add_record("Acme", product, quantity).terms = terms.into();
}

#[test]
fn a_seat_row_that_was_taken_out_is_not_replaced_by_another_of_its_type() {
    let mut world = seats_at_two_prices();
    world.catalog.rows.pop();

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "SEATS-PROMO"), None);
    assert_eq!(desired.told(), [(Code::UnbilledMetric, "acme"), (Code::Unmanaged, "Acme")]);
}

#[test]
fn a_seat_row_at_another_level_replaces_its_line() {
    let mut world = seats_at_two_prices();
    world.add_cross_reference("Seats", "Promo2", "SEATS-PROMO-2");
    world.catalog.rows.last_mut().unwrap().level = "Promo2".into();
    world.add_addition("Acme", "SEATS-PROMO-2", 0);

    assert_eq!(outcome(&world.desired(), "Acme", "SEATS-PROMO"), may_go(Why::Moved));
}

#[test]
fn a_row_that_was_taken_out_holds_its_line_while_its_level_is_in_use() {
    let mut seats = seats_at_two_prices();
    seats.catalog.rows.pop();
    seats.add_cross_reference("Archive", "Promo", "ARCHIVE");
    seats.add_seat_row("Archive", "Archive", "Promo");
    let mut backup = World::in_step();
    backup.account("acme").plan = None;
    backup.catalog.rows.clear();
    backup.add_cross_reference("VM", "Universal", "VMS");
    backup.add_metered_row("vms", "VM", "Universal");

    assert_eq!(outcome(&seats.desired(), "Acme", "SEATS-PROMO"), unresolved(Code::UnmappedPlan));
    assert_eq!(acme(&backup), unresolved(Code::UnmappedPlan));
}

#[test]
fn a_line_goes_though_its_level_is_in_use_when_its_row_changed_the_level() {
    let mut world = World::in_step();
    world.add_cross_reference("VM", "Universal", "VMS");
    world.add_cross_reference("BackupUsage", "Other", "BKP-OTHER");
    world.add_addition("Acme", "BKP-OTHER", 0);
    world.catalog.rows[0].level = "Other".into();
    world.add_metered_row("vms", "VM", "Universal");

    assert_eq!(acme(&world), may_go(Why::Moved));
}

#[test]
fn a_line_of_ours_stays_unmanaged_while_the_figure_of_one_account_is_counted_nowhere() {
    let mut world = product_changed();
    world.add_cross_reference("LocalBackup", "Local", "LOCAL");
    world.add_plan_row("Local only", UsageValue::Total, "Local");
    world
        .add_account("acme_two", "Local only", gb(5))
        .metrics
        .push((Metric::LocalBackup, Measured::Count(1)));
    world.add_addition("Acme", "LOCAL", 1);
    world.add_link("acme", "Acme");
    world.add_link("acme_two", "Acme");

    assert_eq!(acme(&world), None);
    assert!(world.desired().told().contains(&(Code::Unmanaged, "Acme")));
}

#[test]
fn a_line_whose_terms_nobody_knows_stays_unmanaged() {
    let mut world = product_changed();
    world.add_record("Acme", "BKP-GB", 25);

    assert_eq!(acme(&world), None);
}

#[test]
fn a_line_of_an_account_that_is_counted_nowhere_has_no_sister() {
    let mut world = moved();
    world.add_link("acme", "Acme");
    world.add_cross_reference("LocalBackup", "Local", "LOCAL");
    world.add_plan_row("Local only", UsageValue::Total, "Local");
    world
        .add_account("acme_two", "Local only", gb(5))
        .metrics
        .push((Metric::LocalBackup, Measured::Count(1)));
    world.add_link("acme_two", "Acme");
    world.add_addition("Acme", "LOCAL", 1);

    let desired = world.desired();

    assert_eq!(acme(&world), may_go(Why::Moved));
    assert_eq!(desired.line("Acme", "BKP-GB").unwrap().types, [""; 0]);
    assert_eq!(moved().desired().line("Acme", "BKP-GB").unwrap().types, ["BackupUsage"]);
}
