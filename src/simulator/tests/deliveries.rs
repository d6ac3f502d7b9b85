//! Callbacks on their way: what is sent to whom, how it is signed, when it is sent again, and what goes wrong.
//!
//! In process, on a clock that stands still; the receiver listens on loopback.

mod faults;
mod receiver;

use jiff::SignedDuration;

use super::{AGREEMENT, LINE, SEED, basic, clock, running, world};
use crate::contract::{self, Watch};
use crate::simulator::{Delivery, DeliveryOutcome, Kind, Role, Seed, Simulator, Value};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use receiver::Receiver;

/// A simulator in process, whose usual caller may do everything.
struct Office {
    simulator: Simulator,
    _watch: Watch,
}

impl std::ops::Deref for Office {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

impl Office {
    fn new() -> Self {
        Self::with("")
    }

    fn with(options: &str) -> Self {
        let seed = Seed::from_yaml(&format!("{SEED}options: {{ {options} }}\n")).unwrap();
        let simulator = Simulator::new(seed, clock()).unwrap();
        simulator.set_role("trueup", Role::everything());
        let _watch = contract::watched(&simulator);
        Self { simulator, _watch }
    }

    /// A request of the usual caller, below `apis/3.0/`.
    async fn send(&self, method: &str, path: &str, body: &str) -> Value {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://simulator/v4_6_release/apis/3.0/{path}"))
            .header("authorization", basic("msp+pub:priv"))
            .header("clientid", "6f1c0e4e-1111-4222-8333-944455556666")
            .header("content-type", "application/json")
            .body(Body::from(body.to_owned()))
            .unwrap();
        let answer = self.answer(request).await;
        assert!(answer.status().is_success(), "{}", answer.status());
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap().parse().unwrap_or_default()
    }

