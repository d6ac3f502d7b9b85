//! What is desired, as time goes by: usage that goes up and down, and mappings that are rounded otherwise.
//!
//! The quantity that is right is computed here, in quarters of a gigabyte, without a line of the engine.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::chance::Chance;
use super::shop::{LINES, name};
use crate::world::plain::MAPPING;
use crate::world::{ACCOUNTS, World};

/// A quarter of a gigabyte, in bytes.
const QUARTER: u64 = 1 << 28;

/// How figures are rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rounding {
    /// To two decimals: quarters are kept.
    Exact,
    /// Up to whole gigabytes.
    Up,
}

/// What is desired.
pub struct Months {
    chance: Chance,
    rounding: Rounding,
    quarters: Vec<u64>,
    turns: u32,
    /// Every quantity that a line was ever to have.
    wanted: BTreeMap<u32, BTreeSet<Decimal>>,
}

impl Months {
    /// Everybody uses 25 GB.
    pub fn begin(world: &World, chance: Chance) -> Self {
        let quarters = vec![100; LINES as usize];
        let mut months =
            Self { chance, rounding: Rounding::Exact, quarters, turns: 0, wanted: BTreeMap::new() };
        months.tell(world);
        world.commit("Bill backup");
        months
    }

    /// The quantity that is right for a line.
    pub fn desired(&self, line: u32) -> Decimal {
        let quarters = self.quarters[line as usize];
        match self.rounding {
            Rounding::Exact => Decimal::from(quarters) / Decimal::from(4),
            Rounding::Up => Decimal::from(quarters.div_ceil(4)),
        }
    }

    /// Whether a quantity was ever right for a line.
    pub fn was_wanted(&self, line: u32, quantity: Decimal) -> bool {
        self.wanted.get(&line).is_some_and(|wanted| wanted.contains(&quantity))
    }

    /// Some use more, some less; now and then somebody commits.
    pub fn go_on(&mut self, world: &World) {
        self.turns += 1;
        for _ in 0..=self.chance.below(4) {
            let line = self.chance.below(u64::from(LINES));
            self.quarters[line as usize] = 80 + self.chance.below(41);
        }
        if self.turns.is_multiple_of(7) {
            self.round(world, if self.rounding == Rounding::Exact { Rounding::Up } else { Rounding::Exact });
        }
        self.tell(world);
    }

    /// The last figures, after which nothing changes.
    pub fn last(&mut self, world: &World) {
        self.round(world, Rounding::Exact);
        self.tell(world);
    }

    /// One line more that fits changes by a gigabyte; gives which.
    pub fn one(&mut self, world: &World, fits: impl Fn(u32) -> bool) -> u32 {
        let line = (0..LINES).find(|line| fits(*line)).expect("most lines are right");
        self.quarters[line as usize] += 4;
        self.tell(world);
        line
    }

    fn round(&mut self, world: &World, rounding: Rounding) {
        self.rounding = rounding;
        let up = "usage_value: total, rounding: { mode: up, decimals: 0 }";
        let text = match rounding {
            Rounding::Exact => MAPPING.to_owned(),
            Rounding::Up => MAPPING.replace("usage_value: total", up),
        };
        self.note();
        world.mapping("backup.yaml", &text).commit("Round otherwise");
    }

    /// Writes the accounts file as a program does that hands files over: whole, or not at all.
    fn tell(&mut self, world: &World) {
        self.note();
        let now = Timestamp::now();
        let mut text = format!("{ACCOUNTS}\n");
        for (line, quarters) in (0..LINES).zip(&self.quarters) {
            let (name, bytes) = (name(line), quarters * QUARTER);
            text.push_str(&format!(
                "{now:.0},{name},{name},ACCOUNT,ACTIVE,Pay As You Go,0,{bytes},0,0,0,0\n"
            ));
        }
        world.write("usage/next", &text);
        fs::rename(world.path("usage/next"), world.path("usage/intronis.csv")).expect("it can be renamed");
    }

    fn note(&mut self) {
        for line in 0..LINES {
            let desired = self.desired(line);
            self.wanted.entry(line).or_default().insert(desired.normalize());
        }
    }
}
