//! Usage that nothing bills: lost money, told and never acted on.

use crate::problem::{Code, Problem};
use crate::usage::{Account, Metric, Seat};

use crate::mapping::Subject;

use super::measure::is_zero;
use super::rows::{SourceRows, Switched, is_purchase};

/// Notes the metrics and seats of an account that no row counts. A backup row whose level leads nowhere is told
/// elsewhere.
pub(super) fn note(
    account: &Account,
    of_plan: Option<&Switched<'_>>,
    rows: &SourceRows<'_>,
    problems: &mut Vec<Problem>,
) {
    if of_plan.is_some_and(|row| row.entries.is_err()) {
        return;
    }
    let mut unbilled: Vec<String> = Vec::new();
    for (metric, measured) in &account.metrics {
        if !is_zero(*measured) && !counts(of_plan, rows, metric) {
            unbilled.push(metric.as_str().to_owned());
        }
    }
    let is_named = |seat: &Seat| rows.others.iter().any(|row| is_purchase(row.row, seat));
    for seat in account.seats.iter().filter(|seat| is_bought(seat) && !is_named(seat)) {
        let id = seat.unique_id.as_deref().map(|id| format!(" {id}")).unwrap_or_default();
        unbilled.push(format!("{}{id}", seat.option));
    }
    if !unbilled.is_empty() {
        unbilled.sort_unstable();
        let what = unbilled.join(", ");
        let message = format!("account {} uses {what}, which nothing bills", account.username);
        problems.push(Problem::note(Code::UnbilledMetric, &*account.username, message));
    }
}

fn counts(of_plan: Option<&Switched<'_>>, rows: &SourceRows<'_>, metric: &Metric) -> bool {
    let entries = of_plan.and_then(|row| row.entries.as_ref().ok());
    let by_plan = entries.is_some_and(|entries| entries.iter().any(|entry| entry.metric == *metric));
    by_plan
        || rows.others.iter().any(|row| match &row.row.subject {
            Subject::Metered { metric: name, .. } => **name == *metric.as_str(),
            Subject::Plan { .. } | Subject::Seats { .. } => false,
        })
}

fn is_bought(seat: &Seat) -> bool {
    seat.used.is_some_and(|used| used > 0) || seat.bought.is_some_and(|bought| bought > 0)
}
