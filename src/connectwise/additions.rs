//! Additions as ConnectWise sends them.
//!
//! One that cannot be understood in full is refused, and with it the view of its agreement: a line that is left out
//! would look as if it were not there.

use serde::Deserialize;

use super::agreements::status;
use super::wire::{
    Names, Number, Record, Text, Unreadable, day, is_number, last_updated, own_number, readable,
};
use crate::billing::{Addition, AdditionId, AgreementId, BillCustomer, Money, ProductId, Quantity};

/// What is asked of each.
pub(super) const FIELDS: &str = "id,agreementId,product/id,product/identifier,quantity,lessIncluded,unitPrice,uom,\
                                 billCustomer,effectiveDate,cancelledDate,agreementStatus,_info/lastUpdated,_info/updatedBy";

/// Where the additions of an agreement are listed.
pub(super) fn path(agreement: AgreementId) -> String {
    format!("finance/agreements/{agreement}/additions")
}

/// Where one addition is.
pub(super) fn path_of(agreement: AgreementId, addition: AdditionId) -> String {
    format!("finance/agreements/{agreement}/additions/{addition}")
}

/// An addition as sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AdditionWire<'a> {
    id: Option<i64>,
    agreement_id: Option<i64>,
    #[serde(borrow)]
    product: Option<ProductReference<'a>>,
    #[serde(borrow)]
    quantity: Option<Number<'a>>,
    #[serde(borrow)]
    less_included: Option<Number<'a>>,
    #[serde(borrow)]
    unit_price: Option<Number<'a>>,
    #[serde(borrow)]
    uom: Option<Text<'a>>,
    #[serde(borrow)]
    bill_customer: Option<Text<'a>>,
    #[serde(borrow)]
    effective_date: Option<Text<'a>>,
    #[serde(borrow)]
    cancelled_date: Option<Text<'a>>,
    #[serde(borrow)]
    agreement_status: Option<Text<'a>>,
    #[serde(borrow, rename = "_info")]
    info: Option<Info<'a>>,
}

#[derive(Deserialize)]
pub(super) struct ProductReference<'a> {
    pub(super) id: Option<i64>,
    #[serde(borrow)]
    pub(super) identifier: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    #[serde(borrow)]
    last_updated: Option<Text<'a>>,
    #[serde(borrow)]
    updated_by: Option<Text<'a>>,
}

impl Record for Addition {
    type Wire<'a> = AdditionWire<'a>;
    type Parent = AgreementId;

    fn read(wire: AdditionWire<'_>, agreement: AgreementId, names: &mut Names) -> Result<Self, Unreadable> {
        let id = own_number(wire.id)?;
        let in_record = |unreadable: Unreadable| Unreadable::of(format!("addition {id} with {unreadable}"));
        let product = wire.product.as_ref();
        let product_id = product.and_then(|product| product.id).filter(|&product| is_number(product));
        let identifier = product.and_then(|product| product.identifier.as_ref()).map_or("", Text::as_str);
        let info = wire.info.as_ref();
        let updated_by = info.and_then(|info| info.updated_by.as_ref());
        if wire.agreement_id.is_some_and(|said| said != agreement.0) {
            return Err(in_record(Unreadable::of(format!("another agreement than {agreement}"))));
        }
        Ok(Self {
            id: AdditionId(id),
            agreement,
            product: ProductId(product_id.ok_or_else(|| in_record(Unreadable::of("no product")))?),
            product_identifier: names.intern(identifier),
            quantity: number(wire.quantity.as_ref()).map_err(in_record)?.map(Quantity::new),
            less_included: number(wire.less_included.as_ref()).map_err(in_record)?.map(Quantity::new),
            unit_price: number(wire.unit_price.as_ref()).map_err(in_record)?.map(Money::new),
            unit: wire
                .uom
                .as_ref()
                .map(Text::as_str)
                .filter(|unit| !unit.is_empty())
                .map(|unit| names.intern(unit)),
            bill_customer: bill_customer(wire.bill_customer.as_ref()).map_err(in_record)?,
            effective: day(wire.effective_date.as_ref()).map_err(in_record)?,
            cancelled: day(wire.cancelled_date.as_ref()).map_err(in_record)?,
            status: status(wire.agreement_status.as_ref()),
            last_updated: info.and_then(|info| last_updated(info.last_updated.as_ref())),
            updated_by: updated_by.map(|member| names.intern(member.as_str())),
        })
    }

    fn number(&self) -> i64 {
        self.id.0
    }
}

fn number(number: Option<&Number<'_>>) -> Result<Option<rust_decimal::Decimal>, Unreadable> {
    number.map_or(Ok(None), Number::decimal)
}

/// Whether the line is billed. An unknown word is refused: its money cannot be told.
fn bill_customer(text: Option<&Text<'_>>) -> Result<BillCustomer, Unreadable> {
    match text.map(Text::as_str) {
        Some("Billable") => Ok(BillCustomer::Billable),
        Some("DoNotBill") => Ok(BillCustomer::DoNotBill),
        Some("NoCharge") => Ok(BillCustomer::NoCharge),
        Some(word) => Err(Unreadable::of(format!("billCustomer {:?}", readable(word)))),
        None => Err(Unreadable::of("no billCustomer")),
    }
}

#[cfg(test)]
mod tests;
