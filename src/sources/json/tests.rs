//! What usage documents are read as, and what refuses them.

use std::sync::Arc;

use jiff::Timestamp;

use super::parse;
use crate::billing::Size;
use crate::problem::{Code, Problem};
use crate::sources::{Document, LONGEST_FIELD, ManifestDocument};
use crate::usage::{
    Account, AccountKind, AccountStatus, BackupPlan, Base, Measured, Metric, Seat, UsageSnapshot,
};

type Read = Result<UsageSnapshot, Vec<Problem>>;

const ACME: &str = r#"{ "account": "acme_dental", "name": "Acme Dental", "kind": "ACCOUNT", "status": "ACTIVE",
    "plan": { "id": 7, "name": "20g Monthly", "base_bytes": 21474836480 },
    "metrics": { "LocalBackup": { "count": 4 }, "BackupUsage": { "bytes": 26843545600 }, "protected_vms": { "count": 9 } },
    "seats": [ { "service": "Essentials", "option": "Email", "unique_id": "3334", "used": 100, "bought": null } ] }"#;

fn document(text: &str) -> Document {
    let modified: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
    Document { file: "usage.json".into(), bytes: text.as_bytes().to_vec(), modified, manifest: None }
}

fn source() -> Arc<str> {
    "other".into()
}

fn read(text: &str) -> Read {
    parse(&source(), &document(text))
}

/// A document of these accounts.
fn usage(accounts: &[&str]) -> String {
    let accounts = accounts.join(",\n");
    format!(
        "{{ \"source\": \"other\", \"as_of\": \"2026-11-22T03:00:00Z\", \"accounts\": [\n{accounts}\n] }}"
    )
}

fn codes(problems: &[Problem]) -> Vec<(Code, u32)> {
    problems
        .iter()
        .map(|problem| (problem.code, problem.place.as_ref().map_or(0, |place| place.line)))
        .collect()
}

#[test]
fn an_object_is_an_account_with_plan_metrics_and_seats() {
    let snapshot = read(&usage(&[ACME])).unwrap();

    let acme = Account {
        username: "acme_dental".into(),
        name: "Acme Dental".into(),
        kind: AccountKind::Account,
        status: AccountStatus::Active,
        plan: Some(BackupPlan {
            name: Some("20g Monthly".into()),
            base: Base::Size(Size::Bytes(21_474_836_480)),
        }),
        metrics: vec![
            (Metric::BackupUsage, Measured::Size(Size::Bytes(26_843_545_600))),
            (Metric::LocalBackup, Measured::Count(4)),
            (Metric::Named("protected_vms".into()), Measured::Count(9)),
        ],
        seats: vec![Seat {
            service: "Essentials".into(),
            option: "Email".into(),
            unique_id: Some("3334".into()),
            used: Some(100),
            bought: None,
        }],
        rejected: None,
    };
    let whole = UsageSnapshot {
        source: source(),
        as_of: "2026-11-22T03:00:00Z".parse().unwrap(),
        complete: true,
        accounts: vec![acme],
        reports_seats: true,
        digest: snapshot.digest.clone(),
        problems: Vec::new(),
    };
    assert_eq!(snapshot, whole);
}

#[test]
fn what_is_left_out_or_null_is_unknown_and_never_zero() {
    let snapshot = read(&usage(&[
        r#"{ "account": "a" }"#,
        r#"{ "account": "b", "name": null, "plan": null, "metrics": { "BackupUsage": null, "LocalBackup": {} }, "seats": null }"#,
        r#"{ "account": "c", "plan": { "name": null, "base_bytes": "unlimited" } }"#,
    ]))
    .unwrap();

    let [a, b, c] = [0, 1, 2].map(|index| &snapshot.accounts[index]);
    assert_eq!((&a.plan, &*a.metrics, &a.rejected), (&None, [].as_slice(), &None));
    assert_eq!((&b.plan, &*b.metrics, &b.rejected), (&None, [].as_slice(), &None));
    assert_eq!(c.plan, Some(BackupPlan { name: None, base: Base::Unlimited }));
    assert!(!snapshot.reports_seats);
}

#[test]
fn a_source_that_says_it_is_incomplete_is_believed() {
    let text = usage(&[ACME]).replace("\"accounts\"", "\"complete\": false, \"accounts\"");

    assert!(!read(&text).unwrap().complete);
}

#[test]
fn the_order_of_accounts_and_members_is_immaterial() {
    let zeta = ACME.replace("acme_dental", "zeta");
    let turned = r#"{ "seats": [ { "bought": null, "used": 100, "unique_id": "3334", "option": "Email", "service": "Essentials" } ],
        "metrics": { "protected_vms": { "count": 9 }, "BackupUsage": { "bytes": 26843545600 }, "LocalBackup": { "count": 4 } },
        "plan": { "base_bytes": 21474836480, "name": "20g Monthly" },
        "status": "ACTIVE", "kind": "ACCOUNT", "name": "Acme Dental", "account": "acme_dental" }"#;

    assert_eq!(read(&usage(&[ACME, &zeta])).unwrap(), read(&usage(&[&zeta, turned])).unwrap());
}

