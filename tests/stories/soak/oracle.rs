//! What must hold whatever the weather, read from the simulator's log and the journal's rows.
//!
//! Shares no code with the engine: it knows the wire, the tables and the arithmetic of quarters, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use rust_decimal::Decimal;
use serde_json::Value;
use trueup::simulator::{Change, Exchange, Kind, Mutation, Object};

use super::months::Months;
use super::shop::{FIRST, LINES, MISSING, agreement, name};
use super::weather;
use crate::world::World;

/// The member that the program is.
const OURS: &str = "trueup";

/// The oracle, with the world as it was.
pub struct Oracle {
    before: BTreeMap<u32, String>,
}

/// How the lines stand.
#[derive(Debug, Default)]
pub struct Settled {
    /// So many bill what is desired.
    pub right: usize,
    /// These are held, and why.
    pub held: BTreeMap<String, String>,
    /// These are neither, or held without a reason that the log knows.
    pub wrong: BTreeMap<String, String>,
}

/// A write as the journal has it.
#[derive(Clone, Debug)]
struct Meant {
    agreement: u32,
    /// The addition; none for a create.
    addition: Option<u32>,
    before: Option<Decimal>,
    after: Decimal,
    at: Timestamp,
    settled: Option<Timestamp>,
    outcome: String,
}

impl Meant {
    /// Whether a write that arrived may be this one. The log knows whole seconds.
    fn sends(&self, exchange: &Exchange) -> bool {
        let below = format!("/agreements/{}/additions", self.agreement);
        let path = self.addition.map_or_else(|| below.clone(), |addition| format!("{below}/{addition}"));
        let method = if self.addition.is_some() { "PATCH" } else { "POST" };
        let body: Value = serde_json::from_str(&exchange.body).unwrap_or_default();
        let is_its_value = self.addition.is_none() || decimal(&body[0]["value"]) == Some(self.after);
        let second = |at: Timestamp| at.as_second();
        let in_time = second(self.at) <= second(exchange.time)
            && self.settled.is_none_or(|settled| second(exchange.time) <= second(settled));
        let was_sent = !self.outcome.contains("not_sent");
        exchange.method == method && exchange.path.ends_with(&path) && is_its_value && in_time && was_sent
    }
}

impl Oracle {
    /// Remembers what is there.
    pub fn before(world: &World) -> Self {
        let additions = world.simulator().additions();
        Self {
            before: additions.iter().map(|addition| (number(addition, "id"), addition.to_string())).collect(),
        }
    }

    /// Whether every line is right or held for a reason.
    pub fn is_settled(&self, world: &World, months: &Months) -> bool {
        self.settled(world, months).wrong.is_empty()
    }

    /// Whether a line is one that we may write: nobody meddled with it.
    pub fn is_ours(&self, world: &World, line: u32) -> bool {
        addition_of(world, line).is_some_and(|addition| !meddled(world).contains(&addition))
    }

    /// How the lines stand: by what the simulator bills, and by the plan only where that is not what is desired.
    pub fn settled(&self, world: &World, months: &Months) -> Settled {
        let mut settled = Settled::default();
        let meddled = meddled(world);
        let mut held = None;
        for line in 0..LINES {
            let addition = addition_of(world, line);
            let billed = addition.and_then(|addition| world.simulator().quantity(addition));
            if billed == Some(months.desired(line)) {
                settled.right += 1;
                continue;
            }
            let told = format!("bills {billed:?} and should bill {}", months.desired(line));
            let may_be_held = addition.is_some_and(|addition| meddled.contains(&addition));
            let reasons = held.get_or_insert_with(|| reasons(world));
            match reasons.get(&name(line)).filter(|_| may_be_held) {
                Some(codes) => settled.held.insert(name(line), codes.clone()),
                None => settled.wrong.insert(name(line), format!("{told}, meddled: {may_be_held}")),
            };
        }
        settled
    }

    /// All that must hold, once the daemon has ended.
    pub fn check(&self, world: &World, months: &Months) {
        let meant = journal(world);
        let log = world.simulator().log();
        let edits = world.simulator().hand_edits();
        once_each(&log, &meant);
        self.nothing_else(world, &log);
        for mutation in log.iter().filter_map(|exchange| exchange.mutation.as_ref()) {
            as_meant(mutation, &meant, &edits, months);
        }
        conserved(world, &self.before, &log, &edits);
        duplicates(&log);
        let open: Vec<&Meant> = meant.iter().filter(|meant| meant.settled.is_none()).collect();
        assert!(open.is_empty(), "S4: intents that are not settled: {open:?}");
    }

