//! What the client of the model does: it draws plans, takes the protocol's steps, and starts again after a crash.
//!
//! The laws about intents, sending and outcomes are checked where they could be broken.

use std::sync::Arc;

use jiff::SignedDuration;

use super::{
    B, Client, D, DESIRED, LINE, Meant, Record, Request, Successor, TODAY, World, quantity, small, span, time,
};
use crate::billing::Addition;
use crate::journal::attempt::{
    Conclusion, CreateLine, Elapsed, Listing, SetLine, Step, Stop, Wait, Watched, WriteAnswer, recover,
};
use crate::journal::{Action, Intent, IntentId, Open, Outcome, RunId};

impl World {
    /// A pass: settles what is open, or draws a plan and starts on it.
    pub(super) fn draws(&self, next: &mut Vec<Successor>) {
        if let Some(meant) = &self.journal.open {
            let step = recover(&self.open(meant), self.timing);
            next.push(("recover", Ok(self.after(|world| world.client = Client::Recovering(step)))));
            return;
        }
        let Some(desired) = DESIRED.get(usize::from(self.plan)) else { return };
        let mut drawn = false;
        for view in self.lists() {
            let Some((step, before)) = self.plans(&view, *desired) else { continue };
            drawn = true;
            next.push((
                "plan",
                Ok(self.after(|world| {
                    world.plan += 1;
                    world.before = before;
                    world.landings = 0;
                    world.client = Client::Doing(step);
                })),
            ));
        }
        if !drawn {
            next.push(("hold", Ok(self.after(|world| world.plan += 1))));
        }
    }

    fn plans(&self, view: &[Addition], desired: u8) -> Option<(Step, u8)> {
        let (last_written, timing) = (self.journal.last_written, self.timing);
        match view {
            [] if last_written.is_none() && !self.journal.created => {
                let create = CreateLine { line: LINE, quantity: quantity(desired), effective: TODAY, timing };
                Some((create.start(), 0))
            }
            [addition] if !self.journal.diverged => {
                let current = small(addition.quantity);
                let by_hand = last_written.is_some_and(|written| written != current);
                let (before, after) = (quantity(current), quantity(desired));
                let set = SetLine { line: LINE, addition: addition.id, before, after, timing };
                (!by_hand && current != desired).then(|| (set.start(), current))
            }
            _ => None,
        }
    }

    fn open(&self, meant: &Meant) -> Open {
        let intent = Intent {
            line: LINE,
            company: Arc::from("Northwind"),
            product_identifier: Arc::from("BKP-GB"),
            action: meant.action.clone(),
            terms: Arc::from("terms"),
            guarded: None,
            attempt: 1,
            at: time(meant.at),
            settles_at: self.timing.settles_at(time(meant.at)),
        };
        let (id, settles_at) = (IntentId(meant.id), meant.settles_at);
        Open { id, run: RunId(1), intent, settles_at, doubt: None }
    }

    /// The client does the step.
    pub(super) fn does(&self, step: &Step, next: &mut Vec<Successor>) {
        match step.clone() {
            Step::Read(read) => {
                for (label, sight) in self.sights(read.addition()) {
                    next.push((label, Ok(self.reread(read.clone().seen(sight, TODAY), label))));
                }
            }
            Step::List(list) => {
                for view in self.lists() {
                    let after = list.clone().listed(Listing::Complete(view), TODAY);
                    next.push(("list", Ok(self.reread(after, "list"))));
                }
                if self.left.unreadable > 0 {
                    let after = list.listed(Listing::Unreadable { message: String::new() }, TODAY);
                    next.push(("list fails", Ok(self.reread(after, "unreadable"))));
                }
            }
            Step::Intend(intend) => next.push(("intend", self.intends(step, intend.action()))),
            Step::Patch(patch) => {
                let after = small(Some(patch.after()));
                next.push(("patch", self.sends(step, Some((patch.addition().0, after)))));
            }
            Step::Post(_) => next.push(("post", self.sends(step, None))),
            Step::Doubt(doubt) => next.push((
                "doubt",
                Ok(self.after(|world| {
                    world.becomes_quiet();
                    let now = time(world.now);
                    if let Some(meant) = &mut world.journal.open {
                        meant.settles_at = doubt.settles_at(now);
                    }
                    world.client = Client::Doing(doubt.recorded(now));
                })),
            )),
            Step::Settle(settle) => {
                let outcome = settle.outcome().clone();
                next.push(("settle", self.settles(&outcome, settle.recorded())));
            }
            Step::Wait(wait) => {
                let elapsed = span(self.now - self.journal.doubted_at);
                self.waits(wait.clone().look(Watched::SinceDoubt(elapsed)), &wait, next);
            }
            Step::Retry(retry) => {
                next.push(("try again", Ok(self.goes_to(retry.again()))));
                next.push(("leave", Ok(self.goes_to(Step::Done(Conclusion::NotApplied)))));
            }
            Step::Done(_) => next.push(("done", Ok(self.after(|world| world.client = Client::Idle)))),
        }
    }

    fn goes_to(&self, step: Step) -> Self {
        self.after(|world| world.client = Client::Doing(step))
    }

    fn reread(&self, step: Step, label: &str) -> Self {
        let mut world = self.goes_to(step);
        if matches!(world.client, Client::Doing(Step::Intend(_))) {
            world.edited_since_reread = false;
            world.reread_at = world.now;
        }
        world.left.unreadable -= u8::from(label == "unreadable");
        world
    }

