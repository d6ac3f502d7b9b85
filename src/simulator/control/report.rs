//! What the control port tells: the faults and how often they bit, the requests by route and status.

use rust_decimal::Decimal;

use crate::simulator::Simulator;
use crate::simulator::faults::{FaultCount, RouteName};
use crate::simulator::tally::Alike;
use crate::simulator::value::{Object, Value};

/// The armed rules, how many requests they met and how many they bit.
pub(super) fn faults(simulator: &Simulator) -> Value {
    let row = |count: FaultCount| {
        let FaultCount { name, fault, met, bitten } = count;
        let row = Object::new().with("name", name.as_str()).with("fault", fault);
        Value::Object(row.with("met", Decimal::from(met)).with("bitten", Decimal::from(bitten)))
    };
    let rows: Vec<Value> = simulator.fault_counts().into_iter().map(row).collect();
    let over = Decimal::from(simulator.over_limit());
    let callbacks = Some(simulator.callback_faults_left()).filter(|left| *left > 0);
    let shown = Object::new().with("faults", rows).with("overLimit", over);
    Value::Object(shown.with_some("callbacksToBefall", callbacks.map(Decimal::from)))
}

/// How many requests came, by method, route and status; how many befell what; what was written.
pub(super) fn log(simulator: &Simulator) -> Value {
    let tally = simulator.world().log.tally().clone();
    let by_route: Vec<Value> = tally.by_route.iter().map(by_route).collect();
    let by_fault = tally
        .by_fault
        .into_iter()
        .fold(Object::new(), |shown, (name, times)| shown.with(name, Decimal::from(times)));
    let shown = Object::new()
        .with("requests", Decimal::from(tally.requests))
        .with("overLimit", Decimal::from(simulator.over_limit()))
        .with("writes", Decimal::from(tally.writes))
        .with("handEdits", Decimal::from(simulator.hand_edits().len()))
        .with("auditRows", Decimal::from(simulator.audit_rows()))
        .with("forgottenAuditRows", Decimal::from(simulator.forgotten_audit_rows()))
        .with("droppedCallbacks", Decimal::from(simulator.dropped_callbacks()))
        .with("byRoute", by_route)
        .with("byFault", by_fault);
    Value::Object(shown)
}

/// One row; without a status where the connection was cut.
fn by_route((alike, times): (&Alike, &u64)) -> Value {
    let Alike { method, route, status } = alike;
    let row = Object::new().with("method", method.as_str()).with("route", route_name(*route).as_str());
    let row = row.with_some("status", status.map(u32::from)).with("times", Decimal::from(*times));
    Value::Object(row)
}

/// The route's name as fault files write it.
fn route_name(route: RouteName) -> String {
    let name = serde_yaml::to_value(route).ok();
    name.and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}
