//! Why a pass failed: at which step, in one sentence, and what that means for the next try.
//!
//! Turns the errors of the hands into what a person is shown. Holds no secret, since none of them does.

use std::time::Duration;

use crate::connectwise::{Class, ConnectWiseError, LineWrites};
use crate::journal::JournalError;
use crate::journal::attempt::Conclusion;
use crate::problem::{Code, Problem, printable};
use crate::reconciler::standing::Phase;
use crate::reconciler::{
    Applied, ApplyError, Halt, LineResult, LocalError, MappingsError, Outcome, Preflight,
};
use crate::snapshot::{RemoteError, SnapshotError};

/// What to do about a right that is missing.
const MEND_THE_ROLE: &str = "Change the member's security role; trueup doctor lists all rights";

/// Why a pass failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Setback {
    pub(super) phase: Phase,
    pub(super) code: Option<Code>,
    pub(super) message: String,
    pub(super) hint: Option<String>,
    pub(super) kind: Kind,
}

/// What a setback means for the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It may be over soon.
    Passing,
    /// ConnectWise asks for fewer requests, and perhaps for a pause.
    Throttled(Option<Duration>),
    /// Credentials were refused: trying soon cannot help, and may do harm.
    Refused,
    /// The keys are good, and their member may not do what is needed until a person lets it.
    Barred,
    /// A stop was requested: nothing failed.
    Stopped,
}

impl Setback {
    /// A failure that may be over soon.
    pub(super) fn passing(phase: Phase, message: impl Into<String>, hint: Option<String>) -> Self {
        Self { phase, code: None, message: message.into(), hint, kind: Kind::Passing }
    }

    /// A stop was requested before the pass came to its end.
    pub(super) fn stopped(phase: Phase) -> Self {
        Self { kind: Kind::Stopped, ..Self::passing(phase, "A stop was requested", None) }
    }

    /// A repository that cannot be looked at.
    pub(super) fn unseen(error: SnapshotError) -> Self {
        let is_refusal = matches!(
            error,
            SnapshotError::Remote(
                RemoteError::AccessDenied { .. }
                    | RemoteError::Untrusted { .. }
                    | RemoteError::UnknownHostKey { .. }
                    | RemoteError::TooLarge { .. }
            )
        );
        let kind = if is_refusal { Kind::Refused } else { Kind::Passing };
        Self { phase: Phase::Fetch, kind, ..error.into() }
    }

    /// The members may not do what the run needs, so it was not tried; `None` where they may, or nobody knows.
    pub(super) fn unarmed(rights: &Preflight) -> Option<Self> {
        let (kind, message, hint) = match rights {
            Preflight::Skipped | Preflight::Unreadable(_) => return None,
            Preflight::KeysRefused(error) => {
                (Kind::Refused, format!("Nothing is written: {error}"), error.error.hint().to_owned())
            }
            Preflight::Asked { rights, writes: _ } => {
                let first = rights.barring(LineWrites::Quantities).next()?;
                let message = format!("Nothing is written, since a right is missing: {first}");
                (Kind::Barred, message, MEND_THE_ROLE.to_owned())
            }
        };
        let message = printable(&message).into_owned();
        Some(Self { kind, ..Self::passing(Phase::Apply, message, Some(hint)) })
    }

    /// Why no line was created although the plan asks for some, where a right is missing for that alone.
    pub(super) fn no_creates(rights: &Preflight) -> Option<Self> {
        let first = rights.barring_creates()?;
        let message =
            printable(&format!("No line is created, since a right is missing: {first}")).into_owned();
        let kind = Kind::Barred;
        Some(Self { kind, ..Self::passing(Phase::Apply, message, Some(MEND_THE_ROLE.to_owned())) })
    }

    /// Why writing stopped before the plan was through; `None` where it did not, or where somebody meant it to. What came
    /// of each line, and when it is tried again, is told elsewhere.
    pub(super) fn halted(applied: &Applied<'_>) -> Option<Self> {
        let halt = applied.halted?;
        let hint = match halt {
            Halt::Stopped | Halt::Suspended | Halt::Frozen | Halt::Expired => return None,
            Halt::RightsMissing => MEND_THE_ROLE,
            Halt::CredentialRefused => {
                "Check the keys, and the member's security role; trueup doctor lists all rights"
            }
            Halt::OutOfReach => "The lines that are left are written once ConnectWise can be reached again",
            Halt::FirstLinesFailed => "trueup history tells what came of each line",
        };
        let is_untried = |result: &&LineResult<'_>| matches!(result.outcome, Outcome::NotTried(_));
        let left = match applied.results.iter().filter(is_untried).count() {
            0 => String::new(),
            1 => " with 1 line left".to_owned(),
            untried => format!(" with {untried} lines left"),
        };
        let last =
            applied.results.iter().rev().find(|result| matches!(result.outcome, Outcome::Concluded(_)));
        let said = last.and_then(|result| said(&result.outcome));
        let said = said.map(|said| format!(" ({said})")).unwrap_or_default();
        let message = printable(&format!("Writing stopped{left}: {halt}{said}")).into_owned();
        Some(Self::passing(Phase::Apply, message, Some(hint.to_owned())))
    }

