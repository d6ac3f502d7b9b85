//! Reads a list whole, page after page, in the order of its records' numbers.
//!
//! The next page is asked for by the last number read, so records that come and go between pages neither double nor
//! hide others, and no address that the server names is followed. What was read is compared with what is counted: a list
//! that could be short is an error.

mod walk;

use std::sync::Mutex;

use serde::Deserialize;

use self::walk::Walk;
use super::freshness::Strictness;
use super::session::{Ask, Form, Session, unpoisoned};
use super::wire::{self, Names, Record, Unreadable};
use super::{ConnectWiseError, Resource};

/// The most records a page may have.
pub(super) const PAGE_SIZE: usize = 1_000;
/// How often a list is read that is not as long as counted. Records come and go, but not each time.
const READINGS: usize = 3;

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
    /// What the records stand under.
    pub(super) parent: P,
    /// Whether it is counted.
    pub(super) counted: Counted,
    /// How much rests on it.
    pub(super) strictness: Strictness,
}

/// When a list is compared with its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counted {
    /// Always: much rests on it.
    Always,
    /// When it has more than one page. There are as many lists of additions as agreements, and nearly all are one short
    /// page; counting each would double what is asked.
    WhenLong,
}

/// What was read, and whether it took more than a page.
struct Walked<R> {
    records: Vec<R>,
    is_long: bool,
}

#[derive(Deserialize)]
struct CountWire {
    count: Option<u64>,
}

impl Session {
    /// Reads a list whole.
    pub(super) async fn list<R: Record>(
        &self,
        list: &List<'_, R::Parent>,
        names: &Mutex<Names>,
    ) -> Result<Vec<R>, ConnectWiseError> {
        self.list_on(list, Vec::new(), names).await
    }

    /// Reads the rest of a list that was begun in the order of its numbers; all of it anew where that does not fit.
    pub(super) async fn list_on<R: Record>(
        &self,
        list: &List<'_, R::Parent>,
        mut begun: Vec<R>,
        names: &Mutex<Names>,
    ) -> Result<Vec<R>, ConnectWiseError> {
        let mut readings = 0;
        loop {
            let (records, counted) = self.read_and_count(list, std::mem::take(&mut begun), names).await?;
            let listed = records.len();
            match counted.filter(|&counted| u64::try_from(listed) != Ok(counted)) {
                None => return Ok(records),
                Some(counted) => {
                    readings += 1;
                    if readings == READINGS {
                        return Err(ConnectWiseError::Incomplete {
                            resource: list.resource,
                            listed,
                            counted,
                        });
                    }
                }
            }
        }
    }

    /// The records, and how many there are if that was asked.
    async fn read_and_count<R: Record>(
        &self,
        list: &List<'_, R::Parent>,
        begun: Vec<R>,
        names: &Mutex<Names>,
    ) -> Result<(Vec<R>, Option<u64>), ConnectWiseError> {
        match list.counted {
            Counted::Always => {
                let (walked, counted) = tokio::try_join!(self.walk(list, begun, names), self.count(list))?;
                Ok((walked.records, Some(counted)))
            }
            Counted::WhenLong => {
                let Walked { records, is_long } = self.walk(list, begun, names).await?;
                let counted = if is_long { Some(self.count(list).await?) } else { None };
                Ok((records, counted))
            }
        }
    }

    /// Page after page to the last one.
    async fn walk<R: Record>(
        &self,
        list: &List<'_, R::Parent>,
        begun: Vec<R>,
        names: &Mutex<Names>,
    ) -> Result<Walked<R>, ConnectWiseError> {
        let bad = |unreadable: Unreadable| ConnectWiseError::BadAnswer {
            resource: list.resource,
            what: unreadable.0,
        };
        let mut walk = Walk::after(begun.last().map(Record::number));
        let mut records = begun;
        loop {
            let answer = self.read(&page(list, walk.after)).await?;
            let body = answer.json(list.resource)?;
            let page: Vec<R> = wire::records(body, list.parent, &mut unpoisoned(names)).map_err(bad)?;
            let numbers: Vec<i64> = page.iter().map(Record::number).collect();
            records.extend(page);
            if !walk.goes_on(&numbers, answer.next_page()).map_err(bad)? {
                return Ok(Walked { records, is_long: walk.is_long() });
            }
        }
    }

    /// How many records a list has, as ConnectWise says.
    async fn count<P>(&self, list: &List<'_, P>) -> Result<u64, ConnectWiseError> {
        let (resource, path) = (list.resource, format!("{}/count", list.path));
        let query = list.condition.iter().map(|condition| ("conditions", condition.clone())).collect();
        let strictness = list.strictness;
        let answer = self.read(&Ask { resource, path: &path, query, form: Form::Record, strictness }).await?;
        let bad = |what: String| ConnectWiseError::BadAnswer { resource, what };
        let wire: CountWire = wire::value(answer.json(resource)?).map_err(|unreadable| bad(unreadable.0))?;
        wire.count.ok_or_else(|| bad("a count without a number".to_owned()))
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
    let strictness = list.strictness;
    Ask { resource: list.resource, path: list.path, query, form: Form::Page, strictness }
}
