//! What the claims of a company make of each of its lines (The number and the line).
//!
//! A line is wanted, undesired, or cannot be told. Whatever cannot be told is held.

use std::collections::BTreeMap;

use crate::billing::{Addition, Company, LineKey, Money, Quantity};
use crate::mapping::{MissingAddition, Row};
use crate::problem::{Code, Reason};

use super::cell::Cell;
use super::claim::Claims;
use super::counted;
use super::doubt::Doubt;
use super::expect;
use super::ground::Ground;
use super::line::{Derivation, DesiredLine, Found, Want, Why};
use super::member::{Member, Standing};
use super::rows::insert;
use super::terms::types_in;
use super::trouble::Trouble;

/// All lines of a company, in no order.
pub(super) fn settle<'a>(mut claims: Claims<'_, 'a>, lines: &mut Vec<DesiredLine<'a>>) {
    let cells = std::mem::take(&mut claims.cells.all);
    let company = claims.ground.directory.companies[claims.company as usize];
    let settling = Settling { claims: &claims, company };
    lines.extend(cells.into_iter().filter_map(|cell| settling.line(cell)));
}

struct Settling<'s, 'g, 'a> {
    claims: &'s Claims<'g, 'a>,
    company: &'a Company,
}

/// What was decided about a line's number.
struct Settled {
    want: Want,
    desired: Option<Quantity>,
    reasons: Vec<Reason>,
}

