//! Files that give nothing at all, and where they are wrong.

use super::{ACME, HEADER, document, manifest, other, places, read_bytes, report, source};
use crate::problem::Code::{self, NotUtf8, TooLarge, UsageFile, UsageManifest};
use crate::sources::csv::parse;
use crate::sources::{LONGEST_FIELD, ManifestDocument};

fn with_row(row: &str) -> Vec<u8> {
    report(&[ACME, row]).into_bytes()
}

fn with_header(header: &str) -> Vec<u8> {
    format!("{header}\n{ACME}\n").into_bytes()
}

fn utf16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes_of).collect()
}

/// Name, file, what refuses it, line and column.
fn bad_files() -> Vec<(&'static str, Vec<u8>, Code, u32, u32)> {
    let latin1 = [b"as_of,account,name\n2026-11-22T03:00:00Z,a,Caf".as_slice(), &[0xE9], b"\n"].concat();
    let zip = b"PK\x03\x04\x14\x00\x06\x00".to_vec();
    vec![
        ("zero bytes", Vec::new(), UsageFile, 1, 1),
        ("blank lines only", b"\r\n\n  \n".to_vec(), UsageFile, 1, 1),
        ("byte order mark only", b"\xEF\xBB\xBF".to_vec(), UsageFile, 1, 1),
        ("no header", format!("{ACME}\n").into_bytes(), UsageFile, 1, 1),
        ("UTF-16LE", utf16(HEADER, u16::to_le_bytes), NotUtf8, 1, 1),
        ("UTF-16BE", utf16(HEADER, u16::to_be_bytes), NotUtf8, 1, 1),
        ("UTF-16 without a mark", HEADER.bytes().flat_map(|byte| [byte, 0]).collect(), NotUtf8, 1, 2),
        ("latin-1", latin1, NotUtf8, 2, 27),
        ("NUL", with_row(&other("a\0b")), NotUtf8, 3, 23),
        ("web page", b"<!DOCTYPE html><html>Error</html>".to_vec(), UsageFile, 1, 1),
        ("web page after blanks", b"\r\n  <html>".to_vec(), UsageFile, 1, 1),
        ("zip or workbook", zip, UsageFile, 1, 1),
        ("gzip", b"\x1F\x8B\x08\x00".to_vec(), UsageFile, 1, 1),
        ("PDF", b"%PDF-1.7\n".to_vec(), UsageFile, 1, 1),
        ("semicolons", HEADER.replace(',', ";").into_bytes(), UsageFile, 1, 1),
        ("tabs", HEADER.replace(',', "\t").into_bytes(), UsageFile, 1, 1),
        ("double header", with_header(&HEADER.replace("name", "plan")), UsageFile, 1, 32),
        ("missing as_of", with_header(&HEADER.replace("as_of", "date")), UsageFile, 1, 1),
        ("missing account", with_header(&HEADER.replace("account", "username")), UsageFile, 1, 1),
        ("translated account", with_header(&HEADER.replace("account", "Konto")), UsageFile, 1, 1),
        ("status in capitals", with_header(&HEADER.replace("status", "Status")), UsageFile, 1, 25),
        ("misspelt status", with_header(&HEADER.replace("status", "statsu")), UsageFile, 1, 25),
        (
            "used bytes with a blank",
            with_header(&HEADER.replace("used_bytes", "used bytes")),
            UsageFile,
            1,
            48,
        ),
        ("a column name with a blank", with_header(&HEADER.replace("kind", "kind ")), UsageFile, 1, 20),
        ("short row", with_row("2026-11-22T03:00:00Z,zeta"), UsageFile, 3, 1),
        ("long row", with_row(&format!("{},9", other("zeta"))), UsageFile, 3, 1),
        ("decimal comma", with_row(&other("zeta").replace("26843545600", "25,5")), UsageFile, 3, 1),
        ("unquoted comma in a name", with_row(&other("zeta").replace("Acme ", "Acme, ")), UsageFile, 3, 1),
        ("repeated header in the middle", with_row(HEADER), UsageFile, 3, 1),
        ("no account", with_row(&other("")), UsageFile, 3, 22),
        ("total row", with_row(",,Total,,,,,26843545600,,,,"), UsageFile, 3, 1),
        ("mixed as_of", with_row(&other("z").replace("11-22", "11-21")), UsageFile, 3, 1),
        (
            "missing as_of in a row",
            with_row(&other("z").replace("2026-11-22T03:00:00Z", "")),
            UsageFile,
            3,
            1,
        ),
        ("local as_of", with_row(&other("z").replace("00Z", "00")), UsageFile, 3, 1),
        ("a date for as_of", with_row(&other("z").replace("T03:00:00Z", "")), UsageFile, 3, 1),
        ("impossible as_of", with_row(&other("z").replace("11-22", "13-41")), UsageFile, 3, 1),
        ("open quote", with_row(&other("z").replace("Acme Dental", "\"Acme")), UsageFile, 3, 24),
        ("text after a quote", with_row(&other("z").replace("Acme Dental", "\"Acme\"x")), UsageFile, 3, 30),
        ("quote inside a field", with_row(&other("z").replace("Acme Dental", "5\" disk")), UsageFile, 3, 25),
        ("long field", with_row(&other(&"x".repeat(LONGEST_FIELD + 1))), TooLarge, 3, 22),
    ]
}

