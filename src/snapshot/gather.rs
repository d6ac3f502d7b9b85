//! Decides what of a folder is a mapping file, what is left out with a note, and what must not lie there.
//!
//! The same for a commit and for a folder. Keeps the limits, so that a hostile tree costs little.

use std::sync::Arc;

use super::{LARGEST_FILE, LARGEST_TOTAL, MOST_FILES, MappingFile};
use crate::problem::{Code, Place, Problem, Span};

/// More entries of any kind than this are no mapping folder; a tree can name itself a billion times.
const MOST_ENTRIES: usize = 20_000;

/// Folders may nest so deep.
const DEEPEST: usize = 32;

/// So many notes on left-out files are told one by one; the rest is counted.
const MOST_NOTES: usize = 20;

/// What an entry of a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File {
        size: u64,
    },
    Folder,
    /// Anything else, in words.
    Special(&'static str),
}

/// What to do with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Hand over its bytes.
    Read,
    /// Look inside.
    Descend,
    /// Leave it.
    Skip,
    /// A limit was passed: look no further.
    Stop,
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) files: Vec<MappingFile>,
    pub(super) ignored: Vec<Problem>,
    pub(super) problems: Vec<Problem>,
    entries: usize,
    total: usize,
}

impl Gathered {
    /// Judges an entry by its path below the repository and its kind.
    pub(super) fn entry(&mut self, path: &[u8], kind: Kind) -> Next {
        self.entries += 1;
        if self.entries > MOST_ENTRIES {
            return self.entry_limit(path);
        }
        let Ok(path) = std::str::from_utf8(path) else {
            let path = String::from_utf8_lossy(path);
            self.problem(Code::NotUtf8, &path, "the name of this file is not UTF-8", "rename it");
            return Next::Skip;
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with('.') {
            if name != ".git" {
                self.ignore(path, "hidden files and folders are left out");
            }
            return Next::Skip;
        }
        match kind {
            Kind::File { size } => self.file(path, name, size),
            Kind::Folder if path.matches('/').count() >= DEEPEST => {
                self.problem(
                    Code::TooLarge,
                    path,
                    "folders nest too deep",
                    "32 levels are enough for mappings",
                );
                Next::Skip
            }
            Kind::Folder => Next::Descend,
            Kind::Special(kind) => {
                let message = format!("{kind} is no mapping file");
                self.problem(
                    Code::SpecialFile,
                    path,
                    message,
                    "commit the file itself, or move it elsewhere",
                );
                Next::Skip
            }
        }
    }

    fn file(&mut self, path: &str, name: &str, size: u64) -> Next {
        if !(name.ends_with(".yaml") || name.ends_with(".yml")) {
            self.ignore(path, "only files that end in .yaml or .yml are read");
            return Next::Skip;
        }
        if size > LARGEST_FILE as u64 {
            self.too_large(path);
            return Next::Skip;
        }
        if self.files.len() >= MOST_FILES {
            return self.stop(path, format!("more than {MOST_FILES} mapping files"));
        }
        Next::Read
    }

    /// Takes the content of a mapping file.
    pub(super) fn text(&mut self, path: &str, bytes: Vec<u8>) -> Next {
        const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";
        if bytes.len() > LARGEST_FILE {
            self.too_large(path);
            return Next::Skip;
        }
        self.total += bytes.len();
        if self.total > LARGEST_TOTAL {
            return self.stop(path, "more than 16 MiB of mapping files".to_owned());
        }
        if bytes.starts_with(LFS_POINTER) {
            let hint = "mapping files are small; keep them out of Git LFS";
            self.problem(Code::SpecialFile, path, "it is kept in Git LFS, and only a pointer is here", hint);
            return Next::Skip;
        }
        match String::from_utf8(bytes) {
            Ok(text) => self.files.push(MappingFile { path: path.into(), text }),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                self.problems.push(not_utf8(path, error.as_bytes(), valid));
            }
        }
        Next::Skip
    }

    /// Gives up on a folder that lists too much to be looked at.
    pub(super) fn entry_limit(&mut self, path: &[u8]) -> Next {
        self.stop(&String::from_utf8_lossy(path), format!("more than {MOST_ENTRIES} files and folders"))
    }

    /// What was found, in an order that is the same everywhere.
    pub(super) fn finish(mut self) -> Self {
        self.files.sort_by(|one, other| one.path.cmp(&other.path));
        self.ignored.sort();
        self.problems.sort();
        let more = self.ignored.len().saturating_sub(MOST_NOTES);
        if more > 0 {
            self.ignored.truncate(MOST_NOTES);
            self.ignored.push(Problem::note(
                Code::FileIgnored,
                "",
                format!("{more} more files are left out"),
            ));
        }
        self
    }

    fn ignore(&mut self, path: &str, why: &str) {
        self.ignored.push(Problem::note(Code::FileIgnored, path, why).at(place(path, 1, 1)));
    }

    fn too_large(&mut self, path: &str) {
        let message = "the file is larger than 1 MiB";
        self.problem(Code::TooLarge, path, message, "split it; all files together are one desired state");
    }

    fn stop(&mut self, path: &str, what: String) -> Next {
        self.problem(Code::TooLarge, path, what, "check repository.folder; only mappings belong there");
        Next::Stop
    }

    pub(super) fn problem(&mut self, code: Code, path: &str, message: impl Into<String>, hint: &str) {
        self.problems.push(Problem::error(code, path, message).with_hint(hint).at(place(path, 1, 1)));
    }
}

fn not_utf8(path: &str, bytes: &[u8], valid: usize) -> Problem {
    let text = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
    let (before, last) =
        text.rsplit_once('\n').map_or((0, text), |(before, last)| (before.matches('\n').count() + 1, last));
    let count = |number: usize| u32::try_from(number + 1).unwrap_or(u32::MAX);
    let byte = bytes.get(valid).copied().unwrap_or_default();
    Problem::error(Code::NotUtf8, path, format!("byte 0x{byte:02X} is not UTF-8"))
        .with_hint("save the file as UTF-8")
        .at(place(path, count(before), count(last.chars().count())))
}

fn place(path: &str, line: u32, column: u32) -> Place {
    Place { file: Arc::from(path), line, column, span: Span::default() }
}
