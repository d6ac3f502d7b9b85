//! `trueup status`: where each tenant stands, from the journal alone.

use std::io::{BufWriter, Write};
use std::time::Duration;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::format::Format;
use super::screen::Screen;
use super::session::{Session, wait_for};
use super::{Exit, Failure, Global};
use crate::journal::{Journal, LastPass, Run, Suspended, TenantStatus};
use crate::problem::printable;

/// Show where a tenant stands: what was planned and applied last, what is held, and what is in doubt
///
/// Reads the journal and makes no request.
///
/// Examples:
///   trueup status
///   trueup status --watch
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Status {
    /// Show it again every two seconds, until Ctrl-C
    #[arg(long, conflicts_with = "format")]
    watch: bool,
    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How often `--watch` looks again.
const AGAIN: Duration = Duration::from_secs(2);

pub(super) fn run(global: &Global, verb: &Status, screen: &Screen) -> Result<Exit, Failure> {
    let session = Session::open(global)?;
    show(&session, verb, screen)?;
    if verb.watch {
        wait_for(async {
            loop {
                tokio::time::sleep(AGAIN).await;
                show(&session, verb, screen)?;
            }
        })
    } else {
        Ok(Exit::Done)
    }
}

fn show(session: &Session, verb: &Status, screen: &Screen) -> Result<(), Failure> {
    let name = &session.tenant.name;
    let (status, daemon) = match Journal::read(&session.journal)? {
        Some(reader) => {
            let daemon = Daemon { suspended: reader.suspension(name)?, last_pass: reader.last_pass(name)? };
            (reader.status(name)?, daemon)
        }
        None => (TenantStatus::default(), Daemon::default()),
    };
    let now = Timestamp::now();
    let mut out = BufWriter::new(screen.out());
    let written = match verb.format {
        Format::Text => text(name, &status, now, &mut out).and_then(|()| daemon.text(now, &mut out)),
        Format::Json => writeln!(out, "{}", as_json(name, &status, &daemon)),
    };
    written.and_then(|()| out.flush()).map_err(|error| Failure::output(&error))
}

fn text(name: &str, status: &TenantStatus, now: Timestamp, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{name}")?;
    if let Some(instance) = &status.instance {
        writeln!(out, "  ConnectWise     {instance}")?;
    }
    match &status.last_planned {
        None => writeln!(out, "  planned         never; `trueup apply` plans and records it")?,
        Some(planned) => {
            let summary = &planned.summary;
            writeln!(out, "  planned         {}  {}", short(&planned.commit), ago(planned.at, now))?;
            writeln!(
                out,
                "                  {} to create, {} to update, {} held, {} unchanged, {} problems",
                summary.create, summary.update, summary.hold, summary.keep, summary.problems
            )?;
        }
    }
    writeln!(out, "  applied         {}", status.last_applied_commit.as_deref().map_or("never", short))?;
    run_line(out, "last run", status.last_run.as_ref(), now)?;
    run_line(out, "last good run", status.last_good_run.as_ref(), now)?;
    match status.open_intents.len() {
        0 => writeln!(out, "  in doubt        nothing"),
        count => {
            writeln!(
                out,
                "  in doubt        {count}, settled by reading in the next run after their settle time:"
            )?;
            status.open_intents.iter().try_for_each(|open| {
                let intent = &open.intent;
                let name = format!("{}/{}", intent.company, intent.product_identifier);
                writeln!(
                    out,
                    "                  {name}  since {:.0}, until {:.0}",
                    intent.at, intent.settles_at
                )
            })
        }
    }
}

/// What the daemon left to be known of it.
#[derive(Default)]
struct Daemon {
    suspended: Option<Suspended>,
    last_pass: Option<LastPass>,
}

impl Daemon {
    fn text(&self, now: Timestamp, out: &mut impl Write) -> std::io::Result<()> {
        if let Some(Suspended { since, reason }) = &self.suspended {
            let because = if reason.is_empty() { String::new() } else { format!(": {}", printable(reason)) };
            writeln!(out, "  suspended       {}{because}; trueup resume ends that", ago(*since, now))?;
        }
        let Some(pass) = &self.last_pass else {
            return writeln!(out, "  daemon          never ran; `trueup run` keeps the tenant in step");
        };
        writeln!(out, "  mode            {}", pass.mode)?;
        writeln!(out, "  last pass       {}  {}", ago(pass.ended_at, now), pass.result)?;
        let good = pass.last_good_at.map_or_else(|| "none since the start".to_owned(), |at| ago(at, now));
        writeln!(out, "  last good pass  {good}")?;
        if let Some(next) = pass.next_at {
            writeln!(out, "  next pass       {next:.0} at the latest, while trueup run does")?;
        }
        writeln!(out, "  health          {}", printable(&pass.health))
    }

    fn as_json(&self) -> serde_json::Value {
        json!({
            "suspended": self.suspended.as_ref().map(|found| json!({
                "since": found.since,
                "reason": &*found.reason,
            })),
            "last_pass": self.last_pass,
        })
    }
}

fn run_line(out: &mut impl Write, label: &str, run: Option<&Run>, now: Timestamp) -> std::io::Result<()> {
    match run {
        None => writeln!(out, "  {label:<15} none"),
        Some(run) => {
            let (at, result) = match run.ended {
                Some((at, result)) => (at, result.as_str()),
                None => (run.began_at, "not ended"),
            };
            writeln!(out, "  {label:<15} run {}  {}  {result}  {}", run.id, short(&run.commit), ago(at, now))
        }
    }
}

fn as_json(name: &str, status: &TenantStatus, daemon: &Daemon) -> serde_json::Value {
    let run = |run: &Run| {
        json!({
            "run": run.id.0,
            "commit": &*run.commit,
            "plan": &*run.plan,
            "began_at": run.began_at,
            "ended_at": run.ended.map(|(at, _)| at),
            "result": run.ended.map(|(_, result)| result.as_str()),
        })
    };
    json!({
        "tenant": name,
        "planned": status.last_planned.as_ref().map(|planned| json!({
            "at": planned.at,
            "commit": &*planned.commit,
            "digest": &*planned.digest,
            "summary": planned.summary,
        })),
        "applied_commit": status.last_applied_commit.as_deref(),
        "last_run": status.last_run.as_ref().map(run),
        "last_good_run": status.last_good_run.as_ref().map(run),
        "in_doubt": status.open_intents.len(),
        "daemon": daemon.as_json(),
    })
}

fn short(commit: &str) -> &str {
    if commit.ends_with("+changes") { commit } else { commit.get(..7).unwrap_or(commit) }
}

/// How long ago, in the largest unit that says something.
fn ago(at: Timestamp, now: Timestamp) -> String {
    let elapsed: SignedDuration = now.duration_since(at);
    let (minutes, hours, days) = (elapsed.as_mins(), elapsed.as_hours(), elapsed.as_hours() / 24);
    match (days, hours, minutes) {
        (2.., _, _) => format!("{days} days ago"),
        (_, 1.., _) => format!("{hours} h ago"),
        (_, _, 1..) => format!("{minutes} min ago"),
        _ => "just now".to_owned(),
    }
}
