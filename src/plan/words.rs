//! How a line is put in words: its danger, its sign, its two quantities, its money, and why it changes or is held.
//!
//! Shared by the renderings, so that text, Markdown and explanations never tell different stories. Knows no layout and
//! no escaping: names are given back as they are.

use rust_decimal::Decimal;

use super::{Cause, Line, Plan, Summary, Verdict};
use crate::billing::{Money, Quantity};
use crate::problem::{Code, Reason};

/// How much a reader should look at a line, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Danger {
    Held,
    ToZero,
    Decrease,
    HandEdit,
    Create,
    Increase,
    Keep,
}

/// Where the line stands in that order. A decrease over a hand edit counts as the decrease.
pub(super) fn danger(line: &Line<'_>) -> Danger {
    match line.verdict {
        Verdict::Hold => Danger::Held,
        Verdict::Create => Danger::Create,
        Verdict::Keep => Danger::Keep,
        Verdict::Update if line.desired.is_some_and(Quantity::is_zero) => Danger::ToZero,
        Verdict::Update if line.desired < line.current => Danger::Decrease,
        Verdict::Update if line.cause == Some(Cause::HandEdit) => Danger::HandEdit,
        Verdict::Update => Danger::Increase,
    }
}

/// The mark at the start of a row.
#[must_use]
pub fn sign(line: &Line<'_>) -> char {
    match (danger(line), line.cause) {
        (Danger::Held, _) => '!',
        (Danger::Keep, _) => '=',
        (Danger::Create, _) => '*',
        (_, Some(Cause::HandEdit)) | (Danger::HandEdit, _) => '~',
        (Danger::ToZero | Danger::Decrease, _) => '-',
        (Danger::Increase, _) => '+',
    }
}

/// Dangerous lines first; among equals the unknown money, then the biggest, then the order of the plan.
#[must_use]
pub fn dangerous_first<'p, 'a>(lines: impl Iterator<Item = &'p Line<'a>>) -> Vec<&'p Line<'a>> {
    let mut sorted: Vec<_> = lines.collect();
    let size = |line: &Line<'_>| line.monthly_delta.map(|delta| std::cmp::Reverse(delta.value().abs()));
    sorted.sort_by_cached_key(|line| (danger(line), size(line)));
    sorted
}

/// The quantity now: `·` where there is no addition, `?` where it is unknown or there are several.
#[must_use]
pub fn current(line: &Line<'_>) -> String {
    let several = line.reasons.iter().any(|reason| reason.code == Code::AmbiguousAddition);
    match line.current {
        Some(quantity) => grouped(quantity.value()),
        None if line.addition.is_none() && !several => "·".to_owned(),
        None => "?".to_owned(),
    }
}

/// The quantity after: `?` where the number is in doubt.
#[must_use]
pub fn desired(line: &Line<'_>) -> String {
    line.desired.map_or_else(|| "?".to_owned(), |quantity| grouped(quantity.value()))
}

/// Why the line changes, is held, or is kept at another quantity; then the codes of its notes.
#[must_use]
pub fn why(line: &Line<'_>) -> String {
    let mut words = match line.verdict {
        Verdict::Hold => held(&line.reasons),
        Verdict::Create => format!("new line{}", at_mapping(line)),
        Verdict::Update => line.cause.map_or_else(String::new, |cause| caused(line, cause)),
        Verdict::Keep => kept(line),
    };
    for note in &line.notes {
        words.push_str(if words.is_empty() { "" } else { "; " });
        words.push_str(note.as_str());
    }
    words
}

/// The line as one sentence, for messages that have no table: whose, what, from what to what, the money, why.
#[must_use]
pub fn spoken(line: &Line<'_>) -> String {
    let money = line.monthly_delta.map_or_else(
        || "an unknown amount".to_owned(),
        |delta| format!("{} a month", signed_money(delta, '-')),
    );
    let (current, desired) = (current(line), desired(line));
    let (company, product) = (line.company.name, line.product.identifier);
    format!("{company}, {product}: {current} -> {desired}, {money}; {}", why(line))
}

fn caused(line: &Line<'_>, cause: Cause) -> String {
    match cause {
        Cause::FirstSeen => "first seen: we never wrote it".to_owned(),
        Cause::Usage => "usage".to_owned(),
        Cause::Mapping => format!("mapping{}", at_mapping(line)),
        Cause::HandEdit => format!("hand edit{}", we_wrote(line)),
        Cause::AccountGone => "account gone or cancelled".to_owned(),
        Cause::Pin => "pin".to_owned(),
    }
}

