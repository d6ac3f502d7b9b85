//! What the control port is told to do, as it is written.

use jiff::SignedDuration;
use serde::Deserialize;

use crate::simulator::faults::{Deed, Span};
use crate::simulator::seed::{Amount, Day};
use crate::simulator::{Clock, HandError, SOMEBODY, Simulator};

/// An edit by hand: `{ addition: 100001, does: { setQuantity: 7 } }`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct HandOrder {
    /// Which addition.
    pub(super) addition: u32,
    /// What is done.
    #[serde(with = "serde_yaml::with::singleton_map")]
    does: Deed,
    /// Who does it.
    #[serde(default)]
    by: Option<String>,
}

impl HandOrder {
    /// Reads an order.
    pub(super) fn read(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::from_str(text)
    }

    /// Does what is ordered.
    pub(super) fn carry_out(&self, simulator: &Simulator) -> Result<(), HandError> {
        let hand = simulator.by(self.by.as_deref().unwrap_or(SOMEBODY));
        match self.does {
            Deed::SetQuantity(Amount(quantity)) => hand.edit_quantity(self.addition, Some(quantity)),
            Deed::AddQuantity(Amount(more)) => {
                let quantity = simulator.quantity(self.addition).unwrap_or_default();
                hand.edit_quantity(self.addition, Some(quantity.saturating_add(more)))
            }
            Deed::Cancel => hand.cancel_addition(self.addition, simulator.clock().now()),
            Deed::Delete => hand.delete_addition(self.addition),
        }
    }
}

/// A time for a clock that stands still: `{ now: 2026-11-20T09:30:00Z }` or `{ advance: 90s }`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ClockOrder {
    Now(Day),
    Advance(Span),
}

impl ClockOrder {
    /// Reads an order.
    pub(super) fn read(text: &str) -> Result<Self, serde_yaml::Error> {
        serde_yaml::with::singleton_map::deserialize(serde_yaml::Deserializer::from_str(text))
    }

    /// Sets the clock.
    pub(super) fn carry_out(&self, clock: &Clock) {
        match self {
            Self::Now(Day(now)) => clock.set(*now),
            Self::Advance(Span(by)) => clock.advance(SignedDuration::try_from(*by).unwrap_or_default()),
        }
    }
}