#[test]
fn an_account_that_cannot_be_trusted_is_rejected_and_no_other() {
    for (flaw, instead, message) in [
        ("26843545600", "\"26843545600\"", "metrics.BackupUsage.bytes: invalid type: string \"26843545600\""),
        ("26843545600", "1e3", "metrics.BackupUsage.bytes: invalid type: floating point"),
        ("26843545600", "5.0", "metrics.BackupUsage.bytes: invalid type: floating point"),
        ("26843545600", "-1", "metrics.BackupUsage.bytes: invalid type: integer `-1`"),
        ("26843545600", "-0.0", "metrics.BackupUsage.bytes: invalid type: floating point"),
        ("26843545600", "18446744073709551616", "metrics.BackupUsage.bytes: invalid type: floating point"),
        (
            "{ \"count\": 4 }",
            "{ \"count\": 4, \"count\": 5 }",
            "metrics.LocalBackup: duplicate field `count`",
        ),
        ("{ \"count\": 4 }", "{ \"bytes\": 4 }", "metrics.LocalBackup is a count, not bytes"),
        (
            "{ \"count\": 4 }",
            "{ \"bytes\": 4, \"count\": 4 }",
            "metrics.LocalBackup has both bytes and a count",
        ),
        ("{ \"count\": 4 }", "4", "metrics.LocalBackup: invalid type"),
        ("{ \"bytes\": 26843545600 }", "{ \"count\": 1 }", "metrics.BackupUsage is bytes, not a count"),
        ("LocalBackup", "BackupUsage", "metrics: duplicate field `BackupUsage`"),
        ("21474836480", "\"Unlimited\"", "plan.base_bytes: a base is whole bytes"),
        ("21474836480", "2.5", "plan.base_bytes: a base is whole bytes"),
        ("\"ACTIVE\"", "\"CANCELLED\"", "status: unknown variant `CANCELLED`"),
        ("\"ACTIVE\"", "null", "status is null, which is unknown"),
        ("\"ACCOUNT\"", "\"account\"", "kind: unknown variant `account`"),
        ("\"status\"", "\"staus\"", "staus: unknown field `staus`"),
        ("\"name\": \"Acme Dental\"", "\"account\": \"x\"", ""),
        ("\"Email\"", "\"\"", "a seat entry names no service or no option"),
        ("\"used\": 100", "\"used\": 1.5", "seats[0].used: invalid type"),
    ] {
        let zeta = ACME.replace("acme_dental", "zeta");
        let text = usage(&[&zeta, &ACME.replacen(flaw, instead, 1)]);

        if message.is_empty() {
            assert_eq!(codes(&read(&text).unwrap_err()), [(Code::UsageFile, 6)]);
            continue;
        }
        let snapshot = read(&text).unwrap();

        let [acme, zeta] = [&snapshot.accounts[0], &snapshot.accounts[1]];
        let rejection = acme.rejected.clone().expect(instead);
        assert!(rejection.message.starts_with(message), "{instead}: {}", rejection.message);
        assert_eq!((&acme.plan, &*acme.metrics, &*acme.seats), (&None, [].as_slice(), [].as_slice()));
        assert_eq!(zeta.rejected, None);
        assert_eq!(snapshot.problems.len(), 1);
        assert_eq!(snapshot.problems[0].code, Code::UsageRejected);
        assert!((6..10).contains(&rejection.place.unwrap().line), "{instead}");
    }
}

#[test]
fn an_account_that_leaves_out_what_others_state_is_rejected() {
    let silent = r#"{ "account": "silent", "kind": "ACCOUNT" }"#;

    let snapshot = read(&usage(&[ACME, silent])).unwrap();

    let rejection = snapshot.accounts[1].rejected.clone().unwrap();
    assert_eq!(rejection.message, "status is left out, while other accounts state theirs");
}

#[test]
fn double_accounts_are_merged_when_alike_and_rejected_when_not() {
    let spaced = ACME.replace(": ", ":");
    let differing = ACME.replace("26843545600", "1");

    let merged = read(&usage(&[ACME, &spaced])).unwrap();
    let rejected = read(&usage(&[ACME, &differing])).unwrap();

    assert_eq!(merged.accounts, read(&usage(&[ACME])).unwrap().accounts);
    assert_eq!(codes(&merged.problems), [(Code::DuplicateUsage, 6)]);
    assert_eq!(rejected.accounts[0].rejected.clone().unwrap().message, "2 rows of this account differ");
    assert_eq!(rejected.accounts[0].metrics, []);
}

