//! Applies a plan: its writes, one after the other, and nothing else.
//!
//! Partial success is a normal result. Knows neither how the plan was drawn nor who approved it.

mod gate;
mod ground;
pub(super) mod hands;
mod moment;
mod order;
mod sisters;
pub(super) mod write;

use std::fmt;

use jiff::Timestamp;

use self::gate::Gate;
pub(super) use self::gate::Validity;
use self::ground::Ground;
use self::hands::Hands;
use self::order::order;
use self::sisters::Sisters;
use self::write::{Pen, Subject};
use super::shared::SharedJournal;
use super::stop::Stop;
use crate::billing::{LineKey, ProductId, Quantity};
use crate::connectwise::ConnectWise;
use crate::journal::attempt::{Conclusion, CreateLine, SetLine, Step, Timing};
use crate::journal::{JournalError, RunId};
use crate::plan::{Line, Plan};

/// Why applying ended at once. Lines that could not be written are no error but a result.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The journal could not be written. Nothing may be sent after that.
    #[error("The journal cannot be written")]
    Journal(#[from] JournalError),
}

/// How one line ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineResult<'p> {
    /// The company's identifier.
    pub company: &'p str,
    /// The product's identifier.
    pub product: &'p str,
    /// The line.
    pub key: LineKey,
    /// The quantity before; `None` for a create.
    pub before: Option<Quantity>,
    /// The desired quantity.
    pub after: Quantity,
    /// How it ended.
    pub outcome: Outcome,
}

/// How a line ended, or why it was not tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The write protocol came to a conclusion.
    Concluded(Conclusion),
    /// A line that takes over is not verified, so this one keeps its quantity.
    WaitsForSister(ProductId),
    /// Writes stopped before its turn.
    NotTried(Halt),
}

/// Why writes stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// A stop was requested.
    Stopped,
    /// An operator suspended the tenant meanwhile, or it cannot be read whether one did.
    Suspended,
    /// A freeze window has opened meanwhile.
    Frozen,
    /// The plan has become too old meanwhile.
    Expired,
    /// ConnectWise refused the keys, or what their member asked for.
    CredentialRefused,
    /// The API member lacks a right that the writes take, or may not see several lines in a row.
    RightsMissing,
    /// One of the lines that were tried first was not verified.
    FirstLinesFailed,
    /// ConnectWise cannot be reached, or asks for silence.
    OutOfReach,
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stopped => "a stop was requested",
            Self::Suspended => "an operator suspended the tenant meanwhile",
            Self::Frozen => "a freeze window has opened meanwhile",
            Self::Expired => "the plan has grown too old meanwhile",
            Self::CredentialRefused => "ConnectWise refused the API keys, or what their member asked for",
            Self::RightsMissing => "the API member lacks a right that is needed",
            Self::OutOfReach => "ConnectWise cannot be reached, or asks for fewer requests",
            Self::FirstLinesFailed => "one of the lines that were tried first could not be verified",
        })
    }
}

/// What came of all lines, in the order they were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied<'p> {
    /// One result a line.
    pub results: Vec<LineResult<'p>>,
    /// Why writing stopped, if it did, whether or not lines were left.
    pub halted: Option<Halt>,
}

impl Applied<'_> {
    /// Whether every line bills its desired quantity, read back.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.results.iter().all(|result| match &result.outcome {
            Outcome::Concluded(conclusion) => conclusion.is_verified(),
            Outcome::WaitsForSister(_) | Outcome::NotTried(_) => false,
        })
    }
}

/// The run a plan is applied in.
pub(super) struct Run<'r> {
    /// Its number in the journal.
    pub(super) id: RunId,
    /// The tenant.
    pub(super) tenant: &'r str,
    /// How long writes may take.
    pub(super) timing: Timing,
    /// Reads and writes.
    pub(super) connectwise: &'r ConnectWise,
    /// Remembers.
    pub(super) journal: &'r SharedJournal,
    /// Whether to stop.
    pub(super) stop: &'r Stop,
    /// How long the plan may be written.
    pub(super) validity: Validity<'r>,
    /// Why nothing may be tried at all, if that is known beforehand.
    pub(super) halted: Option<Halt>,
    /// Why no line may be created.
    pub(super) creates_halted: Option<Halt>,
}

