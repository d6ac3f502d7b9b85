//! What a pushed commit must not do to the bills, however valid it is.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::world::plain::{MAPPING, account};
use super::world::{ACCOUNTS, QUICK_WRITES, USAGE_AGE, World};

/// So many customers that a small change of each is much money.
const CUSTOMERS: u32 = 80;

/// Each customer bills 100 GB at 0.50, as used.
fn crowd() -> World {
    let mut seed = String::from(
        "login: { company: story, clientId: story }\n\
         members: [{ identifier: trueup, publicKey: story, privateKey: story }]\n\
         agreementTypes: [{ id: 5, name: Barracuda Backup }]\n\
         products: [{ id: 31, identifier: BKP-GB, price: 0.50 }]\n\
         integrations:\n  - id: 3\n    name: Barracuda Intronis\n    crossReferences:\n      \
         - { id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }\n",
    );
    seed.push_str("companies:\n");
    for number in 1..=CUSTOMERS {
        writeln!(seed, "  - {{ id: {number}, identifier: customer-{number} }}").expect("a string takes all");
    }
    seed.push_str("agreements:\n");
    for number in 1..=CUSTOMERS {
        let line = "[{ product: BKP-GB, quantity: 100 }]";
        writeln!(seed, "  - {{ id: {}, company: {number}, type: 5, additions: {line} }}", 400 + number)
            .expect("a string takes all");
    }
    let world = World::seeded(&seed);
    world.settings("sources:\n      intronis: { csv: { path: usage/intronis.csv } }", QUICK_WRITES);
    let rows: Vec<String> =
        (1..=CUSTOMERS).map(|number| account(&format!("customer-{number}"), 100)).collect();
    world.accounts(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    world
}

#[test]
fn e11_a_valid_commit_that_moves_much_money_is_held_whole() {
    let world = crowd();
    world.mapping("backup.yaml", &format!("{MAPPING}policy: {{ mode: apply }}\n")).commit("Bill backup");
    let mut daemon = world.daemon();
    daemon.passes("in_step");

    world.mapping("backup.yaml", &format!("{MAPPING}policy: {{ mode: apply, gigabyte: decimal }}\n"));
    world.commit("A slip: 10^9 bytes instead of 2^30");
    daemon.passes("held");

    assert_eq!(world.write_requests(), Vec::<String>::new());
    assert!(world.plan().short("customer-1", "BKP-GB").ends_with("run_money"));
}

const METERED: &str = "\
source: intronis
cross_references:
  - { type: VM, level: Default, agreement_type: Barracuda Backup, product: BKP-HYPERV }
metered:
  - { metric: protected_vms, type: VM, level: Default }
";

#[test]
fn e12_a_line_whose_row_was_removed_is_told_and_keeps_its_quantity() {
    let seed = super::world::plain::SEED
        .replace("quantity: 25 }]", "quantity: 25 }, { id: 9002, product: BKP-HYPERV, quantity: 2 }]");
    let world = World::seeded(&seed);
    let sources = "sources:\n      intronis: { csv: { path: usage/intronis.csv, metrics: [protected_vms] } }";
    world.settings(sources, QUICK_WRITES);
    let as_of = Timestamp::now() - USAGE_AGE;
    let row = account("acme_dental", 25);
    world.write("usage/intronis.csv", &format!("{ACCOUNTS},protected_vms\n{as_of:.0},{row},3\n"));
    world.mapping("backup.yaml", &format!("{MAPPING}policy: {{ mode: apply }}\n"));
    world.mapping("metered.yaml", METERED).commit("Bill backup and machines");
    let mut daemon = world.daemon();
    daemon.passes("applied");
    daemon.passes("in_step");

    std::fs::remove_file(world.path("billing/mappings/metered.yaml")).unwrap();
    let commit = world.commit("Bill no machines");
    daemon.says(&["the plan is drawn", &commit]);
    daemon.passes("in_step");

    assert_eq!(world.quantity(9002), "3");
    assert_eq!(world.writes().len(), 1);
    assert!(world.plan().problem_codes().contains(&"unmanaged".to_owned()));
}
