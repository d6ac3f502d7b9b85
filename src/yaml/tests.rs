//! The laws of the reader, on a small document that has one of everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::{any, proptest};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Limits, Reader, Reading, Step};
use crate::problem::Code;

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Sample {
    #[serde(default)]
    rows: Vec<Row>,
    mode: Option<Mode>,
    from: Option<From>,
    #[serde(default)]
    tenants: BTreeMap<String, Row>,
    hours: Option<u32>,
    active: Option<bool>,
    either: Option<Either>,
}

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Row {
    level: Arc<str>,
    #[schemars(range(min = 0, max = 4))]
    decimals: Option<u32>,
    amount: Option<Amount>,
    until: Option<Day>,
}

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// Look
    Observe,
    /// Write
    Apply,
}

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum From {
    /// A variable
    Env(String),
    /// A file
    File(String),
}

#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Either {
    Count(u32),
    Name(String),
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Amount(#[serde(with = "rust_decimal::serde::str")] rust_decimal::Decimal);

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "number" })
    }
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
struct Day(jiff::civil::Date);

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}

fn reading(bytes: &[u8]) -> Reading<Sample> {
    super::read(&"a.yaml".into(), bytes)
}

/// `code line:column` of every problem.
fn told(bytes: &[u8]) -> Vec<String> {
    let place = |problem: crate::problem::Problem| {
        let place = problem.place.expect("every problem of a text has a place");
        format!("{} {}:{}", problem.code, place.line, place.column)
    };
    reading(bytes).problems.into_iter().map(place).collect()
}

#[test]
fn a_sound_text_is_read_with_the_place_of_every_value() {
    let text = "# Grüße\nrows:\n  - level: Größe\n    amount: 12.10\n    until: 2027-03-31\n  - { level: \"1\" }\n\
                mode: apply\nfrom: { env: NAME }\neither: 3\ntenants: { a: { level: b } }\n";

    let Reading { value, document, problems } = reading(text.as_bytes());

    let value = value.expect("the text is sound");
    let document = document.expect("the text is sound");
    let place = document.place(&[Step::Key("rows"), Step::Item(0), Step::Key("amount")]);
    assert_eq!(problems, []);
    assert_eq!((place.line, place.column, &text[place.span.start..place.span.end]), (4, 13, "12.10"));
    assert_eq!(&*value.rows[0].level, "Größe");
    assert_eq!(value.rows[0].amount, Some(Amount(rust_decimal::Decimal::new(1210, 2))));
    assert_eq!(&*value.rows[1].level, "1");
    assert_eq!((value.mode, value.from), (Some(Mode::Apply), Some(From::Env("NAME".to_owned()))));
    assert_eq!((value.either, value.tenants.len()), (Some(Either::Count(3)), 1));
}

#[test]
fn a_byte_order_mark_windows_line_ends_and_no_content_are_accepted() {
    let texts: [&[u8]; 5] =
        [b"\xef\xbb\xbfhours: 3", b"hours: 3\r\nmode: apply\r\n", b"", b"# nothing\n", b"---\n"];

    for text in texts {
        let read = reading(text);

        assert_eq!(read.problems, []);
        assert!(read.value.is_some());
    }
}

