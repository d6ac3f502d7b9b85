//! The journal's laws, on real files in temporary folders.

mod crash;
mod damage;
mod golden;
mod memory;
mod opening;
mod writing;

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::{Action, Instance, Intent, IntentId, Journal, Outcome, RunId};
use crate::billing::{AdditionId, AgreementId, LineKey, ProductId, Quantity};

const TENANT: &str = "example-msp";

/// A journal in a folder of its own, with one tenant and one run.
struct Desk {
    folder: TempDir,
    journal: Journal,
    run: RunId,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let mut journal = Journal::open(&folder.path().join("trueup.db")).unwrap();
        journal.meet(TENANT, &instance(), at(0)).unwrap();
        let run = journal.begin_run(TENANT, "c1", "sha256:p1", at(0)).unwrap();
        Self { folder, journal, run }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("trueup.db")
    }

    /// Ends the process without a word, and starts another.
    fn crash(self) -> Self {
        let Self { folder, journal, run } = self;
        // A process that ends releases its lock and its files, and does nothing more.
        let copy = TempDir::new().unwrap();
        copy_files(folder.path(), copy.path());
        drop(journal);
        let journal = Journal::open(&copy.path().join("trueup.db")).unwrap();
        Self { folder: copy, journal, run }
    }

    fn set(&mut self, line: LineKey, before: u64, after: u64, seconds: i64) -> IntentId {
        self.journal.intend(self.run, &set(line, before, after, seconds)).unwrap()
    }

    fn written(&mut self, line: LineKey, before: u64, after: u64, seconds: i64) {
        let intent = self.set(line, before, after, seconds);
        self.journal.settle(intent, &Outcome::Applied, at(seconds + 1)).unwrap();
    }
}

fn copy_files(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

fn instance() -> Instance {
    Instance { site: "https://api-na.myconnectwise.net".into(), company: "examplemsp".into() }
}

fn at(seconds: i64) -> Timestamp {
    "2026-11-22T03:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn line(product: i64) -> LineKey {
    LineKey { agreement: AgreementId(418), product: ProductId(product) }
}

fn set(line: LineKey, before: u64, after: u64, seconds: i64) -> Intent {
    Intent {
        line,
        company: "Northwind".into(),
        product_identifier: format!("P-{}", line.product).into(),
        action: Action::Set {
            addition: AdditionId(9000 + line.product.0),
            before: before.into(),
            after: after.into(),
            last_updated: Some(at(-60)),
        },
        terms: "terms-1".into(),
        guarded: None,
        attempt: 1,
        at: at(seconds),
        settles_at: at(seconds + 305),
    }
}

fn create(line: LineKey, quantity: u64, seconds: i64) -> Intent {
    let action = Action::Create {
        quantity: Quantity::from(quantity),
        effective: jiff::civil::date(2026, 12, 1),
        known: vec![AdditionId(1), AdditionId(2)],
    };
    Intent { action, ..set(line, 0, quantity, seconds) }
}
