//! Creating, replacing, patching and deleting records: all of it or nothing.
//!
//! Every accepted write is reported as a mutation, changed anything or not; the audit trail and `lastUpdated` only
//! follow what changed.

use jiff::Timestamp;

use super::additions;
use super::audit::{Change, Row, Source};
use super::callbacks;
use super::conform::{self, Occasion};
use super::defaults;
use super::errors::{Flaw, Refusal};
use super::identity;
use super::kind::Kind;
use super::log::Mutation;
use super::patch::{self, Operation};
use super::schema::{self, Duty};
use super::state::{Record, State};
use super::value::{Object, Value};
use super::view::View;

/// Who writes, when, and whence.
#[derive(Clone, Copy)]
pub(super) struct Author<'a> {
    pub(super) member: &'a str,
    pub(super) now: Timestamp,
    pub(super) source: Source,
}

/// Whether an accepted write stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    /// It stays.
    Kept,
    /// Nothing changes although the answer says success.
    Ignored,
}

type Written = Result<Mutation, Refusal>;

/// Creates a record.
pub(super) fn create(
    state: &mut State,
    author: Author<'_>,
    kind: Kind,
    parent: Option<u32>,
    body: &Value,
) -> Written {
    let mut fields = from_body(state, author, kind, None, parent, body)?;
    defaults::fill(state, kind, Occasion::Creation, &mut fields);
    if kind == Kind::Callback {
        callbacks::fill(state, author.member, None, &mut fields);
    }
    check(state, author, kind, parent, None, &fields)?;
    let id = state.next_id(kind);
    let record = Record { id, parent, fields, updated: author.now, updated_by: author.member.into() };
    Ok(commit(state, author, kind, None, Some(record)))
}

/// Replaces a record by what is sent; what is left out falls to its default or to nothing.
pub(super) fn replace(
    state: &mut State,
    author: Author<'_>,
    kind: Kind,
    before: &Record,
    body: &Value,
    landing: Landing,
) -> Written {
    let mut fields = from_body(state, author, kind, Some(before), before.parent, body)?;
    // What is demanded of an update has no default there.
    defaults::fill(state, kind, Occasion::Update, &mut fields);
    change(state, author, kind, before, fields, landing)
}

/// Performs the operations of a PATCH.
pub(super) fn patch(
    state: &mut State,
    author: Author<'_>,
    kind: Kind,
    before: &Record,
    operations: &[Operation],
    landing: Landing,
) -> Written {
    let patched = patch::perform(state, kind, &before.fields, operations);
    let mut patched = patched.map_err(|flaws| Refusal::invalid(kind, flaws))?;
    if kind == Kind::Addition {
        additions::follow_product(state, &before.fields, &mut patched.fields, &patched.sent);
    }
    change(state, author, kind, before, patched.fields, landing)
}

/// Deletes a record that no other needs.
pub(super) fn delete(state: &mut State, author: Author<'_>, kind: Kind, before: &Record) -> Written {
    let needed = Kind::ALL.into_iter().any(|other| {
        other.parent() == Some(kind) && state.count_below(other, before.id) > 0
            || refers(state, other, kind, before.id)
    });
    if needed {
        return Err(Refusal::in_use(kind, before.id));
    }
    Ok(commit(state, author, kind, Some(before.clone()), None))
}

/// Whether any record of one kind refers to a record of another.
fn refers(state: &State, kind: Kind, target: Kind, id: u32) -> bool {
    let fields = schema::of(kind).iter().filter(|field| field.duty != Duty::Derived);
    let fields: Vec<&str> = fields
        .filter(|field| matches!(field.shape, schema::Shape::Reference(to) if to == target))
        .map(|f| f.name)
        .collect();
    !fields.is_empty()
        && state.all(kind).any(|record| fields.iter().any(|name| record.get(name).id() == Some(id)))
}

/// Sets one field as another member would at the screen, without any rule but the field's shape.
pub(super) fn set_field(
    state: &mut State,
    author: Author<'_>,
    kind: Kind,
    before: &Record,
    name: &'static str,
    value: Value,
) -> Mutation {
    let mut after = before.clone();
    patch::put(&mut after.fields, name, value);
    touch(&mut after, before, author);
    commit(state, author, kind, Some(before.clone()), Some(after))
}

/// Puts a record where none was, as another member would at the screen, without any rule.
pub(super) fn insert(state: &mut State, author: Author<'_>, kind: Kind, record: Record) -> Mutation {
    commit(state, author, kind, None, Some(record))
}

