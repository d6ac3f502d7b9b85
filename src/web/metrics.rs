//! The metrics, as Prometheus reads them: the board's standings as numbers.
//!
//! Names no company, no account and no product: the labels are the tenant, its sources, and words of closed lists. A
//! number that is not known is left out and never 0.

mod family;

use std::fmt;

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::Clock;
use crate::problem::Code;
use crate::reconciler::standing::{Board, PassResult, Standing};
use family::{Families, Label, Seconds};

/// What the answer is.
pub(super) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything as text.
pub(super) fn text(board: &Board, clock: Clock) -> Result<String, fmt::Error> {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Standings { board: board.clone(), now: clock() }));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

#[derive(Debug)]
struct Standings {
    board: Board,
    now: Timestamp,
}

impl Collector for Standings {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let standings = self.board.standings();
        let mut families = Families::new(encoder, &standings);
        state(&mut families)?;
        lines(&mut families)?;
        usage(&mut families, self.now)?;
        passes(&mut families)?;
        traffic(&mut families)
    }
}

fn state(families: &mut Families<'_, '_>) -> Result<(), fmt::Error> {
    families.gauge("trueup_build_info", "The version that runs", |_, put| {
        put(&[("version", Label::Word(env!("CARGO_PKG_VERSION")))], 1)
    })?;
    families.gauge(
        "trueup_suspended",
        "1 while nothing is written although the policy would allow it",
        |of, put| put(&[], i64::from(of.suspension.is_some())),
    )?;
    families.gauge("trueup_commit_info", "The commits a tenant is about, by stage", |of, put| {
        let commits = &of.commits;
        let stages = [
            ("seen", commits.seen.as_ref().map(|seen| &seen.commit)),
            ("planned", commits.planned.as_ref().map(|planned| &planned.commit)),
            ("applied", commits.applied.as_ref()),
            ("refused", commits.refused.as_ref().map(|refused| &refused.commit)),
        ];
        stages.into_iter().filter_map(|(stage, commit)| Some((stage, commit?))).try_for_each(
            |(stage, commit)| put(&[("stage", Label::Word(stage)), ("commit", Label::Text(commit))], 1),
        )
    })?;
    families.gauge(
        "trueup_last_success_timestamp_seconds",
        "When a phase last succeeded, in seconds since 1970",
        |of, put| {
            of.last_success
                .iter()
                .try_for_each(|(phase, at)| put(&[("phase", Label::Word(phase.as_str()))], at.as_second()))
        },
    )?;
    families.gauge("trueup_in_doubt", "Writes of which it is not known yet what came of them", |of, put| {
        put(&[], count(of.in_doubt))
    })
}

fn lines(families: &mut Families<'_, '_>) -> Result<(), fmt::Error> {
    families.gauge("trueup_lines", "Lines of the last plan by verdict", |of, put| {
        let Some(planned) = &of.planned else { return Ok(()) };
        let summary = &planned.summary;
        let states = [
            ("keep", summary.keep),
            ("update", summary.update),
            ("create", summary.create),
            ("hold", summary.hold),
        ];
        states.into_iter().try_for_each(|(state, lines)| put(&[("state", Label::Word(state))], count(lines)))
    })?;
    families.amount(
        "trueup_held_monthly_value",
        "The monthly money that a guard holds; missing when an amount among it is unknown",
        |of, put| {
            let Some(planned) = &of.planned else { return Ok(()) };
            planned
                .held_value
                .iter()
                .filter_map(|(guard, value)| Some((guard, (*value)?)))
                .try_for_each(|(guard, value)| put(&[("guard", Label::Word(guard.as_str()))], value.value()))
        },
    )?;
    families.gauge("trueup_problems", "Problems and notes of the last plan by code", |of, put| {
        problems(of)
            .into_iter()
            .try_for_each(|(code, problems)| put(&[("code", Label::Word(code.as_str()))], count(problems)))
    })
}

/// The problems of the plan, and those for which a commit is refused.
fn problems(of: &Standing) -> std::collections::BTreeMap<Code, usize> {
    let planned = of.planned.iter().flat_map(|planned| planned.problems.iter());
    let refused = of.commits.refused.iter().flat_map(|refused| refused.problems.iter());
    let mut counts = std::collections::BTreeMap::new();
    for problem in planned.chain(refused) {
        *counts.entry(problem.code).or_default() += 1;
    }
    counts
}

fn usage(families: &mut Families<'_, '_>, now: Timestamp) -> Result<(), fmt::Error> {
    families.gauge("trueup_usage_age_seconds", "How old the figures of a usage source are", |of, put| {
        let known = of.sources.iter().filter_map(|source| Some((source, source.as_of?)));
        known.into_iter().try_for_each(|(source, as_of)| {
            put(&[("source", Label::Text(&source.source))], now.duration_since(as_of).as_secs())
        })
    })?;
    families.gauge("trueup_usage_accounts", "How many accounts a usage source has", |of, put| {
        of.sources
            .iter()
            .filter(|source| source.as_of.is_some())
            .try_for_each(|source| put(&[("source", Label::Text(&source.source))], count(source.accounts)))
    })
}

fn passes(families: &mut Families<'_, '_>) -> Result<(), fmt::Error> {
    families.durations("trueup_pass_duration_seconds", "How long the phases of a pass took")?;
    families.counter("trueup_passes", "Passes by how they ended", |of, put| {
        PassResult::ALL.into_iter().try_for_each(|result| {
            let passes = of.tally.passes.get(&result).copied().unwrap_or(0);
            put(&[("result", Label::Word(result.as_str()))], passes)
        })
    })?;
    families.counter("trueup_writes", "Lines that were to be written, by what came of them", |of, put| {
        of.tally.writes.iter().try_for_each(|((kind, result), writes)| {
            let labels = [("action", Label::Word(kind.as_str())), ("result", Label::Word(result.as_str()))];
            put(&labels, *writes)
        })
    })?;
    families.counter(
        "trueup_late_landings",
        "Writes that landed after they were given up; the next pass puts their line right",
        |of, put| put(&[], of.tally.late_landings),
    )
}

fn traffic(families: &mut Families<'_, '_>) -> Result<(), fmt::Error> {
    families.counter(
        "trueup_requests",
        "Requests by peer and status; none: there was no answer",
        |of, put| {
            of.tally.requests.iter().try_for_each(|(status, requests)| {
                let code = if *status == 0 { "none".to_owned() } else { status.to_string() };
                put(&[("peer", Label::Word("connectwise")), ("code", Label::Text(&code))], *requests)
            })
        },
    )?;
    families.counter(
        "trueup_throttled_seconds",
        "How long requests waited because ConnectWise said so",
        |of, put| put(&[], Seconds(of.tally.throttled)),
    )?;
    families.counter(
        "trueup_git_fetches",
        "Looks at a remote mapping repository by how they ended",
        |of, put| {
            put(&[("result", Label::Word("ok"))], of.tally.fetches)?;
            put(&[("result", Label::Word("failed"))], of.tally.failed_fetches)
        },
    )
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
