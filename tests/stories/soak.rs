//! The soak: the daemon that ships against a ConnectWise with all faults on, while what is desired changes all the time.
//!
//! Then the faults stop, and within a few passes every line is right, or held for a reason that the oracle agrees with.
//! The oracle reads the simulator's log and the journal's rows and shares no code with the engine.
//!
//! A minute by default; longer so: `TRUEUP_SOAK_SECONDS=3600 TRUEUP_SOAK_SEED=7 cargo test --test stories soak --
//! --nocapture`. The same seed gives the same changes, and the same faults to the same requests.

mod chance;
mod evidence;
mod months;
mod office;
mod oracle;
mod shop;
mod weather;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use trueup::simulator::FaultCount;

use super::world::daemon::Daemon;
use super::world::{QUICK_WRITES, World};
use chance::Chance;
use evidence::{Beginning, Evidence};
use months::Months;
use office::Office;
use oracle::Settled;
use shop::LINES;

/// The settle time of these stories.
const SETTLE: Duration = Duration::from_secs(4);

/// What the memory of the daemon may grow by from a third of the time to its end: ten minutes made it grow by 3 MiB.
const GROWTH_KIB: u64 = 16 * 1024;

/// How many requests a minute the daemon is allowed: about as many as it would make, so that it has to mind.
const REQUESTS_A_MINUTE: u32 = 700;

#[test]
fn s2_s4_s6_s7_s8_s10_s15_l1_l2_a_daemon_in_all_weathers_bills_what_is_desired_when_it_clears_up() {
    let (seconds, seed) = (setting("TRUEUP_SOAK_SECONDS", 60), setting("TRUEUP_SOAK_SEED", 7));
    let mut soak = Soak::begin(seed);
    let (counts, over) = soak.weather(seed, seconds);
    let cleared = Timestamp::now();
    let needed = soak.clear_up();
    soak.once_more();
    soak.daemon.signal("TERM");
    let (code, _) = soak.daemon.ended();

    let Soak { world, months, office, daemon, beginning, memory } = soak;
    let evidence = beginning.evidence(&world, cleared, over, memory);
    let settled = oracle::stand(&evidence, &months);
    report(&world, &counts, &daemon.log, &settled, &evidence);
    office.check(&world, &daemon.log);
    let log = daemon.log.join("\n");
    let breaches = oracle::breaches(&evidence, &months);
    assert!(
        breaches.is_empty(),
        "{}\n{log}",
        breaches.iter().map(|one| format!("{one}\n")).collect::<String>()
    );
    assert_eq!(code, Some(0), "{log}");
    // One pass may have been under way when it cleared up.
    assert!(needed <= 5, "L1: {needed} passes\n{log}");
    assert!(settled.right * 2 > LINES as usize, "most lines are right: {settled:?}");
    let never = never_bit(&counts);
    assert!(never.is_empty(), "faults that never bit prove nothing: {never:?}");
}

/// The faults that have not happened. The limit is none: it is there to be kept.
fn never_bit(counts: &[FaultCount]) -> BTreeSet<&'static str> {
    let all = counts.iter().filter(|count| count.fault != "throttle").map(|count| count.fault);
    let bit: BTreeSet<&str> =
        counts.iter().filter(|count| count.bitten > 0).map(|count| count.fault).collect();
    all.filter(|fault| !bit.contains(fault)).collect()
}

/// A soak that goes on.
struct Soak {
    world: World,
    months: Months,
    office: Office,
    daemon: Daemon,
    beginning: Beginning,
    memory: Vec<u64>,
}

impl Soak {
    /// The tenant in step, with a daemon that begins to look.
    fn begin(seed: u64) -> Self {
        let world = shop::open();
        let office = Office::open(&world, Chance::new(seed));
        tenant(&world, &office.settings());
        let months = Months::begin(&world, Chance::new(seed));
        office.register(&world);
        let beginning = Beginning::of(&world);
        let daemon = world.daemon();
        Self { world, months, office, daemon, beginning, memory: Vec::new() }
    }

