//! What the plan makes of one change in a world in step: the guards of lines, runs and tenants.

use crate::billing::{PastWrite, Quantity};
use crate::desired::{Want, Why};
use crate::mapping::{Catalog, Limit, UsageValue, WaiverGuard};
use crate::plan::world::{World, held, line, money, quantity, time, told};
use crate::plan::{Ancestry, Cause, Verdict};
use crate::problem::{Code, Reason};

fn moved(desired: &str) -> World {
    World::in_step().with("acme", "BKP-GB", |spec| spec.desired = Some(quantity(desired)))
}

fn codes(world: &World) -> Vec<Code> {
    held(&world.plan(), "acme", "BKP-GB")
}

fn verdict(world: &World) -> Verdict {
    line(&world.plan(), "acme", "BKP-GB").verdict
}

#[test]
fn a_world_in_step_changes_nothing() {
    let guarded = World::in_step().plan().observations[0].guarded.clone();
    let world = World::in_step().record("acme", "BKP-GB", |record| record.guarded = guarded);

    let plan = world.plan();

    assert_eq!(line(&plan, "acme", "BKP-GB").verdict, Verdict::Keep);
    assert_eq!((plan.summary.keep, plan.summary.monthly_delta), (1, Some(money("0"))));
    assert_eq!((plan.problems.len(), plan.observations.len()), (0, 0));
}

#[test]
fn line_change_lets_the_limit_pass_and_holds_what_is_more() {
    assert_eq!(codes(&moved("80")), []);
    assert_eq!(codes(&moved("79.99")), [Code::LineChange]);
    assert_eq!(codes(&moved("130")), []);
    assert_eq!(
        codes(&moved("150.01").addition("acme", "BKP-GB", |a| a.unit_price = Some(money("0.01")))),
        [Code::LineChange]
    );
}

#[test]
fn a_small_line_may_move_by_the_floor() {
    let small = |desired: &str| {
        World::in_step().line("tiny", "BKP-GB", "3", "3").with("tiny", "BKP-GB", |spec| {
            spec.desired = Some(quantity(desired));
        })
    };

    assert_eq!(held(&small("1").plan(), "tiny", "BKP-GB"), []);
    assert_eq!(held(&small("8").plan(), "tiny", "BKP-GB"), []);
    assert_eq!(held(&small("8.01").plan(), "tiny", "BKP-GB"), [Code::LineChange]);
}

#[test]
fn line_change_says_limit_value_and_way_out() {
    let world = moved("60");

    let plan = world.plan();

    let reason = &line(&plan, "acme", "BKP-GB").reasons[0];
    assert_eq!((reason.limit.as_deref(), reason.actual.as_deref()), (Some("20"), Some("-40")));
    assert_eq!(
        reason.release.as_deref(),
        Some(
            "waivers:\n  - guard: line_change\n    company: acme\n    product: BKP-GB\n    quantity: 60\n    \
             reason: \"say why, with the ticket\"\n    until: 2026-12-06\n"
        )
    );
}

#[test]
fn to_zero_holds_a_line_that_would_stop_billing() {
    let world = moved("0");

    let plan = world.plan();

    assert!(held(&plan, "acme", "BKP-GB").contains(&Code::ToZero));
    let release = line(&plan, "acme", "BKP-GB").reasons[0].release.clone().unwrap();
    assert_eq!(release.matches("guard:").count(), 1, "to_zero is enough: {release}");
}

#[test]
fn additional_usage_within_the_plan_may_fall_to_zero_while_bytes_are_used() {
    let additional = |bytes: u64| {
        World::in_step().line("tiny", "BKP-GB", "2", "0").with("tiny", "BKP-GB", |spec| {
            spec.usage_value = UsageValue::Additional;
            spec.used_bytes = bytes.into();
        })
    };

    assert_eq!(line(&additional(1).plan(), "tiny", "BKP-GB").verdict, Verdict::Update);
    assert_eq!(held(&additional(0).plan(), "tiny", "BKP-GB"), [Code::ToZero]);
}

