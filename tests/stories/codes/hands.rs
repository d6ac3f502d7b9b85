//! Who else changed a line: a person once, or another program again and again.

use rust_decimal::Decimal;

use super::table::{BKP_GB, held, left_alone, released};
use crate::world::World;
use crate::world::plain::account;

provoked! {
    HandEdit: a_quantity_that_somebody_set_by_hand_is_left_alone_until_the_mappings_say_otherwise,
    HandEdit: a_waiver_reverts_one_hand_edit,
    AnotherWriter: another_program_that_writes_after_us_twice_a_day_is_not_fought,
}

fn by_hand(world: &World, quantity: u32) {
    world.simulator().edit_quantity(9001, Some(Decimal::from(quantity))).expect("the addition is there");
}

/// A tenant whose line we wrote, and somebody changed.
fn edited(quantity: u32) -> World {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    assert_eq!(world.apply().code, Some(0));
    by_hand(&world, quantity);
    world
}

fn a_quantity_that_somebody_set_by_hand_is_left_alone_until_the_mappings_say_otherwise() -> String {
    let world = edited(30);
    let said = held(&world, BKP_GB, "hold 30 -> 27 hand_edit");
    assert!(said.contains("we wrote 27, somebody set 30 by hand"), "{said}");

    world.mapping("policy.yaml", "policy: { hand_edit: adopt }\n").commit("Keep what people set");
    assert_eq!(world.plan().short(BKP_GB.0, BKP_GB.1), "keep 30 -> 27");
    left_alone(&world, 0);
    world.mapping("policy.yaml", "policy: { hand_edit: revert }\n").commit("Write over what people set");

    assert_eq!(world.plan().short(BKP_GB.0, BKP_GB.1), "update 30 -> 27");
    said
}

fn a_waiver_reverts_one_hand_edit() -> String {
    let world = edited(30);
    let said = held(&world, BKP_GB, "hold 30 -> 27 hand_edit");

    released(&world, BKP_GB, "update 30 -> 27");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "27");
    said
}

fn another_program_that_writes_after_us_twice_a_day_is_not_fought() -> String {
    let world = edited(30);
    world.mapping("policy.yaml", "policy: { hand_edit: revert }\n").commit("Write over what people set");
    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "27");
    by_hand(&world, 30);
    assert_eq!(world.apply().code, Some(0), "once may be a person");
    by_hand(&world, 30);

    held(&world, BKP_GB, "hold 30 -> 27 another_writer")
}
