//! What lies on this machine, or is fetched to it: secrets, mappings, usage and the journal.

use jiff::{SignedDuration, Timestamp};

use super::super::screen::Screen;
use super::super::session::Session;
use super::super::{Exit, Failure};
use super::check::{Check, Outcome};
use crate::connectwise::Options;
use crate::journal::{Holder, Inspection, Journal};
use crate::plan::History;
use crate::problem::Problem;
use crate::reconciler::{Local, LocalError, Mappings, Revision, read_mappings};
use crate::usage::{SourceReading, UsageSnapshot};

/// Reads every secret that reaching ConnectWise takes, for writing too.
pub(super) fn secrets(session: &Session) -> (Option<Options>, Check) {
    match session.options_for_writing() {
        Ok(options) => {
            let members = if options.write_keys.is_some() { "two members" } else { "one member" };
            let said = format!("the client id and the keys of {members} can be read, by this user alone");
            (Some(options), Check::new("secrets", Outcome::Ok, said))
        }
        Err(problems) => {
            let check = Check::new("secrets", Outcome::Failed, "the secrets cannot be used");
            let hint = problems.iter().find_map(|problem| problem.hint.clone());
            let hint =
                hint.unwrap_or_else(|| "name files or environment variables that hold them".to_owned());
            (None, check.with_details(problems.iter().map(told)).with_hint(hint).exits(Exit::Invalid))
        }
    }
}

/// Fetches and reads the mappings.
pub(super) fn mappings(session: &Session, screen: &Screen, now: Timestamp) -> (Option<Mappings>, Vec<Check>) {
    let repository = &session.tenant.repository;
    let fetched = session.fetch(screen);
    let place = repository.shown();
    let mut checks = vec![match &fetched {
        Ok(()) if repository.remote.is_some() => {
            Check::new("repository", Outcome::Ok, format!("{place} was fetched"))
        }
        Ok(()) => Check::new("repository", Outcome::Ok, format!("{place} lies on this machine")),
        Err(failure) => failed("repository", failure),
    }];
    if fetched.is_err() {
        checks.push(Check::skipped("mappings", "the repository cannot be reached"));
        return (None, checks);
    }
    match read_mappings(repository, &Revision::WorkingDirectory, None, now) {
        Ok(mappings) => {
            let said = format!("{}, {} rows", mappings.header, mappings.catalog.rows.len());
            checks.push(Check::new("mappings", Outcome::Ok, said));
            (Some(mappings), checks)
        }
        Err(error) => {
            checks.push(failed("mappings", &Failure::from(LocalError::Mappings(error))));
            (None, checks)
        }
    }
}

/// Reads every usage source, and how old each is.
pub(super) fn sources(session: &Session, now: Timestamp) -> (Vec<SourceReading>, Vec<Check>) {
    let readings: Vec<SourceReading> =
        session.tenant.sources.iter().map(|(name, source)| source.read(name)).collect();
    let checks = readings.iter().map(|reading| source(reading, now)).collect();
    (readings, checks)
}

/// Usage that is older is held back by the guard, unless the policy allows more.
const OLD: SignedDuration = SignedDuration::from_hours(36);

fn source(reading: &SourceReading, now: Timestamp) -> Check {
    match reading {
        SourceReading::Failed(failure) => {
            let said = format!("{} cannot be read", failure.source);
            let hint = failure.problems.iter().find_map(|problem| problem.hint.clone());
            let hint = hint.unwrap_or_else(|| "check the export and its path in the settings".to_owned());
            let details = failure.problems.iter().map(told);
            Check::new("usage", Outcome::Failed, said).with_details(details).with_hint(hint)
        }
        SourceReading::Read(UsageSnapshot { source, as_of, accounts, complete, .. }) => {
            let age = now.duration_since(*as_of);
            let count = accounts.len();
            let said = format!("{source}: {count} accounts as of {as_of:.0}, {} h old", age.as_hours());
            if age > OLD {
                let hint = "let the export run again; lines of usage that is too old are held";
                Check::new("usage", Outcome::Warning, said).with_hint(hint)
            } else if accounts.is_empty() || !complete {
                let hint = "an export that is empty or says that it is incomplete lowers no bill";
                Check::new("usage", Outcome::Warning, said).with_hint(hint)
            } else {
                Check::new("usage", Outcome::Ok, said)
            }
        }
    }
}

/// Looks at the journal, as it lies.
pub(super) fn journal(session: &Session) -> Check {
    let path = session.journal.display();
    match Journal::inspect(&session.journal) {
        Ok(None) => Check::new("journal", Outcome::Ok, format!("{path} is made by the first apply")),
        Ok(Some(Inspection { events, holder })) => {
            let held = match holder {
                Holder::Nobody => "and no process has it",
                Holder::AProcess => "and a running process has it",
            };
            Check::new("journal", Outcome::Ok, format!("{path} is whole, with {events} events, {held}"))
        }
        Err(error) => failed("journal", &Failure::from(error)),
    }
}

/// What lies on this machine, for a plan. The journal's memory is left out: it decides what is written, not what can be
/// found.
pub(super) fn local(mappings: Mappings, usage: Vec<SourceReading>) -> Local {
    Local { mappings, base: None, usage, history: History::default() }
}

/// A failure of another verb, as a check.
pub(super) fn failed(name: &'static str, failure: &Failure) -> Check {
    let (said, hint) = failure.told();
    let hint = hint.unwrap_or_else(|| "trueup plan tells it in full".to_owned());
    let exit = if failure.exit() == Exit::Invalid { Exit::Invalid } else { Exit::NothingPlanned };
    Check::new(name, Outcome::Failed, said).with_hint(hint).exits(exit)
}

/// A problem in one line.
pub(super) fn told(problem: &Problem) -> String {
    match &problem.place {
        Some(place) => format!("{}:{}: {}", place.file, place.line, problem.message),
        None => problem.message.clone(),
    }
}
