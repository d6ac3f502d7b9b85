//! What was there and is not: records, releases, rights, keys.

use super::super::basic;
use super::{befell, caller, line, patch, quantity, statuses, troubled};
use crate::simulator::{Running, Value};

#[test]
fn fault_17_a_record_that_exists_is_not_found_and_heals() {
    let running = troubled(&["{ on: { route: addition }, when: { times: 2 }, fault: notFound }"]);

    let caller = caller(&running);

    let first = line(&caller);
    assert_eq!(first.at("message"), "\"Addition 100001 not found\"");
    assert_eq!(statuses(&caller, 2), [404, 200]);
}

/// A GET of the first line below a code base.
fn below(running: &Running, code_base: &str) -> u16 {
    let path = format!("/{code_base}/apis/3.0/finance/agreements/50001/additions/100001");
    caller(running).raw("GET", &path, "").unwrap().status
}

#[test]
fn fault_17_a_release_moves_and_the_old_one_is_lost_until_the_company_information_is_read() {
    let running = troubled(&["{ when: { after: 1, times: 1 }, fault: { releaseMoves: { to: '2026.5' } } }"]);

    assert_eq!(below(&running, "v2026_4"), 200);
    assert_eq!([below(&running, "v2026_4"), below(&running, "v2026_4")], [404, 404]);
    let information = caller(&running).raw("GET", "/login/companyinfo/msp", "").unwrap();
    assert_eq!(information.at("Codebase"), "\"v2026_5/\"");
    assert_eq!([below(&running, "v2026_5"), below(&running, "v4_6_release")], [200, 200]);
    assert_eq!(befell(&running)[1..3], [Some("releaseMoves"), Some("releaseMoves")]);
}

#[test]
fn fault_17_an_upgrade_can_lose_everything_until_the_company_information_is_read() {
    let rule = "{ when: { times: 1 }, fault: { releaseMoves: { to: '2026.5', reach: everything } } }";
    let running = troubled(&[rule]);

    let lost = [below(&running, "v4_6_release"), below(&running, "v4_6_release")];
    caller(&running).raw("GET", "/login/companyinfo/msp", "").unwrap();

    assert_eq!((lost, below(&running, "v4_6_release")), ([404, 404], 200));
}

#[test]
fn fault_25_a_permission_is_removed_in_the_middle() {
    let rule = "{ on: { method: PATCH }, when: { after: 1, times: 1 },
                  fault: { permissionRemoved: { function: Agreements, right: edit } } }";
    let running = troubled(&[rule]);
    let caller = caller(&running);

    let written = ["7", "8", "9"].map(|quantity| patch(&caller, quantity).unwrap());

    assert_eq!(written.each_ref().map(|reply| reply.status), [200, 403, 403]);
    assert_eq!((written[1].at("code"), quantity(&running)), ("\"Security\"".to_owned(), 7.into()));
    assert_eq!(line(&caller).status, 200);
    let security = caller.get("system/mySecurity").json();
    let name = |row: &&Value| row.descend(&["moduleFunctionName"]).as_text() == Some("Agreements");
    let row = security.list().unwrap().iter().find(name).unwrap();
    assert_eq!(row.descend(&["editLevel"]).as_text(), Some("None"));
}

#[test]
fn fault_25_a_key_is_revoked_in_the_middle() {
    let running = troubled(&["{ when: { after: 2, times: 1 }, fault: keyRevoked }"]);
    let caller_of_key = caller(&running);

    assert_eq!(statuses(&caller_of_key, 4), [200, 200, 401, 401]);
    let other = caller(&running).with("Authorization", &basic("msp+look:only"));
    assert_eq!(line(&other).status, 200, "other keys are not touched");
}

#[test]
fn what_needs_no_keys_is_refused_to_nobody() {
    for fault in ["forbidden", "unauthorized", "notFound"] {
        let running = troubled(&[&format!("{{ fault: {fault} }}")]);

        let information = caller(&running).raw("GET", "/login/companyinfo/msp", "").unwrap();
        assert_eq!(information.status, 200, "{fault}");
        assert_ne!(line(&caller(&running)).status, 200, "{fault}");
    }
}

#[test]
fn fault_25_a_refusal_can_pass_again() {
    let running = troubled(&[
        "{ when: { for: 1 }, fault: forbidden }",
        "{ when: { after: 1, for: 1 }, fault: unauthorized }",
    ]);

    assert_eq!(statuses(&caller(&running), 3), [403, 401, 200]);
}
