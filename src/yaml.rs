//! Reads a YAML text that a person wrote: every value with its place, every error at once.
//!
//! One parse decides. Its tree is vetted (size, depth, duplicate keys, features we refuse), fitted against the shape of
//! the type that is wanted, and only then decoded. Fitting goes by the type's JSON Schema, so what an editor accepts and
//! what this reader accepts are one thing. Scalars are told apart by how they are written: a quoted `"3334"` is a text,
//! a plain `3334` is a number, and `no` is neither until somebody quotes it or writes `false`.
//!
//! Pure. Knows no document of ours by name, no file system, and never repeats a value that may be a secret.

mod characters;
mod decode;
mod fit;
mod reject;
mod scalar;
mod schema;
mod secret;
mod shape;
mod tree;
mod vet;

#[cfg(test)]
mod tests;

pub use schema::schema_of;
pub use secret::looks_like_secret;
pub use tree::{Document, Node, Step};

use std::marker::PhantomData;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

use shape::Shapes;

/// How much a text may ask of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of the text.
    pub bytes: usize,
    /// How deep lists and mappings may nest.
    pub depth: usize,
    /// How many keys and values there may be.
    pub nodes: usize,
    /// After how many problems to stop.
    pub problems: usize,
}

impl Default for Limits {
    /// 1 MiB of rows, each key and value of which was typed by somebody; a hundred errors are enough to start mending.
    fn default() -> Self {
        Self { bytes: 1 << 20, depth: 32, nodes: 250_000, problems: 100 }
    }
}

/// What became of reading one text. With any problem, the text as a whole is refused; `value` and `document` then hold
/// what was sound, so that its meaning can be checked in the same run.
#[derive(Clone, Debug)]
pub struct Reading<T> {
    /// The sound part: list items, map entries and top-level keys with an error in them are left out. `None` where
    /// nothing could be kept.
    pub value: Option<T>,
    /// The places of `value`: the same lists with the same indexes. `None` when the text is not YAML that we read.
    pub document: Option<Document>,
    /// Everything that is wrong, sorted by place. All are errors.
    pub problems: Vec<Problem>,
}

/// Reads texts of one kind. Make one and use it for all files: it holds the shape that they are compared with.
///
/// An enum with fields is read from a mapping of one key (`{ env: NAME }`). Exact decimals are types that deserialize
/// from a text and whose schema says `number`.
#[derive(Clone, Debug)]
pub struct Reader<T> {
    shapes: Shapes,
    limits: Limits,
    kind: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema> Reader<T> {
    /// A reader with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { shapes: Shapes::of::<T>(), limits, kind: PhantomData }
    }

    /// Reads a text. `file` is its name in places. A text without any content reads as an empty mapping.
    #[must_use]
    pub fn read(&self, file: &Arc<str>, bytes: &[u8]) -> Reading<T> {
        let (mut document, mut problems) = match vet::vet(file, bytes, &self.limits) {
            Ok(vetted) => vetted,
            Err(problems) => return Reading { value: None, document: None, problems },
        };
        let fitted = fit::fit(&mut document, &self.shapes, &self.limits, &mut problems);
        let value = fitted.and_then(|tree| decode::decode(tree, &mut document, &self.limits, &mut problems));
        problems.sort_by(|one, other| one.place.cmp(&other.place).then_with(|| one.cmp(other)));
        problems.truncate(self.limits.problems);
        Reading { value, document: Some(document), problems }
    }
}

/// Reads one text with the default limits.
#[must_use]
pub fn read<T: DeserializeOwned + JsonSchema>(file: &Arc<str>, bytes: &[u8]) -> Reading<T> {
    Reader::new(Limits::default()).read(file, bytes)
}
