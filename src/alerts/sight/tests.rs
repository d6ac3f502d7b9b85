//! What is seen in a standing, and what is only said to be over when it would be seen.

use std::sync::Arc;

use jiff::civil::time as clock;
use jiff::{SignedDuration, Timestamp};

use super::{Held, Sight, look};
use crate::alerts::Timing;
use crate::alerts::held::Sum;
use crate::alerts::matter::{Fact, Key, SuspendedBy};
use crate::alerts::tests::{failing, in_step, standing, time};
use crate::billing::{Money, View};
use crate::mapping::{Catalog, Freeze};
use crate::plan::{Ancestry, History, Summary};
use crate::problem::{Code, Problem};
use crate::reconciler::standing::{
    Marked, PassResult, Planned, Refused, SourceStanding, Standing, Suspension,
};
use crate::reconciler::{Local, Mappings, Observation, Repository, Revision, Tenant};

fn seen(standing: &Standing) -> Sight {
    look(standing, &Held { lines: Some(Vec::new()), ..Held::default() }, None, &Timing::default(), time())
}

fn keys(sight: &Sight) -> Vec<String> {
    sight.matters.keys().map(Key::to_string).collect()
}

/// A plan that was drawn from nothing, with this to say.
fn planned(problems: Vec<Problem>, summary: Summary, freeze: Vec<Freeze>) -> Arc<Planned> {
    let mut catalog = Catalog::default();
    catalog.policy.freeze = freeze;
    let mappings = Mappings {
        commit: "none".to_owned(),
        header: String::new(),
        branch: None,
        revision: Revision::WorkingDirectory,
        catalog,
        previous: None,
        ancestry: Ancestry::Unknown,
        refused: None,
        problems: Vec::new(),
    };
    let local = Local { mappings, base: None, usage: Vec::new(), history: History::default() };
    let repository = Repository {
        path: "mappings".into(),
        folder: "mappings".into(),
        branch: None,
        remote: None,
        signers: Default::default(),
    };
    Arc::new(Planned {
        at: time(),
        tenant: Tenant { name: "example-msp".into(), repository, sources: Default::default() },
        observation: Observation { local, view: View::default() },
        summary,
        digest: "sha256:00".into(),
        problems,
        held_value: Default::default(),
    })
}

#[test]
fn a_tenant_in_step_has_nothing_the_matter() {
    assert_eq!(keys(&seen(&standing())), Vec::<String>::new());
    assert_eq!(keys(&seen(&in_step())), Vec::<String>::new());
}

#[test]
fn passes_that_fail_are_a_matter_from_the_third_on() {
    assert_eq!(keys(&seen(&failing(1))), Vec::<String>::new());
    assert_eq!(keys(&seen(&failing(2))), Vec::<String>::new());
    assert_eq!(keys(&seen(&failing(3))), ["failing"]);
}

#[test]
fn everything_that_keeps_bills_from_being_right_is_a_matter() {
    let mut standing = in_step();
    let problems = [Problem::error(Code::UnknownKey, "lvel", "unknown key")].into();
    standing.commits.seen = Some(Marked { commit: "abc".into(), at: time() });
    standing.commits.refused = Some(Refused { commit: "abc".into(), since: time(), problems });
    standing.repository.stale = true;
    standing.last_pass.as_mut().unwrap().result = PassResult::Partial;
    standing.suspension = Some(Suspension::Policy);

    let sight = seen(&standing);

    assert_eq!(keys(&sight), ["refused:abc", "repository_stale", "unwritten", "suspended:policy"]);
    let Fact::Refused { problems, .. } = &sight.matters[&Key::Refused("abc".into())].fact else { panic!() };
    assert_eq!(problems, &["lvel: unknown key (unknown_key)"]);
}

