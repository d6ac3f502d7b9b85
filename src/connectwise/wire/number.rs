//! Numbers, exactly as their digits say. No float is ever made of them.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Unreadable;

/// Beyond this, an exponent is no quantity of anything.
const LARGEST_EXPONENT: i32 = 40;

/// A number as sent: its digits, or the same in quotes.
#[derive(Deserialize)]
#[serde(transparent)]
pub(crate) struct Number<'a> {
    #[serde(borrow)]
    source: &'a RawValue,
}

impl Number<'_> {
    /// The exact value; `None` for null and the empty string.
    pub(crate) fn decimal(&self) -> Result<Option<Decimal>, Unreadable> {
        let source = self.source.get();
        let digits = match source.strip_prefix('"') {
            None if source == "null" => return Ok(None),
            None => Cow::Borrowed(source),
            Some(_) => Cow::Owned(serde_json::from_str::<String>(source)?),
        };
        if digits.is_empty() {
            return Ok(None);
        }
        exact_decimal(&digits)
            .map(Some)
            .ok_or_else(|| Unreadable::of(format!("{} where a number belongs", super::readable(source))))
    }
}

/// The exact decimal of a number in JSON's grammar; `None` if it is no number or has no exact decimal.
fn exact_decimal(text: &str) -> Option<Decimal> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", mantissa),
    };
    let (whole, fraction) = match digits.split_once('.') {
        None => (digits, ""),
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction),
        Some(_) => return None,
    };
    if !is_digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    shifted(sign, whole, fraction.trim_end_matches('0'), exponent)
}

/// Writes the point where the exponent puts it and reads the result exactly.
fn shifted(sign: &str, whole: &str, fraction: &str, exponent: i32) -> Option<Decimal> {
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let text = match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
        Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
        Ok(_) => format!("{sign}0.{digits}"),
        Err(_) => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
    };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let value = Decimal::from_str_exact(text).ok()?;
    Some(if value.is_zero() { Decimal::ZERO } else { value.normalize() })
}

fn exponent_of(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !is_digits(digits) {
        return None;
    }
    text.parse::<i32>().ok().filter(|exponent| exponent.abs() <= LARGEST_EXPONENT)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{Number, exact_decimal};
    use proptest::prelude::{any, prop_assert_eq, proptest};
    use rust_decimal::Decimal;

    fn read(json: &str) -> Result<Option<Decimal>, ()> {
        serde_json::from_str::<Option<Number<'_>>>(json)
            .map_err(drop)
            .and_then(|number| number.map_or(Ok(None), |number| number.decimal().map_err(drop)))
    }

    fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    #[test]
    fn numbers_keep_the_digits_that_were_sent() {
        for (json, exact) in [
            ("0.1", "0.1"),
            ("12", "12"),
            ("12.0000", "12"),
            ("-3.5", "-3.5"),
            ("-0.0", "0"),
            ("\"80.25\"", "80.25"),
            ("9007199254740993", "9007199254740993"),
            ("1e3", "1000"),
            ("1.5E+2", "150"),
            ("25e-2", "0.25"),
            ("1.10e-1", "0.11"),
            ("100e-2", "1"),
            ("0e0", "0"),
            ("0.3000000000000000000000000000000000000000000", "0.3"),
        ] {
            assert_eq!(read(json), Ok(Some(decimal(exact))), "{json}");
        }
    }

    #[test]
    fn null_absent_and_empty_are_no_number_and_not_zero() {
        assert_eq!(read("null"), Ok(None));
        assert_eq!(read("\"\""), Ok(None));
    }

    #[test]
    fn what_is_no_exact_number_is_refused() {
        for json in [
            "NaN",
            "\"NaN\"",
            "\"inf\"",
            "\"1,234\"",
            "\"1.234,5\"",
            "\"0x1F\"",
            "\" 1\"",
            "\"+1\"",
            "\"1.\"",
            "\".5\"",
            "\"01\"",
            "\"1e\"",
            "\"1e400\"",
            "\"1e-400\"",
            "\"½\"",
            "\"１\"",
            "\"1_000\"",
            "true",
            "[1]",
            "{}",
            "1e309",
            "0.00000000000000000000000000000000001",
            "99999999999999999999999999999999999",
        ] {
            assert_eq!(read(json), Err(()), "{json}");
        }
    }

    proptest! {
        #[test]
        fn every_decimal_reads_back_as_itself(milli in any::<i64>(), scale in 0_u32..10) {
            let value = Decimal::new(milli, scale);

            prop_assert_eq!(exact_decimal(&value.to_string()), Some(value.normalize()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9eE.\"]{0,40}") {
            let _ = exact_decimal(&text);
        }
    }
}
