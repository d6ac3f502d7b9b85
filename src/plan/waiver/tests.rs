//! The laws of waivers.

use crate::mapping::WaiverGuard;
use crate::plan::Verdict;
use crate::plan::world::{World, held, line, money, quantity, time, told};
use crate::problem::Code;

fn moved(desired: &str) -> World {
    World::in_step().with("acme", "BKP-GB", |spec| spec.desired = Some(quantity(desired)))
}

fn verdict(world: &World) -> Verdict {
    line(&world.plan(), "acme", "BKP-GB").verdict
}

#[test]
fn a_waiver_passes_its_guard_of_its_line() {
    let world = moved("60").waiver(Code::LineChange, "acme", "BKP-GB", Some("60"));

    assert_eq!((verdict(&world), told(&world.plan())), (Verdict::Update, vec![]));
}

#[test]
fn a_waiver_with_a_quantity_passes_to_that_quantity_only() {
    let world = moved("61").waiver(Code::LineChange, "acme", "BKP-GB", Some("60"));

    assert_eq!((verdict(&world), told(&world.plan())), (Verdict::Hold, vec![Code::WaiverUnused]));
}

#[test]
fn a_waiver_of_another_line_or_guard_passes_nothing() {
    for (guard, company, product) in [
        (Code::LineChange, "Acme", "BKP-GB"),
        (Code::LineChange, "acme", "BKP-VM"),
        (Code::LineMoney, "acme", "BKP-GB"),
        (Code::ToZero, "acme", "BKP-GB"),
        (Code::HandEdit, "acme", "BKP-GB"),
    ] {
        let world = moved("60").waiver(guard, company, product, None);

        assert_eq!((verdict(&world), told(&world.plan())), (Verdict::Hold, vec![Code::WaiverUnused]));
    }
}

#[test]
fn to_zero_passes_all_that_concerns_the_size_of_the_line_to_zero_only() {
    let gone = |desired: &str| {
        moved(desired).addition("acme", "BKP-GB", |addition| addition.unit_price = None).waiver(
            Code::ToZero,
            "acme",
            "BKP-GB",
            None,
        )
    };

    assert_eq!(verdict(&gone("0")), Verdict::Update);
    assert_eq!(
        held(&gone("1").plan(), "acme", "BKP-GB"),
        [Code::LineChange, Code::Window, Code::PriceUnknown]
    );
}

#[test]
fn a_waiver_runs_to_the_end_of_its_last_day_in_utc() {
    let mut world = moved("60").waiver(Code::LineChange, "acme", "BKP-GB", None);

    world.now = time("2026-12-01T23:59:59Z");
    let mut world = world.usage(|snapshot| snapshot.as_of = time("2026-12-01T20:00:00Z"));
    assert_eq!(verdict(&world), Verdict::Update);
    world.now = time("2026-12-02T00:00:00Z");
    assert_eq!((verdict(&world), told(&world.plan())), (Verdict::Hold, vec![Code::Expired]));
}

#[test]
fn a_waiver_that_runs_too_long_passes_nothing() {
    let mut world = moved("60").waiver(Code::LineChange, "acme", "BKP-GB", None);

    world.catalog.waivers[0].until = "2026-12-23".parse().unwrap();
    assert_eq!(verdict(&world), Verdict::Update);
    world.catalog.waivers[0].until = "2026-12-24".parse().unwrap();
    assert_eq!((verdict(&world), told(&world.plan())), (Verdict::Hold, vec![Code::WaiverTooLong]));
}

#[test]
fn a_waiver_that_no_guard_needs_is_told() {
    let world = moved("101").waiver(Code::LineChange, "acme", "BKP-GB", None);

    assert_eq!(told(&world.plan()), [Code::WaiverUnused]);
}

#[test]
fn a_waived_line_still_counts_in_the_run() {
    let world = moved("60")
        .addition("acme", "BKP-GB", |addition| addition.unit_price = Some(money("10")))
        .waiver(Code::LineChange, "acme", "BKP-GB", None)
        .waiver(Code::LineMoney, "acme", "BKP-GB", None);

    assert_eq!(held(&world.plan(), "acme", "BKP-GB"), [Code::RunMoney]);
}

#[test]
fn every_release_releases_the_line_that_shows_it() {
    let worlds: [fn() -> World; 5] = [
        || moved("60"),
        || moved("0"),
        || moved("400").addition("acme", "BKP-GB", |addition| addition.unit_price = Some(money("9"))),
        || moved("100.5").wrote("acme", "BKP-GB", "99"),
        || moved("99").addition("acme", "BKP-GB", |addition| addition.unit_price = None),
    ];
    for (number, world) in worlds.iter().enumerate() {
        let release = line(&world().plan(), "acme", "BKP-GB").reasons[0].release.clone().unwrap();

        let released = committed(world(), &release);

        assert_eq!(verdict(&released), Verdict::Update, "world {number}: {release}");
        assert_eq!(told(&released.plan()), [], "world {number} needs all of: {release}");
    }
}

/// Commits a release, read by its keys alone.
fn committed(mut world: World, release: &str) -> World {
    let document: serde_yaml::Value = serde_yaml::from_str(release).unwrap();
    for item in document["waivers"].as_sequence().unwrap() {
        let number = |key: &str| serde_yaml::to_string(&item[key]).unwrap().trim().to_owned();
        let guard: Code = item["guard"].as_str().unwrap().parse().unwrap();
        world = match guard {
            Code::RunLines => world.permit(WaiverGuard::RunLines { up_to: number("up_to").parse().unwrap() }),
            Code::RunMoney => world.permit(WaiverGuard::RunMoney { up_to: money(&number("up_to")) }),
            _ => {
                let (company, product) =
                    (item["company"].as_str().unwrap(), item["product"].as_str().unwrap());
                world.waiver(guard, company, product, Some(&number("quantity")))
            }
        };
        world.catalog.waivers.last_mut().unwrap().until = item["until"].as_str().unwrap().parse().unwrap();
    }
    world
}
