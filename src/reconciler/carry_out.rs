//! Carries a plan out: what it rests on is recorded, the members' rights are asked for, then its lines are written in a run
//! of their own.
//!
//! The one way for whoever applies, by hand or by the daemon. Decides no quantity and asks nobody.

use jiff::Timestamp;

use super::apply::{Applied, ApplyError, LineResult, Run, Validity, apply};
use super::choice::Choice;
use super::preflight::{Preflight, needs, preflight};
use super::record;
use super::shared::SharedJournal;
use super::stop::Stop;
use crate::connectwise::{ConnectWise, LineWrites, TicketUse};
use crate::journal::attempt::Timing;
use crate::journal::{JournalError, RunResult};
use crate::plan::{Inputs, Plan};

/// What a plan is carried out with.
#[derive(Clone, Copy)]
pub struct Means<'m> {
    /// How long writes may take.
    pub timing: Timing,
    /// Reads and writes.
    pub connectwise: &'m ConnectWise,
    /// Remembers.
    pub journal: &'m SharedJournal,
    /// Whether to stop.
    pub stop: &'m Stop,
    /// From then on the plan is too old to be written.
    pub until: Timestamp,
    /// Whether somebody is told by tickets of this ConnectWise.
    pub tickets: TicketUse,
}

/// What is told while a plan is carried out.
#[derive(Debug)]
pub enum Told<'t, 'p> {
    /// What the members may do, before anything is written.
    Rights(&'t Preflight),
    /// How a line ended.
    Line(&'t LineResult<'p>),
}

/// What came of a plan that was carried out.
#[derive(Debug)]
pub struct CarriedOut<'p> {
    /// Each line.
    pub applied: Applied<'p>,
    /// The run as a whole, as the journal has it.
    pub result: RunResult,
    /// What the members may do.
    pub rights: Preflight,
}

/// Records the plan and what it rests on, and writes the lines that were chosen. `tell` hears of the members'
/// rights first, and then each result as it comes. Where a right is missing that all writes take, no line is tried.
///
/// # Errors
///
/// When the journal cannot be written: nothing is sent after that.
pub async fn carry_out<'p>(
    plan: &'p Plan<'p>,
    choice: &Choice<'p>,
    inputs: &Inputs<'_>,
    means: Means<'_>,
    mut tell: impl FnMut(Told<'_, 'p>) + Send,
) -> Result<CarriedOut<'p>, ApplyError> {
    let Means { timing, connectwise, journal, stop, until, tickets } = means;
    let rights = match choice.lines.is_empty() {
        true => Preflight::Skipped,
        false => preflight(connectwise, needs(inputs.catalog, tickets), writes(choice), stop).await,
    };
    tell(Told::Rights(&rights));
    let id = journal.with(|journal| {
        record::snapshots(journal, inputs)?;
        record::plan(journal, inputs.tenant, plan, choice, inputs.now)?;
        journal.begin_run(inputs.tenant, plan.commit, &plan.digest, inputs.now)
    })?;
    let validity = Validity { until, freezes: &inputs.catalog.policy.freeze };
    let (halted, creates_halted) = (rights.halt(), rights.halt_creates());
    let run = Run {
        id,
        tenant: inputs.tenant,
        timing,
        connectwise,
        journal,
        stop,
        validity,
        halted,
        creates_halted,
    };
    let tell = |result: &LineResult<'p>| tell(Told::Line(result));
    let applied = apply(plan, choice.lines.iter().copied(), run, tell).await?;
    let result = record::result(plan, choice, &applied);
    journal.with(|journal| journal.end_run(id, result, Timestamp::now()))?;
    Ok(CarriedOut { applied, result, rights })
}

/// What the chosen lines would write.
fn writes(choice: &Choice<'_>) -> LineWrites {
    match choice.lines.iter().any(|line| line.addition.is_none()) {
        true => LineWrites::QuantitiesAndCreates,
        false => LineWrites::Quantities,
    }
}

/// How much of a plan that is not carried out is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remember {
    /// Usage and the plan. Nothing is ours to write yet, so no line is called ours either.
    Plan,
    /// Also the lines as they were found: in step, adopted, or changed by others.
    Lines,
}

/// Records a plan that is not carried out, and what it rests on.
///
/// # Errors
///
/// When the journal cannot be written.
pub fn remember(
    plan: &Plan<'_>,
    choice: &Choice<'_>,
    inputs: &Inputs<'_>,
    journal: &SharedJournal,
    remember: Remember,
) -> Result<(), JournalError> {
    journal.with(|journal| {
        record::snapshots(journal, inputs)?;
        match remember {
            Remember::Plan => record::planned(journal, inputs.tenant, plan, inputs.now),
            Remember::Lines => record::plan(journal, inputs.tenant, plan, choice, inputs.now),
        }
    })
}
