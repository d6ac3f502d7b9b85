//! What a document should look like, taken from the JSON Schema of its type.
//!
//! Understands what schemars writes for our types. What it does not understand it lets pass: decoding has the last word.

use std::collections::HashMap;

use rust_decimal::Decimal;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The shapes of one type of document; the first is the document itself.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
    root: ShapeId,
}

/// The number of a shape.
pub(super) type ShapeId = usize;

/// What a value may be.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// Anything.
    Any,
    /// A text.
    Text(TextShape),
    /// A whole number.
    Integer(Range),
    /// An exact decimal.
    Number(Range),
    /// `true` or `false`; some only one of them.
    Bool(Option<bool>),
    /// A list.
    List { items: ShapeId, least: usize },
    /// A mapping with known keys, or with free keys of one shape.
    Map(MapShape),
    /// A mapping of one key, which says what its value is.
    Tagged(Vec<(String, ShapeId)>),
    /// One of several.
    OneOf(Vec<ShapeId>),
    /// Nothing at all; only inside `OneOf`, and never accepted from a person.
    Nothing,
}

/// What a text may be.
#[derive(Clone, Debug, Default)]
pub(super) struct TextShape {
    /// The allowed words; empty for any text.
    pub(super) words: Vec<String>,
    /// A day such as `2026-12-15`, which needs no quotes.
    pub(super) day: bool,
    /// Whether it may be empty.
    pub(super) may_be_empty: bool,
}

/// What a number may be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Range {
    pub(super) least: Option<Decimal>,
    pub(super) most: Option<Decimal>,
}

/// What a mapping may hold.
#[derive(Clone, Debug, Default)]
pub(super) struct MapShape {
    pub(super) keys: Vec<KeyShape>,
    /// The shape of the values of other keys; `None` refuses other keys.
    pub(super) others: Option<ShapeId>,
}

/// A known key.
#[derive(Clone, Debug)]
pub(super) struct KeyShape {
    pub(super) name: String,
    pub(super) shape: ShapeId,
    pub(super) required: bool,
}

impl Shapes {
    /// The shapes of a type.
    pub(super) fn of<T: JsonSchema>() -> Self {
        let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
        let empty = Map::new();
        let definitions = schema.get("$defs").and_then(Value::as_object).unwrap_or(&empty);
        let mut builder = Builder { definitions, known: HashMap::new(), shapes: Vec::new() };
        let root = builder.shape(schema.as_value());
        Self { shapes: builder.shapes, root }
    }

    /// The shape of the document.
    pub(super) fn root(&self) -> ShapeId {
        self.root
    }

    /// A shape by its number.
    pub(super) fn get(&self, id: ShapeId) -> &Shape {
        &self.shapes[id]
    }
}

struct Builder<'a> {
    definitions: &'a Map<String, Value>,
    known: HashMap<&'a str, ShapeId>,
    shapes: Vec<Shape>,
}

impl<'a> Builder<'a> {
    fn add(&mut self, shape: Shape) -> ShapeId {
        self.shapes.push(shape);
        self.shapes.len() - 1
    }

