//! How a tenant does, in one sentence: the worst that is true of it, said first.
//!
//! Pure. The page, `status` and the alerts all say the same sentence.

use super::{PassResult, Standing, Suspension};
use crate::mapping::Mode;

/// How a tenant does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// How bad it is.
    pub level: Level,
    /// What is the matter, in one sentence without a full stop.
    pub sentence: String,
}

/// How bad it is. The order is that of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Nothing is to be done.
    Good,
    /// It began just now, and nothing is known yet.
    Starting,
    /// Somebody should look at it: something is held or paused, everything else goes on.
    Attention,
    /// Bills are not kept in step, or may be wrong.
    Bad,
}

impl Level {
    /// The word it is shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Starting => "starting",
            Self::Attention => "attention",
            Self::Bad => "bad",
        }
    }
}

impl Standing {
    /// How the tenant does.
    #[must_use]
    pub fn health(&self) -> Health {
        let found = self.bad().map(|sentence| (Level::Bad, sentence));
        let found = found.or_else(|| self.attention().map(|sentence| (Level::Attention, sentence)));
        let (level, sentence) = found.unwrap_or_else(|| self.good());
        Health { level, sentence }
    }

    /// What keeps bills from being right.
    fn bad(&self) -> Option<String> {
        if let Some(trouble) = &self.trouble {
            let times = match trouble.failures {
                0 | 1 => String::new(),
                failures => format!(" ({failures} times)"),
            };
            let what = if self.is_partial() { "Some lines could not be written" } else { "No pass succeeds" };
            return Some(format!("{what}{times}: {}", trouble.message));
        }
        if let Some(refused) = &self.commits.refused {
            let commit = short(&refused.commit);
            return Some(format!("Commit {commit} is refused, so the one before stays in force"));
        }
        if self.repository.stale {
            return Some(
                "The mapping repository could not be reached for too long, so nothing is written".to_owned(),
            );
        }
        if self.in_doubt > 0 {
            let writes = if self.in_doubt == 1 { "write is" } else { "writes are" };
            return Some(format!("{} {writes} in doubt until they can be read back", self.in_doubt));
        }
        self.is_partial().then(|| "Some lines could not be written".to_owned())
    }

    /// Whether the last pass left lines unwritten that it was to write.
    fn is_partial(&self) -> bool {
        self.last_pass.as_ref().is_some_and(|pass| pass.result == PassResult::Partial)
    }

    /// What somebody should look at.
    fn attention(&self) -> Option<String> {
        if let Some(suspension) = &self.suspension {
            return Some(match suspension {
                Suspension::Operator { reason, .. } if reason.is_empty() => {
                    "Suspended by an operator".to_owned()
                }
                Suspension::Operator { reason, .. } => format!("Suspended by an operator: {reason}"),
                Suspension::Policy => "Suspended by its policy".to_owned(),
                Suspension::ReadOnly => "Read-only, because TRUEUP_READ_ONLY is set".to_owned(),
                Suspension::Uncommitted => {
                    "The mappings are not committed, so nothing is written by them".to_owned()
                }
                Suspension::Clock { .. } => {
                    "The clocks of this machine and of ConnectWise differ too much, so nothing is written"
                        .to_owned()
                }
            });
        }
        let held = self.planned.as_ref().map_or(0, |planned| planned.summary.hold);
        match held {
            0 => None,
            1 => Some("1 line is held".to_owned()),
            held => Some(format!("{held} lines are held")),
        }
    }

    /// Nothing is the matter.
    fn good(&self) -> (Level, String) {
        let Some(planned) = &self.planned else {
            return (Level::Starting, "The first pass is under way".to_owned());
        };
        let changes = planned.summary.create + planned.summary.update;
        let is_over = self.last_pass.as_ref().is_some_and(|pass| pass.began_at == planned.at);
        if self.mode == Mode::Apply && changes > 0 && is_over {
            return (Level::Good, "What was written is read again soon".to_owned());
        }
        let sentence = match (self.mode, changes) {
            (_, 0) => "Every line is in step".to_owned(),
            (Mode::Observe, 1) => "1 change is planned; the mode is observe, so it is not written".to_owned(),
            (Mode::Observe, changes) => {
                format!("{changes} changes are planned; the mode is observe, so they are not written")
            }
            (Mode::Apply, 1) => "1 change is being written".to_owned(),
            (Mode::Apply, changes) => format!("{changes} changes are being written"),
        };
        (Level::Good, sentence)
    }
}

/// The first digits of a commit, for people.
fn short(commit: &str) -> &str {
    if commit.ends_with("+changes") { commit } else { commit.get(..7).unwrap_or(commit) }
}
