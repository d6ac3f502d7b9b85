//! Everything that can come in place of a good answer, each over a real connection: none is taken for one, and none for a
//! record that is not there.

use std::io::Write as _;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use super::{ConnectWise, ConnectWiseError, FarEnd, Options, Reply, connected, options, scripted};
use crate::billing::{Addition, AdditionId, AgreementId};

const RECORD: &str = r#"{"id":11,"agreementId":3,"product":{"id":21,"identifier":"A"},"quantity":5,"billCustomer":"Billable"}"#;

type Read = Result<Option<Addition>, ConnectWiseError>;

async fn read(reply: Reply) -> Read {
    let far_end = scripted(move |_| reply.clone()).await;
    connected(&far_end).await.addition(AgreementId(3), AdditionId(11)).await
}

/// An answer of this type.
fn of_type(kind: &str, body: &str) -> Reply {
    let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
    Reply::Answer { status: 200, headers, body: body.as_bytes().to_vec() }
}

fn head(headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}\r\n").into_bytes()
}

fn is_bad(read: &Read) -> bool {
    matches!(read, Err(ConnectWiseError::BadAnswer { .. }))
}

#[tokio::test]
async fn b9_b24_a_page_for_people_is_no_answer_whatever_its_status_and_type() {
    let page = "<!DOCTYPE html><html><body>Scheduled maintenance. Please log in.</body></html>";
    for kind in ["text/html", "text/html; charset=utf-8", "application/json", "application/xhtml+xml"] {
        let read = read(of_type(kind, &format!("\n  {page}"))).await;

        assert!(is_bad(&read), "{kind}: {read:?}");
    }
    for (status, class) in [(404, "NotFound"), (503, "Server"), (400, "NotRouted")] {
        let error = read(Reply::json(status, page)).await.unwrap_err();

        assert!(format!("{error:?}").starts_with(class), "{error:?}");
        assert!(!error.to_string().contains("maintenance"), "{error}");
    }
}