    fn intends(&self, step: &Step, action: Action) -> Result<Self, &'static str> {
        if self.journal.open.is_some() {
            return Err("S10: a second intent on one line");
        }
        if matches!(action, Action::Create { .. }) && self.journal.created {
            return Err("S1: a create of a line that was created");
        }
        let mut world = self.clone();
        world.journal.intents += 1;
        let (id, at) = (world.journal.intents, self.now);
        let settles_at = self.timing.settles_at(time(at));
        world.journal.open = Some(Meant { id, action, at, settles_at, lands_by: at + B + D, landed: false });
        world.client = Client::Committed(step.clone());
        Ok(world)
    }

    pub(super) fn goes_on(&self, step: &Step, next: &mut Vec<Successor>) {
        let (Step::Intend(intend), Some(meant)) = (step, &self.journal.open) else { unreachable!() };
        let seconds = self.now - meant.at;
        let elapsed = Elapsed { monotonic: span(seconds), wall: SignedDuration::from_secs(seconds.into()) };
        let after = intend.clone().committed(IntentId(meant.id), time(meant.at), elapsed, Stop::No);
        next.push(("go on", Ok(self.goes_to(after))));
    }

    fn sends(&self, step: &Step, patch: Option<(i64, u8)>) -> Result<Self, &'static str> {
        let Some(meant) = &self.journal.open else { return Err("S3: a write without a durable intent") };
        if !self.wire.is_empty() {
            return Err("S10: two writes in flight on one line");
        }
        if self.now < self.journal.quiet_until {
            return Err("S10: a write between a doubt and its settle time");
        }
        let lands_by = self.now.max(meant.at + B) + D;
        let request = Request { intent: meant.id, plan: self.plan, patch, lands_by };
        let mut world = self.clone();
        world.journal.open = Some(Meant { lands_by, ..meant.clone() });
        world.wire.push(request);
        world.client = Client::Sent(step.clone(), None);
        Ok(world)
    }

    pub(super) fn is_answered(&self, step: &Step, record: Option<&Record>, next: &mut Vec<Successor>) {
        let answered = |answer: WriteAnswer| match step.clone() {
            Step::Patch(patch) => patch.answered(answer),
            Step::Post(post) => post.answered(answer),
            _ => unreachable!("only writes are answered"),
        };
        let lost = WriteAnswer::Lost { message: String::new() };
        next.push(("time out", Ok(self.goes_to(answered(lost)))));
        if let Some(record) = record {
            let status = if matches!(step, Step::Post(_)) { 201 } else { 200 };
            let record = Some(Box::new(record.as_read(record.quantity, record.version)));
            let answer = WriteAnswer::Answered { status, record, message: String::new() };
            next.push(("answer", Ok(self.goes_to(answered(answer)))));
        }
        let never_arrived = self.wire.len() == 1;
        if never_arrived && self.left.unsent > 0 {
            let mut world = self.goes_to(answered(WriteAnswer::Unsent { message: String::new() }));
            world.wire.clear();
            world.left.unsent -= 1;
            next.push(("no byte written", Ok(world)));
        }
        if never_arrived && self.left.refused > 0 {
            let answer = WriteAnswer::Answered { status: 400, record: None, message: String::new() };
            let mut world = self.goes_to(answered(answer));
            world.wire.clear();
            world.left.refused -= 1;
            next.push(("refuse", Ok(world)));
        }
    }

    fn settles(&self, outcome: &Outcome, step: Step) -> Result<Self, &'static str> {
        let mut world = self.goes_to(step);
        let Some(meant) = world.journal.open.take() else { return Err("an outcome without an intent") };
        let in_flight = self.wire.iter().any(|request| request.intent == meant.id);
        let others = self.spent_on_lies_and_edits > 0;
        match outcome {
            Outcome::NotSent(_) | Outcome::Refused { .. } | Outcome::NotApplied
                if meant.landed || in_flight =>
            {
                return Err("an intent that landed, or may, was called not applied");
            }
            Outcome::Applied | Outcome::Created { .. } if !meant.landed && !others => {
                return Err("an intent that never landed was called applied");
            }
            Outcome::Drift { .. } | Outcome::Gone | Outcome::Ambiguous { .. } | Outcome::Diverged { .. }
                if !others =>
            {
                return Err("somebody was blamed who did nothing");
            }
            Outcome::Created { .. } => {
                world.journal.created = true;
                world.journal.last_written = Some(0);
                world.before = 0;
            }
            Outcome::Applied => {
                let Action::Set { after, .. } = meant.action else { return Err("a create was applied") };
                world.journal.last_written = Some(small(Some(after)));
            }
            Outcome::Diverged { .. } => world.journal.diverged = true,
            Outcome::Drift { .. } | Outcome::Gone | Outcome::Ambiguous { .. } => {}
            Outcome::NotSent(_) | Outcome::Refused { .. } | Outcome::NotApplied => {}
        }
        Ok(world)
    }

    pub(super) fn waits(&self, after: Step, before: &Wait, next: &mut Vec<Successor>) {
        if after != Step::Wait(before.clone()) {
            next.push(("settle time", Ok(self.goes_to(after))));
        }
        next.push(("leave", Ok(self.after(|world| world.client = Client::Idle))));
    }
}
