//! What a long read tells while it runs. Only talk: nothing depends on it.

use super::Resource;
use crate::billing::AgreementId;

/// A step of a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A list is read whole.
    Listed {
        /// Which one.
        resource: Resource,
        /// How many records it has.
        records: usize,
    },
    /// The additions of so many agreements were tried.
    Additions {
        /// How many were.
        agreements_done: usize,
        /// Of how many.
        agreements: usize,
    },
    /// An agreement whose lines will be held, since it could not be read whole.
    Incomplete {
        /// Which one.
        agreement: AgreementId,
        /// Why.
        cause: String,
    },
    /// The quick way was refused, so the long one was taken. The result is the same.
    Detour(Detour),
}

/// A quick way that this ConnectWise refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detour {
    /// It bundles no requests: additions are read agreement by agreement.
    NoBundles,
    /// It filters no agreements by type: all are read.
    AllAgreements,
    /// It filters no products by number: the whole catalogue is read.
    WholeCatalogue,
}
