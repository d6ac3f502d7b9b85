//! Records that people repoint, move, rename or end: numbers are what is known, names are only shown.

use jiff::{Timestamp, ToSpan as _};
use trueup::simulator::{Kind, Value};

use super::{SOURCES, is_noted, left_alone, short, to_change, why};
use crate::codes::table::{day, released};
use crate::world::plain::{MAPPING, SEED, account};
use crate::world::{QUICK_WRITES, World};

fn set(world: &World, kind: Kind, id: u32, field: &str, value: impl Into<Value>) {
    world.simulator().by("somebody").edit(kind, id, field, value).expect("it can be set");
}

fn to(id: u32) -> Value {
    Value::Object(trueup::simulator::Object::new().with("id", id))
}

#[test]
fn b19_an_addition_repointed_to_another_product_is_neither_missed_nor_taken_over() {
    let cross_reference = "      - { id: 11,";
    let hyper_v = "      - { id: 12, vendorType: Hyper-VHostLicensing, vendorLevel: Universal, agreementType: 5, product: BKP-HYPERV }\n";
    let world = World::seeded(&SEED.replace(cross_reference, &format!("{hyper_v}{cross_reference}")));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("policy.yaml", "policy: { missing_addition: create, guards: { line_money: { floor: 999 }, run_money: { floor: 999 } } }\n");
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 25)]).commit("Bill backup");
    assert_eq!(world.apply().code, Some(0));

    set(&world, Kind::Addition, 9001, "product", to(37));
    world.accounts(&["acme_dental,acme_dental,ACCOUNT,ACTIVE,Pay As You Go,0,26843545600,0,0,24,0"]);

    let plan = world.plan();
    assert_eq!(plan.short("AcmeDental", "BKP-GB"), "hold ? -> 25 missing_addition", "not created anew");
    assert_eq!(plan.short("AcmeDental", "BKP-HYPERV"), "hold 25 -> 24 hand_edit", "not ours yet");
    let told = plan.line("AcmeDental", "BKP-HYPERV")["reasons"][0]["message"].to_string();
    assert!(told.contains("the product of addition 9001 was BKP-GB and is BKP-HYPERV"), "{told}");
    left_alone(&world, 3);
    released(&world, ("AcmeDental", "BKP-HYPERV"), "update 25 -> 24");
}

#[test]
fn b20_another_name_is_told_and_changes_nothing() {
    for (kind, id, field, name) in [
        (Kind::Agreement, 401, "name", "Acme Backup and Restore"),
        (Kind::Product, 31, "identifier", "BKP-GIB"),
        (Kind::Company, 71, "identifier", "AcmeGroup"),
    ] {
        let world = to_change();
        set(&world, kind, id, field, name);
        let (company, product) = match kind {
            Kind::Company => (name, "BKP-GB"),
            Kind::Product => ("AcmeDental", name),
            _ => ("AcmeDental", "BKP-GB"),
        };

        let plan = world.plan();

        assert_eq!(plan.short(company, product), "update 25 -> 27", "{name}");
        assert_eq!(plan.line(company, product)["notes"], serde_json::json!(["renamed"]), "{name}");
        assert_eq!(world.apply().code, Some(0), "{name}");
        assert_eq!(world.quantity(9001), "27", "{name}");
        assert_eq!(
            world.plan().line(company, product)["notes"],
            serde_json::json!([]),
            "{name}: it is known now"
        );
    }
}

#[test]
fn b20_an_agreement_that_moved_to_another_company_is_held_until_somebody_says_that_it_is_right() {
    let beta = "companies: [{ id: 72, identifier: Beta, customFields: { echo_username: beta } }, {";
    let world = World::seeded(&SEED.replace("companies: [{", beta));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 25), &account("beta", 0)]);
    world.commit("Bill backup");
    assert_eq!(world.apply().code, Some(0));

    set(&world, Kind::Agreement, 401, "company", to(72));
    world.accounts(&[&account("acme_dental", 25), &account("beta", 27)]);

    assert_eq!(world.plan().short("Beta", "BKP-GB"), "hold 25 -> 27 hand_edit");
    let told = world.plan().line("Beta", "BKP-GB")["reasons"][0]["message"].to_string();
    assert!(told.contains("its agreement was of AcmeDental and is of Beta"), "{told}");
    left_alone(&world, 3);
    released(&world, ("Beta", "BKP-GB"), "update 25 -> 27");
}

#[test]
fn b18_what_was_cancelled_or_ended_is_not_written_and_says_why() {
    let addition = "additions: [{ id: 9001, product: BKP-GB, quantity: 25 }]";
    let past = day(-40);
    let cases = [
        (
            addition,
            format!("additions: [{{ id: 9001, product: BKP-GB, quantity: 25, cancelledDate: {past} }}]"),
            "missing_addition",
        ),
        (addition, format!("endDate: {past}, {addition}"), "no_agreement"),
        (addition, format!("cancelledFlag: true, {addition}"), "no_agreement"),
        (addition, format!("agreementStatus: Inactive, {addition}"), "no_agreement"),
        (addition, format!("startDate: {}, {addition}", day(9)), "no_agreement"),
    ];
    for (from, into, code) in cases {
        let world = World::seeded(&SEED.replace(from, &into));
        world.settings(SOURCES, QUICK_WRITES);
        world.mapping("policy.yaml", "policy: { hand_edit: revert }\n").mapping("backup.yaml", MAPPING);
        world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");

        let plan = world.plan();
        let ran = world.apply();

        assert!(plan.is_unchanged(), "{into}: {:#}", plan.0);
        assert!(plan.0.to_string().contains(code), "{into}: {:#}", plan.0);
        assert_eq!(
            (world.write_requests().len(), world.quantity(9001).as_str()),
            (0, "25"),
            "{}",
            super::said(&ran)
        );
    }
}

#[test]
fn b18_what_we_wrote_and_somebody_ends_is_left_alone_with_its_reason_whatever_its_status_says() {
    let world = to_change();
    world.simulator().cancel_addition(9001, Timestamp::now() - 24.hours()).expect("it is there");
    set(&world, Kind::Addition, 9001, "agreementStatus", "Active");

    assert_eq!(short(&world), "hold ? -> 27 missing_addition");
    assert!(is_noted(&world, "status_disagrees"));
    assert!(why(&world).contains("that we wrote is gone"), "{}", why(&world));
    left_alone(&world, 3);
}
