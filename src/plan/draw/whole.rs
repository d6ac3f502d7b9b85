//! From usage to plan: the desired state and the plan together.

use rust_decimal::Decimal;
use serde_json::Value;

use super::draw;
use crate::billing::{LineRecord, Quantity};
use crate::desired::world::{World, gb};
use crate::mapping::{Subject, UsageValue};
use crate::plan::world::{line, money, quantity};
use crate::plan::{Ancestry, Cause, History, Inputs, Plan, Show, Verdict, write_json};
use crate::usage::{Measured, Metric};

fn history(world: &World) -> History {
    History { sources: world.past.clone(), records: world.records.clone(), last_applied_commit: None }
}

fn drawn<'a>(world: &'a World, history: &'a History) -> Plan<'a> {
    draw(&Inputs {
        tenant: "example-msp",
        commit: "c0ffee",
        catalog: &world.catalog,
        noted: &[],
        previous: None,
        ancestry: &Ancestry::Unknown,
        usage: &world.usage,
        view: &world.view,
        history,
        now: world.now,
    })
}

fn json(world: &World, show: Show) -> String {
    let mut bytes = Vec::new();
    write_json(&drawn(world, &history(world)), show, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Acme moves from Silver to Gold; Beta uses 27 GB and is billed for 25.
fn moving() -> World {
    let mut world = World::empty();
    for (level, product) in [("Silver", "BKP-SILVER"), ("Gold", "BKP-GOLD")] {
        world.add_cross_reference("BackupUsage", level, product);
        world.add_plan_row(level, UsageValue::Total, level);
    }
    for (company, plan, used) in [("Acme", "Gold", gb(25)), ("Beta", "Silver", gb(27))] {
        world.add_company(company);
        world.add_account(&company.to_lowercase(), plan, used);
        world.add_addition(company, "BKP-SILVER", 25);
    }
    world.add_addition("Acme", "BKP-GOLD", 0);
    world
}

#[test]
fn a_customer_moves_from_silver_to_gold_in_one_plan() {
    let (world, history) = (moving(), History::default());

    let plan = drawn(&world, &history);

    let (gold, silver) = (line(&plan, "Acme", "BKP-GOLD"), line(&plan, "Acme", "BKP-SILVER"));
    assert_eq!((gold.verdict, gold.desired), (Verdict::Update, Some(quantity("25"))));
    assert_eq!((silver.verdict, silver.desired), (Verdict::Update, Some(Quantity::ZERO)));
    assert_eq!((silver.after.as_slice(), gold.cause), ([gold.product.id].as_slice(), Some(Cause::FirstSeen)));
    assert_eq!((plan.summary.update, plan.summary.monthly_delta), (3, Some(money("1"))));
}

#[test]
fn planning_again_after_every_update_was_verified_changes_nothing() {
    let mut world = moving();
    let history = History::default();
    let plan = drawn(&world, &history);
    let written: Vec<_> = plan
        .lines
        .iter()
        .map(|line| (line.key(), line.desired, line.terms.clone(), line.guarded.clone()))
        .collect();
    drop(plan);
    for (key, desired, terms, guarded) in written {
        let fits = |addition: &&mut crate::billing::Addition| {
            addition.agreement == key.agreement && addition.product == key.product
        };
        let addition = world.view.additions.iter_mut().find(fits).unwrap();
        addition.quantity = desired;
        let record = LineRecord {
            addition: Some(addition.id),
            last_written: desired,
            written_at: world.now,
            commit: "c0ffee".into(),
            terms: terms.unwrap(),
            recent_writes: Vec::new(),
            foreign_changes: Vec::new(),
            open_intent: None,
            diverged: false,
            adopted: None,
            guarded,
            unlanded: Vec::new(),
        };
        world.records.insert(key, record);
    }

    let after = self::history(&world);
    let again = drawn(&world, &after);

    assert_eq!((again.summary.keep, again.lines.len()), (3, 3));
    assert_eq!(again.observations, []);
}

#[test]
fn s17_the_order_of_everything_that_is_read_is_immaterial() {
    let straight = moving();
    let mut turned = moving();
    turned.catalog.rows.reverse();
    turned.view.companies.reverse();
    turned.view.agreements.reverse();
    turned.view.cross_references.reverse();
    turned.view.products.reverse();
    turned.snapshot("intronis").accounts.reverse();

    for show in [Show::Changes, Show::All] {
        assert_eq!(json(&straight, show), json(&turned, show));
    }
}

#[test]
fn decimals_of_the_document_have_no_trailing_zeros() {
    let mut world = World::in_step();
    world.add_cross_reference("StoredTB", "Default", "TB");
    let row = world.add_metered_row("stored_bytes", "StoredTB", "Default");
    let Subject::Metered { included, .. } = &mut row.subject else { panic!("the row is metered") };
    *included = Decimal::new(100, 2);
    let stored = (Metric::named("stored_bytes"), Measured::Count(5));
    world.snapshot("intronis").accounts[0].metrics.push(stored);
    world.add_addition("Acme", "TB", 4);

    let document: Value = serde_json::from_str(&json(&world, Show::All)).unwrap();

    let mut decimals = Vec::new();
    collect(&document["lines"], &mut decimals);
    assert!(decimals.len() > 10, "{decimals:?}");
    for decimal in decimals {
        assert_eq!(decimal.parse::<Decimal>().unwrap().normalize().to_string(), decimal);
    }
}

/// All strings that are decimals.
fn collect<'v>(value: &'v Value, decimals: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if text.parse::<Decimal>().is_ok() => decimals.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect(item, decimals)),
        Value::Object(entries) => entries.values().for_each(|item| collect(item, decimals)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
