//! Which fields each kind of record has, of what shape, and who may set them.
//!
//! One table a kind. Filtering, projecting, patching and validating all read these tables and nothing else.

mod agreements;
mod companies;
mod service;
mod system;

use super::kind::Kind;

/// One field of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) duty: Duty,
}

/// What a field can hold.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// A text of any length.
    Text,
    /// A text with a longest length.
    ShortText(usize),
    /// A number.
    Number,
    /// A whole number of 32 bits.
    Whole,
    /// True or false.
    Flag,
    /// A moment.
    Date,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Another record of the simulator.
    Reference(Kind),
    /// A record that the simulator does not keep: an object with an id, taken as it comes.
    Elsewhere,
    /// Several records that the simulator does not keep.
    ManyElsewhere,
    /// The custom fields of the record.
    CustomFields,
    /// `_info`.
    Information,
}

/// Who gives a field its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    /// The caller, who may leave it out.
    Optional,
    /// The caller, who must.
    Required,
    /// The caller, who may leave it out of a new record but of no record that changes.
    RequiredOnUpdates,
    /// The server alone; what a caller sends is ignored.
    Derived,
}

impl Field {
    const fn new(name: &'static str, shape: Shape) -> Self {
        Self { name, shape, duty: Duty::Optional }
    }

    const fn text(name: &'static str) -> Self {
        Self::new(name, Shape::Text)
    }

    const fn short(name: &'static str, longest: usize) -> Self {
        Self::new(name, Shape::ShortText(longest))
    }

    const fn number(name: &'static str) -> Self {
        Self::new(name, Shape::Number)
    }

    const fn whole(name: &'static str) -> Self {
        Self::new(name, Shape::Whole)
    }

    const fn flag(name: &'static str) -> Self {
        Self::new(name, Shape::Flag)
    }

    const fn date(name: &'static str) -> Self {
        Self::new(name, Shape::Date)
    }

    const fn elsewhere(name: &'static str) -> Self {
        Self::new(name, Shape::Elsewhere)
    }

    const fn reference(name: &'static str, kind: Kind) -> Self {
        Self::new(name, Shape::Reference(kind))
    }

    const fn choice(name: &'static str, words: &'static [&'static str]) -> Self {
        Self::new(name, Shape::Choice(words))
    }

    const fn required(self) -> Self {
        Self { duty: Duty::Required, ..self }
    }

    const fn required_on_updates(self) -> Self {
        Self { duty: Duty::RequiredOnUpdates, ..self }
    }

    const fn derived(self) -> Self {
        Self { duty: Duty::Derived, ..self }
    }
}

/// The id every record has.
const ID: Field = Field::number("id").derived();
/// `_info`, which every record has.
const INFORMATION: Field = Field::new("_info", Shape::Information).derived();
/// The custom fields that some records have.
const CUSTOM_FIELDS: Field = Field::new("customFields", Shape::CustomFields);

/// The table of one sort of rows.
pub(super) type Schema = &'static [Field];

/// The table of a kind of record.
pub(super) fn of(kind: Kind) -> Schema {
    match kind {
        Kind::Company => companies::COMPANY,
        Kind::AgreementType => agreements::AGREEMENT_TYPE,
        Kind::Agreement => agreements::AGREEMENT,
        Kind::Addition => agreements::ADDITION,
        Kind::Product => companies::PRODUCT,
        Kind::Integration => companies::INTEGRATION,
        Kind::CrossReference => companies::CROSS_REFERENCE,
        Kind::Ticket => service::TICKET,
        Kind::Callback => system::CALLBACK,
    }
}

pub(super) use system::{AUDIT_TRAIL, MY_SECURITY};

/// The field of this exact name.
pub(super) fn field(schema: Schema, name: &str) -> Option<&'static Field> {
    schema.iter().find(|field| field.name == name)
}

/// The field of this name, whatever its case.
pub(super) fn field_in_any_case(schema: Schema, name: &str) -> Option<&'static Field> {
    schema.iter().find(|field| field.name.eq_ignore_ascii_case(name))
}
