//! Reads the view that a plan is drawn against, in as few requests as the API allows.
//!
//! Companies, the tables, the agreements they lead to, and those agreements' additions. Names are matched here,
//! never at the server. Everything is sorted, so that the order of answers is immaterial.
//!
//! A list that cannot be read whole is an error, but for the additions of one agreement. The list of agreements is none of
//! the exceptions: what it lacks has no number that could be held, and a company's second agreement that is not seen makes
//! the first one look like the only one.

mod holdings;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures_util::future::try_join_all;

use super::agreements::AgreementRecord;
use super::freshness::Strictness;
use super::pages::{Counted, List};
use super::progress::{Detour, Progress};
use super::session::Session;
use super::wire::{Names, Record};
use super::{
    ConnectWiseError, Resource, Scope, agreements, companies, conditions, cross_references, products,
};
use crate::billing::{
    AgreementType, AgreementTypeId, Company, CrossReference, Integration, IntegrationId, Product, ProductId,
    View,
};

/// The code of a refused condition.
const REFUSED_CONDITION: &str = "ApiFindCondition";

/// One read of a view.
struct Reading<'a> {
    session: &'a Session,
    progress: &'a (dyn Fn(Progress) + Sync),
    names: Mutex<Names>,
}

/// The tables that lead from mappings to agreements and products.
struct Tables {
    agreement_types: Vec<AgreementType>,
    integrations: Vec<Integration>,
    cross_references: Vec<CrossReference>,
}

