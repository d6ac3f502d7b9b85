//! What reaches a hook over a real socket, and what goes back.

use std::time::{Duration, Instant};

use secrecy::SecretString;

use super::world::{Answer, World, exchange, hook, request, with_headers};
use super::{ANOTHER, Headers, KINDS, PUSH, SECRET, gitlab_signature, proof};
use crate::reconciler::standing::Event;
use crate::settings::daemon::HookKind;
use crate::web::hooks::{Hook, Hooks, Outcome, Refusal};
use crate::web::{Limits, ListenerOptions, Proxy, serve};

fn secrets(texts: &[&str]) -> Vec<SecretString> {
    texts.iter().map(|text| SecretString::from(*text)).collect()
}

#[test]
fn every_sender_rings_its_tenants() {
    for kind in KINDS {
        let world = World::with(vec![Hook { tenants: vec!["msp".into(), "lab".into()], ..hook(kind) }]);

        let answer = world.post(&proof(kind, SECRET, PUSH), PUSH);

        let event = if kind == HookKind::Connectwise { Event::Callback } else { Event::Hook };
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{kind:?}");
        assert_eq!(world.rung(), [("msp".to_owned(), event), ("lab".to_owned(), event)], "{kind:?}");
        assert_eq!(world.outcomes(), [(Outcome::Rang, 1)], "{kind:?}");
    }
}

#[test]
fn gitlab_may_sign_instead_of_sending_its_token() {
    let key = *b"testtesttesttesttesttesttesttest";
    let token = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=";
    let world = World::with(vec![Hook { secrets: secrets(&[token]), ..hook(HookKind::Gitlab) }]);

    let signed = world.post(&gitlab_signature(&key, "id-1", PUSH), PUSH);
    let sent = world.post(&vec![("x-gitlab-token", token.to_owned())], PUSH);

    assert_eq!((signed.status, sent.status), (202, 404), "a signing token is never sent");
    assert_eq!(world.rung().len(), 1);
}

#[test]
fn sec_w1_a_hook_without_a_long_secret_is_not_there() {
    let short = &SECRET[1..];
    let cases: [&[&str]; 4] = [&[], &[short], &[""], &[short, short]];
    for kind in KINDS {
        for texts in cases {
            let world = World::with(vec![Hook { secrets: secrets(texts), ..hook(kind) }]);
            let there = world.post(&proof(kind, short, PUSH), PUSH);
            let nowhere = world.send(&request("/hooks/nowhere", &proof(kind, short, PUSH), PUSH));

            assert_eq!(there.status, 404, "{kind:?} {texts:?}");
            assert_eq!(there, nowhere, "{kind:?} {texts:?}");
            assert_eq!(world.hooks.names().count(), 0);
            assert_eq!(world.outcomes(), [(Outcome::Refused(Refusal::Unknown), 2)]);
            assert_eq!(world.rung(), []);
        }
    }
}

#[test]
fn sec_w1_without_hooks_nothing_is_there() {
    let world = World::with(vec![]);

    for target in ["/", "/hooks", "/hooks/", "/hooks/push", "/status.json"] {
        assert_eq!(world.send(&request(target, &vec![], PUSH)).status, 404, "{target}");
    }
}

#[test]
fn sec_w2_both_secrets_count_while_one_replaces_the_other() {
    for kind in KINDS {
        let new = "a new secret of thirty-two bytes and some more";
        let rotating = Hook { secrets: secrets(&[SECRET, new]), ..hook(kind) };
        let world = World::with(vec![rotating]);

        let statuses: Vec<u16> = [SECRET, new, ANOTHER]
            .into_iter()
            .map(|secret| world.post(&proof(kind, secret, PUSH), PUSH).status)
            .collect();

        assert_eq!(statuses, [202, 202, 404], "{kind:?}");
    }
}

#[test]
fn sec_w2_a_short_secret_beside_a_long_one_does_not_count() {
    let short = &SECRET[1..];
    let world = World::with(vec![Hook { secrets: secrets(&[short, SECRET]), ..hook(HookKind::Github) }]);

    let by_short = world.post(&proof(HookKind::Github, short, PUSH), PUSH);
    let by_long = world.post(&proof(HookKind::Github, SECRET, PUSH), PUSH);

    assert_eq!((by_short.status, by_long.status), (404, 202));
}

#[test]
fn sec_w4_an_answer_takes_less_than_a_tenth_of_a_second() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let body =
        [b"{\"ref\":\"refs/heads/main\",\"commits\":[", "0,".repeat(131_000).as_bytes(), b"0]}"].concat();
    assert!(body.len() <= 256 * 1024 && body.len() > 255 * 1024);
    let headers = proof(HookKind::Github, SECRET, &body);

    let fastest = (0..20)
        .map(|_| {
            let start = Instant::now();
            assert_eq!(world.post(&headers, &body).status, 202);
            start.elapsed()
        })
        .min();

    assert!(fastest < Some(Duration::from_millis(100)), "{fastest:?}");
}