#[test]
fn double_seats_are_merged_when_alike_and_rejected_when_not() {
    let seat = r#"{ "service": "Essentials", "option": "Email", "used": 1 }"#;
    let with = |other: &str| format!(r#"{{ "account": "a", "seats": [ {seat}, {other} ] }}"#);

    let merged = read(&usage(&[&with(seat)])).unwrap();
    let rejected = read(&usage(&[&with(&seat.replace('1', "2"))])).unwrap();

    assert_eq!(merged.accounts[0].seats.len(), 1);
    assert_eq!(codes(&merged.problems), [(Code::DuplicateUsage, 2)]);
    assert_eq!(codes(&rejected.problems), [(Code::UsageRejected, 2)]);
}

#[test]
fn a_document_that_cannot_be_trusted_gives_nothing() {
    let good = usage(&[ACME]);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (name, text) in [
        ("empty", String::new()),
        ("null", "null".to_owned()),
        ("list", "[]".to_owned()),
        ("error object", r#"{ "error": "unauthorized" }"#.to_owned()),
        ("web page", "<html></html>".to_owned()),
        ("no accounts", r#"{ "source": "other", "as_of": "2026-11-22T03:00:00Z" }"#.to_owned()),
        ("no time", good.replace("\"as_of\": \"2026-11-22T03:00:00Z\",", "")),
        ("local time", good.replace("00Z", "00")),
        ("other source", good.replace("\"other\"", "\"intronis\"")),
        ("double member", good.replace("\"source\"", "\"source\": \"other\", \"source\"")),
        ("unknown member", good.replace("\"source\"", "\"version\": 2, \"source\"")),
        ("trailing text", format!("{good} x")),
        ("two documents", format!("{good}{good}")),
        ("unnamed account", good.replace("\"account\": \"acme_dental\",", "")),
        ("empty account", good.replace("\"acme_dental\"", "\"\"")),
        ("account as number", good.replace("\"acme_dental\"", "7")),
        ("account is no object", usage(&["7"])),
        ("long account", good.replace("acme_dental", &"x".repeat(LONGEST_FIELD + 1))),
        ("complete as null", good.replace("\"accounts\"", "\"complete\": null, \"accounts\"")),
        ("complete as text", good.replace("\"accounts\"", "\"complete\": \"true\", \"accounts\"")),
        ("deep", deep.clone()),
        ("deep inside", good.replace("\"source\": \"other\"", &format!("\"source\": {deep}"))),
    ] {
        let problems = read(&text).expect_err(name);

        assert_eq!(
            problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
            [Code::UsageFile],
            "{name}"
        );
        assert!(problems[0].hint.is_some() && problems[0].place.is_some(), "{name}");
    }
}

#[test]
fn an_account_that_nests_without_end_is_rejected_and_breaks_nothing() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));

    let snapshot = read(&usage(&[&format!(r#"{{ "account": "a", "plan": {deep} }}"#)])).unwrap();

    assert_eq!(codes(&snapshot.problems), [(Code::UsageRejected, 2)]);
}

#[test]
fn a_document_cut_at_any_byte_gives_nothing() {
    let text = usage(&[ACME]);

    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        assert!(read(&text[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn a_manifest_must_fit_and_counts_accounts() {
    let mut file = document(&usage(&[ACME]));
    let proof = |rows: usize| {
        use sha2::{Digest, Sha256};

        let sha256 = crate::sources::manifest::hexadecimal(&Sha256::digest(&file.bytes));
        let text = format!(
            r#"{{"source":"other","as_of":"2026-11-22T03:00:00Z","rows":{rows},"sha256":"sha256:{sha256}"}}"#
        );
        Some(ManifestDocument { file: "usage.json.manifest.json".into(), bytes: text.into_bytes() })
    };
    let (fitting, wrong) = (proof(1), proof(2));

    file.manifest = fitting;
    assert!(parse(&source(), &file).is_ok());
    file.manifest = wrong;
    assert_eq!(codes(&parse(&source(), &file).unwrap_err()), [(Code::UsageManifest, 1)]);
}

#[test]
fn the_schema_accepts_what_is_read_and_refuses_what_is_not() {
    let validator = jsonschema::validator_for(super::schema().as_value()).unwrap();
    let valid = |text: &str| validator.is_valid(&serde_json::from_str(text).unwrap());

    assert!(valid(&usage(&[ACME, r#"{ "account": "a", "plan": { "base_bytes": "unlimited" } }"#])));
    for (flaw, instead) in [
        ("26843545600", "-1"),
        ("21474836480", "\"Unlimited\""),
        ("\"ACTIVE\"", "\"CANCELLED\""),
        ("\"status\"", "\"staus\""),
        ("\"account\"", "\"username\""),
    ] {
        assert!(!valid(&usage(&[&ACME.replacen(flaw, instead, 1)])), "{instead}");
    }
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_type() {
    let text = format!("{:#}\n", super::schema().as_value());

    assert_eq!(include_str!("../../../schemas/usage.schema.json"), text);
}
