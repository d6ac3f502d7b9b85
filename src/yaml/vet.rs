//! Builds the tree of a text from the parser's events, and refuses what our documents do not need.
//!
//! One document of mappings, lists and scalars: no aliases, anchors, tags or merge keys, no key twice, and no more of it
//! than the limits say. Knows nothing of what the keys mean.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScanError, Span as Marks, StrInput};

use crate::problem::{Code, Place, Problem, Span};

use super::Limits;
use super::characters::{self, Text};
use super::reject;
use super::secret::looks_like_secret;
use super::tree::{Content, Document, Entry, Id, Mark, Scalar};

/// The tree of a text with what is wrong in it, or only what is wrong where there is no tree.
pub(super) fn vet(
    file: &Arc<str>,
    bytes: &[u8],
    limits: &Limits,
) -> Result<(Document, Vec<Problem>), Vec<Problem>> {
    build(file, bytes, limits).map_err(|mut problems| {
        secrets_among_words(file, bytes, &mut problems);
        problems
    })
}

fn build(file: &Arc<str>, bytes: &[u8], limits: &Limits) -> Result<(Document, Vec<Problem>), Vec<Problem>> {
    let text = characters::text(file, bytes, limits.bytes)?;
    let document = Document { file: Arc::clone(file), entries: Vec::new(), root: 0 };
    let mut builder = Builder {
        document,
        problems: Vec::new(),
        open: Vec::new(),
        documents: 0,
        limits,
        offsets: Offsets::of(text),
    };
    for event in Parser::<StrInput<'_>>::new_from_str(text.text) {
        let step = event
            .map_err(|error| builder.syntax(&error))
            .and_then(|(event, marks)| builder.take(event, marks));
        if let Err(problem) = step {
            builder.problems.push(problem);
            return Err(builder.problems);
        }
    }
    Ok((builder.document, builder.problems))
}

/// A text that is no tree has no values to look at. Its words are looked at instead, so that no excerpt of what is wrong
/// repeats a secret.
fn secrets_among_words(file: &Arc<str>, bytes: &[u8], problems: &mut Vec<Problem>) {
    let separates = |sign: char| sign.is_whitespace() || "\"'{}[],".contains(sign);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut start = 0;
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        let is_told = |problem: &Problem| {
            let place = problem.place.as_ref();
            problem.code == Code::SecretInFile && place.is_some_and(|place| place.line == number)
        };
        let mut words = line.split(separates).chain([line.trim()]);
        if words.any(looks_like_secret) && !problems.iter().any(is_told) {
            let span = Span { start, end: start + line.trim_end().len() };
            let place = Place { file: Arc::clone(file), line: number, column: 1, span };
            problems.push(reject::secret(place));
        }
        start += line.len();
    }
}

struct Builder<'a> {
    document: Document,
    problems: Vec<Problem>,
    open: Vec<Open>,
    documents: usize,
    limits: &'a Limits,
    offsets: Offsets<'a>,
}

