//! What one account's figure comes to on one row (Measures): subtract in bytes, convert, round once at the end.
//!
//! What was not observed is in doubt, never zero. Knows neither companies nor lines.

use rust_decimal::Decimal;

use crate::billing::{Gigabyte, Quantity, Ratio, Rounding, Size, SizeUnit};
use crate::mapping::{Row, SeatCount, Subject, UsageValue};
use crate::usage::{Account, Base, Measured, Metric};

use super::doubt::Doubt;
use super::level::Entry;
use super::rows::is_purchase;

/// A figure and how it came about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measurement {
    /// Used bytes, where bytes are counted.
    pub(super) used_bytes: Option<Decimal>,
    /// The base plan size, where it was subtracted.
    pub(super) base_bytes: Option<Decimal>,
    /// What is free, on metered rows.
    pub(super) included: Option<Decimal>,
    /// The amount before rounding.
    pub(super) measured: Option<Decimal>,
    /// The contribution; `None` when it is in doubt.
    pub(super) rounded: Option<Quantity>,
    /// How many decimals the contribution may have.
    pub(super) decimals: u32,
    /// Why it is in doubt.
    pub(super) doubt: Option<Doubt>,
}

impl Measurement {
    /// Whether something was surely used.
    pub(super) fn is_positive(&self) -> bool {
        self.rounded.is_some_and(|quantity| !quantity.is_zero())
    }

    fn in_doubt(doubt: Doubt) -> Self {
        Self { doubt: Some(doubt), ..Self::default() }
    }

    fn count(count: Option<u64>) -> Self {
        match count {
            Some(count) => {
                let quantity = Quantity::from(count);
                Self { measured: Some(quantity.value()), rounded: Some(quantity), ..Self::default() }
            }
            None => Self::in_doubt(Doubt::Unmeasured),
        }
    }

    /// An amount that no decimal holds is no quantity that anyone could bill.
    fn rounded(self, amount: Option<Ratio>, rounding: Rounding) -> Self {
        let rounded = amount.and_then(|amount| rounding.round(amount));
        Self {
            measured: amount.and_then(Ratio::to_decimal),
            rounded,
            decimals: rounding.decimals,
            doubt: rounded.is_none().then_some(Doubt::TooLarge),
            ..self
        }
    }
}

/// What an account's figure comes to for a backup row's type.
pub(super) fn of_plan(
    account: &Account,
    row: &Row,
    usage_value: UsageValue,
    entry: &Entry<'_>,
    gigabyte: Gigabyte,
) -> Measurement {
    match (&entry.metric, metric(account, &entry.metric)) {
        (Metric::BackupUsage, Some(Measured::Size(used))) => {
            gigabytes(account, used, row.rounding, usage_value, gigabyte)
        }
        (Metric::BackupUsage, Some(Measured::Count(_)) | None) => Measurement::in_doubt(Doubt::Unmeasured),
        (_, Some(Measured::Count(count))) => Measurement::count(Some(count)),
        (_, Some(Measured::Size(_)) | None) => Measurement::count(None),
    }
}

/// What an account's figure comes to on a seat or metered row; a backup row has one figure a type.
pub(super) fn of_row(account: &Account, row: &Row, gigabyte: Gigabyte) -> Measurement {
    match &row.subject {
        Subject::Plan { .. } => Measurement::in_doubt(Doubt::Unmeasured),
        Subject::Seats { count, .. } => seats(account, row, *count),
        Subject::Metered { metric: name, unit, included, .. } => {
            let found = account.metrics.iter().find(|(metric, _)| metric.as_str() == &**name);
            let measured = found.map(|(_, measured)| *measured);
            let free = Measurement { included: Some(*included), ..Measurement::default() };
            match unit {
                Some(unit) => metered_bytes(free, measured, *unit, *included, row.rounding, gigabyte),
                None => metered_count(free, measured, *included, row.rounding),
            }
        }
    }
}

