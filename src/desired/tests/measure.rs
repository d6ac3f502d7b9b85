//! Measures: what a figure comes to, exactly, and what is in doubt.

use rust_decimal::Decimal;

use super::{acme, bills, doubts, holds, outcome};
use crate::billing::{Gigabyte, Quantity, Rounding, RoundingMode, Size, SizeUnit};
use crate::desired::world::{World, gb};
use crate::mapping::{Subject, UsageValue};
use crate::problem::Code;
use crate::usage::{BackupPlan, Base, Measured, Metric};

fn additional(base: Base) -> World {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("(All plans)", UsageValue::Additional, "Universal");
    world.account("acme").plan = Some(BackupPlan { name: Some("Silver".into()), base });
    world
}

fn use_size(world: &mut World, size: Size) {
    world.account("acme").metrics = vec![(Metric::BackupUsage, Measured::Size(size))];
}

fn gigabytes(text: &str) -> Size {
    Size::Gigabytes(text.parse().unwrap())
}

/// Acme's metric `stored`, metered in a unit with something included.
fn metered(measured: Measured, unit: Option<SizeUnit>, included: &str) -> World {
    let mut world = World::in_step();
    world.add_cross_reference("Stored", "Default", "STORED");
    world.add_addition("Acme", "STORED", 1);
    let row = world.add_metered_row("stored", "Stored", "Default");
    row.rounding = Rounding { mode: RoundingMode::Up, decimals: 1 };
    if let Subject::Metered { unit: of, included: free, .. } = &mut row.subject {
        (*of, *free) = (unit, included.parse().unwrap());
    }
    world.account("acme").metrics.push((Metric::named("stored"), measured));
    world
}

fn stored(world: &World) -> Option<super::Outcome> {
    outcome(&world.desired(), "Acme", "STORED")
}

