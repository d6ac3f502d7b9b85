//! The kinds of records the simulator keeps, and how the API names them.

/// A kind of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A customer.
    Company,
    /// A type of agreement.
    AgreementType,
    /// An agreement with a customer.
    Agreement,
    /// A product line on an agreement.
    Addition,
    /// An item of the product catalogue.
    Product,
    /// A managed devices integration.
    Integration,
    /// A row of an integration's mapping table.
    CrossReference,
    /// A ticket on a service board.
    Ticket,
    /// A registration for callbacks.
    Callback,
}

impl Kind {
    /// Every kind, parents before children.
    pub(super) const ALL: [Self; 9] = [
        Self::Company,
        Self::AgreementType,
        Self::Product,
        Self::Integration,
        Self::Agreement,
        Self::Addition,
        Self::CrossReference,
        Self::Ticket,
        Self::Callback,
    ];

    /// The name in messages such as "Agreement 7 not found".
    pub(super) fn entity(self) -> &'static str {
        match self {
            Self::Company => "Company",
            Self::AgreementType => "AgreementType",
            Self::Agreement => "Agreement",
            Self::Addition => "Addition",
            Self::Product => "CatalogItem",
            Self::Integration => "ManagedDevicesIntegration",
            Self::CrossReference => "ManagedDevicesIntegrationCrossReference",
            Self::Ticket => "Ticket",
            Self::Callback => "CallbackEntry",
        }
    }

    /// The name in validation messages and in the resource of an error.
    pub(super) fn resource(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::AgreementType => "agreementType",
            Self::Agreement => "agreement",
            Self::Addition => "addition",
            Self::Product => "catalogItem",
            Self::Integration => "managedDevicesIntegration",
            Self::CrossReference => "managedDevicesIntegrationCrossReference",
            Self::Ticket => "ticket",
            Self::Callback => "callbackEntry",
        }
    }

    /// The name in the audit trail, for the kinds that have one.
    pub(super) fn audit_type(self) -> Option<&'static str> {
        match self {
            Self::Company => Some("Company"),
            Self::Agreement => Some("Agreement"),
            Self::Addition => Some("AgreementAddition"),
            Self::Product => Some("ProductCatalog"),
            Self::Ticket => Some("Ticket"),
            Self::AgreementType | Self::Integration | Self::CrossReference | Self::Callback => None,
        }
    }

    /// The kind a record of this kind belongs to.
    pub(super) fn parent(self) -> Option<Self> {
        match self {
            Self::Addition => Some(Self::Agreement),
            Self::CrossReference => Some(Self::Integration),
            Self::Company
            | Self::AgreementType
            | Self::Agreement
            | Self::Product
            | Self::Integration
            | Self::Ticket
            | Self::Callback => None,
        }
    }

    /// The path of the collection below `apis/3.0/`. A child's collection lies below its parent's record.
    pub(super) fn collection(self) -> &'static str {
        match self {
            Self::Company => "company/companies",
            Self::AgreementType => "finance/agreements/types",
            Self::Agreement => "finance/agreements",
            Self::Addition => "additions",
            Self::Product => "procurement/catalog",
            Self::Integration => "company/managedDevicesIntegrations",
            Self::CrossReference => "crossReferences",
            Self::Ticket => "service/tickets",
            Self::Callback => "system/callbacks",
        }
    }

    /// The name of the link to such a record in the `_info` of a reference.
    pub(super) fn link(self) -> &'static str {
        match self {
            Self::Company => "company_href",
            Self::AgreementType => "type_href",
            Self::Agreement => "agreement_href",
            Self::Addition => "addition_href",
            Self::Product => "catalog_href",
            Self::Integration => "managedDevicesIntegration_href",
            Self::CrossReference => "crossReference_href",
            Self::Ticket => "ticket_href",
            Self::Callback => "callback_href",
        }
    }

    /// The properties that a reference to such a record shows beside the id.
    pub(super) fn shown_in_references(self) -> &'static [&'static str] {
        match self {
            Self::Company => &["identifier", "name"],
            Self::Product => &["identifier", "serializedFlag"],
            Self::AgreementType | Self::Agreement | Self::Integration => &["name"],
            Self::Ticket => &["summary"],
            Self::Addition | Self::CrossReference | Self::Callback => &[],
        }
    }
}
