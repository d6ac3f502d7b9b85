//! What is told of each matter, in sentences for a billing clerk and an operator: what happened, what it means for
//! bills, what to do.
//!
//! Pure. Everything that comes from outside is made printable and cut here, so that no sender has to think of it.

mod began;

use jiff::Timestamp;

use super::matter::{Fact, HeldLine, Key};
use super::notice::{Item, Tone};
use super::watch::Telling;
use crate::billing::Money;
use crate::plan::signed_money;
use crate::problem::{Code, printable};
use crate::reconciler::standing::Level;

/// How much of a text from outside is told.
const MOST_CHARACTERS: usize = 512;
/// So many lines are told one by one.
const MOST_LINES: usize = 10;
/// What a hold means for bills.
const UNTIL_DECIDED: &str = "What is held bills what it billed before until somebody decides";

/// A text from outside: printable, in one line, cut.
pub(super) fn outside(text: &str) -> String {
    let shown = printable(text.trim());
    match shown.char_indices().nth(MOST_CHARACTERS) {
        None => shown.into_owned(),
        Some((end, _)) => format!("{}…", &shown[..end]),
    }
}

/// A time for people: to the minute, in UTC.
pub(super) fn shown(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%MZ").to_string()
}

/// What is told, the worst first; held lines together.
pub(super) fn items(telling: Telling) -> Vec<Item> {
    let tenant = outside(&telling.sight.tenant);
    let (mut held, mut diverged) = (Vec::new(), Vec::new());
    let mut items = Vec::new();
    for (key, fact) in telling.began {
        match (key, fact) {
            (Key::Diverged(_), Fact::Line(line)) => diverged.push(line),
            (_, Fact::Line(line)) => held.push(line),
            (key, fact) => items.push(began::item(&key, fact, &tenant)),
        }
    }
    items.extend(lines_diverged(&diverged, &tenant));
    items.extend(lines_held(held, &tenant));
    items.sort_by_key(|item| std::cmp::Reverse(item.level));
    items.extend(ended(telling.over));
    items
}

fn lines_held(lines: Vec<HeldLine>, tenant: &str) -> Vec<Item> {
    let mut guards: Vec<(Code, Vec<HeldLine>)> = Vec::new();
    for line in lines {
        match guards.iter_mut().find(|(guard, _)| *guard == line.guard) {
            Some((_, lines)) => lines.push(line),
            None => guards.push((line.guard, vec![line])),
        }
    }
    guards.into_iter().map(|(guard, lines)| held_together(guard, &lines, tenant)).collect()
}

fn held_together(guard: Code, lines: &[HeldLine], tenant: &str) -> Item {
    let count = counted(lines.len(), "line is", "lines are");
    let first = lines.first().map_or_else(String::new, |line| outside(&line.name));
    Item {
        tone: Tone::Began,
        key: format!("held:{guard}"),
        level: Level::Attention,
        what: format!("{count} newly held by {guard}: {}", monthly(sum(lines))),
        means: UNTIL_DECIDED.to_owned(),
        action: format!(
            "Run trueup explain --tenant {tenant} \"{first}\": it shows what to correct, or the waiver to commit"
        ),
        details: sentences(lines),
    }
}

fn lines_diverged(lines: &[HeldLine], tenant: &str) -> Option<Item> {
    let count = counted(lines.len(), "line bills", "lines bill");
    (!lines.is_empty()).then(|| Item {
        tone: Tone::Began,
        key: "diverged".to_owned(),
        level: Level::Bad,
        what: format!("{count} another quantity than was written"),
        means: "ConnectWise stored something else than it was sent. Those lines are left alone".to_owned(),
        action: format!(
            "Look at those additions in ConnectWise, and run trueup explain --tenant {tenant} diverged"
        ),
        details: sentences(lines),
    })
}

fn sentences(lines: &[HeldLine]) -> Vec<String> {
    listed(lines.iter().map(|line| outside(&line.sentence)))
}

/// The first few, and how many more there are.
fn listed(texts: impl ExactSizeIterator<Item = String>) -> Vec<String> {
    let more = texts.len().saturating_sub(MOST_LINES);
    let mut listed: Vec<String> = texts.take(MOST_LINES).collect();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    listed
}

/// What is over. Lines are told together.
fn ended(over: Vec<(Key, String)>) -> Vec<Item> {
    let mut items = Vec::new();
    let (lines, others): (Vec<_>, Vec<_>) =
        over.into_iter().partition(|(key, _)| matches!(key, Key::Line(_) | Key::Diverged(_)));
    let (diverged, held): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|(key, _)| matches!(key, Key::Diverged(_)));
    for (lines, words) in [(diverged, "no longer diverged"), (held, "no longer held")] {
        let Some((key, _)) = lines.first() else { continue };
        let what = format!("{} {words}", counted(lines.len(), "line is", "lines are"));
        let names = listed(lines.iter().map(|(_, name)| outside(name)));
        items.push(Item { details: names, ..over_item(key, what) });
    }
    items.extend(others.iter().map(|(key, _)| over_item(key, over_words(key))));
    items
}

fn over_item(key: &Key, what: String) -> Item {
    Item {
        tone: Tone::Over,
        key: key.to_string(),
        level: key.level(),
        what,
        means: String::new(),
        action: String::new(),
        details: Vec::new(),
    }
}

fn over_words(key: &Key) -> String {
    match key {
        Key::Failing => "Passes succeed again".to_owned(),
        Key::Refused(commit) => {
            format!("Commit {} is no longer refused, or another commit took its place", short(commit))
        }
        Key::RepositoryStale => "The mapping repository can be reached again".to_owned(),
        Key::InDoubt => "No write is in doubt any more".to_owned(),
        Key::Unwritten => {
            "The lines that could not be written are written, or need no write any more".to_owned()
        }
        Key::Diverged(_) | Key::Line(_) => "A line is no longer held".to_owned(),
        Key::Run(guard) => format!("No line is held by {guard} any more"),
        Key::Source(code, source) => {
            format!("The usage source {} is no longer doubted ({code})", outside(source))
        }
        Key::Unreadable(source) => format!("The usage source {} can be read again", outside(source)),
        Key::Suspended(_) => "Writing is no longer suspended for that reason".to_owned(),
        Key::OtherBad | Key::OtherAttention => "What was said before is over".to_owned(),
        Key::Freeze(_) => "The freeze window has opened".to_owned(),
    }
}

fn sum(lines: &[HeldLine]) -> Option<Money> {
    lines.iter().try_fold(Money::ZERO, |sum, line| sum.checked_add(line.money?))
}

fn monthly(money: Option<Money>) -> String {
    money.map_or_else(
        || "an unknown amount".to_owned(),
        |money| format!("{} a month", signed_money(money, '-')),
    )
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The first digits of a commit, for people.
fn short(commit: &str) -> String {
    outside(commit.get(..7).filter(|_| !commit.ends_with("+changes")).unwrap_or(commit))
}

#[cfg(test)]
mod tests;
