//! `trueup doctor`: checks everything that a run relies on, one after the other, and says what is wrong and what to do.
//!
//! Only reads: no check writes to ConnectWise, to the journal or to a file of the operator. A remote repository is fetched
//! into its clone, as planning does.

mod check;
mod connection;
mod files;

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use self::check::{Check, Outcome, Report};
use super::format::Format;
use super::screen::Screen;
use super::session::Session;
use super::{Exit, Failure, Global};
use crate::settings;

/// Check settings, secrets, ConnectWise, rights, clock, mappings, usage and journal, and say what
/// to do
///
/// Each check is ok, a warning, failed, or skipped because an earlier one failed. Writes nothing.
/// Exits with 0 when no check failed, 4 when settings, secrets or mappings are invalid, and 5 when
/// anything else failed. Warnings do not count.
///
/// Examples:
///   trueup doctor
///   trueup doctor example-msp --format json
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Doctor {
    /// The tenant; all of the settings when left out
    #[arg(value_name = "TENANT", conflicts_with = "tenant")]
    name: Option<String>,
    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

pub(super) fn run(global: &Global, verb: &Doctor, screen: &Screen) -> Result<Exit, Failure> {
    let wanted = verb.name.as_deref().or(global.tenant.as_deref());
    let reports = match names(global, wanted) {
        Ok(names) => names
            .into_iter()
            .map(|name| examine(global, &name, verb.format, screen))
            .collect::<Result<Vec<Report>, Failure>>()?,
        Err(failure) if failure.exit() == Exit::Invalid => vec![invalid(&failure, verb.format, screen)?],
        Err(failure) => return Err(failure),
    };
    let exit = reports.iter().map(Report::exit).fold(Exit::Done, worse);
    if verb.format == Format::Json {
        let reports: Vec<_> = reports.iter().map(Report::as_json).collect();
        screen.print(&json!({ "format": "trueup.doctor/1", "tenants": reports }).to_string())?;
    }
    Ok(exit)
}

/// The tenants to look at.
fn names(global: &Global, wanted: Option<&str>) -> Result<Vec<Arc<str>>, Failure> {
    match wanted {
        Some(name) => Ok(vec![name.into()]),
        None => {
            let settings = settings::load(&settings::locate(global.config.as_deref())?)?;
            Ok(settings.tenants.keys().cloned().collect())
        }
    }
}

/// Settings that cannot be used leave nothing else to check.
fn invalid(failure: &Failure, format: Format, screen: &Screen) -> Result<Report, Failure> {
    failure.tell(screen);
    let mut report = Report::new("");
    let (said, hint) = failure.told();
    let hint = hint.unwrap_or_else(|| "trueup schema settings shows what they may say".to_owned());
    report.add(Check::new("settings", Outcome::Failed, said).with_hint(hint).exits(Exit::Invalid));
    show(&report, 0, format, screen)?;
    Ok(report)
}

fn examine(global: &Global, name: &str, format: Format, screen: &Screen) -> Result<Report, Failure> {
    let global = Global { tenant: Some(name.to_owned()), ..global.clone() };
    let session = match Session::open(&global) {
        Ok(session) => session,
        Err(failure) if failure.exit() == Exit::Invalid => return invalid(&failure, format, screen),
        Err(failure) => return Err(failure),
    };
    let now = Timestamp::now();
    let mut report = Report::new(name);
    let mut shown = 0;
    let mut add = |report: &mut Report, checks: Vec<Check>| -> Result<(), Failure> {
        checks.into_iter().for_each(|check| report.add(check));
        shown = show(report, shown, format, screen)?;
        Ok(())
    };
    add(
        &mut report,
        vec![Check::new("settings", Outcome::Ok, format!("tenant {name}, {}", session.instance()))],
    )?;
    add(&mut report, vec![files::journal(&session)])?;
    let (usage, sources) = files::sources(&session, now);
    add(&mut report, sources)?;
    let (mappings, found) = files::mappings(&session, screen, now);
    add(&mut report, found)?;
    let (options, secrets) = files::secrets(&session);
    add(&mut report, vec![secrets])?;
    let local = mappings.map(|mappings| files::local(mappings, usage));
    connection::examine(&session, options, local, screen, &mut |checks| add(&mut report, checks))?;
    if format == Format::Text {
        screen.print(&report.verdict())?;
    }
    Ok(report)
}

/// Shows the checks from a number on; gives the number to go on with.
fn show(report: &Report, from: usize, format: Format, screen: &Screen) -> Result<usize, Failure> {
    if format == Format::Text {
        let mut out = screen.out();
        let written = report.write(from, &mut out).and_then(|()| out.flush());
        written.map_err(|error| Failure::output(&error))?;
    }
    Ok(report.len())
}

/// Invalid files are worse than what cannot be reached: nothing helps but to edit them.
fn worse(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Done, other) => other,
        (Exit::Invalid, _) | (_, Exit::Invalid) => Exit::Invalid,
        (one, _) => one,
    }
}
