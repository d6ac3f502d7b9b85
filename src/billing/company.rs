//! The customer as ConnectWise knows it.

use std::sync::Arc;

use super::CompanyId;

/// A company record of ConnectWise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// Its number: its identity, since names and even identifiers can change.
    pub id: CompanyId,
    /// Its Company ID, the short name people type.
    pub identifier: Arc<str>,
    /// Its display name.
    pub name: Arc<str>,
    /// Whether it lies in the recycle bin. The same name can then exist twice.
    pub deleted: bool,
    /// Its custom fields, with captions as ConnectWise sent them.
    pub custom_fields: Vec<CustomField>,
}

/// One custom field of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    /// The caption, untrimmed.
    pub caption: Arc<str>,
    /// The value as text; `None` when unset or empty.
    pub value: Option<Arc<str>>,
}