impl<'a> Settling<'_, '_, 'a> {
    fn ground(&self) -> &Ground<'a> {
        self.claims.ground
    }

    fn line(&self, mut cell: Cell<'_, 'a>) -> Option<DesiredLine<'a>> {
        let is_used = |claim: &Derivation<'_>| claim.rounded.is_some_and(|quantity| !quantity.is_zero());
        if !cell.may_exist() && !cell.derivation.iter().any(is_used) {
            return None;
        }
        let mut settled =
            if cell.derivation.is_empty() { self.unwanted(&cell)? } else { self.wanted(&mut cell) };
        if cell.is_unseen {
            let message = "the additions of the agreement could not be read whole";
            settled.reasons.push(Reason::new(Code::ViewIncomplete, message));
        } else {
            self.find_fault(&cell, settled.desired, &mut settled.reasons);
        }
        Some(self.finish(cell, settled))
    }

    /// The sum of the claims, unless something about them is in doubt.
    fn wanted(&self, cell: &mut Cell<'_, 'a>) -> Settled {
        cell.derivation.sort_by(|one, two| order(one).cmp(&order(two)));
        let known = cell.derivation.iter().all(|claim| claim.rounded.is_some());
        let sum = sum(&cell.derivation);
        let mut doubts = reasons_of(self.claims.troubles.iter().filter(|trouble| trouble.concerns(cell)));
        doubts.extend(self.unread(cell));
        if collides(cell) {
            doubts.push(Reason::new(Code::CollidingLines, collision(&cell.derivation)));
        }
        if known && sum.is_none() {
            doubts
                .push(Reason::new(Code::Sanity, "the sum of the contributions is too large to compute with"));
        }
        let desired = sum.filter(|_| doubts.is_empty());
        let mut reasons = std::mem::take(&mut cell.reasons);
        reasons.extend(doubts);
        Settled { want: Want::Wanted, desired, reasons }
    }

    /// Whether a line that nobody claims may go. Left out when it may be a skipped or ignored account's.
    fn unwanted(&self, cell: &Cell<'_, 'a>) -> Option<Settled> {
        if self.is_left_out(cell) {
            return None;
        }
        let mut reasons = reasons_of(self.claims.troubles.iter());
        reasons.extend(self.unread(cell));
        reasons.extend(self.uncounted(cell));
        if reasons.is_empty() {
            reasons.extend(self.without_account(cell));
        }
        if reasons.iter().any(|reason| reason.code != Code::AccountAbsent) {
            return Some(Settled { want: Want::Unresolved, desired: None, reasons });
        }
        let why = if reasons.is_empty() { self.why() } else { Why::Absent };
        Some(Settled { want: Want::Undesired(why), desired: Some(Quantity::ZERO), reasons })
    }

    /// Whether the line is, or for all we know may be, that of a skipped or ignored account.
    fn is_left_out(&self, cell: &Cell<'_, 'a>) -> bool {
        let key = LineKey { agreement: cell.agreement.id, product: cell.product };
        let only_left_out = |name: &&str| {
            let mut own = self.members_in(name).peekable();
            own.peek().is_some() && own.all(|member| member.standing == Standing::LeftOut)
        };
        self.claims.leaves_out_all
            || self.claims.left_out.contains(&key)
            || cell.reach.sources.iter().any(only_left_out)
    }

    fn members_in(&self, source: &str) -> impl Iterator<Item = &Member<'a>> {
        let sources = &self.ground().sources;
        self.claims.members.iter().filter(move |member| sources[member.source].name == source)
    }

    /// A source that could not be read may have a share in every line that its rows reach.
    fn unread(&self, cell: &Cell<'_, 'a>) -> Option<Reason> {
        let is_unread =
            |name: &&&str| self.ground().source(name).is_none_or(|source| source.accounts.is_none());
        let name = cell.reach.sources.iter().find(is_unread)?;
        Some(Reason::new(Code::UsageIncomplete, format!("the usage of {name} could not be read")))
    }

    /// The level is in use, but no row counts the line, nor is it counted elsewhere: a row was taken out, and that
    /// never writes by itself.
    fn uncounted(&self, cell: &Cell<'_, 'a>) -> Option<Reason> {
        let sources = &self.ground().sources;
        let billed = || self.claims.members.iter().filter(|member| member.standing == Standing::Billed);
        let in_one_of =
            |names: &[&str]| billed().any(|member| names.binary_search(&sources[member.source].name).is_ok());
        let bills_nothing = match &cell.found {
            Found::One(addition) => addition.quantity == Some(Quantity::ZERO),
            Found::Nothing | Found::Several(_) => false,
        };
        if bills_nothing || !in_one_of(&cell.reach.sources) || in_one_of(&cell.reach.counting) {
            return None;
        }
        let elsewhere = match self.terms(cell) {
            Some(terms) => counted::by_terms(self.claims, terms),
            None => counted::by_types(self.claims, &cell.reach.types),
        };
        let types = cell.reach.types.join(", ");
        let message = format!("No mapping row counts {types} for {} at this level", cell.product_identifier);
        (!elsewhere).then(|| Reason::new(Code::UnmappedPlan, message))
    }

    /// The terms that the line was last computed by, where we know them.
    fn terms(&self, cell: &Cell<'_, 'a>) -> Option<&'a str> {
        let key = LineKey { agreement: cell.agreement.id, product: cell.product };
        let record = self.ground().inputs.records.get(&key)?;
        Some(&*record.terms).filter(|terms| !terms.is_empty())
    }

    /// The types by which sister lines are found. A line that an account moved from without being counted elsewhere has
    /// no sister: what others are billed for does not take over.
    fn types(&self, cell: &Cell<'_, 'a>, want: Want) -> Vec<&'a str> {
        let types = || cell.reach.types.clone();
        match want {
            Want::Undesired(Why::Moved) => {
                let counted = self.terms(cell).map_or_else(types, types_in);
                if counted::for_all(self.claims, &counted) { types() } else { Vec::new() }
            }
            Want::Wanted | Want::Unresolved | Want::Undesired(Why::Cancelled | Why::Absent) => types(),
        }
    }

    /// The company has no account in a source whose rows reach the line, and that is not confirmed yet. The account of
    /// a deleted company has none to be linked to, so that its silence confirms nothing.
    fn without_account(&self, cell: &Cell<'_, 'a>) -> Option<Reason> {
        let company = &self.company.identifier;
        let read = cell.reach.sources.iter().filter_map(|name| self.ground().source(name));
        let source = read.into_iter().find(|source| {
            let has_account = self.members_in(source.name).next().is_some();
            self.company.deleted || (!has_account && !source.confirms_absence)
        })?;
        let doubt = source.doubt_of_silence();
        let message = format!("company {company} has no account in the usage of {}", source.name);
        let reason = Reason::new(doubt.code(), message);
        Some(if doubt == Doubt::Absent { reason.over("2 snapshots", "1") } else { reason })
    }

    /// The most careful of the reasons: only where all accounts are billed elsewhere may a sister line take over.
    fn why(&self) -> Why {
        let has = |standing: Standing| self.claims.members.iter().any(|member| member.standing == standing);
        if has(Standing::Gone) || !(has(Standing::Cancelled) || has(Standing::Billed)) {
            Why::Absent
        } else if has(Standing::Cancelled) {
            Why::Cancelled
        } else {
            Why::Moved
        }
    }

    /// What is wrong with the line itself.
    fn find_fault(&self, cell: &Cell<'_, 'a>, desired: Option<Quantity>, reasons: &mut Vec<Reason>) {
        match &cell.found {
            Found::Nothing => self.missing(cell, desired, reasons),
            Found::One(addition) => expect::less_included(&cell.derivation, addition, reasons),
            Found::Several(_) => {}
        }
        check_found(&cell.found, reasons);
    }

    fn missing(&self, cell: &Cell<'_, 'a>, desired: Option<Quantity>, reasons: &mut Vec<Reason>) {
        let key = LineKey { agreement: cell.agreement.id, product: cell.product };
        let product = cell.product_identifier;
        let record = self.ground().inputs.records.get(&key);
        let vanished = record.is_some_and(|record| record.last_written.is_some());
        let sold = self.ground().products.get(&cell.product).map(|product| !product.inactive);
        let message = match (self.ground().inputs.catalog.policy.missing_addition, vanished, sold) {
            (_, true, _) => format!("the addition of {product} that we wrote is gone"),
            (MissingAddition::Hold, false, _) => format!("the agreement has no live addition of {product}"),
            (MissingAddition::Create, false, None) => format!("the catalogue has no product {product}"),
            (MissingAddition::Create, false, Some(false)) => format!("the product {product} is inactive"),
            (MissingAddition::Create, false, Some(true)) => {
                expects_allowance(&cell.derivation, reasons);
                if desired.is_some() {
                    return;
                }
                format!("the agreement has no live addition of {product}, and its number is in doubt")
            }
        };
        reasons.push(Reason::new(Code::MissingAddition, message));
    }

    fn finish(&self, cell: Cell<'_, 'a>, settled: Settled) -> DesiredLine<'a> {
        let Settled { want, desired, mut reasons } = settled;
        reasons.sort_by(|one, two| (one.code, &one.message).cmp(&(two.code, &two.message)));
        reasons.dedup_by(|later, first| later.code == first.code);
        let types = self.types(&cell, want);
        let mut notes = cell.notes;
        notes.sort_unstable();
        notes.dedup();
        DesiredLine {
            company: self.company,
            agreement: cell.agreement,
            agreement_type: self.ground().type_name(cell.agreement.agreement_type),
            product: cell.product,
            product_identifier: cell.product_identifier,
            addition: cell.found,
            types,
            sources: self.sources(cell.reach, want),
            want,
            desired,
            scale: cell.decimals,
            row: strictest(&cell.derivation),
            derivation: cell.derivation,
            reasons,
            notes,
        }
    }

    /// A wanted line depends on the sources that its company has accounts in, or may have where one is not whole; any
    /// other on all that may reach it.
    fn sources(&self, reach: &super::rows::Reach<'a>, want: Want) -> Vec<&'a str> {
        match want {
            Want::Undesired(_) | Want::Unresolved => reach.sources.clone(),
            Want::Wanted => {
                let mut sources = Vec::with_capacity(1);
                for member in self.claims.members {
                    let source = &self.ground().sources[member.source];
                    if reach.sources.binary_search(&source.name).is_ok() {
                        insert(&mut sources, source.name);
                    }
                }
                let may_lack =
                    |name: &&&str| self.ground().source(name).is_none_or(|source| !source.is_complete());
                reach.sources.iter().filter(may_lack).for_each(|name| insert(&mut sources, name));
                sources
            }
        }
    }
}

