//! Which lines of a plan are written: all that change, or those of an approved plan document that still hold.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::super::session::Session;
use super::super::{Exit, Failure};
use crate::billing::{LineKey, Quantity};
use crate::plan::{Line, MAX_PLAN_BYTES, Plan, PlanFile, PlanFileLine, Verdict};
use crate::problem::Code;

/// A plan document is good for so long: by then usage has moved on.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// An approved plan document.
pub(super) struct Wanted {
    file: PlanFile,
}

impl Wanted {
    /// Reads a plan document and checks that it is whole, of this tenant, and not too old.
    pub(super) fn read(path: &Path, session: &Session, now: Timestamp) -> Result<Self, Failure> {
        let unreadable = |error: &std::io::Error| {
            Failure::caused(Exit::Invalid, format!("Cannot read {}", path.display()), error)
        };
        if fs::metadata(path).map_err(|error| unreadable(&error))?.len() > MAX_PLAN_BYTES as u64 {
            return Err(Failure::new(Exit::Invalid, format!("{} is too large for a plan", path.display())));
        }
        let text = fs::read_to_string(path).map_err(|error| unreadable(&error))?;
        let file = PlanFile::parse(&text)?;
        if *file.tenant != *session.tenant.name {
            let message = format!("The plan is of tenant {}, not of {}", file.tenant, session.tenant.name);
            return Err(Failure::new(Exit::PlanDoesNotFit, message));
        }
        let age = now.duration_since(file.planned_at);
        if age > GOOD_FOR || age < -GOOD_FOR {
            let message = format!("The plan is of {}, and good for 24 hours", file.planned_at);
            return Err(
                Failure::new(Exit::PlanDoesNotFit, message).with_hint("Plan again, and review what changed")
            );
        }
        Ok(Self { file })
    }

    /// From when on it is too old.
    pub(super) fn until(&self) -> Timestamp {
        good_until(self.file.planned_at)
    }
}

/// From when on a plan of that time is too old.
pub(super) fn good_until(planned_at: Timestamp) -> Timestamp {
    planned_at.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX)
}

/// What is written of a plan, and what is not.
#[derive(Default)]
pub(super) struct Choice<'p> {
    /// The lines to write.
    pub(super) lines: Vec<&'p Line<'p>>,
    /// Lines of the plan document that do not hold any more.
    pub(super) stale: Vec<Stale>,
    /// How many lines of the plan document bill what it asks for already.
    pub(super) already: usize,
    /// Whether writes wait for the end of a freeze window.
    pub(super) frozen: bool,
    /// Whether history was rewritten, and nobody said yet that this is right.
    pub(super) rewritten: bool,
}

/// A line of a plan document that does not hold any more.
pub(super) struct Stale {
    /// The company and product.
    pub(super) name: String,
    /// What it asked for, and what the plan of now says.
    pub(super) why: String,
}

/// Chooses the lines to write.
pub(super) fn choose<'p>(plan: &'p Plan<'p>, wanted: Option<&Wanted>) -> Result<Choice<'p>, Failure> {
    let mut choice = match wanted {
        None => Choice {
            lines: plan.lines.iter().filter(|line| writes(line.verdict)).collect(),
            ..Choice::default()
        },
        Some(wanted) => approved(plan, &wanted.file)?,
    };
    let tells = |code: Code| plan.problems.iter().any(|problem| problem.code == code);
    choice.frozen = tells(Code::Freeze);
    choice.rewritten = tells(Code::History);
    if choice.frozen || choice.rewritten {
        choice.lines.clear();
    }
    Ok(choice)
}

/// Those lines of the document that the plan of now has just so.
fn approved<'p>(plan: &'p Plan<'p>, file: &PlanFile) -> Result<Choice<'p>, Failure> {
    let by_key: HashMap<LineKey, &Line<'p>> = plan.lines.iter().map(|line| (line.key(), line)).collect();
    let mut choice = Choice::default();
    for asked in file.lines.iter().filter(|line| writes(line.verdict)) {
        match by_key.get(&asked.key()).copied() {
            Some(line) if is_the_same(asked, line) => choice.lines.push(line),
            Some(line) if line.verdict == Verdict::Keep && line.current == asked.desired => {
                choice.already += 1
            }
            found => choice.stale.push(stale(asked, found)),
        }
    }
    if choice.lines.is_empty() && choice.already == 0 && !choice.stale.is_empty() {
        let message = "None of the plan's changes holds any more";
        let hint = format!(
            "Plan again, and review what changed; first: {}: {}",
            choice.stale[0].name, choice.stale[0].why
        );
        return Err(Failure::new(Exit::PlanDoesNotFit, message).with_hint(hint));
    }
    Ok(choice)
}

fn is_the_same(asked: &PlanFileLine, line: &Line<'_>) -> bool {
    line.verdict == asked.verdict
        && line.addition.map(|addition| addition.id) == asked.addition.map(|addition| addition.id)
        && line.current == asked.current
        && line.desired == asked.desired
}

fn stale(asked: &PlanFileLine, found: Option<&Line<'_>>) -> Stale {
    let number =
        |quantity: Option<Quantity>| quantity.map_or("-".to_owned(), |quantity| quantity.to_string());
    let asked_for = format!("approved {} -> {}", number(asked.current), number(asked.desired));
    let why = match found {
        None => format!("{asked_for}; it is in the plan no more"),
        Some(line) => {
            let is = format!("{} -> {}", number(line.current), number(line.desired));
            match line.reasons.first() {
                Some(reason) => format!("{asked_for}; now held: {} ({})", reason.code, reason.message),
                None => format!("{asked_for}; now {is}"),
            }
        }
    };
    Stale { name: format!("{}/{}", asked.company.identifier, asked.product.identifier), why }
}

fn writes(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Update | Verdict::Create => true,
        Verdict::Hold | Verdict::Keep => false,
    }
}
