//! Pages, links, projection and order.

use super::{Caller, basic, caller, running, world};
use crate::contract::Watched;
use crate::simulator::Kind;

/// Seven companies, and a caller.
fn seven() -> (Watched, Caller) {
    let companies: Vec<String> =
        (1..=7).map(|n| format!("{{ identifier: c{n}, name: N{} }}", n % 3)).collect();
    let running = running(&format!("companies: [{}]", companies.join(", ")));
    let caller =
        Caller::new(&running).with("Authorization", &basic("msp+public:private")).with("clientId", "any");
    (running, caller)
}

/// The links of an answer: relation and query.
fn links(link: &str) -> Vec<(String, String)> {
    let one = |part: &str| {
        let (url, relation) = part.split_once(">; rel=\"").unwrap();
        (relation.trim_end_matches('"').to_owned(), url.split_once('?').unwrap().1.to_owned())
    };
    link.split(", ").map(one).collect()
}

fn named(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, query)| ((*name).to_owned(), (*query).to_owned())).collect()
}

#[test]
fn base_06_navigable_pages_link_to_their_neighbours_and_repeat_the_filters() {
    let (running, caller) = seven();
    let get = |page: u32| caller.get(&format!("company/companies?page={page}&pagesize=3&conditions=id%3E0"));

    let (first, middle, last) = (get(1), get(2), get(3));

    assert_eq!((first.ids().len(), middle.ids().len(), last.ids()), (3, 3, vec![20_007]));
    let query = |page: u32| format!("pagesize=3&conditions=id%3E0&page={page}");
    let (one, two, three) = (query(1), query(2), query(3));
    let link = |reply: &super::Reply| links(reply.header("link").unwrap());
    assert_eq!(link(&first), named(&[("next", &two), ("last", &three)]));
    assert_eq!(link(&middle), named(&[("next", &three), ("last", &three), ("first", &one), ("prev", &one)]));
    assert_eq!(link(&last), named(&[("first", &one), ("prev", &two)]));
    let start = format!("<http://{}/v4_6_release/apis/3.0/company/companies?", running.address());
    assert!(first.header("link").unwrap().starts_with(&start));
}

#[test]
fn base_06_pages_count_from_1_have_25_rows_and_never_more_than_1000() {
    let companies: Vec<String> = (1..=1002).map(|n| format!("{{ identifier: c{n} }}")).collect();
    let running = running(&format!("companies: [{}]", companies.join(", ")));
    let caller =
        Caller::new(&running).with("Authorization", &basic("msp+public:private")).with("clientId", "any");
    let rows = |query: &str| caller.get(&format!("company/companies?{query}")).ids().len();

    assert_eq!(rows(""), 25);
    assert_eq!(rows("pageSize=5000"), 1000);
    assert_eq!(rows("pageSize=1000&page=2"), 2);
    assert_eq!(rows("pageSize=1000&page=3"), 0);
    assert_eq!(caller.get("company/companies?page=0").status, 400);
    assert_eq!(caller.get("company/companies?pageSize=x").status, 400);
    assert_eq!(caller.get("company/companies/count").at("count"), "1002");
}

#[test]
fn base_06_a_list_on_one_page_has_no_link() {
    let (_running, caller) = seven();

    assert_eq!(caller.get("company/companies").header("link"), None);
}

#[test]
fn base_06_forward_only_paging_always_sends_a_link_and_refuses_order_by() {
    let (_running, caller) = seven();
    let forward = caller.with("pagination-type", "forward-only");
    let get = |query: &str| forward.get(&format!("company/companies?{query}"));

    let first = get("pageSize=3&conditions=id!=20002&page=9");
    let next = get("pageSize=3&conditions=id!=20002&pageId=20004");
    let ordered = get("pageSize=3&orderBy=name");

    assert_eq!(first.ids(), [20_001, 20_003, 20_004]);
    let link = links(first.header("link").unwrap());
    assert_eq!(link, named(&[("next", "pageSize=3&conditions=id!=20002&page=9&pageId=20004")]));
    assert_eq!((next.ids(), next.header("link")), (vec![20_005, 20_006, 20_007], Some("")));
    assert_eq!(ordered.status, 400);
    assert_eq!(get("pageId=20007").header("link"), Some(""));
}

#[test]
fn base_06_forward_only_paging_loses_no_row_that_stood_at_the_start() {
    let running = world();
    let forward = caller(&running).with("pagination-type", "forward-only");
    let page =
        |after: u32| forward.get(&format!("finance/agreements/50001/additions?pageSize=1&pageId={after}"));

    let first = page(0).ids();
    running.delete_addition(first[0]).unwrap();
    let second = page(first[0]);

    assert_eq!((second.ids(), second.header("link")), (vec![100_002], Some("")));
}

