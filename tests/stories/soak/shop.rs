//! The provider of the soak: customers with a line each, lines of others beside them, and a company nobody needs.

use crate::world::World;
use crate::world::plain::MAPPING;
use crate::world::shop::WIDE_GUARDS;

/// How many customers there are, each with one line that is ours.
pub const LINES: u32 = 24;

/// The first of our additions; those of others begin a thousand later.
pub const FIRST: u32 = 9_000;

/// The customers whose line is not there and may be created.
pub const MISSING: [u32; 3] = [21, 22, 23];

/// The member of the people at the office.
pub const OFFICE: &str = "office";

/// The name of a customer, which is its account's too.
pub fn name(line: u32) -> String {
    format!("c{line:02}")
}

/// The agreement of a customer.
pub fn agreement(line: u32) -> u32 {
    400 + line
}

/// The tenant, without usage.
pub fn open() -> World {
    let member = "publicKey: story, privateKey: story }";
    // Somebody has to register callbacks, and trueup's member has no right to.
    let office = format!("{member}, {{ identifier: {OFFICE}, publicKey: office, privateKey: office }}");
    let world = World::seeded(&seed().replacen(member, &office, 1));
    world.mapping("policy.yaml", &policy(WIDE_GUARDS)).mapping("backup.yaml", MAPPING);
    world
}

/// Writes what it may, also over the edits of others.
fn policy(guards: &str) -> String {
    guards.replace("policy:\n", "policy:\n  mode: apply\n  hand_edit: revert\n  missing_addition: create\n")
}

fn seed() -> String {
    let mut companies = vec!["{ id: 50, identifier: nobody }".to_owned()];
    let mut agreements = Vec::new();
    for line in 0..LINES {
        companies.push(format!("{{ id: {}, identifier: {} }}", 100 + line, name(line)));
        let foreign = format!("{{ id: {}, product: FOREIGN, quantity: {line} }}", FIRST + 1_000 + line);
        let ours = format!("{{ id: {}, product: BKP-GB, quantity: 25 }}, ", FIRST + line);
        let ours = if MISSING.contains(&line) { "" } else { &ours };
        agreements.push(format!(
            "{{ id: {}, name: Backup {}, company: {}, type: 5, additions: [{ours}{foreign}] }}",
            agreement(line),
            name(line),
            100 + line
        ));
    }
    crate::world::shop::seed(
        &["{ id: 31, identifier: BKP-GB, price: 0.50 }", "{ id: 32, identifier: FOREIGN, price: 3 }"]
            .map(str::to_owned),
        &["{ id: 11, vendorType: BackupUsage, vendorLevel: Universal, agreementType: 5, product: BKP-GB }"
            .to_owned()],
        &companies,
        &agreements,
    )
}
