//! Why a delivery is refused, for counts and the operator's log. The sender never learns it.

use std::fmt;

/// Why a delivery is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// There is no such hook, or it has no secret that is long enough.
    Unknown,
    /// It is no `POST`.
    Method,
    /// The body is larger than a delivery may be.
    TooLarge,
    /// The body broke off or took too long.
    Broken,
    /// Nothing proves who sent it.
    Unsigned,
    /// It has two proofs where one must be.
    Ambiguous,
    /// It is signed by something else than HMAC-SHA-256, such as SHA-1.
    Algorithm,
    /// Its proof cannot be read.
    Malformed,
    /// Its proof is wrong: another secret, or another body.
    Mismatch,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Unknown,
        Self::Method,
        Self::TooLarge,
        Self::Broken,
        Self::Unsigned,
        Self::Ambiguous,
        Self::Algorithm,
        Self::Malformed,
        Self::Mismatch,
    ];

    /// The word it is counted by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Method => "method",
            Self::TooLarge => "too_large",
            Self::Broken => "broken",
            Self::Unsigned => "unsigned",
            Self::Ambiguous => "ambiguous",
            Self::Algorithm => "algorithm",
            Self::Malformed => "malformed",
            Self::Mismatch => "mismatch",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}
