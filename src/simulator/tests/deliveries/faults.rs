//! What goes wrong with callbacks: twice, out of order, late, lost, and given up for good.

use jiff::SignedDuration;

use super::receiver::Receiver;
use super::{Office, seconds};
use crate::simulator::{CallbackFault, Kind, Object, Value};

#[tokio::test]
async fn fault_26_a_callback_is_delivered_twice() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    office.fail_callbacks(CallbackFault::Twice, 1);

    office.rename("first");
    office.rename("second");
    assert_eq!(office.deliver_due().await, None);

    assert_eq!(receiver.names(), ["first", "first", "second"]);
    let heard = receiver.heard();
    assert_eq!(heard[0], heard[1], "the same bytes, the same message");
    assert_ne!(heard[1].message(), heard[2].message());
}

#[tokio::test]
async fn fault_26_callbacks_come_out_of_order() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    office.fail_callbacks(CallbackFault::Late, 1);

    office.rename("first");
    assert_eq!(office.waiting(), [(1, 60)], "it waits to be overtaken");
    office.rename("second");
    office.rename("third");
    assert_eq!(office.deliver_due().await, None);

    assert_eq!(receiver.names(), ["second", "first", "third"]);
}

#[tokio::test]
async fn fault_26_a_callback_that_none_overtakes_is_a_minute_late() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    office.fail_callbacks(CallbackFault::Late, 1);
    office.rename("first");

    office.clock().advance(seconds(59));
    office.deliver_due().await;
    assert_eq!(receiver.heard(), []);
    office.clock().advance(seconds(1));
    assert_eq!(office.deliver_due().await, None);

    assert_eq!(receiver.names(), ["first"]);
}

#[tokio::test]
async fn fault_26_a_callback_is_lost() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    office.fail_callbacks(CallbackFault::Lost, 1);
    assert_eq!(office.callback_faults_left(), 1);

    office.rename("first");
    office.rename("second");
    office.deliver_due().await;

    assert_eq!(receiver.names(), ["second"]);
    assert_eq!(office.deliveries()[0].fault, Some("callback lost"));
    assert_eq!(office.callback_faults_left(), 0);
}

#[tokio::test]
async fn fault_26_a_callback_that_fails_on_three_days_in_a_row_is_disabled() {
    let receiver = Receiver::answering(&[500, 500, 200, 500, 500, 500]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    let inactive = || office.record(Kind::Callback, 2601).unwrap().get("inactiveFlag").cloned();

    for day in 1..=6 {
        assert_eq!(inactive(), Some(Value::Flag(false)), "on day {day}, for day 3 went well");
        office.rename(&format!("of day {day}"));
        office.deliver_due().await;
        office.clock().advance(SignedDuration::from_hours(24));
    }
    let disabled: Object = office.record(Kind::Callback, 2601).unwrap();
    office.rename("of day 7");

    assert_eq!(inactive(), Some(Value::Flag(true)));
    let by = Value::Object(disabled).descend(&["_info", "updatedBy"]).as_text().map(str::to_owned);
    assert_eq!(by.as_deref(), Some("system"));
    assert_eq!(office.deliveries().len(), 6, "nothing more is queued");
    let on = r#"[{"op":"replace","path":"inactiveFlag","value":false}]"#;
    office.send("PATCH", "system/callbacks/2601", on).await;
    office.rename("of day 7 again");
    assert_eq!(office.deliveries().len(), 7, "whoever repaired the receiver switches it on again");
}

#[tokio::test]
async fn fault_26_a_fault_file_befalls_callbacks_one_after_another() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    let file = "callbacks: [{ fault: callbackTwice }, { fault: callbackLost, times: 2 }]";
    office.set_faults(crate::simulator::FaultFile::from_yaml(file).unwrap());

    for name in ["first", "second", "third", "fourth"] {
        office.rename(name);
    }
    office.deliver_due().await;

    assert_eq!(receiver.names(), ["first", "first", "fourth"]);
}
