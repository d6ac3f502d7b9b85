//! A tenant of a story: a folder with settings, a git repository, usage files and a journal, and a simulated ConnectWise
//! that listens on loopback.
//!
//! A story starts from a world in step and changes one thing.

#![allow(dead_code, reason = "each story uses some of it")]

pub mod daemon;
pub mod elsewhere;
pub mod forge;
pub mod git;
pub mod plain;
pub mod shop;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use git2::{IndexAddOption, Repository, RepositoryInitOptions, Signature};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::Value;
use tempfile::TempDir;
use trueup::simulator::{Clock, Exchange, Mutation, Seed, Simulator};

use crate::contract::{self, Watched};

/// How old the usage of a world is.
pub const USAGE_AGE: SignedDuration = SignedDuration::from_hours(1);

/// The header of an accounts file.
pub const ACCOUNTS: &str = "as_of,account,name,kind,status,plan,base_bytes,used_bytes,local_backup,image_licenses,hyperv_hosts,vmware_hosts";

/// The header of a seats file.
pub const SEATS: &str = "as_of,account,service,option,unique_id,used,bought";

/// Times of the write protocol that fit a story: what is in doubt can be settled five seconds later.
pub const QUICK_WRITES: &str =
    "writes: { request_timeout: 2s, send_by: 1s, latest_landing: 2s, read_lag: 1s, settle: 4s }\n";

/// A tenant of a story.
pub struct World {
    folder: TempDir,
    running: Watched,
}

/// What a command came to.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed as data.
    pub stdout: String,
    /// What it said.
    pub stderr: String,
}

impl World {
    /// A tenant with a seed for ConnectWise and nothing in its repository.
    pub fn seeded(seed: &str) -> Self {
        let seed = Seed::from_yaml(seed).expect("the story's seed is valid");
        let simulator = Simulator::new(seed, Clock::system()).expect("the story's seed is whole");
        let running = contract::start(simulator);
        let world = Self { folder: TempDir::new().expect("a temporary folder can be made"), running };
        world.write("secrets/key", "story");
        close(&world.path("secrets/key"));
        world.settings(
            "sources:\n      intronis: { csv: { path: usage/intronis.csv, seats: usage/seats.csv } }",
            "",
        );
        let mut options = RepositoryInitOptions::new();
        options.initial_head("main");
        Repository::init_opts(world.path("billing"), &options).expect("a repository can be made");
        world.seats(&[]);
        world
    }

    /// The settings: the tenant's sources, and what else stands at the top level.
    pub fn settings(&self, sources: &str, rest: &str) -> &Self {
        let site = self.running.url();
        self.write(
            "trueup.yaml",
            &format!(
                "tenants:\n  story:\n    repository: {{ path: billing, folder: mappings }}\n    connectwise:\n      \
                 site: {site}\n      company: story\n      client_id: {{ file: secrets/key }}\n      \
                 public_key: {{ file: secrets/key }}\n      private_key: {{ file: secrets/key }}\n    {sources}\n\
                 journal: trueup.db\n{rest}"
            ),
        )
    }

