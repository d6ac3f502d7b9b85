//! Whether a usage source can be believed: its time, its completeness, its unit, and its silence.

use jiff::{SignedDuration, Timestamp};
use trueup::problem::Code;

use super::crowd::{crowd, rows, use_each};
use super::table::{BKP_GB, held, left_alone, problem, released};
use crate::world::World;
use crate::world::plain::account;

provoked! {
    UsageStale: usage_that_is_old_or_of_the_future_or_went_backwards_writes_nothing,
    UsageIncomplete: a_source_that_says_that_it_is_incomplete_lowers_nothing,
    UsageIncomplete: fewer_accounts_than_usual_lower_nothing_and_increases_go_on,
    UsageEmpty: a_file_without_rows_is_not_the_wish_to_bill_nobody,
    UnitShift: figures_in_another_unit_write_nothing_until_a_waiver_says_so,
    AccountAbsent: an_absence_is_a_zero_only_after_two_snapshots,
}

fn ago(hours: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(hours)
}

fn usage_that_is_old_or_of_the_future_or_went_backwards_writes_nothing() -> String {
    let world = World::in_step();
    world.settings("sources:\n      intronis: { csv: { path: usage/intronis.csv } }", "");
    world.accounts_as_of(ago(40), &[&account("acme_dental", 27)]);
    let said = held(&world, BKP_GB, "hold 25 -> 27 usage_stale");
    world.accounts_as_of(ago(-1), &[&account("acme_dental", 27)]);
    held(&world, BKP_GB, "hold 25 -> 27 usage_stale");

    world.accounts_as_of(ago(2), &[&account("acme_dental", 26)]);
    assert_eq!(world.apply().code, Some(0));
    world.accounts_as_of(ago(20), &[&account("acme_dental", 24)]);

    held(&world, BKP_GB, "hold 26 -> 24 usage_stale");
    assert!(problem(&world.plan(), Code::UsageStale, "intronis").to_string().contains("went back"));
    said
}

fn a_source_that_says_that_it_is_incomplete_lowers_nothing() -> String {
    let world = World::in_step();
    world.settings("sources:\n      intronis: { json: { path: usage/intronis.json } }", "");
    let report = |gigabytes: u64| {
        let usage = format!("{{ \"BackupUsage\": {{ \"bytes\": {} }} }}", gigabytes << 30);
        let account = format!(
            "{{ \"account\": \"acme_dental\", \"plan\": {{ \"name\": \"Flat\" }}, \"metrics\": {usage} }}"
        );
        format!(
            "{{ \"source\": \"intronis\", \"as_of\": \"{:.0}\", \"complete\": false, \"accounts\": [ {account} ] }}",
            ago(1)
        )
    };
    world.write("usage/intronis.json", &report(24));
    let said = held(&world, BKP_GB, "hold 25 -> 24 usage_incomplete");

    world.write("usage/intronis.json", &report(27));

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
    said
}

fn fewer_accounts_than_usual_lower_nothing_and_increases_go_on() -> String {
    let world = crowd(9, 25, "0.50");
    world.accounts_as_of(ago(3), &rows(&[25; 9]).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(world.apply().code, Some(0));
    use_each(&world, &[24, 27, 25, 25, 25, 25]);

    let plan = world.plan();

    assert_eq!(plan.short("c0", "BKP-GB"), "hold 25 -> 24 usage_incomplete");
    assert_eq!(plan.short("c1", "BKP-GB"), "update 25 -> 27");
    assert_eq!(plan.short("c2", "BKP-GB"), "keep 25 -> 25");
    assert_eq!(plan.short("c8", "BKP-GB"), "hold 25 -> 0 account_absent");
    assert_eq!(world.apply().code, Some(3));
    assert_eq!([world.quantity(9000), world.quantity(9001), world.quantity(9008)], ["25", "27", "25"]);
    problem(&plan, Code::UsageIncomplete, "intronis").to_string()
}

fn a_file_without_rows_is_not_the_wish_to_bill_nobody() -> String {
    let world = World::in_step();
    world.accounts(&[]);
    let never = super::table::unplanned(&world, "none were ever read");
    assert!(!never.contains("panicked"));
    world.accounts(&[&account("acme_dental", 25)]);
    assert_eq!(world.apply().code, Some(0));

    world.accounts(&[]);

    held(&world, BKP_GB, "hold 25 -> 0 account_absent");
    problem(&world.plan(), Code::UsageEmpty, "intronis").to_string()
}

fn figures_in_another_unit_write_nothing_until_a_waiver_says_so() -> String {
    let world = crowd(6, 1, "0.50");
    world.accounts_as_of(ago(3), &rows(&[1; 6]).iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(world.apply().code, Some(0));
    use_each(&world, &[3; 6]);
    let said = held(&world, ("c0", "BKP-GB"), "hold 1 -> 3 unit_shift");
    assert!(problem(&world.plan(), Code::UnitShift, "intronis").to_string().contains("3 times"));

    released(&world, ("c0", "BKP-GB"), "update 1 -> 3");

    said
}

fn an_absence_is_a_zero_only_after_two_snapshots() -> String {
    let world = World::in_step();
    world.accounts_as_of(ago(35), &[&account("acme_dental", 25), &account("somebody", 1)]);
    assert_eq!(world.apply().code, Some(0));
    world.accounts_as_of(ago(30), &[&account("somebody", 1)]);
    let said = held(&world, BKP_GB, "hold 25 -> 0 account_absent");
    world.accounts_as_of(ago(29), &[&account("somebody", 1)]);
    held(&world, BKP_GB, "hold 25 -> 0 account_absent");

    world.accounts(&[&account("somebody", 1)]);

    held(&world, BKP_GB, "hold 25 -> 0 to_zero line_change window");
    released(&world, BKP_GB, "update 25 -> 0");
    assert_eq!(left_alone_after_writing(&world), "0");
    said
}

fn left_alone_after_writing(world: &World) -> String {
    assert_eq!(world.apply().code, Some(0));
    left_alone(world, 0);
    world.quantity(9001)
}
