//! All that goes wrong in the soak, as a fault file: every kind of fault that heals by itself, some always, some in turn.
//!
//! What cannot heal without a person, such as keys that are revoked for good, has stories of its own. Requests land
//! within the latest landing of the settings or never.

use trueup::simulator::FaultFile;

use super::REQUESTS_A_MINUTE;

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
];

/// The additions about which the server lies.
pub fn lied_about() -> impl Iterator<Item = u32> {
    LYING.iter().map(|(addition, _)| *addition)
}

/// The weather of a soak of so many seconds.
pub fn forecast(seed: u64, seconds: u64) -> FaultFile {
    let mut text = format!("seed: {seed}\nfaults:\n");
    let mut add = |name: &str, on: &str, when: &str, fault: &str| {
        text.push_str(&format!("  - {{ name: \"{name}\", on: {on}, when: {when}, fault: {fault} }}\n"));
    };
    add("the limit", "{}", "{}", &format!("{{ throttle: {{ perMinute: {REQUESTS_A_MINUTE} }} }}"));
    for (number, (on, when, fault)) in ALWAYS.iter().enumerate() {
        add(&format!("rule {number}"), on, when, fault);
    }
    let first = usize::try_from(seed % 97).unwrap_or_default();
    for (number, fault) in OF_WRITES.iter().enumerate() {
        let when = format!("{{ after: {}, every: {TURN} }}", (first + number) % OF_WRITES.len());
        add(&format!("write {number}"), "{ method: PATCH }", &when, fault);
    }
    for (addition, fault) in LYING {
        let on = format!("{{ method: PATCH, path: additions/{addition} }}");
        add(&format!("lies about {addition}"), &on, "{ times: 1 }", fault);
    }
    // Somebody edits one line once and another one twice, by which that is a fight.
    for (addition, times) in [(9004, 1), (9005, 2)] {
        let on = format!("{{ method: PATCH, path: additions/{addition} }}");
        let deed = "{ anotherActor: { does: { addQuantity: 3 }, at: afterIt } }";
        add(&format!("edits {addition}"), &on, &format!("{{ times: {times} }}"), deed);
    }
    let moment = |share: u64| format!("{{ between: [{}s, {}s], times: 1 }}", seconds * share / 10, seconds);
    add("an upgrade", "{}", &moment(3), "{ releaseMoves: { to: \"2026.5\", reach: everything } }");
    add("no right for a moment", "{ method: PATCH }", &moment(5), "forbidden");
    add("no keys for a moment", "{ method: GET }", &moment(6), "unauthorized");
    FaultFile::from_yaml(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}
