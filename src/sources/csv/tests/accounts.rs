//! Reports that are as they should be.

use super::{
    ACME, HEADER, account, document, manifest, other, places, read, read_bytes, report, source, time,
};
use crate::billing::Size;
use crate::problem::Code;
use crate::sources::csv::parse;
use crate::usage::{Account, AccountKind, AccountStatus, BackupPlan, Base, Measured, Metric, UsageSnapshot};

fn acme() -> Account {
    Account {
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
            (Metric::ImageLicensing, Measured::Count(2)),
            (Metric::HyperVHostLicensing, Measured::Count(1)),
            (Metric::VMwareHostLicensing, Measured::Count(0)),
        ],
        seats: Vec::new(),
        rejected: None,
    }
}

#[test]
fn a_row_is_an_account_with_its_plan_and_every_metric() {
    let snapshot = read(&report(&[ACME])).unwrap();

    let whole = UsageSnapshot {
        source: source(),
        as_of: time("2026-11-22T03:00:00Z"),
        complete: true,
        accounts: vec![acme()],
        reports_seats: false,
        // Journals keep digests, so the way to them never changes.
        digest: "sha256:35065bdd4cb4dc3484dc0a16d6a487f47c4fe5f340e5a7d8a3b75c66f34dd6ac".to_owned(),
        problems: Vec::new(),
    };
    assert_eq!(snapshot, whole);
}

#[test]
fn accounts_are_sorted_by_username() {
    let snapshot = read(&report(&[&other("zeta"), &other("Beta"), ACME])).unwrap();

    let usernames: Vec<&str> = snapshot.accounts.iter().map(|account| &*account.username).collect();
    assert_eq!(usernames, ["Beta", "acme_dental", "zeta"]);
}

#[test]
fn byte_order_mark_line_breaks_quotes_and_blank_lines_change_nothing() {
    let plain = read(&report(&[ACME])).unwrap();

    for text in [
        format!("\u{feff}{HEADER}\n{ACME}\n"),
        format!("{HEADER}\r\n{ACME}\r\n"),
        format!("{HEADER}\r{ACME}\r"),
        format!("\n{HEADER}\n\n{ACME}\r\n\n"),
        format!("\"{}\"\n\"{}\"\n", HEADER.replace(',', "\",\""), ACME.replace(',', "\",\"")),
    ] {
        assert_eq!(read(&text).unwrap(), plain, "{text:?}");
    }
}

#[test]
fn empty_cells_are_unknown_and_never_zero() {
    let snapshot = read(&report(&["2026-11-22T03:00:00Z,acme_dental,,ACCOUNT,ACTIVE,,,,,,,"])).unwrap();

    let nothing = Account { name: "".into(), plan: None, metrics: Vec::new(), ..acme() };
    assert_eq!(snapshot.accounts, [nothing]);
    assert_eq!(snapshot.problems, []);
}

#[test]
fn a_missing_column_is_an_unknown_metric_and_the_usual_kind_and_status() {
    let snapshot = read("account,as_of\nacme_dental,2026-11-22T03:00:00Z\n").unwrap();

    let nothing = Account { name: "".into(), plan: None, metrics: Vec::new(), ..acme() };
    assert_eq!(snapshot.accounts, [nothing]);
}

#[test]
fn gigabytes_stay_exact_and_an_unlimited_base_is_no_number() {
    let text = "as_of,account,plan,base_gb,used_gb\n\
                2026-11-22T03:00:00Z,one,P,unlimited,80.2500\n\
                2026-11-22T03:00:00Z,two,,20,0\n";

    let snapshot = read(text).unwrap();

    let gigabytes = |text: &str| Size::Gigabytes(text.parse().unwrap());
    let one = account(&snapshot, "one");
    assert_eq!(one.plan, Some(BackupPlan { name: Some("P".into()), base: Base::Unlimited }));
    assert_eq!(one.metrics, [(Metric::BackupUsage, Measured::Size(gigabytes("80.25")))]);
    let two = account(&snapshot, "two");
    assert_eq!(two.plan, Some(BackupPlan { name: None, base: Base::Size(gigabytes("20")) }));
    assert_eq!(two.metrics, [(Metric::BackupUsage, Measured::Size(gigabytes("0")))]);
}