    /// Registers an address for something: fields of a registration but the address.
    async fn register(&self, url: &str, fields: &str) {
        self.send("POST", "system/callbacks", &format!(r#"{{"url":"{url}",{fields}}}"#)).await;
    }

    /// Registers an address for all agreements.
    async fn tell_of_agreements(&self, url: &str) {
        self.register(url, r#""type":"agreement","level":"owner","objectId":1"#).await;
    }

    /// Somebody renames an agreement at the screen.
    fn rename(&self, name: &str) {
        self.by("jo").edit(Kind::Agreement, AGREEMENT, "name", name).unwrap();
    }

    /// The deliveries that are not over, by number and the seconds they wait.
    fn waiting(&self) -> Vec<(u64, i64)> {
        let now = self.clock().now();
        let deliveries = self.deliveries();
        let waits = |delivery: &Delivery| {
            delivery.next_attempt.map(|at| (delivery.sequence, at.duration_since(now).as_secs()))
        };
        deliveries.iter().filter_map(waits).collect()
    }
}

fn seconds(seconds: i64) -> SignedDuration {
    SignedDuration::from_secs(seconds)
}

fn outcomes(delivery: &Delivery) -> Vec<DeliveryOutcome> {
    delivery.attempts.iter().map(|attempt| attempt.outcome).collect()
}

#[tokio::test]
async fn fault_26_the_callback_of_an_edited_agreement_is_a_signed_post_with_the_record_in_its_address() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/hooks/psa?token=t&recordId=")).await;

    office.rename("Cedar \"backup\"");
    assert_eq!(office.deliver_due().await, None);

    let heard = receiver.heard();
    let [heard] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(heard.line, "POST /hooks/psa?token=t&recordId=50001&action=updated");
    assert_eq!(heard.signature, receiver::signature(&office.signing_key(), &heard.body));
    assert_eq!(heard.content_type, "application/json; charset=utf-8");
    let said: Value = heard.body.parse().unwrap();
    let names: Vec<&str> = said.object().unwrap().iter().map(|(name, _)| name).collect();
    assert_eq!(
        names.join(" "),
        "MessageId FromUrl CompanyId MemberId Action Type ID ProductInstanceId PartnerId Entity Metadata \
         CallbackObjectRecId"
    );
    let text = |name: &str| said.descend(&[name]).as_text().unwrap().to_owned();
    assert_eq!(
        [text("Action"), text("Type"), text("CompanyId"), text("MemberId"), text("FromUrl")],
        ["updated", "agreement", "msp", "jo", "localhost"]
    );
    assert_eq!(said.descend(&["ID"]).to_string(), "50001");
    assert_eq!(said.descend(&["CallbackObjectRecId"]).to_string(), "2601");
    let entity: Value = text("Entity").parse().unwrap();
    assert_eq!(entity.descend(&["name"]).as_text(), Some("Cedar \"backup\""));
    assert_eq!(entity.descend(&["id"]).to_string(), "50001");
    assert_eq!(serde_json::to_string(&heard.json()).unwrap().len(), heard.body.len(), "it is compact");
}

#[tokio::test]
async fn callback_action_follows_what_became_of_the_record_and_a_deleted_one_has_no_entity() {
    let office = Office::new();
    office.register("http://127.0.0.1:9/?id=", r#""type":"Company","level":"Owner","objectId":0"#).await;

    let created = office.send("POST", "company/companies", r#"{"identifier":"elm","name":"Elm"}"#).await;
    let id = created.descend(&["id"]).to_string();
    let path = format!("company/companies/{id}");
    office.send("PATCH", &path, r#"[{"op":"replace","path":"name","value":"Elm & Co"}]"#).await;
    office.send("DELETE", &path, "").await;

    let said: Vec<(String, String, bool)> = office
        .deliveries()
        .iter()
        .map(|delivery| {
            let said: Value = delivery.body.parse().unwrap();
            let action = said.descend(&["Action"]).as_text().unwrap().to_owned();
            (delivery.url.replace(&id, "N"), action, said.descend(&["Entity"]).is_null())
        })
        .collect();
    let told = |action: &str, is_gone| {
        (format!("http://127.0.0.1:9/?id=N&action={action}"), action.to_owned(), is_gone)
    };
    assert_eq!(said, [told("added", false), told("updated", false), told("deleted", true)]);
}

#[tokio::test]
async fn callback_levels_decide_who_is_told() {
    let office = Office::new();
    let cases = [
        ("owner", 1, true),
        ("owner", 2, false),
        ("agreement", AGREEMENT, true),
        ("agreement", AGREEMENT + 1, false),
        ("company", 20_001, true),
        ("company", 20_002, false),
        ("type", 11, true),
        ("type", 12, false),
    ];
    for (level, object, _) in cases {
        let fields = format!(r#""type":"agreement","level":"{level}","objectId":{object}"#);
        office.register("http://127.0.0.1:9/?recordId=", &fields).await;
    }

    office.rename("Cedar cloud backup");

    let told: Vec<u32> = office.deliveries().iter().map(|delivery| delivery.callback).collect();
    let expected = (2601..).zip(cases).filter(|(_, (_, _, told))| *told).map(|(id, _)| id);
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn callback_of_the_registering_members_own_change_is_muted_where_it_asked_so() {
    let office = Office::new();
    let fields = r#""type":"agreement","level":"owner","objectId":1,"isSelfSuppressedFlag":true"#;
    office.register("http://127.0.0.1:9/?muted=", fields).await;
    office.tell_of_agreements("http://127.0.0.1:9/?loud=").await;
    let path = format!("finance/agreements/{AGREEMENT}");

    office.send("PATCH", &path, r#"[{"op":"replace","path":"name","value":"mine"}]"#).await;
    let of_its_own: Vec<u32> = office.deliveries().iter().map(|delivery| delivery.callback).collect();
    office.rename("another's");

    assert_eq!(of_its_own, [2602]);
    assert_eq!(office.deliveries().len(), 3, "both hear of another member's change");
}

#[tokio::test]
async fn callback_of_an_addition_fires_for_its_agreement_only_where_the_switch_says_so() {
    for (options, told) in [("", 0), ("additionCallbacks: silent", 0), ("additionCallbacks: agreement", 1)] {
        let office = Office::with(options);
        office.tell_of_agreements("http://127.0.0.1:9/?recordId=").await;

        office.edit_quantity(LINE, Some(7.into())).unwrap();

        let deliveries = office.deliveries();
        assert_eq!(deliveries.len(), told, "{options}");
        for delivery in deliveries {
            assert_eq!(delivery.url, "http://127.0.0.1:9/?recordId=50001&action=updated");
            let said: Value = delivery.body.parse().unwrap();
            let entity: Value = said.descend(&["Entity"]).as_text().unwrap().parse().unwrap();
            assert_eq!(entity.descend(&["company", "identifier"]).as_text(), Some("Cedar"));
        }
    }
}

#[tokio::test]
async fn callback_registrations_that_are_inactive_or_gone_are_told_nothing() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?off=")).await;
    office.tell_of_agreements(&receiver.url("/?gone=")).await;
    office.rename("before");
    let off = r#"[{"op":"replace","path":"inactiveFlag","value":true}]"#;
    office.send("PATCH", "system/callbacks/2601", off).await;
    office.send("DELETE", "system/callbacks/2602", "").await;

    office.rename("after");
    assert_eq!(office.deliver_due().await, None);

    assert_eq!(receiver.heard(), []);
    assert_eq!(office.deliveries().len(), 2, "nothing more was queued");
}

#[tokio::test]
async fn fault_26_a_callback_that_is_refused_is_sent_again_after_two_and_four_seconds_and_given_up() {
    let receiver = Receiver::answering(&[404, 409, 429]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    office.rename("Cedar cloud backup");

    assert_eq!(office.waiting(), [(1, 0)]);
    office.deliver_due().await;
    assert_eq!(office.waiting(), [(1, 2)]);
    office.clock().advance(seconds(1));
    office.deliver_due().await;
    assert_eq!(receiver.heard().len(), 1, "two seconds are not over");
    office.clock().advance(seconds(1));
    office.deliver_due().await;
    assert_eq!(office.waiting(), [(1, 4)]);
    office.clock().advance(seconds(4));
    assert_eq!(office.deliver_due().await, None);

    let statuses = [404, 409, 429].map(DeliveryOutcome::Answered);
    assert_eq!(outcomes(&office.deliveries()[0]), statuses);
    let heard = receiver.heard();
    assert!(heard.len() == 3 && heard.iter().all(|one| *one == heard[0]), "the same bytes each time");
}

#[tokio::test]
async fn callback_that_is_taken_at_the_second_attempt_is_not_sent_again() {
    let receiver = Receiver::answering(&[419, 202]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;
    office.rename("Cedar cloud backup");

    office.deliver_due().await;
    office.clock().advance(seconds(2));
    assert_eq!(office.deliver_due().await, None);

    assert!(office.deliveries()[0].is_delivered());
}

#[tokio::test]
async fn callback_that_meets_another_failure_is_not_sent_again() {
    let broken = Receiver::answering(&[500]).await;
    let office = Office::new();
    office.tell_of_agreements(&broken.url("/?recordId=")).await;
    office.tell_of_agreements("http://127.0.0.1:1/?recordId=").await;
    office.tell_of_agreements("http://psa.example.com/?recordId=").await;

    office.rename("Cedar cloud backup");
    assert_eq!(office.deliver_due().await, None);

    let all: Vec<Vec<DeliveryOutcome>> = office.deliveries().iter().map(outcomes).collect();
    let expected = [DeliveryOutcome::Answered(500), DeliveryOutcome::Unreachable, DeliveryOutcome::NotSent];
    assert_eq!(all, expected.map(|outcome| vec![outcome]));
}

#[tokio::test]
async fn callback_in_process_waits_until_somebody_delivers_it() {
    let receiver = Receiver::answering(&[200]).await;
    let office = Office::new();
    office.tell_of_agreements(&receiver.url("/?recordId=")).await;

    office.rename("Cedar cloud backup");
    tokio::task::yield_now().await;

    assert_eq!(receiver.heard(), []);
    assert_eq!(office.waiting(), [(1, 0)]);
}

#[test]
fn callback_keys_are_told_without_a_login_at_the_address_in_the_callback() {
    let running = world();
    running.set_role("trueup", Role::everything());
    let body = r#"{"type":"agreement","level":"owner","objectId":1,"url":"http://192.0.2.1/?recordId="}"#;
    assert_eq!(super::caller(&running).send("POST", "system/callbacks", body).status, 201);
    running.by("jo").edit(Kind::Agreement, AGREEMENT, "name", "renamed").unwrap();
    let deliveries = running.deliveries();
    let said: Value = deliveries[0].body.parse().unwrap();
    let key_url = said.descend(&["Metadata", "key_url"]).as_text().unwrap().to_owned();

    let target = key_url.strip_prefix(&running.url()).expect("it is the simulator's own host");
    let stranger = super::Caller::new(&running);
    let reply = stranger.raw("GET", target, "").unwrap();

    assert_eq!(reply.body, format!(r#"{{"signing_key":"{}"}}"#, running.signing_key()));
    assert_eq!(said.descend(&["FromUrl"]).as_text(), Some(running.address().to_string().as_str()));
    let wrong = target.replace("companyName=msp", "companyName=other");
    assert_eq!(stranger.raw("GET", &wrong, "").unwrap().status, 404);
    assert_eq!(stranger.raw("POST", target, "").unwrap().status, 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn callback_of_a_running_simulator_is_sent_by_itself_and_again_when_its_clock_has_moved() {
    let receiver = Receiver::answering(&[404, 200]).await;
    let running = running(SEED);
    running.set_role("trueup", Role::everything());
    let url = receiver.url("/?recordId=");
    let body = format!(r#"{{"type":"agreement","level":"owner","objectId":1,"url":"{url}"}}"#);
    assert_eq!(super::caller(&running).send("POST", "system/callbacks", &body).status, 201);

    running.by("jo").edit(Kind::Agreement, AGREEMENT, "name", "renamed").unwrap();
    receiver.hears(1).await;
    while running.deliveries()[0].next_attempt.is_none() {
        tokio::task::yield_now().await;
    }
    running.clock().advance(seconds(2));
    receiver.hears(2).await;

    assert_eq!(receiver.names(), ["renamed", "renamed"]);
}
