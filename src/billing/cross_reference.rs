//! The table that says which product a type of usage at a level is billed as.

use std::sync::Arc;

use super::{AgreementTypeId, CrossReferenceId, IntegrationId, ProductId};

/// A Managed Devices Integration: the owner of a cross-reference table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Its number.
    pub id: IntegrationId,
    /// Its name, by which mapping files choose it.
    pub name: Arc<str>,
}

/// A row of that table: (type, level) → agreement type and product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrossReference {
    /// Its number.
    pub id: CrossReferenceId,
    /// The table it stands in.
    pub integration: IntegrationId,
    /// What is counted, such as `BackupUsage` (ConnectWise: vendor type).
    pub vendor_type: Arc<str>,
    /// The text that joins it to mapping rows, compared byte for byte (ConnectWise: vendor level).
    pub level: Arc<str>,
    /// The type of the agreement to bill on. `None` is a broken row: `unknown_product`.
    pub agreement_type: Option<AgreementTypeId>,
    /// The product to bill and its identifier. `None` is a broken row: `unknown_product`.
    pub product: Option<(ProductId, Arc<str>)>,
    /// Whether it is switched off.
    pub inactive: bool,
}
