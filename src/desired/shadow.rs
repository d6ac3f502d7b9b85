//! Tells which rows win over `(All plans)`: two rows fit such an account, and one is not read.

use std::collections::BTreeMap;

use crate::problem::{Code, Problem};

use super::ground::Ground;

/// Notes every row of a plan that has accounts and stands beside a row for all plans of the same source.
pub(super) fn note(ground: &Ground<'_>, problems: &mut Vec<Problem>) {
    for source in &ground.sources {
        let (Some(all), Some(accounts)) = (&source.rows.all, &source.accounts) else { continue };
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let plans = accounts.iter().filter_map(|account| account.plan.as_ref()?.name.as_deref());
        plans.for_each(|plan| *counts.entry(plan).or_default() += 1);
        for (plan, count) in counts {
            let Some(row) = source.rows.plans.get(plan) else { continue };
            let place = &all.row.place;
            let message = format!(
                "the row of {plan} wins over (All plans) at {}:{} for {count} {}",
                place.file,
                place.line,
                if count == 1 { "account" } else { "accounts" }
            );
            problems.push(Problem::note(Code::RowShadowed, plan, message).at(row.row.place.clone()));
        }
    }
}
