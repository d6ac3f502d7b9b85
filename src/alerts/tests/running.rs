//! The whole room at work: a board, a daemon's standings, and receivers that behave well or badly.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::task::JoinHandle;

use super::receiver::{Answer, Receiver};
use super::{failing, in_step, standing};
use crate::alerts::{Channel, Deliveries, DeliveryResult, Notifier, Options, Timing, run, send_test};
use crate::reconciler::Stop;
use crate::reconciler::standing::{Board, Level};

const OK: &[Answer] = &[Answer::Status(200)];

fn slack(name: &str, url: &str) -> Notifier {
    Notifier::new(name, Level::Attention, None, Channel::Slack { url: SecretString::from(url) }).unwrap()
}

/// Everything at once: no test waits for a person's half a minute.
fn timing() -> Timing {
    Timing {
        grouping: SignedDuration::from_millis(1),
        pauses: vec![Duration::from_millis(1); 2],
        ..Timing::default()
    }
}

struct Room {
    board: Board,
    stop: Stop,
    deliveries: Deliveries,
    task: JoinHandle<()>,
}

impl Room {
    fn start(notifiers: Vec<Notifier>, state: &Path) -> Self {
        Self::start_by(timing(), notifiers, state)
    }

    fn start_by(timing: Timing, notifiers: Vec<Notifier>, state: &Path) -> Self {
        let (board, stop, deliveries) = (Board::default(), Stop::default(), Deliveries::default());
        let options = Options {
            notifiers,
            state: state.join("trueup.db.alerts.json"),
            page: None,
            timing,
            deliveries: deliveries.clone(),
        };
        let task = tokio::spawn(run(board.clone(), options, stop.clone()));
        Self { board, stop, deliveries, task }
    }

    async fn end(self) {
        self.stop.request();
        self.task.await.unwrap();
    }

    /// Waits until so many deliveries came to this.
    async fn counted(&self, name: &str, result: DeliveryResult, count: u64) {
        let key = (Arc::from(name), result);
        while self.deliveries.counts().get(&key).copied().unwrap_or_default() < count {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_change_of_standing_is_told_and_its_end_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::start(OK).await;
    let room = Room::start(vec![slack("chat", &receiver.url)], folder.path());

    room.board.publish(failing(3));
    let began = receiver.next().await.json();
    room.board.publish(failing(4));
    room.board.publish(in_step());
    let over = receiver.next().await.json();

    assert_eq!(
        began["text"],
        "example-msp: No pass has succeeded since 2026-11-22 09:12Z (3 times): ConnectWise cannot be reached: connection refused"
    );
    assert_eq!(over["text"], "example-msp: Passes succeed again");
    room.end().await;
    assert_eq!(receiver.rest().len(), 0);
}

#[tokio::test]
async fn what_was_told_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::start(OK).await;
    let room = Room::start(vec![slack("chat", &receiver.url)], folder.path());
    room.board.publish(failing(3));
    receiver.next().await;
    room.end().await;

    let room = Room::start(vec![slack("chat", &receiver.url)], folder.path());
    room.board.publish(standing());
    room.board.publish(failing(3));
    room.board.publish(in_step());

    assert_eq!(receiver.next().await.json()["text"], "example-msp: Passes succeed again");
    room.end().await;
    assert_eq!(receiver.rest().len(), 0);
}

#[tokio::test]
async fn a_file_that_is_damaged_or_cannot_be_written_stops_no_notice() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("trueup.db.alerts.json"), "no JSON").unwrap();
    let nowhere = folder.path().join("missing");
    for state in [folder.path(), &nowhere] {
        let mut receiver = Receiver::start(OK).await;
        let room = Room::start(vec![slack("chat", &receiver.url)], state);

        room.board.publish(failing(3));

        receiver.next().await;
        room.end().await;
    }
}

#[tokio::test]
async fn k6_notifiers_that_fail_neither_delay_the_board_nor_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (hanging, failing_one) =
        (Receiver::start(&[Answer::Hang]).await, Receiver::start(&[Answer::Status(500)]).await);
    let (mut good, nowhere) = (Receiver::start(OK).await, Receiver::nowhere().await);
    let notifiers = vec![
        slack("hangs", &hanging.url),
        slack("fails", &failing_one.url),
        slack("unreachable", &nowhere),
        slack("good", &good.url),
    ];
    let room = Room::start(notifiers, folder.path());

    for failures in 0..5_000 {
        room.board.publish(failing(failures));
    }

    good.next().await;
    room.counted("fails", DeliveryResult::Failed, 1).await;
    room.counted("unreachable", DeliveryResult::Failed, 1).await;
    let counts = room.deliveries.counts();
    let count = |name: &str, result| counts.get(&(Arc::from(name), result)).copied();
    assert_eq!(count("fails", DeliveryResult::Repeated), Some(2));
    assert_eq!(count("hangs", DeliveryResult::Delivered), None);
    assert_eq!(room.board.standing("example-msp").unwrap().trouble.as_ref().unwrap().failures, 4_999);
    room.stop.request();
    room.task.abort();
}

