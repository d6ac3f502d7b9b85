//! A secret, ready to verify with: the only place of the hooks that sees one, and every comparison takes the same time
//! whatever is compared.
//!
//! Answers with a [`Choice`], so that there is nothing to decide by until all secrets were tried. Never an operator of
//! equality: that one stops at the first difference, and the time it takes gives a secret away letter by letter.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

use crate::settings::daemon::HookKind;

/// A shorter secret may be guessed, and a hook without a longer one does not exist.
pub const SHORTEST_SECRET: usize = 32;

/// What GitLab's signing tokens begin with; the key follows in Base64.
const SIGNING_TOKEN: &str = "whsec_";

/// A secret by what it may prove.
#[derive(Debug)]
pub(super) struct Key {
    /// The key of an HMAC.
    signs: Option<SecretSlice<u8>>,
    /// What the sender sends as it stands.
    sent: Option<SecretSlice<u8>>,
}

impl Key {
    /// The key that a secret is for a kind of hook. `None`: it is too short, or a signing token that holds no key.
    pub(super) fn new(kind: HookKind, secret: &SecretString) -> Option<Self> {
        let text = secret.expose_secret();
        if text.len() < SHORTEST_SECRET {
            return None;
        }
        let itself = || Some(SecretSlice::from(text.as_bytes().to_vec()));
        match kind {
            HookKind::Github
            | HookKind::Gitea
            | HookKind::Forgejo
            | HookKind::Bitbucket
            | HookKind::Plain => Some(Self { signs: itself(), sent: None }),
            HookKind::Gitlab => match text.strip_prefix(SIGNING_TOKEN) {
                Some(key) => Some(Self { signs: Some(signing_key(key)?), sent: None }),
                None => Some(Self { signs: None, sent: itself() }),
            },
            HookKind::AzureDevops => Some(Self { signs: None, sent: itself() }),
            HookKind::Connectwise => {
                let hash = SecretSlice::from(Sha256::digest(text).to_vec());
                Some(Self { signs: Some(hash), sent: itself() })
            }
        }
    }

    /// A key of any length, as published test vectors have them.
    #[cfg(test)]
    pub(super) fn of_a_vector(bytes: &[u8]) -> Self {
        Self { signs: Some(SecretSlice::from(bytes.to_vec())), sent: None }
    }

    /// Whether the code authenticates the parts, one after the other.
    pub(super) fn signed(&self, parts: &[&[u8]], code: &[u8; 32]) -> Choice {
        let Some(key) = &self.signs else { return Choice::from(0) };
        let mut hmac =
            Hmac::<Sha256>::new_from_slice(key.expose_secret()).expect("an HMAC takes a key of any length");
        for part in parts {
            hmac.update(part);
        }
        hmac.finalize().into_bytes().as_slice().ct_eq(code.as_slice())
    }

    /// Whether it is what was presented. The hashes are compared, so that not even its length is told.
    pub(super) fn is(&self, presented: &[u8]) -> Choice {
        let Some(secret) = &self.sent else { return Choice::from(0) };
        let (secret, presented) = (Sha256::digest(secret.expose_secret()), Sha256::digest(presented));
        secret.as_slice().ct_eq(presented.as_slice())
    }
}

fn signing_key(text: &str) -> Option<SecretSlice<u8>> {
    let key = SecretSlice::from(STANDARD.decode(text).ok()?);
    (key.expose_secret().len() >= SHORTEST_SECRET).then_some(key)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::{Key, SHORTEST_SECRET};
    use crate::settings::daemon::HookKind;
    use crate::web::hooks::tests::KINDS;

    #[test]
    fn a_secret_is_long_enough_by_its_bytes() {
        for kind in KINDS {
            let exact = SecretString::from("s".repeat(SHORTEST_SECRET));
            let short = SecretString::from("s".repeat(SHORTEST_SECRET - 1));

            assert!(Key::new(kind, &exact).is_some());
            assert!(Key::new(kind, &short).is_none());
        }
    }

    #[test]
    fn a_signing_token_counts_by_the_key_inside() {
        let token = |key: &str| Key::new(HookKind::Gitlab, &SecretString::from(format!("whsec_{key}")));

        assert!(token("dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=").is_some());
        assert!(token("dGVzdHRlc3R0ZXN0dGVzdHRlc3R0ZXN0dGVzdA==").is_none(), "28 bytes only");
        assert!(token("this is no Base64 although it is long enough").is_none());
    }
}
