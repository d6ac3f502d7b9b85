//! Bundles: many reads in one request, each with its own success or failure inside a 200.
//!
//! Property names are matched whatever their case. A bundle has no way to write.

use super::access::Right;
use super::desk::{Desk, read_page};
use super::errors::Refusal;
use super::exchange::Answer;
use super::filter::FilterTexts;
use super::kind::Kind;
use super::listing::{Listing, Question};
use super::paging::Paging;
use super::projection::Projection;
use super::schema;
use super::value::{Object, Value};
use super::view::View;

/// Answers every request of a bundle, in order.
pub(super) fn answer(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let body = desk.body()?;
    let requests = any_case(&body, &["requests"]).list();
    let requests = requests.ok_or_else(|| Refusal::malformed("A bundle has a list of requests"))?;
    if desk.state.options.bundle_limit.is_some_and(|limit| requests.len() > limit) {
        return Err(Refusal::malformed("The bundle holds too many requests"));
    }
    let results = requests.iter().map(|request| result(desk, request)).collect();
    Ok(Answer::json(200, &Value::Object(Object::new().with("results", Value::List(results)))))
}

fn result(desk: &Desk<'_>, request: &Value) -> Value {
    let text = |name: &str| any_case(request, &[name]).as_text().map_or(Value::Null, Value::text);
    let sequence = any_case(request, &["sequenceNumber"]).number().map_or(Value::Null, Value::from);
    let head =
        Object::new().with_some("sequenceNumber", sequence).with_some("resourceType", text("resourceType"));
    let version = text("version");
    let shown = match entities(desk, request) {
        Ok(entities) => {
            let count = u32::try_from(entities.len()).unwrap_or(u32::MAX);
            head.with("entities", Value::List(entities))
                .with("count", count)
                .with_some("version", version)
                .with("success", true)
                .with("statusCode", 200)
        }
        Err(refusal) => head
            .with("entities", Value::List(Vec::new()))
            .with("count", 0)
            .with_some("version", version)
            .with("success", false)
            .with("statusCode", u32::from(refusal.status))
            .with("error", refusal.body()),
    };
    Value::Object(shown)
}

fn entities(desk: &Desk<'_>, request: &Value) -> Result<Vec<Value>, Refusal> {
    let resource = any_case(request, &["resourceType"]).as_text().unwrap_or_default();
    let kind = kind(resource)
        .ok_or_else(|| Refusal::malformed(format!("The resource type '{resource}' is not supported")))?;
    let parent = parent(request, kind)?;
    desk.permit(kind, Right::Inquire)?;
    desk.require_parent(kind, parent)?;
    match number_of(request, "id")? {
        Some(id) => one(desk, request, kind, parent, id).map(|entity| vec![entity]),
        None => many(desk, request, kind, parent),
    }
}

/// The record that holds the ones asked for: needed by children, ignored by everything else.
fn parent(request: &Value, kind: Kind) -> Result<Option<u32>, Refusal> {
    if kind.parent().is_none() {
        return Ok(None);
    }
    let parent = number_of(request, "parentId")?;
    parent.map(Some).ok_or_else(|| Refusal::malformed("The request has no parentId"))
}

/// A number of a record, as a number or as a text of one; nothing where nothing is sent.
fn number_of(request: &Value, name: &str) -> Result<Option<u32>, Refusal> {
    let sent = any_case(request, &["apiRequest", name]);
    let number = match sent.as_text() {
        Some("") => return Ok(None),
        Some(text) => text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit())),
        None if sent.is_null() => return Ok(None),
        None => sent.id(),
    };
    number.map(Some).ok_or_else(|| Refusal::malformed(format!("The {name} is not a whole number")))
}

fn one(desk: &Desk<'_>, request: &Value, kind: Kind, parent: Option<u32>, id: u32) -> Result<Value, Refusal> {
    let record = desk.state.record_below(kind, parent, id).ok_or_else(|| Refusal::not_found(kind, id))?;
    let projection = Projection::read(text(request, &["apiRequest", "fields"]));
    Ok(Value::Object(projection.show(view(desk).whole(kind, record))))
}

fn many(desk: &Desk<'_>, request: &Value, kind: Kind, parent: Option<u32>) -> Result<Vec<Value>, Refusal> {
    let filter = |name: &str| text(request, &["apiRequest", "filters", name]);
    let question = Question {
        filter: FilterTexts {
            conditions: filter("conditions"),
            child: filter("childConditions"),
            custom: filter("customFieldConditions"),
        },
        order_by: filter("orderBy"),
        fields: text(request, &["apiRequest", "fields"]),
        paging: paging(request)?,
    };
    let listing = Listing::read(question, schema::of(kind), Some(kind), &desk.state.options)?;
    Ok(read_page(view(desk), &listing, kind, parent).0)
}

fn view<'v>(desk: &'v Desk<'_>) -> View<'v> {
    View { state: desk.state, now: desk.now, base: &desk.base }
}

/// A page by its number, or forward by an id where one is given.
fn paging(request: &Value) -> Result<Paging, Refusal> {
    let number = |name: &str| {
        let value = any_case(request, &["apiRequest", "page", name]);
        let text = value.as_text().map_or_else(|| value.to_string(), str::to_owned);
        if value.is_null() { String::new() } else { text }
    };
    let (page, size, page_id) = (number("page"), number("pageSize"), number("pageId"));
    if page_id.is_empty() { Paging::navigable(&page, &size) } else { Paging::forward_only(&page_id, &size) }
}

/// The kinds that are known to be asked for in bundles, of those that are kept here.
fn kind(resource: &str) -> Option<Kind> {
    const RESOURCES: [(&str, Kind); 3] =
        [("addition", Kind::Addition), ("agreement", Kind::Agreement), ("ticket", Kind::Ticket)];
    RESOURCES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(resource)).map(|(_, kind)| kind)
}

/// The requests of a bundle; none where it is none.
pub(super) fn requests(body: &Value) -> &[Value] {
    any_case(body, &["requests"]).list().unwrap_or_default()
}

/// The kind that one request of a bundle asks for, where it is kept here.
pub(super) fn asked_kind(request: &Value) -> Option<Kind> {
    kind(text(request, &["resourceType"]))
}

/// The fields that one request of a bundle asks for.
pub(super) fn asked_fields(request: &Value) -> &str {
    text(request, &["apiRequest", "fields"])
}

fn text<'v>(request: &'v Value, path: &[&str]) -> &'v str {
    any_case(request, path).as_text().unwrap_or_default()
}

fn any_case<'v>(value: &'v Value, path: &[&str]) -> &'v Value {
    const NOTHING: &Value = &Value::Null;
    let step = |value: &'v Value, name: &&str| {
        value.object().and_then(|object| object.get_in_any_case(name)).unwrap_or(NOTHING)
    };
    path.iter().fold(value, step)
}
