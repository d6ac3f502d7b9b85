//! Laws of verifying and of reading: whatever comes, nothing panics, and only the right secret verifies.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use proptest::sample::{Index, select};

use super::{ANOTHER, Headers, KINDS, SECRET, SIGNING, gitlab_signature, key, map, proof};
use crate::settings::daemon::HookKind;
use crate::web::hooks::Refusal;
use crate::web::hooks::encoding::{base64, base64_code, hexadecimal, percent};
use crate::web::hooks::key::Key;
use crate::web::hooks::payload::{Aim, aim};
use crate::web::hooks::verify::{Delivery, verify};

const NAMES: [&str; 14] = [
    "x-hub-signature-256",
    "x-hub-signature",
    "x-gitea-signature",
    "x-forgejo-signature",
    "x-gitlab-token",
    "webhook-signature",
    "webhook-id",
    "webhook-timestamp",
    "authorization",
    "x-trueup-signature",
    "x-content-signature",
    "x-github-delivery",
    "x-request-uuid",
    "content-encoding",
];

fn outcome(kind: HookKind, headers: &Headers, body: &[u8], keys: &[Key]) -> Result<(), Refusal> {
    verify(kind, Delivery { headers: &map(headers), query: "", body }, keys).map(|_| ())
}

/// A value that looks like a proof, or like nothing.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let prefix = select(vec!["", "sha256=", "sha1=", "v1,", "Basic ", "SHA256=", "v1, v1,"]);
    let rest = prop_oneof![
        vec(any::<u8>(), 0..80),
        "[0-9a-fA-F]{0,70}".prop_map(String::into_bytes),
        "[A-Za-z0-9+/]{43}=".prop_map(String::into_bytes),
        Just(SECRET.as_bytes().to_vec()),
    ];
    (prefix, rest).prop_map(|(prefix, rest)| [prefix.as_bytes(), &rest].concat())
}

/// JSON that may be a payload: the words of all forges, nested in any way, about no branch but `main`.
fn payload() -> impl Strategy<Value = Vec<u8>> {
    let leaf =
        prop_oneof![Just("null".to_owned()), Just("7".to_owned()), Just("\"refs/heads/main\"".to_owned())];
    let words =
        select(vec!["ref", "id", "push", "changes", "new", "old", "name", "type", "resource", "refUpdates"]);
    let json = leaf.prop_recursive(6, 40, 4, move |inner| {
        let member = (words.clone(), inner.clone()).prop_map(|(word, value)| format!("\"{word}\":{value}"));
        prop_oneof![
            vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            vec(member, 0..4).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    });
    prop_oneof![4 => json.prop_map(String::into_bytes), 1 => vec(any::<u8>(), 0..200)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_delivery_panics_and_none_without_the_secret_verifies(
        kind in select(KINDS.to_vec()),
        headers in vec((select(NAMES.to_vec()), value()), 0..6),
        query in "(token=)?[ -~]{0,60}",
        body in vec(any::<u8>(), 0..200),
    ) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                map.append(HeaderName::from_static(name), value);
            }
        }

        let delivery = Delivery { headers: &map, query: &query, body: &body };

        prop_assert!(verify(kind, delivery, &[key(kind, ANOTHER)]).is_err());
    }

    #[test]
    fn only_the_right_secret_verifies(
        kind in select(KINDS.to_vec()),
        secret in "[!-~]{32,80}",
        another in "[!-~]{32,80}",
        body in vec(any::<u8>(), 0..300),
    ) {
        let headers = proof(kind, &secret, &body);
        let right = || key(kind, &secret);
        let wrong = || key(kind, &another);

        prop_assert_eq!(outcome(kind, &headers, &body, &[right()]), Ok(()));
        prop_assert_eq!(outcome(kind, &headers, &body, &[wrong(), right()]), Ok(()));
        prop_assert_eq!(outcome(kind, &headers, &body, &[right(), wrong()]), Ok(()));
        if secret != another {
            prop_assert_eq!(outcome(kind, &headers, &body, &[wrong()]), Err(Refusal::Mismatch));
        }
        prop_assert_eq!(outcome(kind, &headers, &body, &[]), Err(Refusal::Mismatch));
    }

    #[test]
    fn sec_w2_a_signature_serves_no_other_body(
        kind in select(SIGNING.to_vec()),
        body in vec(any::<u8>(), 1..300),
        at in any::<Index>(),
        bit in 0_u8..8,
    ) {
        let headers = proof(kind, SECRET, &body);
        let mut changed = body;
        let at = at.index(changed.len());
        changed[at] ^= 1 << bit;

        prop_assert_eq!(outcome(kind, &headers, &changed, &[key(kind, SECRET)]), Err(Refusal::Mismatch));
    }

    #[test]
    fn a_signing_token_verifies_its_own_id_and_body_only(
        secret in vec(any::<u8>(), 32),
        id in "[a-z0-9-]{1,40}",
        body in vec(any::<u8>(), 0..300),
    ) {
        let keys = [Key::of_a_vector(&secret)];
        let headers = gitlab_signature(&secret, &id, &body);
        let mut renamed = headers.clone();
        renamed[0].1.push('x');

        prop_assert_eq!(outcome(HookKind::Gitlab, &headers, &body, &keys), Ok(()));
        prop_assert_eq!(outcome(HookKind::Gitlab, &renamed, &body, &keys), Err(Refusal::Mismatch));
    }

    #[test]
    fn no_payload_panics_and_none_that_names_no_other_branch_is_elsewhere(
        kind in select(KINDS.to_vec()),
        body in payload(),
    ) {
        let headers = map(&proof(kind, SECRET, &body));
        let delivery = Delivery { headers: &headers, query: "", body: &body };
        let verified = verify(kind, delivery, &[key(kind, SECRET)]).expect("it is proven");

        prop_assert_eq!(aim(&verified, "main"), Aim::MaybeHere);
    }

    #[test]
    fn no_encoding_panics(text in vec(any::<u8>(), 0..80), query in "\\PC{0,40}") {
        let _ = (hexadecimal(&text), base64(&text), base64_code(&text), percent(&query));
    }
}
