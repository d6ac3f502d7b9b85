//! All that goes wrong in the soak, as a fault file: every kind of fault there is, some always, some in turn, some once.
//!
//! Rights that are lost come back by hand, see `office`; what befalls callbacks is there too. Requests land within the latest landing of the settings or never.

use std::collections::BTreeSet;

use serde_json::Value;
use trueup::simulator::FaultFile;

use super::REQUESTS_A_MINUTE;

/// Faults that are not here, and why.
const ELSEWHERE: &[(&str, &str)] =
    &[("keyRevoked", "a member whose keys are revoked is gone for good: a story of its own")];

/// Faults that come and go all the time: where they bite, how likely, and what they are.
const ALWAYS: &[(&str, &str, &str)] = &[
    ("{}", "{ probability: 0.9 }", "{ latency: { median: 8ms, cap: 400ms } }"),
    ("{ method: GET }", "{ probability: 0.01 }", "{ slowFirstByte: { wait: 700ms } }"),
    ("{ method: GET }", "{ probability: 0.02 }", "{ slowBody: { bytes: 400, wait: 5ms } }"),
    ("{}", "{ probability: 0.01 }", "{ tooMany: { retryAfter: [\"1\", none, \"0\", \"-5\"] } }"),
    ("{ method: POST, route: additions }", "{ times: 1 }", "{ reset: beforeCommit }"),
    ("{ method: POST, route: additions }", "{ after: 1, times: 1 }", "{ reset: afterCommit }"),
    ("{ route: bundles }", "{ every: 8 }", "{ timedOut: beforeCommit }"),
    ("{ route: bundles }", "{ after: 1, every: 8 }", "truncated"),
    ("{ route: bundles }", "{ after: 2, every: 8 }", "page"),
    ("{ route: bundles }", "{ after: 3, every: 8 }", "{ reset: beforeCommit }"),
    ("{ route: agreements }", "{ every: 7 }", "{ gateway: { status: 504 } }"),
    ("{ route: companies }", "{ every: 6 }", "{ shortPage: { rows: 7 } }"),
    ("{ route: companies }", "{ after: 1, every: 6 }", "repeatedPage"),
    ("{ route: companies }", "{ after: 2, every: 6 }", "rowInserted"),
    ("{ route: companies }", "{ after: 3, every: 6 }", "rowDeleted"),
    ("{ method: GET }", "{ probability: 0.02 }", "extraProperties"),
    ("{ method: GET }", "{ probability: 0.02 }", "emptyDates"),
    ("{ method: GET, route: addition }", "{ after: 10, every: 40 }", "notFound"),
    ("{ method: GET, route: addition }", "{ probability: 0.05 }", "{ staleRead: { within: 900ms } }"),
    ("{ route: bundles }", "{ after: 4, every: 8 }", "{ staleRead: { within: 900ms } }"),
    // Counts that disagree with their lists: once in a while, and until it is given up.
    ("{ route: count }", "{ every: 7 }", "{ countOff: { by: 1 } }"),
    ("{ route: count }", "{ after: 12, for: 6 }", "{ countOff: { by: -1 } }"),
    // Lists of several pages, so that there are links to go wrong.
    ("{ route: agreements }", "{}", "{ shortPage: { rows: 10 } }"),
    ("{ route: agreements }", "{ after: 1, every: 5 }", "linkMissing"),
    ("{ route: agreements }", "{ after: 2, every: 5 }", "linkLoops"),
    ("{ route: agreements }", "{ after: 3, every: 5 }", "{ linkElsewhere: { to: \"https://192.0.2.1\" } }"),
    ("{ route: addition }", "{ after: 3, every: 20 }", "additionStatus"),
    ("{ method: GET, route: addition }", "{ after: 5, every: 25 }", "otherRecord"),
    ("{ route: companyInfo }", "{ every: 2 }", "{ isCloud: boolean }"),
];

/// Faults of what is read that spoil a pass, each once: where they bite, and what they are.
const ONCE: &[(&str, &str)] = &[
    ("{ route: companies }", "{ wrongType: {} }"),
    ("{ route: products }", "{ redirect: { to: \"https://192.0.2.1/login\" } }"),
    ("{ route: agreements }", "{ age: { by: 90s } }"),
    ("{ route: companies }", "{ repeatedDate: {} }"),
    ("{ route: products }", "{ hugeHeaders: {} }"),
    ("{ route: agreements }", "{ gzipBomb: { mebibytes: 64 } }"),
    ("{ route: products }", "endless"),
];

/// Faults of a write, which take turns: each befalls one of so many.
const OF_WRITES: &[&str] = &[
    "{ tooMany: { retryAfter: [\"1\"] } }",
    "{ timedOut: beforeCommit }",
    "{ timedOut: afterCommit }",
    "{ reset: beforeCommit }",
    "{ reset: afterCommit }",
    "{ gateway: { status: 502 } }",
    "{ gateway: { status: 503, commit: afterCommit } }",
    "{ status: { status: 409, body: \"{}\" } }",
    "{ status: { status: 409, body: \"{}\", commit: afterCommit } }",
    "{ landsLate: { by: 2300ms } }",
    "truncated",
    "empty",
    "noContent",
    "page",
    "nullBody",
    "{ invalidRecord: structured }",
    "{ invalidRecord: generic }",
];

/// Each fault of a write befalls one of this many.
const TURN: usize = 40;

