//! One pass: reads everything anew, draws the plan, shows it, and hands it on to be written.
//!
//! Decides in which order, and what a failure at each step means for the tenant. No step relies on an earlier pass but
//! for mappings, of which the last valid ones stay in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use tracing::{info, warn};

use super::Purpose;
use super::agenda::{Ended, Looked};
use super::reading::{self, Reading, Refusal};
use super::setback::{Kind, Setback};
use super::worker::Worker;
use super::writing::{is_committed, settles_at};
use crate::billing::{LineKey, Money};
use crate::connectwise::{ConnectWise, Options};
use crate::mapping::Mode;
use crate::plan::{History, Line, Plan, Verdict};
use crate::problem::Code;
use crate::reconciler::standing::{
    Event, Marked, Pass, PassResult, Phase, Planned, Refused, SourceStanding, Suspension,
};
use crate::reconciler::{Local, Observation, observe, recover};
use crate::snapshot::SnapshotError;
use crate::usage::SourceReading;

/// Clocks that differ by more are told.
const NOTICEABLE: SignedDuration = SignedDuration::from_mins(5);

/// Clocks that differ by more stop writes: neither the age of usage nor a freeze window can be relied on.
const INTOLERABLE: SignedDuration = SignedDuration::from_hours(1);

/// What a pass came to.
pub(super) struct Came {
    pub(super) result: PassResult,
    pub(super) written: usize,
    pub(super) ended: Ended,
    /// Why writing stopped before the plan was through.
    pub(super) halted: Option<Setback>,
}

impl Worker {
    /// Makes a pass; gives how it ended, and when.
    pub(super) async fn pass(&mut self, causes: BTreeSet<Event>, now: Timestamp) -> (Ended, Timestamp) {
        self.passes += 1;
        let (tenant, pass, started) = (self.name(), self.passes, Instant::now());
        let told: Vec<&str> = causes.iter().map(|cause| cause.as_str()).collect();
        info!(%tenant, pass, causes = told.join(" "), "the pass begins");
        let came = self.go(now).await;
        self.count();
        let ended_at = since(now, started);
        let came = match came {
            Ok(came) => {
                match came.halted.clone().or_else(|| self.unread.clone()) {
                    Some(setback) => self.trouble(&setback, ended_at),
                    None => self.standing.trouble = None,
                }
                if came.result != PassResult::Partial && self.unread.is_none() {
                    self.last_good_at = Some(ended_at);
                }
                came
            }
            Err(setback) => self.failed(&setback, ended_at),
        };
        let Came { result, written, ended, halted: _ } = came;
        let ended = match (ended, self.doubts.iter().max()) {
            (Ended::Well, Some(until)) => Ended::InDoubt(*until),
            (Ended::Well, None) if self.unread.is_some() => Ended::Failed,
            (ended, _) => ended,
        };
        info!(%tenant, pass, result = result.as_str(), written, "the pass ended");
        *self.standing.tally.passes.entry(result).or_default() += 1;
        let causes = causes.into_iter().collect();
        self.standing.last_pass =
            Some(Pass { number: pass, causes, began_at: now, ended_at, result, written });
        (ended, ended_at)
    }

    fn failed(&mut self, setback: &Setback, now: Timestamp) -> Came {
        let tenant = self.name();
        let Setback { phase, message, kind, .. } = setback;
        let ended = match kind {
            Kind::Stopped => Ended::Well,
            Kind::Passing => Ended::Failed,
            Kind::Throttled(wait) => Ended::Throttled(wait.unwrap_or_default()),
            Kind::Refused => Ended::Refused,
            Kind::Barred => Ended::Barred,
        };
        if *kind != Kind::Stopped {
            warn!(%tenant, pass = self.passes, phase = phase.as_str(), why = message, "the pass failed");
            self.trouble(setback, now);
        }
        self.connection = None;
        Came { result: PassResult::Failed, written: 0, ended, halted: None }
    }

    async fn go(&mut self, now: Timestamp) -> Result<Came, Setback> {
        let started = Instant::now();
        let looked = self.look(now).await;
        if looked.is_ok() {
            self.took(Phase::Fetch, started, now);
        }
        // Without mappings of before, what kept the look from them says more than that there are none.
        let read = self.read(now).await;
        let local = read.map_err(|setback| match (looked, setback.phase) {
            (Err(unseen), Phase::Mappings) => unseen,
            (Ok(()) | Err(_), _) => setback,
        })?;
        let connectwise = self.connect().await?;
        // Before anything is settled: another ConnectWise knows nothing of what was written to this one.
        let (tenant, instance) = (&self.charge.tenant.name, &self.charge.instance);
        self.journal.with(|journal| journal.meet(tenant, instance, now))?;
        let local = self.settle(local, &connectwise, now).await?;
        let observation = self.observe(local, &connectwise, now).await?;
        let planned = Arc::new(self.draw(observation, now));
        self.show(&planned, &connectwise, now);
        self.write(&planned, now).await
    }

