//! A product line on an agreement: what the invoice is made of.

use std::sync::Arc;

use jiff::{Timestamp, ToSpan, civil::Date};

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
    /// What one unit is, as ConnectWise words it.
    pub unit: Option<Arc<str>>,
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

impl Addition {
    /// Whether it no longer runs on that day, in UTC. A cancelled line is never revived.
    #[must_use]
    pub fn is_cancelled(&self, today: Date) -> bool {
        self.cancelled.is_some_and(|day| day <= today)
    }

    /// Whether it is a one-off charge: first day and cancelled day are set and at most one month apart. Not ours.
    #[must_use]
    pub fn is_one_off(&self) -> bool {
        let (Some(first), Some(cancelled)) = (self.effective, self.cancelled) else { return false };
        first.checked_add(1.month()).is_ok_and(|month_later| cancelled <= month_later)
    }

    /// What the line would cost a month at that quantity; `None` where its price is unknown. A line that is not
    /// billable costs nothing, whatever its price.
    #[must_use]
    pub fn monthly_value(&self, quantity: Quantity) -> Option<Money> {
        match self.bill_customer {
            BillCustomer::Billable => self.unit_price?.of_billed(quantity, self.less_included),
            BillCustomer::DoNotBill | BillCustomer::NoCharge => Some(Money::ZERO),
        }
    }
}

/// Whether an addition reaches the customer's invoice with a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
