//! Sizes, names and heads of files; documents and fixtures that somebody reads.

use std::fs;

use super::source::{collect, repository, sources};

/// More than this and a file holds two ideas.
const LONGEST_FILE: usize = 400;

/// More than this and a function holds two thoughts.
const LONGEST_FUNCTION: usize = 60;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] =
    &["mod.rs", "utils.rs", "util.rs", "helpers.rs", "common.rs", "types.rs", "core.rs", "misc.rs"];

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let long: Vec<String> = sources()
        .iter()
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .map(|(lines, path)| format!("{path}: {lines}"))
        .collect();

    assert!(long.is_empty(), "split by their nouns:\n{}", long.join("\n"));
}

#[test]
fn no_function_is_longer_than_sixty_lines() {
    let mut long = Vec::new();
    for source in sources() {
        for (start, length) in functions(&source.text) {
            if length > LONGEST_FUNCTION {
                long.push(format!("{}:{start}: {length} lines", source.path));
            }
        }
    }

    assert!(long.is_empty(), "one level of thought each:\n{}", long.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_decides() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|source| !source.text.starts_with("//!") && !source.text.starts_with("#![doc"))
        .map(|source| source.path)
        .collect();

    assert!(silent.is_empty(), "files without a head: {silent:?}");
}

#[test]
fn no_file_has_an_empty_name() {
    let empty: Vec<String> = sources()
        .into_iter()
        .filter(|source| EMPTY_NAMES.iter().any(|name| source.path.rsplit('/').next() == Some(name)))
        .map(|source| source.path)
        .collect();

    assert!(empty.is_empty(), "names that say nothing: {empty:?}");
}

#[test]
fn every_rust_file_below_tests_is_run() {
    let mut paths = Vec::new();
    collect(&repository().join("tests"), "rs", &mut paths);
    let texts: Vec<String> =
        paths.iter().map(|path| fs::read_to_string(path).expect("it is readable")).collect();

    let idle: Vec<_> = paths
        .iter()
        .filter(|path| {
            let name = path.file_stem().expect("it has a name").to_string_lossy();
            let root = path.parent() == Some(&repository().join("tests")) || name == "main";
            !root && !texts.iter().any(|text| text.contains(&format!("mod {name};")))
        })
        .collect();

    assert!(idle.is_empty(), "test files that nobody runs: {idle:?}");
}

/// Where functions start and how many lines they have, counted from `fn` to the brace in the same column.
fn functions(text: &str) -> Vec<(usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let starts = [
            "fn ",
            "pub fn ",
            "pub(crate) fn ",
            "pub(super) fn ",
            "async fn ",
            "pub async fn ",
            "const fn ",
            "pub const fn ",
        ]
        .iter()
        .any(|head| trimmed.starts_with(head));
        if starts && !trimmed.ends_with(';') {
            let indent = line.len() - trimmed.len();
            let closing = format!("{}}}", " ".repeat(indent));
            if let Some(length) = lines[index..].iter().position(|line| *line == closing) {
                found.push((index + 1, length + 1));
            }
        }
    }
    found
}
