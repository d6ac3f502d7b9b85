//! The limit at its edge: the thousand-and-first request, and what is turned away with it.

use super::super::AGREEMENT;
use super::{CREATED, before, caller, line, patch, quantity, statuses, troubled};
use crate::simulator::Kind;

#[test]
fn fault_14_the_thousand_and_first_request_of_a_minute_is_turned_away_for_30_seconds() {
    let running = troubled(&["{ fault: { throttle: {} } }"]);
    let caller = caller(&running);

    let within = statuses(&caller, 1_000);
    let over = line(&caller);

    assert!(within.iter().all(|status| *status == 200));
    assert_eq!((over.status, over.header("retry-after"), running.over_limit()), (429, Some("30"), 1));
    assert_eq!((over.at("error"), over.at("code")), ("\"ConnectWiseAPI\"".to_owned(), "null".to_owned()));
}

#[test]
fn fault_14_a_write_that_is_turned_away_does_not_land() {
    let running = troubled(&["{ fault: { tooMany: {} } }"]);
    let caller = caller(&running);

    let changed = patch(&caller, "7").unwrap();
    let created = caller.send("POST", &format!("finance/agreements/{AGREEMENT}/additions"), CREATED);

    assert_eq!((changed.status, created.status), (429, 429));
    assert_eq!((quantity(&running), running.records(Kind::Addition).len()), (before(), 2));
    assert_eq!((running.audit_rows(), running.mutations()), (0, Vec::new()));
}

#[test]
fn fault_14_a_limit_of_one_route_leaves_the_others_alone() {
    let running = troubled(&["{ on: { route: companies }, fault: { throttle: { perMinute: 1 } } }"]);
    let caller = caller(&running);
    let companies = || caller.get("company/companies").status;

    assert_eq!([companies(), companies()], [200, 429]);
    assert_eq!(statuses(&caller, 3), [200; 3]);
}
