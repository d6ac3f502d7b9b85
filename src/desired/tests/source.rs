//! Sources and agreements that could not be read: their lines are held, all others go on.

use super::{acme, bills, doubts, outcome, unresolved};
use crate::desired::world::{World, gb};
use crate::mapping::UsageValue;
use crate::problem::Code;
use crate::usage::{SourceFailure, SourceReading};

fn fail(world: &mut World, name: &str) {
    for reading in &mut world.usage {
        if **reading.source() == *name {
            *reading = SourceReading::Failed(SourceFailure {
                source: name.into(),
                problems: Vec::new(),
                texts: Vec::new(),
            });
        }
    }
}

/// Two sources: `other` bills VMs of the same company.
fn two_sources() -> World {
    let mut world = World::in_step();
    world.add_source("other");
    let account = world.add_account_to("other", "acme", "", 0);
    account.plan = None;
    account.metrics = vec![(crate::usage::Metric::named("vms"), crate::usage::Measured::Count(4))];
    world.add_cross_reference("VM", "Default", "VMS");
    world.add_metered_row("vms", "VM", "Default").source = "other".into();
    world.add_addition("Acme", "VMS", 4);
    world
}

#[test]
fn the_lines_of_a_source_that_could_not_be_read_are_held() {
    let mut world = two_sources();
    fail(&mut world, "other");

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "VMS"), unresolved(Code::UsageIncomplete));
    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), bills("25"), "accounts of other sources go on");
    assert_eq!(desired.line("Acme", "VMS").unwrap().sources, ["other"]);
}

#[test]
fn a_line_that_two_sources_reach_is_held_when_one_could_not_be_read() {
    let mut world = two_sources();
    world.add_plan_row("(All plans)", UsageValue::Total, "Universal").source = "other".into();
    fail(&mut world, "other");

    assert_eq!(acme(&world), doubts(Code::UsageIncomplete));
    assert_eq!(world.desired().line("Acme", "BKP-GB").unwrap().sources, ["intronis", "other"]);
}

#[test]
fn a_source_that_nobody_configured_is_told_and_holds() {
    let mut world = two_sources();
    world.usage.pop();

    assert_eq!(outcome(&world.desired(), "Acme", "VMS"), unresolved(Code::UsageIncomplete));
    assert_eq!(world.desired().told(), [(Code::UsageIncomplete, "other")]);
}

#[test]
fn figures_of_two_sources_on_one_line_collide() {
    let mut world = two_sources();
    world.view.cross_references.pop();
    world.add_cross_reference("VM", "Default", "BKP-GB");

    assert_eq!(acme(&world), doubts(Code::CollidingLines));
}

#[test]
fn a_wanted_line_depends_on_the_sources_its_company_has_accounts_in() {
    let mut world = World::in_step();
    world.add_source("uk");
    world.add_plan_row("(All plans)", UsageValue::Total, "Universal").source = "uk".into();

    assert_eq!(world.desired().lines[0].sources, ["intronis"]);
}

#[test]
fn a_wanted_line_depends_on_a_source_that_may_lack_an_account_of_its_company() {
    let mut world = World::in_step();
    world.add_source("uk").complete = false;
    world.add_plan_row("(All plans)", UsageValue::Total, "Universal").source = "uk".into();

    assert_eq!(world.desired().lines[0].sources, ["intronis", "uk"]);
}

#[test]
fn an_agreement_that_could_not_be_read_whole_holds_its_lines_and_is_told() {
    let mut world = World::in_step();
    let agreement = world.agreement("Acme").id;
    world.view.incomplete.insert(agreement);
    world.view.additions.clear();
    world.add_company("Contoso");
    world.add_account("contoso", "Silver", gb(3));
    world.add_addition("Contoso", "BKP-GB", 3);

    let desired = world.desired();

    assert_eq!(acme(&world), super::holds("25", Code::ViewIncomplete));
    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), bills("3"));
    assert_eq!(desired.told(), [(Code::ViewIncomplete, "Acme")]);
}

#[test]
fn an_agreement_that_could_not_be_read_whole_is_never_created_on() {
    let mut world = World::in_step();
    let agreement = world.agreement("Acme").id;
    world.view.incomplete.insert(agreement);
    world.view.additions.clear();
    world.catalog.policy.missing_addition = crate::mapping::MissingAddition::Create;

    assert_eq!(acme(&world), super::holds("25", Code::ViewIncomplete));
}
