//! What a plain scalar is: YAML 1.2 core, and a doubt wherever older readers would read something else.

/// What a plain scalar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    /// Nothing: empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// Digits, perhaps with a minus.
    Integer,
    /// Digits with a point, perhaps with a minus.
    Fraction,
    /// A number in a notation we do not take: `1_000`, `0x10`, `0o17`, `017`, `1e3`, `+5`, `.5`, `.inf`.
    OddNumber,
    /// A truth value of YAML 1.1: `yes`, `no`, `on`, `off`.
    OldBool(bool),
    /// `1:30`: a number in base 60 of YAML 1.1.
    Clock,
    /// `2026-12-15`.
    Day,
    /// A text and nothing else.
    Text,
}

/// Tells what a plain scalar says.
pub(super) fn classify(text: &str) -> Plain {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Plain::Null,
        "true" | "True" | "TRUE" => return Plain::Bool(true),
        "false" | "False" | "FALSE" => return Plain::Bool(false),
        _ => {}
    }
    if ["yes", "on", "y"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Plain::OldBool(true);
    }
    if ["no", "off", "n"].iter().any(|word| text.eq_ignore_ascii_case(word)) {
        return Plain::OldBool(false);
    }
    if text.starts_with(|sign: char| sign.is_ascii_digit() || matches!(sign, '-' | '+' | '.')) {
        return number(text);
    }
    Plain::Text
}

fn number(text: &str) -> Plain {
    let bare = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = bare.split_once('.').map_or((bare, None), |(whole, part)| (whole, Some(part)));
    let plain_whole = is_digits(whole) && (whole.len() == 1 || !whole.starts_with('0'));
    match fraction {
        None if plain_whole => Plain::Integer,
        Some(fraction) if plain_whole && is_digits(fraction) => Plain::Fraction,
        None | Some(_) if is_odd_number(text) => Plain::OddNumber,
        None | Some(_) if is_day(text) => Plain::Day,
        None | Some(_) if is_clock(bare) => Plain::Clock,
        None | Some(_) => Plain::Text,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_odd_number(text: &str) -> bool {
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text);
    let lower = bare.to_ascii_lowercase();
    if [".inf", ".nan"].contains(&lower.as_str()) {
        return true;
    }
    let radix = |mark: &str, base: u32| {
        let digits = lower.strip_prefix(mark).unwrap_or("");
        !digits.is_empty() && digits.chars().all(|sign| sign.is_digit(base) || sign == '_')
    };
    if radix("0x", 16) || radix("0o", 8) || radix("0b", 2) {
        return true;
    }
    let (mantissa, exponent) = lower.split_once('e').map_or((&*lower, None), |(one, two)| (one, Some(two)));
    let exponent = exponent.map(|part| part.strip_prefix(['-', '+']).unwrap_or(part));
    let digits = mantissa.bytes().any(|byte| byte.is_ascii_digit());
    let number = mantissa.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'));
    digits && number && mantissa.matches('.').count() <= 1 && exponent.is_none_or(is_digits)
}

fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    matches!(&parts[..], [year, month, day] if year.len() == 4
        && [month, day].iter().all(|part| matches!(part.len(), 1 | 2))
        && parts.iter().all(|part| is_digits(part)))
}

fn is_clock(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    parts.len() > 1 && parts.iter().all(|part| is_digits(part) && part.len() <= 2)
}

#[cfg(test)]
mod tests {
    use super::{Plain, classify};

    #[test]
    fn a_plain_scalar_is_what_yaml_1_2_says_or_a_doubt() {
        let cases = [
            (Plain::Null, &["", "~", "null", "NULL"][..]),
            (Plain::Bool(true), &["true", "True"]),
            (Plain::Integer, &["0", "-1", "3334", "-0", "99999999999999999999"]),
            (Plain::Fraction, &["0.40", "12.10", "-1.5"]),
            (
                Plain::OddNumber,
                &[
                    "1_000", "0x10", "0o17", "0b1", "017", "1e3", "1.5E-3", "+5", ".5", "5.", ".inf",
                    "-.INF", ".nan", "00", "1_0.5",
                ],
            ),
            (Plain::OldBool(false), &["no", "NO", "off", "n"]),
            (Plain::OldBool(true), &["yes", "On", "Y"]),
            (Plain::Clock, &["1:30", "00:00", "12:30:45", "-1:30"]),
            (Plain::Day, &["2026-12-15", "2026-1-5"]),
            (
                Plain::Text,
                &[
                    "Gold",
                    "20 GB",
                    "20g Monthly",
                    "1.2.3",
                    "-",
                    "...",
                    "1-2",
                    "(All plans)",
                    "nope",
                    "e3",
                    "_1",
                    "2026-12-15T00:00:00Z",
                ],
            ),
        ];

        for (expected, texts) in cases {
            for text in texts {
                assert_eq!(classify(text), expected, "{text}");
            }
        }
    }
}
