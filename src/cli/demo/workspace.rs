//! The files of the demonstration: settings, mappings in a git repository, usage, and the simulator's seed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use super::super::{Exit, Failure};
use crate::mapping::utc_day;
use crate::snapshot::start_repository;

/// What the simulator begins with.
pub(super) const SEED: &str = include_str!("seed.yaml");

/// The sample mappings, by their path in the repository.
const MAPPINGS: &[(&str, &str)] = &[
    ("mappings/accounts.yaml", include_str!("../../../mappings/accounts.yaml")),
    ("mappings/backup.yaml", include_str!("../../../mappings/backup.yaml")),
    ("mappings/metered.yaml", include_str!("../../../mappings/metered.yaml")),
    ("mappings/overrides.yaml", include_str!("../../../mappings/overrides.yaml")),
    ("mappings/policy.yaml", include_str!("../../../mappings/policy.yaml")),
    ("mappings/seats.yaml", include_str!("../../../mappings/seats.yaml")),
    ("mappings/teams/annual.yaml", include_str!("annual.yaml")),
    ("schemas/mapping.schema.json", include_str!("../../../schemas/mapping.schema.json")),
];

const SETTINGS: &str = "\
tenants:
  example-msp:
    repository: { path: billing, folder: mappings }
    connectwise:
      site: {site}
      company: examplemsp
      client_id: { file: secrets/client-id }
      public_key: { file: secrets/connectwise.pub }
      private_key: { file: secrets/connectwise.key }
    sources:
      intronis: { csv: { path: usage/intronis.csv, seats: usage/seats.csv } }
      other: { json: { path: usage/other.json } }
journal: trueup.db
";

/// The keys that the seed gives to the API member.
const SECRETS: &[(&str, &str)] = &[
    ("secrets/client-id", "demo-client"),
    ("secrets/connectwise.pub", "demo-public"),
    ("secrets/connectwise.key", "demo-private"),
];

/// Which day's usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Day {
    /// What the bills are in step with.
    Yesterday,
    /// What has to be billed now.
    Today,
}

/// The folder of the demonstration.
pub(super) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// Makes the folder and everything that does not depend on the day or the simulator's address.
    pub(super) fn make(folder: Option<&Path>, now: Timestamp) -> Result<Self, Failure> {
        let folder = match folder {
            Some(folder) => own(folder)?,
            None => temporary()?,
        };
        let workspace = Self { folder };
        for (path, text) in MAPPINGS {
            workspace.write(&format!("billing/{path}"), &without_freeze_today(text, now))?;
        }
        for (path, text) in SECRETS {
            workspace.write_private(path, text)?;
        }
        workspace.write("simulator/seed.yaml", SEED)?;
        start_repository(
            &workspace.folder.join("billing"),
            "Bill backup usage",
            now - SignedDuration::from_hours(48),
        )
        .map_err(|error| Failure::caused(Exit::Unexpected, "The sample repository cannot be made", &error))?;
        Ok(workspace)
    }

    /// Writes the settings, once it is known where the simulator listens.
    pub(super) fn write_settings(&self, site: &str) -> Result<(), Failure> {
        self.write("trueup.yaml", &SETTINGS.replace("{site}", site))
    }

    /// Writes the usage files of a day.
    pub(super) fn write_usage(&self, day: Day, as_of: Timestamp) -> Result<(), Failure> {
        let (accounts, seats, machines) = match day {
            Day::Yesterday => (include_str!("yesterday.csv"), include_str!("seats-yesterday.csv"), "8"),
            Day::Today => (include_str!("today.csv"), include_str!("seats-today.csv"), "9"),
        };
        let as_of = format!("{as_of:.0}");
        self.write("usage/intronis.csv", &accounts.replace("{as_of}", &as_of))?;
        self.write("usage/seats.csv", &seats.replace("{as_of}", &as_of))?;
        let other = include_str!("other.json").replace("{as_of}", &as_of).replace("{vms}", machines);
        self.write("usage/other.json", &other)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The settings file.
    pub(super) fn settings(&self) -> PathBuf {
        self.folder.join("trueup.yaml")
    }

    fn write(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.folder.join(path);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        made.map_err(|error| cannot_make(&path, &error))
    }

    fn write_private(&self, path: &str, text: &str) -> Result<(), Failure> {
        self.write(path, text)?;
        let path = self.folder.join(path);
        close_to_others(&path).map_err(|error| cannot_make(&path, &error))
    }
}

/// The sample freezes the first of each month; a demonstration on such a day would show only that nothing is written.
fn without_freeze_today(text: &str, now: Timestamp) -> String {
    // New York may be a day behind UTC, so two days are away from both.
    let day = if matches!(utc_day(now).day(), 28..=31 | 1..=2) { "15" } else { "1" };
    text.replace("days_of_month: [1]", &format!("days_of_month: [{day}]"))
}

/// A folder that somebody named: a new one, or an empty one, so that nothing of theirs is overwritten.
fn own(folder: &Path) -> Result<PathBuf, Failure> {
    fs::create_dir_all(folder).map_err(|error| cannot_make(folder, &error))?;
    let mut entries = fs::read_dir(folder).map_err(|error| cannot_make(folder, &error))?;
    if entries.next().is_some() {
        return Err(Failure::new(Exit::Usage, format!("{} is not empty", folder.display()))
            .with_hint("Name a new folder; nothing is overwritten"));
    }
    fs::canonicalize(folder).map_err(|error| cannot_make(folder, &error))
}

/// A folder that stays, since the reader is invited to look around in it.
fn temporary() -> Result<PathBuf, Failure> {
    let made = tempfile::Builder::new().prefix("trueup-demo-").tempdir();
    let folder = made.map_err(|error| {
        Failure::caused(Exit::Unexpected, "Cannot make a temporary folder", &error)
            .with_hint("Name a folder: trueup demo DIR")
    })?;
    Ok(folder.keep())
}

fn cannot_make(path: &Path, error: &io::Error) -> Failure {
    Failure::caused(Exit::Unexpected, format!("Cannot write {}", path.display()), error)
}

#[cfg(unix)]
fn close_to_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path) -> io::Result<()> {
    Ok(())
}
