//! What a field holds: a JSON value whose numbers are exact.
//!
//! Numbers are read from and written to their text, so 0.1 stays 0.1 and 2.00 stays 2.00. Knows nothing of
//! ConnectWise.

mod lenient;
mod read;
mod write;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;

pub(super) use lenient::read_leniently;
pub use read::Unreadable;
pub(super) use read::read_number;

/// A value on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Value {
    /// Nothing. On records such a property is absent.
    #[default]
    Null,
    /// True or false.
    Flag(bool),
    /// An exact number.
    Number(Decimal),
    /// A text.
    Text(Arc<str>),
    /// A moment; on the wire a text in whole seconds, UTC.
    Date(Timestamp),
    /// An array.
    List(Vec<Value>),
    /// An object.
    Object(Object),
}

impl Value {
    /// A text value.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// Whether there is nothing here.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<Decimal> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The flag, where it is one.
    #[must_use]
    pub fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    /// The moment, where it is one.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        if let Self::Date(date) = self { Some(*date) } else { None }
    }

    /// The elements, where it is an array.
    #[must_use]
    pub fn list(&self) -> Option<&[Value]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The object, where it is one.
    #[must_use]
    pub fn object(&self) -> Option<&Object> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The number as the id of a record, where it can be one.
    pub(super) fn id(&self) -> Option<u32> {
        let number = self.number()?;
        if number.fract().is_zero() { number.try_into().ok() } else { None }
    }

    /// What lies under a path of property names; nothing where the path ends early.
    pub(super) fn descend<'v>(&'v self, path: &[&str]) -> &'v Value {
        const NOTHING: &Value = &Value::Null;
        path.iter()
            .fold(self, |value, name| value.object().and_then(|object| object.get(name)).unwrap_or(NOTHING))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Decimal> for Value {
    fn from(number: Decimal) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(Decimal::from(number))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<Timestamp> for Value {
    fn from(moment: Timestamp) -> Self {
        Self::Date(moment)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A JSON object, its properties in the order they are written.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Object(Vec<(Cow<'static, str>, Value)>);

impl Object {
    /// An object without properties.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a property, where it is present.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The value of a property whatever the case of its name, as bundles allow it.
    pub(super) fn get_in_any_case(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Sets a property in its place, or appends it.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(own, _)| *own == name) {
            Some((_, place)) => *place = value,
            None => self.0.push((name, value)),
        }
    }

    /// Appends a property that is known not to be there yet.
    pub(super) fn push(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        self.0.push((name.into(), value));
    }

    /// This object with one more property.
    #[must_use]
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// This object with one more property where there is a value for it.
    #[must_use]
    pub(super) fn with_some(self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        let value = value.into();
        if value.is_null() { self } else { self.with(name, value) }
    }

    /// Takes a property out.
    pub(super) fn remove(&mut self, name: &str) {
        self.0.retain(|(own, _)| own != name);
    }

    /// The properties in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Gives back what growing has reserved too much.
    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Self::List(list)
    }
}
