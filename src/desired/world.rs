//! A small world for tests: one tenant in step, of which a test changes one thing.
//!
//! Acme's account `acme` uses 25 GB on the plan Silver; the row for all plans bills it as 25 BKP-GB.

mod bill;
mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::{Desired, DesiredLine, Inputs, resolve};
use crate::billing::{AdditionId, Integration, IntegrationId, LineRecord, LineRecords, Quantity, Size, View};
use crate::mapping::{Catalog, UsageValue, utc_day};
use crate::problem::{Code, Place, Span};
use crate::usage::{
    Account, AccountKind, AccountStatus, BackupPlan, Base, Measured, Metric, PastAccount, PastSnapshot, Seat,
    SnapshotVerdict, SourceHistory, SourceReading, UsageSnapshot,
};

/// The usage source of the world.
pub(crate) const SOURCE: &str = "intronis";

/// The bytes of that many gigabytes.
pub(crate) const fn gb(gigabytes: u64) -> u64 {
    gigabytes << 30
}

/// A tenant and everything around it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) catalog: Catalog,
    pub(crate) usage: Vec<SourceReading>,
    pub(crate) view: View,
    pub(crate) past: BTreeMap<Arc<str>, SourceHistory>,
    pub(crate) records: LineRecords,
    pub(crate) now: Timestamp,
}

impl World {
    /// A tenant with a source, an integration and an agreement type, and nothing in them.
    pub(crate) fn empty() -> Self {
        let now: Timestamp = "2026-11-22T09:12:00Z".parse().unwrap();
        let mut world = Self {
            catalog: Catalog::default(),
            usage: Vec::new(),
            view: View::default(),
            past: BTreeMap::new(),
            records: LineRecords::default(),
            now,
        };
        let integration = Integration { id: IntegrationId(1), name: "Barracuda Intronis".into() };
        world.view.integrations.push(integration);
        world.agreement_type("Barracuda Backup");
        world.add_source(SOURCE);
        world
    }

    /// One company, one account, one line, and all agree.
    pub(crate) fn in_step() -> Self {
        let mut world = Self::empty();
        world.add_cross_reference("BackupUsage", "Universal", "BKP-GB");
        world.add_plan_row("(All plans)", UsageValue::Total, "Universal");
        world.add_company("Acme");
        world.add_account("acme", "Silver", gb(25));
        world.add_addition("Acme", "BKP-GB", 25);
        world
    }