fn kept(line: &Line<'_>) -> String {
    match (line.current, line.desired) {
        (current, Some(desired)) if current != Some(desired) => {
            format!("left as it is, usage says {}", grouped(desired.value()))
        }
        _ if line.notes.contains(&Code::LateLanding) => {
            "in step by a write of ours that landed late".to_owned()
        }
        _ => line.last_written.map_or_else(String::new, |_| format!("in step by hand{}", we_wrote(line))),
    }
}

fn we_wrote(line: &Line<'_>) -> String {
    line.last_written.map_or_else(String::new, |last| format!(": we wrote {}", grouped(last.value())))
}

fn at_mapping(line: &Line<'_>) -> String {
    line.derivation.first().map_or_else(String::new, |derivation| {
        format!(", {}:{}", derivation.mapping.file, derivation.mapping.line)
    })
}

/// The first reason in full, the others by code: `trueup explain LINE` has all of them.
fn held(reasons: &[Reason]) -> String {
    let Some((first, others)) = reasons.split_first() else { return "held".to_owned() };
    let mut words = format!("{}: {}", first.code, short(first));
    if !others.is_empty() {
        let codes: Vec<_> = others.iter().map(|reason| reason.code.as_str()).collect();
        words.push_str(&format!("; also {}", codes.join(", ")));
    }
    words
}

/// The limit and the value where they say it all, else the sentence.
#[must_use]
pub fn short(reason: &Reason) -> String {
    match (&reason.actual, &reason.limit) {
        (Some(actual), Some(limit)) if reason.code == Code::AccountAbsent => format!("{actual} of {limit}"),
        (Some(actual), Some(limit)) if is_plain_limit(reason.code) => {
            format!("{actual} is over the limit of {limit}")
        }
        _ => reason.message.clone(),
    }
}

fn is_plain_limit(code: Code) -> bool {
    matches!(
        code,
        Code::LineChange
            | Code::LineMoney
            | Code::RunLines
            | Code::RunMoney
            | Code::Window
            | Code::UsageStale
    )
}

/// The sum of what is shown, and how many amounts are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The sum of the known amounts.
    pub amount: Money,
    /// How many are known.
    pub known: usize,
    /// How many are not.
    pub unknown: usize,
}

/// Adds the amounts as they are shown, each to the cent, so that a reader who adds the column finds the total.
pub(super) fn total<'p, 'a: 'p>(lines: impl Iterator<Item = &'p Line<'a>>) -> Total {
    let mut total = Total { amount: Money::ZERO, known: 0, unknown: 0 };
    for line in lines {
        let sum = line.monthly_delta.and_then(|delta| total.amount.checked_add(delta.to_cents()));
        match sum {
            Some(sum) => {
                total.amount = sum;
                total.known += 1;
            }
            None => total.unknown += 1,
        }
    }
    total
}

/// What the plan changes now.
#[must_use]
pub fn total_now(plan: &Plan<'_>) -> Total {
    total(plan.lines.iter().filter(|line| matches!(line.verdict, Verdict::Create | Verdict::Update)))
}

/// What its holds keep back.
#[must_use]
pub fn total_held(plan: &Plan<'_>) -> Total {
    total(plan.lines.iter().filter(|line| line.verdict == Verdict::Hold))
}

impl Total {
    /// The total as words: the amount, and what is not in it.
    #[must_use]
    pub fn in_words(self, minus: char) -> String {
        let amount = signed_money(self.amount, minus);
        match (self.known, self.unknown) {
            (_, 0) => amount,
            (0, _) => "an unknown amount".to_owned(),
            (_, unknown) => format!("{amount} and {}", counted(unknown, "unknown amount", "unknown amounts")),
        }
    }
}

