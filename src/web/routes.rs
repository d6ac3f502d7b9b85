//! Which path answers what, and to whom.
//!
//! Everything but logging in and out only reads. A path that is not here, and a method that is not, get a page
//! that says nothing about any tenant.

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::http::header::{
    ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::listener::Undeclared;
use super::login::{Access, Visitor, form, log_in, log_out, to_login};
use super::page::{self, style};
use super::{Caller, Clock, Token, health, metrics, status};
use crate::reconciler::standing::Board;

/// Drawing a plan takes a core for a moment; more than these wait.
const PAGES_AT_ONCE: usize = 2;

/// What the pages are made of.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) board: Board,
    pub(super) journal: Arc<Path>,
    pub(super) clock: Clock,
    pub(super) making: Arc<Semaphore>,
}

/// Who may read the metrics.
#[derive(Clone, Copy, Debug)]
pub(super) struct MetricsAccess {
    /// What they must show; without it they are for this machine alone.
    pub(super) token: Option<Token>,
}

/// The page, the health checks, and the metrics where they have no listener of their own.
pub(super) fn page_routes(
    board: &Board,
    journal: &Path,
    access: Access,
    metrics: Option<MetricsAccess>,
) -> Router {
    let site = Site {
        board: board.clone(),
        journal: journal.into(),
        clock: Timestamp::now,
        making: Arc::new(Semaphore::new(PAGES_AT_ONCE)),
    };
    let pages = Router::new()
        .route("/", get(page::overview))
        .route("/status.json", get(status_json))
        .route("/t/{tenant}", get(page::tenant))
        .route("/t/{tenant}/line/{company}/{product}", get(page::line))
        .route("/t/{tenant}/runs/{run}", get(page::run))
        .with_state(site)
        .layer(from_fn_with_state(access.clone(), only_visitors));
    let login = Router::new()
        .route("/login", get(form).post(log_in))
        .route("/logout", post(log_out))
        .with_state(access);
    let router = pages.merge(login).route("/style.css", get(style_sheet));
    let router = match metrics {
        Some(access) => router.merge(only_metrics(board, access)),
        None => router,
    };
    finished(router.route_layer(from_fn(only_declared)).merge(health_routes(board)))
}

/// The metrics and the health checks, for a listener of their own.
pub(super) fn metrics_routes(board: &Board, access: MetricsAccess) -> Router {
    let metrics = only_metrics(board, access).route_layer(from_fn(only_declared));
    finished(health_routes(board).merge(metrics))
}

fn health_routes(board: &Board) -> Router {
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .with_state(board.clone())
}

fn only_metrics(board: &Board, access: MetricsAccess) -> Router {
    Router::new().route("/metrics", get(metrics_text)).with_state((board.clone(), access))
}

fn finished(router: Router) -> Router {
    router
        .fallback(|| async { page::nothing_here(StatusCode::NOT_FOUND) })
        .method_not_allowed_fallback(|| async { page::nothing_here(StatusCode::METHOD_NOT_ALLOWED) })
}

/// Refuses what comes through a proxy that the settings do not name: to one on this machine everybody would be somebody on
/// this machine, who needs neither login nor token.
async fn only_declared(request: Request, next: Next) -> Response {
    let Some(Undeclared { address }) = request.extensions().get::<Undeclared>().copied() else {
        return next.run(request).await;
    };
    let told = format!(
        "This request came through a proxy that the settings do not name; name it where this address is set: \
         proxy: {{ addresses: [{address}] }}\n"
    );
    (StatusCode::FORBIDDEN, told).into_response()
}

/// Lets visitors in and sends the others to the login.
async fn only_visitors(
    State(access): State<Access>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(visitor) = access.visitor(&headers, caller) {
        request.extensions_mut().insert(visitor);
        return next.run(request).await;
    }
    let wants_page = headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if access.has_login() && wants_page {
        return to_login(request.uri().path());
    }
    StatusCode::UNAUTHORIZED.into_response()
}

async fn status_json(State(site): State<Site>, Extension(_visitor): Extension<Visitor>) -> Response {
    axum::Json(status::status(&site.board, (site.clock)())).into_response()
}

async fn metrics_text(
    State((board, access)): State<(Board, MetricsAccess)>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let is_let_in = match access.token {
        Some(token) => bearer(&headers).is_some_and(|shown| token.is(shown)),
        None => caller.address.is_loopback() && !caller.by_proxy,
    };
    if !is_let_in {
        let mut response = StatusCode::UNAUTHORIZED.into_response();
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    }
    match metrics::text(&board, Timestamp::now) {
        Ok(text) => ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// The style sheet is the same for everybody and says nothing, so browsers may keep it.
async fn style_sheet(headers: HeaderMap) -> Response {
    let tag = HeaderValue::from_str(style::etag());
    let known = headers.get(IF_NONE_MATCH).zip(tag.as_ref().ok()).is_some_and(|(known, tag)| known == tag);
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { style::SHEET.into_response() };
    let answer = response.headers_mut();
    if let Ok(tag) = tag {
        answer.insert(ETAG, tag);
    }
    answer.insert(CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}
