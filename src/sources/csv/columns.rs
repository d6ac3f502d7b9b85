//! Which column holds what: by the header's names, in any order.
//!
//! A header that is nearly a known name refuses the file: taken for an extra column it would silently make every
//! account ACTIVE, or its usage unknown.

use std::sync::Arc;

use csv::StringRecord;

use super::{Flaw, scan};
use crate::usage::Metric;

/// A report's text and its header.
pub(super) struct Header<'a> {
    pub(super) text: &'a str,
    pub(super) record: &'a StringRecord,
    pub(super) row: usize,
}

/// The names of the columns of an accounts file.
pub(super) const ACCOUNTS: &[&str] = &[
    "as_of",
    "account",
    "name",
    "kind",
    "status",
    "plan",
    "base_bytes",
    "base_gb",
    "used_bytes",
    "used_gb",
    "local_backup",
    "image_licenses",
    "hyperv_hosts",
    "vmware_hosts",
];

/// The names of the columns of a seats file.
pub(super) const SEATS: &[&str] = &["as_of", "account", "service", "option", "unique_id", "used", "bought"];

/// The licence counts and their columns.
pub(super) const COUNTS: [(Metric, &str); 4] = [
    (Metric::LocalBackup, "local_backup"),
    (Metric::ImageLicensing, "image_licenses"),
    (Metric::HyperVHostLicensing, "hyperv_hosts"),
    (Metric::VMwareHostLicensing, "vmware_hosts"),
];

impl Header<'_> {
    /// The column of that name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.record.iter().position(|column| column == name)
    }

    /// What refuses the header: missing, double and nearly known names.
    pub(super) fn flaws(&self, known: &[&str], required: &[&str], metrics: &[Arc<str>]) -> Vec<Flaw> {
        if let Some(flaw) = self.foreign_separator() {
            return vec![flaw];
        }
        let mut flaws = Vec::new();
        for (index, column) in self.record.iter().enumerate() {
            let at = scan::field(self.text, self.row, index);
            if self.record.iter().take(index).any(|earlier| earlier == column) {
                let message = format!("the column {column:?} stands twice in the header");
                flaws.push(Flaw::new(at, message, "keep one of them"));
            } else if !known.contains(&column) && !metrics.iter().any(|metric| **metric == *column) {
                let near = known.iter().find(|name| self.find(name).is_none() && nearly(column, name));
                flaws.extend(near.map(|name| {
                    let message = format!("the column {column:?} is unknown; did you mean {name}?");
                    Flaw::new(at, message, "column names are exact; rename it in the export")
                }));
            }
        }
        let missing = required.iter().filter(|name| self.find(name).is_none());
        flaws.extend(missing.map(|name| {
            let at = scan::field(self.text, self.row, 0);
            Flaw::new(at, format!("the header has no column {name}"), "the first row names the columns")
        }));
        flaws
    }

    fn foreign_separator(&self) -> Option<Flaw> {
        let only = self.record.get(0).filter(|_| self.record.len() == 1)?;
        let separator = match () {
            () if only.contains(';') => "semicolons",
            () if only.contains('\t') => "tabs",
            () if only.contains('|') => "bars",
            () => return None,
        };
        let at = scan::field(self.text, self.row, 0);
        let message = format!("its columns are separated by {separator}, not by commas");
        Some(Flaw::new(at, message, "export it with commas as separators"))
    }
}

/// Whether a header is most likely a misspelt `name`: the same letters and digits, or one letter off.
fn nearly(column: &str, name: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let (column, plain_name) = (plain(column), plain(name));
    column == plain_name || (name.len() > 4 && strsim::osa_distance(&column, &plain_name) == 1)
}

/// How the cells of an extra metric are written, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    Count,
    Bytes,
    Gigabytes,
}

impl Grammar {
    /// `*_bytes` and `*_gb` are sizes; all others are counts.
    pub(super) fn of(name: &str) -> Self {
        match name {
            name if name.ends_with("_bytes") => Self::Bytes,
            name if name.ends_with("_gb") => Self::Gigabytes,
            _ => Self::Count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nearly;

    #[test]
    fn misspelt_names_are_recognised_and_other_words_are_not() {
        for (column, name) in [
            ("Status", "status"),
            ("status ", "status"),
            ("Used Bytes", "used_bytes"),
            ("used-gb", "used_gb"),
            ("stauts", "status"),
            ("used_byte", "used_bytes"),
        ] {
            assert!(nearly(column, name), "{column}");
        }
        for (column, name) in
            [("notes", "name"), ("names", "name"), ("used", "used_gb"), ("country", "account")]
        {
            assert!(!nearly(column, name), "{column}");
        }
    }
}
