//! What is counted of a tenant, whatever came of its passes.

use std::sync::Arc;

use jiff::Timestamp;

use super::office::{Office, keys, settled};
use crate::reconciler::daemon::Purpose;
use crate::reconciler::standing::PassResult;
use crate::settings::Repository as Kept;
use crate::settings::repository::{Place, RemoteAccess, RemotePlace};
use crate::simulator::{Canned, Fault, Match};
use crate::snapshot::Address;

/// An address at which nobody listens.
fn nowhere() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Mappings that are kept at that place.
fn kept_at(place: Place) -> Kept {
    let poll = std::time::Duration::from_secs(60);
    Kept { place, folder: "mappings".to_owned(), branch: None, signers: None, poll }
}

#[tokio::test]
async fn requests_are_counted_although_no_connection_came_of_them() {
    let (office, now) = (Office::open(), Timestamp::now());

    let away = settled(&mut office.worker(office.charge("msp", &nowhere()), now), now).await;

    assert_eq!(away.last_pass.as_ref().unwrap().result, PassResult::Failed);
    assert!(away.tally.requests.get(&0).is_some_and(|requests| *requests > 1), "{:?}", away.tally.requests);
}

#[tokio::test]
async fn answers_are_counted_although_no_connection_came_of_them() {
    let (office, connectwise, now) = (Office::open(), Office::connectwise(), Timestamp::now());
    connectwise.simulator().fail_times(Match::any(), Fault::StatusBefore(Canned::gateway(502)), 99);

    let away = settled(&mut office.worker(office.charge("msp", &connectwise.url()), now), now).await;

    assert_eq!(away.last_pass.as_ref().unwrap().result, PassResult::Failed);
    assert!(away.tally.requests.get(&502).is_some_and(|requests| *requests > 1), "{:?}", away.tally.requests);
}

#[tokio::test]
async fn requests_of_a_failed_connection_for_writing_are_counted() {
    let (office, connectwise, now) = (Office::open(), Office::connectwise(), Timestamp::now());
    let mut charge = office.charge("msp", &connectwise.url());
    office.usage("msp", 26, now);
    let (reading, writing) = (keys(&connectwise.url()), keys(&nowhere()));
    charge.keys = Arc::new(move |purpose| match purpose {
        Purpose::Reading => reading(purpose),
        Purpose::Writing => writing(purpose),
    });

    let away = settled(&mut office.worker(charge, now), now).await;

    assert!(away.planned.is_some() && away.trouble.is_some());
    assert!(away.tally.requests.contains_key(&200) && away.tally.requests.contains_key(&0));
    assert_eq!(connectwise.simulator().mutations().len(), 0);
}

#[tokio::test]
async fn a_look_at_a_folder_of_this_machine_is_no_fetch() {
    let (office, connectwise, now) = (Office::open(), Office::connectwise(), Timestamp::now());
    let charge = office.charge("msp", &connectwise.url());
    let mut gone = charge.clone();
    gone.tenant.repository.path = office.path("msp", "gone");

    let seen = settled(&mut office.worker(charge, now), now).await;
    let unseen = settled(&mut office.worker(gone, now), now).await;

    assert_eq!(seen.repository.looked_at, Some(now));
    assert_eq!(unseen.repository.looked_at, None);
    for tally in [seen.tally, unseen.tally] {
        assert_eq!((tally.fetches, tally.failed_fetches), (0, 0));
    }
}

#[tokio::test]
async fn looks_at_a_remote_are_counted_by_how_they_ended() {
    let (office, connectwise, now) = (Office::open(), Office::connectwise(), Timestamp::now());
    let mut charge = office.charge("msp", &connectwise.url());
    let mut away = charge.clone();
    // A repository that is its own clone: there is never anything new to fetch.
    charge.tenant.repository.remote = Some(kept_at(Place::Path(charge.tenant.repository.path.clone())));
    let remote = RemotePlace {
        address: Address::parse(&format!("{}/msp.git", nowhere())).unwrap(),
        access: RemoteAccess::Open,
        ca_file: None,
        proxy: None,
        clone: office.path("msp", "clone"),
    };
    away.tenant.repository.remote = Some(kept_at(Place::Remote(Box::new(remote))));

    let seen = settled(&mut office.worker(charge, now), now).await.tally;
    let unseen = settled(&mut office.worker(away, now), now).await.tally;

    assert!(seen.fetches > 0 && seen.failed_fetches == 0, "{seen:?}");
    assert!(unseen.fetches == 0 && unseen.failed_fetches > 0, "{unseen:?}");
}
