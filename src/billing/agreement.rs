//! The contract that is invoiced.

use std::sync::Arc;

use jiff::civil::Date;

use super::{AgreementId, AgreementTypeId, CompanyId};

/// A kind of agreement; cross-references name one to find the agreement of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreementType {
    /// Its number.
    pub id: AgreementTypeId,
    /// Its name.
    pub name: Arc<str>,
}

/// An agreement of a company. Dates are days in UTC (billing.md, Resolution 6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Its number.
    pub id: AgreementId,
    /// Its name.
    pub name: Arc<str>,
    /// Its type.
    pub agreement_type: AgreementTypeId,
    /// Whose agreement it is.
    pub company: CompanyId,
    /// The agreement it is a child of.
    pub parent: Option<AgreementId>,
    /// Its first day.
    pub start: Option<Date>,
    /// Its last day, unless `no_ending_date`.
    pub end: Option<Date>,
    /// Whether it runs on whatever `end` says.
    pub no_ending_date: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Its status as ConnectWise computed it.
    pub status: AgreementStatus,
    /// The first day that is billed.
    pub bill_start: Option<Date>,
    /// The day of the next invoice.
    pub next_invoice: Option<Date>,
}

impl Agreement {
    /// Whether it runs today: by its dates, its cancellation and its status, all of them.
    #[must_use]
    pub fn is_active(&self, today: Date) -> bool {
        let begun = self.start.is_none_or(|start| start <= today);
        let ended = !self.no_ending_date && self.end.is_some_and(|end| end < today);
        begun && !ended && !self.cancelled && self.status == AgreementStatus::Active
    }
}

/// The status that ConnectWise shows on agreements and additions. Dates decide; the status is only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AgreementStatus {
    /// Running.
    Active,
    /// Cancelled.
    Cancelled,
    /// Past its end.
    Expired,
    /// Not yet, or no longer, in force.
    Inactive,
    /// Absent, or a value this version does not know: nothing is guessed from it.
    Unknown,
}
