//! The check itself: it passes what is right and fails what is not, and what it finds really fails a test.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use trueup::simulator::{Answered, Bite, Canned, Clock, Fault, Inspection, Match, Seed, Simulator};

use crate::watch::answers::{HARMLESS, SPOILING};
use crate::watch::{self, Call, Findings, Watch, Watched, answers, condition, requests};

const ADDITION: &str = "/v2026_4/apis/3.0/finance/agreements/7/additions/9";
const ADDITIONS: &str = "/v2026_4/apis/3.0/finance/agreements/7/additions";
const REPLACE: &str = r#"[{"op":"replace","path":"quantity","value":2.5}]"#;
const INERT: &str =
    r#"{"product":{"id":3},"quantity":0,"billCustomer":"Billable","effectiveDate":"2026-04-01T00:00:00Z"}"#;
const SHOWN: &str = r#"{"id":9,"product":{"id":3},"quantity":2.5,"billCustomer":"Billable","agreementId":7,"_info":{"lastUpdated":"2026-04-01T00:00:00Z"}}"#;

/// The headers of our client.
fn headers() -> BTreeMap<String, String> {
    let login = format!("Basic {}", STANDARD.encode("msp+public:private"));
    let headers = [
        ("user-agent", "trueup/0.1.0"),
        ("accept", "application/vnd.connectwise.com+json; version=2026.4"),
        ("authorization", login.as_str()),
        ("clientid", "client"),
    ];
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

fn found(
    method: &str,
    address: &str,
    body: &str,
    change: impl FnOnce(&mut BTreeMap<String, String>),
) -> Vec<String> {
    let mut headers = headers();
    if !body.is_empty() {
        headers.insert("content-type".to_owned(), "application/json".to_owned());
    }
    change(&mut headers);
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    requests::violations(&Call { method, path, query, headers: &headers, body })
}

fn request(method: &str, address: &str, body: &str) -> Vec<String> {
    found(method, address, body, |_| ())
}

fn answer(method: &str, path: &str, status: u16, body: &str) -> Vec<String> {
    answer_of_type("application/vnd.connectwise.com+json; version=2026.4", method, path, status, body)
}

fn answer_of_type(kind: &str, method: &str, path: &str, status: u16, body: &str) -> Vec<String> {
    let headers = [
        ("content-type", kind),
        ("api-current-version", "2026.4"),
        ("x-cw-request-id", "1"),
        ("x-server-name", "simulator"),
        ("cache-control", "no-cache"),
    ];
    let headers = headers.map(|(name, value)| (name, value.to_owned()));
    let asked = BTreeMap::new();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let call = Call { method, path, query, headers: &asked, body: "" };
    answers::violations(&call, &Answered { status, headers: &headers, body })
}

#[test]
fn what_trueup_sends_is_in_order() {
    assert_eq!(request("PATCH", ADDITION, REPLACE), Vec::<String>::new());
    assert_eq!(request("POST", ADDITIONS, INERT), Vec::<String>::new());
    for query in [
        "fields=id,product/id&pageSize=1000",
        "conditions=id in (3,4) and (product/identifier=\"a and b\" or quantity>=2)&orderBy=id asc",
    ] {
        assert_eq!(request("GET", &format!("{ADDITIONS}?{query}"), ""), Vec::<String>::new());
    }
}

#[test]
fn trueup_never_writes_anything_but_a_quantity() {
    for body in [
        r#"[{"op":"replace","path":"unitPrice","value":1}]"#,
        r#"[{"op":"replace","path":"quantity","value":-1}]"#,
        r#"[{"op":"replace","path":"quantity","value":"2"}]"#,
        r#"[{"op":"replace","path":"/quantity","value":2}]"#,
        r#"[{"op":"Replace","path":"quantity","value":2}]"#,
        r#"[{"op":"replace","path":"quantity","value":1},{"op":"replace","path":"quantity","value":2}]"#,
        r#"[{"op":"remove","path":"quantity"}]"#,
        "[]",
        "{}",
        "",
    ] {
        assert!(!request("PATCH", ADDITION, body).is_empty(), "{body}");
    }
    for body in [
        INERT.replace("\"quantity\":0", "\"quantity\":1"),
        INERT.replace("\"quantity\":0,", ""),
        INERT.replace("{\"id\":3}", "{\"identifier\":\"x\"}"),
        INERT.replace("\"quantity\"", "\"unitPrice\":1,\"quantity\""),
        INERT.replace("2026-04-01T00:00:00Z", "2026-04-01"),
    ] {
        assert!(!request("POST", ADDITIONS, &body).is_empty(), "{body}");
    }
}

#[test]
fn trueup_never_deletes_replaces_or_invoices() {
    for (method, path) in [
        ("DELETE", ADDITION),
        ("PUT", ADDITION),
        ("PATCH", "/v2026_4/apis/3.0/finance/agreements/7"),
        ("POST", "/v2026_4/apis/3.0/finance/agreements/7/invoice"),
        ("POST", "/v2026_4/apis/3.0/company/companies"),
        ("GET", "/v2026_4/apis/3.0/apis/3.0/company/companies"),
        ("GET", "/v2026_4/apis/3.0/company/company"),
    ] {
        assert!(!request(method, path, "").is_empty(), "{method} {path}");
    }
}

#[test]
fn a_parameter_is_known_spelled_right_and_of_its_type() {
    for query in [
        "fields=id,produkt/id",
        "fields=id,product/name",
        "pagesize=10",
        "pageSize=many",
        "pageSize=2000",
        "page=0",
        "pageId=3",
        "orderBy=quanttity",
        "conditions=quantitty>3",
        "conditions=product/name=\"x\"",
        "filter=id=3",
        "fields=id&fields=id",
    ] {
        assert!(!request("GET", &format!("{ADDITIONS}?{query}"), "").is_empty(), "{query}");
    }
    assert!(!request("GET", &format!("{ADDITION}?conditions=id=3"), "").is_empty());
}

#[test]
fn what_stands_in_quotes_or_brackets_is_no_field_and_what_stands_behind_them_is() {
    for (condition, fields) in [
        ("name=\"O'Brien\" and produkt=1", vec!["name", "produkt"]),
        ("name='the \"best\" one' and produkt=1", vec!["name", "produkt"]),
        (r#"name="a\"b" and produkt=1"#, vec!["name", "produkt"]),
        (r#"name="a""b" and produkt=1"#, vec!["name", "produkt"]),
        ("name=\"a [b\" and lastUpdated>[2026-04-01T00:00:00Z] and produkt=1", vec!["name", "produkt"]),
        ("id IN (1,2) AND NOT (name like 'x%' or y_z=true)", vec!["id", "name", "y_z"]),
    ] {
        assert_eq!(
            condition::fields(condition),
            Ok(fields.into_iter().map(str::to_owned).collect()),
            "{condition}"
        );
    }
    for endless in ["name=\"a", "name='a\"", r#"name="a\" and produkt=1"#, "lastUpdated>[2026"] {
        assert!(condition::fields(endless).is_err(), "{endless}");
    }
}

/// A bundle of one part.
fn bundle(kind: &str, asked: &str) -> Vec<String> {
    let part =
        format!(r#"{{"sequenceNumber":1,"resourceType":"{kind}","apiRequest":{{"parentId":7,{asked}}}}}"#);
    request("POST", "/v2026_4/apis/3.0/system/bundles", &format!(r#"{{"requests":[{part}]}}"#))
}

#[test]
fn a_part_of_a_bundle_is_judged_as_of_what_it_asks_for() {
    let fine = [
        ("addition", r#""fields":"id,product/id","filters":{"orderBy":"id asc","conditions":"quantity>0"}"#),
        ("agreement", r#""fields":"id,nextInvoiceDate","filters":{"conditions":"type/id in (5)"}"#),
    ];
    for (kind, asked) in fine {
        assert_eq!(bundle(kind, asked), Vec::<String>::new(), "{kind} {asked}");
    }
    for (kind, asked) in [
        ("addition", r#""filters":{"conditions":"quantitty>0"}"#),
        ("addition", r#""filters":{"conditions":"description='a"}"#),
        ("addition", r#""filters":{"childconditions":"id=1"}"#),
        ("addition", r#""fields":"nextInvoiceDate""#),
        ("agreement", r#""fields":"quantity""#),
        ("agreement", r#""filters":{"orderBy":"quantity"}"#),
        ("configuration", r#""fields":"id""#),
    ] {
        assert!(!bundle(kind, asked).is_empty(), "{kind} {asked}");
    }
}

#[test]
fn keys_go_with_every_call_but_the_public_one() {
    let without = |name: &'static str| found("GET", ADDITION, "", move |headers| drop(headers.remove(name)));
    let public = "/login/companyinfo/msp";

    for name in ["authorization", "clientid", "accept"] {
        assert!(!without(name).is_empty(), "{name}");
    }
    let plain = |headers: &mut BTreeMap<String, String>| {
        drop(headers.insert("authorization".into(), "Basic eDp5".into()))
    };
    assert!(!found("GET", ADDITION, "", plain).is_empty());
    assert_eq!(request("GET", public, "").len(), 3, "the keys and the type");
}

#[test]
fn an_answer_has_a_described_status_and_shape() {
    assert_eq!(answer("GET", ADDITION, 200, SHOWN), Vec::<String>::new());
    for (status, body) in [
        (202, SHOWN.to_owned()),
        (200, SHOWN.replace("\"quantity\"", "\"quantitty\"")),
        (200, SHOWN.replace("2.5", "\"2.5\"")),
        (200, SHOWN.replace("Billable", "billable")),
        (200, SHOWN.replace("00:00:00Z", "00:00:00.000Z")),
        (200, SHOWN.replace("\"billCustomer\":\"Billable\",", "")),
        (200, format!("[{SHOWN}]")),
        (200, "null".to_owned()),
        (200, String::new()),
        (404, SHOWN.to_owned()),
        (404, r#"{"error":"ConnectWiseAPI","message":"x"}"#.to_owned()),
        (429, r#"{"code":"NotFound","message":"x"}"#.to_owned()),
    ] {
        assert!(!answer("GET", ADDITION, status, &body).is_empty(), "{status} {body}");
    }
}

#[test]
fn the_gateway_speaks_of_no_address_that_is_the_apis() {
    let plain = |path: &str| {
        let path = format!("{path}/company/companies");
        answer_of_type("text/plain; charset=utf-8", "GET", &path, 400, "Cannot route the request")
    };

    for elsewhere in
        ["/v2026_4/apis/3.0/apis/3.0", "/v4_6_release/apis/3.0/apis/3.0", "/v2019_1/apis/3.0", "/x"]
    {
        assert_eq!(plain(elsewhere), Vec::<String>::new(), "{elsewhere}");
    }
    // The current release is 2026.4, by the header of the answer.
    for ours in ["/v4_6_release/apis/3.0", "/v2026_4/apis/3.0", "//v2026_4/apis//3.0"] {
        assert!(!plain(ours).is_empty(), "{ours}");
    }
}

#[test]
fn a_projection_may_leave_out_what_a_whole_record_may_not() {
    let projected = format!("{ADDITION}?fields=id");

    assert_eq!(answer("GET", &projected, 200, r#"{"id":9}"#), Vec::<String>::new());

    assert!(!answer("GET", ADDITION, 200, r#"{"id":9}"#).is_empty());
    assert!(!answer("GET", &projected, 200, r#"{"idd":9}"#).is_empty());
}

fn simulator() -> Watched {
    watch::start(Simulator::new(Seed::default(), Clock::system()).expect("an empty seed is whole"))
}

/// Sends a request as our client would name itself.
fn send(to: &Watched, head: &str) -> String {
    let mut stream = TcpStream::connect(to.address()).expect("it listens");
    let request =
        format!("{head} HTTP/1.1\r\nHost: x\r\nUser-Agent: trueup/test\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
#[should_panic(expected = "the contract with ConnectWise was broken")]
fn a_violation_fails_the_test_that_caused_it() {
    let simulator = simulator();

    send(&simulator, "DELETE /v2026_4/apis/3.0/finance/agreements/7/additions/9");
}

#[test]
fn a_violation_can_be_looked_at_instead() {
    let simulator = simulator();

    send(&simulator, "DELETE /v2026_4/apis/3.0/finance/agreements/7/additions/9");

    let found = simulator.take_findings();
    assert!(found.iter().any(|one| one.ends_with("trueup never sends that")), "{found:?}");
}

#[test]
fn every_fault_of_the_simulator_is_said_to_be_harmless_or_to_spoil() {
    let mut said: Vec<&str> = HARMLESS.iter().chain(&SPOILING).copied().collect();
    let mut known: Vec<&str> = Bite::NAMES.iter().chain(Fault::NAMES).copied().collect();
    said.sort_unstable();
    known.sort_unstable();

    assert_eq!(said, known);
}

#[test]
fn an_answer_that_a_fault_spoiled_is_not_judged_and_every_other_is() {
    let odd = Answered { status: 202, headers: &[], body: "{\"odd\":1}" };
    let is_judged = |faults: &[&'static str]| {
        let (findings, headers) = (Findings::default(), BTreeMap::new());
        let (method, path, query, body) = ("GET", "/login/companyinfo/nobody", "", "");
        let answer = Some(odd);
        watch::look(&findings, &Inspection { method, path, query, headers: &headers, body, answer, faults });
        !findings.take().is_empty()
    };

    assert!(is_judged(&[]));
    for harmless in HARMLESS {
        assert!(is_judged(&[harmless]), "{harmless}");
    }
    for spoiling in SPOILING {
        assert!(!is_judged(&[spoiling]), "{spoiling}");
        assert!(!is_judged(&["latency", spoiling]), "{spoiling}");
    }
}

#[test]
fn the_faults_that_befell_an_answer_are_told_to_whom_judges_it() {
    let simulator = simulator();
    let company = "GET /login/companyinfo/nobody";

    simulator.fail_next(Match::any(), Fault::StatusBefore(Canned::new(202, "{\"odd\":1}")));
    assert!(send(&simulator, company).starts_with("HTTP/1.1 202"));
    assert!(send(&simulator, company).starts_with("HTTP/1.1 200"));

    let of_answers = |one: &String| one.contains("status");
    assert_eq!(simulator.take_findings().into_iter().filter(of_answers).collect::<Vec<_>>(), [""; 0]);
}

#[test]
#[should_panic(expected = "a finding")]
fn what_a_far_end_heard_is_raised_too() {
    let findings = Findings::default();
    let _watch = Watch(findings.clone());
    let headers = BTreeMap::new();

    let call = Call { method: "GET", path: "/", query: "", headers: &headers, body: "" };

    findings.add(&call, vec!["a finding".to_owned()]);
}
