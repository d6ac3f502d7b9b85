//! `trueup run`: the daemon for all tenants of the settings, until a signal ends it.
//!
//! Turns settings into charges, holds the journal, and heeds signals. When a tenant passes, and what it writes, is
//! decided in the engine room.

mod charges;
mod faces;
mod service;
mod signals;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tracing::{error, info, warn};

use self::charges::{charge, charges};
use self::faces::{Bells, Faces, warn_of_changes};
use self::service::Service;
use self::signals::{Signal, Signals};
use super::screen::Screen;
use super::session::stop_on_signal;
use super::{Exit, Failure, Global};
use crate::connectwise::Paces;
use crate::journal::Journal;
use crate::reconciler::daemon::{Daemon, Finished};
use crate::reconciler::standing::{Board, PassResult, Phase, Standing};
use crate::reconciler::{SharedJournal, Stop};
use crate::settings::{self, Settings};

/// Keep every tenant in step: watch mappings and usage, plan, and write where the policy says
/// `mode: apply`
///
/// SIGTERM and Ctrl-C end it, SIGHUP reads the settings again.
///
/// Examples:
///   trueup run
///   trueup run --once    one pass of each tenant, for a timer
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Run {
    /// Make one pass of each tenant and end with the exit code of `trueup apply`
    #[arg(long)]
    once: bool,
}

/// What is in flight may take so long to end; a supervisor waits 25 seconds and more.
const GRACE: Duration = Duration::from_secs(20);

