//! Who may look at the page: everybody on loopback, a user with a password, or one whom a believed proxy names.
//!
//! Decides about access and nothing else. Logging in and out are the only things that can be sent to the page.

mod lockout;
mod roster;
mod sessions;
mod users;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Extension, Form, Query, State};
use axum::http::header::{COOKIE, HOST, LOCATION, ORIGIN, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;

use super::page::login_page;
use super::{Caller, WebError};
use lockout::Lockout;
use roster::{Roster, Word};
use sessions::{LIFETIME, Sessions};
use users::{LONGEST_NAME, LONGEST_PASSWORD, Users};

pub use users::{PasswordError, hash_password};

/// Each takes a core and 19 MiB for a moment.
const HASHES_AT_ONCE: usize = 2;

/// A page that gives no referrer sends `Origin: null`, so an old browser cannot prove where its form stands.
const FOREIGN_FORM: &str = "Nothing was done: the browser does not say that the form stands on this page, as current \
                            browsers do with Sec-Fetch-Site over https and on localhost\n";

/// Who may look.
#[derive(Clone, Debug, Default)]
pub(super) struct Access {
    users: Option<Arc<Door>>,
    user_header: Option<Arc<str>>,
}

/// What a login works with.
#[derive(Debug)]
struct Door {
    roster: Roster,
    sessions: Sessions,
    lockout: Lockout,
    hashing: Semaphore,
}

/// One who may look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Visitor {
    /// Anybody: nobody has to log in here.
    Anybody,
    /// A user who logged in here, and can log out.
    User(Arc<str>),
    /// A user whom the proxy names.
    OfProxy(Arc<str>),
}

impl Access {
    /// Access by a users file, by a header of the proxy, by either, or without both for everybody. The file is read
    /// once now, so that a slip in it is told at the start.
    pub(super) fn new(users: Option<PathBuf>, user_header: Option<&str>) -> Result<Self, WebError> {
        if let Some(path) = &users {
            Users::read(path)?;
        }
        let door = |users| {
            let (roster, hashing) = (Roster::new(users), Semaphore::new(HASHES_AT_ONCE));
            Arc::new(Door { roster, sessions: Sessions::default(), lockout: Lockout::default(), hashing })
        };
        Ok(Self { users: users.map(door), user_header: user_header.map(Arc::from) })
    }

    /// Who asks; `None`: somebody who has to log in first.
    pub(super) fn visitor(&self, headers: &HeaderMap, caller: Caller) -> Option<Visitor> {
        if self.users.is_none() && self.user_header.is_none() {
            return Some(Visitor::Anybody);
        }
        if let Some(name) = self.user_header.as_deref().filter(|_| caller.by_proxy) {
            let mut named = headers.get_all(name).iter();
            let user = named.next().and_then(|value| value.to_str().ok()).map(str::trim);
            let user = user.filter(|user| !user.is_empty() && user.len() <= LONGEST_NAME);
            if let (Some(user), None) = (user, named.next()) {
                return Some(Visitor::OfProxy(user.into()));
            }
        }
        let door = self.users.as_ref()?;
        let id = session(headers, caller)?;
        let (user, hash) = door.sessions.user(id, Instant::now())?;
        match door.roster.word(&user, &hash) {
            Word::Same => Some(Visitor::User(user)),
            Word::Gone => {
                door.sessions.close(id);
                None
            }
            // A slip in the file lets nobody look, and logs nobody out.
            Word::Unknown => None,
        }
    }

    /// Whether there is anything to log in to.
    pub(super) fn has_login(&self) -> bool {
        self.users.is_some()
    }
}

/// Where somebody wanted to go who had to log in first.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    to: String,
}

/// The form.
pub(super) async fn form(State(access): State<Access>, Query(wanted): Query<Wanted>) -> Response {
    if !access.has_login() {
        return StatusCode::NOT_FOUND.into_response();
    }
    login_page(StatusCode::OK, None, own_path(&wanted.to))
}

