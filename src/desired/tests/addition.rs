//! Resolution 7: the one live addition of the product.

use super::{acme, bills, holds};
use crate::billing::{Addition, AgreementStatus, BillCustomer};
use crate::desired::Found;
use crate::desired::world::World;
use crate::mapping::MissingAddition;
use crate::problem::Code;

fn changed(change: impl Fn(&mut Addition)) -> World {
    let mut world = World::in_step();
    change(world.addition("Acme", "BKP-GB"));
    world
}

fn day(text: &str) -> Option<jiff::civil::Date> {
    Some(text.parse().unwrap())
}

fn notes(world: &World) -> Vec<Code> {
    world.desired().lines[0].notes.clone()
}

#[test]
fn an_addition_runs_from_its_effective_day_and_until_its_cancelled_day() {
    let starts = changed(|addition| addition.effective = day("2026-11-22"));
    let unknown_start = changed(|addition| addition.effective = None);
    let ends_tomorrow = changed(|addition| addition.cancelled = day("2026-11-23"));
    let ends_today = changed(|addition| addition.cancelled = day("2026-11-22"));

    for world in [starts, unknown_start, ends_tomorrow] {
        assert_eq!((acme(&world), notes(&world)), (bills("25"), Vec::new()));
    }
    assert_eq!(acme(&ends_today), holds("25", Code::MissingAddition));
}

#[test]
fn a_future_addition_counts_only_when_none_runs_today_and_is_noted() {
    let mut world = changed(|addition| addition.effective = day("2026-12-01"));
    let alone = (acme(&world), notes(&world));
    world.add_addition("Acme", "BKP-GB", 3);

    let desired = world.desired();

    assert_eq!(alone, (bills("25"), vec![Code::FutureAddition]));
    let Found::One(addition) = desired.lines[0].addition else { panic!("one runs") };
    assert_eq!((addition.quantity, &*desired.lines[0].notes), (Some(3.into()), &[][..]));
}

#[test]
fn dates_decide_and_a_status_that_disagrees_is_noted() {
    let stopped = changed(|addition| addition.status = AgreementStatus::Cancelled);
    let absent = changed(|addition| addition.status = AgreementStatus::Unknown);
    let revived = changed(|addition| addition.cancelled = day("2026-10-01"));

    assert_eq!((acme(&stopped), notes(&stopped)), (bills("25"), vec![Code::StatusDisagrees]));
    assert_eq!((acme(&absent), notes(&absent)), (bills("25"), Vec::new()));
    let cancelled = (holds("25", Code::MissingAddition), vec![Code::StatusDisagrees]);
    assert_eq!((acme(&revived), notes(&revived)), cancelled);
}

#[test]
fn a_charge_made_once_is_not_ours() {
    let mut world = World::in_step();
    let charge = world.add_addition("Acme", "BKP-GB", 1);
    charge.effective = day("2026-11-10");
    charge.cancelled = day("2026-12-10");

    assert_eq!((acme(&world), notes(&world)), (bills("25"), vec![Code::OneOffAddition]));
}

#[test]
fn a_line_longer_than_a_month_is_ours() {
    let mut world = World::in_step();
    let second = world.add_addition("Acme", "BKP-GB", 1);
    second.effective = day("2026-11-10");
    second.cancelled = day("2026-12-11");

    assert_eq!(acme(&world), holds("25", Code::AmbiguousAddition));
}

#[test]
fn several_live_additions_are_all_named() {
    let mut world = World::in_step();
    world.add_addition("Acme", "BKP-GB", 3);

    let desired = world.desired();

    assert_eq!(acme(&world), holds("25", Code::AmbiguousAddition));
    assert!(matches!(&desired.lines[0].addition, Found::Several(all) if all.len() == 2));
    assert!(desired.lines[0].reasons[0].message.contains("9000 and 9001"));
}

#[test]
fn a_line_that_is_not_billable_is_kept_equal_and_noted() {
    for bill_customer in [BillCustomer::DoNotBill, BillCustomer::NoCharge] {
        let world = changed(|addition| addition.bill_customer = bill_customer);

        assert_eq!((acme(&world), notes(&world)), (bills("25"), vec![Code::NotBillable]));
    }
}

#[test]
fn a_null_quantity_is_held_and_a_negative_one_is_not_sane() {
    let null = changed(|addition| addition.quantity = None);
    let negative = changed(|addition| addition.quantity = Some("-3".parse().unwrap()));

    assert_eq!(acme(&null), holds("25", Code::QuantityUnknown));
    assert_eq!(acme(&negative), holds("25", Code::Sanity));
}

/// Acme's line is missing, and may be created.
fn missing() -> World {
    let mut world = World::in_step();
    world.view.additions.clear();
    world.catalog.policy.missing_addition = MissingAddition::Create;
    world
}

#[test]
fn a_missing_addition_is_created_where_the_policy_says_so() {
    assert_eq!(acme(&missing()), bills("25"));
}

#[test]
fn a_line_that_we_wrote_and_that_vanished_is_not_created_again() {
    let mut world = missing();
    world.add_record("Acme", "BKP-GB", 25);

    assert_eq!(acme(&world), holds("25", Code::MissingAddition));
}

#[test]
fn a_create_that_never_came_about_may_be_tried_again() {
    let mut world = missing();
    world.add_record("Acme", "BKP-GB", 25).last_written = None;

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn an_inactive_or_unknown_product_holds_a_create_and_not_a_change() {
    let mut inactive = missing();
    inactive.product("BKP-GB").inactive = true;
    let mut unknown = missing();
    unknown.view.products.clear();
    let mut change = World::in_step();
    change.product("BKP-GB").inactive = true;

    assert_eq!(acme(&inactive), holds("25", Code::MissingAddition));
    assert_eq!(acme(&unknown), holds("25", Code::MissingAddition));
    assert_eq!(acme(&change), bills("25"));
}

#[test]
fn nothing_used_and_no_addition_is_no_line() {
    let mut zero = missing();
    zero.account("acme").metrics[0].1 = crate::usage::Measured::Size(crate::billing::Size::Bytes(0));
    let mut unknown = missing();
    unknown.account("acme").metrics.clear();

    assert_eq!([acme(&zero), acme(&unknown)], [None, None]);
    assert_eq!(unknown.desired().told(), []);
}
