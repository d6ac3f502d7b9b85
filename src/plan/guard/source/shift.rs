//! Has the source changed its unit? Compares the used bytes of each account with the last good snapshot.
//!
//! Customers do not double or halve together. Where the ratio is that of two units, it says which.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use rust_decimal::{Decimal, RoundingStrategy};

use super::past::{Counted, used_bytes};
use crate::billing::Gigabyte;
use crate::problem::{Code, Problem, Reason};
use crate::usage::{AccountKind, PastSnapshot, UsageSnapshot};

/// Fewer accounts in common prove nothing.
const ENOUGH: usize = 5;

/// Ratios of units that people confuse, by size: ten, thousand, kibi, and their powers.
const UNITS: [(i64, &str); 8] = [
    (10, "10"),
    (100, "100"),
    (1_000, "1000"),
    (1_024, "1024"),
    (1_000_000, "1000000"),
    (1_048_576, "1048576"),
    (1_000_000_000, "1000000000"),
    (1_073_741_824, "1073741824"),
];

/// What the comparison gives.
pub(super) struct Shift {
    /// The hold, when the median lies outside 0.5 to 2.
    pub(super) reason: Option<Reason>,
    /// What looks like decimal gigabytes against binary ones: too small a shift to hold anything for.
    pub(super) note: Option<Problem>,
}

pub(super) fn judge(snapshot: &UsageSnapshot, past: &Counted<'_>, gigabyte: Gigabyte) -> Shift {
    let ratios = past.yardstick().map_or_else(Vec::new, |yardstick| ratios(snapshot, yardstick, gigabyte));
    if ratios.len() < ENOUGH {
        return Shift { reason: None, note: None };
    }
    let middle = (ratios.len() - 1) / 2;
    let median = ratios[middle] / Decimal::TWO + ratios[ratios.len() / 2] / Decimal::TWO;
    let outside = median < Decimal::new(5, 1) || median > Decimal::TWO;
    let reason = outside.then(|| shifted(snapshot, median, ratios.len()));
    Shift { reason, note: binary_or_decimal(snapshot, &ratios) }
}

/// Now over then, of every account in common whose used bytes are known and were not always 0; sorted.
fn ratios(snapshot: &UsageSnapshot, yardstick: &PastSnapshot, gigabyte: Gigabyte) -> Vec<Decimal> {
    let then: HashMap<&str, u64, FixedState> = yardstick
        .accounts
        .iter()
        .filter_map(|account| Some((&*account.username, account.used_bytes?)))
        .collect();
    let customers = snapshot.accounts.iter().filter(|account| account.kind == AccountKind::Account);
    let mut ratios: Vec<_> = customers
        .filter_map(|account| ratio(used_bytes(account, gigabyte)?, *then.get(&*account.username)?))
        .collect();
    ratios.sort_unstable();
    ratios
}

/// From nothing to something is more than any unit could explain, and counts as such.
fn ratio(now: u64, then: u64) -> Option<Decimal> {
    match (now, then) {
        (0, 0) => None,
        (_, 0) => Some(Decimal::from(u64::MAX)),
        (now, then) => Some(Decimal::from(now) / Decimal::from(then)),
    }
}

fn shifted(snapshot: &UsageSnapshot, median: Decimal, accounts: usize) -> Reason {
    let shown = significant(median);
    let guess =
        near_unit(median).map_or_else(String::new, |unit| format!(", near {unit}: is it another unit?"));
    let message = format!(
        "used bytes of {accounts} accounts of {} are {shown} times those of the last good snapshot{guess}",
        snapshot.source
    );
    Reason::new(Code::UnitShift, message).over("0.5 to 2", shown)
}

/// Four significant digits are enough to recognise a unit.
fn significant(ratio: Decimal) -> String {
    let shown = ratio.round_sf_with_strategy(4, RoundingStrategy::MidpointAwayFromZero);
    shown.unwrap_or(ratio).normalize().to_string()
}

/// The unit that a ratio, or its inverse, is nearest to, when it is within 5 % of one.
fn near_unit(ratio: Decimal) -> Option<String> {
    let distance = |unit: i64, ratio: Decimal| (ratio / Decimal::from(unit) - Decimal::ONE).abs();
    let within = |ratio: Decimal| {
        let near = UNITS.iter().map(|(unit, name)| (distance(*unit, ratio), *name));
        near.min().filter(|(distance, _)| *distance <= Decimal::new(5, 2)).map(|(_, name)| name)
    };
    if ratio >= Decimal::ONE {
        return within(ratio).map(str::to_owned);
    }
    let inverse = Decimal::ONE.checked_div(ratio)?;
    within(inverse).map(|name| format!("1/{name}"))
}

/// 2^30 over 10^9. It lies within the limits, so it is only told, and only when nearly all accounts agree on it.
fn binary_or_decimal(snapshot: &UsageSnapshot, ratios: &[Decimal]) -> Option<Problem> {
    let lower = ratios[ratios.len() / 4];
    let upper = ratios[ratios.len() - 1 - ratios.len() / 4];
    let factor = Decimal::new(1_073_741_824, 9);
    let near = |ratio: Decimal, unit: Decimal| (ratio / unit - Decimal::ONE).abs() <= Decimal::new(2, 3);
    let inverse = Decimal::ONE / factor;
    let unit = if near(lower, factor) && near(upper, factor) {
        "1.0737"
    } else if near(lower, inverse) && near(upper, inverse) {
        "1/1.0737"
    } else {
        return None;
    };
    let message = format!(
        "used bytes of {} are near {unit} times those of the last good snapshot: decimal or binary gigabytes?",
        snapshot.source
    );
    Some(Problem::note(Code::UnitShift, &*snapshot.source, message))
}
