//! Whether a commit's signature is good, and whose key made it.
//!
//! Reads SSH signatures and verifies them; whether that key may sign is decided elsewhere.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA512, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
    VerificationAlgorithm,
};
use ssh_key::public::{EcdsaPublicKey, KeyData, RsaPublicKey};
use ssh_key::{Algorithm, HashAlg, SshSig};

/// What git signs commits for.
const NAMESPACE: &str = "git";

/// The key that made a good signature.
pub(super) struct SignedBy {
    pub(super) key: KeyData,
    pub(super) fingerprint: String,
}

/// What is wrong with a signature.
pub(super) struct Flaw(pub(super) String);

/// The key that signed these bytes.
pub(super) fn verify(signature: &[u8], signed: &[u8]) -> Result<SignedBy, Flaw> {
    let flaw = |text: &str| Flaw(text.to_owned());
    if signature.trim_ascii_start().starts_with(b"-----BEGIN PGP") {
        return Err(flaw("it is signed with OpenPGP, and only SSH signatures are checked"));
    }
    let found =
        SshSig::from_pem(signature.trim_ascii()).map_err(|_| flaw("its signature is no SSH signature"))?;
    if found.namespace() != NAMESPACE {
        return Err(flaw("its signature was made for something else than commits"));
    }
    let bytes = SshSig::signed_data(NAMESPACE, found.hash_alg(), signed)
        .map_err(|_| flaw("its signature cannot be read"))?;
    let key = found.public_key();
    match is_good(key, &found, &bytes) {
        Some(true) => {
            let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
            Ok(SignedBy { key: key.clone(), fingerprint })
        }
        Some(false) => Err(flaw("its signature is bad")),
        None => Err(Flaw(format!(
            "it is signed with a key of the kind {}, which is not supported",
            found.algorithm().as_str()
        ))),
    }
}

/// Whether the key made the signature; `None` for a kind of key that is not supported.
fn is_good(key: &KeyData, found: &SshSig, bytes: &[u8]) -> Option<bool> {
    let signature = found.signature_bytes();
    match (key, found.algorithm()) {
        (KeyData::Ed25519(key), Algorithm::Ed25519) => Some(holds(&ED25519, &key.0, bytes, signature)),
        (KeyData::Rsa(key), Algorithm::Rsa { hash: Some(HashAlg::Sha256) }) => {
            Some(rsa_holds(&RSA_PKCS1_2048_8192_SHA256, key, bytes, signature))
        }
        (KeyData::Rsa(key), Algorithm::Rsa { hash: Some(HashAlg::Sha512) }) => {
            Some(rsa_holds(&RSA_PKCS1_2048_8192_SHA512, key, bytes, signature))
        }
        (KeyData::Ecdsa(key), Algorithm::Ecdsa { .. }) => ecdsa_holds(key, bytes, signature),
        _ => None,
    }
}

fn holds(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], bytes: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(algorithm, key).verify(bytes, signature).is_ok()
}

fn rsa_holds(parameters: &'static RsaParameters, key: &RsaPublicKey, bytes: &[u8], signature: &[u8]) -> bool {
    let (Some(n), Some(e)) = (key.n.as_positive_bytes(), key.e.as_positive_bytes()) else { return false };
    RsaPublicKeyComponents { n, e }.verify(parameters, bytes, signature).is_ok()
}

/// `None` for a curve that is not supported.
fn ecdsa_holds(key: &EcdsaPublicKey, bytes: &[u8], signature: &[u8]) -> Option<bool> {
    let (algorithm, size) = match key {
        EcdsaPublicKey::NistP256(_) => (&ECDSA_P256_SHA256_FIXED, 32),
        EcdsaPublicKey::NistP384(_) => (&ECDSA_P384_SHA384_FIXED, 48),
        EcdsaPublicKey::NistP521(_) => return None,
    };
    let fixed = fixed(signature, size);
    Some(fixed.is_some_and(|fixed| holds(algorithm, key.as_sec1_bytes(), bytes, &fixed)))
}

/// The two numbers of a signature, each with its length before it, as two numbers of one length.
fn fixed(signature: &[u8], size: usize) -> Option<Vec<u8>> {
    let (r, rest) = number(signature)?;
    let (s, rest) = number(rest)?;
    if !rest.is_empty() {
        return None;
    }
    let mut fixed = Vec::with_capacity(2 * size);
    for number in [r, s] {
        let padding = size.checked_sub(number.len())?;
        fixed.resize(fixed.len() + padding, 0);
        fixed.extend_from_slice(number);
    }
    Some(fixed)
}

/// A number with its length before it, without leading zeros; and what follows.
fn number(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (number, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    Some((&number[zeros..], rest))
}
