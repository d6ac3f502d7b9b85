//! Plants a seed: numbers its records, follows its references, fills in its defaults.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::values::from_yaml;
use super::{
    Day, Pointer, Seed, SeedAddition, SeedAgreement, SeedAgreementType, SeedCompany, SeedCrossReference,
    SeedError, SeedIntegration, SeedMember, SeedProduct, Written,
};
use crate::simulator::access::{Member, Role};
use crate::simulator::additions;
use crate::simulator::conform;
use crate::simulator::custom_fields::Definition;
use crate::simulator::kind::Kind;
use crate::simulator::schema;
use crate::simulator::state::{Record, State};
use crate::simulator::value::{Object, Value};

/// When everything was last changed that the seed brings along, and when agreements begin: 2024-01-01.
const LONG_AGO: Timestamp = Timestamp::constant(1_704_067_200, 0);
/// Who changed it.
const PLANTED_BY: &str = "admin";
/// Where the numbers of custom fields begin.
const FIRST_CUSTOM_FIELD: u32 = 61;

/// The state a seed grows into.
pub(in crate::simulator) fn plant(seed: Seed) -> Result<State, SeedError> {
    let Seed {
        login,
        members,
        options,
        custom_fields,
        companies,
        agreement_types,
        products,
        integrations,
        agreements,
    } = seed;
    if let Some((option, status)) = options.odd_status() {
        return Err(SeedError::OddStatus { option, status });
    }
    let mut planter = Planter {
        state: State::new(login, options, plant_members(members)),
        names: HashMap::new(),
        next_custom_field: FIRST_CUSTOM_FIELD,
        planted_by: Arc::from(PLANTED_BY),
    };
    for field in custom_fields {
        planter.define(field.of.kind(), field.id, &field.caption, &field.r#type);
    }
    companies.into_iter().try_for_each(|company| planter.company(company))?;
    agreement_types.into_iter().try_for_each(|agreement_type| planter.agreement_type(agreement_type))?;
    products.into_iter().try_for_each(|product| planter.product(product))?;
    integrations.into_iter().try_for_each(|integration| planter.integration(integration))?;
    agreements.into_iter().try_for_each(|agreement| planter.agreement(agreement))?;
    Ok(planter.state)
}

fn plant_members(mut members: Vec<SeedMember>) -> Vec<Member> {
    if members.is_empty() {
        members.push(SeedMember {
            identifier: "api".to_owned(),
            public_key: "public".to_owned(),
            private_key: "private".to_owned(),
            role: Role::default(),
        });
    }
    let member = |(id, member): (u32, SeedMember)| {
        let SeedMember { identifier, public_key, private_key, role } = member;
        Member { id, identifier, public_key, private_key, role }
    };
    (101..).zip(members).map(member).collect()
}

struct Planter {
    state: State,
    /// The ids of records by what the seed may call them.
    names: HashMap<(Kind, String), Vec<u32>>,
    next_custom_field: u32,
    planted_by: Arc<str>,
}

type Planted = Result<(), SeedError>;

impl Planter {
    fn company(&mut self, company: SeedCompany) -> Planted {
        let SeedCompany { id, identifier, name, status, deleted_flag, custom_fields, fields } = company;
        let name = name.unwrap_or_else(|| identifier.clone());
        let planted = Object::new()
            .with("identifier", identifier.as_str())
            .with("name", name.as_str())
            .with("status", named(status.as_deref().unwrap_or("Active")))
            .with("deletedFlag", deleted_flag);
        let id = self.put(Kind::Company, id, None, planted, custom_fields, &fields)?;
        self.name(Kind::Company, id, &[&identifier, &name]);
        Ok(())
    }

    fn agreement_type(&mut self, agreement_type: SeedAgreementType) -> Planted {
        let SeedAgreementType { id, name, inactive_flag, fields } = agreement_type;
        let planted = Object::new()
            .with("name", name.as_str())
            .with("inactiveFlag", inactive_flag)
            .with("employeeCompRate", "Actual")
            .with("employeeCompNotExceed", "Billing")
            .with("invoicingCycle", "CalendarYear")
            .with("billTime", "Billable")
            .with("billExpenses", "Billable")
            .with("billProducts", "Billable");
        let id = self.put(Kind::AgreementType, id, None, planted, Written::new(), &fields)?;
        self.name(Kind::AgreementType, id, &[&name]);
        Ok(())
    }

    fn product(&mut self, product: SeedProduct) -> Planted {
        let description = product.description.as_deref().unwrap_or(&product.identifier);
        let planted = Object::new()
            .with("identifier", product.identifier.as_str())
            .with("description", description)
            .with("inactiveFlag", product.inactive_flag)
            .with("subcategory", named("Cloud"))
            .with("type", named("Managed Service"))
            .with("productClass", product.product_class.as_deref().unwrap_or("Service"))
            .with("serializedFlag", product.serialized_flag)
            .with("unitOfMeasure", named(product.unit_of_measure.as_deref().unwrap_or("Each")))
            .with_some("price", product.price)
            .with_some("cost", product.cost)
            .with("taxableFlag", product.taxable_flag)
            .with("customerDescription", description);
        let SeedProduct { id, identifier, custom_fields, fields, .. } = product;
        let id = self.put(Kind::Product, id, None, planted, custom_fields, &fields)?;
        self.name(Kind::Product, id, &[&identifier]);
        Ok(())
    }

    fn integration(&mut self, integration: SeedIntegration) -> Planted {
        let SeedIntegration { id, name, cross_references, fields } = integration;
        let planted = Object::new()
            .with("name", name.as_str())
            .with("solution", "Custom")
            .with("loginBy", "Global")
            .with("defaultBillingLevel", "Detail");
        let id = self.put(Kind::Integration, id, None, planted, Written::new(), &fields)?;
        cross_references.into_iter().try_for_each(|cross_reference| self.cross_reference(id, cross_reference))
    }

    fn cross_reference(&mut self, integration: u32, cross_reference: SeedCrossReference) -> Planted {
        let SeedCrossReference {
            id,
            vendor_type,
            vendor_level,
            agreement_type,
            product,
            inactive_flag,
            fields,
        } = cross_reference;
        let planted = Object::new()
            .with_some("vendorType", vendor_type.as_deref())
            .with_some("vendorLevel", vendor_level.as_deref())
            .with_some("agreementType", self.pointed(Kind::AgreementType, agreement_type)?)
            .with_some("product", self.pointed(Kind::Product, product)?)
            .with("inactiveFlag", inactive_flag);
        self.put(Kind::CrossReference, id, Some(integration), planted, Written::new(), &fields)?;
        Ok(())
    }

    fn agreement(&mut self, agreement: SeedAgreement) -> Planted {
        let company = self.follow(Kind::Company, &agreement.company)?;
        let agreement_type = self.follow(Kind::AgreementType, &agreement.r#type)?;
        let type_name =
            self.state.record(Kind::AgreementType, agreement_type).map(|found| found.get("name").clone());
        let start = agreement.start_date.unwrap_or(Day(LONG_AGO));
        let planted = Object::new()
            .with("name", agreement.name.as_deref().map_or(type_name.unwrap_or_default(), Value::text))
            .with("type", agreement_type)
            .with("company", company)
            .with("contact", named("Office"))
            .with_some("parentAgreement", self.pointed(Kind::Agreement, agreement.parent_agreement)?)
            .with("startDate", start)
            .with_some("endDate", agreement.end_date)
            .with("noEndingDateFlag", agreement.end_date.is_none())
            .with("cancelledFlag", agreement.cancelled_flag)
            .with_some("dateCancelled", agreement.date_cancelled)
            .with("employeeCompRate", "Actual")
            .with("employeeCompNotExceed", "Billing")
            .with("billingCycle", named("Monthly"))
            .with("invoicingCycle", "CalendarYear")
            .with("billStartDate", agreement.bill_start_date.unwrap_or(start))
            .with("prorateFlag", agreement.prorate_flag)
            .with("billTime", "Billable")
            .with("billExpenses", "Billable")
            .with("billProducts", "Billable")
            .with_some("nextInvoiceDate", agreement.next_invoice_date.as_deref())
            .with_some("agreementStatus", agreement.agreement_status.as_deref());
        let SeedAgreement { id, name, additions, custom_fields, fields, .. } = agreement;
        let id = self.put(Kind::Agreement, id, None, planted, custom_fields, &fields)?;
        self.name(Kind::Agreement, id, &[name.as_deref().unwrap_or_default()]);
        additions.into_iter().try_for_each(|addition| self.addition(id, addition))
    }

    fn addition(&mut self, agreement: u32, addition: SeedAddition) -> Planted {
        let billed_from =
            self.state.record(Kind::Agreement, agreement).map(|found| found.get("billStartDate").clone());
        let effective = addition.effective_date.map_or(billed_from.unwrap_or_default(), Value::from);
        let mut planted = Object::new()
            .with("product", self.follow(Kind::Product, &addition.product)?)
            .with_some("quantity", addition.quantity)
            .with_some("lessIncluded", addition.less_included)
            .with_some("unitPrice", addition.unit_price)
            .with_some("unitCost", addition.unit_cost)
            .with("billCustomer", addition.bill_customer.as_deref().unwrap_or("Billable"))
            .with_some("effectiveDate", effective)
            .with_some("cancelledDate", addition.cancelled_date)
            .with_some("agreementStatus", addition.agreement_status.as_deref());
        additions::fill(&self.state, agreement, &mut planted, LONG_AGO);
        let SeedAddition { id, custom_fields, fields, .. } = addition;
        self.put(Kind::Addition, id, Some(agreement), planted, custom_fields, &fields)?;
        Ok(())
    }

    fn put(
        &mut self,
        kind: Kind,
        id: Option<u32>,
        parent: Option<u32>,
        mut planted: Object,
        custom: Written,
        others: &Written,
    ) -> Result<u32, SeedError> {
        let id = id.unwrap_or_else(|| self.state.next_id(kind));
        if self.state.record(kind, id).is_some() {
            return Err(SeedError::TwoOfOneId { kind, id });
        }
        for (name, written) in others {
            self.plant_field(kind, &mut planted, name, &from_yaml(written))?;
        }
        if !custom.is_empty() {
            planted.set("customFields", self.custom_values(kind, &custom));
        }
        let (updated, updated_by) = (LONG_AGO, Arc::clone(&self.planted_by));
        self.state.put(kind, Record { id, parent, fields: planted, updated, updated_by });
        Ok(id)
    }

    /// Plants what is written, in the field's own form where it fits and as it is where it does not: a seed may hold
    /// what the server would refuse today.
    fn plant_field(&self, kind: Kind, planted: &mut Object, name: &str, written: &Value) -> Planted {
        let found = schema::field(schema::of(kind), name);
        let field = found.ok_or_else(|| SeedError::NoField { kind, field: name.to_owned() })?;
        let stored = conform::stored(&self.state, kind, field, &Value::Null, written);
        match stored.unwrap_or_else(|_| written.clone()) {
            Value::Null => planted.remove(field.name),
            value => planted.set(field.name, value),
        }
        Ok(())
    }

    fn custom_values(&mut self, kind: Kind, written: &Written) -> Value {
        let mut values = Object::new();
        for (caption, value) in written {
            let value = from_yaml(value);
            let shape = match value {
                Value::Flag(_) => "Checkbox",
                Value::Number(_) => "Number",
                Value::Null | Value::Text(_) | Value::Date(_) | Value::List(_) | Value::Object(_) => "Text",
            };
            let id = self.define(kind, None, caption, shape);
            if !value.is_null() {
                values.set(id.to_string(), value);
            }
        }
        Value::Object(values)
    }

    /// The number of a custom field, defined now where it is new.
    fn define(&mut self, kind: Kind, id: Option<u32>, caption: &str, shape: &str) -> u32 {
        let definitions = self.state.custom_fields.entry(kind).or_default();
        if let Some(known) = definitions.iter().find(|known| known.caption == caption) {
            return known.id;
        }
        let id = id.unwrap_or(self.next_custom_field);
        self.next_custom_field = self.next_custom_field.max(id.saturating_add(1));
        let (kind, caption) = (shape.to_owned(), caption.to_owned());
        definitions.push(Definition {
            id,
            caption,
            kind,
            entry_method: "EntryField".to_owned(),
            decimals: 0,
        });
        id
    }

    fn name(&mut self, kind: Kind, id: u32, names: &[&str]) {
        let names: std::collections::BTreeSet<&&str> = names.iter().collect();
        for name in names {
            self.names.entry((kind, (*name).to_owned())).or_default().push(id);
        }
    }

    fn pointed(&self, kind: Kind, pointer: Option<Pointer>) -> Result<Option<u32>, SeedError> {
        pointer.map(|pointer| self.follow(kind, &pointer)).transpose()
    }

    fn follow(&self, kind: Kind, pointer: &Pointer) -> Result<u32, SeedError> {
        let missing = || SeedError::Missing { kind, wanted: pointer.to_string() };
        match pointer {
            Pointer::Id(id) => self.state.record(kind, *id).map(|_| *id).ok_or_else(missing),
            Pointer::Name(name) => match self.names.get(&(kind, name.clone())).map(Vec::as_slice) {
                Some([id]) => Ok(*id),
                Some(_) => Err(SeedError::Ambiguous { kind, wanted: name.clone() }),
                None => Err(missing()),
            },
        }
    }
}

/// A reference to something the simulator does not keep.
fn named(name: &str) -> Value {
    Value::Object(Object::new().with("id", 1).with("name", name))
}