/// A list or mapping whose end was not met yet.
struct Open {
    id: Id,
    /// The key that waits for its value, in a mapping.
    key: Option<Id>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, marks: Marks) -> Result<(), Problem> {
        let mark = self.offsets.mark(marks);
        match event {
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
            Event::DocumentStart(_) => self.start_document(mark),
            Event::Alias(_) => Err(self.feature(
                "an alias repeats another value",
                "write the value out where it is needed",
                mark,
            )),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_marks(anchor, tag.is_some(), mark);
                let secret = looks_like_secret(&text);
                self.check_characters(&text, mark);
                if secret {
                    self.refuse_secret(mark);
                }
                let scalar = Scalar { text: text.into(), style, secret };
                self.add(Content::Scalar(scalar), mark).map(|_| ())
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_marks(anchor, tag.is_some(), mark);
                self.open(Content::List(Vec::new()), mark)
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_marks(anchor, tag.is_some(), mark);
                self.open(Content::Map(Vec::new()), mark)
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.close(mark);
                Ok(())
            }
        }
    }

    /// Tells a problem, unless enough were told.
    fn tell(&mut self, problem: Problem) {
        if self.problems.len() < self.limits.problems {
            self.problems.push(problem);
        }
    }

    fn start_document(&mut self, mark: Mark) -> Result<(), Problem> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(self.feature("a second document starts here", "put it into a file of its own", mark));
        }
        Ok(())
    }

    /// Anchors and tags spoil a value, not the reading of the rest.
    fn refuse_marks(&mut self, anchor: usize, tagged: bool, mark: Mark) {
        if anchor != 0 {
            let problem =
                self.feature("an anchor names a value", "write values out; aliases are not read", mark);
            self.tell(problem);
        }
        if tagged {
            let hint = "leave the tag out; quote what is a text";
            let problem = self.feature("a tag forces the type of a value", hint, mark);
            self.tell(problem);
        }
    }

    fn refuse_secret(&mut self, mark: Mark) {
        self.tell(reject::secret(self.document.mark_place(mark)));
    }

    fn check_characters(&mut self, text: &str, mark: Mark) {
        let (message, hint) = match characters::invisible(text) {
            None => return,
            Some('\n' | '\r') => (
                "the text goes over several lines".to_owned(),
                "write it on one line, or fold it with \">-\"",
            ),
            Some('\t') => ("the text holds a tab".to_owned(), "write a blank instead"),
            Some(sign) => {
                let message = format!("the text holds the hidden character U+{:04X}", u32::from(sign));
                (message, "delete it, or type the text anew")
            }
        };
        let place = self.document.mark_place(mark);
        self.tell(reject::error(Code::HiddenCharacter, "", message, place).with_hint(hint));
    }

    fn feature(&self, message: &str, hint: &str, mark: Mark) -> Problem {
        let place = self.document.mark_place(mark);
        reject::error(Code::YamlFeature, "", message.to_owned(), place).with_hint(hint)
    }

    fn open(&mut self, content: Content, mark: Mark) -> Result<(), Problem> {
        if self.open.len() >= self.limits.depth {
            let message = format!("nested deeper than {} levels", self.limits.depth);
            return Err(reject::error(Code::TooLarge, "", message, self.document.mark_place(mark)));
        }
        let id = self.add(content, mark)?;
        self.open.push(Open { id, key: None });
        Ok(())
    }

    /// Adds a node to what is open: as an item, as a key, or as the value of the key that waits.
    fn add(&mut self, content: Content, mark: Mark) -> Result<Id, Problem> {
        let id = self.document.entries.len();
        if id >= self.limits.nodes {
            let message = format!("more than {} keys and values", self.limits.nodes);
            return Err(reject::error(Code::TooLarge, "", message, self.document.mark_place(mark))
                .with_hint("split the file"));
        }
        let empty =
            matches!(&content, Content::Scalar(scalar) if scalar.text.is_empty() && scalar.is_plain());
        let mut entry = Entry { content, mark };
        if let Some(open) = self.open.last_mut() {
            let parent = &mut self.document.entries[open.id];
            match (&mut parent.content, open.key.take()) {
                (Content::List(items), _) => items.push(id),
                (Content::Map(pairs), Some(key)) => {
                    pairs.push((key, id));
                    // A value that is not written stands where its key stands.
                    if empty {
                        entry.mark = self.document.entries[key].mark;
                    }
                }
                (Content::Map(_), None) if matches!(entry.content, Content::Scalar(_)) => open.key = Some(id),
                (Content::Map(_), None) => {
                    let hint = "write the key as one word before the colon";
                    return Err(self.feature("a list or mapping stands where a key belongs", hint, mark));
                }
                (Content::Scalar(_), _) => {}
            }
        }
        self.document.entries.push(entry);
        Ok(id)
    }

    fn close(&mut self, end: Mark) {
        let Some(Open { id, .. }) = self.open.pop() else { return };
        let last = match &self.document.entries[id].content {
            Content::List(items) => items.last().copied(),
            Content::Map(pairs) => pairs.last().map(|(_, value)| *value),
            Content::Scalar(_) => None,
        };
        // A block ends with its last child; only a bracket has an end of its own.
        let bracket = end.span.end > end.span.start;
        let last_end = last.map_or(0, |last| self.document.entries[last].mark.span.end);
        let span = &mut self.document.entries[id].mark.span;
        span.end = if bracket { end.span.end } else { last_end.max(span.end) };
        self.check_keys(id);
    }

    /// Refuses merge keys and every second key of one name, and leaves them out.
    fn check_keys(&mut self, id: Id) {
        let Content::Map(pairs) = &mut self.document.entries[id].content else { return };
        let pairs = std::mem::take(pairs);
        let mut seen = Seen::for_keys(pairs.len());
        let mut kept = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let merge =
                self.document.scalar(key).is_some_and(|scalar| scalar.is_plain() && &*scalar.text == "<<");
            if merge {
                let hint = "write the keys out where they are needed";
                let problem =
                    self.feature("a merge key takes over other keys", hint, self.document.entries[key].mark);
                self.tell(problem);
            } else if let Some(first) = seen.first(&self.document, &kept, key) {
                self.duplicate(first, key);
            } else {
                kept.push((key, value));
            }
        }
        self.document.entries[id].content = Content::Map(kept);
    }

    fn duplicate(&mut self, first: Id, again: Id) {
        let first = self.document.entries[first].mark;
        let name = self.document.key_text(again);
        let message = format!(
            "the key {} stands here a second time; the first is in line {}, column {}",
            reject::shown(name),
            first.line,
            first.column
        );
        let place = self.document.place_of(again);
        let problem = reject::error(Code::DuplicateKey, name, message, place).with_hint("keep one of them");
        self.tell(problem);
    }

    fn syntax(&self, error: &ScanError) -> Problem {
        let mark = self.offsets.mark(Marks::empty(*error.marker()));
        let place = self.document.mark_place(mark);
        // The parser looks ahead of us and has a depth limit of its own.
        if error.info().contains("recursion limit") {
            let message = format!("nested deeper than {} levels", self.limits.depth);
            return reject::error(Code::TooLarge, "", message, place);
        }
        let problem = reject::error(Code::Syntax, "", format!("this is no YAML: {}", error.info()), place);
        if error.info().contains("tab") { problem.with_hint("indent with blanks, not tabs") } else { problem }
    }
}

