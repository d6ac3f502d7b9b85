//! The laws of sister lines: Silver falls to zero, Gold takes over.

use crate::billing::ProductId;
use crate::desired::{Want, Why};
use crate::plan::Verdict;
use crate::plan::world::{World, held, line, money};
use crate::problem::{Code, Reason};

/// A customer moves from Silver to Gold.
fn moving(silver: &str, gold: (&str, &str)) -> World {
    World::in_step().line("zeta", "GOLD", gold.0, gold.1).line("zeta", "SILVER", silver, "0").with(
        "zeta",
        "SILVER",
        |spec| spec.want = Want::Undesired(Why::Moved),
    )
}

fn verdicts(world: &World) -> [Verdict; 2] {
    let plan = world.plan();
    ["SILVER", "GOLD"].map(|product| line(&plan, "zeta", product).verdict)
}

const BOTH: [Verdict; 2] = [Verdict::Update; 2];
const HELD: [Verdict; 2] = [Verdict::Hold; 2];

#[test]
fn a_line_may_fall_to_zero_when_a_sister_takes_over_and_waits_for_it() {
    let world = moving("25", ("0", "25"));

    let plan = world.plan();

    assert_eq!(verdicts(&world), BOTH);
    let gold = line(&plan, "zeta", "GOLD");
    assert_eq!(line(&plan, "zeta", "SILVER").after, [gold.product.id]);
    assert_eq!(gold.after, [] as [ProductId; 0]);
    assert_eq!(plan.summary.monthly_delta, Some(money("0")));
}

#[test]
fn sisters_are_guarded_by_their_sum_and_a_tripped_sum_holds_both() {
    assert_eq!(verdicts(&moving("25", ("0", "20"))), BOTH);
    let world = moving("25", ("0", "19.99"));

    let plan = world.plan();

    assert_eq!(verdicts(&world), HELD);
    assert_eq!(held(&plan, "zeta", "SILVER"), [Code::LineChange]);
    assert_eq!(held(&plan, "zeta", "GOLD"), [Code::LineChange]);
}

#[test]
fn a_tripped_sum_is_released_by_the_waivers_it_shows_and_by_no_fewer() {
    let world = || moving("25", ("0", "17"));
    let release = line(&world().plan(), "zeta", "GOLD").reasons[0].release.clone().unwrap();
    assert_eq!(line(&world().plan(), "zeta", "SILVER").reasons[0].release.as_ref(), Some(&release));
    let shown: Vec<_> =
        release.lines().filter(|line| line.contains("guard:") || line.contains("product:")).collect();
    let expected =
        ["  - guard: line_change", "    product: GOLD", "  - guard: to_zero", "    product: SILVER"];
    assert_eq!(shown, expected);

    let one = world().waiver(Code::ToZero, "zeta", "SILVER", Some("0"));
    let both = world().waiver(Code::ToZero, "zeta", "SILVER", Some("0")).waiver(
        Code::LineChange,
        "zeta",
        "GOLD",
        Some("17"),
    );

    assert_eq!(verdicts(&one), HELD);
    assert_eq!(verdicts(&both), BOTH);
}

#[test]
fn a_sister_already_at_its_quantity_counts() {
    let world = moving("2", ("25", "25"));

    let plan = world.plan();

    assert_eq!(verdicts(&world), [Verdict::Update, Verdict::Keep]);
    assert_eq!(line(&plan, "zeta", "SILVER").after, [] as [ProductId; 0]);
}

#[test]
fn a_sister_in_step_does_not_hide_a_big_fall_of_the_sum() {
    let world = moving("25", ("25", "25"));

    assert_eq!(verdicts(&world), [Verdict::Hold, Verdict::Keep]);
    assert_eq!(held(&world.plan(), "zeta", "SILVER"), [Code::LineChange, Code::Window]);
}

#[test]
fn a_held_sister_takes_nothing_over() {
    let world = moving("25", ("0", "25")).with("zeta", "GOLD", |spec| {
        spec.reasons = vec![Reason::new(Code::UnknownBase, "no base")];
        spec.desired = None;
    });

    assert_eq!(held(&world.plan(), "zeta", "SILVER"), [Code::ToZero, Code::LineChange, Code::Window]);
}

#[test]
fn another_type_another_company_and_a_pin_are_no_sisters() {
    let other_type = moving("25", ("0", "25")).with("zeta", "GOLD", |spec| spec.types = vec!["LocalBackup"]);
    let other_company = World::in_step()
        .line("zeta", "SILVER", "25", "0")
        .with("zeta", "SILVER", |spec| spec.want = Want::Undesired(Why::Moved))
        .line("zetb", "GOLD", "0", "25");
    let mut pinned = moving("25", ("0", "25"));
    pinned.catalog.pins.push(crate::plan::pin::tests::pin("zeta", "GOLD", "25", "2026-12-01"));

    for world in [other_type, other_company, pinned] {
        assert_eq!(line(&world.plan(), "zeta", "SILVER").verdict, Verdict::Hold);
    }
}

#[test]
fn a_line_whose_account_is_gone_has_no_sister() {
    let world = moving("25", ("0", "25")).with("zeta", "SILVER", |spec| {
        spec.want = Want::Undesired(Why::Cancelled);
    });

    assert!(held(&world.plan(), "zeta", "SILVER").contains(&Code::ToZero));
}

#[test]
fn a_sister_that_would_bill_nothing_takes_nothing_over() {
    let world = moving("25", ("0", "0"));

    assert!(held(&world.plan(), "zeta", "SILVER").contains(&Code::ToZero));
}

#[test]
fn the_money_of_sisters_is_guarded_by_its_sum() {
    let dear = |price: &str| {
        moving("25", ("0", "25"))
            .addition("zeta", "GOLD", |addition| addition.unit_price = Some(money(price)))
    };

    assert_eq!(verdicts(&dear("5")), BOTH);
    assert_eq!(held(&dear("5.01").plan(), "zeta", "SILVER"), [Code::LineMoney]);
    assert_eq!(verdicts(&dear("5.01")), HELD);
}

#[test]
fn an_unknown_price_of_one_sister_holds_both() {
    let world = moving("25", ("0", "25")).addition("zeta", "GOLD", |addition| addition.unit_price = None);

    assert_eq!(held(&world.plan(), "zeta", "SILVER"), [Code::PriceUnknown]);
    assert_eq!(held(&world.plan(), "zeta", "GOLD"), [Code::PriceUnknown]);
}

#[test]
fn a_created_sister_takes_over_too() {
    let world = World::in_step().missing("zeta", "GOLD", "25").line("zeta", "SILVER", "25", "0").with(
        "zeta",
        "SILVER",
        |spec| spec.want = Want::Undesired(Why::Moved),
    );

    assert_eq!(verdicts(&world), [Verdict::Update, Verdict::Create]);
}

#[test]
fn two_lines_may_fall_into_one() {
    let world = moving("25", ("0", "40"))
        .line("zeta", "BRONZE", "15", "0")
        .with("zeta", "BRONZE", |spec| spec.want = Want::Undesired(Why::Moved));

    assert_eq!(verdicts(&world), BOTH);
    assert_eq!(line(&world.plan(), "zeta", "BRONZE").verdict, Verdict::Update);
}
