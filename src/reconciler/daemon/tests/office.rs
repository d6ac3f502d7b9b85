//! An office of tenants in step, each with one line that bills 25 GB as used.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::connectwise::{Options, TicketUse};
use crate::contract::{self, Watched};
use crate::journal::attempt::Timing;
use crate::journal::{Instance, Journal};
use crate::reconciler::daemon::task::guarded;
use crate::reconciler::daemon::worker::{Step, Worker};
use crate::reconciler::daemon::{Charge, Keys, Pace};
use crate::reconciler::standing::{Board, Standing};
use crate::reconciler::{Repository, SharedJournal, Stop, Tenant};
use crate::simulator::{Clock, Seed, Simulator};
use crate::snapshot::start_repository;
use crate::sources::Source;

const SEED: &str = "\
login: { company: story, clientId: story }
members: [{ identifier: trueup, publicKey: story, privateKey: story }]
agreementTypes: [{ id: 5, name: Barracuda Backup }]
products: [{ id: 31, identifier: BKP-GB, price: 0.50 }]
integrations:
  - id: 3
    name: Barracuda Intronis
    crossReferences:
      - { id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }
companies: [{ id: 71, identifier: AcmeDental, name: Acme Dental, customFields: { echo_username: acme_dental } }]
agreements:
  - { id: 401, name: Acme Backup, company: 71, type: 5, additions: [{ id: 9001, product: BKP-GB, quantity: 25 }] }
";

/// The mappings of a tenant that is written.
pub(super) const MAPPINGS: &str = "\
source: intronis
integration: Barracuda Intronis
intronis_backup_plan:
  - { plan: (All plans), level: Universal, usage_value: total }
policy: { mode: apply }
";

/// All tenants' folders, one journal, one board.
pub(super) struct Office {
    pub(super) folder: TempDir,
    pub(super) board: Board,
    pub(super) journal: SharedJournal,
}

impl Office {
    pub(super) fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let journal = Journal::open(&folder.path().join("trueup.db")).unwrap();
        Self { folder, board: Board::default(), journal: SharedJournal::new(journal) }
    }

    /// A ConnectWise by the clock of this machine.
    pub(super) fn connectwise() -> Watched {
        Self::connectwise_at(Clock::system())
    }

    pub(super) fn connectwise_at(clock: Clock) -> Watched {
        contract::start(Simulator::new(Seed::from_yaml(SEED).unwrap(), clock).unwrap())
    }

    /// What a tenant at that address is kept in step with. Its mappings are committed.
    pub(super) fn charge(&self, name: &str, site: &str) -> Charge {
        let path = self.path(name, "billing");
        fs::create_dir_all(path.join("mappings")).unwrap();
        fs::create_dir_all(self.path(name, "usage")).unwrap();
        fs::write(path.join("mappings/backup.yaml"), MAPPINGS).unwrap();
        start_repository(&path, "Bill backup", Timestamp::now()).unwrap();
        self.usage(name, 25, Timestamp::now());
        let source =
            Source::Csv { path: self.path(name, "usage/intronis.csv"), seats: None, metrics: Vec::new() };
        Charge {
            tenant: Tenant {
                name: name.into(),
                repository: Repository {
                    path,
                    folder: "mappings".to_owned(),
                    branch: None,
                    signers: None,
                    remote: None,
                },
                sources: [("intronis".into(), source)].into(),
            },
            instance: Instance { site: site.into(), company: name.into() },
            own_files: Vec::new(),
            timing: Timing::default(),
            read_lag: Duration::ZERO,
            pace: Pace { poll: Duration::from_secs(60), every: Duration::from_secs(3600) },
            stale_after: Duration::from_secs(3600),
            keys: keys(site),
            read_only: false,
            tickets: TicketUse::None,
        }
    }

    /// A worker of such a tenant.
    pub(super) fn worker(&self, charge: Charge, now: Timestamp) -> Worker {
        Worker::new(charge, self.journal.clone(), self.board.clone(), Stop::default(), now)
    }

    /// The usage of a tenant, an hour old.
    pub(super) fn usage(&self, name: &str, gigabytes: u64, now: Timestamp) {
        let as_of = now - SignedDuration::from_hours(1);
        let bytes = gigabytes << 30;
        let text = format!(
            "as_of,account,name,kind,status,plan,base_bytes,used_bytes,local_backup,image_licenses,hyperv_hosts,\
             vmware_hosts\n{as_of:.0},acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,0,{bytes},0,0,0,0\n"
        );
        let (next, path) = (self.path(name, "usage/next"), self.path(name, "usage/intronis.csv"));
        fs::write(&next, text).unwrap();
        fs::rename(next, path).unwrap();
    }

    /// The mappings of a tenant, committed with git as somebody does.
    pub(super) fn commit(&self, name: &str, text: &str) {
        let path = self.path(name, "billing");
        fs::write(path.join("mappings/backup.yaml"), text).unwrap();
        let git = |arguments: &[&str]| {
            let mut command = std::process::Command::new("git");
            command.current_dir(&path).args(["-c", "user.name=story", "-c", "user.email=story@example.com"]);
            assert!(command.args(arguments).output().unwrap().status.success());
        };
        git(&["commit", "-qam", "Change the mappings"]);
    }

    pub(super) fn path(&self, name: &str, below: &str) -> PathBuf {
        self.folder.path().join(name).join(below)
    }
}

/// The way to a simulated ConnectWise, with repetitions that take no time.
pub(super) fn keys(site: &str) -> Keys {
    let site = site.to_owned();
    Arc::new(move |_| {
        let key = || SecretString::from("story");
        let options = Options::new(site.clone(), "story", key(), key(), key());
        Ok(Options { retry_pause: Duration::from_millis(1), ..options })
    })
}

/// Does everything that is due at that time; gives when something is due again.
pub(super) async fn settle(worker: &mut Worker, now: Timestamp) -> Timestamp {
    loop {
        if let Step::Idle(until) = guarded(worker, now).await {
            return until;
        }
    }
}

/// How a tenant stands once everything that is due was done.
pub(super) async fn settled(worker: &mut Worker, now: Timestamp) -> Standing {
    settle(worker, now).await;
    worker.standing.clone()
}
