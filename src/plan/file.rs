//! A plan document as `apply PLAN.json` reads it back.
//!
//! Trusts nothing before the digest fits: not the format, not the lines. Decides whether the document is one that we
//! wrote and that nobody changed; not whether it still fits ConnectWise.

use std::collections::HashSet;
use std::fmt;

use foldhash::fast::FixedState;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Verdict;
use super::digest::of_document;
use super::draw::FORMAT;
use crate::billing::{AdditionId, AgreementId, LineKey, ProductId, Quantity};

/// No document of ours is larger: a quarter of a million changes.
pub const MAX_PLAN_BYTES: usize = 256 * 1024 * 1024;

/// No tenant has more lines.
const MAX_LINES: usize = 1_000_000;

/// A plan document as read: what identifies it and which writes it asks for. Unknown keys are ignored, after they have
/// been counted into the digest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PlanFile {
    /// The commit of the mappings.
    pub commit: String,
    /// The digest, which fits.
    pub digest: String,
    /// When it was drawn.
    pub planned_at: Timestamp,
    /// The tenant.
    pub tenant: String,
    /// Its lines.
    pub lines: Vec<PlanFileLine>,
}

/// One line of a plan document as read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct PlanFileLine {
    /// The addition, unless it is to be created.
    pub addition: Option<NumberedAddition>,
    /// The agreement.
    pub agreement: NumberedAgreement,
    /// The company, by its Company ID, for messages.
    pub company: Identified,
    /// The quantity it was drawn against.
    pub current: Option<Quantity>,
    /// The quantity it asks for.
    pub desired: Option<Quantity>,
    /// The product.
    pub product: Identified,
    /// The decision.
    pub verdict: Verdict,
}

impl PlanFileLine {
    /// What the line is about.
    #[must_use]
    pub fn key(&self) -> LineKey {
        LineKey { agreement: self.agreement.id, product: ProductId(self.product.id) }
    }
}

/// An agreement by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct NumberedAgreement {
    /// The number.
    pub id: AgreementId,
}

/// An addition by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct NumberedAddition {
    /// The number.
    pub id: AdditionId,
}

/// A record by its number and identifier.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Identified {
    /// The number.
    pub id: i64,
    /// The identifier.
    pub identifier: String,
}

/// Why a text is no plan document to apply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFileError {
    /// It is longer than any plan.
    #[error("the plan file has {bytes} bytes, more than the {MAX_PLAN_BYTES} that a plan can have")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// It is no JSON object, or has a key twice.
    #[error("the plan file is no JSON object: {reason}")]
    Syntax {
        /// What the reader says, with line and column.
        reason: String,
    },
    /// It is another format, or another version of it.
    #[error("the plan file has the format {found:?}, and this version reads {FORMAT:?}")]
    Format {
        /// What it says; empty when it says nothing.
        found: String,
    },
    /// It was changed after it was drawn, or is cut short.
    #[error(
        "the plan file was changed after it was drawn: its digest is {computed}, and it claims {claimed:?}"
    )]
    Digest {
        /// What it claims.
        claimed: String,
        /// What it is.
        computed: String,
    },
    /// A value that must be there is missing or of another kind.
    #[error("the plan file cannot be understood: {reason}")]
    Shape {
        /// What the reader says.
        reason: String,
    },
    /// It has more lines than a tenant.
    #[error("the plan file has {lines} lines, more than the {MAX_LINES} that a tenant can have")]
    TooManyLines {
        /// How many.
        lines: usize,
    },
    /// Two of its lines are about one addition.
    #[error("the plan file has two lines for {company}/{product} on agreement {agreement}")]
    DuplicateLine {
        /// The company.
        company: String,
        /// The product.
        product: String,
        /// The agreement.
        agreement: AgreementId,
    },
    /// A line asks for a write without saying from what to what.
    #[error("the plan file is not complete for {company}/{product}: {missing} is missing or out of place")]
    Incomplete {
        /// The company.
        company: String,
        /// The product.
        product: String,
        /// The key.
        missing: &'static str,
    },
}

impl PlanFile {
    /// Reads a document and checks that it is what was drawn.
    ///
    /// # Errors
    ///
    /// When it is not: see [`PlanFileError`].
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        if text.len() > MAX_PLAN_BYTES {
            return Err(PlanFileError::TooLarge { bytes: text.len() });
        }
        let mut document = object(text)?;
        let said = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (format, claimed) = (said("format"), said("digest"));
        if format != FORMAT {
            return Err(PlanFileError::Format { found: format });
        }
        let planned_at = document.remove("planned_at").unwrap_or_default();
        document.remove("digest");
        let computed = of_document(&document);
        if computed != claimed {
            return Err(PlanFileError::Digest { claimed, computed });
        }
        document.insert("planned_at".to_owned(), planned_at);
        document.insert("digest".to_owned(), Value::from(claimed));
        let file: Self = serde_json::from_value(Value::Object(document))
            .map_err(|error| PlanFileError::Shape { reason: error.to_string() })?;
        file.check()?;
        Ok(file)
    }

    fn check(&self) -> Result<(), PlanFileError> {
        if self.lines.len() > MAX_LINES {
            return Err(PlanFileError::TooManyLines { lines: self.lines.len() });
        }
        let mut seen: HashSet<LineKey, FixedState> = HashSet::default();
        for line in &self.lines {
            let (company, product) = (line.company.identifier.clone(), line.product.identifier.clone());
            if !seen.insert(line.key()) {
                return Err(PlanFileError::DuplicateLine { company, product, agreement: line.agreement.id });
            }
            if let Some(missing) = missing(line) {
                return Err(PlanFileError::Incomplete { company, product, missing });
            }
        }
        Ok(())
    }
}

/// What a line that asks for a write does not say, or says although it cannot be.
fn missing(line: &PlanFileLine) -> Option<&'static str> {
    match line.verdict {
        Verdict::Hold | Verdict::Keep => None,
        Verdict::Update if line.addition.is_none() => Some("addition"),
        Verdict::Create if line.addition.is_some() => Some("addition"),
        Verdict::Update if line.current.is_none() => Some("current"),
        Verdict::Create if line.current.is_some() => Some("current"),
        Verdict::Update | Verdict::Create => line.desired.is_none().then_some("desired"),
    }
}

fn object(text: &str) -> Result<Map<String, Value>, PlanFileError> {
    let syntax = |error: serde_json::Error| PlanFileError::Syntax { reason: error.to_string() };
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict.deserialize(&mut reader).map_err(syntax)?;
    reader.end().map_err(syntax)?;
    match value {
        Value::Object(object) => Ok(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(PlanFileError::Syntax { reason: "it begins with no {".to_owned() })
        }
    }
}

/// Reads JSON and refuses a key that stands twice: two readers could take either.
#[derive(Clone, Copy)]
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} stands twice")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests;