#[test]
fn base_06_the_audit_trail_pages_by_number_only_and_sends_no_link_to_forward_readers() {
    let running = world();
    let caller = caller(&running);
    for quantity in ["1", "2", "3"] {
        caller.set_quantity(super::LINE, quantity);
    }
    let page = "system/audittrail?type=AgreementAddition&id=100001&pageSize=2&page=2";
    let by_number = caller.get(page);
    let forward = caller.with("pagination-type", "forward-only").get(page);

    assert!(by_number.header("link").unwrap().contains("rel=\"prev\""));
    assert_eq!((forward.status, forward.header("link")), (200, None));
    assert_eq!((forward.json().list().unwrap().len(), forward.body), (1, by_number.body));
}

#[test]
fn base_06_fields_project_also_below_references_and_on_single_records() {
    let running = world();
    let caller = caller(&running);
    let line = caller.line(super::LINE);

    let lines = caller.get("finance/agreements/50001/additions?fields=id,product/identifier,quantity");
    let one = caller.get(&format!("{line}?Fields=_info/updatedBy,QUANTITY"));

    let first = lines.json().list().unwrap()[0].to_string();
    assert_eq!(first, r#"{"id":100001,"product":{"identifier":"BACKUP-GB"},"quantity":120.00}"#);
    assert_eq!(one.body, r#"{"quantity":120.00,"_info":{"updatedBy":"admin"}}"#);
}

#[test]
fn base_06_order_by_takes_several_fields_and_refuses_unknown_ones() {
    let (_running, caller) = seven();
    let get = |order: &str| caller.get(&format!("company/companies?orderby={order}"));

    assert_eq!(get("name%20desc,id%20desc").ids()[..3], [20_005, 20_002, 20_007]);
    assert_eq!(get("name,identifier+asc").ids()[..3], [20_003, 20_006, 20_001]);
    assert_eq!((get("nothing").status, get("name%20up").status), (400, 400));
}

#[test]
fn base_06_fields_project_the_answer_to_a_creation() {
    let running = world();

    let body = r#"{"product":{"id":502},"billCustomer":"Billable","effectiveDate":"2026-12-01T00:00:00Z"}"#;
    let path = "finance/agreements/50001/additions?fields=id,product/identifier,customFields/value";
    let reply = caller(&running).send("POST", path, body);

    assert_eq!(reply.body, r#"{"id":100003,"product":{"identifier":"IMAGE"},"customFields":[]}"#);
}

#[test]
fn base_06_order_by_reaches_below_references_and_into_information() {
    let running = world();
    let caller = caller(&running);
    running.by("jo").edit(Kind::Agreement, 50_002, "customerPO", "7").unwrap();
    let get = |order: &str| caller.get(&format!("finance/agreements?orderBy={order}")).ids();

    assert_eq!(get("Company/Name,id%20DESC"), [50_003, 50_002, 50_001]);
    assert_eq!(get("type/id%20desc,id"), [50_003, 50_001, 50_002]);
    assert_eq!(get("lastUpdated%20desc,id"), [50_002, 50_001, 50_003]);
}

#[test]
fn base_06_counts_honour_the_same_filters_and_no_page() {
    let running = world();
    let count = |query: &str| caller(&running).get(&format!("company/companies/count?{query}")).body;

    assert_eq!(count("pageSize=1&page=2"), r#"{"count":3}"#);
    assert_eq!(count("conditions=deletedFlag=false"), r#"{"count":2}"#);
    assert_eq!(count("CustomFieldConditions=caption=%22Seats%22+and+value=4"), r#"{"count":1}"#);
    let refused = caller(&running).get("company/companies?conditions=nothing=1");
    assert_eq!((refused.status, count("conditions=nothing=1")), (400, refused.body));
}

#[test]
fn base_06_every_link_ends_in_the_number_of_its_page_whatever_was_sent() {
    let (_running, caller) = seven();

    for query in ["PAGE=2&pageSize=2", "pageSize=2&page=2&conditions=id%3E0", "page=2&page=1&pageSize=2"] {
        let reply = caller.get(&format!("company/companies?{query}"));
        for (relation, query) in links(reply.header("link").unwrap()) {
            let (rest, page) = query.rsplit_once("&page=").unwrap();
            assert!(page.parse::<u32>().is_ok(), "{relation}: {query}");
            assert!(!format!("&{rest}").to_lowercase().contains("&page="), "{relation}: {query}");
        }
    }
}

#[test]
fn base_06_forward_only_answers_in_the_order_of_ids_whatever_the_default_is() {
    let running = super::world_with("defaultOrder: idDescending");
    let forward = caller(&running).with("Pagination-Type", "Forward-Only");

    let page = forward.get("company/companies?PAGEID=20001&PAGESIZE=1");

    assert_eq!(page.ids(), [20_002]);
    assert_eq!(links(page.header("link").unwrap()), named(&[("next", "PAGESIZE=1&pageId=20002")]));
    assert_eq!(forward.get("company/companies?pageId=x").status, 400);
}