/// Bad texts, by what is told of them.
const BAD: &[(&[u8], &[&str])] = &[
    (b"mode: \xff", &["not_utf8 1:7"]),
    (b"\xff\xfem\0o\0", &["not_utf8 1:1"]),
    (b"mode: apply\0\n", &["hidden_character 1:12"]),
    (b"mode: apply\rhours: 1\n", &["hidden_character 1:12"]),
    ("mode: apply # \u{202e}\n".as_bytes(), &["hidden_character 1:15"]),
    ("rows:\n - level: a\u{200d}b\n".as_bytes(), &["hidden_character 2:11"]),
    (b"rows:\n - level: \"a\\u202eb\"\n", &["hidden_character 2:11"]),
    (b"rows:\n - level: |\n    a\n    b\n", &["hidden_character 3:5"]),
    (b"rows:\n\t- level: a\n", &["syntax 2:2"]),
    (b"rows: [\n", &["syntax 2:1"]),
    (b"mode: \"apply\n", &["syntax 1:7"]),
    (b"mode: &a apply\n", &["yaml_feature 1:7"]),
    (b"rows: [*a]\n", &["syntax 1:8"]),
    (b"mode: &a apply\nrows: [*a]\n", &["yaml_feature 1:7", "yaml_feature 2:8"]),
    (b"mode: !!str apply\n", &["yaml_feature 1:7"]),
    (b"mode: !mine apply\n", &["yaml_feature 1:7"]),
    (b"tenants:\n  a:\n    <<: { level: b }\n    level: c\n", &["yaml_feature 3:5"]),
    (b"mode: apply\n---\nhours: 1\n", &["yaml_feature 2:1"]),
    (b"? [a]\n: b\n", &["yaml_feature 1:3"]),
    (b"hours: 1\nmode: apply\nhours: 2\n", &["duplicate_key 3:1"]),
    (b"rows:\n  - level: a\n    level: b\n", &["duplicate_key 3:5"]),
    (b"hour: 1\n", &["unknown_key 1:1"]),
    ("h\u{43e}urs: 1\n".as_bytes(), &["unknown_key 1:1"]),
    ("hours\u{a0}: 1\n".as_bytes(), &["unknown_key 1:1"]),
    (b"rows:\n  - decimals: 1\n", &["missing_key 2:5"]),
    (b"- a\n", &["wrong_type 1:1"]),
    (b"rows: { level: a }\n", &["wrong_type 1:7"]),
    (b"rows:\n  - a\n", &["wrong_type 2:5"]),
    (b"rows:\n", &["wrong_type 1:1"]),
    (b"rows:\n  - level:\n", &["wrong_type 2:5"]),
    (b"rows:\n  - level: [a]\n", &["wrong_type 2:12"]),
    (b"rows:\n  - level: 1\n", &["unquoted_scalar 2:12"]),
    (b"rows:\n  - level: yes\n", &["unquoted_scalar 2:12"]),
    (b"rows:\n  - level: ~\n", &["unquoted_scalar 2:12"]),
    (b"rows:\n  - level: 2026-12-15\n", &["unquoted_scalar 2:12"]),
    (b"rows:\n  - level: 1_000\n", &["unquoted_scalar 2:12"]),
    (b"rows:\n  - level: 1:30\n", &["unquoted_scalar 2:12"]),
    (b"tenants:\n  12: { level: a }\n", &["unquoted_scalar 2:3"]),
    (b"hours: 1_000\n", &["wrong_type 1:8"]),
    (b"hours: 0x10\n", &["wrong_type 1:8"]),
    (b"hours: 017\n", &["wrong_type 1:8"]),
    (b"hours: 12.0\n", &["wrong_type 1:8"]),
    (b"hours: \"3\"\n", &["wrong_type 1:8"]),
    (b"hours: -1\n", &["invalid_value 1:8"]),
    (b"hours: 99999999999999999999\n", &["invalid_value 1:8"]),
    (b"hours: 9999999999\n", &["invalid_value 1:8"]),
    (b"active: no\n", &["wrong_type 1:9"]),
    (b"mode: aply\n", &["invalid_value 1:7"]),
    (b"mode: off\n", &["invalid_value 1:7"]),
    (b"from: { envv: NAME }\n", &["unknown_key 1:9"]),
    (b"from: { env: A, file: B }\n", &["invalid_value 1:7"]),
    (b"either: [1]\n", &["wrong_type 1:9"]),
    (b"rows:\n  - { level: a, decimals: 5 }\n", &["invalid_value 2:27"]),
    (b"rows:\n  - { level: a, amount: .inf }\n", &["wrong_type 2:25"]),
    (b"rows:\n  - { level: a, until: 2027-02-30 }\n", &["invalid_value 2:24"]),
    (b"rows:\n  - { level: a, until: soon }\n", &["invalid_value 2:24"]),
    (b"private_key: hunter22\n", &["secret_in_file 1:1"]),
];

#[test]
fn e4_every_kind_of_bad_text_has_its_code_at_its_place() {
    for (text, expected) in BAD {
        assert_eq!(told(text), *expected, "{}", String::from_utf8_lossy(text));
    }
}

#[test]
fn e5_a_text_that_is_too_long_or_too_deep_is_not_read() {
    let long = format!("mode: {}", "x".repeat(1 << 20));
    let deep = format!("rows: {}", "[".repeat(40));
    let deepest = format!("rows: {}", "[".repeat(100_000));

    assert_eq!(told(long.as_bytes()), ["too_large 1:1"]);
    assert_eq!(told(deep.as_bytes()), ["too_large 1:38"]);
    assert_eq!(told(deepest.as_bytes()), ["too_large 1:262"]);
}

