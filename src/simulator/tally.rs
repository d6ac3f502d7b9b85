//! Counts of what happened, which stay when the log forgets the requests themselves.

use std::collections::BTreeMap;

use super::faults::{RouteName, route_of};
use super::log::Exchange;

/// Requests that were alike.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alike {
    pub(super) method: String,
    pub(super) route: RouteName,
    /// Nothing where the connection was cut.
    pub(super) status: Option<u16>,
}

/// The counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) requests: u64,
    /// The writes that were accepted.
    pub(super) writes: u64,
    pub(super) by_route: BTreeMap<Alike, u64>,
    pub(super) by_fault: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Counts a request.
    pub(super) fn count(&mut self, exchange: &Exchange) {
        self.requests += 1;
        self.writes += u64::from(exchange.mutation.is_some());
        let alike = Alike {
            method: exchange.method.clone(),
            route: route_of(&exchange.path),
            status: exchange.status,
        };
        *self.by_route.entry(alike).or_default() += 1;
        for name in exchange.fault.iter().chain(&exchange.more_faults) {
            *self.by_fault.entry(name).or_default() += 1;
        }
    }
}