    /// What the desired state is computed from.
    pub(crate) fn inputs(&self) -> Inputs<'_> {
        let Self { catalog, usage, view, past, records, now } = self;
        Inputs { catalog, usage, view, past, records, today: utc_day(*now) }
    }

    /// The desired state.
    pub(crate) fn desired(&self) -> Desired<'_> {
        resolve(&self.inputs())
    }

    /// A complete snapshot without accounts, of six hours ago.
    pub(crate) fn add_source(&mut self, name: &str) -> &mut UsageSnapshot {
        self.usage.push(SourceReading::Read(UsageSnapshot {
            source: name.into(),
            as_of: self.now - SignedDuration::from_hours(6),
            complete: true,
            accounts: Vec::new(),
            reports_seats: true,
            digest: "sha256:00".to_owned(),
            problems: Vec::new(),
        }));
        self.snapshot(name)
    }

    /// The snapshot of a source.
    pub(crate) fn snapshot(&mut self, name: &str) -> &mut UsageSnapshot {
        let found = self.usage.iter_mut().find_map(|reading| match reading {
            SourceReading::Read(snapshot) if *snapshot.source == *name => Some(snapshot),
            SourceReading::Read(_) | SourceReading::Failed(_) => None,
        });
        found.expect("the test names a source that was read")
    }

    /// Records a complete snapshot with these accounts, so many hours before the present one.
    pub(crate) fn add_past(&mut self, hours_before: i64, usernames: &[&str]) -> &mut PastSnapshot {
        let as_of = self.snapshot(SOURCE).as_of - SignedDuration::from_hours(hours_before);
        let mut accounts: Vec<PastAccount> = usernames
            .iter()
            .map(|username| PastAccount { username: (*username).into(), used_bytes: Some(gb(25)) })
            .collect();
        accounts.sort_by(|one, two| one.username.cmp(&two.username));
        let history = self.past.entry(SOURCE.into()).or_default();
        history.snapshots.push(PastSnapshot { as_of, verdict: SnapshotVerdict::Good, accounts });
        history.snapshots.sort_by_key(|snapshot| snapshot.as_of);
        history.snapshots.iter_mut().find(|snapshot| snapshot.as_of == as_of).unwrap()
    }

    /// An active account of the source, on a plan with an unknown base, with used bytes and nothing else.
    pub(crate) fn add_account(&mut self, username: &str, plan: &str, used_bytes: u64) -> &mut Account {
        self.add_account_to(SOURCE, username, plan, used_bytes)
    }

    /// The same in a given source.
    pub(crate) fn add_account_to(
        &mut self,
        source: &str,
        username: &str,
        plan: &str,
        used_bytes: u64,
    ) -> &mut Account {
        let accounts = &mut self.snapshot(source).accounts;
        accounts.push(Account {
            username: username.into(),
            name: username.into(),
            kind: AccountKind::Account,
            status: AccountStatus::Active,
            plan: Some(BackupPlan { name: Some(plan.into()), base: Base::Unknown }),
            metrics: vec![(Metric::BackupUsage, Measured::Size(Size::Bytes(used_bytes)))],
            seats: Vec::new(),
            rejected: None,
        });
        accounts.sort_by(|one, two| one.username.cmp(&two.username));
        accounts.iter_mut().find(|account| *account.username == *username).unwrap()
    }

    /// The account of that username, in whichever source.
    pub(crate) fn account(&mut self, username: &str) -> &mut Account {
        let accounts = self.usage.iter_mut().filter_map(|reading| match reading {
            SourceReading::Read(snapshot) => Some(&mut snapshot.accounts),
            SourceReading::Failed(_) => None,
        });
        accounts.flatten().find(|account| *account.username == *username).unwrap()
    }

    /// Takes an account out of the usage.
    pub(crate) fn remove_account(&mut self, username: &str) {
        self.snapshot(SOURCE).accounts.retain(|account| *account.username != *username);
    }

    /// Remembers that we wrote a line on a company's first agreement.
    pub(crate) fn add_record(&mut self, company: &str, product: &str, quantity: u64) -> &mut LineRecord {
        let agreement = self.agreement(company).id;
        let product = self.product(product).id;
        let record = LineRecord {
            addition: Some(AdditionId(9000)),
            last_written: Some(Quantity::from(quantity)),
            written_at: self.now - SignedDuration::from_hours(48),
            commit: "7c1e9a4".into(),
            terms: "".into(),
            recent_writes: Vec::new(),
            foreign_changes: Vec::new(),
            open_intent: None,
            diverged: false,
            adopted: None,
            guarded: None,
            unlanded: Vec::new(),
        };
        self.records.insert((agreement, product).into(), record);
        self.records.get_mut(&(agreement, product).into()).unwrap()
    }
}

/// A place in the world's mapping file.
pub(crate) fn place(line: u32) -> Place {
    Place { file: "mappings/backup.yaml".into(), line, column: 5, span: Span::default() }
}

/// A purchase of an Essentials option, without a unique id.
pub(crate) fn seat(option: &str, used: u64, bought: u64) -> Seat {
    Seat {
        service: "Essentials Service".into(),
        option: option.into(),
        unique_id: None,
        used: Some(used),
        bought: Some(bought),
    }
}

impl<'a> Desired<'a> {
    /// The line of a product of a company, if the desired state has one.
    pub(crate) fn line(&self, company: &str, product: &str) -> Option<&DesiredLine<'a>> {
        let fits = |line: &&DesiredLine<'_>| {
            *line.company.identifier == *company && line.product_identifier == product
        };
        self.lines.iter().find(fits)
    }

    /// The codes and subjects of all problems, in order.
    pub(crate) fn told(&self) -> Vec<(Code, &str)> {
        self.problems.iter().map(|problem| (problem.code, problem.subject.as_str())).collect()
    }
}

impl DesiredLine<'_> {
    /// The codes of its reasons.
    pub(crate) fn codes(&self) -> Vec<Code> {
        self.reasons.iter().map(|reason| reason.code).collect()
    }
}