    /// Writes a file of the workspace.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
        self
    }

    /// Writes a mapping file, uncommitted.
    pub fn mapping(&self, name: &str, text: &str) -> &Self {
        self.write(&format!("billing/mappings/{name}"), text)
    }

    /// Commits the repository as it stands, and gives the commit's name.
    pub fn commit(&self, message: &str) -> String {
        let repository = Repository::open(self.path("billing")).expect("it is a repository");
        let mut index = repository.index().expect("it has an index");
        index.add_all(["*"], IndexAddOption::DEFAULT, None).expect("files can be added");
        index.update_all(["*"], None).expect("removed files are noticed");
        index.write().expect("the index can be written");
        let tree =
            repository.find_tree(index.write_tree().expect("a tree can be written")).expect("it is there");
        let author = Signature::now("story", "story@example.com").expect("a plain name");
        let parent = repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<_> = parent.iter().collect();
        let id = repository.commit(Some("HEAD"), &author, &author, message, &tree, &parents);
        id.expect("a commit can be made").to_string()
    }

    /// Writes the accounts file: rows without their `as_of`, which is an hour ago.
    pub fn accounts(&self, rows: &[&str]) -> &Self {
        self.accounts_as_of(Timestamp::now() - USAGE_AGE, rows)
    }

    /// The same, as of a time.
    pub fn accounts_as_of(&self, as_of: Timestamp, rows: &[&str]) -> &Self {
        self.write("usage/intronis.csv", &table(ACCOUNTS, as_of, rows))
    }

    /// Writes the seats file: rows without their `as_of`.
    pub fn seats(&self, rows: &[&str]) -> &Self {
        self.write("usage/seats.csv", &table(SEATS, Timestamp::now() - USAGE_AGE, rows))
    }

    /// A path of the workspace.
    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// The program, ready to run in the workspace with its settings and a bare environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.command(arguments).output().expect("the program starts"))
    }

    /// The plan as a document, all lines listed.
    pub fn plan(&self) -> Plan {
        self.plan_with(&[])
    }

    /// The same, with more arguments.
    pub fn plan_with(&self, arguments: &[&str]) -> Plan {
        let ran = self.run(&[&["plan", "--format", "json", "--all"], arguments].concat());
        assert_eq!(ran.code, Some(0), "planning failed: {}", ran.stderr);
        Plan(serde_json::from_str(&ran.stdout).expect("a plan document is JSON"))
    }

    /// Applies without asking.
    pub fn apply(&self) -> Ran {
        self.run(&["apply", "--yes"])
    }

    /// The simulated ConnectWise.
    pub fn simulator(&self) -> &Simulator {
        self.running.simulator()
    }

    /// The address of the simulated ConnectWise.
    pub fn url(&self) -> String {
        self.running.url()
    }

    /// Every accepted write that came over HTTP so far.
    pub fn writes(&self) -> Vec<Mutation> {
        self.simulator().mutations()
    }

    /// Every request that was no read, accepted or not, but bundles, which only read.
    pub fn write_requests(&self) -> Vec<String> {
        let is_bundle = |exchange: &Exchange| exchange.path.ends_with("/system/bundles");
        let writes = self.simulator().log();
        let writes = writes.iter().filter(|exchange| exchange.is_write() && !is_bundle(exchange));
        writes.map(|exchange| format!("{} {} {}", exchange.method, exchange.path, exchange.body)).collect()
    }

    /// What an addition bills in the simulated ConnectWise.
    pub fn quantity(&self, addition: u32) -> String {
        let quantity: Option<Decimal> = self.simulator().quantity(addition);
        quantity.expect("it has a quantity").normalize().to_string()
    }
}

/// A plan document.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan(pub Value);

impl Plan {
    /// The line of a company and product.
    pub fn line(&self, company: &str, product: &str) -> &Value {
        self.find(company, product).unwrap_or_else(|| panic!("no line {company}/{product} in {:#}", self.0))
    }

    /// The same, where it may be missing.
    pub fn find(&self, company: &str, product: &str) -> Option<&Value> {
        let lines = self.0["lines"].as_array().expect("a plan has lines");
        lines
            .iter()
            .find(|line| line["company"]["identifier"] == company && line["product"]["identifier"] == product)
    }

    /// A line in short: `verdict current -> desired`, and the codes that hold it.
    pub fn short(&self, company: &str, product: &str) -> String {
        let line = self.line(company, product);
        let number = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let verdict = line["verdict"].as_str().expect("a line has a verdict");
        let held: Vec<&str> = line["reasons"].as_array().map_or(Vec::new(), |reasons| {
            reasons.iter().filter_map(|reason| reason["code"].as_str()).collect()
        });
        let short = format!("{verdict} {} -> {}", number(&line["current"]), number(&line["desired"]));
        if held.is_empty() { short } else { format!("{short} {}", held.join(" ")) }
    }

    /// Whether nothing is left to write.
    pub fn is_unchanged(&self) -> bool {
        self.0["summary"]["update"] == 0 && self.0["summary"]["create"] == 0
    }

    /// The codes of its problems and notes, sorted, each once.
    pub fn problem_codes(&self) -> Vec<String> {
        let problems = self.0["problems"].as_array().expect("a plan has problems");
        let mut codes: Vec<String> =
            problems.iter().filter_map(|problem| problem["code"].as_str().map(str::to_owned)).collect();
        codes.sort();
        codes.dedup();
        codes
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

fn table(header: &str, as_of: Timestamp, rows: &[&str]) -> String {
    let mut text = format!("{header}\n");
    for row in rows {
        text.push_str(&format!("{as_of:.0},{row}\n"));
    }
    text
}

/// Closes a file to everybody but its owner, as secrets must be.
pub fn close(path: &Path) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the mode can be set");
}
