//! Resolution 4 and 5: levels, cross-references and types.

use super::{acme, bills, holds, outcome, unresolved};
use crate::desired::world::{SOURCE, World, gb, place};
use crate::mapping::{DeclaredCrossReference, Table, UsageValue};
use crate::problem::Code;
use crate::usage::{Measured, Metric};

fn count(world: &mut World, name: &str, count: u64) {
    world.account("acme").metrics.push((Metric::named(name), Measured::Count(count)));
}

/// Git owns the table: one entry, in step.
fn declared() -> World {
    let mut world = World::in_step();
    world.catalog.rows[0].table = Table::Git;
    world.catalog.cross_references.push(DeclaredCrossReference {
        place: place(50),
        source: SOURCE.into(),
        vendor_type: "BackupUsage".into(),
        level: "Universal".into(),
        agreement_type: "Barracuda Backup".into(),
        product: "BKP-GB".into(),
    });
    world
}

#[test]
fn a_level_is_case_sensitive_and_the_nearest_spelling_is_told() {
    let mut world = World::in_step();
    world.catalog.rows[0].level = "universal".into();
    world.add_cross_reference("BackupUsage", "Other", "BKP-GB");
    world.add_plan_row("Gold", UsageValue::Total, "Other");

    let desired = world.desired();

    assert_eq!(acme(&world), unresolved(Code::UnknownLevel));
    assert_eq!(desired.told(), [(Code::UnknownLevel, "universal")]);
    assert!(desired.problems[0].hint.as_deref().unwrap().contains("did you mean Universal?"));
    assert_eq!(desired.problems[0].place, Some(place(1)));
}

#[test]
fn an_unknown_level_holds_the_sum_it_may_have_a_share_in() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("Silver", UsageValue::Total, "Universal");
    world.add_plan_row("Gold", UsageValue::Total, "Typo");
    world.add_link("acme", "Acme");
    world.add_account("acme_two", "Gold", gb(5));
    world.add_link("acme_two", "Acme");

    assert_eq!(acme(&world), super::doubts(Code::UnknownLevel));
}

#[test]
fn an_unknown_level_lets_other_rows_of_the_account_go_on() {
    let mut world = World::in_step();
    world.add_metered_row("protected_vms", "VM", "Typo");
    count(&mut world, "protected_vms", 3);

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(world.desired().told(), [(Code::UnknownLevel, "Typo")]);
}

#[test]
fn a_metered_row_needs_its_type_at_the_level() {
    let mut world = World::in_step();
    world.add_metered_row("protected_vms", "VM", "Universal");

    assert_eq!(world.desired().told(), [(Code::UnknownLevel, "Universal")]);
    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn an_inactive_cross_reference_does_not_count() {
    let mut world = World::in_step();
    world.view.cross_references[0].inactive = true;

    assert_eq!(acme(&world), None);
    assert_eq!(world.desired().told(), [(Code::UnknownLevel, "Universal")]);
}

#[test]
fn two_active_cross_references_of_one_type_hold_both_lines() {
    let mut world = World::in_step();
    world.add_cross_reference("BackupUsage", "Universal", "BKP-OTHER");
    world.add_addition("Acme", "BKP-OTHER", 3);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), unresolved(Code::AmbiguousCrossReference));
    assert_eq!(outcome(&desired, "Acme", "BKP-OTHER"), unresolved(Code::AmbiguousCrossReference));
    assert_eq!(desired.told(), [(Code::AmbiguousCrossReference, "Universal")]);
    assert!(desired.problems[0].message.contains("10 and 11"));
}

#[test]
fn a_doubtful_cross_reference_holds_a_line_that_others_want() {
    let mut world = World::in_step();
    world.add_cross_reference("LocalBackup", "Universal", "BKP-GB");
    world.add_cross_reference("LocalBackup", "Universal", "BKP-OTHER");
    count(&mut world, "LocalBackup", 2);

    assert_eq!(acme(&world), super::doubts(Code::AmbiguousCrossReference));
}

#[test]
fn a_cross_reference_without_product_or_agreement_type_bills_nothing() {
    let mut world = World::in_step();
    world.add_cross_reference("LocalBackup", "Universal", "BKP-LOCAL").product = None;
    world.add_cross_reference("ImageLicensing", "Universal", "BKP-IMAGE").agreement_type = None;
    count(&mut world, "LocalBackup", 2);

    let desired = world.desired();

    assert_eq!(acme(&world), bills("25"), "what other types resolve goes on");
    assert_eq!(desired.told(), [(Code::UnknownProduct, "Universal"), (Code::UnknownProduct, "Universal")]);
}

