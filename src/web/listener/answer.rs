//! One request of a connection: who asks, by which name, with which body; and the answer's headers.
//!
//! A route sees a request only once its body is here whole and within the limits.

use std::convert::Infallible;
use std::future::Future;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
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

/// Among the extensions of a request that speaks as a proxy does from an address that is not believed. What it said was
/// taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) struct Undeclared {
    /// The address.
    pub(in crate::web) address: IpAddr,
}

/// Whether only a believed proxy may speak by this header.
fn is_of_proxies(name: &HeaderName) -> bool {
    matches!(name.as_str(), "forwarded" | "x-real-ip") || name.as_str().starts_with("x-forwarded-")
}

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
        let caller = self.caller(request.headers());
        if !caller.by_proxy && self.silence(request.headers_mut()) {
            request.extensions_mut().insert(Undeclared { address: self.from });
        }
        request.extensions_mut().insert(caller);
        Ok(request)
    }

    /// Who asks.
    fn caller(&self, headers: &HeaderMap) -> Caller {
        let is_secure = self.transport == Transport::Secure;
        let Some(proxy) = self.options.proxy.as_ref().filter(|proxy| proxy.is_at(self.from)) else {
            return Caller { address: self.from, by_proxy: false, is_secure };
        };
        Caller {
            address: forwarded_for(headers, proxy).unwrap_or(self.from),
            by_proxy: true,
            is_secure: is_secure || header(headers, "x-forwarded-proto") == Some("https"),
        }
    }

    /// Takes out what only a believed proxy may say. Tells whether any of it said that a proxy stands between; the name of
    /// a user does not, since anybody may try it.
    fn silence(&self, headers: &mut HeaderMap) -> bool {
        if let Some(user) = self.options.proxy.as_ref().and_then(|proxy| proxy.user_header.as_deref()) {
            headers.remove(user);
        }
        let said: Vec<HeaderName> = headers.keys().filter(|name| is_of_proxies(name)).cloned().collect();
        said.iter().for_each(|name| drop(headers.remove(name)));
        !said.is_empty()
    }
}

/// The last address in the chain that is no believed proxy: those before it are whatever the client wrote.
fn forwarded_for(headers: &HeaderMap, proxy: &Proxy) -> Option<IpAddr> {
    let name = HeaderName::from_static("x-forwarded-for");
    let chains: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    let addresses = chains.iter().rev().flat_map(|chain| chain.rsplit(','));
    addresses.map_while(|text| address(text.trim())).find(|address| !proxy.is_at(*address))
}

/// An address as proxies write it: alone, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let address = text.parse::<IpAddr>().ok().or_else(with_port).or_else(bracketed)?;
    Some(address.to_canonical())
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
