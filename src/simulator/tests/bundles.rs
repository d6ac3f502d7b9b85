//! Bundles.

use super::{Reply, basic, caller, world};
use crate::simulator::Value;

fn results(reply: &Reply) -> Vec<Value> {
    reply.json().descend(&["results"]).list().unwrap().to_vec()
}

fn shown(result: &Value, name: &str) -> String {
    result.descend(&[name]).to_string()
}

#[test]
fn base_12_each_request_of_a_bundle_has_its_own_status() {
    let running = world();

    let body = r#"{"requests":[
        {"Version":"2026.4","SequenceNumber":1,"ResourceType":"addition","ApiRequest":{"parentId":50001,
            "filters":{"conditions":"product/id=502","orderBy":"id desc"},"page":{"page":1,"pageSize":10},"fields":"id,quantity"}},
        {"SequenceNumber":2,"ResourceType":"addition","ApiRequest":{"parentId":9}},
        {"SequenceNumber":3,"ResourceType":"agreement","ApiRequest":{"id":50002,"fields":"id"}},
        {"SequenceNumber":4,"ResourceType":"agreement","ApiRequest":{"filters":{"conditions":"nothing=1"}}},
        {"SequenceNumber":5,"ResourceType":"unheard"}]}"#;
    let reply = caller(&running).send("POST", "system/bundles", body);

    assert_eq!(reply.status, 200);
    let results = results(&reply);
    let statuses: Vec<String> = results.iter().map(|result| shown(result, "statusCode")).collect();
    assert_eq!(statuses, ["200", "404", "200", "400", "400"]);
    let expected = r#"{"sequenceNumber":1,"resourceType":"addition","entities":[{"id":100002,"quantity":3}],"count":1,"version":"2026.4","success":true,"statusCode":200}"#;
    assert_eq!(results[0].to_string(), expected);
    assert_eq!(shown(&results[1], "success"), "false");
    assert_eq!(results[1].descend(&["error", "message"]).as_text(), Some("Agreement 9 not found"));
    assert_eq!(shown(&results[2], "entities"), r#"[{"id":50002}]"#);
    assert_eq!(results[3].descend(&["error", "code"]).as_text(), Some("ApiFindCondition"));
    assert_eq!(running.mutations(), Vec::new());
    assert!(running.log()[0].is_read());
}

#[test]
fn base_12_names_have_no_case_and_pages_go_by_number_or_id() {
    let running = world();

    let body = r#"{"Requests":[
        {"sequencenumber":1,"resourcetype":"Addition","apirequest":{"PARENTID":50001,"Page":{"PageSize":1,"Page":2}}},
        {"sequencenumber":2,"resourcetype":"ADDITION","apirequest":{"parentId":50001,"page":{"pageId":100001}}},
        {"sequencenumber":3,"resourcetype":"agreement","apirequest":{"FILTERS":{"Conditions":"company/id=20002","ORDERBY":"id desc"}}}]}"#;
    let reply = caller(&running).send("POST", "system/bundles", body);

    let ids = |result: &Value| {
        let entities = result.descend(&["entities"]).list().unwrap().to_vec();
        entities.iter().map(|entity| shown(entity, "id")).collect::<Vec<_>>()
    };
    let results = results(&reply);
    assert_eq!(
        [ids(&results[0]), ids(&results[1]), ids(&results[2])],
        [vec!["100002"], vec!["100002"], vec!["50003", "50002"]]
    );
}

#[test]
fn base_12_permissions_are_judged_item_by_item() {
    let running = world();
    let reader = caller(&running).with("Authorization", &basic("msp+look:only"));

    let body = r#"{"requests":[{"resourceType":"ticket","apiRequest":{}},{"resourceType":"agreement","apiRequest":{}}]}"#;
    let reply = reader.send("POST", "system/bundles", body);

    let statuses: Vec<String> = results(&reply).iter().map(|result| shown(result, "statusCode")).collect();
    assert_eq!((reply.status, statuses), (200, vec!["403".to_owned(), "200".to_owned()]));
}

