//! Lines that somebody ends or adds between the plan and its write.

use std::process::Stdio;

use jiff::{Timestamp, ToSpan as _};
use trueup::simulator::{Canned, Fault, Match};

use super::{SOURCES, outcomes, said, to_change, until};
use crate::world::elsewhere::land;
use crate::world::plain::{MAPPING, SEED, account};
use crate::world::{QUICK_WRITES, Ran, World};

/// Applies, and lets somebody change something after the plan was read and before its line is read again.
fn meanwhile(change: impl FnOnce(&World)) -> (World, Ran) {
    let world = to_change();
    let read = Match::method("GET").path("/agreements/401/additions/9001");
    world.simulator().fail_next(read, Fault::DelayMillis(700));
    let before = world.simulator().log().len();
    let mut command = world.command(&["apply", "--yes"]);
    let applying = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let is_read = |world: &World| {
        world.simulator().log().iter().skip(before).any(|exchange| exchange.path.ends_with("/system/bundles"))
    };
    until("the plan is read", || is_read(&world) && world.simulator().faults_left() == 0);
    change(&world);
    let ran = Ran::from(applying.wait_with_output().expect("it ends"));
    (world, ran)
}

#[test]
fn b17_b18_a_line_that_ends_between_the_plan_and_its_write_is_left_out_with_its_reason() {
    let yesterday = Timestamp::now() - 24.hours();
    let (cancelled, said_cancelled) = meanwhile(|world| {
        world.simulator().cancel_addition(9001, yesterday).expect("it is there");
    });
    let (deleted, said_deleted) = meanwhile(|world| {
        world.simulator().delete_addition(9001).expect("it is there");
    });

    for (world, ran, why) in [
        (&cancelled, &said_cancelled, "concurrent_change: the addition was cancelled"),
        (&deleted, &said_deleted, "concurrent_change: the addition is gone"),
    ] {
        assert_eq!(ran.code, Some(6), "{}", said(ran));
        assert!(ran.stdout.contains(why), "{}", said(ran));
        assert_eq!((world.write_requests().len(), outcomes(world).len()), (0, 0), "not even meant");
    }
}

#[test]
fn b17_a_line_that_is_not_found_for_a_moment_and_is_listed_is_not_gone() {
    let world = to_change();
    let not_found = Canned::new(404, r#"{"code":"NotFound","message":"Addition 9001 not found"}"#);
    let read = Match::method("GET").path("/agreements/401/additions/9001");
    world.simulator().fail_next(read, Fault::StatusBefore(not_found));

    let ran = world.apply();

    assert_eq!((ran.code, world.quantity(9001).as_str()), (Some(0), "27"), "{}", said(&ran));
}

#[test]
fn c2_a_line_that_takes_too_long_to_be_shown_is_read_again_and_not_written_on_what_may_be_over() {
    for (slow, code, quantity, told) in
        [(2, 0, "27", "applied"), (3, 6, "25", "shown too late to rest a write on it")]
    {
        let world = to_change();
        let read = Match::method("GET").path("/agreements/401/additions/9001");
        world.simulator().fail_times(read, Fault::DelayMillis(1_200), slow);

        let ran = world.apply();

        assert_eq!((ran.code, world.quantity(9001).as_str()), (Some(code), quantity), "{}", said(&ran));
        assert!(ran.stdout.contains(told), "{}", said(&ran));
    }
}

/// Applies a plan that creates a line, and lets somebody change something after the plan was read and before the line's
/// agreement is read again.
fn create_meanwhile(change: impl FnOnce(&World)) -> (World, Ran) {
    let no_line = SEED.replace("{ id: 9001, product: BKP-GB, quantity: 25 }", "");
    let another = "companies: [{ id: 72, identifier: Bolt, name: Bolt }, ";
    let world = World::seeded(&no_line.replace("companies: [", another));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("policy.yaml", "policy: { missing_addition: create }\n").mapping("backup.yaml", MAPPING);
    world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world
        .simulator()
        .fail_next(Match::method("GET").path("/finance/agreements/401"), Fault::DelayMillis(700));
    let mut command = world.command(&["apply", "--yes"]);
    let applying = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    until("the plan is read", || world.simulator().faults_left() == 0);
    change(&world);
    let ran = Ran::from(applying.wait_with_output().expect("it ends"));
    (world, ran)
}

#[test]
fn b18_b20_no_line_is_created_on_an_agreement_that_ended_or_moved_since_the_plan() {
    let ended = "concurrent_change: the agreement does not run today";
    for (operations, why) in [
        (r#"{"op":"replace","path":"cancelledFlag","value":true}"#, ended),
        (
            r#"{"op":"replace","path":"noEndingDateFlag","value":false},{"op":"replace","path":"endDate","value":"2026-01-31T00:00:00Z"}"#,
            ended,
        ),
        (
            r#"{"op":"replace","path":"company","value":{"id":72}}"#,
            "concurrent_change: the agreement is another company's now",
        ),
    ] {
        let (world, ran) = create_meanwhile(|world| {
            land(world, "PATCH", "finance/agreements/401", &format!("[{operations}]"));
        });

        assert_eq!(ran.code, Some(6), "{operations}: {}", said(&ran));
        assert!(ran.stdout.contains(why), "{operations}: {}", said(&ran));
        assert_eq!((world.simulator().additions().len(), outcomes(&world).len()), (0, 0), "{operations}");
    }
}

#[test]
fn b12_a_list_is_read_forward_by_numbers_and_once_more_before_a_line_is_created() {
    let body = r#"{"product":{"id":31},"quantity":3,"billCustomer":"Billable","effectiveDate":"2026-11-01T00:00:00Z"}"#;

    let (world, ran) = create_meanwhile(|world| {
        land(world, "POST", "finance/agreements/401/additions", body);
    });

    assert_eq!(ran.code, Some(6), "{}", said(&ran));
    assert!(ran.stdout.contains("concurrent_change: 1 such additions exist by now"), "{}", said(&ran));
    assert_eq!(world.simulator().additions().len(), 1, "the one that somebody else added");
    let log = world.simulator().log();
    let is_list = |path: &str| {
        ["/companies", "/agreements", "/additions", "/types"].iter().any(|end| path.ends_with(end))
    };
    let lists: Vec<_> =
        log.iter().filter(|exchange| exchange.method == "GET" && is_list(&exchange.path)).collect();
    assert!(lists.len() > 3, "{}", lists.len());
    for list in lists {
        let forward = list.headers.get("pagination-type").is_some_and(|mode| mode == "forward-only");
        assert!(forward && !list.query.contains("page="), "{} {}", list.path, list.query);
    }
}
