//! What happened, in order, and never forgotten: every request, every change of a record.
//!
//! Keys and passwords are not kept.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

pub use super::audit::{Change, Source};
use super::kind::Kind;
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
    /// The fault that befell it.
    pub fault: Option<&'static str>,
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

/// The log. It only grows.
#[derive(Debug, Default)]
pub(super) struct Log {
    last: u64,
    exchanges: Vec<Arc<Exchange>>,
    hand_edits: Vec<Arc<Mutation>>,
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
        self.exchanges.push(Arc::new(exchange));
    }

    /// Adds an edit that no request made.
    pub(super) fn add_hand_edit(&mut self, mut mutation: Mutation) {
        self.last += 1;
        mutation.sequence = self.last;
        self.hand_edits.push(Arc::new(mutation));
    }

    /// Every request so far.
    pub(super) fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.exchanges.clone()
    }

    /// Every hand edit so far.
    pub(super) fn hand_edits(&self) -> Vec<Arc<Mutation>> {
        self.hand_edits.clone()
    }
}
