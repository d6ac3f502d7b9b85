//! The order in which the lines of a plan are written.
//!
//! Pure. By company, so that no bill is long half done; within a company a line that takes over comes before the one
//! that goes to zero in its favour; and a few lines first when there are many.

use crate::plan::{Line, Verdict};

/// When more lines than this change, a few of them are tried first.
const MANY: usize = 20;

/// How many lines are applied and verified before the rest of many.
const FEW: usize = 3;

/// The lines to write, in order.
pub(super) struct Order<'p, 'a> {
    /// The lines.
    pub(super) lines: Vec<&'p Line<'a>>,
    /// How many of them must be verified before the rest may follow; 0 when there are few anyway.
    pub(super) first: usize,
}

/// Orders the lines that are to be written. Lines of one company stay together, in the order of the plan.
pub(super) fn order<'p, 'a>(lines: impl IntoIterator<Item = &'p Line<'a>>) -> Order<'p, 'a> {
    let mut lines: Vec<&Line<'a>> = lines.into_iter().filter(|line| writes(line)).collect();
    lines.sort_by(|one, other| {
        let of = |line: &Line<'a>| (line.company.identifier, line.company.id, !line.after.is_empty());
        of(one).cmp(&of(other))
    });
    let first = if lines.len() > MANY { FEW } else { 0 };
    Order { lines, first }
}

/// Whether the plan asks for a write.
pub(super) fn writes(line: &Line<'_>) -> bool {
    match line.verdict {
        Verdict::Update | Verdict::Create => true,
        Verdict::Hold | Verdict::Keep => false,
    }
}