/// Finds keys met before: a short look through few, a table for many.
enum Seen {
    Few,
    Many(HashMap<String, Id>),
}

impl Seen {
    fn for_keys(count: usize) -> Self {
        if count <= 16 { Self::Few } else { Self::Many(HashMap::with_capacity(count)) }
    }

    fn first(&mut self, document: &Document, kept: &[(Id, Id)], key: Id) -> Option<Id> {
        let name = document.key_text(key);
        match self {
            Self::Few => kept.iter().map(|(key, _)| *key).find(|kept| document.key_text(*kept) == name),
            Self::Many(table) => match table.get(name) {
                Some(first) => Some(*first),
                None => {
                    table.insert(name.to_owned(), key);
                    None
                }
            },
        }
    }
}

/// Translates the parser's marks, which count characters, into bytes.
struct Offsets<'a> {
    text: Text<'a>,
    /// The byte at which each character starts; empty for ASCII, where they are one.
    bytes: Vec<u32>,
}

impl<'a> Offsets<'a> {
    fn of(text: Text<'a>) -> Self {
        let at = |(at, _)| u32::try_from(at).unwrap_or(u32::MAX);
        let bytes =
            if text.text.is_ascii() { Vec::new() } else { text.text.char_indices().map(at).collect() };
        Self { text, bytes }
    }

    fn mark(&self, marks: Marks) -> Mark {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let (start, end) = (self.byte(marks.start), self.byte(marks.end));
        let written = self.text.text.get(start..end).unwrap_or("");
        let end = start + written.trim_end().len();
        let span = Span { start: start + self.text.skipped, end: end + self.text.skipped };
        Mark { line: number(marks.start.line()), column: number(marks.start.col() + 1), span }
    }

    fn byte(&self, marker: Marker) -> usize {
        if self.bytes.is_empty() {
            return marker.index().min(self.text.text.len());
        }
        self.bytes.get(marker.index()).map_or(self.text.text.len(), |byte| *byte as usize)
    }
}
