//! Every stable code, provoked through the whole program: what a user sees, what is left alone, and with which exit code.
//!
//! A story that provokes a code is a row of the table at the top of its file. That no code is without one is a test.

#[macro_use]
pub mod table;

mod additions;
mod commits;
pub mod crowd;
mod figures;
mod files;
mod hands;
mod levels;
mod links;
mod overrides;
mod runs;
mod secrets;
mod settings;
mod sizes;
mod sources;
mod usage_files;
mod writes;
mod yaml;

use std::collections::BTreeSet;

use trueup::problem::Code;

use super::world::World;

const PROVOKED: &[&[Code]] = &[
    additions::CODES,
    commits::CODES,
    figures::CODES,
    files::CODES,
    hands::CODES,
    levels::CODES,
    links::CODES,
    overrides::CODES,
    runs::CODES,
    settings::CODES,
    sizes::CODES,
    sources::CODES,
    usage_files::CODES,
    writes::CODES,
    yaml::CODES,
];

#[test]
fn every_code_is_provoked_by_a_story() {
    let provoked: BTreeSet<Code> = PROVOKED.concat().into_iter().collect();

    let missing: Vec<Code> = Code::ALL.iter().copied().filter(|code| !provoked.contains(code)).collect();

    assert_eq!(missing, [], "these codes are provoked by no story");
}

#[test]
fn every_code_has_a_page_that_says_how_to_clear_it() {
    let world = World::in_step();
    for code in Code::ALL {
        let ran = world.run(&["explain", code.as_str()]);

        assert_eq!(ran.code, Some(0), "{code}: {}", ran.stderr);
        let (first, clear) = ran.stdout.split_once("How to clear it").expect("a page has a way out");
        assert!(first.starts_with(code.as_str()), "{code}: {first}");
        assert!(clear.trim().len() > 20, "{code}: {clear}");
    }
    assert_eq!(world.simulator().log().len(), 0, "a page needs no request");
}
