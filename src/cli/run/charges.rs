//! Turns the tenants of the settings into what the daemon keeps them in step with.

use std::sync::Arc;

use super::super::session::{options, resolved, tickets};
use crate::connectwise::Paces;
use crate::journal::Instance;
use crate::journal::attempt::Timing;
use crate::problem::{Code, Problem};
use crate::reconciler::daemon::{Charge, Pace, Purpose};
use crate::settings::{Settings, Tenant, is_read_only};

/// One charge a tenant.
pub(super) fn charges(settings: &Settings, paces: &Paces) -> Vec<Charge> {
    let tenants = settings.tenants.iter();
    tenants.map(|(name, tenant)| charge(Arc::clone(name), tenant, settings, paces)).collect()
}

/// What a tenant is kept in step with.
pub(super) fn charge(name: Arc<str>, tenant: &Tenant, settings: &Settings, paces: &Paces) -> Charge {
    let tickets = tickets(settings, &name);
    let (access, writes, paces) = (tenant.connectwise.clone(), tenant.writes, paces.clone());
    Charge {
        tenant: resolved(name, tenant),
        instance: Instance { site: access.site.clone(), company: access.company.clone() },
        own_files: vec![settings.journal.clone()],
        timing: Timing { send_by: writes.send_by, settle: writes.settle, read_lag: writes.read_lag },
        read_lag: writes.read_lag,
        pace: Pace { poll: tenant.repository.poll, every: tenant.every },
        stale_after: settings.stale_after,
        keys: Arc::new(move |purpose| {
            let write_keys = match purpose {
                Purpose::Reading => None,
                Purpose::Writing => access.write_keys.as_ref(),
            };
            options(&access, write_keys, writes.request_timeout, &paces).map_err(first)
        }),
        read_only: is_read_only(),
        tickets,
    }
}

/// The first of several problems; the others show when it is solved.
fn first(problems: Vec<Problem>) -> Problem {
    let unknown = || Problem::error(Code::SecretMissing, "", "the secrets cannot be used");
    problems.into_iter().next().unwrap_or_else(unknown)
}
