//! What the product is built from: licences we may ship, one source of crates, and none that is known to be bad.

use std::process::Command;

use serde_json::Value;

use super::source::repository;

/// Licences that let us ship what is built with them.
const ALLOWED: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Unicode-3.0",
    "Zlib",
    "CDLA-Permissive-2.0",
    "CC0-1.0",
    "MPL-2.0",
    "0BSD",
    "MIT-0",
    "Unlicense",
    "BSL-1.0",
];

/// Crates that have an open advisory without a fix, and why.
const BANNED: &[(&str, &str)] = &[
    ("serde_yml", "RUSTSEC-2025-0068: unsound"),
    ("libyml", "RUSTSEC-2025-0067: unsound"),
    ("yaml-rust", "RUSTSEC-2024-0320: unmaintained"),
    ("backoff", "RUSTSEC-2025-0012: unmaintained"),
    ("openssl-sys", "certificates and ciphers come from rustls"),
];

/// Every crate is one that somebody must trust and keep up to date.
const MOST_CRATES: usize = 250;

#[test]
fn every_licence_may_be_shipped() {
    let refused: Vec<String> = packages()
        .iter()
        .map(|package| (text(package, "name"), text(package, "license")))
        .filter(|(_, licence)| !may_ship(licence))
        .map(|(name, licence)| format!("{name}: {licence}"))
        .collect();

    assert!(refused.is_empty(), "licences that are not allowed:\n{}", refused.join("\n"));
}

#[test]
fn every_crate_comes_from_the_one_registry() {
    let strays: Vec<String> = packages()
        .iter()
        .filter(|package| text(package, "name") != "trueup")
        .filter(|package| !text(package, "source").starts_with("registry+"))
        .map(|package| text(package, "name"))
        .collect();

    assert!(strays.is_empty(), "crates from elsewhere: {strays:?}");
}

#[test]
fn no_crate_is_known_to_be_bad() {
    let names: Vec<String> = packages().iter().map(|package| text(package, "name")).collect();

    let bad: Vec<&(&str, &str)> =
        BANNED.iter().filter(|(name, _)| names.iter().any(|found| found == name)).collect();

    assert!(bad.is_empty(), "banned crates are in the tree: {bad:?}");
}

#[test]
fn the_shipped_tree_stays_small() {
    let count = shipped().lines().filter(|line| !line.is_empty()).count();

    assert!(count > 50, "the tree could not be read");
    assert!(count <= MOST_CRATES, "{count} crates are shipped, {MOST_CRATES} is the budget");
}

/// Every package that this platform builds, tests included.
fn packages() -> Vec<Value> {
    let host = host();
    let output =
        cargo(&["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &host]);
    let metadata: Value = serde_json::from_str(&output).expect("cargo metadata is JSON");
    metadata["packages"].as_array().expect("it lists packages").clone()
}

/// The crates of the product itself, one a line.
fn shipped() -> String {
    let mut lines: Vec<String> =
        cargo(&["tree", "--edges", "normal", "--prefix", "none", "--locked", "--offline", "--format", "{p}"])
            .lines()
            .map(|line| line.trim_end_matches(" (*)").to_owned())
            .collect();
    lines.sort();
    lines.dedup();
    lines.join("\n")
}

fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("it prints UTF-8");
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("it names its host").to_owned()
}

fn cargo(arguments: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO")).args(arguments).current_dir(repository()).output().expect("cargo runs");
    assert!(output.status.success(), "cargo {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn text(package: &Value, key: &str) -> String {
    package[key].as_str().unwrap_or_default().to_owned()
}

/// Whether one choice of the licence expression consists of allowed licences only.
fn may_ship(expression: &str) -> bool {
    expression
        .replace('/', " OR ")
        .replace(['(', ')'], "")
        .split(" OR ")
        .any(|choice| choice.split(" AND ").all(|licence| ALLOWED.contains(&licence.trim())))
}