/// What changes or is held with either configuration, for a comparison.
pub(super) fn anyway(anyway: &Summary, minus: char) -> String {
    let changes = anyway.create + anyway.update;
    let money = |amount: Option<Money>| {
        amount.map_or_else(|| "an unknown amount".to_owned(), |amount| signed_money(amount, minus))
    };
    let change = match changes {
        0 => "nothing changes".to_owned(),
        1 => format!("1 line changes, {} a month", money(anyway.monthly_delta)),
        _ => format!("{} lines change, {} a month", grouped(changes.into()), money(anyway.monthly_delta)),
    };
    match anyway.hold {
        0 => format!("{change} and nothing is held"),
        1 => format!("{change}; 1 is held, {}", money(anyway.held_monthly_delta)),
        held => format!("{change}; {} are held, {}", grouped(held.into()), money(anyway.held_monthly_delta)),
    }
}

/// A change of money to the cent, such as `+$1,234.50`. No sign where nothing changes.
#[must_use]
pub fn signed_money(amount: Money, minus: char) -> String {
    let cents = amount.to_cents().value();
    let digits = grouped_with(cents.abs(), Some(2));
    if cents.is_zero() {
        format!("${digits}")
    } else if cents.is_sign_negative() {
        format!("{minus}${digits}")
    } else {
        format!("+${digits}")
    }
}

/// An exact number with its thousands apart.
#[must_use]
pub fn grouped(value: Decimal) -> String {
    grouped_with(value, None)
}

fn grouped_with(value: Decimal, decimals: Option<usize>) -> String {
    let text = decimals.map_or_else(|| value.to_string(), |decimals| format!("{value:.decimals$}"));
    let (minus, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::from(minus);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

/// A count with its noun.
#[must_use]
pub fn counted(count: usize, one: &str, many: &str) -> String {
    let noun = if count == 1 { one } else { many };
    format!("{} {noun}", grouped(Decimal::from(count)))
}

/// The name by which `trueup explain` finds the line, as short as it is unique.
#[must_use]
pub fn line_name(line: &Line<'_>, plan: &Plan<'_>) -> String {
    let (company, product) = (line.company.identifier, line.product.identifier);
    let alike: Vec<_> = plan
        .lines
        .iter()
        .filter(|other| other.company.identifier == company && other.product.identifier == product)
        .collect();
    let named_alike = alike.iter().filter(|other| other.agreement.name == line.agreement.name).count();
    match (alike.len(), named_alike) {
        (..=1, _) => format!("{company}/{product}"),
        (_, ..=1) => format!("{company}/{}/{product}", line.agreement.name),
        (_, _) => format!("{company}/{}/{product}", line.agreement.id),
    }
}

/// The first seven characters of a commit; words such as `none` stay.
#[must_use]
pub fn short_commit(commit: &str) -> &str {
    let sha = commit.split('+').next().unwrap_or(commit);
    let is_hash = sha.len() > 7 && sha.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash { &sha[..7] } else { sha }
}

#[cfg(test)]
mod tests {
    use super::{counted, grouped, short_commit, signed_money};
    use crate::billing::Money;

    fn money(text: &str) -> Money {
        text.parse().unwrap()
    }

    #[test]
    fn money_has_a_sign_thousands_and_two_digits() {
        assert_eq!(signed_money(money("-1234567.5"), '-'), "-$1,234,567.50");
        assert_eq!(signed_money(money("9.95"), '-'), "+$9.95");
        assert_eq!(signed_money(money("-5.4"), '−'), "−$5.40");
    }

    #[test]
    fn half_a_cent_goes_away_from_zero() {
        assert_eq!(signed_money(money("40.125"), '-'), "+$40.13");
        assert_eq!(signed_money(money("-40.125"), '-'), "-$40.13");
    }

    #[test]
    fn money_that_rounds_to_nothing_has_no_sign() {
        assert_eq!(signed_money(money("-0.004"), '-'), "$0.00");
    }

    #[test]
    fn quantities_keep_every_digit() {
        assert_eq!(grouped("-12345.0625".parse().unwrap()), "-12,345.0625");
        assert_eq!(grouped("999".parse().unwrap()), "999");
    }

    #[test]
    fn one_is_not_plural() {
        assert_eq!(counted(1, "line", "lines"), "1 line");
        assert_eq!(counted(1200, "line", "lines"), "1,200 lines");
    }

    #[test]
    fn only_hashes_are_shortened() {
        assert_eq!(short_commit("7c1e9a4b00"), "7c1e9a4");
        assert_eq!(short_commit("7c1e9a4b00+changes"), "7c1e9a4");
        assert_eq!(short_commit("none"), "none");
    }
}
