//! What a verb works with: the settings, the one tenant it is for, and the way to its ConnectWise.
//!
//! Turns settings into the values of the engine room. Secrets are read only when a connection is made.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::screen::Screen;
use super::{Exit, Failure, Global};
use crate::connectwise::{ConnectWise, KeyPair, Options, Paces, Rate, TicketUse};
use crate::journal::attempt::Timing;
use crate::journal::{Instance, Journal};
use crate::plan::History;
use crate::problem::Problem;
use crate::reconciler::{Local, Repository, Revision, Stop, Tenant, read_local};
use crate::settings::{self, ConnectWiseAccess, Settings, WriteKeys};
use crate::sources::Source;

/// The settings and the tenant that a verb is for.
pub(super) struct Session {
    /// The tenant.
    pub(super) tenant: Tenant,
    /// Where the journal is.
    pub(super) journal: PathBuf,
    /// How long writes may take.
    pub(super) timing: Timing,
    /// Whether somebody is told by tickets of the tenant's ConnectWise.
    pub(super) tickets: TicketUse,
    access: ConnectWiseAccess,
    request_timeout: Duration,
    paces: Paces,
}

impl Session {
    /// Reads the settings and picks the tenant.
    pub(super) fn open(global: &Global) -> Result<Self, Failure> {
        let settings = settings::load(&settings::locate(global.config.as_deref())?)?;
        let (name, tenant) = pick(&settings, global.tenant.as_deref())?;
        let writes = tenant.writes;
        let tickets = tickets(&settings, &name);
        Ok(Self {
            tenant: resolved(name, &tenant),
            journal: settings.journal.clone(),
            timing: Timing { send_by: writes.send_by, settle: writes.settle, read_lag: writes.read_lag },
            tickets,
            access: tenant.connectwise.clone(),
            request_timeout: writes.request_timeout,
            paces: Paces::default(),
        })
    }

    /// Fetches the mappings, where they are kept elsewhere. A person who asks wants to know of a failure, and not be
    /// answered by what was fetched some time ago.
    pub(super) fn fetch(&self, screen: &Screen) -> Result<(), Failure> {
        let repository = &self.tenant.repository;
        let progress = screen.fetching(&repository.shown());
        let fetched = repository.fetch();
        progress.done();
        fetched.map_err(Failure::from)
    }

    /// Reads mappings, usage and journal. Takes no lock.
    pub(super) fn read_local(
        &self,
        revision: &Revision,
        against: Option<&Revision>,
        now: Timestamp,
    ) -> Result<Local, Failure> {
        let history = match Journal::read(&self.journal)? {
            Some(reader) => reader.memory(&self.tenant.name, now)?,
            None => History::default(),
        };
        Ok(read_local(&self.tenant, revision, against, history, now)?)
    }

    /// Which ConnectWise the tenant is.
    pub(super) fn instance(&self) -> Instance {
        Instance { site: self.access.site.clone(), company: self.access.company.clone() }
    }

    /// What makes pseudonyms stable, and not to be guessed.
    pub(super) fn pseudonym_key(&self) -> Result<String, Failure> {
        settings::secret::derived(&self.access.private_key, "pseudonyms").map_err(|problem| {
            Failure::problems(Exit::Invalid, "The names cannot be replaced by pseudonyms", vec![problem])
        })
    }

    /// Reads the secrets, those for writing too, and says what is wrong with any of them.
    pub(super) fn options_for_writing(&self) -> Result<Options, Vec<Problem>> {
        options(&self.access, self.access.write_keys.as_ref(), self.request_timeout, &self.paces)
    }

    /// Reads the secrets and finds the tenant's ConnectWise, to read it. The keys for writing are not even looked at.
    pub(super) async fn connect(&self) -> Result<ConnectWise, Failure> {
        self.connect_with(None).await
    }

    /// The same, to write to it.
    pub(super) async fn connect_for_writing(&self) -> Result<ConnectWise, Failure> {
        self.connect_with(self.access.write_keys.as_ref()).await
    }

    async fn connect_with(&self, write_keys: Option<&WriteKeys>) -> Result<ConnectWise, Failure> {
        let options =
            options(&self.access, write_keys, self.request_timeout, &self.paces).map_err(|problems| {
                Failure::problems(Exit::Invalid, "The secrets of the settings cannot be used", problems)
            })?;
        Ok(ConnectWise::connect(options).await?)
    }
}

