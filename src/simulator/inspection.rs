//! Lets somebody look on: every exchange is shown to one inspector, after it has happened and before it is answered.
//!
//! Decides nothing of an exchange and knows no rule by which one is judged.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::Simulator;
use super::exchange::{Answer, Request};

/// One exchange, as it went over the wire.
pub struct Inspection<'e> {
    /// The method, in upper case.
    pub method: &'e str,
    /// The path as sent.
    pub path: &'e str,
    /// The query as sent.
    pub query: &'e str,
    /// The headers as sent, by lower-case name. The keys are among them.
    pub headers: &'e BTreeMap<String, String>,
    /// The body as sent.
    pub body: &'e str,
    /// What was answered; nothing where the connection was cut.
    pub answer: Option<Answered<'e>>,
    /// The faults that befell it.
    pub faults: &'e [&'static str],
}

/// An answer, as it went over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'e> {
    /// The status.
    pub status: u16,
    /// The headers, by lower-case name.
    pub headers: &'e [(&'static str, String)],
    /// The body.
    pub body: &'e str,
}

impl<'e> Answered<'e> {
    fn of(answer: &'e Answer) -> Self {
        Self { status: answer.status, headers: &answer.headers, body: &answer.body }
    }
}

/// Whoever looks on.
pub type Inspector = Arc<dyn Fn(&Inspection<'_>) + Send + Sync>;

/// The place of the inspector, which can be taken once.
#[derive(Default)]
pub(super) struct Inspectors(OnceLock<Inspector>);

impl fmt::Debug for Inspectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inspectors").field(&self.0.get().is_some()).finish()
    }
}

impl Simulator {
    /// Shows every exchange from now on to an inspector, on the thread that answers. Says whether the place was free.
    pub fn inspect(&self, inspector: Inspector) -> bool {
        self.0.inspectors.0.set(inspector).is_ok()
    }

    /// Shows an exchange to the inspector, where there is one, and gives its answer back. No lock may be held.
    pub(super) fn inspected(
        &self,
        request: &Request,
        faults: &[&'static str],
        shown: Option<Answer>,
    ) -> Option<Answer> {
        if let Some(inspector) = self.0.inspectors.0.get() {
            inspector(&Inspection {
                method: &request.method,
                path: &request.path,
                query: &request.query,
                headers: &request.headers,
                body: &request.body,
                answer: shown.as_ref().map(Answered::of),
                faults,
            });
        }
        shown
    }
}
