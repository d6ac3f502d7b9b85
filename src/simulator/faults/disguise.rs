//! What an answer says in place of what is so: the right status with the wrong words, links or headers.
//!
//! Reads the state where another record is to be shown, and never changes it.

use jiff::Timestamp;

use crate::simulator::bundles;
use crate::simulator::exchange::{Answer, Request};
use crate::simulator::kind::Kind;
use crate::simulator::options::IsCloud;
use crate::simulator::parameters::Parameters;
use crate::simulator::routes::{self, Endpoint};
use crate::simulator::schema::{self, Shape};
use crate::simulator::state::State;
use crate::simulator::value::{Object, Value};
use crate::simulator::view::View;

/// How an answer is changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Disguise {
    /// 204 and no body.
    NoContent,
    /// The right status and the body `null`.
    NullBody,
    /// Another media type than the body has.
    ContentType(String),
    /// The dates that a record does not have are empty texts.
    EmptyDates,
    /// Records have properties that nobody has heard of.
    ExtraProperties,
    /// Additions have the property `additionStatus`.
    AdditionStatus,
    /// `IsCloud` of the company information in this form.
    IsCloud(IsCloud),
    /// A count that is wrong by so many.
    Count(i32),
    /// The `Link` header leads astray.
    Links(Astray),
    /// Another record is shown than the one that was asked for.
    OtherRecord,
    /// One more header, or another value of it.
    Header(&'static str, String),
    /// So many kibibytes of headers.
    HugeHeaders(u32),
}

/// How a `Link` header leads astray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Astray {
    /// It is missing.
    Missing,
    /// The next page is this page, for ever.
    Loop,
    /// The links lead to this origin.
    Elsewhere(String),
}

/// What a disguise looks at.
#[derive(Clone, Copy)]
pub(in crate::simulator) struct Scene<'s> {
    pub(in crate::simulator) state: &'s State,
    pub(in crate::simulator) now: Timestamp,
    pub(in crate::simulator) request: &'s Request,
}

/// How much one header of a heap holds.
const PADDING: usize = 8 * 1024;

impl Disguise {
    /// The answer in its disguise.
    pub(super) fn worn(&self, answer: Answer, scene: Scene<'_>) -> Answer {
        match self {
            Self::NoContent => Answer::empty(204),
            Self::NullBody => Answer { body: "null".to_owned(), ..answer },
            Self::ContentType(name) => {
                without(answer, "content-type").with_header("content-type", name.clone())
            }
            Self::Header(name, value) => without(answer, name).with_header(name, value.clone()),
            Self::HugeHeaders(kibibytes) => padded(answer, *kibibytes),
            Self::Links(astray) => astray.led(answer, scene.request),
            Self::IsCloud(form) => told(answer, |value| with_is_cloud(value, *form)),
            Self::Count(by) => told(answer, |value| miscounted(value, *by)),
            Self::OtherRecord => another(answer, scene),
            Self::ExtraProperties => each_record(answer, &|record| {
                record.with("futureField", "unheard of").with("futureFlags", vec![Value::Flag(true)])
            }),
            Self::AdditionStatus => each_record(answer, &|record| {
                let status = record.get("agreementStatus").cloned().unwrap_or_default();
                record.with("additionStatus", status)
            }),
            Self::EmptyDates => with_empty_dates(answer, scene.request),
        }
    }
}

impl Astray {
    fn led(&self, answer: Answer, request: &Request) -> Answer {
        match self {
            Self::Missing => without(answer, "link"),
            Self::Loop => {
                let here = format!("<{}{}?{}>; rel=\"next\"", request.origin(), request.path, request.query);
                without(answer, "link").with_header("link", here)
            }
            Self::Elsewhere(origin) => match answer.header("link").map(|links| moved(links, origin)) {
                Some(links) => without(answer, "link").with_header("link", links),
                None => answer,
            },
        }
    }
}

/// Links with another origin.
fn moved(links: &str, origin: &str) -> String {
    let one = |link: &str| {
        let path = link.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        path.map_or_else(|| link.to_owned(), |(_, path)| format!("{origin}/{path}"))
    };
    let mut parts = links.split('<');
    let first = parts.next().unwrap_or_default().to_owned();
    std::iter::once(first).chain(parts.map(|link| format!("<{}", one(link)))).collect()
}

fn without(mut answer: Answer, name: &str) -> Answer {
    answer.headers.retain(|(own, _)| *own != name);
    answer
}

