//! What is wrong in a mapping: its code, at the place of the very value. `¦` marks each place where something is told.

use super::{files, now, told};
use crate::mapping::{MappingFile, validate};
use crate::problem::Code;

/// A row that is right, so that a text says something.
const ROW: &str =
    "source: s\nintegration: I\nintronis_backup_plan:\n  - { plan: P, level: L, usage_value: total }\n";

/// Texts whose form is wrong, by the codes in the order of the text.
const FORM: &[(&[&str], &str)] = &[
    (&["wrong_type"], "¦- source: s\n"),
    (&["wrong_type"], "¦source:\npolicy: {}\n"),
    (&["unquoted_scalar"], "source: ¦~\npolicy: {}\n"),
    (&["unknown_key"], "¦polic: {}\npolicy: {}\n"),
    (&["unknown_key"], "¦include: other.yaml\npolicy: {}\n"),
    (&["unknown_key"], "¦Source: s\npolicy: {}\n"),
    (&["duplicate_key"], "policy: {}\n¦policy: {}\n"),
    (&["yaml_feature"], "policy: {}\n¦---\npins: []\n"),
    (&["yaml_feature", "yaml_feature"], "pins: ¦&p []\nwaivers: ¦*p\n"),
    (&["syntax"], "pins:\n\t¦- company: C\n"),
    (&["wrong_type"], "pins: ¦{ company: C }\npolicy: {}\n"),
    (&["wrong_type"], "pins: [ ¦C ]\npolicy: {}\n"),
    (&["missing_key"], "pins: [ ¦{ company: C, product: P, quantity: 1, reason: r } ]\n"),
    (&["invalid_value"], "pins: [{ company: C, product: P, quantity: ¦-1, reason: r, until: 2027-01-01 }]\n"),
    (
        &["invalid_value"],
        "pins: [{ company: C, product: P, quantity: ¦99999999, reason: r, until: 2027-01-01 }]\n",
    ),
    (
        &["invalid_value"],
        "pins: [{ company: C, product: P, quantity: ¦1.23456, reason: r, until: 2027-01-01 }]\n",
    ),
    (&["wrong_type"], "pins: [{ company: C, product: P, quantity: ¦1_000, reason: r, until: 2027-01-01 }]\n"),
    (
        &["wrong_type"],
        "pins: [{ company: C, product: P, quantity: ¦\"55\", reason: r, until: 2027-01-01 }]\n",
    ),
    (
        &["unquoted_scalar"],
        "pins: [{ company: C, product: P, quantity: 1, reason: ¦48001, until: 2027-01-01 }]\n",
    ),
    (
        &["invalid_value"],
        "pins: [{ company: C, product: P, quantity: 1, reason: ¦\"\", until: 2027-01-01 }]\n",
    ),
    (&["invalid_value"], "pins: [{ company: C, product: P, quantity: 1, reason: r, until: ¦2027-13-01 }]\n"),
    (
        &["unquoted_scalar"],
        "pins: [{ company: ¦12, product: P, quantity: 1, reason: r, until: 2027-01-01 }]\n",
    ),
    (&["invalid_value"], "policy: { mode: ¦on }\n"),
    (&["unknown_key"], "policy: { statuses: { ¦Active: bill } }\n"),
    (&["invalid_value"], "policy: { statuses: { ACTIVE: ¦kip } }\n"),
    (&["unknown_key"], "policy: { guards: { ¦to_zero: {} } }\n"),
    (&["invalid_value"], "policy: { rounding: { decimals: ¦5 } }\n"),
    (&["invalid_value"], "policy: { guards: { run_lines: { percent: ¦-5 } } }\n"),
    (&["wrong_type"], "policy: { guards: { usage_stale: { hours: ¦1.5 } } }\n"),
    (&["wrong_type"], "policy: { link: { company_identifier: ¦yes } }\n"),
    (&["unquoted_scalar"], "metered: [{ metric: m, type: ¦no, level: L }]\nsource: s\nintegration: I\n"),
    (
        &["invalid_value"],
        "metered: [{ metric: m, type: T, level: L, unit: ¦gb }]\nsource: s\nintegration: I\n",
    ),
    (
        &["unquoted_scalar"],
        "essentials_service: [{ option: o, unique_id: ¦3334, level: L, type: T }]\nsource: s\n",
    ),
    (&["unquoted_scalar"], "essentials_service: [{ option: ¦2026-12-15, level: L, type: T }]\nsource: s\n"),
    (&["hidden_character"], "accounts: { ignore: [{ account: ¦a\u{200d}b, reason: r }] }\nsource: s\n"),
    (&["hidden_character"], "accounts: { ignore: [{ account: a¦\u{202e}b, reason: r }] }\nsource: s\n"),
    (&["secret_in_file"], "policy: {}\n¦password: hunter22\n"),
    (
        &["secret_in_file"],
        "accounts: { ignore: [{ account: a, reason: ¦q8Zt4KpW1mR7vYx2Nc5LbD9sHf3JgT6A }] }\nsource: s\n",
    ),
];

