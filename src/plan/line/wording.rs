//! The terms of lines, remembered by row: a million lines go by a handful of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::billing::Gigabyte;
use crate::desired::{Derivation, terms};
use crate::mapping::{Row, UsageValue};

/// What the terms of a single contribution depend on, besides the gigabyte: the row, by its address, and what it counts.
type Key<'a> = (*const Row, &'a str, Option<u8>);

/// The terms of lines.
#[derive(Debug)]
pub(in crate::plan) struct Wording<'a> {
    gigabyte: Gigabyte,
    nothing: Arc<str>,
    known: RefCell<HashMap<Key<'a>, Arc<str>, FixedState>>,
}

impl<'a> Wording<'a> {
    pub(in crate::plan) fn new(gigabyte: Gigabyte) -> Self {
        Self { gigabyte, nothing: "".into(), known: RefCell::default() }
    }

    /// The terms that a number was computed by; empty where nobody wants the line.
    pub(in crate::plan) fn of(&self, derivation: &[Derivation<'a>]) -> Arc<str> {
        match derivation {
            [] => Arc::clone(&self.nothing),
            [Derivation { row: Some(row), vendor_type, usage_value, .. }] => {
                let counted = usage_value.map(|value| match value {
                    UsageValue::Total => 0,
                    UsageValue::Additional => 1,
                });
                let key: Key<'a> = (std::ptr::from_ref(*row), vendor_type, counted);
                let mut known = self.known.borrow_mut();
                Arc::clone(known.entry(key).or_insert_with(|| terms(derivation, self.gigabyte).into()))
            }
            [_, ..] => terms(derivation, self.gigabyte).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wording;
    use crate::billing::Gigabyte;
    use crate::desired::terms;
    use crate::desired::world::World;
    use crate::mapping::UsageValue;

    #[test]
    fn remembered_terms_are_those_that_would_be_told() {
        let mut world = World::in_step();
        for (level, product) in [("Gold", "GOLD"), ("Silver", "SILVER")] {
            world.add_cross_reference("BackupUsage", level, product);
            world.add_cross_reference("LocalBackup", level, "LOCAL");
            world.add_plan_row(level, UsageValue::Total, level);
            for number in 0..3 {
                let company = format!("{level}{number}");
                world.add_company(&company);
                world.add_account(&company.to_lowercase(), level, 1 << 34);
                world.add_addition(&company, product, 16);
                world.add_addition(&company, "LOCAL", 2);
            }
        }
        let desired = world.desired();
        let wording = Wording::new(Gigabyte::Binary);

        let told: Vec<_> = desired.lines.iter().map(|line| wording.of(&line.derivation)).collect();

        assert!(desired.lines.len() > 6, "{}", desired.lines.len());
        for (line, told) in desired.lines.iter().zip(told) {
            assert_eq!(*told, *terms(&line.derivation, Gigabyte::Binary));
        }
    }
}
