//! Why there are no settings.

use std::io;
use std::path::PathBuf;

use super::retell::SECRETS;
use crate::problem::{Code, Problem};

/// Keys under which addresses stand that are secrets themselves.
const MASKED: [&str; 1] = ["alerts"];

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
        /// Their text, for excerpts. What stands under the key of a secret is blanked, and it
        /// is `None` when some secret was found: nothing may repeat one.
        text: Option<String>,
    },
}

impl SettingsError {
    pub(super) fn invalid(problems: Vec<Problem>, bytes: &[u8]) -> Self {
        let holds_a_secret = problems.iter().any(|problem| problem.code == Code::SecretInFile);
        let text = if holds_a_secret { None } else { std::str::from_utf8(bytes).ok().map(masked) };
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

/// The text with blanks for whatever stands under the key of a secret, each byte in its place. Also where it is no YAML.
fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut under = None;
    for line in text.split_inclusive('\n') {
        let depth = line.len() - line.trim_start().len();
        if under.is_some_and(|key| depth <= key) && !line.trim().is_empty() {
            under = None;
        }
        let shown = match (
            under,
            MASKED.iter().chain(&SECRETS).filter_map(|key| Some(line.find(key)? + key.len())).min(),
        ) {
            (Some(_), _) => 0,
            (None, Some(after_key)) => {
                under = Some(depth);
                after_key
            }
            (None, None) => line.len(),
        };
        masked.push_str(&line[..shown]);
        masked.extend(line[shown..].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    }
    masked
}

fn list(paths: &[PathBuf]) -> String {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    shown.join(", ")
}
