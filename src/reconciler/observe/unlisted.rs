//! Additions that we wrote lately and that no list shows: a list may lag behind our own write, so each is asked for by
//! its number before it is taken for gone.
//!
//! Decides only what the view holds. One that cannot be read makes its agreement incomplete, so that nothing is
//! concluded from its absence.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::billing::{AdditionId, AgreementId, LineKey, LineRecords, View};
use crate::connectwise::ConnectWise;
use crate::plan::History;

/// A line that was written longer ago is in every list by now: where it is missing, it is gone.
const LATELY: SignedDuration = SignedDuration::from_hours(24);

/// Asks for the additions that should be in the view and are not.
pub(super) async fn find(view: &mut View, history: &History, now: Timestamp, connectwise: &ConnectWise) {
    let missing = missing(view, &history.records, now);
    if missing.is_empty() {
        return;
    }
    let mut failed = BTreeSet::new();
    for (agreement, addition) in missing {
        // Where one cannot be read, the others are not worth a try: they are asked for again in the next pass.
        if !failed.is_empty() {
            failed.insert(agreement);
            continue;
        }
        match connectwise.addition(agreement, addition).await {
            Ok(found) => view.additions.extend(found),
            Err(_) => {
                failed.insert(agreement);
            }
        }
    }
    view.additions.retain(|addition| !failed.contains(&addition.agreement));
    view.incomplete.extend(failed);
    view.additions.sort_unstable_by_key(|addition| (addition.agreement, addition.product, addition.id));
}

/// The additions that we wrote or created lately, on agreements that were read whole, and that no list showed; sorted.
fn missing(view: &View, records: &LineRecords, now: Timestamp) -> BTreeSet<(AgreementId, AdditionId)> {
    let lately = records.iter().filter(|(_, record)| now.duration_since(record.written_at) <= LATELY);
    let written = lately.filter_map(|(line, record)| Some((*line, record.addition?)));
    let mut unlisted: Vec<_> =
        written.filter(|(line, addition)| !is_listed(view, *line, *addition)).collect();
    if !unlisted.is_empty() {
        let read = view.agreements.iter().map(|agreement| agreement.id);
        let read: BTreeSet<AgreementId> = read.filter(|id| !view.incomplete.contains(id)).collect();
        let others: BTreeSet<AdditionId> = view.additions.iter().map(|addition| addition.id).collect();
        unlisted.retain(|(line, addition)| read.contains(&line.agreement) && !others.contains(addition));
    }
    unlisted.into_iter().map(|(line, addition)| (line.agreement, addition)).collect()
}

fn is_listed(view: &View, line: LineKey, addition: AdditionId) -> bool {
    let wanted = (line.agreement, line.product, addition);
    view.additions.binary_search_by_key(&wanted, |found| (found.agreement, found.product, found.id)).is_ok()
}
