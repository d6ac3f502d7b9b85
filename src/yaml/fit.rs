//! Compares the tree with the shape it should have, tells every difference, and hands on what fits.
//!
//! A list item, map entry or top-level key with an error in it is left out, of the tree as well, so that the indexes of
//! the decoded value and of the document stay the same.

mod value;

use serde_yaml::value::{Tag, TaggedValue};
use serde_yaml::{Mapping, Value};

use crate::problem::{Code, Problem, nearest};

use super::secret::names_a_secret;
use super::shape::{MapShape, Shape, ShapeId, Shapes};
use super::tree::{Content, Document, Id};
use super::{Limits, reject, scalar};

/// The sound part of a document as a value to decode.
pub(super) fn fit(
    document: &mut Document,
    shapes: &Shapes,
    limits: &Limits,
    problems: &mut Vec<Problem>,
) -> Option<Value> {
    let mut fitter = Fitter { document, shapes, limits, problems };
    fitter.root()
}

pub(super) struct Fitter<'a> {
    pub(super) document: &'a mut Document,
    pub(super) shapes: &'a Shapes,
    pub(super) limits: &'a Limits,
    pub(super) problems: &'a mut Vec<Problem>,
}

/// A value, and the key it is the value of.
#[derive(Clone, Copy)]
pub(super) struct Site {
    /// The key, or that of the list it is an item of.
    pub(super) key: Option<Id>,
    pub(super) id: Id,
    /// Whether it is an item of a list.
    pub(super) item: bool,
}

/// What becomes of a mapping when a value in it does not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spoiled {
    /// The mapping goes with it: half a row means something else than the row.
    All,
    /// Only the entry goes.
    Entry,
}

