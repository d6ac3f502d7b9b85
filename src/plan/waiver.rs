//! Waivers: reviewed, expiring permissions to pass one guard (writes.md, Waivers).
//!
//! Decides which waivers are in force and what each lets pass, and remembers which were needed. Does not know whether
//! a guard trips: a waiver that nobody asks for is reported as unused.

use std::cell::Cell;
use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::billing::{Money, Quantity};
use crate::mapping::{Catalog, Waiver, WaiverGuard};
use crate::problem::{Code, Problem};

/// The days that a waiver may lie ahead: a permission nobody remembers is no review.
pub(super) const LONGEST_DAYS: i32 = 31;

/// The waivers of the mappings, with which of them were needed.
#[derive(Debug)]
pub(super) struct Waivers<'a> {
    all: Vec<Held<'a>>,
    by_line: HashMap<(&'a str, &'a str), Vec<usize>, FixedState>,
}

#[derive(Debug)]
struct Held<'a> {
    waiver: &'a Waiver,
    force: Force,
    needed: Cell<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Force {
    Running,
    Expired,
    TooLong,
}

impl<'a> Waivers<'a> {
    /// The waivers as they stand on that day. The last day counts.
    pub(super) fn on(catalog: &'a Catalog, today: Date) -> Self {
        let latest = today.checked_add(LONGEST_DAYS.days()).unwrap_or(Date::MAX);
        let mut waivers = Self { all: Vec::new(), by_line: HashMap::default() };
        for (index, waiver) in catalog.waivers.iter().enumerate() {
            let force = match waiver.until {
                until if until < today => Force::Expired,
                until if until > latest => Force::TooLong,
                _ => Force::Running,
            };
            waivers.all.push(Held { waiver, force, needed: Cell::new(false) });
            if let WaiverGuard::Line { company, product, .. } = &waiver.guard {
                waivers.by_line.entry((company, product)).or_default().push(index);
            }
        }
        waivers
    }

    /// Whether a line may pass this guard, to this quantity.
    pub(super) fn pass_line(&self, company: &str, product: &str, tripped: Code, after: Quantity) -> bool {
        let Some(indices) = self.by_line.get(&(company, product)) else { return false };
        self.pass(indices.iter().map(|&index| &self.all[index]), |waiver| match waiver {
            WaiverGuard::Line { guard, quantity, .. } => {
                quantity.is_none_or(|only| only == after)
                    && passed_by(*guard).contains(&tripped)
                    && (*guard != Code::ToZero || after.is_zero())
            }
            WaiverGuard::RunLines { .. }
            | WaiverGuard::RunMoney { .. }
            | WaiverGuard::UnitShift { .. }
            | WaiverGuard::ConfigShrink { .. }
            | WaiverGuard::History { .. } => false,
        })
    }

    /// Whether so many lines may move much in one run.
    pub(super) fn pass_run_lines(&self, lines: usize) -> bool {
        let ceiling = |up_to: u32| usize::try_from(up_to).unwrap_or(usize::MAX);
        self.pass_tenant(
            |waiver| matches!(waiver, WaiverGuard::RunLines { up_to } if lines <= ceiling(*up_to)),
        )
    }

    /// Whether so much money may move in one run.
    pub(super) fn pass_run_money(&self, moved: Money) -> bool {
        self.pass_tenant(|waiver| matches!(waiver, WaiverGuard::RunMoney { up_to } if moved <= *up_to))
    }

    /// Whether the source may have changed its unit.
    pub(super) fn pass_unit_shift(&self, shifted: &str) -> bool {
        self.pass_tenant(|waiver| matches!(waiver, WaiverGuard::UnitShift { source } if **source == *shifted))
    }

    /// Whether so many rows may go.
    pub(super) fn pass_config_shrink(&self, removed: usize) -> bool {
        let ceiling = |rows: u32| usize::try_from(rows).unwrap_or(usize::MAX);
        self.pass_tenant(
            |waiver| matches!(waiver, WaiverGuard::ConfigShrink { rows } if removed <= ceiling(*rows)),
        )
    }

    /// Whether history may have left one of these commits behind.
    pub(super) fn pass_history(&self, commits: [&str; 2]) -> bool {
        self.pass_tenant(
            |waiver| matches!(waiver, WaiverGuard::History { commit } if commits.contains(&&**commit)),
        )
    }

    fn pass_tenant(&self, fits: impl Fn(&WaiverGuard) -> bool) -> bool {
        self.pass(self.all.iter(), fits)
    }

    fn pass<'w>(
        &'w self,
        candidates: impl Iterator<Item = &'w Held<'a>>,
        fits: impl Fn(&WaiverGuard) -> bool,
    ) -> bool
    where
        'a: 'w,
    {
        let mut passed = false;
        for held in candidates.filter(|held| held.force == Force::Running && fits(&held.waiver.guard)) {
            held.needed.set(true);
            passed = true;
        }
        passed
    }

    /// What is to be said about waivers once every guard has asked: expired, too long, or needed by nothing.
    pub(super) fn report(&self) -> Vec<Problem> {
        self.all
            .iter()
            .filter_map(|held| report(held).map(|problem| problem.at(held.waiver.place.clone())))
            .collect()
    }
}

/// The guards that a waiver of a line lets pass.
fn passed_by(guard: Code) -> &'static [Code] {
    const TO_ZERO: &[Code] =
        &[Code::ToZero, Code::LineChange, Code::LineMoney, Code::PriceUnknown, Code::Window];
    const ALONE: &[(Code, &[Code])] = &[
        (Code::ToZero, TO_ZERO),
        (Code::LineChange, &[Code::LineChange]),
        (Code::LineMoney, &[Code::LineMoney, Code::PriceUnknown]),
        (Code::Window, &[Code::Window]),
        (Code::HandEdit, &[Code::HandEdit]),
    ];
    ALONE.iter().find(|(waiver, _)| *waiver == guard).map_or(&[], |(_, passed)| passed)
}

fn report(held: &Held<'_>) -> Option<Problem> {
    let (subject, until) = (subject(&held.waiver.guard), held.waiver.until);
    match held.force {
        Force::Expired => {
            let message = format!("the waiver ended on {until}");
            Some(
                Problem::warning(Code::Expired, subject, message)
                    .with_hint("remove it, or have it reviewed again"),
            )
        }
        Force::TooLong => {
            let message = format!(
                "the waiver runs until {until}, more than {LONGEST_DAYS} days ahead, and passes nothing"
            );
            Some(
                Problem::warning(Code::WaiverTooLong, subject, message)
                    .with_hint("choose an earlier last day"),
            )
        }
        Force::Running if held.needed.get() => None,
        Force::Running => {
            let message = "no guard needs the waiver in this plan";
            Some(Problem::note(Code::WaiverUnused, subject, message))
        }
    }
}

fn subject(guard: &WaiverGuard) -> String {
    match guard {
        WaiverGuard::Line { guard, company, product, .. } => format!("{guard} {company}/{product}"),
        WaiverGuard::RunLines { .. } => Code::RunLines.to_string(),
        WaiverGuard::RunMoney { .. } => Code::RunMoney.to_string(),
        WaiverGuard::UnitShift { source } => format!("{} {source}", Code::UnitShift),
        WaiverGuard::ConfigShrink { .. } => Code::ConfigShrink.to_string(),
        WaiverGuard::History { commit } => format!("{} {commit}", Code::History),
    }
}

#[cfg(test)]
mod tests;
