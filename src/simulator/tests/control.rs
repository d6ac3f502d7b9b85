//! The control port: what it takes, what it tells, how it complains.

use super::{Caller, LINE, Reply, caller, world};
use crate::contract::Watched;

/// A simulator and a caller of its control port, which runs until the test ends.
pub(super) struct Controlled {
    pub(super) running: Watched,
    control: Caller,
    _runtime: tokio::runtime::Runtime,
}

pub(super) fn controlled() -> Controlled {
    let running = world();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
    let control = Caller { address: listener.local_addr().unwrap(), headers: Vec::new() };
    let simulator = running.simulator().clone();
    runtime.spawn(async move { simulator.serve_control(listener, std::future::pending()).await });
    Controlled { running, control, _runtime: runtime }
}

impl Controlled {
    pub(super) fn ask(&self, method: &str, path: &str, body: &str) -> Reply {
        self.control.raw(method, path, body).unwrap()
    }
}

#[test]
fn faults_are_armed_told_and_disarmed() {
    let world = controlled();
    let caller = caller(&world.running);

    let armed = world.ask("PUT", "/faults", "faults: [{ name: lost, when: { times: 1 }, fault: notFound }]");
    assert_eq!(
        armed.body,
        "{\"faults\":[{\"name\":\"lost\",\"fault\":\"notFound\",\"met\":0,\"bitten\":0}],\"overLimit\":0}\n"
    );
    assert_eq!([caller.get(&caller.line(LINE)).status, caller.get(&caller.line(LINE)).status], [404, 200]);
    assert!(world.ask("GET", "/faults", "").body.contains("\"met\":2,\"bitten\":1"));
    assert_eq!(world.ask("DELETE", "/faults", "").body, "{\"faults\":[],\"overLimit\":0}\n");
}

#[test]
fn a_file_that_is_not_valid_is_refused_in_words_with_its_place_and_leaves_the_old_one_armed() {
    let world = controlled();
    world.ask("PUT", "/faults", "faults: [{ fault: notFound }]");

    let refused = world.ask("PUT", "/faults", "faults:\n  - faul: notFound\n");

    assert_eq!(refused.status, 400);
    let message = refused.at("message");
    assert!(message.contains("faults[0]: unknown field `faul`") && message.contains("line 2"), "{message}");
    assert_eq!(world.running.fault_counts().len(), 1);
}

#[test]
fn the_log_tells_requests_by_route_and_status_and_what_befell_them() {
    let world = controlled();
    let caller = caller(&world.running);
    let rules = "faults: [{ on: { method: PATCH }, when: { times: 1 }, fault: { reset: afterCommit } },
                          { on: { method: GET }, fault: { throttle: { perMinute: 1 } } }]";
    world.ask("PUT", "/faults", rules);
    caller.try_send("PATCH", &caller.line(LINE), r#"[{"op":"replace","path":"quantity","value":7}]"#);
    caller.get("company/companies");
    caller.get("company/companies");

    let told = world.ask("GET", "/log", "");

    assert_eq!(
        told.body,
        "{\"requests\":3,\"overLimit\":1,\"writes\":1,\"handEdits\":0,\"auditRows\":1,\
         \"forgottenAuditRows\":0,\"droppedCallbacks\":0,\"byRoute\":[\
         {\"method\":\"GET\",\"route\":\"companies\",\"status\":200,\"times\":1},\
         {\"method\":\"GET\",\"route\":\"companies\",\"status\":429,\"times\":1},\
         {\"method\":\"PATCH\",\"route\":\"addition\",\"times\":1}],\
         \"byFault\":{\"reset\":1,\"throttle\":1}}\n"
    );
}

#[test]
fn a_hand_sets_cancels_and_deletes() {
    let world = controlled();
    let edit = |does: &str| world.ask("POST", "/hand", &format!("{{ addition: {LINE}, does: {does} }}"));

    assert_eq!(edit("{ setQuantity: 7.5 }").at("quantity"), "7.5");
    assert_eq!(edit("{ addQuantity: -1 }").at("quantity"), "6.5");
    assert_eq!(edit("cancel").at("cancelledDate"), "\"2026-11-20T09:30:00Z\"");
    assert_eq!(edit("delete").body, "null\n");
    assert_eq!(world.running.hand_edits().len(), 4);
    let gone = edit("delete");
    assert_eq!((gone.status, gone.at("message")), (404, "\"there is no Addition 100001\"".to_owned()));
    let wrong = edit("{ setQuantity: many }");
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("many is not an exact number"), "{}", wrong.body);
}

#[test]
fn a_hand_takes_json_too_and_names_who_it_is() {
    let world = controlled();
    let order = format!("{{\"addition\":{LINE},\"does\":{{\"setQuantity\":7}},\"by\":\"kim\"}}");

    assert_eq!(world.ask("POST", "/hand", &order).status, 200);

    assert_eq!(world.running.hand_edits()[0].member, "kim");
}

#[test]
fn a_clock_that_stands_still_can_be_set_and_moved() {
    let world = controlled();

    assert_eq!(world.ask("POST", "/clock", "{ advance: 90s }").at("now"), "\"2026-11-20T09:31:30Z\"");
    assert_eq!(world.ask("POST", "/clock", "{ now: 2026-12-01 }").at("now"), "\"2026-12-01T00:00:00Z\"");
    assert_eq!(world.ask("POST", "/clock", "{ advance: soon }").status, 400);
    assert_eq!(world.ask("GET", "/clock", "").at("now"), "\"2026-12-01T00:00:00Z\"");
}

#[test]
fn what_is_not_there_says_what_is() {
    let world = controlled();

    let reply = world.ask("GET", "/nowhere", "");

    assert_eq!(reply.status, 404);
    assert!(reply.at("message").contains("PUT and DELETE /faults"));
}
