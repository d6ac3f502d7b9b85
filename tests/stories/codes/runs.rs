//! How much may move in one run, over all customers, and when.

use trueup::problem::Code;

use super::crowd::{crowd, use_each};
use super::table::{BKP_GB, held, left_alone, problem, released};
use crate::world::World;
use crate::world::plain::account;

provoked! {
    RunLines: many_lines_that_move_at_once_wait_for_a_waiver,
    RunMoney: much_money_that_moves_at_once_waits_for_a_waiver,
    Freeze: in_a_freeze_window_verdicts_stay_and_writes_wait,
}

fn many_lines_that_move_at_once_wait_for_a_waiver() -> String {
    let world = crowd(12, 0, "0.50");
    use_each(&world, &[[1; 10].as_slice(), &[0; 2]].concat());
    assert_eq!(world.plan().short("c0", "BKP-GB"), "update 0 -> 1", "10 is the limit");
    use_each(&world, &[[1; 11].as_slice(), &[0]].concat());
    let said = held(&world, ("c0", "BKP-GB"), "hold 0 -> 1 run_lines");

    released(&world, ("c0", "BKP-GB"), "update 0 -> 1");

    assert_eq!(world.apply().code, Some(0));
    assert_eq!([world.quantity(9000), world.quantity(9010), world.quantity(9011)], ["1", "1", "0"]);
    said
}

fn much_money_that_moves_at_once_waits_for_a_waiver() -> String {
    let world = crowd(3, 10, "18");
    use_each(&world, &[15, 15, 13]);
    assert_eq!(world.plan().short("c0", "BKP-GB"), "update 10 -> 15", "250 is the limit");
    use_each(&world, &[15, 15, 14]);
    let said = held(&world, ("c0", "BKP-GB"), "hold 10 -> 15 run_money");

    released(&world, ("c0", "BKP-GB"), "update 10 -> 15");

    said
}

fn in_a_freeze_window_verdicts_stay_and_writes_wait() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let days: Vec<String> = (1..=31).map(|day: u32| day.to_string()).collect();
    let window =
        format!("days_of_month: [{}], from: \"00:00\", to: \"24:00\", timezone: Etc/UTC", days.join(", "));
    world.mapping("policy.yaml", &format!("policy: {{ freeze: [{{ {window} }}] }}\n")).commit("Invoice run");

    let plan = world.plan();

    assert_eq!(plan.short(BKP_GB.0, BKP_GB.1), "update 25 -> 27");
    let told = problem(&plan, Code::Freeze, "policy").to_string();
    assert!(told.contains("writes wait until 24:00 in Etc/UTC"), "{told}");
    left_alone(&world, 3)
}