#[test]
fn all_errors_are_told_at_once_and_the_sound_rest_is_kept() {
    let text = "rows:\n  - level: 1\n    decimal: 2\n  - level: b\n  - decimals: 9\n  - level: d\nmode: on\nhuors: 3\n";

    let read = reading(text.as_bytes());

    let value = read.value.expect("the rest is sound");
    let levels: Vec<&str> = value.rows.iter().map(|row| &*row.level).collect();
    let document = read.document.expect("the text is YAML");
    assert_eq!(
        told(text.as_bytes()),
        [
            "unquoted_scalar 2:12",
            "unknown_key 3:5",
            "missing_key 5:5",
            "invalid_value 5:15",
            "invalid_value 7:7",
            "unknown_key 8:1"
        ]
    );
    assert_eq!(levels, ["b", "d"]);
    assert_eq!(document.place(&[Step::Key("rows"), Step::Item(1), Step::Key("level")]).line, 6);
}

#[test]
fn an_error_that_only_decoding_finds_leaves_out_its_item_and_no_other() {
    #[derive(Debug, Deserialize, JsonSchema)]
    struct Short {
        words: Vec<Word>,
    }
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(try_from = "String")]
    struct Word(#[expect(dead_code, reason = "only whether it decodes is looked at")] String);
    impl TryFrom<String> for Word {
        type Error = &'static str;
        fn try_from(text: String) -> Result<Self, Self::Error> {
            if text.len() > 2 { Err("the word is too long") } else { Ok(Self(text)) }
        }
    }

    let read = super::read::<Short>(&"a.yaml".into(), b"words: [aa, bbb, c, dddd]");

    let columns: Vec<_> =
        read.problems.iter().filter_map(|problem| Some(problem.place.as_ref()?.column)).collect();
    assert_eq!(columns, [13, 21]);
    assert_eq!(read.value.map(|value| value.words.len()), Some(2));
}

#[test]
fn a_hint_says_what_to_write_instead() {
    let hint = |text: &str| reading(text.as_bytes()).problems.remove(0).hint.unwrap_or_default();

    assert_eq!(hint("rows:\n  - level: 1"), "quote it: level: \"1\"");
    assert_eq!(hint("rows:\n  - levle: a\n    level: b"), "did you mean level?");
    assert_eq!(hint("mode: aply"), "did you mean apply?");
    assert_eq!(hint("active: yes"), "write true");
    assert_eq!(hint("hours: \"3\""), "leave the quotes out");
}

#[test]
fn a_secret_is_refused_and_never_repeated() {
    let secret = concat!("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a");
    let texts = [
        format!("mode: {secret}\n"),
        format!("{secret}: 1\n"),
        format!("tenants: {{ {secret}: {{ level: a }} }}\n"),
        format!("rows: [{{ level: a, {secret}: b }}]\nhours: \"{secret}\"\n"),
        format!("rows: [{secret}]\n"),
        format!("mode: \"{secret}\n"),
        format!("mode: {secret} # \u{202e}\n"),
        format!("rows: [{{ level: a }}\nmode: {secret}\n"),
    ];

    for text in texts {
        let problems = reading(text.as_bytes()).problems;

        assert!(problems.iter().any(|problem| problem.code == Code::SecretInFile), "{text}");
        assert!(!format!("{problems:?}").contains(&secret[4..]), "{problems:?}");
    }
}

#[test]
fn e5_a_flood_of_errors_and_nodes_ends_at_the_limits() {
    let reader = Reader::<Sample>::new(Limits { nodes: 1_000, problems: 10, ..Limits::default() });
    let errors = format!("rows:\n{}", "  - 1\n".repeat(300));
    let nodes = format!("rows: [{}]", "a,".repeat(2_000));
    let keys: String = (0..20_000).map(|key| format!("k{key}: 1\n")).collect();

    let told = [errors, nodes].map(|text| reader.read(&"a".into(), text.as_bytes()).problems.len());

    assert_eq!(told, [10, 1]);
    assert_eq!(reading(keys.as_bytes()).problems.len(), Limits::default().problems);
}

proptest! {
    #[test]
    fn reading_any_text_ends_without_panic(text in "[a-z:\\-\\[\\]{} \n\"'#&*!|>?,0-9~<é\t]{0,80}") {
        let _ = reading(text.as_bytes());
    }

    #[test]
    fn reading_any_bytes_ends_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = reading(&bytes);
    }

    #[test]
    fn a_quoted_name_is_read_as_it_is(name in "[!-~]([ -~]{0,20}[!-~])?") {
        let text = format!("rows: [{{ level: {} }}]", serde_json::Value::String(name.clone()));
        let read = reading(text.as_bytes());
        proptest::prop_assume!(read.problems.is_empty());
        assert_eq!(read.value.map(|value| value.rows[0].level.to_string()), Some(name));
    }
}
