//! What cannot be done is told in one clear error with the right exit code, and nothing is written.

use std::fs;
use std::process::Command;

use trueup::journal::Journal;
use trueup::simulator::{Fault, Function, Level, Levels, Match, Role};

use super::world::plain::account;
use super::world::{QUICK_WRITES, Ran, World};

const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";

/// A world with one change to apply.
fn with_a_change() -> World {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    world
}

fn assert_refused(world: &World, ran: &Ran, code: i32, sentence: &str) {
    assert_eq!(ran.code, Some(code), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains(sentence), "{sentence:?} is not in {}", ran.stderr);
    assert_eq!(errors(ran), 1, "one clear error: {}", ran.stderr);
    assert_eq!(world.write_requests(), Vec::<String>::new());
    assert_eq!(world.quantity(9001), "25");
}

/// Where nothing listens: no test is ever given that port.
pub const NOWHERE: &str = "127.0.0.1:1";

fn errors(ran: &Ran) -> usize {
    ran.stderr.lines().filter(|line| line.starts_with("error")).count()
}

#[test]
fn a_connectwise_that_cannot_be_reached_ends_with_5_and_says_what_to_check() {
    let world = with_a_change();
    let settings = fs::read_to_string(world.path("trueup.yaml")).unwrap();
    world.write("trueup.yaml", &settings.replace(&world.url(), &format!("http://{NOWHERE}")));

    for verb in [&["plan"][..], &["apply", "--yes"]] {
        assert_refused(&world, &world.run(verb), 5, "ConnectWise cannot be reached");
    }
}

#[test]
fn a_wrong_key_ends_with_5_and_the_key_is_not_shown() {
    let world = with_a_change();
    world.write("secrets/key", "not-the-key");

    for verb in [&["plan"][..], &["apply", "--yes"]] {
        let ran = world.run(verb);
        assert_refused(&world, &ran, 5, "ConnectWise refused the API keys");
        assert!(!ran.stderr.contains("not-the-key"));
    }
}

#[test]
fn an_unknown_login_company_ends_with_5() {
    let world = with_a_change();
    let settings = fs::read_to_string(world.path("trueup.yaml")).unwrap();
    world.write("trueup.yaml", &settings.replace("company: story", "company: nobody"));

    assert_refused(&world, &world.apply(), 5, "ConnectWise knows no company \"nobody\"");
}

#[test]
fn a_journal_that_another_process_holds_ends_with_8_and_planning_goes_on() {
    let world = with_a_change();
    let held = Journal::open(&world.path("trueup.db")).unwrap();

    assert_refused(&world, &world.apply(), 8, "The journal cannot be used");
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");

    drop(held);
    assert_eq!(world.apply().code, Some(0));
}

#[test]
fn a_damaged_journal_stops_writes_and_says_how_to_go_on() {
    let world = with_a_change();
    world.apply();
    world.accounts(&[&account("acme_dental", 28)]);
    let path = world.path("trueup.db");
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(9).position(|window| window == b"BKP-GB\",\"").unwrap_or(bytes.len() / 2);
    bytes[at] ^= 1;
    fs::write(&path, bytes).unwrap();
    let written = world.write_requests().len();

    let ran = world.apply();

    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("the journal is damaged"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint:"), "{}", ran.stderr);
    assert_eq!(world.write_requests().len(), written);
}

#[test]
fn a_full_disk_for_the_journal_stops_before_anything_is_sent_that_it_does_not_know() {
    for blocks in [0, 8, 24, 48, 96, 160] {
        let world = with_a_change();
        world.settings(SOURCES, QUICK_WRITES);

        let ran = with_file_limit(&world, blocks);

        if ran.code != Some(0) {
            assert_eq!(ran.code, Some(1), "{blocks} blocks: {}{}", ran.stdout, ran.stderr);
            assert_eq!(errors(&ran), 1, "{blocks} blocks: {}", ran.stderr);
        }
        assert!(world.write_requests().len() <= 1, "{blocks} blocks");
        settle(&world);
        assert_eq!(world.quantity(9001), "27", "{blocks} blocks");
        assert_eq!(world.writes().len(), 1, "{blocks} blocks: written once");
    }
}

/// Runs `apply` where no file may grow beyond so many blocks of 512 bytes, which is how a full disk looks to it.
fn with_file_limit(world: &World, blocks: u32) -> Ran {
    let apply = world.command(&["apply", "--yes"]);
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" apply --yes");
    let mut command = Command::new("sh");
    command.arg("-c").arg(script).arg(apply.get_program()).current_dir(world.path(""));
    command.env_clear().env("HOME", world.path(""));
    Ran::from(command.output().expect("a shell starts"))
}

/// Applies until nothing is in doubt.
fn settle(world: &World) {
    let start = std::time::Instant::now();
    while world.apply().code != Some(0) {
        assert!(start.elapsed() < std::time::Duration::from_secs(60), "it never settles");
    }
}

#[test]
fn a_right_that_is_taken_away_stops_all_writes_and_says_so() {
    let world = with_a_change();
    let reads = Levels { inquire: Level::All, ..Levels::default() };
    world.simulator().set_role("trueup", Role::default().with(Function::Agreements, reads));

    let ran = world.apply();

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("not tried"), "{}", ran.stdout);
    assert!(ran.stderr.contains("Edit is None, All is needed"), "{}", ran.stderr);
    assert_eq!(world.quantity(9001), "25");
}

#[test]
fn an_answer_that_is_lost_is_in_doubt_and_the_next_run_settles_it_without_writing_again() {
    let world = with_a_change();
    world.settings(SOURCES, QUICK_WRITES);
    world.simulator().fail_next(Match::method("PATCH"), Fault::DropConnectionAfterCommit);

    let lost = world.apply();

    assert_eq!(lost.code, Some(6), "{}{}", lost.stdout, lost.stderr);
    assert!(lost.stdout.contains("in doubt"), "{}", lost.stdout);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "hold 27 -> 27 in_doubt");
    settle(&world);
    assert_eq!(world.writes().len(), 1, "written once");
    assert!(world.plan().is_unchanged());
}

#[test]
fn a_write_that_changed_nothing_diverges_and_is_not_repeated() {
    let world = with_a_change();
    world.settings(SOURCES, QUICK_WRITES);
    world.simulator().fail_next(Match::method("PATCH"), Fault::IgnoreWrite);

    let first = world.apply();
    let second = world.apply();

    assert_eq!(first.code, Some(6), "{}{}", first.stdout, first.stderr);
    assert!(first.stdout.contains("diverged"), "{}", first.stdout);
    assert_eq!(second.code, Some(3), "{}{}", second.stdout, second.stderr);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "hold 25 -> 27 diverged");
    assert_eq!(world.write_requests().len(), 1);
}
