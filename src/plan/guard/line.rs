//! The guards of a change: how far a quantity and its money may move at once.
//!
//! Decides for one line or for sister lines together, by their sums. Knows neither sources nor drift: what they hold
//! does not come here.

use rust_decimal::Decimal;

use super::{Change, Role, Zero, limit, signed};
use crate::billing::{Money, Quantity};
use crate::mapping::{Limit, LineGuards};
use crate::plan::money::{difference, exact_sum};
use crate::problem::{Code, Reason};

/// More than this is no quantity of anything that is sold.
const LARGEST: i64 = 10_000_000;

/// What moves, of one line or of sisters together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan) struct Move {
    pub(in crate::plan) before: Decimal,
    pub(in crate::plan) after: Decimal,
    pub(in crate::plan) week_ago: Decimal,
    pub(in crate::plan) value: Option<Money>,
    pub(in crate::plan) delta: Option<Money>,
    pub(in crate::plan) guards: LineGuards,
}

impl Move {
    /// The move of one line.
    pub(in crate::plan) fn of(change: &Change<'_>) -> Self {
        Self {
            before: change.before.value(),
            after: change.after.value(),
            week_ago: change.week_ago.value(),
            value: change.value,
            delta: change.delta,
            guards: change.guards,
        }
    }
}

/// A number that nobody could mean. No waiver passes it.
pub(in crate::plan) fn sanity(change: &Change<'_>) -> Option<Reason> {
    let after = change.after;
    if after < Quantity::ZERO {
        return Some(
            Reason::new(Code::Sanity, "the desired quantity is negative").over("0", after.to_string()),
        );
    }
    if after.value() > Decimal::from(LARGEST) {
        let message = "the desired quantity is larger than anything that is sold";
        return Some(Reason::new(Code::Sanity, message).over(LARGEST.to_string(), after.to_string()));
    }
    (after.scale() > change.scale).then(|| {
        let message = "the desired quantity is finer than its rows round to";
        Reason::new(Code::Sanity, message).over(format!("{} decimals", change.scale), after.to_string())
    })
}

/// The guards that one line trips alone, sorted by code.
pub(in crate::plan) fn tripped(change: &Change<'_>) -> Vec<Reason> {
    let mut reasons: Vec<_> = to_zero(change).into_iter().chain(by_size(&Move::of(change))).collect();
    reasons.sort_by_key(|reason| reason.code);
    reasons
}

fn to_zero(change: &Change<'_>) -> Option<Reason> {
    let falls = change.before > Quantity::ZERO && change.after.is_zero();
    match (falls, change.zero) {
        (false, _) | (true, Zero::WithinPlan) => None,
        (true, Zero::Unexplained) => {
            let why = match change.role {
                Role::Falling => "no sister line takes over",
                Role::Wanted | Role::Alone => "somebody has to say that this is right",
            };
            let message = format!("it would fall from {} to 0, and {why}", change.before);
            Some(Reason::new(Code::ToZero, message).over("above 0", "0"))
        }
    }
}

/// The guards that only look at sizes: of the change, its money, and the decreases of a week.
pub(in crate::plan) fn by_size(moved: &Move) -> impl Iterator<Item = Reason> {
    line_change(moved).into_iter().chain(line_money(moved)).chain(window(moved))
}

fn line_change(moved: &Move) -> Option<Reason> {
    let Move { before, after, guards, .. } = *moved;
    let change = exact_sum(after, -before);
    let (limits, verb) = match change {
        Some(change) if change.is_zero() => return None,
        Some(change) if change < Decimal::ZERO => (guards.line_change.decrease, "fall"),
        Some(_) | None if before.is_zero() => return None,
        Some(_) | None => (guards.line_change.increase, "rise"),
    };
    over(change, limit(limits, before)).then(|| {
        let by = change
            .map_or_else(|| "too much to tell".to_owned(), |change| change.abs().normalize().to_string());
        let (most, actual) = (shown(limit(limits, before)), change.map_or(by.clone(), signed));
        let message = format!("it would {verb} by {by} at once, and {most} is the limit");
        Reason::new(Code::LineChange, message).over(most, actual)
    })
}