    /// So many seconds of all that can go wrong, or up to twice as many where a slow machine has not met all of it by then;
    /// gives what went wrong, and how many requests were over the limit.
    fn weather(&mut self, seed: u64, seconds: u64) -> (Vec<FaultCount>, u64) {
        self.world.simulator().set_faults(weather::forecast(seed, seconds));
        let began = Instant::now();
        let has_lasted = |shares: u64| began.elapsed() >= Duration::from_secs(seconds * shares / 3);
        while !has_lasted(3)
            || (!has_lasted(6) && !never_bit(&self.world.simulator().fault_counts()).is_empty())
        {
            self.months.go_on(&self.world);
            self.office.go_on(&self.world);
            self.daemon.heed(Duration::from_millis(900));
            if has_lasted(1) {
                self.memory.push(resident(self.daemon.id()));
            }
        }
        let simulator = self.world.simulator();
        let came = (simulator.fault_counts(), simulator.over_limit());
        simulator.clear_faults();
        self.office.give_back(&self.world);
        came
    }

    /// Nothing goes wrong any more, and nothing changes; gives how many passes it takes until every line is settled.
    fn clear_up(&mut self) -> usize {
        let (cleared, before) = (Instant::now(), passes(&self.daemon.log));
        self.months.last(&self.world);
        while !oracle::is_settled(&self.world, &self.months)
            && cleared.elapsed() < 2 * SETTLE + Duration::from_secs(60)
        {
            self.daemon.heed(Duration::from_millis(200));
        }
        self.memory.push(resident(self.daemon.id()));
        passes(&self.daemon.log) - before
    }

    /// One more change of one line, and then nothing: it is written once, and nothing else is.
    fn once_more(&mut self) {
        let Self { world, months, daemon, .. } = self;
        let before = world.write_requests().len();
        let held = evidence::reasons(world);
        let changed = months.one(world, |line| oracle::is_ours(world, line));
        let end = Instant::now() + Duration::from_secs(30);
        while !oracle::is_settled(world, months) {
            let log = || daemon.log.join("\n");
            assert!(Instant::now() < end, "L2: a change in good weather is not written\n{}", log());
            daemon.heed(Duration::from_millis(200));
        }
        let passes_then = passes(&daemon.log);
        while passes(&daemon.log) < passes_then + 1 && Instant::now() < end {
            daemon.heed(Duration::from_millis(200));
        }
        let sent = world.write_requests().split_off(before);
        assert_eq!(
            sent.len(),
            1,
            "L2: line {changed} is written once, and no other: {sent:?}\nheld before: {held:?}\n{}",
            daemon.log.join("\n")
        );
    }
}

/// The settings of the soak, with more at the top level.
fn tenant(world: &World, more: &str) {
    world.settings(super::faults::SOURCES, &format!("{QUICK_WRITES}{more}"));
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    let limited = format!("      company: story\n      requests_a_minute: {REQUESTS_A_MINUTE}\n");
    world.write("trueup.yaml", &settings.replacen("      company: story\n", &limited, 1));
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
fn report(world: &World, counts: &[FaultCount], log: &[String], settled: &Settled, evidence: &Evidence) {
    let mut ends: BTreeMap<String, usize> = BTreeMap::new();
    for line in log.iter().filter(|line| line.contains("the pass ended")) {
        let result = line.split("\"result\":\"").nth(1).and_then(|rest| rest.split('"').next());
        *ends.entry(result.unwrap_or("?").to_owned()).or_default() += 1;
    }
    println!("soak, until {:.0}: {} passes {ends:?}", Timestamp::now(), passes(log));
    println!(
        "  {} requests, {} of them writes, {} landed; {} over the limit, {} in less than a minute at most",
        evidence.log.len(),
        evidence.log.iter().filter(|exchange| exchange.is_write()).count(),
        evidence.log.iter().filter(|exchange| exchange.mutation.is_some()).count(),
        evidence.over,
        oracle::most_in_almost_a_minute(evidence),
    );
    let (least, most) = (evidence.memory.iter().min(), evidence.memory.iter().max());
    println!(
        "  {} hand edits; memory grew by {} KiB, from {least:?} to {most:?}",
        world.simulator().hand_edits().len(),
        oracle::grown(&evidence.memory)
    );
    println!("  lines: {} right, {} held: {:?}", settled.right, settled.held.len(), settled.held);
    for count in counts {
        println!("  {:<24} {:<20} bit {} of {}", count.name, count.fault, count.bitten, count.met);
    }
}
