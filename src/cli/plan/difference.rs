//! Shows which lines of the mappings two revisions have otherwise.

use std::io::{BufWriter, Write};

use super::super::Failure;
use super::super::screen::Screen;
use crate::plan::{PathAndText, write_difference};
use crate::reconciler::{Repository, Revision};
use crate::snapshot::MappingFiles;

/// Reads both and shows the difference. They are read anew: what was pushed in the last second is not in the plan above,
/// which names its commits.
pub(super) fn show(
    repository: &Repository,
    before: &Revision,
    after: &Revision,
    screen: &Screen,
) -> Result<(), Failure> {
    let (before, after) = (repository.read_at(before)?, repository.read_at(after)?);
    let mut out = BufWriter::new(screen.out());
    writeln!(out)
        .and_then(|()| write_difference(&texts(&before), &texts(&after), screen.color(), &mut out))
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))
}

fn texts(files: &MappingFiles) -> Vec<PathAndText<'_>> {
    files.files.iter().map(|file| (&*file.path, file.text.as_str())).collect()
}
