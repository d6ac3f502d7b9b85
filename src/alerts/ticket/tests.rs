//! Tickets against the simulator: one for each matter, and never a second one by accident.

use std::path::PathBuf;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::Tickets;
use crate::alerts::error::Again;
use crate::alerts::notice::{Notice, Tone};
use crate::alerts::tests::{hostile_notice, notice_of, time};
use crate::connectwise::Options;
use crate::contract::{self, Watched};
use crate::simulator::{Clock, Fault, Function, Kind, Level, Levels, Match, Role, Seed, Simulator};

struct World {
    simulator: Watched,
    folder: TempDir,
}

impl World {
    fn start() -> Self {
        let seed = Seed::from_yaml("companies: [{ id: 7, identifier: msp, name: Example MSP }]").unwrap();
        let simulator = contract::start(Simulator::new(seed, Clock::fixed(time())).unwrap());
        let levels = Levels { inquire: Level::All, add: Level::All, ..Levels::default() };
        assert!(simulator.set_role("api", Role::default().with(Function::ServiceTickets, levels)));
        Self { simulator, folder: tempfile::tempdir().unwrap() }
    }

    fn tickets(&self) -> Tickets {
        let url = self.simulator.url();
        let options = move || {
            let keys = ("client".into(), "public".into(), "private".into());
            let options = Options::new(url.clone(), "msp", keys.0, keys.1, keys.2);
            Ok(Options { retry_pause: Duration::from_millis(1), ..options })
        };
        Tickets::new(Box::new(options), "Service Desk".to_owned(), "msp".to_owned()).unwrap()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("trueup.db.alerts.json.desk")
    }

    fn opened(&self) -> usize {
        self.simulator.records(Kind::Ticket).len()
    }

    async fn tell(&self, notice: &Notice) -> Result<(), crate::alerts::Undelivered> {
        self.tickets().open(notice, &self.file()).await
    }
}

fn later(hours: i64) -> Notice {
    Notice { at: time() + SignedDuration::from_hours(hours), ..hostile_notice() }
}

#[tokio::test]
async fn a_matter_has_one_open_ticket_and_another_only_when_that_is_closed() {
    let world = World::start();

    world.tell(&later(0)).await.unwrap();
    world.tell(&later(1)).await.unwrap();
    world.tell(&later(30)).await.unwrap();
    assert_eq!(world.opened(), 1);

    world.simulator.by("jo").edit(Kind::Ticket, 901, "closedFlag", true).unwrap();
    world.tell(&later(31)).await.unwrap();
    world.simulator.by("jo").edit(Kind::Ticket, 902, "closedFlag", true).unwrap();
    world.tell(&later(40)).await.unwrap();
    assert_eq!(world.opened(), 2);
}

#[tokio::test]
async fn what_is_over_opens_no_ticket() {
    let world = World::start();
    let items =
        hostile_notice().items.into_iter().map(|item| super::Item { tone: Tone::Over, ..item }).collect();

    world.tell(&notice_of(items)).await.unwrap();

    assert_eq!(world.opened(), 0);
    assert_eq!(world.simulator.log().len(), 0);
}

#[tokio::test]
async fn a_lost_answer_never_becomes_a_second_ticket_of_that_day() {
    let world = World::start();
    world.simulator.fail_next(Match::method("POST"), Fault::DropConnectionAfterCommit);

    let undelivered = world.tell(&later(0)).await.unwrap_err();
    assert_eq!(undelivered.again, Again::Useless);
    world.tell(&later(1)).await.unwrap();

    assert_eq!(world.opened(), 1);
}

#[tokio::test]
async fn a_refused_ticket_is_said_and_may_be_opened_once_the_right_is_there() {
    let world = World::start();
    world.simulator.set_role("api", Role::default());

    let undelivered = world.tell(&later(0)).await.unwrap_err();
    assert!(undelivered.why.starts_with("ConnectWise refused the ticket (403)"), "{undelivered}");
    assert_eq!(undelivered.again, Again::Useless);
    world.simulator.set_role("api", Role::everything());
    world.tell(&later(1)).await.unwrap();

    assert_eq!(world.opened(), 1);
}

#[tokio::test]
async fn a_damaged_file_opens_no_ticket() {
    let world = World::start();
    std::fs::write(world.file(), "no JSON").unwrap();

    let undelivered = world.tell(&later(0)).await.unwrap_err();

    assert_eq!(undelivered.again, Again::Useless);
    assert_eq!(world.opened(), 0);
}

#[tokio::test]
async fn a_ticket_says_it_in_plain_text_of_its_own() {
    let world = World::start();

    world.tell(&later(0)).await.unwrap();

    let sent = world.simulator.log().into_iter().find(|exchange| exchange.is_write()).unwrap();
    let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
    let description = body["initialDescription"].as_str().unwrap();
    assert!(description.contains("What to do: Run trueup explain"), "{description}");
    assert_eq!(body["company"]["identifier"], "msp");
    assert_eq!(body["board"]["name"], "Service Desk");
    assert!(body["summary"].as_str().unwrap().chars().count() <= 100);
    let _: Timestamp = sent.time;
}
