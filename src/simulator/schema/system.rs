//! The rows of the server itself: the audit trail, a member's own permissions, registrations for callbacks.

use super::{Field, ID, INFORMATION, Schema, Shape};

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
    Field::whole("sortOrder"),
    Field::elsewhere("member"),
];

/// `/system/callbacks`. Which types and levels there are is no matter of the field alone, so any text has its shape.
pub(super) const CALLBACK: Schema = &[
    ID,
    Field::new("description", Shape::ShortText(100)),
    Field::text("url").required(),
    Field::whole("objectId").required(),
    Field::text("type").required(),
    Field::text("level").required(),
    Field::number("memberId").derived(),
    Field::text("payloadVersion"),
    Field::flag("inactiveFlag"),
    Field::flag("isSoapCallbackFlag"),
    Field::flag("isSelfSuppressedFlag"),
    Field::text("connectWiseID").derived(),
    INFORMATION,
];
