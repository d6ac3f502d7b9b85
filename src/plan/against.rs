//! Two configurations on the same usage and the same ConnectWise: what does only the commit change?
//!
//! Decides which lines differ. What changes or is held anyway is counted apart, so that a pull request is judged by
//! what it does.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::summary::summarize;
use super::{Against, GoneLine, Line, Plan, Show, Verdict, digest};
use crate::billing::LineKey;
use crate::problem::{Code, Problem};

/// What `head` does that `base` does not. Both must be drawn from the same usage, view, history and time.
#[must_use]
pub fn against<'a>(base: &Plan<'a>, head: Plan<'a>) -> Plan<'a> {
    let known: HashMap<LineKey, &Line<'a>, FixedState> =
        base.lines.iter().map(|line| (line.key(), line)).collect();
    let reached: HashMap<LineKey, (), FixedState> = head.lines.iter().map(|line| (line.key(), ())).collect();
    let gone = base.lines.iter().filter(|line| !reached.contains_key(&line.key())).map(gone).collect();
    let same = |line: &Line<'a>| known.get(&line.key()).is_some_and(|other| is_same(other, line));
    let (anyway, lines): (Vec<_>, Vec<_>) = head.lines.into_iter().partition(same);
    let told_anyway: Vec<Problem> = intersection(&head.problems, &base.problems);
    let problems: Vec<Problem> =
        head.problems.into_iter().filter(|problem| told_anyway.binary_search(problem).is_err()).collect();
    let against = Against { anyway: summarize(&anyway, &told_anyway), commit: base.commit, gone };
    let summary = summarize(&lines, &problems);
    let mut plan = Plan { against: Some(against), lines, problems, summary, ..head };
    plan.digest = digest(&plan, Show::Changes);
    plan
}

/// Whether a line fares the same: same number, same decision, same reasons. Counts in the reasons of a run may differ.
fn is_same(base: &Line<'_>, head: &Line<'_>) -> bool {
    let codes = |line: &Line<'_>| line.reasons.iter().map(|reason| reason.code).collect::<Vec<Code>>();
    base.desired == head.desired
        && base.verdict == head.verdict
        && (base.verdict != Verdict::Hold || codes(base) == codes(head))
}

/// Problems of both, sorted as each of them is.
fn intersection(left: &[Problem], right: &[Problem]) -> Vec<Problem> {
    left.iter().filter(|problem| right.binary_search(problem).is_ok()).cloned().collect()
}

fn gone<'a>(line: &Line<'a>) -> GoneLine<'a> {
    GoneLine {
        agreement: line.agreement,
        company: line.company,
        current: line.current,
        product: line.product,
    }
}

#[cfg(test)]
mod tests {
    use super::against;
    use crate::plan::Verdict;
    use crate::plan::world::{World, line, money, quantity};

    fn base() -> World {
        World::in_step().line("usage", "BKP-GB", "10", "11").line("mapped", "BKP-GB", "10", "10")
    }

    fn head() -> World {
        base().with("mapped", "BKP-GB", |spec| spec.desired = Some(quantity("12")))
    }

    #[test]
    fn only_what_the_commit_changes_is_shown_and_the_rest_is_counted_apart() {
        let (base, head) = (base(), head());

        let plan = against(&base.plan(), head.plan());

        assert_eq!(plan.lines.len(), 1);
        assert_eq!(line(&plan, "mapped", "BKP-GB").verdict, Verdict::Update);
        assert_eq!(plan.summary.monthly_delta, Some(money("2")));
        let anyway = plan.against.unwrap().anyway;
        assert_eq!((anyway.update, anyway.keep, anyway.monthly_delta), (1, 1, Some(money("1"))));
    }

    #[test]
    fn a_change_that_the_commit_takes_back_is_shown_too() {
        let (base, head) = (base(), head());

        let plan = against(&head.plan(), base.plan());

        assert_eq!(line(&plan, "mapped", "BKP-GB").verdict, Verdict::Keep);
    }

    #[test]
    fn a_line_that_the_commit_no_longer_reaches_is_named() {
        let (base, head) = (base().line("lost", "BKP-GB", "7", "7"), head());

        let plan = against(&base.plan(), head.plan());

        let gone = plan.against.unwrap().gone;
        assert_eq!(gone.iter().map(|line| line.company.identifier).collect::<Vec<_>>(), ["lost"]);
    }

    #[test]
    fn the_same_configuration_twice_changes_nothing() {
        let world = head();

        let plan = against(&world.plan(), world.plan());

        assert_eq!((plan.lines.len(), plan.problems.len()), (0, 0));
    }
}