/// One reason a code, of the troubles that share it: a company may have thousands.
fn reasons_of<'t>(troubles: impl Iterator<Item = &'t Trouble<'t>>) -> Vec<Reason> {
    let mut first: BTreeMap<Code, &Trouble<'_>> = BTreeMap::new();
    for trouble in troubles {
        let kept = first.entry(trouble.code).or_insert(trouble);
        if trouble.message < kept.message {
            *kept = trouble;
        }
    }
    first.into_values().map(Trouble::reason).collect()
}

/// The order of a derivation in documents.
fn order<'d>(claim: &Derivation<'d>) -> (&'d str, &'d str, &'d str, super::line::MappingPlace<'d>) {
    (claim.source, claim.account, claim.vendor_type, claim.mapping)
}

/// Several claims add up only when all come from explicitly linked accounts, or from one row that sums its types.
fn collides(cell: &Cell<'_, '_>) -> bool {
    let [first, others @ ..] = &*cell.derivation else { return false };
    let is_same = |other: &Derivation<'_>| {
        let one_row = first.row.zip(other.row).is_some_and(|(one, two)| std::ptr::eq(one, two));
        one_row && other.account == first.account
    };
    let one_row = first.row.is_some_and(|row| row.combine_sum) && others.iter().all(is_same);
    !others.is_empty() && !cell.is_explicit() && !one_row
}

