//! The digest of a snapshot's content, the same whatever the order of its files, rows and columns.

use sha2::{Digest, Sha256};

use super::manifest::hexadecimal;
use crate::billing::Size;
use crate::usage::{Account, Base, Measured, Seat, UsageSnapshot};

/// `sha256:` and hex over everything that the snapshot says, apart from places and remarks.
///
/// Accounts, metrics and seats must be sorted.
pub(super) fn digest(snapshot: &UsageSnapshot) -> String {
    let mut canon = Canon { hash: Sha256::new(), line: String::new() };
    canon.text("trueup.usage/1");
    canon.text(&snapshot.as_of.to_string());
    canon.text(if snapshot.complete { "complete" } else { "incomplete" });
    canon.text(if snapshot.reports_seats { "seats" } else { "no seats" });
    for account in &snapshot.accounts {
        canon.account(account);
    }
    canon.flush();
    format!("sha256:{}", hexadecimal(&canon.hash.finalize()))
}

/// Writes values so that no two contents have one spelling: every text carries its length.
struct Canon {
    hash: Sha256,
    line: String,
}

impl Canon {
    fn account(&mut self, account: &Account) {
        let Account { username, name, kind, status, plan, metrics, seats, rejected } = account;
        self.text(username);
        self.text(name);
        self.text(match kind {
            crate::usage::AccountKind::Account => "account",
            crate::usage::AccountKind::Partner => "partner",
        });
        self.text(match status {
            crate::usage::AccountStatus::Active => "active",
            crate::usage::AccountStatus::Test => "test",
            crate::usage::AccountStatus::Frozen => "frozen",
            crate::usage::AccountStatus::Canceled => "canceled",
        });
        self.optional(rejected.as_ref().map(|rejection| &*rejection.message));
        self.optional(plan.as_ref().map(|_| "plan"));
        if let Some(plan) = plan {
            self.optional(plan.name.as_deref());
            match plan.base {
                Base::Unknown => self.text("unknown"),
                Base::Unlimited => self.text("unlimited"),
                Base::Size(size) => self.size(size),
            }
        }
        self.count(metrics.len() as u64);
        for (metric, measured) in metrics {
            self.text(metric.as_str());
            match *measured {
                Measured::Size(size) => self.size(size),
                Measured::Count(count) => self.count(count),
            }
        }
        self.count(seats.len() as u64);
        seats.iter().for_each(|seat| self.seat(seat));
        self.flush();
    }

    fn seat(&mut self, seat: &Seat) {
        let Seat { service, option, unique_id, used, bought } = seat;
        self.text(service);
        self.text(option);
        self.optional(unique_id.as_deref());
        for count in [used, bought] {
            self.optional(count.map(|count| count.to_string()).as_deref());
        }
    }

    fn size(&mut self, size: Size) {
        match size {
            Size::Bytes(bytes) => {
                self.text("bytes");
                self.count(bytes);
            }
            Size::Gigabytes(gigabytes) => {
                self.text("gigabytes");
                self.text(&gigabytes.normalize().to_string());
            }
        }
    }

    fn count(&mut self, count: u64) {
        self.text("count");
        self.number(count);
        self.line.push(';');
    }

    fn optional(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.line.push('+');
                self.text(text);
            }
            None => self.line.push('-'),
        }
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.line.push(':');
        self.line.push_str(text);
    }

    fn number(&mut self, number: u64) {
        use std::fmt::Write;

        write!(self.line, "{number}").expect("a string takes every number");
    }

    fn flush(&mut self) {
        self.hash.update(self.line.as_bytes());
        self.line.clear();
    }
}
