//! The billing rules as laws, each from a world in step of which one thing is changed.

mod strategies;
mod status;
mod link;
mod row;
mod level;
mod agreement;
mod addition;
mod measure;
mod number;
mod undesired;
mod absence;
mod source;
mod terms;
mod chance;
mod properties;

use super::world::World;
use super::{Desired, Want};
use crate::problem::Code;

/// What a line came to: what it should bill, why it is held, and whether it is wanted.
type Outcome = (Option<String>, Vec<Code>, Want);

/// What the line of a product of a company came to.
fn outcome(desired: &Desired<'_>, company: &str, product: &str) -> Option<Outcome> {
    let line = desired.line(company, product)?;
    Some((line.desired.map(|quantity| quantity.to_string()), line.codes(), line.want))
}

/// What the one line of the world in step comes to.
fn acme(world: &World) -> Option<Outcome> {
    outcome(&world.desired(), "Acme", "BKP-GB")
}

/// A wanted line with that number and nothing against it.
#[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be no line at all")]
fn bills(quantity: &str) -> Option<Outcome> {
    Some((Some(quantity.to_owned()), Vec::new(), Want::Wanted))
}

/// A wanted line whose number is in doubt.
#[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be no line at all")]
fn doubts(code: Code) -> Option<Outcome> {
    Some((None, vec![code], Want::Wanted))
}

/// A wanted line whose number is known, and that is held.
#[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be no line at all")]
fn holds(quantity: &str, code: Code) -> Option<Outcome> {
    Some((Some(quantity.to_owned()), vec![code], Want::Wanted))
}

/// A line that nobody wants, held because some account was not resolved.
#[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be no line at all")]
fn unresolved(code: Code) -> Option<Outcome> {
    Some((None, vec![code], Want::Unresolved))
}

/// A line that may go.
#[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be no line at all")]
fn may_go(why: super::Why) -> Option<Outcome> {
    Some((Some("0".to_owned()), Vec::new(), Want::Undesired(why)))
}

/// A line whose account is absent, which is not confirmed.
#[allow(clippy::unnecessary_wraps, reason = "it is compared with what may be no line at all")]
fn absent() -> Option<Outcome> {
    Some((Some("0".to_owned()), vec![Code::AccountAbsent], Want::Undesired(super::Why::Absent)))
}
