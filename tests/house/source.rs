//! The source files of the crate, as text with comments and strings taken out where code is looked for.

use std::fs;
use std::path::{Path, PathBuf};

/// One source file.
pub struct Source {
    /// Its path below the repository.
    pub path: String,
    /// The room it belongs to: the first folder or file name below `src/`.
    pub room: String,
    /// Its text.
    pub text: String,
}

impl Source {
    /// The lines without comments, with their numbers from 1. Doc examples are comments too.
    pub fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter_map(|(index, line)| {
            let code = line.split("//").next().unwrap_or_default();
            (!code.trim().is_empty()).then_some((index + 1, code))
        })
    }

    /// Whether the file holds tests only.
    pub fn is_test(&self) -> bool {
        ["tests.rs", "world.rs"].iter().any(|end| self.path.ends_with(end)) || self.path.contains("/tests/")
    }

    /// The code before the first `#[cfg(test)]`, which stands last in a file.
    pub fn product_code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.lines().position(|line| line.trim() == "#[cfg(test)]").unwrap_or(usize::MAX);
        let test = self.is_test();
        self.code().filter(move |(line, _)| !test && *line <= end)
    }
}

/// The repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust file below `src/`.
pub fn sources() -> Vec<Source> {
    let mut paths = Vec::new();
    collect(&repository().join("src"), "rs", &mut paths);
    paths.sort();
    paths.into_iter().map(read).collect()
}

/// Every file below `folder` that ends in `extension`.
pub fn collect(folder: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    for entry in
        fs::read_dir(folder).expect("the folder exists").map(|entry| entry.expect("it can be listed"))
    {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, extension, into);
        } else if path.extension().is_some_and(|found| found == extension) {
            into.push(path);
        }
    }
}

fn read(path: PathBuf) -> Source {
    let text = fs::read_to_string(&path).expect("source files are readable UTF-8");
    let below = path.strip_prefix(repository()).expect("it lies below").to_string_lossy().replace('\\', "/");
    let room = below.trim_start_matches("src/").split(['/', '.']).next().unwrap_or_default().to_owned();
    Source { path: below, room, text }
}