#[test]
fn line_money_holds_what_a_customer_would_notice_from_zero_too() {
    let dear = |desired: &str| {
        World::in_step()
            .line("tiny", "BKP-GB", "0", desired)
            .addition("tiny", "BKP-GB", |addition| addition.unit_price = Some(money("10")))
    };

    assert_eq!(held(&dear("10").plan(), "tiny", "BKP-GB"), []);
    assert_eq!(held(&dear("10.01").plan(), "tiny", "BKP-GB"), [Code::LineMoney]);
}

#[test]
fn j7_an_unknown_price_fails_the_money_guard_closed() {
    let world = moved("101").addition("acme", "BKP-GB", |addition| addition.unit_price = None);

    let plan = world.plan();

    assert_eq!(held(&plan, "acme", "BKP-GB"), [Code::PriceUnknown]);
    assert_eq!(line(&plan, "acme", "BKP-GB").monthly_delta, None);
    assert_eq!(plan.summary.held_monthly_delta, None);
}

#[test]
fn a_line_money_waiver_passes_an_unknown_price() {
    let world = moved("101").addition("acme", "BKP-GB", |addition| addition.unit_price = None).waiver(
        Code::LineMoney,
        "acme",
        "BKP-GB",
        None,
    );

    assert_eq!(verdict(&world), Verdict::Update);
    assert_eq!(world.plan().summary.monthly_delta, None);
}

#[test]
fn window_holds_small_decreases_that_add_up() {
    let wrote = |at: &str| PastWrite { at: time(at), before: quantity("150"), after: quantity("100") };
    let since =
        |at: &str| moved("85").record("acme", "BKP-GB", |record| record.recent_writes = vec![wrote(at)]);

    assert_eq!(codes(&since("2026-11-16T09:00:00Z")), [Code::Window]);
    assert_eq!(codes(&since("2026-11-15T08:59:59Z")), []);
}

#[test]
fn sanity_is_not_waivable() {
    for (desired, waived) in [("-1", "-1"), ("10000001", "10000001"), ("100.001", "100.001")] {
        let world = moved(desired).waiver(Code::LineChange, "acme", "BKP-GB", Some(waived)).waiver(
            Code::LineMoney,
            "acme",
            "BKP-GB",
            Some(waived),
        );

        let plan = world.plan();

        assert!(held(&plan, "acme", "BKP-GB").contains(&Code::Sanity), "{desired}");
        assert_eq!(line(&plan, "acme", "BKP-GB").reasons[0].release, None);
    }
}

#[test]
fn a_row_tunes_the_guards_of_its_lines() {
    let mut world = moved("79");
    world.catalog.rows.push(crate::plan::guard::tenant::tests::row("Gold"));
    world.catalog.rows[0].guards.line_change.decrease = Limit { floor: 2.into(), percent: 50.into() };
    let world = world.with("acme", "BKP-GB", |spec| spec.row = Some(0));

    assert_eq!(verdict(&world), Verdict::Update);
}

#[test]
fn run_lines_holds_all_when_too_many_lines_move_much() {
    let many = |count: usize| {
        let names: Vec<String> = (0..count).map(|number| format!("c{number:02}")).collect();
        names.iter().fold(World::in_step(), |world, name| world.line(name, "BKP-GB", "10", "8.9"))
    };

    assert_eq!(held(&many(10).plan(), "c00", "BKP-GB"), []);
    let world = many(11);
    let plan = world.plan();
    assert_eq!(held(&plan, "c00", "BKP-GB"), [Code::RunLines]);
    assert_eq!((plan.summary.hold, plan.summary.keep), (11, 1));
    let waived = many(11).permit(WaiverGuard::RunLines { up_to: 11 });
    assert_eq!(waived.plan().summary.update, 11);
    let too_low = many(11).permit(WaiverGuard::RunLines { up_to: 10 });
    assert_eq!(told(&too_low.plan()), [Code::WaiverUnused]);
}

#[test]
fn lines_that_move_little_do_not_count_for_run_lines() {
    let names: Vec<String> = (0..30).map(|number| format!("c{number:02}")).collect();
    let world = names.iter().fold(World::in_step(), |world, name| world.line(name, "BKP-GB", "10", "9"));

    assert_eq!(world.plan().summary.update, 30);
}

