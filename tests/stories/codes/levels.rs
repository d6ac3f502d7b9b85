//! Where a level leads: cross-references, agreement types, products and agreements.

use trueup::problem::Code;

use super::table::{BKP_GB, held, problem};
use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

provoked! {
    UnknownLevel: a_level_that_differs_by_case_bills_nothing_and_the_right_one_is_named,
    AmbiguousCrossReference: two_active_cross_references_are_both_named_and_neither_is_chosen,
    UnknownProduct: a_cross_reference_without_a_product_holds_the_lines_of_its_type,
    UnknownIntegration: an_integration_that_connectwise_does_not_have_holds_what_it_led_to,
    UnknownAgreementType: a_declared_agreement_type_that_does_not_exist_holds_its_product,
    NoAgreement: an_agreement_that_ended_is_written_no_more,
    AmbiguousAgreement: two_active_agreements_of_a_type_are_both_named,
}

/// A tenant with another seed, whose account uses 27 GB.
fn tenant(seed: &str) -> World {
    let world = World::seeded(seed);
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world
}

const CROSS_REFERENCE: &str = "      - { id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }\n";

fn a_level_that_differs_by_case_bills_nothing_and_the_right_one_is_named() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    world.mapping("backup.yaml", &MAPPING.replace("Universal", "universal")).commit("Slip");

    let plan = world.plan();

    assert_eq!(plan.find("AcmeDental", "BKP-GB"), None, "no level reaches the line any more");
    let told = problem(&plan, Code::UnknownLevel, "universal").to_string();
    assert!(told.contains("did you mean Universal?") && told.contains("mappings/backup.yaml"), "{told}");
    super::table::left_alone(&world, 0);
    told
}

fn two_active_cross_references_are_both_named_and_neither_is_chosen() -> String {
    let second = CROSS_REFERENCE.replace("id: 11", "id: 12").replace("BKP-GB", "BKP-HYPERV");
    let world = tenant(&SEED.replace(CROSS_REFERENCE, &format!("{CROSS_REFERENCE}{second}")));

    let said = held(&world, BKP_GB, "hold 25 -> ? ambiguous_cross_reference");

    assert!(said.contains("cross-references 11 and 12"), "{said}");
    said
}

fn a_cross_reference_without_a_product_holds_the_lines_of_its_type() -> String {
    let broken = CROSS_REFERENCE
        .replace("id: 11", "id: 12")
        .replace(", product: BKP-GB", "")
        .replace("Universal", "Broken");
    let world = tenant(&SEED.replace(CROSS_REFERENCE, &format!("{CROSS_REFERENCE}{broken}")));
    let row = "  - { plan: Pay As You Go, level: Broken, usage_value: total }\n";
    world.mapping("backup.yaml", &format!("{MAPPING}{row}")).commit("Use the broken level");

    let said = held(&world, BKP_GB, "hold 25 -> ? unknown_product");

    assert!(
        problem(&world.plan(), Code::UnknownProduct, "Broken").to_string().contains("cross-reference 12")
    );
    said
}

fn an_integration_that_connectwise_does_not_have_holds_what_it_led_to() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let row = "intronis_backup_plan: [{ plan: Pay As You Go, level: Universal, usage_value: total }]\n";
    world.mapping("other.yaml", &format!("source: intronis\nintegration: barracuda intronis\n{row}"));
    world.commit("Name an integration that is spelled otherwise");

    let said = held(&world, BKP_GB, "hold 25 -> ? unknown_integration");

    let told = problem(&world.plan(), Code::UnknownIntegration, "barracuda intronis").to_string();
    assert!(told.contains("did you mean Barracuda Intronis?"), "{told}");
    said
}

/// A table that git owns, with one row that uses it.
fn declared(agreement_type: &str) -> String {
    format!(
        "source: intronis\nintronis_backup_plan: [{{ plan: Pay As You Go, level: Ours, usage_value: total }}]\n\
         cross_references: [{{ type: BackupUsage, level: Ours, agreement_type: {agreement_type}, product: BKP-GB }}]\n"
    )
}

fn a_declared_agreement_type_that_does_not_exist_holds_its_product() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    world.mapping("ours.yaml", &declared("Barracuda Backups")).commit("Declare a table");
    let said = held(&world, BKP_GB, "hold 25 -> ? unknown_agreement_type");

    world.mapping("ours.yaml", &declared("Barracuda Backup")).commit("Spell it as ConnectWise does");

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
    said
}

fn an_agreement_that_ended_is_written_no_more() -> String {
    let world = tenant(&SEED.replace("type: 5, additions", "type: 5, endDate: 2025-12-31, additions"));

    let plan = world.plan();

    assert_eq!(plan.find("AcmeDental", "BKP-GB"), None);
    super::table::left_alone(&world, 0);
    problem(&plan, Code::NoAgreement, "AcmeDental").to_string()
}

fn two_active_agreements_of_a_type_are_both_named() -> String {
    let world = tenant(&format!("{SEED}  - {{ id: 402, name: Acme Backup 2, company: 71, type: 5 }}\n"));

    let said = held(&world, BKP_GB, "hold 25 -> ? ambiguous_agreement");

    assert!(said.contains("Acme Backup (401)") && said.contains("Acme Backup 2 (402)"), "{said}");
    said
}
