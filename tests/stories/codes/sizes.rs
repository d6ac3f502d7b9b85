//! How far one line may move at once, and the waivers that let it.

use rust_decimal::Decimal;

use super::crowd::{crowd, use_each};
use super::table::{BKP_GB, held, released};
use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

provoked! {
    ToZero: a_bill_that_would_end_waits_for_a_waiver,
    LineChange: a_quantity_that_jumps_waits_for_a_waiver,
    LineMoney: a_bill_that_jumps_waits_for_a_waiver,
    PriceUnknown: a_change_without_a_price_waits_for_a_waiver,
    Window: small_decreases_that_add_up_within_a_week_wait_for_a_waiver,
}

fn a_bill_that_would_end_waits_for_a_waiver() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 0)]);
    let said = held(&world, BKP_GB, "hold 25 -> 0 to_zero line_change window");

    released(&world, BKP_GB, "update 25 -> 0");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "0");
    said
}

fn a_quantity_that_jumps_waits_for_a_waiver() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 38)]);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 38", "13 is the limit");
    world.accounts(&[&account("acme_dental", 39)]);
    held(&world, BKP_GB, "hold 25 -> 39 line_change");
    world.accounts(&[&account("acme_dental", 20)]);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 20", "5 is the limit");
    world.accounts(&[&account("acme_dental", 19)]);
    let said = held(&world, BKP_GB, "hold 25 -> 19 line_change");

    released(&world, BKP_GB, "update 25 -> 19");

    world.accounts(&[&account("acme_dental", 18)]);
    held(&world, BKP_GB, "hold 25 -> 18 line_change");
    said
}

fn a_bill_that_jumps_waits_for_a_waiver() -> String {
    let world = World::seeded(&SEED.replace("price: 0.50", "price: 30"));
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 33)]).commit("Bill backup");
    let said = held(&world, BKP_GB, "hold 25 -> 33 line_money");

    released(&world, BKP_GB, "update 25 -> 33");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "33");
    said
}

fn a_change_without_a_price_waits_for_a_waiver() -> String {
    let world = World::seeded(&SEED.replace("BKP-GB, price: 0.50", "BKP-GB"));
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    let said = held(&world, BKP_GB, "hold 25 -> 27 price_unknown");
    assert_eq!(world.plan().0["summary"]["held_monthly_delta"], serde_json::Value::Null);

    released(&world, BKP_GB, "update 25 -> 27");

    said
}

fn small_decreases_that_add_up_within_a_week_wait_for_a_waiver() -> String {
    let world = crowd(1, 100, "0.50");
    for used in [80, 64] {
        use_each(&world, &[used]);
        assert_eq!(world.apply().code, Some(0));
        assert_eq!(world.simulator().quantity(9000), Some(Decimal::from(used)));
    }
    use_each(&world, &[55]);
    let said = held(&world, ("c0", "BKP-GB"), "hold 64 -> 55 window");

    released(&world, ("c0", "BKP-GB"), "update 64 -> 55");

    said
}
