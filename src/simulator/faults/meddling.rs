//! What somebody else does to the state around a request: edits, rows that come and go, upgrades, rights taken away.
//!
//! Edits are written like any edit at the screen: with an audit row and a place in the log.

use jiff::Timestamp;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::simulator::access::{Function, Level, Right};
use crate::simulator::audit::Source;
use crate::simulator::exchange::Request;
use crate::simulator::kind::Kind;
use crate::simulator::log::Mutation;
use crate::simulator::login;
use crate::simulator::routes::{self, Endpoint};
use crate::simulator::seed::Amount;
use crate::simulator::state::Record;
use crate::simulator::value::Value;
use crate::simulator::writes::{self, Author};
use crate::simulator::{SOMEBODY, World};

/// What happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meddling {
    /// Somebody changes an addition: this one, else the one that the request names, else the first of its list.
    AnotherActor {
        /// What is done.
        deed: Deed,
        /// Which addition.
        addition: Option<u32>,
        /// Whether it can be seen.
        trace: Trace,
    },
    /// A row appears before the first one of the list that the request reads.
    RowInserted,
    /// The first row of the list that the request reads disappears.
    RowDeleted,
    /// ConnectWise is upgraded to this release.
    ReleaseMoves {
        /// The release, as in `2026.5`.
        to: String,
        /// What is not found from then on.
        reach: Reach,
    },
    /// The caller's role loses a right.
    PermissionRemoved(Function, Right),
    /// The caller's keys become unknown.
    KeyRevoked,
}

/// What somebody does to an addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Deed {
    /// Its quantity becomes this.
    SetQuantity(Amount),
    /// Its quantity grows by this, or shrinks where this is negative.
    AddQuantity(Amount),
    /// It is cancelled from now on.
    Cancel,
    /// It is deleted.
    Delete,
}

/// Whether an edit can be seen by the time of the last change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Trace {
    /// `lastUpdated` moves to now.
    #[default]
    Moves,
    /// The edit falls into the second of the last change, so `lastUpdated` stays as it is.
    Stays,
}

/// What is not found after an upgrade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Reach {
    /// Everything below the segment of the release before, for good: 404.
    #[default]
    OldRelease,
    /// Everything, 404, until the company information is read again; the release before stays lost for good.
    Everything,
}

impl Meddling {
    /// Does it.
    pub(super) fn happen(&self, world: &mut World, request: &Request, now: Timestamp) {
        match self {
            Self::AnotherActor { deed, addition, trace } => {
                let addition = addition.or_else(|| named_addition(world, request));
                if let Some(addition) = addition {
                    deed.done(world, addition, *trace, now);
                }
            }
            Self::RowInserted => insert_row(world, request, now),
            Self::RowDeleted => delete_row(world, request, now),
            Self::ReleaseMoves { to, reach } => {
                let before = std::mem::replace(&mut world.state.login.release, to.clone());
                world.aftermath.close(&before, *reach);
            }
            Self::PermissionRemoved(function, right) => remove_right(world, request, *function, *right),
            Self::KeyRevoked => {
                if let Ok(caller) = login::authenticate(&world.state, request) {
                    world.state.members.retain(|member| member.id != caller.id);
                }
            }
        }
    }
}

impl Deed {
    /// Does it, as somebody at the screen; nothing where there is no such addition.
    fn done(self, world: &mut World, addition: u32, trace: Trace, now: Timestamp) {
        let Some(before) = world.state.record(Kind::Addition, addition).cloned() else { return };
        let time = match trace {
            Trace::Moves => now,
            Trace::Stays => before.updated,
        };
        let author = Author { member: SOMEBODY, now: time, source: Source::Screen };
        let quantity = before.get("quantity").number().unwrap_or_default();
        let state = &mut world.state;
        let mut set =
            |name, value: Value| Some(writes::set_field(state, author, Kind::Addition, &before, name, value));
        let mutation = match self {
            Self::SetQuantity(Amount(quantity)) => set("quantity", quantity.into()),
            Self::AddQuantity(Amount(more)) => {
                set("quantity", Decimal::saturating_add(quantity, more).into())
            }
            Self::Cancel => set("cancelledDate", now.into()),
            Self::Delete => writes::delete(state, author, Kind::Addition, &before).ok(),
        };
        note(world, mutation);
    }
}

/// Puts an edit into the log, and tells those that have asked to be told.
fn note(world: &mut World, mutation: Option<Mutation>) {
    if let Some(mutation) = mutation {
        world.announce(&mutation);
        world.log.add_hand_edit(mutation);
    }
}

/// The addition that a request is about, or the first of the list it reads.
fn named_addition(world: &World, request: &Request) -> Option<u32> {
    match routes::endpoint_of(&request.path)? {
        Endpoint::Record(Kind::Addition, _, id) => Some(id),
        Endpoint::Collection(Kind::Addition, parent) => {
            world.state.records(Kind::Addition, parent, 0).next().map(|record| record.id)
        }
        _ => None,
    }
}

/// A copy of the first row of a list, with the number before it where that is free, else with the next free one.
fn insert_row(world: &mut World, request: &Request, now: Timestamp) {
    let Some(Endpoint::Collection(kind, parent)) = routes::endpoint_of(&request.path) else { return };
    let Some(first) = world.state.records(kind, parent, 0).next().cloned() else { return };
    let lower = first.id.checked_sub(1).filter(|id| *id > 0 && world.state.record(kind, *id).is_none());
    let id = lower.unwrap_or_else(|| world.state.next_id(kind));
    let author = Author { member: SOMEBODY, now, source: Source::Screen };
    let row = Record { id, updated: now, updated_by: SOMEBODY.into(), ..first };
    let mutation = writes::insert(&mut world.state, author, kind, row);
    note(world, Some(mutation));
}

/// Deletes the first row that no other record needs.
fn delete_row(world: &mut World, request: &Request, now: Timestamp) {
    let Some(Endpoint::Collection(kind, parent)) = routes::endpoint_of(&request.path) else { return };
    let rows: Vec<Record> = world.state.records(kind, parent, 0).cloned().collect();
    let author = Author { member: SOMEBODY, now, source: Source::Screen };
    let deleted = rows.iter().find_map(|row| writes::delete(&mut world.state, author, kind, row).ok());
    note(world, deleted);
}

fn remove_right(world: &mut World, request: &Request, function: Function, right: Right) {
    let Ok(caller) = login::authenticate(&world.state, request) else { return };
    let Some(member) = world.state.members.iter_mut().find(|member| member.id == caller.id) else { return };
    let levels = member.role.0.entry(function).or_default();
    match right {
        Right::Inquire => levels.inquire = Level::None,
        Right::Add => levels.add = Level::None,
        Right::Edit => levels.edit = Level::None,
        Right::Delete => levels.delete = Level::None,
    }
}
