//! One tenant: what it has seen and what it stands at, and the step that is due.
//!
//! Time is an argument of each step, so that a test drives a day in seconds. Publishes how the tenant stands after each.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::AbortHandle;
use tracing::{error, info, warn};

use super::Charge;
use super::agenda::{Agenda, Due, Ended, Looked};
use super::apart::PATIENCE;
use super::look::{self, Sight, UsageMarks};
use super::pulse::Pulse;
use super::rights::ToldOf;
use super::setback::{Kind, Setback};
use super::task::Finished;
use crate::billing::LineKey;
use crate::connectwise::{ConnectWise, Meter};
use crate::journal::LastPass;
use crate::mapping::Mode;
use crate::reconciler::standing::{
    Board, Commits, Event, Marked, Pass, PassResult, Phase, RepositoryStanding, Standing, Suspension, Tally,
    Trouble,
};
use crate::reconciler::{Mappings, SharedJournal, Stop};

/// One tenant.
pub(super) struct Worker {
    pub(super) charge: Charge,
    pub(super) journal: SharedJournal,
    pub(super) stop: Stop,
    pub(super) standing: Standing,
    board: Board,
    agenda: Agenda,
    /// The way to its ConnectWise; made anew after a failure, with secrets that are read again.
    pub(super) connection: Option<ConnectWise>,
    /// Counts what is asked on every connection to it.
    pub(super) meter: Meter,
    /// The newest mappings that were valid.
    pub(super) in_force: Option<Arc<Mappings>>,
    /// Why nothing is written, besides what an operator says.
    pub(super) held_back: Option<Suspension>,
    sight: Option<Sight>,
    /// How the last look ended.
    pub(super) looked: Looked,
    /// Why the mappings could not be read by the last pass although the repository could be looked at.
    pub(super) unread: Option<Setback>,
    /// Work on files that was given up and may still go on.
    pub(super) hanging: Option<AbortHandle>,
    /// So long work on files may take.
    pub(super) patience: Duration,
    usage: Option<UsageMarks>,
    pub(super) passes: u64,
    /// From when on each write that is in doubt can be read.
    pub(super) doubts: Vec<Timestamp>,
    /// What was told of the members' rights.
    pub(super) told_of: ToldOf,
    /// The lines of the last plan on which a write landed after it was given up.
    pub(super) late: BTreeSet<LineKey>,
    /// When a pass last came to a plan that stands.
    pub(super) last_good_at: Option<Timestamp>,
    pub(super) cut: Finished,
    pub(super) pulse: Pulse,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing was due, and nothing is until then.
    Idle(Timestamp),
    /// Something was done.
    Done,
}

impl Worker {
    pub(super) fn new(
        charge: Charge,
        journal: SharedJournal,
        board: Board,
        stop: Stop,
        now: Timestamp,
    ) -> Self {
        let standing = beginning(&charge, now);
        let agenda = Agenda::new(charge.pace, now);
        let worker = Self {
            charge,
            journal,
            stop,
            standing,
            board,
            agenda,
            connection: None,
            meter: Meter::default(),
            in_force: None,
            held_back: None,
            sight: None,
            looked: Looked::Well,
            unread: None,
            hanging: None,
            patience: PATIENCE,
            usage: None,
            passes: 0,
            doubts: Vec::new(),
            told_of: ToldOf::default(),
            late: BTreeSet::new(),
            last_good_at: None,
            cut: Finished::Whole,
            pulse: Pulse::default(),
        };
        worker.publish();
        worker
    }

    /// The tenant's name.
    pub(super) fn name(&self) -> Arc<str> {
        Arc::clone(&self.charge.tenant.name)
    }

    /// Something happened to the tenant.
    pub(super) fn happened(&mut self, event: Event, now: Timestamp) {
        info!(tenant = %self.charge.tenant.name, event = event.as_str(), "heard of an event");
        self.agenda.happened(event, now);
    }

    /// Does what is due now, if anything is.
    pub(super) async fn step(&mut self, now: Timestamp) -> Step {
        self.pulse.beat();
        self.heed_operator(now);
        match self.agenda.due(now) {
            Due::Wait(until) => Step::Idle(until),
            Due::Look => {
                // Why it could not is told there; the next look tries again.
                let _ = self.look(now).await;
                self.agenda.looked(self.looked, now, dice());
                self.publish();
                Step::Done
            }
            Due::Pass(causes) => {
                let (ended, ended_at) = self.pass(causes, now).await;
                if self.standing.last_pass.as_ref().is_some_and(|pass| pass.written > 0) {
                    let lag = SignedDuration::try_from(self.charge.read_lag).unwrap_or(SignedDuration::MAX);
                    self.agenda.wrote(ended_at.saturating_add(lag).unwrap_or(Timestamp::MAX));
                }
                self.agenda.ended(ended, ended_at, dice());
                self.agenda.looked(self.looked, ended_at, dice());
                self.publish();
                self.note();
                Step::Done
            }
        }
    }

