//! The exit codes: an interface that scripts and CI jobs rely on.

use std::process::ExitCode;

/// How the program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done. For `plan` also when there are changes, unless `--detailed-exitcode`.
    Done,
    /// An unexpected failure.
    Unexpected,
    /// There are changes, and all may be applied (`--detailed-exitcode` only).
    Changes,
    /// At least one line is held (`plan` only with `--detailed-exitcode`, `apply` always).
    Held,
    /// Mappings, settings or a plan file are invalid.
    Invalid,
    /// Nothing could be planned: usage, repository or ConnectWise unreadable, or credentials refused.
    NothingPlanned,
    /// Some lines failed, were stale, or are in doubt.
    Partly,
    /// The plan file does not fit any more.
    PlanDoesNotFit,
    /// Another process holds the journal.
    JournalHeld,
    /// The command line was wrong.
    Usage,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Unexpected => 1,
            Self::Changes => 2,
            Self::Held => 3,
            Self::Invalid => 4,
            Self::NothingPlanned => 5,
            Self::Partly => 6,
            Self::PlanDoesNotFit => 7,
            Self::JournalHeld => 8,
            Self::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
