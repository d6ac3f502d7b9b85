//! One desired line becomes one line of the plan: what holds it for good, what drift makes of it, what it would change.
//!
//! Decides everything that can be told from the line alone, its record and its sources. What depends on the size of the
//! change, on other lines or on the whole run is left to the guards, and only lines that would change are handed on.

mod doubt;
mod guarded;
mod parts;
mod wording;

pub(super) use guarded::Wrote;
pub(super) use wording::Wording;

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::{SignedDuration, Timestamp};

use super::drift::{self, Drift};
use super::guard::source::{Scope, SourceGuard};
use super::guard::{Change, Kind, Role, Zero};
use super::money::Tariff;
use super::pin::{Number, Pins};
use super::waiver::Waivers;
use super::{Cause, Inputs, Line, Observation, Verdict};
use crate::billing::{Addition, LineRecord, Money, Product, ProductId, Quantity};
use crate::desired::{DesiredLine, Found, Want, Why};
use crate::mapping::{Undesired, UsageValue};
use crate::problem::{Code, Reason};

/// How far back the window of decreases reaches.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What a line is judged by.
pub(super) struct Ground<'g, 'a> {
    pub(super) inputs: &'g Inputs<'a>,
    pub(super) sources: &'g [SourceGuard<'a>],
    pub(super) pins: &'g Pins<'a>,
    pub(super) waivers: &'g Waivers<'a>,
    pub(super) wording: &'g Wording<'a>,
    pub(super) wrote: &'g Wrote<'a>,
    pub(super) products: &'g HashMap<ProductId, &'a Product, FixedState>,
}

/// What became of a line.
pub(super) struct Judged<'a> {
    pub(super) line: Line<'a>,
    /// Its monthly value now, for the share that a run may move.
    pub(super) value: Option<Money>,
    pub(super) next: Next<'a>,
}

/// What is left to do about a line.
pub(super) enum Next<'a> {
    Nothing,
    /// The journal is to learn of it.
    Observe(Observation),
    /// The guards are to see it.
    Guard(Change<'a>),
}

/// A line while it is judged.
struct Case<'a> {
    line: DesiredLine<'a>,
    number: Number,
    addition: Option<&'a Addition>,
    current: Option<Quantity>,
    record: Option<&'a LineRecord>,
    tariff: Tariff,
}

/// Judges one line.
pub(super) fn judge<'a>(ground: &Ground<'_, 'a>, mut line: DesiredLine<'a>) -> Judged<'a> {
    let number = ground.pins.apply(&mut line);
    let addition = match line.addition {
        Found::One(addition) => Some(addition),
        Found::Nothing | Found::Several(_) => None,
    };
    let record = ground.inputs.history.records.get(&line.key());
    let tariff = match (addition, &line.addition) {
        (Some(addition), _) => Tariff::of(addition),
        (None, Found::Nothing) => Tariff::of_catalogue(ground.products.get(&line.product).copied()),
        (None, Found::One(_) | Found::Several(_)) => Tariff::Unknown,
    };
    let current = addition.and_then(|addition| addition.quantity);
    let mut case = Case { line, number, addition, current, record, tariff };
    case.note_others();
    doubt::raise(&mut case, ground);
    decide(ground, case)
}

fn decide<'a>(ground: &Ground<'_, 'a>, case: Case<'a>) -> Judged<'a> {
    if is_left_alone(ground, &case) {
        return case.keep(None);
    }
    let Some(after) = case.line.desired.filter(|_| case.line.reasons.is_empty()) else {
        return case.hold(ground);
    };
    let Some(before) = case.current else {
        let cause = case.cause(ground, Drift::Change);
        return case.change(ground, Kind::Create, Quantity::ZERO, after, cause);
    };
    let drift = case.drift(ground, before, after);
    match drift {
        Drift::InStep | Drift::SetByHand | Drift::Adopt | Drift::Adopted => {
            let altered = case.altered(ground);
            let is_accepted = altered.is_none() || case.accepts_hands(ground, after);
            let observation = case.observation(ground, drift, before, after).filter(|_| is_accepted);
            let mut judged = case.keep(observation);
            if drift != Drift::InStep || altered.is_some() {
                judged.line.notes.push(Code::HandEdit);
                judged.line.notes.sort_unstable();
            }
            judged
        }
        Drift::Change | Drift::Revert | Drift::HandEdit => {
            let cause = case.cause(ground, drift);
            case.change(ground, Kind::Update, before, after, cause)
        }
    }
}

