//! What a reader is told about one line.

use rust_decimal::Decimal;

use super::{Explanation, LineNotFound, PastChange, find_line, write_explanation};
use crate::billing::{AgreementId, Rounding, RoundingMode, SizeUnit};
use crate::desired::{Derivation, LinkedBy};
use crate::mapping::{Catalog, LineGuards, Link, Pin, Row, Subject, Table, UsageValue};
use crate::plan::sample::{
    WAIVER, derivation, empty_plan, held, line, northwind, quantity, sample_plan, time,
};
use crate::plan::{AgreementRef, Line, Plan};
use crate::problem::{Code, Color, Place, Reason, Span};

fn place(file: &str, line: u32) -> Place {
    Place { file: file.into(), line, column: 5, span: Span::default() }
}

/// Plans of tests are static, so their rows have to last as long.
fn row(subject: Subject) -> Option<&'static Row> {
    Some(Box::leak(Box::new(Row {
        place: place("mappings/backup.yaml", 14),
        source: "intronis".into(),
        table: Table::Integration("Barracuda Intronis".into()),
        subject,
        level: "Universal".into(),
        level_place: place("mappings/backup.yaml", 15),
        rounding: Rounding { mode: RoundingMode::Up, decimals: 1 },
        combine_sum: false,
        guards: LineGuards::default(),
    })))
}

fn backup_row() -> Option<&'static Row> {
    row(Subject::Plan {
        plan: crate::mapping::PlanSelector::All,
        usage_value: UsageValue::Additional,
        expect: crate::mapping::Expectation::default(),
    })
}

fn catalog() -> Catalog {
    let link = Link {
        place: place("mappings/links.yaml", 4),
        source: "intronis".into(),
        account: "acme_dental".into(),
        company: "Acme".into(),
        agreement: None,
    };
    Catalog { links: vec![link], ..Catalog::default() }
}

