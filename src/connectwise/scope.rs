//! What of a ConnectWise a set of mappings needs to see.

use std::collections::BTreeSet;
use std::sync::Arc;

/// Which parts of a ConnectWise are read. Names match exactly, and only here: none is sent to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The Managed Devices Integrations whose cross-references are wanted.
    pub integrations: BTreeSet<Arc<str>>,
    /// The names of agreement types that git declares.
    pub agreement_types: BTreeSet<Arc<str>>,
    /// The identifiers of products that git declares.
    pub products: BTreeSet<Arc<str>>,
    /// The caption of the one custom field of companies that is wanted.
    pub custom_field: Option<Arc<str>>,
}
