//! Pins: reviewed, expiring quantities that override the computed ones (billing.md, Pins).
//!
//! Decides which line a pin fits. A pin answers every doubt about the number and none about the line.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use jiff::civil::Date;

use crate::billing::{LineKey, Quantity};
use crate::desired::DesiredLine;
use crate::mapping::{Catalog, Pin};
use crate::problem::{Code, Concern, Problem, Reason};

/// The finest a pin may be, like the finest rounding of a row.
const DECIMALS: u32 = 4;

/// The pins of the mappings, on the lines they fit.
#[derive(Debug, Default)]
pub(super) struct Pins<'a> {
    fits: HashMap<LineKey, Fit<'a>, FixedState>,
    /// Pins that are over or fit nothing.
    pub(super) problems: Vec<Problem>,
}

/// What pins mean for a line.
#[derive(Clone, Debug)]
enum Fit<'a> {
    /// This one quantity.
    One(&'a Pin),
    /// The line is held for this.
    Unclear(Reason),
}

/// Whether a line's number was computed or pinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Computed,
    Pinned,
}

impl<'a> Pins<'a> {
    /// Finds the lines of the pins that are in force on that day. Lines are sorted by company identifier.
    pub(super) fn place(catalog: &'a Catalog, lines: &[DesiredLine<'a>], today: Date) -> Self {
        let mut pins = Self::default();
        for pin in &catalog.pins {
            if pin.until < today {
                pins.problems.push(expired(pin));
                continue;
            }
            let company = of_company(lines, &pin.company);
            let fitting: Vec<_> =
                company.iter().filter(|line| line.product_identifier == &*pin.product).collect();
            match fitting.as_slice() {
                [] => pins.problems.push(unmatched(pin)),
                [line] => pins.fit(line.key(), pin),
                several => {
                    let reason = several_lines(pin, several);
                    pins.fits.extend(several.iter().map(|line| (line.key(), Fit::Unclear(reason.clone()))));
                }
            }
        }
        pins
    }

    fn fit(&mut self, key: LineKey, pin: &'a Pin) {
        let fit = match self.fits.get(&key) {
            None => Fit::One(pin),
            Some(Fit::One(first)) => Fit::Unclear(two_pins(first, pin)),
            Some(Fit::Unclear(reason)) => Fit::Unclear(reason.clone()),
        };
        self.fits.insert(key, fit);
    }

    /// Puts the pin's quantity in place of the computed one and takes away the doubts about the number.
    pub(super) fn apply(&self, line: &mut DesiredLine<'a>) -> Number {
        match self.fits.get(&line.key()) {
            None => Number::Computed,
            Some(Fit::Unclear(reason)) => {
                line.desired = None;
                line.reasons.push(reason.clone());
                Number::Computed
            }
            Some(Fit::One(pin)) => {
                line.desired = Some(pin.quantity);
                line.scale = DECIMALS;
                line.reasons.retain(|reason| reason.code.concern() != Some(Concern::Number));
                line.notes.push(Code::Pinned);
                line.notes.sort_unstable();
                Number::Pinned
            }
        }
    }
}

/// The lines of a company, by binary search.
fn of_company<'l, 'a>(lines: &'l [DesiredLine<'a>], identifier: &str) -> &'l [DesiredLine<'a>] {
    let from = lines.partition_point(|line| *line.company.identifier < *identifier);
    let count = lines[from..].partition_point(|line| *line.company.identifier == *identifier);
    &lines[from..from + count]
}

fn subject(pin: &Pin) -> String {
    format!("{}/{}", pin.company, pin.product)
}

fn expired(pin: &Pin) -> Problem {
    let message = format!("the pin to {} ended on {}", pin.quantity, pin.until);
    Problem::warning(Code::Expired, subject(pin), message)
        .with_hint("remove it, or have it reviewed again")
        .at(pin.place.clone())
}

fn unmatched(pin: &Pin) -> Problem {
    let message = format!("the pin to {} fits no line", pin.quantity);
    Problem::note(Code::PinUnmatched, subject(pin), message).at(pin.place.clone())
}

fn several_lines(pin: &Pin, lines: &[&DesiredLine<'_>]) -> Reason {
    let mut agreements: Vec<_> =
        lines.iter().map(|line| format!("{:?} ({})", &*line.agreement.name, line.agreement.id)).collect();
    agreements.sort_unstable();
    let message = format!("the pin to {} fits a line on each of {}", pin.quantity, agreements.join(", "));
    Reason::new(Code::AmbiguousAgreement, message).over("1 line", format!("{} lines", lines.len()))
}

fn two_pins(first: &Pin, second: &Pin) -> Reason {
    let (a, b): (Quantity, Quantity) = (first.quantity, second.quantity);
    let at = |pin: &Pin| format!("{}:{}", pin.place.file, pin.place.line);
    let message = format!("two pins fit the line: {a} ({}) and {b} ({})", at(first), at(second));
    Reason::new(Code::CollidingLines, message)
}

#[cfg(test)]
pub(super) mod tests;
