//! Worlds by chance: small, and crowded enough that everything in them meets everything else.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

use crate::billing::{AgreementStatus, Rounding, RoundingMode, Size};
use crate::desired::world::{SOURCE, World, seat};
use crate::mapping::{MissingAddition, Subject, UsageValue};
use crate::usage::{AccountStatus, Base, Measured, Metric};

const COMPANIES: [&str; 4] = ["Acme", "Bravo", "Contoso", "bravo"];
const USERNAMES: [&str; 6] = ["acme", "bravo", "contoso", "hq", "branch", "Bravo"];
const PLANS: [&str; 3] = ["Silver", "Gold", "Bronze"];
const LEVELS: [&str; 3] = ["Universal", "Gold", "Default"];
const TYPES: [&str; 4] = ["BackupUsage", "LocalBackup", "VM", "Seats"];
const PRODUCTS: [&str; 4] = ["P1", "P2", "P3", "P4"];

/// A stream of small numbers that decide what a world is like.
struct Chance<'c> {
    choices: &'c [u8],
    place: usize,
}

impl Chance<'_> {
    /// A number below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        self.place += 1;
        usize::from(self.choices[self.place % self.choices.len()]) % limit
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Any world.
pub(super) fn world() -> impl Strategy<Value = World> {
    vec(any::<u8>(), 400).prop_map(|choices| {
        let mut chance = Chance { choices: &choices, place: 0 };
        let mut world = World::empty();
        companies(&mut world, &mut chance);
        mappings(&mut world, &mut chance);
        usage(&mut world, &mut chance, SOURCE);
        if chance.once_in(3) {
            world.add_source("other");
            usage(&mut world, &mut chance, "other");
        }
        additions(&mut world, &mut chance);
        if chance.once_in(2) {
            world.catalog.policy.missing_addition = MissingAddition::Create;
        }
        world
    })
}

fn companies(world: &mut World, chance: &mut Chance<'_>) {
    for identifier in COMPANIES {
        if chance.once_in(8) {
            continue;
        }
        world.add_company(identifier).deleted = chance.once_in(12);
        if chance.once_in(6) {
            world.unfield(identifier);
        }
        if chance.once_in(12) {
            world.agreement(identifier).status = AgreementStatus::Expired;
        }
        if chance.once_in(8) {
            let parent = world.agreement(identifier).id;
            let is_child = chance.once_in(2);
            let second = world.add_agreement(identifier, "Second", "Barracuda Backup");
            second.parent = is_child.then_some(parent);
        }
    }
}

fn mappings(world: &mut World, chance: &mut Chance<'_>) {
    for level in LEVELS {
        for vendor_type in TYPES {
            if vendor_type != "BackupUsage" && chance.once_in(2) {
                continue;
            }
            let reference = world.add_cross_reference(vendor_type, level, chance.of(&PRODUCTS));
            reference.inactive = chance.once_in(12);
            if chance.once_in(20) {
                reference.product = None;
            }
        }
    }
    if chance.once_in(5) {
        world.add_cross_reference(chance.of(&TYPES), chance.of(&LEVELS), chance.of(&PRODUCTS));
    }
    for plan in ["(All plans)", "Silver", "Gold"] {
        if chance.once_in(5) {
            continue;
        }
        let usage_value = chance.of(&[UsageValue::Total, UsageValue::Additional]);
        let row = world.add_plan_row(plan, usage_value, chance.of(&LEVELS));
        row.combine_sum = chance.once_in(3);
        let mode = chance.of(&[RoundingMode::Nearest, RoundingMode::Up, RoundingMode::Down]);
        row.rounding = Rounding { mode, decimals: chance.of(&[0, 2, 4]) };
        if chance.once_in(12) {
            row.source = "other".into();
        }
    }
    if chance.once_in(2) {
        let row = world.add_metered_row("vms", "VM", chance.of(&LEVELS));
        if let Subject::Metered { included, .. } = &mut row.subject {
            *included = chance.of(&[0, 1, 3]).into();
        }
    }
    if chance.once_in(2) {
        world.add_seat_row("Email", "Seats", chance.of(&LEVELS));
    }
}

fn usage(world: &mut World, chance: &mut Chance<'_>, source: &str) {
    for username in USERNAMES {
        if chance.once_in(6) {
            continue;
        }
        let used = u64::try_from(chance.below(256) * chance.below(256)).unwrap() * 123_456_789;
        let plan = chance.of(&PLANS);
        let account = world.add_account_to(source, username, plan, used);
        let statuses = [AccountStatus::Active; 6];
        account.status =
            chance.of(&[&statuses[..], &[AccountStatus::Test, AccountStatus::Canceled]].concat());
        let base = Size::Bytes(u64::try_from(chance.below(200)).unwrap() << 30);
        account.plan.as_mut().unwrap().base =
            chance.of(&[Base::Size(base), Base::Size(base), Base::Unlimited, Base::Unknown]);
        if chance.once_in(10) {
            account.plan = None;
        }
        for metric in ["LocalBackup", "vms", "VM"] {
            let count = u64::try_from(chance.below(4)).unwrap();
            if count > 0 {
                account.metrics.push((Metric::named(metric), Measured::Count(count - 1)));
            }
        }
        if chance.once_in(3) {
            account.seats.push(seat("Email", 7, 9));
        }
        if source == SOURCE && (matches!(username, "hq" | "branch" | "contoso") || chance.once_in(6)) {
            let company = if chance.once_in(6) { chance.of(&COMPANIES) } else { "Contoso" };
            let link = world.add_link(username, company);
            link.agreement = chance.once_in(8).then(|| "Second".into());
        }
    }
}

fn additions(world: &mut World, chance: &mut Chance<'_>) {
    let agreements: Vec<_> = world.view.agreements.iter().map(|agreement| agreement.id).collect();
    for agreement in agreements {
        for product in PRODUCTS {
            for _ in 0..chance.of(&[0, 1, 1, 1, 1, 1, 1, 1, 1, 2]) {
                let quantity = u64::try_from(chance.below(40)).unwrap();
                let addition = world.add_addition_on(agreement, product, quantity);
                addition.less_included = chance.once_in(6).then(|| 3.into());
            }
        }
    }
}