    /// S6 and S7: what is not ours is as it was, and of ours nothing but the quantity is asked to change.
    fn nothing_else(&self, world: &World, log: &[Arc<Exchange>]) {
        for exchange in log.iter().filter(|exchange| exchange.is_write()) {
            let body: Value = serde_json::from_str(&exchange.body).expect("we send JSON");
            match exchange.method.as_str() {
                "PATCH" => {
                    let operations = body.as_array().expect("a PATCH is a list");
                    let [only] = operations.as_slice() else { panic!("S7: {body}") };
                    assert_eq!((&only["op"], &only["path"]), (&"replace".into(), &"quantity".into()), "S7");
                    assert!(only["value"].is_number(), "S7: {body}");
                }
                "POST" => assert_eq!(body["quantity"], 0, "a create is inert: {body}"),
                other => panic!("S6: {other} is never sent"),
            }
        }
        for line in 0..LINES {
            let foreign = FIRST + 1_000 + line;
            let now = world.simulator().addition(foreign).map(|addition| addition.to_string());
            assert_eq!(now.as_ref(), self.before.get(&foreign), "S6: {foreign} is not ours");
        }
    }
}

/// S2, S3, S10 and the fault B25: every write that arrived is one intent's, came after it was durable, and before it was
/// settled; no two are of one intent, and no two intents of a line are open at one time.
fn once_each(log: &[Arc<Exchange>], meant: &[Meant]) {
    let mut arrived: BTreeSet<usize> = BTreeSet::new();
    for exchange in log.iter().filter(|exchange| exchange.is_write()) {
        let fits = |index: &usize| !arrived.contains(index) && meant[*index].sends(exchange);
        let Some(first) = (0..meant.len()).find(fits) else {
            let Exchange { method, path, body, time, .. } = &**exchange;
            panic!("S2: no intent is left for {method} {path} {body} at {time}")
        };
        arrived.insert(first);
    }
    let mut last: BTreeMap<u32, &Meant> = BTreeMap::new();
    for intent in meant {
        if let Some(before) = last.insert(intent.agreement, intent) {
            assert!(
                before.settled.is_some_and(|settled| settled <= intent.at),
                "S10: {before:?} then {intent:?}"
            );
        }
    }
}

/// S8 and S16: a write found what its intent had read, unless somebody edited meanwhile, and wrote what was desired.
fn as_meant(mutation: &Mutation, meant: &[Meant], edits: &[Arc<Mutation>], months: &Months) {
    assert_eq!((mutation.member.as_str(), mutation.kind), (OURS, Kind::Addition), "S6: {mutation:?}");
    let parent = mutation.parent.expect("an addition stands on an agreement");
    let line = parent - agreement(0);
    let addition = (mutation.change != Change::Created).then_some(mutation.id);
    let is_of = |meant: &&Meant| {
        meant.agreement == parent
            && meant.addition == addition
            && meant.at.as_second() <= mutation.time.as_second()
            && !meant.outcome.contains("not_sent")
    };
    let intent = meant.iter().rfind(is_of).expect("S3: it was meant before");
    if mutation.change == Change::Created {
        assert!(MISSING.contains(&line), "S1: {mutation:?}");
        return;
    }
    assert!(months.was_wanted(line, intent.after), "S16: {intent:?} was never desired");
    let found = mutation.before.as_ref().and_then(quantity);
    let edited = edits.iter().any(|edit| {
        edit.id == mutation.id
            && edit.sequence < mutation.sequence
            && edit.time >= intent.at - std::time::Duration::from_secs(3)
    });
    assert!(found == intent.before || edited, "S8: it found {found:?}: {intent:?}");
}

/// S15: what a line bills is what it billed, and all changes that are known.
fn conserved(world: &World, before: &BTreeMap<u32, String>, log: &[Arc<Exchange>], edits: &[Arc<Mutation>]) {
    let ours = log.iter().filter_map(|exchange| exchange.mutation.as_ref());
    let mut sums: BTreeMap<u32, Decimal> = BTreeMap::new();
    for mutation in
        ours.chain(edits.iter().map(AsRef::as_ref)).filter(|mutation| mutation.kind == Kind::Addition)
    {
        let of = |record: &Option<Object>| record.as_ref().and_then(quantity).unwrap_or_default();
        *sums.entry(mutation.id).or_default() += of(&mutation.after) - of(&mutation.before);
    }
    for (addition, sum) in sums {
        let first = before.get(&addition).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let first = first.and_then(|record| decimal(&record["quantity"])).unwrap_or_default();
        assert_eq!(world.simulator().quantity(addition).unwrap_or_default(), first + sum, "S15: {addition}");
    }
}

