//! The pace at which one ConnectWise is asked, by everything in this process that asks it.
//!
//! Decides when a request may be sent, and only that: who waits longest goes first, whoever gives up waiting leaves no
//! trace, and nobody asks in vain over and over. Knows neither what is asked nor what came of it, but for being told to
//! slow down. What is known of the far end's clock is kept here and judged in `freshness`. A write never waits once it was announced: [room](Pace::room) is made for it beforehand.

mod allowance;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use tokio::sync::{Mutex as Queue, Notify};
use tokio::time::{Instant, sleep_until};

pub(super) use self::allowance::LONGEST_PAUSE;
use self::allowance::{Allowance, Verdict, Want};
use super::freshness::Freshness;
use super::retry::dice;
use super::session::unpoisoned;

/// Whoever is told to wait for longer than this gives up: a pass is better made anew than begun and left hanging.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// How fast one ConnectWise may be asked by this process. Another process that uses the same API member has a rate of its
/// own, and ConnectWise counts them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many requests may be made in any 60 seconds.
    pub requests_a_minute: u32,
    /// How many reads are under way at once in the beginning. Good answers raise it to twice as many, slowly; being told
    /// to slow down halves it, and so does an answer that does not come.
    pub reads_at_once: u32,
}

impl Default for Rate {
    /// Below the thousand requests a minute that are throttled, so that other programs and people can go on; and as many
    /// at once as a live instance is known to bear.
    fn default() -> Self {
        Self { requests_a_minute: 800, reads_at_once: 4 }
    }
}

/// The pace of one ConnectWise, and what is known of its clock beside it: whatever asks there learns from the answers of all.
/// Clones share both.
#[derive(Clone, Debug)]
pub struct Pace {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    allowance: Mutex<Allowance>,
    /// Whoever holds it is the next to go. It is given in the order of asking.
    next: Queue<()>,
    /// Tells the next one that it may look again.
    changed: Notify,
    freshness: Mutex<Freshness>,
}

/// Leave to send one request. It counts as under way until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    pace: Pace,
    began: Instant,
    /// How long it was waited for because ConnectWise had asked for a pause.
    pub(super) held: Duration,
}

/// Room for one request that will be sent without waiting. Dropped unused, it is given back.
#[derive(Debug)]
pub(super) struct Room {
    pace: Pace,
    used: bool,
}

/// ConnectWise asked for a pause that is not over for so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ConnectWise asks for fewer requests")]
pub(super) struct Held(pub(super) Duration);

/// Why there is no room for a request that must not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoRoom {
    /// ConnectWise asked for a pause.
    #[error(transparent)]
    Held(#[from] Held),
    /// Our own limit is reached.
    #[error(
        "As many requests were made as requests_a_minute in the settings allows; another one can be in a minute"
    )]
    Full,
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(Rate::default())
    }
}

