//! Answers that are told otherwise: dates, flags, more properties, other records, old answers.

use super::super::LINE;
use super::{caller, line, lines, troubled};

#[test]
fn fault_23_dates_that_are_not_set_are_empty_texts() {
    let running = troubled(&["{ fault: emptyDates }"]);
    let caller = caller(&running);

    assert_eq!(line(&caller).at("cancelledDate"), "\"\"");
    assert!(lines(&caller, "?fields=id,cancelledDate").body.contains("\"cancelledDate\":\"\""));
    assert!(!lines(&caller, "?fields=id").body.contains("cancelledDate"));
    assert_eq!(caller.get("finance/agreements/50001").at("endDate"), "\"\"");
}

#[test]
fn fault_23_is_cloud_is_a_text_or_a_flag() {
    let is_cloud = |form: &str| {
        let running = troubled(&[&format!("{{ fault: {{ isCloud: {form} }} }}")]);
        caller(&running).raw("GET", "/login/companyinfo/msp", "").unwrap().at("IsCloud")
    };

    assert_eq!([is_cloud("text"), is_cloud("boolean")], ["\"True\"", "true"]);
}

#[test]
fn fault_23_records_have_properties_that_nobody_has_heard_of() {
    let running = troubled(&["{ fault: extraProperties }", "{ fault: additionStatus }"]);
    let caller = caller(&running);
    let bundle = r#"{"requests":[{"Version":"2026.4","SequenceNumber":1,"ResourceType":"addition",
                     "ApiRequest":{"parentId":50001}}]}"#;

    assert_eq!(line(&caller).at("additionStatus"), "\"Active\"");
    assert_eq!(lines(&caller, "").body.matches("futureField").count(), 2);
    assert_eq!(caller.send("POST", "system/bundles", bundle).body.matches("futureField").count(), 2);
}

#[test]
fn fault_23_a_record_of_another_id_is_shown() {
    let running = troubled(&["{ fault: otherRecord }"]);

    let reply = line(&caller(&running));

    assert_eq!((reply.status, reply.at("id")), (200, (LINE + 1).to_string()));
}

#[test]
fn fault_23_answers_say_they_are_old_or_come_again() {
    let running = troubled(&["{ fault: { age: { by: 24h } } }", "{ fault: { repeatedDate: {} } }"]);

    let reply = line(&caller(&running));

    assert_eq!(reply.header("age"), Some("86400"));
    assert_eq!(reply.header("date"), Some("Sat, 01 Jan 2022 00:00:00 GMT"));
}
