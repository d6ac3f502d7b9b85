//! Binds the names of a sentence to the fields of a kind of record, and checks the literals against them.

use super::BadCondition;
use super::lexer::Literal;
use super::parser::{LITERALS, Sentence, Test};
use crate::simulator::column::{self, Column, Scalar};
use crate::simulator::schema::Schema;

type Bound = Result<Sentence<Column>, BadCondition>;

/// Binds to the record's own fields.
pub(super) fn own(sentence: Sentence<Vec<String>>, schema: Schema) -> Bound {
    sentence.bind(&mut |names, test| {
        let column = column::own(schema, &names).ok_or_else(|| not_recognised(&names.join("/")))?;
        check(&names, column.scalar, test)?;
        Ok(column)
    })
}

/// Binds to the custom fields' own properties.
pub(super) fn custom(sentence: Sentence<Vec<String>>) -> Bound {
    sentence.bind(&mut |names, test| {
        let column = column::custom(&names).ok_or_else(|| not_recognised(&names.join("/")))?;
        refuse_in(test)?;
        check(&names, column.scalar, test)?;
        Ok(column)
    })
}

/// Binds to the elements of one list of the record.
pub(super) fn child(
    sentence: Sentence<Vec<String>>,
    schema: Schema,
) -> Result<(&'static str, Sentence<Column>), BadCondition> {
    let mut list = None;
    let bound = sentence.bind(&mut |names, test| {
        let found = column::child(schema, &names).ok_or_else(|| not_recognised(&names.join("/")))?;
        let (name, column) = found;
        if *list.get_or_insert(name) != name {
            return Err(BadCondition("Child conditions speak of one list at a time".to_owned()));
        }
        refuse_in(test)?;
        check(&names, column.scalar, test)?;
        Ok(column)
    })?;
    let list = list.ok_or_else(|| BadCondition("The child conditions name no list".to_owned()))?;
    Ok((list, bound))
}

/// The refusal of a name that no field has.
pub(super) fn not_recognised(name: &str) -> BadCondition {
    BadCondition(format!("The field '{name}' is not recognized in the conditions"))
}

fn refuse_in(test: &Test) -> Result<(), BadCondition> {
    match test {
        Test::In(..) => Err(BadCondition("The operator in is offered in conditions only".to_owned())),
        Test::Compare(..) | Test::Contains(..) | Test::Like(..) => Ok(()),
    }
}

fn check(names: &[String], scalar: Scalar, test: &Test) -> Result<(), BadCondition> {
    let fits = match test {
        Test::Compare(_, literal) => literal_fits(scalar, literal),
        Test::Contains(..) | Test::Like(..) => matches!(scalar, Scalar::Text | Scalar::Any),
        Test::In(_, literals) => literals.iter().all(|literal| literal_fits(scalar, literal)),
    };
    if fits {
        return Ok(());
    }
    let name = names.join("/");
    Err(BadCondition(format!(
        "The field '{name}' holds {} and cannot be compared with this. {LITERALS}",
        word(scalar)
    )))
}

fn literal_fits(scalar: Scalar, literal: &Literal) -> bool {
    match literal {
        Literal::Null => true,
        Literal::Text(_) => matches!(scalar, Scalar::Text | Scalar::Any),
        Literal::Number(_) => matches!(scalar, Scalar::Number | Scalar::Any),
        Literal::Flag(_) => matches!(scalar, Scalar::Flag | Scalar::Any),
        Literal::Date(_) => matches!(scalar, Scalar::Date | Scalar::Any),
    }
}

fn word(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Text => "a string",
        Scalar::Number => "a number",
        Scalar::Flag => "a boolean",
        Scalar::Date => "a date",
        Scalar::Any => "anything",
    }
}
