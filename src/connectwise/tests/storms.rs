//! A site that asks for fewer requests, and one that fails for everybody.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{ConnectWiseError, FarEnd, Heard, Reply, connected, scripted};
use crate::billing::{AdditionId, AgreementId, Quantity};
use crate::connectwise::{Class, ConnectWise, NewTicket, Scope, TicketAnswer, WriteAnswer};

const RECORD: &str = r#"{"id":11,"agreementId":3,"product":{"id":21,"identifier":"A"},"quantity":5,"billCustomer":"Billable"}"#;
/// The one body of this service that has another shape.
const THROTTLED: &str =
    r#"{"error":"ConnectWiseAPI","message":"API usage has exceeded the limit, retry in 30 seconds"}"#;

fn throttled(retry_after: Option<&str>) -> Reply {
    let reply = Reply::json(429, THROTTLED);
    retry_after.map_or_else(|| reply.clone(), |told| reply.clone().with("Retry-After", told))
}

/// A far end that throttles the first requests below the API, and then answers.
async fn throttling(first: usize, retry_after: Option<&'static str>) -> FarEnd {
    let asked = AtomicUsize::new(0);
    scripted(move |_| match asked.fetch_add(1, Ordering::SeqCst) < first {
        true => throttled(retry_after),
        false => Reply::json(200, RECORD),
    })
    .await
}

async fn read(connect_wise: &ConnectWise) -> Result<bool, ConnectWiseError> {
    connect_wise.addition(AgreementId(3), AdditionId(11)).await.map(|read| read.is_some())
}

#[tokio::test]
async fn b5_a_read_that_is_throttled_once_is_repeated_whatever_the_header_says() {
    for told in [
        None,
        Some("0"),
        Some("-5"),
        Some("soon"),
        Some(""),
        Some("1.5"),
        Some("Thu, 01 Jan 1970 00:00:00 GMT"),
    ] {
        let far_end = throttling(1, told).await;

        assert_eq!(read(&connected(&far_end).await).await, Ok(true), "{told:?}");
        assert_eq!(far_end.heard_below_api().len(), 2);
    }
}

#[tokio::test]
async fn b5_an_absurd_pause_ends_the_read_and_nobody_is_asked_while_it_lasts() {
    for told in ["1000000000", "99999999999999999999999", "61"] {
        let far_end = throttling(1, Some(told)).await;
        let connect_wise = connected(&far_end).await;

        let first = read(&connect_wise).await.unwrap_err();
        let second = read(&connect_wise).await.unwrap_err();
        let write =
            connect_wise.writer().set_quantity(AgreementId(3), AdditionId(11), Quantity::from(5)).await;
        let ticket = NewTicket { board: "b", company: "c", summary: "s", description: "d" };
        let ticket = connect_wise.ticket_desk().open_ticket(&ticket).await;

        for refused in [first, second] {
            let Class::Throttled { wait: Some(wait) } = refused.class() else { panic!("{refused:?}") };
            assert!(wait <= Duration::from_secs(900), "{told}: {wait:?}");
        }
        assert!(matches!(write, WriteAnswer::NotSent { .. }), "{write:?}");
        assert!(matches!(ticket, TicketAnswer::NotSent { .. }), "{ticket:?}");
        assert_eq!(far_end.heard_below_api().len(), 1, "{told}");
    }
}

#[tokio::test]
async fn b5_a_throttled_write_is_in_doubt_and_what_follows_waits() {
    let far_end = throttling(1, Some("600")).await;
    let connect_wise = connected(&far_end).await;

    let write = connect_wise.writer().set_quantity(AgreementId(3), AdditionId(11), Quantity::from(5)).await;
    let after = read(&connect_wise).await;

    assert!(matches!(write, WriteAnswer::InDoubt { .. }), "{write:?}");
    assert!(matches!(after, Err(ConnectWiseError::Throttled { .. })), "{after:?}");
    assert_eq!(far_end.heard_below_api().len(), 1);
}

/// A far end with two hundred agreements of which nobody may read an addition.
fn many_agreements(heard: &Heard, additions: &Reply) -> Reply {
    let agreement = |id: i64| {
        format!(
            r#"{{"id":{id},"name":"Backup","type":{{"id":5}},"company":{{"id":7}},"startDate":"2026-01-01T00:00:00Z"}}"#
        )
    };
    let agreements: Vec<String> = (101..=300).map(agreement).collect();
    match heard.counted() {
        Some(list) => Reply::count_of(&many_agreements(&list, additions)),
        None => match heard.path() {
            "company/companies" => Reply::page(r#"[{"id":7,"identifier":"acme","name":"Acme"}]"#),
            "finance/agreements/types" => Reply::page(r#"[{"id":5,"name":"Managed"}]"#),
            "finance/agreements" => Reply::page(&format!("[{}]", agreements.join(","))),
            "system/bundles" => Reply::json(404, r#"{"code":"ConnectWiseApi","message":"no"}"#),
            path if path.ends_with("/additions") => additions.clone(),
            _ => Reply::page("[]"),
        },
    }
}

#[tokio::test]
async fn b5_a_storm_aborts_the_pass_after_few_requests_and_says_why() {
    let far_end = scripted(|heard| many_agreements(heard, &throttled(None))).await;
    let connect_wise = connected(&far_end).await;
    let scope = Scope { agreement_types: ["Managed".into()].into(), ..Scope::default() };

    let error = connect_wise.read_view(&scope, &|_| ()).await.unwrap_err();

    assert!(matches!(error.class(), Class::Throttled { .. }), "{error:?}");
    assert_eq!(error.to_string(), "ConnectWise asks for fewer requests");
    let asked = far_end.heard_below_api().iter().filter(|heard| heard.path().ends_with("/additions")).count();
    assert!(asked <= 20, "{asked} requests in a storm");
}

#[tokio::test]
async fn b7_an_outage_of_every_agreement_costs_one_request_each_and_few_more() {
    let far_end = scripted(|heard| {
        many_agreements(
            heard,
            &Reply::json(500, r#"{"code":"ConnectWiseApi","message":"a timeout has occured"}"#),
        )
    })
    .await;
    let scope = Scope { agreement_types: ["Managed".into()].into(), ..Scope::default() };

    let view = connected(&far_end).await.read_view(&scope, &|_| ()).await.unwrap();

    assert_eq!((view.incomplete.len(), view.additions.len()), (200, 0));
    let asked = far_end.heard_below_api().iter().filter(|heard| heard.path().ends_with("/additions")).count();
    assert!((200..=215).contains(&asked), "{asked} requests for 200 agreements");
}

#[tokio::test]
async fn b7_a_server_that_says_timeout_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let far_end = scripted(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::json(500, r#"{"code":"ConnectWiseApi","message":"a timeout has occured"}"#),
        1 => Reply::silence(),
        _ => Reply::json(200, RECORD),
    })
    .await;

    assert_eq!(read(&connected(&far_end).await).await, Ok(true));
    assert_eq!(far_end.heard_below_api().len(), 3);
}
