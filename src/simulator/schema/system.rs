//! The rows the server writes itself: the audit trail and a member's own permissions.

use super::{Field, ID, Schema};

/// The levels of a permission.
const LEVEL: &[&str] = &["None", "My", "All"];

/// `/system/audittrail`
pub(in crate::simulator) const AUDIT_TRAIL: Schema = &[
    Field::text("text"),
    Field::text("enteredDate"),
    Field::text("enteredBy"),
    Field::text("auditType"),
    Field::text("auditSubType"),
    Field::text("auditSource"),
];

/// `/system/mySecurity`
pub(in crate::simulator) const MY_SECURITY: Schema = &[
    ID,
    Field::choice("addLevel", LEVEL),
    Field::choice("editLevel", LEVEL),
    Field::choice("deleteLevel", LEVEL),
    Field::choice("inquireLevel", LEVEL),
    Field::text("moduleFunctionName"),
    Field::text("moduleFunctionDescription"),
    Field::text("moduleFunctionIdentifier"),
    Field::text("moduleName"),
    Field::text("moduleIdentifier"),
    Field::flag("myAllFlag"),
    Field::flag("reportFlag"),
    Field::flag("restrictFlag"),
    Field::flag("customFlag"),
    Field::text("moduleDescription"),
    Field::number("sortOrder"),
    Field::elsewhere("member"),
];
