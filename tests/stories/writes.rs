//! What is sent to ConnectWise and when, while things go wrong: requests to stop, lost answers, people who edit.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use trueup::journal::{HistoryFilter, Journal, JournalReader};
use trueup::simulator::{Canned, Fault, Function, Level, Levels, Match, Role};

use super::codes::crowd::{crowd, use_each};
use super::world::elsewhere::land;
use super::world::plain::{MAPPING, SEED, account};
use super::world::{QUICK_WRITES, Ran, World};

const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";

/// A tenant whose line is missing and may be created, with 27 GB.
fn to_create() -> World {
    let world = World::seeded(&SEED.replace("{ id: 9001, product: BKP-GB, quantity: 25 }", ""));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("policy.yaml", "policy: { missing_addition: create }\n").mapping("backup.yaml", MAPPING);
    world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world
}

/// Starts `apply`, and waits until so many writes have landed.
fn applying(world: &World, landed: usize) -> Child {
    let mut command = world.command(&["apply", "--yes"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    until(|| world.writes().len() >= landed);
    child
}

fn until(is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "it never came to that");
        std::thread::yield_now();
    }
}

/// Asks a program to stop, as a service manager does, and waits for its end.
fn terminate(child: Child) -> Ran {
    let asked = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status();
    assert!(asked.expect("there is such a command").success());
    Ran::from(child.wait_with_output().expect("it ends"))
}

fn sent(world: &World) -> Vec<String> {
    let verb = |request: String| request.split(' ').next().unwrap_or_default().to_owned();
    world.write_requests().into_iter().map(verb).collect()
}

fn journal(world: &World) -> JournalReader {
    Journal::read(&world.path("trueup.db")).expect("it can be read").expect("there is one")
}

fn count(text: &str, of: &str) -> usize {
    text.matches(of).count()
}

/// Applies until everything is written and verified.
fn settle(world: &World) {
    until(|| world.apply().code == Some(0));
}

#[test]
fn a6_sigterm_finishes_the_write_in_flight_and_begins_no_other() {
    let world = crowd(3, 10, "0.50");
    use_each(&world, &[11, 11, 11]);
    world.simulator().fail_next(Match::method("PATCH"), Fault::AnswerAfterMillis(1500));

    let ran = terminate(applying(&world, 1));

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(count(&ran.stdout, "not tried"), 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("1 written and verified"), "{}", ran.stdout);
    assert_eq!([9000, 9001, 9002].map(|addition| world.quantity(addition)), ["11", "10", "10"]);
    assert!(journal(&world).open_intents("story").unwrap().is_empty(), "the journal is settled");
    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.write_requests().len(), 3, "each once");
}

#[test]
fn a6_sigterm_before_anything_is_written_ends_at_once_and_says_so() {
    for slow in ["/login/companyinfo", "/company/companies"] {
        let world = crowd(3, 10, "0.50");
        use_each(&world, &[11, 11, 11]);
        world.simulator().fail_next(Match::method("GET").path(slow), Fault::DelayMillis(60_000));
        let child = applying(&world, 0);
        until(|| world.simulator().faults_left() == 0);

        let asked = Instant::now();
        let ran = terminate(child);

        assert_eq!(ran.code, Some(5), "{slow}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("A stop was requested; nothing was written"), "{}", ran.stderr);
        assert!(asked.elapsed() < Duration::from_secs(10), "{slow}: {:?}", asked.elapsed());
        assert_eq!(sent(&world), Vec::<String>::new());
    }
}

#[test]
fn a_stop_between_a_create_and_its_quantity_means_no_further_write() {
    let world = to_create();
    world.simulator().fail_next(Match::method("POST").path("/additions"), Fault::AnswerAfterMillis(1500));

    let ran = terminate(applying(&world, 1));

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("at 0 until the next run"), "{}", ran.stdout);
    assert_eq!(sent(&world), ["POST"]);
    let meant = journal(&world).history("story", HistoryFilter::default()).unwrap();
    assert_eq!(meant.len(), 1, "no intent after the request to stop: {meant:?}");
    assert_eq!(world.apply().code, Some(0));
    assert_eq!(sent(&world), ["POST", "PATCH"]);
}

#[test]
fn when_one_of_the_first_of_many_lines_fails_no_other_is_sent() {
    let world = crowd(21, 10, "0.50");
    use_each(&world, &[11; 21]);
    world.settings(SOURCES, QUICK_WRITES);
    world.simulator().fail_next(Match::method("PATCH"), Fault::IgnoreWrite);

    let ran = world.apply();

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(count(&ran.stdout, "not tried"), 20, "{}", ran.stdout);
    assert_eq!(world.write_requests().len(), 1);
}

#[test]
fn c1_an_edit_of_the_first_of_many_lines_leaves_it_out_and_the_others_go_on() {
    let world = crowd(21, 10, "0.50");
    use_each(&world, &[11; 21]);
    let read = Match::method("GET").path("/agreements/400/additions/9000");
    world.simulator().fail_next(read, Fault::DelayMillis(600));
    let child = applying(&world, 0);
    until(|| world.simulator().log().iter().any(|exchange| exchange.path.ends_with("/system/bundles")));
    world.simulator().edit_quantity(9000, Some(12.into())).expect("the addition is there");

    let ran = Ran::from(child.wait_with_output().expect("it ends"));

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("concurrent_change"), "{}", ran.stdout);
    assert_eq!((world.write_requests().len(), world.quantity(9000).as_str()), (20, "12"));
}

