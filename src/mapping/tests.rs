//! The laws of reading mappings, on texts as people write them.

mod bad;
mod examples;
mod schema;
mod sound;

use jiff::Timestamp;

use super::{Catalog, MappingFile, read_catalog, validate};
use crate::problem::Problem;

/// The day that all of these texts are read on.
fn now() -> Timestamp {
    "2026-11-22T09:12:00Z".parse().expect("this is a time")
}

/// The texts as files `a.yaml`, `b.yaml` and so on.
fn files(texts: &[&str]) -> Vec<MappingFile> {
    let named = texts.iter().zip('a'..);
    named.map(|(text, name)| MappingFile::new(format!("{name}.yaml"), *text)).collect()
}

/// The catalog of texts that must be sound.
fn catalog(texts: &[&str]) -> Catalog {
    let (catalog, problems) = read_catalog(&files(texts), now());
    assert_eq!(problems, []);
    catalog.expect("the texts are sound")
}

/// What `validate` tells: `code file:line:column`.
fn told(texts: &[&str]) -> Vec<String> {
    let place = |problem: Problem| match problem.place {
        Some(place) => {
            format!(
                "{} {}:{}:{}",
                problem.code,
                place.file.trim_end_matches(".yaml"),
                place.line,
                place.column
            )
        }
        None => problem.code.to_string(),
    };
    validate(&files(texts), now()).into_iter().map(place).collect()
}
