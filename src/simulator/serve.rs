//! The wire: what axum hands over, as a request of this room, and an answer of this room as axum takes it.

use std::collections::BTreeMap;
use std::io;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Response, StatusCode, header};
use futures_util::stream;
use jiff::fmt::rfc2822::DateTimePrinter;

use super::cable::Line;
use super::exchange::{Answer, Request};
use super::{Clock, Simulator};

/// The longest body that is read: far above any bundle.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// Marks the response of a connection that was cut, for callers in this process that have no connection to lose.
///
/// Such a response has the status 502 and a body that fails as soon as it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionCut;

/// Answers one HTTP request.
pub(super) async fn answer(simulator: &Simulator, request: axum::http::Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return status_only(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let line = head.extensions.get::<ConnectInfo<Line>>().cloned();
    let read_header = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let headers: BTreeMap<String, String> = head.headers.iter().map(read_header).collect();
    let request = Request {
        scheme: line.as_ref().map(|ConnectInfo(line)| line.scheme).unwrap_or_default(),
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    match simulator.exchange(request).await {
        Some(answer) => response(answer, simulator.clock()),
        None => {
            if let Some(ConnectInfo(line)) = line {
                line.cut();
            }
            cut_response()
        }
    }
}

/// An answer, dated by the simulator's clock.
fn response(answer: Answer, clock: &Clock) -> Response<Body> {
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&clock.now()).unwrap_or_default();
    let mut builder = Response::builder().status(answer.status);
    if answer.header("date").is_none() {
        builder = builder.header(header::DATE, date);
    }
    if let Some(encoding) = answer.flow.encoding() {
        builder = builder.header(header::CONTENT_ENCODING, encoding);
    }
    for (name, value) in &answer.headers {
        builder = builder.header(*name, value);
    }
    builder
        .body(answer.flow.body(answer.body))
        .unwrap_or_else(|_| status_only(StatusCode::INTERNAL_SERVER_ERROR))
}

fn status_only(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn cut_response() -> Response<Body> {
    let broken = stream::once(async { Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset)) });
    let mut response = Response::new(Body::from_stream(broken));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response.extensions_mut().insert(ConnectionCut);
    response
}
