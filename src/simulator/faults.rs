//! Faults: what goes wrong on the way to the state or back.
//!
//! A test arms a fault for the next matching requests; a file arms rules that bite by schedule or by chance. A fault
//! happens around the desk: before it, so that nothing lands, or after it, so that the write stands and only its
//! answer suffers. The desk knows of none of this.

mod aftermath;
mod arming;
mod bite;
mod bucket;
mod chance;
mod disguise;
mod fault;
mod file;
mod firing;
mod flow;
mod meddling;
mod misreading;
mod naming;
mod rule;
mod span;
mod when;

use std::borrow::Cow;

use jiff::Timestamp;

use super::World;
use super::exchange::{Answer, Request};

pub(super) use aftermath::Aftermath;
pub use bite::{Bite, Commit, Complaint, Moment};
pub use disguise::{Astray, Disguise};
pub use fault::{Canned, Fault, Match};
pub use file::{CallbackRule, FaultFile, FaultFileError, FaultRule, Method, On, RouteName};
pub use flow::Flow;
pub use meddling::{Deed, Meddling, Reach, Trace};
pub use misreading::{Altered, Misreading};
pub use rule::FaultCount;
pub(super) use rule::{Asked, route_of};
pub use span::{Probability, Span};
pub use when::When;

use disguise::Scene;
use rule::ArmedRule;

/// The faults that are armed, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Faults {
    armed: Vec<Armed>,
    rules: Vec<ArmedRule>,
    seed: u64,
    since: Timestamp,
}

#[derive(Debug)]
struct Armed {
    matching: Match,
    fault: Fault,
    left: u32,
}

impl Faults {
    /// Arms a fault for so many requests.
    pub(super) fn arm(&mut self, matching: Match, fault: Fault, times: u32) {
        self.armed.push(Armed { matching, fault, left: times });
    }

    /// Arms the rules of a file in place of those that were armed.
    pub(super) fn arm_file(&mut self, file: FaultFile, now: Timestamp) {
        let FaultFile { seed, faults, callbacks: _ } = file;
        let rules = (0..).zip(faults).map(|(number, rule)| ArmedRule::new(rule, number, now));
        self.rules = rules.collect();
        self.seed = seed;
        self.since = now;
    }

    /// What befalls a request: the fault that a test armed, used up by one, and that of every rule that bites.
    pub(super) fn take(&mut self, asked: &Asked<'_>) -> Befalling {
        let mut all: Vec<Befallen> = Vec::new();
        if let Some(armed) = self.armed.iter_mut().find(|armed| armed.matching.fits(asked.request)) {
            armed.left -= 1;
            let fault = armed.fault.clone();
            self.armed.retain(|armed| armed.left > 0);
            all.push(Befallen { name: fault.name(), fault });
        }
        let (seed, seconds) = (self.seed, asked.now.as_second() - self.since.as_second());
        for rule in &mut self.rules {
            if let Some(fault) = rule.befall(asked, seed, seconds) {
                all.push(Befallen { name: rule.fault_name(), fault });
            }
        }
        Befalling(all)
    }

    /// How many requests are still to be befallen by what tests have armed.
    pub(super) fn left(&self) -> u32 {
        self.armed.iter().map(|armed| armed.left).sum()
    }

    /// What came of the rules so far, in the order of the file.
    pub(super) fn counts(&self) -> Vec<FaultCount> {
        self.rules.iter().map(ArmedRule::count).collect()
    }

    /// How many requests were over a limit.
    pub(super) fn over_limit(&self) -> u64 {
        self.rules.iter().map(ArmedRule::over_limit).sum()
    }

    /// Disarms everything.
    pub(super) fn clear(&mut self) {
        self.armed.clear();
        self.rules.clear();
    }
}

/// A fault that befalls a request, by the name the log gives it.
#[derive(Clone, Debug)]
struct Befallen {
    name: &'static str,
    fault: Fault,
}

/// Everything that befalls one request.
#[derive(Clone, Debug)]
pub(super) struct Befalling(Vec<Befallen>);

impl Befalling {
    /// The names in the log, in the order in which they befall.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|befallen| befallen.name)
    }

    /// How late the request lands, in milliseconds.
    pub(super) fn landing_delay(&self) -> u64 {
        self.sum(|fault| if let Fault::DelayMillis(delay) = fault { *delay } else { 0 })
    }

    /// How late its answer comes after that, in milliseconds.
    pub(super) fn answer_delay(&self) -> u64 {
        self.sum(|fault| if let Fault::AnswerAfterMillis(delay) = fault { *delay } else { 0 })
    }

    fn sum(&self, part: impl Fn(&Fault) -> u64) -> u64 {
        self.faults().map(part).fold(0, u64::saturating_add)
    }

    fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter().map(|befallen| &befallen.fault)
    }

    /// The answer that is given without the request reaching the state; nothing in it where the connection is cut.
    pub(super) fn turns_away(&self) -> Option<Option<Answer>> {
        self.faults().find_map(Fault::turns_away)
    }

    /// The request as the server understands it.
    pub(super) fn understood<'r>(&self, request: &'r Request) -> Cow<'r, Request> {
        self.faults().fold(Cow::Borrowed(request), |request, fault| match fault {
            Fault::Misread(misreading) => Cow::Owned(misreading.understood(request.into_owned())),
            _ => request,
        })
    }

    /// Whether an accepted write stays.
    pub(super) fn ignores_writes(&self) -> bool {
        self.faults().any(|fault| *fault == Fault::IgnoreWrite)
    }

    /// How many seconds of changes the answer does not know of.
    pub(super) fn staleness(&self) -> Option<u32> {
        self.faults()
            .filter_map(|fault| if let Fault::StaleRead(age) = fault { Some(*age) } else { None })
            .max()
    }

    /// Lets happen what happens to the state before the request lands.
    pub(super) fn before(&self, world: &mut World, request: &Request, now: Timestamp) {
        for fault in self.faults() {
            if let Fault::Before(meddling) = fault {
                meddling.happen(world, request, now);
            }
        }
    }

    /// Lets happen what happens to the state after the request has landed.
    pub(super) fn after(&self, world: &mut World, request: &Request, now: Timestamp) {
        for fault in self.faults() {
            if let Fault::After(meddling) = fault {
                meddling.happen(world, request, now);
            }
        }
    }

    /// What the caller is shown; nothing where the connection is cut. The first that gives another answer or cuts has
    /// the last word.
    pub(super) fn spoil(
        &self,
        answer: Answer,
        world: &World,
        request: &Request,
        now: Timestamp,
    ) -> Option<Answer> {
        let scene = Scene { state: &world.state, now, request };
        self.0.iter().rev().try_fold(answer, |answer, Befallen { fault, .. }| match fault {
            Fault::Disguise(disguise) => Some(disguise.worn(answer, scene)),
            other => other.spoil(answer),
        })
    }
}
