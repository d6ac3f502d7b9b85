//! The texts that places point into, so that problems can be shown with what stands there.

use std::collections::BTreeMap;

/// Texts by the names that places give them. Borrowed: whoever read the files keeps them.
#[derive(Clone, Debug, Default)]
pub struct Texts<'a> {
    by_file: BTreeMap<&'a str, &'a str>,
}

impl<'a> Texts<'a> {
    /// The text of a file, where it was read.
    #[must_use]
    pub fn get(&self, file: &str) -> Option<&'a str> {
        self.by_file.get(file).copied()
    }

    /// The files, sorted.
    pub fn files(&self) -> impl Iterator<Item = &'a str> {
        self.by_file.keys().copied()
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Texts<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(texts: I) -> Self {
        Self { by_file: texts.into_iter().collect() }
    }
}
