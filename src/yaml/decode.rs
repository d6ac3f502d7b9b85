//! Turns what fits into the type that was asked for, each error at its place.
//!
//! Most errors were found by fitting. What is left are the rules of single types, such as the grammar of a size: the
//! item with the error is left out and decoding starts again, so that every one is told.

use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};
use serde_yaml::Value;

use crate::problem::{Code, Problem};

use super::Limits;
use super::reject;
use super::tree::{Content, Document, Step};

/// The decoded value, without the items that do not decode.
pub(super) fn decode<T: DeserializeOwned>(
    mut tree: Value,
    document: &mut Document,
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    while problems.len() < limits.problems.max(1) {
        let error = match serde_path_to_error::deserialize(&tree) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let steps = steps(error.path());
        let place = document.place(&steps);
        let subject = steps.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(*key),
            Step::Item(_) => None,
        });
        let message = error.inner().to_string();
        problems.push(reject::error(Code::InvalidValue, subject.unwrap_or(""), message, place));
        if !leave_out(&mut tree, document, &steps) {
            return None;
        }
    }
    None
}

fn steps(path: &Path) -> Vec<Step<'_>> {
    path.iter().filter_map(step).collect()
}

fn step(segment: &Segment) -> Option<Step<'_>> {
    match segment {
        Segment::Seq { index } => Some(Step::Item(*index)),
        Segment::Map { key } => Some(Step::Key(key)),
        Segment::Enum { variant } => Some(Step::Key(variant)),
        Segment::Unknown => None,
    }
}

/// Takes the innermost list item on the path out of both trees, or else the top-level key.
fn leave_out(tree: &mut Value, document: &mut Document, steps: &[Step<'_>]) -> bool {
    let item = steps.iter().rposition(|step| matches!(step, Step::Item(_)));
    let Some((last, above)) = steps[..item.map_or(steps.len().min(1), |item| item + 1)].split_last() else {
        return false;
    };
    take_from_value(tree, above, last) && take_from_document(document, above, last)
}

fn take_from_value(tree: &mut Value, above: &[Step<'_>], last: &Step<'_>) -> bool {
    let mut at = tree;
    for step in above {
        let below = match (at, step) {
            (Value::Tagged(tagged), Step::Key(_)) => Some(&mut tagged.value),
            (other, Step::Key(key)) => other.get_mut(*key),
            (other, Step::Item(index)) => other.get_mut(*index),
        };
        let Some(below) = below else { return false };
        at = below;
    }
    match (at, last) {
        (Value::Sequence(items), Step::Item(index)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        (Value::Mapping(entries), Step::Key(key)) => entries.remove(*key).is_some(),
        _ => false,
    }
}

fn take_from_document(document: &mut Document, above: &[Step<'_>], last: &Step<'_>) -> bool {
    let id = document.node(above).id();
    let gone = match (last, &document.entries[id].content) {
        (Step::Key(key), Content::Map(pairs)) => {
            pairs.iter().position(|(id, _)| document.key_text(*id) == *key)
        }
        (Step::Item(index), Content::List(_)) => Some(*index),
        (Step::Key(_) | Step::Item(_), _) => None,
    };
    match (gone, &mut document.entries[id].content) {
        (Some(index), Content::Map(pairs)) => {
            pairs.remove(index);
            true
        }
        (Some(index), Content::List(items)) if index < items.len() => {
            items.remove(index);
            true
        }
        (_, Content::Scalar(_) | Content::List(_) | Content::Map(_)) => false,
    }
}
