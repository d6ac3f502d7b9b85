//! What goes wrong for a tenant, and what then is and is not written.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::office::{MAPPINGS, Office, settle, settled};
use crate::journal::Journal;
use crate::reconciler::daemon::{Charge, Daemon};
use crate::reconciler::standing::{Event, PassResult, Phase, Suspension};
use crate::simulator::{Canned, Clock, Fault, Function, Level, Levels, Match, Role};

fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now + SignedDuration::from_mins(minutes)
}

fn result(standing: &crate::reconciler::standing::Standing) -> PassResult {
    standing.last_pass.as_ref().unwrap().result
}

#[tokio::test(flavor = "multi_thread")]
async fn a8_a_panic_in_one_tenant_is_told_and_waited_for_and_the_others_go_on() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let good = office.charge("good", &connectwise.url());
    let mut bad = office.charge("bad", &connectwise.url());
    bad.keys = Arc::new(|_| panic!("a bug"));
    office.usage("good", 26, Timestamp::now());
    let mut standings = office.board.subscribe();
    let mut daemon = Daemon::new(office.journal.clone(), office.board.clone());

    daemon.take_up(bad);
    daemon.take_up(good);

    let is_seen = |board: &std::collections::BTreeMap<Arc<str>, Arc<_>>| {
        let (bad, good): (Option<&Arc<crate::reconciler::standing::Standing>>, _) =
            (board.get("bad"), board.get("good"));
        bad.is_some_and(|bad| bad.trouble.is_some())
            && good.and_then(|good| good.last_pass.as_ref()).is_some_and(|pass| pass.number == 2)
    };
    standings.wait_for(is_seen).await.unwrap();
    let trouble = office.board.standing("bad").unwrap().trouble.clone().unwrap();
    assert_eq!((&*trouble.message, trouble.failures), ("The pass panicked: a bug", 1));
    assert_eq!(result(&office.board.standing("bad").unwrap()), PassResult::Failed);
    assert!(office.board.standing("bad").unwrap().next_pass_at > Some(Timestamp::now()));
    assert_eq!(connectwise.simulator().quantity(9001), Some(26.into()));
    assert!(daemon.is_alive());
    daemon.request_stop();
    daemon.ended().await;
    let noted = office.journal.with(|journal| journal.reader().last_pass("bad")).unwrap().unwrap();
    assert_eq!((&*noted.result, noted.trouble), ("failed", Some("The pass panicked: a bug".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_that_is_let_go_and_comes_back_is_waited_for_and_stays_on_the_board() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let charge = office.charge("msp", &connectwise.url());
    office.usage("msp", 26, Timestamp::now());
    connectwise.simulator().fail_next(Match::method("PATCH"), Fault::AnswerAfterMillis(500));
    let mut daemon = Daemon::new(office.journal.clone(), office.board.clone());
    let mut standings = office.board.subscribe();
    daemon.take_up(charge.clone());
    while connectwise.simulator().faults_left() > 0 {
        tokio::task::yield_now().await;
    }

    daemon.let_go("msp");
    daemon.take_up(charge);
    daemon.let_go("msp");
    daemon.ended().await;

    let open = office.journal.with(|journal| journal.reader().open_intents("msp")).unwrap();
    assert_eq!((open.len(), connectwise.simulator().mutations().len()), (0, 1));
    assert!(office.board.standing("msp").is_none(), "it left");
    let other = office.charge("other", &connectwise.url());
    daemon.take_up(other.clone());
    daemon.let_go("other");
    daemon.take_up(Charge { read_only: true, ..other });
    standings
        .wait_for(|board| board.get("other").is_some_and(|other| other.last_pass.is_some()))
        .await
        .unwrap();
    daemon.request_stop();
    daemon.ended().await;
    assert!(office.board.standing("other").is_some(), "it came back");
}

#[tokio::test]
async fn what_was_written_is_read_again_once_lists_show_it_and_not_before() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut charge = office.charge("msp", &connectwise.url());
    charge.read_lag = Duration::from_secs(60);
    office.usage("msp", 26, now);
    let mut worker = office.worker(charge, now);

    let wrote = settled(&mut worker, now).await;
    let soon = now + SignedDuration::from_secs(30);
    worker.happened(Event::Callback, soon);
    worker.happened(Event::Commit, soon);
    let waiting = settled(&mut worker, soon).await;
    let shown = settled(&mut worker, after(now, 3)).await;

    assert_eq!(result(&wrote), PassResult::Applied);
    assert_eq!(wrote.health().sentence, "What was written is read again soon");
    assert_eq!(waiting.last_pass, wrote.last_pass);
    assert_eq!(result(&shown), PassResult::InStep);
}

#[tokio::test]
async fn e1_a_repository_that_is_away_is_planned_by_and_once_it_is_stale_not_written_by() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    settle(&mut worker, now).await;
    fs::rename(office.path("msp", "billing"), office.path("msp", "away")).unwrap();

    office.usage("msp", 26, after(now, 30));
    let away = settled(&mut worker, after(now, 30)).await;
    office.usage("msp", 27, after(now, 90));
    let stale = settled(&mut worker, after(now, 90)).await;

    assert_eq!((away.repository.stale, connectwise.simulator().mutations().len()), (false, 1));
    assert!(stale.repository.stale);
    assert_eq!(result(&stale), PassResult::Planned);
    assert_eq!(stale.planned.as_ref().unwrap().summary.update, 1);
    fs::rename(office.path("msp", "away"), office.path("msp", "billing")).unwrap();
    let back = settled(&mut worker, after(now, 151)).await;
    assert!(!back.repository.stale);
    assert_eq!(connectwise.simulator().quantity(9001), Some(27.into()));
}

