//! The operator's settings, `trueup.yaml`: tenants, where each is reached, and which secrets it needs.
//!
//! The only room that reads the environment. Refuses what it does not know, so that no setting is read and ignored.
//! Secrets are named here and read only when somebody asks for them; a mapping repository has no say in any of this.

mod access;
pub mod alerts;
mod check;
pub mod daemon;
mod document;
mod duration;
mod error;
mod locate;
mod proxy;
mod read_only;
pub mod repository;
mod retell;
mod schema;
pub mod secret;
mod site;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::problem::{Problem, Severity};
use crate::yaml;
use alerts::Alert;
use daemon::{Hook, Listen, Metrics};
use document::SettingsDocument;

pub use access::{ConnectWiseAccess, PrivateAddresses, WriteKeys};
pub use error::SettingsError;
pub use locate::locate;
pub use proxy::OutboundProxy;
pub use read_only::is_read_only;
pub use repository::Repository;
pub use schema::schema;

/// Larger settings are refused: a tenant takes a screenful.
const LARGEST_FILE: u64 = 1024 * 1024;

/// Everything the operator decided. Paths are absolute, or relative to the working directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The tenants by name, at least one.
    pub tenants: BTreeMap<Arc<str>, Tenant>,
    /// The journal file.
    pub journal: PathBuf,
    /// Where the status page is served.
    pub listen: Option<Listen>,
    /// Where the metrics are read; `None` as when nothing was said of them.
    pub metrics: Option<Metrics>,
    /// Where hooks are listened for.
    pub hooks_listen: Option<Listen>,
    /// Who may ring, by name.
    pub hooks: BTreeMap<Arc<str>, Hook>,
    /// Whom the daemon tells, by name.
    pub alerts: BTreeMap<Arc<str>, Alert>,
    /// The proxy on the way to the world, where no tenant names its own.
    pub proxy: Option<OutboundProxy>,
    /// Nothing is written by mappings whose repository could not be looked at for this long.
    pub stale_after: Duration,
}

/// What `stale_after` is when the settings leave it out.
pub const STALE_AFTER: Duration = Duration::from_secs(30 * 60);

/// One ConnectWise instance with its mapping repository and usage sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Where its mappings are.
    pub repository: Repository,
    /// How its ConnectWise is reached.
    pub connectwise: ConnectWiseAccess,
    /// Its usage sources by name, at least one.
    pub sources: BTreeMap<Arc<str>, Source>,
    /// The times of the write protocol.
    pub writes: WriteTimes,
    /// How often the daemon makes a full pass, whatever happens.
    pub every: Duration,
}

/// Where usage comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A CSV file, and seats in a second one.
    Csv {
        /// The accounts file.
        path: PathBuf,
        /// The seats file.
        seats: Option<PathBuf>,
        /// The extra columns that are metrics.
        metrics: Vec<Arc<str>>,
    },
    /// A JSON document.
    Json {
        /// The file.
        path: PathBuf,
    },
}

/// The times of the write protocol (writes.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteTimes {
    /// How long a request may take.
    pub request_timeout: Duration,
    /// A write that is not on its way this long after what it rests on was asked for is not sent at all.
    pub send_by: Duration,
    /// How late a request may still land after it was sent.
    pub latest_landing: Duration,
    /// How far reads may lag behind writes.
    pub read_lag: Duration,
    /// How long after the send-by time a read tells for sure. Longer than the two before together.
    pub settle: Duration,
}

impl Default for WriteTimes {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            send_by: Duration::from_secs(5),
            latest_landing: Duration::from_secs(180),
            read_lag: Duration::from_secs(60),
            settle: Duration::from_secs(300),
        }
    }
}

/// Reads the settings at a path that was [located](fn@locate).
///
/// # Errors
///
/// When the file cannot be read, or with everything that is wrong in it.
pub fn load(path: &Path) -> Result<Settings, SettingsError> {
    let bytes = read(path)?;
    let file: Arc<str> = path.display().to_string().into();
    let base = path.parent().unwrap_or(Path::new(""));
    parse(&file, base, &bytes).map_err(|problems| SettingsError::invalid(problems, &bytes))
}

/// Reads settings from a text. `file` is its name in places; relative paths start at `base`.
///
/// # Errors
///
/// Everything that is wrong in it, sorted by place.
pub fn parse(file: &Arc<str>, base: &Path, bytes: &[u8]) -> Result<Settings, Vec<Problem>> {
    let reading = yaml::read::<SettingsDocument>(file, bytes);
    let mut problems = retell::retell(reading.problems);
    let settings = match (reading.value, &reading.document) {
        (Some(value), Some(document)) => check::check(value, document, base, &mut problems),
        (Some(_) | None, _) => None,
    };
    problems.sort_by(|one, other| one.place.cmp(&other.place).then_with(|| one.cmp(other)));
    match settings {
        Some(settings) if problems.iter().all(|problem| problem.severity != Severity::Error) => Ok(settings),
        Some(_) | None => Err(problems),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, SettingsError> {
    let unreadable = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => SettingsError::Missing { tried: vec![path.to_owned()] },
        _ => SettingsError::Unreadable { path: path.to_owned(), cause },
    };
    // Links are followed: mounted settings are links to the version in force.
    let seen = fs::metadata(path).map_err(unreadable)?;
    if !seen.is_file() {
        return Err(SettingsError::NotAFile { path: path.to_owned() });
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
