//! Resolution 6: the one active agreement of a cross-reference's type.

use super::{acme, bills, doubts, outcome, unresolved};
use crate::billing::{Agreement, AgreementStatus};
use crate::desired::world::{World, gb};
use crate::problem::Code;

fn changed(change: impl Fn(&mut Agreement)) -> World {
    let mut world = World::in_step();
    change(world.agreement("Acme"));
    world
}

fn day(text: &str) -> Option<jiff::civil::Date> {
    Some(text.parse().unwrap())
}

#[test]
fn an_agreement_runs_from_its_first_through_its_last_day() {
    let first = changed(|agreement| agreement.start = day("2026-11-22"));
    let last = changed(|agreement| {
        agreement.no_ending_date = false;
        agreement.end = day("2026-11-22");
    });
    let endless = changed(|agreement| agreement.end = day("2026-01-01"));

    assert_eq!([first, last, endless].map(|world| acme(&world)), [bills("25"), bills("25"), bills("25")]);
}

#[test]
fn an_agreement_that_does_not_run_is_none() {
    let worlds = [
        changed(|agreement| agreement.start = day("2026-11-23")),
        changed(|agreement| {
            agreement.no_ending_date = false;
            agreement.end = day("2026-11-21");
        }),
        changed(|agreement| agreement.cancelled = true),
        changed(|agreement| agreement.status = AgreementStatus::Expired),
        changed(|agreement| agreement.status = AgreementStatus::Unknown),
    ];

    for world in worlds {
        assert_eq!(acme(&world), None);
        assert_eq!(world.desired().told(), [(Code::NoAgreement, "Acme")]);
    }
}

#[test]
fn several_agreements_of_the_type_hold_their_lines() {
    let mut world = World::in_step();
    world.add_agreement("Acme", "Second Backup", "Barracuda Backup");

    let desired = world.desired();

    assert_eq!(acme(&world), unresolved(Code::AmbiguousAgreement));
    assert_eq!(desired.told(), [(Code::AmbiguousAgreement, "Acme")]);
    assert!(desired.problems[0].message.contains("Acme Backup (400) and Second Backup (401)"));
}

#[test]
fn an_agreement_of_another_type_does_not_count() {
    let mut world = World::in_step();
    world.add_agreement("Acme", "Managed Services", "Managed Services");

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn a_link_that_names_an_agreement_restricts_the_account_to_it() {
    let mut world = World::in_step();
    let second = world.add_agreement("Acme", "Second Backup", "Barracuda Backup").id;
    world.add_addition_on(second, "BKP-GB", 25);
    world.add_link("acme", "Acme").agreement = Some("Second Backup".into());

    let desired = world.desired();

    let lines: Vec<_> = desired.lines.iter().map(|line| (line.agreement.id, line.desired.unwrap())).collect();
    assert_eq!(lines, [(world.view.agreements[0].id, 0.into()), (second, 25.into())]);
}

#[test]
fn a_link_whose_agreement_does_not_match_zeroes_nothing() {
    let mut world = World::in_step();
    world.add_link("acme", "Acme").agreement = Some("Acme Bakcup".into());

    assert_eq!(acme(&world), unresolved(Code::NoAgreement));
    assert_eq!(world.desired().told(), [(Code::NoAgreement, "Acme")]);
}

#[test]
fn a_link_whose_agreement_does_not_match_holds_the_sum_it_may_have_a_share_in() {
    let mut world = World::in_step();
    world.add_link("acme", "Acme");
    world.add_account("acme_two", "Silver", gb(5));
    world.add_link("acme_two", "Acme").agreement = Some("Acme Bakcup".into());

    assert_eq!(acme(&world), doubts(Code::NoAgreement));
}

#[test]
fn a_child_agreement_is_left_out_unless_a_link_names_it() {
    let mut world = World::in_step();
    let parent = world.agreement("Acme").id;
    let child = world.add_agreement("Acme", "Child", "Barracuda Backup");
    child.parent = Some(parent);
    let child = child.id;
    world.add_addition_on(child, "BKP-GB", 7);
    let unnamed = world.desired().lines.len();
    world.add_link("acme", "Acme").agreement = Some("Child".into());

    let desired = world.desired();

    assert_eq!(unnamed, 1);
    let lines: Vec<_> = desired.lines.iter().map(|line| (line.agreement.id, line.desired.unwrap())).collect();
    assert_eq!(lines, [(parent, 0.into()), (child, 25.into())]);
}

#[test]
fn trouble_with_one_type_lets_other_types_go_on_and_makes_nothing_undesired() {
    let mut world = World::in_step();
    let other = world.agreement_type("Licences");
    world.add_cross_reference("LocalBackup", "Universal", "LOCAL").agreement_type = Some(other);
    let metric = (crate::usage::Metric::LocalBackup, crate::usage::Measured::Count(2));
    world.account("acme").metrics.push(metric);
    world.add_cross_reference("BackupUsage", "Gold", "BKP-GOLD");
    world.add_plan_row("Gold", crate::mapping::UsageValue::Total, "Gold");
    world.add_addition("Acme", "BKP-GOLD", 9);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), bills("25"));
    assert_eq!(outcome(&desired, "Acme", "BKP-GOLD"), unresolved(Code::NoAgreement));
}
