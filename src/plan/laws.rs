//! The laws of the plan as properties: whatever the world, no change passes a tripped guard without a waiver, a plan is
//! the same however its inputs are ordered, and planning again after a clean apply changes nothing.

use proptest::collection::vec;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use rust_decimal::Decimal;

use super::world::{World, quantity};
use super::{Plan, Show, Verdict, digest, write_json};
use crate::billing::{LineKey, Money, Quantity};
use crate::problem::Code;

/// One line: quantities in hundredths, a price in cents, and how much of the present quantity we wrote.
#[derive(Clone, Debug)]
struct Drawn {
    company: u8,
    current: u32,
    desired: u32,
    price: Option<u32>,
    written: bool,
    waived: bool,
}

const PRODUCTS: [&str; 3] = ["BKP-GB", "BKP-VM", "SEATS"];

fn drawn() -> impl Strategy<Value = Drawn> {
    let amount = || prop_oneof![Just(0_u32), 1..500_u32, 1..1_000_000_u32];
    (
        any::<u8>(),
        amount(),
        amount(),
        proptest::option::weighted(0.9, 0..10_000_u32),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(company, current, desired, price, written, waived)| {
            let desired = if current % 3 == 0 { current } else { desired };
            Drawn { company: company % 6, current, desired, price, written, waived }
        })
}

fn hundredths(amount: u32) -> String {
    Decimal::new(amount.into(), 2).normalize().to_string()
}

/// A world of these lines, the first of each company and product.
fn world(lines: &[Drawn]) -> World {
    let mut world = World::in_step();
    let mut seen = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let (company, product) = (format!("company{}", line.company), PRODUCTS[number % PRODUCTS.len()]);
        if seen.contains(&(line.company, product)) {
            continue;
        }
        seen.push((line.company, product));
        world = world.line(&company, product, &hundredths(line.current), &hundredths(line.desired)).addition(
            &company,
            product,
            |addition| {
                addition.unit_price = line.price.map(|price| Money::new(Decimal::new(price.into(), 2)));
            },
        );
        if !line.written {
            world = world.never_wrote(&company, product);
        }
        if line.waived {
            world = world.waiver(Code::LineChange, &company, product, None);
        }
    }
    world
}

fn json(plan: &Plan<'_>, show: Show) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_json(plan, show, &mut bytes).unwrap();
    bytes
}

/// What the guards allow at their defaults, computed another way: in hundredths, by whole numbers.
fn within_limits(before: i128, after: i128, price: Option<i128>, change_waived: bool) -> bool {
    let up = |floor: i128, share: i128| (floor * 100).max((share + 9_999) / 10_000 * 100);
    let (moved, rises) = ((after - before).abs(), after > before);
    let change = match (before, rises) {
        (0, _) => true,
        (_, true) => moved <= up(5, before * 50),
        (_, false) => moved <= up(2, before * 20),
    };
    let money =
        price.is_some_and(|price| moved * price <= up(100, before * price / 100 * 30).max(10_000) * 100);
    let window = rises || moved <= 2 * up(2, before * 20);
    let to_zero = !(before > 0 && after == 0);
    (change || change_waived) && money && window && to_zero
}

