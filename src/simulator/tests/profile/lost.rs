//! Writes whose answer is lost or worthless: what stands after them, and what a second try does.

use super::super::{AGREEMENT, LINE};
use super::{CREATED, before, caller, line, lines, patch, quantity, troubled, updated};
use crate::simulator::{Kind, Running, Value};

/// The status of a creation, where there is one.
fn create(running: &Running) -> Option<u16> {
    let path = format!("finance/agreements/{AGREEMENT}/additions");
    caller(running).try_send("POST", &path, CREATED).map(|reply| reply.status)
}

#[test]
fn fault_15_a_creation_stands_exactly_where_it_was_committed() {
    let fate = |fault: &str| {
        let running = troubled(&[&format!("{{ on: {{ method: POST }}, fault: {{ {fault} }} }}")]);
        (create(&running), running.records(Kind::Addition).len(), running.audit_rows())
    };

    assert_eq!(fate("timedOut: beforeCommit"), (Some(500), 2, 0));
    assert_eq!(fate("timedOut: afterCommit"), (Some(500), 3, 1));
    assert_eq!(fate("reset: beforeCommit"), (None, 2, 0));
    assert_eq!(fate("reset: afterCommit"), (None, 3, 1));
}

#[test]
fn fault_15_a_creation_that_is_tried_again_after_a_lost_answer_stands_twice() {
    let running =
        troubled(&["{ on: { method: POST }, when: { times: 1 }, fault: { timedOut: afterCommit } }"]);

    let statuses = [create(&running), create(&running)];

    assert_eq!((statuses, running.records(Kind::Addition).len()), ([Some(500), Some(201)], 4));
}

#[test]
fn fault_15_a_change_that_is_tried_again_after_a_lost_answer_leaves_one_row() {
    let running = troubled(&["{ on: { method: PATCH }, when: { times: 1 }, fault: { reset: afterCommit } }"]);
    let caller = caller(&running);

    let tries = [patch(&caller, "7").is_some(), patch(&caller, "7").is_some()];

    assert_eq!((tries, quantity(&running), running.audit_rows()), ([false, true], 7.into(), 1));
}

#[test]
fn fault_16_a_gateway_hides_a_write_that_landed_only_where_it_is_told_to() {
    let fate = |commit: &str| {
        let running = troubled(&[&format!("{{ fault: {{ gateway: {{ status: 504{commit} }} }} }}")]);
        (patch(&caller(&running), "7").unwrap().status, quantity(&running))
    };

    assert_eq!(fate(""), (504, before()));
    assert_eq!(fate(", commit: afterCommit"), (504, 7.into()));
}

#[test]
fn fault_16_behind_a_worthless_answer_to_a_write_the_write_stands() {
    for fault in ["truncated", "empty", "noContent", "nullBody", "page", "{ wrongType: {} }"] {
        let running = troubled(&[&format!("{{ fault: {fault} }}")]);

        let reply = patch(&caller(&running), "7").unwrap();

        assert!((200..300).contains(&reply.status), "{fault}");
        assert_eq!((quantity(&running), running.audit_rows()), (7.into(), 1), "{fault}");
    }
}

#[test]
fn fault_16_half_of_a_list_is_no_list() {
    let running = troubled(&["{ fault: truncated }"]);

    let reply = lines(&caller(&running), "");

    assert_eq!(
        (reply.status, reply.body.starts_with("[{"), reply.body.parse::<Value>().is_err()),
        (200, true, true)
    );
}

#[test]
fn fault_21_one_record_with_an_old_flaw_leaves_the_others_alone() {
    let rule = format!(
        "{{ on: {{ method: PATCH, path: additions/{LINE} }}, fault: {{ invalidRecord: structured }} }}"
    );
    let running = troubled(&[&rule]);
    let caller = caller(&running);
    let text = r#"[{"op":"replace","path":"invoiceDescription","value":"x"}]"#;

    let refused =
        [patch(&caller, "7").unwrap().status, caller.send("PATCH", &caller.line(LINE), text).status];

    assert_eq!((refused, caller.set_quantity(100_002, "7").status), ([400, 400], 200));
    assert_eq!(running.audit_rows(), 1);
}

#[test]
fn fault_22_an_ignored_write_leaves_neither_a_row_nor_a_time_and_the_next_one_lands() {
    let running = troubled(&["{ when: { times: 2 }, fault: writeIgnored }"]);
    let caller = caller(&running);
    let (time, whole) = (updated(&running), line(&caller).body);

    let ignored = patch(&caller, "7").unwrap();
    let replaced = caller.send("PUT", &caller.line(LINE), &whole.replace("120.00", "9"));

    assert_eq!((ignored.body, replaced.body), (whole.clone(), whole));
    assert_eq!((running.audit_rows(), updated(&running)), (0, time));
    assert_eq!(patch(&caller, "7").unwrap().at("quantity"), "7");
}

#[test]
fn fault_22_a_creation_is_never_answered_without_being_done() {
    let running = troubled(&["{ fault: writeIgnored }"]);

    assert_eq!((create(&running), running.records(Kind::Addition).len()), (Some(201), 3));
}

#[test]
fn fault_23_a_half_is_rounded_away_from_zero_as_a_database_does() {
    let running = troubled(&["{ fault: { storedRounded: { decimals: 2 } } }"]);
    let stored = |quantity: &str| patch(&caller(&running), quantity).unwrap().at("quantity");

    assert_eq!(["7.125", "7.135", "-7.125", "7.1249"].map(stored), ["7.13", "7.14", "-7.13", "7.12"]);
}

#[test]
fn fault_23_a_quantity_that_is_sent_as_a_text_or_carelessly_is_rounded_too() {
    let running = troubled(&["{ fault: { storedRounded: { decimals: 2 } } }"]);
    let caller = caller(&running);
    let careless = "[{op: 'replace', path: 'quantity', value: 7.129}]";

    assert_eq!(patch(&caller, "\"7.126\"").unwrap().at("quantity"), "7.13");
    assert_eq!(caller.send("PATCH", &caller.line(LINE), careless).at("quantity"), "7.13");
}

#[test]
fn fault_23_the_quantity_of_a_new_line_is_rounded_too() {
    let running = troubled(&["{ fault: { storedRounded: { decimals: 4 } } }"]);
    let body = CREATED.replace("\"quantity\":1", "\"quantity\":1.00005");

    let reply = caller(&running).send("POST", &format!("finance/agreements/{AGREEMENT}/additions"), &body);

    assert_eq!(reply.at("quantity"), "1.0001");
}

#[test]
fn fault_23_dates_that_are_not_set_are_empty_texts_in_bundles_too() {
    let running = troubled(&["{ fault: emptyDates }"]);
    let body = r#"{"requests":[{"resourceType":"addition","apiRequest":{"parentId":50001}},
        {"ResourceType":"Agreement","ApiRequest":{"id":50001}},
        {"resourceType":"addition","apiRequest":{"parentId":50001,"fields":"id"}},
        {"resourceType":"unheard"}]}"#;

    let results = caller(&running).send("POST", "system/bundles", body).json();

    let results = results.descend(&["results"]).list().unwrap().to_vec();
    let empty = |place: usize, name: &str| {
        results[place].descend(&["entities"]).to_string().matches(&format!("\"{name}\":\"\"")).count()
    };
    assert_eq!([empty(0, "cancelledDate"), empty(1, "endDate"), empty(2, "cancelledDate")], [2, 1, 0]);
}