/// Reads the view.
pub(super) async fn read(
    session: &Session,
    scope: &Scope,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<View, ConnectWiseError> {
    let reading = Reading { session, progress, names: Mutex::default() };
    let billing = async {
        let tables = reading.tables(scope).await?;
        let types = tables.wanted_types(scope);
        let (holdings, products) =
            tokio::try_join!(reading.holdings(&types), reading.products(&tables, scope))?;
        Ok((tables, holdings, products))
    };
    let (companies, (tables, holdings, products)) = tokio::try_join!(reading.companies(scope), billing)?;
    Ok(View {
        companies,
        agreement_types: tables.agreement_types,
        agreements: holdings.agreements,
        integrations: tables.integrations,
        cross_references: tables.cross_references,
        additions: holdings.additions,
        products,
        incomplete: holdings.incomplete,
    })
}

impl Tables {
    /// The agreement types whose agreements are wanted: those that cross-references or git name.
    fn wanted_types(&self, scope: &Scope) -> BTreeSet<AgreementTypeId> {
        let declared = self.agreement_types.iter().filter(|kind| scope.agreement_types.contains(&kind.name));
        let referred = self.cross_references.iter().filter_map(|row| row.agreement_type);
        declared.map(|kind| kind.id).chain(referred).collect()
    }
}

impl Reading<'_> {
    async fn companies(&self, scope: &Scope) -> Result<Vec<Company>, ConnectWiseError> {
        let fields = match scope.custom_field {
            Some(_) => companies::FIELDS_WITH_CUSTOM,
            None => companies::FIELDS,
        };
        let mut companies: Vec<Company> = self.all(Resource::Companies, companies::PATH, fields).await?;
        for company in &mut companies {
            companies::keep_custom_field(company, scope.custom_field.as_deref().unwrap_or_default());
        }
        Ok(companies)
    }

    async fn tables(&self, scope: &Scope) -> Result<Tables, ConnectWiseError> {
        let agreement_types =
            self.all(Resource::AgreementTypes, agreements::TYPES_PATH, agreements::TYPES_FIELDS);
        let table = async {
            let (path, fields) = (cross_references::INTEGRATIONS_PATH, cross_references::INTEGRATIONS_FIELDS);
            let integrations: Vec<Integration> = self.all(Resource::Integrations, path, fields).await?;
            let wanted =
                integrations.iter().filter(|integration| scope.integrations.contains(&integration.name));
            let cross_references =
                self.cross_references(wanted.map(|integration| integration.id).collect()).await?;
            Ok((integrations, cross_references))
        };
        let (agreement_types, (integrations, cross_references)) = tokio::try_join!(agreement_types, table)?;
        Ok(Tables { agreement_types, integrations, cross_references })
    }

    async fn cross_references(
        &self,
        integrations: Vec<IntegrationId>,
    ) -> Result<Vec<CrossReference>, ConnectWiseError> {
        let mut rows: Vec<CrossReference> = Vec::new();
        for integration in integrations {
            let path = cross_references::path(integration);
            rows.extend(
                self.listed(&List {
                    resource: Resource::CrossReferences,
                    path: &path,
                    fields: cross_references::FIELDS,
                    condition: None,
                    parent: integration,
                    counted: Counted::Always,
                    strictness: Strictness::Lenient,
                })
                .await?,
            );
        }
        rows.sort_by_key(|row| (row.integration, row.id));
        Ok(rows)
    }

    /// The agreements of the types, filtered at the server if it can.
    async fn agreements(
        &self,
        types: &BTreeSet<AgreementTypeId>,
    ) -> Result<Vec<AgreementRecord>, ConnectWiseError> {
        let conditions = conditions::any_of("type/id", types.iter().map(|kind| kind.0));
        let mut records: Vec<AgreementRecord> = self
            .filtered(
                Resource::Agreements,
                agreements::PATH,
                agreements::FIELDS,
                conditions,
                Detour::AllAgreements,
            )
            .await?;
        records.retain(|record| types.contains(&record.agreement.agreement_type));
        Ok(records)
    }

    /// The products that cross-references name by number and git names by identifier. Identifiers are text of people,
    /// so for those the catalogue is read whole and matched here.
    async fn products(&self, tables: &Tables, scope: &Scope) -> Result<Vec<Product>, ConnectWiseError> {
        let referred: Vec<&(ProductId, Arc<str>)> =
            tables.cross_references.iter().filter_map(|row| row.product.as_ref()).collect();
        let numbers: BTreeSet<ProductId> = referred.iter().map(|(id, _)| *id).collect();
        let (path, fields) = (products::PATH, products::FIELDS);
        let mut products: Vec<Product> = if scope.products.is_empty() {
            let conditions = conditions::any_of("id", numbers.iter().map(|id| id.0));
            self.filtered(Resource::Products, path, fields, conditions, Detour::WholeCatalogue).await?
        } else {
            self.all(Resource::Products, path, fields).await?
        };
        products
            .retain(|product| numbers.contains(&product.id) || scope.products.contains(&product.identifier));
        Ok(products)
    }

    /// The records that any of the conditions selects; all of them when the server refuses such conditions.
    async fn filtered<R: Record<Parent = ()>>(
        &self,
        resource: Resource,
        path: &str,
        fields: &'static str,
        conditions: Vec<String>,
        detour: Detour,
    ) -> Result<Vec<R>, ConnectWiseError> {
        if conditions.is_empty() {
            return Ok(Vec::new());
        }
        if self.session.detours().contains(&detour) {
            return self.all(resource, path, fields).await;
        }
        let lists = conditions.into_iter().map(|condition| List {
            resource,
            path,
            fields,
            condition: Some(condition),
            parent: (),
            counted: Counted::Always,
            strictness: Strictness::Lenient,
        });
        let lists: Vec<_> = lists.collect();
        let read = try_join_all(lists.iter().map(|list| self.listed(list))).await;
        match read {
            Err(ConnectWiseError::Refused { code, .. }) if code == REFUSED_CONDITION => {
                self.detour(detour);
                self.all(resource, path, fields).await
            }
            read => read.map(|lists| in_order(lists.into_iter().flatten().collect())),
        }
    }

    /// A list without conditions.
    async fn all<R: Record<Parent = ()>>(
        &self,
        resource: Resource,
        path: &str,
        fields: &'static str,
    ) -> Result<Vec<R>, ConnectWiseError> {
        let (counted, strictness) = (Counted::Always, Strictness::Lenient);
        let list = List { resource, path, fields, condition: None, parent: (), counted, strictness };
        self.listed(&list).await.map(in_order)
    }

    async fn listed<R: Record>(&self, list: &List<'_, R::Parent>) -> Result<Vec<R>, ConnectWiseError> {
        let records: Vec<R> = self.session.list(list, &self.names).await?;
        (self.progress)(Progress::Listed { resource: list.resource, records: records.len() });
        Ok(records)
    }

    /// Remembers a quick way that is refused and tells it, once.
    fn detour(&self, detour: Detour) {
        if self.session.take_detour(detour) {
            (self.progress)(Progress::Detour(detour));
        }
    }
}

/// Sorted by number. A record that two conditions both gave, because it changed between them, is there once.
fn in_order<R: Record>(mut records: Vec<R>) -> Vec<R> {
    records.sort_by_key(Record::number);
    records.dedup_by_key(|record| record.number());
    records
}