#[test]
fn an_unknown_integration_holds_and_is_told_once() {
    let mut world = World::in_step();
    world.add_cross_reference("BackupUsage", "Gold", "BKP-GB");
    world.add_plan_row("Gold", UsageValue::Total, "Gold");
    world.add_plan_row("Silver", UsageValue::Total, "Universal");
    for row in [0, 2] {
        world.catalog.rows[row].table = Table::Integration("Baracuda Intronis".into());
    }

    let desired = world.desired();

    assert_eq!(acme(&world), unresolved(Code::UnknownIntegration));
    let told: Vec<_> = desired.told().into_iter().filter(|(code, _)| *code != Code::RowShadowed).collect();
    assert_eq!(told, [(Code::UnknownIntegration, "Baracuda Intronis")]);
}

#[test]
fn git_can_own_the_table() {
    let world = declared();

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(world.desired().lines[0].derivation[0].cross_reference, None);
}

#[test]
fn a_declared_agreement_type_or_product_that_is_unknown_bills_nothing() {
    let mut world = declared();
    world.catalog.cross_references[0].agreement_type = "Barracuda".into();
    let unknown_type = world.desired().told() == [(Code::UnknownAgreementType, "Universal")];
    world = declared();
    world.catalog.cross_references[0].product = "BKP-TYPO".into();

    assert!(unknown_type);
    assert_eq!(acme(&world), None);
    assert_eq!(world.desired().told(), [(Code::UnknownProduct, "Universal")]);
}

#[test]
fn two_declared_cross_references_of_one_type_are_ambiguous() {
    let mut world = declared();
    let mut twin = world.catalog.cross_references[0].clone();
    twin.place = place(51);
    world.catalog.cross_references.push(twin);

    assert_eq!(acme(&world), unresolved(Code::AmbiguousCrossReference));
    assert!(
        world.desired().problems[0].message.contains("mappings/backup.yaml:50 and mappings/backup.yaml:51")
    );
}

#[test]
fn a_backup_row_leaves_the_types_that_other_rows_name_at_its_level() {
    let mut world = World::in_step();
    world.add_cross_reference("VM", "Universal", "VMS");
    world.add_metered_row("protected_vms", "VM", "Universal");
    world.add_addition("Acme", "VMS", 4);
    count(&mut world, "protected_vms", 4);
    count(&mut world, "VM", 9);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "VMS"), bills("4"));
    assert_eq!(desired.told(), [(Code::UnbilledMetric, "acme")], "the metric VM is counted by no row");
}

#[test]
fn every_type_but_backup_usage_is_a_count_and_ignores_the_usage_value() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("(All plans)", UsageValue::Additional, "Universal");
    world.add_cross_reference("QuickSpin", "Universal", "QUICKSPIN");
    world.add_addition("Acme", "QUICKSPIN", 1);
    count(&mut world, "QuickSpin", 3);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "QUICKSPIN"), bills("3"));
    assert_eq!(desired.line("Acme", "QUICKSPIN").unwrap().derivation[0].usage_value, None);
}

#[test]
fn a_count_that_the_level_has_no_cross_reference_for_is_noted() {
    let mut world = World::in_step();
    count(&mut world, "Hyper-VHostLicensing", 3);
    count(&mut world, "VMwareHostLicensing", 0);

    let desired = world.desired();

    assert_eq!(desired.told(), [(Code::UnbilledMetric, "acme")]);
    assert!(desired.problems[0].message.contains("uses Hyper-VHostLicensing, which"));
    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn a_measured_zero_or_an_unknown_raises_no_trouble_where_there_is_no_addition() {
    let mut world = World::in_step();
    for vendor_type in ["LocalBackup", "ImageLicensing", "VMwareHostLicensing"] {
        world.add_cross_reference(vendor_type, "Universal", vendor_type);
    }
    world.view.cross_references[2].product = None;
    world.add_cross_reference("VMwareHostLicensing", "Universal", "BKP-OTHER");
    count(&mut world, "LocalBackup", 0);
    count(&mut world, "ImageLicensing", 0);

    let desired = world.desired();

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(desired.lines.len(), 1);
}

#[test]
fn a_missing_addition_names_the_line_and_its_number() {
    let mut world = World::in_step();
    world.view.additions.clear();

    assert_eq!(acme(&world), holds("25", Code::MissingAddition));
}
