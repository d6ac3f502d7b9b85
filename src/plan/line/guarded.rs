//! What somebody changed about a line besides its quantity since we last wrote it: its price, its unit, whose it is.
//!
//! The same quantity may then mean something else, so a change waits until somebody says that this is right: by the
//! policy, or by a waiver. Of names only the change is told, since a line is known by its numbers.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::super::drift;
use super::{Case, Ground};
use crate::billing::{AdditionId, Guarded, LineRecord, LineRecords, Money, ProductId, Quantity};
use crate::mapping::HandEdit;
use crate::problem::{Code, Reason};

/// Which product each addition billed when we last wrote it. Asked only about lines that we never wrote.
#[derive(Debug)]
pub(in crate::plan) struct Wrote<'a> {
    records: &'a LineRecords,
    products: OnceCell<HashMap<AdditionId, ProductId, FixedState>>,
}

impl<'a> Wrote<'a> {
    pub(in crate::plan) fn new(records: &'a LineRecords) -> Self {
        Self { records, products: OnceCell::new() }
    }

    fn product_of(&self, addition: AdditionId) -> Option<ProductId> {
        let written = || self.records.iter().filter(|(_, record)| record.last_written.is_some());
        let products = self.products.get_or_init(|| {
            written().filter_map(|(line, record)| Some((record.addition?, line.product))).collect()
        });
        products.get(&addition).copied()
    }
}

impl<'a> Case<'a> {
    /// What the line is besides its quantity; nothing where there is no addition.
    pub(super) fn guarded(&self) -> Option<Guarded> {
        let addition = self.addition?;
        Some(Guarded {
            company: self.line.company.id,
            company_identifier: Arc::clone(&self.line.company.identifier),
            agreement: Arc::clone(&self.line.agreement.name),
            product: self.line.product_identifier.into(),
            unit: addition.unit.clone(),
            unit_price: addition.unit_price,
        })
    }

    /// Whether it is what the journal remembers, names too.
    pub(super) fn is_as_guarded(&self, record: &LineRecord) -> bool {
        record
            .guarded
            .as_ref()
            .is_some_and(|then| self.differences(then).is_empty() && !self.is_renamed(then))
    }

    /// Notes a name that changed, and a write of ours that landed when it was no longer waited for.
    pub(super) fn note_others(&mut self) {
        let Some(record) = self.record else { return };
        if self.addition.is_some() && record.guarded.as_ref().is_some_and(|then| self.is_renamed(then)) {
            self.line.notes.push(Code::Renamed);
        }
        if self.current.is_some_and(|current| drift::landed_late(record, current)) {
            self.line.notes.push(Code::LateLanding);
        }
        self.line.notes.sort_unstable();
    }

    /// What somebody changed by hand, if anything.
    pub(super) fn altered(&self, ground: &Ground<'_, 'a>) -> Option<Reason> {
        let addition = self.addition?;
        let differences = match self.record.and_then(|record| record.guarded.as_ref()) {
            Some(then) => self.differences(then),
            None => Vec::new(),
        };
        let is_known = self.record.and_then(|record| record.addition) == Some(addition.id);
        let before = if is_known { None } else { ground.wrote.product_of(addition.id) };
        let repointed = before.filter(|then| *then != self.line.product).map(|then| {
            let then = ground
                .products
                .get(&then)
                .map_or_else(|| then.to_string(), |then| then.identifier.to_string());
            format!(
                "the product of addition {} was {then} and is {}",
                addition.id, self.line.product_identifier
            )
        });
        let told: Vec<String> = differences.into_iter().chain(repointed).collect();
        let message = || format!("somebody changed it by hand since we last wrote it: {}", told.join("; "));
        (!told.is_empty()).then(|| Reason::new(Code::HandEdit, message()))
    }

    /// Whether the mappings say that what people change by hand is right.
    pub(super) fn accepts_hands(&self, ground: &Ground<'_, 'a>, after: Quantity) -> bool {
        let (company, product) = (&*self.line.company.identifier, self.line.product_identifier);
        match ground.inputs.catalog.policy.hand_edit {
            HandEdit::Adopt | HandEdit::Revert => true,
            HandEdit::Hold => ground.waivers.pass_line(company, product, Code::HandEdit, after),
        }
    }

    fn differences(&self, then: &Guarded) -> Vec<String> {
        let Some(addition) = self.addition else { return Vec::new() };
        let mut told = Vec::new();
        if then.unit_price != addition.unit_price {
            told.push(format!(
                "its price was {} and is {}",
                price(then.unit_price),
                price(addition.unit_price)
            ));
        }
        if then.unit != addition.unit {
            told.push(format!("its unit was {} and is {}", unit(&then.unit), unit(&addition.unit)));
        }
        if then.company != self.line.company.id {
            let (then, now) = (&then.company_identifier, &self.line.company.identifier);
            told.push(format!("its agreement was of {then} and is of {now}"));
        }
        told
    }

    fn is_renamed(&self, then: &Guarded) -> bool {
        let Guarded { company: _, company_identifier, agreement, product, unit: _, unit_price: _ } = then;
        *company_identifier != self.line.company.identifier
            || *agreement != self.line.agreement.name
            || **product != *self.line.product_identifier
    }
}

fn price(price: Option<Money>) -> String {
    price.map_or_else(|| "unknown".to_owned(), |price| price.to_string())
}

fn unit(unit: &Option<Arc<str>>) -> String {
    unit.as_ref().map_or_else(|| "none".to_owned(), |unit| format!("\"{unit}\""))
}
