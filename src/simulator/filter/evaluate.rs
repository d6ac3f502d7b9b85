//! Whether a sentence holds for a row, as SQL would see it: nothing compares with null but null itself.

use std::cmp::Ordering;

use super::lexer::{Literal, Operator};
use super::like;
use super::parser::{Sense, Sentence, Test};
use crate::simulator::column::Column;
use crate::simulator::moment;
use crate::simulator::options::Options;
use crate::simulator::value::Value;

/// Whether a sentence holds for the row that `look` looks at.
pub(super) fn holds(sentence: &Sentence<Column>, options: &Options, look: &dyn Fn(&Column) -> Value) -> bool {
    match sentence {
        Sentence::All(parts) => parts.iter().all(|part| holds(part, options, look)),
        Sentence::Any(parts) => parts.iter().any(|part| holds(part, options, look)),
        Sentence::Test(column, test) => test_holds(test, &look(column), options),
    }
}

fn test_holds(test: &Test, value: &Value, options: &Options) -> bool {
    match test {
        Test::Compare(operator, literal) => compare_holds(*operator, value, literal, options),
        Test::Contains(sense, part) => {
            text_holds(*sense, value, |text| folded(text, options).contains(&folded(part, options)))
        }
        Test::Like(sense, pattern) => {
            let pattern = like::Pattern::read(&folded(pattern, options), options.like_underscore);
            text_holds(*sense, value, |text| pattern.fits(&folded(text, options)))
        }
        Test::In(sense, literals) => in_holds(*sense, value, literals, options),
    }
}

fn compare_holds(operator: Operator, value: &Value, literal: &Literal, options: &Options) -> bool {
    if *literal == Literal::Null {
        return match operator {
            Operator::Equal => value.is_null(),
            Operator::NotEqual => !value.is_null(),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => false,
        };
    }
    let Some(order) = order(value, literal, options) else { return false };
    match operator {
        Operator::Equal => order == Ordering::Equal,
        Operator::NotEqual => order != Ordering::Equal,
        Operator::Less => order == Ordering::Less,
        Operator::LessOrEqual => order != Ordering::Greater,
        Operator::Greater => order == Ordering::Greater,
        Operator::GreaterOrEqual => order != Ordering::Less,
    }
}

fn order(value: &Value, literal: &Literal, options: &Options) -> Option<Ordering> {
    match literal {
        Literal::Null => None,
        Literal::Text(text) => Some(folded(value.as_text()?, options).cmp(&folded(text, options))),
        Literal::Number(number) => Some(value.number()?.cmp(number)),
        Literal::Flag(flag) => Some(value.flag()?.cmp(flag)),
        Literal::Date(date) => {
            // The value of a custom field is a text, also that of a date.
            let own = value.date().or_else(|| value.as_text().and_then(moment::read));
            Some(own?.cmp(date))
        }
    }
}

fn in_holds(sense: Sense, value: &Value, literals: &[Literal], options: &Options) -> bool {
    if value.is_null() {
        return sense == Sense::Is && literals.contains(&Literal::Null);
    }
    let found = literals.iter().any(|literal| order(value, literal, options) == Some(Ordering::Equal));
    found == (sense == Sense::Is)
}

fn text_holds(sense: Sense, value: &Value, fits: impl Fn(&str) -> bool) -> bool {
    value.as_text().is_some_and(|text| fits(text) == (sense == Sense::Is))
}

/// A text as it is compared.
fn folded(text: &str, options: &Options) -> String {
    options.string_comparison.folded(text)
}