#[tokio::test]
async fn k6_a_notice_is_delivered_again_by_the_same_name_until_it_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let answers = &[Answer::Close, Answer::Status(503), Answer::Status(204)];
    let mut receiver = Receiver::start(answers).await;
    let signing_key = SecretString::from("signing-key-canary");
    let url = SecretString::from(receiver.url.as_str());
    let channel = Channel::Webhook { url, signing_key, certificate_authority: None };
    let notifier = Notifier::new("hook", Level::Bad, None, channel).unwrap();
    let room = Room::start(vec![notifier], folder.path());

    room.board.publish(failing(3));
    let heard = [receiver.next().await, receiver.next().await, receiver.next().await];

    room.counted("hook", DeliveryResult::Delivered, 1).await;
    let names: Vec<_> = heard.iter().map(|heard| heard.header("trueup-delivery").unwrap()).collect();
    assert!(names.iter().all(|name| *name == names[0] && name.len() == 32), "{names:?}");
    room.end().await;
}

#[tokio::test]
async fn k6_what_a_notifier_refused_is_told_it_again_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (mut good, mut revoked) =
        (Receiver::start(OK).await, Receiver::start(&[Answer::Status(404), Answer::Status(200)]).await);
    let again = Timing { again: SignedDuration::from_millis(1), ..timing() };
    let notifiers = vec![slack("good", &good.url), slack("revoked", &revoked.url)];
    let room = Room::start_by(again, notifiers, folder.path());

    room.board.publish(failing(3));
    let heard = [revoked.next().await.json(), revoked.next().await.json()];

    room.counted("revoked", DeliveryResult::Delivered, 1).await;
    assert_eq!(heard[0]["text"], heard[1]["text"]);
    room.board.publish(in_step());
    assert_eq!(revoked.next().await.json()["text"], "example-msp: Passes succeed again");
    room.end().await;
    assert_eq!((good.rest().len(), revoked.rest().len()), (2, 0));
}

#[tokio::test]
async fn k6_a_notice_that_a_stop_cut_off_is_told_after_the_next_start_and_then_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let busy = Receiver::start(&[Answer::Status(503)]).await;
    let patient = Timing { pauses: vec![Duration::from_secs(3_600)], ..timing() };
    let room = Room::start_by(patient, vec![slack("chat", &busy.url)], folder.path());
    room.board.publish(failing(3));
    room.counted("chat", DeliveryResult::Repeated, 1).await;
    room.end().await;

    let mut receiver = Receiver::start(OK).await;
    let began = "example-msp: No pass has succeeded since";
    for expected in [began, "example-msp: Passes succeed again"] {
        let room = Room::start(vec![slack("chat", &receiver.url)], folder.path());
        room.board.publish(failing(3));
        if expected != began {
            room.board.publish(in_step());
        }
        let heard = receiver.next().await.json();
        assert!(heard["text"].as_str().unwrap().starts_with(expected), "{heard}");
        room.end().await;
    }
    assert_eq!(receiver.rest().len(), 0);
}

#[tokio::test]
async fn k6_a_queue_that_is_full_drops_and_counts_instead_of_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(&[Answer::Hang]).await;
    let room = Room::start(vec![slack("hangs", &receiver.url)], folder.path());

    for tenant in 0..100 {
        let tenant: Arc<str> = format!("tenant-{tenant}").into();
        room.board.publish(crate::reconciler::standing::Standing { tenant, ..failing(3) });
    }

    room.counted("hangs", DeliveryResult::Dropped, 30).await;
    room.task.abort();
}

#[tokio::test]
async fn who_wants_bad_news_of_one_tenant_gets_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut receiver = Receiver::start(OK).await;
    let (url, tenants) = (SecretString::from(receiver.url.as_str()), [Arc::from("example-msp")].into());
    let notifier = Notifier::new("chat", Level::Bad, Some(tenants), Channel::Slack { url }).unwrap();
    let room = Room::start(vec![notifier], folder.path());
    let other = |standing| crate::reconciler::standing::Standing { tenant: "other".into(), ..standing };

    room.board.publish(other(failing(3)));
    let suspension = Some(crate::reconciler::standing::Suspension::ReadOnly);
    room.board.publish(crate::reconciler::standing::Standing { suspension, ..failing(3) });

    let heard = receiver.next().await.json();
    let text = heard["text"].as_str().unwrap();
    assert!(text.starts_with("example-msp: No pass has succeeded") && !text.contains("more"), "{text}");
    room.end().await;
    assert_eq!(receiver.rest().len(), 0);
}

#[tokio::test]
async fn a_test_notice_arrives_by_one_attempt() {
    let mut receiver = Receiver::start(&[Answer::Status(200), Answer::Status(500)]).await;
    let notifier = slack("chat", &receiver.url);

    let first = send_test(&notifier, "example-msp", Path::new("unused")).await;
    let second = send_test(&notifier, "example-msp", Path::new("unused")).await;

    assert_eq!(first, Ok(()));
    assert_eq!(second.unwrap_err().why, "it answered 500");
    assert!(receiver.next().await.body.contains("This is a test"));
}
