//! Sister lines: when a customer moves from one product to another, one line falls to zero and another takes over.
//!
//! Decides which lines belong together. Such lines are guarded by their sum instead of one by one, a tripped sum holds
//! all of them, and the falling line waits until the rising one is verified.

use std::ops::Range;

use jiff::Timestamp;

use super::line::{Move, sum};
use super::{Change, Role};
use crate::billing::{CompanyId, LineRecords, Money, Quantity};
use crate::mapping::LineGuards;
use crate::plan::line::week_ago;
use crate::plan::money::Tariff;
use crate::plan::{Line, Verdict};
use crate::problem::Code;

/// Lines that are guarded together.
#[derive(Debug)]
pub(in crate::plan) struct Group {
    /// The changes of the group, in the order of the plan.
    pub(in crate::plan) changes: Vec<usize>,
    /// What it moves in sum; `None` where that is no exact number.
    pub(in crate::plan) moved: Option<Move>,
}

/// What is known of lines that are in step already.
#[derive(Clone, Copy)]
pub(in crate::plan) struct Known<'k> {
    pub(in crate::plan) records: &'k LineRecords,
    pub(in crate::plan) now: Timestamp,
}

/// Finds the groups, marks their changes, and tells each falling line whom to wait for.
pub(in crate::plan) fn find<'a>(
    lines: &mut [Line<'a>],
    changes: &mut [Change<'a>],
    known: Known<'_>,
) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut from = 0;
    while from < changes.len() {
        let identifier = lines[changes[from].index].company.identifier;
        let same = |change: &Change<'_>| lines[change.index].company.identifier == identifier;
        let to = from + changes[from..].iter().take_while(|change| same(change)).count();
        if changes[from..to].iter().any(|change| is_falling(change, lines)) {
            of_company(lines, changes, from..to, known, &mut groups);
        }
        from = to;
    }
    groups
}

fn is_falling(change: &Change<'_>, lines: &[Line<'_>]) -> bool {
    change.role == Role::Falling && change.after.is_zero() && lines[change.index].reasons.is_empty()
}

/// A change that may take over: wanted by the accounts' own figures, above zero, and held by nothing so far.
fn is_sister(change: &Change<'_>, lines: &[Line<'_>]) -> bool {
    change.role == Role::Wanted && change.after > Quantity::ZERO && lines[change.index].reasons.is_empty()
}

/// A line that bills what its accounts want already.
fn is_kept_sister(line: &Line<'_>) -> bool {
    line.verdict == Verdict::Keep
        && line.current == line.desired
        && line.current.is_some_and(|current| current > Quantity::ZERO)
        && !line.derivation.is_empty()
        && !line.notes.contains(&Code::Pinned)
}

/// The types of falling lines, joined into one group where one line has several.
#[derive(Default)]
struct Types<'a> {
    known: Vec<(CompanyId, &'a str, usize)>,
    groups: usize,
}

impl<'a> Types<'a> {
    fn join(&mut self, company: CompanyId, types: &[&'a str]) {
        let group = self.groups;
        self.groups += 1;
        for vendor_type in types {
            match self.group(company, vendor_type) {
                Some(other) => self.merge(other, group),
                None => self.known.push((company, vendor_type, group)),
            }
        }
    }

    fn merge(&mut self, from: usize, to: usize) {
        for (_, _, group) in self.known.iter_mut().filter(|(_, _, group)| *group == from) {
            *group = to;
        }
    }

    fn group(&self, company: CompanyId, vendor_type: &str) -> Option<usize> {
        let same = |known: &&(CompanyId, &str, usize)| known.0 == company && known.1 == vendor_type;
        self.known.iter().find(same).map(|(_, _, group)| *group)
    }

    /// The group that the types a line counts belong to; several groups become one.
    fn group_of(&mut self, line: &Line<'_>) -> Option<usize> {
        let mut found: Option<usize> = None;
        for part in &line.derivation {
            match (self.group(line.company.id, part.vendor_type), found) {
                (Some(group), None) => found = Some(group),
                (Some(group), Some(first)) if group != first => self.merge(group, first),
                (Some(_), Some(_)) | (None, _) => {}
            }
        }
        found
    }
}

/// One line of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    /// A change, by its place among the changes.
    Change(usize),
    /// A line in step, by its place in the plan.
    Kept(usize),
}

