//! What may be written, and by whom: planning never writes, applying writes the plan's quantities and nothing else.

use std::collections::BTreeMap;

use trueup::simulator::{Function, Kind, Level, Levels, Mutation, Object, Role};

use super::world::World;
use super::world::plain::account;
use super::world::shop::{Shop, usage};

/// A tenant that has applied once, has a second commit, and would change a line again.
fn changing() -> World {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    assert_eq!(world.apply().code, Some(0));
    world.mapping("pins.yaml", "pins: []\n").commit("No pins");
    world.accounts(&[&account("acme_dental", 29)]);
    world
}

#[test]
fn a_verb_that_shows_makes_no_request_but_reads() {
    let world = changing();
    let before = world.simulator().log().len();
    let verbs: [&[&str]; 9] = [
        &["plan"],
        &["plan", "--all", "--format", "json", "--out", "plan.json"],
        &["plan", "--format", "markdown"],
        &["plan", "--commit", "HEAD~1"],
        &["plan", "--against", "HEAD~1"],
        &["plan", "--detailed-exitcode"],
        &["plan", "--company", "AcmeDental"],
        &["explain", "AcmeDental/BKP-GB"],
        &["explain", "AcmeDental/BKP-GB", "--commit", "HEAD~1"],
    ];

    for verb in verbs {
        let asked = world.simulator().log().len();
        let ran = world.run(verb);
        let expected = if verb.contains(&"--detailed-exitcode") { 2 } else { 0 };
        assert_eq!(ran.code, Some(expected), "{verb:?}: {}", ran.stderr);
        assert!(world.simulator().log().len() > asked, "{verb:?} did not ask ConnectWise");
    }

    let log = world.simulator().log();
    let writes: Vec<_> = log[before..].iter().filter(|exchange| exchange.is_write()).collect();
    assert!(writes.is_empty(), "{writes:?}");
    assert_eq!(world.quantity(9001), "27");
}

#[test]
fn a_verb_that_needs_no_connectwise_makes_no_request_at_all() {
    let world = changing();
    let before = world.simulator().log().len();
    let verbs: [&[&str]; 8] = [
        &["validate"],
        &["validate", "--format", "sarif"],
        &["status"],
        &["status", "--format", "json"],
        &["history"],
        &["history", "--company", "AcmeDental", "--format", "json"],
        &["explain", "to_zero"],
        &["schema", "mapping"],
    ];

    for verb in verbs {
        let ran = world.run(verb);
        assert_eq!(ran.code, Some(0), "{verb:?}: {}", ran.stderr);
        assert!(!ran.stdout.is_empty(), "{verb:?} said nothing");
    }

    assert_eq!(world.simulator().log().len(), before);
}

#[test]
fn a_plan_leaves_no_trace_in_the_workspace() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let names = || {
        let entries = std::fs::read_dir(world.path(".")).expect("the workspace can be listed");
        let mut names: Vec<_> = entries.map(|entry| entry.expect("it can be read").file_name()).collect();
        names.sort();
        names
    };
    let before = names();

    world.plan();
    world.run(&["explain", "AcmeDental/BKP-GB"]);
    world.run(&["status"]);
    world.run(&["history"]);

    assert_eq!(names(), before);
}

#[test]
fn planning_needs_no_right_to_edit_and_applying_without_it_writes_nothing() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let read = Levels { inquire: Level::All, ..Levels::default() };
    assert!(world.simulator().set_role("trueup", Role::default().with(Function::Agreements, read)));

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");

    let applied = world.apply();
    assert_eq!(applied.code, Some(6), "{}{}", applied.stdout, applied.stderr);
    assert!(
        applied.stderr.contains("Finance > Agreements: Edit is None, All is needed"),
        "{}",
        applied.stderr
    );
    assert_eq!(world.write_requests(), Vec::<String>::new());
    assert_eq!(world.writes(), Vec::<Mutation>::new());
    assert_eq!(world.quantity(9001), "25");
}

