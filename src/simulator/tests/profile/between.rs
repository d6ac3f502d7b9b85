//! What happens between two requests: lists that lag, rows that go, somebody else at work, rights that end.

use super::super::{AGREEMENT, LINE};
use super::{before, caller, line, lines, patch, quantity, statuses, troubled};
use crate::simulator::Value;

#[test]
fn fault_17_a_list_that_exists_is_not_found_and_heals_and_its_records_are_found_meanwhile() {
    let running = troubled(&["{ on: { route: additions }, when: { times: 2 }, fault: notFound }"]);
    let caller = caller(&running);

    let found = [lines(&caller, "").status, line(&caller).status, lines(&caller, "").status];

    assert_eq!((found, lines(&caller, "").ids().len()), ([404, 200, 404], 2));
}

#[test]
fn fault_17_what_is_not_found_is_not_written_either() {
    let running = troubled(&["{ on: { method: PATCH }, when: { times: 1 }, fault: notFound }"]);
    let caller = caller(&running);

    assert_eq!((patch(&caller, "7").unwrap().status, quantity(&running)), (404, before()));
    assert_eq!(patch(&caller, "7").unwrap().status, 200);
}

#[test]
fn fault_18_forward_only_a_deleted_row_costs_no_other_and_short_pages_lead_on() {
    let running = troubled(&["{ on: { route: additions }, when: { times: 1 }, fault: rowDeleted }"]);
    let forward = caller(&running).with("pagination-type", "forward-only");
    assert_eq!(lines(&forward, "?pageSize=1").ids(), [LINE]);
    assert_eq!(lines(&forward, &format!("?pageSize=1&pageId={LINE}")).ids(), [LINE + 1]);

    let running = troubled(&["{ fault: { shortPage: { rows: 1 } } }"]);
    let forward = caller(&running).with("pagination-type", "forward-only");
    let short = lines(&forward, "?pageSize=100");

    assert_eq!(short.ids(), [LINE]);
    assert!(short.header("link").unwrap().contains(&format!("pageId={LINE}>; rel=\"next\"")));
}

#[test]
fn fault_19_a_line_is_deleted_or_cancelled_right_after_it_was_read() {
    let fate = |does: &str| {
        let rule = format!(
            "{{ on: {{ method: GET, route: addition }}, when: {{ times: 1 }},
                fault: {{ anotherActor: {{ does: {does}, at: afterIt }} }} }}"
        );
        let running = troubled(&[&rule]);
        let caller = caller(&running);
        let read = line(&caller);
        (read.status, read.at("agreementStatus"), patch(&caller, "7").unwrap().status, line(&caller).status)
    };

    assert_eq!(fate("delete"), (200, "\"Active\"".to_owned(), 404, 404));
    assert_eq!(fate("cancel"), (200, "\"Active\"".to_owned(), 200, 200));
}

#[test]
fn fault_19_what_another_actor_does_is_in_the_audit_trail_under_another_name() {
    let rule = "{ on: { method: PATCH }, fault: { anotherActor: { does: { setQuantity: 9 } } } }";
    let running = troubled(&[rule]);
    let caller = caller(&running);

    patch(&caller, "7");

    let rows = caller.get(&format!("system/audittrail?type=AgreementAddition&id={LINE}")).json();
    let by = |row: &Value| row.descend(&["enteredBy"]).as_text().unwrap().to_owned();
    let by: Vec<String> = rows.list().unwrap().iter().map(by).collect();
    assert_eq!(by, ["somebody", "trueup"]);
}

#[test]
fn fault_20_only_lists_lag_where_only_lists_are_named_and_bundles_and_counts_can_too() {
    let stale = "fault: { staleRead: { within: 5s } }";
    let on = |route: &str| format!("{{ on: {{ route: {route} }}, {stale} }}");
    let running = troubled(&[&on("additions"), &on("count"), &on("bundles")]);
    let caller = caller(&running);
    let bundle = r#"{"requests":[{"resourceType":"addition","apiRequest":{"parentId":50001,"id":100001}}]}"#;

    patch(&caller, "7");
    let shown = caller.send("POST", "system/bundles", bundle).body;
    let listed = lines(&caller, "?conditions=quantity=120").ids();
    running.delete_addition(LINE + 1).unwrap();

    assert!(shown.contains("\"quantity\":120.00"), "{shown}");
    assert_eq!((listed, line(&caller).at("quantity")), (vec![LINE], "7".to_owned()));
    assert_eq!(quantity(&running), 7.into(), "nothing was lost");
}

#[test]
fn fault_25_what_was_written_before_a_key_was_revoked_stands_and_nothing_after_it_does() {
    let running = troubled(&["{ on: { method: PATCH }, when: { after: 2, times: 1 }, fault: keyRevoked }"]);
    let caller = caller(&running);

    let written = ["7", "8", "9"].map(|quantity| patch(&caller, quantity).unwrap().status);

    assert_eq!((written, quantity(&running)), ([200, 200, 401], 8.into()));
    assert_eq!(statuses(&caller, 1), [401]);
}

#[test]
fn fault_25_a_right_to_read_is_removed_in_the_middle_of_the_pages() {
    let rule = "{ on: { route: additions }, when: { after: 1, times: 1 },
                  fault: { permissionRemoved: { function: Agreements, right: inquire } } }";
    let running = troubled(&[rule]);
    let caller = caller(&running);
    let page = |page: u32| lines(&caller, &format!("?pageSize=1&page={page}"));

    let (first, second) = (page(1), page(2));

    assert_eq!((first.status, second.status, second.at("code")), (200, 403, "\"Security\"".to_owned()));
    assert_eq!(caller.get(&format!("finance/agreements/{AGREEMENT}")).status, 403);
    assert_eq!(patch(&caller, "7").unwrap().status, 200, "writing is another right");
}
