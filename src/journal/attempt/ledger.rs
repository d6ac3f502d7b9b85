//! The steps that touch the journal or wait for it: intend, doubt, settle, wait, retry.
//!
//! An intent is open from its commit to its outcome. While it is open no other write on the line can start, because
//! only the steps here give a new start, and they come after the outcome.

use std::time::Duration;

use jiff::Timestamp;

use super::super::intent::{Action, IntentId, NotSent, Open, Outcome};
use super::create::{CreateLine, CreateWork, List, Post};
use super::set::{Baseline, Patch, Read, SetLine, SetWork};
use super::{Conclusion, Elapsed, POSTS, RETRIES, Step, Timing, Watched};
use crate::billing::AdditionId;

/// What is to be done, with all that later steps need of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Work {
    /// A SET.
    Set(SetWork),
    /// A CREATE.
    Create(CreateWork),
}

impl Work {
    fn timing(&self) -> Timing {
        match self {
            Self::Set(work) => work.set.timing,
            Self::Create(work) => work.create.timing,
        }
    }
}

impl From<SetWork> for Work {
    fn from(work: SetWork) -> Self {
        Self::Set(work)
    }
}

impl From<CreateWork> for Work {
    fn from(work: CreateWork) -> Self {
        Self::Create(work)
    }
}

/// What follows once the outcome is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Turn {
    /// Which attempt of the plan this is, from 1.
    pub(super) attempt: u32,
    /// How many POSTs were sent for the line by this plan.
    pub(super) posts: u32,
    /// What the attempt is for.
    pub(super) purpose: Purpose,
}

/// What an attempt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// A plan is being applied.
    Apply,
    /// An intent that an earlier process left open is being classified: nothing is sent.
    Recover,
}

impl Turn {
    /// The first attempt of a plan.
    pub(super) const FIRST: Self = Self { attempt: 1, posts: 0, purpose: Purpose::Apply };
    const RECOVERY: Self = Self { attempt: 1, posts: 0, purpose: Purpose::Recover };
}

/// A durable intent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Meant<W = Work> {
    pub(super) intent: IntentId,
    pub(super) settles_at: Timestamp,
    pub(super) turn: Turn,
    pub(super) work: W,
}

impl<W: Into<Work>> Meant<W> {
    pub(super) fn settle(self, outcome: Outcome) -> Step {
        Step::Settle(Settle { meant: self.widen(), outcome })
    }

    pub(super) fn doubt(self, message: String) -> Step {
        Step::Doubt(Doubt { meant: self.widen(), message })
    }

    fn widen(self) -> Meant {
        let Self { intent, settles_at, turn, work } = self;
        Meant { intent, settles_at, turn, work: work.into() }
    }
}

/// Whether the process was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It goes on.
    No,
    /// Nothing more is to be sent.
    Requested,
}

/// Commit an intent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Intend {
    pub(super) work: Work,
    pub(super) turn: Turn,
}

impl Intend {
    /// What is meant.
    #[must_use]
    pub fn action(&self) -> Action {
        match &self.work {
            Work::Set(SetWork { set, baseline }) => Action::Set {
                addition: set.addition,
                before: set.before,
                after: set.after,
                last_updated: baseline.last_updated,
            },
            Work::Create(CreateWork { create, known }) => Action::Create {
                quantity: create.quantity,
                effective: create.effective,
                known: known.clone(),
            },
        }
    }

    /// Which attempt of the plan this is, from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.turn.attempt
    }

    /// How long after what it rests on was asked for it may be sent.
    #[must_use]
    pub fn send_within(&self) -> Duration {
        self.work.timing().send_by
    }

    /// What it rests on was asked for too long ago: it is read again before anything is meant.
    pub fn read_again(self) -> Step {
        match self.work {
            Work::Set(work) => work.set.start_again(self.turn),
            Work::Create(work) => work.create.start_again(self.turn),
        }
    }

    /// When the intent can be settled by reading if it is meant at that time; it belongs in the journal.
    #[must_use]
    pub fn settles_at(&self, at: Timestamp) -> Timestamp {
        self.work.timing().settles_at(at)
    }

    /// It is durable. `at` is what the journal was given, `elapsed` how long ago that was.
    pub fn committed(self, intent: IntentId, at: Timestamp, elapsed: Elapsed, stop: Stop) -> Step {
        let settles_at = self.settles_at(at);
        let Self { work, turn } = self;
        let in_time = elapsed.is_within(work.timing().send_by);
        match (stop, work) {
            (Stop::No, Work::Set(work)) if in_time => {
                Step::Patch(Patch { meant: Meant { intent, settles_at, turn, work } })
            }
            (Stop::No, Work::Create(work)) if in_time => {
                Step::Post(Post { meant: Meant { intent, settles_at, turn, work } })
            }
            (Stop::No, work) => not_sent(Meant { intent, settles_at, turn, work }, NotSent::SendByPassed),
            (Stop::Requested, work) => {
                not_sent(Meant { intent, settles_at, turn, work }, NotSent::StopRequested)
            }
        }
    }
}

fn not_sent(meant: Meant, why: NotSent) -> Step {
    meant.settle(Outcome::NotSent(why))
}

/// Tell the journal why an outcome is in doubt. The intent stays open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Doubt {
    meant: Meant,
    message: String,
}

impl Doubt {
    /// The intent.
    #[must_use]
    pub fn intent(&self) -> IntentId {
        self.meant.intent
    }

    /// Why.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// When the intent can be settled by reading if it is in doubt now; it belongs in the journal.
    #[must_use]
    pub fn settles_at(&self, now: Timestamp) -> Timestamp {
        self.meant.settles_at.max(self.meant.work.timing().settles_after_doubt(now))
    }

