//! Our description against the vendor's own, where that is at hand: what we rely on exists there likewise.
//!
//! Ours may say less and may be stricter. Where it says something else, the table of differences says why.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::watch::description::{Description, Operation};
use crate::watch::{ours, vendor};

/// Where ours says something else, and why. A row that is not needed fails.
const DIFFERENCES: &[(&str, &str)] = &[
    ("GET /login/companyinfo/{company}", "lies beside the API, which the vendor's description covers alone"),
    (
        "GET /{codebase}/system/callbackkey/index.rails",
        "lies beside the API, and is told by the vendor's page of callbacks",
    ),
    (
        "POST /company/managedDevicesIntegrations/{parentId}/crossReferences: the status 201",
        "200 there; the vendor's page on writing says 201 of every record that is created",
    ),
    (
        "DELETE /company/managedDevicesIntegrations/{parentId}/crossReferences/{id}: the status 204",
        "200 there; the vendor's page on writing says 204 of every record that is deleted",
    ),
    ("Refusal.code: the word", "free text there; these are the codes that are known of live servers"),
    ("Flaw.code: the word", "free text there; these are the codes that are known of live servers"),
    ("Throttling.error: the word", "free text there; the one word that is known of live servers"),
];

#[test]
fn what_we_rely_on_exists_in_the_vendors_description() {
    let (Some(practical), Some(full)) = (vendor::practical(), vendor::full()) else {
        println!("skipped: the comparison with the vendor's description, which is not beside this checkout");
        return;
    };

    let mut comparison = Comparison::default();
    for operation in &ours().operations {
        let in_practical = practical.find(&operation.method, &operation.path);
        let described = in_practical.map(|found| (practical, found));
        let described =
            described.or_else(|| full.find(&operation.method, &operation.path).map(|found| (&full, found)));
        match described {
            Some((theirs, found)) if found.path == operation.path => {
                comparison.operation(theirs, operation, found)
            }
            Some(_) | None => comparison.tell(format!("{} {}", operation.method, operation.path)),
        }
    }

    let explained = |said: &String| DIFFERENCES.iter().any(|(what, _)| said.starts_with(what));
    let unexplained: Vec<&String> = comparison.said.iter().filter(|said| !explained(said)).collect();
    let needed = |what: &str| comparison.said.iter().any(|said| said.starts_with(what));
    let needless: Vec<&str> =
        DIFFERENCES.iter().map(|(what, _)| *what).filter(|what| !needed(what)).collect();
    assert!(unexplained.is_empty(), "not in the vendor's description:\n{unexplained:#?}");
    assert!(needless.is_empty(), "differences that there are not: {needless:?}");
}

#[derive(Default)]
struct Comparison {
    said: BTreeSet<String>,
    seen: BTreeSet<(String, String)>,
}

impl Comparison {
    fn tell(&mut self, what: String) {
        self.said.insert(what);
    }

    fn operation(&mut self, theirs: &Description, ours_: &Operation, found: &Operation) {
        let name = format!("{} {}", ours_.method, ours_.path);
        for own in ours_.parameters.iter().filter(|own| own.place != "header") {
            let same = found.parameters.iter().find(|one| one.place == own.place && one.name == own.name);
            match same {
                Some(one) => self.shapes(theirs, &format!("{name} {}", own.name), &own.schema, &one.schema),
                None => self.tell(format!("{name}: the parameter {}", own.name)),
            }
        }
        match (&ours_.body, &found.body) {
            (Some(own), Some(one)) => self.shapes(theirs, &name, own, one),
            (Some(_), None) => self.tell(format!("{name}: a body")),
            (None, _) => {}
        }
        for (status, form) in &ours_.answers {
            let Some(one) = found.answers.get(status) else {
                if status.starts_with('2') {
                    self.tell(format!("{name}: the status {status}"));
                }
                continue;
            };
            if let (Some((_, own)), Some((_, one))) = (&form.content, &one.content) {
                self.shapes(theirs, &name, own, one);
            }
        }
    }

    fn shapes(&mut self, theirs: &Description, name: &str, own: &Value, one: &Value) {
        let named = own["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        let name = named.unwrap_or(name).to_owned();
        let (own, one) = (whole(ours(), own), whole(theirs, one));
        if named.is_some() && !self.seen.insert((name.clone(), one.to_string())) {
            return;
        }
        let (kind, other) = (&own["type"], &one["type"]);
        if !kind.is_null() && kind != other {
            self.tell(format!("{name}: the type {kind}, there {other}"));
        }
        if !own["format"].is_null() && own["format"] != one["format"] {
            self.tell(format!("{name}: the format {}, there {}", own["format"], one["format"]));
        }
        self.words(&name, own, one);
        if !own["maxLength"].is_null() && own["maxLength"].as_u64() != longest(one) {
            self.tell(format!("{name}: the length {}, there {:?}", own["maxLength"], longest(one)));
        }
        self.properties(theirs, &name, own, one);
        if !own["items"].is_null() {
            self.shapes(theirs, &format!("{name}[]"), &own["items"], &one["items"]);
        }
    }

    fn words(&mut self, name: &str, own: &Value, one: &Value) {
        let known = |word: &Value| one["enum"].as_array().is_some_and(|words| words.contains(word));
        for word in own["enum"].as_array().into_iter().flatten().filter(|word| !known(word)) {
            self.tell(format!("{name}: the word {word}"));
        }
    }

    fn properties(&mut self, theirs: &Description, name: &str, own: &Value, one: &Value) {
        let known = &one["properties"];
        for (property, schema) in own["properties"].as_object().into_iter().flatten() {
            match known.get(property) {
                Some(found) => self.property(theirs, name, property, schema, found),
                // Where theirs is open, as in `_info`, every name exists.
                None if one["additionalProperties"].is_object() => {}
                None => self.tell(format!("{name}.{property}")),
            }
        }
        let required = own["required"].as_array().cloned().unwrap_or_default();
        for must in one["required"].as_array().into_iter().flatten().filter(|must| !required.contains(must)) {
            self.tell(format!("{name}: {must} is required there"));
        }
    }

    fn property(&mut self, theirs: &Description, name: &str, property: &str, own: &Value, found: &Value) {
        // A reference is the same whatever its name: it is compared where it is used.
        let place = format!("{name}.{property}");
        let referred = own["$ref"].as_str().unwrap_or_default();
        if referred.ends_with("Reference") {
            self.shapes(theirs, &place, whole(ours(), own), found);
        } else {
            self.shapes(theirs, &place, own, found);
        }
    }
}

/// What is behind a reference, also where it stands alone in an `allOf`.
fn whole<'d>(description: &'d Description, schema: &'d Value) -> &'d Value {
    let found = description.resolve(schema);
    if found["allOf"].is_array() { description.resolve(&found["allOf"][0]) } else { found }
}

/// The longest text that the vendor allows. It is told in the text beside the shape.
fn longest(schema: &Value) -> Option<u64> {
    if let Some(longest) = schema["maxLength"].as_u64() {
        return Some(longest);
    }
    let (_, rest) = schema["description"].as_str()?.split_once("Max length: ")?;
    rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}
