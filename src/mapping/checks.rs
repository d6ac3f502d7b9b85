//! What must hold in the mapping files beyond their form: one table of named checks.
//!
//! A check is a function and a line of the table. Each tells everything it finds, at the place of the very value.

mod accounts;
mod dates;
mod files;
mod overrides;
mod rows;

use jiff::civil::Date;

use super::draft::{Draft, Found, ReadFile};
use crate::problem::{Place, Problem};

/// What checks look at.
pub(super) struct Scope<'a> {
    /// The files, sorted by name.
    pub(super) files: &'a [ReadFile],
    /// What they say together.
    pub(super) draft: &'a Draft<'a>,
    /// The day, in UTC.
    pub(super) today: Date,
    /// Whether every file has the right form. Checks that miss an entry wait for that, so as to tell nothing untrue.
    pub(super) sound: bool,
}

/// When a check counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Always: the mappings cannot be used otherwise.
    Read,
    /// For a reviewer: a plan copes with it, by holding what it concerns.
    Review,
}

/// A named check.
struct Check {
    /// What holds when it finds nothing.
    name: &'static str,
    stage: Stage,
    run: fn(&Scope<'_>, &mut Vec<Problem>),
}

/// All checks.
const CHECKS: &[Check] = &[
    Check { name: "some file says something", stage: Stage::Read, run: files::say_something },
    Check { name: "one file has the policy", stage: Stage::Read, run: files::one_policy },
    Check { name: "a file has one table for its levels", stage: Stage::Read, run: files::one_table },
    Check {
        name: "rows, links and tables name their source",
        stage: Stage::Read,
        run: files::source_is_named,
    },
    Check {
        name: "no address, template or path is written",
        stage: Stage::Read,
        run: files::no_foreign_text,
    },
    Check { name: "a row selects what no other row selects", stage: Stage::Read, run: rows::select_once },
    Check { name: "a type and level stand once in a table", stage: Stage::Read, run: rows::declared_once },
    Check {
        name: "git's table has every level that needs it",
        stage: Stage::Review,
        run: rows::levels_are_declared,
    },
    Check { name: "an account is linked or ignored once", stage: Stage::Read, run: accounts::named_once },
    Check { name: "a line is pinned once", stage: Stage::Read, run: overrides::pinned_once },
    Check { name: "a pinned quantity can be billed", stage: Stage::Read, run: overrides::pins_can_be_billed },
    Check {
        name: "a waiver says what it lets pass",
        stage: Stage::Read,
        run: overrides::waivers_are_complete,
    },
    Check { name: "a waiver ends within a month", stage: Stage::Read, run: dates::waivers_end_soon },
    Check { name: "a freeze has an hour and a zone", stage: Stage::Read, run: dates::freezes_are_windows },
    Check { name: "what ended is taken out", stage: Stage::Review, run: dates::nothing_ended_long_ago },
];

/// What holds in sound mappings, one sentence a check, in the order of the table.
pub fn check_names() -> impl Iterator<Item = &'static str> {
    CHECKS.iter().map(|check| check.name)
}

/// Everything the checks of a stage and of those before it find.
pub(super) fn run(scope: &Scope<'_>, stage: Stage) -> Vec<Problem> {
    let mut problems = Vec::new();
    for check in CHECKS.iter().filter(|check| check.stage <= stage) {
        (check.run)(scope, &mut problems);
    }
    problems
}

/// `backup.yaml, line 4, column 11`.
fn spoken(place: &Place) -> String {
    format!("{}, line {}, column {}", place.file, place.line, place.column)
}

impl<T> Found<'_, T> {
    /// Where the value of a key stands.
    fn place_of(&self, key: &str) -> Place {
        self.node.key(key).place()
    }
}
