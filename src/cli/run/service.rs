//! What systemd is told: that the daemon is ready, how it does, and that it lives.
//!
//! Says nothing where nobody listens. The sign of life is given by the loop itself, so that it stops when the loop hangs.

use std::future::pending;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::time::Interval;

use crate::reconciler::daemon::Daemon;
use crate::reconciler::standing::{Level, Standing};

/// The service as systemd knows it.
pub(super) struct Service {
    /// When signs of life are due; `None` when nobody asked for one.
    signs: Option<Interval>,
}

impl Default for Service {
    fn default() -> Self {
        // Half the time that is allowed, as systemd advises.
        let every = sd_notify::watchdog_enabled().map(|allowed| (allowed / 2).max(Duration::from_millis(1)));
        Self { signs: every.map(tokio::time::interval) }
    }
}

impl Service {
    /// It is started, or has read its settings again.
    pub(super) fn ready(&self) {
        tell(&[NotifyState::Ready]);
    }

    /// It reads its settings again.
    pub(super) fn reloading(&self) {
        match NotifyState::monotonic_usec_now() {
            Ok(now) => tell(&[NotifyState::Reloading, now]),
            Err(_) => tell(&[NotifyState::Reloading]),
        }
    }

    /// It ends.
    pub(super) fn stopping(&self) {
        tell(&[NotifyState::Stopping]);
    }

    /// How the tenants do.
    pub(super) fn status(&self, standings: &[std::sync::Arc<Standing>]) {
        let bad = standings.iter().filter(|standing| standing.health().level == Level::Bad).count();
        let status = match bad {
            0 => format!("{} tenants, none in trouble", standings.len()),
            bad => format!("{} tenants, {bad} in trouble", standings.len()),
        };
        tell(&[NotifyState::Status(&status)]);
    }

    /// Waits until the next sign of life is due.
    pub(super) async fn due(&mut self) {
        match &mut self.signs {
            Some(signs) => {
                signs.tick().await;
            }
            None => pending().await,
        }
    }

    /// Gives a sign of life, unless a tenant's task shows none.
    pub(super) fn ping(&self, daemon: &Daemon) {
        if daemon.is_alive() {
            tell(&[NotifyState::Watchdog]);
        }
    }
}

/// A service manager that cannot be told is no reason to stop.
fn tell(states: &[NotifyState<'_>]) {
    let _ = sd_notify::notify(states);
}
