//! `trueup plan`: shows the difference. It never holds a writer.

mod difference;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::screen::Screen;
use super::session::{Session, wait_for};
use super::{Exit, Failure, Global};
use crate::plan::{
    Filter, Forge, MarkdownOptions, Names, NothingMatches, Plan, ReadFrom, Show, TextOptions, Verdict,
    against, markdown, write_json, write_text,
};
use crate::reconciler::{Mappings, Observation, Revision, observe};

/// Show what would change in ConnectWise, and why. Writes nothing
///
/// Examples:
///   trueup plan                                           the mappings as they stand
///   trueup plan --commit main --format json --out p.json  a reviewed commit, for `trueup apply p.json`
///   trueup plan --commit HEAD --against main --format markdown
///                                                         what a pull request changes
///   trueup plan --against main --diff                     the same for you, with the lines of the mappings
#[derive(Clone, Debug, Default, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct PlanVerb {
    /// Plan the mappings of this commit, branch or tag instead of the working directory
    #[arg(long, value_name = "REV")]
    pub(super) commit: Option<String>,
    /// Show only what the mappings change in comparison with those of this revision
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    /// Show which lines of the mappings that revision has otherwise, too; for people, so on stdout as text only
    #[arg(long, requires = "against", conflicts_with = "out")]
    diff: bool,
    /// How to write the plan
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Write the plan to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// List the lines that are in step, too
    #[arg(long)]
    all: bool,
    /// Show only the lines of this company, by its Company ID
    #[arg(long, value_name = "COMPANY_ID")]
    company: Option<String>,
    /// Show only the lines of this product, by its identifier
    #[arg(long, value_name = "PRODUCT")]
    product: Option<String>,
    /// Plan as if it were this time
    #[arg(long, value_name = "TIME")]
    pub(super) now: Option<Timestamp>,
    /// End with 2 when there are changes, and with 3 when a line is held
    #[arg(long)]
    detailed_exitcode: bool,
    /// Markdown: replace the names of customers by stable pseudonyms
    #[arg(long)]
    redact: bool,
    /// Markdown: where the comment is posted, which limits its length
    #[arg(long, value_name = "FORGE", default_value = "github")]
    forge: ForgeName,
}

/// How to write a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// For programs, and for `trueup apply`
    Json,
    /// For a comment on a pull request
    Markdown,
}

/// Where a comment is posted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum ForgeName {
    #[default]
    Github,
    Gitlab,
    Bitbucket,
    AzureDevops,
}

pub(super) fn run(global: &Global, verb: &PlanVerb, screen: &Screen) -> Result<Exit, Failure> {
    if verb.diff && verb.format != Format::Text {
        return Err(Failure::new(Exit::Usage, "--diff goes with the text format only")
            .with_hint("for programs, ask git: git diff"));
    }
    let session = Session::open(global)?;
    let now = verb.now.unwrap_or_else(Timestamp::now);
    session.fetch(screen)?;
    let base = verb.against.clone().map(Revision::Commit);
    let local = session.read_local(&revision(verb.commit.as_deref()), base.as_ref(), now)?;
    let observation = wait_for(async {
        let connectwise = session.connect().await?;
        let progress = screen.progress();
        let observed = observe(local, &connectwise, &|step| progress.read(&step)).await;
        progress.done();
        observed.map_err(Failure::from)
    })?;

    let plan = shown(&observation, &session, verb, now)?;
    write(&plan, &observation.local.mappings, &session, verb, screen)?;
    if let (true, Some(base)) = (verb.diff, &base) {
        difference::show(&session.tenant.repository, base, &revision(verb.commit.as_deref()), screen)?;
    }
    Ok(exit(&plan, verb))
}

/// The revision that `--commit` names; without it the working directory.
pub(super) fn revision(commit: Option<&str>) -> Revision {
    commit.map_or(Revision::WorkingDirectory, |commit| Revision::Commit(commit.to_owned()))
}

