//! The JSON Schema of the settings, for editors.

use schemars::Schema;

use super::document::SettingsDocument;
use crate::yaml::schema_of;

/// The JSON Schema of `trueup.yaml`, as `trueup schema settings` prints it.
#[must_use]
pub fn schema() -> Schema {
    schema_of::<SettingsDocument>()
}
