//! Agreements, their types and their additions.

use super::{CUSTOM_FIELDS, Field, ID, INFORMATION, Schema, Shape};
use crate::simulator::kind::Kind;

/// Who pays for the work on an agreement.
const BILLING: &[&str] = &["Billable", "DoNotBill", "NoCharge", "NoDefault"];
/// The words of `agreementStatus`, on agreements and additions alike.
const STATUS: &[&str] = &["Active", "Cancelled", "Expired", "Inactive"];
/// How the year of an invoice runs.
const YEAR: &[&str] = &["ContractYear", "CalendarYear"];

/// `/finance/agreements/types`
pub(super) const AGREEMENT_TYPE: Schema = &[
    ID,
    Field::new("name", Shape::ShortText(50)).required(),
    Field::flag("defaultFlag"),
    Field::flag("inactiveFlag"),
    Field::elsewhere("location"),
    Field::elsewhere("department"),
    Field::choice("employeeCompRate", &["Actual", "Hourly"]).required(),
    Field::choice("employeeCompNotExceed", &["Billing", "Amount", "Percent"]).required(),
    Field::choice("invoicingCycle", YEAR).required(),
    Field::choice("billTime", BILLING).required(),
    Field::choice("billExpenses", BILLING).required(),
    Field::choice("billProducts", BILLING).required(),
    Field::flag("prorateFlag"),
    Field::flag("invoiceProratedAdditionsFlag"),
    Field::flag("autoInvoiceFlag"),
    Field::flag("billZeroAmountFlag"),
    INFORMATION,
];

/// `/finance/agreements`
pub(super) const AGREEMENT: Schema = &[
    ID,
    Field::new("name", Shape::ShortText(100)).required(),
    Field::reference("type", Kind::AgreementType).required(),
    Field::reference("company", Kind::Company).required(),
    Field::elsewhere("contact").required(),
    Field::elsewhere("site"),
    Field::reference("parentAgreement", Kind::Agreement),
    Field::new("customerPO", Shape::ShortText(50)),
    Field::elsewhere("location"),
    Field::elsewhere("department"),
    Field::date("startDate"),
    Field::date("endDate"),
    Field::flag("noEndingDateFlag"),
    Field::flag("cancelledFlag"),
    Field::date("dateCancelled"),
    Field::new("reasonCancelled", Shape::ShortText(100)),
    Field::text("internalNotes"),
    Field::choice("employeeCompRate", &["Actual", "Hourly"]),
    Field::elsewhere("billingCycle"),
    Field::choice("invoicingCycle", YEAR),
    Field::number("billAmount"),
    Field::flag("taxable"),
    Field::number("prorateFirstBill"),
    Field::date("billStartDate"),
    Field::flag("prorateFlag"),
    Field::flag("invoiceProratedAdditionsFlag"),
    Field::text("invoiceDescription"),
    Field::choice("billTime", BILLING),
    Field::choice("billExpenses", BILLING),
    Field::choice("billProducts", BILLING),
    Field::elsewhere("currency"),
    Field::choice("periodType", &["Current", "Future", "Both", "Undefined"]),
    Field::flag("autoInvoiceFlag"),
    Field::flag("billZeroAmountFlag"),
    Field::text("nextInvoiceDate").derived(),
    Field::choice("agreementStatus", STATUS).derived(),
    INFORMATION,
    CUSTOM_FIELDS,
];

/// `/finance/agreements/{agreement}/additions`
pub(super) const ADDITION: Schema = &[
    ID,
    Field::reference("product", Kind::Product).required(),
    Field::number("quantity"),
    Field::number("lessIncluded"),
    Field::number("unitPrice"),
    Field::number("unitCost"),
    Field::choice("billCustomer", &["Billable", "DoNotBill", "NoCharge"]).required(),
    Field::date("effectiveDate"),
    Field::date("cancelledDate"),
    Field::flag("taxableFlag"),
    Field::new("serialNumber", Shape::ShortText(50)),
    Field::new("invoiceDescription", Shape::ShortText(6000)),
    Field::flag("purchaseItemFlag"),
    Field::flag("specialOrderFlag"),
    Field::number("agreementId").derived(),
    Field::text("description"),
    Field::number("billedQuantity").derived(),
    Field::text("uom"),
    Field::number("extPrice").derived(),
    Field::number("extCost").derived(),
    Field::number("sequenceNumber"),
    Field::number("margin").derived(),
    Field::number("prorateCost").derived(),
    Field::number("proratePrice").derived(),
    Field::number("extendedProrateCost").derived(),
    Field::number("extendedProratePrice").derived(),
    Field::flag("prorateCurrentPeriodFlag"),
    Field::elsewhere("opportunity"),
    Field::choice("agreementStatus", STATUS).derived(),
    Field::elsewhere("invoiceGrouping"),
    INFORMATION,
    CUSTOM_FIELDS,
];
