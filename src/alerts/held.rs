//! The held lines of a plan, as far as they are told: each by itself, or by the guard that holds a whole run.
//!
//! Pure. Decides which holds are a line's own. A source that is doubted is told as the source, and a write in doubt as
//! such.

use std::collections::BTreeMap;

use super::matter::HeldLine;
use crate::billing::Money;
use crate::plan::{Line, Plan, Verdict, spoken};
use crate::problem::Code;

/// More lines than this are told by guard only: nobody reads them one by one, and each is remembered.
const MOST_LINES: usize = 2_000;

/// What a plan holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// The lines that are held for their own sake. `None`: too many to tell one by one.
    pub(super) lines: Option<Vec<HeldLine>>,
    /// What each guard holds.
    pub(super) guards: BTreeMap<Code, Sum>,
}

/// How many lines, and their monthly money; `None` when an amount among them is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    /// How many.
    pub(super) lines: usize,
    /// Their money.
    pub(super) money: Option<Money>,
}

impl Default for Sum {
    fn default() -> Self {
        Self { lines: 0, money: Some(Money::ZERO) }
    }
}

impl Sum {
    /// With one line more.
    pub(super) fn add(&mut self, money: Option<Money>) {
        self.lines += 1;
        self.money = self.money.zip(money).and_then(|(sum, money)| sum.checked_add(money));
    }
}

/// Whom a hold is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The line itself.
    Line,
    /// The whole run or commit.
    Run,
    /// A usage source.
    Source,
    /// A write that is told by itself.
    Write,
}

/// Whom a hold of this code is about.
pub(super) fn reach(code: Code) -> Reach {
    if matches!(code, Code::RunLines | Code::RunMoney | Code::History | Code::ConfigShrink) {
        Reach::Run
    } else if matches!(code, Code::UsageStale | Code::UsageIncomplete | Code::UsageEmpty | Code::UnitShift) {
        Reach::Source
    } else if code == Code::InDoubt {
        Reach::Write
    } else {
        Reach::Line
    }
}

impl Held {
    /// What this plan holds.
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        Self::up_to(plan, MOST_LINES)
    }

    fn up_to(plan: &Plan<'_>, most: usize) -> Self {
        let mut guards: BTreeMap<Code, Sum> = BTreeMap::new();
        let mut lines = Vec::new();
        for line in plan.lines.iter().filter(|line| line.verdict == Verdict::Hold) {
            for reason in &line.reasons {
                guards.entry(reason.code).or_default().add(line.monthly_delta);
            }
            lines.extend(own(line).filter(|_| lines.len() <= most).map(|guard| told(line, guard)));
        }
        Self { lines: (lines.len() <= most).then_some(lines), guards }
    }
}

/// Why a line is held for its own sake: that another quantity stands there before all else, then the first reason.
fn own(line: &Line<'_>) -> Option<Code> {
    let mut codes = line.reasons.iter().map(|reason| reason.code).filter(|&code| reach(code) == Reach::Line);
    let first = codes.next()?;
    Some(if codes.any(|code| code == Code::Diverged) { Code::Diverged } else { first })
}

fn told(line: &Line<'_>, guard: Code) -> HeldLine {
    HeldLine {
        key: line.key(),
        guard,
        name: format!("{}/{}", line.company.identifier, line.product.identifier),
        sentence: spoken(line),
        money: line.monthly_delta,
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, Sum};
    use crate::plan::sample::{empty_plan, sample_plan};
    use crate::problem::Code;

    #[test]
    fn every_held_line_is_told_with_its_guard_and_its_money() {
        let held = Held::of(&sample_plan());

        let lines = held.lines.unwrap();
        let told: Vec<_> = lines.iter().map(|line| (line.guard, line.name.as_str())).collect();
        assert_eq!(
            told,
            [(Code::LineChange, "Contoso/BKP-HYPERV"), (Code::AccountAbsent, "Northwind/BKP-GB")]
        );
        assert_eq!(
            lines[1].sentence,
            "Northwind Traders, BKP-GB: 812 -> 0, -$365.40 a month; account_absent: 1 of 2 snapshots; also to_zero"
        );
        let money = "-365.4".parse().ok();
        assert_eq!(held.guards[&Code::AccountAbsent], Sum { lines: 1, money });
    }

    #[test]
    fn too_many_lines_are_told_by_guard_only() {
        let held = Held::up_to(&sample_plan(), 1);

        assert_eq!(held.lines, None);
        assert_eq!(held.guards.len(), 3);
        assert_eq!(Held::up_to(&empty_plan(), 0).lines, Some(Vec::new()));
    }
}
