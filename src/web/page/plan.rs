//! The plan as a table: held lines first, then what changes, by the words of the plan's other renderings.
//!
//! A plan can have a million lines and a page a few hundred rows; the rest is a filter or a page away.

use super::words::{Badge, encoded, query_value, shown, tenant_href};
use crate::plan::words::{
    current, dangerous_first, desired, grouped, sign, signed_money, total_held, total_now, why,
};
use crate::plan::{Line, Plan, Verdict};

/// As many rows as somebody reads, and a browser shows at once.
const ROWS: usize = 200;

/// What somebody wants to see of the plan.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    company: String,
    shows_kept: bool,
    /// From 0.
    page: usize,
}

impl Wanted {
    /// Reads a query. Whatever else stands there is ignored.
    pub(super) fn parse(query: &str) -> Self {
        let page: usize = query_value(query, "page").parse().unwrap_or(1);
        Self {
            company: query_value(query, "company").trim().to_owned(),
            shows_kept: query_value(query, "kept") == "1",
            page: page.clamp(1, 1_000_000) - 1,
        }
    }

    fn fits(&self, line: &Line<'_>) -> bool {
        let wanted = self.company.to_lowercase();
        let is_asked_for = wanted.is_empty()
            || line.company.identifier.to_lowercase().contains(&wanted)
            || line.company.name.to_lowercase().contains(&wanted);
        is_asked_for && (self.shows_kept || line.verdict != Verdict::Keep)
    }

    fn href(&self, tenant: &str, page: usize) -> String {
        let kept = if self.shows_kept { "&kept=1" } else { "" };
        let company = encoded(&self.company);
        format!("{}?company={company}{kept}&page={}#plan", tenant_href(tenant), page + 1)
    }
}

/// The table and what stands around it.
pub(super) struct PlanView {
    pub(super) rows: Vec<Row>,
    pub(super) company: String,
    pub(super) shows_kept: bool,
    /// Such as `1 to 200 of 1,340`; empty where all are shown.
    pub(super) shown: String,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
    pub(super) now_total: String,
    pub(super) held_total: String,
    pub(super) has_held: bool,
    pub(super) has_changes: bool,
    /// What to say where there are no rows.
    pub(super) empty: &'static str,
}

/// One row.
pub(super) struct Row {
    pub(super) badge: Badge,
    pub(super) company: String,
    pub(super) company_name: Option<String>,
    pub(super) product: String,
    pub(super) agreement: String,
    pub(super) href: String,
    pub(super) now: String,
    pub(super) desired: String,
    pub(super) money: String,
    pub(super) why: String,
    pub(super) releases: Vec<String>,
}

pub(super) fn view(plan: &Plan<'_>, tenant: &str, wanted: &Wanted) -> PlanView {
    let lines = dangerous_first(plan.lines.iter().filter(|line| wanted.fits(line)));
    let last = lines.len().saturating_sub(1) / ROWS;
    let page = wanted.page.min(last);
    let from = page * ROWS;
    let to = lines.len().min(from + ROWS);
    let number = |count: usize| grouped(count.into());
    let has = |verdicts: &[Verdict]| plan.lines.iter().any(|line| verdicts.contains(&line.verdict));
    PlanView {
        rows: lines[from..to].iter().map(|line| row(line, plan, tenant)).collect(),
        company: shown(&wanted.company),
        shows_kept: wanted.shows_kept,
        shown: match last {
            0 => String::new(),
            _ => format!("{} to {} of {}", number(from + 1), number(to), number(lines.len())),
        },
        before: (page > 0).then(|| wanted.href(tenant, page - 1)),
        after: (page < last).then(|| wanted.href(tenant, page + 1)),
        now_total: total_now(plan).in_words('−'),
        held_total: total_held(plan).in_words('−'),
        has_held: has(&[Verdict::Hold]),
        has_changes: has(&[Verdict::Update, Verdict::Create]),
        empty: empty(plan, wanted),
    }
}

fn empty(plan: &Plan<'_>, wanted: &Wanted) -> &'static str {
    match (plan.lines.is_empty(), wanted.company.is_empty()) {
        (true, _) => "The mappings reach no line yet",
        (false, true) => "Every line is in step: nothing changes and nothing is held",
        (false, false) => "No line of such a company changes or is held",
    }
}

fn row(line: &Line<'_>, plan: &Plan<'_>, tenant: &str) -> Row {
    let mut releases: Vec<String> = Vec::new();
    for release in line.reasons.iter().filter_map(|reason| reason.release.as_deref()) {
        let release = crate::problem::printable_lines(release.trim_end()).into_owned();
        if !releases.contains(&release) {
            releases.push(release);
        }
    }
    let (company, name) = (line.company.identifier, line.company.name);
    Row {
        badge: badge(line),
        company: shown(company),
        company_name: (name != company && !name.is_empty()).then(|| shown(name)),
        product: shown(line.product.identifier),
        agreement: shown(line.agreement.name),
        href: href(line, plan, tenant),
        now: current(line),
        desired: desired(line),
        money: line.monthly_delta.map_or_else(|| "unknown".to_owned(), |delta| signed_money(delta, '−')),
        why: shown(&why(line)),
        releases,
    }
}

/// The mark of the plan's text, as a word.
pub(super) fn badge(line: &Line<'_>) -> Badge {
    match sign(line) {
        '!' => Badge::new("!", "Held", "warn"),
        '*' => Badge::new("*", "New line", "fresh"),
        '~' => Badge::new("~", "Over a hand edit", "warn"),
        '-' => Badge::new("−", "Down", "down"),
        '+' => Badge::new("+", "Up", "up"),
        _ => Badge::new("=", "In step", "calm"),
    }
}

/// The address of a line. The agreement is named where company and product alone would not do.
pub(super) fn href(line: &Line<'_>, plan: &Plan<'_>, tenant: &str) -> String {
    let (company, product) = (line.company.identifier, line.product.identifier);
    // Lines stand by company, so those of one company are neighbours.
    let start = plan.lines.partition_point(|other| other.company.identifier < company);
    let of_company = plan.lines[start..].iter().take_while(|other| other.company.identifier == company);
    let alike = of_company.filter(|other| other.product.identifier == product).count();
    let path = format!("{}/line/{}/{}", tenant_href(tenant), encoded(company), encoded(product));
    if alike > 1 { format!("{path}?agreement={}", line.agreement.id) } else { path }
}
