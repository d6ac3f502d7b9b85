//! Many lists of additions by one request, and what came of each.
//!
//! Pure: the request's body and the reading of its answer. Bundles only read. Every part of the answer is judged by
//! itself: what is missing, refused or not understood spoils its own agreement and no other.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::additions::FIELDS;
use super::pages::PAGE_SIZE;
use super::wire::{self, Names, Number, Text, Unreadable, readable};
use crate::billing::{Addition, AgreementId};

/// Where bundles are sent.
pub(super) const PATH: &str = "system/bundles";
/// How many lists one request asks for: the largest number seen in public use.
pub(super) const LISTS_AT_ONCE: usize = 50;

/// How many records a page has where nobody asks for more. A part of as many, or of a multiple (other servers cap at 100, 250
/// or 1,000), may have been cut there by a server that does not look at the size it is asked for, so it is asked for what
/// follows. Its `count` cannot be relied on: it may be the number of what was given.
const USUAL_PAGE: usize = 25;

/// What came of one list.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All additions of the agreement.
    Whole(Vec<Addition>),
    /// Its first additions in the order of their numbers; more may follow.
    Begun(Vec<Addition>),
    /// More than a part can hold, in no order that could be continued.
    Unordered,
    /// Nothing that can be used.
    Failed(Unreadable),
}

#[derive(Serialize)]
struct BundleRequest<'a> {
    requests: Vec<PartRequest<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PartRequest<'a> {
    version: &'a str,
    sequence_number: usize,
    resource_type: &'a str,
    api_request: ListRequest<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListRequest<'a> {
    parent_id: AgreementId,
    filters: Filters<'a>,
    page: PageRequest,
    fields: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Filters<'a> {
    order_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageRequest {
    page: usize,
    page_size: usize,
}

/// The body that asks for the additions of the agreements. A part's number is the place of its agreement, from 1.
pub(super) fn request(agreements: &[AgreementId]) -> Vec<u8> {
    let part = |(index, &parent_id): (usize, &AgreementId)| PartRequest {
        version: "2026.4",
        sequence_number: index + 1,
        resource_type: "addition",
        api_request: ListRequest {
            parent_id,
            filters: Filters { order_by: "id asc" },
            page: PageRequest { page: 1, page_size: PAGE_SIZE },
            fields: FIELDS,
        },
    };
    let bundle = BundleRequest { requests: agreements.iter().enumerate().map(part).collect() };
    serde_json::to_vec(&bundle).expect("text and numbers are always JSON")
}

#[derive(Deserialize)]
struct BundleAnswer<'a> {
    #[serde(borrow)]
    results: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PartAnswer<'a> {
    sequence_number: Option<usize>,
    success: Option<bool>,
    status_code: Option<u16>,
    #[serde(borrow)]
    count: Option<Number<'a>>,
    #[serde(borrow)]
    entities: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<PartError<'a>>,
}

#[derive(Deserialize)]
struct PartError<'a> {
    #[serde(borrow)]
    message: Option<Text<'a>>,
}

/// What came of each agreement, in their order. An answer that is no bundle is an error.
pub(super) fn read(
    body: &[u8],
    agreements: &[AgreementId],
    names: &mut Names,
) -> Result<Vec<(AgreementId, Part)>, Unreadable> {
    let answer: BundleAnswer<'_> = wire::value(body)?;
    let mut found: BTreeMap<usize, Part> = BTreeMap::new();
    for result in answer.results {
        let Ok(part) = serde_json::from_str::<PartAnswer<'_>>(result.get()) else { continue };
        let Some(number) = part.sequence_number else { continue };
        let Some(&agreement) = number.checked_sub(1).and_then(|index| agreements.get(index)) else {
            continue;
        };
        let read = match found.contains_key(&number) {
            true => Part::Failed(Unreadable::of("two answers to one part of a bundle")),
            false => read_part(&part, agreement, names).unwrap_or_else(Part::Failed),
        };
        found.insert(number, read);
    }
    let unanswered = || Part::Failed(Unreadable::of("no answer to its part of a bundle"));
    let in_order = |(index, &agreement)| (agreement, found.remove(&(index + 1)).unwrap_or_else(unanswered));
    Ok(agreements.iter().enumerate().map(in_order).collect())
}

fn read_part(part: &PartAnswer<'_>, agreement: AgreementId, names: &mut Names) -> Result<Part, Unreadable> {
    let status = part.status_code.unwrap_or(200);
    let failed = match part.success {
        Some(success) => !success,
        None => part.error.is_some(),
    };
    if failed || status != 200 {
        let message = part.error.as_ref().and_then(|error| error.message.as_ref()).map_or("", Text::as_str);
        return Err(Unreadable::of(format!("the status {status} in a bundle: {}", readable(message))));
    }
    let count = part.count.as_ref().map_or(Ok(None), Number::decimal)?;
    let additions: Vec<Addition> = match part.entities {
        Some(entities) => wire::records(entities.get().as_bytes(), agreement, names)?,
        None if count.is_some_and(|count| count.is_zero()) => Vec::new(),
        None => return Err(Unreadable::of("no list in its part of a bundle")),
    };
    if additions.len() > PAGE_SIZE {
        return Err(Unreadable::of(format!("a page of {} records", additions.len())));
    }
    let ascending = additions.windows(2).all(|pair| pair[0].id < pair[1].id);
    if !ascending && has_twins(&additions) {
        return Err(Unreadable::of("a record twice"));
    }
    let is_cut = !additions.is_empty() && additions.len().is_multiple_of(USUAL_PAGE);
    if !is_cut && count.is_none_or(|count| count == additions.len().into()) {
        return Ok(Part::Whole(additions));
    }
    Ok(if ascending { Part::Begun(additions) } else { Part::Unordered })
}

fn has_twins(additions: &[Addition]) -> bool {
    let mut ids: Vec<_> = additions.iter().map(|addition| addition.id).collect();
    ids.sort_unstable();
    ids.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests;
