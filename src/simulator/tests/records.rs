//! How records look, and that every change leaves its row.

use super::{AGREEMENT, LINE, caller, world};
use crate::simulator::{Change, Kind, Source};

#[test]
fn base_04_nulls_are_absent_but_custom_fields_are_always_listed() {
    let running = world();

    let birch = caller(&running).get("company/companies/20002");

    assert!(!birch.body.contains("\"addressLine1\""));
    let fields = birch.json().descend(&["customFields"]).list().unwrap().to_vec();
    let shown = |at: usize, name: &str| fields[at].descend(&[name]).to_string();
    assert_eq!((shown(0, "caption"), shown(0, "value")), ("\"Backup account\"".into(), "\"birch\"".into()));
    assert_eq!((shown(1, "caption"), shown(1, "value")), ("\"Seats\"".into(), "null".into()));
}

#[test]
fn base_04_information_has_whole_seconds_a_member_and_links_with_a_double_slash() {
    let running = world();
    let caller = caller(&running);
    caller.set_quantity(LINE, "7");

    let line = caller.get(&caller.line(LINE));
    let agreement = caller.get(&format!("finance/agreements/{AGREEMENT}"));

    assert_eq!(line.at("_info/lastUpdated"), "\"2026-11-20T09:30:00Z\"");
    assert_eq!(line.at("_info/updatedBy"), "\"trueup\"");
    let company = format!("\"http://{}/v4_6_release/apis/3.0//company/companies/20001\"", running.address());
    assert_eq!(agreement.at("company/_info/company_href"), company);
    assert_eq!(agreement.at("company/identifier"), "\"Cedar\"");
    assert!(
        agreement.at("_info/additions_href").ends_with("/apis/3.0//finance/agreements/50001/additions\"")
    );
}

#[test]
fn base_04_numbers_keep_their_exact_text() {
    let running = world();
    let caller = caller(&running);

    let before = caller.get(&caller.line(LINE));
    caller.set_quantity(LINE, "12345678901234567.89");
    let after = caller.get(&caller.line(LINE));

    assert_eq!(before.at("quantity"), "120.00");
    assert_eq!(before.at("extPrice"), "42.0000");
    assert_eq!(after.at("quantity"), "12345678901234567.89");
}

#[test]
fn every_endpoint_of_the_mapping_is_there() {
    let running = world();
    let caller = caller(&running);

    let integrations = caller.get("company/managedDevicesIntegrations");
    let rows = caller.get("company/managedDevicesIntegrations/41/crossReferences");
    let row = caller.get("company/managedDevicesIntegrations/41/crossReferences/7001");

    assert_eq!(integrations.ids(), [41]);
    assert_eq!(rows.ids(), [7001]);
    assert_eq!(row.at("product/identifier"), "\"BACKUP-GB\"");
    assert_eq!(row.at("agreementType/name"), "\"Managed Backup\"");
    assert_eq!(row.at("managedDevicesIntegration/id"), "41");
    assert_eq!(row.at("parentId"), "41");
    assert_eq!(caller.get("finance/agreements/types").ids(), [11, 12]);
    assert_eq!(caller.get("procurement/catalog/501").at("price"), "0.35");
    assert_eq!(caller.get("procurement/catalog/count").at("count"), "3");
}

#[test]
fn base_10_every_change_leaves_one_audit_row_and_a_repeated_run_none() {
    let running = world();
    let caller = caller(&running);
    let trail = format!("system/audittrail?type=AgreementAddition&id={LINE}");
    assert_eq!(caller.get(&trail).body, "[]");

    caller.set_quantity(LINE, "7");
    caller.set_quantity(LINE, "7");
    running.by("jo").edit_quantity(LINE, Some(9.into())).unwrap();

    let rows = caller.get(&trail).json();
    let rows = rows.list().unwrap();
    let shown = |at: usize, name: &str| rows[at].descend(&[name]).as_text().unwrap().to_owned();
    assert_eq!(rows.len(), 2);
    assert_eq!(running.audit_rows(), 2);
    assert_eq!(shown(0, "text"), "quantity changed from 120.00 to 7");
    assert_eq!((shown(0, "enteredBy"), shown(1, "enteredBy")), ("trueup".into(), "jo".into()));
    assert_eq!(shown(0, "enteredDate"), "2026-11-20T09:30:00Z");
    assert_eq!(caller.get(&trail.replace("trail?", "trail/count?")).at("count"), "2");
}

#[test]
fn base_10_the_audit_trail_refuses_types_it_does_not_follow() {
    let running = world();

    assert_eq!(caller(&running).get("system/audittrail?type=Nothing&id=1").status, 400);
    assert_eq!(caller(&running).get("system/audittrail?type=Agreement").status, 400);
}

#[test]
fn the_log_tells_reads_from_writes_and_keeps_before_and_after() {
    let running = world();
    let caller = caller(&running);

    caller.get("company/companies?page=1");
    caller.set_quantity(LINE, "7");
    running.cancel_addition(LINE, running.clock().now()).unwrap();

    let log = running.log();
    assert_eq!(log.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2]);
    assert_eq!((log[0].is_read(), log[1].is_write()), (true, true));
    assert_eq!((log[0].query.as_str(), log[0].status), ("page=1", Some(200)));
    assert!(!format!("{log:?}").contains("priv"));
    let mutation = &running.mutations()[0];
    assert_eq!((mutation.kind, mutation.id, mutation.parent), (Kind::Addition, LINE, Some(AGREEMENT)));
    assert_eq!((mutation.change, mutation.source), (Change::Changed, Source::Api));
    let quantity = |record: &Option<crate::simulator::Object>| {
        record.as_ref().unwrap().get("quantity").unwrap().to_string()
    };
    assert_eq!((quantity(&mutation.before), quantity(&mutation.after)), ("120.00".into(), "7".into()));
    let hand = &running.hand_edits()[0];
    assert_eq!((hand.sequence, hand.source), (3, Source::Screen));
    assert_eq!(running.addition(LINE).unwrap().get("agreementStatus").unwrap().as_text(), Some("Cancelled"));
}

#[test]
fn hand_edits_reach_every_kind_of_record_and_can_delete() {
    let running = world();

    running.by("jo").edit(Kind::Agreement, AGREEMENT, "cancelledFlag", true).unwrap();
    running.by("jo").edit(Kind::Company, 20_001, "name", "Cedar Teeth").unwrap();
    running.delete_addition(LINE).unwrap();

    let agreement = caller(&running).get(&format!("finance/agreements/{AGREEMENT}"));
    assert_eq!(agreement.at("agreementStatus"), "\"Cancelled\"");
    assert_eq!(agreement.at("company/name"), "\"Cedar Teeth\"");
    assert_eq!(agreement.at("_info/updatedBy"), "\"jo\"");
    assert_eq!(running.addition(LINE), None);
    assert!(running.edit_quantity(LINE, None).is_err());
    assert!(running.by("jo").edit(Kind::Company, 20_001, "Name", "x").is_err());
}
