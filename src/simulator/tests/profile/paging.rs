//! Lists that change, lie or lead astray while they are read.

use super::super::{AGREEMENT, LINE};
use super::{caller, lines, troubled};
use crate::simulator::Kind;

#[test]
fn fault_18_a_row_deleted_between_two_pages_leaves_a_gap() {
    let running = troubled(&["{ on: { route: additions }, when: { times: 1 }, fault: rowDeleted }"]);
    let caller = caller(&running);

    let pages = [lines(&caller, "?pageSize=1&page=1").ids(), lines(&caller, "?pageSize=1&page=2").ids()];

    assert_eq!(pages, [vec![LINE], vec![]], "the second line moved to the page that was read already");
    assert_eq!(running.hand_edits().len(), 1);
    assert!(running.addition(LINE).is_none());
}

#[test]
fn fault_18_a_row_inserted_between_two_pages_shows_one_twice() {
    let running = troubled(&["{ on: { route: additions }, when: { times: 1 }, fault: rowInserted }"]);
    let caller = caller(&running);

    let pages = [lines(&caller, "?pageSize=1&page=1").ids(), lines(&caller, "?pageSize=1&page=2").ids()];

    assert_eq!(pages, [vec![LINE], vec![LINE]]);
    assert_eq!(running.records(Kind::Addition).len(), 3);
}

#[test]
fn fault_18_a_page_is_shorter_than_asked_though_more_follow_and_no_row_is_lost() {
    let running = troubled(&["{ fault: { shortPage: { rows: 2 } } }"]);
    let caller = caller(&running);

    let first = caller.get("company/companies?pageSize=100&page=1");
    let second = caller.get("company/companies?pageSize=100&page=2");

    assert_eq!([first.ids().len(), second.ids().len()], [2, 1]);
    assert!(first.header("link").unwrap().contains("rel=\"next\""));
}

#[test]
fn fault_18_a_count_disagrees_with_its_list() {
    let running = troubled(&["{ on: { route: count }, fault: { countOff: { by: -1 } } }"]);
    let caller = caller(&running);

    let count = caller.get(&format!("finance/agreements/{AGREEMENT}/additions/count"));

    assert_eq!((count.at("count"), lines(&caller, "").ids().len()), ("1".to_owned(), 2));
}

#[test]
fn fault_18_a_page_is_repeated_in_both_modes() {
    let running = troubled(&["{ on: { route: additions }, when: { every: 2 }, fault: repeatedPage }"]);
    let by_number = caller(&running);
    let forward = caller(&running).with("pagination-type", "forward-only");

    let pages = [
        lines(&by_number, "?pageSize=1&page=1").ids(),
        lines(&by_number, "?pageSize=1&page=2").ids(),
        lines(&forward, "?pageSize=1").ids(),
        lines(&forward, &format!("?pageSize=1&pageId={LINE}")).ids(),
    ];

    assert_eq!(pages, [vec![LINE], vec![LINE], vec![LINE], vec![LINE]]);
}

#[test]
fn fault_18_the_link_loops_leads_elsewhere_or_is_missing() {
    let link = |rule: &str| {
        let running = troubled(&[rule]);
        let reply = lines(&caller(&running), "?pageSize=1&page=1");
        (reply.header("link").map(str::to_owned), running.url())
    };
    let path = format!("/v4_6_release/apis/3.0/finance/agreements/{AGREEMENT}/additions");

    let (looped, url) = link("{ fault: linkLoops }");
    let (elsewhere, _) = link("{ fault: { linkElsewhere: { to: 'https://evil.example' } } }");
    let (missing, _) = link("{ fault: linkMissing }");

    assert_eq!(looped.unwrap(), format!("<{url}{path}?pageSize=1&page=1>; rel=\"next\""));
    let next = format!("<https://evil.example{path}?pageSize=1&page=2>; rel=\"next\"");
    assert!(elsewhere.unwrap().starts_with(&next));
    assert_eq!(missing, None);
}