#[tokio::test]
async fn e8_one_bad_file_refuses_the_commit_whole_and_the_fix_is_taken() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    settle(&mut worker, now).await;

    office.commit("msp", &MAPPINGS.replace("usage_value: total", "usage_value: totl"));
    office.usage("msp", 26, after(now, 5));
    let refused = settled(&mut worker, after(now, 5)).await;
    office.commit("msp", &MAPPINGS.replace("mode: apply", "mode: observe"));
    let fixed = settled(&mut worker, after(now, 10)).await;

    assert!(refused.commits.refused.as_ref().is_some_and(|refused| !refused.problems.is_empty()));
    assert_ne!(refused.commits.seen.unwrap().commit, refused.commits.planned.unwrap().commit);
    assert_eq!(connectwise.simulator().quantity(9001), Some(26.into()), "the one before stays in force");
    assert_eq!(fixed.commits.refused, None);
    assert_eq!(fixed.commits.seen.unwrap().commit, fixed.commits.planned.unwrap().commit);
}

#[tokio::test]
async fn e8_after_a_start_the_last_applied_commit_is_in_force_while_the_newest_is_bad() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let charge = office.charge("msp", &connectwise.url());
    settle(&mut office.worker(charge.clone(), now), now).await;
    office.commit("msp", "source: [");
    office.usage("msp", 26, after(now, 5));

    let started = settled(&mut office.worker(charge, after(now, 5)), after(now, 5)).await;

    assert!(started.commits.refused.is_some());
    assert_eq!(connectwise.simulator().quantity(9001), Some(26.into()));
}

#[tokio::test]
async fn e10_a_hook_is_a_reason_to_look_and_what_is_found_decides() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    let before = settled(&mut worker, now).await;

    worker.happened(Event::Hook, after(now, 1));
    let nothing = settled(&mut worker, after(now, 1)).await;
    office.commit("msp", &format!("{MAPPINGS}# reviewed\n"));
    worker.happened(Event::Hook, after(now, 2));
    let found = settled(&mut worker, after(now, 2)).await;

    assert_eq!(nothing.repository.looked_at, Some(after(now, 1)));
    assert_eq!(nothing.last_pass, before.last_pass, "nothing new was found, so there was no pass");
    assert_eq!(found.last_pass.unwrap().causes, [Event::Commit, Event::Hook]);
}

#[tokio::test]
async fn uncommitted_edits_are_planned_and_not_written() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    settle(&mut worker, now).await;
    fs::write(office.path("msp", "billing/mappings/backup.yaml"), format!("{MAPPINGS}# edited\n")).unwrap();
    office.usage("msp", 26, after(now, 5));

    let edited = settled(&mut worker, after(now, 5)).await;

    assert_eq!(edited.suspension, Some(Suspension::Uncommitted));
    assert_eq!(result(&edited), PassResult::Planned);
    assert_eq!(connectwise.simulator().mutations().len(), 0);
}

#[tokio::test]
async fn every_kind_of_suspension_plans_and_writes_nothing() {
    for kind in ["operator", "policy", "read only"] {
        let (office, connectwise) = (Office::open(), Office::connectwise());
        let now = Timestamp::now();
        let mut charge = office.charge("msp", &connectwise.url());
        charge.read_only = kind == "read only";
        if kind == "policy" {
            office.commit("msp", &MAPPINGS.replace("mode: apply", "mode: apply, suspend: true"));
        }
        let journal = office.folder.path().join("trueup.db");
        if kind == "operator" {
            Journal::suspend(&journal, "msp", "invoice run", now).unwrap();
        }
        office.usage("msp", 26, now);
        let mut worker = office.worker(charge, now);

        let suspended = settled(&mut worker, now).await;

        assert!(suspended.suspension.is_some(), "{kind}");
        assert_eq!(result(&suspended), PassResult::Planned, "{kind}");
        assert_eq!(connectwise.simulator().mutations().len(), 0, "{kind}");
        if kind == "operator" {
            Journal::resume(&journal, "msp").unwrap();
            settle(&mut worker, after(now, 1)).await;
            assert_eq!(
                connectwise.simulator().quantity(9001),
                Some(26.into()),
                "resumed, and written at once"
            );
        }
    }
}