    /// Reads mappings, usage and journal.
    async fn read(&mut self, now: Timestamp) -> Result<Local, Setback> {
        let started = Instant::now();
        let history = self.history(now)?;
        let (tenant, in_force) = (self.charge.tenant.clone(), self.in_force.clone());
        let read = move || reading::read(&tenant, in_force.as_ref(), history, now);
        let Reading { local, refused, unreachable } = self.apart(Phase::Mappings, read).await??;
        self.took(Phase::Usage, started, now);
        match unreachable {
            Some(error) => self.unreadable(error, now),
            None => {
                self.took(Phase::Mappings, started, now);
                if self.unread.take().is_some() && self.looked == Looked::Well {
                    self.is_fresh(now);
                }
            }
        }
        self.refuse(refused, now);
        self.standing.mode = local.mappings.catalog.policy.mode;
        self.standing.sources = local.usage.iter().map(source).collect();
        self.in_force = Some(Arc::new(local.mappings.clone()));
        Ok(local)
    }

    /// The mappings of before stay in force. Where the repository can be looked at all the same, only this tells.
    fn unreadable(&mut self, error: SnapshotError, now: Timestamp) {
        warn!(tenant = %self.name(), pass = self.passes, %error, "planning by the mappings of before");
        if self.looked == Looked::Well {
            let setback = error.into();
            self.unseen(&setback, now);
            self.unread = Some(setback);
        }
    }

    fn history(&self, now: Timestamp) -> Result<History, Setback> {
        let tenant = &self.charge.tenant.name;
        Ok(self.journal.with(|journal| journal.reader().memory(tenant, now))?)
    }

    /// Notes a commit that is not used.
    fn refuse(&mut self, refusal: Option<Refusal>, now: Timestamp) {
        let before = self.standing.commits.refused.take();
        let Some(Refusal { commit, problems }) = refusal else {
            if before.is_some() {
                info!(tenant = %self.name(), "the newest mappings are in force again");
            }
            return;
        };
        let known = before.filter(|before| *before.commit == *commit);
        if known.is_none() {
            let problems = problems.len();
            warn!(tenant = %self.name(), %commit, problems, "the commit is refused; the one before stays in force");
        }
        let since = known.map_or(now, |known| known.since);
        self.standing.commits.refused =
            Some(Refused { commit: commit.into(), since, problems: problems.into() });
    }

    /// The connection for reading. Its secrets are read anew each time: a key that was replaced is used at once.
    async fn connect(&mut self) -> Result<ConnectWise, Setback> {
        let options = (self.charge.keys)(Purpose::Reading).map_err(Setback::keys)?;
        if let Some(connection) = self.connection.as_ref().filter(|known| known.reads_by(&options)) {
            return Ok(connection.clone());
        }
        let connection = self.connect_with(options).await?;
        self.connection = Some(connection.clone());
        Ok(connection)
    }

    /// A connection with keys that are read now.
    pub(super) async fn connect_for(&self, purpose: Purpose) -> Result<ConnectWise, Setback> {
        self.connect_with((self.charge.keys)(purpose).map_err(Setback::keys)?).await
    }

    async fn connect_with(&self, options: Options) -> Result<ConnectWise, Setback> {
        let options = Options { meter: self.meter.clone(), ..options };
        tokio::select! {
            connected = ConnectWise::connect(options) => Ok(connected?),
            () = self.stop.wait() => Err(Setback::stopped(Phase::Read)),
        }
    }

    /// Settles what was left open, by reading only, and remembers what it taught.
    async fn settle(
        &mut self,
        mut local: Local,
        connectwise: &ConnectWise,
        now: Timestamp,
    ) -> Result<Local, Setback> {
        let (tenant, timing) = (self.charge.tenant.clone(), self.charge.timing);
        let settled = recover(&tenant, timing, connectwise, &self.journal, &self.stop).await?;
        for found in &settled {
            let line = format!("{}/{}", found.open.intent.company, found.open.intent.product_identifier);
            let pass = self.passes;
            info!(tenant = %tenant.name, pass, %line, conclusion = ?found.conclusion, "looked at a write left open");
        }
        let doubts = settled.iter().filter_map(|found| settles_at(&found.conclusion));
        self.doubts = doubts.collect();
        self.standing.in_doubt = self.doubts.len();
        if !settled.is_empty() {
            local.history = self.history(now)?;
        }
        Ok(local)
    }

    async fn observe(
        &mut self,
        local: Local,
        connectwise: &ConnectWise,
        now: Timestamp,
    ) -> Result<Observation, Setback> {
        let started = Instant::now();
        let pulse = self.pulse.clone();
        let progress = move |_| pulse.beat();
        let observed = tokio::select! {
            observed = observe(local, connectwise, &progress) => observed?,
            () = self.stop.wait() => return Err(Setback::stopped(Phase::Read)),
        };
        self.took(Phase::Read, started, now);
        Ok(observed)
    }

