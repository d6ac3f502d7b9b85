//! Why a line is held: which guard or doubt, its limit, the value, and what would release it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Code;

/// One reason for which a line is left as it is. Every hold is actionable: it says the limit, the value and the way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// What was met, such as `-9` or `1`.
    pub actual: Option<String>,
    /// The stable code.
    #[schemars(with = "String")]
    pub code: Code,
    /// The limit, such as `3` or `2 snapshots`.
    pub limit: Option<String>,
    /// One sentence without a full stop that a billing clerk understands.
    pub message: String,
    /// The YAML to commit that would release the line, where a waiver can.
    pub release: Option<String>,
}

impl Reason {
    /// A reason that no waiver releases.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { actual: None, code, limit: None, message: message.into(), release: None }
    }

    /// The same, with the limit and the value that went over it.
    #[must_use]
    pub fn over(mut self, limit: impl Into<String>, actual: impl Into<String>) -> Self {
        self.limit = Some(limit.into());
        self.actual = Some(actual.into());
        self
    }
}
