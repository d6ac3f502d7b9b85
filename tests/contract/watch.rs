//! Holds every exchange of a test against the descriptions of the API, and fails the test that saw a violation.
//!
//! Answers of the simulator always count, except those that a fault spoiled. Requests count when our client sent them,
//! which its user agent tells; what a test sends to be refused is its own business. What was found is raised where the
//! watched thing is dropped, on the thread of the test.

#![allow(dead_code, reason = "each test program uses some of it")]

pub mod answers;
pub mod condition;
pub mod conduct;
pub mod description;
pub mod requests;
pub mod shape;
pub mod vendor;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::Value;
use trueup::simulator::{Inspection, Running, Simulator};

use self::description::Description;

/// The start of our client's user agent.
pub const OUR_CLIENT: &str = "trueup/";
/// More than this of one test helps nobody.
const MOST_FINDINGS: usize = 20;

/// A request, from wherever it was heard.
#[derive(Clone, Copy)]
pub struct Call<'c> {
    /// In upper case.
    pub method: &'c str,
    /// As sent.
    pub path: &'c str,
    /// As sent.
    pub query: &'c str,
    /// By lower-case name.
    pub headers: &'c BTreeMap<String, String>,
    /// As sent.
    pub body: &'c str,
}

impl Call<'_> {
    /// A header's value, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The path below the API, or the whole path where it is not below one.
    pub fn below_api(&self) -> &str {
        let mut segments = self.path.splitn(5, '/');
        match (segments.next(), segments.next(), segments.next(), segments.next(), segments.next()) {
            (Some(""), Some(_), Some("apis"), Some("3.0"), Some(rest)) => {
                &self.path[self.path.len() - rest.len() - 1..]
            }
            _ => self.path,
        }
    }

    /// The parameters of the query, decoded.
    pub fn parameters(&self) -> Vec<(String, String)> {
        let address = format!("http://x/?{}", self.query);
        let address = reqwest::Url::parse(&address).expect("a query that was received is one");
        address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    fn is_ours(&self) -> bool {
        self.header("user-agent").starts_with(OUR_CLIENT)
    }
}

/// What was found, shared by everybody who looks.
#[derive(Clone, Default)]
pub struct Findings(Arc<Mutex<Vec<String>>>);

impl Findings {
    /// Adds what was found about a call.
    pub fn add(&self, call: &Call<'_>, found: Vec<String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for one in found.into_iter().take(MOST_FINDINGS.saturating_sub(all.len())) {
            all.push(format!("{} {}?{}: {one}", call.method, call.path, call.query));
        }
    }

    /// Holds a request of our client against everything; those of others are theirs.
    pub fn hear(&self, call: &Call<'_>) {
        if call.is_ours() {
            self.add(call, requests::violations(call));
        }
    }

    /// Takes what was found so far, so that it is not raised.
    pub fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Raises findings when it is dropped.
pub struct Watch(pub Findings);

impl Drop for Watch {
    fn drop(&mut self) {
        let found = self.0.take();
        if found.is_empty() {
            return;
        }
        let text = format!("the contract with ConnectWise was broken:\n{}", found.join("\n"));
        // A test that fails already cannot fail twice; the text is told anyway.
        if std::thread::panicking() {
            eprintln!("{text}");
        } else {
            panic!("{text}");
        }
    }
}

/// A simulator that runs and is watched.
pub struct Watched {
    // Dropped first, so that nothing is still being answered when the findings are raised.
    running: Running,
    watch: Watch,
}

impl Watched {
    /// Takes what was found so far, so that it is not raised.
    pub fn take_findings(&self) -> Vec<String> {
        self.watch.0.take()
    }
}

impl Deref for Watched {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

/// Starts a simulator on loopback, watched.
pub fn start(simulator: Simulator) -> Watched {
    let watch = watched(&simulator);
    Watched { running: simulator.start().expect("loopback can be listened on"), watch }
}

/// Starts a simulator on loopback over TLS, watched.
pub fn start_tls(simulator: Simulator) -> Watched {
    let watch = watched(&simulator);
    Watched { running: simulator.start_tls().expect("loopback can be listened on"), watch }
}

/// Watches a simulator that answers in process or is served by the caller.
pub fn watched(simulator: &Simulator) -> Watch {
    // Read before anything is timed.
    let _ = (ours(), vendor::practical());
    let findings = Findings::default();
    let seen = findings.clone();
    let free = simulator.inspect(Arc::new(move |inspection: &Inspection<'_>| look(&seen, inspection)));
    assert!(free, "the simulator is watched already");
    Watch(findings)
}

/// Holds one exchange against everything.
pub fn look(findings: &Findings, inspection: &Inspection<'_>) {
    let Inspection { method, path, query, headers, body, answer, faults } = *inspection;
    let call = Call { method, path, query, headers, body };
    findings.hear(&call);
    if let Some(answer) = answer.filter(|_| answers::is_whole(faults)) {
        findings.add(&call, answers::violations(&call, &answer));
    }
}

/// Our own description.
pub fn ours() -> &'static Description {
    static OURS: OnceLock<Description> = OnceLock::new();
    OURS.get_or_init(|| Description::read(document()))
}

fn document() -> Value {
    let mut yaml: serde_yaml::Value =
        serde_yaml::from_str(include_str!("openapi.yaml")).expect("the description is YAML");
    yaml.apply_merge().expect("its merges are of mappings");
    serde_json::to_value(yaml).expect("YAML of this kind is JSON too")
}