pub(super) fn run(global: &Global, verb: &Run, screen: &Screen) -> Result<Exit, Failure> {
    let path = settings::locate(global.config.as_deref())?;
    let settings = wanted(settings::load(&path)?, global.tenant.as_deref())?;
    let journal = SharedJournal::new(Journal::open(&settings.journal)?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .map_err(|error| Failure::caused(Exit::Unexpected, "The runtime cannot be started", &error))?;
    let exit = runtime.block_on(async {
        if verb.once {
            return Ok(once(&settings, journal, screen).await);
        }
        let house = House::new(path, global.tenant.clone(), settings, journal);
        house.keep().await
    });
    // A look at a repository may hang for minutes, and must not keep the process.
    runtime.shutdown_background();
    exit
}

/// The settings, or the one tenant of them that was asked for.
fn wanted(mut settings: Settings, only: Option<&str>) -> Result<Settings, Failure> {
    let Some(only) = only else { return Ok(settings) };
    settings.tenants.retain(|name, _| **name == *only);
    if settings.tenants.is_empty() {
        return Err(Failure::new(Exit::Usage, format!("There is no tenant {only} in the settings")));
    }
    Ok(settings)
}

/// One pass of each tenant.
async fn once(settings: &Settings, journal: SharedJournal, screen: &Screen) -> Exit {
    let stop = Stop::default();
    stop_on_signal(&stop, screen);
    let daemon = Daemon::new(journal, Board::default());
    let standings = daemon.once(charges(settings, &Paces::default()), &stop).await;
    standings.iter().map(exit).max_by_key(|exit| urgency(*exit)).unwrap_or(Exit::Done)
}

/// The exit code that `trueup apply` would have for how a tenant stands.
fn exit(standing: &Standing) -> Exit {
    if let Some(trouble) = &standing.trouble {
        return match trouble.phase {
            Phase::Mappings if standing.commits.seen.is_some() => Exit::Invalid,
            Phase::Fetch | Phase::Mappings | Phase::Usage | Phase::Read => Exit::NothingPlanned,
            Phase::Plan | Phase::Apply => Exit::Unexpected,
        };
    }
    match standing.last_pass.as_ref().map(|pass| pass.result) {
        None | Some(PassResult::Failed | PassResult::Partial) => Exit::Partly,
        Some(PassResult::Held) => Exit::Held,
        Some(PassResult::InStep | PassResult::Planned | PassResult::Applied) => Exit::Done,
    }
}

/// Which of several tenants' exit codes is told.
fn urgency(exit: Exit) -> u8 {
    match exit {
        Exit::Done | Exit::Changes => 0,
        Exit::Held => 1,
        Exit::Invalid | Exit::PlanDoesNotFit | Exit::Usage => 2,
        Exit::NothingPlanned | Exit::JournalHeld => 3,
        Exit::Partly => 4,
        Exit::Unexpected => 5,
    }
}

/// The daemon and what it was started with.
struct House {
    /// The settings file.
    path: PathBuf,
    /// The one tenant that was asked for.
    only: Option<String>,
    settings: Settings,
    journal: SharedJournal,
    board: Board,
    daemon: Daemon,
    bells: Bells,
    service: Service,
    /// Passes and tickets ask one ConnectWise at one pace, whatever the settings are changed to.
    paces: Paces,
}

impl House {
    fn new(path: PathBuf, only: Option<String>, settings: Settings, journal: SharedJournal) -> Self {
        let board = Board::default();
        let (bells, service, paces) = (Bells::default(), Service::default(), Paces::default());
        let daemon = Daemon::new(journal.clone(), board.clone());
        Self { path, only, settings, journal, board, daemon, bells, service, paces }
    }

    /// Keeps all tenants in step until a signal ends it.
    ///
    /// What it shows and hears is opened before the first tenant is taken up: an address that is taken ends it while nothing
    /// was begun.
    async fn keep(mut self) -> Result<Exit, Failure> {
        let cannot = |error| Failure::caused(Exit::Unexpected, "Signals cannot be heeded", &error);
        let mut signals = Signals::new().map_err(cannot)?;
        let faces = Faces::open(&self.settings, &self.board, &self.bells, &self.paces).await?;
        for charge in charges(&self.settings, &self.paces) {
            self.daemon.take_up(charge);
        }
        self.bells.set(self.daemon.queues());
        info!(tenants = self.settings.tenants.len(), journal = %self.settings.journal.display(), "started");
        self.service.ready();
        let mut standings = self.board.subscribe();
        loop {
            tokio::select! {
                signal = signals.next() => match signal {
                    Signal::Reload => self.reload(),
                    Signal::Stop => break,
                },
                () = self.service.due() => self.service.ping(&self.daemon),
                _ = standings.changed() => self.service.status(&self.board.standings()),
            }
            if self.journal.has_failed() {
                // Nobody knows what is durable: a supervisor starts it anew, and what is open is settled by reading.
                error!(
                    "the journal failed, so nothing more may be written; the process ends to be started anew"
                );
                self.stop(signals, faces).await;
                return Ok(Exit::Unexpected);
            }
        }
        Ok(self.stop(signals, faces).await)
    }

    /// Ends: no new write; what is in flight is finished, or left in doubt for the next start to settle.
    async fn stop(mut self, mut signals: Signals, faces: Faces) -> Exit {
        info!("stopping: what is in flight is finished, nothing more is sent");
        self.service.stopping();
        self.daemon.request_stop();
        let finished = tokio::select! {
            finished = tokio::time::timeout(GRACE, self.daemon.ended()) => finished.unwrap_or(Finished::Cut),
            () = signals.stop_again() => Finished::Cut,
        };
        faces.close().await;
        match finished {
            Finished::Whole => {
                info!("stopped; nothing was cut");
                Exit::Done
            }
            Finished::Cut => {
                warn!("stopped in the midst of a run; the next start settles what is open by reading");
                Exit::Partly
            }
        }
    }

    /// Reads the settings again. Wrong ones change nothing.
    fn reload(&mut self) {
        self.service.reloading();
        match settings::load(&self.path) {
            Ok(settings) => match wanted(settings, self.only.as_deref()) {
                Ok(settings) => self.change(settings),
                Err(_) => {
                    error!("the tenant that was asked for is gone; the settings of before stay in force")
                }
            },
            Err(wrong) => {
                for problem in wrong.problems() {
                    let place = problem.place.as_ref().map_or(0, |place| place.line);
                    error!(line = place, code = %problem.code, "{}", problem.message);
                }
                error!("the settings cannot be used; those of before stay in force");
            }
        }
        self.service.ready();
    }

    fn change(&mut self, settings: Settings) {
        if settings.journal != self.settings.journal {
            warn!("the journal stays the one it is until the next start");
        }
        let before = std::mem::replace(&mut self.settings, settings);
        warn_of_changes(&before, &self.settings);
        self.settings.journal = before.journal;
        for name in before.tenants.keys().filter(|name| !self.settings.tenants.contains_key(*name)) {
            info!(tenant = %name, "the tenant is let go");
            self.daemon.let_go(name);
        }
        for (name, tenant) in &self.settings.tenants {
            if before.tenants.get(name) != Some(tenant) || before.stale_after != self.settings.stale_after {
                info!(tenant = %name, "the tenant is taken up anew");
                self.daemon.take_up(charge(Arc::clone(name), tenant, &self.settings, &self.paces));
            }
        }
        self.bells.set(self.daemon.queues());
        info!(tenants = self.settings.tenants.len(), "the settings were read again");
    }
}
