//! Everything that was read of one ConnectWise, at one time.

use std::collections::BTreeSet;

use super::{Addition, Agreement, AgreementId, AgreementType, Company, CrossReference, Integration, Product};

/// The current state that a plan is drawn against.
///
/// Agreements hold those of the agreement types that cross-references name, whatever their status. Additions
/// are sorted by (agreement, product, id).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// All companies, deleted ones among them.
    pub companies: Vec<Company>,
    /// All agreement types.
    pub agreement_types: Vec<AgreementType>,
    /// The agreements of the types that matter.
    pub agreements: Vec<Agreement>,
    /// All Managed Devices Integrations.
    pub integrations: Vec<Integration>,
    /// The cross-references of the integrations that the mappings name.
    pub cross_references: Vec<CrossReference>,
    /// The additions of all `agreements` but `incomplete` ones.
    pub additions: Vec<Addition>,
    /// The catalogue products that cross-references name.
    pub products: Vec<Product>,
    /// Agreements whose additions could not be read whole: their lines are held `view_incomplete`.
    pub incomplete: BTreeSet<AgreementId>,
}
