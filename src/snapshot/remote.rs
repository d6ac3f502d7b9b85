//! Mappings that live elsewhere: asks a remote for the one branch, and fetches it into a bare clone of objects.
//!
//! Decides what comes into force: a commit that arrived whole, with all its history. A fetch that fails half-way leaves
//! the last good commit where it was. Nothing is checked out and nothing of the remote is run; the git settings of the
//! user have no say. Knows nothing of mappings, and judges no commit.

mod address;
mod error;
mod exchange;
mod https;
mod ssh;
mod transport;

#[cfg(test)]
mod tests;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use git2::{
    Config, Direction, FetchOptions, Oid, RemoteCallbacks, RemoteHead, Repository, RepositoryInitOptions,
    RepositoryOpenFlags,
};
use secrecy::SecretString;

pub use address::{Address, BadAddress};
pub use error::RemoteError;

use super::CommitId;
use super::git::commit_id;
use crate::outbound::Proxy;
use exchange::{Exchange, Trouble};

/// The user name that forges expect beside a token: GitHub asks for one, the others take any.
const TOKEN_USER: &str = "x-access-token";

/// More refs than this are not looked through.
const MOST_REFS: usize = 100_000;

/// A history of mappings is shorter than this.
const MOST_COMMITS: usize = 1_000_000;

/// A pack of more objects than this is not unpacked.
const MOST_OBJECTS: usize = 5_000_000;

/// A lock that another program has is tried again after so long.
const LOCK_PAUSE: Duration = Duration::from_millis(50);

/// Where a repository is, and how it is reached.
#[derive(Clone, Debug)]
pub struct Remote {
    /// Its address.
    pub address: Address,
    /// The branch to follow; `None` is the one that the remote calls its default.
    pub branch: Option<Arc<str>>,
    /// What it is opened with.
    pub access: Access,
    /// Certificates in PEM to trust beside those of the system.
    pub certificate_authority: Option<Vec<u8>>,
    /// The proxy on the way to a web server.
    pub proxy: Option<Proxy>,
    /// What is too much.
    pub limits: Limits,
}

/// What a remote is opened with.
#[derive(Clone, Debug)]
pub enum Access {
    /// Nothing: it is public, or a local path.
    Open,
    /// A user name and a password.
    Basic {
        /// The user name.
        username: String,
        /// The password, or a token in its place.
        password: SecretString,
    },
    /// A private key for ssh.
    Key {
        /// The file with the private key.
        key: PathBuf,
        /// The file with the keys of the hosts that are trusted.
        known_hosts: PathBuf,
    },
}

impl Access {
    /// A token, sent the way that forges take it.
    #[must_use]
    pub fn token(token: SecretString) -> Self {
        Self::Basic { username: TOKEN_USER.to_owned(), password: token }
    }
}

/// What is too much of one exchange with a remote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take in all.
    pub time: Duration,
    /// How many bytes of history may arrive.
    pub received: u64,
    /// How many bytes the list of refs may take.
    pub listed: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(60), received: 256 << 20, listed: 16 << 20 }
    }
}

/// A bare clone of one branch of a remote. Every method waits for the network: in asynchronous code, call it where
/// blocking is allowed.
#[derive(Debug)]
pub struct RemoteClone {
    remote: Remote,
    folder: PathBuf,
}

impl RemoteClone {
    /// Opens the bare clone in a folder, or begins an empty one there. Asks the remote for nothing.
    ///
    /// # Errors
    ///
    /// When something else is in the folder, or it cannot be written.
    pub fn open(remote: Remote, folder: &Path) -> Result<Self, RemoteError> {
        transport::register_once()?;
        let clone = Self { remote, folder: folder.to_owned() };
        let _alone = clone.lock()?;
        clone.forget_another()?;
        Ok(clone)
    }

    /// What was fetched from another address is not the last good commit of this one.
    fn forget_another(&self) -> Result<(), RemoteError> {
        let damaged = |error: git2::Error| self.damaged(&error);
        let (note, address) = (self.folder.join("trueup.address"), self.remote.address.to_string());
        if fs::read_to_string(&note).is_ok_and(|known| known == address) {
            return Ok(());
        }
        let repository = self.repository()?;
        for reference in repository.references().map_err(damaged)? {
            reference.and_then(|mut reference| reference.delete()).map_err(damaged)?;
        }
        fs::write(note, address).map_err(|cause| self.unusable(cause.to_string()))
    }

    /// The folder of the bare clone, to be opened as a [`MappingRepository`](super::MappingRepository).
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// The commit that was fetched last, whole. It stays in force whatever happens to the remote.
    ///
    /// # Errors
    ///
    /// When the clone cannot be read.
    pub fn last_good(&self) -> Result<Option<CommitId>, RemoteError> {
        Ok(head(&self.repository()?).map(commit_id))
    }

    /// Asks the remote for the newest commit of the branch. Fetches nothing.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, refuses, or has no such branch.
    pub fn tip(&self) -> Result<CommitId, RemoteError> {
        apart(|| {
            let repository = self.repository()?;
            Exchange::run(&self.remote, |exchange| {
                let mut remote = repository.remote_anonymous(exchange.url())?;
                let connection = remote.connect_auth(Direction::Fetch, None, None)?;
                let (_, tip) = self.find_tip(connection.list()?)?;
                Ok(commit_id(tip))
            })
        })
    }

