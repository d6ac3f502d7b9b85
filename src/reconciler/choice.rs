//! Which lines of a plan are written: all that change, or those of an approved plan document that still hold.
//!
//! Pure. Whoever applies a plan, by hand or by the daemon, chooses here.

use std::collections::HashMap;

use crate::billing::{LineKey, Quantity};
use crate::plan::{Line, Plan, PlanFile, PlanFileLine, Verdict};
use crate::problem::Code;

/// What is written of a plan, and what is not.
#[derive(Debug, Default)]
pub struct Choice<'p> {
    /// The lines to write.
    pub lines: Vec<&'p Line<'p>>,
    /// Lines of the plan document that do not hold any more.
    pub stale: Vec<StaleLine>,
    /// How many lines of the plan document bill what it asks for already.
    pub already: usize,
    /// Whether writes wait for the end of a freeze window.
    pub frozen: bool,
    /// Whether history was rewritten, and nobody said yet that this is right.
    pub rewritten: bool,
}

/// A line of a plan document that does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleLine {
    /// The company and product.
    pub name: String,
    /// What it asked for, and what the plan of now says.
    pub why: String,
}

/// None of the changes of a plan document holds any more; the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingHolds(pub StaleLine);

impl<'p> Choice<'p> {
    /// All lines that change.
    #[must_use]
    pub fn all(plan: &'p Plan<'p>) -> Self {
        let lines = plan.lines.iter().filter(|line| writes(line.verdict)).collect();
        Self { lines, ..Self::default() }.unless_withheld(plan)
    }

    /// Those lines of an approved document that the plan of now has just so.
    ///
    /// # Errors
    ///
    /// When none of them holds any more.
    pub fn approved(plan: &'p Plan<'p>, file: &PlanFile) -> Result<Self, NothingHolds> {
        let by_key: HashMap<LineKey, &Line<'p>> = plan.lines.iter().map(|line| (line.key(), line)).collect();
        let mut choice = Self::default();
        for asked in file.lines.iter().filter(|line| writes(line.verdict)) {
            match by_key.get(&asked.key()).copied() {
                Some(line) if is_the_same(asked, line) => choice.lines.push(line),
                Some(line) if line.verdict == Verdict::Keep && line.current == asked.desired => {
                    choice.already += 1;
                }
                found => choice.stale.push(stale(asked, found)),
            }
        }
        match choice.stale.first() {
            Some(first) if choice.lines.is_empty() && choice.already == 0 => Err(NothingHolds(first.clone())),
            Some(_) | None => Ok(choice.unless_withheld(plan)),
        }
    }

    /// The same, or no line where the plan as a whole must not be written now.
    fn unless_withheld(mut self, plan: &Plan<'_>) -> Self {
        let tells = |code: Code| plan.problems.iter().any(|problem| problem.code == code);
        self.frozen = tells(Code::Freeze);
        self.rewritten = tells(Code::History);
        if self.frozen || self.rewritten {
            self.lines.clear();
        }
        self
    }
}

fn is_the_same(asked: &PlanFileLine, line: &Line<'_>) -> bool {
    line.verdict == asked.verdict
        && line.addition.map(|addition| addition.id) == asked.addition.map(|addition| addition.id)
        && line.current == asked.current
        && line.desired == asked.desired
}

fn stale(asked: &PlanFileLine, found: Option<&Line<'_>>) -> StaleLine {
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
    StaleLine { name: format!("{}/{}", asked.company.identifier, asked.product.identifier), why }
}

fn writes(verdict: Verdict) -> bool {
    match verdict {
        Verdict::Update | Verdict::Create => true,
        Verdict::Hold | Verdict::Keep => false,
    }
}
