//! The odd data that real tenants have, in one seed.

use super::super::{caller, running};
use super::Caller;

const ODDITIES: &str = include_str!("../oddities.yaml");

/// The ids of a filtered list.
fn ids(caller: &Caller, path: &str, conditions: &str) -> Vec<u32> {
    let letter = |letter: u8| {
        if letter.is_ascii_alphanumeric() { (letter as char).to_string() } else { format!("%{letter:02X}") }
    };
    let encoded: String = conditions.bytes().map(letter).collect();
    caller.get(&format!("{path}?conditions={encoded}")).ids()
}

#[test]
fn fault_24_companies_share_a_name_and_one_is_deleted() {
    let running = running(ODDITIES);
    let caller = caller(&running);

    assert_eq!(ids(&caller, "company/companies", "name=\"Cedar Dental\""), [1, 2]);
    assert_eq!(ids(&caller, "company/companies", "name=\"Cedar Dental\" and deletedFlag=true"), [2]);
}

#[test]
fn fault_24_agreements_share_a_type_hang_on_another_or_are_cancelled_with_lines_that_look_alive() {
    let running = running(ODDITIES);
    let caller = caller(&running);
    let agreements = |conditions: &str| ids(&caller, "finance/agreements", conditions);

    assert_eq!(agreements("company/id=1 and type/id=11 and agreementStatus=\"Active\""), [51, 52]);
    assert_eq!(agreements("parentAgreement/id=53"), [54]);
    assert_eq!(agreements("cancelledFlag=true and agreementStatus=\"Cancelled\""), [55]);
    assert_eq!(caller.get("finance/agreements/55/additions/108").at("agreementStatus"), "\"Active\"");
}

#[test]
fn fault_24_lines_are_double_lie_in_the_future_or_are_billed_once() {
    let running = running(ODDITIES);
    let caller = caller(&running);
    let lines = |conditions: &str| ids(&caller, "finance/agreements/51/additions", conditions);

    assert_eq!(lines("product/id=501 and agreementStatus=\"Active\""), [101, 102]);
    assert_eq!(lines("effectiveDate>[2026-11-20T00:00:00Z]"), [103]);
    let month = "effectiveDate>=[2026-11-01T00:00:00Z] and cancelledDate<[2026-12-01T00:00:00Z]";
    assert_eq!(lines(month), [104]);
}

#[test]
fn fault_24_products_are_repointed_inactive_or_serialized() {
    let running = running(ODDITIES);
    let caller = caller(&running);
    let line = |id: u32| caller.get(&format!("finance/agreements/53/additions/{id}"));

    let repointed = line(105);
    assert_eq!(
        ["product/identifier", "description", "unitPrice"].map(|path| repointed.at(path)),
        ["\"BACKUP-TB\"", "\"Backup per GB\"", "0.35"]
    );
    assert_eq!(line(106).at("product/id"), "503");
    assert_eq!(caller.get("procurement/catalog/503").at("inactiveFlag"), "true");
    assert_eq!(line(107).at("product/serializedFlag"), "true");
}