#[test]
fn bad_files_give_nothing_and_say_where() {
    for (name, bytes, code, line, column) in bad_files() {
        let problems = read_bytes(&bytes).expect_err(name);

        assert!(places(&problems).contains(&(code, line, column)), "{name}: {problems:#?}");
        assert!(problems.iter().all(|problem| problem.hint.is_some()), "{name} has no hint");
    }
}

#[test]
fn the_longest_field_and_odd_but_legal_names_are_read() {
    for name in ["x".repeat(LONGEST_FIELD), "=cmd|' /C calc'!A0".to_owned(), "🦀\u{200d}".to_owned()] {
        let snapshot = read_bytes(&with_row(&other(&name))).unwrap();

        assert_eq!(snapshot.accounts.len(), 2);
    }
}

#[test]
fn all_flaws_of_a_file_are_told_at_once() {
    let text =
        report(&["2026-11-22T03:00:00Z,short", ACME, &other(""), &other("z").replace("11-22", "11-21")]);

    let problems = read_bytes(text.as_bytes()).unwrap_err();

    assert_eq!(places(&problems), [(UsageFile, 2, 1), (UsageFile, 4, 22), (UsageFile, 5, 1)]);
}

#[test]
fn a_thousand_flaws_are_twenty() {
    let rows = vec!["short"; 1000];

    assert_eq!(read_bytes(report(&rows).as_bytes()).unwrap_err().len(), 20);
}

#[test]
fn more_rows_than_a_million_are_refused() {
    let text = format!("as_of,account\n{}", "x\n".repeat(1_000_001));

    let problems = read_bytes(text.as_bytes()).unwrap_err();

    assert_eq!(places(&problems), [(TooLarge, 1_000_002, 1)]);
}

#[test]
fn a_manifest_that_does_not_fit_refuses_the_file() {
    let bytes = report(&[ACME, ACME]).into_bytes();
    let time = "2026-11-22T03:00:00Z";
    let fitting = manifest("intronis", time, 2, &bytes);
    let broken = |text: &str| ManifestDocument { bytes: text.as_bytes().to_vec(), ..fitting.clone() };
    let refuse = |manifest: ManifestDocument| {
        let mut file = document("usage.csv", &bytes);
        file.manifest = Some(manifest);
        parse(&source(), &file, None, &[]).map(|snapshot| snapshot.complete)
    };

    assert_eq!(refuse(fitting.clone()), Ok(true));
    for manifest in [
        manifest("other-msp", time, 2, &bytes),
        manifest("intronis", "2026-11-21T03:00:00Z", 2, &bytes),
        manifest("intronis", time, 1, &bytes),
        manifest("intronis", time, 3, &bytes),
        manifest("intronis", time, 2, b"another file"),
        broken(""),
        broken("[]"),
        broken(r#"{"source":"intronis"}"#),
        broken(r#"{"source":"intronis","rows":2,"rows":2}"#),
        broken("<html>"),
    ] {
        let problems = refuse(manifest.clone()).unwrap_err();

        assert_eq!(places(&problems), [(UsageManifest, 1, 1)], "{manifest:?}");
    }
}

#[test]
fn a_built_in_column_cannot_be_an_extra_metric() {
    for name in ["used_bytes", "account", "BackupUsage", "Hyper-VHostLicensing"] {
        let file = document("usage.csv", report(&[ACME]).as_bytes());

        let problems = parse(&source(), &file, None, &[name.into()]).unwrap_err();

        assert_eq!(places(&problems), [(UsageFile, 1, 1)], "{name}");
    }
}
