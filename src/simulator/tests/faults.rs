//! Faults: what lands, what is shown, what the log says.

use std::time::{Duration, Instant};

use super::{AGREEMENT, LINE, basic, caller, world};
use crate::contract::Watched;
use crate::simulator::{Canned, ConnectionCut, Fault, Match};
use rust_decimal::Decimal;

fn patches() -> Match {
    Match::method("PATCH").path(&format!("additions/{LINE}"))
}

/// What a PATCH to 7 shows and leaves behind under a fault, and under the same PATCH after it.
fn befallen(fault: Fault) -> (Option<(u16, String)>, Decimal, Watched) {
    let running = world();
    running.fail_next(patches(), fault);
    let caller = caller(&running);
    assert_eq!(caller.get(&caller.line(LINE)).status, 200, "reads are not befallen");
    let body = r#"[{"op":"replace","path":"quantity","value":7}]"#;
    let shown = caller.try_send("PATCH", &caller.line(LINE), body).map(|reply| (reply.status, reply.body));
    let quantity = running.quantity(LINE).unwrap();
    assert_eq!(caller.set_quantity(LINE, "8").status, 200, "the fault is used up");
    (shown, quantity, running)
}

fn before() -> Decimal {
    "120.00".parse().unwrap()
}

#[test]
fn a_status_before_lands_nothing() {
    let (shown, quantity, running) = befallen(Fault::StatusBefore(Canned::timed_out()));

    let body = r#"{"code":"ConnectWiseApi","message":"a timeout has occured"}"#;
    assert_eq!((shown, quantity), (Some((500, body.to_owned())), before()));
    let entry = &running.log()[1];
    assert_eq!((entry.status, entry.fault, &entry.mutation), (Some(500), Some("status before"), &None));
}

#[test]
fn a_status_after_commit_hides_a_write_that_stands() {
    let (shown, quantity, running) = befallen(Fault::StatusAfterCommit(Canned::gateway(502)));

    assert_eq!((shown.unwrap().0, quantity), (502, 7.into()));
    assert!(running.log()[1].mutation.is_some());
    assert_eq!(running.log()[1].status, Some(502));
}

#[test]
fn a_connection_dropped_before_lands_nothing_and_answers_nothing() {
    let (shown, quantity, running) = befallen(Fault::DropConnectionBefore);

    assert_eq!((shown, quantity), (None, before()));
    assert_eq!((running.log()[1].status, running.mutations().len()), (None, 1));
}

#[test]
fn a_connection_dropped_after_commit_leaves_the_write_standing() {
    let (shown, quantity, running) = befallen(Fault::DropConnectionAfterCommit);

    assert_eq!((shown, quantity), (None, 7.into()));
    assert_eq!((running.log()[1].status, running.mutations().len()), (None, 2));
}

#[test]
fn an_ignored_write_answers_200_with_the_record_as_it_was() {
    let (shown, quantity, running) = befallen(Fault::IgnoreWrite);

    let (status, body) = shown.unwrap();
    assert_eq!((status, quantity), (200, before()));
    assert!(body.contains("\"quantity\":120.00"));
    assert_eq!(running.mutations().len(), 1);
    assert_eq!(running.audit_rows(), 1);
}

#[test]
fn an_ignored_write_is_still_validated() {
    let running = world();
    running.fail_next(patches(), Fault::IgnoreWrite);

    assert_eq!(caller(&running).set_quantity(LINE, "\"seven\"").status, 400);
}

#[test]
fn truncated_empty_and_foreign_bodies_come_from_writes_that_stand() {
    for (fault, status) in [(Fault::TruncatedJson, 200), (Fault::EmptyBody, 200), (Fault::Html, 200)] {
        let (shown, quantity, _running) = befallen(fault.clone());

        let (shown_status, body) = shown.unwrap();
        assert_eq!((shown_status, quantity), (status, 7.into()), "{fault:?}");
        assert!(body.parse::<crate::simulator::Value>().is_err(), "{fault:?}");
    }
}

#[test]
fn a_late_request_lands_even_when_its_sender_has_given_up() {
    let running = world();
    running.fail_next(patches(), Fault::DelayMillis(150));
    let address = running.address();
    let text = format!(
        "PATCH /v4_6_release/apis/3.0/finance/agreements/{AGREEMENT}/additions/{LINE} HTTP/1.1\r\nHost: x\r\n\
         Authorization: {}\r\nclientId: 6f1c0e4e-1111-4222-8333-944455556666\r\nContent-Type: application/json\r\n\
         Content-Length: 48\r\n\r\n[{{\"op\":\"replace\",\"path\":\"quantity\",\"value\":\"7\"}}]",
        basic("msp+pub:priv")
    );

    let mut stream = std::net::TcpStream::connect(address).unwrap();
    std::io::Write::write_all(&mut stream, text.as_bytes()).unwrap();
    let used_up = Instant::now() + Duration::from_secs(5);
    while running.faults_left() > 0 && Instant::now() < used_up {
        std::thread::yield_now();
    }
    drop(stream);
    assert_eq!(running.quantity(LINE), Some(before()));
    let landed = Instant::now() + Duration::from_secs(5);
    while running.mutations().is_empty() && Instant::now() < landed {
        std::thread::yield_now();
    }

    assert_eq!(running.quantity(LINE), Some(7.into()));
}

#[test]
fn a_late_answer_belongs_to_a_write_that_landed_at_once() {
    let running = world();
    running.fail_next(patches(), Fault::AnswerAfterMillis(60));

    let started = Instant::now();
    let reply = caller(&running).set_quantity(LINE, "7");

    assert_eq!((reply.status, reply.at("quantity")), (200, "7".to_owned()));
    assert!(started.elapsed() >= Duration::from_millis(60));
}

#[test]
fn faults_wait_for_their_match_count_down_and_can_be_cleared() {
    let running = world();
    let caller = caller(&running);
    running.fail_times(Match::method("get").path("/companies"), Fault::StatusBefore(Canned::gateway(503)), 2);
    running.fail_times(Match::any().path("nowhere"), Fault::EmptyBody, 5);
    let status = |path: &str| caller.get(path).status;

    assert_eq!(status("finance/agreements"), 200);
    assert_eq!(
        [status("company/companies"), status("company/companies"), status("company/companies")],
        [503, 503, 200]
    );
    assert_eq!(running.faults_left(), 5);
    running.clear_faults();
    assert_eq!(running.faults_left(), 0);
}

#[tokio::test]
async fn in_process_a_cut_connection_is_marked_and_its_body_cannot_be_read() {
    let running = world();
    running.fail_next(Match::any(), Fault::DropConnectionAfterCommit);

    let request =
        axum::http::Request::builder().uri("/login/companyinfo/msp").body(axum::body::Body::empty());
    let response = running.answer(request.unwrap()).await;

    assert_eq!(response.extensions().get::<ConnectionCut>(), Some(&ConnectionCut));
    assert!(axum::body::to_bytes(response.into_body(), 1024).await.is_err());
}
