//! The small world of the model: ConnectWise, the wire, the journal, the client, and the laws that no step may break.
//!
//! Everything that may happen next is a successor. A successor that breaks a law is an error with the law's name.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};

use super::super::super::intent::Action;
use super::super::{Step, Timing, Watched};
use super::{B, D, E};
use crate::billing::{AgreementId, LineKey, ProductId, Quantity};

const LINE: LineKey = LineKey { agreement: AgreementId(418), product: ProductId(31) };
const TODAY: Date = date(2026, 11, 22);

/// What is desired by each plan in turn.
const DESIRED: [u8; 2] = [5, 6];

/// How much trouble there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Budget {
    pub(super) ticks: u8,
    pub(super) crashes: u8,
    pub(super) edits: u8,
    pub(super) unreadable: u8,
    pub(super) unsent: u8,
    pub(super) refused: u8,
    pub(super) lies: u8,
    /// Ticks between the look at the clocks and the sending: the machine sleeps.
    pub(super) naps: u8,
}

impl Budget {
    pub(super) const NONE: Self =
        Self { ticks: 0, crashes: 0, edits: 0, unreadable: 0, unsent: 0, refused: 0, lies: 0, naps: 0 };
}

/// A request that was sent and has not arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Request {
    intent: i64,
    plan: u8,
    patch: Option<(i64, u8)>,
    lands_by: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Meant {
    id: i64,
    action: Action,
    at: u8,
    settles_at: Timestamp,
    /// When a request of it lands at the latest.
    lands_by: u8,
    landed: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Memory {
    intents: i64,
    open: Option<Meant>,
    last_written: Option<u8>,
    created: bool,
    diverged: bool,
    /// No write before this time: set by a doubt, or by the end of a process with an open intent.
    quiet_until: u8,
    doubted_at: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Client {
    /// Between plans.
    Idle,
    /// About to do a step.
    Doing(Step),
    /// Waiting for the settle time of what an earlier process or pass left open.
    Recovering(Step),
    /// The intent is durable, and the step goes on.
    Committed(Step),
    /// Sent, and waiting for the answer; the record is the answer that is on its way.
    Sent(Step, Option<Record>),
    /// Not running.
    Down,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World {
    timing: Timing,
    now: u8,
    records: Vec<Record>,
    wire: Vec<Request>,
    journal: Memory,
    client: Client,
    plan: u8,
    /// What the plan's SET was drawn against, whether it was written since the re-read, and how often it landed.
    before: u8,
    edited_since_reread: bool,
    reread_at: u8,
    landings: u8,
    left: Budget,
    spent_on_lies_and_edits: u8,
}

mod client;
mod records;

use records::Record;

type Successor = (&'static str, Result<World, &'static str>);

impl World {
    /// A line in step with an older desired quantity.
    pub(super) fn with_a_line(timing: Timing, left: Budget) -> Self {
        let record = Record { id: 1, quantity: 2, version: 1, changed: 0, was: Some((2, 1)), ours: false };
        let mut world = Self::without_a_line(timing, left);
        world.records.push(record);
        world.journal.last_written = Some(2);
        world
    }

    /// No line yet, and a policy that creates it.
    pub(super) fn without_a_line(timing: Timing, left: Budget) -> Self {
        Self {
            timing,
            now: 2,
            records: Vec::new(),
            wire: Vec::new(),
            journal: Memory::default(),
            client: Client::Idle,
            plan: 0,
            before: 0,
            edited_since_reread: false,
            reread_at: 0,
            landings: 0,
            left,
            spent_on_lies_and_edits: 0,
        }
    }

    /// Whether the last plan's quantity stands and all is settled.
    pub(super) fn has_arrived(&self) -> bool {
        let quantities: Vec<u8> = self.records.iter().map(|record| record.quantity).collect();
        quantities == [DESIRED[DESIRED.len() - 1]]
            && self.journal.open.is_none()
            && self.client == Client::Idle
            && self.journal.last_written == Some(DESIRED[DESIRED.len() - 1])
    }

    /// All that may happen next.
    pub(super) fn successors(&self) -> Vec<Successor> {
        let mut next = Vec::new();
        self.ticks(&mut next);
        self.lands(&mut next);
        self.people(&mut next);
        self.crashes(&mut next);
        match &self.client {
            Client::Idle => self.draws(&mut next),
            Client::Doing(step) => self.does(step, &mut next),
            Client::Recovering(Step::Wait(wait)) => {
                let after = wait.clone().look(Watched::UntilNow(time(self.now)));
                self.waits(after, wait, &mut next);
            }
            Client::Recovering(_) => unreachable!("only waits are recovered"),
            Client::Committed(step) => self.goes_on(step, &mut next),
            Client::Sent(step, record) => self.is_answered(step, record.as_ref(), &mut next),
            Client::Down => next.push(("start", Ok(Self { client: Client::Idle, ..self.clone() }))),
        }
        next.into_iter().map(|(label, world)| (label, world.map(Self::forget))).collect()
    }

    /// Forgets what no law and no behaviour depends on any more, so that worlds that differ in nothing else are one.
    fn forget(mut self) -> Self {
        for record in &mut self.records {
            if record.changed + E < self.now {
                (record.was, record.changed) = (Some((record.quantity, record.version)), 0);
            }
        }
        if self.journal.quiet_until <= self.now {
            self.journal.quiet_until = 0;
        }
        if self.journal.open.is_none() {
            (self.edited_since_reread, self.reread_at, self.journal.doubted_at) = (false, 0, 0);
        }
        self
    }

    /// Whether time makes a difference: something travels, is waited for, lags behind, or must be sent in time.
    fn is_timely(&self) -> bool {
        let lagging = self.records.iter().any(|record| self.now <= record.changed + E && record.changed > 0);
        !self.wire.is_empty()
            || lagging
            || match &self.client {
                Client::Committed(_) | Client::Recovering(_) | Client::Doing(Step::Wait(_)) => true,
                Client::Doing(Step::Patch(_) | Step::Post(_)) => self.left.naps > 0,
                Client::Idle | Client::Down => self.journal.open.is_some(),
                Client::Doing(_) | Client::Sent(..) => false,
            }
    }

    fn after(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut world = self.clone();
        change(&mut world);
        world
    }

    fn ticks(&self, next: &mut Vec<Successor>) {
        let overdue = self.wire.iter().any(|request| request.lands_by == self.now);
        let sending = matches!(self.client, Client::Doing(Step::Patch(_) | Step::Post(_)));
        if self.left.ticks > 0 && !overdue && self.is_timely() && (!sending || self.left.naps > 0) {
            next.push((
                "tick",
                Ok(self.after(|world| {
                    world.now += 1;
                    world.left.ticks -= 1;
                    world.left.naps -= u8::from(sending);
                })),
            ));
        }
    }

    /// A request arrives, gets lost, or is acknowledged without effect.
    fn lands(&self, next: &mut Vec<Successor>) {
        for request in &self.wire {
            let without = self.after(|world| world.wire.retain(|other| other != request));
            next.push(("land", without.clone().landed(*request)));
            if self.left.lies > 0 && request.patch.is_some() {
                next.push(("lie", Ok(without.clone().lied(*request))));
            }
            next.push(("get lost", Ok(without)));
        }
    }

    fn landed(mut self, request: Request) -> Result<Self, &'static str> {
        match &mut self.journal.open {
            Some(meant) if meant.id == request.intent => meant.landed = true,
            _ => return Err("S10: a write landed after its intent was settled"),
        }
        let record = match request.patch {
            Some((id, after)) => {
                self.landings += u8::from(request.plan == self.plan);
                if request.plan == self.plan && self.landings > 1 {
                    return Err("S2: one step of a plan was written twice");
                }
                let (now, before, edited) = (self.now, self.before, self.edited_since_reread);
                let reread_at = self.reread_at;
                let found = self.records.iter_mut().find(|record| record.id == id);
                let record = found.ok_or("a write on no addition")?;
                if record.quantity != before && !edited && record.changed + E < reread_at {
                    return Err("S8: a quantity that was not read was written over");
                }
                record.set(after, now);
                record.clone()
            }
            None => {
                let id = i64::try_from(self.records.len()).unwrap() + 1;
                let record = Record { id, quantity: 0, version: 1, changed: self.now, was: None, ours: true };
                self.records.push(record.clone());
                record
            }
        };
        if self.records.iter().filter(|record| record.ours).count() > 1 {
            return Err("S1: a line was created twice");
        }
        self.answers(request, record);
        Ok(self)
    }

    fn lied(mut self, request: Request) -> Self {
        self.left.lies -= 1;
        self.spent_on_lies_and_edits += 1;
        if let Some(record) =
            request.patch.and_then(|(id, _)| self.records.iter().find(|record| record.id == id))
        {
            let record = record.clone();
            self.answers(request, record);
        }
        self
    }

    fn answers(&mut self, request: Request, record: Record) {
        let waits = self.journal.open.as_ref().is_some_and(|meant| meant.id == request.intent);
        if let Client::Sent(_, answer) = &mut self.client
            && waits
        {
            *answer = Some(record);
        }
    }

    /// Somebody sets the quantity by hand, to what it was or to something else, or adds a line.
    fn people(&self, next: &mut Vec<Successor>) {
        if self.left.edits == 0 {
            return;
        }
        let spent = self.after(|world| {
            world.left.edits -= 1;
            world.spent_on_lies_and_edits += 1;
            world.edited_since_reread = true;
        });
        for index in 0..self.records.len() {
            for quantity in [self.before, 9] {
                let now = self.now;
                next.push(("edit", Ok(spent.after(|world| world.records[index].set(quantity, now)))));
            }
        }
        if self.records.is_empty() {
            let record =
                Record { id: 50, quantity: 3, version: 1, changed: self.now, was: None, ours: false };
            next.push(("add by hand", Ok(spent.after(|world| world.records.push(record)))));
        }
    }

    fn crashes(&self, next: &mut Vec<Successor>) {
        if self.left.crashes > 0 && !matches!(self.client, Client::Down | Client::Idle) {
            next.push((
                "crash",
                Ok(self.after(|world| {
                    world.left.crashes -= 1;
                    world.client = Client::Down;
                    world.becomes_quiet();
                })),
            ));
        }
    }

    /// From a doubt, or a crash with an open intent, until its settle time.
    fn becomes_quiet(&mut self) {
        if let Some(meant) = &self.journal.open {
            self.journal.quiet_until = meant.lands_by;
            self.journal.doubted_at = self.now;
        }
    }
}

fn quantity(units: u8) -> Quantity {
    Quantity::from(u64::from(units))
}

fn small(quantity: Option<Quantity>) -> u8 {
    (0..u8::MAX).find(|units| Some(self::quantity(*units)) == quantity).unwrap()
}

fn time(seconds: u8) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds.into())
}

fn span(seconds: u8) -> std::time::Duration {
    std::time::Duration::from_secs(seconds.into())
}
