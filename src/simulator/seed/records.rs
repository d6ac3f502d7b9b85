//! The records of a seed, with the fields that billing looks at. Every other field can be written under `fields`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Written;
use super::values::{Amount, Day, Pointer};

/// A customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SeedCompany {
    /// Its number; counted where it is absent.
    pub id: Option<u32>,
    /// Its Company ID.
    pub identifier: String,
    /// Its name; the identifier where it is absent.
    pub name: Option<String>,
    /// The name of its status; `Active` where it is absent.
    pub status: Option<String>,
    /// Whether it lies in the recycle bin.
    pub deleted_flag: bool,
    /// Values of custom fields, by caption.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub custom_fields: Written,
    /// Any other field by its name, planted as it is.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

/// A type of agreement.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SeedAgreementType {
    /// Its number; counted where it is absent.
    pub id: Option<u32>,
    /// Its name.
    pub name: String,
    /// Whether it is out of use.
    pub inactive_flag: bool,
    /// Any other field by its name, planted as it is.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

/// An item of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SeedProduct {
    /// Its number; counted where it is absent.
    pub id: Option<u32>,
    /// Its identifier.
    pub identifier: String,
    /// Its description; the identifier where it is absent.
    pub description: Option<String>,
    /// The price of a unit.
    pub price: Option<Amount>,
    /// The cost of a unit.
    pub cost: Option<Amount>,
    /// Its class; `Service` where it is absent.
    pub product_class: Option<String>,
    /// The name of its unit of measure; `Each` where it is absent.
    pub unit_of_measure: Option<String>,
    /// Whether it is taxed.
    pub taxable_flag: bool,
    /// Whether its pieces have serial numbers.
    pub serialized_flag: bool,
    /// Whether it is out of use.
    pub inactive_flag: bool,
    /// Values of custom fields, by caption.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub custom_fields: Written,
    /// Any other field by its name, planted as it is.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

/// A managed devices integration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SeedIntegration {
    /// Its number; counted where it is absent.
    pub id: Option<u32>,
    /// Its name.
    pub name: String,
    /// Its cross-references.
    pub cross_references: Vec<SeedCrossReference>,
    /// Any other field by its name, planted as it is.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

/// A row of an integration's mapping table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SeedCrossReference {
    /// Its number; counted where it is absent.
    pub id: Option<u32>,
    /// The type, as `BackupUsage`.
    pub vendor_type: Option<String>,
    /// The level.
    pub vendor_level: Option<String>,
    /// The agreement type it leads to.
    pub agreement_type: Option<Pointer>,
    /// The product it leads to.
    pub product: Option<Pointer>,
    /// Whether it is out of use.
    pub inactive_flag: bool,
    /// Any other field by its name, planted as it is.
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

/// An agreement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedAgreement {
    /// Its number; counted where it is absent.
    #[serde(default)]
    pub id: Option<u32>,
    /// Its name; that of its type where it is absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The customer.
    pub company: Pointer,
    /// Its type.
    pub r#type: Pointer,
    /// The agreement it is a child of.
    #[serde(default)]
    pub parent_agreement: Option<Pointer>,
    /// Its first day; 2024-01-01 where it is absent.
    #[serde(default)]
    pub start_date: Option<Day>,
    /// Its last day. Without one it does not end.
    #[serde(default)]
    pub end_date: Option<Day>,
    /// The day from which it is billed; its first day where it is absent.
    #[serde(default)]
    pub bill_start_date: Option<Day>,
    /// The date of its next invoice, as the text the wire shows.
    #[serde(default)]
    pub next_invoice_date: Option<String>,
    /// Whether parts of a period are billed.
    #[serde(default)]
    pub prorate_flag: bool,
    /// Whether it is cancelled.
    #[serde(default)]
    pub cancelled_flag: bool,
    /// The day it was or will be cancelled.
    #[serde(default)]
    pub date_cancelled: Option<Day>,
    /// The status to show, right or wrong. Computed from the dates where it is absent.
    #[serde(default)]
    pub agreement_status: Option<String>,
    /// Its product lines.
    #[serde(default)]
    pub additions: Vec<SeedAddition>,
    /// Values of custom fields, by caption.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub custom_fields: Written,
    /// Any other field by its name, planted as it is.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

impl SeedAgreement {
    /// An agreement with a customer, of a type, and nothing else.
    #[must_use]
    pub fn new(company: impl Into<Pointer>, r#type: impl Into<Pointer>) -> Self {
        Self {
            id: None,
            name: None,
            company: company.into(),
            r#type: r#type.into(),
            parent_agreement: None,
            start_date: None,
            end_date: None,
            bill_start_date: None,
            next_invoice_date: None,
            prorate_flag: false,
            cancelled_flag: false,
            date_cancelled: None,
            agreement_status: None,
            additions: Vec::new(),
            custom_fields: Written::new(),
            fields: Written::new(),
        }
    }
}

/// A product line on an agreement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeedAddition {
    /// Its number; counted where it is absent.
    #[serde(default)]
    pub id: Option<u32>,
    /// The product it bills.
    pub product: Pointer,
    /// How much of it; null where it is absent.
    #[serde(default)]
    pub quantity: Option<Amount>,
    /// How much is included free; 0 where it is absent.
    #[serde(default)]
    pub less_included: Option<Amount>,
    /// The price of a unit; that of the catalogue where it is absent.
    #[serde(default)]
    pub unit_price: Option<Amount>,
    /// The cost of a unit; that of the catalogue where it is absent.
    #[serde(default)]
    pub unit_cost: Option<Amount>,
    /// Whether the customer is billed; `Billable` where it is absent.
    #[serde(default)]
    pub bill_customer: Option<String>,
    /// Its first day; the billing start of its agreement where it is absent.
    #[serde(default)]
    pub effective_date: Option<Day>,
    /// The day from which it no longer runs.
    #[serde(default)]
    pub cancelled_date: Option<Day>,
    /// The status to show, right or wrong. Computed from the dates where it is absent.
    #[serde(default)]
    pub agreement_status: Option<String>,
    /// Values of custom fields, by caption.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub custom_fields: Written,
    /// Any other field by its name, planted as it is.
    #[serde(default)]
    #[schemars(with = "std::collections::BTreeMap<String, serde_json::Value>")]
    pub fields: Written,
}

impl SeedAddition {
    /// A line for a product in a quantity, and nothing else.
    #[must_use]
    pub fn new(product: impl Into<Pointer>, quantity: impl Into<Amount>) -> Self {
        Self {
            id: None,
            product: product.into(),
            quantity: Some(quantity.into()),
            less_included: None,
            unit_price: None,
            unit_cost: None,
            bill_customer: None,
            effective_date: None,
            cancelled_date: None,
            agreement_status: None,
            custom_fields: Written::new(),
            fields: Written::new(),
        }
    }
}
