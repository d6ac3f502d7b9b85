//! A tenant with as many companies as a story needs, each with one account and one line.

use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

/// The companies `c0`, `c1`, …: each bills `quantity` GB at `price`, as its account uses.
pub fn crowd(companies: u32, quantity: u64, price: &str) -> World {
    let (head, _) = SEED.split_once("companies:").expect("the seed has companies");
    let mut seed = head.replace("price: 0.50", &format!("price: {price}"));
    seed.push_str("companies:\n");
    for number in 0..companies {
        seed.push_str(&format!("  - {{ id: {}, identifier: c{number} }}\n", 100 + number));
    }
    seed.push_str("agreements:\n");
    for number in 0..companies {
        let addition = format!("{{ id: {}, product: BKP-GB, quantity: {quantity} }}", 9000 + number);
        let company = 100 + number;
        seed.push_str(&format!(
            "  - {{ id: {}, company: {company}, type: 5, additions: [{addition}] }}\n",
            400 + number
        ));
    }
    let world = World::seeded(&seed);
    world.mapping("backup.yaml", MAPPING);
    use_each(&world, &vec![quantity; companies as usize]);
    world.commit("Bill backup");
    world
}

/// The account of company `cN` uses so many GB.
pub fn use_each(world: &World, gigabytes: &[u64]) {
    let rows: Vec<String> = rows(gigabytes);
    world.accounts(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The rows of an accounts file for that.
pub fn rows(gigabytes: &[u64]) -> Vec<String> {
    gigabytes.iter().enumerate().map(|(number, used)| account(&format!("c{number}"), *used)).collect()
}
