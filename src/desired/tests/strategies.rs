//! The strategies that must work, end to end.

use rust_decimal::Decimal;

use crate::billing::{Money, Size};
use crate::desired::world::{World, gb, seat};
use crate::desired::{Want, Why};
use crate::mapping::{SeatCount, Subject, UsageValue};
use crate::problem::Code;
use crate::usage::{BackupPlan, Base, Measured, Metric};

/// 80.25 GB.
const EIGHTY_AND_A_QUARTER: u64 = 86_167_781_376;

/// What the line of a product desires and bills, where its price is the addition's.
fn billed(world: &World, product: &str) -> (String, String) {
    let desired = world.desired();
    let line = desired.line("Acme", product).expect("the line is reached");
    assert_eq!(line.codes(), [], "{product} is held");
    let crate::desired::Found::One(addition) = line.addition else { panic!("{product} has no addition") };
    let quantity = line.desired.expect("the number is known");
    (quantity.to_string(), addition.monthly_value(quantity).expect("the price is known").to_string())
}

fn priced(world: &mut World, product: &str, price: &str) {
    world.addition("Acme", product).unit_price = Some(price.parse().unwrap());
}

fn use_bytes(world: &mut World, bytes: u64) {
    world.account("acme").metrics = vec![(Metric::BackupUsage, Measured::Size(Size::Bytes(bytes)))];
}

fn strings<const N: usize>(pairs: [(&str, &str); N]) -> [(String, String); N] {
    pairs.map(|(quantity, value)| (quantity.to_owned(), value.to_owned()))
}

#[test]
fn universal_price_per_gigabyte() {
    let mut world = World::in_step();
    let at_25 = billed(&world, "BKP-GB");
    use_bytes(&mut world, EIGHTY_AND_A_QUARTER);
    let at_80 = billed(&world, "BKP-GB");

    assert_eq!([at_25, at_80.clone()], strings([("25", "12.5"), ("80.25", "40.125")]));
    assert_eq!(at_80.1.parse::<Money>().unwrap().to_cents().to_string(), "40.13");
}

fn by_plan() -> World {
    let mut world = World::empty();
    world.add_cross_reference("BackupUsage", "Silver", "BKP-GB-SILVER");
    world.add_cross_reference("BackupUsage", "Gold", "BKP-GB-GOLD");
    world.add_plan_row("Silver", UsageValue::Total, "Silver");
    world.add_plan_row("Gold", UsageValue::Total, "Gold");
    world.add_company("Acme");
    world.add_addition("Acme", "BKP-GB-SILVER", 25);
    world.add_addition("Acme", "BKP-GB-GOLD", 0);
    priced(&mut world, "BKP-GB-SILVER", "0.60");
    priced(&mut world, "BKP-GB-GOLD", "0.40");
    world
}

#[test]
fn price_per_gigabyte_by_plan() {
    let mut silver = by_plan();
    silver.add_account("acme", "Silver", gb(25));
    let mut gold = by_plan();
    gold.add_account("acme", "Gold", EIGHTY_AND_A_QUARTER);

    let both = [billed(&silver, "BKP-GB-SILVER"), billed(&gold, "BKP-GB-GOLD")];

    assert_eq!(both, strings([("25", "15"), ("80.25", "32.1")]));
}

#[test]
fn a_plan_without_a_row_is_unmapped_and_holds() {
    let mut world = by_plan();
    world.add_account("acme", "Bronze", gb(25));

    let desired = world.desired();

    let codes: Vec<_> = desired.lines.iter().map(|line| (line.codes(), line.want, line.desired)).collect();
    let held = (vec![Code::UnmappedPlan], Want::Unresolved, None);
    assert_eq!(codes, [held.clone(), held]);
    assert_eq!(desired.told(), [(Code::UnmappedPlan, "acme")]);
}

#[test]
fn a_move_from_silver_to_gold_raises_one_and_zeroes_the_other_in_one_plan() {
    let mut world = by_plan();
    world.add_account("acme", "Gold", gb(25));

    let desired = world.desired();

    assert_eq!(billed(&world, "BKP-GB-GOLD").0, "25");
    assert_eq!(billed(&world, "BKP-GB-SILVER").0, "0");
    assert_eq!(desired.line("Acme", "BKP-GB-SILVER").unwrap().want, Want::Undesired(Why::Moved));
}

#[test]
fn block_storage_bills_what_lies_over_the_plan() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("20g Monthly", UsageValue::Additional, "Universal");
    world.account("acme").plan =
        Some(BackupPlan { name: Some("20g Monthly".into()), base: Base::Size(Size::Bytes(gb(20))) });
    priced(&mut world, "BKP-GB", "0.75");

    let sizes = [gb(12), 21_904_333_209, gb(25)].map(|bytes| {
        use_bytes(&mut world, bytes);
        billed(&world, "BKP-GB")
    });

    assert_eq!(sizes, strings([("0", "0"), ("0.4", "0.3"), ("5", "3.75")]));
}

#[test]
fn included_units_are_deducted_by_the_addition() {
    let mut world = World::in_step();
    priced(&mut world, "BKP-GB", "0.75");
    world.addition("Acme", "BKP-GB").less_included = Some(20.into());

    assert_eq!([billed(&world, "BKP-GB")], strings([("25", "3.75")]));
}

#[test]
fn a_level_with_five_types_makes_five_lines() {
    let types =
        ["BackupUsage", "LocalBackup", "ImageLicensing", "Hyper-VHostLicensing", "VMwareHostLicensing"];
    let mut world = World::empty();
    world.add_plan_row("Gold", UsageValue::Total, "Gold");
    world.add_company("Acme");
    world.add_account("acme", "Gold", gb(25));
    for (vendor_type, count) in types.into_iter().zip([0, 4, 2, 1, 0]) {
        world.add_cross_reference(vendor_type, "Gold", vendor_type);
        world.add_addition("Acme", vendor_type, 7);
        if vendor_type != "BackupUsage" {
            world.account("acme").metrics.push((Metric::named(vendor_type), Measured::Count(count)));
        }
    }

    assert_eq!(types.map(|product| billed(&world, product).0), ["25", "4", "2", "1", "0"]);
}

#[test]
fn seats_are_counted_as_used_or_as_bought() {
    let mut world = World::in_step();
    world.add_cross_reference("EssentialsSeats", "Ess-Std", "ESS");
    world.add_seat_row("Email Security Service", "EssentialsSeats", "Ess-Std");
    world.account("acme").seats.push(seat("Email Security Service", 100, 120));
    world.add_addition("Acme", "ESS", 1);
    let used = billed(&world, "ESS").0;

    if let Subject::Seats { count, .. } = &mut world.catalog.rows.last_mut().unwrap().subject {
        *count = SeatCount::Bought;
    }

    assert_eq!([used, billed(&world, "ESS").0], ["100", "120"]);
    assert_eq!(world.desired().line("Acme", "ESS").unwrap().derivation[0].measured, Some(Decimal::from(120)));
}