impl Pace {
    /// A pace at which nothing was asked yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self::over(Allowance::new(rate))
    }

    /// A pace whose own pauses are too short to notice.
    #[cfg(test)]
    pub(super) fn hurried() -> Self {
        Self::over(Allowance::new(Rate::default()).hurried())
    }

    fn over(allowance: Allowance) -> Self {
        let (allowance, freshness) = (Mutex::new(allowance), Mutex::default());
        let (next, changed) = (Queue::default(), Notify::new());
        Self { shared: Arc::new(Shared { allowance, next, changed, freshness }) }
    }

    /// What is known of the clock.
    pub(super) fn freshness(&self) -> MutexGuard<'_, Freshness> {
        unpoisoned(&self.shared.freshness)
    }

    /// Waits for leave to send a request.
    pub(super) async fn turn(&self) -> Result<Turn, Held> {
        let (began, held) = self.granted(Want::Turn).await?;
        Ok(Turn { pace: self.clone(), began, held })
    }

    /// Waits until a request could be sent, and keeps its place free.
    pub(super) async fn room(&self) -> Result<Room, Held> {
        self.granted(Want::Room).await?;
        Ok(Room { pace: self.clone(), used: false })
    }

    /// Room, if there is some now.
    pub(super) fn room_now(&self) -> Result<Room, NoRoom> {
        let now = Instant::now();
        match self.with(|allowance| allowance.ask(Want::Room, now)) {
            Verdict::Go => Ok(Room { pace: self.clone(), used: false }),
            Verdict::Held(until) => Err(NoRoom::Held(Held(until.duration_since(now)))),
            Verdict::At(_) | Verdict::WhenOneEnds => Err(NoRoom::Full),
        }
    }

    /// How many requests may be under way at once, at most.
    pub(super) fn most_at_once(&self) -> usize {
        self.with(|allowance| allowance.most_at_once())
    }

    /// Waits in line, then until it is granted.
    async fn granted(&self, want: Want) -> Result<(Instant, Duration), Held> {
        let _next = self.shared.next.lock().await;
        let mut held = Duration::ZERO;
        loop {
            let now = Instant::now();
            match self.with(|allowance| allowance.ask(want, now)) {
                Verdict::Go => return Ok((now, held)),
                Verdict::WhenOneEnds => self.shared.changed.notified().await,
                Verdict::At(at) => {
                    tokio::select! {
                        () = sleep_until(at) => {}
                        () = self.shared.changed.notified() => {}
                    }
                }
                Verdict::Held(until) => {
                    let wait = until.duration_since(now);
                    if wait > PATIENCE {
                        return Err(Held(wait));
                    }
                    sleep_until(until).await;
                    held += wait;
                }
            }
        }
    }

    /// Changes the allowance, and lets the next one look again.
    fn change(&self, change: impl FnOnce(&mut Allowance)) {
        self.with(change);
        self.shared.changed.notify_one();
    }

    fn with<T>(&self, work: impl FnOnce(&mut Allowance) -> T) -> T {
        work(&mut unpoisoned(&self.shared.allowance))
    }
}

impl Turn {
    /// It was answered.
    pub(super) fn answered(self) {
        self.pace.with(Allowance::succeeded);
    }

    /// It was refused because too much was asked. Nobody asks again before the pause is over that it told of.
    pub(super) fn throttled(self, told: Option<Duration>) {
        let (now, began) = (Instant::now(), self.began);
        self.pace.with(|allowance| allowance.throttled(began, told, now, dice()));
    }

    /// It was not answered in time.
    pub(super) fn timed_out(self) {
        let (now, began) = (Instant::now(), self.began);
        self.pace.with(|allowance| allowance.slow_down(began, now));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let now = Instant::now();
        self.pace.change(|allowance| allowance.ended(now));
    }
}

impl Room {
    /// Leave to send the request now; none while ConnectWise asks for a pause.
    pub(super) fn turn(mut self) -> Result<Turn, Held> {
        let now = Instant::now();
        match self.pace.with(|allowance| allowance.begin_kept(now)) {
            Some(until) => Err(Held(until.duration_since(now))),
            None => {
                self.used = true;
                Ok(Turn { pace: self.pace.clone(), began: now, held: Duration::ZERO })
            }
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if !self.used {
            self.pace.change(Allowance::give_back);
        }
    }
}

/// The paces of all instances that a process asks. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Paces {
    by_instance: Arc<Mutex<BTreeMap<(String, String), Pace>>>,
}

impl Paces {
    /// The pace of an instance, whoever asks for it: tenants that share an instance share its pace. The rate that was said
    /// last is in force.
    #[must_use]
    pub fn of(&self, site: &str, company: &str, rate: Rate) -> Pace {
        let mut paces = unpoisoned(&self.by_instance);
        let pace = paces.entry((site.to_owned(), company.to_owned())).or_default();
        pace.change(|allowance| allowance.set(rate));
        pace.clone()
    }
}

#[cfg(test)]
mod tests;
