//! Laws that hold in every world.

use std::collections::BTreeSet;

use proptest::prelude::{ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::chance;
use crate::billing::{LineKey, Quantity, RoundingMode, Size};
use crate::desired::world::{SOURCE, World};
use crate::desired::{Derivation, Desired, DesiredLine, Found, Want};
use crate::mapping::{MissingAddition, Row, Subject, UsageValue};
use crate::usage::{Account, Base, Measured, SourceFailure, SourceReading};

/// The same inputs in another order.
fn shuffled(world: &World, seed: u64) -> World {
    let mut world = world.clone();
    let mut state = seed | 1;
    let World { catalog, usage, view, .. } = &mut world;
    shuffle(&mut view.companies, &mut state);
    shuffle(&mut view.agreements, &mut state);
    shuffle(&mut view.additions, &mut state);
    shuffle(&mut view.products, &mut state);
    shuffle(&mut view.cross_references, &mut state);
    shuffle(&mut catalog.rows, &mut state);
    shuffle(&mut catalog.links, &mut state);
    shuffle(usage, &mut state);
    for reading in usage {
        if let SourceReading::Read(snapshot) = reading {
            shuffle(&mut snapshot.accounts, &mut state);
            for account in &mut snapshot.accounts {
                shuffle(&mut account.metrics, &mut state);
            }
        }
    }
    world
}

/// Fisher and Yates, by a generator of Marsaglia's.
fn shuffle<T>(items: &mut [T], state: &mut u64) {
    for last in (1..items.len()).rev() {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        items.swap(last, usize::try_from(*state % (last as u64 + 1)).unwrap());
    }
}

/// All worlds that lack one thing of the usage: an account, a metric, the seats, the plan, or a whole source.
fn poorer(world: &World) -> Vec<World> {
    let mut worlds = Vec::new();
    for (place, reading) in world.usage.iter().enumerate() {
        let SourceReading::Read(snapshot) = reading else { continue };
        let mut without = |reading: SourceReading| {
            let mut world = world.clone();
            world.usage[place] = reading;
            worlds.push(world);
        };
        let source = snapshot.source.clone();
        without(SourceReading::Failed(SourceFailure { source, problems: Vec::new(), texts: Vec::new() }));
        for (account, known) in snapshot.accounts.iter().enumerate() {
            let mut lacking = |lack: &dyn Fn(&mut Account)| {
                let mut snapshot = snapshot.clone();
                lack(&mut snapshot.accounts[account]);
                without(SourceReading::Read(snapshot));
            };
            lacking(&|account| account.plan = None);
            lacking(&|account| account.seats.clear());
            for metric in 0..known.metrics.len() {
                lacking(&|account| drop(account.metrics.remove(metric)));
            }
            let mut snapshot = snapshot.clone();
            snapshot.accounts.remove(account);
            without(SourceReading::Read(snapshot));
        }
    }
    worlds
}

fn of_key<'d>(desired: &'d Desired<'_>, key: LineKey) -> Option<&'d DesiredLine<'d>> {
    desired.lines.iter().find(|line| line.key() == key)
}

/// A claim in whole steps of its decimals, by long division: it shares nothing with the arithmetic under test.
fn by_hand(world: &World, claim: &Derivation<'_>) -> Option<Quantity> {
    let account = account(world, claim);
    let row: &Row = claim.row.unwrap();
    let figure = |name: &str| account.metrics.iter().find(|(metric, _)| metric.as_str() == name);
    match (&row.subject, claim.vendor_type) {
        (Subject::Plan { usage_value, .. }, "BackupUsage") => {
            let Some((_, Measured::Size(Size::Bytes(used)))) = figure("BackupUsage") else { return None };
            let bytes = match (usage_value, account.plan.as_ref().map(|plan| plan.base)) {
                (UsageValue::Total, _) => *used,
                (UsageValue::Additional, Some(Base::Size(Size::Bytes(base)))) => used.saturating_sub(base),
                (UsageValue::Additional, Some(Base::Unlimited)) => 0,
                (UsageValue::Additional, _) => return None,
            };
            Some(rounded_by_hand(u128::from(bytes), row))
        }
        (Subject::Plan { .. }, name) => whole(figure(name)?.1, 0),
        (Subject::Metered { metric, included, .. }, _) => {
            whole(figure(metric)?.1, u64::try_from(*included).unwrap())
        }
        (Subject::Seats { .. }, _) => account.seats.first()?.used.map(Quantity::from),
    }
}

fn account<'w>(world: &'w World, claim: &Derivation<'_>) -> &'w Account {
    let snapshots = world.usage.iter().filter_map(|reading| match reading {
        SourceReading::Read(snapshot) if *snapshot.source == *claim.source => Some(snapshot),
        SourceReading::Read(_) | SourceReading::Failed(_) => None,
    });
    snapshots
        .flat_map(|snapshot| &snapshot.accounts)
        .find(|account| *account.username == *claim.account)
        .unwrap()
}