#[test]
fn a_new_line_is_created_at_nothing_and_brought_to_its_quantity_by_a_write_of_its_own() {
    let world = to_create();

    let ran = world.apply();

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(sent(&world), ["POST", "PATCH"]);
    assert!(world.write_requests()[0].contains(r#""quantity":0"#), "{:?}", world.write_requests());
    assert!(world.plan().is_unchanged());
}

#[test]
fn a_new_line_that_cannot_be_read_back_is_told_as_created_and_not_as_left_out() {
    let world = to_create();
    let failed = Canned::new(500, r#"{"code":"InternalServerError","message":"An error occurred"}"#);
    let one_line = Match::method("GET").path("/agreements/401/additions/100001");
    world.simulator().fail_times(one_line, Fault::StatusBefore(failed), 1_000);

    let ran = world.apply();

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("  created  ") && !ran.stdout.contains("  left out  "), "{}", ran.stdout);
    assert_eq!(sent(&world).len(), 1, "the line, and no quantity");
}

#[test]
fn i5_a_right_to_add_that_is_missing_stops_creates_and_nothing_else() {
    let bolt =
        "companies: [{ id: 72, identifier: Bolt, name: Bolt, customFields: { echo_username: bolt } }, ";
    let one_line = "agreements:\n  - { id: 402, name: Bolt Backup, company: 72, type: 5, additions: [{ id: 9002, product: BKP-GB, quantity: 10 }] }";
    let seed = SEED.replace("{ id: 9001, product: BKP-GB, quantity: 25 }", "");
    let world = World::seeded(&seed.replace("companies: [", bolt).replace("agreements:", one_line));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("policy.yaml", "policy: { missing_addition: create }\n").mapping("backup.yaml", MAPPING);
    world.accounts(&[&account("acme_dental", 27), &account("bolt", 11)]).commit("Bill backup");
    let may_not_add = Levels { inquire: Level::All, edit: Level::All, ..Levels::default() };
    world.simulator().set_role("trueup", Role::default().with(Function::Agreements, may_not_add));

    let ran = world.apply();

    assert_eq!((ran.code, world.quantity(9002).as_str()), (Some(6), "11"), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(world.write_requests().len(), 1, "no create is tried");
    for told in ["No line is created", "Finance > Agreements: Add is None, All is needed"] {
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    assert!(ran.stdout.contains("the API member lacks a right that is needed"), "{}", ran.stdout);
}

#[test]
fn a_create_whose_answer_is_lost_is_found_again_and_not_repeated() {
    let world = to_create();
    let create = Match::method("POST").path("/additions");
    world.simulator().fail_next(create, Fault::DropConnectionAfterCommit);

    let lost = world.apply();
    settle(&world);

    assert_eq!(lost.code, Some(6), "{}{}", lost.stdout, lost.stderr);
    assert_eq!(sent(&world), ["POST", "PATCH"]);
    assert_eq!(world.simulator().additions().len(), 1);
}

#[test]
fn b16_two_new_lines_after_a_lost_answer_are_both_left_at_nothing() {
    let world = to_create();
    let create = Match::method("POST").path("/additions");
    world.simulator().fail_next(create, Fault::DropConnectionAfterCommit);
    world.apply();
    create_another(&world);
    let since = sent(&world).len();

    until(|| !world.apply().stdout.contains("1 in doubt"));

    assert_eq!(world.apply().code, Some(3));
    assert!(world.plan().short("AcmeDental", "BKP-GB").contains("ambiguous_addition"));
    assert_eq!(sent(&world).len(), since, "nothing more was sent");
    assert_eq!(world.simulator().additions().len(), 2);
}

/// Somebody else creates the same line, by the API.
fn create_another(world: &World) {
    let body = r#"{"product":{"id":31},"quantity":0,"billCustomer":"Billable","effectiveDate":"2026-11-01T00:00:00Z"}"#;
    land(world, "POST", "finance/agreements/401/additions", body);
}

#[test]
fn our_own_write_in_doubt_is_not_held_against_somebody_else() {
    let world = World::in_step();
    world.settings(SOURCES, QUICK_WRITES);
    world.apply();
    world.accounts(&[&account("acme_dental", 27)]);
    world.simulator().fail_next(Match::method("PATCH"), Fault::DropConnectionAfterCommit);
    world.apply();
    assert_eq!(world.apply().code, Some(6), "still in doubt");
    settle(&world);

    world.simulator().edit_quantity(9001, Some(26.into())).expect("the addition is there");
    world.apply();

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "hold 26 -> 27 hand_edit");
}

#[test]
fn what_was_not_applied_is_not_recorded_as_applied() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let days: Vec<String> = (1..=31).map(|day: u32| day.to_string()).collect();
    let window =
        format!("days_of_month: [{}], from: \"00:00\", to: \"24:00\", timezone: Etc/UTC", days.join(", "));
    world.mapping("policy.yaml", &format!("policy: {{ freeze: [{{ {window} }}] }}\n")).commit("Invoice run");

    let asked = world.run(&["apply"]);
    let frozen = world.apply();

    assert_eq!((asked.code, frozen.code), (Some(3), Some(3)), "{}{}", frozen.stdout, frozen.stderr);
    assert_eq!(journal(&world).last_applied_commit("story").unwrap(), None);
}

#[test]
fn usage_is_remembered_only_when_somebody_said_yes_to_what_it_was_judged_by() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);

    let nobody = world.run(&["apply"]);
    let before = journal(&world).memory("story", Timestamp::now()).unwrap().sources.len();
    world.apply();
    let after = journal(&world).memory("story", Timestamp::now()).unwrap().sources.len();

    assert_eq!((nobody.code, before, after), (Some(64), 0, 1));
}
