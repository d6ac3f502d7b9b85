//! A rule that is armed: counts the requests it waits for, and decides which of them it bites.

use jiff::Timestamp;

use super::bite::Bite;
use super::bucket::Bucket;
use super::chance::Chance;
use super::fault::Fault;
use super::file::{FaultRule, On, RouteName};
use super::when::Turn;
use crate::simulator::exchange::Request;
use crate::simulator::routes::{self, Endpoint};

/// A request as rules see it.
pub(in crate::simulator) struct Asked<'r> {
    pub(super) request: &'r Request,
    endpoint: Option<Endpoint>,
    pub(super) now: Timestamp,
    /// How many requests are on their way, this one included.
    pub(super) on_their_way: usize,
}

impl<'r> Asked<'r> {
    /// A request that has come now.
    pub(in crate::simulator) fn new(request: &'r Request, now: Timestamp, on_their_way: usize) -> Self {
        Self { request, endpoint: routes::endpoint_of(&request.path), now, on_their_way }
    }
}

/// The name of the route of a path.
pub(in crate::simulator) fn route_of(path: &str) -> RouteName {
    if routes::is_company_information(path) {
        return RouteName::CompanyInfo;
    }
    routes::endpoint_of(path).map_or(RouteName::Any, RouteName::of)
}

impl On {
    fn fits(&self, asked: &Asked<'_>) -> bool {
        let Self { method, route, path } = self;
        method.is_none_or(|method| method.word() == asked.request.method)
            && (*route == RouteName::Any || *route == route_of(&asked.request.path))
            && path.as_deref().is_none_or(|text| asked.request.path.contains(text))
    }
}

/// What is known of a rule that is armed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultCount {
    /// The rule's name.
    pub name: String,
    /// The fault, as files name it.
    pub fault: &'static str,
    /// How many requests it waited for came.
    pub met: u64,
    /// How many of them it bit.
    pub bitten: u64,
}

/// An armed rule.
#[derive(Clone, Debug)]
pub(super) struct ArmedRule {
    rule: FaultRule,
    number: u64,
    met: u64,
    bitten: u64,
    bucket: Option<Bucket>,
}

impl ArmedRule {
    /// Arms a rule, the one of this number in its file.
    pub(super) fn new(rule: FaultRule, number: u64, now: Timestamp) -> Self {
        let bucket = if let Bite::Throttle { per_minute, at_once, .. } = &rule.fault {
            Some(Bucket::new(*per_minute, *at_once, now))
        } else {
            None
        };
        Self { rule, number, met: 0, bitten: 0, bucket }
    }

    /// The fault that befalls a request, if it does. `seconds` have passed since the file was armed.
    pub(super) fn befall(&mut self, asked: &Asked<'_>, seed: u64, seconds: i64) -> Option<Fault> {
        let Self { rule, number, met, bitten, bucket } = self;
        if !rule.fault.can_befall(asked.request, asked.endpoint) || !rule.on.fits(asked) {
            return None;
        }
        *met += 1;
        let mut chance = Chance::new(seed, *number, *met);
        let turn = Turn { number: *met, bitten: *bitten, seconds };
        if !rule.when.is_now(&turn, &mut chance) {
            return None;
        }
        if bucket.as_mut().is_some_and(|bucket| bucket.admits(asked.now, asked.on_their_way)) {
            return None;
        }
        let fault = rule.fault.fault(asked.request, &mut chance, asked.now)?;
        *bitten += 1;
        Some(fault)
    }

    /// The fault's name.
    pub(super) fn fault_name(&self) -> &'static str {
        self.rule.fault.name()
    }

    /// What came of it so far.
    pub(super) fn count(&self) -> FaultCount {
        let fault = self.fault_name();
        let name = self.rule.name.clone().unwrap_or_else(|| fault.to_owned());
        FaultCount { name, fault, met: self.met, bitten: self.bitten }
    }

    /// How many requests were over its limit.
    pub(super) fn over_limit(&self) -> u64 {
        self.bucket.as_ref().map_or(0, Bucket::over)
    }
}