#[tokio::test]
async fn f1_a_connectwise_whose_clock_is_hours_away_is_planned_and_not_written() {
    for (minutes, written) in [(-30, 1), (30, 1), (-90, 0), (90, 0)] {
        let now = Timestamp::now();
        let office = Office::open();
        let connectwise = Office::connectwise_at(Clock::fixed(after(now, minutes)));
        let charge = office.charge("msp", &connectwise.url());
        office.usage("msp", 26, now);

        let standing = settled(&mut office.worker(charge, now), now).await;

        assert_eq!(connectwise.simulator().mutations().len(), written, "{minutes} minutes");
        let stopped = matches!(standing.suspension, Some(Suspension::Clock { .. }));
        assert_eq!(stopped, written == 0, "{minutes} minutes");
    }
}

#[tokio::test]
async fn f6_keys_that_end_at_midnight_are_told_and_tried_seldom() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let start = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), start);
    settle(&mut worker, start).await;
    connectwise.simulator().revoke_keys("trueup");
    let before = worker.passes;

    let (mut now, end) = (after(start, 60), after(start, 60 + 24 * 60));
    while now < end {
        now = settle(&mut worker, now).await;
    }

    let trouble = worker.standing.trouble.clone().unwrap();
    assert_eq!(trouble.phase, Phase::Read);
    assert!(trouble.message.contains("refused the API keys"), "{}", trouble.message);
    assert!(trouble.hint.is_some());
    let tries = worker.passes - before;
    assert!((6..=16).contains(&tries), "{tries} tries in a day");
    assert_eq!(worker.standing.planned.as_ref().unwrap().at, start, "no plan from a partial read");
}

#[tokio::test]
async fn a_right_that_is_granted_after_a_day_is_noticed_within_a_quarter_of_an_hour() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let start = Timestamp::now();
    let role = |edit| {
        let levels = Levels { inquire: Level::All, edit, ..Levels::default() };
        Role::default().with(Function::Agreements, levels)
    };
    connectwise.simulator().set_role("trueup", role(Level::None));
    let mut charge = office.charge("msp", &connectwise.url());
    charge.pace.every = Duration::from_secs(48 * 3600);
    office.usage("msp", 26, start);
    let mut worker = office.worker(charge, start);

    let (mut now, end) = (start, after(start, 24 * 60));
    while now < end {
        now = settle(&mut worker, now).await;
    }
    let barred = worker.standing.clone();
    connectwise.simulator().set_role("trueup", role(Level::All));
    let granted = after(now, 15);
    while now < granted {
        now = settle(&mut worker, now).await;
    }

    assert!(barred.trouble.is_some_and(|trouble| trouble.message.contains("a right is missing")));
    let tries = barred.last_pass.unwrap().number;
    assert!((90..=200).contains(&tries), "{tries} tries in a day");
    assert_eq!(connectwise.simulator().quantity(9001), Some(26.into()));
    assert_eq!(worker.standing.trouble, None);
}

#[tokio::test]
async fn what_stopped_a_run_midway_is_told_until_a_pass_is_through() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    office.usage("msp", 26, now);
    let elsewhere = Fault::StatusBefore(Canned::new(302, ""));
    connectwise.simulator().fail_times(Match::method("GET").path("/additions/9001"), elsewhere, 1);

    let stopped = settled(&mut worker, now).await;
    let through = settled(&mut worker, after(now, 1)).await;

    assert_eq!(result(&stopped), PassResult::Partial);
    let trouble = stopped.trouble.clone().unwrap();
    assert_eq!(trouble.phase, Phase::Apply);
    let why =
        "Writing stopped: ConnectWise cannot be reached, or asks for fewer requests (ConnectWise redirects";
    assert!(trouble.message.starts_with(why), "{}", trouble.message);
    assert!(trouble.hint.is_some());
    assert_eq!(stopped.health().sentence, format!("Some lines could not be written: {}", trouble.message));
    let noted = office.journal.with(|journal| journal.reader().last_pass("msp")).unwrap().unwrap();
    assert_eq!(noted.result.as_ref(), "applied");
    assert_eq!((result(&through), through.trouble), (PassResult::Applied, None));
}
