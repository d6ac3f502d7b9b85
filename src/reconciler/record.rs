//! What the journal learns from a plan that is applied, besides the writes themselves.

use jiff::Timestamp;

use super::apply::{Applied, Outcome};
use super::choice::Choice;
use crate::journal::attempt::Conclusion;
use crate::journal::{Journal, JournalError, Observation, RunResult, Sighting};
use crate::plan::{Inputs, Plan, Verdict, remembered, source_verdicts};
use crate::problem::Code;
use crate::usage::SourceReading;

/// Records the usage snapshots with what the guards made of them: absences are confirmed by them, and later ones
/// compared with them.
pub(super) fn snapshots(journal: &mut Journal, inputs: &Inputs<'_>) -> Result<(), JournalError> {
    for judged in source_verdicts(inputs) {
        let reading = inputs.usage.iter().find(|reading| **reading.source() == *judged.source);
        let (Some(SourceReading::Read(snapshot)), Some(verdict)) = (reading, judged.verdict) else {
            continue;
        };
        let past = remembered(snapshot, inputs.catalog.policy.gigabyte, verdict);
        journal.record_snapshot(inputs.tenant, judged.source, &past, inputs.now)?;
    }
    Ok(())
}

/// Records the plan, and the lines that it found in step, adopted, or changed by somebody else.
pub(super) fn plan(
    journal: &mut Journal,
    tenant: &str,
    plan: &Plan<'_>,
    choice: &Choice<'_>,
    now: Timestamp,
) -> Result<(), JournalError> {
    planned(journal, tenant, plan, now)?;
    if choice.rewritten {
        // What such a commit wants is nobody's wish yet: nothing may be adopted or called in step by it.
        return Ok(());
    }
    let seen = plan.observations.iter().map(|seen| {
        let terms = seen.terms.as_ref().into();
        let sighting = match seen.adopted_against {
            None => Sighting::InStep { commit: plan.commit.into(), terms },
            Some(against) => Sighting::Adopted { against, commit: plan.commit.into(), terms },
        };
        let (line, addition, quantity) = (seen.key, seen.addition, seen.quantity);
        Observation { line, addition, quantity, sighting, guarded: seen.guarded.clone() }
    });
    let observations: Vec<Observation> = seen.chain(changed_by_others(plan)).collect();
    journal.observe(tenant, &observations, now)
}

/// Records the plan alone.
pub(super) fn planned(
    journal: &mut Journal,
    tenant: &str,
    plan: &Plan<'_>,
    now: Timestamp,
) -> Result<(), JournalError> {
    journal.record_plan(tenant, plan.commit, &plan.digest, &plan.summary, now)
}

/// Lines that bill neither what we last wrote nor what they should. Where it is not known what came of our own write,
/// or ConnectWise stored it otherwise, the difference may be ours, and nobody else is blamed for it.
fn changed_by_others<'p>(plan: &'p Plan<'_>) -> impl Iterator<Item = Observation> + 'p {
    plan.lines.iter().filter_map(|line| {
        let (addition, quantity) = (line.addition?, line.current?);
        let may_be_ours =
            line.reasons.iter().any(|reason| matches!(reason.code, Code::InDoubt | Code::Diverged))
                || line.notes.contains(&Code::LateLanding);
        let is_foreign = line.last_written.is_some_and(|written| written != quantity)
            && line.verdict != Verdict::Keep
            && !may_be_ours;
        is_foreign.then(|| Observation {
            line: line.key(),
            addition: addition.id,
            quantity,
            sighting: Sighting::Foreign,
            guarded: None,
        })
    })
}

/// How the run ended.
pub(super) fn result(plan: &Plan<'_>, choice: &Choice<'_>, applied: &Applied<'_>) -> RunResult {
    let held = plan.lines.iter().any(|line| line.verdict == Verdict::Hold);
    if choice.rewritten {
        RunResult::Refused
    } else if choice.frozen {
        RunResult::Frozen
    } else if !applied.is_complete() || !choice.stale.is_empty() {
        if choice.already == 0 && is_untouched(applied) { RunResult::Failed } else { RunResult::Partial }
    } else if held {
        RunResult::Held
    } else {
        RunResult::Verified
    }
}

/// Whether not one line was even meant to be written. Then the commit is not in force by this run, not even in part.
fn is_untouched(applied: &Applied<'_>) -> bool {
    applied.results.iter().all(|result| match &result.outcome {
        Outcome::Concluded(conclusion) => {
            matches!(conclusion, Conclusion::Stale(_) | Conclusion::Unreadable { .. })
        }
        Outcome::WaitsForSister(_) | Outcome::NotTried(_) => true,
    })
}
