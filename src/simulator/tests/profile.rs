//! The fault profile: every fault of a file bites a client that knows nothing but HTTP.

mod answers;
mod armed;
mod between;
mod bodies;
mod delays;
mod file;
mod limits;
mod lost;
mod oddities;
mod paging;
mod rights;
mod writes;

use super::{Caller, LINE, Reply, caller, world};
use crate::contract::Watched;
use crate::simulator::{FaultFile, Running};
use rust_decimal::Decimal;

/// One more line for the usual agreement.
const CREATED: &str =
    r#"{"product":{"id":501},"quantity":1,"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;

/// The usual company, with these rules armed. Each line is one rule.
fn troubled(rules: &[&str]) -> Watched {
    let running = world();
    arm(&running, rules);
    running
}

fn arm(running: &Running, rules: &[&str]) {
    let rules: String = rules.iter().map(|rule| format!("  - {rule}\n")).collect();
    running.set_faults(FaultFile::from_yaml(&format!("seed: 7\nfaults:\n{rules}")).unwrap());
}

/// The lines of the agreement, as a list.
fn lines(caller: &Caller, query: &str) -> Reply {
    caller.get(&format!("finance/agreements/{}/additions{query}", super::AGREEMENT))
}

/// The first line, as a record.
fn line(caller: &Caller) -> Reply {
    caller.get(&caller.line(LINE))
}

/// When the first line was written last.
fn updated(running: &Running) -> String {
    let line = running.addition(LINE).unwrap();
    line.get("_info").unwrap().descend(&["lastUpdated"]).to_string()
}

/// A PATCH of the first line's quantity; nothing where the connection was cut.
fn patch(caller: &Caller, quantity: &str) -> Option<Reply> {
    let body = format!(r#"[{{"op":"replace","path":"quantity","value":{quantity}}}]"#);
    caller.try_send("PATCH", &caller.line(LINE), &body)
}

fn quantity(running: &Running) -> Decimal {
    running.quantity(LINE).unwrap()
}

fn before() -> Decimal {
    "120.00".parse().unwrap()
}

/// The statuses of so many reads of the first line.
fn statuses(caller: &Caller, reads: usize) -> Vec<u16> {
    (0..reads).map(|_| line(caller).status).collect()
}

/// The names of what befell each request.
fn befell(running: &Running) -> Vec<Option<&'static str>> {
    running.log().iter().map(|exchange| exchange.fault).collect()
}

#[test]
fn the_same_requests_meet_the_same_faults_and_another_seed_meets_others() {
    let met = |seed: u64| {
        let running = world();
        let rules = "faults: [{ when: { probability: 0.3 }, fault: notFound },
                              { when: { probability: 0.2 }, fault: forbidden }]";
        running.set_faults(FaultFile::from_yaml(&format!("seed: {seed}\n{rules}")).unwrap());
        statuses(&caller(&running), 40)
    };

    let first = met(7);

    assert_eq!(first, met(7));
    assert_ne!(first, met(8));
    assert!([200, 403, 404].iter().all(|status| first.contains(status)), "{first:?}");
}

#[test]
fn a_rule_draws_the_same_whatever_other_rules_stand_behind_it() {
    let rule = "{ when: { probability: 0.5 }, fault: notFound }";
    let alone = statuses(&caller(&troubled(&[rule])), 20);

    let with_another =
        statuses(&caller(&troubled(&[rule, "{ when: { probability: 0.5 }, fault: emptyDates }"])), 20);

    assert_eq!(alone, with_another);
}

#[test]
fn rules_wait_for_their_method_route_and_path() {
    let running = troubled(&[
        "{ on: { route: companies }, fault: forbidden }",
        "{ on: { method: PATCH, route: addition }, fault: { timedOut: beforeCommit } }",
        "{ on: { path: additions/100002 }, fault: notFound }",
    ]);
    let caller = caller(&running);

    let statuses = [
        caller.get("company/companies").status,
        caller.get("company/companies/20001").status,
        line(&caller).status,
        patch(&caller, "7").unwrap().status,
        caller.get(&caller.line(100_002)).status,
    ];

    assert_eq!(statuses, [403, 200, 200, 500, 404]);
    let bitten: Vec<u64> = running.fault_counts().iter().map(|count| count.bitten).collect();
    assert_eq!(bitten, [1, 1, 1]);
}

#[test]
fn several_faults_befall_one_request_and_the_log_names_them_all() {
    let running = troubled(&["{ fault: extraProperties }", "{ fault: { age: { by: 1h } } }"]);

    let reply = line(&caller(&running));

    assert_eq!((reply.header("age"), reply.at("futureField")), (Some("3600"), "\"unheard of\"".to_owned()));
    let entry = &running.log()[0];
    assert_eq!((entry.fault, entry.more_faults.as_slice()), (Some("extraProperties"), &["age"][..]));
}
