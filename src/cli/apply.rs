//! `trueup apply`: writes the changes of a plan, after somebody said yes to them.

mod report;
mod wanted;

use std::future::Future;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use self::wanted::{Wanted, good_until};
use super::ask::{Answer, ask};
use super::plan::{read_from, revision};
use super::screen::Screen;
use super::session::{Session, stop_on_signal, wait_for};
use super::{Exit, Failure, Global, rights};
use crate::journal::{Journal, Suspended};
use crate::plan::{Plan, Show, TextOptions, write_text};
use crate::problem::printable;
use crate::reconciler::{
    Choice, Local, Means, Observation, SharedJournal, Stop, Told, carry_out, observe, read_local, recover,
};
use crate::settings::is_read_only;

/// Write the changes of a plan to ConnectWise
///
/// Without a file it plans, shows the plan, and asks. With one it writes exactly those of its
/// changes that still hold. Only the quantity of an addition is ever written.
///
/// Examples:
///   trueup apply                   plan, show, ask, write
///   trueup apply plan.json         the reviewed changes of `trueup plan --format json --out plan.json`
///   trueup apply --commit main --yes
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Apply {
    /// A plan document; at most 24 hours old
    #[arg(value_name = "PLAN.json")]
    plan: Option<PathBuf>,
    /// Apply the mappings of this commit, branch or tag instead of the working directory
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// Do not ask. Needed where nobody can be asked, and for a working directory with uncommitted changes
    #[arg(long)]
    yes: bool,
    /// The demonstration has shown the plan already
    #[arg(skip)]
    showing: Showing,
}

impl Apply {
    /// Apply what stands in the working directory without asking and without showing the plan again.
    pub(super) fn unseen() -> Self {
        Self { plan: None, commit: None, yes: true, showing: Showing::Nothing }
    }
}

/// Whether the plan is shown before it is applied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Showing {
    #[default]
    Plan,
    Nothing,
}

pub(super) fn run(global: &Global, verb: &Apply, screen: &Screen) -> Result<Exit, Failure> {
    run_at(global, verb, screen, Timestamp::now())
}

/// The same, as of a time: the demonstration begins a day ago.
pub(super) fn run_at(
    global: &Global,
    verb: &Apply,
    screen: &Screen,
    now: Timestamp,
) -> Result<Exit, Failure> {
    let session = Session::open(global)?;
    let wanted = verb.plan.as_deref().map(|path| Wanted::read(path, &session, now)).transpose()?;
    session.fetch(screen)?;
    let journal = Journal::open(&session.journal)?;
    // Before anybody is asked for anything: a slip in a file costs no request.
    let history = journal.reader().memory(&session.tenant.name, now)?;
    let local = read_local(&session.tenant, &revision(verb.commit.as_deref()), None, history, now)?;
    refuse_suspended(&session, &journal, &local)?;
    let journal = SharedJournal::new(journal);
    wait_for(async {
        let stop = Stop::default();
        stop_on_signal(&stop, screen);
        let connectwise = unless_stopped(&stop, session.connect_for_writing()).await??;
        let until = expiry(wanted.as_ref());
        let means = Means {
            timing: session.timing,
            connectwise: &connectwise,
            journal: &journal,
            stop: &stop,
            until,
            tickets: session.tickets,
        };
        let desk = Desk { session: &session, means, screen, now };
        desk.run(verb, wanted.as_ref(), local).await
    })
}

/// When the plan grows too old: a document by its own time, else a day from now, however long the answer takes.
fn expiry(wanted: Option<&Wanted>) -> Timestamp {
    wanted.map_or_else(|| good_until(Timestamp::now()), Wanted::until)
}

/// What is done before the first write can be left at any moment: the next run begins anew.
async fn unless_stopped<T>(stop: &Stop, work: impl Future<Output = T>) -> Result<T, Failure> {
    tokio::select! {
        biased;
        () = stop.wait() => Err(Failure::new(Exit::NothingPlanned, "A stop was requested; nothing was written")),
        done = work => Ok(done),
    }
}

/// Nothing is written while the tenant is suspended, by hand no more than by the daemon.
fn refuse_suspended(session: &Session, journal: &Journal, local: &Local) -> Result<(), Failure> {
    let name = &session.tenant.name;
    let refused = |why: String, hint: String| Err(Failure::new(Exit::NothingPlanned, why).with_hint(hint));
    if let Some(Suspended { since, reason }) = journal.reader().suspension(name)? {
        let because = if reason.is_empty() { String::new() } else { format!(": {}", printable(&reason)) };
        let why = format!("Tenant {name} is suspended since {since:.0}{because}; nothing is written");
        return refused(why, format!("When it may be written again: trueup resume --tenant {name}"));
    }
    if local.mappings.catalog.policy.suspend {
        let why = format!("The mappings suspend tenant {name}; nothing is written");
        return refused(why, "Commit the policy without `suspend: true`".to_owned());
    }
    if is_read_only() {
        let why = "TRUEUP_READ_ONLY is set; nothing is written".to_owned();
        return refused(why, "Unset TRUEUP_READ_ONLY to write".to_owned());
    }
    Ok(())
}

