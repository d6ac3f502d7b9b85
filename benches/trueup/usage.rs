//! Usage reports: from bytes to a snapshot, sound and with every account rejected.

use std::fmt::Write;
use std::hint::black_box;
use std::sync::Arc;

use jiff::Timestamp;
use trueup::sources::{Document, csv};

use super::measure::{Effort, row, time};

/// Measures CSV reports of 100,000 and 500,000 accounts.
pub fn measure(effort: Effort) {
    let source: Arc<str> = "intronis".into();
    for full in [100_000, 500_000] {
        let accounts = effort.size(full);
        let sound = report(accounts, "26843545600");
        let sum = time(effort, || black_box(&sound.bytes).iter().filter(|byte| **byte == b'\n').count());
        let read = time(effort, || csv::parse(&source, &sound, None, &[]));
        row(&format!("read {accounts} accounts of CSV"), &read, Some(("counting its lines", &sum)));
        let bad = report(accounts, "25.5");
        let rejected = time(effort, || csv::parse(&source, &bad, None, &[]));
        row(&format!("reject {accounts} accounts of CSV"), &rejected, Some(("reading as many", &read)));
    }
}

/// A report in which every account uses the same.
fn report(accounts: usize, used_bytes: &str) -> Document {
    let mut text = String::from(
        "as_of,account,name,kind,status,plan,base_bytes,used_bytes,local_backup,image_licenses,hyperv_hosts,vmware_hosts\n",
    );
    for number in 0..accounts {
        // Not in the order that they are sorted in.
        let account = (number * 7919) % accounts;
        writeln!(
            text,
            "2026-11-22T03:00:00Z,customer_{account:07},Customer {account},ACCOUNT,ACTIVE,Plan {},21474836480,{used_bytes},4,2,1,0",
            number % 20
        )
        .expect("a string takes every text");
    }
    Document {
        file: "usage.csv".into(),
        bytes: text.into_bytes(),
        modified: Timestamp::UNIX_EPOCH,
        manifest: None,
    }
}
