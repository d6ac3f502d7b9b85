//! The test vectors that senders publish, and one for ConnectWise that another program computed.

use super::{Headers, key, map};
use crate::settings::daemon::HookKind;
use crate::web::hooks::Refusal;
use crate::web::hooks::encoding::base64;
use crate::web::hooks::key::Key;
use crate::web::hooks::verify::{Delivery, verify};

/// The secret of GitHub's and Atlassian's documentation.
const EVERYBODY: &[u8] = b"It's a Secret to Everybody";

fn judge(kind: HookKind, key: Key, headers: &[(&'static str, &str)], body: &[u8]) -> Result<(), Refusal> {
    let headers: Headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let delivery = Delivery { headers: &map(&headers), query: "", body };
    verify(kind, delivery, &[key]).map(|_| ())
}

#[test]
fn sec_w2_the_vector_that_github_publishes_is_verified() {
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let judge = |body| {
        let headers = [("x-hub-signature-256", signature)];
        judge(HookKind::Github, Key::of_a_vector(EVERYBODY), &headers, body)
    };

    assert_eq!(judge(b"Hello, World!"), Ok(()));
    assert_eq!(judge(b"Hello World!"), Err(Refusal::Mismatch));
}

#[test]
fn the_vector_that_atlassian_publishes_is_verified() {
    let signature = "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    let judge = |body| {
        let headers = [("x-hub-signature", signature)];
        judge(HookKind::Bitbucket, Key::of_a_vector(EVERYBODY), &headers, body)
    };

    assert_eq!(judge(b"Hello World!"), Ok(()));
    assert_eq!(judge(b"Hello, World!"), Err(Refusal::Mismatch));
}

#[test]
fn the_vector_of_the_standard_that_gitlab_follows_is_verified() {
    let secret = base64(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
    let headers = [
        ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
        ("webhook-timestamp", "1614265330"),
        ("webhook-signature", "v1a,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
    ];
    let judge = |body| judge(HookKind::Gitlab, Key::of_a_vector(&secret), &headers, body);

    assert_eq!(judge(br#"{"test": 2432232314}"#), Ok(()));
    assert_eq!(judge(br#"{"test": 2432232315}"#), Err(Refusal::Mismatch));
}

#[test]
fn a_callback_is_verified_by_the_hash_of_the_signing_key() {
    let headers = [("x-content-signature", "yzBvNpB6va1P/2hnO6qR3S4qH6jvbGp6F2opfSrJQJE=")];
    let judge = |secret| {
        let body = br#"{"Action":"updated","Type":"agreement","ID":7}"#;
        judge(HookKind::Connectwise, key(HookKind::Connectwise, secret), &headers, body)
    };

    assert_eq!(judge("a signing key of thirty-two bytes"), Ok(()));
    assert_eq!(judge("a signing key of thirty-two bytez"), Err(Refusal::Mismatch));
}