/// Applies `chosen`, lines of `plan`. `tell` hears each result as it comes.
///
/// # Errors
///
/// When the journal cannot be written: nothing is sent after that.
pub(super) async fn apply<'p>(
    plan: &'p Plan<'p>,
    chosen: impl IntoIterator<Item = &'p Line<'p>>,
    run: Run<'_>,
    mut tell: impl FnMut(&LineResult<'p>) + Send,
) -> Result<Applied<'p>, ApplyError> {
    let order = order(chosen);
    let writer = run.connectwise.writer();
    let hands = Hands::new(run.connectwise, run.journal, run.stop);
    let is_suspended = || is_suspended(run.journal, run.tenant);
    let gate = Gate { stop: run.stop, validity: run.validity, is_suspended: &is_suspended };
    let pen = Pen { writer: &writer, gate: &gate };
    let mut sisters = Sisters::of(plan);
    let mut halt = run.halted;
    let mut tried = 0;
    let mut applied = Applied::default();

    for line in order.lines {
        halt = halt.or_else(|| gate.closed(Timestamp::now()));
        let barred = run.creates_halted.filter(|_| line.addition.is_none());
        let outcome = match (halt.or(barred), sisters.awaited(line)) {
            (Some(halt), _) => Outcome::NotTried(halt),
            (None, Some(sister)) => Outcome::WaitsForSister(sister),
            (None, None) => {
                let (start, ground) = start(line, run.timing, &hands).await;
                let subject = subject(line, run.id, ground);
                let outcome = write::write(start, line.key(), &subject, &pen, &hands).await?;
                if let Outcome::NotTried(closed) = outcome {
                    halt = Some(closed);
                }
                outcome
            }
        };
        if let Outcome::Concluded(conclusion) = &outcome {
            halt = hands
                .reach
                .lost()
                .or_else(|| gate.closed(Timestamp::now()))
                .or_else(|| halts(conclusion, tried < order.first));
            if conclusion.is_verified() {
                sisters.stands(line);
            }
            tried += usize::from(!is_left_out(conclusion));
        }
        let result = result(line, outcome);
        tell(&result);
        applied.results.push(result);
    }
    applied.halted = halt;
    Ok(applied)
}

/// Whether an operator suspended the tenant. Where that cannot be read, it is taken for so.
fn is_suspended(journal: &SharedJournal, tenant: &str) -> bool {
    journal.with(|journal| journal.reader().suspension(tenant)).map_or(true, |found| found.is_some())
}

/// Why nothing more is written after such a conclusion.
fn halts(conclusion: &Conclusion, is_first: bool) -> Option<Halt> {
    if conclusion.stops_tenant() {
        return Some(Halt::CredentialRefused);
    }
    let failed = !conclusion.is_verified() && !is_left_out(conclusion);
    (is_first && failed).then_some(Halt::FirstLinesFailed)
}

/// Whether nothing was sent, since somebody else changed the line meanwhile or it could not be read: that says nothing about
/// our writes, so the others go on.
fn is_left_out(conclusion: &Conclusion) -> bool {
    matches!(conclusion, Conclusion::Stale(_) | Conclusion::Unreadable { .. })
}

/// The first step of a line, and what a create rests on. A line without a number to write is left as it is; the planner
/// gives none.
async fn start(line: &Line<'_>, timing: Timing, hands: &Hands<'_>) -> (Step, Option<Ground>) {
    let key = line.key();
    match (line.addition, line.current, line.desired) {
        (Some(addition), Some(before), Some(after)) => {
            (SetLine { line: key, addition: addition.id, before, after, timing }.start(), None)
        }
        (None, None, Some(quantity)) => match Ground::read(key.agreement, line.company.id, hands).await {
            Ok(ground) => {
                let effective = ground.first_day;
                (CreateLine { line: key, quantity, effective, timing }.start(), Some(ground))
            }
            Err(conclusion) => (Step::Done(conclusion), None),
        },
        (Some(_), None, _) | (None, Some(_), _) | (_, _, None) => {
            let message = "The plan gives no number for this line".to_owned();
            (Step::Done(Conclusion::Unreadable { message }), None)
        }
    }
}

fn subject(line: &Line<'_>, run: RunId, ground: Option<Ground>) -> Subject {
    Subject {
        run,
        company: line.company.identifier.into(),
        product: line.product.identifier.into(),
        terms: line.terms.as_deref().unwrap_or_default().into(),
        guarded: line.guarded.clone(),
        ground,
    }
}

fn result<'p>(line: &'p Line<'p>, outcome: Outcome) -> LineResult<'p> {
    LineResult {
        company: line.company.identifier,
        product: line.product.identifier,
        key: line.key(),
        before: line.current,
        after: line.desired.unwrap_or(Quantity::ZERO),
        outcome,
    }
}
