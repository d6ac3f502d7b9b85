//! Checks of mapping rows and of the table that git may own.

use std::collections::HashMap;

use super::{Scope, spoken};
use crate::mapping::draft::Found;
use crate::mapping::{PlanSelector, Row, Service, Subject, Table};
use crate::problem::nearest;
use crate::problem::{Code, Place, Problem};

/// Two rows for one thing would bill it twice, or leave it to chance how.
pub(super) fn select_once(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let mut seen: HashMap<Selection<'_>, Place> = HashMap::with_capacity(scope.draft.rows.len());
    for found in &scope.draft.rows {
        let (key, selection) = selection(&found.value);
        let place = found.place_of(key);
        match seen.get(&selection) {
            None => {
                seen.insert(selection, place);
            }
            Some(first) => {
                let subject = selection.names[0].unwrap_or("(All plans)");
                let message = format!(
                    "{key} {subject:?} of source {:?} has a row already, in {}",
                    selection.source,
                    spoken(first)
                );
                problems.push(Problem::error(Code::DuplicateRow, subject, message).at(place));
            }
        }
    }
}

/// What a row selects.
#[derive(PartialEq, Eq, Hash)]
struct Selection<'a> {
    source: &'a str,
    service: Service,
    names: [Option<&'a str>; 3],
}

/// The key that says what a row selects, and what that is.
fn selection(row: &Row) -> (&'static str, Selection<'_>) {
    let (key, names) = match &row.subject {
        Subject::Plan { plan: PlanSelector::All, .. } => ("plan", [None; 3]),
        Subject::Plan { plan: PlanSelector::Named(plan), .. } => ("plan", [Some(&**plan), None, None]),
        Subject::Seats { option, unique_id, .. } => ("option", [Some(&**option), unique_id.as_deref(), None]),
        Subject::Metered { metric, vendor_type, .. } => {
            ("metric", [Some(&**metric), Some(&**vendor_type), Some(&*row.level)])
        }
    };
    (key, Selection { source: &row.source, service: row.service(), names })
}

/// Two entries for one type and level leave it open what is billed.
pub(super) fn declared_once(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let mut seen = HashMap::with_capacity(scope.draft.cross_references.len());
    for found in &scope.draft.cross_references {
        let entry = &found.value;
        let first = *seen.entry((&entry.source, &entry.vendor_type, &entry.level)).or_insert(&entry.place);
        if first != &entry.place {
            let message = format!(
                "type {:?} at level {:?} has an entry already, in {}",
                entry.vendor_type,
                entry.level,
                spoken(first)
            );
            let place = found.place_of("type");
            problems.push(Problem::error(Code::DuplicateRow, &*entry.level, message).at(place));
        }
    }
}

/// A level that no cross-reference has bills nothing; where git owns the table, git can be asked.
pub(super) fn levels_are_declared(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    if !scope.sound {
        return;
    }
    let mut levels: HashMap<&str, Vec<&str>> = HashMap::new();
    for found in &scope.draft.cross_references {
        levels.entry(&found.value.source).or_default().push(&found.value.level);
    }
    for known in levels.values_mut() {
        known.sort_unstable();
        known.dedup();
    }
    for Found { value: row, .. } in scope.draft.rows.iter().filter(|found| found.value.table == Table::Git) {
        let known = levels.get(&*row.source).map_or(&[][..], Vec::as_slice);
        if known.binary_search(&&*row.level).is_err() {
            problems.push(unknown_level(row, known));
        }
    }
}

fn unknown_level(row: &Row, known: &[&str]) -> Problem {
    let message = format!("no cross-reference of source {:?} has the level {:?}", row.source, row.level);
    let hint = match nearest(&row.level, known.iter().copied()) {
        Some(near) if near.eq_ignore_ascii_case(&row.level) => {
            format!("did you mean {near}? levels are case-sensitive")
        }
        Some(near) => format!("did you mean {near}?"),
        None if known.is_empty() => {
            "declare cross_references, or name the integration whose table has them".to_owned()
        }
        None => "declare it in cross_references".to_owned(),
    };
    Problem::error(Code::UnknownLevel, &*row.level, message).at(row.level_place.clone()).with_hint(hint)
}