/// Texts whose form is right and whose meaning is wrong.
const MEANING: &[(&[&str], &str)] = &[
    (&["missing_source"], "¦metered: [{ metric: m, type: T, level: L }]\nintegration: I\n"),
    (&["missing_source"], "¦accounts: { ignore: [{ account: a, reason: r }] }\n"),
    (
        &["integration_and_cross_references"],
        "source: s\nintegration: I\n¦cross_references: [{ type: T, level: L, agreement_type: A, product: P }]\n",
    ),
    (
        &["duplicate_row"],
        "source: s\ncross_references:\n  - { type: T, level: L, agreement_type: A, product: P }\n  \
         - { type: ¦T, level: L, agreement_type: B, product: Q }\n",
    ),
    (
        &["duplicate_row"],
        "source: s\nintegration: I\nintronis_backup_plan:\n  - { plan: (All plans), level: L, usage_value: total }\n  \
         - { level: M, usage_value: additional, plan: ¦(All Plans) }\n",
    ),
    (
        &["duplicate_row"],
        "source: s\nintegration: I\nessentials_service:\n  - { option: o, unique_id: \"1\", level: L, type: T }\n  \
         - { option: o, level: L, type: T }\n  - { option: ¦o, unique_id: \"1\", level: M, type: T }\n",
    ),
    (
        &["duplicate_row"],
        "source: s\nintegration: I\nmetered:\n  - { metric: m, type: T, level: L }\n  \
         - { metric: ¦m, type: T, level: L, unit: GB }\n  - { metric: m, type: U, level: L }\n",
    ),
    (
        &["duplicate_row"],
        "source: s\naccounts:\n  link:\n    - { account: a, company: C }\n    - { account: ¦a, company: D }\n",
    ),
    (
        &["duplicate_row"],
        "source: s\naccounts:\n  ignore: [{ account: a, reason: r }]\n  link: [{ account: ¦a, company: C }]\n",
    ),
    (
        &["duplicate_row"],
        "pins:\n  - { company: C, product: P, quantity: 1, reason: r, until: 2027-01-01 }\n  \
         - { company: C, product: ¦P, quantity: 2, reason: r, until: 2027-01-01 }\n",
    ),
    (
        &["waiver_incomplete", "waiver_incomplete"],
        "waivers: [{ guard: ¦¦to_zero, reason: r, until: 2026-12-01 }]\n",
    ),
    (&["waiver_incomplete"], "waivers: [{ guard: ¦run_lines, reason: r, until: 2026-12-01 }]\n"),
    (&["missing_key", "missing_key"], "waivers: [ ¦¦{ guard: run_lines, up_to: 5 } ]\n"),
    (&["invalid_value"], "waivers: [{ guard: run_lines, up_to: ¦5.5, reason: r, until: 2026-12-01 }]\n"),
    (
        &["invalid_value"],
        "waivers: [{ guard: run_lines, up_to: 5, rows: ¦2, reason: r, until: 2026-12-01 }]\n",
    ),
    (&["invalid_value"], "waivers: [{ guard: history, commit: ¦7c1e9a4, reason: r, until: 2026-12-01 }]\n"),
    (
        &["invalid_value"],
        "waivers: [{ guard: ¦sanity, company: C, product: P, reason: r, until: 2026-12-01 }]\n",
    ),
    (
        &["invalid_value"],
        "waivers: [{ guard: to_zero, company: C, product: P, quantity: ¦5, reason: r, until: 2026-12-01 }]\n",
    ),
    (&["waiver_too_long"], "waivers: [{ guard: run_lines, up_to: 5, reason: r, until: ¦2026-12-24 }]\n"),
    (&["expired"], "waivers: [{ guard: run_lines, up_to: 5, reason: r, until: ¦2026-11-07 }]\n"),
    (&["expired"], "source: s\naccounts: { ignore: [{ account: a, reason: r, until: ¦2026-11-07 }] }\n"),
    (
        &["invalid_value", "invalid_value"],
        "policy:\n  freeze:\n    - days_of_month: [1]\n      from: \"12:00\"\n      to: ¦\"12:00\"\n      \
         timezone: ¦America/New_Yorck\n",
    ),
    (
        &["invalid_value"],
        "policy: { freeze: [{ days_of_month: [1], from: ¦\"7:30\", to: \"12:00\", timezone: Europe/Berlin }] }\n",
    ),
    (
        &["unquoted_scalar"],
        "policy: { freeze: [{ days_of_month: [1], from: ¦00:00, to: \"12:00\", timezone: Europe/Berlin }] }\n",
    ),
    (
        &["unknown_level"],
        "source: s\nintronis_backup_plan: [{ plan: P, level: ¦gold, usage_value: total }]\n\
         cross_references: [{ type: T, level: Gold, agreement_type: A, product: B }]\n",
    ),
    (&["foreign_text"], "source: ¦https://example.com/usage.csv\npolicy: {}\n"),
    (&["foreign_text"], "source: ¦\"${SOURCE}\"\npolicy: {}\n"),
    (&["foreign_text"], "source: ¦\"{{ source }}\"\npolicy: {}\n"),
    (&["foreign_text"], "source: ¦../usage\npolicy: {}\n"),
    (
        &["invalid_value"],
        "source: s\nintegration: I\nintronis_backup_plan:\n  - plan: P\n    level: L\n    usage_value: total\n    \
         expect: { base_plan_size: ¦20 gb }\n",
    ),
];

