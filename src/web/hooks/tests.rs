//! Hooks as a whole: what a sender must prove, and what a stranger can do at most.

mod branches;
mod corpus;
mod flood;
mod laws;
mod listener;
mod source;
mod vectors;
mod world;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use super::key::Key;
use crate::settings::daemon::HookKind;

/// All kinds of hooks.
pub(super) const KINDS: [HookKind; 8] = [
    HookKind::Github,
    HookKind::Gitlab,
    HookKind::Gitea,
    HookKind::Forgejo,
    HookKind::Bitbucket,
    HookKind::AzureDevops,
    HookKind::Plain,
    HookKind::Connectwise,
];

/// The kinds that sign, so that a signature of one body does not serve another.
const SIGNING: [HookKind; 6] = [
    HookKind::Github,
    HookKind::Gitea,
    HookKind::Forgejo,
    HookKind::Bitbucket,
    HookKind::Plain,
    HookKind::Connectwise,
];

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const ANOTHER: &str = "0123456789abcdef0123456789abcdeF";

/// A push to `main`, as most forges tell it.
const PUSH: &[u8] = br#"{"ref":"refs/heads/main","after":"9f2c"}"#;

type Headers = Vec<(&'static str, String)>;

/// Headers as they arrive.
fn map(headers: &Headers) -> HeaderMap {
    headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect()
}

fn key(kind: HookKind, secret: &str) -> Key {
    Key::new(kind, &SecretString::from(secret)).expect("it is long enough")
}

/// What a sender of a kind adds to a body to prove itself.
fn proof(kind: HookKind, secret: &str, body: &[u8]) -> Headers {
    let hex = || hexadecimal(&code(secret.as_bytes(), body));
    match kind {
        HookKind::Github => vec![("x-hub-signature-256", format!("sha256={}", hex()))],
        HookKind::Gitlab => vec![("x-gitlab-token", secret.to_owned())],
        HookKind::Gitea => vec![("x-gitea-signature", hex())],
        HookKind::Forgejo => vec![("x-forgejo-signature", hex()), ("x-gitea-signature", hex())],
        HookKind::Bitbucket => vec![("x-hub-signature", format!("sha256={}", hex()))],
        HookKind::AzureDevops => {
            vec![("authorization", format!("Basic {}", STANDARD.encode(format!("trueup:{secret}"))))]
        }
        HookKind::Plain => vec![("x-trueup-signature", format!("sha256={}", hex()))],
        HookKind::Connectwise => {
            vec![("x-content-signature", STANDARD.encode(code(&Sha256::digest(secret), body)))]
        }
    }
}

/// GitLab's proof by a signing token.
fn gitlab_signature(key: &[u8], id: &str, body: &[u8]) -> Headers {
    let signed = [id.as_bytes(), b".1614265330.", body].concat();
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", "1614265330".to_owned()),
        ("webhook-signature", format!("v1,{}", STANDARD.encode(code(key, &signed)))),
    ]
}

fn code(key: &[u8], body: &[u8]) -> [u8; 32] {
    let mut hmac = Hmac::<Sha256>::new_from_slice(key).expect("any length will do");
    hmac.update(body);
    hmac.finalize().into_bytes().into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
