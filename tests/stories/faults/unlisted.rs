//! Lines of ours that a list does not show: lagging, unreadable, or deleted by a person.

use trueup::simulator::{Canned, Fault, Match};

use super::{SOURCES, left_alone, said, settle, short, why};
use crate::world::plain::{MAPPING, SEED, account};
use crate::world::{QUICK_WRITES, World};

/// A tenant whose line we created and brought to 27, where what is missing may be created.
fn created() -> (World, u32) {
    let world = World::seeded(&SEED.replace("{ id: 9001, product: BKP-GB, quantity: 25 }", ""));
    world.settings(SOURCES, QUICK_WRITES);
    world.mapping("policy.yaml", "policy: { missing_addition: create }\n").mapping("backup.yaml", MAPPING);
    world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    settle(&world);
    let id = world.writes()[0].id;
    (world, id)
}

/// Lists of the agreement lag behind: they show no addition.
fn lag(world: &World) {
    let empty = r#"{"results":[{"sequenceNumber":1,"resourceType":"addition","entities":[],"count":0,"success":true,"statusCode":200}]}"#;
    let bundle = Match::method("POST").path("/system/bundles");
    world.simulator().fail_times(bundle, Fault::StatusBefore(Canned::new(200, empty)), 100);
}

#[test]
fn b14_a_line_that_we_created_and_no_list_shows_yet_is_asked_for_by_its_number() {
    let (world, _) = created();
    lag(&world);

    assert_eq!(short(&world), "keep 27 -> 27");
    left_alone(&world, 0);
    world.accounts(&[&account("acme_dental", 28)]);
    assert_eq!(short(&world), "update 27 -> 28", "and it goes on to be ours");
    assert_eq!(world.simulator().additions().len(), 1);
}

#[test]
fn b14_where_asking_by_number_fails_too_the_view_is_incomplete_and_nothing_is_created() {
    let (world, id) = created();
    lag(&world);
    let read = Match::method("GET").path(&format!("/additions/{id}"));
    world.simulator().fail_times(read, Fault::StatusBefore(Canned::new(200, "<html>busy</html>")), 100);

    assert_eq!(short(&world), "hold ? -> 27 view_incomplete");
    left_alone(&world, 3);
    world.simulator().clear_faults();
    assert_eq!(short(&world), "keep 27 -> 27");
}

#[test]
fn b17_a_line_that_a_person_deleted_is_drift_and_never_created_again_in_silence() {
    let (world, id) = created();
    world.simulator().delete_addition(id).expect("it is there");

    assert_eq!(short(&world), "hold ? -> 27 missing_addition");
    assert!(why(&world).contains("the addition of BKP-GB that we wrote is gone"), "{}", why(&world));
    let asked = world.simulator().log();
    let asked = asked
        .iter()
        .any(|exchange| exchange.path.ends_with(&format!("/additions/{id}")) && exchange.status == Some(404));
    assert!(asked, "its number is asked for before it is taken for gone");
    for used in [28, 29] {
        world.accounts(&[&account("acme_dental", used)]);
        let told = left_alone(&world, 3);
        assert!(!told.contains("created"), "{told}");
    }
    assert_eq!(world.simulator().additions().len(), 0);
    let ran = world.run(&["plan"]);
    assert_eq!(ran.code, Some(0), "{}", said(&ran));
}
