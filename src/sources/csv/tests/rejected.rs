//! Rows that reject their account, and only that.

use super::{ACME, HEADER, account, other, places, read, report};
use crate::problem::Code;
use crate::usage::{Account, Rejection};

/// The column of a name in the first row, so that tables can name it.
fn column_of(row: &str, name: &str) -> u32 {
    let index = HEADER.split(',').position(|column| column == name).unwrap();
    let before: usize = row.split(',').take(index).map(|cell| cell.chars().count() + 1).sum();
    u32::try_from(before + 1).unwrap()
}

fn with_cell(name: &str, cell: &str) -> String {
    let index = HEADER.split(',').position(|column| column == name).unwrap();
    let mut cells: Vec<&str> = ACME.split(',').collect();
    cells[index] = cell;
    cells.join(",")
}

/// Column, cell, and what is said of it.
const BAD_CELLS: &[(&str, &str, &str)] = &[
    ("used_bytes", "\"1,234\"", "used_bytes \"1,234\" is not a whole number"),
    ("used_bytes", "1.234", "used_bytes \"1.234\" is not a whole number"),
    ("used_bytes", "1e3", "used_bytes \"1e3\" is not a whole number"),
    ("used_bytes", "1e400", "used_bytes \"1e400\" is not a whole number"),
    ("used_bytes", "NaN", "used_bytes \"NaN\" is not a whole number"),
    ("used_bytes", "inf", "used_bytes \"inf\" is not a whole number"),
    ("used_bytes", "-1", "used_bytes \"-1\" is not a whole number"),
    ("used_bytes", "-0", "used_bytes \"-0\" is not a whole number"),
    ("used_bytes", "+1", "used_bytes \"+1\" is not a whole number"),
    ("used_bytes", " 1", "used_bytes \" 1\" is not a whole number"),
    ("used_bytes", "1 ", "used_bytes \"1 \" is not a whole number"),
    ("used_bytes", "0x1F", "used_bytes \"0x1F\" is not a whole number"),
    ("used_bytes", "N/A", "used_bytes \"N/A\" is not a whole number"),
    ("used_bytes", "\u{ff11}\u{ff12}", "used_bytes \"\u{ff11}\u{ff12}\" is not a whole number"),
    ("used_bytes", "٣", "used_bytes \"٣\" is not a whole number"),
    ("used_bytes", "½", "used_bytes \"½\" is not a whole number"),
    ("used_bytes", "unlimited", "used_bytes \"unlimited\" is not a whole number"),
    ("used_bytes", "99999999999999999999", "used_bytes \"99999999999999999999\" is too large"),
    ("base_bytes", "20 GB", "base_bytes \"20 GB\" is not a whole number"),
    ("base_bytes", "Unlimited", "base_bytes \"Unlimited\" is not a whole number"),
    ("local_backup", "1.0", "local_backup \"1.0\" is not a whole number"),
    ("hyperv_hosts", "none", "hyperv_hosts \"none\" is not a whole number"),
    ("vmware_hosts", "1\u{a0}", "vmware_hosts \"1\\u{a0}\" is not a whole number"),
    ("kind", "", "kind \"\" is no kind"),
    ("kind", "RESELLER", "kind \"RESELLER\" is no kind"),
    ("kind", "account", "kind \"account\" is no kind"),
    ("status", "", "status \"\" is no status"),
    ("status", "CANCELLED", "status \"CANCELLED\" is no status"),
    ("status", "Active", "status \"Active\" is no status"),
];

#[test]
fn a_bad_cell_rejects_its_account_with_row_and_column_and_no_other() {
    for (column, cell, message) in BAD_CELLS {
        let row = with_cell(column, cell);

        let snapshot = read(&report(&[&other("zeta"), &row])).unwrap();

        let rejected = account(&snapshot, "acme_dental");
        let Rejection { message: told, place } = rejected.rejected.clone().unwrap();
        let place = place.unwrap();
        assert_eq!((&*told, place.line, place.column), (*message, 3, column_of(&row, column)));
        assert_eq!((&rejected.plan, &*rejected.metrics), (&None, [].as_slice()), "{column} {cell}");
        assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 3, place.column)]);
        assert_eq!(account(&snapshot, "zeta").rejected, None);
    }
}

#[test]
fn bytes_and_gigabytes_together_reject_the_account_even_when_they_agree() {
    let text = "as_of,account,base_bytes,base_gb,used_bytes,used_gb\n\
                2026-11-22T03:00:00Z,base,1073741824,1,,\n\
                2026-11-22T03:00:00Z,fine,1073741824,,,1\n\
                2026-11-22T03:00:00Z,used,,,1073741824,1\n";

    let snapshot = read(text).unwrap();

    assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 2, 38), (Code::UsageRejected, 4, 40)]);
    assert_eq!(account(&snapshot, "fine").rejected, None);
}

#[test]
fn gigabytes_of_another_grammar_reject_the_account() {
    for cell in ["1.2.3", ".5", "5.", "\"1,5\"", "1e3", "-1", "NaN", "0.12345678901234567890123456789"] {
        let text = format!("as_of,account,used_gb\n2026-11-22T03:00:00Z,acme,{cell}\n");

        let snapshot = read(&text).unwrap();

        assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 2, 27)], "{cell}");
    }
}

#[test]
fn rows_that_differ_reject_the_account_instead_of_adding_up_or_taking_the_last() {
    let differing = ACME.replace("26843545600", "1");

    let snapshot = read(&report(&[ACME, &other("zeta"), &differing, ACME])).unwrap();

    let rejected = Account {
        plan: None,
        metrics: Vec::new(),
        rejected: snapshot.accounts[0].rejected.clone(),
        ..account(&read(&report(&[ACME])).unwrap(), "acme_dental").clone()
    };
    assert_eq!(snapshot.accounts[0], rejected);
    assert_eq!(rejected.rejected.unwrap().message, "3 rows of this account differ");
    assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 4, 22)]);
    assert_eq!(account(&snapshot, "zeta").rejected, None);
}

#[test]
fn rows_that_differ_in_a_column_nobody_reads_are_no_copies() {
    let text = "as_of,account,used_bytes,device\n\
                2026-11-22T03:00:00Z,acme,5,server\n\
                2026-11-22T03:00:00Z,acme,5,laptop\n";

    let snapshot = read(text).unwrap();

    assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 3, 22)]);
}

#[test]
fn a_last_row_without_a_line_break_may_be_cut_and_rejects_its_account() {
    let text = report(&[&other("zeta"), ACME]);

    let snapshot = read(text.trim_end()).unwrap();

    assert_eq!(places(&snapshot.problems), [(Code::UsageRejected, 3, 1)]);
    assert_eq!(account(&snapshot, "zeta").rejected, None);
}
