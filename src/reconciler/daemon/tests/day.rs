//! A day of three tenants, one of which never reaches its ConnectWise.

use std::process::Command;

use jiff::{SignedDuration, Timestamp};

use super::office::{Office, settle};
use crate::reconciler::daemon::worker::Worker;
use crate::reconciler::standing::{Event, Level, Pass};

/// What is noted of a tenant on the way.
#[derive(Default)]
struct Notes {
    passes: Vec<Pass>,
    /// How it did, each change once: what an alert would be sent for.
    levels: Vec<Level>,
}

impl Notes {
    fn take(&mut self, worker: &Worker) {
        let standing = &worker.standing;
        if let Some(pass) = &standing.last_pass
            && self.passes.last().map(|last| last.number) != Some(pass.number)
        {
            self.passes.push(pass.clone());
        }
        let level = standing.health().level;
        if self.levels.last() != Some(&level) {
            self.levels.push(level);
        }
    }
}

/// Run in a process of its own, so that the memory which is measured is that of the daemon alone.
#[test]
fn a_day_of_three_tenants_of_which_one_always_fails() {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = "reconciler::daemon::tests::day::in_a_process_of_its_own";

    let ran = command.args(["--exact", name, "--ignored", "--nocapture"]).output().unwrap();

    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(ran.status.success(), "{said}{}", String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("1 passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the test above"]
async fn in_a_process_of_its_own() {
    let office = Office::open();
    let (first, second) = (Office::connectwise(), Office::connectwise());
    // A port that no test is ever given, so that nothing listens there all day.
    let nowhere = "127.0.0.1:1";
    let start = Timestamp::now();
    let sites = [first.url(), second.url(), format!("http://{nowhere}")];
    let names = ["first", "second", "unlucky"];
    let mut workers: Vec<Worker> = names
        .iter()
        .zip(&sites)
        .map(|(name, site)| office.worker(office.charge(name, site), start))
        .collect();
    let mut notes = [Notes::default(), Notes::default(), Notes::default()];
    let (mut now, mut gigabytes, mut resident) = (start, 25, Vec::new());

    while now < start + SignedDuration::from_hours(24) {
        let quarters = now.duration_since(start).as_hours() / 6;
        if u64::try_from(quarters).unwrap() > gigabytes - 25 {
            gigabytes += 1;
            names.iter().for_each(|name| office.usage(name, gigabytes, now));
        }
        if resident.len() < usize::try_from(quarters).unwrap() {
            resident.push(resident_kib());
        }
        let mut next = Timestamp::MAX;
        for (worker, notes) in workers.iter_mut().zip(&mut notes) {
            next = next.min(settle(worker, now).await);
            notes.take(worker);
        }
        now = next;
    }

    let grown = resident_kib().saturating_sub(resident[1]);
    assert!(grown < 4 * 1024, "{grown} KiB more than at noon, after {resident:?}");
    for (running, notes) in [first, second].iter().zip(&notes) {
        assert_eq!(running.simulator().mutations().len(), 3, "one write for each usage that changed");
        assert_eq!(running.simulator().quantity(9001), Some(28.into()));
        assert_eq!(
            timer_hours(notes, start),
            (0..24).collect::<Vec<_>>(),
            "a full pass every hour on the hour"
        );
        assert_eq!(notes.levels, [Level::Good], "nothing to tell all day");
    }
    let [_, _, unlucky] = &notes;
    assert_eq!(unlucky.levels, [Level::Bad], "told once, and never again all day");
    let waits: Vec<i64> = unlucky
        .passes
        .windows(2)
        .map(|pair| pair[1].began_at.duration_since(pair[0].ended_at).as_secs())
        .collect();
    assert!(waits.iter().all(|wait| *wait <= 15 * 60), "{waits:?}");
    assert!((96..400).contains(&waits.len()), "{} tries", waits.len());
    let failures = workers[2].standing.trouble.as_ref().map(|trouble| trouble.failures as usize);
    assert_eq!(failures, Some(workers[2].passes as usize));
}

/// The hours at which the timer began a pass, each once.
fn timer_hours(notes: &Notes, start: Timestamp) -> Vec<i64> {
    let timed = notes.passes.iter().filter(|pass| pass.causes.contains(&Event::Timer));
    let mut hours: Vec<i64> = timed
        .map(|pass| pass.began_at.duration_since(start).as_secs())
        .filter(|seconds| seconds % 3600 < 5)
        .map(|seconds| seconds / 3600)
        .collect();
    hours.dedup();
    hours
}

/// How much memory the process has.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