/// Three customers that change, one in step, one held, and much that no mapping reaches.
fn busy() -> World {
    let shop = Shop::selling("BKP-GB", "0.50").and("RENT", "900").and("BKP-OLD", "3");
    let shop =
        shop.at_level("Universal", "BackupUsage", "BKP-GB").at_level("Unused", "BackupUsage", "BKP-OLD");
    let customers = ["alpha", "bravo", "charlie", "delta", "echo"];
    let shop = customers.into_iter().fold(shop, |shop, name| {
        shop.line_with(name, "BKP-GB", "quantity: 10, lessIncluded: 2, fields: { invoiceDescription: Kept }")
            .line(name, "RENT", "1")
            .line(name, "BKP-OLD", "4")
    });
    let world = shop.open(&["plan: Pro, level: Universal, usage_value: total"]);
    let gigabytes = |name: &str, plan: &str, count: u64| usage(name, plan, "0", &(count << 30).to_string());
    let rows = [
        gigabytes("alpha", "Pro", 11),
        gigabytes("bravo", "Pro", 9),
        gigabytes("charlie", "Pro", 30),
        gigabytes("delta", "Pro", 10),
        gigabytes("echo", "Basic", 12),
    ];
    world.accounts(&rows.each_ref().map(String::as_str)).commit("Bill backup");
    world
}

#[test]
fn applying_sends_exactly_the_plans_writes_and_each_touches_the_quantity_alone() {
    let world = busy();
    let plan = world.plan();
    assert_eq!(plan.0["summary"]["update"], 3, "{:#}", plan.0);

    assert_eq!(world.apply().code, Some(3));

    let planned: Vec<String> = plan.0["lines"]
        .as_array()
        .expect("a plan has lines")
        .iter()
        .filter(|line| line["verdict"] == "update")
        .map(|line| {
            format!(
                "PATCH /v2026_4/apis/3.0/finance/agreements/{}/additions/{} \
                 [{{\"op\":\"replace\",\"path\":\"quantity\",\"value\":{}}}]",
                line["agreement"]["id"],
                line["addition"]["id"],
                line["desired"].as_str().expect("an update has a number"),
            )
        })
        .collect();
    assert_eq!(world.write_requests(), planned);
    for write in world.writes() {
        assert_eq!(differences(&write), ["_info", "billedQuantity", "extPrice", "quantity"]);
    }
}

/// The properties of a record that a write changed.
fn differences(write: &Mutation) -> Vec<String> {
    let (before, after) = (write.before.as_ref().expect("it was"), write.after.as_ref().expect("it is"));
    let properties = |record: &Object| -> BTreeMap<String, trueup::simulator::Value> {
        record.iter().map(|(name, value)| (name.to_owned(), value.clone())).collect()
    };
    let (before, after) = (properties(before), properties(after));
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}

const KINDS: [Kind; 7] = [
    Kind::Company,
    Kind::AgreementType,
    Kind::Agreement,
    Kind::Addition,
    Kind::Product,
    Kind::Integration,
    Kind::CrossReference,
];

/// Every record of a ConnectWise, by kind and number.
fn records(world: &World) -> BTreeMap<(Kind, u32), Object> {
    let id = |record: &Object| {
        let id = record.get("id").and_then(|id| id.number()).expect("a record has an id");
        u32::try_from(id).expect("ids are small")
    };
    let of_kind = |kind| world.simulator().records(kind).into_iter().map(move |record| (kind, record));
    KINDS.into_iter().flat_map(of_kind).map(|(kind, record)| ((kind, id(&record)), record)).collect()
}

#[test]
fn a_record_that_no_plan_changes_stays_as_it_was_to_the_byte() {
    let world = busy();
    let (before, audited) = (records(&world), world.simulator().audit_rows());

    world.apply();

    let after = records(&world);
    let names: Vec<_> = after.keys().filter(|key| before.get(key) != after.get(key)).copied().collect();
    assert_eq!(names, [9001, 9004, 9007].map(|id| (Kind::Addition, id)));
    assert_eq!(before.len(), after.len());
    assert_eq!(world.simulator().audit_rows(), audited + 3);
}
