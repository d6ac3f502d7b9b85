//! Single reads: what they send, what they repeat, and what they refuse to believe.

use super::{CLIENT_ID, PRIVATE_KEY, PUBLIC_KEY, Reply, connected, impatient, scripted};
use crate::billing::{AdditionId, AgreementId};
use crate::connectwise::ConnectWiseError;

const NOT_FOUND: &str = r#"{"code":"NotFound","message":"Addition 11 not found"}"#;

fn addition(id: i64) -> String {
    format!(
        r#"{{"id":{id},"agreementId":3,"product":{{"id":21,"identifier":"A"}},"quantity":5,"billCustomer":"Billable"}}"#
    )
}

#[tokio::test]
async fn a_read_carries_the_keys_the_version_and_only_the_fields_it_needs() {
    let far_end = scripted(|_| Reply::json(200, &addition(11))).await;
    let connect_wise = connected(&far_end).await;

    let read = connect_wise.addition(AgreementId(3), AdditionId(11)).await.unwrap().unwrap();

    assert_eq!(read.id, AdditionId(11));
    let heard = &far_end.heard_below_api()[0];
    assert_eq!((heard.method.as_str(), heard.path()), ("GET", "finance/agreements/3/additions/11"));
    assert_eq!(heard.header("accept"), Some("application/vnd.connectwise.com+json; version=2026.4"));
    assert_eq!(heard.header("clientid"), Some(CLIENT_ID));
    assert_eq!(heard.header("cache-control"), Some("no-cache"));
    assert!(heard.header("authorization").unwrap().starts_with("Basic "));
    let fields = heard.parameter("fields").unwrap();
    assert!(fields.starts_with("id,agreementId,product/id,"), "{fields}");
    assert!(!fields.contains("description"), "{fields}");
}

