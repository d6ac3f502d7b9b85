//! What can become of a write, and of a line between the plan and its write.

use std::process::Stdio;
use std::time::{Duration, Instant};

use trueup::problem::Code;
use trueup::simulator::{Canned, Fault, Match};

use super::table::{BKP_GB, held, left_alone, noted, said};
use crate::faults::late;
use crate::world::plain::account;
use crate::world::{QUICK_WRITES, Ran, World};

provoked! {
    Diverged: a_write_that_connectwise_ignores_is_seen_and_not_repeated,
    InDoubt: a_write_whose_answer_is_lost_is_looked_at_and_never_repeated,
    InDoubt: a_write_that_may_still_land_keeps_its_line_alone,
    ConcurrentChange: an_edit_between_the_plan_and_its_write_is_left_as_it_is,
    LateLanding: a_write_that_lands_when_nobody_waits_for_it_any_more_is_told_and_put_right,
}

/// A tenant whose line is to change from 25 to 27.
fn changing() -> World {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    world
}

fn patches(world: &World) -> usize {
    world.write_requests().iter().filter(|request| request.starts_with("PATCH")).count()
}

fn a_write_that_connectwise_ignores_is_seen_and_not_repeated() -> String {
    let world = changing();
    world.settings("sources:\n      intronis: { csv: { path: usage/intronis.csv } }", QUICK_WRITES);
    world.simulator().fail_next(Match::method("PATCH"), Fault::IgnoreWrite);

    let applied = world.apply();

    assert_eq!(applied.code, Some(6), "{}", said(&applied));
    assert!(applied.stdout.contains("ConnectWise stored 25"), "{}", said(&applied));
    let held = held(&world, BKP_GB, "hold 25 -> 27 diverged");
    assert_eq!(patches(&world), 1);
    held
}

fn a_write_whose_answer_is_lost_is_looked_at_and_never_repeated() -> String {
    let world = changing();
    world.simulator().fail_next(Match::method("PATCH"), Fault::DropConnectionAfterCommit);
    let applied = world.apply();
    assert_eq!(applied.code, Some(6), "{}", said(&applied));
    let plan = world.plan();
    assert_eq!(plan.short(BKP_GB.0, BKP_GB.1), "hold 27 -> 27 in_doubt");

    left_alone(&world, 6);

    assert_eq!((patches(&world), world.quantity(9001).as_str()), (1, "27"));
    plan.0.to_string()
}

fn a_write_that_may_still_land_keeps_its_line_alone() -> String {
    let world = changing();
    world.simulator().fail_next(Match::method("PATCH"), Fault::StatusBefore(Canned::gateway(502)));
    let applied = world.apply();
    assert_eq!(applied.code, Some(6), "{}", said(&applied));
    assert_eq!(world.plan().short(BKP_GB.0, BKP_GB.1), "hold 25 -> 27 in_doubt");

    let again = left_alone(&world, 6);

    assert!(again.contains("1 in doubt"), "{again}");
    format!("{}{again}", world.plan().0)
}

fn a_write_that_lands_when_nobody_waits_for_it_any_more_is_told_and_put_right() -> String {
    let world = late::given_up();
    late::lands_late(&world);

    let said = noted(&world, Code::LateLanding, BKP_GB, "update 27 -> 28");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "28");
    said
}

fn an_edit_between_the_plan_and_its_write_is_left_as_it_is() -> String {
    let world = changing();
    let read = Match::method("GET").path("/agreements/401/additions/9001");
    world.simulator().fail_next(read, Fault::DelayMillis(400));
    let mut command = world.command(&["apply", "--yes"]);
    let applying = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    until_read(&world);
    world.simulator().edit_quantity(9001, Some(26.into())).expect("the addition is there");

    let applied = Ran::from(applying.wait_with_output().expect("it ends"));

    assert_eq!(applied.code, Some(6), "{}", said(&applied));
    assert_eq!((patches(&world), world.quantity(9001).as_str()), (0, "26"));
    let again = world.apply();
    assert_eq!(again.code, Some(0), "{}", said(&again));
    said(&applied)
}

/// Until the program has read the additions of the plan.
fn until_read(world: &World) {
    let end = Instant::now() + Duration::from_secs(20);
    let is_bundle =
        || world.simulator().log().iter().any(|exchange| exchange.path.ends_with("/system/bundles"));
    while !is_bundle() {
        assert!(Instant::now() < end, "the additions were never read");
        std::thread::yield_now();
    }
}
