//! CREATE: add an inert line where there is none, so harmless that a duplicate bills nobody.
//!
//! Decides by complete lists of one agreement's additions. The quantity comes later, by a SET of its own.

use std::time::Duration;

use jiff::civil::Date;

use super::super::intent::{Field, NotSent, Outcome};
use super::answer::{Proof, WriteAnswer, of_post, stands_on};
use super::ledger::{Intend, Meant, Turn};
use super::set::SetLine;
use super::{Conclusion, Stale, Step, Timing};
use crate::billing::{Addition, AdditionId, Agreement, LineKey, Quantity};

/// One line of a plan that is to be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CreateLine {
    /// The line.
    pub line: LineKey,
    /// The quantity it is to get in the end.
    pub quantity: Quantity,
    /// Its first day, see [`first_day`].
    pub effective: Date,
    /// How long things take.
    pub timing: Timing,
}

/// The first day of a new addition: the later of the agreement's billing start and its next invoice date, or today
/// where it has neither. ConnectWise refuses a day in a period that was invoiced.
#[must_use]
pub fn first_day(agreement: &Agreement, today: Date) -> Date {
    agreement.bill_start.max(agreement.next_invoice).unwrap_or(today)
}

impl CreateLine {
    /// Starts with listing the agreement's additions.
    pub fn start(self) -> Step {
        self.start_again(Turn::FIRST)
    }

    pub(super) fn start_again(self, turn: Turn) -> Step {
        Step::List(List { stage: Stage::Check(self, turn) })
    }

    /// The SET that brings the inert line to its quantity.
    pub(super) fn then_set(self, addition: AdditionId) -> SetLine {
        let Self { line, quantity, effective: _, timing } = self;
        SetLine { line, addition, before: Quantity::ZERO, after: quantity, timing }
    }

    /// The additions of the line that run or will, one-off charges apart.
    fn matches(self, additions: &[Addition], today: Date) -> Vec<AdditionId> {
        let ours = additions.iter().filter(|addition| {
            stands_on(addition, self.line) && !addition.is_cancelled(today) && !addition.is_one_off()
        });
        sorted(ours.map(|addition| addition.id))
    }
}

/// What listing an agreement's additions gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listing {
    /// All of them, whatever their product and dates.
    Complete(Vec<Addition>),
    /// Something is missing or was not understood.
    Unreadable {
        /// What went wrong.
        message: String,
    },
}

/// A CREATE, and the additions that were listed just before, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct CreateWork {
    pub(super) create: CreateLine,
    pub(super) known: Vec<AdditionId>,
}

/// List the agreement's additions, all of them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct List {
    stage: Stage,
}

/// Why they are listed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// Just before the POST: is there really none?
    Check(CreateLine, Turn),
    /// After a doubt and its settle time: what came of it?
    Classify(Meant<CreateWork>),
}

impl List {
    pub(super) fn classify(meant: Meant<CreateWork>) -> Self {
        Self { stage: Stage::Classify(meant) }
    }

    /// They were listed; `today` is the day in UTC.
    pub fn listed(self, listing: Listing, today: Date) -> Step {
        match self.stage {
            Stage::Check(create, turn) => create.check(listing, today, turn),
            Stage::Classify(meant) => meant.classify(listing, today),
        }
    }
}

impl CreateLine {
    fn check(self, listing: Listing, today: Date, turn: Turn) -> Step {
        let additions = match listing {
            Listing::Complete(additions) => additions,
            Listing::Unreadable { message } => return Step::Done(Conclusion::Unreadable { message }),
        };
        let matches = self.matches(&additions, today);
        if !matches.is_empty() {
            return Step::Done(Conclusion::Stale(Stale::Exists(matches)));
        }
        let known = sorted(additions.iter().map(|addition| addition.id));
        let work = CreateWork { create: self, known };
        Step::Intend(Intend { work: work.into(), turn })
    }
}

impl Meant<CreateWork> {
    /// Nothing can land any more, so what is new is what it came to.
    fn classify(self, listing: Listing, today: Date) -> Step {
        let CreateWork { create, known } = &self.work;
        let additions = match listing {
            Listing::Complete(additions) => additions,
            Listing::Unreadable { message } => {
                return Step::Done(Conclusion::InDoubt { message, settles_at: self.settles_at });
            }
        };
        let mut new = create.matches(&additions, today);
        new.retain(|addition| known.binary_search(addition).is_err());
        match new[..] {
            [] => self.settle(Outcome::NotApplied),
            [addition] => self.settle(Outcome::Created { addition }),
            [..] => self.settle(Outcome::Ambiguous { additions: new }),
        }
    }
}

/// Send one POST of the inert addition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Post {
    pub(super) meant: Meant<CreateWork>,
}

impl Post {
    /// The agreement and the product.
    #[must_use]
    pub fn line(&self) -> LineKey {
        self.meant.work.create.line
    }

    /// How long after what it rests on was asked for it may be sent.
    #[must_use]
    pub fn send_within(&self) -> Duration {
        self.meant.work.create.timing.send_by
    }

    /// Its first day.
    #[must_use]
    pub fn effective(&self) -> Date {
        self.meant.work.create.effective
    }

    /// The answer, or that there was none.
    pub fn answered(self, answer: WriteAnswer) -> Step {
        let mut meant = self.meant;
        match of_post(answer, meant.work.create.line) {
            Proof::Done(record) => meant.settle(Outcome::Created { addition: record.id }),
            Proof::Contradicted(record) => meant.settle(Outcome::Diverged {
                addition: record.id,
                seen: record.quantity,
                fields: vec![Field::Quantity],
            }),
            Proof::Unsent => meant.settle(Outcome::NotSent(NotSent::NoByteWritten)),
            Proof::Refused { status, message } => meant.settle(Outcome::Refused { status, message }),
            Proof::Nothing(message) => {
                meant.turn.posts += 1;
                meant.doubt(message)
            }
        }
    }
}

fn sorted(ids: impl Iterator<Item = AdditionId>) -> Vec<AdditionId> {
    let mut ids: Vec<AdditionId> = ids.collect();
    ids.sort_unstable();
    ids
}
