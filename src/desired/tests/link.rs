//! Resolution 2: which company an account belongs to.

use super::{absent, acme, bills, doubts, outcome, unresolved};
use crate::billing::CustomField;
use crate::desired::LinkedBy;
use crate::desired::world::{World, gb};
use crate::problem::Code;
use crate::usage::{AccountStatus, Rejection};

fn field(caption: &str, value: Option<&str>) -> CustomField {
    CustomField { caption: caption.into(), value: value.map(Into::into) }
}

fn linked_by(world: &World) -> LinkedBy {
    world.desired().line("Acme", "BKP-GB").unwrap().derivation[0].link
}

/// Two companies, and two accounts that only explicit links join to the first.
fn contoso() -> World {
    let mut world = World::in_step();
    world.add_company("Contoso");
    world.unfield("Contoso");
    world.add_account("contoso_hq", "Silver", gb(10));
    world.add_account("contoso_branch", "Silver", gb(5));
    world.add_link("contoso_hq", "Contoso");
    world.add_link("contoso_branch", "Contoso");
    world.add_addition("Contoso", "BKP-GB", 15);
    world
}

#[test]
fn an_explicit_link_wins_over_the_custom_field() {
    let mut world = World::in_step();
    world.add_company("Contoso");
    world.add_addition("Contoso", "BKP-GB", 25);
    world.add_link("acme", "Contoso");

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), bills("25"));
    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), absent());
}

#[test]
fn the_custom_field_wins_over_the_identifier() {
    let mut world = World::in_step();
    world.add_company("acme");
    world.unfield("acme");

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(linked_by(&world), LinkedBy::CustomField);
}

#[test]
fn the_identifier_links_only_where_the_custom_field_is_empty() {
    let mut world = World::in_step();
    world.account("acme").username = "Acme".into();
    world.company("Acme").custom_fields = vec![field("echo_username", None)];
    let empty = (acme(&world), linked_by(&world));

    world.company("Acme").custom_fields = vec![field("echo_username", Some("somebody_else"))];

    assert_eq!(empty, (bills("25"), LinkedBy::CompanyIdentifier));
    assert_eq!(acme(&world), absent());
    assert_eq!(world.desired().told(), [(Code::UnlinkedAccount, "Acme")]);
}

#[test]
fn the_policy_can_switch_both_off_and_rename_the_field() {
    let mut world = World::in_step();
    world.catalog.policy.link.custom_field = Some("Backup user".into());
    let renamed = acme(&world);
    world.company("Acme").custom_fields = vec![field("  Backup user ", Some("acme"))];
    let trimmed = acme(&world);
    world.catalog.policy.link.custom_field = None;

    assert_eq!([renamed, trimmed, acme(&world)], [absent(), bills("25"), absent()]);
}

#[test]
fn names_compare_exactly_and_near_misses_are_suggested() {
    for near in ["ACME", "a cme", "acme "] {
        let mut world = World::in_step();
        world.account("acme").username = near.into();

        let problems = world.desired().problems;

        assert_eq!(problems[0].code, Code::UnlinkedAccount);
        assert!(problems[0].hint.as_deref().unwrap().contains("did you mean Acme?"), "{near:?}");
    }
    let mut world = World::in_step();
    world.company("Acme").custom_fields = vec![field("echo_username", Some("acme-dental"))];
    world.account("acme").username = "acme_dental".into();
    assert!(world.desired().problems[0].hint.as_deref().unwrap().contains("Acme"));
}

#[test]
fn two_companies_with_one_username_are_both_held() {
    let mut world = World::in_step();
    world.add_company("Contoso").custom_fields = vec![field("echo_username", Some("acme"))];
    world.add_addition("Contoso", "BKP-GB", 3);

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), unresolved(Code::AmbiguousCompany));
    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), unresolved(Code::AmbiguousCompany));
    assert_eq!(desired.told(), [(Code::AmbiguousCompany, "acme")]);
    assert!(desired.problems[0].message.contains("Acme (100) and Contoso (101)"));
}

