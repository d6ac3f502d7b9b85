//! The protocol against every behaviour of a small ConnectWise: all interleavings of late landings, lost answers,
//! lagging reads, hand edits, lies, clock ticks, sleep and crashes, explored breadth first.
//!
//! One second is one tick here. A request lands at most [`D`] after its send-by time or never, and a read may be [`E`]
//! old. What the oracle checks is in `world.rs`; it shares no code with the protocol.

mod world;

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::time::Duration;

use foldhash::fast::FixedState;

use super::Timing;
use world::{Budget, World};

/// The latest landing, counted from the send-by time.
const D: u8 = 2;
/// The lag of reads.
const E: u8 = 1;
/// The send-by time.
const B: u8 = 1;

fn timing(settle: u8) -> Timing {
    Timing {
        send_by: Duration::from_secs(B.into()),
        settle: Duration::from_secs(settle.into()),
        read_lag: Duration::from_secs(E.into()),
    }
}

/// What an exploration found.
struct Explored {
    states: usize,
    /// The first broken law, and how it came about.
    broken: Option<String>,
    /// Whether a run without any trouble ends at the desired quantity.
    arrives: bool,
}

/// Follows every path, and stops at the first broken law.
fn explore(start: World) -> Explored {
    let mut seen: HashSet<u64> = HashSet::from([fingerprint(&start)]);
    let mut came_from: Vec<(usize, &'static str)> = vec![(0, "start")];
    let mut frontier = vec![(0, start)];
    let mut arrives = false;
    while !frontier.is_empty() {
        let mut next = Vec::new();
        for (number, world) in frontier {
            arrives |= world.has_arrived();
            for (label, successor) in world.successors() {
                let successor = match successor {
                    Ok(successor) => successor,
                    Err(law) => {
                        let broken = Some(format!("{law}: {}", trail(&came_from, number, label)));
                        return Explored { states: seen.len(), broken, arrives };
                    }
                };
                if seen.insert(fingerprint(&successor)) {
                    next.push((came_from.len(), successor));
                    came_from.push((number, label));
                }
            }
        }
        frontier = next;
    }
    Explored { states: seen.len(), broken: None, arrives }
}

/// Two worlds of one fingerprint are taken for one: among a million of them that happens once in ten million tries.
fn fingerprint(world: &World) -> u64 {
    FixedState::default().hash_one(world)
}

fn trail(came_from: &[(usize, &'static str)], mut number: usize, last: &'static str) -> String {
    let mut labels = vec![last];
    while number != 0 {
        let (parent, label) = came_from[number];
        labels.push(label);
        number = parent;
    }
    labels.reverse();
    labels.join(", ")
}

const CRASHES: Budget = Budget { ticks: 8, crashes: 2, ..Budget::NONE };
const PEOPLE: Budget = Budget { ticks: 6, edits: 1, crashes: 1, ..Budget::NONE };
const NAPS: Budget = Budget { ticks: 7, naps: 4, ..Budget::NONE };
const REFUSALS: Budget = Budget { ticks: 8, unsent: 1, refused: 1, ..Budget::NONE };
const LIES: Budget = Budget { ticks: 8, lies: 1, unreadable: 1, ..Budget::NONE };

#[track_caller]
fn holds(start: World) {
    let explored = explore(start);

    assert_eq!(explored.broken, None);
    assert!(explored.arrives, "the model never gets anywhere");
    assert!(explored.states > 1_000, "{} states are too few to mean anything", explored.states);
}

#[test]
fn a2_a3_a5_b1_b2_b4_a_set_survives_crashes_late_landings_and_lost_answers() {
    holds(World::with_a_line(timing(D + E + 1), CRASHES));
}

#[test]
fn c1_c3_a_set_survives_a_hand_edit_at_any_moment() {
    holds(World::with_a_line(timing(D + E + 1), PEOPLE));
}

#[test]
fn b3_b10_b15_a_set_survives_refusals_lies_and_unreadable_answers() {
    holds(World::with_a_line(timing(D + E + 1), REFUSALS));
    holds(World::with_a_line(timing(D + E + 1), LIES));
}

#[test]
fn b14_a_create_survives_crashes_late_landings_and_lagging_lists() {
    holds(World::without_a_line(timing(D + E + 1), CRASHES));
}

#[test]
fn b16_a_create_survives_a_line_that_somebody_adds_at_any_moment() {
    holds(World::without_a_line(timing(D + E + 1), PEOPLE));
}

#[test]
fn a_create_survives_refusals_and_unreadable_answers() {
    holds(World::without_a_line(timing(D + E + 1), REFUSALS));
    holds(World::without_a_line(timing(D + E + 1), LIES));
}

#[test]
fn a10_a11_a_nap_just_before_the_sending_moves_the_settle_time() {
    holds(World::with_a_line(timing(D + E + 1), NAPS));
    holds(World::without_a_line(timing(D + E + 1), NAPS));
}

#[test]
fn without_the_settle_time_a_set_is_written_over() {
    let explored = explore(World::with_a_line(timing(0), CRASHES));

    assert!(explored.broken.is_some(), "the model cannot fail");
}

#[test]
fn without_the_settle_time_a_line_is_created_twice() {
    let explored = explore(World::without_a_line(timing(0), CRASHES));

    assert!(explored.broken.is_some(), "the model cannot fail");
}

#[test]
fn a_settle_time_that_forgets_the_lag_of_reads_is_too_short() {
    for start in [World::with_a_line(timing(D), CRASHES), World::without_a_line(timing(D), CRASHES)] {
        assert!(explore(start).broken.is_some(), "the model cannot fail");
    }
}
