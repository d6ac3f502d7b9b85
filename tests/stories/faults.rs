//! Faults on the way to ConnectWise and back, by their ids: what is sent, what the plan says, what a person sees.
//!
//! The far end misbehaves; the program, the repository and the journal are real. Nothing waits but for settle times.

mod answers;
pub mod late;
mod lines;
mod stored;
mod terms;
mod unlisted;
mod unsent;
mod views;

use std::time::{Duration, Instant};

use serde_json::Value;
use trueup::journal::{HistoryEntry, HistoryFilter, Journal};

use super::world::plain::account;
use super::world::{QUICK_WRITES, Ran, World};

/// The one usage source of these stories.
pub const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";

/// The smallest tenant, whose line was seen in step and is to change from 25 to 27.
fn to_change() -> World {
    let world = World::in_step();
    world.settings(SOURCES, QUICK_WRITES);
    assert_eq!(world.apply().code, Some(0));
    world.accounts(&[&account("acme_dental", 27)]);
    world
}

/// Waits for what will come to be by itself.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(90);
    while !is_so() {
        assert!(Instant::now() < end, "it never came to be that {what}");
        std::thread::yield_now();
    }
}

/// Applies until everything is written and verified.
fn settle(world: &World) {
    until("everything is verified", || world.apply().code == Some(0));
}

/// What was meant and what came of it, oldest first.
fn history(world: &World) -> Vec<HistoryEntry> {
    let journal = Journal::read(&world.path("trueup.db")).expect("it can be read").expect("there is one");
    journal.history("story", HistoryFilter::default()).expect("it can be read")
}

/// The outcomes of all intents, in words.
fn outcomes(world: &World) -> Vec<&'static str> {
    history(world).iter().map(HistoryEntry::outcome).collect()
}

/// Everything a command said.
fn said(ran: &Ran) -> String {
    format!("{}{}", ran.stdout, ran.stderr)
}

/// Asserts that applying ends with a code and sends no write. Gives what was said.
fn left_alone(world: &World, code: i32) -> String {
    let before = world.write_requests();
    let ran = world.apply();
    assert_eq!(ran.code, Some(code), "{}", said(&ran));
    assert_eq!(world.write_requests(), before, "it was written");
    said(&ran)
}

/// The smallest tenant's line in short.
fn short(world: &World) -> String {
    world.plan().short("AcmeDental", "BKP-GB")
}

/// Whether the smallest tenant's line carries a note.
fn is_noted(world: &World, note: &str) -> bool {
    world.plan().line("AcmeDental", "BKP-GB")["notes"]
        .as_array()
        .is_some_and(|notes| notes.contains(&note.into()))
}

/// Why the smallest tenant's line is held, in one sentence.
fn why(world: &World) -> String {
    let plan = world.plan();
    plan.line("AcmeDental", "BKP-GB")["reasons"][0]["message"].as_str().unwrap_or_default().to_owned()
}

/// The addition of the smallest tenant as an answer shows it, with other values in some fields.
fn record(world: &World, changes: &[(&str, Value)]) -> String {
    let addition = world.simulator().addition(9001).expect("it is there");
    let mut record: Value = serde_json::from_str(&addition.to_string()).expect("a record is JSON");
    for (field, value) in changes {
        record[field] = value.clone();
    }
    record.to_string()
}