#[test]
fn a_deleted_company_does_not_count() {
    let mut world = World::in_step();
    let twin = world.add_company("Contoso");
    twin.custom_fields = vec![field("echo_username", Some("acme"))];
    twin.deleted = true;

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn a_link_to_an_unknown_or_deleted_company_leaves_the_account_unlinked() {
    let mut world = World::in_step();
    world.add_company("Gone").deleted = true;
    world.add_link("acme", "Gone");
    let deleted = world.desired().told() == [(Code::UnlinkedAccount, "acme")];
    world.catalog.links[0].company = "acme".into();

    let desired = world.desired();

    assert!(deleted);
    assert_eq!(desired.told(), [(Code::UnlinkedAccount, "acme")]);
    assert!(desired.problems[0].hint.as_deref().unwrap().contains("Acme"));
    assert!(desired.problems[0].place.is_some());
}

#[test]
fn an_unlinked_account_holds_nothing() {
    let mut world = World::in_step();
    world.add_account("tailspin", "Bronze", gb(3));

    assert_eq!(acme(&world), bills("25"));
    assert_eq!(world.desired().told(), [(Code::UnlinkedAccount, "tailspin")]);
}

#[test]
fn an_account_that_counts_for_nothing_need_not_be_linked() {
    let mut world = World::in_step();
    world.add_account("tailspin", "Bronze", gb(3)).status = AccountStatus::Test;
    world.add_account("wingtip", "Bronze", gb(3)).status = AccountStatus::Canceled;

    assert_eq!(world.desired().told(), []);
}

#[test]
fn accounts_share_a_company_through_explicit_links_of_all() {
    let world = contoso();

    assert_eq!(outcome(&world.desired(), "Contoso", "BKP-GB"), bills("15"));
}

#[test]
fn accounts_that_share_a_company_otherwise_are_held() {
    let mut world = World::in_step();
    world.add_account("acme_two", "Silver", gb(5));
    world.add_link("acme_two", "Acme");

    assert_eq!(acme(&world), unresolved(Code::SharedCompany));
    assert_eq!(world.desired().told(), [(Code::SharedCompany, "Acme")]);
}

#[test]
fn accounts_of_two_sources_do_not_share() {
    let mut world = World::in_step();
    world.add_source("other");
    world.add_account_to("other", "acme", "Silver", gb(5)).plan = None;

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn a_skipped_account_does_not_share() {
    let mut world = World::in_step();
    world.add_account("acme_lab", "Silver", gb(5)).status = AccountStatus::Test;
    world.add_link("acme_lab", "Acme");

    assert_eq!(acme(&world), bills("25"));
}

#[test]
fn an_explicitly_linked_account_that_is_missing_holds_the_sum() {
    let mut world = contoso();
    world.remove_account("contoso_branch");

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), doubts(Code::AccountAbsent));
    assert_eq!(desired.told(), [(Code::AccountAbsent, "contoso_branch")]);
}

#[test]
fn a_rejected_account_counts_as_present_and_holds_its_company() {
    let mut world = contoso();
    world.account("contoso_branch").rejected =
        Some(Rejection { message: "used_bytes \"1,234\" is not a number".to_owned(), place: None });

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), doubts(Code::UsageRejected));
    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), bills("25"));
    assert!(desired.line("Contoso", "BKP-GB").unwrap().reasons[0].message.contains("1,234"));
}

#[test]
fn links_of_one_account_that_differ_hold_all_their_companies() {
    let mut world = contoso();
    world.add_link("acme", "Acme");
    world.add_link("acme", "Contoso");

    let desired = world.desired();

    assert_eq!(outcome(&desired, "Acme", "BKP-GB"), unresolved(Code::AmbiguousCompany));
    assert_eq!(outcome(&desired, "Contoso", "BKP-GB"), doubts(Code::AmbiguousCompany));
}
