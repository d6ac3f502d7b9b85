//! Record numbers of ConnectWise, one type each, so that an agreement's number never lands in a product's place.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        #[schemars(inline)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// The number of a company record.
    CompanyId,
    /// The number of an agreement.
    AgreementId,
    /// The number of an agreement type.
    AgreementTypeId,
    /// The number of an addition: one product line on one agreement.
    AdditionId,
    /// The number of a catalogue product.
    ProductId,
    /// The number of a Managed Devices Integration.
    IntegrationId,
    /// The number of a cross-reference of a Managed Devices Integration.
    CrossReferenceId,
}

/// What a line is about: one product on one agreement. Plans, the journal and guards all key on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineKey {
    /// The agreement that is invoiced.
    pub agreement: AgreementId,
    /// The product that is counted.
    pub product: ProductId,
}
