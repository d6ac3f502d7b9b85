//! Every simulator that a test starts is watched: its exchanges are held against the contract with ConnectWise.

use std::fs;

use super::source::{collect, repository};

/// What a test has to do with that makes a simulator.
const SIMULATOR: &str = concat!("Simulator", "::new(");
/// How a simulator is reached past the watch.
const WAYS: [&str; 5] = [".start()", ".start_tls()", ".router()", ".serve(", ".answer("];

#[test]
fn every_simulator_in_a_test_is_watched() {
    let mut paths = Vec::new();
    for folder in ["src", "tests"] {
        collect(&repository().join(folder), "rs", &mut paths);
    }

    let mut unwatched = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("source files are readable UTF-8");
        let name = path.strip_prefix(repository()).expect("it lies below").to_string_lossy().into_owned();
        if holds_tests(&name) && text.contains(SIMULATOR) {
            let in_process = |way: &str| !way.starts_with(".start");
            let watched = |way: &str| in_process(way) && text.contains("contract::watched(");
            let past = WAYS.iter().filter(|way| text.contains(**way) && !watched(way));
            unwatched.extend(past.map(|way| format!("{name}: {way}")));
        }
    }

    assert!(unwatched.is_empty(), "start them by `contract::start`:\n{}", unwatched.join("\n"));
}

fn holds_tests(name: &str) -> bool {
    name.starts_with("tests/") || name.contains("/tests/") || name.ends_with("/tests.rs")
}