    /// Notes the pass for other processes. Nothing is decided by the note, so a journal that takes none is only told.
    fn note(&self) {
        let Some(pass) = &self.standing.last_pass else { return };
        let commits = &self.standing.commits;
        let mode = match self.standing.mode {
            Mode::Observe => "observe",
            Mode::Apply => "apply",
        };
        let note = LastPass {
            ended_at: pass.ended_at,
            result: pass.result.as_str().into(),
            mode: mode.into(),
            health: self.standing.health().sentence.into(),
            last_good_at: self.last_good_at,
            trouble: self.standing.trouble.as_ref().map(|trouble| Arc::clone(&trouble.message)),
            refused: commits.refused.as_ref().map(|refused| Arc::clone(&refused.commit)),
            next_at: Some(self.agenda.next_pass_at()),
        };
        let tenant = &self.charge.tenant.name;
        if let Err(error) = self.journal.with(|journal| journal.note_pass(tenant, &note)) {
            warn!(%tenant, %error, "the pass cannot be noted in the journal");
        }
    }

    /// Makes one pass, whatever is due, and tells how the tenant stands then.
    pub(super) async fn once(mut self) -> Standing {
        let now = Timestamp::now();
        super::task::guarded(&mut self, now).await;
        self.standing
    }

    /// Whether a run was cut.
    pub(super) fn finished(&self) -> Finished {
        self.cut
    }

    /// A step panicked. That is a bug; the tenant waits as after any failure, and the others go on.
    pub(super) fn panicked(&mut self, text: &str, now: Timestamp) {
        error!(tenant = %self.charge.tenant.name, pass = self.passes, panic = text, "the pass panicked");
        let hint = "this is a bug of trueup; report it with the log around this time".to_owned();
        let setback = Setback::passing(Phase::Plan, format!("The pass panicked: {text}"), Some(hint));
        self.connection = None;
        self.count();
        self.trouble(&setback, now);
        let is_noted = |last: &Pass| last.number == self.passes;
        if self.passes > 0 && !self.standing.last_pass.as_ref().is_some_and(is_noted) {
            let (number, result) = (self.passes, PassResult::Failed);
            *self.standing.tally.passes.entry(result).or_default() += 1;
            self.standing.last_pass =
                Some(Pass { number, causes: Vec::new(), began_at: now, ended_at: now, result, written: 0 });
        }
        self.agenda.ended(Ended::Failed, now, dice());
        self.publish();
        self.note();
    }

    /// Some file changed: a look is due at once.
    pub(super) fn look_soon(&mut self, now: Timestamp) {
        self.agenda.look_soon(now);
    }

    /// Looks at the repository and the usage files, and notes what is new. Fetches where the mappings are elsewhere.
    pub(super) async fn look(&mut self, now: Timestamp) -> Result<(), Setback> {
        let tenant = self.charge.tenant.clone();
        let looked = self.apart(Phase::Fetch, move || {
            (look::mappings(&tenant.repository).map_err(Setback::unseen), look::usage(&tenant.sources))
        });
        let (sight, usage) = match looked.await {
            Ok((sight, usage)) => (sight, Some(usage)),
            Err(setback) => (Err(setback), None),
        };
        if let Some(usage) = usage
            && self.usage.replace(usage.clone()).is_some_and(|before| before != usage)
        {
            info!(tenant = %self.charge.tenant.name, "usage files changed");
            self.agenda.happened(Event::UsageArrived, now);
        }
        match sight {
            Ok(sight) => {
                self.looked = Looked::Well;
                self.seen(sight, now);
                Ok(())
            }
            Err(setback) => {
                self.looked = match setback.kind {
                    Kind::Stopped => return Err(setback),
                    Kind::Passing | Kind::Throttled(_) | Kind::Barred => Looked::Failed,
                    Kind::Refused => Looked::Refused,
                };
                self.unseen(&setback, now);
                Err(setback)
            }
        }
    }

    /// Whether the mappings are fetched: a look at a folder of this machine is no fetch.
    fn is_elsewhere(&self) -> bool {
        self.charge.tenant.repository.remote.is_some()
    }

