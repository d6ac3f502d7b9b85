//! Companies, the product catalogue, and the managed devices integrations.

use super::{CUSTOM_FIELDS, Field, ID, INFORMATION, Schema, Shape};
use crate::simulator::kind::Kind;

/// `/company/companies`
pub(super) const COMPANY: Schema = &[
    ID,
    Field::text("identifier").required(),
    Field::text("name").required(),
    Field::elsewhere("status"),
    Field::text("addressLine1"),
    Field::text("addressLine2"),
    Field::text("city"),
    Field::text("state"),
    Field::text("zip"),
    Field::elsewhere("country"),
    Field::text("phoneNumber"),
    Field::text("website"),
    Field::elsewhere("territory"),
    Field::elsewhere("market"),
    Field::text("accountNumber"),
    Field::elsewhere("defaultContact"),
    Field::date("dateAcquired"),
    Field::flag("leadFlag"),
    Field::text("userDefinedField1"),
    Field::text("userDefinedField2"),
    Field::text("vendorIdentifier"),
    Field::text("taxIdentifier"),
    Field::elsewhere("billingTerms"),
    Field::reference("billToCompany", Kind::Company),
    Field::reference("parentCompany", Kind::Company),
    Field::flag("deletedFlag"),
    Field::date("dateDeleted").derived(),
    Field::text("deletedBy").derived(),
    Field::elsewhere("currency"),
    Field::flag("isVendorFlag"),
    Field::new("types", Shape::ManyElsewhere),
    Field::elsewhere("site"),
    INFORMATION,
    CUSTOM_FIELDS,
];

/// `/procurement/catalog`
pub(super) const PRODUCT: Schema = &[
    ID,
    Field::new("identifier", Shape::ShortText(75)).required(),
    Field::new("description", Shape::ShortText(60)).required(),
    Field::flag("inactiveFlag"),
    Field::elsewhere("subcategory").required(),
    Field::elsewhere("type").required(),
    Field::choice("productClass", &["Agreement", "Bundle", "Inventory", "NonInventory", "Service"]),
    Field::flag("serializedFlag"),
    Field::elsewhere("unitOfMeasure"),
    Field::number("price"),
    Field::number("cost"),
    Field::flag("taxableFlag"),
    Field::flag("specialOrderFlag"),
    Field::new("customerDescription", Shape::ShortText(6000)).required(),
    Field::text("notes"),
    Field::flag("recurringFlag"),
    Field::elsewhere("category"),
    Field::reference("agreementType", Kind::AgreementType),
    INFORMATION,
    CUSTOM_FIELDS,
];

/// `/company/managedDevicesIntegrations`
pub(super) const INTEGRATION: Schema = &[
    ID,
    Field::new("name", Shape::ShortText(30)).required(),
    Field::new("solution", Shape::ShortText(30)).required(),
    Field::text("portalUrl"),
    Field::choice("loginBy", &["Global", "Member"]).required(),
    Field::choice("defaultBillingLevel", &["Detail", "Summary"]).required(),
    Field::elsewhere("defaultLocation"),
    Field::elsewhere("defaultDepartment"),
    Field::elsewhere("integratorLogin"),
    Field::flag("matchOnSerialNumberFlag"),
    Field::flag("disableNewCrossReferencesFlag"),
    Field::flag("configBillCustomerFlag"),
    INFORMATION,
];

/// `/company/managedDevicesIntegrations/{integration}/crossReferences`
pub(super) const CROSS_REFERENCE: Schema = &[
    ID,
    Field::reference("managedDevicesIntegration", Kind::Integration).derived(),
    Field::new("vendorType", Shape::ShortText(255)),
    Field::new("vendorLevel", Shape::ShortText(255)),
    Field::reference("agreementType", Kind::AgreementType),
    Field::reference("product", Kind::Product),
    Field::elsewhere("configurationType"),
    Field::flag("inactiveFlag"),
    INFORMATION,
    Field::number("parentId").derived(),
];
