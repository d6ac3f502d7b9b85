//! The number, step by step: bytes used, base subtracted, units, rounded once, added up; and where each step stands.

use std::io::{self, Write};

use rust_decimal::Decimal;

use super::heading;
use crate::billing::{Gigabyte, Quantity, RoundingMode, SizeUnit};
use crate::desired::{Derivation, LinkedBy};
use crate::mapping::{Catalog, Policy, Row, Subject, Table, UsageValue};
use crate::plan::Line;
use crate::plan::words::{counted, grouped};
use crate::problem::{Code, Color, Place, printable};

/// More decimals than this tell a reader nothing.
const DECIMALS: u32 = 6;

pub(super) fn write(
    line: &Line<'_>,
    catalog: &Catalog,
    color: Color,
    out: &mut impl Write,
) -> io::Result<()> {
    heading("How the number comes about", color, out)?;
    if line.derivation.is_empty() {
        writeln!(out, "  no account wants the line")?;
    }
    for derivation in &line.derivation {
        write_contribution(derivation, catalog, out)?;
    }
    if let [_, _, ..] = line.derivation.as_slice() {
        writeln!(out, "  added up: {}", sum(&line.derivation))?;
    }
    write_pins(line, catalog, out)
}

fn write_contribution(
    derivation: &Derivation<'_>,
    catalog: &Catalog,
    out: &mut impl Write,
) -> io::Result<()> {
    let (account, source) = (printable(derivation.account), printable(derivation.source));
    writeln!(out, "  account {account} of {source}, {}", printable(derivation.vendor_type))?;
    for step in steps(derivation, catalog.policy.gigabyte) {
        writeln!(out, "    {step}")?;
    }
    writeln!(out, "    row              {}", printable(&row_words(derivation)))?;
    writeln!(out, "    cross-reference  {}", printable(&cross_reference(derivation, catalog)))?;
    writeln!(out, "    link             {}", printable(&link(derivation, catalog)))
}

/// The steps from what was measured to the contribution.
fn steps(derivation: &Derivation<'_>, gigabyte: Gigabyte) -> Vec<String> {
    let mut steps = match (derivation.used_bytes, derivation.measured) {
        (None, None) => return vec!["not known: the source did not say it".to_owned()],
        (Some(bytes), _) => bytes_steps(derivation, bytes, unit(derivation.row), gigabyte),
        (None, Some(measured)) => count_steps(measured, derivation.included),
    };
    steps.extend(rounded(derivation));
    steps
}

fn bytes_steps(
    derivation: &Derivation<'_>,
    used: Decimal,
    unit: SizeUnit,
    gigabyte: Gigabyte,
) -> Vec<String> {
    let mut steps = vec![format!("{} bytes used", grouped(used))];
    match (derivation.usage_value, derivation.base_bytes) {
        (Some(UsageValue::Additional), Some(base)) => {
            steps.push(format!("- {} bytes, the plan's base size", grouped(base)));
            steps.push(match used.checked_sub(base) {
                Some(over) if over < Decimal::ZERO => "= 0 bytes of additional usage, never less".to_owned(),
                Some(over) => format!("= {} bytes of additional usage", grouped(over)),
                None => "= ? bytes of additional usage".to_owned(),
            });
        }
        (Some(UsageValue::Additional), None) if derivation.measured == Some(Decimal::ZERO) => {
            steps.push("the plan's base is unlimited, so nothing is additional".to_owned());
            return steps;
        }
        (Some(UsageValue::Additional), None) => {
            steps.push("- the plan's base size, which is not known".to_owned());
        }
        (Some(UsageValue::Total) | None, _) => {}
    }
    let (name, size) = (unit_name(unit), Decimal::from(unit.bytes(gigabyte)));
    if let Some(included) = derivation.included.filter(|included| !included.is_zero()) {
        steps.push(format!("- {} {name} included", grouped(included.normalize())));
    }
    if let Some(measured) = derivation.measured {
        steps.push(format!("= {} {name}, {} bytes each", short(measured), grouped(size)));
    }
    steps
}

fn count_steps(measured: Decimal, included: Option<Decimal>) -> Vec<String> {
    match included.filter(|included| !included.is_zero()) {
        None => vec![format!("{} counted", short(measured))],
        Some(included) => {
            vec![format!("{} counted above the {} included", short(measured), grouped(included.normalize()))]
        }
    }
}

