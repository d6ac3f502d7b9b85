//! What keeps an account from being resolved, and which lines that holds.

use crate::billing::{AgreementTypeId, ProductId};
use crate::problem::{Code, Reason};

use super::cell::Cell;

/// One thing that could not be resolved.
#[derive(Debug)]
pub(super) struct Trouble<'a> {
    /// What it is.
    pub(super) code: Code,
    /// What to tell on the lines that it holds.
    pub(super) message: String,
    /// Which lines it concerns. All others that nobody wants are held too: they may be the account's.
    pub(super) about: About<'a>,
}

/// Which lines a trouble concerns, wanted by others or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About<'a> {
    /// Whose account it is, or which row it has: every line of the company.
    Company,
    /// The line of this product, on agreements of this type if it is known.
    Product(Option<AgreementTypeId>, ProductId),
    /// A share of an explicitly linked account, of which only the type is known: it may belong to any line of that
    /// type that sums explicitly linked accounts.
    ShareOfType(&'a str),
    /// The same for a whole backup row.
    ShareOfBackup,
    /// No line that anybody wants.
    Unwanted,
    /// The line that carries the reason itself.
    Told,
}

impl Trouble<'_> {
    /// Whether the number of a wanted line may lack what is in trouble.
    pub(super) fn concerns(&self, cell: &Cell<'_, '_>) -> bool {
        match self.about {
            About::Company => true,
            About::Product(agreement_type, product) => cell.is_of(agreement_type, product),
            About::ShareOfType(vendor_type) => cell.is_explicit() && cell.reach.types.contains(&vendor_type),
            About::ShareOfBackup => cell.is_explicit() && cell.has_backup_claim(),
            About::Unwanted | About::Told => false,
        }
    }

    /// Why a line is held by it.
    pub(super) fn reason(&self) -> Reason {
        let reason = Reason::new(self.code, self.message.as_str());
        if self.code == Code::AccountAbsent { reason.over("2 snapshots", "1") } else { reason }
    }
}
