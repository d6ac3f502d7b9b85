//! The first day of a tenant: plan, apply, plan again.

use super::world::World;
use super::world::plain::account;

#[test]
fn a_world_in_step_has_nothing_to_change() {
    let world = World::in_step();

    let plan = world.plan();

    assert_eq!(plan.short("AcmeDental", "BKP-GB"), "keep 25 -> 25");
    assert!(plan.is_unchanged());
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn applying_writes_exactly_the_plans_quantity_and_planning_again_shows_no_change() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");

    let applied = world.apply();

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(
        world.write_requests(),
        [
            r#"PATCH /v2026_4/apis/3.0/finance/agreements/401/additions/9001 [{"op":"replace","path":"quantity","value":27}]"#
        ]
    );
    assert_eq!(world.quantity(9001), "27");
    assert!(world.plan().is_unchanged());
}

#[test]
fn applying_twice_writes_nothing_the_second_time() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    world.apply();
    let after_the_first = world.write_requests().len();

    let second = world.apply();

    assert_eq!(second.code, Some(0), "{}{}", second.stdout, second.stderr);
    assert_eq!(world.write_requests().len(), after_the_first);
}
