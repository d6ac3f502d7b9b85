//! Draws the plan: compares what should be billed with what is billed, guards the difference, and adds it up.
//!
//! Pure. Knows neither where usage came from nor how ConnectWise is reached. An addition that no mapping reaches cannot
//! appear here, so it cannot be changed.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::guard::source::{self, SourceGuard};
use super::guard::{Change, tenant};
use super::hold::{self, Guarded};
use super::line::{self, Ground, Next, Wording, Wrote};
use super::money::add;
use super::pin::Pins;
use super::summary::summarize;
use super::waiver::Waivers;
use super::{Inputs, Line, Observation, Plan, Show, UsageRef, digest};
use crate::billing::{Money, Product, ProductId};
use crate::desired::{self, Desired, DesiredLine, resolve};
use crate::mapping::utc_day;
use crate::problem::Problem;
use crate::usage::{AccountKind, SourceReading};

/// The format of the plan document. A breaking change raises the number.
pub(super) const FORMAT: &str = "trueup.plan/1";

/// Draws the plan.
#[must_use]
pub fn draw<'a>(inputs: &Inputs<'a>) -> Plan<'a> {
    let Inputs { catalog, usage, view, history, now, .. } = *inputs;
    let (past, records, today) = (&history.sources, &history.records, utc_day(now));
    draw_lines(inputs, resolve(&desired::Inputs { catalog, usage, view, past, records, today }))
}

/// Draws the plan of a desired state that stands already.
#[must_use]
pub fn draw_lines<'a>(inputs: &Inputs<'a>, desired: Desired<'a>) -> Plan<'a> {
    let today = utc_day(inputs.now);
    let waivers = Waivers::on(inputs.catalog, today);
    let sources = source::judge(inputs, &waivers);
    let pins = Pins::place(inputs.catalog, &desired.lines, today);
    let products: HashMap<ProductId, &Product, FixedState> =
        inputs.view.products.iter().map(|product| (product.id, product)).collect();
    let wording = Wording::new(inputs.catalog.policy.gigabyte);
    let wrote = Wrote::new(&inputs.history.records);
    let ground = Ground {
        inputs,
        sources: &sources,
        pins: &pins,
        waivers: &waivers,
        wording: &wording,
        wrote: &wrote,
        products: &products,
    };
    let mut drawn = judge_lines(&ground, desired.lines);
    let guarded = Guarded { inputs, waivers: &waivers, sources: &sources, worth: drawn.worth, today };
    hold::all(&guarded, &mut drawn.lines, &mut drawn.changes);
    let problems = problems(inputs, desired.problems, &sources, pins.problems, &waivers);
    finish(inputs, drawn.lines, drawn.observations, problems)
}

/// The lines as they stand before the guards of size.
struct Drawn<'a> {
    lines: Vec<Line<'a>>,
    changes: Vec<Change<'a>>,
    observations: Vec<Observation>,
    worth: Option<Money>,
}

fn judge_lines<'a>(ground: &Ground<'_, 'a>, desired: Vec<DesiredLine<'a>>) -> Drawn<'a> {
    let lines = Vec::with_capacity(desired.len());
    let mut drawn = Drawn { lines, changes: Vec::new(), observations: Vec::new(), worth: Some(Money::ZERO) };
    for line in desired {
        let judged = line::judge(ground, line);
        if let Some(value) = judged.value {
            drawn.worth = drawn.worth.and_then(|worth| add(worth, value));
        }
        match judged.next {
            Next::Nothing => {}
            Next::Observe(observation) => drawn.observations.push(observation),
            Next::Guard(change) => drawn.changes.push(Change { index: drawn.lines.len(), ..change }),
        }
        drawn.lines.push(judged.line);
    }
    drawn
}

/// Everything to be told, sorted, each once.
fn problems(
    inputs: &Inputs<'_>,
    mut problems: Vec<Problem>,
    sources: &[SourceGuard<'_>],
    pins: Vec<Problem>,
    waivers: &Waivers<'_>,
) -> Vec<Problem> {
    for reading in inputs.usage {
        match reading {
            SourceReading::Read(snapshot) => problems.extend(snapshot.problems.iter().cloned()),
            SourceReading::Failed(failure) => problems.extend(failure.problems.iter().cloned()),
        }
    }
    problems.extend(inputs.noted.iter().cloned());
    problems.extend(sources.iter().flat_map(SourceGuard::problems));
    problems.extend(pins);
    problems.extend(tenant::rewritten(inputs, waivers));
    problems.extend(waivers.report());
    problems.extend(tenant::frozen(inputs));
    problems.extend(
        inputs.previous.map(|previous| tenant::loosened(previous, inputs.catalog)).unwrap_or_default(),
    );
    problems.sort_unstable();
    problems.dedup();
    problems
}

fn finish<'a>(
    inputs: &Inputs<'a>,
    lines: Vec<Line<'a>>,
    observations: Vec<Observation>,
    problems: Vec<Problem>,
) -> Plan<'a> {
    let summary = summarize(&lines, &problems);
    let mut plan = Plan {
        against: None,
        commit: inputs.commit,
        digest: String::new(),
        format: FORMAT,
        lines,
        observations,
        planned_at: inputs.now,
        problems,
        summary,
        tenant: inputs.tenant,
        usage: usage(inputs.usage),
    };
    plan.digest = digest(&plan, Show::Changes);
    plan
}

fn usage(readings: &[SourceReading]) -> Vec<UsageRef<'_>> {
    let mut usage: Vec<_> = readings.iter().map(usage_of).collect();
    usage.sort_by_key(|usage| usage.source);
    usage
}

fn usage_of(reading: &SourceReading) -> UsageRef<'_> {
    match reading {
        SourceReading::Failed(failure) => {
            UsageRef { accounts: 0, as_of: None, complete: false, digest: None, source: &failure.source }
        }
        SourceReading::Read(snapshot) => UsageRef {
            accounts: snapshot.accounts.iter().filter(|account| account.kind == AccountKind::Account).count(),
            as_of: Some(snapshot.as_of),
            complete: snapshot.complete,
            digest: Some(&snapshot.digest),
            source: &snapshot.source,
        },
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod whole;
