//! What happened, in order: every request, every change of a record. Nothing is forgotten unless a limit is set.
//!
//! Keys and passwords are not kept.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;

pub use super::audit::{Change, Source};
use super::kind::Kind;
use super::tally::Tally;
use super::value::Object;

/// One request and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Its place among all requests and hand edits, from 1.
    pub sequence: u64,
    /// When it reached the state, on the simulator's clock.
    pub time: Timestamp,
    /// The method, in upper case.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent.
    pub query: String,
    /// The headers that matter, by lower-case name: accept, content-type, pagination-type, user-agent.
    pub headers: BTreeMap<String, String>,
    /// The body as sent.
    pub body: String,
    /// The member that called, once recognised.
    pub member: Option<String>,
    /// The status that was answered; nothing where the connection was cut.
    pub status: Option<u16>,
    /// The fault that befell it, the first where there were several.
    pub fault: Option<&'static str>,
    /// The other faults that befell it.
    pub more_faults: Vec<&'static str>,
    /// What it did to a record.
    pub mutation: Option<Mutation>,
}

impl Exchange {
    /// Whether it only reads, by its method; a bundle only reads too.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.method == "GET" || self.path.ends_with("/system/bundles")
    }

    /// Whether it asks for a change, granted or not.
    #[must_use]
    pub fn is_write(&self) -> bool {
        !self.is_read()
    }
}

/// A write that was accepted. It may have changed nothing: then before and after are the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// Its place among all requests and hand edits, from 1.
    pub sequence: u64,
    /// When.
    pub time: Timestamp,
    /// Who.
    pub member: String,
    /// Whence.
    pub source: Source,
    /// What kind of record.
    pub kind: Kind,
    /// Which one.
    pub id: u32,
    /// The record it belongs to, as an addition to its agreement.
    pub parent: Option<u32>,
    /// What became of it.
    pub change: Change,
    /// The record as it was.
    pub before: Option<Object>,
    /// The record as it is.
    pub after: Option<Object>,
}

/// About how much memory an entry takes beside its own texts: two records and their parts.
const ENTRY_BYTES: usize = 8 * 1024;

/// The log. It only grows, unless a limit is set.
#[derive(Debug, Default)]
pub(super) struct Log {
    last: u64,
    exchanges: VecDeque<Arc<Exchange>>,
    hand_edits: Vec<Arc<Mutation>>,
    weight: usize,
    limit: Option<usize>,
    forgotten: u64,
    tally: Tally,
}

impl Log {
    /// The number that the next entry will have.
    pub(super) fn next(&self) -> u64 {
        self.last + 1
    }

    /// Adds a request.
    pub(super) fn add(&mut self, mut exchange: Exchange) {
        self.last += 1;
        exchange.sequence = self.last;
        if let Some(mutation) = &mut exchange.mutation {
            mutation.sequence = self.last;
        }
        self.tally.count(&exchange);
        self.weight += weight(&exchange);
        self.exchanges.push_back(Arc::new(exchange));
        self.forget();
    }

    /// Sets how many bytes the requests may take, about.
    pub(super) fn set_limit(&mut self, bytes: usize) {
        self.limit = Some(bytes);
        self.forget();
    }

    /// What happened in numbers, also of requests that were forgotten.
    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How many requests were forgotten.
    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Forgets the oldest requests that the limit has no room for.
    fn forget(&mut self) {
        while self.limit.is_some_and(|limit| self.weight > limit) {
            let Some(oldest) = self.exchanges.pop_front() else { return };
            self.weight -= weight(&oldest);
            self.forgotten += 1;
        }
    }

    /// Adds an edit that no request made.
    pub(super) fn add_hand_edit(&mut self, mut mutation: Mutation) {
        self.last += 1;
        mutation.sequence = self.last;
        self.hand_edits.push(Arc::new(mutation));
    }

    /// Every request so far.
    pub(super) fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.exchanges.iter().cloned().collect()
    }

    /// Every hand edit so far.
    pub(super) fn hand_edits(&self) -> Vec<Arc<Mutation>> {
        self.hand_edits.clone()
    }
}

fn weight(exchange: &Exchange) -> usize {
    ENTRY_BYTES + exchange.path.len() + exchange.query.len() + exchange.body.len()
}
