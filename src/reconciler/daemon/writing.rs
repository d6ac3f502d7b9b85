//! The end of a pass: decides whether the plan may be written, has it carried out, and notes what came of it.
//!
//! Everything that writes passes the gates of `carry_out`, as by hand. What may not be written is remembered all the same.

use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use tracing::{info, warn};

use super::Purpose;
use super::agenda::Ended;
use super::pass::{Came, since};
use super::setback::Setback;
use super::task::Finished;
use super::worker::Worker;
use crate::journal::attempt::Conclusion;
use crate::mapping::Mode;
use crate::plan::Plan;
use crate::reconciler::carry_out::{Remember, remember};
use crate::reconciler::standing::{PassResult, Phase, Planned, WriteKind, WriteResult};
use crate::reconciler::{Applied, Choice, Halt, LineResult, Means, Outcome, Preflight, Told, carry_out};

/// A plan that the daemon drew is good for so long: by then it draws another one anyway.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(30);

impl Worker {
    /// Writes what may be written of the plan.
    pub(super) async fn write(&mut self, planned: &Arc<Planned>, now: Timestamp) -> Result<Came, Setback> {
        let tenant = Arc::clone(&self.charge.tenant.name);
        let inputs = planned.observation.inputs(&planned.tenant, now);
        let plan = planned.plan();
        let choice = Choice::all(&plan);
        let may_write = self.standing.suspension.is_none() && !self.standing.repository.stale;
        let is_applied = self.standing.commits.applied.as_deref() == Some(plan.commit);
        let is_settled = choice.rewritten || choice.frozen || (choice.lines.is_empty() && is_applied);
        if self.standing.mode == Mode::Observe || !may_write || is_settled {
            // What nobody committed is nobody's wish yet: by it no line may be called in step or adopted.
            let how_much = match self.standing.mode {
                Mode::Apply if is_committed(plan.commit) => Remember::Lines,
                Mode::Apply | Mode::Observe => Remember::Plan,
            };
            remember(&plan, &choice, &inputs, &self.journal, how_much)?;
            return Ok(self.unwritten(&plan));
        }
        let started = Instant::now();
        let connectwise = self.connect_for(Purpose::Writing).await?;
        let means = Means {
            timing: self.charge.timing,
            connectwise: &connectwise,
            journal: &self.journal,
            stop: &self.stop,
            until: now.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX),
            tickets: self.charge.tickets,
        };
        let (tally, pass, pulse) = (&mut self.standing.tally.writes, self.passes, &self.pulse);
        let told_of = &mut self.told_of;
        let tell = |told: Told<'_, '_>| {
            pulse.beat();
            let result = match told {
                Told::Rights(rights) => return told_of.tell(&tenant, pass, rights),
                Told::Line(result) => result,
            };
            let kind = if result.before.is_some() { WriteKind::Set } else { WriteKind::Create };
            *tally.entry((kind, word(&result.outcome))).or_default() += 1;
            log(&tenant, pass, result);
        };
        let done = carry_out(&plan, &choice, &inputs, means, tell).await?;
        self.standing.commits.applied =
            self.journal.with(|journal| journal.reader().last_applied_commit(&tenant))?;
        if let Some(setback) = Setback::unarmed(&done.rights) {
            return Err(setback);
        }
        if done.applied.is_complete() {
            self.took(Phase::Apply, started, since(now, started));
        }
        Ok(self.written(&plan, &done.applied, &done.rights))
    }

    /// How a pass ended that wrote nothing, since nothing may be written or nothing is to be.
    fn unwritten(&self, plan: &Plan<'_>) -> Came {
        let summary = plan.summary;
        let result = if summary.update + summary.create > 0 {
            PassResult::Planned
        } else if summary.hold > 0 {
            PassResult::Held
        } else {
            PassResult::InStep
        };
        Came { result, written: 0, ended: Ended::Well, halted: None }
    }

    /// How a pass ended that carried its plan out.
    fn written(&mut self, plan: &Plan<'_>, applied: &Applied<'_>, rights: &Preflight) -> Came {
        let written = applied.results.iter().filter(|result| was_sent(&result.outcome)).count();
        self.doubts.extend(applied.results.iter().filter_map(|result| doubt(&result.outcome)));
        self.standing.in_doubt = self.doubts.len();
        let was_cut = |result: &LineResult<'_>| {
            let inert = matches!(result.outcome, Outcome::Concluded(Conclusion::Created { .. }));
            inert
                || matches!(result.outcome, Outcome::NotTried(Halt::Stopped))
                || doubt(&result.outcome).is_some()
        };
        if self.stop.is_requested() && applied.results.iter().any(was_cut) {
            self.cut = Finished::Cut;
        }
        let result = match (applied.is_complete(), plan.summary.hold, written) {
            (false, _, _) => PassResult::Partial,
            (true, 1.., _) => PassResult::Held,
            (true, 0, 0) => PassResult::InStep,
            (true, 0, _) => PassResult::Applied,
        };
        let halted = Setback::halted(applied).or_else(|| Setback::no_creates(rights));
        let refused = applied.results.iter().any(|line| is_refusal(&line.outcome));
        let ended = if refused || applied.halted == Some(Halt::CredentialRefused) {
            Ended::Refused
        } else if applied.halted == Some(Halt::RightsMissing) {
            Ended::Barred
        } else if let Some(until) = self.doubts.iter().max() {
            Ended::InDoubt(*until)
        } else if rights.barring_creates().is_some() && applied.results.iter().all(is_done_or_barred) {
            Ended::Barred
        } else if !applied.is_complete() {
            Ended::Failed
        } else if written > 0 {
            Ended::Wrote
        } else {
            Ended::Well
        };
        if let Some(Setback { message, .. }) = &halted {
            warn!(tenant = %self.name(), pass = self.passes, why = message, "not all was written");
        }
        Came { result, written, ended, halted }
    }
}

