//! What an answer has to be: a status that is described, a type, headers, links in their form, a body in its shape.
//!
//! Judges no answer by what it should have said, only by how it says it.

use serde_json::Value;
use trueup::simulator::Answered;

use super::description::{Description, Form, Operation};
use super::shape::Reading;
use super::{Call, ours, vendor};

/// Faults that leave an answer as it was, or give another one that the server gives too: these are judged.
pub const HARMLESS: [&str; 34] = [
    "landed late",
    "answered late",
    "write ignored",
    "misread",
    "changed before",
    "changed after",
    "stale read",
    "latency",
    "slowFirstByte",
    "slowBody",
    "landsLate",
    "throttle",
    "tooMany",
    "notFound",
    "releaseMoves",
    "rowInserted",
    "rowDeleted",
    "shortPage",
    "repeatedPage",
    "anotherActor",
    "staleRead",
    "writeIgnored",
    "storedRounded",
    "storedAtMost",
    "storedPlus",
    "otherFieldChanges",
    "otherRecord",
    "isCloud",
    "forbidden",
    "unauthorized",
    "permissionRemoved",
    "keyRevoked",
    "age",
    "repeatedDate",
];
/// Faults that spoil an answer: what comes of them is no answer of ConnectWise's, and is not judged.
pub const SPOILING: [&str; 31] = [
    "status before",
    "status after commit",
    "connection dropped before",
    "connection dropped after commit",
    "truncated JSON",
    "empty body",
    "page for people",
    "answer disguised",
    "body in its own way",
    "timedOut",
    "reset",
    "gateway",
    "status",
    "truncated",
    "empty",
    "noContent",
    "page",
    "nullBody",
    "wrongType",
    "redirect",
    "countOff",
    "linkLoops",
    "linkElsewhere",
    "linkMissing",
    "invalidRecord",
    "emptyDates",
    "extraProperties",
    "additionStatus",
    "hugeHeaders",
    "gzipBomb",
    "endless",
];
/// The headers of every answer.
const STANDING: [&str; 4] = ["api-current-version", "x-cw-request-id", "x-server-name", "cache-control"];
/// The versioned type, without its version.
const VERSIONED: &str = "application/vnd.connectwise.com+json";
/// What can be listed in a bundle, and the shape of it.
const BUNDLED: [(&str, &str); 3] =
    [("addition", "Addition"), ("agreement", "Agreement"), ("ticket", "Ticket")];

/// Whether an answer came as it was meant: no fault that befell it spoils answers.
pub fn is_whole(faults: &[&str]) -> bool {
    faults.iter().all(|fault| HARMLESS.contains(fault))
}

/// Everything that is wrong with an answer.
pub fn violations(call: &Call<'_>, answer: &Answered<'_>) -> Vec<String> {
    let mut found = standing_headers(answer);
    if is_of_gateway(call, answer) {
        return found;
    }
    match ours().find(call.method, call.below_api()) {
        Some(operation) => found.extend(described(call, operation, answer)),
        None => found.extend(undescribed(call, answer)),
    }
    if let Some(vendor) = vendor::practical() {
        let by_vendor = of_vendor(vendor, call, answer).into_iter();
        found.extend(by_vendor.map(|one| format!("by the vendor's description: {one}")));
    }
    found
}

fn standing_headers(answer: &Answered<'_>) -> Vec<String> {
    let missing = STANDING.iter().filter(|name| header(answer, name).is_none());
    missing.map(|name| format!("the answer has no header {name}")).collect()
}

/// The shape of the records that a part of a bundle asks for, by the name of their kind.
pub fn bundled(kind: &str) -> Option<&'static str> {
    BUNDLED.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind)).map(|(_, record)| *record)
}

/// An answer of an operation.
fn described(call: &Call<'_>, operation: &Operation, answer: &Answered<'_>) -> Vec<String> {
    let Some(form) = operation.answers.get(&answer.status.to_string()) else {
        return vec![format!("the status {} is not described: {}", answer.status, short(answer.body))];
    };
    let Some((media_type, schema)) = &form.content else {
        return if answer.body.is_empty() { Vec::new() } else { vec!["the answer has a body".to_owned()] };
    };
    let mut found = media_type_violations(media_type, answer);
    found.extend(link_violations(call, operation, form, answer));
    let Ok(body) = serde_json::from_str::<Value>(answer.body) else {
        found.push(format!("the answer is no JSON: {}", short(answer.body)));
        return found;
    };
    found.extend(ours().misfits(schema, reading(call, answer.status), &body));
    if operation.path == "/system/bundles" && answer.status == 200 {
        found.extend(bundle_violations(call, &body));
    }
    found
}

/// Whether the gateway before the API says in plain text that it knows no such release, of an address that has none: a
/// doubled one, or one of another release. Of an address of the current release, by its own name or the one that is always
/// there, it says nothing.
fn is_of_gateway(call: &Call<'_>, answer: &Answered<'_>) -> bool {
    let parts: Vec<&str> = call.path.split('/').filter(|part| !part.is_empty()).collect();
    let current =
        header(answer, "api-current-version").map(|release| format!("v{}", release.replace('.', "_")));
    if let [base, "apis", "3.0", rest @ ..] = parts.as_slice()
        && (*base == "v4_6_release" || current.as_deref() == Some(base))
        && rest.first() != Some(&"apis")
    {
        return false;
    }
    let plain = header(answer, "content-type").is_some_and(|found| found.starts_with("text/plain"));
    answer.status == 400 && plain && !answer.body.is_empty()
}

