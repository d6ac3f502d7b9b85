//! The lists and records of ConnectWise that are read, and the permission each one asks for.

use std::fmt;

/// What a request was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The public description of the instance, read without keys.
    CompanyInfo,
    /// Companies.
    Companies,
    /// Agreement types.
    AgreementTypes,
    /// Agreements.
    Agreements,
    /// Additions.
    Additions,
    /// Managed Devices Integrations.
    Integrations,
    /// Cross-references of a Managed Devices Integration.
    CrossReferences,
    /// Catalogue products.
    Products,
    /// Tickets on service boards.
    Tickets,
    /// Several lists read by one request.
    Bundles,
    /// What the API member itself may do.
    MySecurity,
}

impl Resource {
    /// What to grant the API member when ConnectWise refuses this one.
    #[must_use]
    pub fn permission(self) -> &'static str {
        match self {
            Self::CompanyInfo => "Check the site and the login company: this call needs no permission",
            Self::Companies => "Grant the API member Companies > Company Maintenance: Inquire All",
            Self::AgreementTypes | Self::Integrations | Self::CrossReferences => {
                "Grant the API member System > Table Setup: Inquire All"
            }
            Self::Agreements | Self::Additions | Self::Bundles => {
                "Grant the API member Finance > Agreements: Inquire All, and Edit All to apply"
            }
            Self::Tickets => "Grant the API member Service Desk > Service Tickets: Add All and Inquire All",
            Self::MySecurity => {
                "Nothing is assumed of its rights: the first write tells whether they are enough"
            }
            Self::Products => "Grant the API member Procurement > Product Catalog: Inquire All",
        }
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CompanyInfo => "the company info",
            Self::Companies => "companies",
            Self::AgreementTypes => "agreement types",
            Self::Agreements => "agreements",
            Self::Additions => "additions",
            Self::Integrations => "integrations",
            Self::CrossReferences => "cross-references",
            Self::Products => "products",
            Self::Tickets => "tickets",
            Self::Bundles => "bundled additions",
            Self::MySecurity => "the API member's rights",
        })
    }
}
