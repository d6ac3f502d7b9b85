//! The way out of a hold: the exact YAML to commit.
//!
//! Writes a mapping document of its own, so that it can be committed as a new file. Decides no waiver: it spells them.

use std::fmt::Write;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::billing::{Money, Quantity};
use crate::problem::Code;

/// Long enough for a review, and well within the 31 days that a waiver may last.
const DAYS: i32 = 14;

/// One waiver to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Permission<'p> {
    /// A guard of one line, to one quantity.
    Line { guard: Code, company: &'p str, product: &'p str, quantity: Quantity },
    /// `run_lines`, up to so many.
    RunLines { up_to: usize },
    /// `run_money`, up to so much.
    RunMoney { up_to: Money },
    /// `unit_shift` of a source.
    UnitShift { source: &'p str },
    /// `config_shrink`, for so many rows.
    ConfigShrink { rows: usize },
    /// `history`, leaving that commit behind.
    History { commit: &'p str },
}

/// The document that gives all these permissions, from today.
pub(super) fn yaml(permissions: &[Permission<'_>], today: Date) -> String {
    let until = today.checked_add(DAYS.days()).unwrap_or(Date::MAX);
    let mut text = String::from("waivers:\n");
    for permission in permissions {
        item(&mut text, *permission);
        entry(&mut text, "reason", &quoted("say why, with the ticket"));
        entry(&mut text, "until", &until.to_string());
    }
    text
}

fn item(text: &mut String, permission: Permission<'_>) {
    match permission {
        Permission::Line { guard, company, product, quantity } => {
            head(text, guard);
            entry(text, "company", &scalar(company));
            entry(text, "product", &scalar(product));
            entry(text, "quantity", &quantity.to_string());
        }
        Permission::RunLines { up_to } => {
            head(text, Code::RunLines);
            entry(text, "up_to", &up_to.to_string());
        }
        Permission::RunMoney { up_to } => {
            head(text, Code::RunMoney);
            entry(text, "up_to", &up_to.value().ceil().normalize().to_string());
        }
        Permission::UnitShift { source } => {
            head(text, Code::UnitShift);
            entry(text, "source", &scalar(source));
        }
        Permission::ConfigShrink { rows } => {
            head(text, Code::ConfigShrink);
            entry(text, "rows", &rows.to_string());
        }
        Permission::History { commit } => {
            head(text, Code::History);
            entry(text, "commit", &quoted(commit));
        }
    }
}

fn head(text: &mut String, guard: Code) {
    writeln!(text, "  - guard: {guard}").expect("a String takes everything");
}

fn entry(text: &mut String, key: &str, value: &str) {
    writeln!(text, "    {key}: {value}").expect("a String takes everything");
}

/// A name as YAML: plain where nobody could read it as anything but a string, else quoted.
fn scalar(name: &str) -> String {
    /// What some reader of YAML takes for a boolean or nothing.
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(name));
    if plain { name.to_owned() } else { quoted(name) }
}

/// A double-quoted scalar. JSON's escapes are YAML's too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Permission, yaml};
    use crate::billing::{Money, Quantity};
    use crate::problem::Code;

    #[test]
    fn a_release_is_a_mapping_document_that_can_be_committed_as_it_is() {
        let line = Permission::Line {
            guard: Code::ToZero,
            company: "Northwind",
            product: "BKP-GB",
            quantity: Quantity::ZERO,
        };
        let money = Permission::RunMoney { up_to: Money::new("365.4".parse().unwrap()) };

        let text = yaml(&[line, money], date(2026, 11, 22));

        assert_eq!(
            text,
            "waivers:\n  \
               - guard: to_zero\n    company: Northwind\n    product: BKP-GB\n    quantity: 0\n    \
                 reason: \"say why, with the ticket\"\n    until: 2026-12-06\n  \
               - guard: run_money\n    up_to: 366\n    \
                 reason: \"say why, with the ticket\"\n    until: 2026-12-06\n"
        );
    }

    #[test]
    fn names_that_yaml_would_read_otherwise_are_quoted() {
        for name in ["1e3", "no", "A: b", "\"", "a\nb", "#1", "", "Null", "ÄÖ GmbH", "- x", "007"] {
            let text = yaml(&[Permission::UnitShift { source: name }], date(2026, 11, 22));

            let read: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
            assert_eq!(read["waivers"][0]["source"].as_str(), Some(name));
        }
    }
}
