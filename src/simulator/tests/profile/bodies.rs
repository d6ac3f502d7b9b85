//! Answers that no client can use: pages, halves, nothing, the wrong thing, and too much.

use std::io::{Read, Write};
use std::net::TcpStream;

use flate2::read::GzDecoder;

use super::{caller, line, lines, patch, quantity, troubled};
use crate::simulator::{Running, Value};

/// What a read of the first line shows under one fault.
fn shown(fault: &str) -> (u16, String, String) {
    let running = troubled(&[&format!("{{ fault: {fault} }}")]);
    let reply = line(&caller(&running));
    let media_type = reply.header("content-type").unwrap_or_default().to_owned();
    (reply.status, media_type, reply.body)
}

#[test]
fn fault_16_a_gateway_answers_with_a_page() {
    for status in [502, 503, 504] {
        let (shown, media_type, body) = shown(&format!("{{ gateway: {{ status: {status} }} }}"));

        assert_eq!((shown, media_type.as_str()), (status, "text/html; charset=utf-8"));
        assert!(body.contains("<html>"));
    }
}

#[test]
fn fault_16_a_good_status_comes_with_half_of_the_json_nothing_null_or_a_page() {
    let (status, _, body) = shown("truncated");
    assert_eq!((status, body.parse::<Value>().is_err(), body.starts_with("{\"id\"")), (200, true, true));
    let (status, _, body) = shown("empty");
    assert_eq!((status, body.as_str()), (200, ""));
    let (status, _, body) = shown("noContent");
    assert_eq!((status, body.as_str()), (204, ""));
    let (status, _, body) = shown("nullBody");
    assert_eq!((status, body.as_str()), (200, "null"));
    let (status, media_type, _) = shown("page");
    assert_eq!((status, media_type.as_str()), (200, "text/html; charset=utf-8"));
    let (status, media_type, body) = shown("{ wrongType: { name: text/plain } }");
    assert_eq!((status, media_type.as_str(), body.parse::<Value>().is_ok()), (200, "text/plain", true));
}

#[test]
fn fault_16_a_redirect_leads_elsewhere() {
    let running = troubled(&["{ fault: { redirect: { to: http://127.0.0.1:1/login } } }"]);

    let reply = patch(&caller(&running), "7").unwrap();

    assert_eq!((reply.status, reply.header("location")), (302, Some("http://127.0.0.1:1/login")));
    assert_eq!(quantity(&running), super::before());
}

#[test]
fn fault_16_any_status_can_be_given_before_or_after_the_write() {
    let rules = ["{ fault: { status: { status: 409, body: '{\"code\":\"x\"}', commit: afterCommit } } }"];
    let running = troubled(&rules);

    let reply = patch(&caller(&running), "7").unwrap();

    assert_eq!((reply.status, reply.at("code"), quantity(&running)), (409, "\"x\"".to_owned(), 7.into()));
}

/// The first so many bytes of the answer to a read of the lines.
fn first_bytes(running: &Running, bytes: usize) -> Vec<u8> {
    let mut stream = TcpStream::connect(running.address()).unwrap();
    let path = "/v4_6_release/apis/3.0/finance/agreements/50001/additions";
    let keys = super::super::basic("msp+pub:priv");
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {keys}\r\n");
    let client = "clientId: 6f1c0e4e-1111-4222-8333-944455556666\r\n\r\n";
    stream.write_all(format!("{head}{client}").as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.take(bytes as u64).read_to_end(&mut answer).unwrap();
    answer
}

#[test]
fn fault_16_a_body_without_an_end_goes_on_as_long_as_one_reads() {
    let running = troubled(&["{ fault: endless }"]);

    let answer = first_bytes(&running, 1_000_000);

    assert_eq!(answer.len(), 1_000_000);
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

#[test]
fn fault_16_a_small_gzip_swells_to_a_great_body() {
    let running = troubled(&["{ fault: { gzipBomb: { mebibytes: 64 } } }"]);

    let answer = first_bytes(&running, usize::MAX);

    let head = String::from_utf8_lossy(&answer[..400]).to_ascii_lowercase();
    assert!(head.contains("content-encoding: gzip"), "{head}");
    assert!(answer.len() < 600_000, "{}", answer.len());
}

#[tokio::test]
async fn fault_16_a_gzip_bomb_swells_for_whoever_unpacks_it() {
    let running = troubled(&["{ fault: { gzipBomb: { mebibytes: 2 } } }"]);

    // Another test may have installed it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().unwrap();
    let mut answer = client.get(format!("{}/login/companyinfo/msp", running.url())).send().await.unwrap();
    let mut packed = Vec::new();
    while let Ok(Some(piece)) = answer.chunk().await {
        packed.extend_from_slice(&piece);
    }
    let mut unpacked = Vec::new();
    // It ends without the end that gzip has.
    let _ = GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked);

    assert!(unpacked.iter().all(|byte| *byte == b' '));
    assert!(unpacked.len() >= 2 * 1024 * 1024, "{}", unpacked.len());
}

#[test]
fn fault_16_headers_can_be_huge() {
    let running = troubled(&["{ fault: { hugeHeaders: { kibibytes: 256 } } }"]);

    let answer = first_bytes(&running, usize::MAX);

    assert!(answer.len() > 256 * 1024);
    assert_eq!(lines(&caller(&running), "").status, 200);
}
