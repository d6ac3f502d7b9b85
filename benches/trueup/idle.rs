//! What the daemon needs when nothing happens: the shipped binary with a tenant of 10,000 lines, left alone for a minute.
//!
//! The bars: at most 60 MiB resident, and at most 0.5 % of one core.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use trueup::simulator::{Clock, Running, Seed, SeedAddition, SeedAgreement, SeedCompany, Simulator};

use super::measure::Effort;

/// What does not depend on the size.
const SEED: &str = "\
login: { company: bench, clientId: bench }
members: [{ identifier: trueup, publicKey: bench, privateKey: bench }]
agreementTypes: [{ id: 5, name: Barracuda Backup }]
products:
  - { id: 31, identifier: BKP-GB, price: 0.45 }
  - { id: 32, identifier: BKP-LOCAL, price: 2 }
  - { id: 33, identifier: BKP-IMAGE, price: 3 }
  - { id: 34, identifier: BKP-HYPERV, price: 4 }
  - { id: 35, identifier: BKP-VMWARE, price: 5 }
integrations:
  - id: 3
    name: Barracuda Intronis
    crossReferences:
      - { id: 11, vendorType: BackupUsage, vendorLevel: Gold, agreementType: 5, product: 31 }
      - { id: 12, vendorType: LocalBackup, vendorLevel: Gold, agreementType: 5, product: 32 }
      - { id: 13, vendorType: ImageLicensing, vendorLevel: Gold, agreementType: 5, product: 33 }
      - { id: 14, vendorType: Hyper-VHostLicensing, vendorLevel: Gold, agreementType: 5, product: 34 }
      - { id: 15, vendorType: VMwareHostLicensing, vendorLevel: Gold, agreementType: 5, product: 35 }
";

const MAPPING: &str = "\
source: intronis
integration: Barracuda Intronis
intronis_backup_plan:
  - { plan: (All plans), level: Gold, usage_value: total }
policy:
  mode: apply
";

/// Lines of one customer.
const LINES: usize = 5;

/// Measures the daemon at rest.
pub fn measure(effort: Effort) {
    let lines = effort.size(10_000);
    let rest = match effort {
        Effort::Smoke => Duration::from_secs(2),
        Effort::Once | Effort::Full => Duration::from_secs(60),
    };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let simulator = simulator(lines / LINES);
    workspace(folder.path(), &simulator.url(), lines / LINES);
    let daemon = Daemon::start(folder.path());
    daemon.wait_for_plan(folder.path(), lines);

    let (before, start) = (daemon.processor_time(), Instant::now());
    sleep(rest);
    let share = (daemon.processor_time() - before).as_secs_f64() / start.elapsed().as_secs_f64();

    println!(
        "{:<44} {:>10} resident, {:>4.2} % of a core over {} s",
        format!("rest of a daemon with {lines} lines"),
        daemon.resident(),
        share * 100.0,
        rest.as_secs(),
    );
}

fn simulator(customers: usize) -> Running {
    let mut seed = Seed::from_yaml(SEED).expect("the seed is valid");
    seed.companies = (0..customers)
        .map(|number| SeedCompany {
            id: Some(1_000 + number as u32),
            identifier: name(number),
            ..SeedCompany::default()
        })
        .collect();
    seed.agreements = (0..customers)
        .map(|number| SeedAgreement {
            additions: [(31_u32, 25_u32), (32, 4), (33, 2), (34, 1), (35, 3)]
                .map(|(product, quantity)| SeedAddition::new(product, quantity))
                .into(),
            ..SeedAgreement::new(1_000 + number as u32, 5_u32)
        })
        .collect();
    let simulator = Simulator::new(seed, Clock::system()).expect("the seed is whole");
    simulator.start().expect("loopback can be listened on")
}

fn name(number: usize) -> String {
    format!("customer{number:05}")
}

/// Settings, a repository, and usage in step with what is billed.
fn workspace(folder: &Path, site: &str, customers: usize) {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it lies in a folder")).expect("folders can be made");
        fs::write(&path, text).expect("files can be written");
        path
    };
    close(&write("key", "bench"));
    write("billing/mappings/backup.yaml", MAPPING);
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(folder.join("billing")).args([
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@example.com",
        ]);
        assert!(git.args(arguments).stdout(Stdio::null()).status().expect("git runs").success());
    };
    git(&["init", "--quiet", "--initial-branch", "main"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "mappings"]);
    let as_of = Timestamp::now() - SignedDuration::from_hours(1);
    let mut usage = String::from(
        "as_of,account,plan,base_bytes,used_bytes,local_backup,image_licenses,hyperv_hosts,vmware_hosts\n",
    );
    for number in 0..customers {
        usage.push_str(&format!(
            "{as_of:.0},{},20g Monthly,21474836480,{},4,2,1,3\n",
            name(number),
            25_u64 << 30
        ));
    }
    write("usage.csv", &usage);
    write(
        "trueup.yaml",
        &format!(
            "tenants:\n  bench:\n    repository: {{ path: billing, folder: mappings }}\n    connectwise:\n      site: {site}\n      \
             company: bench\n      client_id: {{ file: key }}\n      public_key: {{ file: key }}\n      private_key: {{ file: key }}\n    \
             sources: {{ intronis: {{ csv: {{ path: usage.csv }} }} }}\njournal: trueup.db\nlisten: 127.0.0.1:0\n"
        ),
    );
}

/// Closes a secret to others.
fn close(path: &Path) {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("it is ours");
}

/// The shipped binary, running. It ends with this.
struct Daemon {
    child: Child,
    proc: PathBuf,
}

impl Daemon {
    fn start(folder: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_trueup"))
            .arg("run")
            .current_dir(folder)
            // The benchmark keeps its memory; the daemon is measured as it ships.
            .env_remove("MALLOC_TRIM_THRESHOLD_")
            .env_remove("MALLOC_MMAP_THRESHOLD_")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the shipped binary runs");
        let proc = PathBuf::from(format!("/proc/{}", child.id()));
        Self { child, proc }
    }

    /// Waits until a plan of so many lines stands and shows nothing to do.
    fn wait_for_plan(&self, folder: &Path, lines: usize) {
        let limit = Instant::now() + Duration::from_secs(60);
        let in_step = format!("{lines} unchanged");
        loop {
            let status =
                Command::new(env!("CARGO_BIN_EXE_trueup")).arg("status").current_dir(folder).output();
            let status =
                String::from_utf8_lossy(&status.expect("the shipped binary runs").stdout).into_owned();
            if status.contains(&in_step) {
                return;
            }
            assert!(Instant::now() < limit, "no plan of {lines} lines in a minute:\n{status}");
            sleep(Duration::from_millis(100));
        }
    }

    fn processor_time(&self) -> Duration {
        let text = fs::read_to_string(self.proc.join("stat")).expect("the daemon runs");
        let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let ticks = |index: usize| fields[index].parse::<u64>().expect("a count of ticks");
        // Ticks of a hundredth of a second, as Linux tells them to programs on every machine.
        Duration::from_millis((ticks(11) + ticks(12)) * 10)
    }

    fn resident(&self) -> String {
        let status = fs::read_to_string(self.proc.join("status")).expect("the daemon runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        let kibibytes: u64 = line.trim().trim_end_matches(" kB").parse().unwrap_or_default();
        format!("{:.1} MiB", kibibytes as f64 / 1024.0)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
