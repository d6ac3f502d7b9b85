//! How a verb shows what it found, where it shows it in two ways.

use clap::ValueEnum;

/// How to show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    Text,
    /// For programs
    Json,
}