    fn shape(&mut self, schema: &'a Value) -> ShapeId {
        let Some(schema) = schema.as_object() else { return self.add(Shape::Any) };
        if let Some(name) = text(schema, "$ref").and_then(|reference| reference.strip_prefix("#/$defs/")) {
            return self.definition(name);
        }
        let choices = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Value::as_array);
        if let Some(choices) = choices {
            return self.choices(choices);
        }
        match schema.get("type") {
            Some(Value::String(kind)) => self.of_type(kind, schema),
            Some(Value::Array(kinds)) => {
                let kinds: Vec<&str> = kinds.iter().filter_map(Value::as_str).collect();
                let shapes = kinds.iter().map(|kind| self.of_type(kind, schema)).collect();
                self.one_of(shapes)
            }
            _ => self.untyped(schema),
        }
    }

    /// A definition may mention itself, so its number is known before its shape is.
    fn definition(&mut self, name: &'a str) -> ShapeId {
        if let Some(id) = self.known.get(name) {
            return *id;
        }
        let id = self.add(Shape::Any);
        self.known.insert(name, id);
        if let Some(schema) = self.definitions.get(name) {
            let made = self.shape(schema);
            self.shapes[id] = self.shapes[made].clone();
        }
        id
    }

    fn of_type(&mut self, kind: &str, schema: &'a Map<String, Value>) -> ShapeId {
        let shape = match kind {
            "string" => Shape::Text(TextShape {
                words: words(schema),
                day: text(schema, "format") == Some("date"),
                may_be_empty: schema.get("minLength").is_none_or(|least| least == 0),
            }),
            "integer" => Shape::Integer(range(schema)),
            "number" => Shape::Number(range(schema)),
            "boolean" => Shape::Bool(schema.get("const").and_then(Value::as_bool)),
            "array" => {
                let items = schema.get("items").map(|items| self.shape(items));
                let items = items.unwrap_or_else(|| self.add(Shape::Any));
                let least = schema.get("minItems").and_then(Value::as_u64).unwrap_or(0);
                Shape::List { items, least: usize::try_from(least).unwrap_or(usize::MAX) }
            }
            "object" => Shape::Map(self.map(schema)),
            "null" => Shape::Nothing,
            _ => Shape::Any,
        };
        self.add(shape)
    }

    fn untyped(&mut self, schema: &'a Map<String, Value>) -> ShapeId {
        match schema.get("const") {
            Some(Value::Bool(value)) => self.add(Shape::Bool(Some(*value))),
            Some(Value::String(_)) => self.of_type("string", schema),
            _ => self.add(Shape::Any),
        }
    }

    fn map(&mut self, schema: &'a Map<String, Value>) -> MapShape {
        let required: Vec<&str> = match schema.get("required") {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let mut keys = Vec::new();
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let required = required.contains(&name.as_str());
            keys.push(KeyShape { name: name.clone(), shape: self.shape(schema), required });
        }
        let others = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => None,
            Some(others) => Some(self.shape(others)),
            None => Some(self.add(Shape::Any)),
        };
        MapShape { keys, others }
    }

    fn choices(&mut self, choices: &'a [Value]) -> ShapeId {
        if let Some(tags) = tags(choices) {
            let tags = tags.into_iter().map(|(name, schema)| (name.to_owned(), self.shape(schema))).collect();
            return self.add(Shape::Tagged(tags));
        }
        let shapes = choices.iter().map(|choice| self.shape(choice)).collect();
        self.one_of(shapes)
    }

    /// One choice is no choice, several lists of words are one list, and "or nothing" is for machines.
    fn one_of(&mut self, shapes: Vec<ShapeId>) -> ShapeId {
        let mut words = Vec::new();
        let mut rest = Vec::new();
        for id in shapes {
            match &self.shapes[id] {
                Shape::Nothing => {}
                Shape::Text(text) if !text.words.is_empty() => words.extend(text.words.iter().cloned()),
                _ => rest.push(id),
            }
        }
        if !words.is_empty() {
            rest.push(self.add(Shape::Text(TextShape { words, ..TextShape::default() })));
        }
        match rest[..] {
            [only] => only,
            _ => self.add(Shape::OneOf(rest)),
        }
    }
}

/// The words a text is limited to.
fn words(schema: &Map<String, Value>) -> Vec<String> {
    let listed = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The variants of an enum with fields: each choice is a mapping of exactly one required key.
fn tags(choices: &[Value]) -> Option<Vec<(&str, &Value)>> {
    let tag = |choice: &'_ Value| -> Option<()> {
        let required = choice.get("required")?.as_array()?;
        let properties = choice.get("properties")?.as_object()?;
        let closed = choice.get("additionalProperties") == Some(&Value::Bool(false));
        (required.len() == 1 && properties.len() == 1 && closed).then_some(())
    };
    choices.iter().try_for_each(tag)?;
    let properties = choices.iter().filter_map(|choice| choice.get("properties")?.as_object());
    Some(properties.flatten().map(|(name, schema)| (name.as_str(), schema)).collect())
}

fn text<'a>(schema: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    schema.get(key)?.as_str()
}

fn range(schema: &Map<String, Value>) -> Range {
    let bound = |key: &str| match schema.get(key) {
        Some(Value::Number(number)) => Decimal::from_str_exact(&number.to_string()).ok(),
        _ => None,
    };
    Range { least: bound("minimum"), most: bound("maximum") }
}
