//! The status page, for people: every tenant, one tenant, one line, one run.
//!
//! Server-rendered, without a script. Says what the board and the journal say, in the words of the plan; decides
//! nothing. Whatever was written elsewhere is shown as text, never as markup.

mod chart;
mod freshness;
mod line;
mod overview;
mod plan;
mod problems;
mod run;
pub(super) mod style;
mod tenant;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::login::Visitor;
use super::routes::Site;
use crate::reconciler::standing::Standing;

pub(super) use words::{encoded, shown};

/// Longer names are in no ConnectWise, and longer filters find nothing.
const LONGEST_NAME: usize = 256;

/// What stands around every page.
#[derive(Debug, Default)]
struct Frame {
    title: String,
    tenant: Option<Crumb>,
    leaf: Option<String>,
    user: Option<String>,
    can_log_out: bool,
    sheet: &'static str,
}

/// The tenant a page is about, and which ConnectWise that is: its colour is only an addition to its name.
#[derive(Debug)]
struct Crumb {
    name: String,
    href: String,
    instance: String,
    hue: u8,
}

impl Frame {
    fn new(title: impl Into<String>, visitor: &Visitor) -> Self {
        let (user, can_log_out) = match visitor {
            Visitor::Anybody => (None, false),
            Visitor::User(user) => (Some(shown(user)), true),
            Visitor::OfProxy(user) => (Some(shown(user)), false),
        };
        Self { title: title.into(), user, can_log_out, sheet: style::href(), ..Self::default() }
    }

    fn of(mut self, standing: &Standing) -> Self {
        self.tenant = Some(Crumb {
            name: shown(&standing.tenant),
            href: words::tenant_href(&standing.tenant),
            instance: shown(&standing.instance),
            hue: style::hue(&standing.instance),
        });
        self
    }

    fn at(mut self, leaf: impl Into<String>) -> Self {
        self.leaf = Some(leaf.into());
        self
    }
}

/// A page that says nothing about any tenant.
#[derive(Template)]
#[template(path = "nothing.html", config = "src/web/askama.toml")]
struct NothingPage {
    frame: Frame,
    heading: &'static str,
    sentence: &'static str,
}

/// The form of the login.
#[derive(Template)]
#[template(path = "login.html", config = "src/web/askama.toml")]
struct LoginPage<'l> {
    frame: Frame,
    told: Option<&'l str>,
    to: &'l str,
}

/// What a path or a method that is not here gets.
pub(super) fn nothing_here(status: StatusCode) -> Response {
    let (heading, sentence) = match status {
        StatusCode::NOT_FOUND => ("Nothing is here", "The address has no page, or what it named is gone"),
        StatusCode::METHOD_NOT_ALLOWED => ("This page can only be read", "Nothing here changes anything"),
        _ => ("The page could not be made", "The log of trueup says why; nothing was changed"),
    };
    let frame = Frame::new(heading, &Visitor::Anybody);
    answer(status, &NothingPage { frame, heading, sentence })
}

/// The form, with what went wrong before.
pub(super) fn login_page(status: StatusCode, told: Option<&str>, to: &str) -> Response {
    answer(status, &LoginPage { frame: Frame::new("Log in", &Visitor::Anybody), told, to })
}

fn answer(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Every tenant.
pub(super) async fn overview(State(site): State<Site>, Extension(visitor): Extension<Visitor>) -> Response {
    make(&site, move |site| Some(answer(StatusCode::OK, &overview::page(&site, &visitor)))).await
}

/// One tenant.
pub(super) async fn tenant(
    State(site): State<Site>,
    Extension(visitor): Extension<Visitor>,
    Path(tenant): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    make(&site, move |site| {
        let standing = standing(&site, &tenant)?;
        let wanted = plan::Wanted::parse(query.as_deref().unwrap_or_default());
        Some(answer(StatusCode::OK, &tenant::page(&site, &visitor, &standing, &wanted)))
    })
    .await
}

/// One line.
pub(super) async fn line(
    State(site): State<Site>,
    Extension(visitor): Extension<Visitor>,
    Path((tenant, company, product)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    make(&site, move |site| {
        let standing = standing(&site, &tenant)?;
        let name = line::Name {
            company: &company,
            product: &product,
            agreement: line::agreement(query.as_deref().unwrap_or_default()),
        };
        line::page(&site, &visitor, &standing, &name).map(|page| answer(StatusCode::OK, &page))
    })
    .await
}

/// One run.
pub(super) async fn run(
    State(site): State<Site>,
    Extension(visitor): Extension<Visitor>,
    Path((tenant, run)): Path<(String, String)>,
) -> Response {
    make(&site, move |site| {
        let standing = standing(&site, &tenant)?;
        let run = run.parse().ok()?;
        run::page(&site, &visitor, &standing, run).map(|page| answer(StatusCode::OK, &page))
    })
    .await
}

fn standing(site: &Site, tenant: &str) -> Option<Arc<Standing>> {
    (tenant.len() <= LONGEST_NAME).then(|| site.board.standing(tenant)).flatten()
}

/// Makes a page apart from what answers requests, a few at once: drawing a plan and reading the journal take their time.
async fn make(site: &Site, work: impl FnOnce(Site) -> Option<Response> + Send + 'static) -> Response {
    let made = match site.making.acquire().await {
        Ok(_turn) => tokio::task::spawn_blocking({
            let site = site.clone();
            move || work(site)
        })
        .await
        .ok(),
        Err(_) => None,
    };
    match made {
        Some(Some(response)) => response,
        Some(None) => nothing_here(StatusCode::NOT_FOUND),
        None => nothing_here(StatusCode::INTERNAL_SERVER_ERROR),
    }
}
