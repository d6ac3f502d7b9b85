//! One check and how it ended, and a tenant's checks as people and programs read them.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::super::Exit;
use crate::problem::printable;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it should be.
    Ok,
    /// It works, and somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
    /// An earlier check failed, so this one could not be made.
    Skipped,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    name: &'static str,
    outcome: Outcome,
    said: String,
    details: Vec<String>,
    hint: Option<String>,
    exit: Exit,
}

impl Check {
    /// A check by its name, and what it found in one sentence.
    pub(super) fn new(name: &'static str, outcome: Outcome, said: impl Into<String>) -> Self {
        let exit = if outcome == Outcome::Failed { Exit::NothingPlanned } else { Exit::Done };
        Self { name, outcome, said: said.into(), details: Vec::new(), hint: None, exit }
    }

    /// A check that an earlier failure leaves nothing to look at.
    pub(super) fn skipped(name: &'static str, why: &str) -> Self {
        Self::new(name, Outcome::Skipped, why)
    }

    /// What to do about it.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What it found, one by one.
    pub(super) fn with_details(mut self, details: impl IntoIterator<Item = String>) -> Self {
        self.details.extend(details);
        self
    }

    /// With which code the verb ends because of it.
    pub(super) fn exits(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }
}

/// The checks of a tenant, in the order in which they were made.
#[derive(Debug)]
pub(super) struct Report {
    tenant: String,
    checks: Vec<Check>,
}

impl Report {
    pub(super) fn new(tenant: &str) -> Self {
        Self { tenant: tenant.to_owned(), checks: Vec::new() }
    }

    pub(super) fn add(&mut self, check: Check) {
        self.checks.push(check);
    }

    pub(super) fn len(&self) -> usize {
        self.checks.len()
    }

    /// With which code the verb ends because of it.
    pub(super) fn exit(&self) -> Exit {
        self.checks.iter().map(|check| check.exit).fold(Exit::Done, super::worse)
    }

    /// Writes the checks from a number on.
    pub(super) fn write(&self, from: usize, out: &mut impl Write) -> io::Result<()> {
        if from == 0 {
            let tenant = if self.tenant.is_empty() { "" } else { "  " };
            writeln!(out, "trueup doctor{tenant}{}\n", printable(&self.tenant))?;
        }
        for Check { name, outcome, said, details, hint, exit: _ } in &self.checks[from..] {
            writeln!(out, "  {:<8} {name:<13} {}", outcome.as_str(), printable(said))?;
            for detail in details {
                writeln!(out, "  {:<8} {:<13}   {}", "", "", printable(detail))?;
            }
            if let Some(hint) = hint {
                writeln!(out, "  {:<8} {:<13}   hint: {}", "", "", printable(hint))?;
            }
        }
        Ok(())
    }

    /// The counts, in one line.
    pub(super) fn verdict(&self) -> String {
        let count = |outcome| self.checks.iter().filter(|check| check.outcome == outcome).count();
        let [ok, warnings, failed, skipped] =
            [Outcome::Ok, Outcome::Warning, Outcome::Failed, Outcome::Skipped].map(count);
        let warned = if warnings == 1 { "1 warning".to_owned() } else { format!("{warnings} warnings") };
        format!("\nChecks: {ok} ok, {warned}, {failed} failed, {skipped} skipped.\n")
    }

    pub(super) fn as_json(&self) -> Value {
        let check = |check: &Check| {
            let Check { name, outcome, said, details, hint, exit: _ } = check;
            json!({
                "check": name,
                "outcome": outcome.as_str(),
                "said": said,
                "details": details,
                "hint": hint,
            })
        };
        let tenant = (!self.tenant.is_empty()).then_some(&self.tenant);
        json!({ "tenant": tenant, "checks": self.checks.iter().map(check).collect::<Vec<_>>() })
    }
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}
