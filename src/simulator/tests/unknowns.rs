//! What nobody knows of the real server: every switch, and what each of its settings does.
//!
//! One test a switch. A switch that no test here turns to each of its settings fails, here or in the last of them.

use super::{AGREEMENT, Caller, LINE, Reply, basic, caller, encoded, world_with};
use crate::simulator::{Kind, Midnight, Options, Role, Running, Value};

/// What a caller sees under each setting of a switch, the default first.
fn switch(name: &str, settings: &[(&str, &str)], see: impl Fn(&Running) -> String) {
    assert!(settings.len() > 1, "{name} has at least two settings");
    let unturned: Vec<String> = settings_of(name)
        .into_iter()
        .filter(|known| !settings.iter().any(|(setting, _)| setting == known))
        .collect();
    assert_eq!(unturned, Vec::<String>::new(), "every setting of {name} is turned");
    assert!(settings.iter().any(|(_, seen)| *seen != settings[0].1), "{name} makes a difference");
    assert_eq!(see(&super::world()), settings[0].1, "{name} is {} by default", settings[0].0);
    for (setting, seen) in settings {
        assert_eq!(see(&world_with(&format!("{name}: {setting}"))), *seen, "{name}: {setting}");
    }
}

/// The words that a switch can be set to, as the schema of the options lists them; none where it takes a number.
fn settings_of(name: &str) -> Vec<String> {
    let schema = schemars::schema_for!(Options).to_value();
    let property = &schema["properties"][name];
    assert!(property.is_object(), "{name} is a switch");
    let mut words = Vec::new();
    collect_words(&schema, property, &mut words);
    words
}

fn collect_words(schema: &serde_json::Value, part: &serde_json::Value, words: &mut Vec<String>) {
    if let Some(definition) = part["$ref"].as_str() {
        collect_words(schema, &schema["$defs"][definition.trim_start_matches("#/$defs/")], words);
    }
    let listed = part["enum"].as_array().into_iter().flatten().chain([&part["const"]]);
    words.extend(listed.filter_map(|word| word.as_str().map(str::to_owned)));
    for choice in ["oneOf", "anyOf", "allOf"] {
        part[choice].as_array().into_iter().flatten().for_each(|part| collect_words(schema, part, words));
    }
}

fn status(reply: &Reply) -> String {
    reply.status.to_string()
}

fn set_quantity(quantity: &'static str) -> impl Fn(&Running) -> String {
    move |running| status(&caller(running).set_quantity(LINE, quantity))
}

/// The status of a new line with this quantity, and how many lines there are then.
fn new_line(quantity: &'static str) -> impl Fn(&Running) -> String {
    move |running| {
        let body = format!(
            r#"{{"product":{{"id":502}},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z","quantity":{quantity}}}"#
        );
        let reply = caller(running).send("POST", &format!("finance/agreements/{AGREEMENT}/additions"), &body);
        format!("{} {}", reply.status, running.additions().len())
    }
}

/// How many callbacks about agreements a request fires.
fn callbacks_of(running: &Running, request: impl Fn(&Caller) -> Reply) -> String {
    running.set_role("trueup", Role::everything());
    let registration =
        r#"{"type":"agreement","level":"owner","objectId":1,"url":"http://127.0.0.1:9/hook?recordId="}"#;
    let caller = caller(running);
    assert_eq!(caller.send("POST", "system/callbacks", registration).status, 201);
    assert_eq!(request(&caller).status, 200);
    running.deliveries().len().to_string()
}

fn ids(running: &Running, path: &str, conditions: &str) -> String {
    let reply = caller(running).get(&format!("{path}?conditions={}", encoded(conditions)));
    if reply.status == 200 { format!("{:?}", reply.ids()) } else { status(&reply) }
}

