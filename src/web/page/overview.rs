//! Every tenant at a glance: how it does, what its plan says, how fresh it is.

use askama::Template;
use jiff::Timestamp;

use super::words::{Doing, When, doing, money, shown, tenant_href};
use super::{Frame, style};
use crate::mapping::Mode;
use crate::plan::words::{grouped, short_commit};
use crate::reconciler::standing::{Level, Standing};
use crate::web::login::Visitor;
use crate::web::routes::Site;

/// The first page.
#[derive(Template)]
#[template(path = "overview.html", config = "src/web/askama.toml")]
pub(super) struct OverviewPage {
    frame: Frame,
    sentence: String,
    tenants: Vec<Card>,
    version: &'static str,
}

struct Card {
    name: String,
    href: String,
    instance: String,
    hue: u8,
    mode: &'static str,
    doing: Doing,
    plan: Option<Counts>,
    commit: Option<String>,
    planned: Option<When>,
    usage: Vec<Usage>,
}

struct Usage {
    source: String,
    as_of: Option<When>,
}

/// What a plan says in numbers.
pub(super) struct Counts {
    pub(super) changes: String,
    pub(super) held: String,
    pub(super) kept: String,
    pub(super) money: String,
    pub(super) held_money: String,
    pub(super) is_held: bool,
}

impl Counts {
    pub(super) fn of(standing: &Standing) -> Option<Self> {
        let summary = &standing.planned.as_ref()?.summary;
        let number = |count: usize| grouped(count.into());
        Some(Self {
            changes: number(summary.create + summary.update),
            held: number(summary.hold),
            kept: number(summary.keep),
            money: money(summary.monthly_delta),
            held_money: money(summary.held_monthly_delta),
            is_held: summary.hold > 0,
        })
    }
}

/// What the mode lets the daemon do, in words.
pub(super) fn mode(standing: &Standing) -> &'static str {
    match standing.mode {
        Mode::Observe => "observes: plans and reports, writes nothing",
        Mode::Apply => "applies: writes the changes that no guard holds",
    }
}

pub(super) fn page(site: &Site, visitor: &Visitor) -> OverviewPage {
    let now = (site.clock)();
    let mut standings = site.board.standings();
    let sentence = sentence(standings.iter().map(|standing| standing.health().level));
    // The worst first; within a level by name, as the board has them.
    standings.sort_by_key(|standing| std::cmp::Reverse(standing.health().level));
    let tenants = standings.iter().map(|standing| card(standing, now)).collect();
    let frame = Frame::new("All tenants", visitor);
    OverviewPage { frame, sentence, tenants, version: env!("CARGO_PKG_VERSION") }
}

fn sentence(levels: impl Iterator<Item = Level>) -> String {
    let levels: Vec<Level> = levels.collect();
    let tenants = |count: usize| if count == 1 { "1 tenant".to_owned() } else { format!("{count} tenants") };
    let at = |level: Level| levels.iter().filter(|at| **at == level).count();
    match (levels.len(), at(Level::Bad), at(Level::Attention), at(Level::Starting)) {
        (0, ..) => "No tenant is known yet: trueup is starting".to_owned(),
        (1, 0, 0, 0) => "The one tenant is in order".to_owned(),
        (all, 0, 0, 0) => format!("All {} are in order", tenants(all)),
        (all, 0, 0, starting) => format!("{starting} of {} starting", tenants(all)),
        (all, 0, look, _) => format!("{look} of {} to look at", tenants(all)),
        (all, bad, 0, _) => format!("{bad} of {} not working", tenants(all)),
        (all, bad, look, _) => format!("{bad} of {} not working, {look} to look at", tenants(all)),
    }
}

fn card(standing: &Standing, now: Timestamp) -> Card {
    let usage = standing.sources.iter().map(|source| Usage {
        source: shown(&source.source),
        as_of: source.as_of.map(|as_of| When::new(as_of, now)),
    });
    Card {
        name: shown(&standing.tenant),
        href: tenant_href(&standing.tenant),
        instance: shown(&standing.instance),
        hue: style::hue(&standing.instance),
        mode: mode(standing),
        doing: doing(standing),
        plan: Counts::of(standing),
        commit: standing.commits.planned.as_ref().map(|planned| shown(short_commit(&planned.commit))),
        planned: standing.planned.as_ref().map(|planned| When::new(planned.at, now)),
        usage: usage.collect(),
    }
}
