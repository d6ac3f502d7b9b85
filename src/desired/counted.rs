//! Whether the figures that a line used to count are counted on other lines now.
//!
//! Only then was the line replaced. A row that was taken out leaves its figures uncounted, whatever else of the same
//! type is counted beside them.

use crate::mapping::{Row, Subject};
use crate::usage::{Account, Metric};

use super::claim::Claims;
use super::measure::{is_zero, metric};
use super::member::{Member, Standing};
use super::terms::{quoted, service_word, types_in};

/// One figure of one account that is counted on some line.
pub(super) struct Counted<'a> {
    /// The place of its source in the list of sources.
    pub(super) source: usize,
    /// The account.
    pub(super) account: &'a str,
    /// The type it is counted as.
    pub(super) vendor_type: &'a str,
    /// The row that counts it.
    pub(super) row: &'a Row,
}

/// Whether all that these terms name is counted now. Terms that name nothing leave it open.
pub(super) fn by_terms(claims: &Claims<'_, '_>, terms: &str) -> bool {
    let is_counted = |part: &str| claims.counted.iter().any(|counted| counted.is_named_by(part));
    !terms.is_empty() && terms.split("; ").all(is_counted) && by_types(claims, &types_in(terms))
}

/// Whether these types are counted now, and for every account that uses them.
pub(super) fn by_types(claims: &Claims<'_, '_>, types: &[&str]) -> bool {
    let is_counted =
        |vendor_type: &&str| claims.counted.iter().any(|counted| counted.vendor_type == *vendor_type);
    types.iter().all(is_counted) && for_all(claims, types)
}

/// Whether no account uses one of these types and has it counted nowhere.
pub(super) fn for_all(claims: &Claims<'_, '_>, types: &[&str]) -> bool {
    let billed = || claims.members.iter().filter(|member| member.standing == Standing::Billed);
    types.iter().all(|vendor_type| {
        let mut users =
            billed().filter(|member| member.account.is_some_and(|account| uses(account, vendor_type)));
        users.all(|member| of_account(claims, member).any(|counted| *counted.vendor_type == **vendor_type))
    })
}

/// What is counted of one account: figures come in the order of members, so that a binary search finds them.
fn of_account<'c, 'a>(
    claims: &'c Claims<'_, 'a>,
    member: &Member<'a>,
) -> impl Iterator<Item = &'c Counted<'a>> {
    let account = (member.source, member.username);
    let from = claims.counted.partition_point(|counted| (counted.source, counted.account) < account);
    claims.counted[from..].iter().take_while(move |counted| (counted.source, counted.account) == account)
}

fn uses(account: &Account, vendor_type: &str) -> bool {
    metric(account, &Metric::named(vendor_type)).is_some_and(|measured| !is_zero(measured))
}

impl Counted<'_> {
    /// Whether a part of the terms of a line names this very figure, by this or another level.
    fn is_named_by(&self, part: &str) -> bool {
        let head = format!("type={} level=", quoted(self.vendor_type));
        let Some(rest) = part.strip_prefix(&*head).and_then(after_quoted) else { return false };
        match &self.row.subject {
            Subject::Plan { .. } => rest.starts_with(" plan=") || names_metric(rest, self.vendor_type),
            Subject::Metered { metric, .. } => {
                let of_plan = rest.starts_with(" plan=") && **metric == *self.vendor_type;
                of_plan || names_metric(rest, metric)
            }
            Subject::Seats { service, option, unique_id, .. } => {
                let id = unique_id.as_deref().map(quoted).unwrap_or_default();
                let (service, option) = (service_word(*service), quoted(option));
                rest.starts_with(&*format!(" service={service} option={option} unique_id={id} "))
            }
        }
    }
}

fn names_metric(rest: &str, metric: &str) -> bool {
    rest.starts_with(&*format!(" metric={} ", quoted(metric)))
}

/// What follows a quoted name.
fn after_quoted(text: &str) -> Option<&str> {
    let name = text.strip_prefix('"')?;
    let mut is_escaped = false;
    let end = name.find(|letter| {
        let ends = letter == '"' && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        ends
    })?;
    name.get(end + 1..)
}