/// Logs in.
pub(super) async fn log_in(
    State(access): State<Access>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(credentials): Form<Credentials>,
) -> Response {
    let Some(door) = access.users else { return StatusCode::NOT_FOUND.into_response() };
    if !is_same_origin(&headers) {
        return (StatusCode::FORBIDDEN, FOREIGN_FORM).into_response();
    }
    let Credentials { name, password, to } = credentials;
    let to = own_path(&to).to_owned();
    if name.len() > LONGEST_NAME || password.len() > LONGEST_PASSWORD {
        return login_page(StatusCode::UNAUTHORIZED, Some("Name or password is wrong"), &to);
    }
    let now = Instant::now();
    if let Some(wait) = door.lockout.wait(&name, caller.address, now) {
        let seconds = wait.as_secs() + 1;
        let told = format!("Too many wrong passwords; try again in {seconds} s");
        let mut response = login_page(StatusCode::TOO_MANY_REQUESTS, Some(&told), &to);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return response;
    }
    door.lockout.miss(&name, caller.address, now);
    match verify(&door, name.clone(), password).await {
        Verified::Yes { hash } => {
            door.lockout.hit(&name, caller.address);
            let id = door.sessions.open(&name, &hash, session(&headers, caller), Instant::now());
            let_in(id, &name, caller, &to)
        }
        Verified::No => {
            // The name is left out: people type passwords there.
            tracing::warn!(address = %caller.address, "A login to the status page failed");
            login_page(StatusCode::UNAUTHORIZED, Some("Name or password is wrong"), &to)
        }
        Verified::Unknown(error) => {
            tracing::error!(%error, "The users of the status page cannot be read");
            login_page(StatusCode::SERVICE_UNAVAILABLE, Some("Nobody can log in now: see the log"), &to)
        }
    }
}

enum Verified {
    Yes { hash: String },
    No,
    Unknown(String),
}

/// Hashing is slow on purpose, so it stands apart from what answers requests, a few at once.
async fn verify(door: &Arc<Door>, name: String, password: String) -> Verified {
    let Ok(_turn) = door.hashing.acquire().await else { return Verified::Unknown("it is closed".to_owned()) };
    let path = door.roster.path().to_owned();
    let verified = tokio::task::spawn_blocking(move || {
        let users = Users::read(&path)?;
        // Not asked in the other order: an unknown name must take as long.
        let hash = users.verify(&name, &password).then(|| users.hash(&name)).flatten();
        Ok::<_, WebError>(hash.map(str::to_owned))
    });
    match verified.await {
        Ok(Ok(Some(hash))) => Verified::Yes { hash },
        Ok(Ok(None)) => Verified::No,
        Ok(Err(error)) => Verified::Unknown(error.to_string()),
        Err(error) => Verified::Unknown(error.to_string()),
    }
}

fn let_in(id: Option<String>, name: &str, caller: Caller, to: &str) -> Response {
    let Some(id) = id else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };
    tracing::info!(user = name, address = %caller.address, "A user logged in to the status page");
    see_other(to, Some(cookie(&id, LIFETIME.as_secs(), caller)))
}

/// Logs out.
pub(super) async fn log_out(
    State(access): State<Access>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let Some(door) = access.users else { return StatusCode::NOT_FOUND.into_response() };
    if !is_same_origin(&headers) {
        return (StatusCode::FORBIDDEN, FOREIGN_FORM).into_response();
    }
    if let Some(id) = session(&headers, caller) {
        door.sessions.close(id);
    }
    see_other("/login", Some(cookie("", 0, caller)))
}

/// Sends somebody to the form, who comes back to what was asked for.
pub(super) fn to_login(path: &str) -> Response {
    match own_path(path) {
        "/" => see_other("/login", None),
        path => see_other(&format!("/login?to={}", super::page::encoded(path)), None),
    }
}

fn see_other(to: &str, cookie: Option<String>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let location = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(LOCATION, location);
    if let Some(cookie) = cookie.and_then(|cookie| HeaderValue::from_str(&cookie).ok()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}

/// A page of a tenant, or the first page: whatever else was asked for, nobody is sent away from here.
fn own_path(path: &str) -> &str {
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if path.starts_with("/t/") && path.len() <= 512 && is_plain { path } else { "/" }
}

/// Whether the form stands on this page. Browsers say so themselves; where one does not, the origin must be ours.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site".parse().unwrap_or(ORIGIN)) {
        return site == "same-origin";
    }
    let origin = text(ORIGIN).and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    origin.is_some() && origin == text(HOST)
}

/// With TLS, a name that browsers give only to cookies that this host set over TLS.
fn cookie_name(caller: Caller) -> &'static str {
    if caller.is_secure || caller.by_proxy { "__Host-trueup" } else { "trueup" }
}

fn cookie(id: &str, seconds: u64, caller: Caller) -> String {
    let secure = if caller.is_secure || caller.by_proxy { "; Secure" } else { "" };
    format!("{}={id}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", cookie_name(caller))
}

fn session(headers: &HeaderMap, caller: Caller) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(caller)).map(|(_, id)| id)
}

#[cfg(test)]
mod tests;
