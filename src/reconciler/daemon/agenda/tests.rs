//! When a tenant passes, looks and waits, to the second.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{any, prop, prop_assert, proptest};

use super::{Agenda, Due, Ended, Looked, Pace};
use crate::reconciler::standing::Event;

const PACE: Pace = Pace { poll: Duration::from_secs(60), every: Duration::from_secs(3600) };

/// Dice that fall in the middle: a poll comes after exactly a minute.
const MIDDLE: u64 = 500;

/// Dice that make every wait as long as it can be.
const LONG: u64 = 1_000;

fn at(seconds: i64) -> Timestamp {
    "2026-11-22T03:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn pass(causes: &[Event]) -> Due {
    Due::Pass(causes.iter().copied().collect())
}

/// An agenda whose first pass ended well at its very start.
fn begun() -> Agenda {
    let mut agenda = Agenda::new(PACE, at(0));
    assert_eq!(agenda.due(at(0)), pass(&[Event::Timer]));
    agenda.ended(Ended::Well, at(0), MIDDLE);
    agenda
}

/// The waits after so many failures in a row, in seconds.
fn waits(ended: Ended, count: usize, dice: u64) -> Vec<i64> {
    let mut agenda = begun();
    let mut now = at(3600);
    let mut waits = Vec::new();
    for _ in 0..count {
        assert!(matches!(agenda.due(now), Due::Pass(_)));
        agenda.ended(ended, now, dice);
        waits.push(agenda.next_pass_at().duration_since(now).as_secs());
        now = agenda.next_pass_at();
    }
    waits
}

#[test]
fn a_look_is_due_every_minute_and_a_pass_every_hour() {
    let mut agenda = begun();
    let (mut looks, mut passes) = (0, 0);

    for second in 1..=7_200 {
        match agenda.due(at(second)) {
            Due::Wait(_) => {}
            Due::Look => {
                looks += 1;
                agenda.looked(Looked::Well, at(second), MIDDLE);
            }
            Due::Pass(_) => {
                passes += 1;
                agenda.ended(Ended::Well, at(second), MIDDLE);
            }
        }
    }

    assert_eq!((looks, passes), (118, 2), "a pass looks too, so it takes the place of a look");
}

#[test]
fn polls_are_spread_by_a_tenth() {
    let next = |dice| {
        let mut agenda = begun();
        agenda.looked(Looked::Well, at(0), dice);
        match agenda.due(at(1)) {
            Due::Wait(until) => until.duration_since(at(0)).as_secs(),
            other => panic!("{other:?}"),
        }
    };

    assert_eq!([0, MIDDLE, LONG].map(next), [54, 60, 66]);
}

#[test]
fn waits_after_failures_double_from_15_seconds_to_15_minutes() {
    assert_eq!(waits(Ended::Failed, 9, LONG), [15, 30, 60, 120, 240, 480, 900, 900, 900]);
    assert_eq!(waits(Ended::Failed, 3, 0), [1, 1, 1], "full jitter: down to next to nothing");
    let paused = Ended::Throttled(Duration::from_secs(600));
    assert_eq!(waits(paused, 3, 0), [601, 601, 601], "a pause that was asked for is kept");
}

#[test]
fn waits_after_a_refusal_are_long_whatever_the_dice_say() {
    assert_eq!(waits(Ended::Refused, 6, LONG), [900, 1800, 3600, 7200, 14_400, 14_400]);
    assert_eq!(waits(Ended::Refused, 3, 0), [451, 901, 1801]);
}

#[test]
fn a_right_that_a_person_grants_is_noticed_within_a_quarter_of_an_hour_however_often_it_was_missing() {
    assert_eq!(waits(Ended::Barred, 30, LONG), [900; 30]);
    assert_eq!(waits(Ended::Barred, 3, 0), [451; 3], "and ConnectWise is not read over and over meanwhile");

    let mut agenda = begun();
    (0..9).for_each(|_| agenda.ended(Ended::Refused, at(0), LONG));
    agenda.ended(Ended::Barred, at(0), LONG);
    agenda.ended(Ended::Refused, at(0), LONG);
    assert_eq!(agenda.next_pass_at(), at(900), "keys that were good in between are refused anew");
}

#[test]
fn a_good_pass_forgets_the_failures_before_it() {
    let mut agenda = begun();
    agenda.ended(Ended::Failed, at(0), LONG);
    agenda.ended(Ended::Failed, at(100), LONG);
    agenda.ended(Ended::Well, at(200), LONG);

    agenda.ended(Ended::Failed, at(300), LONG);

    assert_eq!(agenda.next_pass_at(), at(315));
}