#[test]
fn base_12_only_the_resource_types_that_are_known_of_are_served() {
    let running = world();
    let status = |resource: &str| {
        let request = format!(r#"{{"resourceType":"{resource}","apiRequest":{{"parentId":50001}}}}"#);
        let body = format!(r#"{{"requests":[{request}]}}"#);
        shown(&results(&caller(&running).send("POST", "system/bundles", &body))[0], "statusCode")
    };

    assert_eq!(["ticket", "agreement", "addition"].map(status), ["200", "200", "200"]);
    assert_eq!(["company", "catalog", ""].map(status), ["400", "400", "400"]);
}

#[test]
fn base_12_a_bundle_reads_and_cannot_write() {
    let running = world();

    let body = r#"{"requests":[{"resourceType":"addition","method":"DELETE","apiRequest":{"parentId":50001,"id":100001,
        "entity":{"quantity":9}}}]}"#;
    let reply = caller(&running).send("POST", "system/bundles", body);

    assert_eq!(results(&reply)[0].descend(&["entities"]).list().unwrap().len(), 1);
    assert_eq!((running.quantity(super::LINE), running.audit_rows()), (Some("120.00".parse().unwrap()), 0));
}

#[test]
fn base_12_a_bundle_that_is_none_is_refused_whole() {
    let running = world();

    for body in ["{}", "[]", r#"{"requests":5}"#] {
        assert_eq!(caller(&running).send("POST", "system/bundles", body).status, 400, "{body}");
    }
}

#[test]
fn base_12_a_number_may_come_as_a_text_and_what_is_none_is_no_list() {
    let running = world();
    let body = r#"{"requests":[
        {"resourceType":"agreement","apiRequest":{"id":"50002"}},
        {"resourceType":"agreement","apiRequest":{"id":-1}},
        {"resourceType":"agreement","apiRequest":{"id":"+50002"}},
        {"resourceType":"addition","apiRequest":{"parentId":"x"}},
        {"resourceType":"addition","apiRequest":{"parentId":"50001","page":{"page":"2","pageSize":"1"}}}]}"#;

    let reply = caller(&running).send("POST", "system/bundles", body);

    let results = results(&reply);
    let statuses: Vec<String> = results.iter().map(|result| shown(result, "statusCode")).collect();
    assert_eq!(statuses, ["200", "400", "400", "400", "200"]);
    let ids = |place: usize| {
        let entities = results[place].descend(&["entities"]).list().unwrap().to_vec();
        entities.iter().map(|entity| shown(entity, "id")).collect::<Vec<_>>()
    };
    assert_eq!([ids(0), ids(1), ids(4)], [vec!["50002"], vec![], vec!["100002"]]);
}

#[test]
fn base_12_a_bundle_of_more_than_fifty_requests_is_refused_whole() {
    let running = world();
    let bundle = |requests: usize| {
        let request = r#"{"resourceType":"agreement","apiRequest":{"id":50001,"fields":"id"}}"#;
        let body = format!(r#"{{"requests":[{}]}}"#, vec![request; requests].join(","));
        caller(&running).send("POST", "system/bundles", &body)
    };

    let fifty = bundle(50);
    let one_more = bundle(51);

    assert_eq!((fifty.status, results(&fifty).len(), one_more.status), (200, 50, 400));
    assert!(one_more.body.contains("too many requests"), "{}", one_more.body);
}

#[test]
fn base_12_a_request_of_a_bundle_answers_a_thousand_rows_at_most() {
    let companies: Vec<String> =
        (1..=1_001).map(|n| format!("{{ company: c, name: a{n}, type: t }}")).collect();
    let running = super::running(&format!(
        "companies: [{{ identifier: c, name: c }}]\nagreementTypes: [{{ name: t }}]\nagreements: [{}]\n",
        companies.join(", ")
    ));
    let caller = super::Caller::new(&running)
        .with("Authorization", &basic("msp+public:private"))
        .with("clientId", "any");
    let rows = |page: &str| {
        let request = format!(r#"{{"resourceType":"agreement","apiRequest":{{"fields":"id"{page}}}}}"#);
        let reply = caller.send("POST", "system/bundles", &format!(r#"{{"requests":[{request}]}}"#));
        shown(&results(&reply)[0], "count")
    };

    assert_eq!(rows(r#","page":{"pageSize":5000}"#), "1000");
    assert_eq!(rows(""), "25");
}
