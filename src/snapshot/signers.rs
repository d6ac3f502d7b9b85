//! Who may change the mappings: every commit since the last applied one must carry a good signature of an allowed key.
//!
//! The list of keys is an OpenSSH `allowed_signers` file of the operator, outside the repository: whoever can push
//! cannot allow themselves. Judges signatures and histories; knows nothing of what a commit changes.

mod allowed;
mod verify;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use git2::{Commit, ErrorCode, Oid, Repository};
use jiff::Timestamp;

use crate::problem::{Code, Problem, printable};

use super::git::damaged;
use super::{CommitId, MappingRepository, SnapshotError};
use allowed::Allowed;
use verify::{Flaw, SignedBy};

/// A larger file is no list of signers.
const LARGEST_FILE: u64 = 1024 * 1024;

/// More commits than this are not checked at once.
const MOST_COMMITS: usize = 10_000;

/// More refused commits than this are counted and not named.
const MOST_NAMED: usize = 20;

/// The keys that may sign commits.
#[derive(Clone, Debug)]
pub struct Signers {
    allowed: Vec<Allowed>,
}

impl Signers {
    /// Reads an `allowed_signers` file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong in it. A line that is not understood is never passed over.
    pub fn read(path: &Path) -> Result<Self, Vec<Problem>> {
        let file: Arc<str> = path.display().to_string().into();
        let unreadable = |cause: String| {
            let hint = "relative paths start at the settings file; check repository.signers";
            let message = format!("the list of signers {file} cannot be read: {cause}");
            vec![Problem::error(Code::Unreadable, "signers", message).with_hint(hint)]
        };
        let mut text = String::new();
        File::open(path)
            .and_then(|opened| opened.take(LARGEST_FILE + 1).read_to_string(&mut text))
            .map_err(|cause| unreadable(cause.to_string()))?;
        if text.len() as u64 > LARGEST_FILE {
            return Err(unreadable("it is larger than 1 MiB".to_owned()));
        }
        Self::parse(&file, &text)
    }

    /// Reads the text of such a file; `file` is its name in places.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read).
    pub fn parse(file: &Arc<str>, text: &str) -> Result<Self, Vec<Problem>> {
        let (allowed, problems) = allowed::parse(file, text);
        if problems.is_empty() { Ok(Self { allowed }) } else { Err(problems) }
    }

    /// Checks every commit that a tip adds to the last applied one; the tip alone when nothing was applied yet.
    ///
    /// A last applied commit that the repository no longer has leaves nothing out: then the whole history is checked.
    ///
    /// # Errors
    ///
    /// A problem for each commit that nobody allowed has signed.
    pub fn check(
        &self,
        repository: &MappingRepository,
        tip: &CommitId,
        last_applied: Option<&str>,
    ) -> Result<(), Vec<Problem>> {
        let unreadable = |error: SnapshotError| vec![error.problem()];
        let repository = repository.repository().map_err(unreadable)?;
        let commits = added(repository, tip, last_applied).map_err(unreadable)?;
        if commits.len() > MOST_COMMITS {
            let message = format!("more than {MOST_COMMITS} commits since the last applied one");
            return Err(vec![problem(tip.short(), message)]);
        }
        let refused: Vec<(Oid, String)> =
            commits.into_iter().filter_map(|id| Some((id, self.refusal(repository, id)?))).collect();
        if refused.is_empty() { Ok(()) } else { Err(told(&refused)) }
    }

    /// Why a commit is refused; `None` when it is well signed.
    fn refusal(&self, repository: &Repository, id: Oid) -> Option<String> {
        let (signature, signed) = match repository.extract_signature(&id, None) {
            Ok(found) => found,
            Err(error) if error.code() == ErrorCode::NotFound => return Some("it is not signed".to_owned()),
            Err(error) => {
                return Some(format!("its signature cannot be read: {}", printable(error.message())));
            }
        };
        let by = match verify::verify(&signature, &signed) {
            Ok(by) => by,
            Err(Flaw(flaw)) => return Some(flaw),
        };
        let at = match repository.find_commit(id).map(|commit| time(&commit)) {
            Ok(Some(at)) => at,
            Ok(None) | Err(_) => return Some("its time cannot be read".to_owned()),
        };
        self.permits(&by, at)
    }

    fn permits(&self, by: &SignedBy, at: Timestamp) -> Option<String> {
        let lines: Vec<&Allowed> = self.allowed.iter().filter(|allowed| allowed.key == by.key).collect();
        if lines.is_empty() {
            return Some(format!("it is signed by {}, which is not among the signers", by.fingerprint));
        }
        if lines.iter().any(|allowed| allowed.permits(at)) {
            return None;
        }
        Some(format!("it is signed by {}, which may not sign commits at its time", by.fingerprint))
    }
}

/// The commits to check.
fn added(
    repository: &Repository,
    tip: &CommitId,
    last_applied: Option<&str>,
) -> Result<Vec<Oid>, SnapshotError> {
    let tip = Oid::from_str(tip.as_str()).map_err(damaged)?;
    let Some(last_applied) = last_applied else { return Ok(vec![tip]) };
    let mut walk = repository.revwalk().map_err(damaged)?;
    walk.push(tip).map_err(damaged)?;
    if let Ok(last) = Oid::from_str(last_applied)
        && repository.find_commit(last).is_ok()
    {
        walk.hide(last).map_err(damaged)?;
    }
    walk.take(MOST_COMMITS + 1).collect::<Result<_, _>>().map_err(damaged)
}

/// When a commit says it was made, which is the time that git judges its signature by.
fn time(commit: &Commit<'_>) -> Option<Timestamp> {
    Timestamp::from_second(commit.committer().when().seconds()).ok()
}

fn told(refused: &[(Oid, String)]) -> Vec<Problem> {
    let mut problems: Vec<Problem> = refused
        .iter()
        .take(MOST_NAMED)
        .map(|(id, why)| {
            let id = id.to_string();
            let short = id.get(..7).unwrap_or(&id);
            problem(short, format!("commit {short} is refused: {why}"))
        })
        .collect();
    let more = refused.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        problems.push(problem("", format!("{more} more commits are refused")));
    }
    problems
}

fn problem(subject: &str, message: String) -> Problem {
    let hint = "repository.signers demands an SSH signature of an allowed key on every commit: git commit -S";
    Problem::error(Code::UnsignedCommit, subject, message).with_hint(hint)
}