/// The fields that a body sets. What only the server sets stays as it was, and so does a line's place on the invoice.
fn from_body(
    state: &State,
    author: Author<'_>,
    kind: Kind,
    before: Option<&Record>,
    parent: Option<u32>,
    body: &Value,
) -> Result<Object, Refusal> {
    let body = body.object().ok_or_else(|| Refusal::malformed("The body is not an object"))?;
    let mut fields = Object::new();
    let stays = |field: &&schema::Field| field.duty == Duty::Derived || field.name == "sequenceNumber";
    for field in schema::of(kind).iter().filter(stays) {
        if let Some(value) = before.and_then(|before| before.fields.get(field.name)) {
            fields.set(field.name, value.clone());
        }
    }
    let mut flaws = Vec::new();
    for field in schema::of(kind).iter().filter(|field| field.duty != Duty::Derived) {
        let Some(sent) = body.get(field.name) else { continue };
        match conform::sent(state, kind, field, &Value::Null, sent) {
            Ok(value) => patch::put(&mut fields, field.name, value),
            Err(flaw) => flaws.push(flaw),
        }
    }
    if !flaws.is_empty() {
        return Err(Refusal::invalid(kind, flaws));
    }
    if let (Kind::Addition, Some(parent)) = (kind, parent) {
        additions::fill(state, parent, &mut fields, author.now);
        additions::round(state, &mut fields);
    }
    Ok(fields)
}

fn check(
    state: &State,
    author: Author<'_>,
    kind: Kind,
    parent: Option<u32>,
    before: Option<&Record>,
    fields: &Object,
) -> Result<(), Refusal> {
    let occasion = if before.is_some() { Occasion::Update } else { Occasion::Creation };
    let mut flaws: Vec<Flaw> = conform::flaws(state, kind, fields, occasion);
    flaws.extend(identity::flaw(state, kind, before, fields));
    if let (Kind::Addition, Some(parent)) = (kind, parent) {
        flaws.extend(additions::flaws(state, parent, before, fields, author.now));
    }
    if kind == Kind::Callback {
        flaws.extend(callbacks::flaws(state, before.map(|before| before.id), fields));
    }
    if flaws.is_empty() { Ok(()) } else { Err(Refusal::invalid(kind, flaws)) }
}

fn change(
    state: &mut State,
    author: Author<'_>,
    kind: Kind,
    before: &Record,
    mut fields: Object,
    landing: Landing,
) -> Written {
    if kind == Kind::Addition {
        additions::round(state, &mut fields);
    }
    if kind == Kind::Callback {
        callbacks::fill(state, author.member, Some(before), &mut fields);
    }
    check(state, author, kind, before.parent, Some(before), &fields)?;
    let mut after = Record { fields, ..before.clone() };
    touch(&mut after, before, author);
    match landing {
        Landing::Kept => Ok(commit(state, author, kind, Some(before.clone()), Some(after))),
        Landing::Ignored => Ok(mutation(state, author, kind, Some(before), Some(before))),
    }
}

/// Marks a record as changed, where it is.
fn touch(after: &mut Record, before: &Record, author: Author<'_>) {
    if !changed_fields(before, after).is_empty() {
        after.updated = author.now;
        after.updated_by = author.member.into();
    }
}

fn commit(
    state: &mut State,
    author: Author<'_>,
    kind: Kind,
    before: Option<Record>,
    after: Option<Record>,
) -> Mutation {
    let mutation = mutation(state, author, kind, before.as_ref(), after.as_ref());
    if let Some(text) = audit_text(before.as_ref(), after.as_ref()) {
        let Author { member, now, source } = author;
        let row = Row { kind, id: mutation.id, change: mutation.change, text, when: now, member, source };
        state.audit.add(row);
    }
    state.remember(kind, mutation.id, before, author.now);
    match after {
        Some(after) => state.put(kind, after),
        None => state.remove(kind, mutation.id),
    }
    mutation
}

fn mutation(
    state: &State,
    author: Author<'_>,
    kind: Kind,
    before: Option<&Record>,
    after: Option<&Record>,
) -> Mutation {
    let view = View { state, now: author.now, base: "" };
    let record = after.or(before);
    Mutation {
        sequence: 0,
        time: author.now,
        member: author.member.to_owned(),
        source: author.source,
        kind,
        id: record.map_or(0, |record| record.id),
        parent: record.and_then(|record| record.parent),
        change: match (before, after) {
            (None, _) => Change::Created,
            (Some(_), Some(_)) => Change::Changed,
            (Some(_), None) => Change::Deleted,
        },
        before: before.map(|record| view.whole(kind, record)),
        after: after.map(|record| view.whole(kind, record)),
    }
}

/// What the audit trail says of a change; nothing where nothing changed.
fn audit_text(before: Option<&Record>, after: Option<&Record>) -> Option<String> {
    match (before, after) {
        (Some(before), Some(after)) => {
            let changed = changed_fields(before, after);
            (!changed.is_empty()).then(|| changed.join("; "))
        }
        (None, Some(_)) => Some("Created".to_owned()),
        (Some(_), None) => Some("Deleted".to_owned()),
        (None, None) => None,
    }
}

fn changed_fields(before: &Record, after: &Record) -> Vec<String> {
    let names = before.fields.iter().chain(after.fields.iter()).map(|(name, _)| name);
    let names: std::collections::BTreeSet<&str> = names.collect();
    let changed = names.into_iter().filter(|name| before.get(name) != after.get(name));
    changed.map(|name| format!("{name} changed from {} to {}", before.get(name), after.get(name))).collect()
}
