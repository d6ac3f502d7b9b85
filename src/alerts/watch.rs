//! Decides when what is told: what changed within a short window together, the same matter at most once a day, and its
//! end once after it was told; and when it is told again to whom it did not reach.
//!
//! Pure: time is an argument. Knows neither standings nor senders. Nothing is told while nothing changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::Timing;
use super::matter::{Ending, Fact, Key, Matter};
use super::memory::{Lasts, Memory, Told};
use super::owed::{End, Report, Slip, Word};
use super::sight::Sight;

/// What is seen of all tenants, and what was told of them.
#[derive(Clone, Debug)]
pub(super) struct Watch {
    timing: Timing,
    memory: Memory,
    seen: BTreeMap<Arc<str>, Seen>,
}

#[derive(Clone, Debug)]
struct Seen {
    sight: Sight,
    /// When the window ends in which changes are gathered.
    ends: Option<Timestamp>,
}

/// What is to be told of a tenant now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Telling {
    /// How the tenant was seen.
    pub(super) sight: Sight,
    /// What began.
    pub(super) began: Vec<(Key, Fact)>,
    /// What is over, and how it was called.
    pub(super) over: Vec<(Key, String)>,
}

impl Telling {
    /// What is told of which matter.
    pub(super) fn words(&self) -> Vec<(Key, Word)> {
        let began = self.began.iter().map(|(key, _)| (key.clone(), Word::Began));
        let over = self.over.iter().map(|(key, name)| (key.clone(), Word::Over(name.clone())));
        began.chain(over).collect()
    }
}

/// What can be told of a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Begin,
    End,
}

impl Watch {
    /// Begins with what was told before.
    pub(super) fn new(timing: Timing, memory: Memory) -> Self {
        Self { timing, memory, seen: BTreeMap::new() }
    }

    /// What is remembered.
    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// What was last seen of a tenant.
    pub(super) fn seen(&self, tenant: &str) -> Option<&Sight> {
        self.seen.get(tenant).map(|seen| &seen.sight)
    }

    /// The tenants that were seen.
    pub(super) fn tenants(&self) -> impl Iterator<Item = &Arc<str>> {
        self.seen.keys()
    }

    /// Takes in how a tenant is seen now.
    pub(super) fn look(&mut self, sight: Sight, now: Timestamp) {
        let ends = self.seen.get(&sight.tenant).and_then(|seen| seen.ends);
        self.seen.insert(Arc::clone(&sight.tenant), Seen { sight, ends });
        self.open_windows(now);
    }

    /// Forgets a tenant that there is no more.
    pub(super) fn forget(&mut self, tenant: &str) {
        self.seen.remove(tenant);
        self.memory.forget(tenant);
    }

    /// What is to be told now. It counts as told from here on.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Telling> {
        self.open_windows(now);
        let mut tellings = Vec::new();
        for seen in self.seen.values_mut().filter(|seen| seen.ends.is_some_and(|ends| ends <= now)) {
            seen.ends = None;
            tellings.push(told(&mut self.memory, &seen.sight, &self.timing, now));
        }
        self.memory.prune(self.timing.quiet, now);
        tellings
    }

    /// A notice is on its way to somebody. It is owed until it arrives.
    pub(super) fn sent(&mut self, slip: &Slip) {
        self.memory.owed.sent(slip);
    }

    /// A delivery came to its end.
    pub(super) fn ended(&mut self, report: &Report, now: Timestamp) {
        let Report { slip, end } = report;
        match end {
            End::Arrived => {
                self.memory.owed.arrived(slip);
                for (key, word) in &slip.words {
                    self.memory.arrived(&slip.tenant, key, word, now);
                }
            }
            End::GivenUp => {
                let again = now.checked_add(self.timing.again).unwrap_or(Timestamp::MAX);
                self.memory.owed.failed(slip, again);
            }
        }
    }

    /// What is to be told again now, to whom, as it is seen now. It is owed no more unless it is sent.
    pub(super) fn repeats(&mut self, now: Timestamp) -> Vec<(Arc<str>, Telling)> {
        let mut repeats = Vec::new();
        for Seen { sight, .. } in self.seen.values() {
            let due =
                self.memory.owed.take(&sight.tenant, now, |key, word, due| again(sight, key, word, due));
            repeats.extend(due.into_iter().map(|(notifier, words)| (notifier, repeated(sight, words))));
        }
        repeats
    }

    /// When to ask again, if nothing is seen before.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let of_tenant = |seen: &Seen| {
            let earliest = || steps(&self.memory, &seen.sight, &self.timing).map(|(_, at, _)| at).min();
            let sight = &seen.sight;
            let owed = self.memory.owed.next(&sight.tenant, |key, word, due| again(sight, key, word, due));
            seen.ends.or_else(earliest).into_iter().chain(owed).min()
        };
        self.seen.values().filter_map(of_tenant).min()
    }

    /// A window opens when there is something to tell, and closes unused when that has passed.
    fn open_windows(&mut self, now: Timestamp) {
        for seen in self.seen.values_mut() {
            let ready = steps(&self.memory, &seen.sight, &self.timing).any(|(_, at, _)| at <= now);
            seen.ends = match (ready, seen.ends) {
                (false, _) => None,
                (true, Some(ends)) => Some(ends),
                (true, None) => Some(now.checked_add(self.timing.grouping).unwrap_or(Timestamp::MAX)),
            };
        }
    }
}