/// The plan, or the part of it that was asked for. Guards always see the whole.
fn shown<'a>(
    observation: &'a Observation,
    session: &'a Session,
    verb: &PlanVerb,
    now: Timestamp,
) -> Result<Plan<'a>, Failure> {
    let mut plan = observation.plan(&session.tenant, now);
    if let Some(base) = observation.base_plan(&session.tenant, now) {
        plan = against(&base, plan);
    }
    if verb.company.is_none() && verb.product.is_none() {
        return Ok(plan);
    }
    let filter = Filter { company: verb.company.as_deref(), product: verb.product.as_deref() };
    plan.filtered(&filter).map_err(|NothingMatches| {
        Failure::new(Exit::Usage, "No line of the plan fits --company and --product")
            .with_hint("`trueup plan --all` lists every line")
    })
}

fn write(
    plan: &Plan<'_>,
    mappings: &Mappings,
    session: &Session,
    verb: &PlanVerb,
    screen: &Screen,
) -> Result<(), Failure> {
    let key = if verb.redact { Some(session.pseudonym_key()?) } else { None };
    match &verb.out {
        Some(path) => {
            let file = File::create(path).map_err(|error| cannot_write(path, &error))?;
            let mut out = BufWriter::new(file);
            let written = render(plan, verb, &text_to_file(mappings, verb), key.as_deref(), &mut out);
            written.and_then(|()| out.flush()).map_err(|error| cannot_write(path, &error))?;
            screen.say(&format!("Wrote the plan to {}", path.display()));
        }
        None => {
            let mut out = BufWriter::new(screen.out());
            let options = TextOptions {
                color: screen.color(),
                read_from: read_from(mappings),
                show: show(verb),
                width: screen.width(),
            };
            render(plan, verb, &options, key.as_deref(), &mut out)
                .and_then(|()| out.flush())
                .map_err(|error| Failure::output(&error))?;
        }
    }
    Ok(())
}

fn render(
    plan: &Plan<'_>,
    verb: &PlanVerb,
    text: &TextOptions<'_>,
    key: Option<&str>,
    out: &mut impl Write,
) -> std::io::Result<()> {
    match verb.format {
        Format::Text => write_text(plan, text, out),
        Format::Json => write_json(plan, show(verb), out),
        Format::Markdown => {
            let forge = Forge::from(verb.forge);
            let names = key.map_or(Names::Shown, |key| Names::Redacted { key });
            let options = MarkdownOptions { forge, limit: forge.limit(), names };
            out.write_all(markdown(plan, &options).as_bytes())
        }
    }
}

fn text_to_file<'a>(mappings: &'a Mappings, verb: &PlanVerb) -> TextOptions<'a> {
    TextOptions { read_from: read_from(mappings), show: show(verb), ..TextOptions::default() }
}

/// Where the mappings were read from, for headers.
pub(super) fn read_from(mappings: &Mappings) -> ReadFrom<'_> {
    match mappings.revision {
        Revision::WorkingDirectory => ReadFrom::WorkingDirectory,
        Revision::Commit(_) => ReadFrom::Commit { branch: mappings.branch.as_deref() },
    }
}

fn show(verb: &PlanVerb) -> Show {
    if verb.all { Show::All } else { Show::Changes }
}

fn exit(plan: &Plan<'_>, verb: &PlanVerb) -> Exit {
    if !verb.detailed_exitcode {
        return Exit::Done;
    }
    let any = |verdicts: &[Verdict]| plan.lines.iter().any(|line| verdicts.contains(&line.verdict));
    if any(&[Verdict::Hold]) {
        Exit::Held
    } else if any(&[Verdict::Update, Verdict::Create]) {
        Exit::Changes
    } else {
        Exit::Done
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::caused(Exit::Unexpected, format!("Cannot write {}", path.display()), error)
}

impl From<ForgeName> for Forge {
    fn from(name: ForgeName) -> Self {
        match name {
            ForgeName::Github => Self::GitHub,
            ForgeName::Gitlab => Self::GitLab,
            ForgeName::Bitbucket => Self::Bitbucket,
            ForgeName::AzureDevops => Self::AzureDevOps,
        }
    }
}