    /// Fetches the branch with its whole history, and puts its newest commit into force.
    ///
    /// # Errors
    ///
    /// As [`tip`](Self::tip), and when it takes too long or is too large. The last good commit then stays in force.
    pub fn fetch(&self) -> Result<CommitId, RemoteError> {
        apart(|| {
            let _alone = self.lock()?;
            let repository = self.repository()?;
            let (branch, tip) = Exchange::run(&self.remote, |exchange| self.download(&repository, exchange))?;
            self.put_into_force(&repository, &branch, tip)?;
            Ok(commit_id(tip))
        })
    }

    fn download(&self, repository: &Repository, exchange: &Exchange) -> Result<(String, Oid), Trouble> {
        let mut remote = repository.remote_anonymous(exchange.url())?;
        let mut connection = remote.connect_auth(Direction::Fetch, None, None)?;
        let (branch, tip) = self.find_tip(connection.list()?)?;
        if repository.find_commit(tip).is_err() {
            let mut callbacks = RemoteCallbacks::new();
            callbacks.transfer_progress(|progress| {
                progress.total_objects() <= MOST_OBJECTS && exchange.goes_on(progress.received_bytes() as u64)
            });
            let mut options = FetchOptions::new();
            options.remote_callbacks(callbacks);
            connection.remote().download(&[format!("refs/heads/{branch}")], Some(&mut options))?;
        }
        Ok((branch, tip))
    }

    /// The branch that is followed and its newest commit, out of what the remote lists.
    fn find_tip(&self, heads: &[RemoteHead<'_>]) -> Result<(String, Oid), RemoteError> {
        let place = || self.remote.address.to_string();
        if heads.len() > MOST_REFS {
            return Err(RemoteError::TooLarge { place: place(), limit: format!("{MOST_REFS} refs") });
        }
        if heads.is_empty() {
            return Err(RemoteError::NoCommit { place: place() });
        }
        let default =
            || heads.iter().find(|head| head.name() == "HEAD")?.symref_target()?.strip_prefix("refs/heads/");
        let branch = self.remote.branch.as_deref().or_else(default);
        let branch = branch.ok_or_else(|| RemoteError::NoDefaultBranch { place: place() })?;
        let name = format!("refs/heads/{branch}");
        match heads.iter().find(|head| head.name() == name) {
            Some(head) => Ok((branch.to_owned(), head.oid())),
            None => Err(RemoteError::NoBranch { place: place(), branch: branch.to_owned() }),
        }
    }

    /// Moves the branch of the clone, once the commit and every commit before it are there.
    fn put_into_force(&self, repository: &Repository, branch: &str, tip: Oid) -> Result<(), RemoteError> {
        let damaged = |error: git2::Error| self.damaged(&error);
        repository.find_commit(tip).and_then(|commit| commit.tree()).map_err(damaged)?;
        let mut walk = repository.revwalk().map_err(damaged)?;
        walk.push(tip).map_err(damaged)?;
        if let Some(before) = head(repository) {
            walk.hide(before).map_err(damaged)?;
        }
        for (number, commit) in walk.enumerate() {
            commit.map_err(damaged)?;
            if number >= MOST_COMMITS {
                let limit = format!("{MOST_COMMITS} commits");
                return Err(RemoteError::TooLarge { place: self.remote.address.to_string(), limit });
            }
        }
        let name = format!("refs/heads/{branch}");
        repository.reference(&name, tip, true, "").map_err(damaged)?;
        repository.set_head(&name).map_err(damaged)
    }

    /// The bare clone, without any settings but the defaults of the library.
    fn repository(&self) -> Result<Repository, RemoteError> {
        let nowhere: [&Path; 0] = [];
        let damaged = |error: git2::Error| self.damaged(&error);
        let repository = if is_empty(&self.folder) {
            self.make_folder()?;
            let mut options = RepositoryInitOptions::new();
            options.bare(true).external_template(false).initial_head("main");
            Repository::init_opts(&self.folder, &options)
        } else {
            let flags = RepositoryOpenFlags::NO_SEARCH | RepositoryOpenFlags::BARE;
            Repository::open_ext(&self.folder, flags, nowhere)
        }
        .map_err(damaged)?;
        // Settings of a user or a machine could rewrite the address; the clone itself needs none.
        repository.set_config(&Config::new().map_err(damaged)?).map_err(damaged)?;
        Ok(repository)
    }

    /// Mappings name customers, so that nobody else need look at them.
    fn make_folder(&self) -> Result<(), RemoteError> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder).map_err(|cause| self.unusable(cause.to_string()))
    }

    /// One fetch at a time, among all processes: the lock goes with the file. It is waited for as long as a fetch may take.
    fn lock(&self) -> Result<File, RemoteError> {
        let unusable = |cause: std::io::Error| self.unusable(cause.to_string());
        self.repository()?;
        let path = self.folder.join("trueup.lock");
        let file = File::options().create(true).truncate(false).write(true).open(path).map_err(unusable)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) if start.elapsed() < self.remote.limits.time => {
                    std::thread::sleep(LOCK_PAUSE);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(self.unusable("another program keeps it locked".to_owned()));
                }
                Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
            }
        }
    }

    fn damaged(&self, error: &git2::Error) -> RemoteError {
        self.unusable(error.message().to_owned())
    }

    fn unusable(&self, detail: String) -> RemoteError {
        RemoteError::Clone { path: self.folder.clone(), detail: error::shown(&detail) }
    }
}

/// Whether a text can name a branch.
#[must_use]
pub fn is_branch_name(name: &str) -> bool {
    !name.contains('\0') && git2::Reference::is_valid_name(&format!("refs/heads/{name}"))
}

/// The commit that is in force.
fn head(repository: &Repository) -> Option<Oid> {
    repository.head().ok()?.target()
}

fn is_empty(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Runs work on a thread of its own, which belongs to no runtime: the work has a small one.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