/// An undesired line that bills nothing already, or that the policy leaves as it is.
fn is_left_alone(ground: &Ground<'_, '_>, case: &Case<'_>) -> bool {
    let Want::Undesired(_) = case.line.want else { return false };
    if case.number == Number::Pinned {
        return false;
    }
    let unconfirmed = matches!(case.line.reasons.as_slice(), [reason] if reason.code == Code::AccountAbsent);
    match ground.inputs.catalog.policy.undesired {
        _ if unconfirmed && case.current == Some(Quantity::ZERO) => true,
        Undesired::Zero => false,
        Undesired::Leave => case.line.reasons.is_empty() && case.addition.is_some(),
    }
}

impl<'a> Case<'a> {
    fn drift(&self, ground: &Ground<'_, 'a>, before: Quantity, after: Quantity) -> Drift {
        match self.record {
            Some(record) if drift::landed_late(record, before) => {
                if before == after {
                    Drift::InStep
                } else {
                    Drift::Change
                }
            }
            record => drift::judge(record, before, after, ground.inputs.catalog.policy.hand_edit),
        }
    }

    fn cause(&self, ground: &Ground<'_, 'a>, drift: Drift) -> Cause {
        let cause = drift::cause(drift, self.line.want, self.record, ground.inputs.commit, || {
            ground.wording.of(&self.line.derivation)
        });
        match (cause, self.number) {
            (Cause::HandEdit, _) | (_, Number::Computed) => cause,
            (_, Number::Pinned) => Cause::Pin,
        }
    }

    /// What the journal does not know yet of a line that is kept.
    fn observation(
        &self,
        ground: &Ground<'_, 'a>,
        drift: Drift,
        current: Quantity,
        desired: Quantity,
    ) -> Option<Observation> {
        let addition = self.addition?.id;
        let key = self.line.key();
        let seen = |adopted_against| Observation {
            key,
            addition,
            quantity: current,
            adopted_against,
            terms: ground.wording.of(&self.line.derivation),
            guarded: self.guarded(),
        };
        match drift {
            Drift::InStep | Drift::SetByHand => {
                let known = self.record.is_some_and(|record| {
                    record.last_written == Some(current)
                        && record.addition == Some(addition)
                        && record.adopted.is_none()
                        && !record.diverged
                        && self.is_as_guarded(record)
                        && *record.terms == *ground.wording.of(&self.line.derivation)
                });
                (!known).then(|| seen(None))
            }
            Drift::Adopt => Some(seen(Some(desired))),
            Drift::Adopted | Drift::Change | Drift::Revert | Drift::HandEdit => None,
        }
    }