/// Faults after which a line is held until a person looks, so that they befall few.
const LYING: &[(u32, &str)] = &[
    (9001, "writeIgnored"),
    (9002, "{ storedPlus: { quantity: 1 } }"),
    (9003, "{ otherFieldChanges: { value: 7 } }"),
    (9006, "{ storedAtMost: { quantity: 1 } }"),
    (9007, "{ storedRounded: { decimals: 0 } }"),
];

/// The additions about which the server lies.
pub fn lied_about() -> impl Iterator<Item = u32> {
    LYING.iter().map(|(addition, _)| *addition)
}

/// Rights that are lost, each once: from which request on, after how many of them or from which twentieth of the time
/// on, and which right.
const LOST: &[(&str, Lost, &str)] = &[
    ("{ method: POST, route: additions }", Lost::After(2), "{ function: Agreements, right: add }"),
    ("{ method: PATCH }", Lost::Twentieth(8), "{ function: Agreements, right: edit }"),
    ("{ route: agreements }", Lost::Twentieth(14), "{ function: Agreements, right: inquire }"),
];

/// When a right is lost.
#[derive(Clone, Copy, Debug)]
enum Lost {
    /// After so many requests of the kind.
    After(u32),
    /// From this twentieth of the time on.
    Twentieth(u64),
}

/// The rules of a fault file, as they are written.
struct Rules {
    text: String,
    seconds: u64,
}

impl Rules {
    fn add(&mut self, name: &str, on: &str, when: &str, fault: &str) {
        let rule = format!("  - {{ name: \"{name}\", on: {on}, when: {when}, fault: {fault} }}\n");
        self.text.push_str(&rule);
    }

    /// Once, from a twentieth of the time on.
    fn once(&mut self, name: &str, on: &str, twentieth: u64, fault: &str) {
        let (from, to) = (self.seconds * twentieth / 20, 2 * self.seconds);
        self.add(name, on, &format!("{{ between: [{from}s, {to}s], times: 1 }}"), fault);
    }
}

/// The weather of a soak of so many seconds.
pub fn forecast(seed: u64, seconds: u64) -> FaultFile {
    let mut rules = Rules { text: format!("seed: {seed}\nfaults:\n"), seconds };
    rules.add("the limit", "{}", "{}", &format!("{{ throttle: {{ perMinute: {REQUESTS_A_MINUTE} }} }}"));
    for (number, (on, when, fault)) in ALWAYS.iter().enumerate() {
        rules.add(&format!("rule {number}"), on, when, fault);
    }
    of_writes(&mut rules, seed);
    of_moments(&mut rules);
    let Rules { text, .. } = rules;
    FaultFile::from_yaml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn of_writes(rules: &mut Rules, seed: u64) {
    let first = usize::try_from(seed % 97).unwrap_or_default();
    for (number, fault) in OF_WRITES.iter().enumerate() {
        let when = format!("{{ after: {}, every: {TURN} }}", (first + number) % OF_WRITES.len());
        rules.add(&format!("write {number}"), "{ method: PATCH }", &when, fault);
    }
    for (addition, fault) in LYING {
        let on = format!("{{ method: PATCH, path: additions/{addition} }}");
        rules.add(&format!("lies about {addition}"), &on, "{ times: 1 }", fault);
    }
    // Somebody edits one line once and another one twice, by which that is a fight.
    for (addition, times) in [(9004, 1), (9005, 2)] {
        let on = format!("{{ method: PATCH, path: additions/{addition} }}");
        let deed = "{ anotherActor: { does: { addQuantity: 3 }, at: afterIt } }";
        rules.add(&format!("edits {addition}"), &on, &format!("{{ times: {times} }}"), deed);
    }
}

fn of_moments(rules: &mut Rules) {
    for ((on, fault), number) in ONCE.iter().zip(1..) {
        rules.once(&format!("once {number}"), on, 2 * number, fault);
    }
    for (on, when, right) in LOST {
        let (name, fault) = (format!("lost {right}"), format!("{{ permissionRemoved: {right} }}"));
        match when {
            Lost::After(requests) => {
                rules.add(&name, on, &format!("{{ after: {requests}, times: 1 }}"), &fault)
            }
            Lost::Twentieth(twentieth) => rules.once(&name, on, *twentieth, &fault),
        }
    }
    rules.once("an upgrade", "{}", 6, "{ releaseMoves: { to: \"2026.5\", reach: everything } }");
    rules.once("no right for a moment", "{ method: PATCH }", 10, "forbidden");
    rules.once("no keys for a moment", "{ method: GET }", 12, "unauthorized");
}

#[test]
fn the_weather_has_every_fault_that_the_simulator_knows() {
    let schema = FaultFile::schema().to_value();
    let choices = schema["$defs"]["Bite"]["oneOf"].as_array().expect("a fault is one of several");
    let names = |choice: &'_ Value| -> Vec<String> {
        let several = ["required", "enum"].map(|list| choice[list].as_array().cloned().unwrap_or_default());
        let all = several.into_iter().flatten().chain([choice["const"].clone()]);
        all.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let known: BTreeSet<String> = choices.iter().flat_map(names).collect();

    let forecast = forecast(7, 60);

    let here = forecast.faults.iter().map(|rule| rule.fault.name().to_owned());
    let elsewhere = ELSEWHERE.iter().map(|(name, _)| (*name).to_owned());
    let mut all: Vec<String> = here.collect::<BTreeSet<String>>().into_iter().chain(elsewhere).collect();
    all.sort_unstable();
    assert_eq!(all, known.into_iter().collect::<Vec<String>>());
}
