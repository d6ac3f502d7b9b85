//! What editors and people are given: the schema of a mapping file, and the policy with every default written out.

use schemars::Schema;

use super::document::MappingDocument;
use crate::yaml::schema_of;

/// The JSON Schema of a mapping file, as `trueup schema mapping` prints it.
#[must_use]
pub fn schema() -> Schema {
    schema_of::<MappingDocument>()
}

/// The policy with every default written out, as `trueup schema --defaults policy` prints it: a mapping file that
/// changes nothing.
#[must_use]
pub fn policy_defaults_yaml() -> String {
    include_str!("policy_defaults.yaml").to_owned()
}
