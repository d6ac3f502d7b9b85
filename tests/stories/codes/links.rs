//! Whose an account is, and which row bills it.

use trueup::problem::Code;

use super::table::{BKP_GB, held, problem, told};
use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

provoked! {
    UnlinkedAccount: an_account_that_fits_no_company_is_told_and_holds_nothing,
    AmbiguousCompany: two_companies_with_one_username_are_both_held,
    SharedCompany: two_accounts_of_one_company_are_held_until_both_are_linked,
    UnmappedPlan: an_account_whose_plan_has_no_row_is_held,
    RowShadowed: the_row_of_a_plan_wins_over_the_row_of_all_plans_and_that_is_told,
}

fn an_account_that_fits_no_company_is_told_and_holds_nothing() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 25), &account("Acme-Dental ", 7)]);

    let said = told(&world, Code::UnlinkedAccount, "Acme-Dental ", BKP_GB, "keep 25 -> 25");

    assert!(said.contains("AcmeDental"), "near misses are named: {said}");
    assert_eq!(world.apply().code, Some(0));
    said
}

fn two_companies_with_one_username_are_both_held() -> String {
    let second = "\
companies:
  - { id: 72, identifier: AcmeLab, customFields: { echo_username: acme_dental } }
  - { id: 71";
    let world = World::seeded(
        &SEED
            .replace("companies: [{ id: 71", second)
            .replace("acme_dental } }]\nagreements", "acme_dental } }\nagreements"),
    );
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 27)]).commit("Bill backup");

    let said = held(&world, BKP_GB, "hold 25 -> ? ambiguous_company");

    let message = problem(&world.plan(), Code::AmbiguousCompany, "acme_dental")["message"].to_string();
    assert!(message.contains("AcmeDental (71)") && message.contains("AcmeLab (72)"), "{message}");
    said
}

fn two_accounts_of_one_company_are_held_until_both_are_linked() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 25), &account("AcmeDental", 2)]);
    world.mapping(
        "links.yaml",
        "source: intronis\naccounts: { link: [{ account: AcmeDental, company: AcmeDental }] }\n",
    );
    world.commit("Link the branch office only");
    let said = held(&world, BKP_GB, "hold 25 -> ? shared_company");

    let link = |account| format!("    - {{ account: {account}, company: AcmeDental }}\n");
    let links =
        format!("source: intronis\naccounts:\n  link:\n{}{}", link("acme_dental"), link("AcmeDental"));
    world.mapping("links.yaml", &links).commit("Link both");

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
    said
}

fn an_account_whose_plan_has_no_row_is_held() -> String {
    let world = World::in_step();
    world.mapping("backup.yaml", &MAPPING.replace("(All plans)", "Gold Monthly")).commit("Bill Gold only");

    let said = held(&world, BKP_GB, "hold 25 -> ? unmapped_plan");

    let message = problem(&world.plan(), Code::UnmappedPlan, "acme_dental")["message"].to_string();
    assert!(message.contains("Pay As You Go"), "{message}");
    said
}

fn the_row_of_a_plan_wins_over_the_row_of_all_plans_and_that_is_told() -> String {
    let world = World::in_step();
    let row =
        "  - { plan: Pay As You Go, level: Universal, usage_value: total, rounding: { decimals: 0 } }\n";
    world.mapping("backup.yaml", &format!("{MAPPING}{row}")).commit("Name the plan");

    let said = told(&world, Code::RowShadowed, "Pay As You Go", BKP_GB, "keep 25 -> 25");

    assert!(said.contains("mappings/backup.yaml"), "{said}");
    said
}
