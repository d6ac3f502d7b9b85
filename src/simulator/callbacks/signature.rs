//! The signature of a callback, and the key it is made with, which everybody may fetch from the simulator's own host.
//!
//! One key a company, made from the company's id: a simulator has nothing to hide.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::registration::guid;
use crate::simulator::errors::Refusal;
use crate::simulator::exchange::Answer;
use crate::simulator::options::Login;
use crate::simulator::parameters::Parameters;
use crate::simulator::value::Object;

/// The number that the key's name is made of.
const KEY: u32 = 1;

/// The value of `x-content-signature` for a body: an HMAC of its bytes, keyed by the hash of the signing key.
pub(super) fn sign(signing_key: &str, body: &str) -> String {
    let key = Sha256::digest(signing_key.as_bytes());
    let mut hmac = Hmac::<Sha256>::new_from_slice(&key).expect("an HMAC takes a key of any length");
    hmac.update(body.as_bytes());
    STANDARD.encode(hmac.finalize().into_bytes())
}

/// The key of a company.
pub(super) fn signing_key(login: &Login) -> String {
    let hash = Sha256::digest(format!("callbacks of {}", login.company).as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where the key is to be had, below the simulator's origin. With the double slash that the real server writes.
pub(super) fn key_path(login: &Login) -> String {
    let company: String = login.company.bytes().map(encoded).collect();
    let id = guid(KEY);
    format!("/{}//system/callbackkey/index.rails?companyName={company}&id={id}", login.code_base())
}

fn encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// Answers whoever fetches the key, without a login.
pub(in crate::simulator) fn key_answer(login: &Login, query: &str) -> Answer {
    let asked = Parameters::read(query);
    if asked.get("companyname") != login.company || asked.get("id") != guid(KEY) {
        return Refusal::no_endpoint().into();
    }
    let shown = Object::new().with("signing_key", signing_key(login).as_str());
    Answer::of_type(200, "application/json; charset=utf-8", &shown.to_string())
}

#[cfg(test)]
mod tests {
    use super::sign;

    /// Computed with another program: `hmac.new(hashlib.sha256(key).digest(), body, 'sha256')`.
    #[test]
    fn callback_signatures_are_keyed_by_the_hash_of_the_signing_key() {
        let signature = sign("the signing key", r#"{"Action":"updated","ID":401}"#);

        assert_eq!(signature, "UlKWgUg710YSPvzNsNoFMmTqECEYG03DtDVTHxQlwik=");
    }
}
