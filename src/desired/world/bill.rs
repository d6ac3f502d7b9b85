//! The ConnectWise side of the world: companies, agreements, cross-references and additions.

use std::sync::Arc;

use super::World;
use crate::billing::{
    Addition, AdditionId, Agreement, AgreementId, AgreementStatus, AgreementType, AgreementTypeId,
    BillCustomer, Company, CompanyId, CrossReference, CrossReferenceId, CustomField, IntegrationId, Product,
    ProductId, Quantity,
};

impl World {
    /// A company whose custom field names the account of its identifier in lower case, with an active agreement.
    pub(crate) fn add_company(&mut self, identifier: &str) -> &mut Company {
        let id = CompanyId(100 + i64::try_from(self.view.companies.len()).unwrap());
        let username: Arc<str> = identifier.to_lowercase().into();
        self.view.companies.push(Company {
            id,
            identifier: identifier.into(),
            name: format!("{identifier} Inc.").into(),
            deleted: false,
            custom_fields: vec![CustomField { caption: "echo_username".into(), value: Some(username) }],
        });
        self.add_agreement(identifier, &format!("{identifier} Backup"), "Barracuda Backup");
        self.company(identifier)
    }

    /// The company of that identifier.
    pub(crate) fn company(&mut self, identifier: &str) -> &mut Company {
        self.view.companies.iter_mut().find(|company| *company.identifier == *identifier).unwrap()
    }

    /// Empties a company's custom field, so that nothing but explicit links or its identifier joins it.
    pub(crate) fn unfield(&mut self, identifier: &str) {
        self.company(identifier).custom_fields.clear();
    }

    /// The agreement type of that name, made where it is missing.
    pub(crate) fn agreement_type(&mut self, name: &str) -> AgreementTypeId {
        let types = &mut self.view.agreement_types;
        if let Some(found) = types.iter().find(|agreement_type| *agreement_type.name == *name) {
            return found.id;
        }
        let id = AgreementTypeId(1 + i64::try_from(types.len()).unwrap());
        types.push(AgreementType { id, name: name.into() });
        id
    }

    /// An active agreement.
    pub(crate) fn add_agreement(&mut self, company: &str, name: &str, type_name: &str) -> &mut Agreement {
        let agreement_type = self.agreement_type(type_name);
        let company = self.company(company).id;
        let id = AgreementId(400 + i64::try_from(self.view.agreements.len()).unwrap());
        self.view.agreements.push(Agreement {
            id,
            name: name.into(),
            agreement_type,
            company,
            parent: None,
            start: Some("2025-01-01".parse().unwrap()),
            end: None,
            no_ending_date: true,
            cancelled: false,
            status: AgreementStatus::Active,
            bill_start: None,
            next_invoice: None,
        });
        self.view.agreements.last_mut().unwrap()
    }

    /// The first agreement of a company.
    pub(crate) fn agreement(&mut self, company: &str) -> &mut Agreement {
        let company = self.company(company).id;
        self.view.agreements.iter_mut().find(|agreement| agreement.company == company).unwrap()
    }

    /// The product of that identifier, made where it is missing.
    pub(crate) fn product(&mut self, identifier: &str) -> &mut Product {
        let place = self.view.products.iter().position(|product| *product.identifier == *identifier);
        let place = place.unwrap_or_else(|| {
            let id = ProductId(31 + i64::try_from(self.view.products.len()).unwrap());
            let price = Some("0.50".parse().unwrap());
            self.view.products.push(Product { id, identifier: identifier.into(), price, inactive: false });
            self.view.products.len() - 1
        });
        &mut self.view.products[place]
    }

    /// An active cross-reference to a product on agreements of the type Barracuda Backup.
    pub(crate) fn add_cross_reference(
        &mut self,
        vendor_type: &str,
        level: &str,
        product: &str,
    ) -> &mut CrossReference {
        let product = self.product(product);
        let product = Some((product.id, Arc::clone(&product.identifier)));
        let id = CrossReferenceId(10 + i64::try_from(self.view.cross_references.len()).unwrap());
        let agreement_type = Some(self.agreement_type("Barracuda Backup"));
        self.view.cross_references.push(CrossReference {
            id,
            integration: IntegrationId(1),
            vendor_type: vendor_type.into(),
            level: level.into(),
            agreement_type,
            product,
            inactive: false,
        });
        self.view.cross_references.last_mut().unwrap()
    }

    /// A live, billable addition on the first agreement of a company, at 0.50 a unit.
    pub(crate) fn add_addition(&mut self, company: &str, product: &str, quantity: u64) -> &mut Addition {
        let agreement = self.agreement(company).id;
        self.add_addition_on(agreement, product, quantity)
    }

    /// The same on a given agreement.
    pub(crate) fn add_addition_on(
        &mut self,
        agreement: AgreementId,
        product: &str,
        quantity: u64,
    ) -> &mut Addition {
        let product = self.product(product);
        let (product, product_identifier) = (product.id, Arc::clone(&product.identifier));
        let id = AdditionId(9000 + i64::try_from(self.view.additions.len()).unwrap());
        self.view.additions.push(Addition {
            id,
            agreement,
            product,
            product_identifier,
            quantity: Some(Quantity::from(quantity)),
            less_included: None,
            unit_price: Some("0.50".parse().unwrap()),
            unit: None,
            bill_customer: BillCustomer::Billable,
            effective: Some("2025-01-01".parse().unwrap()),
            cancelled: None,
            status: AgreementStatus::Active,
            last_updated: Some("2026-11-01T02:00:00Z".parse().unwrap()),
            updated_by: None,
        });
        self.view.additions.sort_by_key(|addition| (addition.agreement, addition.product, addition.id));
        self.view.additions.iter_mut().find(|addition| addition.id == id).unwrap()
    }

    /// The first addition of a product on a company's first agreement.
    pub(crate) fn addition(&mut self, company: &str, product: &str) -> &mut Addition {
        let agreement = self.agreement(company).id;
        let fits = |addition: &&mut Addition| {
            addition.agreement == agreement && *addition.product_identifier == *product
        };
        self.view.additions.iter_mut().find(fits).unwrap()
    }
}
