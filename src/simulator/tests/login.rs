//! Company information, routing, login, versions and permissions.

use super::{Caller, LINE, Reply, basic, caller, running, world};
use crate::simulator::{Function, Level, Levels, Role, SetupTables, Value};

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
fn a_seed_without_members_has_one_that_may_call() {
    let running = running("companies: [{ identifier: cedar }]");
    let caller =
        Caller::new(&running).with("Authorization", &basic("msp+public:private")).with("clientId", "any");

    assert_eq!(caller.get("company/companies").ids(), [20_001]);
}

#[test]
fn base_01_company_information_has_the_known_fields_and_the_code_base_its_slash() {
    let running = running("login: { company: oak, companyName: Oak IT, release: '2025.16' }");

    let known = Caller::new(&running).raw("GET", "/login/companyinfo/oak", "").unwrap();

    let names = ["CompanyName", "Codebase", "VersionCode", "VersionNumber", "CompanyID"];
    let shown = names.map(|name| known.at(name));
    assert_eq!(shown, ["\"Oak IT\"", "\"v2025_16/\"", "\"v2025.16\"", "\"v2025.16.1\"", "\"oak\""]);
    assert_eq!(Caller::new(&running).raw("POST", "/login/companyinfo/oak", "{}").unwrap().status, 405);
}

#[test]
fn base_01_the_gateway_answers_before_anybody_is_asked_who_they_are() {
    let running = world();
    let target = "/v4_6_release/apis/3.0/apis/3.0/company/companies";

    let stranger = Caller::new(&running).raw("GET", target, "").unwrap();

    assert_eq!((stranger.status, stranger.header("content-type")), (400, Some("text/plain; charset=utf-8")));
    assert!(stranger.body.parse::<Value>().is_err(), "it is no JSON");
}

#[test]
fn base_01_links_stay_in_the_code_base_that_was_called() {
    let running = world();

    let reply = caller(&running).raw("GET", "/v2026_4/apis/3.0/finance/agreements/50001", "").unwrap();

    let link = format!("\"http://{}/v2026_4/apis/3.0//company/companies/20001\"", running.address());
    assert_eq!(reply.at("company/_info/company_href"), link);
}

#[test]
fn base_02_a_private_key_may_hold_colons_and_the_scheme_has_no_case() {
    let running = running("members: [{ identifier: api, publicKey: pub, privateKey: 'a:b+c' }]");
    let status = |header: String| {
        let caller = Caller::new(&running).with("Authorization", &header).with("clientId", "any");
        caller.get("system/info").status
    };

    assert_eq!(status(basic("msp+pub:a:b+c")), 200);
    assert_eq!(status(basic("msp+pub:a:b+c").replace("Basic", "BASIC")), 200);
    assert_eq!(status(basic("msp+pub:a:b+c").replace("Basic", "Bearer")), 401);
    assert_eq!(status("Basic ???".to_owned()), 401);
}

#[test]
fn base_02_another_programs_client_id_is_refused_like_none() {
    let running = world();

    let reply = caller(&running).with("clientId", "00000000-0000-0000-0000-000000000000").get("system/info");

    assert_eq!((reply.status, reply.at("code")), (401, "\"Unauthorized\"".to_owned()));
}

#[test]
fn base_03_every_way_of_accepting_in_the_wild_is_served_the_versioned_type() {
    let running = world();
    let typed = |accept: &str| {
        let reply = caller(&running).with("Accept", accept).get("company/companies");
        (reply.status, reply.header("content-type").unwrap().to_owned())
    };
    let version = |version: &str| (200, format!("application/vnd.connectwise.com+json; version={version}"));
    let asked =
        |number: &str| format!("application/vnd.connectwise.com+json; version={number}, application/json");

    assert_eq!(typed("*/*"), version("2026.4"));
    assert_eq!(typed("application/json"), version("2026.4"));
    assert_eq!(typed(&asked("2025.16")), version("2025.16"));
    assert_eq!(typed(&asked("2031.1")), version("2026.4"), "what does not exist yet is the newest");
}

