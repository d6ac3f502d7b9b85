//! What a soak leaves behind, gathered from the simulator, the journal and the process, before anybody judges it.
//!
//! Plain values, so that the oracle can be shown evidence that no daemon would leave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use rust_decimal::Decimal;
use serde_json::Value;
use trueup::simulator::{Exchange, Kind, Mutation, Object};

use super::shop::agreement;
use super::weather;
use crate::world::World;

/// All that is known.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The additions when it began, by id, as texts.
    pub before: BTreeMap<u32, String>,
    /// The additions when it was over.
    pub additions: Vec<Value>,
    /// The requests, in their order.
    pub log: Vec<Arc<Exchange>>,
    /// What others edited at the screen.
    pub edits: Vec<Arc<Mutation>>,
    /// What the journal says was meant.
    pub meant: Vec<Meant>,
    /// Why lines are held, by their company, as the plan says.
    pub reasons: BTreeMap<String, String>,
    /// How many requests were over the limit of the server.
    pub over: u64,
    /// When the weather cleared up. Until then the daemon was alone with ConnectWise.
    pub cleared: Timestamp,
    /// The resident memory of the daemon in KiB, from a third of the time on.
    pub memory: Vec<u64>,
}

/// A write as the journal has it.
#[derive(Clone, Debug)]
pub struct Meant {
    pub agreement: u32,
    /// The addition; none for a create.
    pub addition: Option<u32>,
    pub before: Option<Decimal>,
    pub after: Decimal,
    pub at: Timestamp,
    pub settled: Option<Timestamp>,
    pub outcome: String,
}

/// Where a soak begins.
pub struct Beginning {
    before: BTreeMap<u32, String>,
    requests: usize,
}

impl Beginning {
    /// Remembers what is there. What was asked before belongs to nobody.
    pub fn of(world: &World) -> Self {
        let additions = world.simulator().additions();
        let before = additions.iter().map(|addition| (number(addition, "id"), addition.to_string()));
        Self { before: before.collect(), requests: world.simulator().log().len() }
    }

    /// What is known now. The weather cleared up at a time.
    pub fn evidence(&self, world: &World, cleared: Timestamp, over: u64, memory: Vec<u64>) -> Evidence {
        // Asked first: the program reads for it, and those requests are not the daemon's.
        let reasons = reasons(world);
        Evidence {
            before: self.before.clone(),
            additions: additions(world),
            log: world.simulator().log().split_off(self.requests),
            edits: world.simulator().hand_edits(),
            meant: journal(world),
            reasons,
            over,
            cleared,
            memory,
        }
    }
}

impl Evidence {
    /// The additions that somebody edited, or about which the server lies in this weather.
    pub fn meddled(&self) -> BTreeSet<u32> {
        meddled(&self.edits)
    }
}

/// The additions that somebody edited, or about which the server lies in this weather.
pub fn meddled(edits: &[Arc<Mutation>]) -> BTreeSet<u32> {
    let edited = edits.iter().filter(|edit| edit.kind == Kind::Addition).map(|edit| edit.id);
    edited.chain(weather::lied_about()).collect()
}

/// The additions as they are.
pub fn additions(world: &World) -> Vec<Value> {
    let additions = world.simulator().additions();
    additions.iter().map(|one| serde_json::from_str(&one.to_string()).expect("a record is JSON")).collect()
}

/// The additions of a line that are ours, by what the simulator has: one, if all is well.
pub fn of_line(additions: &[Value], line: u32) -> Vec<(u32, Option<Decimal>)> {
    let ours = additions.iter().filter(|addition| {
        addition["agreementId"] == agreement(line) && addition["product"]["identifier"] == "BKP-GB"
    });
    let id = |addition: &Value| addition["id"].as_u64().and_then(|id| u32::try_from(id).ok());
    ours.map(|addition| (id(addition).expect("it has a number"), decimal(&addition["quantity"]))).collect()
}

/// Why each line is held, by its company, as the program's plan says.
pub fn reasons(world: &World) -> BTreeMap<String, String> {
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

/// The quantity of a record.
pub fn quantity(record: &Object) -> Option<Decimal> {
    let record: Value = serde_json::from_str(&record.to_string()).ok()?;
    decimal(&record["quantity"])
}

/// A number, as a number or as a text.
pub fn decimal(value: &Value) -> Option<Decimal> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.parse::<Decimal>().ok().map(|number| number.normalize())
}
