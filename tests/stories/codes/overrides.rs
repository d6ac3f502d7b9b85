//! What people say over the figures: pins and waivers, and what becomes of them in time.

use trueup::problem::Code;

use super::table::{BKP_GB, day, left_alone, noted, problem, refused, said, says};
use crate::world::World;
use crate::world::plain::account;

provoked! {
    Pinned: a_pin_replaces_the_number_and_is_noted,
    PinUnmatched: a_pin_that_fits_no_line_is_told,
    Expired: a_pin_whose_last_day_is_over_counts_no_more,
    Expired: what_ended_long_ago_is_refused_in_review_and_stops_no_plan,
    WaiverUnused: a_waiver_that_no_guard_needs_is_told,
    WaiverTooLong: a_waiver_for_months_is_refused,
    WaiverIncomplete: a_waiver_that_does_not_say_what_it_lets_pass_is_refused,
}

fn pin(product: &str, from_now: i64) -> String {
    let until = day(from_now);
    format!(
        "pins:\n  - {{ company: AcmeDental, product: {product}, quantity: 26, reason: \"flat, ticket 48001\", until: {until} }}\n"
    )
}

fn a_pin_replaces_the_number_and_is_noted() -> String {
    let world = World::in_step();
    world.mapping("pins.yaml", &pin("BKP-GB", 0)).accounts(&[&account("acme_dental", 900)]).commit("Flat");

    let said = noted(&world, Code::Pinned, BKP_GB, "update 25 -> 26");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "26");
    said
}

fn a_pin_that_fits_no_line_is_told() -> String {
    let world = World::in_step();
    world.mapping("pins.yaml", &pin("BKP-GBX", 30)).commit("Flat");

    let plan = world.plan();

    assert_eq!(plan.short(BKP_GB.0, BKP_GB.1), "keep 25 -> 25");
    left_alone(&world, 0);
    problem(&plan, Code::PinUnmatched, "AcmeDental/BKP-GBX").to_string()
}

fn a_pin_whose_last_day_is_over_counts_no_more() -> String {
    let world = World::in_step();
    world.mapping("pins.yaml", &pin("BKP-GB", -1)).accounts(&[&account("acme_dental", 27)]).commit("Flat");
    assert_eq!(world.run(&["validate"]).code, Some(0), "an expiry does not redden a review on the day");

    let plan = world.plan();

    assert_eq!(plan.short(BKP_GB.0, BKP_GB.1), "update 25 -> 27");
    problem(&plan, Code::Expired, "AcmeDental/BKP-GB").to_string()
}

fn what_ended_long_ago_is_refused_in_review_and_stops_no_plan() -> String {
    let world = World::in_step();
    world.mapping("pins.yaml", &pin("BKP-GB", -15)).commit("Flat");

    let review = world.run(&["validate"]);

    assert_eq!(review.code, Some(4));
    says(Code::Expired, &said(&review));
    assert!(said(&review).contains("mappings/pins.yaml:2:"), "{}", said(&review));
    assert_eq!(world.plan().short(BKP_GB.0, BKP_GB.1), "keep 25 -> 25");
    said(&review)
}

fn waiver(guard: &str, keys: &str, from_now: i64) -> String {
    let until = day(from_now);
    format!("waivers:\n  - {{ guard: {guard}, {keys}reason: \"ticket 48213\", until: {until} }}\n")
}

fn a_waiver_that_no_guard_needs_is_told() -> String {
    let world = World::in_step();
    let keys = "company: AcmeDental, product: BKP-GB, ";
    world.mapping("waivers.yaml", &waiver("to_zero", keys, 14)).commit("Just in case");

    let plan = world.plan();

    assert_eq!(plan.short(BKP_GB.0, BKP_GB.1), "keep 25 -> 25");
    left_alone(&world, 0);
    problem(&plan, Code::WaiverUnused, "to_zero AcmeDental/BKP-GB").to_string()
}

fn a_waiver_for_months_is_refused() -> String {
    let world = World::in_step();
    let keys = "company: AcmeDental, product: BKP-GB, ";
    world.mapping("waivers.yaml", &waiver("to_zero", keys, 31)).commit("As long as it may be");
    assert_eq!(world.run(&["validate"]).code, Some(0));

    world.mapping("waivers.yaml", &waiver("to_zero", keys, 32)).commit("For too long");

    refused(&world, Code::WaiverTooLong, "mappings/waivers.yaml:2:")
}

fn a_waiver_that_does_not_say_what_it_lets_pass_is_refused() -> String {
    let world = World::in_step();
    world.mapping("waivers.yaml", &waiver("to_zero", "company: AcmeDental, ", 14)).commit("Half a waiver");

    let said = refused(&world, Code::WaiverIncomplete, "mappings/waivers.yaml:2:");

    assert!(said.contains("product"), "{said}");
    said
}
