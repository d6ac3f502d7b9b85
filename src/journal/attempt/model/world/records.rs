//! The additions of the model's ConnectWise, and what a read that may lag behind can show of them.

use std::sync::Arc;

use super::{E, LINE, World, quantity, time};
use crate::billing::{Addition, AdditionId, AgreementStatus, BillCustomer};
use crate::journal::attempt::Sight;

/// An addition of the line, with what it was just before its last change.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Record {
    pub(super) id: i64,
    pub(super) quantity: u8,
    pub(super) version: u8,
    pub(super) changed: u8,
    /// Quantity and version before; `None`: it did not exist.
    pub(super) was: Option<(u8, u8)>,
    pub(super) ours: bool,
}

impl Record {
    pub(super) fn set(&mut self, quantity: u8, now: u8) {
        self.was = Some((self.quantity, self.version));
        self.quantity = quantity;
        self.version += 1;
        self.changed = now;
    }

    pub(super) fn as_read(&self, shown: u8, version: u8) -> Addition {
        Addition {
            id: AdditionId(self.id),
            agreement: LINE.agreement,
            product: LINE.product,
            product_identifier: Arc::from("BKP-GB"),
            quantity: Some(quantity(shown)),
            less_included: None,
            unit_price: None,
            unit: None,
            bill_customer: BillCustomer::Billable,
            effective: None,
            cancelled: None,
            status: AgreementStatus::Active,
            last_updated: Some(time(version)),
            updated_by: None,
        }
    }
}

impl World {
    /// What reading the addition may show.
    pub(super) fn sights(&self, addition: AdditionId) -> Vec<(&'static str, Sight)> {
        let mut sights = Vec::new();
        match self.records.iter().find(|record| record.id == addition.0) {
            Some(record) => {
                sights
                    .push(("read", Sight::Found(Box::new(record.as_read(record.quantity, record.version)))));
                if self.now <= record.changed + E {
                    sights.push((
                        "read late",
                        match record.was {
                            Some((quantity, version)) => {
                                Sight::Found(Box::new(record.as_read(quantity, version)))
                            }
                            None => Sight::Gone,
                        },
                    ));
                }
            }
            None => sights.push(("read", Sight::Gone)),
        }
        if self.left.unreadable > 0 {
            sights.push(("unreadable", Sight::Unreadable { message: String::new() }));
        }
        sights
    }

    /// What listing may show: all as it is, or all as it was.
    pub(super) fn lists(&self) -> Vec<Vec<Addition>> {
        let mut current = Vec::new();
        let mut late = Vec::new();
        for record in &self.records {
            current.push(record.as_read(record.quantity, record.version));
            match record.was {
                Some((quantity, version)) if self.now <= record.changed + E => {
                    late.push(record.as_read(quantity, version));
                }
                None if self.now <= record.changed + E => {}
                Some(_) | None => late.push(record.as_read(record.quantity, record.version)),
            }
        }
        if late == current { vec![current] } else { vec![current, late] }
    }
}