fn line_money(moved: &Move) -> Option<Reason> {
    let (Some(value), Some(delta)) = (moved.value, moved.delta) else {
        let message = "its price is not known, so nobody can tell what the change costs";
        return Some(Reason::new(Code::PriceUnknown, message).over("a known price", "unknown"));
    };
    let most = limit(moved.guards.line_money, value.value());
    over(Some(delta.value()), most).then(|| {
        let (most, actual) = (shown(most), signed(delta.value()));
        let message = format!("the bill would change by {actual} a month, and {most} is the limit");
        Reason::new(Code::LineMoney, message).over(most, actual)
    })
}

/// Small decreases that add up: against twice the decrease limit of the quantity a week ago.
fn window(moved: &Move) -> Option<Reason> {
    if moved.after >= moved.before {
        return None;
    }
    let fallen = exact_sum(moved.week_ago, -moved.after);
    let most = limit(moved.guards.line_change.decrease, moved.week_ago);
    let most = most.and_then(|most| most.checked_mul(Decimal::TWO));
    if fallen.is_some_and(|fallen| fallen <= Decimal::ZERO) {
        return None;
    }
    over(fallen, most).then(|| {
        let most = shown(most);
        let actual = fallen.map_or_else(|| "too much to tell".to_owned(), |fallen| signed(-fallen));
        let message = format!(
            "it would fall from {} within 7 days, and {most} is the limit",
            moved.week_ago.normalize()
        );
        Reason::new(Code::Window, message).over(most, actual)
    })
}

/// Whether an amount is more than its limit. What cannot be told is.
pub(in crate::plan) fn over(amount: Option<Decimal>, limit: Option<Decimal>) -> bool {
    match (amount, limit) {
        (Some(amount), Some(limit)) => amount.abs() > limit,
        (None, _) | (_, None) => true,
    }
}

fn shown(limit: Option<Decimal>) -> String {
    limit.map_or_else(|| "no limit that can be told".to_owned(), |limit| limit.normalize().to_string())
}

/// Whether a change counts for `run_lines`: made, risen from 0, fallen to 0, or moved by more than half its limit.
pub(in crate::plan) fn moves_much(change: &Change<'_>) -> bool {
    let (before, after) = (change.before.value(), change.after.value());
    if before.is_zero() || after.is_zero() || change.kind == super::Kind::Create {
        return true;
    }
    let limits: Limit =
        if after < before { change.guards.line_change.decrease } else { change.guards.line_change.increase };
    let twice = exact_sum(after, -before).and_then(|moved| moved.checked_mul(Decimal::TWO));
    over(twice, limit(limits, before))
}

/// The sum of moves; limits are the strictest of theirs. `None` where a sum is no exact decimal.
pub(in crate::plan) fn sum(left: Move, right: Move) -> Option<Move> {
    let before = exact_sum(left.before, right.before)?;
    let (a, b) = (left.guards, right.guards);
    let decrease = super::stricter(a.line_change.decrease, b.line_change.decrease, before);
    let increase = super::stricter(a.line_change.increase, b.line_change.increase, before);
    let value = left.value.zip(right.value).and_then(|(a, b)| difference(a, Money::new(-b.value())));
    let delta = left.delta.zip(right.delta).and_then(|(a, b)| difference(a, Money::new(-b.value())));
    let share = value.map_or(Decimal::ZERO, Money::value);
    let line_money = super::stricter(a.line_money, b.line_money, share);
    let line_change = crate::mapping::ChangeLimits { decrease, increase };
    let after = exact_sum(left.after, right.after)?;
    let week_ago = exact_sum(left.week_ago, right.week_ago)?;
    Some(Move { before, after, week_ago, value, delta, guards: LineGuards { line_change, line_money } })
}