/// What the source said of a metric.
pub(super) fn metric(account: &Account, metric: &Metric) -> Option<Measured> {
    account.metrics.iter().find(|(of, _)| of == metric).map(|(_, measured)| *measured)
}

/// Whether nothing was used.
pub(super) fn is_zero(measured: Measured) -> bool {
    match measured {
        Measured::Size(size) => size.is_zero(),
        Measured::Count(count) => count == 0,
    }
}

fn gigabytes(
    account: &Account,
    used: Size,
    rounding: Rounding,
    usage_value: UsageValue,
    gigabyte: Gigabyte,
) -> Measurement {
    let used_bytes = bytes_to_read(used, gigabyte);
    let shown = Measurement { used_bytes, ..Measurement::default() };
    let gigabytes = |bytes: Ratio| bytes.checked_div(gigabyte.bytes());
    let used = used.exact_bytes(gigabyte);
    let base = match usage_value {
        UsageValue::Total => return shown.rounded(used.and_then(gigabytes), rounding),
        UsageValue::Additional => account.plan.as_ref().map_or(Base::Unknown, |plan| plan.base),
    };
    match base {
        Base::Unknown => {
            Measurement { decimals: rounding.decimals, doubt: Some(Doubt::UnknownBase), ..shown }
        }
        Base::Unlimited => shown.rounded(Some(Ratio::ZERO), rounding),
        Base::Size(base) => {
            let base_bytes = bytes_to_read(base, gigabyte);
            let over = used.zip(base.exact_bytes(gigabyte)).and_then(|(used, base)| used.checked_sub(base));
            let over = over.map(Ratio::not_below_zero).and_then(gigabytes);
            Measurement { base_bytes, ..shown }.rounded(over, rounding)
        }
    }
}

fn bytes_to_read(size: Size, gigabyte: Gigabyte) -> Option<Decimal> {
    size.bytes(gigabyte).map(|bytes| bytes.normalize())
}

/// Two purchases that fit one row are as good as none: neither is chosen.
fn seats(account: &Account, row: &Row, count: SeatCount) -> Measurement {
    let mut purchases = account.seats.iter().filter(|seat| is_purchase(row, seat));
    let (Some(seat), None) = (purchases.next(), purchases.next()) else {
        return Measurement::in_doubt(Doubt::Unmeasured);
    };
    Measurement::count(match count {
        SeatCount::Used => seat.used,
        SeatCount::Bought => seat.bought,
    })
}

/// Sources that know only whole numbers give bytes as a count.
fn metered_bytes(
    free: Measurement,
    measured: Option<Measured>,
    unit: SizeUnit,
    included: Decimal,
    rounding: Rounding,
    gigabyte: Gigabyte,
) -> Measurement {
    let size = match measured {
        Some(Measured::Size(size)) => size,
        Some(Measured::Count(bytes)) => Size::Bytes(bytes),
        None => return Measurement { doubt: Some(Doubt::Unmeasured), ..free },
    };
    let units = size.exact_bytes(gigabyte).and_then(|bytes| bytes.checked_div(unit.bytes(gigabyte)));
    let over = units.and_then(|units| units.checked_sub(included.into())).map(Ratio::not_below_zero);
    Measurement { used_bytes: bytes_to_read(size, gigabyte), ..free }.rounded(over, rounding)
}

/// A count stays whole unless a fraction of a thing is included.
fn metered_count(
    free: Measurement,
    measured: Option<Measured>,
    included: Decimal,
    rounding: Rounding,
) -> Measurement {
    let Some(Measured::Count(count)) = measured else {
        return Measurement { doubt: Some(Doubt::Unmeasured), ..free };
    };
    let whole = included.normalize().scale() == 0;
    let rounding = Rounding { decimals: if whole { 0 } else { rounding.decimals }, ..rounding };
    let over = Ratio::from(count).checked_sub(included.into()).map(Ratio::not_below_zero);
    free.rounded(over, rounding)
}
