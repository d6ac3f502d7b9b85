//! The laws of pins.

use crate::desired::{Want, Why};
use crate::mapping::Pin;
use crate::plan::world::{World, held, line, place, quantity, time, told};
use crate::plan::{Cause, Verdict};
use crate::problem::{Code, Reason};

/// A pin, as the mappings have it.
pub(in crate::plan) fn pin(company: &str, product: &str, to: &str, until: &str) -> Pin {
    Pin {
        place: place(),
        company: company.into(),
        product: product.into(),
        quantity: quantity(to),
        reason: "flat until renewal".to_owned(),
        until: until.parse().unwrap(),
    }
}

fn pinned(mut world: World, to: &str) -> World {
    world.catalog.pins.push(pin("acme", "BKP-GB", to, "2026-11-22"));
    world
}

#[test]
fn a_pin_replaces_the_number_and_says_so() {
    let world = pinned(World::in_step(), "110");

    let plan = world.plan();

    let line = line(&plan, "acme", "BKP-GB");
    assert_eq!(
        (line.verdict, line.desired, line.cause),
        (Verdict::Update, Some(quantity("110")), Some(Cause::Pin))
    );
    assert_eq!(line.notes, [Code::Pinned]);
}

#[test]
fn a_pin_ends_after_its_last_day_in_utc() {
    let mut world = pinned(World::in_step(), "110");
    let verdict = |world: &World| line(&world.plan(), "acme", "BKP-GB").verdict;

    world.now = time("2026-11-22T23:59:59Z");
    assert_eq!(verdict(&world), Verdict::Update);
    world.now = time("2026-11-23T00:00:00Z");
    assert_eq!((verdict(&world), told(&world.plan())), (Verdict::Keep, vec![Code::Expired]));
}

#[test]
fn a_pin_answers_doubts_about_the_number_and_none_about_the_line() {
    let doubted = |code: Code| {
        pinned(World::in_step(), "110").with("acme", "BKP-GB", |spec| {
            spec.reasons = vec![Reason::new(code, "in doubt")];
            spec.desired = None;
            spec.want = Want::Unresolved;
        })
    };

    for code in [Code::UsageUnknown, Code::UnmappedPlan, Code::AccountAbsent, Code::CollidingLines] {
        assert_eq!(line(&doubted(code).plan(), "acme", "BKP-GB").verdict, Verdict::Update, "{code}");
    }
    for code in [Code::AmbiguousAgreement, Code::MissingAddition, Code::ViewIncomplete] {
        assert_eq!(held(&doubted(code).plan(), "acme", "BKP-GB"), [code]);
    }
}

#[test]
fn a_pin_passes_source_guards_and_no_line_guards() {
    let stale = |to: &str| {
        pinned(World::in_step(), to).usage(|snapshot| snapshot.as_of = time("2026-11-01T00:00:00Z"))
    };

    assert_eq!(line(&stale("110").plan(), "acme", "BKP-GB").verdict, Verdict::Update);
    assert_eq!(held(&stale("60").plan(), "acme", "BKP-GB"), [Code::LineChange]);
    assert!(held(&stale("0").plan(), "acme", "BKP-GB").contains(&Code::ToZero));
}

#[test]
fn a_pin_that_fits_two_lines_holds_both() {
    let world = pinned(World::in_step().line("acme", "BKP-GB", "7", "7").on_another_agreement(), "110");

    let plan = world.plan();

    let held: Vec<_> =
        plan.lines.iter().map(|line| (line.verdict, line.reasons[0].code, line.desired)).collect();
    assert_eq!(held, [(Verdict::Hold, Code::AmbiguousAgreement, None); 2]);
}

#[test]
fn two_pins_on_one_line_hold_it() {
    let world = pinned(pinned(World::in_step(), "110"), "120");

    assert_eq!(held(&world.plan(), "acme", "BKP-GB"), [Code::CollidingLines]);
}

#[test]
fn a_pin_that_fits_no_line_is_told() {
    let mut world = World::in_step();
    world.catalog.pins.push(pin("acme", "bkp-gb", "5", "2026-12-01"));

    assert_eq!(told(&world.plan()), [Code::PinUnmatched]);
}

#[test]
fn a_pinned_line_that_nobody_wants_keeps_its_pin() {
    let mut world = pinned(World::in_step(), "100").with("acme", "BKP-GB", |spec| {
        spec.want = Want::Undesired(Why::Cancelled);
        spec.desired = Some(quantity("0"));
    });
    world.catalog.policy.undesired = crate::mapping::Undesired::Leave;

    assert_eq!(line(&world.plan(), "acme", "BKP-GB").desired, Some(quantity("100")));
}