/// The groups among the lines of one company identifier, whose changes stand in `range`.
fn of_company<'a>(
    lines: &mut [Line<'a>],
    changes: &mut [Change<'a>],
    range: Range<usize>,
    known: Known<'_>,
    groups: &mut Vec<Group>,
) {
    let mut types = Types::default();
    for change in changes[range.clone()].iter().filter(|change| is_falling(change, lines)) {
        types.join(lines[change.index].company.id, &change.types);
    }
    let sisters = sisters(lines, changes, range.clone());
    // A sister can make one group of two, so all are asked before any answer is final.
    for (_, index) in &sisters {
        types.group_of(&lines[*index]);
    }
    let mut members: Vec<(usize, Member)> = sisters
        .iter()
        .filter_map(|(member, index)| Some((types.group_of(&lines[*index])?, *member)))
        .collect();
    let taken_over: Vec<usize> = members.iter().map(|(group, _)| *group).collect();
    let falling = range.filter(|at| is_falling(&changes[*at], lines)).filter_map(|at| {
        let company = lines[changes[at].index].company.id;
        let group = types.group(company, changes[at].types.first()?)?;
        taken_over.contains(&group).then_some((group, Member::Change(at)))
    });
    members.extend(falling.collect::<Vec<_>>());
    members.sort_unstable();
    for group in members.chunk_by(|a, b| a.0 == b.0) {
        let number = groups.len();
        groups.push(form(lines, changes, group, known, number));
    }
}

/// The lines that may take over, changing or in step, with their places in the plan.
fn sisters(lines: &[Line<'_>], changes: &[Change<'_>], range: Range<usize>) -> Vec<(Member, usize)> {
    let identifier = lines[changes[range.start].index].company.identifier;
    let first = lines.partition_point(|line| line.company.identifier < identifier);
    let count = lines[first..].partition_point(|line| line.company.identifier == identifier);
    let changing =
        range.filter(|at| is_sister(&changes[*at], lines)).map(|at| (Member::Change(at), changes[at].index));
    let kept = (first..first + count).filter(|index| is_kept_sister(&lines[*index]));
    changing.chain(kept.map(|index| (Member::Kept(index), index))).collect()
}

/// Marks the changes of a group and adds up what it moves.
fn form(
    lines: &mut [Line<'_>],
    changes: &mut [Change<'_>],
    members: &[(usize, Member)],
    known: Known<'_>,
    number: usize,
) -> Group {
    let mut belongs = Vec::new();
    let mut moves = Vec::new();
    let mut rising = Vec::new();
    for (_, member) in members {
        match *member {
            Member::Change(at) => {
                let change = &mut changes[at];
                change.group = Some(number);
                belongs.push(at);
                moves.push(Some(Move::of(change)));
                if change.role == Role::Wanted {
                    rising.push(lines[change.index].product.id);
                }
            }
            Member::Kept(index) => {
                let guards = belongs.first().map_or_else(LineGuards::default, |at| changes[*at].guards);
                moves.push(standing(&lines[index], known, guards));
            }
        }
    }
    rising.sort_unstable();
    rising.dedup();
    for change in belongs.iter().map(|at| &changes[*at]).filter(|change| change.role == Role::Falling) {
        lines[change.index].after.clone_from(&rising);
    }
    let moved = moves.into_iter().reduce(|left, right| sum(left?, right?)).flatten();
    Group { changes: belongs, moved }
}

/// A sister that bills what it should already counts on both sides. Changes come first, so one of their limits is its.
fn standing(line: &Line<'_>, known: Known<'_>, guards: LineGuards) -> Option<Move> {
    let current = line.current?;
    let week_ago =
        known.records.get(&line.key()).map_or(current, |record| week_ago(record, current, known.now));
    Some(Move {
        before: current.value(),
        after: current.value(),
        week_ago: week_ago.value(),
        value: line.addition.and_then(|addition| Tariff::of_reference(&addition).value(current)),
        delta: Some(Money::ZERO),
        guards,
    })
}

#[cfg(test)]
mod tests;
