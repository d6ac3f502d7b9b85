//! What a reader may rest on: the ends of lists in both modes, conditions at their edges, the items of a bundle.

use super::{Caller, Reply, basic, caller, encoded, running, world};
use crate::contract::Watched;
use crate::simulator::{Function, Level, Levels, Role, Value};

/// So many companies, and a caller.
fn companies(count: u32) -> (Watched, Caller) {
    let companies: Vec<String> = (1..=count).map(|n| format!("{{ identifier: c{n} }}")).collect();
    let running = running(&format!("companies: [{}]", companies.join(", ")));
    let caller =
        Caller::new(&running).with("Authorization", &basic("msp+public:private")).with("clientId", "any");
    (running, caller)
}

fn relations(reply: &Reply) -> Vec<String> {
    let links = reply.header("link").unwrap_or_default().split("rel=\"").skip(1);
    links.map(|link| link.split('"').next().unwrap().to_owned()).collect()
}

/// The results of a bundle of these requests.
fn bundle(caller: &Caller, requests: &[&str]) -> Vec<Value> {
    let reply = caller.send("POST", "system/bundles", &format!(r#"{{"requests":[{}]}}"#, requests.join(",")));
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json().descend(&["results"]).list().unwrap().to_vec()
}

fn statuses(results: &[Value]) -> Vec<String> {
    results.iter().map(|result| result.descend(&["statusCode"]).to_string()).collect()
}

fn rows(result: &Value) -> usize {
    result.descend(&["entities"]).list().unwrap().len()
}

#[test]
fn base_06_a_last_page_that_is_full_leads_no_further_in_either_mode() {
    let (_running, caller) = companies(6);

    let last = caller.get("company/companies?pageSize=3&page=2");
    let forward = caller.with("pagination-type", "forward-only");
    let forward_last = forward.get("company/companies?pageSize=3&pageId=20003");

    assert_eq!((last.ids().len(), relations(&last)), (3, vec!["first".to_owned(), "prev".to_owned()]));
    assert_eq!((forward_last.ids().len(), forward_last.header("link")), (3, Some("")));
}

#[test]
fn base_06_behind_the_last_page_is_an_empty_list_that_leads_back() {
    let (_running, caller) = companies(6);

    let behind = caller.get("company/companies?pageSize=3&page=9");
    let forward = caller.with("pagination-type", "forward-only").get("company/companies?pageId=99999");

    assert_eq!((behind.status, behind.body.as_str()), (200, "[]"));
    assert!(!relations(&behind).contains(&"next".to_owned()));
    assert_eq!((forward.body.as_str(), forward.header("link")), ("[]", Some("")));
}

#[test]
fn base_06_forward_only_pages_have_25_rows_and_never_more_than_1000() {
    let (_running, caller) = companies(1_002);
    let forward = caller.with("pagination-type", "forward-only");
    let rows = |query: &str| forward.get(&format!("company/companies?{query}")).ids().len();

    assert_eq!([rows(""), rows("pageSize=5000"), rows("pageSize=5000&pageId=21000")], [25, 1_000, 2]);
}

#[test]
fn base_06_a_page_id_means_nothing_to_a_reader_by_number() {
    let (_running, caller) = companies(6);

    assert_eq!(caller.get("company/companies?pageSize=2&pageId=20004").ids(), [20_001, 20_002]);
}

#[test]
fn base_06_only_whole_numbers_from_1_are_pages_and_sizes() {
    let (_running, caller) = companies(2);
    let forward = |caller: &Caller, query: &str| caller.get(&format!("company/companies?{query}")).status;

    for query in ["page=-1", "page=1.5", "page=x", "pageSize=0", "pageSize=-5", "pageSize=2.5"] {
        assert_eq!(forward(&caller, query), 400, "{query}");
    }
    let caller = caller.with("pagination-type", "forward-only");
    for query in ["pageSize=0", "pageId=-1", "pageId=1.5"] {
        assert_eq!(forward(&caller, query), 400, "{query}");
    }
}

#[test]
fn base_05_nothing_compares_with_null_but_null() {
    let running = world();
    let lines = |conditions: &str| {
        let path = format!("finance/agreements/50001/additions?conditions={}", encoded(conditions));
        caller(&running).get(&path).ids()
    };
    let nobody: [u32; 0] = [];

    running.by("jo").edit(crate::simulator::Kind::Addition, 100_002, "quantity", Value::Null).unwrap();
    assert_eq!(lines("quantity != 5"), [100_001]);
    assert_eq!(lines("quantity not in (5)"), [100_001]);
    assert_eq!(lines("quantity < 500"), [100_001]);
    assert_eq!(lines("quantity = NULL"), [100_002]);
    assert_eq!(lines("quantity != null"), [100_001]);
    assert_eq!(lines("serialNumber not contains 'x' or serialNumber not like 'x'"), nobody);
    assert_eq!(lines("cancelledDate < [2030-01-01T00:00:00Z]"), nobody);
    assert_eq!(lines("quantity in (null, 120)"), [100_001, 100_002]);
}

#[test]
fn base_05_lists_of_literals_hold_texts_dates_and_flags_and_refuse_a_stranger_among_them() {
    let running = world();
    let ask = |path: &str, conditions: &str| {
        caller(&running).get(&format!("{path}?conditions={}", encoded(conditions)))
    };
    let companies = |conditions: &str| ask("company/companies", conditions).ids();

    assert_eq!(companies("identifier in ('birch',\"GONE\")"), [20_002, 20_003]);
    assert_eq!(companies("deletedFlag IN (FALSE)"), [20_001, 20_002]);
    let lines = ask("finance/agreements/50001/additions", "effectiveDate in ([2025-01-01T00:00:00Z])");
    assert_eq!(lines.ids(), [100_001, 100_002]);
    assert_eq!(ask("company/companies", "id in (20001, 'x')").at("code"), "\"ApiFindCondition\"");
}

#[test]
fn base_05_signs_need_no_blanks_and_contains_knows_no_wildcards() {
    let running = world();
    let found = |conditions: &str| {
        caller(&running).get(&format!("company/companies?conditions={}", encoded(conditions))).ids()
    };
    let nobody: [u32; 0] = [];

    assert_eq!(found("id>=20002 and(id<20003)"), [20_002]);
    assert_eq!(found("name contains 'Ced%'"), nobody);
    assert_eq!(found("name contains 'C*r'"), nobody);
    assert_eq!(found("name >= 'Birch' and name < 'C'"), [20_002]);
}

#[test]
fn base_12_results_come_in_the_order_of_the_requests_with_the_numbers_they_were_given() {
    let running = world();

    let results = bundle(
        &caller(&running),
        &[
            r#"{"sequenceNumber":9,"resourceType":"agreement","apiRequest":{"id":50003}}"#,
            r#"{"sequenceNumber":2,"resourceType":"agreement","apiRequest":{"id":7}}"#,
            r#"{"sequenceNumber":9,"resourceType":"agreement","apiRequest":{"id":50001}}"#,
        ],
    );

    let number = |result: &Value| result.descend(&["sequenceNumber"]).to_string();
    assert_eq!(results.iter().map(number).collect::<Vec<_>>(), ["9", "2", "9"]);
    assert_eq!(statuses(&results), ["200", "404", "200"]);
    let id = |result: &Value| result.descend(&["entities"]).list().unwrap()[0].descend(&["id"]).to_string();
    assert_eq!([id(&results[0]), id(&results[2])], ["50003", "50001"]);
}

#[test]
fn base_12_an_item_that_fails_has_no_entities_and_the_error_that_its_own_request_would_have() {
    let running = world();
    let caller = caller(&running);
    let alone = [
        caller.get("finance/agreements/9/additions"),
        caller.get("finance/agreements?conditions=nothing=1"),
        caller.get("finance/agreements/50002/additions/100001"),
    ];

    let results = bundle(
        &caller,
        &[
            r#"{"resourceType":"addition","apiRequest":{"parentId":9}}"#,
            r#"{"resourceType":"agreement","apiRequest":{"filters":{"conditions":"nothing=1"}}}"#,
            r#"{"resourceType":"addition","apiRequest":{"parentId":50002,"id":100001}}"#,
        ],
    );

    for (result, alone) in results.iter().zip(alone) {
        assert_eq!(result.descend(&["error"]).to_string(), alone.body);
        assert_eq!(result.descend(&["statusCode"]).to_string(), alone.status.to_string());
        let (success, count) = (result.descend(&["success"]).flag(), result.descend(&["count"]).to_string());
        assert_eq!((success, count, rows(result)), (Some(false), "0".to_owned(), 0));
    }
}

#[test]
fn base_12_lines_without_their_agreement_and_an_order_with_a_page_id_fail_alone() {
    let running = world();

    let results = bundle(
        &caller(&running),
        &[
            r#"{"resourceType":"addition","apiRequest":{}}"#,
            r#"{"resourceType":"agreement","apiRequest":{"page":{"pageId":1},"filters":{"orderBy":"id"}}}"#,
            r#"{"resourceType":"agreement","apiRequest":{"page":{"page":0}}}"#,
            r#"{"resourceType":"agreement","apiRequest":{}}"#,
        ],
    );

    assert_eq!(statuses(&results), ["400", "400", "400", "200"]);
}

#[test]
fn base_12_a_page_of_an_item_has_25_rows_and_never_more_than_1000() {
    let lines = "{ product: GB },".repeat(1_002);
    let running = running(&format!(
        "companies: [{{ identifier: a }}]\nagreementTypes: [{{ name: T }}]\nproducts: [{{ identifier: GB }}]\n\
         agreements: [{{ id: 50001, company: a, name: A, type: T, additions: [{lines}] }}]"
    ));
    let caller =
        Caller::new(&running).with("Authorization", &basic("msp+public:private")).with("clientId", "any");

    let results = bundle(
        &caller,
        &[
            r#"{"resourceType":"addition","apiRequest":{"parentId":50001}}"#,
            r#"{"resourceType":"addition","apiRequest":{"parentId":50001,"page":{"pageSize":5000}}}"#,
            r#"{"resourceType":"addition","apiRequest":{"parentId":50001,"page":{"pageSize":1000,"page":2}}}"#,
        ],
    );

    assert_eq!(results.iter().map(rows).collect::<Vec<_>>(), [25, 1_000, 2]);
    assert_eq!(results[1].descend(&["count"]).to_string(), "1000");
}

#[test]
fn base_12_without_keys_the_whole_bundle_is_refused() {
    let running = world();

    let reply =
        caller(&running).without("Authorization").send("POST", "system/bundles", r#"{"requests":[]}"#);

    assert_eq!((reply.status, reply.at("code")), (401, "\"Unauthorized\"".to_owned()));
}

#[test]
fn base_02_a_missing_client_id_is_401_or_400_and_a_strange_company_401_or_404() {
    let statuses = |options: &str| {
        let running = super::world_with(options);
        let nameless = caller(&running).without("clientId").get("system/info").status;
        let stranger = caller(&running).with("Authorization", &basic("nobody+pub:priv")).get("system/info");
        [nameless, stranger.status]
    };

    assert_eq!(statuses("missingClientId: 401, badCompany: 401"), [401, 401]);
    assert_eq!(statuses("missingClientId: 400, badCompany: 404"), [400, 404]);
}

#[test]
fn base_11_my_security_names_the_one_right_that_is_missing() {
    let running = world();
    let all = Levels { inquire: Level::All, add: Level::All, edit: Level::None, delete: Level::All };
    running.set_role("trueup", Role::everything().with(Function::Agreements, all));
    let caller = caller(&running);

    let rows = caller.get("system/mySecurity?conditions=moduleFunctionName=%22Agreements%22").json();

    let row = &rows.list().unwrap()[0];
    let level = |name: &str| row.descend(&[name]).as_text().unwrap().to_owned();
    let shown = ["inquireLevel", "addLevel", "editLevel", "deleteLevel"].map(level);
    assert_eq!(shown, ["All", "All", "None", "All"]);
    assert_eq!((caller.set_quantity(super::LINE, "7").status, running.audit_rows()), (403, 0));
}
