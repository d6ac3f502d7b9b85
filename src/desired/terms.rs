//! The terms by which a quantity was computed, as a text: when they differ, the mapping changed; else the usage did.
//!
//! Stable under moves of files and lines, and free of figures.

use std::collections::BTreeSet;
use std::fmt::Write;

use rust_decimal::Decimal;

use crate::billing::{Gigabyte, RoundingMode, SizeUnit};
use crate::mapping::{PlanSelector, Row, SeatCount, Service, Subject, UsageValue};

use super::line::Derivation;

/// The terms of a line's derivation: one part for each type and row, sorted, each once. Empty when nobody wants it.
#[must_use]
pub fn terms(derivation: &[Derivation<'_>], gigabyte: Gigabyte) -> String {
    let parts: BTreeSet<String> = derivation.iter().map(|claim| part(claim, gigabyte)).collect();
    parts.into_iter().collect::<Vec<String>>().join("; ")
}

/// The types that a text of terms names, sorted, each once.
pub(super) fn types_in(terms: &str) -> Vec<&str> {
    let quoted = terms.split("; ").filter_map(|part| part.strip_prefix("type=\""));
    let types: BTreeSet<&str> =
        quoted.filter_map(|rest| rest.split_once('"')).map(|(name, _)| name).collect();
    types.into_iter().collect()
}

fn part(claim: &Derivation<'_>, gigabyte: Gigabyte) -> String {
    let mut text = format!("type={} level={}", quoted(claim.vendor_type), quoted(claim.level));
    let Some(row) = claim.row else { return text };
    let counts_bytes = match &row.subject {
        Subject::Plan { plan, usage_value, .. } => {
            let selector = match plan {
                PlanSelector::All => "all".to_owned(),
                PlanSelector::Named(name) => quoted(name),
            };
            push(&mut text, format_args!(" plan={selector}"));
            if claim.usage_value.is_some() {
                push(&mut text, format_args!(" usage_value={}", usage_value_word(*usage_value)));
            }
            claim.usage_value.is_some()
        }
        Subject::Seats { service, option, unique_id, count, .. } => {
            let id = unique_id.as_deref().map(quoted).unwrap_or_default();
            push(&mut text, format_args!(" service={} option={}", service_word(*service), quoted(option)));
            push(&mut text, format_args!(" unique_id={id} count={}", count_word(*count)));
            false
        }
        Subject::Metered { metric, unit, included, .. } => {
            push(&mut text, format_args!(" metric={} included={}", quoted(metric), included.normalize()));
            if let Some(unit) = unit {
                push(&mut text, format_args!(" unit={}", unit_word(*unit)));
            }
            unit.is_some() || !is_whole(*included)
        }
    };
    if counts_bytes {
        push(
            &mut text,
            format_args!(" rounding={} gigabyte={}", rounding_words(row), gigabyte_word(gigabyte)),
        );
    }
    text
}

fn push(text: &mut String, words: std::fmt::Arguments<'_>) {
    text.write_fmt(words).expect("writing to a string cannot fail");
}

/// A name that cannot run into the next one.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn is_whole(included: Decimal) -> bool {
    included.normalize().scale() == 0
}

fn rounding_words(row: &Row) -> String {
    let mode = match row.rounding.mode {
        RoundingMode::Nearest => "nearest",
        RoundingMode::Up => "up",
        RoundingMode::Down => "down",
    };
    format!("{mode}/{}", row.rounding.decimals)
}

fn gigabyte_word(gigabyte: Gigabyte) -> &'static str {
    match gigabyte {
        Gigabyte::Binary => "binary",
        Gigabyte::Decimal => "decimal",
    }
}

fn usage_value_word(usage_value: UsageValue) -> &'static str {
    match usage_value {
        UsageValue::Total => "total",
        UsageValue::Additional => "additional",
    }
}

fn count_word(count: SeatCount) -> &'static str {
    match count {
        SeatCount::Used => "used",
        SeatCount::Bought => "bought",
    }
}

fn unit_word(unit: SizeUnit) -> &'static str {
    match unit {
        SizeUnit::KB => "KB",
        SizeUnit::MB => "MB",
        SizeUnit::GB => "GB",
        SizeUnit::TB => "TB",
    }
}

pub(super) fn service_word(service: Service) -> &'static str {
    match service {
        Service::IntronisBackupPlan => "intronis_backup_plan",
        Service::EssentialsService => "essentials_service",
        Service::ContentShieldPlusServices => "content_shield_plus_services",
        Service::Metered => "metered",
    }
}
