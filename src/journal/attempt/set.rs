//! SET: bring one addition from the quantity a plan saw to the desired one.
//!
//! Decides by what was read. Of an addition only `quantity` is ever meant.

use std::time::Duration;

use jiff::{Timestamp, civil::Date};

use super::super::intent::{Field, NotSent, Outcome};
use super::answer::{Proof, WriteAnswer, of_patch, stands_on};
use super::ledger::{Intend, Meant, Turn};
use super::{Conclusion, Stale, Step, Timing};
use crate::billing::{Addition, AdditionId, BillCustomer, LineKey, Money, Quantity};

/// One line of a plan that is to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SetLine {
    /// The line.
    pub line: LineKey,
    /// Its addition.
    pub addition: AdditionId,
    /// The quantity the plan was drawn against.
    pub before: Quantity,
    /// The desired quantity.
    pub after: Quantity,
    /// How long things take.
    pub timing: Timing,
}

impl SetLine {
    /// Starts with reading the addition again.
    pub fn start(self) -> Step {
        self.start_again(Turn::FIRST)
    }

    pub(super) fn start_again(self, turn: Turn) -> Step {
        Step::Read(Read { addition: self.addition, stage: Stage::Compare(self, turn) })
    }
}

/// What reading one addition gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The addition.
    Found(Box<Addition>),
    /// ConnectWise says for sure that there is none of that number.
    Gone,
    /// It could not be read, or not understood.
    Unreadable {
        /// What went wrong.
        message: String,
    },
}

/// An addition as it was read just before a write, as far as the write must leave it alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Baseline {
    /// When it was last changed then.
    pub(super) last_updated: Option<Timestamp>,
    /// The fields a write of `quantity` must leave; unknown after a restart.
    untouched: Option<Untouched>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Untouched {
    less_included: Option<Quantity>,
    unit_price: Option<Money>,
    bill_customer: BillCustomer,
    effective: Option<Date>,
    cancelled: Option<Date>,
}

impl Untouched {
    fn of(addition: &Addition) -> Self {
        Self {
            less_included: addition.less_included,
            unit_price: addition.unit_price,
            bill_customer: addition.bill_customer,
            effective: addition.effective,
            cancelled: addition.cancelled,
        }
    }

    /// The fields that differ, sorted.
    fn differing(&self, other: &Self) -> Vec<Field> {
        let Self { less_included, unit_price, bill_customer, effective, cancelled } = self;
        let checks = [
            (Field::LessIncluded, *less_included == other.less_included),
            (Field::UnitPrice, *unit_price == other.unit_price),
            (Field::BillCustomer, *bill_customer == other.bill_customer),
            (Field::Effective, *effective == other.effective),
            (Field::Cancelled, *cancelled == other.cancelled),
        ];
        checks.into_iter().filter(|(_, same)| !same).map(|(field, _)| field).collect()
    }
}

impl Baseline {
    fn of(addition: &Addition) -> Self {
        Self { last_updated: addition.last_updated, untouched: Some(Untouched::of(addition)) }
    }

    /// What a journal remembers of it.
    pub(super) fn remembered(last_updated: Option<Timestamp>) -> Self {
        Self { last_updated, untouched: None }
    }

    fn changed_fields(&self, record: &Addition) -> Vec<Field> {
        let now = Untouched::of(record);
        self.untouched.as_ref().map(|then| then.differing(&now)).unwrap_or_default()
    }

    /// Whether somebody certainly wrote the addition since.
    fn was_touched(&self, record: &Addition) -> bool {
        match (self.last_updated, record.last_updated) {
            (Some(then), Some(now)) => then != now,
            (Some(_), None) | (None, Some(_)) | (None, None) => false,
        }
    }
}

/// A SET, and the addition as it was read just before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SetWork {
    pub(super) set: SetLine,
    pub(super) baseline: Baseline,
}

/// Read an addition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Read {
    addition: AdditionId,
    stage: Stage,
}

/// Why an addition is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// Just before the write: is it as planned?
    Compare(SetLine, Turn),
    /// The answer showed another value: what stands?
    Verify(Meant<SetWork>),
    /// After a doubt and its settle time: what came of it?
    Classify(Meant<SetWork>),
}

impl Read {
    pub(super) fn classify(meant: Meant<SetWork>) -> Self {
        Self { addition: meant.work.set.addition, stage: Stage::Classify(meant) }
    }

    /// The addition to read; it stands on the line's agreement.
    #[must_use]
    pub fn addition(&self) -> AdditionId {
        self.addition
    }

    /// Whether what was read may be older than our own write, so long after its answer: then it is worth another look.
    #[must_use]
    pub fn may_lag(&self, sight: &Sight, waited: Duration) -> bool {
        let Stage::Verify(meant) = &self.stage else { return false };
        let set = meant.work.set;
        let Sight::Found(found) = sight else { return false };
        set.is_of(found) && found.quantity == Some(set.before) && waited < set.timing.read_lag
    }