/// The view after every update of the plan was verified.
fn applied(mut world: World, updates: &[(LineKey, Quantity)]) -> World {
    for addition in &mut world.view.additions {
        let key = LineKey { agreement: addition.agreement, product: addition.product };
        let Some((_, after)) = updates.iter().find(|(updated, _)| *updated == key) else { continue };
        addition.quantity = Some(*after);
        if let Some(record) = world.history.records.get_mut(&key) {
            record.last_written = Some(*after);
        }
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn s5_no_change_passes_a_tripped_guard_without_a_waiver(lines in vec(drawn(), 0..24)) {
        let world = world(&lines);

        for line in world.plan().lines.iter().filter(|line| line.verdict == Verdict::Update) {
            let hundredths = |quantity: Option<Quantity>| {
                let value = quantity.unwrap().value() * Decimal::ONE_HUNDRED;
                i128::try_from(value).unwrap()
            };
            let price = line.addition.unwrap().unit_price.map(|price| {
                i128::try_from(price.value() * Decimal::ONE_HUNDRED).unwrap()
            });
            let waived = world.catalog.waivers.iter().any(|waiver| matches!(
                &waiver.guard,
                crate::mapping::WaiverGuard::Line { company, product, .. }
                    if **company == *line.company.identifier && **product == *line.product.identifier
            ));
            let (before, after) = (hundredths(line.current), hundredths(line.desired));
            prop_assert!(within_limits(before, after, price, waived), "{line:?}");
        }
    }

    #[test]
    fn no_run_moves_more_than_its_limits(lines in vec(drawn(), 0..24)) {
        let world = world(&lines);

        let plan = world.plan();

        let moved: Decimal =
            plan.lines.iter().filter(|line| line.verdict == Verdict::Update).map(|line| line.monthly_delta.unwrap().value().abs()).sum();
        let worth: Decimal = plan
            .lines
            .iter()
            .filter_map(|line| Some(line.current?.value() * line.addition?.unit_price?.value()))
            .sum();
        prop_assert!(moved <= (worth * Decimal::new(5, 2)).max(Decimal::from(250)).ceil());
    }

    #[test]
    fn s17_the_order_of_inputs_is_immaterial(lines in vec(drawn(), 0..16)) {
        let mut turned = world(&lines);
        turned.view.additions.reverse();
        turned.view.products.reverse();
        turned.usage.reverse();
        let straight = world(&lines);

        for show in [Show::Changes, Show::All] {
            prop_assert_eq!(json(&straight.plan(), show), json(&turned.plan(), show));
        }
    }

    #[test]
    fn s18_planning_again_after_a_verified_apply_changes_nothing(lines in vec(drawn(), 0..24)) {
        let world = world(&lines);
        let plan = world.plan();
        let updates: Vec<_> = plan
            .lines
            .iter()
            .filter(|line| line.verdict == Verdict::Update)
            .map(|line| (line.key(), line.desired.unwrap()))
            .collect();
        drop(plan);

        let after = applied(world, &updates);

        let again = after.plan();
        let repeated: Vec<_> = again
            .lines
            .iter()
            .filter(|line| updates.iter().any(|(key, _)| *key == line.key()))
            .map(|line| line.verdict)
            .collect();
        prop_assert_eq!(repeated, vec![Verdict::Keep; updates.len()]);
    }

    #[test]
    fn every_hold_says_why_and_every_line_that_goes_has_no_reason(lines in vec(drawn(), 0..24)) {
        let world = world(&lines);

        for line in &world.plan().lines {
            prop_assert_eq!(line.verdict == Verdict::Hold, !line.reasons.is_empty());
            prop_assert!(line.reasons.is_sorted_by(|a, b| a.code < b.code));
            prop_assert_eq!(line.terms.is_some(), line.verdict == Verdict::Update);
        }
    }

    #[test]
    fn the_digest_changes_with_anything_that_is_listed(lines in vec(drawn(), 1..12), at in any::<usize>(), how in 0..12_usize) {
        let world = world(&lines);
        let plan = world.plan();
        let mut changed = plan.clone();

        change(&mut changed, at, how);

        prop_assert_eq!(plan == changed, digest(&plan, Show::All) == digest(&changed, Show::All));
    }
}

/// Changes one field of the document.
fn change(plan: &mut Plan<'_>, at: usize, how: usize) {
    let index = at % plan.lines.len();
    let line = &mut plan.lines[index];
    match how {
        0 => line.desired = Some(quantity("123456.7")),
        1 => line.current = None,
        2 => line.monthly_delta = None,
        3 => line.verdict = Verdict::Create,
        4 => line.notes.push(Code::Pinned),
        5 => line.company.name = "another",
        6 => line.addition = None,
        7 => line.derivation.clear(),
        8 => plan.tenant = "another",
        9 => plan.commit = "another",
        10 => plan.summary.keep += 1,
        _ => plan.usage.clear(),
    }
}
