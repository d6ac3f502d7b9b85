//! Makes a sent value fit a field, and checks that stored records keep the rules of their fields.

use super::custom_fields;
use super::elsewhere;
use super::errors::{Flaw, FlawCode};
use super::kind::Kind;
use super::moment;
use super::options::{Options, RequiredOnUpdates};
use super::schema::{self, Duty, Field, Shape};
use super::state::State;
use super::value::{Object, Value, read_number};
use super::zone;

/// The stored form of a value sent for a field.
///
/// Numbers may come as texts, and an empty text means nothing wherever no text is wanted.
pub(super) fn stored(
    state: &State,
    kind: Kind,
    field: &Field,
    before: &Value,
    sent: &Value,
) -> Result<Value, Flaw> {
    let textual = matches!(field.shape, Shape::Text | Shape::ShortText(_));
    if sent.is_null() || (!textual && sent.as_text() == Some("")) {
        return Ok(Value::Null);
    }
    let wrong = |message: &str| Flaw::new(FlawCode::InvalidField, field.name, message);
    match field.shape {
        Shape::Text | Shape::ShortText(_) | Shape::Choice(_) => {
            sent.as_text().map(|_| sent.clone()).ok_or_else(|| wrong("A text is expected"))
        }
        Shape::Number => number(sent).ok_or_else(|| wrong("A number is expected")),
        Shape::Whole => whole(sent).ok_or_else(|| wrong("A whole number is expected")),
        Shape::Flag => sent.flag().map(Value::Flag).ok_or_else(|| wrong("A boolean is expected")),
        Shape::Date => date(sent).ok_or_else(|| wrong("The date has an unsupported format")),
        Shape::Reference(other) => state.resolve(other, sent).map(Value::from).ok_or_else(|| {
            Flaw::new(FlawCode::NotFound, field.name, format!("The {} does not exist", other.entity()))
        }),
        Shape::Elsewhere => {
            elsewhere::reference(field.name, sent).ok_or_else(|| wrong("A reference is expected"))
        }
        Shape::ManyElsewhere => {
            elsewhere::references(field.name, sent).ok_or_else(|| wrong("A list of references is expected"))
        }
        Shape::CustomFields => {
            let omitted = state.options.omitted_custom_fields;
            custom_fields::stored(state.definitions(kind), before, sent, omitted)
                .map_err(|message| wrong(&message))
        }
        Shape::Information => Ok(Value::Null),
    }
}

/// The stored form of a value that a request sends: a date becomes the day that the server makes of it.
pub(super) fn sent(
    state: &State,
    kind: Kind,
    field: &Field,
    before: &Value,
    sent: &Value,
) -> Result<Value, Flaw> {
    let stored = stored(state, kind, field, before, sent)?;
    Ok(match stored {
        Value::Date(date) => Value::Date(zone::stored_date(&state.options, date)),
        other => other,
    })
}

fn number(sent: &Value) -> Option<Value> {
    match sent {
        Value::Number(number) => Some(Value::Number(*number)),
        Value::Text(text) => read_number(text).map(Value::Number),
        Value::Null | Value::Flag(_) | Value::Date(_) | Value::List(_) | Value::Object(_) => None,
    }
}

fn whole(sent: &Value) -> Option<Value> {
    number(sent).filter(|number| number.number().is_some_and(elsewhere::is_whole))
}

fn date(sent: &Value) -> Option<Value> {
    match sent {
        Value::Date(date) => Some(Value::Date(moment::whole_seconds(*date))),
        Value::Text(text) => moment::read(text).map(Value::Date),
        Value::Null | Value::Flag(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// When a record is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// It comes to be.
    Creation,
    /// It changes.
    Update,
}

/// What is wrong with a stored record, field by field.
pub(super) fn flaws(state: &State, kind: Kind, fields: &Object, occasion: Occasion) -> Vec<Flaw> {
    let check = |field: &Field| {
        let value = fields.get(field.name).unwrap_or(&Value::Null);
        let absent = value.is_null() || value.as_text() == Some("");
        match (absent, needed(field.duty, occasion, &state.options)) {
            (true, true) => Some(missing(field.name)),
            (true, false) => None,
            (false, _) => flaw(state, field, value),
        }
    };
    schema::of(kind).iter().filter(|field| field.duty != Duty::Derived).filter_map(check).collect()
}

/// Whether a field has to be sent.
pub(super) fn demands(state: &State, kind: Kind, name: &str, occasion: Occasion) -> bool {
    schema::field(schema::of(kind), name).is_some_and(|field| needed(field.duty, occasion, &state.options))
}

fn needed(duty: Duty, occasion: Occasion, options: &Options) -> bool {
    match duty {
        Duty::Required => true,
        Duty::RequiredOnUpdates => {
            occasion == Occasion::Update && options.required_on_updates == RequiredOnUpdates::Enforced
        }
        Duty::Optional | Duty::Derived => false,
    }
}

fn missing(name: &str) -> Flaw {
    Flaw::new(FlawCode::MissingRequiredField, name, format!("The {name} field is required"))
}

fn flaw(state: &State, field: &Field, value: &Value) -> Option<Flaw> {
    let name = field.name;
    let invalid = |message: String| Some(Flaw::new(FlawCode::InvalidField, name, message));
    match (field.shape, value) {
        (Shape::Text, Value::Text(_))
        | (Shape::Number | Shape::Whole, Value::Number(_))
        | (Shape::Flag, Value::Flag(_))
        | (Shape::Date, Value::Date(_))
        | (Shape::Elsewhere | Shape::CustomFields, Value::Object(_))
        | (Shape::ManyElsewhere, Value::List(_))
        | (Shape::Information, _) => None,
        (Shape::ShortText(longest), Value::Text(text)) => {
            let length = text.chars().count();
            let message = || format!("The {name} field is longer than {longest}");
            (length > longest).then(|| Flaw::new(FlawCode::MaxLengthField, name, message()))
        }
        (Shape::Choice(words), Value::Text(text)) if words.contains(&text.as_ref()) => None,
        (Shape::Choice(words), Value::Text(text)) => {
            invalid(format!("'{text}' is not one of {}", words.join(", ")))
        }
        (Shape::Reference(other), id) => {
            let known = id.id().is_some_and(|id| state.record(other, id).is_some());
            let message = || format!("The {} does not exist", other.entity());
            (!known).then(|| Flaw::new(FlawCode::NotFound, name, message()))
        }
        (_, _) => invalid(format!("The {name} field does not hold what it should")),
    }
}
