//! Seeds: short to write, exact, and clear about what is wrong.

use super::{SEED, clock};
use crate::simulator::{Kind, Seed, SeedError, Simulator};

fn planted(yaml: &str) -> Result<Simulator, SeedError> {
    Simulator::new(Seed::from_yaml(yaml)?, clock())
}

fn complaint(yaml: &str) -> String {
    planted(yaml).unwrap_err().to_string()
}

#[test]
fn an_empty_seed_is_a_company_without_records() {
    assert_eq!(planted("{}").unwrap().records(Kind::Company), Vec::new());
}

#[test]
fn ids_may_be_given_and_the_rest_is_counted_on() {
    let simulator =
        planted("companies: [{identifier: a, id: 30000}, {identifier: b}, {identifier: c, id: 7}]").unwrap();

    let records = simulator.records(Kind::Company);
    let shown: Vec<String> = records.iter().map(|record| record.get("id").unwrap().to_string()).collect();

    assert_eq!(shown, ["7", "30000", "30001"]);
}

#[test]
fn amounts_are_read_digit_by_digit() {
    let yaml = "
companies: [{identifier: a}]
agreementTypes: [{name: t}]
products: [{identifier: p, price: 0.10}]
agreements: [{company: a, type: t, additions: [{product: p, quantity: 12345678901234567.89, unitCost: '0.30'}]}]";

    let line = &planted(yaml).unwrap().additions()[0];

    let shown = |name: &str| line.get(name).unwrap().to_string();
    assert_eq!(
        [shown("quantity"), shown("unitPrice"), shown("unitCost")],
        ["12345678901234567.89", "0.10", "0.30"]
    );
}

#[test]
fn a_seed_that_refers_to_nothing_or_to_two_things_says_so() {
    let two =
        "companies: [{identifier: a, name: X}, {identifier: b, name: X}]\nagreementTypes: [{name: t}]\n";

    assert_eq!(complaint("agreements: [{company: a, type: t}]"), "the seed has no Company a");
    assert_eq!(
        complaint(&format!("{two}agreements: [{{company: X, type: t}}]")),
        "the seed has several Company named X, refer to one by its id"
    );
    assert!(planted(&format!("{two}agreements: [{{company: b, type: 11}}]")).is_ok());
}

#[test]
fn a_seed_with_two_of_one_id_or_an_unknown_field_says_so() {
    let twice = "companies: [{identifier: a, id: 5}, {identifier: b, id: 5}]";

    assert_eq!(complaint(twice), "the seed has two Company with the id 5");
    assert_eq!(complaint("companies: [{identifier: a, fields: {Name: x}}]"), "a Company has no field Name");
    assert!(complaint("companies: [{identifer: a}]").contains("unknown field `identifer`"));
}

#[test]
fn fields_plant_what_the_server_would_refuse_today() {
    let yaml = SEED.replace(
        "{ product: IMAGE, quantity: 3 }",
        "{ product: IMAGE, fields: { effectiveDate: never, agreementStatus: Expired } }",
    );

    let line = planted(&yaml).unwrap().addition(100_002).unwrap();

    assert_eq!(line.get("effectiveDate").unwrap().as_text(), Some("never"));
    assert_eq!(line.get("agreementStatus").unwrap().as_text(), Some("Expired"));
}

#[test]
fn a_seed_survives_being_written_and_read_again() {
    let seed = Seed::from_yaml(SEED).unwrap();

    let again = Seed::from_yaml(&serde_yaml::to_string(&seed).unwrap()).unwrap();

    assert_eq!(again, seed);
}

#[test]
fn the_seed_has_a_schema_that_names_its_parts() {
    let schema = schemars::schema_for!(Seed).to_value().to_string();

    for part in [
        "agreementTypes",
        "crossReferences",
        "missingClientId",
        "Company Maintenance",
        "additionalProperties",
    ] {
        assert!(schema.contains(part), "{part}");
    }
}

#[test]
fn a_switch_cannot_let_a_refused_login_pass() {
    assert_eq!(complaint("options: { badKeys: 200 }"), "the option badKeys is 400, 401 or 404, not 200");
}

#[test]
fn no_record_takes_the_number_of_another_even_at_the_end_of_all_numbers() {
    let simulator =
        planted("companies: [{identifier: a, id: 4294967295}, {identifier: b}, {identifier: c}]").unwrap();

    assert_eq!(simulator.records(Kind::Company).len(), 3);
}
