//! Every fault comes from a file and over the control port, those of callbacks too.

use super::super::control::controlled;
use super::file::EVERY;
use crate::simulator::FaultFile;

#[test]
fn every_fault_of_a_file_can_be_armed_over_the_control_port() {
    let world = controlled();

    for fault in EVERY {
        let armed = world.ask("PUT", "/faults", &format!("faults: [{{ fault: {fault} }}]"));
        assert_eq!((armed.status, world.running.fault_counts().len()), (200, 1), "{fault}");
    }
}

#[test]
fn fault_26_what_befalls_callbacks_is_armed_by_a_file_over_the_control_port_and_disarmed() {
    let world = controlled();
    let armed = |file: &str| world.ask("PUT", "/faults", file).at("callbacksToBefall");

    assert_eq!(armed("callbacks: [{ fault: callbackTwice, times: 2 }, { fault: callbackLost }]"), "3");
    assert_eq!(armed("callbacks: [{ fault: callbackLate }]"), "1", "in place of those before");
    assert_eq!(world.ask("DELETE", "/faults", "").at("callbacksToBefall"), "null");
    let unknown = FaultFile::from_yaml("callbacks: [{ fault: callbackThrice }]").unwrap_err().to_string();
    assert!(unknown.contains("callbacks[0]") && unknown.contains("callbackThrice"), "{unknown}");
}
