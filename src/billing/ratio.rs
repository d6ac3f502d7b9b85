//! An exact fraction, for amounts that no decimal holds: bytes over 2^30 have up to 30 decimals, a decimal 28 digits.
//!
//! Every operation is exact or gives nothing. Knows neither units nor rounding.

use rust_decimal::Decimal;

/// A fraction of two whole numbers; the lower one is above 0.
///
/// It is kept as it was computed and reduced only when it would otherwise overflow: the usual amounts never need it.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    numerator: i128,
    denominator: i128,
}

impl Ratio {
    /// Nothing.
    pub const ZERO: Self = Self { numerator: 0, denominator: 1 };

    /// The upper number.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The lower number, above 0.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The difference, or `None` where it leaves the range.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.minus(other).or_else(|| self.reduced().minus(other.reduced()))
    }

    /// So many times the amount, or `None` where it leaves the range.
    #[must_use]
    pub fn checked_mul(self, factor: u64) -> Option<Self> {
        let times = |ratio: Self| {
            let numerator = ratio.numerator.checked_mul(i128::from(factor))?;
            Some(Self { numerator, ..ratio })
        };
        times(self).or_else(|| times(self.reduced()))
    }

    /// The amount in units of that size; `None` for a size of 0 or where it leaves the range.
    #[must_use]
    pub fn checked_div(self, size: u64) -> Option<Self> {
        let over = |ratio: Self| {
            let denominator = ratio.denominator.checked_mul(i128::from(size))?;
            (denominator != 0).then_some(Self { denominator, ..ratio })
        };
        over(self).or_else(|| over(self.reduced()))
    }

    /// The amount, or nothing where it is below 0.
    #[must_use]
    pub fn not_below_zero(self) -> Self {
        if self.numerator < 0 { Self::ZERO } else { self }
    }

    /// Whether both are one amount.
    #[must_use]
    pub fn equals(self, other: Self) -> bool {
        let (one, two) = (self.reduced(), other.reduced());
        one.numerator == two.numerator && one.denominator == two.denominator
    }

    /// The amount as a decimal for people to read: exact where 28 digits suffice, and never computed with again.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        self.quotient().or_else(|| self.reduced().quotient())
    }

    fn quotient(self) -> Option<Decimal> {
        let numerator = Decimal::try_from_i128_with_scale(self.numerator, 0).ok()?;
        let denominator = Decimal::try_from_i128_with_scale(self.denominator, 0).ok()?;
        numerator.checked_div(denominator).map(|decimal| decimal.normalize())
    }

    fn minus(self, other: Self) -> Option<Self> {
        if self.denominator == other.denominator {
            return Some(Self { numerator: self.numerator.checked_sub(other.numerator)?, ..self });
        }
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        let denominator = self.denominator.checked_mul(other.denominator)?;
        Some(Self { numerator: left.checked_sub(right)?, denominator })
    }

    fn reduced(self) -> Self {
        let (mut one, mut two) = (self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        while two != 0 {
            (one, two) = (two, one % two);
        }
        // The divisor of a positive i128 fits; only i128::MIN over itself would not, and is left alone.
        match i128::try_from(one) {
            Ok(divisor) if divisor > 1 => {
                Self { numerator: self.numerator / divisor, denominator: self.denominator / divisor }
            }
            Ok(_) | Err(_) => self,
        }
    }
}

impl From<u64> for Ratio {
    fn from(whole: u64) -> Self {
        Self { numerator: i128::from(whole), denominator: 1 }
    }
}

impl From<Decimal> for Ratio {
    fn from(decimal: Decimal) -> Self {
        Self { numerator: decimal.mantissa(), denominator: 10_i128.pow(decimal.scale()) }
    }
}
