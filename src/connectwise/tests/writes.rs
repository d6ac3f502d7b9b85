//! Writes arrive once or not at all, and only sure answers are taken for sure.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::date;
use reqwest::Method;

use super::{FarEnd, Options, Reply, connected, impatient, options, scripted};
use crate::billing::{AdditionId, AgreementId, ProductId, Quantity};
use crate::connectwise::transport::{Deadline, FailureKind, Transport};
use crate::connectwise::{WriteAnswer, Writer};
use crate::outbound::Addresses;

const RECORD: &str = r#"{"id":11,"agreementId":3,"product":{"id":21,"identifier":"A"},"quantity":5,"billCustomer":"Billable"}"#;

async fn set(writer: &Writer) -> WriteAnswer {
    writer.set_quantity(AgreementId(3), AdditionId(11), Quantity::from(5)).await
}

/// What came of a write to a far end that replies so, and how often it arrived.
async fn written(reply: Reply) -> (WriteAnswer, usize) {
    let far_end = scripted(move |_| reply.clone()).await;
    let answer = set(&connected(&far_end).await.writer()).await;
    (answer, far_end.heard_below_api().len())
}

fn is_in_doubt(answer: &WriteAnswer) -> bool {
    matches!(answer, WriteAnswer::InDoubt { .. })
}

#[tokio::test]
async fn a_set_sends_one_patch_of_the_quantity() {
    let far_end = scripted(|_| Reply::json(200, RECORD)).await;

    let answer = set(&connected(&far_end).await.writer()).await;

    assert!(matches!(answer, WriteAnswer::Acknowledged(_)), "{answer:?}");
    let heard = far_end.heard_below_api();
    assert_eq!(heard.len(), 1);
    assert_eq!((heard[0].method.as_str(), heard[0].path()), ("PATCH", "finance/agreements/3/additions/11"));
    assert_eq!(heard[0].header("content-type"), Some("application/json"));
    assert_eq!(heard[0].body, r#"[{"op":"replace","path":"quantity","value":5}]"#);
}

#[tokio::test]
async fn a_create_sends_one_post_of_an_inert_line() {
    let far_end = scripted(|_| Reply::json(201, &RECORD.replace("\"quantity\":5", "\"quantity\":0"))).await;

    let writer = connected(&far_end).await.writer();
    let answer = writer.create_inert(AgreementId(3), ProductId(21), date(2026, 4, 1)).await;

    assert!(
        matches!(&answer, WriteAnswer::Acknowledged(line) if line.quantity == Some(Quantity::ZERO)),
        "{answer:?}"
    );
    let heard = far_end.heard_below_api();
    assert_eq!(heard.len(), 1);
    assert_eq!((heard[0].method.as_str(), heard[0].path()), ("POST", "finance/agreements/3/additions"));
    assert_eq!(
        heard[0].body,
        r#"{"product":{"id":21},"quantity":0,"billCustomer":"Billable","effectiveDate":"2026-04-01T00:00:00Z"}"#
    );
}

#[tokio::test]
async fn b1_b2_a_write_whose_answer_is_lost_is_in_doubt_and_arrives_once() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"id\":11".to_vec();
    for reply in [Reply::silence(), Reply::Raw(cut)] {
        let (answer, arrivals) = written(reply).await;

        assert!(is_in_doubt(&answer), "{answer:?}");
        assert_eq!(arrivals, 1);
    }
    let far_end = scripted(|_| Reply::Never).await;

    let answer = set(&impatient(&far_end).await.writer()).await;

    assert!(is_in_doubt(&answer), "{answer:?}");
    assert_eq!(far_end.heard_below_api().len(), 1);
}

#[tokio::test]
async fn b6_b8_b9_odd_answers_to_a_write_are_in_doubt_and_never_repeated() {
    let page = Reply::json(200, "<html>maintenance</html>").with("Content-Type", "text/html");
    let statuses = [409, 429, 500, 502, 503, 504, 202, 204, 206].map(|status| Reply::json(status, RECORD));
    for reply in statuses.into_iter().chain([page, Reply::json(200, ""), Reply::json(200, "null")]) {
        let (answer, arrivals) = written(reply).await;

        assert!(is_in_doubt(&answer), "{answer:?}");
        assert_eq!(arrivals, 1);
    }
}

