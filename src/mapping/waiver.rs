//! What each waivable guard needs to know, and nothing more.

use rust_decimal::prelude::ToPrimitive;

use super::document::{WaivableGuard, WaiverEntry};
use super::draft::Found;
use super::{Waiver, WaiverGuard};
use crate::billing::{Money, Quantity};
use crate::problem::Code;

/// Why a waiver cannot be used: the key it is about, and a sentence.
pub(super) struct Unusable {
    /// The key, or `guard` where one is missing.
    pub(super) key: &'static str,
    /// What is wrong.
    pub(super) message: String,
    /// `waiver_incomplete` where a key is missing, `invalid_value` where one should not be there or is wrong.
    pub(super) code: Code,
}

/// The waiver of an entry, if it is usable.
pub(super) fn waiver(found: &Found<'_, &WaiverEntry>) -> Option<Waiver> {
    let entry = found.value;
    let guard = guard(entry).ok()?;
    Some(Waiver {
        place: found.node.place(),
        guard,
        reason: entry.reason.0.to_string(),
        until: entry.until.0,
    })
}

/// The guard of an entry with what it is limited to, or everything that is wrong with it.
pub(super) fn guard(entry: &WaiverEntry) -> Result<WaiverGuard, Vec<Unusable>> {
    let allowed = keys(entry.guard);
    let wrong: Vec<Unusable> = present(entry)
        .into_iter()
        .filter_map(|(key, present)| match (allowed.iter().find(|(name, _)| *name == key), present) {
            (None, true) => Some(foreign(entry.guard, key)),
            (Some((_, Need::Must)), false) => Some(missing(entry.guard, key)),
            (None, false) | (Some(_), true) | (Some((_, Need::May)), false) => None,
        })
        .collect();
    if wrong.is_empty() { limited(entry).map_err(|unusable| vec![unusable]) } else { Err(wrong) }
}

/// Whether a guard's waiver has to say a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
}

fn keys(guard: WaivableGuard) -> &'static [(&'static str, Need)] {
    match guard {
        WaivableGuard::ToZero
        | WaivableGuard::LineChange
        | WaivableGuard::LineMoney
        | WaivableGuard::Window
        | WaivableGuard::HandEdit => {
            &[("company", Need::Must), ("product", Need::Must), ("quantity", Need::May)]
        }
        WaivableGuard::RunLines | WaivableGuard::RunMoney => &[("up_to", Need::Must)],
        WaivableGuard::UnitShift => &[("source", Need::Must)],
        WaivableGuard::ConfigShrink => &[("rows", Need::Must)],
        WaivableGuard::History => &[("commit", Need::Must)],
    }
}

fn present(entry: &WaiverEntry) -> [(&'static str, bool); 7] {
    let WaiverEntry {
        guard: _,
        company,
        product,
        quantity,
        up_to,
        source,
        rows,
        commit,
        reason: _,
        until: _,
    } = entry;
    [
        ("company", company.is_some()),
        ("product", product.is_some()),
        ("quantity", quantity.is_some()),
        ("up_to", up_to.is_some()),
        ("source", source.is_some()),
        ("rows", rows.is_some()),
        ("commit", commit.is_some()),
    ]
}

fn missing(guard: WaivableGuard, key: &'static str) -> Unusable {
    let message = format!("a waiver of {} needs the key \"{key}\"", code(guard));
    Unusable { key: "guard", message, code: Code::WaiverIncomplete }
}

fn foreign(guard: WaivableGuard, key: &'static str) -> Unusable {
    let message = format!("a waiver of {} takes no \"{key}\"", code(guard));
    Unusable { key, message, code: Code::InvalidValue }
}

/// The guard, once the right keys are there.
fn limited(entry: &WaiverEntry) -> Result<WaiverGuard, Unusable> {
    let name =
        |name: &Option<super::document::Name>| name.as_ref().map(|name| name.0.clone()).unwrap_or_default();
    let up_to = entry.up_to.map(|exact| exact.0.normalize()).unwrap_or_default();
    let wrong = |key, message: &str| Unusable { key, message: message.to_owned(), code: Code::InvalidValue };
    match entry.guard {
        WaivableGuard::ToZero if entry.quantity.is_some_and(|exact| !exact.0.is_zero()) => {
            Err(wrong("quantity", "a waiver of to_zero lets a line go to 0 and to no other quantity"))
        }
        WaivableGuard::ToZero
        | WaivableGuard::LineChange
        | WaivableGuard::LineMoney
        | WaivableGuard::Window
        | WaivableGuard::HandEdit => Ok(WaiverGuard::Line {
            guard: code(entry.guard),
            company: name(&entry.company),
            product: name(&entry.product),
            quantity: entry.quantity.map(|exact| Quantity::new(exact.0)),
        }),
        WaivableGuard::RunLines => match up_to.to_u32().filter(|_| up_to.is_integer()) {
            Some(up_to) => Ok(WaiverGuard::RunLines { up_to }),
            None => Err(wrong("up_to", "up_to is a whole number of lines here")),
        },
        WaivableGuard::RunMoney => Ok(WaiverGuard::RunMoney { up_to: Money::new(up_to) }),
        WaivableGuard::UnitShift => Ok(WaiverGuard::UnitShift { source: name(&entry.source) }),
        WaivableGuard::ConfigShrink => Ok(WaiverGuard::ConfigShrink { rows: entry.rows.unwrap_or_default() }),
        WaivableGuard::History => {
            let commit = name(&entry.commit);
            let full = matches!(commit.len(), 40 | 64)
                && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
            if full { Ok(WaiverGuard::History { commit }) } else { Err(wrong("commit", NOT_A_COMMIT)) }
        }
    }
}

const NOT_A_COMMIT: &str = "commit is the full number of a commit, 40 or 64 digits in small letters";

/// The stable code of a guard.
pub(super) fn code(guard: WaivableGuard) -> Code {
    match guard {
        WaivableGuard::ToZero => Code::ToZero,
        WaivableGuard::LineChange => Code::LineChange,
        WaivableGuard::LineMoney => Code::LineMoney,
        WaivableGuard::Window => Code::Window,
        WaivableGuard::HandEdit => Code::HandEdit,
        WaivableGuard::RunLines => Code::RunLines,
        WaivableGuard::RunMoney => Code::RunMoney,
        WaivableGuard::UnitShift => Code::UnitShift,
        WaivableGuard::ConfigShrink => Code::ConfigShrink,
        WaivableGuard::History => Code::History,
    }
}