#[tokio::test]
async fn b24_a_redirect_is_not_followed() {
    let elsewhere = FarEnd::start(|_| Reply::json(200, RECORD)).await;
    for status in [301, 302, 303, 307, 308] {
        let read = read(Reply::json(status, "").with("Location", &elsewhere.site())).await;

        assert!(matches!(read, Err(ConnectWiseError::Redirected { .. })), "{read:?}");
    }
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn b9_what_is_not_said_to_be_json_in_utf_8_is_none() {
    for kind in [
        "text/plain",
        "text/json",
        "application/octet-stream",
        "application/xml",
        "json",
        "",
        "application/json; charset=utf-16",
        "application/json;charset=\"iso-8859-1\"",
    ] {
        let read = read(of_type(kind, RECORD)).await;

        assert!(is_bad(&read), "{kind}: {read:?}");
    }
    let untyped = Reply::Answer { status: 200, headers: Vec::new(), body: RECORD.as_bytes().to_vec() };
    assert!(is_bad(&read(untyped).await));
    for kind in [
        "application/json",
        "Application/JSON; charset=UTF-8",
        "application/vnd.connectwise.com+json; version=2026.4",
    ] {
        assert!(matches!(read(of_type(kind, RECORD)).await, Ok(Some(_))), "{kind}");
    }
}

#[tokio::test]
async fn b9_a_good_status_that_is_not_the_right_one_is_no_answer() {
    for status in [201, 202, 203, 204, 206, 226] {
        let body = if status == 204 { "" } else { RECORD };

        let read = read(Reply::json(status, body)).await;

        assert!(is_bad(&read), "{status}: {read:?}");
    }
}

#[tokio::test]
async fn b9_bodies_that_are_cut_empty_or_followed_by_something_are_no_answers() {
    let latin = Reply::Answer {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: RECORD
            .replace("\"A\"", "\"\u{e4}\"")
            .chars()
            .map(|letter| u8::try_from(u32::from(letter)).unwrap())
            .collect(),
    };
    assert!(is_bad(&read(latin).await), "text that is not UTF-8");
    let wide: String = RECORD.chars().flat_map(|letter| [letter, '\0']).collect();
    for body in [
        "",
        " \n",
        "null",
        "true",
        "11",
        "\"11\"",
        "[]",
        &RECORD[..60],
        &format!("{RECORD}x"),
        &format!("{RECORD}{RECORD}"),
        &format!("[{RECORD}]"),
        &format!("\u{feff}{RECORD}"),
        &wide,
    ] {
        let read = read(Reply::json(200, body)).await;

        assert!(is_bad(&read), "{body}: {read:?}");
    }
}

#[tokio::test]
async fn b22_numbers_are_read_digit_by_digit_or_not_at_all() {
    let with = |quantity: &str| {
        Reply::json(200, &RECORD.replace("\"quantity\":5", &format!("\"quantity\":{quantity}")))
    };
    for bad in [
        "NaN",
        "Infinity",
        "-",
        "05",
        "0x5",
        "1e",
        "1e999",
        "5.",
        ".5",
        "\"five\"",
        "\"5 \"",
        "\"NaN\"",
        "[5]",
        "{}",
        "true",
        "123456789012345678901234567890123",
    ] {
        let read = read(with(bad)).await;

        assert!(is_bad(&read), "{bad}: {read:?}");
    }
    for (good, exact) in [
        ("1e3", Some("1000")),
        ("\"80.25\"", Some("80.25")),
        ("2.50", Some("2.5")),
        ("null", None),
        ("\"\"", None),
    ] {
        let read = read(with(good)).await.unwrap().unwrap();

        assert_eq!(read.quantity, exact.map(|exact| exact.parse().unwrap()), "{good}");
    }
}

#[tokio::test]
async fn b21_b22_a_record_that_is_not_understood_in_full_is_unusable_and_never_guessed() {
    for (known, odd) in [
        ("\"id\":11,", "\"id\":0,"),
        ("\"id\":11,", "\"id\":-11,"),
        ("\"id\":11,", "\"id\":2147483648,"),
        ("\"id\":11,", "\"id\":\"11\","),
        ("\"id\":11,", "\"id\":11.0,"),
        ("\"id\":11,", "\"id\":null,"),
        ("\"id\":11,", ""),
        ("\"id\":11,", "\"id\":12,"),
        ("\"id\":11,", "\"id\":11,\"id\":11,"),
        ("\"agreementId\":3", "\"agreementId\":4"),
        ("\"agreementId\":3", "\"agreementId\":\"3\""),
        ("\"quantity\":5", "\"quantity\":5,\"quantity\":6"),
        ("\"product\":{\"id\":21", "\"product\":{\"id\":2147483648"),
        ("\"product\":{\"id\":21", "\"product\":{\"id\":\"21\""),
        ("\"Billable\"", "\"BillLater\""),
        ("\"Billable\"", "null"),
        ("\"Billable\"", "1"),
    ] {
        assert!(RECORD.contains(known), "{known}");
        let read = read(Reply::json(200, &RECORD.replacen(known, odd, 1))).await;

        assert!(is_bad(&read), "{odd}: {read:?}");
    }
}

#[tokio::test]
async fn b21_a_field_or_a_status_of_tomorrow_is_no_reason_to_stop() {
    let tomorrow = RECORD.replacen("{", r#"{"fieldOfTomorrow":{"a":[1,{}]},"agreementStatus":"Paused","#, 1);

    assert!(matches!(read(Reply::json(200, &tomorrow)).await, Ok(Some(_))));
}

#[tokio::test]
async fn b9_depth_without_end_costs_no_stack() {
    let deep = "[".repeat(2_000_000);
    let unknown = RECORD.replacen("{", &format!("{{\"x\":{deep}{},", "]".repeat(2_000_000)), 1);

    for body in [&deep, &format!("{{\"quantity\":{deep}"), &RECORD.replacen("5", &deep, 1)] {
        let read = read(Reply::json(200, body)).await;

        assert!(is_bad(&read), "{read:?}");
    }
    assert!(matches!(read(Reply::json(200, &unknown)).await, Ok(Some(_))), "what is skipped has no depth");
}

fn packed(plain: &[u8]) -> Reply {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).unwrap();
    let headers = ["Content-Type", "Content-Encoding"].map(str::to_owned).into_iter();
    let headers = headers.zip(["application/json", "gzip"].map(str::to_owned)).collect();
    Reply::Answer { status: 200, headers, body: encoder.finish().unwrap() }
}

#[tokio::test]
async fn b9_a_gzip_bomb_is_not_unpacked_and_an_honest_answer_is() {
    let bomb = [RECORD.as_bytes(), &vec![b' '; 32 << 20]].concat();

    let honest = read(packed(RECORD.as_bytes())).await;
    let bomb = read(packed(&bomb)).await;

    assert!(matches!(honest, Ok(Some(_))), "{honest:?}");
    assert!(matches!(bomb, Err(ConnectWiseError::TooLarge { .. })), "{bomb:?}");
    assert!(is_bad(&read(of_type("application/json", RECORD).with("Content-Encoding", "br")).await));
}

/// What becomes of an answer that does not end, for somebody who waits for a moment only, and after how long.
async fn endless(reply: Reply) -> (Read, Duration) {
    let far_end = scripted(move |_| reply.clone()).await;
    let request_timeout = Duration::from_millis(150);
    let options = Options { request_timeout, ..options(&far_end.site()) };
    let connect_wise = ConnectWise::connect(options).await.unwrap();
    let began = Instant::now();
    let read = connect_wise.addition(AgreementId(3), AdditionId(11)).await;
    (read, began.elapsed())
}

#[tokio::test]
async fn i3_an_answer_that_drips_or_never_ends_is_given_up_after_the_time_for_all_of_it() {
    let chunked = [head("Transfer-Encoding: chunked\r\n"), b"5\r\n{\"id\"\r\n".to_vec()].concat();
    for reply in [
        Reply::Hang(chunked),
        Reply::Hang(head("Content-Length: 900\r\n")),
        Reply::Hang(b"HTTP/1.1 200 OK\r\nContent-Ty".to_vec()),
        Reply::Drip(head("Content-Length: 90000\r\n")),
        Reply::Drip(b"HTTP/1.1 200 OK\r\nX-Slow: ".to_vec()),
    ] {
        let (read, taken) = endless(reply).await;

        assert!(matches!(read, Err(ConnectWiseError::Timeout { .. })), "{read:?}");
        assert!(taken < Duration::from_secs(10), "{taken:?}");
    }
}

#[tokio::test]
async fn i3_huge_headers_are_cut_off() {
    let huge = head(&format!("X-Huge: {}\r\n", "x".repeat(4 << 20)));
    let many: String = (0..10_000).map(|nth| format!("X-{nth}: x\r\n")).collect();

    for headers in [huge, head(&many)] {
        let read = read(Reply::Raw([headers, RECORD.as_bytes().to_vec()].concat())).await;

        assert!(matches!(read, Err(ConnectWiseError::Unreachable { .. })), "{read:?}");
    }
}

#[tokio::test]
async fn i9_a_stored_copy_is_no_answer_and_every_read_asks_for_none() {
    let stored = read(Reply::json(200, RECORD).with("Age", "17")).await;
    let fresh = read(Reply::json(200, RECORD).with("Age", "0")).await;
    let far_end = scripted(|_| Reply::json(200, RECORD)).await;
    connected(&far_end).await.addition(AgreementId(3), AdditionId(11)).await.unwrap();

    assert!(is_bad(&stored), "{stored:?}");
    assert!(matches!(fresh, Ok(Some(_))), "{fresh:?}");
    for heard in far_end.heard() {
        assert_eq!(heard.header("cache-control"), Some("no-cache"), "{}", heard.target);
    }
}

/// A refusal whose text breaks off, never ends, is too long, and cannot be unpacked.
fn without_text(status: u16, headers: &str) -> [Reply; 3] {
    let head = |more: &str| format!("HTTP/1.1 {status} No\r\n{headers}{more}\r\n").into_bytes();
    [
        Reply::Raw([head("Content-Length: 900\r\n"), b"{\"code\"".to_vec()].concat()),
        Reply::Hang([head("Content-Length: 900\r\n"), b"{\"code\"".to_vec()].concat()),
        Reply::Raw([head("Content-Encoding: gzip\r\nContent-Length: 8\r\n"), b"no gzip!".to_vec()].concat()),
    ]
}

#[tokio::test]
async fn i4_i5_b5_a_refusal_without_its_text_is_known_by_its_status() {
    for nth in 0..3 {
        let of = |status, headers: &str| endless(without_text(status, headers)[nth].clone());

        let (unauthorized, _) = of(401, "").await;
        let (forbidden, _) = of(403, "").await;
        let (throttled, _) = of(429, "Retry-After: 120\r\n").await;
        let (missing, _) = of(404, "").await;
        let (refused, _) = of(400, "").await;

        assert!(matches!(unauthorized, Err(ConnectWiseError::Unauthorized { .. })), "{unauthorized:?}");
        assert!(matches!(forbidden, Err(ConnectWiseError::Forbidden { .. })), "{forbidden:?}");
        let told = |after: Duration| after > Duration::from_secs(60);
        assert!(
            matches!(throttled, Err(ConnectWiseError::Throttled { retry_after: Some(after) }) if told(after)),
            "{throttled:?}"
        );
        assert!(
            matches!(missing, Err(ConnectWiseError::NotFound { .. })),
            "a doubt, not a missing record: {missing:?}"
        );
        assert!(matches!(refused, Err(ConnectWiseError::Refused { status: 400, .. })), "{refused:?}");
    }
}

#[tokio::test]
async fn sec_o1_a_redirected_read_takes_no_keys_elsewhere() {
    let elsewhere = FarEnd::start(|_| Reply::json(200, RECORD)).await;
    for status in [301, 302, 303, 307, 308] {
        let read = read(Reply::json(status, "").with("Location", &elsewhere.site())).await;

        assert!(matches!(read, Err(ConnectWiseError::Redirected { .. })), "{read:?}");
    }
    assert_eq!(elsewhere.heard().len(), 0, "neither keys nor anything else");
}

#[tokio::test]
async fn b9_a_record_is_never_as_large_as_a_list_may_be() {
    let padded = |bytes: usize| Reply::json(200, &format!("{RECORD}{}", " ".repeat(bytes)));

    let large = read(padded(3 << 20)).await;
    let too_large = read(padded(5 << 20)).await;

    assert!(matches!(large, Ok(Some(_))), "{large:?}");
    assert!(matches!(too_large, Err(ConnectWiseError::TooLarge { .. })), "{too_large:?}");
}