#[test]
fn run_money_holds_all_and_a_waiver_has_a_ceiling() {
    let dear = || {
        ["a", "b", "c"].iter().fold(World::in_step(), |world, name| {
            world
                .line(name, "BKP-GB", "10", "11")
                .addition(name, "BKP-GB", |a| a.unit_price = Some(money("90")))
        })
    };

    assert_eq!(held(&dear().plan(), "a", "BKP-GB"), [Code::RunMoney]);
    let release = line(&dear().plan(), "a", "BKP-GB").reasons[0].release.clone().unwrap();
    assert!(release.contains("guard: run_money\n    up_to: 270\n"), "{release}");
    assert_eq!(dear().permit(WaiverGuard::RunMoney { up_to: money("270") }).plan().summary.update, 3);
    assert_eq!(dear().permit(WaiverGuard::RunMoney { up_to: money("269.99") }).plan().summary.hold, 3);
}

#[test]
fn a_release_shows_the_run_guards_that_the_line_would_trip() {
    let world = World::in_step()
        .line("dear", "BKP-GB", "10", "0")
        .addition("dear", "BKP-GB", |addition| addition.unit_price = Some(money("100")));

    let release = line(&world.plan(), "dear", "BKP-GB").reasons[0].release.clone().unwrap();

    assert!(release.contains("guard: to_zero"), "{release}");
    assert!(release.contains("guard: run_money\n    up_to: 1000\n"), "{release}");
}

#[test]
fn a_broken_history_holds_all_that_would_change_until_the_lost_commit_is_named() {
    let mut world = moved("101").line("beta", "BKP-GB", "1", "1");
    world.ancestry = Ancestry::Broken { last_applied: "deadbeef".into() };

    let plan = world.plan();

    assert_eq!(held(&plan, "acme", "BKP-GB"), [Code::History]);
    assert_eq!(line(&plan, "beta", "BKP-GB").verdict, Verdict::Keep);
    let release = line(&plan, "acme", "BKP-GB").reasons[0].release.clone().unwrap();
    assert!(release.contains("commit: \"deadbeef\""), "{release}");
    let waived = world.permit(WaiverGuard::History { commit: "deadbeef".into() });
    assert_eq!(waived.plan().summary.update, 1);
}

#[test]
fn a_commit_that_removes_many_rows_holds_all_that_would_change() {
    let mut world = moved("101");
    let rows = (0..4).map(|number| crate::plan::guard::tenant::tests::row(&format!("L{number}"))).collect();
    world.previous = Some(Catalog { rows, ..Catalog::default() });

    assert_eq!(codes(&world), [Code::ConfigShrink]);
    let release = line(&world.plan(), "acme", "BKP-GB").reasons[0].release.clone().unwrap();
    assert!(release.contains("guard: config_shrink\n    rows: 4\n"), "{release}");
    assert_eq!(verdict(&world.permit(WaiverGuard::ConfigShrink { rows: 4 })), Verdict::Update);
}

#[test]
fn a_line_without_a_change_stays_keep_whatever_its_source() {
    let world = World::in_step().usage(|snapshot| snapshot.as_of = time("2026-11-01T00:00:00Z"));

    let plan = world.plan();

    assert_eq!(line(&plan, "acme", "BKP-GB").verdict, Verdict::Keep);
    assert_eq!(told(&plan), [Code::UsageStale]);
}

#[test]
fn a_line_without_an_addition_is_created_at_the_price_of_the_catalogue() {
    let world = World::in_step().missing("acme", "BKP-VM", "5");

    let plan = world.plan();

    let created = line(&plan, "acme", "BKP-VM");
    assert_eq!((created.verdict, created.monthly_delta), (Verdict::Create, Some(money("5"))));
    assert_eq!((created.current, created.addition, created.cause), (None, None, Some(Cause::FirstSeen)));
    assert_eq!(plan.summary.create, 1);
}

#[test]
fn a_create_without_a_price_in_the_catalogue_is_held() {
    let mut world = World::in_step().missing("acme", "BKP-VM", "5");
    world.view.products[1].price = None;

    assert_eq!(held(&world.plan(), "acme", "BKP-VM"), [Code::PriceUnknown]);
}

#[test]
fn nothing_is_created_to_bill_nothing() {
    let world = World::in_step().missing("acme", "BKP-VM", "0");

    assert_eq!(held(&world.plan(), "acme", "BKP-VM"), [Code::MissingAddition]);
}

