//! Pushes to other branches do not ring, and every doubt does.

use super::{SECRET, key, map, proof};
use crate::settings::daemon::HookKind;
use crate::web::hooks::payload::{Aim, aim};
use crate::web::hooks::verify::{Delivery, verify};

fn seen_from(branch: &str, kind: HookKind, body: &str) -> Aim {
    let headers = map(&proof(kind, SECRET, body.as_bytes()));
    let delivery = Delivery { headers: &headers, query: "", body: body.as_bytes() };
    aim(&verify(kind, delivery, &[key(kind, SECRET)]).expect("it is proven"), branch)
}

fn seen(kind: HookKind, body: &str) -> Aim {
    seen_from("main", kind, body)
}

/// A push as Bitbucket Cloud tells it.
fn cloud(old: &str, new: &str) -> String {
    format!(r#"{{"push":{{"changes":[{{"old":{old},"new":{new}}}]}},"repository":{{"links":7}}}}"#)
}

fn branch(name: &str) -> String {
    format!(r#"{{"type":"branch","name":"{name}"}}"#)
}

#[test]
fn a_push_to_another_branch_alone_is_elsewhere() {
    let cases = [
        (HookKind::Github, r#"{"ref":"refs/heads/next"}"#.to_owned()),
        (HookKind::Github, r#"{"ref":"refs/heads/main2"}"#.to_owned()),
        (HookKind::Github, r#"{"ref":"refs/tags/main"}"#.to_owned()),
        (HookKind::Gitlab, r#"{"object_kind":"push","ref":"refs/heads/next"}"#.to_owned()),
        (HookKind::Gitea, r#"{"ref":"refs/heads/feature/main"}"#.to_owned()),
        (HookKind::Forgejo, r#"{"ref":"refs/heads/next"}"#.to_owned()),
        (HookKind::Plain, r#"{"ref":"refs/heads/next"}"#.to_owned()),
        (HookKind::Bitbucket, cloud(&branch("next"), &branch("next"))),
        (HookKind::Bitbucket, cloud("null", r#"{"type":"tag","name":"main"}"#)),
        (HookKind::Bitbucket, r#"{"changes":[{"ref":{"id":"refs/heads/next"}}]}"#.to_owned()),
        (HookKind::AzureDevops, r#"{"resource":{"refUpdates":[{"name":"refs/heads/next"}]}}"#.to_owned()),
    ];

    for (kind, body) in cases {
        assert_eq!(seen(kind, &body), Aim::Elsewhere, "{kind:?} {body}");
    }
}

#[test]
fn a_push_to_the_branch_rings_also_among_others() {
    let data_center = r#"{"changes":[{"ref":{"id":"refs/heads/next"}},{"ref":{"id":"refs/heads/main"}}]}"#;
    let azure = r#"{"resource":{"refUpdates":[{"name":"refs/heads/a"},{"name":"refs/heads/main"}]}}"#;
    let cases = [
        (HookKind::Github, r#"{"ref":"refs/heads/main"}"#.to_owned()),
        (HookKind::Bitbucket, cloud(&branch("next"), &branch("main"))),
        (HookKind::Bitbucket, cloud(&branch("main"), "null")),
        (HookKind::Bitbucket, data_center.to_owned()),
        (HookKind::AzureDevops, azure.to_owned()),
    ];

    for (kind, body) in cases {
        assert_eq!(seen(kind, &body), Aim::MaybeHere, "{kind:?} {body}");
    }
}

#[test]
fn a_branch_that_is_written_in_full_is_the_same_branch() {
    let body = r#"{"ref":"refs/heads/main"}"#;

    assert_eq!(seen_from("refs/heads/main", HookKind::Plain, body), Aim::MaybeHere);
    assert_eq!(seen_from("refs/heads/next", HookKind::Plain, body), Aim::Elsewhere);
}

#[test]
fn every_doubt_rings() {
    let deep = format!("{}1", r#"{"ref":"#.repeat(200));
    let cases = [
        (HookKind::Github, ""),
        (HookKind::Github, "null"),
        (HookKind::Github, "[]"),
        (HookKind::Github, "{}"),
        (HookKind::Github, r#"{"ref":"next"}"#),
        (HookKind::Github, r#"{"ref":["refs/heads/next"]}"#),
        (HookKind::Github, r#"{"zen":"Keep it logically awesome."}"#),
        (HookKind::Github, "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fnext%22%7D"),
        (HookKind::Github, deep.as_str()),
        (HookKind::Bitbucket, r#"{"push":{"changes":[]}}"#),
        (HookKind::Bitbucket, r#"{"push":{"changes":{}}}"#),
        (HookKind::Bitbucket, r#"{"push":{"changes":[{"old":null,"new":null}]}}"#),
        (HookKind::Bitbucket, r#"{"push":{"changes":[{"new":{"type":"bookmark","name":"next"}}]}}"#),
        (HookKind::Bitbucket, r#"{"push":{"changes":[{"new":{"type":"branch","name":7}}]}}"#),
        (HookKind::Bitbucket, r#"{"changes":[{"ref":{"id":"refs/heads/next"}},{"ref":{}}]}"#),
        (HookKind::Bitbucket, r#"{"test":true}"#),
        (HookKind::AzureDevops, r#"{"resource":{"refUpdates":[]}}"#),
        (HookKind::AzureDevops, r#"{"resource":{"refUpdates":[{"name":null}]}}"#),
        (HookKind::AzureDevops, r#"{"resource":[]}"#),
        (HookKind::Connectwise, r#"{"ref":"refs/heads/next"}"#),
    ];

    for (kind, body) in cases {
        assert_eq!(seen(kind, body), Aim::MaybeHere, "{kind:?} {body}");
    }
}
