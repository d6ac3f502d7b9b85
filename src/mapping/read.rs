//! From the texts of a commit to a catalog.
//!
//! A half-read mapping can look like a removal, so any error refuses the whole. All errors are told at once.

use std::sync::Arc;

use jiff::Timestamp;

use super::checks::{self, Scope, Stage};
use super::document::MappingDocument;
use super::draft::{Draft, ReadFile};
use super::{Catalog, utc_day};
use crate::problem::{Code, Problem, Severity};
use crate::yaml::{Limits, Reader};

/// One mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingFile {
    /// Its name in places: its path in the repository, or as given.
    pub file: Arc<str>,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl MappingFile {
    /// A file.
    pub fn new(file: impl Into<Arc<str>>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { file: file.into(), bytes: bytes.into() }
    }
}

/// So many files are read; a tenant with more has put something else into the folder.
const FILES: usize = 5_000;

/// So many bytes are read of all files together.
const BYTES: usize = 16 << 20;

/// So many problems are told of all files together.
const PROBLEMS: usize = 1_000;

/// The catalog of some mapping files, or `None` and everything that is wrong with them, sorted by place.
///
/// Nothing here gets worse by waiting: a commit that was read once is read again next month, with the same result.
#[must_use]
pub fn read_catalog(files: &[MappingFile], now: Timestamp) -> (Option<Catalog>, Vec<Problem>) {
    read(files, now, Stage::Read)
}

/// Everything a reviewer should refuse: what `read_catalog` tells, and besides what a plan copes with by holding lines,
/// such as levels that git's own table lacks, and pins, ignores and waivers that ended long ago.
#[must_use]
pub fn validate(files: &[MappingFile], now: Timestamp) -> Vec<Problem> {
    read(files, now, Stage::Review).1
}

fn read(files: &[MappingFile], now: Timestamp, stage: Stage) -> (Option<Catalog>, Vec<Problem>) {
    if let Some(problem) = too_large(files) {
        return (None, vec![problem]);
    }
    let mut problems = Vec::new();
    let read = read_files(files, &mut problems);
    let draft = Draft::of(&read);
    let scope = Scope { files: &read, draft: &draft, today: utc_day(now), sound: problems.is_empty() };
    let found = checks::run(&scope, stage);
    problems.extend(found);
    problems.sort_by(|one, other| one.place.cmp(&other.place).then_with(|| one.cmp(other)));
    problems.dedup();
    let refused = problems.iter().any(|problem| problem.severity == Severity::Error);
    problems.truncate(PROBLEMS);
    ((!refused).then(|| draft.into_catalog()), problems)
}

fn too_large(files: &[MappingFile]) -> Option<Problem> {
    let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
    let message = if files.len() > FILES {
        format!("there are {} mapping files; at most {FILES} are read", files.len())
    } else if bytes > BYTES {
        format!("the mapping files have {bytes} bytes together; at most {BYTES} are read")
    } else {
        return None;
    };
    Some(Problem::error(Code::TooLarge, "", message))
}

/// Reads each file on its own, in the order of their names.
fn read_files(files: &[MappingFile], problems: &mut Vec<Problem>) -> Vec<ReadFile> {
    let mut files: Vec<&MappingFile> = files.iter().collect();
    files.sort_by(|one, other| one.file.cmp(&other.file).then_with(|| one.bytes.cmp(&other.bytes)));
    let reader = Reader::<MappingDocument>::new(Limits::default());
    let read = files.into_iter().filter_map(|file| {
        let reading = reader.read(&file.file, &file.bytes);
        let source_told = reading.problems.iter().any(|problem| problem.subject == "source");
        problems.extend(reading.problems);
        let document = reading.document?;
        Some(ReadFile { document, content: reading.value.unwrap_or_default(), source_told })
    });
    read.collect()
}