/// An answer to what is no operation: a refusal.
fn undescribed(call: &Call<'_>, answer: &Answered<'_>) -> Vec<String> {
    let knows = ours().knows(call.below_api());
    if !matches!((answer.status, knows), (400 | 401 | 403 | 404, _) | (405, true)) {
        return vec![format!("the status {} of what is not described", answer.status)];
    }
    let mut found = media_type_violations(VERSIONED, answer);
    match serde_json::from_str(answer.body) {
        Ok(body) => found.extend(ours().misfits(&ours().refusal(), Reading::Answer, &body)),
        Err(_) => found.push(format!("the refusal is no JSON: {}", short(answer.body))),
    }
    found
}

fn media_type_violations(expected: &str, answer: &Answered<'_>) -> Vec<String> {
    let found = header(answer, "content-type").unwrap_or_default();
    let (essence, rest) = found.split_once(';').unwrap_or((found, ""));
    let version = rest.trim().strip_prefix("version=").and_then(|version| version.split_once('.'));
    let is_version = version.is_some_and(|(year, release)| {
        year.len() == 4 && [year, release].iter().all(|part| part.parse::<u16>().is_ok())
    });
    if essence == expected && (essence != VERSIONED || is_version) {
        return Vec::new();
    }
    vec![format!("the answer is of type {found:?}, not {expected}")]
}

/// Forward only, there is always a link, empty on the last page. Else there is one where there are other pages, and
/// each ends in the number of its page.
fn link_violations(
    call: &Call<'_>,
    operation: &Operation,
    form: &Form,
    answer: &Answered<'_>,
) -> Vec<String> {
    let link = header(answer, "link");
    let walks = operation.parameters.iter().any(|parameter| parameter.name == "pageId");
    let forward = walks && call.header("pagination-type").eq_ignore_ascii_case("forward-only");
    let sound = match (form.links, forward, link) {
        (false, _, link) => link.is_none(),
        (true, true, None) => false,
        (true, true, Some(link)) => link.is_empty() || is_link(call, link, "pageId", &["next"]),
        (true, false, None) => true,
        (true, false, Some(links)) => {
            links.split(", ").all(|link| is_link(call, link, "page", &["next", "last", "first", "prev"]))
        }
    };
    if sound { Vec::new() } else { vec![format!("the header Link is {link:?}")] }
}

/// Whether this is `<address>; rel="relation"`, of the same list, its last parameter a number of this name.
fn is_link(call: &Call<'_>, link: &str, last: &str, relations: &[&str]) -> bool {
    let parts = link.strip_prefix('<').and_then(|link| link.split_once(">; rel=\""));
    let Some((address, relation)) = parts else { return false };
    let Some((address, query)) = address.split_once('?') else { return false };
    let number = query.rsplit('&').next().and_then(|one| one.strip_prefix(&format!("{last}=")));
    address.starts_with("http")
        && address.ends_with(call.path)
        && number.is_some_and(|number| number.parse::<u32>().is_ok())
        && relation.strip_suffix('"').is_some_and(|relation| relations.contains(&relation))
}

/// Every part of a bundle's answer belongs to one that was asked, and holds records of its kind.
fn bundle_violations(call: &Call<'_>, body: &Value) -> Vec<String> {
    let asked: Value = serde_json::from_str(call.body).unwrap_or_default();
    let parts = any_case(&asked, "requests").as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    let results = body["results"].as_array().map_or(&[][..], Vec::as_slice);
    if results.len() != parts.len() {
        found.push(format!("{} answers to {} parts", results.len(), parts.len()));
    }
    for (part, result) in parts.iter().zip(results) {
        if any_case(part, "sequenceNumber") != &result["sequenceNumber"] {
            found.push(format!("an answer to part {} in another's place", result["sequenceNumber"]));
        }
        let kind = result["resourceType"].as_str().unwrap_or_default();
        let entities = result["entities"].as_array().map_or(&[][..], Vec::as_slice);
        let Some(record) = bundled(kind) else {
            found.extend((!entities.is_empty()).then(|| format!("a bundle of {kind:?} is not described")));
            continue;
        };
        let cut = any_case(any_case(part, "apiRequest"), "fields").as_str().is_some_and(|f| !f.is_empty());
        let reading = if cut { Reading::Projection } else { Reading::Answer };
        let schema = ours().record(record);
        found.extend(entities.iter().flat_map(|entity| ours().misfits(&schema, reading, entity)).take(5));
    }
    found
}

/// What the vendor's description says of the shape. Of operations it does not have it says nothing.
fn of_vendor(vendor: &Description, call: &Call<'_>, answer: &Answered<'_>) -> Vec<String> {
    let Some(operation) = vendor.find(call.method, call.below_api()) else { return Vec::new() };
    // Which statuses it names is compared with ours once, by a test of its own.
    let Some(form) = operation.answers.get(&answer.status.to_string()) else { return Vec::new() };
    match (&form.content, serde_json::from_str::<Value>(answer.body)) {
        (Some((_, schema)), Ok(body)) => vendor.misfits(schema, reading(call, answer.status), &body),
        (Some(_), Err(_)) => vec!["no JSON".to_owned()],
        (None, _) => Vec::new(),
    }
}

/// Whether the caller asked for some of the fields only.
fn reading(call: &Call<'_>, status: u16) -> Reading {
    let cut = |(name, value): &(String, String)| name.eq_ignore_ascii_case("fields") && !value.is_empty();
    let projected = status < 300 && call.parameters().iter().any(cut);
    if projected { Reading::Projection } else { Reading::Answer }
}

fn any_case<'v>(value: &'v Value, name: &str) -> &'v Value {
    const NOTHING: &Value = &Value::Null;
    let found =
        value.as_object().and_then(|object| object.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)));
    found.map_or(NOTHING, |(_, value)| value)
}

fn header<'a>(answer: &Answered<'a>, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str())
}

fn short(body: &str) -> String {
    body.chars().take(120).collect()
}