/// The one rounding. A count is whole and says nothing about it.
fn rounded(derivation: &Derivation<'_>) -> Option<String> {
    let Some(rounded) = derivation.rounded else { return Some("= not known".to_owned()) };
    let is_exact = derivation.measured.is_some_and(|measured| Quantity::new(measured) == rounded);
    if is_exact && derivation.used_bytes.is_none() {
        return None;
    }
    let how = derivation.row.map_or_else(String::new, |row| {
        let way = match row.rounding.mode {
            RoundingMode::Nearest => "nearest",
            RoundingMode::Up => "up",
            RoundingMode::Down => "down",
        };
        let decimals = usize::try_from(row.rounding.decimals).unwrap_or(usize::MAX);
        format!(": {way}, {}", counted(decimals, "decimal", "decimals"))
    });
    Some(format!("= {}, rounded once{how}", grouped(rounded.value())))
}

/// The unit of bytes: a backup row counts gigabytes.
fn unit(row: Option<&Row>) -> SizeUnit {
    match row.map(|row| &row.subject) {
        Some(Subject::Metered { unit: Some(unit), .. }) => *unit,
        Some(Subject::Metered { unit: None, .. } | Subject::Plan { .. } | Subject::Seats { .. }) | None => {
            SizeUnit::GB
        }
    }
}

fn unit_name(unit: SizeUnit) -> &'static str {
    match unit {
        SizeUnit::KB => "KB",
        SizeUnit::MB => "MB",
        SizeUnit::GB => "GB",
        SizeUnit::TB => "TB",
    }
}

/// An amount that is long is shown as about what it is: the exact one is in the JSON document.
fn short(amount: Decimal) -> String {
    let rounded = amount.round_dp(DECIMALS).normalize();
    let about = if rounded == amount { "" } else { "about " };
    format!("{about}{}", grouped(rounded))
}

fn sum(derivations: &[Derivation<'_>]) -> String {
    let shown = |derivation: &Derivation<'_>| {
        derivation.rounded.map_or_else(|| "?".to_owned(), |rounded| grouped(rounded.value()))
    };
    let parts: Vec<_> = derivations.iter().map(shown).collect();
    let total = derivations
        .iter()
        .try_fold(Quantity::ZERO, |total, derivation| total.checked_add(derivation.rounded?))
        .map_or_else(|| "?".to_owned(), |total| grouped(total.value()));
    format!("{} = {total}", parts.join(" + "))
}

fn row_words(derivation: &Derivation<'_>) -> String {
    let mapping = derivation.mapping;
    let plan = derivation.plan.map_or_else(String::new, |plan| format!(", {plan}"));
    let value = match derivation.usage_value {
        Some(UsageValue::Total) => ", total usage",
        Some(UsageValue::Additional) => ", additional usage",
        None => "",
    };
    format!("{}:{}{plan}{value}, level {}", mapping.file, mapping.line, derivation.level)
}

fn cross_reference(derivation: &Derivation<'_>, catalog: &Catalog) -> String {
    if let Some(number) = derivation.cross_reference {
        let table = match derivation.row.map(|row| &row.table) {
            Some(Table::Integration(name)) => format!(" of {name}"),
            Some(Table::Git) | None => String::new(),
        };
        return format!("number {number}{table} in ConnectWise");
    }
    let declared = catalog.cross_references.iter().find(|declared| {
        *declared.source == *derivation.source
            && *declared.vendor_type == *derivation.vendor_type
            && *declared.level == *derivation.level
    });
    declared.map_or_else(|| "declared in the mappings".to_owned(), |declared| place(&declared.place))
}

fn link(derivation: &Derivation<'_>, catalog: &Catalog) -> String {
    match derivation.link {
        LinkedBy::CustomField => custom_field(&catalog.policy),
        LinkedBy::CompanyIdentifier => "the Company ID is the username".to_owned(),
        LinkedBy::Explicit => {
            let link = catalog
                .links
                .iter()
                .find(|link| *link.account == *derivation.account && *link.source == *derivation.source);
            link.map_or_else(|| "in the mappings".to_owned(), |link| place(&link.place))
        }
    }
}

fn custom_field(policy: &Policy) -> String {
    match &policy.link.custom_field {
        Some(caption) => format!("the company's custom field {caption} is the username"),
        None => "a custom field of the company is the username".to_owned(),
    }
}

fn place(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

/// The pins that stand for the line, where one decides.
fn write_pins(line: &Line<'_>, catalog: &Catalog, out: &mut impl Write) -> io::Result<()> {
    if !line.notes.contains(&Code::Pinned) {
        return Ok(());
    }
    let pins = catalog
        .pins
        .iter()
        .filter(|pin| *pin.company == *line.company.identifier && *pin.product == *line.product.identifier);
    for pin in pins {
        let (quantity, at) = (grouped(pin.quantity.value()), place(&pin.place));
        writeln!(
            out,
            "  pinned to {quantity} until {} by {}: {}",
            pin.until,
            printable(&at),
            printable(&pin.reason)
        )?;
    }
    Ok(())
}