#[test]
fn the_policy_says_what_a_gigabyte_is() {
    let mut world = World::in_step();
    use_size(&mut world, Size::Bytes(25_000_000_000));
    world.catalog.policy.gigabyte = Gigabyte::Decimal;

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn additional_subtracts_the_base_plan_size_and_never_falls_below_zero() {
    let base = Base::Size(Size::Bytes(gb(20)));
    let over = additional(base);
    let mut under = additional(base);
    use_size(&mut under, Size::Bytes(gb(12)));

    assert_eq!([acme(&over), acme(&under)], [bills("5"), bills("0")]);
}

#[test]
fn a_plan_without_a_base_size_is_not_a_base_of_zero() {
    let world = additional(Base::Unknown);
    let mut without_plan = additional(Base::Unknown);
    without_plan.account("acme").plan = None;

    assert_eq!([acme(&world), acme(&without_plan)], [doubts(Code::UnknownBase), doubts(Code::UnknownBase)]);
    assert_eq!(world.desired().told(), [(Code::UnknownBase, "Silver")]);
}

#[test]
fn nothing_is_additional_to_an_unlimited_plan() {
    assert_eq!(acme(&additional(Base::Unlimited)), bills("0"));
}

#[test]
fn total_needs_no_base() {
    let mut world = World::in_step();
    world.account("acme").plan.as_mut().unwrap().base = Base::Unlimited;

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn a_row_rounds_its_own_way_and_once() {
    let mut world = World::in_step();
    use_size(&mut world, Size::Bytes(gb(25) + 1));
    let rounded =
        [(RoundingMode::Up, 0), (RoundingMode::Up, 4), (RoundingMode::Down, 0)].map(|(mode, decimals)| {
            world.catalog.rows[0].rounding = Rounding { mode, decimals };
            (acme(&world), world.desired().lines[0].scale)
        });

    assert_eq!(rounded, [(bills("26"), 0), (bills("25.0001"), 4), (bills("25"), 0)]);
}

#[test]
fn gigabyte_cells_are_exact() {
    let mut world = additional(Base::Size(gigabytes("20.1")));
    use_size(&mut world, gigabytes("20.4"));
    world.catalog.rows[0].rounding = Rounding { mode: RoundingMode::Up, decimals: 1 };

    assert_eq!(acme(&world), bills("0.3"));
}

#[test]
fn a_figure_that_no_decimal_holds_is_held_and_does_not_panic() {
    let mut world = World::in_step();
    use_size(&mut world, Size::Gigabytes(Decimal::MAX));

    assert_eq!(acme(&world), doubts(Code::Sanity));
}

#[test]
fn a_metric_that_was_not_reported_is_unknown_and_not_zero() {
    let mut missing = World::in_step();
    missing.account("acme").metrics.clear();
    let mut a_count = World::in_step();
    a_count.account("acme").metrics = vec![(Metric::BackupUsage, Measured::Count(25))];

    assert_eq!([acme(&missing), acme(&a_count)], [doubts(Code::UsageUnknown), doubts(Code::UsageUnknown)]);
}

#[test]
fn a_metered_row_counts_in_its_unit_less_what_is_included() {
    let two_and_a_half = Measured::Size(Size::Bytes(gb(2560)));

    let in_units = [
        metered(two_and_a_half, Some(SizeUnit::TB), "1"),
        metered(two_and_a_half, Some(SizeUnit::GB), "0"),
        metered(Measured::Count(2048), Some(SizeUnit::KB), "0.5"),
        metered(two_and_a_half, Some(SizeUnit::TB), "3"),
        metered(Measured::Count(7), None, "2"),
        metered(Measured::Count(7), None, "0.25"),
    ]
    .map(|world| stored(&world));

    assert_eq!(in_units, ["1.5", "2560", "1.5", "0", "5", "6.8"].map(bills));
}

#[test]
fn a_metered_row_uses_the_policys_gigabyte_for_all_units() {
    let mut world = metered(Measured::Count(2_500_000_000_000), Some(SizeUnit::TB), "0");
    world.catalog.policy.gigabyte = Gigabyte::Decimal;

    assert_eq!(stored(&world), bills("2.5"));
}

#[test]
fn a_size_without_a_unit_or_an_absent_metric_is_unknown() {
    let sized = metered(Measured::Size(Size::Bytes(gb(1))), None, "0");
    let mut absent = metered(Measured::Count(1), None, "0");
    absent.account("acme").metrics.pop();

    assert_eq!([stored(&sized), stored(&absent)], [doubts(Code::UsageUnknown), doubts(Code::UsageUnknown)]);
}

#[test]
fn a_number_explains_itself_from_bytes_to_quantity() {
    let world = additional(Base::Size(Size::Bytes(gb(20))));

    let desired = world.desired();

    let claim = &desired.lines[0].derivation[0];
    assert_eq!(
        (claim.used_bytes, claim.base_bytes, claim.measured, claim.rounded),
        (Some(gb(25).into()), Some(gb(20).into()), Some(Decimal::from(5)), Some(Quantity::from(5)))
    );
    assert_eq!(
        (claim.account, claim.source, claim.level, claim.plan),
        ("acme", "intronis", "Universal", Some("Silver"))
    );
    assert_eq!((claim.mapping.file, claim.mapping.line), ("mappings/backup.yaml", 1));
}

#[test]
fn an_allowance_deducted_twice_is_held_unless_the_row_expects_it() {
    let mut world = additional(Base::Size(Size::Bytes(gb(20))));
    world.addition("Acme", "BKP-GB").less_included = Some(20.into());
    let twice = acme(&world);
    let mut expecting = |less_included: u64| {
        if let Subject::Plan { expect, .. } = &mut world.catalog.rows[0].subject {
            expect.less_included = Some(less_included.into());
        }
        acme(&world)
    };

    assert_eq!(
        [twice, expecting(20), expecting(0)],
        [holds("5", Code::DoubleDeduction), bills("5"), holds("5", Code::ExpectationFailed)]
    );
}

#[test]
fn included_and_less_included_together_deduct_twice() {
    let mut world = metered(Measured::Count(7), None, "2");
    world.addition("Acme", "STORED").less_included = Some(1.into());
    let mut nothing_included = metered(Measured::Count(7), None, "0");
    nothing_included.addition("Acme", "STORED").less_included = Some(1.into());

    assert_eq!([stored(&world), stored(&nothing_included)], [holds("5", Code::DoubleDeduction), bills("7")]);
}

#[test]
fn an_expected_base_plan_size_that_does_not_hold_stops_a_line_whose_quantity_is_right() {
    let expecting = |size: Size, base: Base| {
        let mut world = World::in_step();
        world.account("acme").plan.as_mut().unwrap().base = base;
        if let Subject::Plan { expect, .. } = &mut world.catalog.rows[0].subject {
            expect.base_plan_size = Some(size);
        }
        acme(&world)
    };
    let twenty = Base::Size(Size::Bytes(gb(20)));

    assert_eq!(expecting(gigabytes("20"), twenty), bills("25"));
    assert_eq!(expecting(gigabytes("21"), twenty), holds("25", Code::ExpectationFailed));
    assert_eq!(expecting(gigabytes("20"), Base::Unknown), holds("25", Code::ExpectationFailed));
}

#[test]
fn an_expectation_concerns_the_backup_usage_line_only() {
    let mut world = World::in_step();
    world.add_cross_reference("LocalBackup", "Universal", "LOCAL");
    world.add_addition("Acme", "LOCAL", 2).less_included = Some(1.into());
    world.account("acme").metrics.push((Metric::LocalBackup, Measured::Count(2)));
    if let Subject::Plan { expect, .. } = &mut world.catalog.rows[0].subject {
        expect.less_included = Some(0.into());
        expect.base_plan_size = Some(gigabytes("1"));
    }

    assert_eq!(outcome(&world.desired(), "Acme", "LOCAL"), bills("2"));
    assert_eq!(acme(&world), holds("25", Code::ExpectationFailed));
}

#[test]
fn a_created_line_has_no_allowance_to_expect() {
    let mut world = World::in_step();
    world.view.additions.clear();
    world.catalog.policy.missing_addition = crate::mapping::MissingAddition::Create;
    if let Subject::Plan { expect, .. } = &mut world.catalog.rows[0].subject {
        expect.less_included = Some(20.into());
    }

    assert_eq!(acme(&world), holds("25", Code::ExpectationFailed));
}