fn explained(line: Line<'static>, catalog: &Catalog, past: &[PastChange<'_>]) -> String {
    let mut plan = empty_plan();
    plan.lines = vec![line];
    let explanation = Explanation { line: &plan.lines[0], plan: &plan, catalog, past };
    let mut out = Vec::new();
    write_explanation(&explanation, Color::Never, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn with_derivation(derivation: Vec<Derivation<'static>>) -> Line<'static> {
    Line { derivation, ..line("Acme", "BKP-GB", Some("3"), "5.1", "0.95") }
}

/// 25.04 gigabytes used, 20 of them in the base.
fn additional() -> Derivation<'static> {
    Derivation {
        base_bytes: Some(Decimal::from(21_474_836_480_u64)),
        measured: Some("5.0400000009685754776000976563".parse().unwrap()),
        rounded: quantity("5.1"),
        usage_value: Some(UsageValue::Additional),
        used_bytes: Some(Decimal::from(26_886_495_274_u64)),
        row: backup_row(),
        ..derivation()
    }
}

#[test]
fn a_number_is_explained_from_bytes_to_quantity() {
    let past = [PastChange {
        at: time("2026-10-21T03:10:00Z"),
        before: quantity("2"),
        after: quantity("3").unwrap(),
        commit: "0f1e2d3c4b5a6978",
        outcome: "verified",
    }];

    let text = explained(with_derivation(vec![additional()]), &catalog(), &past);

    insta::assert_snapshot!(text, @r#"
    Acme/BKP-GB
      company    Acme (Acme), number 77
      agreement  Barracuda Backup, type Barracuda Backup, number 418
      addition   9931, $0.45 a unit, Less Included 0, Billable, last changed 2026-11-01 02:00Z
      verdict    update 3 -> 5.1, +$0.95 a month: usage

    How the number comes about
      account acme_dental of intronis, BackupUsage
        26,886,495,274 bytes used
        - 21,474,836,480 bytes, the plan's base size
        = 5,411,658,794 bytes of additional usage
        = about 5.04 GB, 1,073,741,824 bytes each
        = 5.1, rounded once: up, 1 decimal
        row              mappings/backup.yaml:14, 20g Monthly, additional usage, level Universal
        cross-reference  number 14 of Barracuda Intronis in ConnectWise
        link             the company's custom field echo_username is the username

    From
      commit  7c1e9a4b5f3d2c1e0a9b8c7d6e5f4a3b2c1d0e9f
      usage   intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

    History
      2026-10-21 03:10Z  2 -> 3  commit 0f1e2d3, verified
    "#);
}

#[test]
fn a_held_line_shows_every_reason_and_what_releases_it() {
    let text = explained(northwind(), &catalog(), &[]);

    insta::assert_snapshot!(text, @r#"
    Northwind/BKP-GB
      company    Northwind (Northwind Traders), number 77
      agreement  Barracuda Backup, type Barracuda Backup, number 418
      addition   9931, $0.45 a unit, Less Included 0, Billable, last changed 2026-11-01 02:00Z
      verdict    held at 812; without the hold 812 -> 0, -$365.40 a month

    How the number comes about
      account acme_dental of intronis, BackupUsage
        26,843,545,600 bytes used
        = 25 GB, 1,073,741,824 bytes each
        = 25, rounded once
        row              mappings/backup.yaml:14, 20g Monthly, total usage, level Universal
        cross-reference  number 14 in ConnectWise
        link             the company's custom field echo_username is the username

    From
      commit  7c1e9a4b5f3d2c1e0a9b8c7d6e5f4a3b2c1d0e9f
      usage   intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

    Held by
      account_absent: account northwind is in 1 snapshot no more (limit 2 snapshots, found 1)
        no waiver passes it; how to clear it:  trueup explain account_absent
      to_zero: it would fall from 812 to 0

    To release it, commit to the mappings

        waivers:
          - guard: to_zero
            company: Northwind
            product: BKP-GB
            reason: "why this is right"
            until: 2026-12-15

    History
      never written from here
    "#);
}

#[test]
fn one_waiver_for_two_reasons_is_shown_once() {
    let released = |code| Reason { release: Some(WAIVER.to_owned()), ..Reason::new(code, "too much") };
    let line = held(
        line("Northwind", "BKP-GB", Some("812"), "0", "-365.4"),
        vec![released(Code::ToZero), released(Code::RunMoney)],
    );

    let text = explained(line, &catalog(), &[]);

    assert_eq!(text.matches("waivers:").count(), 1);
}

#[test]
fn several_accounts_are_added_up_after_each_was_rounded() {
    let linked = Derivation { link: LinkedBy::Explicit, ..additional() };

    let text = explained(with_derivation(vec![linked, derivation()]), &catalog(), &[]);

    assert!(text.contains("  added up: 5.1 + 25 = 30.1\n"), "{text}");
    assert!(text.contains("    link             mappings/links.yaml:4\n"), "{text}");
}

#[test]
fn usage_below_the_base_is_nothing_additional() {
    let below = Derivation {
        base_bytes: Some(Decimal::from(21_474_836_480_u64)),
        measured: Some(Decimal::ZERO),
        rounded: quantity("0"),
        used_bytes: Some(Decimal::from(12_884_901_888_u64)),
        ..additional()
    };

    let text = explained(with_derivation(vec![below]), &catalog(), &[]);

    assert!(text.contains("    = 0 bytes of additional usage, never less\n    = 0 GB,"), "{text}");
}

#[test]
fn an_unknown_figure_is_never_shown_as_a_number() {
    let unknown = Derivation { measured: None, rounded: None, used_bytes: None, ..derivation() };

    let text = explained(with_derivation(vec![unknown, derivation()]), &catalog(), &[]);

    assert!(text.contains("    not known: the source did not say it\n"), "{text}");
    assert!(text.contains("  added up: ? + 25 = ?\n"), "{text}");
}

#[test]
fn a_count_is_not_said_to_be_rounded() {
    let count = Derivation {
        measured: Some(Decimal::from(4)),
        rounded: quantity("4"),
        usage_value: None,
        used_bytes: None,
        vendor_type: "LocalBackup",
        row: backup_row(),
        ..derivation()
    };

    let text = explained(with_derivation(vec![count]), &catalog(), &[]);

    assert!(text.contains("LocalBackup\n    4 counted\n    row "), "{text}");
}

#[test]
fn a_metered_row_shows_its_unit_and_what_is_included() {
    let subject = Subject::Metered {
        metric: "stored_bytes".into(),
        vendor_type: "StoredTB".into(),
        unit: Some(SizeUnit::TB),
        included: Decimal::ONE,
    };

    let metered = Derivation {
        included: Some(Decimal::ONE),
        measured: Some("1.5".parse().unwrap()),
        rounded: quantity("1.5"),
        usage_value: None,
        used_bytes: Some(Decimal::from(2_748_779_069_440_u64)),
        row: row(subject),
        ..derivation()
    };
    let text = explained(with_derivation(vec![metered]), &catalog(), &[]);

    let steps =
        "    2,748,779,069,440 bytes used\n    - 1 TB included\n    = 1.5 TB, 1,099,511,627,776 bytes each\n";
    assert!(text.contains(steps), "{text}");
}

#[test]
fn a_pin_is_named_with_its_reason_and_last_day() {
    let mut catalog = catalog();
    catalog.pins = vec![Pin {
        place: place("mappings/pins.yaml", 3),
        company: "Acme".into(),
        product: "BKP-GB".into(),
        quantity: quantity("55").unwrap(),
        reason: "flat until renewal".to_owned(),
        until: "2027-03-31".parse().unwrap(),
    }];
    let pinned = Line { notes: vec![Code::Pinned], ..with_derivation(vec![additional()]) };

    let text = explained(pinned, &catalog, &[]);

    assert!(
        text.contains("  pinned to 55 until 2027-03-31 by mappings/pins.yaml:3: flat until renewal\n"),
        "{text}"
    );
}

#[test]
fn nothing_that_was_read_can_steer_the_terminal() {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}\n";
    let mut line =
        with_derivation(vec![Derivation { account: evil, level: evil, plan: Some(evil), ..additional() }]);
    line.company.name = evil;
    line = held(line, vec![Reason { release: Some(evil.to_owned()), ..Reason::new(Code::ToZero, evil) }]);

    let text = explained(line, &catalog(), &[]);

    let steers = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
    assert!(!text.contains(steers), "{text:?}");
}

#[test]
fn a_line_is_found_by_company_and_product() {
    let plan = sample_plan();

    assert_eq!(find_line(&plan, "Northwind/BKP-GB").unwrap().company.identifier, "Northwind");
    assert_eq!(
        find_line(&plan, "Northwind/Barracuda Backup/BKP-GB").unwrap().company.identifier,
        "Northwind"
    );
    assert_eq!(find_line(&plan, "Northwind/418/BKP-GB").unwrap().company.identifier, "Northwind");
}

#[test]
fn names_with_slashes_are_found_whole() {
    let mut plan = empty_plan();
    plan.lines = vec![line("A/S Nord", "GB/month", Some("1"), "2", "1")];

    assert!(find_line(&plan, "A/S Nord/GB/month").is_ok());
    assert!(find_line(&plan, "A/S Nord/Barracuda Backup/GB/month").is_ok());
}

#[test]
fn an_unknown_line_is_told_with_the_nearest_name() {
    let error = |name| find_line(&sample_plan(), name).unwrap_err().to_string();

    assert_eq!(
        error("northwind/BKP-GB"),
        r#"no line of the plan is called "northwind/BKP-GB"; did you mean Northwind/BKP-GB?"#
    );
    assert_eq!(
        error("northwind traders/SOMETHING-ELSE"),
        r#"no line of the plan is called "northwind traders/SOMETHING-ELSE"; did you mean Northwind/BKP-GB?"#
    );
    assert!(
        error("Zürich/X")
            .ends_with("a line is named Company/Product or Company/Agreement/Product, by its identifiers")
    );
}

#[test]
fn a_name_of_several_lines_is_answered_with_names_that_tell_them_apart() {
    let first = line("Acme", "BKP-GB", Some("1"), "2", "1");
    let second = Line {
        agreement: AgreementRef { id: AgreementId(7), name: "Second", ..first.agreement },
        ..first.clone()
    };
    let plan = Plan { lines: vec![first, second], ..empty_plan() };

    let error = find_line(&plan, "Acme/BKP-GB").unwrap_err();

    let names = vec!["Acme/Barracuda Backup/BKP-GB".to_owned(), "Acme/Second/BKP-GB".to_owned()];
    assert_eq!(error, LineNotFound::Several { name: "Acme/BKP-GB".to_owned(), names });
    assert!(find_line(&plan, "Acme/Second/BKP-GB").is_ok());
}
