//! Bundled lists, with every kind of damage done to single parts.

use super::{Part, read, request};
use crate::billing::AgreementId;
use crate::connectwise::wire::Names;

const AGREEMENTS: [AgreementId; 2] = [AgreementId(3), AgreementId(4)];

fn addition(id: usize, agreement: i64) -> String {
    format!(
        r#"{{"id":{id},"agreementId":{agreement},"product":{{"id":21,"identifier":"A"}},"quantity":1,"billCustomer":"Billable"}}"#
    )
}

fn part(number: usize, entities: &str) -> String {
    format!(
        r#"{{"sequenceNumber":{number},"resourceType":"addition","entities":{entities},"success":true,"statusCode":200}}"#
    )
}

fn parts(results: &[String]) -> Vec<(AgreementId, Part)> {
    let body = format!(r#"{{"results":[{}]}}"#, results.join(","));
    read(body.as_bytes(), &AGREEMENTS, &mut Names::default()).unwrap()
}

/// What the first part is, when the second one is good.
fn first(part_one: &str) -> Part {
    let mut parts = parts(&[part(2, &format!("[{}]", addition(12, 4))), part_one.to_owned()]);
    assert_eq!(parts.len(), 2);
    assert!(matches!(&parts[1], (AgreementId(4), Part::Whole(additions)) if additions.len() == 1));
    parts.remove(0).1
}

fn failed(part: &Part) -> bool {
    matches!(part, Part::Failed(_))
}

#[test]
fn a_request_asks_for_each_agreement_by_its_place() {
    let body: serde_json::Value = serde_json::from_slice(&request(&AGREEMENTS)).unwrap();

    let requests = body["requests"].as_array().unwrap();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[1]["sequenceNumber"], 2);
    assert_eq!(requests[1]["resourceType"], "addition");
    assert_eq!(requests[1]["apiRequest"]["parentId"], 4);
    assert_eq!(requests[1]["apiRequest"]["page"]["pageSize"], 1_000);
    assert_eq!(requests[1]["apiRequest"]["filters"]["orderBy"], "id asc");
}

#[test]
fn answers_find_their_agreement_whatever_their_order() {
    let whole = first(&part(1, &format!("[{}]", addition(11, 3))));

    assert!(matches!(whole, Part::Whole(additions) if additions[0].agreement == AgreementId(3)));
}

#[test]
fn an_empty_list_is_whole_but_a_missing_one_is_not() {
    assert_eq!(first(&part(1, "[]")), Part::Whole(vec![]));
    assert_eq!(
        first(r#"{"sequenceNumber":1,"count":0,"success":true,"statusCode":200}"#),
        Part::Whole(vec![])
    );
    assert!(failed(&first(r#"{"sequenceNumber":1,"success":true,"statusCode":200}"#)));
    assert!(failed(&first(r#"{"sequenceNumber":1,"entities":null,"success":true}"#)));
}

#[test]
fn damage_stays_with_its_own_agreement() {
    let good = addition(11, 3);
    for damaged in [
        r#"{"sequenceNumber":1,"entities":[],"success":false,"statusCode":403,"error":{"message":"no"}}"#
            .to_owned(),
        r#"{"sequenceNumber":1,"entities":[],"success":true,"statusCode":500}"#.to_owned(),
        r#"{"sequenceNumber":1,"entities":[],"error":{"code":"NotFound"}}"#.to_owned(),
        r#"{"sequenceNumber":1,"entities":{}}"#.to_owned(),
        r#"{"sequenceNumber":"1","entities":[]}"#.to_owned(),
        r#"{"sequenceNumber":9,"entities":[]}"#.to_owned(),
        r#"{"sequenceNumber":0,"entities":[]}"#.to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        part(1, &format!("[{good},{good}]")),
        part(1, &format!("[{}]", addition(11, 4))),
        part(1, &format!("[{}]", good.replace("Billable", "Perhaps"))),
        part(1, &format!("[{}]", good.replace("\"id\":11", "\"id\":\"11\""))),
    ] {
        assert!(failed(&first(&damaged)), "{damaged}");
    }
}

#[test]
fn two_answers_to_one_part_spoil_it() {
    let parts = parts(&[part(1, "[]"), part(1, &format!("[{}]", addition(11, 3)))]);

    assert!(failed(&parts[0].1) && failed(&parts[1].1));
}

#[test]
fn a_part_that_may_go_on_is_not_taken_for_whole() {
    let full: Vec<String> = (1..=1_000).map(|id| addition(id, 3)).collect();
    let mut unordered = full.clone();
    unordered.reverse();
    let counted = part(1, &format!("[{}]", full[0])).replace("\"success\"", "\"count\":2,\"success\"");

    assert!(
        matches!(first(&part(1, &format!("[{}]", full.join(",")))), Part::Begun(some) if some.len() == 1_000)
    );
    assert_eq!(first(&part(1, &format!("[{}]", unordered.join(",")))), Part::Unordered);
    assert!(matches!(first(&counted), Part::Begun(some) if some.len() == 1));
}

#[test]
fn b23_a_part_that_may_have_been_cut_at_a_usual_page_is_not_taken_for_whole() {
    for given in [25, 50, 100, 250] {
        let records: Vec<String> = (1..=given).map(|id| addition(id, 3)).collect();
        let uncounted = part(1, &format!("[{}]", records.join(",")));
        let counted = uncounted.replace("\"success\"", &format!("\"count\":{given},\"success\""));
        for cut in [&uncounted, &counted] {
            assert!(matches!(first(cut), Part::Begun(some) if some.len() == given), "{given}");
        }
    }
    for given in [1, 24, 26, 51] {
        let records: Vec<String> = (1..=given).map(|id| addition(id, 3)).collect();
        let whole = first(&part(1, &format!("[{}]", records.join(","))));
        assert!(matches!(whole, Part::Whole(all) if all.len() == given), "{given}");
    }
}

/// A part with that many additions, and what it says of their count.
fn part_of(records: usize, count: Option<usize>) -> String {
    let additions: Vec<String> = (1..=records).map(|id| addition(id, 3)).collect();
    let part = part(1, &format!("[{}]", additions.join(",")));
    match count {
        Some(count) => part.replace("\"success\"", &format!("\"count\":{count},\"success\"")),
        None => part,
    }
}

#[test]
fn b12_b23_a_part_that_a_server_cut_at_its_usual_page_is_continued() {
    for (cut, records) in [
        (part_of(25, None), 25),
        (part_of(25, Some(40)), 25),
        (part_of(25, Some(25)), 25),
        (part_of(24, Some(40)), 24),
        (part_of(100, Some(100)), 100),
        (part_of(3, Some(0)), 3),
    ] {
        let part = first(&cut);

        assert!(matches!(&part, Part::Begun(begun) if begun.len() == records), "{records}: {part:?}");
    }
    for whole in [part_of(24, None), part_of(40, Some(40)), part_of(0, Some(0))] {
        assert!(matches!(first(&whole), Part::Whole(_)), "{whole}");
    }
}

#[test]
fn what_is_no_bundle_is_an_error() {
    for body in ["", "null", "[]", "{}", r#"{"results":null}"#, "<html>"] {
        assert!(read(body.as_bytes(), &AGREEMENTS, &mut Names::default()).is_err(), "{body}");
    }
}
