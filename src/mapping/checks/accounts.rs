//! Checks of accounts that are linked or ignored by hand.

use std::collections::HashMap;

use super::{Scope, spoken};
use crate::problem::{Code, Place, Problem};

/// What is said of an account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Linked,
    Ignored,
}

/// One account, one statement: linked twice it would be billed twice, and ignored it must not be linked.
pub(super) fn named_once(scope: &Scope<'_>, problems: &mut Vec<Problem>) {
    let links = scope.draft.links.iter();
    let links = links
        .map(|found| (&found.value.source, &found.value.account, Said::Linked, found.place_of("account")));
    let ignores = scope.draft.ignores.iter();
    let ignores = ignores
        .map(|found| (&found.value.source, &found.value.account, Said::Ignored, found.place_of("account")));
    let mut seen: HashMap<(&str, &str), (Said, Place)> = HashMap::new();
    let mut all: Vec<_> = links.chain(ignores).collect();
    all.sort_by(|(.., one), (.., other)| one.cmp(other));
    for (source, account, said, place) in all {
        match seen.get(&(&**source, &**account)) {
            None => {
                seen.insert((source, account), (said, place));
            }
            Some((before, first)) => problems.push(twice(account, *before, said, first).at(place)),
        }
    }
}

fn twice(account: &str, before: Said, again: Said, first: &Place) -> Problem {
    let first = spoken(first);
    let message = match (before, again) {
        (Said::Linked, Said::Linked) => format!("account {account:?} is linked already, in {first}"),
        (Said::Ignored, Said::Ignored) => format!("account {account:?} is ignored already, in {first}"),
        (Said::Linked, Said::Ignored) => format!("account {account:?} is ignored here and linked in {first}"),
        (Said::Ignored, Said::Linked) => format!("account {account:?} is linked here and ignored in {first}"),
    };
    Problem::error(Code::DuplicateRow, account, message).with_hint("keep one of them")
}
