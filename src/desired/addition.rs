//! The one live addition of a product on an agreement (Resolution 7). Dates decide; the status is only compared.

use jiff::civil::Date;

use crate::billing::{Addition, AgreementId, AgreementStatus, BillCustomer};
use crate::problem::Code;

use super::index::{Index, sized};
use super::line::{Found, Inputs};

/// All additions, sorted by (agreement, product, number).
pub(super) struct Additions<'a> {
    sorted: Vec<&'a Addition>,
    ranges: Index<AgreementId, (usize, usize)>,
    today: Date,
}

/// Where an addition is in its life, by its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    /// It runs today.
    Running,
    /// It starts later.
    Future,
    /// It was cancelled.
    Over,
    /// It is a charge made once, and not ours.
    OneOff,
}

impl<'a> Additions<'a> {
    /// Indexes the additions by their agreement.
    pub(super) fn new(inputs: &Inputs<'a>) -> Self {
        let mut sorted: Vec<&Addition> = inputs.view.additions.iter().collect();
        sorted.sort_by_key(|addition| (addition.agreement, addition.product, addition.id));
        let mut ranges = sized(inputs.view.agreements.len());
        let mut start = 0;
        for group in sorted.chunk_by(|one, two| one.agreement == two.agreement) {
            ranges.insert(group[0].agreement, (start, start + group.len()));
            start += group.len();
        }
        Self { sorted, ranges, today: inputs.today }
    }

    /// The additions of an agreement, one slice a product.
    pub(super) fn of(&self, agreement: AgreementId) -> impl Iterator<Item = &[&'a Addition]> {
        let (start, end) = self.ranges.get(&agreement).copied().unwrap_or_default();
        self.sorted[start..end].chunk_by(|one, two| one.product == two.product)
    }

    /// Which of a product's additions is live, and what is worth telling about them.
    pub(super) fn live(&self, additions: &[&'a Addition], notes: &mut Vec<Code>) -> Found<'a> {
        let alive =
            |life: Life| additions.iter().filter(move |addition| self.life(addition) == life).copied();
        if alive(Life::OneOff).any(|addition| !addition.is_cancelled(self.today)) {
            notes.push(Code::OneOffAddition);
        }
        let found = match one_of(alive(Life::Running)) {
            Found::Nothing => {
                let future = one_of(alive(Life::Future));
                if future != Found::Nothing {
                    notes.push(Code::FutureAddition);
                }
                future
            }
            running => running,
        };
        if let Found::One(addition) = found {
            note_line(addition, self.life(addition), notes);
        } else if found == Found::Nothing
            && alive(Life::Over).any(|addition| addition.status == AgreementStatus::Active)
        {
            notes.push(Code::StatusDisagrees);
        }
        found
    }

    fn life(&self, addition: &Addition) -> Life {
        if addition.is_one_off() {
            Life::OneOff
        } else if addition.is_cancelled(self.today) {
            Life::Over
        } else if addition.effective.is_some_and(|effective| effective > self.today) {
            Life::Future
        } else {
            Life::Running
        }
    }
}

fn one_of<'a>(mut additions: impl Iterator<Item = &'a Addition>) -> Found<'a> {
    match (additions.next(), additions.next()) {
        (None, _) => Found::Nothing,
        (Some(only), None) => Found::One(only),
        (Some(first), Some(second)) => Found::Several([first, second].into_iter().chain(additions).collect()),
    }
}

fn note_line(addition: &Addition, life: Life, notes: &mut Vec<Code>) {
    let stopped = match addition.status {
        AgreementStatus::Cancelled | AgreementStatus::Expired | AgreementStatus::Inactive => true,
        AgreementStatus::Active | AgreementStatus::Unknown => false,
    };
    if stopped && life == Life::Running {
        notes.push(Code::StatusDisagrees);
    }
    match addition.bill_customer {
        BillCustomer::Billable => {}
        BillCustomer::DoNotBill | BillCustomer::NoCharge => notes.push(Code::NotBillable),
    }
}
