//! What the source of the hooks must not contain: comparisons that stop early, and ways out of the house.

use std::fs;
use std::path::{Path, PathBuf};

/// The files of the hooks, without comments and tests.
fn files() -> Vec<(String, String)> {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    let mut paths: Vec<PathBuf> = vec![room.join("hooks.rs")];
    paths.extend(fs::read_dir(room.join("hooks")).unwrap().map(|entry| entry.unwrap().path()));
    paths
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code = product.lines().map(|line| line.split("//").next().unwrap_or_default());
            (path.file_name().unwrap().to_string_lossy().into_owned(), code.collect::<Vec<_>>().join("\n"))
        })
        .collect()
}

#[test]
fn sec_w2_a_secret_is_seen_in_one_file_and_compared_in_constant_time_there() {
    let files = files();
    let seeing: Vec<&str> = files
        .iter()
        .filter(|(_, code)| code.contains("expose_secret"))
        .map(|(name, _)| name.as_str())
        .collect();

    assert_eq!(seeing, ["key.rs"]);
    let (_, key) = files.iter().find(|(name, _)| name == "key.rs").unwrap();
    for early in ["==", "!=", ".eq(", ".ne(", ".cmp(", "starts_with", "contains", "verify_", "PartialEq"] {
        assert!(!key.contains(early), "{early} stops at the first difference");
    }
    assert_eq!(key.matches(".ct_eq(").count(), 2);
}

#[test]
fn sec_w2_nothing_is_decided_before_all_secrets_were_tried() {
    let (_, verify) = files().into_iter().find(|(name, _)| name == "verify.rs").unwrap();

    assert_eq!(verify.matches("key.signed(").count(), 1);
    assert_eq!(verify.matches("key.is(").count(), 1);
    assert_eq!(verify.matches("right.into()").count(), 1, "a choice becomes a decision in one place");
    for early in [".any(", ".unwrap_u8()", "bool::from", "break", "key_url"] {
        assert!(!verify.contains(early), "{early}");
    }
}

#[test]
fn sec_w5_the_hooks_have_no_way_out() {
    let ways = [
        "reqwest",
        "TcpStream",
        "UdpSocket",
        "lookup_host",
        "ToSocketAddrs",
        "hyper",
        "Command",
        "std::fs",
        "git2",
        "connectwise::",
        "snapshot::",
        "Writer",
        "journal",
    ];
    for (name, code) in files() {
        for way in ways {
            assert!(!code.contains(way), "{name} names {way}");
        }
    }
}
