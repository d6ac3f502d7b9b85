//! Where a list goes on, page after page, and what shows that it cannot be trusted.
//!
//! Pure: only numbers of records, and whether the server says that more follows.

use super::PAGE_SIZE;
use crate::connectwise::answer::NextPage;
use crate::connectwise::wire::Unreadable;

/// No list is this long: it must be going round in circles.
const MOST_PAGES: usize = 10_000;

/// How far a list was read.
pub(super) struct Walk {
    /// The number that the next page begins after.
    pub(super) after: i64,
    pages: usize,
}

impl Walk {
    /// At the beginning of a list, or after the last number of a first page that came otherwise.
    pub(super) fn after(begun: Option<i64>) -> Self {
        Self { after: begun.unwrap_or(0), pages: usize::from(begun.is_some()) }
    }

    /// Whether the list has more than one page.
    pub(super) fn is_long(&self) -> bool {
        self.pages > 1
    }

    /// Takes in a page; whether there is another one.
    ///
    /// A page that says nothing of a next one is followed until an empty page comes, however short it is.
    pub(super) fn goes_on(&mut self, numbers: &[i64], said: NextPage) -> Result<bool, Unreadable> {
        self.pages += 1;
        if self.pages > MOST_PAGES {
            return Err(Unreadable::of(format!("more than {MOST_PAGES} pages")));
        }
        if numbers.len() > PAGE_SIZE {
            return Err(Unreadable::of(format!("a page of {} records", numbers.len())));
        }
        let mut sorted = numbers.to_vec();
        sorted.sort_unstable();
        let is_known = sorted.first().is_some_and(|&first| first <= self.after);
        if is_known || sorted.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Unreadable::of("a record twice"));
        }
        let more = match said {
            NextPage::More | NextPage::Unsaid => !numbers.is_empty(),
            NextPage::Last => false,
        };
        if more && sorted != numbers {
            return Err(Unreadable::of("several pages that are not in the order of numbers"));
        }
        self.after = sorted.last().copied().unwrap_or(self.after);
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_PAGES, NextPage, Unreadable, Walk};

    /// Where a list goes on after a page, if it does.
    fn next(after: i64, numbers: &[i64], said: NextPage) -> Result<Option<i64>, Unreadable> {
        let mut walk = Walk::after((after > 0).then_some(after));
        let more = walk.goes_on(numbers, said)?;
        Ok(more.then_some(walk.after))
    }

    #[test]
    fn b12_the_next_page_begins_after_the_last_number() {
        assert_eq!(next(0, &[3, 5, 9], NextPage::More), Ok(Some(9)));
        assert_eq!(next(9, &[11], NextPage::Last), Ok(None));
    }

    #[test]
    fn b12_a_short_page_does_not_end_a_list_that_says_it_goes_on() {
        assert_eq!(next(0, &[1], NextPage::More), Ok(Some(1)));
    }

    #[test]
    fn b13_a_list_without_a_link_header_ends_with_an_empty_page_only() {
        assert_eq!(next(0, &[1, 2], NextPage::Unsaid), Ok(Some(2)));
        assert_eq!(next(2, &[], NextPage::Unsaid), Ok(None));
        assert_eq!(next(2, &[], NextPage::More), Ok(None));
    }

    #[test]
    fn b13_a_page_that_repeats_is_refused() {
        assert!(next(9, &[3, 5, 9], NextPage::More).is_err());
        assert!(next(0, &[3, 3], NextPage::Last).is_err());
        assert!(next(9, &[9, 10], NextPage::Last).is_err());
    }

    #[test]
    fn b12_one_unsorted_page_is_whole_but_several_could_hide_records() {
        assert_eq!(next(0, &[5, 3], NextPage::Last), Ok(None));
        assert!(next(0, &[5, 3], NextPage::More).is_err());
    }

    #[test]
    fn b13_a_page_of_more_than_was_asked_for_is_refused() {
        let numbers: Vec<i64> = (1..=1_001).collect();

        assert_eq!(next(0, &numbers[..1_000], NextPage::Last), Ok(None));
        assert_eq!(next(0, &numbers, NextPage::Last), Err(Unreadable("a page of 1001 records".into())));
    }

    #[test]
    fn b13_a_list_of_more_than_ten_thousand_pages_is_not_read_to_its_end() {
        let mut walk = Walk::after(None);
        for page in 1..=MOST_PAGES {
            let number = i64::try_from(page).unwrap();
            assert_eq!(walk.goes_on(&[number], NextPage::More), Ok(true));
        }

        assert_eq!(walk.goes_on(&[20_000], NextPage::More), Err(Unreadable("more than 10000 pages".into())));
    }
}
