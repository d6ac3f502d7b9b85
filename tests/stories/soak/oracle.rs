//! What must hold whatever the weather, judged by the evidence alone.
//!
//! Shares no code with the engine: it knows the wire, the tables and the arithmetic of quarters, and nothing else. It
//! panics at nothing: what is broken is told, each with its law, and `planted` shows that each law can be broken.

mod planted;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;
use trueup::simulator::{Change, Exchange, Kind, Mutation, Object};

use super::evidence::{self, Evidence, Meant, decimal, of_line, quantity};
use super::months::Months;
use super::shop::{FIRST, LINES, MISSING, agreement, name};
use super::{GROWTH_KIB, REQUESTS_A_MINUTE};
use crate::world::World;

/// The member that the program is.
const OURS: &str = "trueup";

/// Reasons that pass by themselves, in seconds or with the next pass: a line that has one is not settled yet.
const PASSING: [&str; 3] = ["in_doubt", "view_incomplete", "concurrent_change"];

/// A span in which no more than a minute's requests arrive: the log knows whole seconds, and a request lands up to 2.3
/// seconds after it was sent.
const ALMOST_A_MINUTE: SignedDuration = SignedDuration::from_secs(56);

/// A law that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which one.
    pub law: &'static str,
    /// By what.
    pub told: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.law, self.told)
    }
}

/// How the lines stand.
#[derive(Debug, Default)]
pub struct Settled {
    /// So many bill what is desired.
    pub right: usize,
    /// These are held, and why.
    pub held: BTreeMap<String, String>,
    /// These are neither, or held without a reason that the log knows.
    pub wrong: BTreeMap<String, String>,
}

/// Whether every line is right or held for a reason, now.
pub fn is_settled(world: &World, months: &Months) -> bool {
    let additions = evidence::additions(world);
    let meddled = evidence::meddled(&world.simulator().hand_edits());
    // The plan is asked only where it can make a difference.
    let hopeful = settled(&additions, &meddled, months, |_| Some("perhaps".to_owned()));
    if !hopeful.wrong.is_empty() || hopeful.held.is_empty() {
        return hopeful.wrong.is_empty();
    }
    let reasons = evidence::reasons(world);
    settled(&additions, &meddled, months, |company| reasons.get(company).cloned()).wrong.is_empty()
}

/// Whether a line is one that we may write: nobody meddled with it.
pub fn is_ours(world: &World, line: u32) -> bool {
    let meddled = evidence::meddled(&world.simulator().hand_edits());
    of_line(&evidence::additions(world), line).iter().all(|(addition, _)| !meddled.contains(addition))
}

/// How the lines stand at the end of it all.
pub fn stand(evidence: &Evidence, months: &Months) -> Settled {
    let reason = |company: &str| evidence.reasons.get(company).cloned();
    settled(&evidence.additions, &evidence.meddled(), months, reason)
}

/// How the lines stand: by what the simulator bills, and by the plan only where that is not what is desired. Only a line
/// that somebody meddled with may be held, and only one addition may bill it.
fn settled(
    additions: &[Value],
    meddled: &BTreeSet<u32>,
    months: &Months,
    reason: impl Fn(&str) -> Option<String>,
) -> Settled {
    let mut settled = Settled::default();
    for line in 0..LINES {
        let ours = of_line(additions, line);
        let (billed, desired) = (ours.iter().map(|(_, billed)| *billed), months.desired(line));
        let only = matches!(ours.as_slice(), [_]);
        if only && billed.clone().eq([Some(desired)]) {
            settled.right += 1;
            continue;
        }
        let may_be_held = only && ours.iter().all(|(addition, _)| meddled.contains(addition));
        let stays =
            |reason: &String| !reason.is_empty() && !reason.split(' ').any(|code| PASSING.contains(&code));
        match reason(&name(line)).filter(|reason| may_be_held && stays(reason)) {
            Some(codes) => settled.held.insert(name(line), codes),
            None => {
                let told = format!(
                    "bills {:?} and should bill {desired}, may be held: {may_be_held}",
                    billed.collect::<Vec<_>>()
                );
                settled.wrong.insert(name(line), told)
            }
        };
    }
    settled
}

/// Every law that the evidence breaks, once the daemon has ended.
pub fn breaches(evidence: &Evidence, months: &Months) -> Vec<Breach> {
    let mut court = Court { evidence, months, found: Vec::new() };
    for (company, told) in stand(evidence, months).wrong {
        court.tell("L1", format!("{company} {told}"));
    }
    court.once_each();
    court.one_at_a_time();
    court.nothing_else();
    court.foreign_lines();
    for mutation in evidence.log.iter().filter_map(|exchange| exchange.mutation.as_ref()) {
        court.as_meant(mutation);
    }
    court.conserved();
    court.duplicates();
    court.closed();
    court.within_limits();
    court.flat_memory();
    court.found
}