/// Reads the secrets of a ConnectWise, or says what is wrong with all of them.
pub(super) fn options(
    access: &ConnectWiseAccess,
    write_keys: Option<&WriteKeys>,
    request_timeout: Duration,
    paces: &Paces,
) -> Result<Options, Vec<Problem>> {
    let rate = Rate { requests_a_minute: access.requests_a_minute, reads_at_once: access.reads_at_once };
    let mut problems: Vec<Problem> = Vec::new();
    let mut secret = |kept| settings::secret::resolve(kept).map_err(|problem| problems.push(problem)).ok();
    let keys = (secret(&access.client_id), secret(&access.public_key), secret(&access.private_key));
    let write_keys = write_keys.map(|keys| {
        let (public_key, private_key) = (secret(&keys.public_key), secret(&keys.private_key));
        Some(KeyPair { public_key: public_key?, private_key: private_key? })
    });
    let authority = access.certificate_authority().map_err(|problem| problems.push(problem));
    let proxy = access.proxy.as_ref().map(settings::OutboundProxy::read).transpose();
    let proxy = proxy.map_err(|problem| problems.push(problem));
    match (keys, authority, proxy) {
        ((Some(client_id), Some(public_key), Some(private_key)), Ok(certificate_authority), Ok(proxy))
            if problems.is_empty() =>
        {
            Ok(Options {
                certificate_authority,
                addresses: access.addresses(),
                proxy,
                write_keys: write_keys.flatten(),
                request_timeout,
                pace: paces.of(&access.site, &access.company, rate),
                ..Options::new(&*access.site, &*access.company, client_id, public_key, private_key)
            })
        }
        (_, _, _) => Err(problems),
    }
}

/// Where the mappings of the settings' tenant are, fetched if they are kept elsewhere; `None` when there are no settings,
/// which is fine for `validate`.
pub(super) fn find_repository(global: &Global, screen: &Screen) -> Result<Option<Repository>, Failure> {
    if global.config.is_none() && settings::locate(None).is_err() {
        return Ok(None);
    }
    let session = Session::open(global)?;
    session.fetch(screen)?;
    Ok(Some(session.tenant.repository))
}

fn pick(settings: &Settings, wanted: Option<&str>) -> Result<(Arc<str>, settings::Tenant), Failure> {
    let names = || settings.tenants.keys().map(|name| &**name).collect::<Vec<_>>().join(", ");
    let found = match wanted {
        Some(name) => settings.tenants.get_key_value(name).ok_or_else(|| {
            Failure::new(Exit::Usage, format!("There is no tenant {name} in the settings"))
                .with_hint(format!("Tenants: {}", names()))
        })?,
        None => {
            let mut tenants = settings.tenants.iter();
            match (tenants.next(), tenants.next()) {
                (Some(only), None) => only,
                (Some(_) | None, _) => {
                    return Err(Failure::new(Exit::Usage, "The settings have several tenants")
                        .with_hint(format!("Name one with --tenant: {}", names())));
                }
            }
        }
    };
    Ok((found.0.clone(), found.1.clone()))
}

/// A tenant of the settings in the words of the engine room.
pub(super) fn resolved(name: Arc<str>, tenant: &settings::Tenant) -> Tenant {
    Tenant {
        name,
        repository: Repository::new(&tenant.repository),
        sources: tenant.sources.iter().map(|(name, kept)| (name.clone(), source(kept))).collect(),
    }
}

/// Whether somebody is told by tickets of a tenant's ConnectWise.
pub(super) fn tickets(settings: &Settings, name: &str) -> TicketUse {
    let opens = |alert: &settings::alerts::Alert| matches!(&alert.to, settings::alerts::Channel::Tickets { tenant, .. } if **tenant == *name);
    if settings.alerts.values().any(opens) { TicketUse::Opened } else { TicketUse::None }
}

fn source(kept: &settings::Source) -> Source {
    match kept {
        settings::Source::Csv { path, seats, metrics } => {
            Source::Csv { path: path.clone(), seats: seats.clone(), metrics: metrics.clone() }
        }
        settings::Source::Json { path } => Source::Json { path: path.clone() },
    }
}

/// Runs the asynchronous part of a verb to its end. What waits for a person then, at a prompt, is left waiting.
pub(super) fn wait_for<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::caused(Exit::Unexpected, "The runtime cannot be started", &error))?;
    let done = runtime.block_on(work);
    runtime.shutdown_background();
    done
}

/// The first Ctrl-C or SIGTERM asks for a stop, the second ends the process at once: what is in flight is then settled
/// by the next run.
pub(super) fn stop_on_signal(stop: &Stop, screen: &Screen) {
    let (stop, screen) = (stop.clone(), *screen);
    tokio::spawn(async move {
        if interrupted().await.is_err() {
            return;
        }
        screen.say("Stopping: what is in flight is finished, nothing more is sent. Again to end at once");
        stop.request();
        if interrupted().await.is_ok() {
            std::process::exit(i32::from(Exit::Partly.code()));
        }
    });
}

#[cfg(unix)]
async fn interrupted() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn interrupted() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
