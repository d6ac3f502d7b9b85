//! Our description against the vendor's own, where that is at hand: what we rely on exists there likewise.
//!
//! Ours may say less and may be stricter. Where it says something else, the table of differences says why.

use std::collections::BTreeSet;

use serde_json::{Value, json};

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
fn it_is_told_whether_the_vendors_description_is_used() {
    let told = vendor::told();

    println!("{told}");
    assert_eq!(told.contains(" is used "), vendor::practical().is_some(), "{told}");
}

#[test]
fn what_we_rely_on_exists_in_the_vendors_description() {
    let (Some(practical), Some(full)) = (vendor::practical(), vendor::full()) else {
        println!("skipped: the comparison with the vendor's description, which is not beside this checkout");
        return;
    };

    let said = differences(ours(), practical, &full);

    let explained = |said: &String| DIFFERENCES.iter().any(|(what, _)| said.starts_with(what));
    let unexplained: Vec<&String> = said.iter().filter(|said| !explained(said)).collect();
    let needed = |what: &str| said.iter().any(|said| said.starts_with(what));
    let needless: Vec<&str> =
        DIFFERENCES.iter().map(|(what, _)| *what).filter(|what| !needed(what)).collect();
    assert!(unexplained.is_empty(), "not in the vendor's description:\n{unexplained:#?}");
    assert!(needless.is_empty(), "differences that there are not: {needless:?}");
}

#[test]
fn a_name_type_word_or_length_of_our_own_making_is_found() {
    let (Some(practical), Some(full)) = (vendor::practical(), vendor::full()) else {
        println!("skipped: the comparison with the vendor's description, which is not beside this checkout");
        return;
    };
    let before = differences(ours(), practical, &full).len();

    let addition = "/components/schemas/Addition";
    for (place, value) in [
        (format!("{addition}/properties/quantitty"), json!({ "type": "number" })),
        (format!("{addition}/properties/quantity"), json!({ "type": "string" })),
        (format!("{addition}/properties/cancelledDate"), json!({ "type": "string", "format": "date" })),
        (format!("{addition}/properties/billCustomer"), json!({ "type": "string", "enum": ["Perhaps"] })),
        (format!("{addition}/properties/serialNumber"), json!({ "type": "string", "maxLength": 51 })),
        (format!("{addition}/required"), json!(["id", "product"])),
        ("/components/schemas/ProductReference/properties/name".to_owned(), json!({ "type": "string" })),
        ("/paths/~1system~1info/get/parameters".to_owned(), json!([{ "name": "x", "in": "query" }])),
        ("/paths/~1system~1info/post".to_owned(), json!({ "responses": {} })),
    ] {
        let mut document = ours().document.clone();
        let (parent, name) = place.rsplit_once('/').expect("a place has a parent");
        let parent = document.pointer_mut(parent).and_then(Value::as_object_mut).expect("it is there");
        parent.insert(name.to_owned(), value);

        let said = differences(&Description::read(document), practical, &full);

        assert!(said.len() > before, "{place}");
    }
}

/// Everything of ours that is not in the vendor's description, or is otherwise there.
fn differences(ours: &Description, practical: &Description, full: &Description) -> BTreeSet<String> {
    let mut comparison = Comparison { ours, said: BTreeSet::new(), seen: BTreeSet::new() };
    for operation in &ours.operations {
        let find = |theirs: &Description| theirs.find(&operation.method, &operation.path).is_some();
        let theirs = if find(practical) { practical } else { full };
        match theirs.find(&operation.method, &operation.path) {
            Some(found) if found.path == operation.path => comparison.operation(theirs, operation, found),
            Some(_) | None => comparison.tell(format!("{} {}", operation.method, operation.path)),
        }
    }
    comparison.said
}

struct Comparison<'o> {
    ours: &'o Description,
    said: BTreeSet<String>,
    seen: BTreeSet<(String, String)>,
}

impl Comparison<'_> {
    fn tell(&mut self, what: String) {
        self.said.insert(what);
    }

    fn operation(&mut self, theirs: &Description, own: &Operation, found: &Operation) {
        let name = format!("{} {}", own.method, own.path);
        for mine in own.parameters.iter().filter(|mine| mine.place != "header") {
            let same = found.parameters.iter().find(|one| one.place == mine.place && one.name == mine.name);
            match same {
                Some(one) => self.shapes(theirs, &format!("{name} {}", mine.name), &mine.schema, &one.schema),
                None => self.tell(format!("{name}: the parameter {}", mine.name)),
            }
        }
        match (&own.body, &found.body) {
            (Some(own), Some(one)) => self.shapes(theirs, &name, own, one),
            (Some(_), None) => self.tell(format!("{name}: a body")),
            (None, _) => {}
        }
        for (status, form) in &own.answers {
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
        let (own, one) = (whole(self.ours, own), whole(theirs, one));
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
            self.shapes(theirs, &place, whole(self.ours, own), found);
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
