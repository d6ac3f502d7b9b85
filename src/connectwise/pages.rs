//! Reads a list whole, page after page, in the order of its records' numbers.
//!
//! The next page is asked for by the last number read, so records that come and go between pages neither double nor
//! hide others, and no address that the server names is followed. A list that could be short is an error.

use std::sync::Mutex;

use super::answer::NextPage;
use super::session::{Ask, Form, Session, unpoisoned};
use super::wire::{self, Names, Record, Unreadable};
use super::{ConnectWiseError, Resource};

/// The most records a page may have.
pub(super) const PAGE_SIZE: usize = 1_000;
/// No list is this long: it must be going round in circles.
const MOST_PAGES: usize = 10_000;

/// A list to read.
pub(super) struct List<'a, P> {
    /// What is listed.
    pub(super) resource: Resource,
    /// Where.
    pub(super) path: &'a str,
    /// What is asked of each record.
    pub(super) fields: &'static str,
    /// Which records; all without one.
    pub(super) condition: Option<String>,
    /// Only records with a higher number.
    pub(super) after: i64,
    /// What the records stand under.
    pub(super) parent: P,
}

impl Session {
    /// Reads a list whole.
    pub(super) async fn list<R: Record>(
        &self,
        list: &List<'_, R::Parent>,
        names: &Mutex<Names>,
    ) -> Result<Vec<R>, ConnectWiseError> {
        let bad = |unreadable: Unreadable| ConnectWiseError::BadAnswer {
            resource: list.resource,
            what: unreadable.0,
        };
        let mut records = Vec::new();
        let mut after = list.after;
        for _ in 0..MOST_PAGES {
            let answer = self.read(&page(list, after)).await?;
            let body = answer.json(list.resource)?;
            let page: Vec<R> = wire::records(body, list.parent, &mut unpoisoned(names)).map_err(bad)?;
            let numbers: Vec<i64> = page.iter().map(Record::number).collect();
            records.extend(page);
            match next(after, &numbers, answer.next_page()).map_err(bad)? {
                Some(last) => after = last,
                None => return Ok(records),
            }
        }
        Err(bad(Unreadable::of(format!("more than {MOST_PAGES} pages"))))
    }
}

/// The request for the page after a number.
fn page<'a, P>(list: &List<'a, P>, after: i64) -> Ask<'a> {
    let mut query = vec![("pageSize", PAGE_SIZE.to_string()), ("fields", list.fields.to_owned())];
    if after > 0 {
        query.push(("pageId", after.to_string()));
    }
    if let Some(condition) = &list.condition {
        query.push(("conditions", condition.clone()));
    }
    Ask { resource: list.resource, path: list.path, query, form: Form::Page }
}

/// After which number the next page begins, or `None` when this was the last one.
///
/// A page that says nothing of a next one is followed until an empty page comes.
fn next(after: i64, numbers: &[i64], said: NextPage) -> Result<Option<i64>, Unreadable> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    if sorted.windows(2).any(|pair| pair[0] == pair[1]) || sorted.first().is_some_and(|&first| first <= after)
    {
        return Err(Unreadable::of("a record twice"));
    }
    let more = match said {
        NextPage::More | NextPage::Unsaid => !numbers.is_empty(),
        NextPage::Last => false,
    };
    if more && sorted != numbers {
        return Err(Unreadable::of("several pages that are not in the order of numbers"));
    }
    Ok(sorted.last().copied().filter(|_| more))
}

#[cfg(test)]
mod tests {
    use super::{NextPage, next};

    #[test]
    fn the_next_page_begins_after_the_last_number() {
        assert_eq!(next(0, &[3, 5, 9], NextPage::More), Ok(Some(9)));
        assert_eq!(next(9, &[11], NextPage::Last), Ok(None));
    }

    #[test]
    fn a_short_page_does_not_end_a_list_that_says_it_goes_on() {
        assert_eq!(next(0, &[1], NextPage::More), Ok(Some(1)));
    }

    #[test]
    fn a_list_without_a_link_header_ends_with_an_empty_page_only() {
        assert_eq!(next(0, &[1, 2], NextPage::Unsaid), Ok(Some(2)));
        assert_eq!(next(2, &[], NextPage::Unsaid), Ok(None));
        assert_eq!(next(2, &[], NextPage::More), Ok(None));
    }

    #[test]
    fn a_page_that_repeats_is_refused() {
        assert!(next(9, &[3, 5, 9], NextPage::More).is_err());
        assert!(next(0, &[3, 3], NextPage::Last).is_err());
        assert!(next(9, &[9, 10], NextPage::Last).is_err());
    }

    #[test]
    fn one_unsorted_page_is_whole_but_several_could_hide_records() {
        assert_eq!(next(0, &[5, 3], NextPage::Last), Ok(None));
        assert!(next(0, &[5, 3], NextPage::More).is_err());
    }
}
