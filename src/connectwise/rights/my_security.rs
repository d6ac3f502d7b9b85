//! What ConnectWise says of the member whose keys ask: one row a function of a module.
//!
//! Knows no function by name. A level that is absent is not said, which is not the same as none.

use std::sync::Arc;

use serde::Deserialize;

use super::{Action, Level};
use crate::connectwise::answer::NextPage;
use crate::connectwise::freshness::Strictness;
use crate::connectwise::session::{Ask, Form, Session};
use crate::connectwise::wire::{self, Text, readable};
use crate::connectwise::{ConnectWiseError, Resource};

const PATH: &str = "system/mySecurity";
const PAGE_SIZE: usize = 1_000;
/// A server has some hundred functions; what never ends is none.
const MOST_PAGES: usize = 20;

/// A member and all that it may do.
pub(super) struct Member {
    /// Its identifier; empty where no row says it.
    pub(super) identifier: Arc<str>,
    /// Its rights, one entry a function.
    pub(super) functions: Vec<Function>,
}

/// A function of a module, and how far its actions reach.
pub(super) struct Function {
    pub(super) module: Arc<str>,
    pub(super) name: Arc<str>,
    inquire: Level,
    add: Level,
    edit: Level,
    delete: Level,
}

impl Function {
    pub(super) fn level(&self, action: Action) -> &Level {
        match action {
            Action::Inquire => &self.inquire,
            Action::Add => &self.add,
            Action::Edit => &self.edit,
            Action::Delete => &self.delete,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    add_level: Option<Text<'a>>,
    #[serde(borrow)]
    edit_level: Option<Text<'a>>,
    #[serde(borrow)]
    delete_level: Option<Text<'a>>,
    #[serde(borrow)]
    inquire_level: Option<Text<'a>>,
    #[serde(borrow)]
    module_function_name: Option<Text<'a>>,
    #[serde(borrow)]
    module_name: Option<Text<'a>>,
    #[serde(borrow)]
    member: Option<MemberReference<'a>>,
}

#[derive(Deserialize)]
struct MemberReference<'a> {
    #[serde(borrow)]
    identifier: Option<Text<'a>>,
}

/// Reads every row, as the member whose keys the form takes.
pub(super) async fn read(session: &Session, form: Form) -> Result<Member, ConnectWiseError> {
    let resource = Resource::MySecurity;
    let bad = |what: String| ConnectWiseError::BadAnswer { resource, what };
    let mut member = Member { identifier: "".into(), functions: Vec::new() };
    let mut after = 0;
    for _ in 0..MOST_PAGES {
        let mut query = vec![("pageSize", PAGE_SIZE.to_string())];
        if after > 0 {
            query.push(("pageId", after.to_string()));
        }
        let (form, strictness) = (form.clone(), Strictness::Lenient);
        let answer = session.read(&Ask { resource, path: PATH, query, form, strictness }).await?;
        let rows: Vec<Row<'_>> =
            wire::value(answer.json(resource)?).map_err(|unreadable| bad(unreadable.0))?;
        let is_empty = rows.is_empty();
        let last = rows.iter().filter_map(|row| row.id).max();
        rows.into_iter().for_each(|row| member.take(row));
        match (answer.next_page(), last) {
            (NextPage::Last, _) => return Ok(member),
            (NextPage::More | NextPage::Unsaid, _) if is_empty => return Ok(member),
            (NextPage::More | NextPage::Unsaid, Some(last)) if last > after => after = last,
            (NextPage::More | NextPage::Unsaid, _) => return Err(bad("rows that begin again".to_owned())),
        }
    }
    Err(bad(format!("more than {MOST_PAGES} pages")))
}

impl Member {
    fn take(&mut self, row: Row<'_>) {
        let said = |text: &Option<Text<'_>>| -> Arc<str> {
            text.as_ref().map(|text| readable(text.as_str())).unwrap_or_default().into()
        };
        if let Some(MemberReference { identifier: Some(identifier) }) = &row.member
            && self.identifier.is_empty()
        {
            self.identifier = readable(identifier.as_str()).into();
        }
        self.functions.push(Function {
            module: said(&row.module_name),
            name: said(&row.module_function_name),
            inquire: level(row.inquire_level.as_ref()),
            add: level(row.add_level.as_ref()),
            edit: level(row.edit_level.as_ref()),
            delete: level(row.delete_level.as_ref()),
        });
    }
}

fn level(text: Option<&Text<'_>>) -> Level {
    let Some(said) = wire::present(text).map(str::trim).filter(|said| !said.is_empty()) else {
        return Level::Unsaid;
    };
    let known = [Level::None, Level::My, Level::All];
    let known = known.into_iter().find(|level| level.to_string().eq_ignore_ascii_case(said));
    known.unwrap_or_else(|| Level::Other(readable(said).into()))
}
