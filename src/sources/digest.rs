//! The digest of a snapshot's content, the same whatever the order of its files, rows and columns.

use sha2::{Digest, Sha256};

use super::manifest::hexadecimal;
use crate::billing::Size;
use crate::usage::{Account, AccountKind, AccountStatus, Base, Measured, Metric, Seat, UsageSnapshot};

/// `sha256:` and hex over everything that the snapshot says, apart from places and remarks.
///
/// Accounts, metrics and seats must be sorted.
pub(super) fn digest(snapshot: &UsageSnapshot) -> String {
    let mut canon = Canon { hash: Sha256::new(), bytes: Vec::new() };
    canon.text("trueup.usage/1");
    canon.text(&snapshot.as_of.to_string());
    canon.tag(u8::from(snapshot.complete));
    canon.tag(u8::from(snapshot.reports_seats));
    canon.number(snapshot.accounts.len() as u64);
    for account in &snapshot.accounts {
        canon.account(account);
    }
    format!("sha256:{}", hexadecimal(&canon.hash.chain_update(&canon.bytes).finalize()))
}

/// Writes values so that no two contents have one spelling: every choice has a tag, every text and list its length.
struct Canon {
    hash: Sha256,
    bytes: Vec<u8>,
}

impl Canon {
    fn account(&mut self, account: &Account) {
        let Account { username, name, kind, status, plan, metrics, seats, rejected } = account;
        self.text(username);
        self.text(name);
        self.tag(match kind {
            AccountKind::Account => 0,
            AccountKind::Partner => 1,
        });
        self.tag(match status {
            AccountStatus::Active => 0,
            AccountStatus::Test => 1,
            AccountStatus::Frozen => 2,
            AccountStatus::Canceled => 3,
        });
        self.optional(rejected.as_ref(), |canon, rejection| canon.text(&rejection.message));
        self.optional(plan.as_ref(), |canon, plan| {
            canon.optional(plan.name.as_ref(), |canon, name| canon.text(name));
            canon.base(plan.base);
        });
        self.number(metrics.len() as u64);
        for (metric, measured) in metrics {
            self.metric(metric, *measured);
        }
        self.number(seats.len() as u64);
        seats.iter().for_each(|seat| self.seat(seat));
        self.hash.update(&self.bytes);
        self.bytes.clear();
    }

    fn base(&mut self, base: Base) {
        match base {
            Base::Unknown => self.tag(0),
            Base::Unlimited => self.tag(1),
            Base::Size(size) => {
                self.tag(2);
                self.size(size);
            }
        }
    }

    fn metric(&mut self, metric: &Metric, measured: Measured) {
        match metric {
            Metric::BackupUsage => self.tag(0),
            Metric::LocalBackup => self.tag(1),
            Metric::ImageLicensing => self.tag(2),
            Metric::HyperVHostLicensing => self.tag(3),
            Metric::VMwareHostLicensing => self.tag(4),
            Metric::Named(name) => {
                self.tag(5);
                self.text(name);
            }
        }
        match measured {
            Measured::Size(size) => {
                self.tag(0);
                self.size(size);
            }
            Measured::Count(count) => {
                self.tag(1);
                self.number(count);
            }
        }
    }

    fn seat(&mut self, seat: &Seat) {
        let Seat { service, option, unique_id, used, bought } = seat;
        self.text(service);
        self.text(option);
        self.optional(unique_id.as_ref(), |canon, id| canon.text(id));
        for count in [used, bought] {
            self.optional(count.as_ref(), |canon, count| canon.number(*count));
        }
    }

    fn size(&mut self, size: Size) {
        match size {
            Size::Bytes(bytes) => {
                self.tag(0);
                self.number(bytes);
            }
            Size::Gigabytes(gigabytes) => {
                self.tag(1);
                self.text(&gigabytes.normalize().to_string());
            }
        }
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        match value {
            None => self.tag(0),
            Some(value) => {
                self.tag(1);
                write(self, value);
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.bytes.extend_from_slice(&number.to_be_bytes());
    }

    fn tag(&mut self, tag: u8) {
        self.bytes.push(tag);
    }
}
