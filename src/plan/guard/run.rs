//! The guards of a whole run: how many lines and how much money may move at once, over all customers.
//!
//! They count what source and line guards left, waived lines too. Knows no single limit.

use rust_decimal::Decimal;

use super::line::{moves_much, over};
use super::{Change, limit};
use crate::billing::Money;
use crate::mapping::Guards;
use crate::plan::money::add;
use crate::plan::waiver::Waivers;
use crate::problem::{Code, Reason};

/// What moves in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Moving {
    /// The lines that move much.
    pub(in crate::plan) lines: usize,
    /// The sum of absolute changes; `None` where it is no exact number.
    pub(in crate::plan) money: Option<Money>,
    /// The changes without a price that nobody waived.
    pub(in crate::plan) unpriced: usize,
}

impl Moving {
    pub(in crate::plan) const NOTHING: Self = Self { lines: 0, money: Some(Money::ZERO), unpriced: 0 };

    /// The same and one change more. Without a price it counts no money: `price` says whether that was waived.
    pub(in crate::plan) fn and(self, change: &Change<'_>, price: Price) -> Self {
        let amount = change.delta.map_or(Some(Money::ZERO), |delta| Some(Money::new(delta.value().abs())));
        Self {
            lines: self.lines + usize::from(moves_much(change)),
            money: self.money.zip(amount).and_then(|(sum, amount)| add(sum, amount)),
            unpriced: self.unpriced + usize::from(change.delta.is_none() && price == Price::Needed),
        }
    }
}

/// Whether a change may go without a price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) enum Price {
    Needed,
    Waived,
}

/// The limits of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Limits {
    lines: Option<Decimal>,
    money: Option<Decimal>,
}

impl Limits {
    /// For so many managed lines that are worth so much a month; lines without a price are worth nothing here, which
    /// only makes the limit smaller.
    pub(in crate::plan) fn of(guards: &Guards, managed: usize, worth: Option<Money>) -> Self {
        Self {
            lines: limit(guards.run_lines, Decimal::from(managed)),
            money: worth.and_then(|worth| limit(guards.run_money, worth.value())),
        }
    }

    /// Whether so many lines trip `run_lines`.
    pub(in crate::plan) fn lines_trip(&self, moving: Moving) -> bool {
        over(Some(Decimal::from(moving.lines)), self.lines)
    }

    /// Whether so much money trips `run_money`.
    pub(in crate::plan) fn money_trips(&self, moving: Moving) -> bool {
        moving.unpriced > 0 || over(moving.money.map(Money::value), self.money)
    }

    /// What holds the whole run, sorted by code.
    pub(in crate::plan) fn judge(&self, moving: Moving, waivers: &Waivers<'_>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        if self.lines_trip(moving) && !waivers.pass_run_lines(moving.lines) {
            let (lines, most) = (moving.lines, shown(self.lines));
            let message = format!("{lines} lines would move much in one run, and {most} is the limit");
            reasons.push(Reason::new(Code::RunLines, message).over(most, lines.to_string()));
        }
        let waived = moving.unpriced == 0 && moving.money.is_some_and(|money| waivers.pass_run_money(money));
        if self.money_trips(moving) && !waived {
            reasons.push(self.money_reason(moving));
        }
        reasons
    }

    fn money_reason(&self, moving: Moving) -> Reason {
        if moving.unpriced > 0 {
            let message = format!("the price of {} changing lines is not known", moving.unpriced);
            return Reason::new(Code::RunMoney, message);
        }
        let most = shown(self.money);
        let moved = moving.money.map_or_else(|| "too much to tell".to_owned(), |money| money.to_string());
        let message = format!("bills would move by {moved} a month in one run, and {most} is the limit");
        Reason::new(Code::RunMoney, message).over(most, moved)
    }
}

fn shown(limit: Option<Decimal>) -> String {
    limit.map_or_else(|| "no limit that can be told".to_owned(), |limit| limit.normalize().to_string())
}
