//! `trueup run`, left alone: pushed commits are applied, bad ones refused, and signals heeded.

use std::time::Duration;

use trueup::simulator::{Fault, Match};

use super::world::plain::{MAPPING, account};
use super::world::{QUICK_WRITES, World};

const SOURCES: &str = "sources:\n      intronis: { csv: { path: usage/intronis.csv } }";

/// The mappings of a tenant that the daemon writes.
fn applying() -> String {
    format!("{MAPPING}policy: {{ mode: apply }}\n")
}

/// A tenant in step that the daemon may write.
fn world() -> World {
    let world = World::in_step();
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("backup.yaml", &applying()).commit("Let the daemon write");
    world
}

#[test]
fn a_usage_file_that_is_replaced_leads_to_a_pass_and_one_more_shows_the_state() {
    let world = world();
    let mut daemon = world.daemon();
    daemon.passes("in_step");

    world.write("usage/next.csv", "");
    world.accounts(&[&account("acme_dental", 27)]);

    daemon.says(&["the line is written", "AcmeDental/BKP-GB", "27"]);
    daemon.passes("applied");
    daemon.passes("in_step");
    assert_eq!(world.quantity(9001), "27");
    assert_eq!(world.writes().len(), 1);
}

#[test]
fn a_commit_is_applied_a_bad_one_is_refused_and_its_fix_is_taken() {
    let world = world();
    world.accounts(&[&account("acme_dental", 26)]);
    let mut daemon = world.daemon();
    daemon.passes("applied");
    daemon.passes("in_step");
    let rounded =
        MAPPING.replace("usage_value: total", "usage_value: total, rounding: { mode: up, decimals: 0 }");

    world.mapping("backup.yaml", &rounded.replace("level:", "levle:")).commit("A slip");
    daemon.says(&["is refused"]);
    daemon.passes("in_step");
    world.wait_until("the refusal is noted, and no trouble", |world| {
        let pass = &world.status()["daemon"]["last_pass"];
        pass["refused"].is_string() && pass["trouble"].is_null()
    });
    world.mapping("backup.yaml", &format!("{rounded}policy: {{ mode: apply }}\n"));
    let fixed = world.commit("The fix");
    daemon.says(&["in force again"]);
    daemon.passes("in_step");

    world.wait_until("the fix is noted", |world| {
        let status = world.status();
        status["applied_commit"] == fixed.as_str() && status["daemon"]["last_pass"]["refused"].is_null()
    });
}

#[test]
fn e2_a_branch_that_was_rewound_holds_every_line() {
    let world = world();
    let first = world.commit("A first one");
    world.mapping("note.yaml", "source: intronis\n").commit("A second one");
    world.accounts(&[&account("acme_dental", 26)]);
    let mut daemon = world.daemon();
    daemon.passes("applied");
    daemon.passes("in_step");

    world.reset_to(&first);
    daemon.says(&["the mappings are others"]);
    daemon.passes("in_step");
    world.accounts(&[&account("acme_dental", 27)]);
    daemon.says(&["usage files changed"]);
    daemon.passes("held");

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "hold 26 -> 27 history");
    assert_eq!(world.quantity(9001), "26");
}

#[test]
fn a_tenant_is_suspended_and_resumed_while_the_daemon_runs() {
    let world = world();
    let mut daemon = world.daemon();
    daemon.passes("in_step");

    assert_eq!(world.run(&["suspend", "--reason", "invoice run"]).code, Some(0));
    daemon.says(&["writes are suspended", "invoice run"]);
    world.accounts(&[&account("acme_dental", 27)]);
    daemon.passes("planned");
    let suspended = world.status();
    let quantity = world.quantity(9001);
    assert_eq!(world.run(&["resume"]).code, Some(0));
    daemon.passes("applied");

    assert_eq!(suspended["daemon"]["suspended"]["reason"], "invoice run");
    assert_eq!((quantity.as_str(), world.quantity(9001).as_str()), ("25", "27"));
}

#[test]
fn apply_by_hand_refuses_a_suspended_tenant_and_says_how_to_resume() {
    let world = world();
    world.accounts(&[&account("acme_dental", 27)]);
    world.run(&["suspend"]);

    let refused = world.apply();
    let mut read_only = world.command(&["apply", "--yes"]);
    world.run(&["resume"]);
    let read_only = read_only.env("TRUEUP_READ_ONLY", "1").output().expect("the program starts");

    assert_eq!(refused.code, Some(5), "{}", refused.stderr);
    assert!(refused.stderr.contains("trueup resume --tenant story"), "{}", refused.stderr);
    assert_eq!(read_only.status.code(), Some(5));
    assert_eq!(world.write_requests(), Vec::<String>::new());
    assert_eq!(world.apply().code, Some(0));
}

