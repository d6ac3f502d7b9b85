//! Which part of a list is answered, and the `Link` header that leads on.
//!
//! Two modes. Page by page, counted from 1: links to next and last, first and prev, as far as they exist. Forward
//! only, by id: always a link, empty on the last page.

use super::errors::Refusal;
use super::parameters::Parameters;

/// How many rows a page has where nobody says.
const USUAL_SIZE: u64 = 25;
/// How many rows a page has at most.
const GREATEST_SIZE: u64 = 1000;

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paging {
    /// One page of many, counted from 1.
    Navigable { page: u64, size: u64 },
    /// The rows whose id is greater than `after`.
    ForwardOnly { after: u32, size: u64 },
}

impl Paging {
    /// Reads the page by its number.
    pub(super) fn navigable(page: &str, size: &str) -> Result<Self, Refusal> {
        let page = whole(page, "page")?.unwrap_or(1);
        Ok(Self::Navigable { page, size: size_of_page(size)? })
    }

    /// Reads the page by the id before it.
    pub(super) fn forward_only(page_id: &str, size: &str) -> Result<Self, Refusal> {
        let refuse = || Refusal::malformed("The pageId is not a whole number");
        let after = if page_id.is_empty() { 0 } else { page_id.parse().map_err(|_| refuse())? };
        Ok(Self::ForwardOnly { after, size: size_of_page(size)? })
    }
}

fn size_of_page(text: &str) -> Result<u64, Refusal> {
    Ok(whole(text, "pageSize")?.unwrap_or(USUAL_SIZE).min(GREATEST_SIZE))
}

/// A whole number from 1, or nothing where nothing is sent.
fn whole(text: &str, name: &str) -> Result<Option<u64>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    match text.parse() {
        Ok(0) | Err(_) => Err(Refusal::malformed(format!("The {name} is not a whole number from 1"))),
        Ok(number) => Ok(Some(number)),
    }
}

/// What is known of the page that was cut out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A page of a list of so many rows.
    Navigable { page: u64, size: u64, rows: u64 },
    /// A page before which comes more; the id is the last on it.
    ForwardMore { last_id: u32 },
    /// The last page.
    ForwardEnd,
}

/// The `Link` header of a page, where it has one. `url` is the address without its query.
pub(super) fn link(place: Place, url: &str, parameters: &Parameters) -> Option<String> {
    let one = |query: String, relation: &str| format!("<{url}?{query}>; rel=\"{relation}\"");
    match place {
        Place::ForwardEnd => Some(String::new()),
        Place::ForwardMore { last_id } => Some(one(parameters.with_last("pageId", last_id.into()), "next")),
        Place::Navigable { page, size, rows } => {
            let last = rows.div_ceil(size).max(1);
            let mut links = Vec::new();
            if page < last {
                links.extend([(page + 1, "next"), (last, "last")]);
            }
            if page > 1 {
                links.extend([(1, "first"), (page - 1, "prev")]);
            }
            let written = links.into_iter().map(|(page, name)| one(parameters.with_last("page", page), name));
            Some(written.collect::<Vec<_>>().join(", ")).filter(|links| !links.is_empty())
        }
    }
}