#[test]
fn base_03_refusals_and_creations_carry_the_same_headers() {
    let running = world();
    let caller = caller(&running);
    let dressed = |reply: &Reply| {
        reply.header("api-current-version") == Some("2026.4")
            && reply.header("x-cw-request-id").is_some_and(|id| id.len() == 36)
            && reply.header("x-server-name").is_some()
            && reply.header("cache-control") == Some("no-cache")
    };

    assert!(dressed(&caller.get("finance/agreements/9")));
    assert!(dressed(&caller.set_quantity(LINE, "7")));
    assert!(dressed(&caller.get("apis/3.0/system/info")));
    assert!(dressed(&caller.without("Authorization").get("system/info")));
}

#[test]
fn base_03_system_information_has_the_documented_fields() {
    let running = world();

    let body = caller(&running).get("system/info").body;

    let expected = concat!(
        r#"{"version":"v2026.4.1","isCloud":true,"serverTimeZone":"Eastern Standard Time","licenseBits":[],"#,
        r#""cloudRegion":"NA","maxWorkFlowRecordsAllowed":100}"#
    );
    assert_eq!(body, expected);
}

#[test]
fn base_11_each_module_is_closed_by_its_own_function_and_by_no_other() {
    let running = world();
    running.change_options(|options| options.setup_tables = SetupTables::ByRole);
    let caller = caller(&running);
    let modules = [
        (Function::CompanyMaintenance, "company/companies"),
        (Function::Agreements, "finance/agreements/50001/additions"),
        (Function::ProductCatalog, "procurement/catalog"),
        (Function::TableSetup, "company/managedDevicesIntegrations/41/crossReferences"),
        (Function::AuditTrail, "system/audittrail?type=Agreement&id=50001"),
        (Function::ServiceTickets, "service/tickets"),
    ];

    for (closed, _) in modules {
        running.set_role("trueup", Role::everything().with(closed, Levels::default()));
        for (function, path) in modules {
            let status = if function == closed { 403 } else { 200 };
            assert_eq!(caller.get(path).status, status, "{path} while {closed:?} is closed");
        }
    }
}

#[test]
fn base_11_each_right_opens_its_own_method() {
    let running = world();
    let caller = caller(&running);
    let line = caller.line(LINE);
    let add = r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;
    let statuses = |levels: Levels| {
        running.set_role("trueup", Role::default().with(Function::Agreements, levels));
        [
            caller.get(&line).status,
            caller.send("POST", "finance/agreements/50001/additions", add).status,
            caller.set_quantity(LINE, "7").status,
            caller.send("DELETE", "finance/agreements/50001/additions/7", "").status,
        ]
    };
    let none = Levels::default();
    let mine = Levels { inquire: Level::My, add: Level::My, edit: Level::My, delete: Level::My };

    assert_eq!(statuses(none), [403, 403, 403, 403]);
    assert_eq!(statuses(mine), [403, 403, 403, 403], "no record has an owner");
    assert_eq!(statuses(Levels { inquire: Level::All, ..none }), [200, 403, 403, 403]);
    assert_eq!(statuses(Levels { add: Level::All, ..none }), [403, 201, 403, 403]);
    assert_eq!(statuses(Levels { edit: Level::All, ..none }), [403, 403, 200, 403]);
    assert_eq!(statuses(Levels { delete: Level::All, ..none }), [403, 403, 403, 404]);
}

#[test]
fn base_11_my_security_is_open_to_everybody_and_follows_the_role() {
    let running = world();
    let caller = caller(&running);
    let levels = || {
        let rows = caller.get("system/mySecurity?orderBy=sortOrder&fields=moduleFunctionName,inquireLevel");
        let rows = rows.json().list().unwrap().to_vec();
        let level = |row: &Value| row.descend(&["inquireLevel"]).as_text().unwrap().to_owned();
        rows.iter().map(level).collect::<std::collections::BTreeSet<_>>()
    };

    assert_eq!(levels(), ["All".to_owned()].into());
    running.set_role("trueup", Role([].into()));
    assert_eq!(levels(), ["None".to_owned()].into());
}
