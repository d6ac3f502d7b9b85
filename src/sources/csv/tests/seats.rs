//! The seats file beside the accounts file.

use super::{ACME, account, document, manifest, other, places, report, source, time};
use crate::problem::Code;
use crate::sources::csv::parse;
use crate::usage::Seat;

const SEATS: &str = "as_of,account,service,option,unique_id,used,bought\n";

fn read(seats: &str) -> super::Read {
    let accounts = document("usage.csv", report(&[ACME, &other("zeta")]).as_bytes());
    parse(&source(), &accounts, Some(&document("seats.csv", format!("{SEATS}{seats}").as_bytes())), &[])
}

fn seat(unique_id: Option<&str>, used: Option<u64>, bought: Option<u64>) -> Seat {
    let unique_id = unique_id.map(Into::into);
    Seat { service: "Essentials".into(), option: "Email".into(), unique_id, used, bought }
}

#[test]
fn seats_come_to_their_accounts_in_a_fixed_order() {
    let snapshot = read(
        "2026-11-22T03:00:00Z,zeta,Essentials,Email,3334,,7\n\
         2026-11-22T03:00:00Z,acme_dental,Essentials,Email,,100,120\n\
         2026-11-22T03:00:00Z,zeta,Essentials,Email,,0,\n",
    )
    .unwrap();

    assert_eq!(account(&snapshot, "acme_dental").seats, [seat(None, Some(100), Some(120))]);
    assert_eq!(
        account(&snapshot, "zeta").seats,
        [seat(None, Some(0), None), seat(Some("3334"), None, Some(7))]
    );
    assert!(snapshot.reports_seats);
    assert_eq!(snapshot.problems, []);
}

#[test]
fn of_two_files_the_older_time_counts() {
    let older = read("2026-11-21T03:00:00Z,zeta,Essentials,Email,,1,1\n").unwrap();
    let newer = read("2026-11-23T03:00:00Z,zeta,Essentials,Email,,1,1\n").unwrap();

    assert_eq!(older.as_of, time("2026-11-21T03:00:00Z"));
    assert_eq!(newer.as_of, time("2026-11-22T03:00:00Z"));
}

#[test]
fn seats_of_an_account_that_the_accounts_file_lacks_are_told_and_left_out() {
    let snapshot = read("2026-11-22T03:00:00Z,nobody,Essentials,Email,,1,1\n").unwrap();

    assert_eq!(snapshot.accounts.len(), 2);
    assert_eq!(places(&snapshot.problems), [(Code::UsageFile, 2, 22)]);
    assert_eq!(snapshot.problems[0].subject, "nobody");
}

#[test]
fn bad_seats_reject_their_account_and_no_other() {
    for (row, column) in [
        ("2026-11-22T03:00:00Z,zeta,Essentials,Email,,1.5,1", 45),
        ("2026-11-22T03:00:00Z,zeta,Essentials,Email,,1,-1", 47),
        ("2026-11-22T03:00:00Z,zeta,,Email,,1,1", 27),
        ("2026-11-22T03:00:00Z,zeta,Essentials,,,1,1", 38),
    ] {
        let good = "2026-11-22T03:00:00Z,acme_dental,Essentials,Email,,1,1";

        let snapshot = read(&format!("{good}\n{row}\n")).unwrap();

        assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 3, column)], "{row}");
        assert_eq!(account(&snapshot, "zeta").metrics, []);
        assert_eq!(account(&snapshot, "acme_dental").seats, [seat(None, Some(1), Some(1))]);
    }
}

#[test]
fn identical_purchases_are_counted_once_and_differing_ones_reject_the_account() {
    let row = "2026-11-22T03:00:00Z,zeta,Essentials,Email,,1,1\n";

    let merged = read(&format!("{row}{row}")).unwrap();
    let rejected = read(&format!("{row}{}", row.replace(",1,1", ",2,2"))).unwrap();

    assert_eq!(account(&merged, "zeta").seats, [seat(None, Some(1), Some(1))]);
    assert_eq!(places(&merged.problems), [(Code::DuplicateUsage, 3, 22)]);
    assert_eq!(account(&rejected, "zeta").seats, []);
    assert_eq!(places(&rejected.problems), [(Code::UsageRejected, 3, 22)]);
}

#[test]
fn a_seats_file_that_cannot_be_trusted_fails_the_source() {
    let accounts = document("usage.csv", report(&[ACME]).as_bytes());
    for seats in [
        "",
        "as_of,account,service,option,unique_id\n",
        "as_of,account,service,used\n",
        "as_of,account,service,option,Used,bought\n",
        "as_of,account,service,option,used\n2026-11-22T03:00:00Z,zeta,Essentials,Email,1,1\n",
    ] {
        let seats = document("seats.csv", seats.as_bytes());

        let problems = parse(&source(), &accounts, Some(&seats), &[]).unwrap_err();

        assert!(problems.iter().all(|problem| problem.code == Code::UsageFile), "{problems:?}");
    }
}

#[test]
fn the_flaws_of_both_files_are_told_at_once() {
    let problems =
        parse(&source(), &document("usage.csv", b""), Some(&document("seats.csv", b"<html>")), &[])
            .unwrap_err();

    let files: Vec<&str> = problems.iter().map(|problem| &*problem.subject).collect();
    assert_eq!(files, ["usage.csv", "seats.csv"]);
}

#[test]
fn a_cut_last_seat_row_rejects_its_account_unless_a_manifest_proves_the_file() {
    let accounts = document("usage.csv", report(&[ACME]).as_bytes());
    let bytes = format!("{SEATS}2026-11-22T03:00:00Z,acme_dental,Essentials,Email,,10,12");
    let mut seats = document("seats.csv", bytes.as_bytes());

    let cut = parse(&source(), &accounts, Some(&seats), &[]).unwrap();
    seats.manifest = Some(manifest("intronis", "2026-11-22T03:00:00Z", 1, bytes.as_bytes()));
    let whole = parse(&source(), &accounts, Some(&seats), &[]).unwrap();

    assert_eq!(places(&cut.problems), [(Code::UsageRejected, 2, 1)]);
    assert_eq!(account(&whole, "acme_dental").seats, [seat(None, Some(10), Some(12))]);
}
