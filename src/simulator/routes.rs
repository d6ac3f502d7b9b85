//! Which endpoint a path means, and which release it is sent to.

use super::kind::Kind;
use super::options::Login;
use super::parameters::decode;

/// The code base that always leads to the current release.
const ANY_RELEASE: &str = "v4_6_release";

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// The company information of a company.
    CompanyInformation(String),
    /// The key that callbacks are signed with, which needs no login.
    CallbackKey,
    /// An endpoint of the API, below this code base.
    Endpoint(String, Endpoint),
    /// The API, but no endpoint of it.
    NoEndpoint,
    /// Nowhere: the gateway knows no such release.
    Nowhere,
}

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    SystemInformation,
    MySecurity,
    AuditTrail,
    AuditTrailCount,
    Bundles,
    Collection(Kind, Option<u32>),
    Count(Kind, Option<u32>),
    Record(Kind, Option<u32>, u32),
}

/// Where a path leads.
pub(super) fn find(login: &Login, path: &str) -> Route {
    let segments: Vec<String> =
        path.split('/').filter(|segment| !segment.is_empty()).map(decode_segment).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["login", "companyinfo", company] => Route::CompanyInformation((*company).to_owned()),
        [base, "system", "callbackkey", "index.rails"] if is_known(login, base) => Route::CallbackKey,
        [base, "apis", "3.0", rest @ ..] => match (is_known(login, base), rest) {
            (false, _) | (true, ["apis", ..]) => Route::Nowhere,
            (true, rest) => endpoint(rest)
                .map_or(Route::NoEndpoint, |endpoint| Route::Endpoint((*base).to_owned(), endpoint)),
        },
        _ => Route::Nowhere,
    }
}

/// Whether the gateway knows a code base.
fn is_known(login: &Login, base: &str) -> bool {
    base == ANY_RELEASE || base == login.code_base()
}

/// Decodes percent signs; a plus sign in a path is a plus sign.
fn decode_segment(segment: &str) -> String {
    decode(&segment.replace('+', "%2B"))
}

/// The endpoint that a path means, whatever its code base.
pub(super) fn endpoint_of(path: &str) -> Option<Endpoint> {
    let segments: Vec<String> =
        path.split('/').filter(|segment| !segment.is_empty()).map(decode_segment).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        [_, "apis", "3.0", rest @ ..] => endpoint(rest),
        _ => None,
    }
}

/// Whether a path asks for the information of some company.
pub(super) fn is_company_information(path: &str) -> bool {
    path.starts_with("/login/companyinfo/")
}

/// Whether a path is answered without a login: the information of a company, and the key of callbacks.
pub(super) fn needs_no_keys(path: &str) -> bool {
    is_company_information(path) || path.ends_with("/system/callbackkey/index.rails")
}

fn endpoint(segments: &[&str]) -> Option<Endpoint> {
    match segments {
        ["system", "info"] => Some(Endpoint::SystemInformation),
        ["system", "mySecurity"] => Some(Endpoint::MySecurity),
        ["system", "audittrail"] => Some(Endpoint::AuditTrail),
        ["system", "audittrail", "count"] => Some(Endpoint::AuditTrailCount),
        ["system", "bundles"] => Some(Endpoint::Bundles),
        _ => Kind::ALL
            .into_iter()
            .filter(|kind| kind.parent().is_none())
            .find_map(|kind| below(kind, segments)),
    }
}

fn below(kind: Kind, segments: &[&str]) -> Option<Endpoint> {
    let collection: Vec<&str> = kind.collection().split('/').collect();
    let rest = segments.strip_prefix(collection.as_slice())?;
    if let Some(endpoint) = in_collection(kind, None, rest) {
        return Some(endpoint);
    }
    let (parent, rest) = rest.split_first()?;
    let (name, rest) = rest.split_first()?;
    let children = Kind::ALL.into_iter().filter(|child| child.parent() == Some(kind));
    let child = children.into_iter().find(|child| child.collection() == *name)?;
    in_collection(child, Some(number(parent)?), rest)
}

fn in_collection(kind: Kind, parent: Option<u32>, rest: &[&str]) -> Option<Endpoint> {
    match rest {
        [] => Some(Endpoint::Collection(kind, parent)),
        ["count"] => Some(Endpoint::Count(kind, parent)),
        [id] => Some(Endpoint::Record(kind, parent, number(id)?)),
        _ => None,
    }
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}
