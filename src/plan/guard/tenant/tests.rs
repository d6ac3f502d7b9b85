//! The laws of the guards of configuration and calendar.

use jiff::SignedDuration;
use jiff::civil::time as clock;
use jiff::tz::TimeZone;

use super::{config_shrink, is_frozen, removed_rows};
use crate::billing::Rounding;
use crate::mapping::{
    Catalog, Expectation, Freeze, Limit, LineGuards, PlanSelector, Row, Subject, Table, UsageValue,
    WaiverGuard,
};
use crate::plan::Verdict;
use crate::plan::world::{World, line, place, quantity, time, told};
use crate::problem::Code;

/// A row for the plan of that name, at the level of that name.
pub(in crate::plan) fn row(name: &str) -> Row {
    let (plan, usage_value) = (PlanSelector::Named(name.into()), UsageValue::Total);
    Row {
        place: place(),
        source: "intronis".into(),
        table: Table::Git,
        subject: Subject::Plan { plan, usage_value, expect: Expectation::default() },
        level: name.into(),
        level_place: place(),
        rounding: Rounding::DEFAULT,
        combine_sum: false,
        guards: LineGuards::default(),
    }
}

fn rows(count: usize) -> Catalog {
    Catalog { rows: (0..count).map(|number| row(&format!("P{number}"))).collect(), ..Catalog::default() }
}

#[test]
fn config_shrink_lets_three_rows_or_a_tenth_go() {
    let now = time("2026-11-22T09:00:00Z");

    assert_eq!(config_shrink(&rows(10), &rows(7), now), None);
    assert_eq!(config_shrink(&rows(10), &rows(6), now).map(|reason| reason.code), Some(Code::ConfigShrink));
    assert_eq!(config_shrink(&rows(100), &rows(90), now), None);
    assert!(config_shrink(&rows(100), &rows(89), now).is_some());
}

#[test]
fn a_row_that_changes_its_level_is_not_removed() {
    let mut next = rows(10);
    for row in &mut next.rows {
        row.level = "Other".into();
    }

    assert_eq!(removed_rows(&rows(10), &next), 0);
}

fn freeze(timezone: &str) -> Freeze {
    let (from, to) = (clock(0, 0, 0, 0), clock(12, 0, 0, 0));
    Freeze { days_of_month: vec![22], from, to, timezone: timezone.into() }
}

#[test]
fn a_freeze_is_told_and_changes_no_verdict() {
    let mut world = World::in_step().with("acme", "BKP-GB", |spec| spec.desired = Some(quantity("101")));
    world.catalog.policy.freeze = vec![freeze("Europe/Berlin")];

    let plan = world.plan();

    assert_eq!(line(&plan, "acme", "BKP-GB").verdict, Verdict::Update);
    assert_eq!(told(&plan), [Code::Freeze]);
}

#[test]
fn f4_a_freeze_goes_by_its_time_zone_and_its_end_is_exclusive() {
    // Berlin is one hour ahead in November.
    let frozen = |now: &str| super::is_frozen(&freeze("Europe/Berlin"), time(now));

    assert!(!frozen("2026-11-21T22:59:59Z"));
    assert!(frozen("2026-11-21T23:00:00Z"));
    assert!(frozen("2026-11-22T10:59:59Z"));
    assert!(!frozen("2026-11-22T11:00:00Z"));
}

#[test]
fn a_freeze_over_midnight_ends_on_the_next_day() {
    let night = Freeze { from: clock(22, 0, 0, 0), to: clock(6, 0, 0, 0), ..freeze("UTC") };

    assert!(super::is_frozen(&night, time("2026-11-22T22:00:00Z")));
    assert!(super::is_frozen(&night, time("2026-11-23T05:59:59Z")));
    assert!(!super::is_frozen(&night, time("2026-11-23T06:00:00Z")));
    assert!(!super::is_frozen(&night, time("2026-11-22T05:00:00Z")));
}

#[test]
fn a_time_zone_that_nobody_knows_freezes() {
    assert!(TimeZone::get("Nowhere/Atall").is_err());

    assert!(super::is_frozen(&freeze("Nowhere/Atall"), time("2026-11-05T15:00:00Z")));
}

#[test]
fn loosening_a_guard_is_told_in_the_plan_of_the_commit_that_does_it() {
    let mut world = World::in_step();
    world.previous = Some(Catalog::default());
    world.catalog.policy.guards.run_lines = Limit { floor: 50.into(), percent: 15.into() };
    world.catalog.rows.push(row("Gold"));
    world.catalog.rows[0].guards.line_money = Limit { floor: 900.into(), percent: 30.into() };

    assert_eq!(told(&world.plan()), [Code::GuardLoosened, Code::GuardLoosened]);
    world.previous = Some(world.catalog.clone());
    assert_eq!(told(&world.plan()), []);
    world.catalog.policy.guards.run_lines = Limit { floor: 5.into(), percent: 15.into() };
    assert_eq!(told(&world.plan()), [], "tightening is nobody's worry");
}

#[test]
fn a_waiver_for_fewer_rows_does_not_let_more_go() {
    let mut next = rows(6);
    let until = "2026-12-01".parse().unwrap();
    let guard = WaiverGuard::ConfigShrink { rows: 3 };
    next.waivers.push(crate::mapping::Waiver { place: place(), guard, reason: "r".to_owned(), until });

    assert!(config_shrink(&rows(10), &next, time("2026-11-22T09:00:00Z")).is_some());
}

/// Zones that change their clocks, by an hour or by half of one, at midnight or later, in either half of the year.
const ZONES: [&str; 12] = [
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Europe/London",
    "Europe/Berlin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Asia/Beirut",
];

#[test]
fn f2_a_freeze_window_over_a_change_of_clocks_is_open_once_and_for_all_of_its_civil_time() {
    let (begin, end) = (time("2020-01-01T00:00:00Z"), time("2036-01-01T00:00:00Z"));
    for name in ZONES {
        let zone = TimeZone::get(name).expect("the zone is known");
        let changes: Vec<_> = zone.following(begin).take_while(|change| change.timestamp() < end).collect();
        assert!(changes.len() > 20, "{name} changes its clocks");
        for change in changes {
            let before = zone.to_offset(change.timestamp() - SignedDuration::from_secs(1));
            let skipped = i64::from(change.offset().seconds() - before.seconds());
            // The civil day before the change to the one after, in one window: it holds the change whatever its hour.
            let day = zone.to_datetime(change.timestamp() - SignedDuration::from_hours(3)).date();
            let days = vec![day.day()];
            let freeze = Freeze {
                days_of_month: days,
                from: clock(18, 0, 0, 0),
                to: clock(18, 0, 0, 0),
                timezone: name.into(),
            };
            let first = day.yesterday().expect("no end of time").at(12, 0, 0, 0);
            let first = zone.to_timestamp(first).expect("noon is never skipped");

            let frozen: Vec<bool> = (0..6 * 72)
                .map(|step| is_frozen(&freeze, first + SignedDuration::from_mins(10 * step)))
                .collect();

            let opens = frozen.windows(2).filter(|pair| !pair[0] && pair[1]).count();
            let holds_change = is_frozen(&freeze, change.timestamp());
            let expected = 24 * 3600 - if holds_change { skipped } else { 0 };
            let open = i64::try_from(frozen.iter().filter(|frozen| **frozen).count()).expect("few") * 600;
            assert_eq!((opens, open), (1, expected), "{name} {}", change.timestamp());
        }
    }
}