#[test]
fn sources_are_a_matter_when_they_are_doubted_or_cannot_be_read() {
    let stale = Problem::warning(Code::UsageStale, "intronis", "61 h old");
    let other = Problem::warning(Code::UnlinkedAccount, "wingtip", "no company");
    let source = SourceStanding { source: "seats".into(), as_of: None, accounts: 0, complete: false };
    let planned = planned(vec![stale, other], Summary::default(), Vec::new());
    let standing = Standing { sources: vec![source], planned: Some(planned), ..in_step() };
    let sum = Sum { lines: 3, money: Some(Money::ZERO) };
    let held = Held { lines: Some(Vec::new()), guards: [(Code::UsageStale, sum)].into() };

    let sight = look(&standing, &held, None, &Timing::default(), time());

    assert_eq!(keys(&sight), ["source:usage_stale:intronis", "source:unreadable:seats"]);
    let key = Key::Source(Code::UsageStale, "intronis".into());
    assert!(matches!(&sight.matters[&key].fact, Fact::Source { lines: 3, .. }), "{sight:?}");
}

#[test]
fn lines_that_are_too_many_are_a_matter_by_guard() {
    let sum = Sum { lines: 3_000, money: None };
    let guards = [(Code::LineChange, sum), (Code::RunLines, sum), (Code::UsageStale, sum)].into();
    let summary = Summary { hold: 3_000, ..Summary::default() };
    let standing = Standing { planned: Some(planned(Vec::new(), summary, Vec::new())), ..in_step() };

    let sight = look(&standing, &Held { lines: None, guards }, None, &Timing::default(), time());

    assert_eq!(keys(&sight), ["held:line_change", "held:run_lines"]);
}

#[test]
fn a_doubt_keeps_the_time_at_which_it_began() {
    let standing = Standing { in_doubt: 1, ..in_step() };
    let (held, timing) = (Held::default(), Timing::default());
    let first = look(&standing, &held, None, &timing, time());

    let later = time() + SignedDuration::from_mins(7);
    let second = look(&standing, &held, Some(&first), &timing, later);

    assert_eq!(second.matters[&Key::InDoubt].from, time() + SignedDuration::from_mins(10));
    assert_eq!(keys(&second), ["in_doubt"]);
}

#[test]
fn bad_news_that_nothing_explains_is_told_as_the_page_says_it() {
    let summary = Summary { hold: 1, ..Summary::default() };
    let standing = Standing { planned: Some(planned(Vec::new(), summary, Vec::new())), ..in_step() };

    let sight = seen(&standing);

    assert_eq!(keys(&sight), ["health:attention"]);
    assert_eq!(sight.matters[&Key::OtherAttention].fact, Fact::Health("1 line is held".to_owned()));
}

#[test]
fn the_backlog_is_a_matter_from_a_day_before_the_freeze_window_opens() {
    let freeze = Freeze {
        days_of_month: vec![30],
        from: clock(18, 0, 0, 0),
        to: clock(23, 0, 0, 0),
        timezone: "UTC".into(),
    };
    let unmapped = Problem::warning(Code::UnmappedPlan, "proseware", "no row");
    let opens: Timestamp = "2026-11-30T18:00:00Z".parse().unwrap();
    let standing = |problems| {
        let planned = planned(problems, Summary::default(), vec![freeze.clone()]);
        Standing { planned: Some(planned), ..in_step() }
    };

    let sight = seen(&standing(vec![unmapped]));

    let matter = &sight.matters[&Key::Freeze(opens)];
    assert_eq!((matter.from, matter.until), (opens - SignedDuration::from_hours(24), Some(opens)));
    assert!(matches!(&matter.fact, Fact::Freeze(backlog) if backlog.unmapped == 1 && backlog.held == 0));
    assert_eq!(keys(&seen(&standing(Vec::new()))), Vec::<String>::new());
}

#[test]
fn nothing_is_known_to_be_over_before_a_pass_has_ended() {
    let known = seen(&standing()).known;

    assert!(!known.tells_of(&Key::Failing));
    assert!(!known.tells_of(&Key::Run(Code::RunLines)));
    assert!(!known.tells_of(&Key::Suspended(SuspendedBy::Operator)));
    assert!(seen(&in_step()).known.tells_of(&Key::Failing));
}