    /// It was read; `today` is the day in UTC.
    pub fn seen(self, sight: Sight, today: Date) -> Step {
        match self.stage {
            Stage::Compare(set, turn) => set.compare(sight, today, turn),
            Stage::Verify(meant) => meant.verify(sight),
            Stage::Classify(meant) => meant.classify(sight),
        }
    }
}

impl SetLine {
    fn compare(self, sight: Sight, today: Date, turn: Turn) -> Step {
        let found = match sight {
            Sight::Found(found) => found,
            Sight::Gone => return Step::Done(Conclusion::Stale(Stale::Gone)),
            Sight::Unreadable { message } => return Step::Done(Conclusion::Unreadable { message }),
        };
        if !self.is_of(&found) {
            return Step::Done(Conclusion::Stale(Stale::Moved));
        }
        if found.is_cancelled(today) {
            return Step::Done(Conclusion::Stale(Stale::Cancelled));
        }
        match found.quantity {
            Some(seen) if seen == self.after => {
                Step::Done(Conclusion::AlreadyThere { addition: self.addition, after: self.after })
            }
            Some(seen) if seen == self.before => {
                let work = SetWork { set: self, baseline: Baseline::of(&found) };
                Step::Intend(Intend { work: work.into(), turn })
            }
            seen => Step::Done(Conclusion::Stale(Stale::Quantity { planned: self.before, seen })),
        }
    }

    fn is_of(self, found: &Addition) -> bool {
        found.id == self.addition && stands_on(found, self.line)
    }
}

impl Meant<SetWork> {
    /// The write was done, so reading settles it at once, whatever it shows.
    fn verify(self, sight: Sight) -> Step {
        let set = self.work.set;
        match sight {
            Sight::Found(found) if !set.is_of(&found) => self.settle(Outcome::Drift { seen: found.quantity }),
            Sight::Found(found) if found.quantity == Some(set.after) => self.done(&found),
            Sight::Found(found) => self.diverged(&found, vec![Field::Quantity]),
            Sight::Gone => self.settle(Outcome::Gone),
            Sight::Unreadable { message } => self.doubt(message),
        }
    }

    /// Nothing can land any more, so what is read is what it came to.
    ///
    /// A quantity as before on an addition that was written since may be our write undone by hand: that is drift, and
    /// not a reason to write again in this plan.
    fn classify(self, sight: Sight) -> Step {
        let SetWork { set, baseline } = &self.work;
        match sight {
            Sight::Found(found) if !set.is_of(&found) => self.settle(Outcome::Drift { seen: found.quantity }),
            Sight::Found(found) if found.quantity == Some(set.after) => self.settle(Outcome::Applied),
            Sight::Found(found) if found.quantity == Some(set.before) && !baseline.was_touched(&found) => {
                self.settle(Outcome::NotApplied)
            }
            Sight::Found(found) => self.settle(Outcome::Drift { seen: found.quantity }),
            Sight::Gone => self.settle(Outcome::Gone),
            Sight::Unreadable { message } => {
                Step::Done(Conclusion::InDoubt { message, settles_at: self.settles_at })
            }
        }
    }

    /// The quantity stands. Other fields that changed with it are told as a divergence.
    fn done(self, record: &Addition) -> Step {
        let fields = self.work.baseline.changed_fields(record);
        if fields.is_empty() { self.settle(Outcome::Applied) } else { self.diverged(record, fields) }
    }

    fn diverged(self, record: &Addition, fields: Vec<Field>) -> Step {
        let addition = self.work.set.addition;
        self.settle(Outcome::Diverged { addition, seen: record.quantity, fields })
    }
}

/// Send one PATCH.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub struct Patch {
    pub(super) meant: Meant<SetWork>,
}

impl Patch {
    /// The addition.
    #[must_use]
    pub fn addition(&self) -> AdditionId {
        self.meant.work.set.addition
    }

    /// How long after what it rests on was asked for it may be sent.
    #[must_use]
    pub fn send_within(&self) -> Duration {
        self.meant.work.set.timing.send_by
    }

    /// The quantity to set.
    #[must_use]
    pub fn after(&self) -> Quantity {
        self.meant.work.set.after
    }

    /// The answer, or that there was none.
    pub fn answered(self, answer: WriteAnswer) -> Step {
        let meant = self.meant;
        let SetLine { line, addition, after, .. } = meant.work.set;
        match of_patch(answer, line, addition, after) {
            Proof::Done(record) => meant.done(&record),
            Proof::Contradicted(_) => Step::Read(Read { addition, stage: Stage::Verify(meant) }),
            Proof::Unsent => meant.settle(Outcome::NotSent(NotSent::NoByteWritten)),
            Proof::Refused { status, message } => meant.settle(Outcome::Refused { status, message }),
            Proof::Nothing(message) => meant.doubt(message),
        }
    }
}
