//! `trueup validate`: checks mapping files, offline and whole.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::screen::Screen;
use super::session::find_repository;
use super::{Exit, Failure, Global};
use crate::mapping::{MappingFile, validate};
use crate::problem::{Problem, ReportFormat, Severity, Texts, write_problems, write_report};
use crate::reconciler::Repository;
use crate::snapshot::MappingFiles;

/// Check mapping files offline
///
/// Reads them as one desired state and tells everything that is wrong at once, each with its file,
/// line and column. Without a path it checks the mapping folder of the tenant in the settings,
/// fetched if it is a remote, or ./mappings.
///
/// Examples:
///   trueup validate
///   trueup validate mappings --format github      in a workflow: errors appear on the lines of the pull request
#[derive(Clone, Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Validate {
    /// Mapping files and folders that together are one desired state
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to tell the problems
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Check expiries as if it were this time
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// How problems are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with excerpts
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// JUnit XML
    Junit,
    /// GitHub workflow commands
    Github,
    /// GitLab code quality
    Gitlab,
}

pub(super) fn run(global: &Global, verb: &Validate, screen: &Screen) -> Result<Exit, Failure> {
    let now = verb.now.unwrap_or_else(Timestamp::now);
    let mut gathered = Gathered::default();
    for repository in places(global, &verb.paths, screen)? {
        gathered.take(&repository)?;
    }
    let mut problems = gathered.problems;
    problems.extend(validate(&gathered.files, now));
    let texts =
        gathered.files.iter().filter_map(|file| Some((&*file.file, std::str::from_utf8(&file.bytes).ok()?)));
    let texts: Texts<'_> = texts.collect();

    tell(&problems, &texts, gathered.files.len(), verb.format, screen)
        .map_err(|error| Failure::output(&error))?;
    let refused = problems.iter().any(|problem| problem.severity == Severity::Error);
    Ok(if refused { Exit::Invalid } else { Exit::Done })
}

/// Each place to check: a repository or folder, and the mapping folder in it; or a single file.
fn places(global: &Global, paths: &[PathBuf], screen: &Screen) -> Result<Vec<Repository>, Failure> {
    let as_it_stands =
        |path: PathBuf| Repository { path, folder: String::new(), branch: None, signers: None, remote: None };
    if !paths.is_empty() {
        return Ok(paths.iter().cloned().map(as_it_stands).collect());
    }
    if let Some(repository) = find_repository(global, screen)? {
        return Ok(vec![repository]);
    }
    if Path::new("mappings").is_dir() {
        return Ok(vec![as_it_stands(PathBuf::from("mappings"))]);
    }
    Err(Failure::new(
        Exit::Usage,
        "There is nothing to check: no path, no settings, and no folder ./mappings",
    )
    .with_hint("Name files or folders: trueup validate PATH"))
}

/// The files to check, and what was wrong with finding them.
#[derive(Default)]
struct Gathered {
    files: Vec<MappingFile>,
    problems: Vec<Problem>,
}

impl Gathered {
    fn take(&mut self, repository: &Repository) -> Result<(), Failure> {
        let path = &repository.path;
        if path.is_file() {
            let bytes = fs::read(path).map_err(|error| {
                Failure::caused(Exit::Invalid, format!("Cannot read {}", path.display()), &error)
            })?;
            self.files.push(MappingFile::new(path.display().to_string(), bytes));
            return Ok(());
        }
        let MappingFiles { files, ignored, problems, .. } = repository.read()?;
        self.problems.extend(ignored);
        self.problems.extend(problems);
        let prefix = path.display().to_string();
        self.files.extend(files.into_iter().map(|file| {
            let name: Arc<str> = format!("{}/{}", prefix.trim_end_matches('/'), file.path).into();
            MappingFile::new(name, file.text)
        }));
        Ok(())
    }
}

fn tell(
    problems: &[Problem],
    texts: &Texts<'_>,
    files: usize,
    format: Format,
    screen: &Screen,
) -> std::io::Result<()> {
    let report = match format {
        Format::Text => None,
        Format::Json => Some(ReportFormat::Json),
        Format::Sarif => Some(ReportFormat::Sarif),
        Format::Junit => Some(ReportFormat::Junit),
        Format::Github => Some(ReportFormat::Github),
        Format::Gitlab => Some(ReportFormat::Gitlab),
    };
    let mut out = BufWriter::new(screen.out());
    match report {
        Some(format) => write_report(format, problems, texts, &mut out)?,
        None if problems.is_empty() => {
            let files = if files == 1 {
                "1 mapping file is".to_owned()
            } else {
                format!("{files} mapping files are")
            };
            writeln!(out, "{files} valid")?;
        }
        None => write_problems(problems, texts, screen.color(), &mut out)?,
    }
    out.flush()
}