struct Court<'e> {
    evidence: &'e Evidence,
    months: &'e Months,
    found: Vec<Breach>,
}

impl Court<'_> {
    fn tell(&mut self, law: &'static str, told: String) {
        self.found.push(Breach { law, told });
    }

    /// S2, S3 and the fault B25: every write that arrived is one intent's, came after it was durable, and before it was
    /// settled; no two are of one intent.
    fn once_each(&mut self) {
        let mut arrived: BTreeSet<usize> = BTreeSet::new();
        let meant = &self.evidence.meant;
        for exchange in self.evidence.log.iter().filter(|exchange| exchange.is_write()) {
            let fits = |index: &usize| !arrived.contains(index) && meant[*index].sends(exchange);
            match (0..meant.len()).find(fits) {
                Some(first) => {
                    arrived.insert(first);
                }
                None => {
                    let Exchange { method, path, body, time, .. } = &**exchange;
                    self.tell("S2", format!("no intent is left for {method} {path} {body} at {time}"));
                }
            }
        }
    }

    /// S10: no two intents of a line are open at one time.
    fn one_at_a_time(&mut self) {
        let mut last: BTreeMap<u32, &Meant> = BTreeMap::new();
        for intent in &self.evidence.meant {
            if let Some(before) = last.insert(intent.agreement, intent)
                && before.settled.is_none_or(|settled| settled > intent.at)
            {
                self.tell("S10", format!("{before:?} then {intent:?}"));
            }
        }
    }

    /// S6 and S7: of ours nothing but the quantity is asked to change, and nothing is sent that is neither that nor a
    /// create that bills nothing.
    fn nothing_else(&mut self) {
        for exchange in self.evidence.log.iter().filter(|exchange| exchange.is_write()) {
            let body: Value = serde_json::from_str(&exchange.body).unwrap_or_default();
            match exchange.method.as_str() {
                "PATCH" if !is_quantity_only(&body) => self.tell("S7", format!("{body}")),
                "POST" if body["quantity"] != 0 => self.tell("S1", format!("a create that bills: {body}")),
                "PATCH" | "POST" => {}
                other => self.tell("S6", format!("{other} is never sent")),
            }
        }
    }

    /// S6: what is not ours is as it was.
    fn foreign_lines(&mut self) {
        for foreign in (0..LINES).map(|line| FIRST + 1_000 + line) {
            let was = self.evidence.before.get(&foreign);
            let was: Option<Value> = was.and_then(|text| serde_json::from_str(text).ok());
            let is = self.evidence.additions.iter().find(|addition| addition["id"] == foreign);
            if was.as_ref() != is {
                self.tell("S6", format!("{foreign} is not ours, was {was:?} and is {is:?}"));
            }
        }
    }

    /// S8 and S16: a write found what its intent had read, unless somebody edited meanwhile, and wrote what was desired.
    fn as_meant(&mut self, mutation: &Mutation) {
        if (mutation.member.as_str(), mutation.kind) != (OURS, Kind::Addition) {
            return self.tell("S6", format!("{mutation:?}"));
        }
        let addition = (mutation.change != Change::Created).then_some(mutation.id);
        let is_of = |meant: &&Meant| {
            Some(meant.agreement) == mutation.parent
                && meant.addition == addition
                && meant.at.as_second() <= mutation.time.as_second()
                && !meant.outcome.contains("not_sent")
        };
        let Some(intent) = self.evidence.meant.iter().rfind(is_of) else {
            return self.tell("S3", format!("nobody meant {mutation:?}"));
        };
        let line = intent.agreement.saturating_sub(agreement(0));
        if mutation.change == Change::Created {
            if !MISSING.contains(&line) {
                self.tell("S1", format!("it was there already: {mutation:?}"));
            }
            return;
        }
        if !self.months.was_wanted(line, intent.after) {
            self.tell("S16", format!("{intent:?} was never desired"));
        }
        let found = mutation.before.as_ref().and_then(quantity);
        let edited = self.evidence.edits.iter().any(|edit| {
            edit.id == mutation.id
                && edit.sequence < mutation.sequence
                && edit.time >= intent.at - Duration::from_secs(3)
        });
        if found != intent.before && !edited {
            self.tell("S8", format!("it found {found:?}: {intent:?}"));
        }
    }

    /// S15: what a line bills is what it billed, and all changes that are known.
    fn conserved(&mut self) {
        let Evidence { before, additions, log, edits, .. } = self.evidence;
        let ours = log.iter().filter_map(|exchange| exchange.mutation.as_ref());
        let all = ours.chain(edits.iter().map(AsRef::as_ref));
        let mut sums: BTreeMap<u32, Decimal> = BTreeMap::new();
        for (id, text) in before {
            let first: Value = serde_json::from_str(text).unwrap_or_default();
            sums.insert(*id, decimal(&first["quantity"]).unwrap_or_default());
        }
        for mutation in all.filter(|mutation| mutation.kind == Kind::Addition) {
            let of = |record: &Option<Object>| record.as_ref().and_then(quantity).unwrap_or_default();
            *sums.entry(mutation.id).or_default() += of(&mutation.after) - of(&mutation.before);
        }
        let billed = additions.iter().filter_map(|addition| {
            let id = u32::try_from(addition["id"].as_u64()?).ok()?;
            Some((id, decimal(&addition["quantity"]).unwrap_or_default()))
        });
        for (id, billed) in billed {
            match sums.get(&id) {
                Some(sum) if *sum == billed => {}
                other => self.tell("S15", format!("{id} bills {billed}, and by all changes {other:?}")),
            }
        }
    }

    /// S1: of each line that was missing one addition was created, and of no line two.
    fn duplicates(&mut self) {
        let mutations = self.evidence.log.iter().filter_map(|exchange| exchange.mutation.as_ref());
        let created = mutations.filter(|one| one.change == Change::Created).filter_map(|one| one.parent);
        let mut created: Vec<u32> = created.collect();
        created.sort_unstable();
        if created != MISSING.map(agreement) {
            self.tell("S1", format!("additions were created on {created:?}"));
        }
    }

    /// S4: nothing is left open.
    fn closed(&mut self) {
        let open: Vec<&Meant> = self.evidence.meant.iter().filter(|meant| meant.settled.is_none()).collect();
        if !open.is_empty() {
            self.tell("S4", format!("intents that are not settled: {open:?}"));
        }
    }

    /// B5: the server never has to say that it is too much, and in no minute is more asked than is allowed.
    fn within_limits(&mut self) {
        if self.evidence.over > 0 {
            self.tell("B5", format!("{} requests over the limit", self.evidence.over));
        }
        let most = most_in_almost_a_minute(self.evidence);
        if most > REQUESTS_A_MINUTE as usize {
            self.tell("B5", format!("{most} requests in less than a minute"));
        }
    }

    /// The memory is flat.
    fn flat_memory(&mut self) {
        let grown = grown(&self.evidence.memory);
        if grown > GROWTH_KIB {
            self.tell("memory", format!("the daemon grew by {grown} KiB: {:?}", self.evidence.memory));
        }
    }
}

