//! Where usage comes from: one arm for each kind of source, each with a pure reader over bytes.
//!
//! Copies each file once and reads only the copy. Knows neither what a measure is worth nor who pays for it, and gives
//! no figure that its source did not state: what cannot be read is a failure, what a row does not say is unknown.

pub mod csv;
pub mod json;

mod assembly;
mod digest;
mod document;
mod manifest;
mod places;
mod text;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::problem::Problem;
use crate::usage::{SourceFailure, SourceReading, UsageSnapshot};

pub use document::{Document, DocumentError, ManifestDocument};
pub use json::schema;

/// More than this in one file is no usage report: a million accounts fit.
pub const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// More rows than this are refused; no reseller has a million customers.
pub const MOST_ROWS: usize = 1_000_000;

/// Longer than this is no name and no number.
pub const LONGEST_FIELD: usize = 4 * 1024;

/// A usage source, with everything that is needed to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A CSV file, one row an account, and seats in a second one.
    Csv {
        /// The accounts file.
        path: PathBuf,
        /// The seats file, where the source reports seats.
        seats: Option<PathBuf>,
        /// The extra columns that are metrics for `metered` rows. `*_bytes` and `*_gb` are sizes, others counts.
        metrics: Vec<Arc<str>>,
    },
    /// A JSON document.
    Json {
        /// The file.
        path: PathBuf,
    },
}

impl Source {
    /// Reads the source under its name in the settings. Blocks on the file system.
    #[must_use]
    pub fn read(&self, name: &Arc<str>) -> SourceReading {
        let snapshot = match self {
            Self::Csv { path, seats, metrics } => read_csv(name, path, seats.as_deref(), metrics),
            Self::Json { path } => copy(path).map_err(Refused::from).and_then(|document| {
                json::parse(name, &document).map_err(|problems| refused(problems, [document]))
            }),
        };
        match snapshot {
            Ok(snapshot) => SourceReading::Read(snapshot),
            Err(Refused { problems, texts }) => {
                SourceReading::Failed(SourceFailure { source: name.clone(), problems, texts })
            }
        }
    }
}

/// Files that cannot be used, and their texts.
struct Refused {
    problems: Vec<Problem>,
    texts: Vec<(Arc<str>, String)>,
}

impl From<Vec<Problem>> for Refused {
    fn from(problems: Vec<Problem>) -> Self {
        Self { problems, texts: Vec::new() }
    }
}

/// A text that is not UTF-8 has no excerpts: places count its bytes.
fn refused(problems: Vec<Problem>, documents: impl IntoIterator<Item = Document>) -> Refused {
    let text = |document: Document| Some((document.file, String::from_utf8(document.bytes).ok()?));
    Refused { problems, texts: documents.into_iter().filter_map(text).collect() }
}

fn read_csv(
    name: &Arc<str>,
    path: &Path,
    seats: Option<&Path>,
    metrics: &[Arc<str>],
) -> Result<UsageSnapshot, Refused> {
    let accounts = copy(path);
    let seats = seats.map(copy).transpose();
    match (accounts, seats) {
        (Ok(accounts), Ok(seats)) => csv::parse(name, &accounts, seats.as_ref(), metrics)
            .map_err(|problems| refused(problems, [accounts].into_iter().chain(seats))),
        (accounts, seats) => {
            let problems: Vec<Problem> = accounts.err().into_iter().chain(seats.err()).flatten().collect();
            Err(problems.into())
        }
    }
}

fn copy(path: &Path) -> Result<Document, Vec<Problem>> {
    Document::copy(path).map_err(|error| vec![error.problem()])
}