    fn draw(&mut self, observation: Observation, now: Timestamp) -> Planned {
        let started = Instant::now();
        let tenant = self.charge.tenant.clone();
        let plan = observation.plan(&tenant, now);
        let (summary, digest) = (plan.summary, plan.digest.as_str().into());
        let (problems, held_value) = (plan.problems.to_vec(), held_value(&plan));
        let late: BTreeSet<LineKey> = late_landings(&plan).collect();
        drop(plan);
        for line in late.difference(&self.late) {
            let (agreement, product) = (line.agreement.0, line.product.0);
            warn!(tenant = %tenant.name, pass = self.passes, agreement, product, "a write landed after it was given up");
            self.standing.tally.late_landings += 1;
        }
        self.late = late;
        self.took(Phase::Plan, started, now);
        Planned { at: now, tenant, observation, summary, digest, problems, held_value }
    }

    /// Shows the plan before anything is written by it.
    fn show(&mut self, planned: &Arc<Planned>, connectwise: &ConnectWise, now: Timestamp) {
        let mappings = &planned.observation.local.mappings;
        let (commit, summary) = (&mappings.commit, planned.summary);
        let (create, update, hold) = (summary.create, summary.update, summary.hold);
        info!(
            tenant = %self.charge.tenant.name, pass = self.passes, %commit, create, update, hold,
            digest = %planned.digest, "the plan is drawn"
        );
        self.standing.commits.planned = Some(Marked { commit: commit.as_str().into(), at: now });
        self.standing.commits.applied = planned.observation.local.history.last_applied_commit.clone();
        self.held_back = self.holds_back(planned, connectwise);
        self.standing.suspension = self.suspension();
        self.standing.planned = Some(Arc::clone(planned));
        self.publish();
    }

    /// Why nothing may be written by this plan, besides what an operator says.
    fn holds_back(&self, planned: &Planned, connectwise: &ConnectWise) -> Option<Suspension> {
        let mappings = &planned.observation.local.mappings;
        let policy = &mappings.catalog.policy;
        if policy.mode == Mode::Apply && !is_committed(&mappings.commit) {
            return Some(Suspension::Uncommitted);
        }
        if policy.suspend {
            return Some(Suspension::Policy);
        }
        if policy.mode == Mode::Observe {
            return None;
        }
        let ahead = connectwise.clock_ahead()?;
        if ahead.abs() > NOTICEABLE {
            let (tenant, seconds) = (&self.charge.tenant.name, ahead.as_secs());
            warn!(%tenant, seconds, "the clock of ConnectWise is ahead by so many seconds");
        }
        (ahead.abs() > INTOLERABLE).then_some(Suspension::Clock { ahead })
    }

    /// A phase went well.
    pub(super) fn took(&mut self, phase: Phase, started: Instant, now: Timestamp) {
        self.standing.tally.took(phase, started.elapsed());
        self.standing.last_success.insert(phase, now);
    }

    /// Counts what was asked of ConnectWise since it was last counted, on connections that were refused as well.
    pub(super) fn count(&mut self) {
        let readings = self.meter.take();
        for (status, count) in readings.requests {
            *self.standing.tally.requests.entry(status).or_default() += count;
        }
        self.standing.tally.throttled += readings.throttled;
    }
}

/// A pass's time moves on with the process.
pub(super) fn since(now: Timestamp, started: Instant) -> Timestamp {
    let elapsed = SignedDuration::try_from(started.elapsed()).unwrap_or(SignedDuration::ZERO);
    now.saturating_add(elapsed).unwrap_or(now)
}

fn source(reading: &SourceReading) -> SourceStanding {
    match reading {
        SourceReading::Read(snapshot) => SourceStanding {
            source: snapshot.source.clone(),
            as_of: Some(snapshot.as_of),
            accounts: snapshot.accounts.len(),
            complete: snapshot.complete,
        },
        SourceReading::Failed(failure) => {
            SourceStanding { source: failure.source.clone(), as_of: None, accounts: 0, complete: false }
        }
    }
}

/// The lines that bill what a write of ours was to set that had been given up.
fn late_landings<'p>(plan: &'p Plan<'_>) -> impl Iterator<Item = LineKey> + 'p {
    plan.lines.iter().filter(|line| line.notes.contains(&Code::LateLanding)).map(Line::key)
}

/// The monthly money that each guard holds. One amount that is unknown makes a sum unknown.
fn held_value(plan: &Plan<'_>) -> BTreeMap<Code, Option<Money>> {
    let mut values: BTreeMap<Code, Option<Money>> = BTreeMap::new();
    for line in plan.lines.iter().filter(|line| line.verdict == Verdict::Hold) {
        let codes: BTreeSet<Code> = line.reasons.iter().map(|reason| reason.code).collect();
        for code in codes {
            let sum = values.entry(code).or_insert(Some(Money::new(Decimal::ZERO)));
            *sum = sum.and_then(|sum| sum.checked_add(moved(line)?));
        }
    }
    values
}

/// What a line would move, whichever way.
fn moved(line: &Line<'_>) -> Option<Money> {
    line.monthly_delta.map(|delta| Money::new(delta.value().abs()))
}
