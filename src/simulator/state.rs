//! The records themselves, by number, and who hangs on whom.
//!
//! Holds stored values only; what is computed from them is the business of `view`. Knows no HTTP and no rules.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use jiff::Timestamp;

use super::access::Member;
use super::audit::AuditTrail;
use super::custom_fields::Definition;
use super::kind::Kind;
use super::options::{Login, Options};
use super::past::Past;
use super::value::{Object, Value};

/// A record as stored: references to other records are their ids, derived fields are absent.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) id: u32,
    pub(super) parent: Option<u32>,
    pub(super) fields: Object,
    pub(super) updated: Timestamp,
    pub(super) updated_by: Arc<str>,
}

impl Record {
    /// The stored value of a field.
    pub(super) fn get(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }
}

/// Everything the simulated company has.
#[derive(Debug)]
pub(super) struct State {
    tables: BTreeMap<Kind, BTreeMap<u32, Record>>,
    children: BTreeMap<(Kind, u32), BTreeSet<u32>>,
    next: BTreeMap<Kind, u32>,
    pub(super) login: Login,
    pub(super) options: Options,
    pub(super) members: Vec<Member>,
    pub(super) custom_fields: BTreeMap<Kind, Vec<Definition>>,
    pub(super) audit: AuditTrail,
    past: Past,
}

impl State {
    /// A company without records.
    pub(super) fn new(login: Login, options: Options, members: Vec<Member>) -> Self {
        Self {
            tables: BTreeMap::new(),
            children: BTreeMap::new(),
            next: BTreeMap::new(),
            login,
            options,
            members,
            custom_fields: BTreeMap::new(),
            audit: AuditTrail::default(),
            past: Past::default(),
        }
    }

    /// The record of this number.
    pub(super) fn record(&self, kind: Kind, id: u32) -> Option<&Record> {
        self.tables.get(&kind)?.get(&id)
    }

    /// The record of this number below this parent; below another parent there is none.
    pub(super) fn record_below(&self, kind: Kind, parent: Option<u32>, id: u32) -> Option<&Record> {
        self.record(kind, id).filter(|record| record.parent == parent)
    }

    /// The records of a kind (below a parent, where it has one) whose id is greater than `after`, by id.
    pub(super) fn records(
        &self,
        kind: Kind,
        parent: Option<u32>,
        after: u32,
    ) -> Box<dyn DoubleEndedIterator<Item = &Record> + '_> {
        let beyond = (Excluded(after), Unbounded);
        let Some(table) = self.tables.get(&kind) else { return Box::new(std::iter::empty()) };
        let Some(parent) = parent else {
            return Box::new(table.range(beyond).map(|(_, record)| record));
        };
        let ids = self.children.get(&(kind, parent)).into_iter().flat_map(move |ids| ids.range(beyond));
        Box::new(ids.filter_map(|id| table.get(id)))
    }

    /// The records as lists show them now: those of `records`, as late as lists are.
    pub(super) fn listed(
        &self,
        kind: Kind,
        parent: Option<u32>,
        after: u32,
        now: Timestamp,
    ) -> Box<dyn Iterator<Item = &Record> + '_> {
        let otherwise = self.past.shown_otherwise(kind, now, self.options.list_lag_seconds);
        if otherwise.is_empty() {
            return self.records(kind, parent, after);
        }
        let as_they_are =
            self.records(kind, parent, after).filter(|record| !otherwise.contains_key(&record.id));
        let as_they_were = otherwise.values().copied().flatten();
        let as_they_were = as_they_were.filter(|record| record.parent == parent && record.id > after);
        let by_id: BTreeMap<u32, &Record> =
            as_they_are.chain(as_they_were).map(|record| (record.id, record)).collect();
        Box::new(by_id.into_values())
    }

    /// Remembers what a record was before it changes now, as long as lists show it so.
    pub(super) fn remember(&mut self, kind: Kind, id: u32, before: Option<Record>, now: Timestamp) {
        self.past.remember(kind, id, before, now, self.options.list_lag_seconds);
    }

    /// Every record of a kind, by id.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.tables.get(&kind).into_iter().flat_map(BTreeMap::values)
    }

    /// How many records hang on a parent.
    pub(super) fn count_below(&self, kind: Kind, parent: u32) -> usize {
        self.children.get(&(kind, parent)).map_or(0, BTreeSet::len)
    }

    /// Takes the next free number of a kind.
    pub(super) fn next_id(&mut self, kind: Kind) -> u32 {
        let next = self.next.entry(kind).or_insert_with(|| first_id(kind));
        let mut id = *next;
        // At the end of all numbers it goes on with the first free one.
        let table = self.tables.get(&kind);
        while table.is_some_and(|table| table.contains_key(&id)) {
            id = id.checked_add(1).unwrap_or_else(|| first_id(kind));
        }
        *next = id.saturating_add(1);
        id
    }

    /// Puts a record in its place, over the one that may be there.
    pub(super) fn put(&mut self, kind: Kind, mut record: Record) {
        record.fields.shrink();
        if let Some(parent) = record.parent {
            self.children.entry((kind, parent)).or_default().insert(record.id);
        }
        let next = self.next.entry(kind).or_insert_with(|| first_id(kind));
        *next = (*next).max(record.id.saturating_add(1));
        self.tables.entry(kind).or_default().insert(record.id, record);
    }

    /// Takes a record away.
    pub(super) fn remove(&mut self, kind: Kind, id: u32) {
        let Some(record) = self.tables.get_mut(&kind).and_then(|table| table.remove(&id)) else { return };
        let Some(parent) = record.parent else { return };
        if let Some(children) = self.children.get_mut(&(kind, parent)) {
            children.remove(&id);
        }
    }

    /// The record that a reference means: by its id, else its identifier, else its name. One that is deleted may have left
    /// its identifier to another, so it is meant only where no other has it; a name of several means none of them.
    pub(super) fn resolve(&self, kind: Kind, reference: &Value) -> Option<u32> {
        let object = reference.object()?;
        if let Some(id) = object.get("id").filter(|id| !id.is_null()) {
            return id.id().filter(|id| self.record(kind, *id).is_some());
        }
        ["identifier", "name"].into_iter().find_map(|property| {
            let wanted = object.get(property)?.as_text()?;
            let comparison = self.options.string_comparison;
            let same = |record: &&Record| {
                record.get(property).as_text().is_some_and(|own| comparison.same(own, wanted))
            };
            let is_deleted = |record: &&Record| record.get("deletedFlag").flag() == Some(true);
            let (deleted, live): (Vec<&Record>, Vec<&Record>) =
                self.records(kind, None, 0).filter(same).partition(is_deleted);
            match (live.as_slice(), deleted.as_slice()) {
                ([one], _) | ([], [one]) => Some(one.id),
                _ => None,
            }
        })
    }

    /// The custom fields defined for a kind.
    pub(super) fn definitions(&self, kind: Kind) -> &[Definition] {
        self.custom_fields.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// Where the numbers of a kind begin: apart from each other, so that a mixed-up id finds nothing.
fn first_id(kind: Kind) -> u32 {
    match kind {
        Kind::AgreementType => 11,
        Kind::Ticket => 901,
        Kind::Callback => 2_601,
        Kind::Integration => 41,
        Kind::Product => 501,
        Kind::CrossReference => 7_001,
        Kind::Company => 20_001,
        Kind::Agreement => 50_001,
        Kind::Addition => 100_001,
    }
}
