//! What can be registered for, and who is told what.
//!
//! Types and levels as far as public material names them. The levels of activities, agreements and companies are the
//! vendor's list; of the other types only the levels that their records bear out are taken, and of those that the
//! simulator keeps no records of, nothing ever fires.

use axum::http::Uri;

use crate::simulator::audit::Change;
use crate::simulator::errors::{Flaw, FlawCode};
use crate::simulator::kind::Kind;
use crate::simulator::log::Mutation;
use crate::simulator::patch;
use crate::simulator::state::{Record, State};
use crate::simulator::value::{Object, Value};

/// A type of callbacks: its name, the records it is about, the levels that a registration may have.
type Type = (&'static str, Option<Kind>, &'static [&'static str]);

/// The level that means everything, with the object 1.
const OWNER: &str = "owner";

const TYPES: &[Type] = &[
    ("activity", None, &[OWNER, "status", "type", "company", "activity"]),
    ("agreement", Some(Kind::Agreement), &[OWNER, "type", "company", "agreement"]),
    ("company", Some(Kind::Company), &[OWNER, "status", "type", "territory", "company", "integratortag"]),
    ("configuration", None, &[OWNER, "status", "type", "company", "configuration"]),
    ("contact", None, &[OWNER, "type", "company", "contact"]),
    ("invoice", None, &[OWNER, "company", "invoice"]),
    ("opportunity", None, &[OWNER, "status", "type", "company", "opportunity"]),
    ("productcatalog", Some(Kind::Product), &[OWNER, "type", "productcatalog"]),
    ("project", None, &[OWNER, "status", "board", "company", "project"]),
    ("schedule", None, &[OWNER, "status", "type", "schedule"]),
    ("ticket", Some(Kind::Ticket), &[OWNER, "board", "status", "company", "ticket"]),
];

/// A type or a level as it is compared and as callbacks name it: lower case, without spaces.
pub(super) fn name_of(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_ascii_lowercase()
}

fn type_of(fields: &Object) -> Option<&'static Type> {
    let name = name_of(fields.get("type")?.as_text()?);
    TYPES.iter().find(|(own, ..)| *own == name)
}

/// A GUID that is made of a number, so that it is the same in every run.
pub(in crate::simulator) fn guid(number: u32) -> String {
    format!("{number:08x}-ca11-4bac-8c00-{number:012x}")
}

/// Fills in what the server knows better than the caller. `before` is what stood there, where something did.
pub(in crate::simulator) fn fill(state: &State, member: &str, before: Option<&Record>, fields: &mut Object) {
    let registered = before.map(|before| before.get("memberId").clone());
    let caller = || state.members.iter().find(|own| own.identifier == member).map(|own| own.id);
    patch::put(fields, "memberId", registered.unwrap_or_else(|| caller().into()));
    let default = |fields: &mut Object, name: &'static str, value: Value| {
        if fields.get(name).is_none() {
            fields.set(name, value);
        }
    };
    default(fields, "payloadVersion", "3.0.0".into());
    for flag in ["inactiveFlag", "isSoapCallbackFlag", "isSelfSuppressedFlag"] {
        default(fields, flag, false.into());
    }
    let level = fields.get("level").and_then(Value::as_text).map(name_of);
    if level.as_deref() == Some(OWNER) && fields.get("objectId").and_then(Value::id) == Some(0) {
        fields.set("objectId", 1);
    }
}

/// What is wrong with a registration beyond its fields. `id` is its number, where it has one already.
pub(in crate::simulator) fn flaws(state: &State, id: Option<u32>, fields: &Object) -> Vec<Flaw> {
    let flaws = [url_flaw(fields), type_flaw(fields), level_flaw(fields), object_flaw(state, id, fields)];
    flaws.into_iter().flatten().collect()
}

fn url_flaw(fields: &Object) -> Option<Flaw> {
    let url = fields.get("url")?.as_text().filter(|url| !url.is_empty())?;
    let valid = url
        .parse::<Uri>()
        .is_ok_and(|uri| uri.authority().is_some() && matches!(uri.scheme_str(), Some("http" | "https")));
    (!valid).then(|| Flaw::new(FlawCode::InvalidField, "url", "Invalid URL"))
}

