//! What a request of our client has to be: to an operation that is described, with what it takes and nothing else.
//!
//! Whether it may be sent at all is the matter of `conduct`.

use serde_json::Value;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::answers::bundled;
use super::description::{Operation, Parameter};
use super::shape::Reading;
use super::{Call, condition, conduct, ours, vendor};

/// The type our client asks for.
const ACCEPT: &str = "application/vnd.connectwise.com+json; version=2026.4";
/// An address longer than this is refused somewhere on the way, by what the vendor recommends.
const LONGEST_ADDRESS: usize = 2_000;

/// Everything that is wrong with a request of our client.
pub fn violations(call: &Call<'_>) -> Vec<String> {
    let Some(operation) = ours().find(call.method, call.below_api()) else {
        return vec!["no such operation is described".to_owned()];
    };
    let mut found = conduct::violations(call, operation);
    found.extend(headers(call, operation));
    found.extend(parameters(call, operation));
    found.extend(body(call, operation));
    found.extend(fields(call, operation));
    if call.path.len() + call.query.len() > LONGEST_ADDRESS {
        found.push("the address is too long".to_owned());
    }
    found.extend(of_vendor(call).into_iter().map(|one| format!("by the vendor's description: {one}")));
    found
}

/// Keys and version go with everything but the company information, which is asked without any.
fn headers(call: &Call<'_>, operation: &Operation) -> Vec<String> {
    let public = operation.path.starts_with("/login/");
    let mut found = Vec::new();
    let accept = if public { "application/json" } else { ACCEPT };
    if call.header("accept") != accept {
        found.push(format!("it accepts {:?}", call.header("accept")));
    }
    if public {
        let told = ["authorization", "clientid"].iter().filter(|name| call.headers.contains_key(**name));
        found.extend(told.map(|name| format!("{name} is told to whom it does not concern")));
        return found;
    }
    if !is_login(call.header("authorization")) {
        found.push("the authorization is not company, plus, public key, colon, private key".to_owned());
    }
    if call.header("clientid").is_empty() {
        found.push("there is no clientId".to_owned());
    }
    found
}

/// Whether this is a Basic login of the right form. What is in it is never told.
fn is_login(header: &str) -> bool {
    let encoded = header.strip_prefix("Basic ").and_then(|encoded| STANDARD.decode(encoded).ok());
    let decoded = encoded.and_then(|decoded| String::from_utf8(decoded).ok()).unwrap_or_default();
    let (user, private) = decoded.split_once(':').unwrap_or_default();
    let (company, public) = user.split_once('+').unwrap_or_default();
    ![company, public, private].contains(&"")
}

/// Every parameter is described, spelled as there, sent once, and of its type.
fn parameters(call: &Call<'_>, operation: &Operation) -> Vec<String> {
    let of = |place: &'static str| operation.parameters.iter().filter(move |own| own.place == place);
    let sent = call.parameters();
    let mut found = Vec::new();
    for (index, (name, value)) in sent.iter().enumerate() {
        match of("query").find(|own| own.name == *name) {
            None => found.push(format!("the parameter {name} is not described here")),
            Some(parameter) => found.extend(misfits(parameter, value)),
        }
        if sent[..index].iter().any(|(before, _)| before == name) {
            found.push(format!("the parameter {name} is sent twice"));
        }
    }
    for parameter in of("path") {
        let names = operation.path.split('/').map(|segment| segment.trim_matches(['{', '}']));
        let values = names.zip(call.below_api().split('/')).filter(|(name, _)| *name == parameter.name);
        found.extend(values.flat_map(|(_, value)| misfits(parameter, value)));
    }
    found.extend(paging(call, &sent, of("header").next()));
    found
}

fn paging(call: &Call<'_>, sent: &[(String, String)], described: Option<&Parameter>) -> Vec<String> {
    let mode = call.header("pagination-type");
    let has = |name: &str| sent.iter().any(|(own, _)| own == name);
    match (mode, described) {
        ("", _) if has("pageId") => {
            vec!["a pageId without the forward-only mode is not looked at".to_owned()]
        }
        ("", _) => Vec::new(),
        (_, None) => vec!["there is nothing to page here".to_owned()],
        ("forward-only", Some(_)) if has("page") || has("orderBy") => {
            vec!["page and orderBy are not allowed in the forward-only mode".to_owned()]
        }
        (mode, Some(parameter)) => misfits(parameter, mode),
    }
}

