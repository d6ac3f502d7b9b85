//! A plan that was reviewed as a file and is applied later: exactly its changes, and only those that still hold.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::world::shop::{Shop, usage};
use super::world::{Ran, World};

const CUSTOMERS: [&str; 3] = ["alpha", "bravo", "charlie"];

/// Three customers that bill 10 GB.
fn world() -> World {
    let shop = Shop::selling("BKP-GB", "0.50").at_level("Universal", "BackupUsage", "BKP-GB");
    let shop = CUSTOMERS.into_iter().fold(shop, |shop, name| shop.line(name, "BKP-GB", "10"));
    let world = shop.open(&["plan: (All plans), level: Universal, usage_value: total"]);
    use_gigabytes(&world, 12, SignedDuration::from_hours(1));
    world.commit("Bill backup");
    world
}

/// Every customer uses so much, as of so long ago.
fn use_gigabytes(world: &World, count: u64, age: SignedDuration) {
    let rows = CUSTOMERS.map(|name| usage(name, "Pro", "0", &(count << 30).to_string()));
    world.accounts_as_of(Timestamp::now() - age, &rows.each_ref().map(String::as_str));
}

/// Writes the plan to `plan.json`.
fn planned(world: &World, arguments: &[&str]) -> String {
    let ran = world.run(&[&["plan", "--format", "json", "--out", "plan.json"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr.trim_end(), "Wrote the plan to plan.json");
    std::fs::read_to_string(world.path("plan.json")).expect("the plan was written")
}

fn apply_file(world: &World) -> Ran {
    world.run(&["apply", "plan.json"])
}

fn billed(world: &World) -> [String; 3] {
    [9001, 9002, 9003].map(|addition| world.quantity(addition))
}

/// Asserts that a plan file was refused before anything was asked of ConnectWise.
fn assert_refused(world: &World, code: i32, says: &str) {
    let before = world.simulator().log().len();
    let ran = apply_file(world);
    assert_eq!(ran.code, Some(code), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(says), "{}", ran.stderr);
    assert_eq!(world.simulator().log().len(), before);
    assert_eq!(billed(world), ["10", "10", "10"]);
}

#[test]
fn a_plan_file_is_applied_without_asking_since_it_is_the_approval() {
    let world = world();
    planned(&world, &[]);

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(billed(&world), ["12", "12", "12"]);
    assert_eq!(world.write_requests().len(), 3);
    assert!(world.plan().is_unchanged());
}

#[test]
fn a_plan_file_that_tells_of_problems_and_where_they_stand_is_applied_too() {
    let world = world();
    let rows = CUSTOMERS.map(|name| usage(name, "Pro", "0", &(12_u64 << 30).to_string()));
    let mut rows = rows.each_ref().map(String::as_str).to_vec();
    let nobody = usage("nobody", "Pro", "0", "1");
    rows.push(&nobody);
    world.accounts(&rows);
    let plan = planned(&world, &[]);

    let applied = apply_file(&world);

    assert!(plan.contains(r#""code":"unlinked_account""#), "{plan}");
    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(billed(&world), ["12", "12", "12"]);
}

#[test]
fn applying_a_plan_file_twice_writes_nothing_the_second_time_and_says_so() {
    let world = world();
    planned(&world, &[]);
    apply_file(&world);

    let second = apply_file(&world);

    assert_eq!(second.code, Some(0), "{}{}", second.stdout, second.stderr);
    assert_eq!(world.write_requests().len(), 3);
    assert!(second.stderr.contains("already applied: 3 changes"), "{}", second.stderr);
    assert!(second.stdout.contains("Applied: 0 written and verified, 0 left out"), "{}", second.stdout);
}

#[test]
fn a_plan_file_that_lists_every_line_is_applied_like_one_that_lists_changes() {
    let world = world();
    world.simulator().edit_quantity(9001, Some(Decimal::from(12))).expect("there is such an addition");
    planned(&world, &["--all"]);

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(world.write_requests().len(), 2);
}

#[test]
fn a_plan_file_that_somebody_edited_is_refused() {
    let world = world();
    let plan = planned(&world, &[]);
    let edited = plan.replace(r#""desired":"12""#, r#""desired":"13""#);
    assert_ne!(edited, plan);
    world.write("plan.json", &edited);

    assert_refused(&world, 7, "the plan file was changed after it was drawn");
}

#[test]
fn a_plan_file_with_another_time_on_it_is_as_good_as_that_time() {
    let world = world();
    let mut plan: serde_json::Value = serde_json::from_str(&planned(&world, &[])).expect("it is JSON");
    plan["planned_at"] = (Timestamp::now() - SignedDuration::from_hours(25)).to_string().into();
    world.write("plan.json", &plan.to_string());

    assert_refused(&world, 7, "good for 24 hours");
}

#[test]
fn a_plan_file_of_another_tenant_is_refused() {
    let world = world();
    planned(&world, &[]);
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    world.write("trueup.yaml", &settings.replace("\n  story:\n", "\n  other:\n"));

    assert_refused(&world, 7, "The plan is of tenant story, not of other");
}

#[test]
fn a_plan_file_is_good_for_a_day() {
    let world = world();
    use_gigabytes(&world, 12, SignedDuration::from_hours(26));
    let planned_ago = |hours: i64| {
        let then = (Timestamp::now() - SignedDuration::from_hours(hours)).to_string();
        planned(&world, &["--now", &then]);
    };

    planned_ago(25);
    assert_refused(&world, 7, "good for 24 hours");

    planned_ago(23);
    let applied = apply_file(&world);
    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(billed(&world), ["12", "12", "12"]);
}

#[test]
fn a_line_that_was_changed_by_hand_meanwhile_is_left_out_and_the_others_are_written() {
    let world = world();
    planned(&world, &[]);
    world.simulator().edit_quantity(9002, Some(Decimal::from(11))).expect("there is such an addition");

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(6), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(billed(&world), ["12", "11", "12"]);
    let left_out = "left out  bravo/BKP-GB: approved 10 -> 12; now 11 -> 12";
    assert!(applied.stderr.contains(left_out), "{}", applied.stderr);
    assert!(applied.stdout.contains("Applied: 2 written and verified, 1 left out"), "{}", applied.stdout);
}

#[test]
fn a_line_that_somebody_set_to_the_plans_quantity_meanwhile_counts_as_applied() {
    let world = world();
    planned(&world, &[]);
    world.simulator().edit_quantity(9002, Some(Decimal::from(12))).expect("there is such an addition");

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(world.write_requests().len(), 2);
    assert!(applied.stderr.contains("already applied: 1 change\n"), "{}", applied.stderr);
}

#[test]
fn a_plan_file_of_which_nothing_holds_any_more_is_refused() {
    let world = world();
    planned(&world, &[]);
    use_gigabytes(&world, 13, SignedDuration::ZERO);

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(7), "{}{}", applied.stdout, applied.stderr);
    assert!(applied.stderr.contains("None of the plan's changes holds any more"), "{}", applied.stderr);
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn a_file_that_is_no_plan_is_invalid() {
    let world = world();
    for text in ["", "no plan", "{}", "[1]", r#"{"format":"trueup.plan/2"}"#, "{\"format\":\"trueup.plan/1\""]
    {
        world.write("plan.json", text);

        assert_refused(&world, 4, "The plan file cannot be applied");
    }
    std::fs::remove_file(world.path("plan.json")).expect("it can be removed");
    assert_refused(&world, 4, "Cannot read plan.json");
}

#[test]
fn a_plan_as_text_is_no_plan_file() {
    let world = world();
    assert_eq!(world.run(&["plan", "--out", "plan.json"]).code, Some(0));

    assert_refused(&world, 4, "the plan file is no JSON object");
}

#[test]
fn the_plan_of_one_company_applies_that_company_alone() {
    let world = world();
    planned(&world, &["--company", "bravo"]);

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(billed(&world), ["10", "12", "10"]);
}

#[test]
fn uncommitted_mappings_are_applied_only_when_somebody_says_yes() {
    let world = world();
    world.mapping("pins.yaml", "pins: []\n");
    planned(&world, &[]);

    for arguments in [&["apply"][..], &["apply", "plan.json"]] {
        let refused = world.run(arguments);
        assert_eq!(refused.code, Some(64), "{}{}", refused.stdout, refused.stderr);
        assert!(refused.stderr.contains("The mappings are not committed"), "{}", refused.stderr);
        assert!(refused.stderr.contains("Commit them, or say --yes"), "{}", refused.stderr);
        assert_eq!(world.write_requests(), Vec::<String>::new());
    }

    assert_eq!(world.apply().code, Some(0));
    assert_eq!(billed(&world), ["12", "12", "12"]);
}

#[test]
fn without_a_terminal_nobody_is_asked_and_nothing_is_written() {
    let world = world();

    let refused = world.run(&["apply"]);

    assert_eq!(refused.code, Some(64), "{}{}", refused.stdout, refused.stderr);
    assert!(refused.stderr.contains("Nobody can be asked here"), "{}", refused.stderr);
    assert!(refused.stderr.contains("Say --yes, or apply a plan file"), "{}", refused.stderr);
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn a_plan_file_lets_no_guard_pass_that_trips_now() {
    let world = world();
    planned(&world, &[]);
    world.mapping(
        "policy.yaml",
        "policy: { guards: { line_change: { increase: { floor: 1, percent: 1 } } } }\n",
    );
    world.commit("Narrow guards");

    let applied = apply_file(&world);

    assert_eq!(applied.code, Some(7), "{}{}", applied.stdout, applied.stderr);
    assert!(applied.stderr.contains("now held: line_change"), "{}", applied.stderr);
    assert_eq!(world.write_requests(), Vec::<String>::new());
}