#[tokio::test]
async fn a_record_is_missing_only_when_connectwise_says_so_of_the_record() {
    let gone = scripted(|_| Reply::json(404, NOT_FOUND)).await;
    let misplaced =
        scripted(|_| Reply::json(404, r#"{"code":"ConnectWiseApi","message":"no such place"}"#)).await;

    let missing = connected(&gone).await.addition(AgreementId(3), AdditionId(11)).await;
    let unclear = connected(&misplaced).await.addition(AgreementId(3), AdditionId(11)).await;

    assert_eq!(missing, Ok(None));
    assert!(matches!(unclear, Err(ConnectWiseError::NotFound { .. })), "{unclear:?}");
}

#[tokio::test]
async fn b7_a_failing_read_is_repeated_four_times_and_then_given_up() {
    let heals =
        scripted(
            |heard| if heard.index < 5 { Reply::json(503, "") } else { Reply::json(200, &addition(11)) },
        );
    let (heals, fails) = (heals.await, scripted(|_| Reply::json(503, "")).await);

    let healed = connected(&heals).await.addition(AgreementId(3), AdditionId(11)).await;
    let failed = connected(&fails).await.addition(AgreementId(3), AdditionId(11)).await;

    assert!(matches!(healed, Ok(Some(_))), "{healed:?}");
    assert_eq!(heals.heard_below_api().len(), 5);
    assert!(matches!(failed, Err(ConnectWiseError::Server { status: 503, .. })), "{failed:?}");
    assert_eq!(fails.heard_below_api().len(), 5);
}

#[tokio::test]
async fn b7_a_broken_or_silent_connection_is_asked_again() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"id\":11"
        .to_vec();
    let far_end = scripted(move |heard| match heard.index {
        1 => Reply::silence(),
        2 => Reply::Raw(cut.clone()),
        3 => Reply::Never,
        _ => Reply::json(200, &addition(11)),
    })
    .await;

    let read = impatient(&far_end).await.addition(AgreementId(3), AdditionId(11)).await;

    assert!(matches!(read, Ok(Some(_))), "{read:?}");
    assert_eq!(far_end.heard_below_api().len(), 4);
}

#[tokio::test]
async fn refused_keys_are_not_tried_again() {
    for status in [401, 403] {
        let far_end = scripted(move |_| Reply::json(status, r#"{"code":"Security","message":"no"}"#)).await;

        let read = connected(&far_end).await.addition(AgreementId(3), AdditionId(11)).await;

        assert!(
            matches!(read, Err(ConnectWiseError::Unauthorized { .. } | ConnectWiseError::Forbidden { .. })),
            "{read:?}"
        );
        assert_eq!(far_end.heard_below_api().len(), 1);
    }
}

#[tokio::test]
async fn b9_answers_that_are_no_record_are_errors_and_never_missing_records() {
    for body in ["", "null", "[]", "{}", "{\"id\":11", "<html></html>", &addition(12)] {
        let body = body.to_owned();
        let far_end = scripted(move |_| Reply::json(200, &body)).await;

        let read = connected(&far_end).await.addition(AgreementId(3), AdditionId(11)).await;

        assert!(matches!(read, Err(ConnectWiseError::BadAnswer { .. })), "{read:?}");
    }
}

#[tokio::test]
async fn b9_i3_an_answer_without_end_is_cut_off() {
    let mut endless = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n".to_vec();
    endless.resize((64 << 20) + 1_000, b' ');
    let far_end = scripted(move |_| Reply::Raw(endless.clone())).await;
    let connect_wise = connected(&far_end).await;

    let read = connect_wise.addition(AgreementId(3), AdditionId(11)).await;

    assert!(matches!(read, Err(ConnectWiseError::TooLarge { .. })), "{read:?}");
}

#[tokio::test]
async fn a_server_that_echoes_our_keys_does_not_get_them_into_an_error() {
    let far_end = scripted(|heard| {
        let authorization = heard.header("authorization").unwrap_or_default();
        let echo = format!("{authorization} {PUBLIC_KEY}:{PRIVATE_KEY} {CLIENT_ID}");
        Reply::json(401, &format!(r#"{{"message":"{}"}}"#, echo.replace('c', "\\u0063")))
    })
    .await;

    let error = connected(&far_end).await.additions(AgreementId(3)).await.unwrap_err();

    let shown = format!("{error} {error:?}");
    assert!(shown.contains("[redacted]"), "{shown}");
    for secret in ["canary", far_end.heard_below_api()[0].header("authorization").unwrap()] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn b12_b13_a_list_is_read_to_its_end_by_the_last_number_and_never_by_the_address_named() {
    let far_end = scripted(|heard| {
        let after: i64 = heard.parameter("pageId").map_or(0, |after| after.parse().unwrap());
        if heard.counted().is_some() {
            return Reply::json(200, r#"{"count":6}"#);
        }
        let body = format!("[{},{}]", addition(after + 1), addition(after + 2));
        let next = r#"<https://evil.example/next?pageId=999>; rel="next""#;
        if after < 4 { Reply::json(200, &body).with("Link", next) } else { Reply::page(&body) }
    })
    .await;

    let additions = connected(&far_end).await.additions(AgreementId(3)).await.unwrap();

    let ids: Vec<i64> = additions.iter().map(|addition| addition.id.0).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    for heard in far_end.heard_below_api().iter().filter(|heard| heard.counted().is_none()) {
        assert_eq!(heard.header("pagination-type"), Some("forward-only"));
        assert_eq!(heard.parameter("pageSize").as_deref(), Some("1000"));
        assert_eq!((heard.parameter("page"), heard.parameter("orderBy")), (None, None));
    }
}

#[tokio::test]
async fn b13_a_list_that_goes_round_in_circles_is_an_error() {
    let far_end = scripted(|heard| match heard.counted() {
        Some(_) => Reply::json(200, r#"{"count":1}"#),
        None => Reply::json(200, &format!("[{}]", addition(1))).with("Link", r#"<x>; rel="next""#),
    })
    .await;

    let read = connected(&far_end).await.additions(AgreementId(3)).await;

    assert!(matches!(read, Err(ConnectWiseError::BadAnswer { .. })), "{read:?}");
    let pages = far_end.heard_below_api().into_iter().filter(|heard| heard.counted().is_none());
    assert_eq!(pages.count(), 2);
}
