//! Scalars against what they should be: names, words, days, numbers and truth values.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_yaml::{Mapping, Value};

use crate::problem::{Code, nearest};
use crate::yaml::reject;
use crate::yaml::scalar::{self, Plain};
use crate::yaml::shape::{Range, Shape, TextShape};
use crate::yaml::tree::{Content, Id};

use super::{Fitter, Site, describe};

/// A scalar as written.
struct Written {
    text: String,
    /// What it says, when it is plain; `None` when it is quoted or a block, and so a text.
    plain: Option<Plain>,
}

impl Fitter<'_> {
    /// A scalar that should be of a scalar shape.
    pub(super) fn scalar(&mut self, site: Site, shape: &Shape) -> Option<Value> {
        let scalar = self.document.scalar(site.id)?;
        if scalar.secret {
            // Told already, and never repeated.
            return None;
        }
        let text = scalar.text.to_string();
        let plain = scalar.is_plain().then(|| scalar::classify(&scalar.text));
        let written = Written { text, plain };
        match shape {
            Shape::Text(expected) => self.text(site, written, expected),
            Shape::Integer(range) => self.integer(site, &written, *range, shape),
            Shape::Number(range) => self.number(site, &written, *range, shape),
            Shape::Bool(only) => self.truth(site, &written, *only, shape),
            Shape::Any
            | Shape::List { .. }
            | Shape::Map(_)
            | Shape::Tagged(_)
            | Shape::OneOf(_)
            | Shape::Nothing => None,
        }
    }

    fn text(&mut self, site: Site, written: Written, expected: &TextShape) -> Option<Value> {
        let is_text = matches!(written.plain, None | Some(Plain::Text))
            || (expected.day && matches!(written.plain, Some(Plain::Day)));
        if !is_text {
            self.not_a_text(site, &written, expected);
            return None;
        }
        if expected.day && day(&written.text).is_none() {
            let message = format!(
                "{} must be a day such as 2026-12-15, and is {}",
                self.subject(site),
                shown(&written)
            );
            self.reject(Code::InvalidValue, site, message, None);
            return None;
        }
        if !expected.words.is_empty() && !expected.words.contains(&written.text) {
            self.unknown_word(site, &written, expected);
            return None;
        }
        if written.text.is_empty() && !expected.may_be_empty {
            let message = format!("{} is empty", self.subject(site));
            self.reject(Code::InvalidValue, site, message, None);
            return None;
        }
        Some(Value::String(written.text))
    }

    fn not_a_text(&mut self, site: Site, written: &Written, expected: &TextShape) {
        let subject = self.subject(site);
        if !expected.words.is_empty() {
            return self.unknown_word(site, written, expected);
        }
        if written.text.is_empty() {
            let hint = "write the value, or leave the key out".to_owned();
            return self.reject(Code::WrongType, site, format!("{subject} has no value"), Some(hint));
        }
        if expected.day {
            let message = format!("{subject} must be a day such as 2026-12-15, and is {}", shown(written));
            return self.reject(Code::InvalidValue, site, message, None);
        }
        let what = written.plain.map_or("a text", Plain::describe);
        let message = format!("{subject} is a name or text, and plain {} reads as {what}", shown(written));
        let quoted = format!("\"{}\"", written.text);
        let hint = match site.key {
            Some(_) if !site.item => format!("quote it: {subject}: {quoted}"),
            Some(_) | None => format!("quote it: {quoted}"),
        };
        self.reject(Code::UnquotedScalar, site, message, Some(hint));
    }

    fn unknown_word(&mut self, site: Site, written: &Written, expected: &TextShape) {
        let words = || expected.words.iter().map(String::as_str);
        let subject = self.subject(site);
        let message =
            format!("{subject} must be {}, and is {}", reject::alternatives(words()), shown(written));
        let hint = nearest(&written.text, words()).map(|near| format!("did you mean {near}?"));
        self.reject(Code::InvalidValue, site, message, hint);
    }

    fn integer(&mut self, site: Site, written: &Written, range: Range, shape: &Shape) -> Option<Value> {
        if written.plain != Some(Plain::Integer) {
            self.not_a_number(site, written, shape);
            return None;
        }
        self.in_range(site, written, range)?;
        let whole = written.text.parse::<i64>().map(Into::into);
        let whole = whole.or_else(|_| written.text.parse::<u64>().map(Into::into));
        if whole.is_err() {
            let message = format!("{} is too large: {}", self.subject(site), shown(written));
            self.reject(Code::InvalidValue, site, message, None);
        }
        whole.ok().map(Value::Number)
    }

    fn number(&mut self, site: Site, written: &Written, range: Range, shape: &Shape) -> Option<Value> {
        if !matches!(written.plain, Some(Plain::Integer | Plain::Fraction)) {
            self.not_a_number(site, written, shape);
            return None;
        }
        self.in_range(site, written, range)?;
        // As a text, because a float between here and the decimal would change it.
        Some(Value::String(written.text.clone()))
    }

    fn in_range(&mut self, site: Site, written: &Written, range: Range) -> Option<()> {
        let subject = self.subject(site);
        let Ok(value) = Decimal::from_str_exact(&written.text) else {
            let message = format!("{subject} has more digits than an exact decimal keeps");
            self.reject(Code::InvalidValue, site, message, None);
            return None;
        };
        let low = range.least.is_some_and(|least| value < least);
        let high = range.most.is_some_and(|most| value > most);
        if !low && !high {
            return Some(());
        }
        let bounds = match (range.least, range.most) {
            (Some(least), Some(most)) => format!("from {least} to {most}"),
            (Some(least), None) => format!("at least {least}"),
            (None, Some(most)) => format!("at most {most}"),
            (None, None) => return Some(()),
        };
        let message = format!("{subject} must be {bounds}, and is {}", shown(written));
        self.reject(Code::InvalidValue, site, message, None);
        None
    }

    fn not_a_number(&mut self, site: Site, written: &Written, shape: &Shape) {
        let subject = self.subject(site);
        if written.plain == Some(Plain::Null) && written.text.is_empty() {
            let hint = "write the value, or leave the key out".to_owned();
            return self.reject(Code::WrongType, site, format!("{subject} has no value"), Some(hint));
        }
        let quoted_number = matches!(scalar::classify(&written.text), Plain::Integer | Plain::Fraction);
        let hint = match written.plain {
            None if quoted_number => Some("leave the quotes out".to_owned()),
            Some(Plain::OddNumber | Plain::Clock) => {
                Some("write plain digits, such as 1000 or 0.5".to_owned())
            }
            None | Some(_) => None,
        };
        let message = format!("{subject} must be {}, and is {}", describe(shape), shown(written));
        self.reject(Code::WrongType, site, message, hint);
    }

    fn truth(&mut self, site: Site, written: &Written, only: Option<bool>, shape: &Shape) -> Option<Value> {
        if let Some(Plain::Bool(value)) = written.plain
            && only.is_none_or(|only| only == value)
        {
            return Some(Value::Bool(value));
        }
        let hint = match written.plain {
            Some(Plain::OldBool(value)) => Some(format!("write {value}")),
            None | Some(_) => None,
        };
        let message =
            format!("{} must be {}, and is {}", self.subject(site), describe(shape), shown(written));
        self.reject(Code::WrongType, site, message, hint);
        None
    }

    /// A value of no known shape, as the core of YAML 1.2 reads it.
    pub(super) fn any(&self, id: Id) -> Value {
        match &self.document.entries[id].content {
            Content::List(items) => items.iter().map(|id| self.any(*id)).collect(),
            Content::Map(pairs) => {
                let pair = |(key, id): &(Id, Id)| (self.any(*key), self.any(*id));
                Value::Mapping(pairs.iter().map(pair).collect::<Mapping>())
            }
            Content::Scalar(written) if !written.is_plain() => Value::String(written.text.to_string()),
            Content::Scalar(written) => match scalar::classify(&written.text) {
                Plain::Null => Value::Null,
                Plain::Bool(value) => Value::Bool(value),
                Plain::Integer => {
                    let whole = written.text.parse::<i64>().map(Value::from);
                    whole.unwrap_or_else(|_| Value::String(written.text.to_string()))
                }
                Plain::Fraction
                | Plain::OddNumber
                | Plain::OldBool(_)
                | Plain::Clock
                | Plain::Day
                | Plain::Text => Value::String(written.text.to_string()),
            },
        }
    }
}

/// The value as it is written: in quotes, unless it is plain and no text.
fn shown(written: &Written) -> String {
    match written.plain {
        None | Some(Plain::Text | Plain::Null) => reject::shown(&written.text),
        Some(_) => reject::plain(&written.text),
    }
}

/// A day in its one form, with both zeros.
fn day(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

impl Plain {
    /// What it is called in a message.
    pub(in crate::yaml) fn describe(self) -> &'static str {
        match self {
            Self::Null => "no value",
            Self::Bool(_) | Self::OldBool(_) => "a truth value",
            Self::Integer | Self::Fraction | Self::OddNumber => "a number",
            Self::Clock => "a time or a number in base 60",
            Self::Day => "a day",
            Self::Text => "a text",
        }
    }
}
