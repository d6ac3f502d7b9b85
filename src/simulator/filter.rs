//! Filters: what `conditions`, `childConditions` and `customFieldConditions` say, and which rows they let through.
//!
//! Text becomes words, words a sentence, the sentence is bound to the fields of one kind of record and its literals
//! checked against them. Anything that does not fit is refused with `ApiFindCondition`, never guessed.

mod bind;
mod evaluate;
mod lexer;
pub(super) mod like;
mod parser;

use super::column::Column;
use super::kind::Kind;
use super::options::{Options, Tolerance};
use super::schema::Schema;
use super::value::Value;
use parser::{Parser, Sentence};

/// What a caller asks for. An empty text asks for everything.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FilterTexts<'t> {
    pub(super) conditions: &'t str,
    pub(super) child: &'t str,
    pub(super) custom: &'t str,
}

/// A filter that fits the rows it is meant for.
#[derive(Debug)]
pub(super) struct Filter {
    conditions: Option<Sentence<Column>>,
    child: Option<(&'static str, Sentence<Column>)>,
    custom: Option<Sentence<Column>>,
    options: Options,
}

/// Why a condition is refused, in words for the caller.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct BadCondition(pub(super) String);

impl Filter {
    /// Reads the three texts for rows of one schema.
    pub(super) fn read(
        texts: FilterTexts<'_>,
        schema: Schema,
        kind: Option<Kind>,
        options: &Options,
    ) -> Result<Self, BadCondition> {
        let conditions =
            parse(texts.conditions, options)?.map(|sentence| bind::own(sentence, schema)).transpose()?;
        if let Some(sentence) = &conditions {
            refuse_type_name(sentence, kind, options)?;
        }
        let child = parse(texts.child, options)?.map(|sentence| bind::child(sentence, schema)).transpose()?;
        let custom = parse(texts.custom, options)?.map(bind::custom).transpose()?;
        Ok(Self { conditions, child, custom, options: options.clone() })
    }

    /// Whether a row passes. `look` tells what the row holds in a column.
    pub(super) fn lets_through(&self, look: &dyn Fn(&Column) -> Value) -> bool {
        let passes = |sentence: &Sentence<Column>, look: &dyn Fn(&Column) -> Value| {
            evaluate::holds(sentence, &self.options, look)
        };
        self.conditions.as_ref().is_none_or(|sentence| passes(sentence, look))
            && self.child.as_ref().is_none_or(|(list, sentence)| any_element(list, sentence, look, &passes))
            && self
                .custom
                .as_ref()
                .is_none_or(|sentence| any_element("customFields", sentence, look, &passes))
    }
}

type Look<'l> = &'l dyn Fn(&Column) -> Value;

/// Whether a whole sentence holds for one and the same element of a list.
fn any_element(
    list: &'static str,
    sentence: &Sentence<Column>,
    look: Look<'_>,
    passes: &dyn Fn(&Sentence<Column>, Look<'_>) -> bool,
) -> bool {
    let whole = look(&Column { path: vec![list], scalar: super::column::Scalar::Any });
    let elements = whole.list().unwrap_or_default();
    elements.iter().any(|element| passes(sentence, &|column| element.descend(&column.path).clone()))
}

fn parse(text: &str, options: &Options) -> Result<Option<Sentence<Vec<String>>>, BadCondition> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let words = lexer::read(text, options.quote_escape)?;
    Parser::new(words).sentence().map(Some)
}

/// One live script found `type/name` unusable on agreements; the switch makes it so.
fn refuse_type_name(
    sentence: &Sentence<Column>,
    kind: Option<Kind>,
    options: &Options,
) -> Result<(), BadCondition> {
    let refused = kind == Some(Kind::Agreement) && options.agreement_type_name == Tolerance::Refused;
    if refused && sentence.names_any(&|column| column.path == ["type", "name"]) {
        return Err(bind::not_recognised("type/name"));
    }
    Ok(())
}
