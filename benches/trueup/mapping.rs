//! Validating a thousand mapping files, beside parsing the same text without looking at it.

use std::fmt::Write;

use jiff::Timestamp;
use trueup::mapping::{MappingFile, validate};

use super::measure::{Effort, row, time};

/// Rows in each file.
const ROWS: usize = 20;

/// Measures the validation of 1,000 files.
pub fn measure(effort: Effort) {
    let count = effort.size(1_000);
    let files: Vec<MappingFile> = (0..count).map(file).collect();
    let now: Timestamp = "2026-11-22T09:00:00Z".parse().expect("it is a time");
    assert_eq!(validate(&files, now), [], "the files are valid");

    let parse = time(effort, || {
        files.iter().filter(|file| serde_yaml::from_slice::<serde_yaml::Value>(&file.bytes).is_ok()).count()
    });
    let validated = time(effort, || validate(&files, now));
    row(&format!("validate {count} mapping files"), &validated, Some(("serde_yaml into values", &parse)));
}

/// A file as a team would write it: some rows and the links of its customers.
fn file(number: usize) -> MappingFile {
    let mut text =
        format!("source: source-{number}\nintegration: Barracuda Intronis\nintronis_backup_plan:\n");
    for row in 0..ROWS {
        writeln!(text, "  - {{ plan: Plan {number}-{row}, level: Level {row}, usage_value: total }}")
            .expect("a string takes everything");
    }
    text.push_str("accounts:\n  link:\n");
    for row in 0..ROWS {
        writeln!(text, "    - {{ account: account_{number}_{row}, company: Company{number}x{row} }}")
            .expect("a string takes everything");
    }
    MappingFile::new(format!("mappings/team-{number:04}.yaml"), text)
}
