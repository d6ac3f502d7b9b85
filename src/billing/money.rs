//! Money for people to read; it is never written to ConnectWise.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Quantity;

/// An exact amount in the agreement's own currency, without trailing zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(Decimal);

impl Money {
    /// Nothing to pay. Never a stand-in for an unknown price.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The amount of an exact decimal.
    #[must_use]
    pub fn new(value: Decimal) -> Self {
        Self(value.normalize())
    }

    /// The exact decimal.
    #[must_use]
    pub fn value(self) -> Decimal {
        self.0
    }

    /// The amount as a bill shows it: to the cent, half away from zero (billing.md, Money).
    #[must_use]
    pub fn to_cents(self) -> Self {
        Self(self.0.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// The sum, or `None` where it leaves the range of an exact decimal.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self::new)
    }

    /// What a quantity costs at this price of a unit: units that are included are free, and it never falls below 0.
    /// `None` where the exact amount needs more digits than a decimal has.
    #[must_use]
    pub fn of_billed(self, quantity: Quantity, less_included: Option<Quantity>) -> Option<Self> {
        let free = less_included.unwrap_or(Quantity::ZERO);
        let billed = quantity.value().checked_sub(free.value())?.max(Decimal::ZERO).normalize();
        let mantissa = billed.mantissa().checked_mul(self.0.mantissa())?;
        let amount = Decimal::try_from_i128_with_scale(mantissa, billed.scale() + self.0.scale()).ok()?;
        Some(Self::new(amount))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Money {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Decimal::from_str_exact(text).map(Self::new)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Money {
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$" })
    }
}

#[cfg(test)]
mod tests {
    use super::Money;

    fn value(price: &str, quantity: &str, less_included: Option<&str>) -> Option<String> {
        let price: Money = price.parse().unwrap();
        let less_included = less_included.map(|text| text.parse().unwrap());
        price.of_billed(quantity.parse().unwrap(), less_included).map(|money| money.to_string())
    }

    #[test]
    fn included_units_are_free_and_the_value_never_falls_below_zero() {
        assert_eq!(value("0.75", "25", Some("20")).as_deref(), Some("3.75"));
        assert_eq!(value("0.75", "12", Some("20")).as_deref(), Some("0"));
        assert_eq!(value("0.50", "25", None).as_deref(), Some("12.5"));
    }

    #[test]
    fn the_value_is_exact_and_a_bill_shows_it_to_the_cent() {
        let exact = value("0.50", "80.25", None).unwrap();

        assert_eq!(exact, "40.125");
        assert_eq!(exact.parse::<Money>().unwrap().to_cents().to_string(), "40.13");
    }

    #[test]
    fn a_value_that_no_decimal_holds_is_unknown_and_not_rounded() {
        assert_eq!(value("0.0000000000000001", "0.0000000000000001", None), None);
        assert_eq!(value("79228162514264337593543950335", "2", None), None);
    }
}