#[test]
fn another_commit_or_other_usage_ends_a_wait_at_once() {
    for event in [Event::Commit, Event::UsageArrived] {
        for ended in [Ended::Failed, Ended::Refused, Ended::Barred, Ended::InDoubt(at(300))] {
            let mut agenda = begun();
            agenda.ended(ended, at(0), LONG);
            assert!(!matches!(agenda.due(at(5)), Due::Pass(_)));

            agenda.happened(event, at(5));

            assert_eq!(agenda.due(at(5)), pass(&[event]));
        }
    }
}

#[test]
fn connectwise_calling_back_ends_a_wait_but_none_after_a_refusal() {
    let after = |ended| {
        let mut agenda = begun();
        agenda.ended(ended, at(0), LONG);
        agenda.happened(Event::Callback, at(12));
        agenda.due(at(12))
    };

    assert_eq!(after(Ended::Failed), pass(&[Event::Callback]));
    assert!(!matches!(after(Ended::Refused), Due::Pass(_)));
    assert!(!matches!(after(Ended::Barred), Due::Pass(_)));
}

#[test]
fn hooks_and_callbacks_in_thousands_are_one_look_and_one_pass_in_ten_seconds() {
    let mut agenda = begun();
    let (mut looks, mut passes) = (0, 0);

    for millisecond in 0..60_000 {
        let now = at(0) + SignedDuration::from_millis(millisecond);
        agenda.happened(Event::Hook, now);
        agenda.happened(Event::Callback, now);
        match agenda.due(now) {
            Due::Wait(_) => {}
            Due::Look => {
                looks += 1;
                agenda.looked(Looked::Well, now, MIDDLE);
            }
            Due::Pass(_) => {
                passes += 1;
                agenda.ended(Ended::Well, now, MIDDLE);
            }
        }
    }

    assert!(looks + passes <= 6, "{looks} looks and {passes} passes in a minute");
    assert!(passes >= 4, "{passes} passes");
}

#[test]
fn a_hook_right_after_a_look_or_a_pass_of_our_own_is_followed_at_once() {
    let mut agenda = begun();
    assert_eq!(agenda.due(at(60)), Due::Look);
    agenda.looked(Looked::Well, at(60), MIDDLE);

    agenda.happened(Event::Hook, at(61));
    assert_eq!(agenda.due(at(61)), Due::Look);
    agenda.looked(Looked::Well, at(61), MIDDLE);

    agenda.happened(Event::Hook, at(62));
    assert_eq!(agenda.due(at(62)), Due::Wait(at(71)));
    assert_eq!(agenda.due(at(71)), Due::Look);
}

#[test]
fn events_that_come_together_are_one_pass() {
    let mut agenda = begun();

    for event in [Event::Commit, Event::UsageArrived, Event::Commit, Event::Hook] {
        agenda.happened(event, at(20));
    }

    assert_eq!(agenda.due(at(20)), pass(&[Event::Commit, Event::UsageArrived, Event::Hook]));
    agenda.ended(Ended::Well, at(21), MIDDLE);
    assert!(matches!(agenda.due(at(22)), Due::Wait(_)));
}

#[test]
fn after_a_pass_that_wrote_one_more_follows() {
    let mut agenda = begun();
    agenda.ended(Ended::Wrote, at(0), MIDDLE);

    assert_eq!(agenda.due(at(0)), pass(&[Event::Timer]));
    agenda.ended(Ended::Well, at(1), MIDDLE);
    assert!(matches!(agenda.due(at(2)), Due::Wait(_)));
}

#[test]
fn what_was_written_is_not_read_before_it_can_show_whatever_happens() {
    let mut agenda = begun();
    agenda.wrote(at(60));
    agenda.ended(Ended::Wrote, at(0), MIDDLE);
    assert_eq!(agenda.next_pass_at(), at(60));

    for event in [Event::Callback, Event::Commit, Event::UsageArrived, Event::Timer] {
        agenda.happened(event, at(1));
    }

    assert!(matches!(agenda.due(at(59)), Due::Wait(until) if until == at(60)));
    assert!(matches!(agenda.due(at(60)), Due::Pass(_)));
}

/// The waits between looks that end so, in seconds.
fn look_waits(looked: Looked, count: usize) -> Vec<i64> {
    let mut agenda = Agenda::new(Pace { every: Duration::from_secs(86_400), ..PACE }, at(0));
    assert!(matches!(agenda.due(at(0)), Due::Pass(_)));
    agenda.ended(Ended::Well, at(0), MIDDLE);
    let (mut now, mut waits) = (at(60), Vec::new());
    while waits.len() < count {
        assert_eq!(agenda.due(now), Due::Look);
        agenda.looked(looked, now, MIDDLE);
        let Due::Wait(until) = agenda.due(now) else { panic!("nothing is due at once") };
        waits.push(until.duration_since(now).as_secs());
        now = until;
    }
    waits
}

