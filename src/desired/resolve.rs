//! From inputs to the desired state: tables once, accounts to companies, then company by company.

use crate::problem::{Code, Problem};

use super::claim::Claims;
use super::ground::Ground;
use super::line::{Desired, DesiredLine, Inputs};
use super::link::CompanyIndex;
use super::member::{Member, enlist};
use super::{settle, shadow, stray};

/// What every reached line should bill, and what could not be resolved.
///
/// The order of anything in the inputs is immaterial.
#[must_use]
pub fn resolve<'a>(inputs: &Inputs<'a>) -> Desired<'a> {
    let mut problems = Vec::new();
    let ground = Ground::new(*inputs, &mut problems);
    let members = enlist(inputs, &ground.directory, &ground.sources, &mut problems);
    let mut lines = Vec::with_capacity(inputs.view.additions.len());
    let mut members = members.chunk_by(|one, two| one.company == two.company).peekable();
    for agreements in ground.agreements.by_company() {
        let company = agreements[0].0;
        while let Some(others) = members.next_if(|group| group[0].company < company) {
            resolve_company(&ground, others[0].company, &[], others, &mut lines, &mut problems);
        }
        let own = members.next_if(|group| group[0].company == company).unwrap_or_default();
        resolve_company(&ground, company, agreements, own, &mut lines, &mut problems);
    }
    for others in members {
        resolve_company(&ground, others[0].company, &[], others, &mut lines, &mut problems);
    }
    shadow::note(&ground, &mut problems);
    tell_incomplete(&ground, &mut problems);
    if ground.directory.has_twins() {
        // Their agreements may alternate; everybody else's lines stand in order already.
        lines.sort_by(|one, two| key(one).cmp(&key(two)));
    }
    sort(&mut problems);
    Desired { lines, problems }
}

fn resolve_company<'g, 'a>(
    ground: &'g Ground<'a>,
    company: CompanyIndex,
    agreements: &'g [(CompanyIndex, &'a crate::billing::Agreement)],
    members: &'g [Member<'a>],
    lines: &mut Vec<DesiredLine<'a>>,
    problems: &mut Vec<Problem>,
) {
    let first = lines.len();
    let mut claims = Claims::of(ground, company, agreements, members, problems);
    stray::settle(&mut claims, lines, problems);
    settle::settle(claims, lines);
    lines[first..].sort_by(|one, two| key(one).cmp(&key(two)));
}

/// Agreements whose additions could not be read whole may hide reached lines.
fn tell_incomplete(ground: &Ground<'_>, problems: &mut Vec<Problem>) {
    let incomplete = &ground.inputs.view.incomplete;
    if incomplete.is_empty() {
        return;
    }
    for (company, agreement) in ground.agreements.by_company().flatten() {
        if incomplete.contains(&agreement.id) {
            let company = &ground.directory.companies[*company as usize].identifier;
            let message = format!("the additions of {} could not be read whole", agreement.name);
            problems.push(Problem::warning(Code::ViewIncomplete, &**company, message));
        }
    }
}

fn sort(problems: &mut Vec<Problem>) {
    problems.sort_unstable();
    problems.dedup();
    problems.dedup_by(|later, first| {
        later.code == Code::UnknownIntegration && later.code == first.code && later.subject == first.subject
    });
}

/// The order of lines in documents.
fn key<'l>(line: &'l DesiredLine<'_>) -> (&'l str, i64, &'l str, i64) {
    (&line.company.identifier, line.agreement.id.0, line.product_identifier, line.product.0)
}
