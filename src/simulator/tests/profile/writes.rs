//! Writes whose fate is not what the answer says, and records that somebody else changes.

use super::super::LINE;
use super::{CREATED, befell, before, caller, line, lines, patch, quantity, troubled, updated};
use crate::simulator::Kind;

#[test]
fn fault_15_a_timeout_before_commit_changes_nothing_and_one_after_commit_does() {
    let fate = |commit: &str| {
        let running = troubled(&[&format!("{{ on: {{ method: PATCH }}, fault: {{ timedOut: {commit} }} }}")]);
        let reply = patch(&caller(&running), "7").unwrap();
        (reply.status, reply.at("message"), quantity(&running))
    };
    let message = "\"a timeout has occured\"".to_owned();

    assert_eq!(fate("beforeCommit"), (500, message.clone(), before()));
    assert_eq!(fate("afterCommit"), (500, message, 7.into()));
}

#[test]
fn fault_15_a_reset_before_commit_changes_nothing_and_one_after_commit_does() {
    let fate = |commit: &str| {
        let running = troubled(&[&format!("{{ on: {{ method: PATCH }}, fault: {{ reset: {commit} }} }}")]);
        (patch(&caller(&running), "7").is_none(), quantity(&running), running.log()[0].status)
    };

    assert_eq!(fate("beforeCommit"), (true, before(), None));
    assert_eq!(fate("afterCommit"), (true, 7.into(), None));
}

#[test]
fn fault_15_a_create_whose_answer_is_lost_stands() {
    let running = troubled(&["{ on: { method: POST, route: additions }, fault: { reset: afterCommit } }"]);
    let reply = caller(&running).try_send("POST", "finance/agreements/50001/additions", CREATED);

    assert!(reply.is_none());
    assert_eq!(running.records(Kind::Addition).len(), 3);
}

#[test]
fn fault_19_another_actor_edits_between_the_read_and_the_write() {
    let rule = "{ on: { method: GET, route: addition }, when: { times: 1 },
                  fault: { anotherActor: { does: { setQuantity: 9 }, at: afterIt } } }";
    let running = troubled(&[rule]);
    let caller = caller(&running);

    assert_eq!(line(&caller).at("quantity"), "120.00");
    assert_eq!(line(&caller).at("quantity"), "9");
    assert_eq!(
        (running.hand_edits()[0].member.as_str(), befell(&running)[0]),
        ("somebody", Some("anotherActor"))
    );
}

#[test]
fn fault_19_another_actor_edits_cancels_or_deletes_before_the_write_lands() {
    let fate = |does: &str| {
        let rule = format!(
            "{{ on: {{ method: PATCH }}, fault: {{ anotherActor: {{ does: {does}, addition: {LINE} }} }} }}"
        );
        let running = troubled(&[&rule]);
        let status = patch(&caller(&running), "7").unwrap().status;
        (status, running.addition(LINE), running.hand_edits().len())
    };

    let (status, added, edits) = fate("{ addQuantity: 1 }");
    assert_eq!(
        (status, added.unwrap().get("quantity").unwrap().to_string(), edits),
        (200, "7".to_owned(), 1)
    );
    let (status, cancelled, _) = fate("cancel");
    assert_eq!((status, cancelled.unwrap().get("cancelledDate").is_some()), (200, true));
    assert_eq!(fate("delete"), (404, None, 1));
}

#[test]
fn fault_19_an_edit_within_the_same_second_leaves_the_time_as_it_was() {
    let rule = "{ on: { method: GET, route: addition }, when: { times: 1 },
                  fault: { anotherActor: { does: { setQuantity: 9 }, at: afterIt, lastUpdated: stays } } }";
    let running = troubled(&[rule]);
    let time = updated(&running);

    line(&caller(&running));

    assert_eq!((quantity(&running), updated(&running)), (9.into(), time));
}

#[test]
fn fault_20_reads_lag_behind_writes_in_lists_and_by_id() {
    let running = troubled(&["{ on: { method: GET }, fault: { staleRead: { within: 5s } } }"]);
    let caller = caller(&running);
    assert_eq!(patch(&caller, "7").unwrap().at("quantity"), "7", "the answer of the write itself is true");
    let created = caller.send("POST", "finance/agreements/50001/additions", CREATED).at("id");
    assert_eq!(line(&caller).at("quantity"), "120.00");
    assert_eq!(lines(&caller, "").ids().len(), 2);
    assert_eq!(caller.get(&format!("finance/agreements/50001/additions/{created}")).status, 404);
    running.clock().advance(jiff::SignedDuration::from_secs(6));
    assert_eq!((line(&caller).at("quantity"), lines(&caller, "").ids().len()), ("7".to_owned(), 3));
}

#[test]
fn fault_21_a_record_with_an_old_flaw_refuses_every_patch() {
    let refused = |complaint: &str| {
        let rule = format!("{{ on: {{ method: PATCH }}, fault: {{ invalidRecord: {complaint} }} }}");
        let running = troubled(&[&rule]);
        let reply = patch(&caller(&running), "7").unwrap();
        assert_eq!((line(&caller(&running)).status, quantity(&running)), (200, before()));
        reply
    };

    let structured = refused("structured");
    let flaw = ("InvalidField".to_owned(), "invoiceGrouping".to_owned());
    assert_eq!((structured.status, structured.flaws()), (400, vec![flaw]));
    let generic = refused("generic");
    assert_eq!((generic.status, generic.flaws()), (500, vec![]));
}

#[test]
fn fault_22_a_patch_answers_200_with_the_old_value() {
    let running = troubled(&["{ on: { method: PATCH }, fault: writeIgnored }"]);

    let reply = patch(&caller(&running), "7").unwrap();

    assert_eq!(
        (reply.status, reply.at("quantity"), quantity(&running)),
        (200, "120.00".to_owned(), before())
    );
}

#[test]
fn fault_22_another_field_changes_too() {
    let running = troubled(&["{ fault: { otherFieldChanges: { field: unitPrice, value: 1 } } }"]);

    let reply = patch(&caller(&running), "7").unwrap();

    assert_eq!([reply.at("quantity"), reply.at("unitPrice")], ["7", "1"]);
    assert_eq!(running.log()[0].body.matches("unitPrice").count(), 0, "the log keeps what was sent");
}

#[test]
fn fault_23_another_quantity_is_stored_than_was_sent() {
    let stored = |fault: &str| {
        let running = troubled(&[&format!("{{ fault: {fault} }}")]);
        patch(&caller(&running), "7.12345").unwrap().at("quantity")
    };

    assert_eq!(stored("{ storedRounded: { decimals: 2 } }"), "7.12");
    assert_eq!(stored("{ storedRounded: { decimals: 4 } }"), "7.1235");
    assert_eq!(stored("{ storedAtMost: { quantity: 5 } }"), "5");
    assert_eq!(stored("{ storedPlus: { quantity: 0.5 } }"), "7.62345");
}
