//! What becomes of the memory of a line when something happens to it.
//!
//! Pure. A write that did nothing leaves the memory as it was; only what was positively seen enters it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::event::Sighting;
use super::{Action, Field, Intent, Observation, Outcome};
use crate::billing::{AdditionId, Adopted, Guarded, PastWrite, Quantity};

/// How long writes are remembered with the line: the `window` guard looks that far back.
pub(super) const WRITES_ARE_RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long changes by others are: `another_writer` looks that far back.
pub(super) const CHANGES_ARE_RECENT: SignedDuration = SignedDuration::from_hours(24);

/// The memory of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LineMemory {
    pub(super) addition: Option<AdditionId>,
    pub(super) created: Option<AdditionId>,
    pub(super) last_written: Option<Quantity>,
    pub(super) written_at: Timestamp,
    pub(super) commit: Arc<str>,
    pub(super) terms: Arc<str>,
    pub(super) recent_writes: Vec<PastWrite>,
    pub(super) foreign_changes: Vec<Timestamp>,
    /// The quantity somebody else was last seen to have set since our last write.
    pub(super) foreign_seen: Option<Quantity>,
    pub(super) diverged: bool,
    pub(super) adopted: Option<Adopted>,
    /// What else the line was like when its quantity was last ours.
    pub(super) guarded: Option<Guarded>,
}

impl LineMemory {
    fn new(at: Timestamp, commit: Arc<str>, terms: Arc<str>) -> Self {
        Self {
            addition: None,
            created: None,
            last_written: None,
            written_at: at,
            commit,
            terms,
            recent_writes: Vec::new(),
            foreign_changes: Vec::new(),
            foreign_seen: None,
            diverged: false,
            adopted: None,
            guarded: None,
        }
    }

    /// After an intent was settled. `None`: there is still nothing to remember.
    pub(super) fn settled(
        memory: Option<Self>,
        intent: &Intent,
        commit: &Arc<str>,
        outcome: &Outcome,
        at: Timestamp,
    ) -> Option<Self> {
        let fresh = || Self::new(at, Arc::clone(commit), Arc::clone(&intent.terms));
        match outcome {
            Outcome::NotSent(_) | Outcome::Refused { .. } | Outcome::NotApplied => memory,
            Outcome::Applied => Some(memory.unwrap_or_else(fresh).written(intent, commit, at)),
            Outcome::Created { addition } => {
                Some(memory.unwrap_or_else(fresh).created(*addition, intent, commit, at))
            }
            Outcome::Ambiguous { additions } => {
                let first = additions.first().copied();
                let memory = memory.unwrap_or_else(fresh);
                Some(first.into_iter().fold(memory, |memory, id| memory.created(id, intent, commit, at)))
            }
            Outcome::Diverged { addition, fields, .. } => {
                Some(memory.unwrap_or_else(fresh).stored_otherwise(*addition, fields, intent, commit, at))
            }
            Outcome::Drift { .. } | Outcome::Gone => {
                Some(memory.unwrap_or_else(fresh).left_to_others(intent))
            }
        }
    }

    /// Our write stands.
    fn written(mut self, intent: &Intent, commit: &Arc<str>, at: Timestamp) -> Self {
        if let Action::Set { addition, before, after, last_updated: _ } = intent.action {
            self.addition = Some(addition);
            self.recent_writes.push(PastWrite { at, before, after });
            self.recent_writes.retain(|write| at.duration_since(write.at) <= WRITES_ARE_RECENT);
            self.stands(after, at, commit, &intent.terms);
            self.guards(intent.guarded.as_ref());
        }
        self
    }

    /// Our inert line stands.
    fn created(mut self, addition: AdditionId, intent: &Intent, commit: &Arc<str>, at: Timestamp) -> Self {
        self.addition = Some(addition);
        self.created = Some(addition);
        self.guarded = None;
        self.stands(Quantity::ZERO, at, commit, &intent.terms);
        self
    }

