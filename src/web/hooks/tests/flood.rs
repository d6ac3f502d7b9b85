//! Floods: deliveries forged, repeated, reordered and renamed, as many as one likes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::world::{World, hook};
use super::{Headers, KINDS, PUSH, SECRET, key, map, proof};
use crate::reconciler::Queue;
use crate::reconciler::standing::Event;
use crate::settings::daemon::HookKind;
use crate::web::hooks::bell::Bell;
use crate::web::hooks::verify::{Delivery, verify};
use crate::web::hooks::{Outcome, SPACING};

/// When the hook rang, given when deliveries with these headers came. Appointments are kept as a timer would.
fn rings(kind: HookKind, deliveries: &[(Instant, Headers)]) -> Vec<Instant> {
    let rung = Arc::new(Mutex::new(0_usize));
    let counter = Arc::clone(&rung);
    let ring = Arc::new(move |_: &str, _| *counter.lock().unwrap() += 1);
    let bell = Bell::new(hook(kind), ring, SPACING).expect("its secret is long enough");
    let (mut rings, mut appointment): (Vec<Instant>, Option<Instant>) = (Vec::new(), None);
    let mut note = |now, work: &dyn Fn() -> Option<Instant>| {
        let before = *rung.lock().unwrap();
        let appointment = work();
        rings.extend((before..*rung.lock().unwrap()).map(|_| now));
        appointment
    };
    for (now, headers) in deliveries {
        if let Some(at) = appointment.take_if(|at| *at <= *now) {
            note(at, &|| {
                bell.keep(at);
                None
            });
        }
        let headers = map(headers);
        let delivery = Delivery { headers: &headers, query: "", body: PUSH };
        let verified = verify(kind, delivery, &[key(kind, SECRET)]).expect("it is proven");
        appointment = note(*now, &|| bell.hear(&verified, *now).1).or(appointment);
    }
    if let Some(at) = appointment {
        note(at, &|| {
            bell.keep(at);
            None
        });
    }
    rings
}

/// Twenty thousand deliveries in two hundred seconds, each a copy of one that was overheard.
fn copies(kind: HookKind, rename: impl Fn(u32) -> Option<(&'static str, String)>) -> Vec<(Instant, Headers)> {
    let start = Instant::now();
    let proof = proof(kind, SECRET, PUSH);
    (0..20_000_u32)
        .map(|number| {
            let headers = proof.iter().cloned().chain(rename(number)).collect();
            (start + Duration::from_millis(10) * number, headers)
        })
        .collect()
}

#[test]
fn sec_w3_twenty_thousand_copies_of_a_delivery_ring_once() {
    let deliveries = copies(HookKind::Github, |_| Some(("x-github-delivery", "overheard".to_owned())));

    let rings = rings(HookKind::Github, &deliveries);

    assert_eq!(rings, [deliveries[0].0]);
}

#[test]
fn k1_a_flood_under_changing_ids_rings_once_in_ten_seconds() {
    for kind in [HookKind::Github, HookKind::AzureDevops, HookKind::Connectwise] {
        let deliveries = copies(kind, |number| Some(("x-github-delivery", number.to_string())));

        let rings = rings(kind, &deliveries);

        assert_eq!(
            rings.len(),
            21,
            "at once, every ten seconds of two hundred, and once for the last: {kind:?}"
        );
        assert!(rings.windows(2).all(|pair| pair[1] - pair[0] >= SPACING));
        let (last, _) = deliveries[deliveries.len() - 1];
        assert!(rings[rings.len() - 1] >= last, "the last one is not lost");
    }
}

#[test]
fn k1_deliveries_in_any_order_leave_one_event_for_each_tenant() {
    let queue = Queue::default();
    let bell = queue.clone();
    let ring = Arc::new(move |_: &str, event| bell.push(event));
    let bell = Bell::new(hook(HookKind::Github), ring, Duration::ZERO).expect("its secret is long enough");
    for number in (0..1_000).rev() {
        let body = format!(r#"{{"ref":"refs/heads/main","after":"{number}"}}"#);
        let headers = map(&proof(HookKind::Github, SECRET, body.as_bytes()));
        let delivery = Delivery { headers: &headers, query: "", body: body.as_bytes() };
        let keys = [key(HookKind::Github, SECRET)];
        bell.hear(&verify(HookKind::Github, delivery, &keys).expect("it is proven"), Instant::now());
    }

    assert_eq!(queue.take().into_iter().collect::<Vec<_>>(), [Event::Hook]);
}

/// Sends a request many times over one connection, a hundred at a time, and counts the answers of one status.
fn pour(world: &World, times: usize, request: impl Fn(usize) -> Vec<u8>) -> usize {
    let mut stream = TcpStream::connect(world.address).unwrap();
    let mut accepted = 0;
    for batch in 0..times / 100 {
        let bytes: Vec<u8> = (0..100).flat_map(|number| request(batch * 100 + number)).collect();
        stream.write_all(&bytes).unwrap();
        let mut text = String::new();
        let mut chunk = [0; 16 * 1024];
        while text.matches("\r\n\r\n").count() < 100 {
            let count = stream.read(&mut chunk).unwrap();
            assert!(count > 0, "the connection ended early");
            text.push_str(std::str::from_utf8(&chunk[..count]).unwrap());
        }
        accepted += text.matches("HTTP/1.1 202 Accepted\r\n").count();
    }
    accepted
}

#[test]
fn sec_w3_ten_thousand_replays_over_a_socket_ring_once_in_ten_seconds() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let start = Instant::now();
    let post = |id: String| {
        let mut headers = proof(HookKind::Github, SECRET, PUSH);
        headers.push(("x-github-delivery", id));
        let head = "POST /hooks/push HTTP/1.1\r\nhost: localhost\r\n".to_owned();
        super::world::with_headers(head, &headers, PUSH)
    };

    let same = pour(&world, 10_000, |_| post("overheard".to_owned()));
    let renamed = pour(&world, 2_000, |number| post(format!("renamed-{number}")));

    let allowed = 1 + start.elapsed().as_secs() / SPACING.as_secs();
    assert_eq!((same, renamed), (10_000, 2_000), "a repeated delivery is answered like the first");
    assert!(world.rung().len() as u64 <= allowed);
    assert!(world.outcomes().contains(&(Outcome::Repeated, 9_999)));
}

#[test]
fn what_came_too_soon_rings_when_the_time_is_over() {
    let spacing = Duration::from_millis(200);
    let world = World::spaced(vec![hook(HookKind::Plain)], spacing);
    let post = || world.post(&proof(HookKind::Plain, SECRET, PUSH), PUSH).status;
    let start = Instant::now();

    let statuses = [post(), post(), post()];
    let first = world.rings.recv_timeout(Duration::from_secs(30));
    let second = world.rings.recv_timeout(Duration::from_secs(30));

    assert_eq!(statuses, [202; 3]);
    assert!(first.is_ok() && second.is_ok());
    assert!(start.elapsed() >= spacing);
}

#[test]
fn k1_a_flood_of_forged_deliveries_never_rings() {
    for kind in KINDS {
        let world = World::with(vec![hook(kind)]);

        for number in 0..30 {
            let forged = proof(kind, &format!("a guess of thirty-two bytes or more {number}"), PUSH);
            assert_ne!(world.post(&forged, PUSH).status, 202, "{kind:?}");
        }

        assert_eq!(world.rung(), [], "{kind:?}");
    }
}
