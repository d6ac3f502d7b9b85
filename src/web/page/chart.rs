//! The quantity of a line over time, as a picture: steps, because a quantity stays until it is written again.
//!
//! Drawn from the same writes as the table below it, which says all that the picture does.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::billing::Quantity;
use crate::journal::{Action, HistoryEntry, Outcome};
use crate::plan::words::{counted, grouped};

/// The plot, in the picture's own units.
const LEFT: i64 = 56;
const RIGHT: i64 = 624;
const TOP: i64 = 16;
const BOTTOM: i64 = 136;
/// More steps than these are one blur.
const STEPS: usize = 120;

/// The picture.
pub(super) struct Chart {
    pub(super) path: String,
    pub(super) dots: Vec<(i64, i64)>,
    pub(super) most: String,
    pub(super) first: String,
    pub(super) last: String,
    pub(super) told: String,
}

/// The picture of writes, oldest first, up to what is billed now. `None` where nothing was ever written.
pub(super) fn of(entries: &[HistoryEntry], current: Option<Quantity>, now: Timestamp) -> Option<Chart> {
    let mut points: Vec<(Timestamp, Decimal)> = Vec::new();
    for entry in entries {
        match (&entry.intent.action, &entry.settled) {
            (Action::Set { before, after, .. }, Some((at, Outcome::Applied))) => {
                if points.is_empty() {
                    points.push((entry.intent.at, before.value()));
                }
                points.push((*at, after.value()));
            }
            // It begins without units, and a write of its own brings it to its quantity.
            (Action::Create { .. }, Some((at, Outcome::Created { .. }))) => {
                points.push((*at, Quantity::ZERO.value()));
            }
            (Action::Set { .. } | Action::Create { .. }, _) => {}
        }
    }
    let skipped = points.len().saturating_sub(STEPS);
    let mut points = points.split_off(skipped);
    let (_, last) = *points.last()?;
    points.push((now, current.map_or(last, Quantity::value)));
    Some(draw(&points, now))
}

fn draw(points: &[(Timestamp, Decimal)], now: Timestamp) -> Chart {
    let start = points.first().map_or(now, |(at, _)| *at);
    let seconds = now.duration_since(start).as_secs().max(1);
    let most = points.iter().map(|(_, quantity)| *quantity).max().unwrap_or_default().max(Decimal::ONE);
    let x = |at: Timestamp| {
        let since = at.duration_since(start).as_secs().clamp(0, seconds);
        LEFT + (RIGHT - LEFT).saturating_mul(since) / seconds
    };
    let y = |quantity: Decimal| {
        let share = quantity.max(Decimal::ZERO).checked_div(most).unwrap_or_default();
        let height = (share * Decimal::from(BOTTOM - TOP)).round().to_i64().unwrap_or(0);
        BOTTOM - height.clamp(0, BOTTOM - TOP)
    };
    let mut path = String::new();
    for (index, (at, quantity)) in points.iter().enumerate() {
        let (x, y) = (x(*at), y(*quantity));
        path.push_str(&if index == 0 { format!("M{x} {y}") } else { format!("H{x}V{y}") });
    }
    let dots = points.iter().map(|(at, quantity)| (x(*at), y(*quantity))).collect();
    let day = |at: Timestamp| TimeZone::UTC.to_datetime(at).strftime("%-d %b %Y").to_string();
    let quantity = |point: Option<&(Timestamp, Decimal)>| {
        point.map_or_else(String::new, |(_, quantity)| grouped(*quantity))
    };
    Chart {
        path,
        dots,
        most: grouped(most.normalize()),
        first: day(start),
        last: day(now),
        told: format!(
            "Quantity from {} on {} to {} on {}, in {}",
            quantity(points.first()),
            day(start),
            quantity(points.last()),
            day(now),
            counted(points.len().saturating_sub(1), "step", "steps")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, HistoryEntry, Outcome, Quantity, Timestamp, draw, of};
    use crate::billing::{AdditionId, AgreementId, LineKey, ProductId};
    use crate::journal::{Intent, IntentId, RunId};
    use rust_decimal::Decimal;

    #[test]
    fn a_line_that_was_never_written_has_no_picture() {
        assert!(of(&[], None, "2026-11-22T00:00:00Z".parse().unwrap()).is_none());
    }

    #[test]
    fn a_line_that_was_created_starts_at_its_creation_with_nothing() {
        let at = |day: &str| format!("2026-11-{day}T00:00:00Z").parse().unwrap();
        let addition = AdditionId(7);
        let quantity = |value: i64| Quantity::new(Decimal::from(value));
        let create = Action::Create {
            quantity: quantity(50),
            effective: "2026-11-01".parse().unwrap(),
            known: vec![],
        };
        let set = Action::Set { addition, before: Quantity::ZERO, after: quantity(50), last_updated: None };
        let created = entry(create.clone(), at("01"), Outcome::Created { addition });
        let refused = Outcome::Refused { status: 400, message: String::new() };

        let alone = of(std::slice::from_ref(&created), Some(Quantity::ZERO), at("21")).unwrap();
        let both =
            of(&[created, entry(set, at("11"), Outcome::Applied)], Some(quantity(50)), at("21")).unwrap();

        assert_eq!(alone.told, "Quantity from 0 on 1 Nov 2026 to 0 on 21 Nov 2026, in 1 step");
        assert_eq!(both.told, "Quantity from 0 on 1 Nov 2026 to 50 on 21 Nov 2026, in 2 steps");
        assert_eq!(both.path, "M56 136H340V16H624V16");
        assert!(of(&[entry(create, at("01"), refused)], None, at("21")).is_none());
    }

    fn entry(action: Action, at: Timestamp, outcome: Outcome) -> HistoryEntry {
        let line = LineKey { agreement: AgreementId(1), product: ProductId(1) };
        let intent = Intent {
            line,
            company: "Acme".into(),
            product_identifier: "BKP".into(),
            action,
            terms: "terms".into(),
            guarded: None,
            attempt: 1,
            at,
            settles_at: at,
        };
        let settled = Some((at, outcome));
        let (commit, plan) = ("commit".into(), "plan".into());
        HistoryEntry { id: IntentId(1), run: RunId(1), commit, plan, intent, doubt: None, settled }
    }

    #[test]
    fn a_quantity_stays_until_it_is_written_again() {
        let at = |day: &str| format!("2026-11-{day}T00:00:00Z").parse().unwrap();
        let points =
            [(at("01"), Decimal::from(50)), (at("11"), Decimal::from(100)), (at("21"), Decimal::from(100))];

        let chart = draw(&points, at("21"));

        assert_eq!(chart.path, "M56 76H340V16H624V16");
        assert_eq!(chart.told, "Quantity from 50 on 1 Nov 2026 to 100 on 21 Nov 2026, in 2 steps");
    }
}
