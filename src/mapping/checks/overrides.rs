//! Checks of pins and waivers.

use std::collections::HashMap;

use super::{Scope, spoken};
use crate::mapping::waiver;
use crate::problem::{Code, Problem};

/// Two pins of one line would leave it to chance which one is billed.
pub(super) fn pinned_once(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let mut seen = HashMap::new();
    for found in &scope.draft.pins {
        let pin = &found.value;
        let first = *seen.entry((&pin.company, &pin.product)).or_insert(&pin.place);
        if first != &pin.place {
            let message = format!("{}/{} is pinned already, in {}", pin.company, pin.product, spoken(first));
            let place = found.place_of("product");
            problems.push(Problem::error(Code::DuplicateRow, &*pin.company, message).at(place));
        }
    }
}

/// No row rounds finer than this, so no line takes a finer number.
const DECIMALS: u32 = 4;

/// A pin that no line can take would only be met when it is to be written.
pub(super) fn pins_can_be_billed(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    for found in scope.draft.pins.iter().filter(|found| found.value.quantity.scale() > DECIMALS) {
        let message = format!("quantity {} has more than {DECIMALS} decimals", found.value.quantity);
        let place = found.place_of("quantity");
        problems.push(Problem::error(Code::InvalidValue, "quantity", message).at(place));
    }
}

/// A waiver that does not say what it lets pass would let too much pass.
pub(super) fn waivers_are_complete(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    for found in &scope.draft.waivers {
        for unusable in waiver::guard(found.value).err().unwrap_or_default() {
            let place = found.place_of(unusable.key);
            problems.push(Problem::error(unusable.code, unusable.key, unusable.message).at(place));
        }
    }
}
