//! A failure as a person reads it: what could not be done, why, and what to do about it.

use std::error::Error;
use std::io;

use super::exit::Exit;
use super::screen::Screen;
use crate::connectwise::ConnectWiseError;
use crate::journal::JournalError;
use crate::plan::PlanFileError;
use crate::problem::{Problem, Texts, write_problems};
use crate::reconciler::{ApplyError, LocalError, MappingsError};
use crate::settings::SettingsError;
use crate::snapshot::SnapshotError;
use crate::usage::SourceFailure;

/// Why a verb ended without doing its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    exit: Exit,
    message: String,
    causes: Vec<String>,
    hint: Option<String>,
    problems: Vec<Problem>,
    texts: Vec<(String, String)>,
}

impl Failure {
    /// A failure that one sentence explains.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { exit, message, causes: Vec::new(), hint: None, problems: Vec::new(), texts: Vec::new() }
    }

    /// A failure with the chain of causes that led to it.
    pub fn caused(exit: Exit, message: impl Into<String>, cause: &dyn Error) -> Self {
        let mut failure = Self::new(exit, message);
        let mut next = Some(cause);
        while let Some(error) = next {
            let text = error.to_string();
            if failure.causes.last().is_none_or(|last| !last.contains(&text)) {
                failure.causes.push(text);
            }
            next = error.source();
        }
        failure
    }

    /// A failure that problems with their places explain.
    pub fn problems(exit: Exit, message: impl Into<String>, problems: Vec<Problem>) -> Self {
        Self { problems, ..Self::new(exit, message) }
    }

    /// Output that could not be written. A reader that closed the pipe, such as `head`, is no failure.
    pub fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::new(Exit::Done, ""),
            _ => Self::caused(Exit::Unexpected, "Cannot write the output", error),
        }
    }

    /// The same, with what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with the texts that its problems point into.
    #[must_use]
    pub fn with_texts(mut self, texts: impl IntoIterator<Item = (String, String)>) -> Self {
        self.texts.extend(texts);
        self
    }

    /// The exit code it ends with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// What could not be done and why, in one line, and what to do about it.
    pub(super) fn told(&self) -> (String, Option<String>) {
        let first = self.problems.first();
        let why = first.map(|problem| &problem.message).or(self.causes.last());
        let said = why.map_or_else(|| self.message.clone(), |why| format!("{}: {why}", self.message));
        (said, self.hint.clone().or_else(|| first.and_then(|problem| problem.hint.clone())))
    }

    /// Tells it on stderr.
    pub fn tell(&self, screen: &Screen) {
        if self.message.is_empty() {
            return;
        }
        if !self.problems.is_empty() {
            let texts: Texts<'_> =
                self.texts.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
            // A closed stderr is no reason to end differently.
            let _ = write_problems(&self.problems, &texts, screen.talk_color(), &mut screen.talk());
        }
        screen.error(&self.message);
        for cause in &self.causes {
            screen.say(&format!("  because: {cause}"));
        }
        if let Some(hint) = &self.hint {
            screen.say(&format!("  hint: {hint}"));
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        let failure = Self::problems(Exit::Invalid, "The settings cannot be used", error.problems());
        let SettingsError::Invalid { text: Some(text), .. } = error else { return failure };
        let file = failure.problems.iter().find_map(|problem| Some(problem.place.as_ref()?.file.to_string()));
        failure.with_texts(file.map(|file| (file, text)))
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        let message = match &error {
            SnapshotError::Credentials(problem) => {
                let message = "The secrets of the settings cannot be used";
                return Self::problems(Exit::Invalid, message, vec![problem.clone()]);
            }
            SnapshotError::Remote(_) => "The mappings cannot be fetched, so nothing was planned",
            _ => "The mappings cannot be read",
        };
        Self::new(Exit::NothingPlanned, message).because(&error).with_hint(error.hint())
    }
}

impl From<LocalError> for Failure {
    fn from(error: LocalError) -> Self {
        match error {
            LocalError::Mappings(MappingsError::Snapshot(error)) => error.into(),
            LocalError::Mappings(MappingsError::Invalid(invalid)) => {
                let texts = invalid.files.files.iter().map(|file| (file.path.to_string(), file.text.clone()));
                Self::problems(
                    Exit::Invalid,
                    "The mappings are invalid, so nothing was planned",
                    invalid.problems,
                )
                .with_texts(texts)
            }
            LocalError::Mappings(MappingsError::Unsigned { commit, problems }) => {
                let short = commit.get(..7).unwrap_or(&commit);
                Self::problems(
                    Exit::NothingPlanned,
                    format!("The mappings at {short} are not signed as they must be, so nothing was planned"),
                    problems,
                )
            }
            LocalError::Unreadable(failures) => no_usage(failures),
            LocalError::NeverAny { .. } => Self::new(Exit::NothingPlanned, error.to_string())
                .with_hint("Check the export: a file with a header and no rows says nothing about anybody"),
        }
    }
}

impl From<ConnectWiseError> for Failure {
    fn from(error: ConnectWiseError) -> Self {
        Self::new(Exit::NothingPlanned, error.to_string()).with_hint(error.hint())
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        let exit = match error {
            JournalError::Locked { .. } => Exit::JournalHeld,
            _ => Exit::Unexpected,
        };
        let failure =
            Self::new(exit, "The journal cannot be used, so nothing more is written").because(&error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

impl From<ApplyError> for Failure {
    fn from(error: ApplyError) -> Self {
        let ApplyError::Journal(error) = error;
        error.into()
    }
}

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Self {
        let exit = match error {
            PlanFileError::Digest { .. } => Exit::PlanDoesNotFit,
            _ => Exit::Invalid,
        };
        Self::new(exit, "The plan file cannot be applied")
            .because(&error)
            .with_hint("Plan again: trueup plan --format json --out plan.json")
    }
}

fn no_usage(failures: Vec<SourceFailure>) -> Failure {
    let message = "No usage source can be read, so nothing was planned";
    let (problems, texts): (Vec<_>, Vec<_>) =
        failures.into_iter().map(|failure| (failure.problems, failure.texts)).unzip();
    Failure::problems(Exit::NothingPlanned, message, problems.concat())
        .with_texts(texts.into_iter().flatten().map(|(file, text)| (file.to_string(), text)))
}

impl Failure {
    fn because(self, cause: &dyn Error) -> Self {
        let Self { exit, message, .. } = self;
        Self::caused(exit, message, cause)
    }
}