#[test]
fn looks_that_fail_are_repeated_ever_more_seldom_and_refused_ones_more_so() {
    assert_eq!(look_waits(Looked::Well, 3), [60, 60, 60]);
    assert_eq!(look_waits(Looked::Failed, 8), [60, 60, 60, 120, 240, 480, 900, 900]);
    assert_eq!(look_waits(Looked::Refused, 6), [675, 1350, 2700, 5400, 10_800, 10_800]);
}

#[test]
fn a_hook_hurries_no_look_that_was_refused() {
    let mut agenda = begun();
    agenda.looked(Looked::Refused, at(60), LONG);

    agenda.happened(Event::Hook, at(120));

    assert!(matches!(agenda.due(at(120)), Due::Wait(_)));
}

#[test]
fn what_is_in_doubt_is_looked_at_when_it_can_be_read() {
    let mut agenda = begun();
    agenda.ended(Ended::InDoubt(at(300)), at(0), MIDDLE);

    assert!(!matches!(agenda.due(at(299)), Due::Pass(_)));
    assert_eq!(agenda.due(at(300)), pass(&[Event::Timer]));
}

#[test]
fn a_doubt_that_cannot_be_read_although_it_could_be_is_waited_for_like_a_failure() {
    assert_eq!(waits(Ended::InDoubt(at(0)), 4, LONG), [15, 30, 60, 120]);
}

#[test]
fn f5_ticks_that_were_missed_asleep_are_one_pass_and_the_next_stays_in_step() {
    let mut agenda = begun();

    let awake = at(5 * 3600 + 600);
    let first = agenda.due(awake);
    agenda.ended(Ended::Well, awake, MIDDLE);

    assert_eq!(first, pass(&[Event::Timer]));
    assert!(matches!(agenda.due(awake), Due::Wait(_)));
    assert_eq!(agenda.next_pass_at(), at(6 * 3600));
}

#[test]
fn f1_a_clock_that_is_put_back_delays_nothing() {
    let mut agenda = begun();
    assert!(matches!(agenda.due(at(30)), Due::Wait(_)));

    let back = at(30) - SignedDuration::from_hours(48);
    let Due::Wait(until) = agenda.due(back) else { panic!("nothing is due yet") };

    assert_eq!(until.duration_since(back), SignedDuration::from_secs(30));
    assert_eq!(agenda.next_pass_at().duration_since(back), SignedDuration::from_secs(3570));
}

#[test]
fn f1_a_clock_that_is_put_forward_is_one_pass() {
    let mut agenda = begun();

    let ahead = at(48 * 3600);

    assert_eq!(agenda.due(ahead), pass(&[Event::Timer]));
    agenda.ended(Ended::Well, ahead, MIDDLE);
    assert!(matches!(agenda.due(ahead), Due::Wait(_)));
}

proptest! {
    /// Whatever happens in whatever order, something is due within the longest wait, and never all the time.
    #[test]
    fn something_is_always_due_soon_and_never_without_end(
        steps in prop::collection::vec((0..6_u8, 0..4_000_i64, any::<u64>()), 1..60)
    ) {
        let mut agenda = begun();
        let mut now = at(0);
        for (what, seconds, dice) in steps {
            now += SignedDuration::from_secs(seconds);
            match what {
                0 => agenda.happened(Event::Commit, now),
                1 => agenda.happened(Event::Hook, now),
                2 => agenda.happened(Event::Callback, now),
                3 => agenda.ended(Ended::Failed, now, dice),
                4 => agenda.ended(Ended::Refused, now, dice),
                _ => agenda.ended(Ended::Wrote, now, dice),
            }
        }
        let mut done = 0;
        loop {
            match agenda.due(now) {
                Due::Wait(until) => {
                    prop_assert!(until > now);
                    prop_assert!(until.duration_since(now) <= SignedDuration::from_secs(66));
                    break;
                }
                Due::Look => agenda.looked(Looked::Well, now, 0),
                Due::Pass(causes) => {
                    prop_assert!(!causes.is_empty() && causes != BTreeSet::from([Event::Stop]));
                    agenda.ended(Ended::Well, now, 0);
                }
            }
            done += 1;
            prop_assert!(done < 5, "it never rests");
        }
    }
}