#[tokio::test]
async fn b24_a_redirected_write_goes_nowhere_else() {
    let elsewhere = FarEnd::start(|_| Reply::json(200, RECORD)).await;
    for status in [301, 302, 303, 307, 308] {
        let (answer, arrivals) = written(Reply::json(status, "").with("Location", &elsewhere.site())).await;

        assert!(is_in_doubt(&answer), "{answer:?}");
        assert_eq!(arrivals, 1);
    }
    assert_eq!(elsewhere.heard().len(), 0);
}

#[tokio::test]
async fn a_refusal_is_sure_even_if_its_text_is_cut() {
    let cut = b"HTTP/1.1 400 Bad\r\nContent-Length: 900\r\n\r\n{\"code\"".to_vec();

    let (whole, _) = written(Reply::json(403, r#"{"code":"Security","message":"no"}"#)).await;
    let (cut, _) = written(Reply::Raw(cut)).await;

    assert_eq!(whole, WriteAnswer::Refused { status: 403, message: "Security no".into() });
    assert!(matches!(cut, WriteAnswer::Refused { status: 400, .. }), "{cut:?}");
}

#[tokio::test]
async fn b3_a_write_without_a_connection_was_surely_not_sent() {
    let far_end = scripted(|_| Reply::json(200, RECORD)).await;
    let writer = connected(&far_end).await.writer();
    far_end.stop().await;

    let answer = set(&writer).await;

    assert!(matches!(answer, WriteAnswer::NotSent { .. }), "{answer:?}");
}

/// A site whose connections stand at once, but whose certificate never comes.
async fn without_handshake() -> (String, tokio::task::JoinHandle<usize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let site = format!("https://{}", listener.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut heard).await;
        heard.len()
    });
    (site, silent)
}

#[tokio::test]
async fn b3_a_write_whose_connection_does_not_stand_by_its_time_is_surely_not_sent() {
    let (site, silent) = without_handshake().await;
    let options = Options { addresses: Addresses::Any, ..options(&site) };
    let transport = Transport::new(&options).unwrap();
    let write = transport.writing(Method::PATCH, "v2026_4", "finance/agreements/3/additions/11");
    let turn = transport.turn().await.unwrap();
    let began = Instant::now();

    let soon = Duration::from_millis(200);
    let by = Deadline { monotonic: began + soon, wall: Timestamp::now() + soon };
    let sent = transport.exchange_by(Some(by), write, turn).await;

    assert_eq!(sent.err().map(|failure| failure.kind), Some(FailureKind::NotConnected));
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    assert!(silent.await.unwrap() > 0, "a handshake was begun");
}

#[tokio::test]
async fn b3_a_write_whose_time_is_over_is_not_sent_and_the_next_one_has_its_own() {
    let far_end = scripted(|_| Reply::json(200, RECORD)).await;
    let writer = connected(&far_end).await.writer();

    writer.send_by((Instant::now(), Timestamp::now()));
    let late = set(&writer).await;
    let minute = Duration::from_secs(60);
    writer.send_by((Instant::now() + minute, Timestamp::now() + minute));
    let in_time = set(&writer).await;

    assert!(matches!(late, WriteAnswer::NotSent { .. }), "{late:?}");
    assert!(matches!(in_time, WriteAnswer::Acknowledged(_)), "{in_time:?}");
    assert_eq!(far_end.heard_below_api().len(), 1);
}

#[tokio::test]
async fn b25_the_library_never_repeats_a_write_by_itself() {
    let close = |heard: &super::Heard| match heard.method.as_str() {
        "PATCH" if heard.index.is_multiple_of(3) => Reply::AnswerAndClose(Box::new(Reply::json(200, RECORD))),
        _ => Reply::json(200, RECORD),
    };
    let far_end = scripted(close).await;
    let connect_wise = connected(&far_end).await;
    let writer = connect_wise.writer();

    for _ in 0..20 {
        connect_wise.addition(AgreementId(3), AdditionId(11)).await.unwrap();
        assert!(matches!(set(&writer).await, WriteAnswer::Acknowledged(_)));
    }

    let heard = far_end.heard_below_api();
    let writes: Vec<_> = heard.iter().filter(|heard| heard.method == "PATCH").collect();
    assert_eq!(writes.len(), 20);
    for write in &writes {
        let sharing = heard.iter().filter(|other| other.connection == write.connection).count();
        assert_eq!(sharing, 1, "a write shares its connection with nothing");
    }
}
