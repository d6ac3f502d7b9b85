//! Lines that we wrote and that no level reaches any more.
//!
//! Such a line may go only where every account of its company was resolved to other lines, and what it counted is
//! counted there. Otherwise it is told as `unmanaged` and left alone.

use crate::billing::Quantity;
use crate::problem::{Code, Problem};

use super::cell::Stray;
use super::claim::Claims;
use super::counted;
use super::line::{DesiredLine, Want, Why};
use super::terms::types_in;

/// The stray lines of a company that may go; notes the others.
pub(super) fn settle<'a>(
    claims: &mut Claims<'_, 'a>,
    lines: &mut Vec<DesiredLine<'a>>,
    problems: &mut Vec<Problem>,
) {
    for stray in std::mem::take(&mut claims.cells.strays) {
        let types = types_in(stray.terms);
        if is_replaced(claims, stray.terms) {
            lines.push(line(claims, stray, types));
        } else {
            problems.push(unmanaged(claims, &stray));
        }
    }
}

fn is_replaced(claims: &Claims<'_, '_>, terms: &str) -> bool {
    let all_read = claims.ground.sources.iter().all(|source| source.accounts.is_some());
    let all_moved = !claims.members.is_empty() && claims.idle == 0 && claims.troubles.is_empty();
    let none_left_out = !claims.leaves_out_all && claims.left_out.is_empty();
    all_read && all_moved && none_left_out && counted::by_terms(claims, terms)
}

fn line<'a>(claims: &Claims<'_, 'a>, stray: Stray<'a>, types: Vec<&'a str>) -> DesiredLine<'a> {
    let Stray { agreement, addition, found, notes, .. } = stray;
    let sources = &claims.ground.sources;
    let mut names: Vec<&'a str> = claims.members.iter().map(|member| sources[member.source].name).collect();
    names.dedup();
    let mut reasons = Vec::new();
    super::settle::check_found(&found, &mut reasons);
    DesiredLine {
        company: claims.ground.directory.companies[claims.company as usize],
        agreement,
        agreement_type: claims.ground.type_name(agreement.agreement_type),
        product: addition.product,
        product_identifier: &addition.product_identifier,
        addition: found,
        types,
        sources: names,
        want: Want::Undesired(Why::Moved),
        desired: Some(Quantity::ZERO),
        scale: 0,
        derivation: Vec::new(),
        reasons,
        notes,
        row: None,
    }
}

fn unmanaged(claims: &Claims<'_, '_>, stray: &Stray<'_>) -> Problem {
    let company = &claims.ground.directory.companies[claims.company as usize].identifier;
    let product = &stray.addition.product_identifier;
    let message =
        format!("no mapping reaches {product} on {} any more, so it is left alone", stray.agreement.name);
    Problem::note(Code::Unmanaged, &**company, message)
}
