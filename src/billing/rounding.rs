//! The one rounding that a contribution goes through.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Quantity, Ratio};

/// How a measured amount becomes a quantity: once, at the end (billing.md, Measures).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    /// Which way.
    pub mode: RoundingMode,
    /// How many decimals stay, 0 to 4.
    pub decimals: u32,
}

impl Rounding {
    /// Two decimals, halves up: ours, where no source decides.
    pub const DEFAULT: Self = Self { mode: RoundingMode::Nearest, decimals: 2 };

    /// The quantity of an amount, computed in whole numbers; `None` where it leaves the range of an exact decimal.
    #[must_use]
    pub fn round(self, amount: Ratio) -> Option<Quantity> {
        let steps = amount.checked_mul(10_u64.checked_pow(self.decimals)?)?;
        let below = steps.numerator().div_euclid(steps.denominator());
        let rest = steps.numerator().rem_euclid(steps.denominator());
        let goes_up = match self.mode {
            RoundingMode::Nearest => rest >= steps.denominator() - rest,
            RoundingMode::Up => rest > 0,
            RoundingMode::Down => false,
        };
        let step = below.checked_add(i128::from(goes_up))?;
        Decimal::try_from_i128_with_scale(step, self.decimals).ok().map(Quantity::new)
    }
}

/// Which way an amount between two steps goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoundingMode {
    /// To the nearer step, halves up
    Nearest,
    /// To the next step above
    Up,
    /// To the next step below
    Down,
}

#[cfg(test)]
mod tests;
