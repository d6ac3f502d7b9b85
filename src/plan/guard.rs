//! The guards: limits that turn changes into holds (writes.md, Guards).
//!
//! Decides how big a change may be. Knows neither where the numbers come from nor how a hold is shown; whether a
//! waiver lets a tripped guard pass is asked of the waivers.

pub(super) mod line;
pub(super) mod run;
pub(super) mod sister;
pub(super) mod source;
pub(super) mod tenant;

use rust_decimal::Decimal;

use super::money::exact_product;
use crate::billing::{Money, Quantity};
use crate::mapping::{Limit, LineGuards};

/// A line that would change and that nothing holds for good, with what the guards need to know of it.
#[derive(Debug)]
pub(super) struct Change<'a> {
    /// Where it stands in the plan.
    pub(super) index: usize,
    /// What it bills now; 0 where it is to be created.
    pub(super) before: Quantity,
    /// What it should bill.
    pub(super) after: Quantity,
    /// Whether there is an addition yet.
    pub(super) kind: Kind,
    /// Its monthly value now.
    pub(super) value: Option<Money>,
    /// What the change adds to that.
    pub(super) delta: Option<Money>,
    /// What it billed 7 days ago, by our own writes.
    pub(super) week_ago: Quantity,
    /// Its limits.
    pub(super) guards: LineGuards,
    /// The finest number that is sane for it, in decimals.
    pub(super) scale: u32,
    /// Whether it goes to zero because its accounts were resolved to other lines.
    pub(super) role: Role,
    /// Whether `additional` fell to 0 while the account still uses bytes.
    pub(super) zero: Zero,
    /// The types that reach it.
    pub(super) types: Vec<&'a str>,
    /// The sources it depends on.
    pub(super) sources: Vec<&'a str>,
    /// The sister group it is guarded with.
    pub(super) group: Option<usize>,
}

/// Whether a change writes on an addition or makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Update,
    Create,
}

/// What a change is to its sisters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Wanted by an account's own figures: it may take over from a falling sister.
    Wanted,
    /// Its accounts were resolved to other lines.
    Falling,
    /// Neither: pinned, cancelled or absent.
    Alone,
}

/// What a fall to 0 means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zero {
    /// Every contribution is `additional` usage within the plan, and the account still uses bytes.
    WithinPlan,
    /// Anything else: somebody has to say so.
    Unexplained,
}

/// `max(floor, percent of before)`, rounded up to a whole unit. `None` where that is no exact decimal: the guard trips.
pub(super) fn limit(limit: Limit, before: Decimal) -> Option<Decimal> {
    let percent = exact_product(limit.percent, Decimal::new(1, 2))?;
    let share = exact_product(before.abs(), percent)?;
    Some(limit.floor.max(share).ceil())
}

/// The stricter of two limits, for a value.
pub(super) fn stricter(left: Limit, right: Limit, before: Decimal) -> Limit {
    match (limit(left, before), limit(right, before)) {
        (Some(a), Some(b)) if a <= b => left,
        (Some(_), Some(_)) | (Some(_), None) => right,
        (None, _) => left,
    }
}

/// A signed number with its sign, for `actual`.
pub(super) fn signed(value: Decimal) -> String {
    let value = value.normalize();
    if value.is_sign_positive() && !value.is_zero() { format!("+{value}") } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, proptest};
    use rust_decimal::Decimal;

    use super::{limit, signed};
    use crate::mapping::Limit;

    fn of(floor: i64, percent: i64, before: &str) -> Option<Decimal> {
        let limits = Limit { floor: Decimal::from(floor), percent: Decimal::from(percent) };
        limit(limits, before.parse().unwrap())
    }

    #[test]
    fn a_limit_is_the_floor_or_the_share_whichever_is_more_rounded_up() {
        assert_eq!(of(2, 20, "3"), Some(Decimal::from(2)));
        assert_eq!(of(2, 20, "14"), Some(Decimal::from(3)));
        assert_eq!(of(2, 20, "100"), Some(Decimal::from(20)));
        assert_eq!(of(2, 20, "100.01"), Some(Decimal::from(21)));
    }

    #[test]
    fn a_limit_that_no_decimal_holds_lets_nothing_pass() {
        assert_eq!(of(2, 200, "79228162514264337593543950335"), None);
    }

    #[test]
    fn a_change_is_shown_with_its_sign() {
        assert_eq!(
            [signed(Decimal::from(4)), signed(Decimal::from(-9)), signed(Decimal::ZERO)],
            ["+4", "-9", "0"]
        );
    }

    proptest! {
        #[test]
        fn no_line_is_so_small_that_it_may_not_move_by_the_floor(floor in 0..50_i64, before in any::<u32>()) {
            let before = Decimal::from(before).to_string();

            prop_assert!(of(floor, 20, &before) >= Some(Decimal::from(floor)));
        }
    }
}