impl Fitter<'_> {
    fn root(&mut self) -> Option<Value> {
        let Some(entry) = self.document.entries.get(self.document.root) else {
            // A text of nothing but comments has no node at all.
            self.document.entries.push(super::tree::Entry {
                content: Content::Map(Vec::new()),
                mark: super::tree::Mark { line: 1, column: 1, ..Default::default() },
            });
            return self.root();
        };
        let site = Site { key: None, id: self.document.root, item: false };
        match (&entry.content, self.shapes.get(self.shapes.root())) {
            (Content::Map(_), Shape::Map(shape)) => self.map(site, shape, Spoiled::Entry),
            (Content::Scalar(scalar), Shape::Map(shape)) if scalar.is_plain() && scalar.text.is_empty() => {
                self.document.entries[site.id].content = Content::Map(Vec::new());
                self.map(site, shape, Spoiled::Entry)
            }
            (Content::Scalar(_) | Content::List(_) | Content::Map(_), _) => {
                self.fit(site, self.shapes.root())
            }
        }
    }

    pub(super) fn fit(&mut self, site: Site, shape: ShapeId) -> Option<Value> {
        if self.problems.len() >= self.limits.problems {
            return None;
        }
        let shapes = self.shapes;
        match (shapes.get(shape), &self.document.entries[site.id].content) {
            (Shape::Any | Shape::Nothing, _) => Some(self.any(site.id)),
            (Shape::OneOf(choices), _) => self.one_of(site, choices),
            (Shape::List { items, least }, Content::List(_)) => self.list(site, *items, *least),
            (Shape::Map(shape), Content::Map(_)) => self.map(site, shape, Spoiled::All),
            (Shape::Tagged(tags), Content::Map(_)) => self.tagged(site, tags),
            (
                shape @ (Shape::Text(_) | Shape::Integer(_) | Shape::Number(_) | Shape::Bool(_)),
                Content::Scalar(_),
            ) => self.scalar(site, shape),
            (shape, _) => self.wrong_type(site, shape),
        }
    }

    fn list(&mut self, site: Site, items: ShapeId, least: usize) -> Option<Value> {
        let Content::List(ids) = &mut self.document.entries[site.id].content else { return None };
        let ids = std::mem::take(ids);
        if ids.len() < least {
            let message = format!("{} needs at least {least} entries", self.subject(site));
            self.reject(Code::InvalidValue, site, message, None);
            return None;
        }
        let mut kept = Vec::with_capacity(ids.len());
        let mut values = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(value) = self.fit(Site { key: site.key, id, item: true }, items) {
                kept.push(id);
                values.push(value);
            }
        }
        self.document.entries[site.id].content = Content::List(kept);
        Some(Value::Sequence(values))
    }

    fn map(&mut self, site: Site, shape: &MapShape, spoiled: Spoiled) -> Option<Value> {
        let Content::Map(pairs) = &mut self.document.entries[site.id].content else { return None };
        let pairs = std::mem::take(pairs);
        self.missing_keys(site, shape, &pairs);
        let complete = shape.keys.iter().all(|key| !key.required || self.holds(&pairs, &key.name));
        let mut sound = complete || spoiled == Spoiled::Entry;
        let (mut kept, mut values) = (Vec::with_capacity(pairs.len()), Mapping::with_capacity(pairs.len()));
        for (key, id) in pairs {
            if self.problems.len() >= self.limits.problems {
                return None;
            }
            let site = Site { key: Some(key), id, item: false };
            let known = shape.keys.iter().find(|known| known.name == self.document.key_text(key));
            let fitted = match (known, shape.others) {
                (Some(known), _) => self.fit(site, known.shape),
                (None, Some(others)) if self.check_free_key(key) => {
                    // One entry of a free map stands for itself, like an item of a list.
                    match self.fit(site, others) {
                        Some(value) => Some(value),
                        None => continue,
                    }
                }
                (None, Some(_)) => continue,
                (None, None) => {
                    self.unknown_key(key, id, shape);
                    continue;
                }
            };
            match fitted {
                Some(value) => {
                    values.insert(Value::String(self.document.key_text(key).to_owned()), value);
                    kept.push((key, id));
                }
                None => sound &= spoiled == Spoiled::Entry,
            }
        }
        self.document.entries[site.id].content = Content::Map(kept);
        sound.then_some(Value::Mapping(values))
    }

    fn holds(&self, pairs: &[(Id, Id)], name: &str) -> bool {
        pairs.iter().any(|(key, _)| self.document.key_text(*key) == name)
    }

    fn missing_keys(&mut self, site: Site, shape: &MapShape, pairs: &[(Id, Id)]) {
        for key in shape.keys.iter().filter(|key| key.required) {
            if !self.holds(pairs, &key.name) {
                let message = format!("the key \"{}\" is missing", key.name);
                let place = self.document.place_of(site.id);
                self.problems.push(reject::error(Code::MissingKey, &key.name, message, place));
            }
        }
    }

    fn unknown_key(&mut self, key: Id, value: Id, shape: &MapShape) {
        let name = self.document.key_text(key);
        let names = || shape.keys.iter().map(|known| known.name.as_str());
        let hint = match nearest(name, names()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("the keys here are {}", reject::alternatives(names()).replace(" or ", " and ")),
        };
        let (code, message) = if names_a_secret(name) {
            (
                Code::SecretInFile,
                format!("the key {} is not known here, and no secret belongs here", reject::shown(name)),
            )
        } else {
            (Code::UnknownKey, format!("the key {} is not known here", reject::shown(name)))
        };
        let mut place = self.document.place_of(key);
        if code == Code::SecretInFile {
            // The secret is the value, and nothing may repeat its lines either.
            place.span.end = self.document.place_of(value).span.end.max(place.span.end);
        }
        self.problems.push(reject::error(code, name, message, place).with_hint(hint));
    }

    /// The keys of a free map are names: a number or a truth value among them was meant otherwise.
    fn check_free_key(&mut self, key: Id) -> bool {
        let Some(written) = self.document.scalar(key) else { return true };
        if !written.is_plain() || scalar::classify(&written.text) == scalar::Plain::Text {
            return true;
        }
        let text = written.text.to_string();
        let message =
            format!("the key {} is a name; plain, it reads as something else", reject::shown(&text));
        let hint = format!("quote it: \"{text}\":");
        let problem = reject::error(Code::UnquotedScalar, &text, message, self.document.place_of(key));
        self.problems.push(problem.with_hint(hint));
        false
    }

    fn tagged(&mut self, site: Site, tags: &[(String, ShapeId)]) -> Option<Value> {
        let Content::Map(pairs) = &self.document.entries[site.id].content else { return None };
        let names = || tags.iter().map(|(name, _)| name.as_str());
        let [(key, id)] = pairs[..] else {
            let message = format!(
                "{} needs exactly one of the keys {}",
                self.subject(site),
                reject::alternatives(names())
            );
            self.reject(Code::InvalidValue, site, message, None);
            return None;
        };
        let found = tags.iter().find(|(name, _)| name == self.document.key_text(key));
        let Some((name, shape)) = found else {
            let keys = names().map(|name| super::shape::KeyShape {
                name: name.to_owned(),
                shape: 0,
                required: false,
            });
            self.unknown_key(key, id, &MapShape { keys: keys.collect(), others: None });
            return None;
        };
        let value = self.fit(Site { key: Some(key), id, item: false }, *shape)?;
        Some(Value::Tagged(Box::new(TaggedValue { tag: Tag::new(name), value })))
    }

    /// Takes the first choice of the right kind; among mappings the one that shares most keys.
    fn one_of(&mut self, site: Site, choices: &[ShapeId]) -> Option<Value> {
        let fits = |choice: &&ShapeId| self.is_kind(site.id, **choice);
        let candidates: Vec<ShapeId> = choices.iter().filter(fits).copied().collect();
        let best = candidates.iter().rev().max_by_key(|choice| self.shared_keys(site.id, **choice));
        match best {
            Some(best) => self.fit(site, *best),
            None => {
                let kinds: Vec<String> =
                    choices.iter().map(|choice| describe(self.shapes.get(*choice))).collect();
                let message = format!(
                    "{} must be {}, and is {}",
                    self.subject(site),
                    reject::alternatives(kinds.iter().map(String::as_str)),
                    self.kind(site.id)
                );
                self.reject(Code::WrongType, site, message, None);
                None
            }
        }
    }

    fn is_kind(&self, id: Id, shape: ShapeId) -> bool {
        use scalar::Plain;
        let content = &self.document.entries[id].content;
        let plain = match content {
            Content::Scalar(scalar) if scalar.is_plain() => Some(scalar::classify(&scalar.text)),
            Content::Scalar(_) | Content::List(_) | Content::Map(_) => None,
        };
        match (self.shapes.get(shape), content) {
            (Shape::Any, _) => true,
            (Shape::Nothing, _) => false,
            (Shape::Text(shape), Content::Scalar(_)) => {
                plain.is_none_or(|plain| plain == Plain::Text || (shape.day && plain == Plain::Day))
            }
            (Shape::Integer(_), Content::Scalar(_)) => matches!(plain, Some(Plain::Integer)),
            (Shape::Number(_), Content::Scalar(_)) => matches!(plain, Some(Plain::Integer | Plain::Fraction)),
            (Shape::Bool(_), Content::Scalar(_)) => matches!(plain, Some(Plain::Bool(_))),
            (Shape::List { .. }, Content::List(_)) => true,
            (Shape::Map(_) | Shape::Tagged(_), Content::Map(_)) => true,
            (Shape::OneOf(choices), _) => choices.iter().any(|choice| self.is_kind(id, *choice)),
            (
                Shape::Text(_)
                | Shape::Integer(_)
                | Shape::Number(_)
                | Shape::Bool(_)
                | Shape::List { .. }
                | Shape::Map(_)
                | Shape::Tagged(_),
                Content::Scalar(_) | Content::List(_) | Content::Map(_),
            ) => false,
        }
    }

    fn shared_keys(&self, id: Id, shape: ShapeId) -> usize {
        let (Shape::Map(shape), Content::Map(pairs)) =
            (self.shapes.get(shape), &self.document.entries[id].content)
        else {
            return 0;
        };
        shape.keys.iter().filter(|key| self.holds(pairs, &key.name)).count()
    }

    fn wrong_type(&mut self, site: Site, shape: &Shape) -> Option<Value> {
        let empty = self
            .document
            .scalar(site.id)
            .is_some_and(|scalar| scalar.is_plain() && scalar::classify(&scalar.text) == scalar::Plain::Null);
        let subject = self.subject(site);
        let (message, hint) = if empty {
            (format!("{subject} has no value"), Some("write the value, or leave the key out".to_owned()))
        } else {
            (format!("{subject} must be {}, and is {}", describe(shape), self.kind(site.id)), None)
        };
        let secret = site.key.is_some_and(|key| names_a_secret(self.document.key_text(key)));
        let literal = !empty && self.document.scalar(site.id).is_some();
        self.reject(
            if secret && literal { Code::SecretInFile } else { Code::WrongType },
            site,
            message,
            hint,
        );
        None
    }

    fn kind(&self, id: Id) -> &'static str {
        match &self.document.entries[id].content {
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
            Content::Scalar(scalar) if !scalar.is_plain() => "a text",
            Content::Scalar(scalar) => scalar::classify(&scalar.text).describe(),
        }
    }

    /// What a message calls a value: its key.
    pub(super) fn subject(&self, site: Site) -> String {
        match site.key {
            None => "the document".to_owned(),
            Some(key) if site.item => format!("each entry of {}", self.document.key_text(key)),
            Some(key) => self.document.key_text(key).to_owned(),
        }
    }

    pub(super) fn reject(&mut self, code: Code, site: Site, message: String, hint: Option<String>) {
        let subject = site.key.map_or("", |key| self.document.key_text(key));
        let problem = reject::error(code, subject, message, self.document.place_of(site.id));
        self.problems.push(match hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        });
    }
}

/// What a shape is called in "must be …".
pub(super) fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Any | Shape::Nothing | Shape::OneOf(_) => "of another kind".to_owned(),
        Shape::Text(text) if text.day => "a day such as 2026-12-15".to_owned(),
        Shape::Text(text) if !text.words.is_empty() => {
            reject::alternatives(text.words.iter().map(String::as_str))
        }
        Shape::Text(_) => "a text".to_owned(),
        Shape::Integer(_) => "a whole number".to_owned(),
        Shape::Number(_) => "a number".to_owned(),
        Shape::Bool(None) => "true or false".to_owned(),
        Shape::Bool(Some(value)) => value.to_string(),
        Shape::List { .. } => "a list".to_owned(),
        Shape::Map(_) => "a mapping".to_owned(),
        Shape::Tagged(tags) => {
            format!(
                "a mapping with the key {}",
                reject::alternatives(tags.iter().map(|(name, _)| name.as_str()))
            )
        }
    }
}