fn replace(path: &str, value: &str) -> String {
    format!(r#"[{{"op":"replace","path":"{path}","value":{value}}}]"#)
}

#[test]
fn unknown_status_of_a_missing_client_id() {
    switch("missingClientId", &[("401", "401 true"), ("400", "400 true")], |running| {
        let reply = caller(running).without("clientId").get("system/info");
        format!("{} {}", reply.status, reply.body.contains("clientId"))
    });
}

#[test]
fn unknown_status_of_a_bad_company() {
    switch("badCompany", &[("401", "401 \"Unauthorized\""), ("404", "404 \"ConnectWiseApi\"")], |running| {
        let reply = caller(running).with("Authorization", &basic("nobody+pub:priv")).get("system/info");
        format!("{} {}", reply.status, reply.at("code"))
    });
}

#[test]
fn unknown_status_of_bad_keys() {
    switch("badKeys", &[("401", "401"), ("404", "404")], |running| {
        status(&caller(running).with("Authorization", &basic("msp+pub:wrong")).get("system/info"))
    });
}

#[test]
fn unknown_form_of_is_cloud() {
    switch("isCloud", &[("text", "\"True\""), ("boolean", "true")], |running| {
        Caller::new(running).raw("GET", "/login/companyinfo/msp", "").unwrap().at("IsCloud")
    });
}

#[test]
fn unknown_decimals_of_a_quantity() {
    let settings = [("null", "1.23455"), ("2", "1.23"), ("4", "1.2346")];
    switch("quantityDecimals", &settings, |running| {
        caller(running).set_quantity(LINE, "1.23455").at("quantity")
    });
    switch("quantityDecimals", &[("null", "-0.125"), ("2", "-0.13")], |running| {
        caller(running).set_quantity(LINE, "-0.125").at("quantity")
    });
}

#[test]
fn unknown_fate_of_a_negative_quantity() {
    switch("negativeQuantity", &[("accepted", "200"), ("refused", "400")], set_quantity("-0.5"));
    switch("negativeQuantity", &[("accepted", "201 3"), ("refused", "400 2")], new_line("-0.5"));
}

#[test]
fn unknown_fate_of_a_zero_quantity() {
    switch("zeroQuantity", &[("accepted", "200"), ("refused", "400")], set_quantity("0.00"));
    switch("zeroQuantity", &[("accepted", "201 3"), ("refused", "400 2")], new_line("0.00"));
}

#[test]
fn unknown_fate_of_the_quantity_of_a_cancelled_or_expired_line() {
    let settings = [("accepted", "200"), ("refused", "400")];
    switch("endedLineQuantity", &settings, |running| {
        running.cancel_addition(LINE, running.clock().now()).unwrap();
        set_quantity("9")(running)
    });
    switch("endedLineQuantity", &settings, |running| {
        let edit = |field, value| running.by("jo").edit(Kind::Agreement, AGREEMENT, field, value).unwrap();
        edit("noEndingDateFlag", Value::Null);
        edit("endDate", Value::text("2026-10-31T00:00:00Z"));
        set_quantity("9")(running)
    });
}

#[test]
fn unknown_fate_of_a_quantity_after_the_period_was_invoiced() {
    switch("invoicedLineQuantity", &[("accepted", "200 200"), ("refused", "400 200")], |running| {
        let invoiced = set_quantity("9")(running);
        running.by("jo").edit(Kind::Agreement, AGREEMENT, "nextInvoiceDate", "2026-11-01").unwrap();
        format!("{invoiced} {}", set_quantity("10")(running))
    });
}

#[test]
fn unknown_force_of_what_is_required_on_updates() {
    switch("requiredOnUpdates", &[("enforced", "400"), ("ignored", "200")], |running| {
        let body = r#"{"name":"Bare","type":{"id":11},"company":{"id":20001},"contact":{"id":1}}"#;
        status(&caller(running).send("PUT", &format!("finance/agreements/{AGREEMENT}"), body))
    });
}

#[test]
fn unknown_case_of_texts_in_conditions() {
    switch("stringComparison", &[("insensitive", "[20001]"), ("sensitive", "[]")], |running| {
        ids(running, "company/companies", "identifier = 'CEDAR'")
    });
    switch("stringComparison", &[("insensitive", "[20001, 20003]"), ("sensitive", "[]")], |running| {
        ids(running, "company/companies", "name contains 'dental' and name like 'CEDAR*'")
    });
}

#[test]
fn unknown_case_of_identifiers_that_mean_a_record_or_are_taken() {
    switch("stringComparison", &[("insensitive", "201"), ("sensitive", "400")], |running| {
        let body = r#"{"name":"A","type":{"id":11},"company":{"identifier":"CEDAR"},"contact":{"id":1}}"#;
        status(&caller(running).send("POST", "finance/agreements", body))
    });
    switch("stringComparison", &[("insensitive", "400"), ("sensitive", "200")], |running| {
        running.set_role("trueup", Role::everything());
        let body = replace("identifier", "\"CEDAR\"");
        status(&caller(running).send("PATCH", "company/companies/20003", &body))
    });
}

#[test]
fn unknown_escape_of_a_quote_in_a_text() {
    let renamed = |running: &Running, text: &str| {
        running.by("jo").edit(Kind::Company, 20_001, "name", "it's").unwrap();
        ids(running, "company/companies", text)
    };
    let settings = [("none", "400"), ("doubled", "[20001]"), ("backslash", "400")];
    switch("quoteEscape", &settings, |running| renamed(running, "name = 'it''s'"));
    let settings = [("none", "400"), ("doubled", "400"), ("backslash", "[20001]")];
    switch("quoteEscape", &settings, |running| renamed(running, r"name = 'it\'s'"));
}

#[test]
fn unknown_meaning_of_an_underscore_in_a_pattern() {
    switch("likeUnderscore", &[("wildcard", "[20002]"), ("literal", "[]")], |running| {
        ids(running, "company/companies", "identifier like 'b_rch'")
    });
}

#[test]
fn unknown_use_of_the_type_name_on_agreements() {
    switch("agreementTypeName", &[("accepted", "[50003]"), ("refused", "400")], |running| {
        ids(running, "finance/agreements", "Type/Name = 'Support'")
    });
}

#[test]
fn unknown_meaning_of_agreement_status_on_an_addition() {
    switch("additionStatus", &[("ownDates", "\"Active\""), ("agreement", "\"Cancelled\"")], |running| {
        running.by("jo").edit(Kind::Agreement, AGREEMENT, "cancelledFlag", true).unwrap();
        caller(running).get(&caller(running).line(LINE)).at("agreementStatus")
    });
}

#[test]
fn unknown_fate_of_custom_fields_that_a_list_leaves_out() {
    switch("omittedCustomFields", &[("cleared", "null 9"), ("kept", "\"cedar-1\" 9")], |running| {
        running.set_role("trueup", Role::everything());
        let body = replace("customFields", r#"[{"caption":"Seats","value":9}]"#);
        let reply = caller(running).send("PATCH", "company/companies/20001", &body).json();
        let value = |place: usize| {
            reply.descend(&["customFields"]).list().unwrap()[place].descend(&["value"]).to_string()
        };
        format!("{} {}", value(0), value(1))
    });
}

#[test]
fn unknown_order_of_a_list_that_asks_for_none() {
    let settings = [("id", "[20001, 20002, 20003]"), ("idDescending", "[20003, 20002, 20001]")];
    switch("defaultOrder", &settings, |running| ids(running, "company/companies", ""));
}

#[test]
fn unknown_limit_of_a_bundle() {
    let body = r#"{"requests":[{"resourceType":"ticket"},{"resourceType":"ticket"}]}"#;
    switch("bundleLimit", &[("50", "200"), ("null", "200"), ("1", "400"), ("2", "200")], |running| {
        status(&caller(running).send("POST", "system/bundles", body))
    });
}

#[test]
fn unknown_readers_of_setup_tables() {
    switch("setupTables", &[("open", "200"), ("byRole", "403")], |running| {
        let reader = caller(running).with("Authorization", &basic("msp+look:only"));
        status(&reader.get("finance/agreements/types"))
    });
}

#[test]
fn unknown_limit_of_an_address() {
    let long =
        format!("company/companies?conditions={}", encoded(&format!("name = '{}'", "x".repeat(4_000))));
    switch("longestAddress", &[("10000", "414"), ("20000", "200"), ("null", "200")], |running| {
        status(&caller(running).get(&long))
    });
}

#[test]
fn unknown_lag_of_lists_and_counts() {
    let lines = format!("finance/agreements/{AGREEMENT}/additions");
    switch("listLagSeconds", &[("0", "[100002, 100003] 2 7"), ("3", "[100001, 100002] 2 7")], |running| {
        let caller = caller(running);
        let body = r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z","quantity":7}"#;
        assert_eq!(caller.send("POST", &lines, body).status, 201);
        running.delete_addition(LINE).unwrap();

        let count = caller.get(&format!("{lines}/count")).at("count");
        let at_once = caller.get(&caller.line(100_003)).at("quantity");
        format!("{:?} {count} {at_once}", caller.get(&lines).ids())
    });
}

#[test]
fn unknown_lag_ends_when_its_seconds_are_over() {
    let running = world_with("listLagSeconds: 3");
    let caller = caller(&running);
    let listed =
        |condition: &str| ids(&running, &format!("finance/agreements/{AGREEMENT}/additions"), condition);
    let wait = |seconds| running.clock().advance(jiff::SignedDuration::from_secs(seconds));

    caller.set_quantity(LINE, "7");
    wait(2);
    caller.set_quantity(LINE, "8");
    assert_eq!(
        [listed("quantity=120"), listed("quantity=7"), listed("quantity=8")],
        ["[100001]", "[]", "[]"]
    );
    wait(1);
    assert_eq!(
        [listed("quantity=120"), listed("quantity=7"), listed("quantity=8")],
        ["[]", "[100001]", "[]"]
    );
    wait(2);
    assert_eq!([listed("quantity=7"), listed("quantity=8")], ["[]", "[100001]"]);
    assert_eq!(caller.get(&caller.line(LINE)).at("quantity"), "8");
}

#[test]
fn unknown_lag_can_begin_and_end_while_running() {
    let running = super::world();
    let caller = caller(&running);
    let listed = || ids(&running, &format!("finance/agreements/{AGREEMENT}/additions"), "quantity=7");

    running.change_options(|options| options.list_lag_seconds = 60);
    caller.set_quantity(LINE, "7");
    assert_eq!(listed(), "[]");
    running.change_options(|options| options.list_lag_seconds = 0);

    assert_eq!(listed(), "[100001]");
    assert_eq!(running.options(), Options::default());
}

#[test]
fn unknown_day_of_a_date_that_is_sent_as_midnight() {
    // Eastern time is behind UTC: at midnight in UTC it is still the day before there.
    let settings = [("asSent", "201 \"2026-12-01T00:00:00Z\""), ("serverDay", "400")];
    switch("midnight", &settings, |running| {
        let body =
            r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;
        let reply = caller(running).send("POST", &format!("finance/agreements/{AGREEMENT}/additions"), body);
        if reply.status == 201 { format!("201 {}", reply.at("effectiveDate")) } else { status(&reply) }
    });
    let end = replace("cancelledDate", "\"2026-11-21T00:00:00Z\"");
    let settings = [
        ("asSent", "\"2026-11-21T00:00:00Z\" \"Active\""),
        ("serverDay", "\"2026-11-20T00:00:00Z\" \"Cancelled\""),
    ];
    switch("midnight", &settings, |running| {
        let reply = caller(running).send("PATCH", &caller(running).line(LINE), &end);
        format!("{} {}", reply.at("cancelledDate"), reply.at("agreementStatus"))
    });
}

#[test]
fn unknown_time_zone_of_the_server() {
    let east = "{ name: E. Australia Standard Time, offsetMinutes: 600 }";
    let settings = [("{}", "\"Eastern Standard Time\""), (east, "\"E. Australia Standard Time\"")];
    switch("serverTimeZone", &settings, |running| caller(running).get("system/info").at("serverTimeZone"));
    let settings = [("{}", "\"2026-11-30T00:00:00Z\""), (east, "\"2026-12-01T00:00:00Z\"")];
    switch("serverTimeZone", &settings, |running| {
        running.change_options(|options| options.midnight = Midnight::ServerDay);
        let end = replace("cancelledDate", "\"2026-12-01T00:00:00Z\"");
        caller(running).send("PATCH", &caller(running).line(LINE), &end).at("cancelledDate")
    });
}

#[test]
fn unknown_callbacks_of_a_changed_addition() {
    switch("additionCallbacks", &[("silent", "0"), ("agreement", "1")], |running| {
        callbacks_of(running, |caller| caller.set_quantity(LINE, "7"))
    });
}

#[test]
fn unknown_callbacks_of_a_save_that_changed_nothing() {
    let rename = |name: &'static str| {
        let body = replace("name", &format!("\"{name}\""));
        move |caller: &Caller| caller.send("PATCH", &format!("finance/agreements/{AGREEMENT}"), &body)
    };
    let settings = [("fires", "1"), ("silent", "0")];
    switch("unchangedSave", &settings, |running| callbacks_of(running, rename("Cedar backup")));
    let changed = world_with("unchangedSave: silent");
    assert_eq!(
        callbacks_of(&changed, rename("Another name")),
        "1",
        "a save that changed something always fires"
    );
}

#[test]
fn every_switch_is_turned_to_each_of_its_settings_by_a_test() {
    let switches = serde_yaml::to_value(Options::default()).unwrap();
    let switches: Vec<&str> = switches.as_mapping().unwrap().keys().filter_map(|key| key.as_str()).collect();
    let here = include_str!("unknowns.rs");

    let turned = |name: &str| here.contains(&format!("switch(\"{name}\", &"));
    let unturned: Vec<&str> = switches.iter().copied().filter(|name| !turned(name)).collect();
    assert_eq!(unturned, Vec::<&str>::new());
    let settings = |name: &str| settings_of(name).join(" ");
    assert_eq!(settings("additionCallbacks"), "silent agreement");
    assert_eq!(settings("quoteEscape"), "none doubled backslash");
    assert_eq!(settings("badKeys"), "");
}