#[test]
fn a6_a_stop_in_the_midst_of_a_write_ends_in_time_and_the_next_start_recovers() {
    let world = world();
    world.accounts(&[&account("acme_dental", 27)]);
    world.simulator().fail_next(Match::method("PATCH"), Fault::AnswerAfterMillis(60_000));
    let mut daemon = world.daemon();
    world.wait_until("the write is in flight", |world| world.simulator().faults_left() == 0);

    daemon.signal("TERM");
    let (code, took) = daemon.ended();

    assert_eq!(code, Some(6), "{}", daemon.log.join("\n"));
    assert!(took < Duration::from_secs(25), "{took:?}");
    let mut next = world.daemon();
    next.passes("in_step");
    assert_eq!(world.quantity(9001), "27");
    assert_eq!(world.writes().len(), 1, "it is not sent again");
}

#[test]
fn a_stop_with_nothing_under_way_ends_at_once_with_0() {
    for signal in ["TERM", "INT"] {
        let world = world();
        let mut daemon = world.daemon();
        daemon.passes("in_step");

        daemon.signal(signal);

        assert_eq!(daemon.ended().0, Some(0), "{}", daemon.log.join("\n"));
    }
}

#[test]
fn c5_a_second_daemon_and_an_apply_by_hand_are_refused_with_8() {
    let world = world();
    let mut daemon = world.daemon();
    daemon.passes("in_step");

    assert_eq!(world.run(&["run"]).code, Some(8));
    assert_eq!(world.run(&["run", "--once"]).code, Some(8));
    assert_eq!(world.apply().code, Some(8));
    assert!(daemon.runs());
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "keep 25 -> 25");
}

#[test]
fn settings_are_read_again_on_a_hangup_and_bad_ones_change_nothing() {
    let world = world();
    let mut daemon = world.daemon();
    daemon.passes("in_step");
    let good = std::fs::read_to_string(world.path("trueup.yaml")).unwrap();

    world.write("trueup.yaml", "tenants: {}\n");
    daemon.signal("HUP");
    daemon.says(&["those of before stay in force"]);
    world.write("trueup.yaml", &format!("{good}every: 30m\n"));
    daemon.signal("HUP");
    daemon.says(&["taken up anew", "story"]);
    daemon.passes("in_step");
    world.write("trueup.yaml", &format!("{good}every: 30m\nstale_after: 20m\n"));
    daemon.signal("HUP");
    daemon.says(&["taken up anew", "story"]);
    daemon.passes("in_step");
    world.write("trueup.yaml", &format!("{good}every: 30m\n").replace("  story:\n", "  other:\n"));
    daemon.signal("HUP");
    daemon.says(&["let go", "story"]);
    daemon.says(&["taken up anew", "other"]);

    assert!(daemon.runs());
}

#[test]
fn a_start_with_nothing_reachable_waits_and_recovers_when_it_is_back() {
    let world = World::seeded(super::world::plain::SEED);
    world.settings(SOURCES, QUICK_WRITES);
    std::fs::rename(world.path("billing"), world.path("away")).unwrap();
    let mut daemon = world.daemon();
    daemon.says(&["the pass failed", "fetch"]);

    std::fs::rename(world.path("away"), world.path("billing")).unwrap();
    world.mapping("backup.yaml", &applying()).commit("Bill backup");
    daemon.says(&["the pass failed", "usage"]);
    world.accounts(&[&account("acme_dental", 26)]);
    daemon.passes("applied");

    assert_eq!(world.quantity(9001), "26");
}

#[test]
fn one_pass_for_a_timer_ends_with_the_exit_code_of_apply() {
    let world = world();
    world.accounts(&[&account("acme_dental", 26)]);

    let wrote = world.run(&["run", "--once"]);
    world.accounts(&[&account("acme_dental", 90)]);
    let held = world.run(&["run", "--once"]);
    world.write("secrets/key", "wrong");
    let refused = world.run(&["run", "--once"]);

    assert_eq!((wrote.code, world.quantity(9001).as_str()), (Some(0), "26"), "{}", wrote.stderr);
    assert_eq!(held.code, Some(3), "{}", held.stderr);
    assert_eq!(refused.code, Some(5), "{}", refused.stderr);
}

#[test]
fn g3_a_journal_that_cannot_be_written_ends_the_process_and_the_next_start_settles() {
    let world = world();
    world.run(&["run", "--once"]);
    world.accounts(&[&account("acme_dental", 27)]);
    let program = world.command(&["run"]);
    // No file may grow beyond so many blocks of 512 bytes, which is how a disk that fails looks to it.
    let mut command = std::process::Command::new("sh");
    command.arg("-c").arg("trap '' XFSZ; ulimit -f 72; exec \"$0\" run").arg(program.get_program());
    command.current_dir(world.path("")).env_clear().env("HOME", world.path(""));

    let mut daemon = super::world::daemon::Daemon::start(command);
    daemon.says(&["the pass failed", "The journal cannot be used"]);
    let (code, _) = daemon.ended();

    assert_eq!(code, Some(1), "{}", daemon.log.join("\n"));
    assert!(world.write_requests().len() <= 1, "nothing is sent that the journal does not know");
    world.wait_until("what was open is settled", |world| world.run(&["run", "--once"]).code == Some(0));
    assert_eq!((world.quantity(9001).as_str(), world.writes().len()), ("27", 1));
}
