//! Registering for callbacks.

use super::{Reply, caller, world};
use crate::contract::Watched;
use crate::simulator::{Function, Level, Levels, Role, Running};

const AGREEMENTS: &str = r#"{"type":"agreement","level":"owner","objectId":0,"url":"http://127.0.0.1:9/hooks/psa?recordId=","description":"d"}"#;

/// The usual company, whose usual caller may do everything.
fn office() -> Watched {
    let running = world();
    assert!(running.set_role("trueup", Role::everything()));
    running
}

fn register(running: &Running, body: &str) -> Reply {
    caller(running).send("POST", "system/callbacks", body)
}

/// The registration for agreements with one field changed, or another one added.
fn with(field: &str, value: &str) -> String {
    let fields = [
        ("type", r#""agreement""#),
        ("level", r#""owner""#),
        ("objectId", "1"),
        ("url", r#""http://127.0.0.1:9/hook?recordId=""#),
    ];
    let mut kept: Vec<(&str, &str)> = fields.into_iter().filter(|(name, _)| *name != field).collect();
    kept.push((field, value));
    let kept: Vec<String> = kept.into_iter().map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", kept.join(","))
}

fn flaw(code: &str, field: &str) -> Vec<(String, String)> {
    vec![(code.to_owned(), field.to_owned())]
}

#[test]
fn callback_registered_with_object_0_comes_back_with_1_and_the_defaults() {
    let running = office();

    let reply = register(&running, AGREEMENTS);

    assert_eq!(reply.status, 201);
    assert_eq!(
        reply.body,
        concat!(
            r#"{"id":2601,"description":"d","url":"http://127.0.0.1:9/hooks/psa?recordId=","objectId":1,"#,
            r#""type":"agreement","level":"owner","memberId":101,"payloadVersion":"3.0.0","inactiveFlag":false,"#,
            r#""isSoapCallbackFlag":false,"isSelfSuppressedFlag":false,"#,
            r#""connectWiseID":"00000a29-ca11-4bac-8c00-000000000a29","#,
            r#""_info":{"lastUpdated":"2026-11-20T09:30:00Z","updatedBy":"trueup"}}"#
        )
    );
}

#[test]
fn callback_registrations_are_listed_counted_read_changed_and_deleted() {
    let running = office();
    register(&running, AGREEMENTS);
    register(&running, &with("type", r#""company""#));
    let caller = caller(&running);

    assert_eq!(caller.get("system/callbacks").ids(), [2601, 2602]);
    assert_eq!(caller.get("system/callbacks?conditions=type=%22company%22").ids(), [2602]);
    assert_eq!(caller.get("system/callbacks/count").body, r#"{"count":2}"#);
    let off = r#"[{"op":"replace","path":"inactiveFlag","value":true}]"#;
    assert_eq!(caller.send("PATCH", "system/callbacks/2601", off).at("inactiveFlag"), "true");
    let put = caller.send("PUT", "system/callbacks/2601", &with("level", r#""company""#));
    assert_eq!((put.status, put.at("level")), (200, "\"company\"".to_owned()));
    assert_eq!(put.at("inactiveFlag"), "false", "what a PUT leaves out falls to its default");
    assert_eq!(put.at("description"), "null");
    assert_eq!(caller.send("DELETE", "system/callbacks/2601", "").status, 204);
    assert_eq!(caller.get("system/callbacks/2601").status, 404);
    assert_eq!(caller.get("system/callbacks/2602").at("type"), "\"company\"");
}

#[test]
fn callback_registrations_need_url_object_type_and_level() {
    let reply = register(&office(), r#"{"description":"d"}"#);

    let missing = ["url", "objectId", "type", "level"];
    assert_eq!(reply.status, 400);
    assert_eq!(reply.flaws(), missing.map(|field| ("MissingRequiredField".to_owned(), field.to_owned())));
}

#[test]
fn callback_registered_twice_exists_already() {
    let running = office();
    register(&running, &with("level", r#""owner""#));

    let again = register(&running, &with("type", r#""Agreement""#));

    assert_eq!((again.status, again.flaws()), (400, flaw("ObjectExists", "objectId")));
    assert_eq!(again.at("code"), "\"InvalidObject\"");
    let elsewhere = with("url", r#""http://127.0.0.1:9/other?recordId=""#);
    assert_eq!(register(&running, &elsewhere).status, 201, "another address is another one");
    let mine = r#"[{"op":"replace","path":"description","value":"mine"}]"#;
    let patched = caller(&running).send("PATCH", "system/callbacks/2601", mine);
    assert_eq!(patched.status, 200, "no registration is in its own way");
    let same = r#"[{"op":"replace","path":"url","value":"http://127.0.0.1:9/other?recordId="}]"#;
    let patched = caller(&running).send("PATCH", "system/callbacks/2601", same);
    assert_eq!(patched.flaws(), flaw("ObjectExists", "objectId"));
}

#[test]
fn callback_registrations_that_break_a_rule_are_refused_by_its_code() {
    let running = office();
    let refused = |field: &str, value: &str| register(&running, &with(field, value)).flaws();
    let long = format!("\"{}\"", "d".repeat(101));

    assert_eq!(refused("level", r#""board""#), flaw("InvalidObject", "level"));
    assert_eq!(refused("type", r#""addition""#), flaw("InvalidField", "type"));
    assert_eq!(refused("url", r#""hooks/psa""#), flaw("InvalidField", "url"));
    assert_eq!(refused("url", r#""ftp://127.0.0.1/""#), flaw("InvalidField", "url"));
    assert_eq!(refused("objectId", "1.5"), flaw("InvalidField", "objectId"));
    assert_eq!(refused("description", &long), flaw("MaxLengthField", "description"));
    assert_eq!(register(&running, &with("description", &long.replacen('d', "", 1))).status, 201);
}

#[test]
fn callback_members_and_guids_cannot_be_set() {
    let running = office();
    let sent = with("memberId", r#"102,"connectWiseID":"x""#);

    let reply = register(&running, &sent);
    let patch = r#"[{"op":"replace","path":"memberId","value":102}]"#;
    let patched = caller(&running).send("PATCH", "system/callbacks/2601", patch);
    let put = caller(&running).send("PUT", "system/callbacks/2601", &sent);

    for reply in [reply, patched, put] {
        assert_eq!(reply.at("memberId"), "101");
        assert_eq!(reply.at("connectWiseID"), "\"00000a29-ca11-4bac-8c00-000000000a29\"");
    }
}

#[test]
fn callback_registrations_are_opened_by_table_setup_and_never_by_an_open_setup_table() {
    let running = world();
    let table_setup = |levels| Role::default().with(Function::TableSetup, levels);
    let read = Levels { inquire: Level::All, ..Levels::default() };

    assert_eq!(register(&running, AGREEMENTS).status, 403, "the usual role sets nothing up");
    assert_eq!(caller(&running).get("system/callbacks").status, 200);
    running.set_role("trueup", table_setup(Levels::default()));
    assert_eq!(caller(&running).get("finance/agreements/types").status, 200);
    assert_eq!(caller(&running).get("system/callbacks").status, 403, "the addresses may hold secrets");
    running.set_role("trueup", table_setup(Levels { add: Level::All, ..read }));
    assert_eq!(register(&running, AGREEMENTS).status, 201);
    assert_eq!(caller(&running).send("DELETE", "system/callbacks/2601", "").status, 403);
}
