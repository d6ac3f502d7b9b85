//! The values that people write in a mapping: names, exact numbers, days, times and sizes.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::billing::{Gigabyte, Size, SizeUnit};

/// A name or sentence, kept byte for byte; never empty.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(in crate::mapping) struct Name(pub(in crate::mapping) Arc<str>);

/// An exact decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mapping) struct Exact(pub(in crate::mapping) Decimal);

/// A day such as `2026-12-15`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub(in crate::mapping) struct Day(pub(in crate::mapping) Date);

/// A time of day such as `"07:30"`. `"24:00"` is the last instant of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mapping) struct Clock(pub(in crate::mapping) Time);

/// An amount of storage with its unit, or plain bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mapping) enum WrittenSize {
    Bytes(u64),
    Units(Decimal, SizeUnit),
}

impl WrittenSize {
    /// The size, by what the policy calls a gigabyte.
    pub(in crate::mapping) fn size(self, gigabyte: Gigabyte) -> Size {
        let step: u64 = match gigabyte {
            Gigabyte::Binary => 1024,
            Gigabyte::Decimal => 1000,
        };
        let bytes = |amount: Decimal, factor: u64| {
            let bytes = u64::try_from(amount.trunc()).ok().and_then(|whole| whole.checked_mul(factor));
            Size::Bytes(bytes.expect("parsing limits amounts, and takes no fraction of these units"))
        };
        match self {
            Self::Bytes(count) => Size::Bytes(count),
            Self::Units(amount, SizeUnit::KB) => bytes(amount, step),
            Self::Units(amount, SizeUnit::MB) => bytes(amount, step * step),
            Self::Units(amount, SizeUnit::GB) => Size::Gigabytes(amount),
            Self::Units(amount, SizeUnit::TB) => Size::Gigabytes(amount * Decimal::from(step)),
        }
    }

    /// Above this an amount is a slip of the finger in any unit; it keeps the arithmetic in range too.
    const MOST: u64 = 1_000_000_000;

    fn parse(text: &str) -> Result<Self, String> {
        let end = text.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(text.len());
        let (amount, unit) = (&text[..end], &text[end..]);
        let unit = unit.strip_prefix(' ').unwrap_or(unit);
        let example = "a size is written like 20 GB, 1.5 TB, 500 MB or 21474836480";
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let (whole, fraction) = amount.split_once('.').map_or((amount, None), |(one, two)| (one, Some(two)));
        if !digits(whole) || !fraction.is_none_or(digits) {
            return Err(example.to_owned());
        }
        let unit = match (unit, fraction) {
            ("bytes", None) => {
                return amount.parse().map(Self::Bytes).map_err(|_| "the size is too large".to_owned());
            }
            ("KB", None) => SizeUnit::KB,
            ("MB", None) => SizeUnit::MB,
            ("GB", _) => SizeUnit::GB,
            ("TB", _) => SizeUnit::TB,
            ("bytes" | "KB" | "MB", Some(_)) => return Err(format!("{unit} are whole numbers; {example}")),
            (other, _) => {
                let known = ["KB", "MB", "GB", "TB", "bytes"]
                    .into_iter()
                    .find(|unit| unit.eq_ignore_ascii_case(other));
                return Err(
                    known.map_or(example.to_owned(), |unit| format!("the unit is written {unit}; {example}"))
                );
            }
        };
        let amount =
            Decimal::from_str_exact(amount).ok().filter(|amount| *amount <= Decimal::from(Self::MOST));
        amount.map(|amount| Self::Units(amount, unit)).ok_or_else(|| "the size is too large".to_owned())
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Decimal::from_str_exact(&text).map(Self).map_err(|_| D::Error::custom("this is no exact decimal"))
    }
}

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "24:00" {
            return Ok(Self(Time::MAX));
        }
        let parts = text.split_once(':').filter(|(hours, minutes)| hours.len() == 2 && minutes.len() == 2);
        let time = parts.and_then(|(hours, minutes)| {
            let digits = |part: &str| {
                part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok()).flatten()
            };
            Time::new(digits(hours)?, digits(minutes)?, 0, 0).ok()
        });
        time.map(Self)
            .ok_or_else(|| D::Error::custom("a time is written like \"07:30\", from \"00:00\" to \"24:00\""))
    }
}

impl<'de> Deserialize<'de> for WrittenSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;

        impl Visitor<'_> for SizeVisitor {
            type Value = WrittenSize;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size such as 20 GB")
            }

            fn visit_u64<E: Error>(self, bytes: u64) -> Result<WrittenSize, E> {
                Ok(WrittenSize::Bytes(bytes))
            }

            fn visit_i64<E: Error>(self, bytes: i64) -> Result<WrittenSize, E> {
                let bytes =
                    u64::try_from(bytes).map_err(|_| E::invalid_value(Unexpected::Signed(bytes), &self))?;
                Ok(WrittenSize::Bytes(bytes))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<WrittenSize, E> {
                WrittenSize::parse(text).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(SizeVisitor)
    }
}

macro_rules! inline_schema {
    ($($name:ident: $schema:tt)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

inline_schema! {
    Name: { "type": "string", "minLength": 1 }
    Exact: { "type": "number" }
    Day: { "type": "string", "format": "date" }
    Clock: { "type": "string", "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$" }
    WrittenSize: { "anyOf": [
        { "type": "string", "pattern": "^([0-9]+ ?(bytes|KB|MB)|[0-9]+(\\.[0-9]+)? ?(GB|TB))$" },
        { "type": "integer", "minimum": 0 },
    ] }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::WrittenSize;
    use crate::billing::{Gigabyte, Size};

    #[test]
    fn a_size_is_what_its_unit_and_the_policy_say() {
        let size = |text, gigabyte| WrittenSize::parse(text).map(|size| size.size(gigabyte));

        assert_eq!(size("20 GB", Gigabyte::Binary), Ok(Size::Gigabytes(Decimal::from(20))));
        assert_eq!(size("1.5TB", Gigabyte::Binary), Ok(Size::Gigabytes(Decimal::from(1536))));
        assert_eq!(size("1.5 TB", Gigabyte::Decimal), Ok(Size::Gigabytes(Decimal::from(1500))));
        assert_eq!(size("500 MB", Gigabyte::Binary), Ok(Size::Bytes(524_288_000)));
        assert_eq!(size("3 KB", Gigabyte::Decimal), Ok(Size::Bytes(3_000)));
        assert_eq!(size("7 bytes", Gigabyte::Binary), Ok(Size::Bytes(7)));
    }

    #[test]
    fn a_size_without_a_clear_unit_is_refused() {
        let texts = [
            "20",
            "20 gb",
            "20  GB",
            "GB",
            "-1 GB",
            "1,5 GB",
            "1.5 MB",
            "20 GiB",
            "9999999999 GB",
            "1.2.3 GB",
        ];

        for text in texts {
            assert!(WrittenSize::parse(text).is_err(), "{text}");
        }
    }
}