impl Meant {
    /// Whether a write that arrived may be this one. The log knows whole seconds.
    fn sends(&self, exchange: &Exchange) -> bool {
        let below = format!("/agreements/{}/additions", self.agreement);
        let path = self.addition.map_or_else(|| below.clone(), |addition| format!("{below}/{addition}"));
        let method = if self.addition.is_some() { "PATCH" } else { "POST" };
        let body: Value = serde_json::from_str(&exchange.body).unwrap_or_default();
        let is_its_value = self.addition.is_none() || decimal(&body[0]["value"]) == Some(self.after);
        let second = |at: Timestamp| at.as_second();
        let in_time = second(self.at) <= second(exchange.time)
            && self.settled.is_none_or(|settled| second(exchange.time) <= second(settled));
        let was_sent = !self.outcome.contains("not_sent");
        exchange.method == method && exchange.path.ends_with(&path) && is_its_value && in_time && was_sent
    }
}

/// Whether a PATCH is one replacement of the quantity by a number.
fn is_quantity_only(body: &Value) -> bool {
    let [only] = body.as_array().map_or(&[][..], Vec::as_slice) else { return false };
    only["op"] == "replace" && only["path"] == "quantity" && only["value"].is_number()
}

/// The most requests that arrived within almost a minute, of those that the daemon alone can have sent.
pub fn most_in_almost_a_minute(evidence: &Evidence) -> usize {
    let alone = |exchange: &&Arc<Exchange>| exchange.time <= evidence.cleared;
    let times: Vec<Timestamp> = evidence.log.iter().filter(alone).map(|exchange| exchange.time).collect();
    let within = |first: usize| {
        let end = times[first] + ALMOST_A_MINUTE;
        times[first..].iter().take_while(|time| **time < end).count()
    };
    (0..times.len()).map(within).max().unwrap_or_default()
}

/// By how much the memory grew from the first look at it to the last, in KiB.
pub fn grown(memory: &[u64]) -> u64 {
    let (first, last) = (memory.first().copied().unwrap_or_default(), memory.last().copied());
    last.unwrap_or_default().saturating_sub(first)
}
