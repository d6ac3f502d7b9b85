//! Finds the line that somebody names: `Company/Product` or `Company/Agreement/Product`.
//!
//! Names may hold slashes, so the text is compared with whole names and never taken apart.

use crate::plan::words::line_name;
use crate::plan::{Line, Plan};
use crate::problem::nearest;

/// More than this nobody reads.
const MOST_NAMED: usize = 10;

/// No line, or more than one, has the name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineNotFound {
    /// No line of the plan is called so.
    #[error("no line of the plan is called {name:?}{}", suggestion(.near))]
    Nothing {
        /// What was asked for.
        name: String,
        /// The names that were perhaps meant.
        near: Vec<String>,
    },
    /// Several lines are.
    #[error("several lines are called {name:?}; name the agreement too: {}", .names.join(", "))]
    Several {
        /// What was asked for.
        name: String,
        /// Names that tell them apart.
        names: Vec<String>,
    },
}

fn suggestion(near: &[String]) -> String {
    match near {
        [] => "; a line is named Company/Product or Company/Agreement/Product, by its identifiers".to_owned(),
        near => format!("; did you mean {}?", near.join(" or ")),
    }
}

/// The line of that name. An agreement may be named by its number too.
///
/// # Errors
///
/// When no line or more than one has the name, with those that were perhaps meant.
pub fn find_line<'p, 'a>(plan: &'p Plan<'a>, name: &str) -> Result<&'p Line<'a>, LineNotFound> {
    let found: Vec<_> = plan.lines.iter().filter(|line| is_called(line, name)).collect();
    match found.as_slice() {
        [line] => Ok(line),
        [] => Err(LineNotFound::Nothing { name: name.to_owned(), near: near(plan, name) }),
        several => {
            let names = several.iter().take(MOST_NAMED).map(|line| line_name(line, plan)).collect();
            Err(LineNotFound::Several { name: name.to_owned(), names })
        }
    }
}

fn is_called(line: &Line<'_>, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(line.company.identifier).and_then(|rest| rest.strip_prefix('/'))
    else {
        return false;
    };
    if rest == line.product.identifier {
        return true;
    }
    let agreement = rest.strip_suffix(line.product.identifier).and_then(|rest| rest.strip_suffix('/'));
    agreement.is_some_and(|agreement| {
        agreement == line.agreement.name || agreement == line.agreement.id.to_string()
    })
}

/// The nearest name, else the lines of the company that was named, by its identifier or its name.
fn near(plan: &Plan<'_>, name: &str) -> Vec<String> {
    let short = |line: &Line<'_>| format!("{}/{}", line.company.identifier, line.product.identifier);
    let names: Vec<_> = plan.lines.iter().map(short).collect();
    if let Some(nearest) = nearest(name, names.iter().map(String::as_str)) {
        return vec![nearest.to_owned()];
    }
    let company = name.split('/').next().unwrap_or(name);
    let is_of_company = |line: &&Line<'_>| {
        [line.company.identifier, line.company.name].iter().any(|known| known.eq_ignore_ascii_case(company))
    };
    plan.lines.iter().filter(is_of_company).take(MOST_NAMED).map(|line| line_name(line, plan)).collect()
}