/// Takes every step that may be taken now.
fn told(memory: &mut Memory, sight: &Sight, timing: &Timing, now: Timestamp) -> Telling {
    let ready: Vec<(Key, Step)> = steps(memory, sight, timing)
        .filter(|(_, at, _)| *at <= now)
        .map(|(key, _, step)| (key.clone(), step))
        .collect();
    let (mut began, mut over) = (Vec::new(), Vec::new());
    for (key, step) in ready {
        match step {
            Step::Begin => {
                let Some(matter) = sight.matters.get(&key) else { continue };
                let lasts = match key.ending() {
                    Ending::Told => Lasts::Yes,
                    Ending::Silent => Lasts::No,
                };
                memory.tell(&sight.tenant, key.clone(), name(&matter.fact), lasts, now);
                began.push((key, matter.fact.clone()));
            }
            Step::End => {
                let name = memory.end(&sight.tenant, &key, now).unwrap_or_default();
                over.push((key, name));
            }
        }
    }
    Telling { sight: sight.clone(), began, over }
}

/// From when on something can be told again that is due then. `None`: it is not so now, as far as the tenant is known.
fn again(sight: &Sight, key: &Key, word: &Word, due: Timestamp) -> Option<Timestamp> {
    match (sight.matters.get(key), word) {
        (Some(matter), Word::Began) => {
            let at = due.max(matter.from);
            matter.until.is_none_or(|until| at < until).then_some(at)
        }
        (None, Word::Over(_)) => sight.known.tells_of(key).then_some(due),
        (None, Word::Began) | (Some(_), Word::Over(_)) => None,
    }
}

/// The same told again, with the figures of now.
fn repeated(sight: &Sight, words: Vec<(Key, Word)>) -> Telling {
    let (mut began, mut over) = (Vec::new(), Vec::new());
    for (key, word) in words {
        match (word, sight.matters.get(&key)) {
            (Word::Began, Some(matter)) => began.push((key, matter.fact.clone())),
            (Word::Over(name), _) => over.push((key, name)),
            (Word::Began, None) => {}
        }
    }
    Telling { sight: sight.clone(), began, over }
}

/// What can be told of a tenant if it stays as it is, and from when on.
fn steps<'s>(
    memory: &'s Memory,
    sight: &'s Sight,
    timing: &'s Timing,
) -> impl Iterator<Item = (&'s Key, Timestamp, Step)> {
    let begin = sight.matters.iter().filter_map(move |(key, matter)| {
        let at = begins_at(matter, key, memory.told(&sight.tenant, key), timing)?;
        Some((key, at, Step::Begin))
    });
    let end = memory.of(&sight.tenant).into_iter().flatten().filter_map(move |(key, told)| {
        let gone = !sight.matters.contains_key(key) && sight.known.tells_of(key);
        let at = told.over_at.map_or(Timestamp::MIN, |over| later(over, timing));
        (gone && told.lasts == Lasts::Yes).then_some((key, at, Step::End))
    });
    begin.chain(end)
}

/// From when on a matter can be told. `None`: it was told and lasts, or it is past before.
fn begins_at(matter: &Matter, key: &Key, told: Option<&Told>, timing: &Timing) -> Option<Timestamp> {
    let at = match told {
        None => matter.from,
        Some(Told { lasts: Lasts::Yes, .. }) => return None,
        Some(told) => match key.ending() {
            Ending::Silent => return None,
            Ending::Told => matter.from.max(later(told.at, timing)),
        },
    };
    matter.until.is_none_or(|until| at < until).then_some(at)
}

fn later(at: Timestamp, timing: &Timing) -> Timestamp {
    at.checked_add(timing.quiet).unwrap_or(Timestamp::MAX)
}

/// How a matter is called when it is over.
fn name(fact: &Fact) -> String {
    match fact {
        Fact::Line(line) => line.name.clone(),
        Fact::Failing { .. }
        | Fact::Refused { .. }
        | Fact::RepositoryStale { .. }
        | Fact::InDoubt { .. }
        | Fact::Unwritten
        | Fact::Run { .. }
        | Fact::Source { .. }
        | Fact::Unreadable(_)
        | Fact::Suspended(_)
        | Fact::Health(_)
        | Fact::Freeze(_) => String::new(),
    }
}

#[cfg(test)]
mod again;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
