//! What faults leave behind in a simulator: a release that is gone, and records as they were before their last change.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::meddling::Reach;
use crate::simulator::errors::Refusal;
use crate::simulator::exchange::{Answer, Request};
use crate::simulator::kind::Kind;
use crate::simulator::options::Login;
use crate::simulator::routes;
use crate::simulator::state::{Record, State};

/// What was left behind so far.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Aftermath {
    /// The path segments of releases that are gone.
    gone: Vec<String>,
    closed: bool,
    versions: BTreeMap<(Kind, u32), Version>,
}

/// A record before its last change.
#[derive(Debug)]
struct Version {
    /// Nothing where that change created it.
    before: Option<Record>,
    changed: Timestamp,
}

impl Aftermath {
    /// A release is left for another one.
    pub(super) fn close(&mut self, release: &str, reach: Reach) {
        self.gone.push(Login { release: release.to_owned(), ..Login::default() }.code_base());
        self.closed = reach == Reach::Everything;
    }

    /// The refusal of a request to a release that is gone. Reading the company information opens what is closed.
    pub(in crate::simulator) fn turns_away(&mut self, request: &Request) -> Option<Answer> {
        if routes::is_company_information(&request.path) {
            self.closed = false;
            return None;
        }
        let segment = request.path.split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
        let lost = self.closed || self.gone.iter().any(|gone| gone == segment);
        lost.then(|| Refusal::no_endpoint().into())
    }

    /// Remembers a record as it was before a change.
    pub(in crate::simulator) fn remember(
        &mut self,
        kind: Kind,
        id: u32,
        before: Option<Record>,
        changed: Timestamp,
    ) {
        self.versions.insert((kind, id), Version { before, changed });
    }

    /// Puts back every record that changed within so many seconds as it was, and gives what has to be put again.
    pub(in crate::simulator) fn rewind(&self, state: &mut State, seconds: u32, now: Timestamp) -> Rewound {
        let recent = |version: &Version| now.as_second() - version.changed.as_second() <= i64::from(seconds);
        let mut rewound = Vec::new();
        for ((kind, id), version) in self.versions.iter().filter(|(_, version)| recent(version)) {
            rewound.push((*kind, *id, state.record(*kind, *id).cloned()));
            put(state, *kind, *id, version.before.clone());
        }
        Rewound(rewound)
    }
}

/// Records that were put back in time.
#[derive(Debug)]
pub(in crate::simulator) struct Rewound(Vec<(Kind, u32, Option<Record>)>);

impl Rewound {
    /// Puts them as they are now.
    pub(in crate::simulator) fn restore(self, state: &mut State) {
        for (kind, id, record) in self.0 {
            put(state, kind, id, record);
        }
    }
}

fn put(state: &mut State, kind: Kind, id: u32, record: Option<Record>) {
    match record {
        Some(record) => state.put(kind, record),
        None => state.remove(kind, id),
    }
}
