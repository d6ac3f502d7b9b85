//! Answers as they come, and the errors they mean.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Answer, NextPage, Said};
use crate::connectwise::transport::Redaction;
use crate::connectwise::{ConnectWiseError, Resource};

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut map = HeaderMap::new();
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        map.insert("content-type", HeaderValue::from_static("application/json"));
    }
    for (name, value) in headers {
        map.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
    }
    Answer {
        status,
        headers: map,
        body: Bytes::copy_from_slice(body.as_bytes()),
        lost: None,
        redaction: Redaction::default(),
    }
}

fn error(status: u16, headers: &[(&str, &str)], body: &str) -> ConnectWiseError {
    answer(status, headers, body).json(Resource::Agreements).map(<[u8]>::to_vec).unwrap_err()
}

#[test]
fn the_link_header_tells_whether_more_follows_and_nothing_else() {
    let next = |links: &[(&str, &str)]| answer(200, links, "[]").next_page();

    assert_eq!(next(&[]), NextPage::Unsaid);
    assert_eq!(next(&[("link", "")]), NextPage::Last);
    assert_eq!(next(&[("link", "<https://evil.example/?pageId=9>; rel=\"next\"")]), NextPage::More);
    assert_eq!(next(&[("link", "<a>; rel=\"first\", <b?page=2>; rel=next")]), NextPage::More);
    assert_eq!(next(&[("link", "<a?x=rel=next>; rel=\"last\"")]), NextPage::Last);
}

#[test]
fn every_status_is_a_situation_of_its_own() {
    let body =
        r#"{"code":"InvalidObject","message":"bad","errors":[{"field":"quantity","message":"too big"}]}"#;
    let message = || "bad; quantity: too big".to_owned();
    let (resource, code) = (Resource::Agreements, "InvalidObject".to_owned());

    assert_eq!(error(401, &[], body), ConnectWiseError::Unauthorized { message: message() });
    assert_eq!(error(403, &[], body), ConnectWiseError::Forbidden { resource, message: message() });
    assert_eq!(
        error(404, &[], body),
        ConnectWiseError::NotFound { resource, code: code.clone(), message: message() }
    );
    assert_eq!(error(502, &[], body), ConnectWiseError::Server { resource, status: 502, message: message() });
    assert_eq!(
        error(400, &[], body),
        ConnectWiseError::Refused { resource, status: 400, code, message: message() }
    );
    assert_eq!(
        error(302, &[("location", "https://elsewhere.example/")], ""),
        ConnectWiseError::Redirected { resource, to: Some("https://elsewhere.example/".into()) }
    );
}

#[test]
fn b5_throttling_says_how_long_to_wait_in_seconds_or_by_date() {
    let wait = |headers: &[(&str, &str)]| match error(429, headers, r#"{"error":"ConnectWiseAPI"}"#) {
        ConnectWiseError::Throttled { retry_after } => retry_after,
        other => panic!("{other:?}"),
    };

    assert_eq!(wait(&[]), None);
    assert_eq!(wait(&[("retry-after", "30")]), Some(Duration::from_secs(30)));
    for told in ["-5", "+5", "5.5", "5s", "soon", "", "0x5"] {
        assert_eq!(wait(&[("retry-after", told)]), None, "{told}");
    }
    let endless = "9".repeat(40);
    assert_eq!(wait(&[("retry-after", &endless)]), Some(Duration::from_mins(15)), "no longer is believed");
    assert_eq!(wait(&[("retry-after", "1000000000")]), Some(Duration::from_mins(15)));
    let now = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
    assert_eq!(wait(&[now, ("retry-after", "Wed, 21 Oct 2026 07:28:45 GMT")]), Some(Duration::from_secs(45)));
    assert_eq!(wait(&[now, ("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT")]), Some(Duration::ZERO));
    assert_eq!(wait(&[("retry-after", "Wed, 21 Oct 2026 07:28:45 GMT")]), None);
}

#[test]
fn b24_a_login_page_with_status_200_is_no_answer() {
    let page = [("content-type", "text/html; charset=utf-8")];

    let error = error(200, &page, "<html>Please log in</html>");

    assert!(matches!(error, ConnectWiseError::BadAnswer { .. }), "{error:?}");
}

#[test]
fn b9_i9_odd_good_statuses_and_stored_copies_are_no_answers() {
    for (status, headers) in [(204, vec![]), (206, vec![]), (200, vec![("age", "17")])] {
        let error = error(status, &headers, "[]");

        assert!(matches!(error, ConnectWiseError::BadAnswer { .. }), "{error:?}");
    }
    assert!(answer(200, &[("age", "0")], "[]").json(Resource::Agreements).is_ok());
}

#[test]
fn i9_an_age_that_cannot_be_read_is_no_age_of_nothing_and_of_several_the_largest_counts() {
    for age in ["99999999999999999999999", "-1", "+0", "0.5", "0, 5", "old", ""] {
        let error = error(200, &[("age", age)], "[]");

        assert!(matches!(error, ConnectWiseError::BadAnswer { .. }), "{age}: {error:?}");
    }
    for ages in [["0", "17"], ["17", "0"]] {
        let error = error(200, &ages.map(|age| ("age", age)), "[]").to_string();

        assert!(error.contains("17 seconds old"), "{error}");
    }
    assert!(answer(200, &[("age", "0"), ("age", " 00 ")], "[]").json(Resource::Agreements).is_ok());
}

#[test]
fn what_the_server_says_is_one_readable_line_and_never_a_page() {
    let said = |headers: &[(&str, &str)], body: &str| answer(400, headers, body).said();
    let plain = |message: &str| Said { code: String::new(), message: message.to_owned() };

    assert_eq!(said(&[], "cannot route\n\u{7}"), plain("cannot route\\n\\u{7}"));
    assert_eq!(said(&[("content-type", "text/html")], "<script>"), plain("a page for people"));
    assert_eq!(said(&[], ""), plain("no message"));
    let throttled = Said { code: "ConnectWiseAPI".into(), message: "wait".into() };
    assert_eq!(said(&[], r#"{"error":"ConnectWiseAPI","message":"wait"}"#), throttled);
}
