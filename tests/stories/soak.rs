//! The soak: the daemon that ships against a ConnectWise with all faults on, while what is desired changes all the time.
//!
//! Then the faults stop, and within a few passes every line is right, or held for a reason that the oracle agrees with.
//! The oracle reads the simulator's log and the journal's rows and shares no code with the engine.
//!
//! A minute by default; longer so: `TRUEUP_SOAK_SECONDS=3600 TRUEUP_SOAK_SEED=7 cargo test --test stories soak --
//! --nocapture`. The same seed gives the same changes, and the same faults to the same requests.

mod chance;
mod months;
mod oracle;
mod shop;
mod weather;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::world::{QUICK_WRITES, World};
use chance::Chance;
use months::Months;
use oracle::{Oracle, Settled};
use shop::LINES;

/// The settle time of these stories.
const SETTLE: Duration = Duration::from_secs(4);

/// What the memory of the daemon may grow by from a third of the time to its end.
const GROWTH_KIB: u64 = 24 * 1024;

/// How many requests a minute the daemon is allowed.
const REQUESTS_A_MINUTE: u32 = 900;

#[test]
fn s2_s4_s6_s7_s8_s10_s15_l1_l2_a_daemon_in_all_weathers_bills_what_is_desired_when_it_clears_up() {
    let (seconds, seed) = (setting("TRUEUP_SOAK_SECONDS", 60), setting("TRUEUP_SOAK_SEED", 7));
    let world = shop::open();
    tenant(&world);
    let mut months = Months::begin(&world, Chance::new(seed));
    let oracle = Oracle::before(&world);
    world.simulator().set_faults(weather::forecast(seed, seconds));
    let mut daemon = world.daemon();
    let began = Instant::now();
    let mut memory = None;
    while began.elapsed() < Duration::from_secs(seconds) {
        months.go_on(&world);
        if began.elapsed() > Duration::from_secs(seconds / 3) {
            memory.get_or_insert_with(|| resident(daemon.id()));
        }
        daemon.heed(Duration::from_millis(900));
    }
    let counts = world.simulator().fault_counts();
    let over = world.simulator().over_limit();
    world.simulator().clear_faults();
    let passes_then = passes(&daemon.log);

    let cleared = Instant::now();
    months.last(&world);
    let is_settled = |world: &World| oracle.is_settled(world, &months);
    while !is_settled(&world) && cleared.elapsed() < 2 * SETTLE + Duration::from_secs(60) {
        daemon.heed(Duration::from_millis(200));
    }
    let needed = passes(&daemon.log) - passes_then;
    let grown = resident(daemon.id()).saturating_sub(memory.unwrap_or_default());
    let settled = oracle.settled(&world, &months);
    once_more(&world, &mut months, &mut daemon, &oracle);
    daemon.signal("TERM");
    let (code, _) = daemon.ended();

    report(&world, &counts, &daemon.log, &settled, grown);
    assert_eq!(code, Some(0), "{}", daemon.log.join("\n"));
    assert_eq!(
        settled.wrong,
        BTreeMap::new(),
        "L1: lines that are neither right nor held for a reason\n{}",
        daemon.log.join("\n")
    );
    // One pass may have been under way when it cleared up.
    assert!(needed <= 5, "L1: {needed} passes");
    assert!(settled.right * 2 > LINES as usize, "most lines are right: {settled:?}");
    oracle.check(&world, &months);
    assert_eq!(over, 0, "requests over the limit");
    assert!(grown <= GROWTH_KIB, "the daemon grew by {grown} KiB");
    let bit: BTreeSet<&str> =
        counts.iter().filter(|count| count.bitten > 0).map(|count| count.fault).collect();
    let never: Vec<_> =
        counts.iter().filter(|count| !bit.contains(count.fault) && count.fault != "throttle").collect();
    assert!(never.is_empty(), "faults that never bit prove nothing: {never:?}");
}

/// The settings of the soak.
fn tenant(world: &World) {
    world.settings(super::faults::SOURCES, QUICK_WRITES);
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    let limited = format!("      company: story\n      requests_a_minute: {REQUESTS_A_MINUTE}\n");
    world.write("trueup.yaml", &settings.replacen("      company: story\n", &limited, 1));
}

/// One more change of one line, and then nothing: it is written once, and nothing else is.
fn once_more(world: &World, months: &mut Months, daemon: &mut super::world::daemon::Daemon, oracle: &Oracle) {
    let before = world.write_requests().len();
    let changed = months.one(world, |line| oracle.is_ours(world, line));
    let end = Instant::now() + Duration::from_secs(30);
    while !oracle.is_settled(world, months) {
        assert!(
            Instant::now() < end,
            "L2: a change in good weather is not written\n{}",
            daemon.log.join("\n")
        );
        daemon.heed(Duration::from_millis(200));
    }
    let passes_then = passes(&daemon.log);
    while passes(&daemon.log) < passes_then + 1 && Instant::now() < end {
        daemon.heed(Duration::from_millis(200));
    }
    let sent = world.write_requests().split_off(before);
    assert_eq!(sent.len(), 1, "L2: line {changed} is written once, and no other: {sent:?}");
}

fn passes(log: &[String]) -> usize {
    log.iter().filter(|line| line.contains("the pass ended")).count()
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The resident memory of a process, in KiB.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("it runs");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it has memory");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("it is a number")
}

/// Says what was done.
fn report(
    world: &World,
    counts: &[trueup::simulator::FaultCount],
    log: &[String],
    settled: &Settled,
    grown: u64,
) {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for line in log.iter().filter(|line| line.contains("the pass ended")) {
        let result = line.split("\"result\":\"").nth(1).and_then(|rest| rest.split('"').next());
        *ends.entry(result.unwrap_or("?").to_owned()).or_default() += 1;
    }
    let requests = world.simulator().log().len();
    println!("soak, until {:.0}: {} passes {ends:?}", Timestamp::now(), passes(log));
    println!(
        "  {requests} requests, {} of them writes, {} landed",
        world.write_requests().len(),
        world.writes().len()
    );
    println!("  {} hand edits; memory grew by {grown} KiB", world.simulator().hand_edits().len());
    println!("  lines: {} right, {} held: {:?}", settled.right, settled.held.len(), settled.held);
    for count in counts {
        println!("  {:<24} {:<20} bit {} of {}", count.name, count.fault, count.bitten, count.met);
    }
}
