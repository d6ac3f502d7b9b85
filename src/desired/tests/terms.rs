//! Terms: they differ exactly when the mapping does.

use crate::billing::{Rounding, RoundingMode};
use crate::desired::terms;
use crate::desired::world::{World, gb, place, seat};
use crate::mapping::{SeatCount, Subject, UsageValue};
use crate::usage::{Measured, Metric};

fn of(world: &World, product: &str) -> String {
    let desired = world.desired();
    terms(&desired.line("Acme", product).unwrap().derivation, world.catalog.policy.gigabyte)
}

#[test]
fn terms_are_a_text_that_people_can_read() {
    assert_eq!(
        of(&World::in_step(), "BKP-GB"),
        "type=\"BackupUsage\" level=\"Universal\" plan=all usage_value=total rounding=nearest/2 gigabyte=binary"
    );
}

#[test]
fn figures_and_places_do_not_change_the_terms() {
    let mut world = World::in_step();
    let before = of(&world, "BKP-GB");
    world.account("acme").metrics[0].1 = Measured::Size(crate::billing::Size::Bytes(gb(99)));
    world.catalog.rows[0].place = place(77);
    world.addition("Acme", "BKP-GB").quantity = Some(3.into());

    assert_eq!(of(&world, "BKP-GB"), before);
}

#[test]
fn every_change_of_the_row_changes_the_terms() {
    let changes: [fn(&mut World); 4] = [
        |world| world.catalog.rows[0].rounding = Rounding { mode: RoundingMode::Up, decimals: 2 },
        |world| world.catalog.policy.gigabyte = crate::billing::Gigabyte::Decimal,
        |world| {
            world.catalog.rows.clear();
            world.add_plan_row("Silver", UsageValue::Total, "Universal");
        },
        |world| {
            world.add_cross_reference("BackupUsage", "Gold", "BKP-GB");
            world.catalog.rows[0].level = "Gold".into();
        },
    ];
    let before = of(&World::in_step(), "BKP-GB");
    for change in changes {
        let mut world = World::in_step();
        change(&mut world);

        assert_ne!(of(&world, "BKP-GB"), before);
    }
}

#[test]
fn seats_and_metered_rows_have_terms_of_their_own() {
    let mut world = World::in_step();
    world.add_cross_reference("Seats", "Ess", "ESS");
    world.add_seat_row("Email", "Seats", "Ess");
    world.account("acme").seats.push(seat("Email", 3, 4));
    world.add_cross_reference("VM", "Default", "VMS");
    world.add_metered_row("vms", "VM", "Default");
    world.account("acme").metrics.push((Metric::named("vms"), Measured::Count(4)));
    let used = of(&world, "ESS");
    if let Subject::Seats { count, .. } = &mut world.catalog.rows[1].subject {
        *count = SeatCount::Bought;
    }

    assert_ne!(of(&world, "ESS"), used);
    assert_eq!(of(&world, "VMS"), "type=\"VM\" level=\"Default\" metric=\"vms\" included=0");
}

#[test]
fn names_with_quotes_cannot_run_into_each_other() {
    let mut world = World::in_step();
    world.catalog.rows.clear();
    world.add_plan_row("a\" usage_value=total", UsageValue::Total, "Universal");
    world.account("acme").plan.as_mut().unwrap().name = Some("a\" usage_value=total".into());

    assert!(of(&world, "BKP-GB").contains(r#"plan="a\" usage_value=total" usage_value=total"#));
}

#[test]
fn nobody_wants_a_line_on_no_terms() {
    assert_eq!(terms(&[], crate::billing::Gigabyte::Binary), "");
}
