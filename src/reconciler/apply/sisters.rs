//! Which lines that take over stand already, so that those which fall in their favour may follow.
//!
//! Pure. A product can stand on several agreements of a company: it has taken over only when all of its lines have.

use std::collections::{BTreeMap, BTreeSet};

use super::order::writes;
use crate::billing::{CompanyId, ProductId};
use crate::plan::{Line, Plan, Verdict};

/// What is known of the lines that others wait for.
#[derive(Debug, Default)]
pub(super) struct Sisters {
    /// Those that bill what they should.
    standing: BTreeSet<(CompanyId, ProductId)>,
    /// How many lines of them are still to be written.
    missing: BTreeMap<(CompanyId, ProductId), usize>,
}

impl Sisters {
    /// How the plan sees them; of a plan in which no line waits for another, nothing needs to be known.
    pub(super) fn of(plan: &Plan<'_>) -> Self {
        let mut sisters = Self::default();
        if plan.lines.iter().all(|line| line.after.is_empty()) {
            return sisters;
        }
        for line in plan.lines.iter().filter(|line| line.after.is_empty()) {
            if line.verdict == Verdict::Keep {
                sisters.standing.insert(name(line));
            } else if writes(line) {
                *sisters.missing.entry(name(line)).or_default() += 1;
            }
        }
        sisters
    }

    /// A line is verified.
    pub(super) fn stands(&mut self, line: &Line<'_>) {
        self.standing.insert(name(line));
        if let Some(count) = self.missing.get_mut(&name(line)).filter(|_| line.after.is_empty()) {
            *count = count.saturating_sub(1);
        }
    }

    /// The first sister that a line still has to wait for.
    pub(super) fn awaited(&self, line: &Line<'_>) -> Option<ProductId> {
        line.after.iter().copied().find(|product| {
            let sister = (line.company.id, *product);
            !self.standing.contains(&sister) || self.missing.get(&sister).is_some_and(|count| *count > 0)
        })
    }
}

fn name(line: &Line<'_>) -> (CompanyId, ProductId) {
    (line.company.id, line.product.id)
}

#[cfg(test)]
mod tests {
    use super::Sisters;
    use crate::billing::{AgreementId, ProductId};
    use crate::plan::sample::{empty_plan, line};
    use crate::plan::{AgreementRef, Line, Plan, ProductRef, Verdict};

    const TAKES_OVER: ProductId = ProductId(32);

    fn on(agreement: i64, product: i64, verdict: Verdict) -> Line<'static> {
        let line = line("Northwind", "BKP", Some("5"), "9", "1");
        let agreement = AgreementRef { id: AgreementId(agreement), ..line.agreement };
        let product = ProductRef { id: ProductId(product), ..line.product };
        Line { agreement, product, verdict, ..line }
    }

    fn falling() -> Line<'static> {
        Line { after: vec![TAKES_OVER], ..on(1, 31, Verdict::Update) }
    }

    fn plan(sisters: Vec<Line<'static>>) -> Plan<'static> {
        let lines = [vec![falling()], sisters].concat();
        Plan { lines, ..empty_plan() }
    }

    #[test]
    fn a_line_waits_until_the_one_that_takes_over_is_verified() {
        let rising = on(1, 32, Verdict::Update);
        let mut sisters = Sisters::of(&plan(vec![rising.clone()]));
        let before = sisters.awaited(&falling());

        sisters.stands(&rising);

        assert_eq!((before, sisters.awaited(&falling())), (Some(TAKES_OVER), None));
    }

    #[test]
    fn the_same_product_in_step_on_another_agreement_takes_nothing_over() {
        let elsewhere = on(2, 32, Verdict::Keep);
        let mut sisters = Sisters::of(&plan(vec![on(1, 32, Verdict::Update), elsewhere]));
        assert_eq!(sisters.awaited(&falling()), Some(TAKES_OVER));

        sisters.stands(&on(1, 32, Verdict::Update));

        assert_eq!(sisters.awaited(&falling()), None);
    }

    #[test]
    fn a_line_that_takes_over_and_is_held_or_gone_is_waited_for() {
        for sisters in [vec![], vec![on(1, 32, Verdict::Hold)]] {
            assert_eq!(Sisters::of(&plan(sisters)).awaited(&falling()), Some(TAKES_OVER));
        }
    }
}
