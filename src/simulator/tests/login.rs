//! Company information, routing, login, versions and permissions.

use super::{Caller, LINE, basic, caller, running, world, world_with};
use crate::simulator::{Function, Level, Levels, Role};

#[test]
fn base_01_company_information_needs_no_login_and_unknown_companies_are_null_with_200() {
    let running = world();
    let anybody = Caller::new(&running);

    let known = anybody.raw("GET", "/login/companyinfo/msp", "").unwrap();
    let unknown = anybody.raw("GET", "/login/companyinfo/nobody", "").unwrap();

    assert_eq!((known.status, known.at("Codebase")), (200, "\"v2026_4/\"".to_owned()));
    assert_eq!(known.at("IsCloud"), "\"True\"");
    assert_eq!((unknown.status, unknown.body.as_str()), (200, "null"));
}

#[test]
fn base_01_is_cloud_can_be_a_boolean() {
    let running = world_with("isCloud: boolean");

    let known = Caller::new(&running).raw("GET", "/login/companyinfo/msp", "").unwrap();

    assert_eq!(known.at("IsCloud"), "true");
}

#[test]
fn base_01_both_code_bases_route_and_others_meet_the_gateway() {
    let running = world();
    let caller = caller(&running);
    let status = |target: &str| caller.raw("GET", target, "").unwrap().status;

    assert_eq!(status("/v4_6_release/apis/3.0/system/info"), 200);
    assert_eq!(status("/v2026_4/apis/3.0/system/info"), 200);
    assert_eq!(status("/v2025_1/apis/3.0/system/info"), 400);
    assert_eq!(status("/apis/3.0/system/info"), 400);
}

#[test]
fn base_01_a_doubled_path_meets_the_gateway_in_plain_text() {
    let running = world();

    let reply = caller(&running).get("apis/3.0/system/info");

    assert_eq!(reply.status, 400);
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(reply.body.contains("codebase or the company is invalid"));
}

#[test]
fn base_02_the_plus_between_company_and_key_is_literal() {
    let running = world();
    let status = |credentials: &str| {
        caller(&running).with("Authorization", &basic(credentials)).get("system/info").status
    };

    assert_eq!(status("msp+pub:priv"), 200);
    assert_eq!(status("msp%2Bpub:priv"), 401);
    assert_eq!(status("msp pub:priv"), 401);
    assert_eq!(status("MSP+pub:priv"), 401, "the company is case-sensitive");
    assert_eq!(status("msp+pub:wrong"), 401);
    assert_eq!(Caller::new(&running).get("system/info").status, 401);
}

#[test]
fn base_02_a_missing_client_id_and_a_bad_company_are_switchable() {
    let usual = world();
    let other = world_with("missingClientId: 400, badCompany: 404, badKeys: 404");
    let without_client = |running| caller(running).without("clientId").get("system/info");
    let stranger =
        |running| caller(running).with("Authorization", &basic("x+pub:priv")).get("system/info").status;

    assert_eq!((without_client(&usual).status, stranger(&usual)), (401, 401));
    assert_eq!((without_client(&other).status, stranger(&other)), (400, 404));
    assert!(without_client(&other).body.contains("clientId"));
}

#[test]
fn base_03_answers_carry_the_version_and_a_request_id() {
    let running = world();

    let newest = caller(&running).get("system/info");
    let accept = "application/vnd.connectwise.com+json; version=2025.1, application/json";
    let older = caller(&running).with("Accept", accept).get("system/info");

    let media_type = |version| Some(format!("application/vnd.connectwise.com+json; version={version}"));
    assert_eq!(newest.header("content-type").map(str::to_owned), media_type("2026.4"));
    assert_eq!(older.header("content-type").map(str::to_owned), media_type("2025.1"));
    assert_eq!(newest.header("api-current-version"), Some("2026.4"));
    assert_eq!(newest.header("cache-control"), Some("no-cache"));
    assert_ne!(newest.header("x-cw-request-id"), older.header("x-cw-request-id"));
    assert!(newest.at("version").starts_with("\"v2026.4"));
}

#[test]
fn base_11_my_security_shows_the_callers_own_levels() {
    let running = world();
    let reader = caller(&running).with("Authorization", &basic("msp+look:only"));

    let mine = caller(&running).get("system/mySecurity?conditions=moduleFunctionName=%22Agreements%22");
    let theirs = reader.get("system/mySecurity?conditions=editLevel!=%22None%22");

    let rows = mine.json();
    let row = &rows.list().unwrap()[0];
    let level = |name| row.descend(&[name]).as_text().unwrap().to_owned();
    assert_eq!([level("inquireLevel"), level("editLevel"), level("deleteLevel")], ["All", "All", "None"]);
    assert_eq!(theirs.body, "[]");
}

#[test]
fn base_11_a_role_is_refused_with_403_module_by_module() {
    let running = world();
    let reader = caller(&running).with("Authorization", &basic("msp+look:only"));

    let refused = reader.set_quantity(LINE, "7");
    let companies = reader.get("company/companies");
    let agreements = reader.get("finance/agreements");
    let deleted = caller(&running).send("DELETE", &reader.line(LINE), "");

    assert_eq!((refused.status, refused.at("code")), (403, "\"Security\"".to_owned()));
    assert_eq!((companies.status, agreements.status, deleted.status), (403, 200, 403));
    assert_eq!(running.mutations(), Vec::new());
}

#[test]
fn base_11_a_role_can_lose_a_right_and_keys_can_be_revoked_while_running() {
    let running = world();
    let caller = caller(&running);
    assert_eq!(caller.set_quantity(LINE, "7").status, 200);

    let only_reading = Levels { inquire: Level::All, ..Levels::default() };
    assert!(running.set_role("trueup", Role::default().with(Function::Agreements, only_reading)));
    assert_eq!(caller.set_quantity(LINE, "8").status, 403);
    assert!(running.revoke_keys("trueup"));
    assert_eq!(caller.get("system/info").status, 401);

    assert_eq!(running.quantity(LINE), Some(7.into()));
}

#[test]
fn base_11_setup_tables_are_open_to_readers_unless_switched() {
    let look = |running: &_| {
        let reader = caller(running).with("Authorization", &basic("msp+look:only"));
        reader.get("finance/agreements/types").status
    };

    assert_eq!(look(&world()), 200);
    assert_eq!(look(&world_with("setupTables: byRole")), 403);
}

#[test]
fn a_seed_without_members_has_one_that_may_call() {
    let running = running("companies: [{ identifier: cedar }]");
    let caller =
        Caller::new(&running).with("Authorization", &basic("msp+public:private")).with("clientId", "any");

    assert_eq!(caller.get("company/companies").ids(), [20_001]);
}