    /// A secret that cannot be read.
    pub(super) fn keys(problem: Problem) -> Self {
        let Problem { code, message, hint, .. } = problem;
        Self { code: Some(code), ..Self::passing(Phase::Read, message, hint) }
    }
}

/// What ConnectWise said, or the network, of a line that was tried.
fn said(outcome: &Outcome) -> Option<&str> {
    let Outcome::Concluded(conclusion) = outcome else { return None };
    match conclusion {
        Conclusion::Unreadable { message }
        | Conclusion::Refused { message, .. }
        | Conclusion::InDoubt { message, .. } => Some(message),
        Conclusion::Applied { .. }
        | Conclusion::AlreadyThere { .. }
        | Conclusion::Created { .. }
        | Conclusion::Stale(_)
        | Conclusion::NotSent(_)
        | Conclusion::NotApplied
        | Conclusion::Diverged { .. }
        | Conclusion::Drift { .. }
        | Conclusion::Gone
        | Conclusion::Ambiguous { .. } => None,
    }
}

impl From<ConnectWiseError> for Setback {
    fn from(error: ConnectWiseError) -> Self {
        let kind = match error.class() {
            // The member was let in, and may not read this.
            Class::NotPermitted if matches!(error, ConnectWiseError::Forbidden { .. }) => Kind::Barred,
            Class::NotPermitted => Kind::Refused,
            Class::Throttled { wait } => Kind::Throttled(wait),
            Class::Setup
            | Class::Passing
            | Class::Refused
            | Class::Gone
            | Class::Moved
            | Class::Incomplete => Kind::Passing,
        };
        let message = printable(&error.to_string()).into_owned();
        Self { kind, ..Self::passing(Phase::Read, message, Some(error.hint().to_owned())) }
    }
}

impl From<JournalError> for Setback {
    fn from(error: JournalError) -> Self {
        let message = format!("The journal cannot be used, so nothing more is written: {error}");
        Self::passing(Phase::Apply, message, error.hint().map(str::to_owned))
    }
}

impl From<ApplyError> for Setback {
    fn from(error: ApplyError) -> Self {
        let ApplyError::Journal(error) = error;
        error.into()
    }
}

impl From<SnapshotError> for Setback {
    fn from(error: SnapshotError) -> Self {
        let message = format!("The mappings cannot be read: {error}");
        Self { code: Some(Code::Unreadable), ..Self::passing(Phase::Mappings, message, Some(error.hint())) }
    }
}

impl From<LocalError> for Setback {
    fn from(error: LocalError) -> Self {
        match error {
            LocalError::Mappings(MappingsError::Snapshot(error)) => error.into(),
            LocalError::Mappings(MappingsError::Invalid(invalid)) => {
                let first = invalid.problems.first();
                let message = format!(
                    "The mappings of {} are invalid, and none were in force before",
                    invalid.files.header()
                );
                let hint =
                    first.map(|problem| format!("trueup validate tells all; first: {}", problem.message));
                let code = first.map(|problem| problem.code);
                Self { code, ..Self::passing(Phase::Mappings, message, hint) }
            }
            LocalError::Mappings(MappingsError::Unsigned { commit, problems }) => {
                let message = format!(
                    "The mappings of {commit} are not signed as they must be, and none were in force before"
                );
                let first = problems.first();
                let hint = first.map(|problem| problem.message.to_string());
                Self {
                    code: first.map(|problem| problem.code),
                    ..Self::passing(Phase::Mappings, message, hint)
                }
            }
            LocalError::Unreadable(failures) => {
                let first = failures.first().and_then(|failure| failure.problems.first());
                let hint = first.map(|problem| problem.message.to_string());
                let code = first.map(|problem| problem.code);
                Self { code, ..Self::passing(Phase::Usage, "No usage source can be read", hint) }
            }
            error @ LocalError::NeverAny { .. } => {
                Self { code: Some(Code::UsageEmpty), ..Self::passing(Phase::Usage, error.to_string(), None) }
            }
        }
    }
}