#[test]
fn named_extra_columns_are_metrics_and_others_are_left_alone() {
    let text = "as_of,account,protected_vms,stored_bytes,stored_gb,remark\n\
                2026-11-22T03:00:00Z,one,7,1024,1.5,\"x, y\"\n\
                2026-11-22T03:00:00Z,two,,,,z\n";
    let metrics = ["stored_gb".into(), "protected_vms".into(), "stored_bytes".into()];

    let snapshot = parse(&source(), &document("usage.csv", text.as_bytes()), None, &metrics).unwrap();

    let named = |name: &str| Metric::Named(name.into());
    let one = account(&snapshot, "one");
    assert_eq!(
        one.metrics,
        [
            (named("protected_vms"), Measured::Count(7)),
            (named("stored_bytes"), Measured::Size(Size::Bytes(1024))),
            (named("stored_gb"), Measured::Size(Size::Gigabytes("1.5".parse().unwrap()))),
        ]
    );
    assert_eq!(account(&snapshot, "two").metrics, []);
    assert_eq!(snapshot.problems, []);
}

#[test]
fn a_metric_without_a_column_is_unknown_and_told() {
    let snapshot =
        parse(&source(), &document("usage.csv", report(&[ACME]).as_bytes()), None, &["protected_vm".into()])
            .unwrap();

    assert_eq!(snapshot.accounts, [acme()]);
    assert_eq!(places(&snapshot.problems), [(Code::UsageFile, 1, 1)]);
}

#[test]
fn partners_and_statuses_are_kept_as_the_source_says() {
    let rows = ["TEST", "FROZEN", "CANCELED"].map(|status| other(status).replace("ACTIVE", status));
    let partner = other("partner").replace("ACCOUNT", "PARTNER");
    let snapshot = read(&report(&[&rows[0], &rows[1], &rows[2], &partner])).unwrap();

    let status = |username: &str| account(&snapshot, username).status;
    assert_eq!(
        ["TEST", "FROZEN", "CANCELED"].map(status),
        [AccountStatus::Test, AccountStatus::Frozen, AccountStatus::Canceled]
    );
    assert_eq!(account(&snapshot, "partner").kind, AccountKind::Partner);
}

#[test]
fn identical_rows_are_counted_once_and_told() {
    let quoted = ACME.replace("Acme Dental", "\"Acme Dental\"");

    let snapshot = read(&report(&[ACME, &other("zeta"), &quoted])).unwrap();

    assert_eq!(account(&snapshot, "acme_dental"), &acme());
    assert_eq!(snapshot.accounts.len(), 2);
    assert_eq!(places(&snapshot.problems), [(Code::DuplicateUsage, 4, 22)]);
}

#[test]
fn a_doubled_report_is_told_shortly() {
    let rows: Vec<String> = (0..100).map(|number| other(&format!("account{number:03}"))).collect();
    let rows: Vec<&str> = rows.iter().chain(&rows).map(String::as_str).collect();

    let snapshot = read(&report(&rows)).unwrap();

    assert_eq!(snapshot.accounts.len(), 100);
    assert_eq!(snapshot.problems.len(), 21);
    assert_eq!(snapshot.problems[0].message, "80 more accounts have identical rows as well");
}

#[test]
fn a_name_with_blanks_around_it_is_kept_and_told() {
    let snapshot = read(&report(&[&other(" acme ")])).unwrap();

    assert_eq!(&*snapshot.accounts[0].username, " acme ");
    assert_eq!(places(&snapshot.problems), [(Code::UsageFile, 2, 22)]);
}

#[test]
fn a_header_without_rows_is_an_empty_snapshot_of_the_files_time() {
    let snapshot = read(&format!("{HEADER}\n")).unwrap();

    assert_eq!((snapshot.as_of, snapshot.accounts.len()), (time("2026-11-22T05:00:00Z"), 0));
}

#[test]
fn a_header_without_rows_is_of_the_manifests_time() {
    let mut file = document("usage.csv", format!("{HEADER}\n").as_bytes());
    file.manifest = Some(manifest("intronis", "2026-11-21T03:00:00Z", 0, &file.bytes));

    let snapshot = parse(&source(), &file, None, &[]).unwrap();

    assert_eq!((snapshot.as_of, snapshot.accounts.len()), (time("2026-11-21T03:00:00Z"), 0));
}

#[test]
fn times_are_instants_however_they_are_spelled() {
    let row = other("zeta").replace("03:00:00Z", "04:00:00+01:00");

    let snapshot = read(&report(&[ACME, &row])).unwrap();

    assert_eq!((snapshot.as_of, snapshot.accounts.len()), (time("2026-11-22T03:00:00Z"), 2));
}

#[test]
fn a_quoted_name_may_hold_commas_quotes_and_line_breaks() {
    let row = ACME.replace("Acme Dental", "\"Acme, \"\"the\"\" Dental\n& Co\"");

    let snapshot = read_bytes(report(&[&row]).as_bytes()).unwrap();

    assert_eq!(&*snapshot.accounts[0].name, "Acme, \"the\" Dental\n& Co");
}
