//! A product line on an agreement: what the invoice is made of.

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};

use super::{AdditionId, AgreementId, AgreementStatus, Money, ProductId, Quantity};

/// An addition as read. Of all this only `quantity` is ever written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// Its number.
    pub id: AdditionId,
    /// The agreement it stands on.
    pub agreement: AgreementId,
    /// The product it bills.
    pub product: ProductId,
    /// That product's identifier; additions carry no product name.
    pub product_identifier: Arc<str>,
    /// What it bills now. `None` where ConnectWise holds null, which is unknown and not zero.
    pub quantity: Option<Quantity>,
    /// How many units are included free. Null counts as 0 where money is shown (billing.md, Money).
    pub less_included: Option<Quantity>,
    /// The price of a unit, where known.
    pub unit_price: Option<Money>,
    /// Whether the customer is billed for it.
    pub bill_customer: BillCustomer,
    /// Its first day, in UTC.
    pub effective: Option<Date>,
    /// The day from which it no longer runs, in UTC.
    pub cancelled: Option<Date>,
    /// The status ConnectWise shows for it.
    pub status: AgreementStatus,
    /// When it was last changed, in whole seconds.
    pub last_updated: Option<Timestamp>,
    /// The member that changed it last.
    pub updated_by: Option<Arc<str>>,
}

/// Whether an addition reaches the customer's invoice with a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BillCustomer {
    /// Billed at its price.
    Billable,
    /// Not billed.
    DoNotBill,
    /// Shown without charge.
    NoCharge,
}

impl BillCustomer {
    /// The word ConnectWise uses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Billable => "Billable",
            Self::DoNotBill => "DoNotBill",
            Self::NoCharge => "NoCharge",
        }
    }
}
