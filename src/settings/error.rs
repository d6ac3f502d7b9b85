//! Why there are no settings.

use std::io;
use std::path::PathBuf;

use crate::problem::{Code, Problem};

/// A situation in which there are no settings to go by.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no such file, or none in any of the usual places.
    #[error("there are no settings at {}", list(tried))]
    Missing {
        /// Where it was looked for.
        tried: Vec<PathBuf>,
    },
    /// It is a folder, pipe, socket or device.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The system refused.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// They are wrong.
    #[error("the settings are not valid")]
    Invalid {
        /// Everything that is wrong, sorted by place.
        problems: Vec<Problem>,
        /// Their text, for excerpts. `None` when it holds a secret, which nothing may repeat.
        text: Option<String>,
    },
}

impl SettingsError {
    pub(super) fn invalid(problems: Vec<Problem>, bytes: &[u8]) -> Self {
        let holds_a_secret = problems.iter().any(|problem| problem.code == Code::SecretInFile);
        let text = if holds_a_secret { None } else { String::from_utf8(bytes.to_vec()).ok() };
        Self::Invalid { problems, text }
    }

    /// The same for people, with what to do about it.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        let hint = match self {
            Self::Invalid { problems, .. } => return problems.clone(),
            Self::Missing { .. } => {
                "trueup init writes a first trueup.yaml; --config and TRUEUP_CONFIG name another"
            }
            Self::NotAFile { .. } => "name the settings file itself",
            Self::Unreadable { .. } => "let the user that trueup runs as read it",
        };
        vec![Problem::error(Code::Unreadable, "", self.to_string()).with_hint(hint)]
    }
}

fn list(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    shown.join(", ")
}
