//! A description of an API as a program can ask it: which operations there are, and whether a value fits a shape.
//!
//! Reads OpenAPI 3.0, as far as ours and the vendor's go. Knows nothing of who sends what.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Registry, Validator};
use serde_json::Value;

use super::shape::{self, Reading};

/// Where refusals outside any operation are described.
const REFUSED: &str = "/components/responses/Refused/content/application~1vnd.connectwise.com+json/schema";

/// A description, ready to be asked.
pub struct Description {
    /// Its document as written, merges done.
    pub document: Value,
    /// Everything that can be called.
    pub operations: Vec<Operation>,
    /// The named shapes, made ready once somebody reads them so.
    registries: BTreeMap<Reading, OnceLock<Registry<'static>>>,
    validators: Mutex<HashMap<(Reading, String), Arc<Validator>>>,
}

/// One method of one path.
pub struct Operation {
    /// In upper case.
    pub method: String,
    /// The path below the API, parameters in braces.
    pub path: String,
    /// The same, cut at its slashes.
    segments: Vec<String>,
    /// What may stand in its path, query and headers.
    pub parameters: Vec<Parameter>,
    /// The shape of the body, where it takes one.
    pub body: Option<Value>,
    /// What it may answer, by status.
    pub answers: BTreeMap<String, Form>,
}

/// A parameter of an operation.
pub struct Parameter {
    /// As spelled.
    pub name: String,
    /// `path`, `query` or `header`.
    pub place: String,
    /// Its shape.
    pub schema: Value,
}

/// The form of an answer.
#[derive(Clone, Default)]
pub struct Form {
    /// Media type and shape, where there is a body.
    pub content: Option<(String, Value)>,
    /// Whether a `Link` header belongs to it.
    pub links: bool,
}

impl Description {
    /// Reads a description.
    pub fn read(document: Value) -> Self {
        let mut operations = Vec::new();
        let paths = document["paths"].as_object().expect("a description has paths");
        for (path, item) in paths {
            for method in ["get", "post", "put", "patch", "delete"] {
                if item.get(method).is_some() {
                    operations.push(operation(&document, path, item, method));
                }
            }
        }
        let registries = Reading::ALL.map(|reading| (reading, OnceLock::new()));
        Self { operations, registries: registries.into(), validators: Mutex::default(), document }
    }

    /// The operation that a path below the API and a method mean. A written segment is preferred to a parameter.
    pub fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let found: Vec<&str> = segments(path).collect();
        let fitting = self.operations.iter().filter(|operation| operation.method == method);
        let fitting = fitting.filter_map(|operation| Some((operation.fit(&found)?, operation)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, operation)| operation)
    }

    /// Whether any method of a path below the API is described.
    pub fn knows(&self, path: &str) -> bool {
        let found: Vec<&str> = segments(path).collect();
        self.operations.iter().any(|operation| operation.fit(&found).is_some())
    }

    /// The shape of a refusal that belongs to no operation.
    pub fn refusal(&self) -> Value {
        self.document.pointer(REFUSED).cloned().unwrap_or(Value::Bool(true))
    }

    /// The shape of a record by its name.
    pub fn record(&self, name: &str) -> Value {
        serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// What is behind a reference, or the shape itself.
    pub fn resolve<'s>(&'s self, schema: &'s Value) -> &'s Value {
        resolve(&self.document, schema)
    }

    /// The shape at a path of properties, such as `product/identifier`, as far as it is described.
    pub fn property<'s>(&'s self, schema: &'s Value, path: &[&str]) -> Option<&'s Value> {
        let mut place = self.resolve(schema);
        for name in path {
            place = match (&place["items"], &place["allOf"][0]) {
                (Value::Null, Value::Null) => place,
                (Value::Null, one) => self.resolve(one),
                (items, _) => self.resolve(items),
            };
            place = self.resolve(place["properties"].get(name)?);
        }
        Some(place)
    }

    /// Everything that keeps a value from fitting a shape.
    pub fn misfits(&self, schema: &Value, reading: Reading, value: &Value) -> Vec<String> {
        let validator = self.validator(schema, reading);
        if validator.is_valid(value) {
            return Vec::new();
        }
        // Only the first few: a page that is wrong is wrong a thousand times.
        let tell = |error: jsonschema::ValidationError<'_>| {
            let said: String = error.to_string().chars().take(300).collect();
            format!("{} at {:?}", said, error.instance_path().to_string())
        };
        validator.iter_errors(value).take(5).map(tell).collect()
    }

    fn validator(&self, schema: &Value, reading: Reading) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (reading, schema.to_string());
        let compile = || {
            let schema = shape::standing_alone(&self.document, schema, reading);
            let named = self.registries[&reading].get_or_init(|| shape::registry(&self.document, reading));
            let options = jsonschema::options().with_registry(named).should_validate_formats(true);
            let built = options.build(&schema);
            Arc::new(built.expect("a shape of a description is a schema"))
        };
        Arc::clone(validators.entry(key).or_insert_with(compile))
    }
}

impl Operation {
    /// How many written segments a path has in common with the template; nothing where it does not fit.
    fn fit(&self, path: &[&str]) -> Option<usize> {
        if self.segments.len() != path.len() {
            return None;
        }
        let mut written = 0;
        for (expected, found) in self.segments.iter().zip(path) {
            match (expected.starts_with('{'), expected == found) {
                (true, _) => {}
                (false, true) => written += 1,
                (false, false) => return None,
            }
        }
        Some(written)
    }
}

/// The segments of a path. A slash that is written twice counts once, as on the server.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn operation(document: &Value, path: &str, item: &Value, method: &str) -> Operation {
    let written = &item[method];
    let shared = item["parameters"].as_array().into_iter().flatten();
    let own = written["parameters"].as_array().into_iter().flatten();
    let answers = written["responses"].as_object().expect("an operation has answers");
    Operation {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        segments: segments(path).map(str::to_owned).collect(),
        parameters: shared.chain(own).map(|one| parameter(resolve(document, one))).collect(),
        body: content(resolve(document, &written["requestBody"])).map(|(_, schema)| schema),
        answers: answers.iter().map(|(status, one)| (status.clone(), form(resolve(document, one)))).collect(),
    }
}

fn parameter(written: &Value) -> Parameter {
    let text = |name: &str| written[name].as_str().unwrap_or_default().to_owned();
    Parameter { name: text("name"), place: text("in"), schema: written["schema"].clone() }
}

fn form(written: &Value) -> Form {
    Form { content: content(written), links: written["headers"].get("Link").is_some() }
}

fn content(written: &Value) -> Option<(String, Value)> {
    let (media_type, content) = written["content"].as_object()?.iter().next()?;
    Some((media_type.clone(), content["schema"].clone()))
}

fn resolve<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).expect("a reference leads to something"),
        None => schema,
    }
}
