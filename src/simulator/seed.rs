//! The state a simulator begins with, as people write it in YAML.
//!
//! Only what matters has to be written; everything else has a plain default. Ids may be given, else they are
//! counted. References are ids, or the identifier or name of the record.

mod plant;
mod records;
mod values;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::access::Role;
use super::kind::Kind;
use super::options::{Login, Options};

pub(super) use plant::plant;
pub use records::{
    SeedAddition, SeedAgreement, SeedAgreementType, SeedCompany, SeedCrossReference, SeedIntegration,
    SeedProduct,
};
pub use values::{Amount, Day, Pointer};

/// Everything a simulated company begins with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Seed {
    /// The login of the company.
    pub login: Login,
    /// Who may call. Without any there is one member `api` with the keys `public` and `private`.
    pub members: Vec<SeedMember>,
    /// The switches for what is not known of the real server.
    pub options: Options,
    /// Custom fields, so that they are listed even where no record has a value. Others are defined by their use.
    pub custom_fields: Vec<SeedCustomField>,
    /// The companies.
    pub companies: Vec<SeedCompany>,
    /// The agreement types.
    pub agreement_types: Vec<SeedAgreementType>,
    /// The product catalogue.
    pub products: Vec<SeedProduct>,
    /// The managed devices integrations, with their cross-references.
    pub integrations: Vec<SeedIntegration>,
    /// The agreements, with their additions.
    pub agreements: Vec<SeedAgreement>,
}

/// A member that calls the API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedMember {
    /// Its name, as in `updatedBy`.
    pub identifier: String,
    /// Its public key.
    pub public_key: String,
    /// Its private key.
    pub private_key: String,
    /// What it may do. Without one it reads everything and writes agreements.
    #[serde(default)]
    pub role: Role,
}

/// A custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedCustomField {
    /// What kind of record has it.
    pub of: CustomFieldOwner,
    /// Its number; counted where it is absent.
    #[serde(default)]
    pub id: Option<u32>,
    /// Its caption.
    pub caption: String,
    /// Its type, as `Text`, `Number` or `Checkbox`.
    #[serde(default = "text_type")]
    pub r#type: String,
}

fn text_type() -> String {
    "Text".to_owned()
}

/// The kinds of records that have custom fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CustomFieldOwner {
    /// Companies.
    Company,
    /// Agreements.
    Agreement,
    /// Additions.
    Addition,
    /// Products.
    Product,
}

impl CustomFieldOwner {
    fn kind(self) -> Kind {
        match self {
            Self::Company => Kind::Company,
            Self::Agreement => Kind::Agreement,
            Self::Addition => Kind::Addition,
            Self::Product => Kind::Product,
        }
    }
}

/// Why a seed makes no simulator.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// It is not the YAML of a seed.
    #[error("the seed is not valid: {0}")]
    Yaml(#[from] serde_yaml::Error),
    /// It refers to a record that it does not have.
    #[error("the seed has no {kind:?} {wanted}")]
    Missing {
        /// What kind of record.
        kind: Kind,
        /// The id, identifier or name that was written.
        wanted: String,
    },
    /// A name stands for several records; the id would not.
    #[error("the seed has several {kind:?} named {wanted}, refer to one by its id")]
    Ambiguous {
        /// What kind of record.
        kind: Kind,
        /// The name that was written.
        wanted: String,
    },
    /// Two records have one number.
    #[error("the seed has two {kind:?} with the id {id}")]
    TwoOfOneId {
        /// What kind of record.
        kind: Kind,
        /// The number.
        id: u32,
    },
    /// A switch names a status that no refusal of a login has.
    #[error("the option {option} is 400, 401 or 404, not {status}")]
    OddStatus {
        /// The switch.
        option: &'static str,
        /// The status that was written.
        status: u16,
    },
    /// A field is written that the kind of record does not have.
    #[error("a {kind:?} has no field {field}")]
    NoField {
        /// What kind of record.
        kind: Kind,
        /// The name that was written.
        field: String,
    },
}

impl Seed {
    /// The JSON Schema of a seed, for editors.
    #[must_use]
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(Seed)
    }

    /// Reads a seed from YAML.
    ///
    /// # Errors
    /// Where it is not YAML, or has a field that no seed has.
    pub fn from_yaml(text: &str) -> Result<Self, SeedError> {
        Ok(serde_yaml::from_str(text)?)
    }
}

/// Values of custom fields by caption, or of other fields by name.
type Written = BTreeMap<String, serde_yaml::Value>;