    /// ConnectWise stored something else than it was told to.
    fn stored_otherwise(
        mut self,
        addition: AdditionId,
        fields: &[Field],
        intent: &Intent,
        commit: &Arc<str>,
        at: Timestamp,
    ) -> Self {
        match &intent.action {
            Action::Create { .. } => self.created = Some(addition),
            Action::Set { .. } if fields.contains(&Field::Quantity) => {}
            Action::Set { .. } => self = self.written(intent, commit, at),
        }
        self.addition = Some(addition);
        self.diverged = true;
        self
    }

    /// Somebody else has the last word. What we read before counts as last written, so that it shows as a hand edit.
    fn left_to_others(mut self, intent: &Intent) -> Self {
        if let Action::Set { addition, before, .. } = intent.action {
            self.addition = Some(addition);
            self.last_written = self.last_written.or(Some(before));
        }
        self
    }

    /// This quantity is known to stand, and to be meant.
    fn stands(&mut self, quantity: Quantity, at: Timestamp, commit: &Arc<str>, terms: &Arc<str>) {
        self.last_written = Some(quantity);
        self.written_at = at;
        self.commit = Arc::clone(commit);
        self.terms = Arc::clone(terms);
        self.foreign_seen = None;
        self.diverged = false;
        self.adopted = None;
    }

    /// What else the line is like was looked at, and is as it should be.
    fn guards(&mut self, guarded: Option<&Guarded>) {
        if guarded.is_some() {
            self.guarded = guarded.cloned();
        }
    }

    /// After the line was seen. Equal to what was given when that is no news.
    pub(super) fn seen(memory: Option<Self>, seen: &Observation, at: Timestamp) -> Option<Self> {
        let Observation { line: _, addition, quantity, sighting, guarded } = seen;
        let mut memory = match sighting {
            Sighting::InStep { commit, terms } => {
                let memory = memory.unwrap_or_else(|| Self::new(at, Arc::clone(commit), Arc::clone(terms)));
                memory.in_step(*addition, *quantity, commit, terms, at)
            }
            Sighting::Foreign => memory?.changed_by_others(*quantity, at),
            Sighting::Adopted { against, commit, terms } => {
                let memory = memory.unwrap_or_else(|| Self::new(at, Arc::clone(commit), Arc::clone(terms)));
                let adopted = Adopted { quantity: *quantity, against: *against };
                memory.adopts(*addition, adopted, commit, terms, at)
            }
        };
        memory.guards(guarded.as_ref());
        Some(memory)
    }

    fn in_step(
        mut self,
        addition: AdditionId,
        quantity: Quantity,
        commit: &Arc<str>,
        terms: &Arc<str>,
        at: Timestamp,
    ) -> Self {
        let no_news = self.addition == Some(addition)
            && self.last_written == Some(quantity)
            && self.terms == *terms
            && self.foreign_seen.is_none()
            && !self.diverged
            && self.adopted.is_none();
        if !no_news {
            self.addition = Some(addition);
            self.stands(quantity, at, commit, terms);
        }
        self
    }

    fn changed_by_others(mut self, quantity: Quantity, at: Timestamp) -> Self {
        if self.last_written == Some(quantity) || self.foreign_seen == Some(quantity) {
            return self;
        }
        self.foreign_seen = Some(quantity);
        self.foreign_changes.push(at);
        self.foreign_changes.retain(|change| at.duration_since(*change) <= CHANGES_ARE_RECENT);
        self
    }

    fn adopts(
        mut self,
        addition: AdditionId,
        adopted: Adopted,
        commit: &Arc<str>,
        terms: &Arc<str>,
        at: Timestamp,
    ) -> Self {
        if self.addition == Some(addition) && self.adopted == Some(adopted) {
            return self;
        }
        self.addition = Some(addition);
        self.stands(adopted.quantity, at, commit, terms);
        self.adopted = Some(adopted);
        self
    }
}