    /// The journal knows; `now` is what it was given.
    pub fn recorded(self, now: Timestamp) -> Step {
        let settles_at = self.settles_at(now);
        let Self { meant, message } = self;
        Step::Wait(Wait { meant: Meant { settles_at, ..meant }, message })
    }
}

/// Leave a line alone until its settle time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Wait {
    meant: Meant,
    message: String,
}

impl Wait {
    /// The intent.
    #[must_use]
    pub fn intent(&self) -> IntentId {
        self.meant.intent
    }

    /// When reading tells for sure.
    #[must_use]
    pub fn settles_at(&self) -> Timestamp {
        self.meant.settles_at
    }

    /// How long it still takes; zero when reading tells for sure now.
    #[must_use]
    pub fn remaining(&self, watched: Watched) -> Duration {
        watched.remaining(self.meant.work.timing(), self.meant.settles_at)
    }

    /// Goes on when the settle time has passed, else waits on.
    pub fn look(self, watched: Watched) -> Step {
        if !self.remaining(watched).is_zero() {
            return Step::Wait(self);
        }
        let Meant { intent, settles_at, turn, work } = self.meant;
        match work {
            Work::Set(work) => Step::Read(Read::classify(Meant { intent, settles_at, turn, work })),
            Work::Create(work) => Step::List(List::classify(Meant { intent, settles_at, turn, work })),
        }
    }

    /// Leaves it open: a later pass, or the next process, settles it.
    #[must_use]
    pub fn leave(self) -> Conclusion {
        Conclusion::InDoubt { message: self.message, settles_at: self.meant.settles_at }
    }
}

/// Tell the journal an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Settle {
    meant: Meant,
    outcome: Outcome,
}

impl Settle {
    /// The intent.
    #[must_use]
    pub fn intent(&self) -> IntentId {
        self.meant.intent
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The journal knows.
    pub fn recorded(self) -> Step {
        let Self { meant: Meant { work, turn, .. }, outcome } = self;
        match (outcome, work) {
            (Outcome::Applied, Work::Set(SetWork { set, .. })) => {
                Step::Done(Conclusion::Applied { addition: set.addition, after: set.after })
            }
            (Outcome::Created { addition }, Work::Create(work)) => created(work.create, addition, turn),
            (Outcome::NotApplied, work) => retry(work, turn, Conclusion::NotApplied),
            (Outcome::NotSent(why @ (NotSent::SendByPassed | NotSent::NoByteWritten)), work) => {
                retry(work, turn, Conclusion::NotSent(why))
            }
            (outcome, _) => Step::Done(ending(outcome)),
        }
    }
}

/// What follows a create: its quantity is set by a SET of its own.
fn created(create: CreateLine, addition: AdditionId, turn: Turn) -> Step {
    match turn.purpose {
        Purpose::Apply => create.then_set(addition).start(),
        Purpose::Recover => Step::Done(Conclusion::Created { addition }),
    }
}

/// Another attempt, where the plan may make one.
fn retry(work: Work, turn: Turn, otherwise: Conclusion) -> Step {
    let spent = match work {
        Work::Set(_) => turn.attempt > RETRIES,
        Work::Create(_) => turn.attempt > RETRIES || turn.posts >= POSTS,
    };
    match turn.purpose {
        Purpose::Apply if !spent => Step::Retry(Retry { work, turn, otherwise }),
        Purpose::Apply | Purpose::Recover => Step::Done(otherwise),
    }
}

/// The conclusion of an outcome that ends the attempt.
fn ending(outcome: Outcome) -> Conclusion {
    match outcome {
        Outcome::NotSent(why) => Conclusion::NotSent(why),
        Outcome::Refused { status, message } => Conclusion::Refused { status, message },
        Outcome::Created { addition } => Conclusion::Created { addition },
        Outcome::Applied | Outcome::NotApplied => Conclusion::NotApplied,
        Outcome::Diverged { addition, seen, fields } => Conclusion::Diverged { addition, seen, fields },
        Outcome::Drift { seen } => Conclusion::Drift { seen },
        Outcome::Gone => Conclusion::Gone,
        Outcome::Ambiguous { additions } => Conclusion::Ambiguous { additions },
    }
}

/// Try again, from the re-read on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Retry {
    work: Work,
    turn: Turn,
    otherwise: Conclusion,
}

impl Retry {
    /// Tries again. The caller has checked that plan, guards and freeze still allow it, and has waited a while.
    pub fn again(self) -> Step {
        let turn = Turn { attempt: self.turn.attempt + 1, ..self.turn };
        match self.work {
            Work::Set(work) => work.set.start_again(turn),
            Work::Create(work) => work.create.start_again(turn),
        }
    }

    /// Leaves the line as it is.
    #[must_use]
    pub fn leave(self) -> Conclusion {
        self.otherwise
    }
}

/// Classifies an intent that an earlier process, or an earlier pass, left open: by reading, never by sending.
pub fn recover(open: &Open, timing: Timing) -> Step {
    let intent = &open.intent;
    let work = match &intent.action {
        Action::Set { addition, before, after, last_updated } => {
            let set =
                SetLine { line: intent.line, addition: *addition, before: *before, after: *after, timing };
            Work::Set(SetWork { set, baseline: Baseline::remembered(*last_updated) })
        }
        Action::Create { quantity, effective, known } => {
            let create = CreateLine { line: intent.line, quantity: *quantity, effective: *effective, timing };
            Work::Create(CreateWork { create, known: known.clone() })
        }
    };
    let meant = Meant { intent: open.id, settles_at: open.settles_at, work, turn: Turn::RECOVERY };
    let message = open.doubt.clone().unwrap_or_else(|| "the process ended while it was in flight".to_owned());
    Step::Wait(Wait { meant, message })
}
