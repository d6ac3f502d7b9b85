//! A notice: everything that is told of one tenant at one time, and how it reads as plain text.
//!
//! Plain values, bounded in size whatever they were made of. What each sender makes of it is the sender's business.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::watch::Telling;
use super::words::{self, outside, shown};
use crate::reconciler::standing::{Health, Level};

/// The most text that one notice carries, in bytes: Teams takes 28 KiB with everything around it, and JSON makes some
/// characters longer.
const MOST_TEXT: usize = 8 * 1024;
/// The most items that one notice carries.
const MOST_ITEMS: usize = 12;

/// What is told of one tenant at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    /// The same for every attempt to deliver it.
    pub(super) delivery: String,
    /// The tenant.
    pub(super) tenant: Arc<str>,
    /// Which ConnectWise it is.
    pub(super) instance: String,
    /// When it was told.
    pub(super) at: Timestamp,
    /// How the tenant does now.
    pub(super) health: Health,
    /// What is told, the worst first.
    pub(super) items: Vec<Item>,
    /// Where to look, if there is a page.
    pub(super) page: Option<String>,
}

/// One thing that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// Whether it began or is over.
    pub(super) tone: Tone,
    /// What it is known by; the same tomorrow.
    pub(super) key: String,
    /// How bad it is, or was.
    pub(super) level: Level,
    /// What happened.
    pub(super) what: String,
    /// What it means for bills; empty where it is over.
    pub(super) means: String,
    /// What to do; empty where it is over.
    pub(super) action: String,
    /// Which lines, or which problems.
    pub(super) details: Vec<String>,
}

/// Whether something began or is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// It began.
    Began,
    /// It is over.
    Over,
    /// It is not new, but its time comes.
    Reminder,
}

impl Tone {
    /// The word it is known by.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Over => "over",
            Self::Reminder => "reminder",
        }
    }
}

impl Notice {
    /// The notice of what is to be told.
    pub(super) fn new(telling: Telling, page: Option<&str>, now: Timestamp) -> Self {
        let sight = &telling.sight;
        let (tenant, instance) = (Arc::clone(&sight.tenant), outside(&sight.instance));
        let health = Health { level: sight.health.level, sentence: outside(&sight.health.sentence) };
        let items = fitting(words::items(telling));
        let page = page.map(str::to_owned);
        Self { delivery: delivery(&tenant, &items, now), tenant, instance, at: now, health, items, page }
    }

    /// A notice that says nothing but that notices arrive.
    pub(super) fn test(tenant: &str, now: Timestamp) -> Self {
        let tenant: Arc<str> = outside(tenant).into();
        let items = vec![Item {
            tone: Tone::Reminder,
            key: "test".to_owned(),
            level: Level::Bad,
            what: "This is a test: notices of trueup arrive here".to_owned(),
            means: "Nothing is the matter, and no bill is touched".to_owned(),
            action: "Nothing is to be done".to_owned(),
            details: Vec::new(),
        }];
        let health = Health { level: Level::Good, sentence: "Not looked at for this test".to_owned() };
        let delivery = delivery(&tenant, &items, now);
        Self { delivery, tenant, instance: String::new(), at: now, health, items, page: None }
    }

    /// What of it is at least so bad; nothing where nothing is.
    pub(super) fn at_least(&self, least: Level) -> Option<Self> {
        let items: Vec<Item> = self.items.iter().filter(|item| item.level >= least).cloned().collect();
        (!items.is_empty()).then(|| Self { items, ..self.clone() })
    }

    /// The notice in one line.
    pub(super) fn title(&self) -> String {
        let first = self.items.first().map_or("", |item| item.what.as_str());
        let more = match self.items.len() {
            0 | 1 => String::new(),
            items => format!(", and {} more", items - 1),
        };
        format!("{}: {}{more}", outside(&self.tenant), cut(first, 120))
    }

    /// How the tenant does now, in one line.
    pub(super) fn now(&self) -> String {
        format!("Now: {}. {}", self.health.level.as_str(), self.health.sentence)
    }

    /// Where to look.
    pub(super) fn look(&self) -> String {
        let command = format!("trueup status --tenant {}", outside(&self.tenant));
        self.page
            .as_ref()
            .map_or_else(|| format!("Look: {command}"), |page| format!("Look: {page} or {command}"))
    }

    /// The whole notice as plain text, for mails and tickets.
    pub(super) fn text(&self) -> String {
        let mut text = format!("trueup, tenant {}", outside(&self.tenant));
        if !self.instance.is_empty() {
            write!(text, ", {}", self.instance).expect("writing to a string never fails");
        }
        text.push('\n');
        for item in &self.items {
            text.push('\n');
            text.push_str(&item.text());
        }
        let told = shown(self.at);
        write!(text, "\n{}\n{}\nTold at {told}. What lasts is not told again.\n", self.now(), self.look())
            .expect("writing to a string never fails");
        text
    }
}

impl Item {
    /// The word that stands before it.
    pub(super) fn mark(&self) -> &'static str {
        match (self.tone, self.level) {
            (Tone::Over, _) => "OVER",
            (Tone::Reminder, _) => "REMINDER",
            (Tone::Began, Level::Bad) => "BAD",
            (Tone::Began, Level::Attention | Level::Starting | Level::Good) => "ATTENTION",
        }
    }

    /// What it says below its first line.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = self.details.clone();
        if !self.means.is_empty() {
            lines.push(format!("What it means: {}", self.means));
        }
        if !self.action.is_empty() {
            lines.push(format!("What to do: {}", self.action));
        }
        lines
    }

    fn text(&self) -> String {
        let mut text = format!("{}: {}\n", self.mark(), self.what);
        for line in self.lines() {
            writeln!(text, "  {line}").expect("writing to a string never fails");
        }
        text
    }

    fn size(&self) -> usize {
        let details: usize = self.details.iter().map(String::len).sum();
        self.what.len() + self.means.len() + self.action.len() + details
    }
}

/// As many items as fit: what is over the limit loses its details first, then is counted only.
pub(super) fn fitting(items: Vec<Item>) -> Vec<Item> {
    let mut left = MOST_TEXT;
    let mut fitting: Vec<Item> = Vec::new();
    let mut more = 0;
    for mut item in items {
        if item.size() > left && !item.details.is_empty() {
            item.details = vec![format!("{} not shown here", item.details.len())];
        }
        match left.checked_sub(item.size()).filter(|_| fitting.len() < MOST_ITEMS) {
            Some(rest) => {
                left = rest;
                fitting.push(item);
            }
            None => more += 1,
        }
    }
    if let (Some(last), 1..) = (fitting.last_mut(), more) {
        last.details.push(format!("Besides, {more} more changed"));
    }
    fitting
}

/// A name for this delivery, the same for each attempt, so that a receiver can tell a repetition.
fn delivery(tenant: &str, items: &[Item], now: Timestamp) -> String {
    let mut hash = Sha256::new();
    hash.update(tenant);
    hash.update(now.as_nanosecond().to_be_bytes());
    for item in items {
        hash.update([0]);
        hash.update(&item.key);
        for text in [&item.what].into_iter().chain(&item.details) {
            hash.update([1]);
            hash.update(text);
        }
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The beginning of a text.
pub(super) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