fn type_flaw(fields: &Object) -> Option<Flaw> {
    let sent = fields.get("type")?.as_text().filter(|sent| !sent.is_empty())?;
    let unknown = || Flaw::new(FlawCode::InvalidField, "type", format!("The type '{sent}' is not supported"));
    type_of(fields).is_none().then(unknown)
}

fn level_flaw(fields: &Object) -> Option<Flaw> {
    let (_, _, levels) = type_of(fields)?;
    let level = name_of(fields.get("level")?.as_text().filter(|sent| !sent.is_empty())?);
    let message = "This type of callback has no such level";
    let unknown = || Flaw::new(FlawCode::InvalidObject, "level", message);
    (!levels.contains(&level.as_str())).then(unknown)
}

fn object_flaw(state: &State, id: Option<u32>, fields: &Object) -> Option<Flaw> {
    let object = fields.get("objectId")?;
    if object.number().is_some() && object.id().is_none() {
        return Some(Flaw::new(FlawCode::InvalidField, "objectId", "The objectId is not the id of a record"));
    }
    let same = |record: &Record| Some(record.id) != id && subject(&record.fields) == subject(fields);
    let taken = || Flaw::new(FlawCode::ObjectExists, "objectId", "Such a callback is registered already");
    state.all(Kind::Callback).any(same).then(taken)
}

/// What no two registrations have in common.
fn subject(fields: &Object) -> (Option<String>, Option<String>, Option<u32>, Option<&str>) {
    let text = |name: &str| fields.get(name).and_then(Value::as_text);
    (
        text("type").map(name_of),
        text("level").map(name_of),
        fields.get("objectId").and_then(Value::id),
        text("url"),
    )
}

/// A record that was saved.
pub(super) struct Saved<'m> {
    pub(super) mutation: &'m Mutation,
    pub(super) kind: Kind,
    pub(super) id: u32,
    pub(super) change: Change,
}

impl<'m> Saved<'m> {
    /// The record that was written.
    pub(super) fn of(mutation: &'m Mutation) -> Self {
        Self { mutation, kind: mutation.kind, id: mutation.id, change: mutation.change }
    }

    /// Another record, which changed by it.
    pub(super) fn changed(mutation: &'m Mutation, kind: Kind, id: u32) -> Self {
        Self { mutation, kind, id, change: Change::Changed }
    }
}

/// Whether anything is sent for a registration.
pub(super) fn is_active(callback: &Record) -> bool {
    callback.get("inactiveFlag").flag() != Some(true)
}

/// Whether a registration is told of a saved record.
pub(super) fn wants(state: &State, callback: &Record, saved: &Saved<'_>) -> bool {
    let Some((name, Some(kind), _)) = type_of(&callback.fields) else { return false };
    *kind == saved.kind
        && is_active(callback)
        && !is_own(state, callback, saved)
        && reaches(state, name, callback, saved)
}

/// Whether the member that registered made the change itself and does not want to hear of that.
fn is_own(state: &State, callback: &Record, saved: &Saved<'_>) -> bool {
    let registered = callback.get("memberId").id();
    let is_author = state
        .members
        .iter()
        .any(|member| Some(member.id) == registered && member.identifier == saved.mutation.member);
    is_author && callback.get("isSelfSuppressedFlag").flag() == Some(true)
}

/// Whether the record lies in what a registration is about.
fn reaches(state: &State, name: &str, callback: &Record, saved: &Saved<'_>) -> bool {
    let Some(object) = callback.get("objectId").id() else { return false };
    let level = name_of(callback.get("level").as_text().unwrap_or_default());
    if level == OWNER {
        return object == 1;
    }
    if level == name {
        return object == saved.id;
    }
    let is_it = |value: &Value| value.id() == Some(object) || value.descend(&["id"]).id() == Some(object);
    let lies_there = |fields: &Object| {
        let many = fields.get(&format!("{level}s")).and_then(Value::list).unwrap_or_default();
        fields.get(&level).is_some_and(is_it) || many.iter().any(is_it)
    };
    match state.record(saved.kind, saved.id) {
        Some(record) => lies_there(&record.fields),
        None => saved.mutation.before.as_ref().is_some_and(lies_there),
    }
}
