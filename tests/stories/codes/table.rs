//! The table of a file of stories, and what all of them check.
//!
//! A story gives back what the program said. A row whose story never made the program say its code fails.

use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use serde_json::Value;
use trueup::problem::Code;

use crate::world::{Plan, Ran, World};

/// Makes tests of stories, one row each: the code, and the law that its story shows.
macro_rules! provoked {
    ($($code:ident: $law:ident,)+) => {
        /// The codes that the stories of this file provoke.
        pub(super) const CODES: &[trueup::problem::Code] = &[$(trueup::problem::Code::$code),+];

        mod story {
            $(#[test] fn $law() {
                crate::codes::table::says(trueup::problem::Code::$code, &super::$law());
            })+
        }
    };
}

/// Asserts that the program said a code.
pub fn says(code: Code, said: &str) {
    assert!(said.contains(code.as_str()), "the program never said {code}: {said}");
}

/// A line as people name it.
pub type LineName = (&'static str, &'static str);

/// The line of the smallest tenant.
pub const BKP_GB: LineName = ("AcmeDental", "BKP-GB");

/// Asserts that a line is held so, and that applying leaves it alone and ends with 3. Gives what was said.
pub fn held(world: &World, line: LineName, short: &str) -> String {
    let plan = world.plan();
    assert_eq!(plan.short(line.0, line.1), short, "{:#}", plan.0);
    format!("{}\n{}", plan.0, left_alone(world, 3))
}

/// Asserts that applying writes nothing and ends with a code. Gives what was said.
pub fn left_alone(world: &World, code: i32) -> String {
    let before = world.write_requests();
    let applied = world.apply();
    assert_eq!(applied.code, Some(code), "{}", said(&applied));
    assert_eq!(world.write_requests(), before, "what is held was written");
    said(&applied)
}

/// Asserts that a plan tells a note or problem about a subject, and that a line is as it would be without. Gives what
/// was said.
pub fn told(world: &World, code: Code, subject: &str, line: LineName, short: &str) -> String {
    let plan = world.plan();
    assert_eq!(plan.short(line.0, line.1), short, "{:#}", plan.0);
    let problem = problem(&plan, code, subject);
    problem.to_string()
}

/// Asserts that a line carries a note and is as it would be without. Gives the note.
pub fn noted(world: &World, code: Code, line: LineName, short: &str) -> String {
    let plan = world.plan();
    assert_eq!(plan.short(line.0, line.1), short, "{:#}", plan.0);
    let notes = &plan.line(line.0, line.1)["notes"];
    assert!(notes.as_array().is_some_and(|notes| notes.contains(&code.as_str().into())), "{notes}");
    let text = world.run(&["explain", &format!("{}/{}", line.0, line.1)]);
    assert_eq!(text.code, Some(0), "{}", said(&text));
    text.stdout
}

/// The problem of a plan with a code about a subject.
pub fn problem<'p>(plan: &'p Plan, code: Code, subject: &str) -> &'p Value {
    let problems = plan.0["problems"].as_array().expect("a plan has problems");
    let found = problems
        .iter()
        .find(|problem| problem["code"] == code.as_str() && problem["subject"].as_str() == Some(subject));
    found.unwrap_or_else(|| panic!("no {code} about {subject} in {problems:#?}"))
}

/// Asserts that a line's YAML for its release, committed as it is printed, lets it change so.
pub fn released(world: &World, line: LineName, short: &str) {
    let plan = world.plan();
    let release = plan.line(line.0, line.1)["reasons"][0]["release"].as_str();
    let release = release.unwrap_or_else(|| panic!("no release in {:#}", plan.line(line.0, line.1)));
    world.mapping("release.yaml", release).commit("Release a line");

    let plan = world.plan();

    assert_eq!(plan.short(line.0, line.1), short, "{release}\n{:#}", plan.0);
    assert!(!plan.problem_codes().contains(&"waiver_unused".to_owned()), "{release}");
}

/// Everything a command said.
pub fn said(ran: &Ran) -> String {
    format!("{}{}", ran.stdout, ran.stderr)
}

/// Asserts that mappings or settings are refused before anything else happens: by a reviewer's check, by planning and by
/// applying, at a place. Gives what was said.
pub fn refused(world: &World, code: Code, place: &str) -> String {
    let mut all = String::new();
    for verb in [&["validate"][..], &["plan"], &["apply", "--yes"]] {
        let ran = world.run(verb);
        assert_eq!(ran.code, Some(4), "{verb:?}: {}", said(&ran));
        says(code, &said(&ran));
        assert!(said(&ran).contains(place), "{verb:?} names no {place}: {}", said(&ran));
        all.push_str(&said(&ran));
    }
    assert_eq!(world.simulator().log().len(), 0, "what is refused costs no request");
    all
}

/// Asserts that nothing can be planned, and that nobody is asked for anything. Gives what was said.
pub fn unplanned(world: &World, place: &str) -> String {
    let mut all = String::new();
    for verb in [&["plan"][..], &["apply", "--yes"]] {
        let ran = world.run(verb);
        assert_eq!(ran.code, Some(5), "{verb:?}: {}", said(&ran));
        assert!(said(&ran).contains(place), "{verb:?} names no {place}: {}", said(&ran));
        all.push_str(&said(&ran));
    }
    assert_eq!(world.write_requests(), Vec::<String>::new());
    all
}

/// The day so many days from now, in UTC.
pub fn day(from_now: i64) -> Date {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    today.checked_add(from_now.days()).expect("the calendar is longer than that")
}