fn whole(measured: Measured, free: u64) -> Option<Quantity> {
    match measured {
        Measured::Count(count) => Some(Quantity::from(count.saturating_sub(free))),
        Measured::Size(_) => None,
    }
}

fn rounded_by_hand(bytes: u128, row: &Row) -> Quantity {
    let (mut steps, mut rest) = (bytes >> 30, bytes % (1 << 30));
    for _ in 0..row.rounding.decimals {
        rest *= 10;
        steps = steps * 10 + (rest >> 30);
        rest %= 1 << 30;
    }
    let up = match row.rounding.mode {
        RoundingMode::Nearest => rest >= 1 << 29,
        RoundingMode::Up => rest > 0,
        RoundingMode::Down => false,
    };
    let steps = i128::try_from(steps + u128::from(up)).unwrap();
    Quantity::new(rust_decimal::Decimal::from_i128_with_scale(steps, row.rounding.decimals))
}

/// The products that some active cross-reference at a level in use names, whatever is wrong with it.
fn reachable(world: &World) -> BTreeSet<i64> {
    let used: BTreeSet<&str> = world.catalog.rows.iter().map(|row| &*row.level).collect();
    let active = world.view.cross_references.iter().filter(|reference| !reference.inactive);
    active
        .filter(|reference| used.contains(&*reference.level))
        .filter_map(|reference| Some(reference.product.as_ref()?.0.0))
        .collect()
}

fn worlds() -> impl Strategy<Value = World> {
    chance::world()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_order_of_the_inputs_is_immaterial(world in worlds(), seed in any::<u64>()) {
        let other = shuffled(&world, seed);

        let (one, two) = (world.desired(), other.desired());

        prop_assert_eq!(one.lines, two.lines);
        prop_assert_eq!(one.problems, two.problems);
    }

    #[test]
    fn every_number_is_the_sum_of_its_contributions_each_rounded_once(world in worlds()) {
        let desired = world.desired();

        for line in desired.lines.iter().filter(|line| line.want == Want::Wanted) {
            let mut sum = Some(Quantity::ZERO);
            for claim in &line.derivation {
                let by_hand = by_hand(&world, claim);
                prop_assert_eq!(claim.rounded, by_hand, "{:#?}", claim);
                sum = sum.zip(by_hand).and_then(|(sum, claim)| sum.checked_add(claim));
            }
            if let Some(number) = line.desired {
                prop_assert_eq!(Some(number), sum);
                prop_assert!(number.scale() <= line.scale);
            }
        }
    }

    #[test]
    fn a_line_that_no_mapping_reaches_never_appears(world in worlds()) {
        let reachable = reachable(&world);

        for line in world.desired().lines {
            prop_assert!(reachable.contains(&line.product.0), "{line:#?}");
        }
    }

    #[test]
    fn a_line_without_a_number_is_held_and_says_why(world in worlds()) {
        for line in world.desired().lines {
            prop_assert!(line.desired.is_some() || !line.reasons.is_empty(), "{line:#?}");
            let codes = line.codes();
            prop_assert!(codes.is_sorted_by(|one, two| one < two), "{codes:?}");
            let creates = world.catalog.policy.missing_addition == MissingAddition::Create;
            let is_there = matches!(line.addition, Found::One(_)) || (creates && line.addition == Found::Nothing);
            prop_assert!(is_there || !line.reasons.is_empty(), "{line:#?}");
        }
    }

    #[test]
    fn a_source_that_fails_leaves_no_line_of_its_own_to_write(world in worlds()) {
        let mut world = world;
        world.usage.retain(|reading| **reading.source() != *SOURCE);
        let failure = SourceFailure { source: SOURCE.into(), problems: Vec::new(), texts: Vec::new() };
        world.usage.push(SourceReading::Failed(failure));

        for line in world.desired().lines.iter().filter(|line| line.sources.contains(&SOURCE)) {
            prop_assert!(!line.reasons.is_empty() && line.desired.is_none(), "{line:#?}");
        }
    }
}

proptest! {
    // Every world stands for some fifty that lack one thing each.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_taken_away_never_lowers_a_number_that_is_not_held(world in worlds()) {
        let before = world.desired();
        for poorer in poorer(&world) {
            for line in poorer.desired().lines {
                let earlier = of_key(&before, line.key()).and_then(|line| line.desired);
                if let (Some(earlier), Some(now)) = (earlier, line.desired) {
                    prop_assert!(now >= earlier || !line.reasons.is_empty(), "{earlier} to {now}: {line:#?}");
                }
            }
        }
    }
}
