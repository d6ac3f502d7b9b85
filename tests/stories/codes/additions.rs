//! Which addition a line is, and what is odd about it.

use trueup::problem::Code;
use trueup::simulator::{Canned, Fault, Kind, Match};

use super::table::{BKP_GB, day, held, noted, problem};
use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

provoked! {
    MissingAddition: a_line_that_is_not_on_the_agreement_is_held_until_the_policy_creates_it,
    AmbiguousAddition: two_live_additions_of_a_product_are_both_named,
    QuantityUnknown: an_addition_without_a_quantity_is_left_alone,
    Sanity: an_addition_with_a_negative_quantity_is_left_alone,
    FutureAddition: an_addition_that_starts_later_is_changed_and_noted,
    OneOffAddition: a_charge_made_once_is_not_ours,
    StatusDisagrees: dates_decide_and_a_status_that_disagrees_is_noted,
    NotBillable: a_line_that_is_not_billed_is_kept_equal_too,
    Renamed: a_company_that_was_renamed_is_the_same_and_told,
    Unmanaged: a_line_that_no_level_reaches_any_more_is_left_alone_and_noted,
    ViewIncomplete: an_agreement_that_could_not_be_read_whole_is_left_alone,
}

const ADDITION: &str = "{ id: 9001, product: BKP-GB, quantity: 25 }";

/// A tenant whose one addition is written so, and whose account uses 27 GB.
fn tenant(additions: &str) -> World {
    let world = World::seeded(&SEED.replace(ADDITION, additions));
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world
}

fn a_line_that_is_not_on_the_agreement_is_held_until_the_policy_creates_it() -> String {
    let world = tenant("");
    let said = held(&world, BKP_GB, "hold ? -> 27 missing_addition");

    world.mapping("policy.yaml", "policy: { missing_addition: create }\n").commit("Create what is missing");

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "create ? -> 27");
    said
}

fn two_live_additions_of_a_product_are_both_named() -> String {
    let world = tenant(&format!("{ADDITION}, {{ id: 9002, product: BKP-GB, quantity: 3 }}"));

    let said = held(&world, BKP_GB, "hold ? -> 27 ambiguous_addition");

    assert!(said.contains("additions 9001 and 9002 are all live"), "{said}");
    said
}

fn an_addition_without_a_quantity_is_left_alone() -> String {
    let world = World::in_step();
    world.simulator().edit_quantity(9001, None).expect("the addition is there");

    held(&world, BKP_GB, "hold ? -> 25 quantity_unknown")
}

fn an_addition_with_a_negative_quantity_is_left_alone() -> String {
    let world = World::in_step();
    world.simulator().edit_quantity(9001, Some((-5).into())).expect("the addition is there");

    held(&world, BKP_GB, "hold -5 -> 25 sanity")
}

fn an_addition_that_starts_later_is_changed_and_noted() -> String {
    let starts = day(7);
    let world = tenant(&format!("{{ id: 9001, product: BKP-GB, quantity: 25, effectiveDate: {starts} }}"));

    let said = noted(&world, Code::FutureAddition, BKP_GB, "update 25 -> 27");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "27");
    said
}

fn a_charge_made_once_is_not_ours() -> String {
    let (from, to) = (day(-3), day(3));
    let once =
        format!("{{ id: 9002, product: BKP-GB, quantity: 4, effectiveDate: {from}, cancelledDate: {to} }}");
    let world = tenant(&format!("{ADDITION}, {once}"));

    let said = noted(&world, Code::OneOffAddition, BKP_GB, "update 25 -> 27");

    world.apply();
    assert_eq!([world.quantity(9001), world.quantity(9002)], ["27", "4"]);
    said
}

fn dates_decide_and_a_status_that_disagrees_is_noted() -> String {
    let world = tenant("{ id: 9001, product: BKP-GB, quantity: 25, agreementStatus: Expired }");

    noted(&world, Code::StatusDisagrees, BKP_GB, "update 25 -> 27")
}

fn a_line_that_is_not_billed_is_kept_equal_too() -> String {
    let world = tenant("{ id: 9001, product: BKP-GB, quantity: 25, billCustomer: NoCharge }");

    let said = noted(&world, Code::NotBillable, BKP_GB, "update 25 -> 27");

    assert_eq!(world.plan().line("AcmeDental", "BKP-GB")["monthly_delta"], "0");
    said
}

fn a_company_that_was_renamed_is_the_same_and_told() -> String {
    let world = World::in_step();
    assert_eq!(world.apply().code, Some(0));
    let renamed = world.simulator().by("somebody").edit(Kind::Company, 71, "identifier", "AcmeGroup");
    renamed.expect("it can be renamed");

    noted(&world, Code::Renamed, ("AcmeGroup", "BKP-GB"), "keep 25 -> 25")
}

fn a_line_that_no_level_reaches_any_more_is_left_alone_and_noted() -> String {
    let world = World::in_step();
    assert_eq!(world.apply().code, Some(0));
    let seats = "essentials_service: [{ option: Email, level: Universal, type: EssentialsSeats }]\n";
    world.mapping("backup.yaml", &format!("source: intronis\nintegration: Barracuda Intronis\n{seats}"));
    world.accounts(&[&account("acme_dental", 27)]).commit("Take the backup row out");
    world
        .simulator()
        .by("somebody")
        .edit(Kind::CrossReference, 11, "inactiveFlag", true)
        .expect("it can be switched off");

    let plan = world.plan();

    assert_eq!(plan.find("AcmeDental", "BKP-GB"), None);
    super::table::left_alone(&world, 0);
    problem(&plan, Code::Unmanaged, "AcmeDental").to_string()
}

fn an_agreement_that_could_not_be_read_whole_is_left_alone() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let garbled = || Fault::StatusBefore(Canned::new(200, "[{\"id\":"));
    world.simulator().fail_times(Match::method("POST").path("/system/bundles"), garbled(), 9);
    world.simulator().fail_times(Match::method("GET").path("/agreements/401/additions"), garbled(), 99);

    let plan = world.plan();

    assert_eq!(
        plan.find("AcmeDental", "BKP-GB").map(|_| plan.short("AcmeDental", "BKP-GB")),
        Some("hold ? -> 27 view_incomplete".to_owned())
    );
    super::table::left_alone(&world, 3);
    world.simulator().clear_faults();
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
    problem(&plan, Code::ViewIncomplete, "AcmeDental").to_string()
}