#[test]
fn sec_w6_a_stranger_cannot_tell_what_is_wrong() {
    let right = proof(HookKind::Github, SECRET, PUSH);
    let wrong = proof(HookKind::Github, ANOTHER, PUSH);
    let close = "host: localhost\r\nconnection: close\r\n";
    let large = vec![b' '; 256 * 1024 + 1];
    let get = |target: &str| with_headers(format!("GET {target} HTTP/1.1\r\n{close}"), &vec![], b"");
    let trace = |target: &str| with_headers(format!("TRACE {target} HTTP/1.1\r\n{close}"), &vec![], b"");
    let refused = [
        request("/hooks/push", &vec![], PUSH),
        request("/hooks/push", &wrong, PUSH),
        request("/hooks/push", &proof(HookKind::Github, SECRET, &large), &large),
        request("/hooks/nowhere", &right, PUSH),
        request("/hooks/push/", &right, PUSH),
        request("/hooks/PUSH", &right, PUSH),
        request("/hooks/..%2fhooks/push", &right, PUSH),
        request("/hooks/%70ush", &right, PUSH),
        request("/elsewhere", &right, PUSH),
        get("/hooks/push"),
        get("/hooks/nowhere"),
        trace("/hooks/push"),
        trace("/hooks/nowhere"),
    ];

    let world = World::with(vec![hook(HookKind::Github)]);
    let answers: Vec<Answer> = refused.iter().map(|bytes| world.send(bytes)).collect();

    let silence = Answer {
        status: 404,
        headers: vec!["content-length: 0".to_owned(), "connection: close".to_owned()],
        body: String::new(),
    };
    for (answer, bytes) in answers.iter().zip(&refused) {
        let mut headers = answer.headers.clone();
        headers.sort_by_key(|line| line.starts_with("connection"));
        let answer = Answer { headers, ..answer.clone() };
        assert_eq!(answer, silence, "{}", String::from_utf8_lossy(&bytes[..60]));
    }
    assert_eq!(world.rung(), []);
}

#[test]
fn sec_w6_an_address_that_fails_too_often_is_turned_away() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let wrong = proof(HookKind::Github, ANOTHER, PUSH);

    let statuses: Vec<u16> = (0..60).map(|_| world.post(&wrong, PUSH).status).collect();

    let limited = statuses.iter().filter(|status| **status == 429).count();
    assert!(statuses[..20].iter().all(|status| *status == 404));
    assert!(limited >= 30, "one more is allowed in three seconds, and no more: {statuses:?}");
    let right = world.post(&proof(HookKind::Github, SECRET, PUSH), PUSH);
    assert_eq!((right.status, right.body.as_str()), (429, ""), "nothing of it is read");
    assert_eq!(world.rung(), []);
}

#[test]
fn a_stranger_at_the_same_forge_cannot_silence_it() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let right = proof(HookKind::Github, SECRET, PUSH);
    let wrong = proof(HookKind::Github, ANOTHER, PUSH);

    let before = world.post(&right, PUSH).status;
    let strangers: Vec<u16> = (0..60).map(|_| world.post(&wrong, PUSH).status).collect();
    let after = world.post(&right, PUSH).status;

    assert_eq!((before, after), (202, 202));
    assert!(strangers.iter().all(|status| *status == 404));
}

#[test]
fn a_right_sender_never_uses_up_its_account() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let right = proof(HookKind::Github, SECRET, PUSH);

    let statuses: Vec<u16> = (0..60).map(|_| world.post(&right, PUSH).status).collect();

    assert!(statuses.iter().all(|status| *status == 202));
}

#[test]
fn a_push_to_another_branch_is_heard_and_does_not_ring() {
    let world = World::with(vec![Hook { branch: Some("main".into()), ..hook(HookKind::Github) }]);
    let post = |body: &[u8]| world.post(&proof(HookKind::Github, SECRET, body), body).status;

    let statuses = [post(br#"{"ref":"refs/heads/next"}"#), post(PUSH), post(b"{}")];

    assert_eq!(statuses, [202; 3]);
    assert_eq!(world.outcomes(), [(Outcome::Rang, 1), (Outcome::Delayed, 1), (Outcome::Elsewhere, 1)]);
}

#[test]
fn of_two_hooks_of_one_name_the_first_stands() {
    let second = Hook { secrets: secrets(&[ANOTHER]), tenants: vec!["lab".into()], ..hook(HookKind::Github) };
    let world = World::with(vec![hook(HookKind::Github), second]);

    let headers: Headers = proof(HookKind::Github, ANOTHER, PUSH);

    assert_eq!(world.post(&headers, PUSH).status, 404);
}

/// Two senders behind a proxy that the listener believes, before the listener that serves hooks in the daemon.
#[tokio::test(flavor = "multi_thread")]
async fn behind_a_believed_proxy_each_sender_has_its_own_account() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hooks = Hooks::new(vec![hook(HookKind::Github)], |_, _| {});
    let options = ListenerOptions {
        names: vec!["localhost".to_owned()],
        proxy: Some(Proxy { addresses: vec![address.ip()], user_header: None }),
        limits: Limits { body_bytes: Limits::WEBHOOK_BODY_BYTES, ..Limits::default() },
        ..ListenerOptions::default()
    };
    tokio::spawn(serve(listener, hooks.router(), options, std::future::pending()));
    let post = |from: &str, secret: &str, body: &[u8]| {
        let mut headers = proof(HookKind::Github, secret, body);
        headers.push(("x-forwarded-for", from.to_owned()));
        exchange(address, &request("/hooks/push", &headers, body)).status
    };

    let statuses = tokio::task::block_in_place(|| {
        let strangers: Vec<u16> = (0..40).map(|_| post("192.0.2.1", ANOTHER, PUSH)).collect();
        let limit = vec![b' '; Limits::WEBHOOK_BODY_BYTES];
        (strangers, post("192.0.2.2", SECRET, PUSH), post("192.0.2.2", SECRET, &limit))
    });

    assert!(statuses.0.contains(&429));
    assert_eq!((statuses.1, statuses.2), (202, 202));
}
