//! Keys: which room may use which foreign crate, and what the books must never touch.

use super::source::{Source, sources};

/// Foreign crates that only some rooms may name.
const KEYS: &[(&str, &[&str])] = &[
    ("git2", &["snapshot", "cli"]),
    ("notify", &["snapshot"]),
    ("ssh_key", &["snapshot"]),
    ("reqwest", &["alerts", "connectwise", "outbound", "snapshot"]),
    ("flate2", &["connectwise"]),
    ("rustls", &["outbound", "simulator", "web"]),
    ("hyper", &["simulator", "web"]),
    ("hyper_util", &["simulator", "web"]),
    ("tokio_rustls", &["simulator", "web"]),
    ("rcgen", &["simulator"]),
    ("askama", &["web"]),
    ("argon2", &["web"]),
    ("prometheus_client", &["web"]),
    ("rusqlite", &["journal"]),
    ("axum", &["simulator", "web"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("anstream", &["cli"]),
    ("indicatif", &["cli"]),
    ("saphyr_parser", &["yaml"]),
    ("serde_yaml", &["yaml", "mapping", "simulator"]),
    ("csv", &["sources"]),
    ("similar", &["plan"]),
    ("annotate_snippets", &["problem"]),
    ("secrecy", &["alerts", "cli", "outbound", "settings", "connectwise", "snapshot", "web"]),
    ("hmac", &["alerts", "simulator", "web"]),
    ("subtle", &["web"]),
    ("tempfile", &["cli"]),
    ("lettre", &["alerts"]),
    ("sd_notify", &["cli"]),
];

/// The pure rooms.
const BOOKS: &[&str] = &["problem", "yaml", "billing", "usage", "mapping", "desired", "plan"];

/// What a pure room never names: effects and clocks.
const FORBIDDEN_IN_BOOKS: &[&str] = &[
    "std::fs",
    "std::env",
    "std::process",
    "std::net",
    "std::thread",
    "tokio",
    "tracing",
    "Timestamp::now",
    "Instant",
    "SystemTime",
];

#[test]
fn foreign_crates_are_named_only_where_their_key_hangs() {
    let mut broken = Vec::new();
    for source in sources() {
        for (line, code) in source.product_code() {
            for (key, rooms) in KEYS {
                if names(code, key) && !rooms.contains(&source.room.as_str()) {
                    broken.push(format!("{}:{line} uses {key}", source.path));
                }
            }
        }
    }

    assert!(broken.is_empty(), "keys were used in the wrong room:\n{}", broken.join("\n"));
}

#[test]
fn the_books_know_no_clock_and_no_effect() {
    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| BOOKS.contains(&source.room.as_str())) {
        for (line, code) in source.product_code() {
            for word in FORBIDDEN_IN_BOOKS {
                if code.contains(word) {
                    broken.push(format!("{}:{line} names {word}", source.path));
                }
            }
        }
    }

    assert!(broken.is_empty(), "the books touched the world:\n{}", broken.join("\n"));
}

#[test]
fn only_settings_reads_the_environment() {
    let allowed = |source: &Source| source.room == "settings" || source.room == "main";

    let mut broken = Vec::new();
    for source in sources().iter().filter(|source| !allowed(source)) {
        for (line, code) in source.product_code() {
            if code.contains("env::var") || code.contains("env::vars") || code.contains("env::args") {
                broken.push(format!("{}:{line}", source.path));
            }
        }
    }

    assert!(broken.is_empty(), "the environment was read outside settings:\n{}", broken.join("\n"));
}

#[test]
fn quantities_and_money_are_never_floats() {
    let mut broken = Vec::new();
    // Metrics have no other numbers than floats; what they are made of has none.
    let metrics = |source: &Source| source.path == "src/web/metrics/family.rs";
    let shows = |source: &Source| source.room == "cli" || source.room == "simulator" || metrics(source);
    for source in sources().iter().filter(|source| !shows(source)) {
        for (line, code) in source.product_code() {
            if names(code, "f64") || names(code, "f32") {
                broken.push(format!("{}:{line}", source.path));
            }
        }
    }

    assert!(broken.is_empty(), "floats were used:\n{}", broken.join("\n"));
}

/// Whether the code names `word` as a path or a type, not as a part of another word.
fn names(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let letter = |c: char| c.is_alphanumeric() || c == '_';
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let free = !before.is_some_and(letter) && before != Some('.') && !after.is_some_and(letter);
        let quoted = code[..at].matches('"').count() % 2 == 1;
        let path = code[at + word.len()..].starts_with("::") || code.trim_start().starts_with("use ");
        free && !quoted && (path || word.starts_with('f'))
    })
}
