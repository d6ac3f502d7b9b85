//! Observes: mappings, usage, what the journal remembers, and ConnectWise as it stands.
//!
//! Reads and gathers; judges nothing. A source that cannot be read is a fact too, unless it is the only one. What is
//! on this machine is read first, so that a slip in a file costs no request.

mod unlisted;

use std::sync::Arc;

use jiff::Timestamp;

use super::mappings::{Mappings, MappingsError, Revision, read_mappings};
use super::tenant::Tenant;
use crate::billing::View;
use crate::connectwise::{ConnectWise, ConnectWiseError, Progress, Scope};
use crate::mapping::{Catalog, Table};
use crate::plan::{History, Inputs, Plan, draw};
use crate::usage::{SourceFailure, SourceReading, UsageSnapshot};

/// What lies on this machine: all that is known before ConnectWise is asked.
#[derive(Debug)]
pub struct Local {
    /// The mappings to plan by.
    pub mappings: Mappings,
    /// The mappings to compare with.
    pub base: Option<Mappings>,
    /// The usage sources.
    pub usage: Vec<SourceReading>,
    /// What the journal remembers.
    pub history: History,
}

/// Why nothing can be planned, as far as this machine goes.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// There are no mappings to plan by.
    #[error(transparent)]
    Mappings(#[from] MappingsError),
    /// No source could be read.
    #[error("No usage source can be read")]
    Unreadable(Vec<SourceFailure>),
    /// The only source is empty, and it always was.
    #[error("The usage source {source_name} has no accounts, and none were ever read")]
    NeverAny {
        /// The source.
        source_name: Arc<str>,
    },
}

/// Reads what lies on this machine.
///
/// # Errors
///
/// Mappings that cannot be read or are invalid, and usage of which nothing at all can be read.
pub fn read_local(
    tenant: &Tenant,
    revision: &Revision,
    against: Option<&Revision>,
    history: History,
    now: Timestamp,
) -> Result<Local, LocalError> {
    let last_applied = history.last_applied_commit.as_deref();
    let mappings = read_mappings(&tenant.repository, revision, last_applied, now)?;
    let base = against.map(|base| read_mappings(&tenant.repository, base, last_applied, now)).transpose()?;
    let usage = read_usage(tenant, &history)?;
    Ok(Local { mappings, base, usage, history })
}

/// Reads the usage sources.
pub(super) fn read_usage(tenant: &Tenant, history: &History) -> Result<Vec<SourceReading>, LocalError> {
    let readings: Vec<SourceReading> =
        tenant.sources.iter().map(|(name, source)| source.read(name)).collect();
    let mut failures = Vec::new();
    let mut empty = None;
    for reading in &readings {
        match reading {
            SourceReading::Read(snapshot) if snapshot.accounts.is_empty() && !is_known(history, snapshot) => {
                empty = Some(snapshot.source.clone());
            }
            SourceReading::Read(_) => return Ok(readings),
            SourceReading::Failed(failure) => failures.push(failure.clone()),
        }
    }
    match empty {
        Some(source_name) if failures.is_empty() => Err(LocalError::NeverAny { source_name }),
        Some(_) | None => Err(LocalError::Unreadable(failures)),
    }
}

/// Whether the source ever had accounts: then an empty one is `usage_empty` and holds its lines.
fn is_known(history: &History, snapshot: &UsageSnapshot) -> bool {
    history.sources.get(&snapshot.source).is_some_and(|past| !past.snapshots.is_empty())
}

/// Everything a plan is drawn from.
#[derive(Debug)]
pub struct Observation {
    /// What lies on this machine.
    pub local: Local,
    /// ConnectWise as it stands.
    pub view: View,
}

/// Reads ConnectWise as far as the mappings need it.
///
/// # Errors
///
/// When it cannot be read whole: a view that lacks companies or cross-references would mislead.
pub async fn observe(
    local: Local,
    connectwise: &ConnectWise,
    progress: &(dyn Fn(Progress) + Sync),
) -> Result<Observation, ConnectWiseError> {
    let catalogs = [Some(&local.mappings), local.base.as_ref()];
    let scope = scope(catalogs.into_iter().flatten().map(|mappings| &mappings.catalog));
    let mut view = connectwise.read_view(&scope, progress).await?;
    unlisted::find(&mut view, &local.history, Timestamp::now(), connectwise).await;
    Ok(Observation { local, view })
}

impl Observation {
    /// The inputs of the plan.
    #[must_use]
    pub fn inputs<'a>(&'a self, tenant: &'a Tenant, now: Timestamp) -> Inputs<'a> {
        self.inputs_of(&self.local.mappings, tenant, now)
    }

    /// Draws the plan.
    #[must_use]
    pub fn plan<'a>(&'a self, tenant: &'a Tenant, now: Timestamp) -> Plan<'a> {
        draw(&self.inputs(tenant, now))
    }

    /// Draws the plan of the mappings to compare with.
    #[must_use]
    pub fn base_plan<'a>(&'a self, tenant: &'a Tenant, now: Timestamp) -> Option<Plan<'a>> {
        let base = self.local.base.as_ref()?;
        Some(draw(&self.inputs_of(base, tenant, now)))
    }

    fn inputs_of<'a>(&'a self, mappings: &'a Mappings, tenant: &'a Tenant, now: Timestamp) -> Inputs<'a> {
        Inputs {
            tenant: &tenant.name,
            commit: &mappings.commit,
            catalog: &mappings.catalog,
            previous: mappings.previous.as_ref(),
            ancestry: &mappings.ancestry,
            noted: &mappings.problems,
            usage: &self.local.usage,
            view: &self.view,
            history: &self.local.history,
            now,
        }
    }
}

/// What the mappings need to see of ConnectWise.
fn scope<'c>(catalogs: impl IntoIterator<Item = &'c Catalog>) -> Scope {
    let mut scope = Scope::default();
    for catalog in catalogs {
        for row in &catalog.rows {
            if let Table::Integration(name) = &row.table {
                scope.integrations.insert(name.clone());
            }
        }
        for declared in &catalog.cross_references {
            scope.agreement_types.insert(declared.agreement_type.clone());
            scope.products.insert(declared.product.clone());
        }
        scope.custom_field = scope.custom_field.or_else(|| catalog.policy.link.custom_field.clone());
    }
    scope
}
