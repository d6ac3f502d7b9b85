//! Repositories that can be looked at and not read, and files that hang.

use std::fs;
use std::process::Command;
use std::sync::mpsc::channel;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::office::{MAPPINGS, Office, settle, settled};
use crate::reconciler::standing::{Level, PassResult, Phase};

#[tokio::test]
async fn a_history_that_is_damaged_is_told_and_once_it_is_stale_not_written_by() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let after = |minutes| now + SignedDuration::from_mins(minutes);
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    settle(&mut worker, now).await;
    office.commit(
        "msp",
        &format!(
            "{MAPPINGS}# one
"
        ),
    );
    let mut git = Command::new("git");
    let git = git.current_dir(office.path("msp", "billing")).args(["rev-parse", "HEAD"]).output().unwrap();
    let id = String::from_utf8(git.stdout).unwrap();
    office.commit(
        "msp",
        &format!(
            "{MAPPINGS}# two
"
        ),
    );
    let object = office.path("msp", &format!("billing/.git/objects/{}/{}", &id[..2], id[2..].trim()));
    let whole = fs::read(&object).unwrap();
    fs::remove_file(&object).unwrap();
    fs::write(&object, "damaged").unwrap();

    office.usage("msp", 26, after(5));
    let damaged = settled(&mut worker, after(5)).await;
    office.usage("msp", 27, after(70));
    let stale = settled(&mut worker, after(70)).await;
    fs::write(&object, whole).unwrap();
    let mended = settled(&mut worker, after(100)).await;

    assert_eq!((damaged.health().level, damaged.trouble.unwrap().phase), (Level::Bad, Phase::Mappings));
    assert!(!damaged.repository.stale && stale.repository.stale);
    assert_eq!(stale.last_pass.unwrap().result, PassResult::Planned);
    assert!(mended.trouble.is_none() && !mended.repository.stale);
    assert_eq!(connectwise.simulator().quantity(9001), Some(27.into()));
}

#[tokio::test]
async fn files_that_hang_are_given_up_and_nothing_is_begun_beside_them() {
    let office = Office::open();
    let mut worker = office.worker(office.charge("msp", "http://127.0.0.1:9"), Timestamp::now());
    worker.patience = Duration::from_millis(10);
    let (let_go, hangs) = channel::<()>();

    let hung = worker.apart(Phase::Fetch, move || hangs.recv()).await.unwrap_err();
    let beside = worker.apart(Phase::Fetch, || ()).await.unwrap_err();
    drop(let_go);
    let freed = loop {
        let tried = worker.apart(Phase::Fetch, || ()).await;
        if tried.is_ok() {
            break tried;
        }
        tokio::task::yield_now().await;
    };

    assert!(hung.message.contains("took longer"), "{}", hung.message);
    assert!(beside.message.contains("hangs still"), "{}", beside.message);
    assert_eq!(freed, Ok(()));
}

#[tokio::test]
async fn a_stop_waits_for_no_file_that_hangs() {
    let office = Office::open();
    let mut worker = office.worker(office.charge("msp", "http://127.0.0.1:9"), Timestamp::now());
    let (let_go, hangs) = channel::<()>();
    worker.stop.request();

    let stopped = worker.apart(Phase::Fetch, move || hangs.recv()).await;

    assert!(stopped.is_err());
    drop(let_go);
}