#[test]
fn a_missing_addition_is_held_with_the_money_it_would_bring() {
    let world = World::in_step().missing("acme", "BKP-VM", "5").with("acme", "BKP-VM", |spec| {
        spec.reasons = vec![Reason::new(Code::MissingAddition, "no live addition")];
    });

    assert_eq!(held(&world.plan(), "acme", "BKP-VM"), [Code::MissingAddition]);
    assert_eq!(world.plan().summary.held_monthly_delta, Some(money("5")));
}

#[test]
fn a_line_of_an_absent_account_is_held_unless_it_bills_nothing_already() {
    let absent = |current: &str| {
        World::in_step().line("gone", "BKP-GB", current, "0").with("gone", "BKP-GB", |spec| {
            spec.want = Want::Undesired(Why::Absent);
            spec.reasons = vec![Reason::new(Code::AccountAbsent, "gone").over("2 snapshots", "1")];
        })
    };

    let plan_of_12 = absent("12");
    let plan = plan_of_12.plan();
    assert_eq!(held(&plan, "gone", "BKP-GB"), [Code::AccountAbsent]);
    assert_eq!(line(&plan, "gone", "BKP-GB").cause, Some(Cause::AccountGone));
    assert_eq!(line(&plan, "gone", "BKP-GB").monthly_delta, Some(money("-12")));
    assert_eq!(line(&absent("0").plan(), "gone", "BKP-GB").verdict, Verdict::Keep);
}

#[test]
fn undesired_leave_keeps_a_line_that_nobody_wants() {
    let mut world = World::in_step().line("gone", "BKP-GB", "2", "0");
    world.catalog.policy.undesired = crate::mapping::Undesired::Leave;
    let world = world.with("gone", "BKP-GB", |spec| spec.want = Want::Undesired(Why::Cancelled));

    assert_eq!(line(&world.plan(), "gone", "BKP-GB").verdict, Verdict::Keep);
}

#[test]
fn a_null_quantity_is_held_even_where_nothing_else_says_so() {
    let world = World::in_step().addition("acme", "BKP-GB", |addition| addition.quantity = None);

    assert_eq!(codes(&world), [Code::QuantityUnknown]);
    assert_eq!(world.plan().summary.held_monthly_delta, None);
}

#[test]
fn a_reason_of_the_desired_state_holds_a_line_that_is_in_step() {
    let world = World::in_step().with("acme", "BKP-GB", |spec| {
        spec.reasons = vec![Reason::new(Code::ExpectationFailed, "the base plan size differs")];
    });

    assert_eq!(codes(&world), [Code::ExpectationFailed]);
    assert_eq!(world.plan().summary.held_monthly_delta, Some(money("0")));
}

#[test]
fn an_open_write_and_a_diverged_one_hold_the_line() {
    let intent = crate::billing::OpenIntent {
        since: time("2026-11-22T08:59:00Z"),
        settles_at: time("2026-11-22T09:04:00Z"),
    };
    let open = World::in_step().record("acme", "BKP-GB", |record| record.open_intent = Some(intent));
    let diverged = moved("101").record("acme", "BKP-GB", |record| record.diverged = true);
    let settled = World::in_step().record("acme", "BKP-GB", |record| record.diverged = true);

    assert_eq!(codes(&open), [Code::InDoubt]);
    assert_eq!(codes(&diverged), [Code::Diverged]);
    assert_eq!(verdict(&settled), Verdict::Keep);
}

#[test]
fn lines_that_are_not_billed_move_no_money() {
    let world = moved("149").addition("acme", "BKP-GB", |addition| {
        addition.bill_customer = crate::billing::BillCustomer::NoCharge;
        addition.unit_price = None;
    });

    let plan = world.plan();

    assert_eq!(line(&plan, "acme", "BKP-GB").monthly_delta, Some(money("0")));
    assert_eq!(plan.summary.update, 1);
}

#[test]
fn a_line_in_step_that_the_journal_does_not_know_is_to_be_observed() {
    let world = World::in_step().never_wrote("acme", "BKP-GB");

    let plan = world.plan();

    assert_eq!(plan.observations.len(), 1);
    assert_eq!(plan.observations[0].quantity, Quantity::from(100));
    assert_eq!(plan.observations[0].adopted_against, None);
}
