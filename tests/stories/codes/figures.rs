//! What an account's figures say, and what they do not.

use trueup::problem::Code;

use super::table::{BKP_GB, held, problem, told};
use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

provoked! {
    UsageUnknown: a_figure_that_the_source_does_not_report_is_no_zero,
    UsageRejected: a_row_with_a_number_that_is_none_holds_its_account_and_no_other,
    UnknownBase: additional_usage_of_a_plan_without_a_base_size_is_held,
    CollidingLines: two_types_that_lead_to_one_line_are_held_until_the_row_sums_them,
    DoubleDeduction: an_allowance_that_would_be_deducted_twice_is_held_until_the_row_expects_it,
    ExpectationFailed: a_line_that_is_not_as_its_row_expects_is_held_even_in_step,
    UnbilledMetric: what_nothing_bills_is_told_as_lost_money,
    FrozenAccount: a_frozen_account_is_billed_and_noted,
    DuplicateUsage: a_row_that_stands_twice_is_counted_once_and_told,
}

fn a_figure_that_the_source_does_not_report_is_no_zero() -> String {
    let world = World::in_step();
    world.accounts(&["acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,0,,0,0,0,0"]);

    held(&world, BKP_GB, "hold 25 -> ? usage_unknown")
}

fn a_row_with_a_number_that_is_none_holds_its_account_and_no_other() -> String {
    let world = World::in_step();
    let seed = SEED
        .replace("companies: [", "companies: [{ id: 72, identifier: contoso }, ")
        .replace("agreements:\n", "agreements:\n  - { id: 402, company: 72, type: 5, additions: [{ id: 9002, product: BKP-GB, quantity: 7 }] }\n");
    let other = World::seeded(&seed);
    other.mapping("backup.yaml", MAPPING).commit("Bill backup");
    for odd in ["1,234", "1e3", "NaN", "-1", "12.5", "٣"] {
        let row = format!("acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,0,\"{odd}\",0,0,0,0");
        other.accounts(&[&row, &account("contoso", 8)]);

        let plan = other.plan();

        assert_eq!(plan.short("AcmeDental", "BKP-GB"), "hold 25 -> ? usage_rejected", "{odd}");
        assert_eq!(plan.short("contoso", "BKP-GB"), "update 7 -> 8", "{odd}");
        let place = &problem(&plan, Code::UsageRejected, "acme_dental")["place"];
        assert_eq!((&place["line"], &place["column"]), (&2.into(), &70.into()), "{odd}: {place}");
    }
    world.accounts(&["acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,0,NaN,0,0,0,0"]);
    held(&world, BKP_GB, "hold 25 -> ? usage_rejected")
}

fn additional_usage_of_a_plan_without_a_base_size_is_held() -> String {
    let world = World::in_step();
    world.mapping("backup.yaml", &MAPPING.replace("total", "additional"));
    world.accounts(&["acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,,26843545600,0,0,0,0"]);
    world.commit("Bill what is over the plan");

    let said = held(&world, BKP_GB, "hold 25 -> ? unknown_base");

    problem(&world.plan(), Code::UnknownBase, "Pay As You Go");
    said
}

fn two_types_that_lead_to_one_line_are_held_until_the_row_sums_them() -> String {
    let first = "      - { id: 11,";
    let second = "      - { id: 12, vendorType: LocalBackup, vendorLevel: Universal, agreementType: 5, product: BKP-GB }\n";
    let world = World::seeded(&SEED.replace(first, &format!("{second}{first}")));
    world.mapping("backup.yaml", MAPPING);
    world.accounts(&["acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,0,26843545600,2,0,0,0"]);
    world.commit("Bill backup");
    let said = held(&world, BKP_GB, "hold 25 -> ? colliding_lines");
    assert!(
        said.contains("BackupUsage of acme_dental") && said.contains("LocalBackup of acme_dental"),
        "{said}"
    );

    world.mapping("backup.yaml", &MAPPING.replace("total }", "total, combine: sum }")).commit("Sum them");

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
    said
}

/// A tenant whose addition has 20 GB free.
fn with_allowance(mapping: &str) -> World {
    let world = World::seeded(&SEED.replace("quantity: 25", "quantity: 4, lessIncluded: 20"));
    world.mapping("backup.yaml", mapping);
    world.accounts(&["acme_dental,Acme,ACCOUNT,ACTIVE,20g Monthly,21474836480,26843545600,0,0,0,0"]);
    world.commit("Bill what is over the plan");
    world
}

fn an_allowance_that_would_be_deducted_twice_is_held_until_the_row_expects_it() -> String {
    let additional = MAPPING.replace("total", "additional");
    let world = with_allowance(&additional);
    let said = held(&world, BKP_GB, "hold 4 -> 5 double_deduction");

    let expects = additional.replace("additional }", "additional, expect: { less_included: 20 } }");
    world.mapping("backup.yaml", &expects).commit("Say that both are meant");

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 4 -> 5");
    said
}

fn a_line_that_is_not_as_its_row_expects_is_held_even_in_step() -> String {
    let world = World::in_step();
    let expects = MAPPING.replace("total }", "total, expect: { less_included: 20, base_plan_size: 20 GB } }");
    world.mapping("backup.yaml", &expects).commit("Expect an allowance");

    let said = held(&world, BKP_GB, "hold 25 -> 25 expectation_failed");

    assert_eq!(world.apply().code, Some(3));
    said
}

fn what_nothing_bills_is_told_as_lost_money() -> String {
    let world = World::in_step();
    world.accounts(&["acme_dental,Acme,ACCOUNT,ACTIVE,Pay As You Go,0,26843545600,0,0,3,0"]);

    let said = told(&world, Code::UnbilledMetric, "acme_dental", BKP_GB, "keep 25 -> 25");

    assert!(said.contains("Hyper-VHostLicensing"), "{said}");
    assert_eq!(world.apply().code, Some(0));
    said
}

fn a_frozen_account_is_billed_and_noted() -> String {
    let world = World::in_step();
    world.accounts(&["acme_dental,Acme,ACCOUNT,FROZEN,Pay As You Go,0,28991029248,0,0,0,0"]);

    let said = told(&world, Code::FrozenAccount, "acme_dental", BKP_GB, "update 25 -> 27");

    assert_eq!(world.apply().code, Some(0));
    said
}

fn a_row_that_stands_twice_is_counted_once_and_told() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27), &account("acme_dental", 27)]);

    let said = told(&world, Code::DuplicateUsage, "acme_dental", BKP_GB, "update 25 -> 27");

    assert_eq!(world.apply().code, Some(0));
    said
}