/// S1: of each line, no more than one addition was created.
fn duplicates(log: &[Arc<Exchange>]) {
    let mutations = log.iter().filter_map(|exchange| exchange.mutation.as_ref());
    let created: Vec<u32> =
        mutations.filter(|one| one.change == Change::Created).filter_map(|one| one.parent).collect();
    let each: BTreeSet<u32> = created.iter().copied().collect();
    assert_eq!(each.len(), created.len(), "S1: additions were created twice: {created:?}");
    assert_eq!(each.len(), MISSING.len(), "each missing line was created");
}

/// The addition of a line that is ours, by what the simulator has.
fn addition_of(world: &World, line: u32) -> Option<u32> {
    let additions = world.simulator().additions();
    let ours = additions.iter().filter(|addition| {
        let record: Value = serde_json::from_str(&addition.to_string()).unwrap_or_default();
        record["agreementId"] == agreement(line) && record["product"]["identifier"] == "BKP-GB"
    });
    ours.map(|addition| number(addition, "id")).next()
}

/// The additions that somebody edited, or about which the server lies in this weather.
fn meddled(world: &World) -> BTreeSet<u32> {
    let edits = world.simulator().hand_edits();
    let edited = edits.iter().filter(|edit| edit.kind == Kind::Addition).map(|edit| edit.id);
    edited.chain(weather::lied_about()).collect()
}

/// Why each line is held, by its company, as the program's plan says.
fn reasons(world: &World) -> BTreeMap<String, String> {
    let ran = world.run(&["plan", "--format", "json", "--all"]);
    let Ok(plan) = serde_json::from_str::<Value>(&ran.stdout) else { return BTreeMap::new() };
    let lines = plan["lines"].as_array().cloned().unwrap_or_default();
    let held = lines.iter().filter(|line| line["verdict"] == "hold");
    let named = held.filter_map(|line| {
        let codes = line["reasons"].as_array()?.iter().filter_map(|reason| reason["code"].as_str());
        Some((line["company"]["identifier"].as_str()?.to_owned(), codes.collect::<Vec<_>>().join(" ")))
    });
    named.collect()
}

/// The journal's writes, oldest first.
fn journal(world: &World) -> Vec<Meant> {
    let path = world.path("trueup.db");
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("there is a journal");
    let sql = "SELECT agreement, body, at, settled_at, outcome FROM intents ORDER BY id";
    let mut statement = connection.prepare(sql).expect("it has its tables");
    let rows = statement.query_map((), |row| {
        let text = |column: usize| row.get::<_, Option<String>>(column);
        Ok((row.get::<_, u32>(0)?, text(1)?, text(2)?, text(3)?, text(4)?))
    });
    let read = rows.expect("it can be read").map(|row| {
        let (agreement, body, at, settled, outcome) = row.expect("it can be read");
        let body: Value = serde_json::from_str(&body.unwrap_or_default()).expect("an intent is JSON");
        let set = &body["action"]["set"];
        let time = |text: String| text.parse::<Timestamp>().expect("it is a time");
        Meant {
            agreement,
            addition: set["addition"].as_u64().and_then(|id| u32::try_from(id).ok()),
            before: decimal(&set["before"]),
            after: decimal(&set["after"]).unwrap_or_default().normalize(),
            at: time(at.expect("it was meant at a time")),
            settled: settled.map(time),
            outcome: outcome.unwrap_or_default(),
        }
    });
    read.collect()
}

fn number(record: &Object, field: &str) -> u32 {
    let record: Value = serde_json::from_str(&record.to_string()).expect("a record is JSON");
    record[field].as_u64().and_then(|number| u32::try_from(number).ok()).expect("it is a number")
}

fn quantity(record: &Object) -> Option<Decimal> {
    let record: Value = serde_json::from_str(&record.to_string()).ok()?;
    decimal(&record["quantity"])
}

fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse::<Decimal>().ok().map(|number| number.normalize())
}