fn misfits(parameter: &Parameter, value: &str) -> Vec<String> {
    let whole = parameter.schema["type"] == "integer";
    let value = match value.parse::<i64>() {
        Ok(number) if whole => number.into(),
        Ok(_) | Err(_) => Value::from(value),
    };
    let found = ours().misfits(&parameter.schema, Reading::Request, &value);
    found.into_iter().map(|one| format!("the parameter {}: {one}", parameter.name)).collect()
}

fn body(call: &Call<'_>, operation: &Operation) -> Vec<String> {
    let Some(schema) = &operation.body else {
        return if call.body.is_empty() { Vec::new() } else { vec!["it has a body".to_owned()] };
    };
    let mut found = Vec::new();
    if call.header("content-type") != "application/json" {
        found.push(format!("its body is of type {:?}", call.header("content-type")));
    }
    match serde_json::from_str(call.body) {
        Ok(body) => found.extend(ours().misfits(schema, Reading::Request, &body)),
        Err(error) => found.push(format!("its body is no JSON: {error}")),
    }
    found
}

/// Fields that are asked for exist: the server says nothing of one that does not, it just leaves it out.
fn fields(call: &Call<'_>, operation: &Operation) -> Vec<String> {
    // A count is of the records that its list would show, and is asked for by their fields.
    let list = operation.path.strip_suffix("/count").and_then(|list| ours().find("GET", list));
    let operation = list.unwrap_or(operation);
    let answer = operation.answers.get("200").and_then(|form| form.content.as_ref());
    let shape = answer.map_or(&Value::Null, |(_, schema)| schema);
    let shape = if shape["items"].is_null() { shape } else { &shape["items"] };
    let mut found = Vec::new();
    for (name, text) in call.parameters() {
        match name.as_str() {
            "fields" | "orderBy" => found.extend(unknown(shape, &text)),
            "conditions" => found.extend(conditions(shape, &text)),
            _ => {}
        }
    }
    if operation.path == "/system/bundles" {
        let bundle: Value = serde_json::from_str(call.body).unwrap_or_default();
        found.extend(bundle["requests"].as_array().into_iter().flatten().flat_map(part));
    }
    found
}

/// The fields that a part of a bundle names are those of the records that it asks for.
fn part(part: &Value) -> Vec<String> {
    let kind = part["resourceType"].as_str().unwrap_or_default();
    let Some(record) = bundled(kind) else { return vec![format!("a bundle of {kind:?} is not described")] };
    let (shape, asked) = (ours().record(record), &part["apiRequest"]);
    let text = |value: &'_ Value| value.as_str().unwrap_or_default().to_owned();
    let mut found = unknown(&shape, &text(&asked["fields"]));
    found.extend(unknown(&shape, &text(&asked["filters"]["orderBy"])));
    found.extend(conditions(&shape, &text(&asked["filters"]["conditions"])));
    // Nothing of ours asks by the fields of children or by custom fields, so what they mean is not described.
    for name in ["childconditions", "customfieldconditions"] {
        found.extend((!asked["filters"][name].is_null()).then(|| format!("{name} are not described")));
    }
    found
}

/// The fields of a condition that the shape does not have.
fn conditions(shape: &Value, text: &str) -> Vec<String> {
    match condition::fields(text) {
        Ok(names) => unknown(shape, &names.join(",")),
        Err(why) => vec![why],
    }
}

/// The names of a list of fields, with or without their order, that the shape does not have.
fn unknown(shape: &Value, names: &str) -> Vec<String> {
    let names = names.split(',').map(|name| name.trim().split(' ').next().unwrap_or_default());
    let missing = names.filter(|name| !name.is_empty()).filter(|name| {
        let path: Vec<&str> = name.split('/').collect();
        ours().property(shape, &path).is_none()
    });
    missing.map(|name| format!("there is no field {name:?}")).collect()
}

/// What the vendor's description says. Of operations it does not have it says nothing.
fn of_vendor(call: &Call<'_>) -> Vec<String> {
    let Some(vendor) = vendor::practical() else { return Vec::new() };
    let Some(operation) = vendor.find(call.method, call.below_api()) else { return Vec::new() };
    let named = |name: &str| operation.parameters.iter().any(|own| own.place == "query" && own.name == name);
    let sent = call.parameters();
    let mut found: Vec<String> = sent
        .iter()
        .filter(|(name, _)| !named(name))
        .map(|(name, _)| format!("no parameter {name}"))
        .collect();
    if let (Some(schema), Ok(body)) = (&operation.body, serde_json::from_str(call.body)) {
        found.extend(vendor.misfits(schema, Reading::Request, &body));
    }
    found
}
