//! What holds for every report.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::{ACME, document, manifest, other, read_bytes, report, source};
use crate::sources::csv::parse;

/// Rows of distinct accounts, as cells by column name.
fn tables() -> impl Strategy<Value = Vec<[String; 6]>> {
    let row = (any::<u64>(), 0_u32..2000, "[a-zA-Z ,\"\n]{0,8}", 0_usize..4, 0_usize..3);
    vec(row, 1..12).prop_map(|rows| {
        let rows = rows.into_iter().enumerate().map(|(number, (bytes, hundredths, name, status, plan))| {
            let gigabytes = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            [
                format!("account-{number}"),
                name,
                ["ACTIVE", "TEST", "FROZEN", "CANCELED"][status].to_owned(),
                ["", "Gold Monthly", "20g, \"quoted\""][plan].to_owned(),
                bytes.to_string(),
                gigabytes,
            ]
        });
        rows.collect()
    })
}

fn write(rows: &[[String; 6]], columns: &[usize]) -> Vec<u8> {
    let header = ["account", "name", "status", "plan", "used_bytes", "base_gb", "as_of"];
    let mut text = columns.iter().map(|column| header[*column]).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in rows {
        let cells = columns.iter().map(|column| match row.get(*column) {
            Some(cell) => format!("\"{}\"", cell.replace('"', "\"\"")),
            None => "2026-11-22T03:00:00Z".to_owned(),
        });
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text.into_bytes()
}

proptest! {
    #[test]
    fn the_order_of_rows_and_columns_is_immaterial(
        (rows, shuffled) in tables().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        columns in Just(vec![0, 1, 2, 3, 4, 5, 6]).prop_shuffle(),
    ) {
        let straight = read_bytes(&write(&rows, &[0, 1, 2, 3, 4, 5, 6])).unwrap();

        let snapshot = read_bytes(&write(&shuffled, &columns)).unwrap();

        prop_assert_eq!(snapshot, straight);
    }

    #[test]
    fn another_figure_is_another_digest(rows in tables(), which in any::<prop_index>(), add in 1_u64..9) {
        let mut changed = rows.clone();
        let row = which.index(rows.len());
        changed[row][4] = changed[row][4].parse::<u64>().unwrap().wrapping_add(add).to_string();

        let [one, other] = [&rows, &changed].map(|rows| read_bytes(&write(rows, &[0, 1, 2, 3, 4, 5, 6])).unwrap());

        prop_assert!(one.digest != other.digest);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200), text in "[a,\"\r\n;0-9]{0,80}") {
        let _ = read_bytes(&bytes);
        let _ = read_bytes(text.as_bytes());
        let _ = read_bytes(report(&[&text]).as_bytes());
    }
}

#[expect(non_camel_case_types, reason = "it reads like the strategy that it names")]
type prop_index = proptest::sample::Index;

#[test]
fn a_file_cut_at_any_byte_is_refused_when_it_has_a_manifest() {
    let quoted = other("zeta").replace("Acme Dental", "\"Acme, \"\"the\"\" Dental\"");
    let bytes = report(&[ACME, &quoted]).into_bytes();
    let proof = manifest("intronis", "2026-11-22T03:00:00Z", 2, &bytes);

    for cut in 0..bytes.len() {
        let mut file = document("usage.csv", &bytes[..cut]);
        file.manifest = Some(proof.clone());
        assert!(parse(&source(), &file, None, &[]).is_err(), "cut at {cut}");
    }
}

#[test]
fn a_file_cut_at_any_byte_never_gives_another_figure() {
    let bytes = report(&[&other("alpha"), &other("beta"), ACME]).into_bytes();
    let whole = read_bytes(&bytes).unwrap();

    for cut in 0..bytes.len() {
        let Ok(snapshot) = read_bytes(&bytes[..cut]) else { continue };
        for account in snapshot.accounts.iter().filter(|account| account.rejected.is_none()) {
            assert!(whole.accounts.contains(account), "cut at {cut}: {account:?}");
        }
    }
}
