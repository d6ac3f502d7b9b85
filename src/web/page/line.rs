//! One line: what it bills, how its number comes about, what holds it, and what was written on it before.
//!
//! The explanation is that of `trueup explain`, in sections.

use askama::Template;

use super::chart::{self, Chart};
use super::plan::{badge, href};
use super::run::{Write, write};
use super::words::{Badge, query_value, shown};
use super::{Frame, LONGEST_NAME};
use crate::journal::{HistoryEntry, HistoryFilter, Journal};
use crate::plan::words::{current, desired, signed_money, why};
use crate::plan::{Explanation, Line, Plan, write_explanation};
use crate::problem::Color;
use crate::reconciler::standing::{Planned, Standing};
use crate::web::login::Visitor;
use crate::web::routes::Site;

/// The newest writes that are listed.
const WRITES: usize = 100;

/// How a line is named in an address.
pub(super) struct Name<'n> {
    pub(super) company: &'n str,
    pub(super) product: &'n str,
    pub(super) agreement: Option<i64>,
}

/// The agreement of a query.
pub(super) fn agreement(query: &str) -> Option<i64> {
    query_value(query, "agreement").parse().ok()
}

/// The page of a line.
#[derive(Template)]
#[template(path = "line.html", config = "src/web/askama.toml")]
pub(super) struct LinePage {
    frame: Frame,
    company: String,
    company_name: Option<String>,
    product: String,
    agreement: String,
    badge: Badge,
    now: String,
    desired: String,
    money: String,
    why: String,
    sections: Vec<Section>,
    chart: Option<Chart>,
    writes: Vec<Write>,
    others: Vec<Other>,
}

/// A part of the explanation.
struct Section {
    title: String,
    text: String,
}

/// Another line of the same company and product.
struct Other {
    agreement: String,
    href: String,
}

/// The page, when the plan has such a line.
pub(super) fn page(site: &Site, visitor: &Visitor, standing: &Standing, name: &Name<'_>) -> Option<LinePage> {
    if name.company.len().max(name.product.len()) > LONGEST_NAME {
        return None;
    }
    let planned = standing.planned.as_deref()?;
    let plan = planned.plan();
    let of_name =
        |line: &&Line<'_>| line.company.identifier == name.company && line.product.identifier == name.product;
    let found: Vec<&Line<'_>> = plan.lines.iter().filter(of_name).collect();
    let fits = |line: &&&Line<'_>| name.agreement.is_none_or(|agreement| line.agreement.id.0 == agreement);
    let line = *found.iter().find(fits)?;
    let others = found.iter().filter(|other| other.key() != line.key()).map(|other| Other {
        agreement: shown(other.agreement.name),
        href: href(other, &plan, &standing.tenant),
    });
    let written = written(site, standing, line);
    let now = (site.clock)();
    let (company, product) = (line.company.identifier, line.product.identifier);
    Some(LinePage {
        frame: Frame::new(shown(&format!("{company}/{product}")), visitor)
            .of(standing)
            .at(shown(&format!("{company} / {product}"))),
        company: shown(company),
        company_name: (line.company.name != company).then(|| shown(line.company.name)),
        product: shown(product),
        agreement: shown(line.agreement.name),
        badge: badge(line),
        now: current(line),
        desired: desired(line),
        money: line.monthly_delta.map_or_else(|| "unknown".to_owned(), |delta| signed_money(delta, '−')),
        why: shown(&why(line)),
        sections: sections(&explanation(line, &plan, planned)),
        chart: chart::of(&written, line.current, now),
        writes: written.iter().rev().take(WRITES).map(|entry| write(entry, &standing.tenant, now)).collect(),
        others: others.collect(),
    })
}

/// What was written on the line, oldest first. Without a journal that is nothing.
fn written(site: &Site, standing: &Standing, line: &Line<'_>) -> Vec<HistoryEntry> {
    let Ok(Some(reader)) = Journal::read(&site.journal) else { return Vec::new() };
    let filter = HistoryFilter {
        company: Some(line.company.identifier),
        product: Some(line.product.identifier),
        ..HistoryFilter::default()
    };
    let mut entries = reader.history(&standing.tenant, filter).unwrap_or_default();
    entries.retain(|entry| entry.intent.line == line.key());
    entries
}

fn explanation(line: &Line<'_>, plan: &Plan<'_>, planned: &Planned) -> String {
    let catalog = &planned.observation.local.mappings.catalog;
    let explanation = Explanation { line, plan, catalog, past: &[] };
    let mut text = Vec::new();
    match write_explanation(&explanation, Color::Never, &mut text) {
        Ok(()) => String::from_utf8_lossy(&text).into_owned(),
        Err(_) => String::new(),
    }
}

/// The explanation taken apart at its headings, which alone stand at the margin. The first one names the line, and the
/// history has a table of its own.
fn sections(explanation: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in explanation.lines() {
        if !line.is_empty() && !line.starts_with(' ') {
            let title = if sections.is_empty() { "The line" } else { line };
            sections.push(Section { title: title.to_owned(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line.strip_prefix("  ").unwrap_or(line));
            section.text.push('\n');
        }
    }
    sections.retain(|section| section.title != "History");
    for section in &mut sections {
        section.text = section.text.trim_end().trim_start_matches('\n').to_owned();
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn an_explanation_is_taken_apart_at_its_headings() {
        let text = "Acme/BKP\n  company  Acme\n\nHeld by\n  to_zero: x\n\nTo release it\n\n    waivers:\n      - a\n\nHistory\n  never\n";

        let parts: Vec<_> = sections(text).into_iter().map(|section| (section.title, section.text)).collect();

        let pair = |title: &str, text: &str| (title.to_owned(), text.to_owned());
        assert_eq!(
            parts,
            [
                pair("The line", "company  Acme"),
                pair("Held by", "to_zero: x"),
                pair("To release it", "  waivers:\n    - a"),
            ]
        );
    }
}