    fn seen(&mut self, sight: Sight, now: Timestamp) {
        if self.is_elsewhere() {
            self.standing.tally.fetches += 1;
        }
        self.standing.last_success.insert(Phase::Fetch, now);
        // That it can be looked at is not enough: as long as it cannot be read, bills follow mappings of before.
        if self.unread.is_none() && self.is_fresh(now) {
            // What was only planned meanwhile may be written now.
            self.agenda.happened(Event::Commit, now);
        }
        if self.sight.as_ref() == Some(&sight) {
            return;
        }
        let commit = Arc::clone(&sight.commit);
        info!(tenant = %self.charge.tenant.name, commit = %commit, "the mappings are others than before");
        self.standing.commits.seen = Some(Marked { commit, at: now });
        if self.sight.replace(sight).is_some() {
            self.agenda.happened(Event::Commit, now);
        }
    }

    /// What is known of the repository is of now. Gives whether it was stale.
    pub(super) fn is_fresh(&mut self, now: Timestamp) -> bool {
        self.standing.repository.looked_at = Some(now);
        let was_stale = std::mem::take(&mut self.standing.repository.stale);
        if was_stale {
            info!(tenant = %self.charge.tenant.name, "the repository can be read again");
        }
        was_stale
    }

    pub(super) fn unseen(&mut self, setback: &Setback, now: Timestamp) {
        if self.is_elsewhere() {
            self.standing.tally.failed_fetches += 1;
        }
        let limit = SignedDuration::try_from(self.charge.stale_after).unwrap_or(SignedDuration::MAX);
        // What an earlier process fetched may be of any age: until this one has looked, nothing is written by it.
        let stale = self.standing.repository.looked_at.is_none_or(|at| now.duration_since(at) > limit);
        let tenant = &self.charge.tenant.name;
        warn!(%tenant, stale, why = setback.message, "the repository cannot be looked at");
        self.standing.repository.stale = stale;
    }

    /// Asks whether an operator suspended the tenant or let it go on; the latter is a reason for a pass.
    fn heed_operator(&mut self, now: Timestamp) {
        let suspension = self.suspension();
        if suspension == self.standing.suspension {
            return;
        }
        let was_operator = matches!(self.standing.suspension, Some(Suspension::Operator { .. }));
        match &suspension {
            Some(found) => {
                info!(tenant = %self.charge.tenant.name, suspension = ?found, "writes are suspended")
            }
            None => info!(tenant = %self.charge.tenant.name, "writes are resumed"),
        }
        if was_operator && !matches!(suspension, Some(Suspension::Operator { .. })) {
            self.agenda.happened(Event::Timer, now);
        }
        self.standing.suspension = suspension;
        self.publish();
    }

    /// Why nothing is written now, an operator's word first. A journal that cannot be read changes nothing here: no write
    /// passes its gate then.
    pub(super) fn suspension(&self) -> Option<Suspension> {
        let tenant = &self.charge.tenant.name;
        match self.journal.with(|journal| journal.reader().suspension(tenant)) {
            Ok(Some(found)) => Some(Suspension::Operator { since: found.since, reason: found.reason }),
            Ok(None) if self.charge.read_only => Some(Suspension::ReadOnly),
            Ok(None) => self.held_back.clone(),
            Err(_) => self.standing.suspension.clone(),
        }
    }

    /// Notes what keeps the tenant from a good pass.
    pub(super) fn trouble(&mut self, setback: &Setback, now: Timestamp) {
        let before = self.standing.trouble.take();
        self.standing.trouble = Some(Trouble {
            phase: setback.phase,
            code: setback.code,
            message: setback.message.as_str().into(),
            hint: setback.hint.as_deref().map(Into::into),
            since: before.as_ref().map_or(now, |before| before.since),
            failures: before.map_or(1, |before| before.failures.saturating_add(1)),
        });
    }

    /// Shows how the tenant stands to whoever looks.
    pub(super) fn publish(&self) {
        let next_pass_at = Some(self.agenda.next_pass_at());
        self.board.publish(Standing { next_pass_at, ..self.standing.clone() });
    }
}

/// How a tenant stands before anything is known of it.
fn beginning(charge: &Charge, now: Timestamp) -> Standing {
    let place = charge.tenant.repository.shown();
    Standing {
        tenant: Arc::clone(&charge.tenant.name),
        instance: charge.instance.to_string().into(),
        mode: Mode::default(),
        since: now,
        suspension: None,
        repository: RepositoryStanding { place: place.into(), looked_at: None, stale: false },
        commits: Commits::default(),
        sources: Vec::new(),
        last_pass: None,
        last_success: BTreeMap::new(),
        trouble: None,
        planned: None,
        in_doubt: 0,
        next_pass_at: None,
        tally: Tally::default(),
    }
}

/// A number nobody can foresee, from the seeds that hash tables are protected with.
fn dice() -> u64 {
    RandomState::new().hash_one(0)
}
