//! The tree of a text: lists, mappings and scalars, each with its place.
//!
//! Knows the syntax only, not what a document means.

use std::sync::Arc;

use saphyr_parser::ScalarStyle;

use crate::problem::{Place, Span};

/// A parsed text. After reading it holds exactly what the decoded value holds, so that indexes agree.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) file: Arc<str>,
    pub(super) entries: Vec<Entry>,
    pub(super) root: Id,
}

/// The number of a node.
pub(super) type Id = usize;

/// A node as stored.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) content: Content,
    pub(super) mark: Mark,
}

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mark {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) span: Span,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Scalar(Scalar),
    List(Vec<Id>),
    Map(Vec<(Id, Id)>),
}

/// A scalar with the style that decides what it is.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: Box<str>,
    pub(super) style: ScalarStyle,
    /// Holds something that no message may repeat.
    pub(super) secret: bool,
}

impl Scalar {
    pub(super) fn is_plain(&self) -> bool {
        self.style == ScalarStyle::Plain
    }
}

/// One step of a path into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The value of a key.
    Key(&'a str),
    /// An item of a list, from 0.
    Item(usize),
}

/// A value of a document, with the key it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    document: &'a Document,
    key: Option<Id>,
    id: Id,
}

impl Document {
    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The whole of it.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node { document: self, key: None, id: self.root }
    }

    /// The value at a path, or the nearest value above it that exists.
    #[must_use]
    pub fn node(&self, path: &[Step<'_>]) -> Node<'_> {
        path.iter().fold(self.root(), |node, step| match *step {
            Step::Key(key) => node.key(key),
            Step::Item(index) => node.item(index),
        })
    }

    /// The place of the value at a path, or of the nearest value above it that exists.
    #[must_use]
    pub fn place(&self, path: &[Step<'_>]) -> Place {
        self.node(path).place()
    }

    /// The place of the key at a path.
    #[must_use]
    pub fn key_place(&self, path: &[Step<'_>]) -> Place {
        self.node(path).key_place()
    }

    /// Every key and scalar of the text, in its order.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Node<'_>)> {
        self.entries.iter().enumerate().filter_map(|(id, entry)| match &entry.content {
            Content::Scalar(scalar) => Some((&*scalar.text, Node { document: self, key: None, id })),
            Content::List(_) | Content::Map(_) => None,
        })
    }

    pub(super) fn mark_place(&self, mark: Mark) -> Place {
        Place { file: Arc::clone(&self.file), line: mark.line, column: mark.column, span: mark.span }
    }

    pub(super) fn place_of(&self, id: Id) -> Place {
        self.mark_place(self.entries[id].mark)
    }

    pub(super) fn scalar(&self, id: Id) -> Option<&Scalar> {
        match &self.entries[id].content {
            Content::Scalar(scalar) => Some(scalar),
            Content::List(_) | Content::Map(_) => None,
        }
    }

    /// The text of a key; keys are scalars, or the text was refused.
    pub(super) fn key_text(&self, id: Id) -> &str {
        self.scalar(id).map_or("", |scalar| &scalar.text)
    }
}

impl<'a> Node<'a> {
    /// The value of a key, if this is a mapping that has it.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        let Content::Map(pairs) = &self.document.entries[self.id].content else { return None };
        let (key, id) = *pairs.iter().find(|(id, _)| self.document.key_text(*id) == key)?;
        Some(Self { document: self.document, key: Some(key), id })
    }

    /// The value of a key, or this value where there is none.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.get(key).unwrap_or(self)
    }

    /// An item of a list, from 0, or this value where there is none.
    #[must_use]
    pub fn item(self, index: usize) -> Self {
        match &self.document.entries[self.id].content {
            Content::List(items) => {
                items.get(index).map_or(self, |id| Self { document: self.document, key: None, id: *id })
            }
            Content::Scalar(_) | Content::Map(_) => self,
        }
    }

    /// Whether this is a mapping with that key.
    #[must_use]
    pub fn has(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The keys of a mapping, in the order of the text.
    pub fn keys(self) -> impl Iterator<Item = &'a str> {
        let pairs: &[(Id, Id)] = match &self.document.entries[self.id].content {
            Content::Map(pairs) => pairs,
            Content::Scalar(_) | Content::List(_) => &[],
        };
        pairs.iter().map(move |(key, _)| self.document.key_text(*key))
    }

    pub(super) fn id(self) -> Id {
        self.id
    }

    /// Where the value stands.
    #[must_use]
    pub fn place(self) -> Place {
        self.document.place_of(self.id)
    }

    /// Where its key stands, or the value where it has none.
    #[must_use]
    pub fn key_place(self) -> Place {
        self.document.place_of(self.key.unwrap_or(self.id))
    }
}