fn padded(answer: Answer, kibibytes: u32) -> Answer {
    let heaps = (kibibytes as usize * 1024).div_ceil(PADDING);
    (0..heaps).fold(answer, |answer, _| answer.with_header("x-padding", "x".repeat(PADDING)))
}

/// An answer that went well, with its body told otherwise; any other one as it is.
fn told(answer: Answer, tell: impl FnOnce(Value) -> Value) -> Answer {
    if !(200..300).contains(&answer.status) {
        return answer;
    }
    match answer.body.parse::<Value>() {
        Ok(value) => Answer { body: tell(value).to_string(), ..answer },
        Err(_) => answer,
    }
}

fn with_is_cloud(value: Value, form: IsCloud) -> Value {
    let Value::Object(company) = value else { return value };
    let shown = match form {
        IsCloud::Text => Value::text("True"),
        IsCloud::Boolean => Value::Flag(true),
    };
    Value::Object(company.with("IsCloud", shown))
}

fn miscounted(value: Value, by: i32) -> Value {
    match value.descend(&["count"]).number() {
        Some(count) => Value::Object(Object::new().with("count", count + rust_decimal::Decimal::from(by))),
        None => value,
    }
}

/// Changes every record of an answer: the one, those of a list, those of a bundle.
fn each_record(answer: Answer, change: &dyn Fn(Object) -> Object) -> Answer {
    told(answer, |value| change_records(value, change))
}

fn change_records(value: Value, change: &dyn Fn(Object) -> Object) -> Value {
    match value {
        Value::List(rows) => Value::List(rows.into_iter().map(|row| change_records(row, change)).collect()),
        Value::Object(mut whole) => {
            for inside in ["results", "entities"] {
                if let Some(rows) = whole.get(inside).cloned() {
                    whole.set(inside, change_records(rows, change));
                    return Value::Object(whole);
                }
            }
            Value::Object(change(whole))
        }
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::Text(_) | Value::Date(_) => value,
    }
}

/// Dates that were asked for, or all where nothing in particular was, and that are absent.
fn with_empty_dates(answer: Answer, request: &Request) -> Answer {
    match routes::endpoint_of(&request.path) {
        Some(Endpoint::Collection(kind, _) | Endpoint::Record(kind, ..)) => {
            let dates = dates_of(kind, Parameters::read(&request.query).get("fields"));
            each_record(answer, &|record| emptied(record, &dates))
        }
        Some(Endpoint::Bundles) => told(answer, |bundle| with_empty_dates_inside(bundle, request)),
        _ => answer,
    }
}

/// The same inside the results of a bundle, which come in the order of its requests.
fn with_empty_dates_inside(bundle: Value, request: &Request) -> Value {
    let asked = request.body.parse().unwrap_or_default();
    let asked = bundles::requests(&asked);
    let results = bundle.descend(&["results"]).list().unwrap_or_default().iter().cloned();
    let told = results.zip(asked).map(|(result, asked)| match bundles::asked_kind(asked) {
        Some(kind) => {
            let dates = dates_of(kind, bundles::asked_fields(asked));
            let Value::Object(result) = result else { return result };
            let entities = result.get("entities").cloned().unwrap_or_default();
            let entities = change_records(entities, &|record| emptied(record, &dates));
            Value::Object(result.with("entities", entities))
        }
        None => result,
    });
    Value::Object(Object::new().with("results", Value::List(told.collect())))
}

/// The dates of a kind of record that are among the fields asked for.
fn dates_of(kind: Kind, asked: &str) -> Vec<&'static str> {
    let wanted = |name: &str| {
        asked.is_empty() || asked.split(',').any(|field| field.trim().eq_ignore_ascii_case(name))
    };
    let dates = schema::of(kind).iter().filter(|field| matches!(field.shape, Shape::Date));
    dates.map(|field| field.name).filter(|name| wanted(name)).collect()
}

fn emptied(mut record: Object, dates: &[&'static str]) -> Object {
    for name in dates {
        if record.get(name).is_none() {
            record.set(*name, "");
        }
    }
    record
}

/// The next record of the same collection, or the first where there is no next.
fn another(answer: Answer, scene: Scene<'_>) -> Answer {
    let Some(Endpoint::Record(kind, parent, id)) = routes::endpoint_of(&scene.request.path) else {
        return answer;
    };
    let others = scene.state.records(kind, parent, id).chain(scene.state.records(kind, parent, 0));
    let Some(other) = others.into_iter().find(|record| record.id != id) else { return answer };
    let view = View { state: scene.state, now: scene.now, base: "" };
    told(answer, |_| Value::Object(view.whole(kind, other)))
}
