//! `trueup demo`: a whole sample tenant on this machine, and one day of its life.

mod workspace;

use std::path::PathBuf;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use self::workspace::Workspace;
use super::apply::{self, Apply};
use super::plan::{self, PlanVerb};
use super::screen::Screen;
use super::session::{stop_on_signal, wait_for};
use super::{Exit, Failure, Global};
use crate::reconciler::Stop;
use crate::simulator::{Clock, Running, Seed, Simulator};

/// Make a whole sample tenant on this machine: plan it, apply it, plan it again
///
/// Makes a workspace with settings, a git repository of sample mappings, usage files and a
/// simulated ConnectWise, in which every interesting case appears. Nothing leaves this machine.
/// Without --once the simulator stays up, so that you can go on in a second terminal.
///
/// Examples:
///   trueup demo --once
///   trueup demo ./sample
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Demo {
    /// The folder to make it in; a temporary one without it
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// End after the second plan instead of keeping the simulator up
    #[arg(long)]
    once: bool,
}

/// How long ago the tenant was applied last: long enough for two snapshots to count as two.
const A_DAY: SignedDuration = SignedDuration::from_hours(25);

/// How old usage is when it is planned.
const USAGE_AGE: SignedDuration = SignedDuration::from_hours(6);

/// The addition that somebody changes by hand, and to what.
const HAND_EDIT: (u32, i64) = (9005, 125);

pub(super) fn run(verb: &Demo, screen: &Screen) -> Result<Exit, Failure> {
    let now = Timestamp::now();
    let yesterday = now - A_DAY;
    let workspace = Workspace::make(verb.folder.as_deref(), now)?;
    let simulator = start()?;
    workspace.write_settings(&simulator.url())?;
    let global = Global { config: Some(workspace.settings()), ..Global::default() };

    workspace.write_usage(workspace::Day::Yesterday, yesterday - USAGE_AGE)?;
    apply::run_at(&global, &Apply::unseen(), &screen.silent(), yesterday)?;
    workspace.write_usage(workspace::Day::Today, now - USAGE_AGE)?;
    edit_by_hand(&simulator)?;

    show(&global, &workspace, screen)?;
    next(verb, &workspace, screen)?;
    if verb.once {
        return Ok(Exit::Done);
    }
    stay_up(&simulator, &workspace, screen)
}

/// Plan, apply, plan again.
fn show(global: &Global, workspace: &Workspace, screen: &Screen) -> Result<(), Failure> {
    screen.print("A sample tenant stands in")?;
    screen.print(&format!("  {}", workspace.folder().display()))?;
    screen.print(
        "Yesterday it was in step. Since then usage moved on, and somebody changed a quantity by hand.",
    )?;
    screen.heading("1. The plan: what would change, and why", "trueup plan")?;
    plan::run(global, &PlanVerb::default(), screen)?;
    screen.heading("2. Apply: only the changes, only the quantity", "trueup apply --yes")?;
    apply::run(global, &Apply::unseen(), screen)?;
    screen.heading("3. The plan again: nothing left to change", "trueup plan")?;
    plan::run(global, &PlanVerb::default(), screen)?;
    Ok(())
}

/// Somebody else changes a quantity in ConnectWise.
fn edit_by_hand(simulator: &Running) -> Result<(), Failure> {
    let (addition, quantity) = HAND_EDIT;
    simulator
        .simulator()
        .edit_quantity(addition, Some(Decimal::from(quantity)))
        .map_err(|error| Failure::caused(Exit::Unexpected, "The simulator refused a change by hand", &error))
}

fn start() -> Result<Running, Failure> {
    let seed = Seed::from_yaml(workspace::SEED).map_err(|error| {
        Failure::caused(Exit::Unexpected, "The seed of the demonstration is invalid", &error)
    })?;
    let simulator = Simulator::new(seed, Clock::system()).map_err(|error| {
        Failure::caused(Exit::Unexpected, "The seed of the demonstration is invalid", &error)
    })?;
    simulator
        .start()
        .map_err(|error| Failure::caused(Exit::Unexpected, "The simulator cannot be started", &error))
}

/// What to try next. With `--once` the simulator is gone, so only what needs no ConnectWise is offered.
fn next(verb: &Demo, workspace: &Workspace, screen: &Screen) -> Result<(), Failure> {
    let config = workspace.settings();
    let config = config.display();
    screen.heading("What to try next", "")?;
    let lines = if verb.once {
        [
            "trueup explain to_zero".to_owned(),
            format!("trueup history --config {config}"),
            "trueup demo ./sample     the same, and the simulator stays up".to_owned(),
        ]
    } else {
        [
            format!("trueup explain Litware/BKP-GB-GOLD --config {config}"),
            format!("trueup plan --format markdown --config {config}"),
            format!("trueup history --config {config}"),
        ]
    };
    lines.iter().try_for_each(|line| screen.print(&format!("  {line}")))
}

fn stay_up(simulator: &Running, workspace: &Workspace, screen: &Screen) -> Result<Exit, Failure> {
    screen.say(&format!("The simulated ConnectWise stays up at {}; Ctrl-C ends it", simulator.url()));
    wait_for(async {
        let stop = Stop::default();
        stop_on_signal(&stop, screen);
        stop.wait().await;
        Ok(())
    })?;
    screen.say(&format!("The workspace stays: {}", workspace.folder().display()));
    Ok(Exit::Done)
}