/// Whether nothing is left of a line but what a missing right keeps from being done.
fn is_done_or_barred(result: &LineResult<'_>) -> bool {
    match &result.outcome {
        Outcome::Concluded(conclusion) => conclusion.is_verified(),
        Outcome::NotTried(halt) => *halt == Halt::RightsMissing,
        Outcome::WaitsForSister(_) => true,
    }
}

/// Whether mappings are those of a clean commit.
pub(super) fn is_committed(commit: &str) -> bool {
    commit != "none" && !commit.ends_with("+changes")
}

/// What came of a line, in the words of the tally.
fn word(outcome: &Outcome) -> WriteResult {
    match outcome {
        Outcome::WaitsForSister(_) | Outcome::NotTried(_) => WriteResult::NotTried,
        Outcome::Concluded(conclusion) => match conclusion {
            Conclusion::Applied { .. } | Conclusion::AlreadyThere { .. } => WriteResult::Verified,
            Conclusion::Stale(_) | Conclusion::Drift { .. } | Conclusion::Gone => WriteResult::Stale,
            Conclusion::InDoubt { .. } => WriteResult::InDoubt,
            Conclusion::NotSent(_) | Conclusion::Created { .. } | Conclusion::Unreadable { .. } => {
                WriteResult::NotTried
            }
            Conclusion::Refused { .. }
            | Conclusion::NotApplied
            | Conclusion::Diverged { .. }
            | Conclusion::Ambiguous { .. } => WriteResult::Failed,
        },
    }
}

/// Whether the line was written by this pass, and not found written already.
fn was_sent(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Concluded(Conclusion::Applied { .. }))
}

/// From when on a line can be read whose write is in doubt.
fn doubt(outcome: &Outcome) -> Option<Timestamp> {
    match outcome {
        Outcome::Concluded(conclusion) => settles_at(conclusion),
        Outcome::WaitsForSister(_) | Outcome::NotTried(_) => None,
    }
}

/// The same of a conclusion.
pub(super) fn settles_at(conclusion: &Conclusion) -> Option<Timestamp> {
    let Conclusion::InDoubt { settles_at, .. } = conclusion else { return None };
    Some(*settles_at)
}

fn is_refusal(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Concluded(conclusion) => conclusion.stops_tenant(),
        Outcome::WaitsForSister(_) | Outcome::NotTried(_) => false,
    }
}

/// Tells one line's end, ids first.
fn log(tenant: &str, pass: u64, result: &LineResult<'_>) {
    let line = format!("{}/{}", result.company, result.product);
    let (agreement, product, after) = (result.key.agreement.0, result.key.product.0, result.after);
    let before = result.before.map(|before| before.to_string()).unwrap_or_default();
    let outcome = word(&result.outcome).as_str();
    match word(&result.outcome) {
        WriteResult::Verified => {
            info!(tenant, pass, %line, agreement, product, before, %after, outcome, "the line is written");
        }
        WriteResult::Stale | WriteResult::InDoubt | WriteResult::Failed | WriteResult::NotTried => {
            let why = &result.outcome;
            warn!(tenant, pass, %line, agreement, product, before, %after, outcome, ?why, "the line is not written");
        }
    }
}