/// What an application of a plan works with.
struct Desk<'d> {
    session: &'d Session,
    means: Means<'d>,
    screen: &'d Screen,
    now: Timestamp,
}

impl Desk<'_> {
    async fn run(&self, verb: &Apply, wanted: Option<&Wanted>, local: Local) -> Result<Exit, Failure> {
        let tenant = &self.session.tenant;
        let Means { timing, connectwise, journal, stop, until: _, tickets: _ } = self.means;
        journal.with(|journal| journal.meet(&tenant.name, &self.session.instance(), self.now))?;
        let recovering = recover(tenant, timing, connectwise, journal, stop);
        let recovered = unless_stopped(stop, recovering).await??;
        report::recovered(&recovered, self.screen);

        let observation = self.observe(local).await?;
        let inputs = observation.inputs(tenant, self.now);
        let plan = observation.plan(tenant, self.now);
        let choice = match wanted {
            None => Choice::all(&plan),
            Some(wanted) => Choice::approved(&plan, &wanted.file)?,
        };
        if verb.showing == Showing::Plan {
            self.show(&plan, &observation)?;
        }
        report::left_out(&choice, self.screen);
        self.approve(verb, wanted, &choice, &observation).await?;
        let tell = |told: Told<'_, '_>| match told {
            Told::Rights(preflight) => rights::tell(preflight, self.screen),
            Told::Line(result) => report::line(result, self.screen),
        };
        let done = carry_out(&plan, &choice, &inputs, self.means, tell).await?;
        Ok(report::ended(&plan, &choice, &done.applied, &recovered, self.screen))
    }

    /// Reads everything anew: a plan file says what was approved, never what is. The journal has learned from what was
    /// settled meanwhile.
    async fn observe(&self, mut local: Local) -> Result<Observation, Failure> {
        let name = &self.session.tenant.name;
        local.history = self.means.journal.with(|journal| journal.reader().memory(name, self.now))?;
        let progress = self.screen.progress();
        let tell = |step| progress.read(&step);
        let observing = observe(local, self.means.connectwise, &tell);
        let observed = unless_stopped(self.means.stop, observing).await;
        progress.done();
        Ok(observed??)
    }

    fn show(&self, plan: &Plan<'_>, observation: &Observation) -> Result<(), Failure> {
        let options = TextOptions {
            color: self.screen.color(),
            read_from: read_from(&observation.local.mappings),
            show: Show::Changes,
            width: self.screen.width(),
        };
        let mut out = BufWriter::new(self.screen.out());
        write_text(plan, &options, &mut out)
            .and_then(|()| writeln!(out))
            .and_then(|()| out.flush())
            .map_err(|error| Failure::output(&error))
    }

    /// Nothing is written that nobody said yes to: by a plan file, by `--yes`, or at the prompt.
    async fn approve(
        &self,
        verb: &Apply,
        wanted: Option<&Wanted>,
        choice: &Choice<'_>,
        observation: &Observation,
    ) -> Result<(), Failure> {
        if verb.yes || choice.lines.is_empty() {
            return Ok(());
        }
        let commit = &observation.local.mappings.commit;
        if commit == "none" || commit.ends_with("+changes") {
            return Err(Failure::new(Exit::Usage, "The mappings are not committed")
                .with_hint("Commit them, or say --yes to apply them as they stand"));
        }
        if wanted.is_some() {
            return Ok(());
        }
        let question = format!("Write {} to ConnectWise?", report::lines(choice.lines.len()));
        let screen = *self.screen;
        // A prompt waits for as long as the person does.
        let asking = tokio::task::spawn_blocking(move || ask(&screen, &question));
        match unless_stopped(self.means.stop, asking).await?.unwrap_or(Answer::No) {
            Answer::Yes => Ok(()),
            Answer::No => Err(Failure::new(Exit::Usage, "Nothing was written, since nobody said yes")),
            Answer::NobodyThere => {
                Err(Failure::new(Exit::Usage, "Nobody can be asked here, so nothing was written")
                    .with_hint("Say --yes, or apply a plan file: trueup plan --format json --out plan.json"))
            }
        }
    }
}
