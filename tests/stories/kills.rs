//! The program is killed at random moments of `apply`, again and again, and the next run finds its way: every line ends
//! at its desired quantity or held in doubt, nothing is added twice, and nothing is written twice.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use trueup::simulator::Mutation;

use super::world::plain::account;
use super::world::{Plan, QUICK_WRITES, World};

/// How often each of the two tenants is killed: two hundred kills in all.
const KILLS: u32 = 100;

/// Companies whose line changes in every round.
const CHANGING: u32 = 6;

/// A company without a line yet joins in every so many rounds, and its line is created.
const JOINING_EVERY: u32 = 2;

/// Long enough for everything in doubt to be settled.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn killed_a_hundred_times_at_random_moments_nothing_is_lost_and_nothing_repeated() {
    kill_again_and_again(0x9E37_79B9_7F4A_7C15);
}

#[test]
fn killed_a_hundred_times_at_other_moments_nothing_is_lost_and_nothing_repeated() {
    kill_again_and_again(0xD1B5_4A32_D192_ED03);
}

fn kill_again_and_again(seed: u64) {
    let mut chance = Chance(seed);
    let world = world();
    let whole = time_of_a_whole_run(&world);

    for round in 1..=KILLS {
        let joined = round / JOINING_EVERY;
        world.accounts(&rows(round, joined).iter().map(String::as_str).collect::<Vec<_>>());
        kill_one(&world, whole.mul_f64(chance.share()));
        let next = world.apply();
        assert!(matches!(next.code, Some(0 | 3 | 6)), "round {round}: {}{}", next.stdout, next.stderr);
        assert_eq!(
            stray_lines(&world.plan(), round, joined),
            Vec::<String>::new(),
            "round {round}, seed {seed:#x}"
        );
    }

    let plan = settle(&world);
    assert!(plan.is_unchanged(), "{:#}", plan.0["summary"]);
    assert_eq!(plan.0["summary"]["hold"], 0, "{:#}", plan.0["lines"]);
    assert_nothing_was_repeated(&world.writes());
}

/// Six lines that change, and as many companies as may join, which have an agreement and no line.
fn world() -> World {
    let joining = KILLS / JOINING_EVERY;
    let mut seed = String::from(
        "login: { company: story, clientId: story }\n\
         members: [{ identifier: trueup, publicKey: story, privateKey: story }]\n\
         agreementTypes: [{ id: 5, name: Barracuda Backup }]\n\
         products: [{ id: 31, identifier: BKP-GB, price: 0.50 }]\n\
         integrations:\n  - id: 3\n    name: Barracuda Intronis\n    crossReferences:\n      \
         - { id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }\n",
    );
    let all = 1..=CHANGING + joining;
    seed.push_str("companies:\n");
    for number in all.clone() {
        writeln!(seed, "  - {{ id: {number}, identifier: customer-{number} }}").expect("a string takes all");
    }
    seed.push_str("agreements:\n");
    for number in all {
        let lines = if number <= CHANGING { "[{ product: BKP-GB, quantity: 100 }]" } else { "[]" };
        writeln!(seed, "  - {{ id: {}, company: {number}, type: 5, additions: {lines} }}", 400 + number)
            .expect("a string takes all");
    }
    let world = World::seeded(&seed);
    world.settings("sources:\n      intronis: { csv: { path: usage/intronis.csv } }", QUICK_WRITES);
    world.mapping(
        "backup.yaml",
        "source: intronis\nintegration: Barracuda Intronis\n\
         intronis_backup_plan:\n  - { plan: (All plans), level: Universal, usage_value: total }\n\
         policy:\n  missing_addition: create\n  guards: { run_lines: { floor: 1000 }, run_money: { floor: 100000 } }\n",
    );
    world.commit("Bill backup");
    world
}

/// Every changing line goes up and down by one; joined companies use 7 GB.
fn rows(round: u32, joined: u32) -> Vec<String> {
    let changing = (1..=CHANGING).map(|number| (number, changing_quantity(round)));
    let joined = (CHANGING + 1..=CHANGING + joined).map(|number| (number, 7));
    changing
        .chain(joined)
        .map(|(number, gigabytes)| account(&format!("customer-{number}"), gigabytes))
        .collect()
}

fn changing_quantity(round: u32) -> u64 {
    if round.is_multiple_of(2) { 100 } else { 101 }
}

fn time_of_a_whole_run(world: &World) -> Duration {
    world.accounts(&rows(0, 0).iter().map(String::as_str).collect::<Vec<_>>());
    world.apply();
    world.accounts(&rows(1, 0).iter().map(String::as_str).collect::<Vec<_>>());
    let start = Instant::now();
    let ran = world.apply();
    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    start.elapsed()
}

/// Starts `apply` and kills it after that time, if it lives so long.
fn kill_one(world: &World, after: Duration) {
    let mut command = world.command(&["apply", "--yes"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let start = Instant::now();
    while start.elapsed() < after {
        // It may wake early: then there is time left to wait.
        std::thread::park_timeout(after - start.elapsed().min(after));
    }
    child.kill().expect("it can be killed, or has ended");
    child.wait().expect("it ended");
}

/// Lines that are neither at their desired quantity nor held in doubt.
fn stray_lines(plan: &Plan, round: u32, joined: u32) -> Vec<String> {
    let lines = plan.0["lines"].as_array().expect("a plan has lines");
    assert_eq!(lines.len(), (CHANGING + joined) as usize, "every line is in the plan");
    let is_fine = |line: &&serde_json::Value| {
        let in_doubt =
            line["reasons"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == "in_doubt"));
        (line["verdict"] == "keep" && line["current"] == line["desired"]) || in_doubt
    };
    let stray = lines.iter().filter(|line| !is_fine(line));
    stray.map(|line| format!("round {round}: {line}")).collect()
}

/// Applies until nothing is in doubt any more.
fn settle(world: &World) -> Plan {
    let start = Instant::now();
    loop {
        world.apply();
        let plan = world.plan();
        if plan.0["summary"]["hold"] == 0 || start.elapsed() > PATIENCE {
            return plan;
        }
    }
}

/// Each accepted write changed something, and no agreement got a second line.
fn assert_nothing_was_repeated(writes: &[Mutation]) {
    let mut created: BTreeMap<Option<u32>, u32> = BTreeMap::new();
    for write in writes {
        match (&write.before, &write.after) {
            (None, Some(_)) => *created.entry(write.parent).or_default() += 1,
            (Some(before), Some(after)) => {
                assert_ne!(before.get("quantity"), after.get("quantity"), "written twice: {write:?}");
            }
            (_, None) => panic!("nothing is ever deleted: {write:?}"),
        }
    }
    let doubled: Vec<_> = created.iter().filter(|(_, count)| **count > 1).collect();
    assert_eq!(doubled, Vec::<(&Option<u32>, &u32)>::new(), "added twice");
    assert!(!created.is_empty(), "lines were created");
}

/// A small generator of numbers that look random, so that a failure can be played again.
struct Chance(u64);

impl Chance {
    /// A number from 0 up to 1.
    fn share(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}
