//! One request of a connection: who asks, by which name, with which body; and the answer's headers.
//!
//! A route sees a request only once its body is here whole and within the limits.

use std::convert::Infallible;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, HttpBody, to_bytes};
use axum::http::header::CONNECTION;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::service::Service;
use tower::ServiceExt;

use super::{ListenerOptions, Proxy};
use crate::web::headers::{Transport, secure};
use crate::web::hosts::is_ours;

/// Who asks. Every request that reaches a route has it among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The address that asks; behind a believed proxy the one that it names.
    pub address: IpAddr,
    /// Whether a believed proxy stands between.
    pub by_proxy: bool,
    /// Whether it asks over TLS, as far as this process or a believed proxy knows.
    pub is_secure: bool,
}

/// Headers by which only a believed proxy may speak.
const OF_PROXIES: [&str; 7] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-forwarded-user",
    "x-real-ip",
];

/// Answers the requests of one connection.
pub(super) struct Desk {
    routes: Router,
    options: ListenerOptions,
    from: IpAddr,
    local: IpAddr,
    transport: Transport,
    answered: AtomicUsize,
}

impl Desk {
    pub(super) fn new(
        routes: Router,
        options: ListenerOptions,
        from: IpAddr,
        local: IpAddr,
        transport: Transport,
    ) -> Self {
        Self { routes, options, from, local, transport, answered: AtomicUsize::new(0) }
    }
}

impl Service<Request<Incoming>> for Desk {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let is_last =
            self.answered.fetch_add(1, Ordering::Relaxed) + 1 >= self.options.limits.requests_per_connection;
        let transport = self.transport;
        let admitted = self.admit(request);
        let (routes, limits) = (self.routes.clone(), self.options.limits);
        Box::pin(async move {
            let (mut response, is_last) = match admitted {
                Ok(request) => match whole(request, limits.body_bytes, limits.body_time).await {
                    Ok(request) => (route(routes, request).await, is_last),
                    // The rest of the body still comes: it is not taken for another request.
                    Err(status) => (status.into_response(), true),
                },
                Err(status) => (status.into_response(), true),
            };
            if is_last {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(secure(response, transport))
        })
    }
}

impl Desk {
    /// The request with its caller, when it is one for us.
    fn admit(&self, mut request: Request<Incoming>) -> Result<Request<Incoming>, StatusCode> {
        if ![Method::GET, Method::HEAD, Method::POST].contains(request.method()) {
            return Err(StatusCode::METHOD_NOT_ALLOWED);
        }
        if !is_ours(request.headers(), request.uri(), self.local, &self.options.names) {
            return Err(StatusCode::MISDIRECTED_REQUEST);
        }
        let caller = self.caller(request.headers_mut());
        request.extensions_mut().insert(caller);
        Ok(request)
    }

    /// Who asks. What only a proxy may say is taken out where none says it.
    fn caller(&self, headers: &mut HeaderMap) -> Caller {
        let is_secure = self.transport == Transport::Secure;
        let mut caller = Caller { address: self.from, by_proxy: false, is_secure };
        match &self.options.proxy {
            Some(proxy) if proxy.addresses.contains(&self.from) => {
                caller.by_proxy = true;
                caller.is_secure |= header(headers, "x-forwarded-proto") == Some("https");
                caller.address = forwarded_for(headers, proxy).unwrap_or(self.from);
            }
            Some(Proxy { user_header: Some(user), addresses: _ }) => {
                headers.remove(user.as_str());
                OF_PROXIES.iter().for_each(|name| drop(headers.remove(*name)));
            }
            Some(_) | None => OF_PROXIES.iter().for_each(|name| drop(headers.remove(*name))),
        }
        caller
    }
}

/// The last address in the chain that is no believed proxy: those before it are whatever the client wrote.
fn forwarded_for(headers: &HeaderMap, proxy: &Proxy) -> Option<IpAddr> {
    let name = HeaderName::from_static("x-forwarded-for");
    let chains: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    let addresses = chains.iter().rev().flat_map(|chain| chain.rsplit(','));
    let addresses = addresses.map(|address| address.trim().parse::<IpAddr>().ok());
    addresses.map_while(|address| address).find(|address| !proxy.addresses.contains(address))
}

fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The request with its whole body.
async fn whole(
    request: Request<Incoming>,
    most: usize,
    time: std::time::Duration,
) -> Result<Request<Body>, StatusCode> {
    let (head, body) = request.into_parts();
    if body.size_hint().lower() > most as u64 {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(time, to_bytes(Body::new(body), most)).await {
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Ok(bytes)) => Ok(Request::from_parts(head, Body::from(bytes))),
    }
}

/// The answer of the routes. A route that panics costs its own answer and nothing else.
async fn route(routes: Router, request: Request<Body>) -> Response {
    match AssertUnwindSafe(routes.oneshot(request)).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