fn collision(derivation: &[Derivation<'_>]) -> String {
    let claims: Vec<String> = derivation
        .iter()
        .map(|claim| {
            format!(
                "{} of {} ({}:{})",
                claim.vendor_type, claim.account, claim.mapping.file, claim.mapping.line
            )
        })
        .collect();
    format!("several figures would be billed here: {}", claims.join(", "))
}

fn sum(derivation: &[Derivation<'_>]) -> Option<Quantity> {
    derivation.iter().try_fold(Quantity::ZERO, |sum, claim| sum.checked_add(claim.rounded?))
}

/// What is wrong with the additions of a line, whoever wants it.
pub(super) fn check_found(found: &Found<'_>, reasons: &mut Vec<Reason>) {
    match found {
        Found::Nothing => {}
        Found::One(addition) => check_quantity(addition, reasons),
        Found::Several(additions) => {
            let ids: Vec<String> = additions.iter().map(|addition| addition.id.to_string()).collect();
            let message = format!("additions {} are all live, {}", ids.join(" and "), at_stake(additions));
            reasons.push(Reason::new(Code::AmbiguousAddition, message));
        }
    }
}

/// The money that several live additions of a line bill together.
fn at_stake(additions: &[&Addition]) -> String {
    let worth = |addition: &Addition| addition.monthly_value(addition.quantity?);
    let sum = additions.iter().try_fold(Money::ZERO, |sum, addition| sum.checked_add(worth(addition)?));
    sum.map_or_else(|| "at an unknown price".to_owned(), |sum| format!("{sum} a month together"))
}

fn check_quantity(addition: &Addition, reasons: &mut Vec<Reason>) {
    match addition.quantity {
        None => {
            let message = format!("ConnectWise shows no quantity on addition {}", addition.id);
            reasons.push(Reason::new(Code::QuantityUnknown, message));
        }
        Some(current) if current < Quantity::ZERO => {
            let message = format!("ConnectWise shows the quantity {current} on addition {}", addition.id);
            reasons.push(Reason::new(Code::Sanity, message).over("0", current.to_string()));
        }
        Some(_) => {}
    }
}

/// A created line starts without an allowance.
fn expects_allowance(derivation: &[Derivation<'_>], reasons: &mut Vec<Reason>) {
    let expected = derivation.iter().filter_map(expect::expected_less_included).find(|free| !free.is_zero());
    if let Some(expected) = expected {
        let message = format!("a created line has no Less Included, and the mapping row expects {expected}");
        reasons.push(Reason::new(Code::ExpectationFailed, message).over(expected.to_string(), "0"));
    }
}

/// The row with the narrowest limits; the first by place among equals.
fn strictest<'a>(derivation: &[Derivation<'a>]) -> Option<&'a Row> {
    let limits = |row: &Row| {
        let crate::mapping::LineGuards { line_change, line_money } = row.guards;
        [line_change.decrease, line_change.increase, line_money].map(|limit| (limit.percent, limit.floor))
    };
    let rows = derivation.iter().filter_map(|claim| claim.row);
    rows.min_by(|one, two| (limits(one), &one.place).cmp(&(limits(two), &two.place)))
}
