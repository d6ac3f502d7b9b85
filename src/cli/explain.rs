//! `trueup explain LINE or CODE`: one number from bytes to quantity, or what a code means and how to clear it.

use std::io::{BufWriter, Write};

use clap::Args;
use jiff::Timestamp;

use super::plan::revision;
use super::screen::Screen;
use super::session::{Session, wait_for};
use super::{Exit, Failure, Global};
use crate::journal::{HistoryEntry, HistoryFilter, Journal};
use crate::plan::{Explanation, Line, PastChange, find_line, write_explanation};
use crate::problem::{Code, nearest, write_page};
use crate::reconciler::observe;

/// Explain a line's number, from bytes to quantity, with its history; or what a code means and how
/// to clear it
///
/// Examples:
///   trueup explain Northwind/BKP-GB                      company and product
///   trueup explain "Contoso/Contoso Backup/BKP-GB"       company, agreement and product
///   trueup explain to_zero                               a code
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Explain {
    /// A line, as COMPANY/PRODUCT or COMPANY/AGREEMENT/PRODUCT, or a code
    #[arg(value_name = "LINE or CODE")]
    what: String,
    /// Explain by the mappings of this commit, branch or tag instead of the working directory
    #[arg(long, value_name = "REV")]
    commit: Option<String>,
    /// Explain as if it were this time
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

pub(super) fn run(global: &Global, verb: &Explain, screen: &Screen) -> Result<Exit, Failure> {
    if let Ok(code) = verb.what.parse::<Code>() {
        return page(code, screen);
    }
    if !verb.what.contains('/') {
        return Err(Failure::new(
            Exit::Usage,
            format!("There is no code {:?}, and a line has a slash", verb.what),
        )
        .with_hint(near_codes(&verb.what)));
    }
    line(global, verb, screen)
}

fn page(code: Code, screen: &Screen) -> Result<Exit, Failure> {
    let mut out = BufWriter::new(screen.out());
    write_page(&code.page(), screen.width(), screen.color(), &mut out)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

fn line(global: &Global, verb: &Explain, screen: &Screen) -> Result<Exit, Failure> {
    let session = Session::open(global)?;
    let now = verb.now.unwrap_or_else(Timestamp::now);
    session.fetch(screen)?;
    let local = session.read_local(&revision(verb.commit.as_deref()), None, now)?;
    let observation = wait_for(async {
        let connectwise = session.connect().await?;
        let progress = screen.progress();
        let observed = observe(local, &connectwise, &|step| progress.read(&step)).await;
        progress.done();
        observed.map_err(Failure::from)
    })?;
    let plan = observation.plan(&session.tenant, now);
    let line = find_line(&plan, &verb.what).map_err(|error| Failure::new(Exit::Usage, error.to_string()))?;

    let written = written(&session, line)?;
    let past: Vec<PastChange<'_>> = written.iter().map(past_change).collect();
    let explanation =
        Explanation { line, plan: &plan, catalog: &observation.local.mappings.catalog, past: &past };
    let mut out = BufWriter::new(screen.out());
    write_explanation(&explanation, screen.color(), &mut out)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}

/// What was written on the line before.
fn written(session: &Session, line: &Line<'_>) -> Result<Vec<HistoryEntry>, Failure> {
    let Some(reader) = Journal::read(&session.journal)? else { return Ok(Vec::new()) };
    let filter = HistoryFilter {
        company: Some(line.company.identifier),
        product: Some(line.product.identifier),
        ..HistoryFilter::default()
    };
    let mut entries = reader.history(&session.tenant.name, filter)?;
    entries.retain(|entry| entry.intent.line == line.key());
    Ok(entries)
}

fn past_change(entry: &HistoryEntry) -> PastChange<'_> {
    let (before, after) = entry.quantities();
    PastChange { at: entry.intent.at, before, after, commit: &entry.commit, outcome: entry.outcome() }
}

fn near_codes(text: &str) -> String {
    match nearest(text, Code::ALL.iter().map(|code| code.as_str())) {
        Some(code) => format!("Did you mean {code}?"),
        None => "Name a line as COMPANY/PRODUCT, or a code that a plan or a problem shows".to_owned(),
    }
}