/// `code a:line:column` of each mark, and the text without the marks.
fn unmarked(codes: &[&str], marked: &str) -> (Vec<String>, String) {
    let mut expected = Vec::new();
    let (mut line, mut column) = (1, 1);
    for sign in marked.chars() {
        match sign {
            '¦' => expected.push(format!("{} a:{line}:{column}", codes[expected.len()])),
            '\n' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
    }
    (expected, marked.replace('¦', ""))
}

fn assert_told(cases: &[(&[&str], &str)]) {
    for (codes, marked) in cases {
        let (expected, text) = unmarked(codes, marked);
        assert_eq!(told(&[&text]), expected, "{text}");
    }
}

#[test]
fn a_wrong_form_is_told_at_its_place() {
    assert_told(FORM);
}

#[test]
fn a_wrong_meaning_is_told_at_its_place() {
    assert_told(MEANING);
}

#[test]
fn e3_no_mappings_are_refused_and_never_mean_that_nothing_is_billed() {
    let nothing: [&[&str]; 5] =
        [&[], &[""], &["# a comment\n", ""], &["source: s\nmetered: []\naccounts: {}\n"], &["source: s\n"]];

    for texts in nothing {
        assert_eq!(told(texts), ["empty_mapping"], "{texts:?}");
    }
}

#[test]
fn what_two_files_say_twice_is_told_at_the_second() {
    let policy = "policy: {}\n";
    let link = "source: s\naccounts: { link: [{ account: a, company: C }] }\n";

    assert_eq!(told(&[policy, ROW, policy]), ["duplicate_policy c:1:1"]);
    assert_eq!(told(&[ROW, ROW]), ["duplicate_row b:4:13"]);
    assert_eq!(told(&[link, link]), ["duplicate_row b:2:31"]);
    assert_eq!(told(&[ROW, &ROW.replace("source: s", "source: t")]), Vec::<String>::new());
}

#[test]
fn an_error_of_form_leads_to_no_untrue_error_of_meaning() {
    let level = "source: s\nintronis_backup_plan: [{ plan: P, level: Gold, usage_value: total }]\n\
                 cross_references: [{ type: T, level: Gold, agreement_type: A, product: 5 }]\n";
    let source = "source: 5\nmetered: [{ metric: m, type: T, level: L }]\nintegration: I\n";
    let only = "pins: [{ company: C }]\n";

    assert_eq!(told(&[level]), ["unquoted_scalar a:3:72"]);
    assert_eq!(told(&[source]), ["unquoted_scalar a:1:9"]);
    assert_eq!(told(&[only]), ["missing_key a:1:8"; 4]);
}

#[test]
fn nothing_that_looks_like_a_secret_or_an_address_is_repeated() {
    let secret = "q8Zt4KpW1mR7vYx2Nc5LbD9sHf3JgT6A";
    let texts = [
        format!("source: {secret}\npolicy: {{}}\n"),
        format!("source: https://robot:{secret}@git.example.com\npolicy: {{}}\n"),
        format!("policy: {{}}\ntoken: {secret}\n"),
        format!("waivers: [{{ guard: {secret}, reason: r, until: {secret} }}]\n"),
        format!("policy: {{ freeze: [{{ days_of_month: {secret} }}] }}\n"),
    ];

    for text in texts {
        let problems = validate(&files(&[&text]), now());

        assert!(problems.iter().any(|problem| problem.code == Code::SecretInFile), "{text}");
        assert!(!format!("{problems:?}").contains(secret), "{problems:?}");
    }
}

#[test]
fn e5_more_than_a_folder_of_mappings_is_refused_unread() {
    let many = vec![MappingFile::new("a.yaml", ROW); 5_001];
    let large = vec![MappingFile::new("a.yaml", vec![b' '; 1 << 20]); 17];

    let codes = [many, large].map(|files| validate(&files, now()).remove(0).code);

    assert_eq!(codes, [Code::TooLarge; 2]);
}