    fn keep(self, observation: Option<Observation>) -> Judged<'a> {
        let value = self.current.and_then(|current| self.tariff.value(current));
        let mut line = self.into_line();
        line.reasons.clear();
        line.monthly_delta = Some(Money::ZERO);
        Judged { line, value, next: observation.map_or(Next::Nothing, Next::Observe) }
    }

    fn hold(self, ground: &Ground<'_, 'a>) -> Judged<'a> {
        let before = match self.line.addition {
            Found::Nothing => Some(Quantity::ZERO),
            Found::One(_) | Found::Several(_) => self.current,
        };
        let cause =
            before.zip(self.line.desired).filter(|(before, after)| before != after).map(|(before, after)| {
                let drift =
                    if self.current.is_some() { self.drift(ground, before, after) } else { Drift::Change };
                self.cause(ground, drift)
            });
        let delta = before.zip(self.line.desired).and_then(|(before, after)| self.delta(before, after));
        let value = self.current.and_then(|current| self.tariff.value(current));
        let mut line = self.into_line();
        line.verdict = Verdict::Hold;
        line.cause = cause;
        line.monthly_delta = delta;
        Judged { line, value, next: Next::Nothing }
    }

    /// What a change adds to the bill; no change adds nothing, at any price.
    fn delta(&self, before: Quantity, after: Quantity) -> Option<Money> {
        if before == after { Some(Money::ZERO) } else { self.tariff.delta(before, after) }
    }

    fn change(
        mut self,
        ground: &Ground<'_, 'a>,
        kind: Kind,
        before: Quantity,
        after: Quantity,
        cause: Cause,
    ) -> Judged<'a> {
        let reasons = self.waivable(ground, before, after, cause, kind);
        let value = self.tariff.value(before);
        let change = Change {
            index: 0,
            before,
            after,
            kind,
            value,
            delta: self.delta(before, after),
            week_ago: self.record.map_or(before, |record| week_ago(record, before, ground.inputs.now)),
            guards: self.line.row.map_or(ground.inputs.catalog.policy.guards.line, |row| row.guards),
            scale: self.line.scale,
            role: self.role(),
            zero: self.zero(),
            types: std::mem::take(&mut self.line.types),
            sources: std::mem::take(&mut self.line.sources),
            group: None,
        };
        let terms = ground.wording.of(&self.line.derivation);
        let guarded = self.guarded();
        let mut line = self.into_line();
        line.verdict = match kind {
            Kind::Update => Verdict::Update,
            Kind::Create => Verdict::Create,
        };
        line.reasons = reasons;
        line.cause = Some(cause);
        line.monthly_delta = change.delta;
        line.terms = Some(terms);
        line.guarded = guarded;
        if line.reasons.iter().any(|reason| !has_waiver(reason.code)) {
            line.verdict = Verdict::Hold;
            (line.terms, line.guarded) = (None, None);
            return Judged { line, value, next: Next::Nothing };
        }
        Judged { line, value, next: Next::Guard(change) }
    }

    /// What holds a change because of its source or its history: hand edits, fights, and stale or shifted usage.
    fn waivable(
        &self,
        ground: &Ground<'_, 'a>,
        before: Quantity,
        after: Quantity,
        cause: Cause,
        kind: Kind,
    ) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let holds = ground.inputs.catalog.policy.hand_edit == crate::mapping::HandEdit::Hold;
        let (company, product) = (&*self.line.company.identifier, self.line.product_identifier);
        if cause == Cause::HandEdit
            && holds
            && !ground.waivers.pass_line(company, product, Code::HandEdit, after)
        {
            reasons.push(drift::hand_edit(self.record, before, after));
        }
        reasons.extend(self.altered(ground).filter(|_| !self.accepts_hands(ground, after)));
        reasons.extend(self.record.and_then(|record| drift::another_writer(record, ground.inputs.now)));
        if self.number == Number::Computed {
            let lower = after < before || kind == Kind::Create;
            reasons.extend(source_holds(ground.sources, &self.line.sources, lower));
        }
        doubt::once_each(&mut reasons);
        reasons
    }

    fn role(&self) -> Role {
        match (self.number, self.line.want) {
            (Number::Computed, Want::Wanted) => Role::Wanted,
            (Number::Computed, Want::Undesired(Why::Moved)) => Role::Falling,
            (Number::Pinned, _) | (_, Want::Undesired(_) | Want::Unresolved) => Role::Alone,
        }
    }

    fn zero(&self) -> Zero {
        let within = !self.line.derivation.is_empty()
            && self.number == Number::Computed
            && self.line.derivation.iter().all(|part| {
                part.usage_value == Some(UsageValue::Additional)
                    && part.used_bytes.is_some_and(|bytes| bytes > rust_decimal::Decimal::ZERO)
            });
        if within { Zero::WithinPlan } else { Zero::Unexplained }
    }
}

/// Whether some waiver lets a reason pass.
pub(super) fn has_waiver(code: Code) -> bool {
    const WAIVABLE: [Code; 11] = [
        Code::ToZero,
        Code::LineChange,
        Code::LineMoney,
        Code::PriceUnknown,
        Code::Window,
        Code::HandEdit,
        Code::UnitShift,
        Code::RunLines,
        Code::RunMoney,
        Code::ConfigShrink,
        Code::History,
    ];
    WAIVABLE.contains(&code)
}

/// The holds of the sources a line depends on, as far as they reach this change.
fn source_holds<'s>(
    guards: &'s [SourceGuard<'_>],
    sources: &'s [&str],
    lower: bool,
) -> impl Iterator<Item = Reason> + 's {
    let concerned = guards.iter().filter(|guard| sources.contains(&guard.source));
    concerned.flat_map(|guard| &guard.holds).filter_map(move |(scope, reason)| match scope {
        Scope::Everything => Some(reason.clone()),
        Scope::DecreasesAndCreates => lower.then(|| reason.clone()),
    })
}

/// What the line billed 7 days ago, as far as we changed it since.
pub(super) fn week_ago(record: &LineRecord, current: Quantity, now: Timestamp) -> Quantity {
    let oldest = record.recent_writes.iter().filter(|write| now.duration_since(write.at) <= WEEK);
    oldest.min_by_key(|write| write.at).map_or(current, |write| write.before)
}

#[cfg(test)]
mod tests;
