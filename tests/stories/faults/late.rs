//! A request that lands after it was given up, and reads that are older than our own write.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

use trueup::simulator::{Canned, Fault, Match};

use super::{SOURCES, history, is_noted, left_alone, outcomes, record, said, settle, short, to_change};
use crate::world::elsewhere::land;
use crate::world::plain::{MAPPING, SEED, account};
use crate::world::{QUICK_WRITES, World};

const ADDITION: &str = "finance/agreements/401/additions/9001";
const READ: &str = "/agreements/401/additions/9001";

/// A tenant whose write of 27 was given up and whose line bills 28 since.
pub fn given_up() -> World {
    let world = to_change();
    world.simulator().fail_next(Match::method("PATCH"), Fault::DropConnectionBefore);
    assert_eq!(world.apply().code, Some(6));
    world.accounts(&[&account("acme_dental", 28)]);
    settle(&world);
    assert_eq!((world.quantity(9001).as_str(), outcomes(&world)), ("28", vec!["not applied", "applied"]));
    world
}

/// It lands after all.
pub fn lands_late(world: &World) {
    land(world, "PATCH", ADDITION, r#"[{"op":"replace","path":"quantity","value":27}]"#);
}

#[test]
fn b4_a_write_that_lands_after_its_settle_time_is_known_for_our_own_repaired_and_told() {
    let world = given_up();

    lands_late(&world);

    assert_eq!(short(&world), "update 27 -> 28", "no hand edit");
    assert!(is_noted(&world, "late_landing"));
    let ran = world.apply();
    assert_eq!((ran.code, world.quantity(9001).as_str()), (Some(0), "28"), "{}", said(&ran));
    assert!(!is_noted(&world, "late_landing"));
    left_alone(&world, 0);
    world.simulator().edit_quantity(9001, Some(27.into())).expect("the addition is there");
    assert_eq!(
        short(&world),
        "hold 27 -> 28 hand_edit",
        "once repaired, the same quantity is somebody else's"
    );
}

#[test]
fn b4_a_write_that_lands_late_on_what_is_desired_again_is_no_hand_edit() {
    let world = given_up();
    world.accounts(&[&account("acme_dental", 27)]);

    lands_late(&world);

    assert_eq!(short(&world), "keep 27 -> 27");
    assert!(is_noted(&world, "late_landing") && !is_noted(&world, "hand_edit"));
    left_alone(&world, 0);
    world.accounts(&[&account("acme_dental", 28)]);
    assert_eq!(short(&world), "update 27 -> 28");
}

#[test]
fn b4_the_daemon_repairs_a_late_landing_and_counts_it() {
    let world = given_up();
    world
        .mapping("backup.yaml", &format!("{MAPPING}policy: {{ mode: apply }}\n"))
        .commit("Let the daemon write");
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    let address = listener.local_addr().expect("it has an address");
    drop(listener);
    world.settings(SOURCES, &format!("{QUICK_WRITES}listen: {address}\n"));
    lands_late(&world);

    let mut daemon = world.daemon();
    daemon.says(&["a write landed after it was given up"]);
    daemon.passes("applied");

    assert_eq!(world.quantity(9001), "28");
    world.wait_until("it is counted", |_| {
        metrics(address).is_some_and(|text| text.contains("trueup_late_landings_total{tenant=\"story\"} 1"))
    });
}

fn metrics(address: SocketAddr) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

#[test]
fn b4_b16_a_create_that_lands_late_bills_nobody_and_both_lines_are_named_with_their_money() {
    let world = World::seeded(&SEED.replace("{ id: 9001, product: BKP-GB, quantity: 25 }", ""));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("policy.yaml", "policy: { missing_addition: create }\n").mapping("backup.yaml", MAPPING);
    world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world.simulator().fail_next(Match::method("POST").path("/additions"), Fault::DropConnectionBefore);
    assert_eq!(world.apply().code, Some(6));
    settle(&world);
    let create = world.write_requests()[0].clone();
    let body = create.split_once(" {").map(|(_, rest)| format!("{{{rest}")).expect("a create has a body");

    land(&world, "POST", "finance/agreements/401/additions", &body);

    let billed: Vec<String> = world.simulator().additions().iter().map(ToString::to_string).collect();
    assert_eq!(billed.len(), 2);
    assert_eq!(billed.iter().filter(|addition| addition.contains("\"quantity\":0")).count(), 1, "{billed:?}");
    assert_eq!(short(&world), "hold ? -> 27 ambiguous_addition");
    let held = super::why(&world);
    assert!(held.contains(" and ") && held.ends_with("are all live, 13.5 a month together"), "{held}");
    left_alone(&world, 3);
}

#[test]
fn b15_a_read_that_is_older_than_our_write_is_looked_at_again_and_not_believed() {
    let world = to_change();
    let before = record(&world, &[]);
    let stale = || Canned::new(200, &before);
    world.simulator().fail_next(Match::method("PATCH"), Fault::StatusAfterCommit(stale()));
    // The first of them is the look before the write.
    world.simulator().fail_times(Match::method("GET").path(READ), Fault::StatusBefore(stale()), 2);

    let ran = world.apply();

    assert_eq!(ran.code, Some(0), "{}", said(&ran));
    assert_eq!((world.quantity(9001).as_str(), world.write_requests().len()), ("27", 1));
    assert_eq!(outcomes(&world), ["applied"]);
}

#[test]
fn b15_a_write_that_no_read_within_the_lag_confirms_is_held_and_never_sent_again() {
    let world = to_change();
    world.simulator().fail_next(Match::method("PATCH"), Fault::IgnoreWrite);

    let ran = world.apply();

    assert_eq!(ran.code, Some(6), "{}", said(&ran));
    assert!(ran.stdout.contains("diverged"), "{}", said(&ran));
    let reads = world.simulator().log().iter().filter(|exchange| exchange.path.ends_with(READ)).count();
    assert!(reads >= 4, "before the write, and again and again after it: {reads}");
    let took =
        history(&world)[0].settled.as_ref().map(|(at, _)| at.duration_since(history(&world)[0].intent.at));
    assert!(took.is_some_and(|took| took.as_secs() >= 1), "not before the lag of reads has passed: {took:?}");
    left_alone(&world, 3);
    assert_eq!((short(&world).as_str(), world.write_requests().len()), ("hold 25 -> 27 diverged", 1));
}
