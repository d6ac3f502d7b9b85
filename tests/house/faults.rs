//! Faults and security requirements by their ids: each has a test whose name begins with its id, or a reason here why not.

use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;

use super::source::{collect, repository};

/// The ConnectWise API (B), git and mapping (E), time (F), the network (I), people, page and hooks (K), and the
/// requirements on listeners (N), webhooks (W), pages (A), git and dropped files (G), secrets (P) and what is asked of
/// others (O).
const REQUIRED: &[(&str, RangeInclusive<u32>)] = &[
    ("b", 1..=25),
    ("e", 1..=12),
    ("f", 1..=6),
    ("i", 1..=9),
    ("k", 1..=7),
    ("sec_n", 1..=5),
    ("sec_w", 1..=6),
    ("sec_a", 1..=7),
    ("sec_g", 1..=4),
    ("sec_p", 1..=7),
    ("sec_o", 1..=4),
];

/// Ids that no test carries, and why.
const EXEMPT: &[(&str, &str)] = &[
    ("k5", "there are no overrides: a guard is passed by a waiver in the mapping repository"),
    ("sec_a2", "the page is read-only, so there are no roles to tell apart"),
    ("sec_a5", "nothing is approved on the page"),
];

#[test]
fn every_fault_and_requirement_has_a_test_with_its_id() {
    let tested: BTreeSet<String> = tests().iter().flat_map(|name| ids(name)).collect();
    let has_test = |id: &str| tested.contains(id);
    let is_exempt = |id: &str| EXEMPT.iter().any(|(exempt, _)| *exempt == id);

    let ids = REQUIRED
        .iter()
        .flat_map(|(part, numbers)| numbers.clone().map(move |number| format!("{part}{number}")));
    let (mut untested, mut needless) = (Vec::new(), Vec::new());
    for id in ids {
        match (has_test(&id), is_exempt(&id)) {
            (false, false) => untested.push(id),
            (true, true) => needless.push(id),
            (true, false) | (false, true) => {}
        }
    }

    assert!(untested.is_empty(), "ids without a test: {untested:?}");
    assert!(needless.is_empty(), "ids that are exempt and have a test: {needless:?}");
}

/// The ids that a test's name begins with: one or several, each a letter and a number, `sec_` before some.
fn ids(name: &str) -> Vec<String> {
    let is_id = |word: &str| {
        let digits = word.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
        word.len() - digits.len() == 1
            && !digits.is_empty()
            && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    let mut words = name.split('_').peekable();
    let mut found = Vec::new();
    loop {
        let part = words.next_if_eq(&"sec").map_or("", |_| "sec_");
        match words.next_if(|word| is_id(word)) {
            Some(id) => found.push(format!("{part}{id}")),
            None => return found,
        }
    }
}

#[test]
fn a_name_begins_with_as_many_ids_as_it_shows() {
    assert_eq!(ids("b3_b10_sec_n2_a_set_survives_b4"), ["b3", "b10", "sec_n2"]);
    assert_eq!(ids("a_set_survives"), [""; 0]);
    assert_eq!(ids("b16"), ["b16"]);
}

/// The names of all tests, of the library and of the stories.
fn tests() -> Vec<String> {
    let mut paths = Vec::new();
    for folder in ["src", "tests"] {
        collect(&repository().join(folder), "rs", &mut paths);
    }
    let mut names = Vec::new();
    for path in paths {
        let text = fs::read_to_string(path).expect("source files are readable UTF-8");
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            match function(line) {
                Some(name) if is_test => names.push(name.to_owned()),
                Some(_) | None => {}
            }
            // Attributes may stand in any number between the mark and the function.
            is_test = line.starts_with("#[test]")
                || line.starts_with("#[tokio::test")
                || (is_test && (line.starts_with("#[") || line.starts_with("//")));
        }
    }
    names
}

/// The function that a line declares.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("async ").unwrap_or(line);
    line.strip_prefix("fn ")?.split('(').next()
}
