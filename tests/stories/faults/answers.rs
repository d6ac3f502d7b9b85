//! Answers to a write from which nothing follows: lost, late, or odd. Only reading after the settle time tells.

use trueup::simulator::{Canned, Fault, Match};

use super::{history, left_alone, outcomes, said, settle, short, to_change, until};
use crate::codes::crowd::{crowd, use_each};
use crate::world::{QUICK_WRITES, World};

/// Faults of a PATCH that say nothing about whether it landed, those first by which nothing lands.
fn doubts() -> (Vec<Fault>, Vec<Fault>) {
    let conflict = || Canned::new(409, r#"{"code":"Conflict","message":"The record is in use"}"#);
    let odd = || {
        let gateways = [502, 503, 504].map(Canned::gateway);
        let told = [Canned::timed_out(), conflict()];
        gateways.into_iter().chain(told)
    };
    let lost = odd().map(Fault::StatusBefore).chain([Fault::DropConnectionBefore]);
    let landed = odd().map(Fault::StatusAfterCommit).chain([
        Fault::StatusAfterCommit(Canned::new(202, "{}")),
        Fault::DropConnectionAfterCommit,
        Fault::Html,
        Fault::EmptyBody,
        Fault::TruncatedJson,
    ]);
    (lost.collect(), landed.collect())
}

fn of_line(number: usize) -> String {
    format!("/additions/{}", 9000 + number)
}

fn patches(world: &World, number: usize) -> usize {
    let requests = world.write_requests();
    requests
        .iter()
        .filter(|request| request.starts_with("PATCH") && request.contains(&of_line(number)))
        .count()
}

#[test]
fn b2_b6_b8_b9_b25_an_odd_answer_to_a_write_is_settled_by_reading_and_each_intent_arrives_once() {
    let (lost, landed) = doubts();
    let (missed, all) = (lost.len(), lost.len() + landed.len());
    let world = crowd(u32::try_from(all).unwrap(), 10, "0.50");
    world.settings(super::SOURCES, QUICK_WRITES);
    use_each(&world, &vec![11; all]);
    for (number, fault) in lost.into_iter().chain(landed).enumerate() {
        world.simulator().fail_next(Match::method("PATCH").path(&of_line(number)), fault);
    }

    let doubtful = world.apply();
    let plan = world.plan();
    let at_once = left_alone(&world, 6);
    settle(&world);

    assert_eq!(doubtful.code, Some(6), "{}", said(&doubtful));
    let summary = format!("Applied: 0 written and verified, 0 left out, 0 not written, {all} in doubt");
    assert!(doubtful.stdout.contains(&summary), "never called failed: {}", said(&doubtful));
    assert!(at_once.contains(&format!("{all} in doubt")), "{at_once}");
    for number in 0..all {
        assert!(plan.short(&format!("c{number}"), "BKP-GB").ends_with("in_doubt"), "{number}");
        let arrivals = if number < missed { 2 } else { 1 };
        assert_eq!(patches(&world, number), arrivals, "line {number}");
        assert_eq!(world.quantity(9000 + u32::try_from(number).unwrap()), "11");
    }
    assert_eq!(history(&world).len(), world.write_requests().len(), "one arrival an intent");
    assert_eq!(world.writes().len(), all, "each landed once");
    let words = outcomes(&world);
    let count = |word: &str| words.iter().filter(|outcome| **outcome == word).count();
    assert_eq!((count("not applied"), count("applied")), (missed, all));
}

#[test]
fn b1_a_write_that_times_out_is_in_doubt_and_found_applied_whether_it_landed_before_or_after() {
    for fault in [Fault::AnswerAfterMillis(60_000), Fault::DelayMillis(2_600)] {
        let world = to_change();
        world.simulator().fail_next(Match::method("PATCH"), fault.clone());

        let lost = world.apply();
        let meanwhile = short(&world);
        settle(&world);

        assert_eq!(lost.code, Some(6), "{fault:?}: {}", said(&lost));
        assert!(lost.stdout.contains("0 not written, 1 in doubt"), "{fault:?}: {}", said(&lost));
        assert!(meanwhile.ends_with("in_doubt"), "{fault:?}: {meanwhile}");
        assert_eq!((world.quantity(9001).as_str(), world.write_requests().len()), ("27", 1), "{fault:?}");
        assert_eq!(outcomes(&world), ["applied"], "{fault:?}");
    }
}

#[test]
fn b5_a_throttled_write_is_in_doubt_like_any_other_until_it_was_read() {
    for retry_after in
        [Some("1"), None, Some("-1"), Some("1000000000"), Some("Wed, 21 Oct 2015 07:28:00 GMT")]
    {
        for landed in [Fault::StatusBefore, Fault::StatusAfterCommit] {
            let world = to_change();
            let fault = landed(Canned::throttled(retry_after));
            world.simulator().fail_next(Match::method("PATCH"), fault.clone());

            let first = world.apply();
            left_alone(&world, 6);
            settle(&world);

            assert!(first.stdout.contains("1 in doubt"), "{fault:?}: {}", said(&first));
            let arrivals = if matches!(fault, Fault::StatusBefore(_)) { 2 } else { 1 };
            let counts = (world.write_requests().len(), world.writes().len());
            assert_eq!((world.quantity(9001).as_str(), counts), ("27", (arrivals, 1)), "{fault:?}");
        }
    }
}

#[test]
fn b8_a_record_that_stays_in_use_is_tried_again_once_a_settle_time_and_no_more() {
    let world = to_change();
    let in_use = Canned::new(409, r#"{"code":"Conflict","message":"The record is in use"}"#);
    world.simulator().fail_times(Match::method("PATCH"), Fault::StatusBefore(in_use), 2);

    let first = world.apply();
    left_alone(&world, 6);
    until("it is tried again", || {
        world.apply();
        world.write_requests().len() > 1
    });
    let again = world.write_requests().len();
    left_alone(&world, 6);
    settle(&world);

    assert!(first.stdout.contains("409"), "what was said is told: {}", said(&first));
    assert_eq!((again, world.write_requests().len()), (2, 3));
    assert_eq!(outcomes(&world), ["not applied", "not applied", "applied"]);
    for pair in history(&world).windows(2) {
        let settled = pair[0].settled.as_ref().map(|(at, _)| *at);
        assert!(settled.is_some_and(|at| at <= pair[1].intent.at), "one after the other");
    }
}
