//! The filter grammar, as a caller meets it.

use super::{AGREEMENT, Reply, caller, encoded, world};
use crate::simulator::{Role, Running};

/// A query with its value percent-encoded.
fn ask(running: &Running, path: &str, parameter: &str, value: &str) -> Reply {
    caller(running).get(&format!("{path}?{parameter}={}", encoded(value)))
}

fn companies(running: &Running, conditions: &str) -> Vec<u32> {
    ask(running, "company/companies", "conditions", conditions).ids()
}

fn refusal(running: &Running, path: &str, parameter: &str, value: &str) -> (u16, String) {
    let reply = ask(running, path, parameter, value);
    (reply.status, reply.at("code"))
}

/// No row.
const NOBODY: [u32; 0] = [];
const BAD: &str = "\"ApiFindCondition\"";

#[test]
fn base_05_conditions_know_every_operator_and_both_quotes() {
    let running = world();
    let found = |conditions: &str| companies(&running, conditions);

    assert_eq!(found(r#"identifier = "birch""#), [20_002]);
    assert_eq!(found("identifier='birch'"), [20_002]);
    assert_eq!(found("id != 20002"), [20_001, 20_003]);
    assert_eq!(found("id > 20001 and id <= 20002"), [20_002]);
    assert_eq!(found("id >= 20002 and id < 20003"), [20_002]);
    assert_eq!(found("id in (20001, 20003)"), [20_001, 20_003]);
    assert_eq!(found("id not in (20001, 20003)"), [20_002]);
    assert_eq!(found("name contains 'Dental'"), [20_001, 20_003]);
    assert_eq!(found("name not contains 'Dental'"), [20_002]);
    assert_eq!(found("deletedFlag = True"), [20_003]);
    assert_eq!(found("addressLine1 = null and id=20001"), [20_001]);
    assert_eq!(found("name != null and addressLine1 != null"), NOBODY);
}

#[test]
fn base_05_and_binds_tighter_than_or_and_brackets_group() {
    let running = world();

    assert_eq!(companies(&running, "id=20001 or id=20002 and deletedFlag=true"), [20_001]);
    assert_eq!(companies(&running, "(id=20001 or id=20003) and deletedFlag=true"), [20_003]);
    assert_eq!(companies(&running, "id=20001 OR (id=20003 AND deletedFlag=TRUE)"), [20_001, 20_003]);
}

#[test]
fn base_05_names_of_fields_and_parameters_have_no_case() {
    let running = world();

    let reply = ask(
        &running,
        "finance/agreements",
        "CONDITIONS",
        "Company/Identifier = 'birch' and CANCELLEDFLAG = false",
    );

    assert_eq!(reply.ids(), [50_002]);
}

#[test]
fn base_05_references_filter_by_what_they_show() {
    let running = world();
    let found = |conditions: &str| ask(&running, "finance/agreements", "conditions", conditions).ids();

    assert_eq!(found("company/id=20001"), [AGREEMENT]);
    assert_eq!(found("type/id=12"), [50_003]);
    assert_eq!(found("type/name='Managed Backup'"), [AGREEMENT, 50_002]);
    assert_eq!(found("contact/name='Office' and agreementStatus='Cancelled'"), [50_003]);
    let lines = format!("finance/agreements/{AGREEMENT}/additions");
    let line = ask(
        &running,
        &lines,
        "conditions",
        "product/identifier='IMAGE' and extPrice > 37.4 and agreementStatus='Active'",
    );
    assert_eq!(line.ids(), [100_002]);
}

#[test]
fn base_05_like_takes_stars_percents_and_bracketed_brackets() {
    let running = super::running(
        "companies: [{identifier: a, name: 'A[1]'}, {identifier: ab, name: AB1}, {identifier: 'b_', name: B}]",
    );
    let caller = super::Caller::new(&running)
        .with("Authorization", &super::basic("msp+public:private"))
        .with("clientId", "any");
    let found =
        |conditions: &str| caller.get(&format!("company/companies?conditions={}", encoded(conditions))).ids();

    assert_eq!(found("name like 'a*'"), [20_001, 20_002]);
    assert_eq!(found("name like '%1%'"), [20_001, 20_002]);
    assert_eq!(found("name like 'A[[]%'"), [20_001]);
    assert_eq!(found("name like 'A[BC]1'"), [20_002]);
    assert_eq!(found("name like 'A_1'"), [20_002]);
    assert_eq!(found("name not like 'a*'"), [20_003]);
    assert_eq!(found("name like 'a'"), NOBODY);
}

#[test]
fn base_05_dates_stand_in_brackets_and_last_updated_filters_everywhere() {
    let running = world();
    caller(&running).set_quantity(super::LINE, "7");
    let lines = format!("finance/agreements/{AGREEMENT}/additions");
    let found = |conditions: &str| ask(&running, &lines, "conditions", conditions).ids();

    assert_eq!(found("lastUpdated >= [2026-11-20T00:00:00Z]"), [super::LINE]);
    assert_eq!(found("_info/lastUpdated < [2026-11-20T00:00:00Z]"), [100_002]);
    assert_eq!(found("effectiveDate = [2025-01-01T00:00:00Z] and cancelledDate = null").len(), 2);
    for date in [
        "[2026-11-20T00:00:00.000Z]",
        "[2026-11-20T00:00:00+01:00]",
        "[2026-11-20]",
        "[2026-13-01T00:00:00Z]",
    ] {
        let conditions = format!("lastUpdated > {date}");
        assert_eq!(refusal(&running, &lines, "conditions", &conditions), (400, BAD.to_owned()), "{date}");
    }
}

#[test]
fn base_05_custom_fields_are_compared_on_the_same_element() {
    let running = world();
    let found = |text: &str| ask(&running, "company/companies", "customFieldConditions", text).ids();

    assert_eq!(found(r#"caption="Backup account" AND value = "birch""#), [20_002]);
    assert_eq!(found(r#"caption="Seats" AND value = "birch""#), NOBODY);
    assert_eq!(found(r#"caption="Seats" AND value > 3"#), [20_001]);
    assert_eq!(found(r#"caption="Seats" AND value = null"#), [20_002, 20_003]);
}

#[test]
fn base_05_child_conditions_look_inside_lists() {
    let seed = "companies: [{identifier: a, fields: {types: [{id: 1, name: Client}]}}, {identifier: b}]";
    let running = super::running(seed);
    let caller = super::Caller::new(&running)
        .with("Authorization", &super::basic("msp+public:private"))
        .with("clientId", "any");
    let get = |query: &str| caller.get(&format!("company/companies?{query}"));

    assert_eq!(get("childConditions=types/name='client'").ids(), [20_001]);
    assert_eq!(get("childconditions=types/name='Client'+and+types/id=2").ids(), NOBODY);
    assert_eq!(get("childConditions=name='a'").at("code"), BAD);
}

#[test]
fn base_05_what_does_not_fit_is_refused_with_api_find_condition() {
    let running = world();
    let bad = [
        "nothing = 1",
        "company/id = 1",
        "customFields = 1",
        "status = 'Active'",
        "id = 'text'",
        "name = 5",
        "deletedFlag = 'true'",
        "id contains '2'",
        "id = ",
        "id = 1 id = 2",
        "(id = 1",
        "id = 1)",
        "not id = 1",
        "not (id = 1)",
        "id in ()",
        "id = 20001.x",
        "id == 1",
        "name = 'open",
        "name like 5",
        "id & 1",
        "-",
    ];
    for conditions in bad {
        assert_eq!(
            refusal(&running, "company/companies", "conditions", conditions),
            (400, BAD.to_owned()),
            "{conditions}"
        );
    }
    let in_custom = refusal(&running, "company/companies", "customFieldConditions", "caption in ('Seats')");
    assert_eq!(in_custom, (400, BAD.to_owned()));
}

#[test]
fn base_05_a_wrong_literal_type_names_the_literal_forms() {
    let running = world();

    let reply = ask(&running, "company/companies", "conditions", "id = 'text'");

    assert!(reply.at("message").contains("[yyyy-MM-ddTHH:mm:ssZ]"));
    assert!(reply.at("message").contains("'id'"));
}

#[test]
fn base_05_numbers_may_be_negative_and_have_decimals_and_words_have_any_case() {
    let running = world();
    caller(&running).set_quantity(super::LINE, "-1.50");
    let lines = format!("finance/agreements/{AGREEMENT}/additions");
    let found = |conditions: &str| ask(&running, &lines, "conditions", conditions).ids();

    assert_eq!(found("Quantity = -1.5"), [super::LINE]);
    assert_eq!(found("quantity > -1.500"), [100_002]);
    assert_eq!(found("Quantity NOT IN (-1.5) AND product/identifier LIKE 'im%' Or id = 0"), [100_002]);
}

#[test]
fn base_05_last_updated_filters_on_every_kind_of_record() {
    let running = world();
    running.set_role("trueup", Role::everything());
    for path in [
        "company/companies",
        "finance/agreements",
        "finance/agreements/types",
        "finance/agreements/50001/additions",
        "procurement/catalog",
        "company/managedDevicesIntegrations",
        "company/managedDevicesIntegrations/41/crossReferences",
        "service/tickets",
    ] {
        let found = |condition: &str| ask(&running, path, "conditions", condition).ids().len();
        let all = caller(&running).get(path).ids().len();
        for field in ["lastUpdated", "LASTUPDATED", "_info/lastUpdated"] {
            assert_eq!(found(&format!("{field} < [2026-01-01T00:00:00Z]")), all, "{path} {field}");
            assert_eq!(found(&format!("{field} > [2026-01-01T00:00:00Z]")), 0, "{path} {field}");
        }
    }
}

#[test]
fn base_05_custom_field_and_child_conditions_refuse_in_and_strangers() {
    let running = world();

    for (parameter, text) in [
        ("childConditions", "types/id in (1, 2)"),
        ("childConditions", "name = 'x'"),
        ("childConditions", "types/nothing = 1"),
        ("childConditions", "types/id = 1 and customFields/id = 2"),
        ("customFieldConditions", "value in (1)"),
        ("customFieldConditions", "id = 'x'"),
        ("customFieldConditions", "name = 'x'"),
    ] {
        let refused = refusal(&running, "company/companies", parameter, text);
        assert_eq!(refused, (400, BAD.to_owned()), "{parameter}={text}");
    }
}

#[test]
fn base_05_all_filters_of_a_request_must_let_a_row_through() {
    let running = world();
    let reply = caller(&running).get(&format!(
        "company/companies?conditions={}&customFieldConditions={}",
        encoded("id > 20001"),
        encoded(r#"caption = "Backup account" and value != null"#)
    ));

    assert_eq!(reply.ids(), [20_002]);
}

#[test]
fn base_05_a_custom_field_with_a_date_compares_with_a_date() {
    let running = super::running(
        "companies: [{identifier: a, customFields: {Since: '2026-01-01T00:00:00Z'}}, \
         {identifier: b, customFields: {Since: soon}}]",
    );
    let caller = super::Caller::new(&running)
        .with("Authorization", &super::basic("msp+public:private"))
        .with("clientId", "any");
    let condition = encoded("caption='Since' and value <= [2026-06-01T00:00:00Z]");

    assert_eq!(caller.get(&format!("company/companies?customFieldConditions={condition}")).ids(), [20_001]);
}

#[test]
fn base_05_both_encodings_of_a_space_and_every_special_sign_arrive() {
    let running = world();
    let get = |value: &str| caller(&running).get(&format!("company/companies?conditions={value}")).ids();

    assert_eq!(get("name+=+%22Birch+%26+Sons%22"), [20_002]);
    assert_eq!(get("name%20=%20%27Birch%20%26%20Sons%27"), [20_002]);
    assert_eq!(get("name%20like%20%22%25%26%2A%22"), [20_002]);
}

#[test]
fn base_05_what_no_record_shows_cannot_be_asked_for() {
    let running = world();

    for (path, condition) in [
        ("company/companies", "status/identifier = 'x'"),
        ("system/mySecurity", "lastUpdated > [2026-01-01T00:00:00Z]"),
    ] {
        assert_eq!(refusal(&running, path, "conditions", condition), (400, BAD.to_owned()), "{condition}");
    }
    assert_eq!(companies(&running, "country/identifier = 'x'"), NOBODY);
}

#[test]
fn base_05_like_takes_ranges_sets_left_out_and_bracketed_wildcards() {
    let running = super::running(
        "companies: [{identifier: a, name: A1}, {identifier: b, name: B1}, {identifier: c, name: C1}, \
         {identifier: d, name: D1}, {identifier: p, name: 'A%'}, {identifier: u, name: 'A_'}, \
         {identifier: s, name: 'A*'}, {identifier: h, name: 'A-'}, {identifier: e, name: 'A^'}]",
    );
    let caller = super::Caller::new(&running)
        .with("Authorization", &super::basic("msp+public:private"))
        .with("clientId", "any");
    let found = |pattern: &str| {
        let condition = format!("name like '{pattern}'");
        let reply = caller.get(&format!("company/companies?conditions={}", encoded(&condition)));
        reply.ids().into_iter().map(|id| id - 20_000).collect::<Vec<_>>()
    };

    assert_eq!(found("[A-C]1"), [1, 2, 3]);
    assert_eq!(found("[a-c]1"), [1, 2, 3], "case is no matter in a range either");
    assert_eq!(found("[^A]1"), [2, 3, 4]);
    assert_eq!(found("[^B-C]1"), [1, 4]);
    assert_eq!(found("[AC-D]1"), [1, 3, 4]);
    assert_eq!(found("[C-A]1"), Vec::<u32>::new(), "a range the wrong way round is empty");
    assert_eq!(found("A[%]"), [5]);
    assert_eq!(found("A[_]"), [6]);
    assert_eq!(found("A[*]"), [7]);
    assert_eq!(found("A[x-]"), [8], "a hyphen at the end is itself");
    assert_eq!(found("A[-x]"), [8], "and at the beginning");
    assert_eq!(found("A[^]"), [9], "a caret alone is itself");
    assert_eq!(found("[^A-Z]%"), Vec::<u32>::new());
}
