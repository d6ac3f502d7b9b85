//! Decides whether a delivery comes from whoever holds the secret.
//!
//! Pure. The proof is over the bytes as they came, before anybody reads them: nothing here looks into the body, and
//! what it says can be asked of a [`Verified`] only, which only [`verify`] makes. Never reads a time out of a delivery:
//! a late or repeated one does no more than ring again, and a clock that runs wrong must not silence a forge.

use axum::http::HeaderMap;
use subtle::Choice;

use super::Refusal;
use super::encoding::{base64, base64_code, hexadecimal, percent};
use super::key::Key;
use crate::settings::daemon::HookKind;

/// A delivery as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Delivery<'a> {
    /// Its headers.
    pub headers: &'a HeaderMap,
    /// What stands behind the question mark of its address.
    pub query: &'a str,
    /// The bytes of its body.
    pub body: &'a [u8],
}

/// A delivery that is proven to come from whoever holds the secret. It may still be an old one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verified<'a> {
    kind: HookKind,
    delivery: Delivery<'a>,
}

impl<'a> Verified<'a> {
    /// Who sent it.
    pub(super) fn kind(&self) -> HookKind {
        self.kind
    }

    /// Its body, of which nobody knows yet whether it can be read.
    pub(super) fn body(&self) -> &'a [u8] {
        self.delivery.body
    }

    /// What its sender calls it, the same when it is sent again. No signature covers this.
    ///
    /// Azure DevOps and ConnectWise send no such header. Their deliveries are not remembered: who could repeat one of
    /// theirs could mostly make one up as well.
    pub(super) fn id(&self) -> Option<&'a [u8]> {
        let names: &[&str] = match self.kind {
            HookKind::Github => &["x-github-delivery"],
            HookKind::Gitlab => &["webhook-id", "idempotency-key", "x-gitlab-event-uuid"],
            HookKind::Gitea | HookKind::Forgejo => &["x-forgejo-delivery", "x-gitea-delivery"],
            HookKind::Bitbucket => &["x-request-uuid", "x-request-id"],
            HookKind::Plain => &["x-trueup-delivery"],
            HookKind::AzureDevops | HookKind::Connectwise => &[],
        };
        names.iter().find_map(|name| Some(self.delivery.headers.get(*name)?.as_bytes()))
    }
}

/// Verifies a delivery by its sender's way of proving itself. Every key is tried, whichever is right.
///
/// # Errors
///
/// Why it is refused.
pub(super) fn verify<'a>(
    kind: HookKind,
    delivery: Delivery<'a>,
    keys: &[Key],
) -> Result<Verified<'a>, Refusal> {
    let right = match kind {
        HookKind::Github => hub(&delivery, "x-hub-signature-256", keys),
        HookKind::Bitbucket => hub(&delivery, "x-hub-signature", keys),
        HookKind::Plain => hub(&delivery, "x-trueup-signature", keys),
        HookKind::Gitea | HookKind::Forgejo => gitea(&delivery, keys),
        HookKind::Gitlab => gitlab(&delivery, keys),
        HookKind::AzureDevops => basic(&delivery, keys),
        HookKind::Connectwise => connectwise(&delivery, keys),
    }?;
    if right.into() { Ok(Verified { kind, delivery }) } else { Err(Refusal::Mismatch) }
}

/// `sha256=` and the code in hexadecimal digits.
fn hub(delivery: &Delivery<'_>, name: &str, keys: &[Key]) -> Result<Choice, Refusal> {
    let value = single(delivery, name)?.ok_or(Refusal::Unsigned)?;
    let Some(digits) = value.strip_prefix(b"sha256=") else {
        let names_another = value.contains(&b'=');
        return Err(if names_another { Refusal::Algorithm } else { Refusal::Malformed });
    };
    let code = hexadecimal(digits).ok_or(Refusal::Malformed)?;
    Ok(signed_by_any(keys, &[delivery.body], &code))
}

/// The code in hexadecimal digits alone, or as GitHub has it. The first header that is there decides: a wrong one is not
/// saved by a right one behind it.
fn gitea(delivery: &Delivery<'_>, keys: &[Key]) -> Result<Choice, Refusal> {
    for name in ["x-forgejo-signature", "x-gitea-signature"] {
        if let Some(digits) = single(delivery, name)? {
            let code = hexadecimal(digits).ok_or(Refusal::Malformed)?;
            return Ok(signed_by_any(keys, &[delivery.body], &code));
        }
    }
    hub(delivery, "x-hub-signature-256", keys)
}

/// A token as it stands, or a signature over the id, the time and the body. Which of them counts is said by the secret:
/// one that begins with `whsec_` is a signing token and is never sent.
fn gitlab(delivery: &Delivery<'_>, keys: &[Key]) -> Result<Choice, Refusal> {
    let token = single(delivery, "x-gitlab-token")?;
    let signature = single(delivery, "webhook-signature")?;
    if token.is_none() && signature.is_none() {
        return Err(Refusal::Unsigned);
    }
    let mut right = Choice::from(0);
    if let Some(token) = token {
        right |= is_any(keys, token);
    }
    if let Some(signature) = signature {
        let id = single(delivery, "webhook-id")?.ok_or(Refusal::Unsigned)?;
        let time = single(delivery, "webhook-timestamp")?.ok_or(Refusal::Unsigned)?;
        let parts: [&[u8]; 5] = [id, b".", time, b".", delivery.body];
        // The sender may sign by two tokens as well, and by algorithms to come.
        let codes = signature.split(|letter| *letter == b' ').filter_map(|one| one.strip_prefix(b"v1,"));
        for code in codes.filter_map(base64_code) {
            right |= signed_by_any(keys, &parts, &code);
        }
    }
    Ok(right)
}

/// Basic authentication. The user's name is of no account.
fn basic(delivery: &Delivery<'_>, keys: &[Key]) -> Result<Choice, Refusal> {
    let value = single(delivery, "authorization")?.ok_or(Refusal::Unsigned)?;
    let (scheme, credentials) = value.split_at_checked(6).ok_or(Refusal::Malformed)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return Err(Refusal::Algorithm);
    }
    let credentials = base64(credentials).ok_or(Refusal::Malformed)?;
    let colon = credentials.iter().position(|byte| *byte == b':').ok_or(Refusal::Malformed)?;
    Ok(is_any(keys, &credentials[colon + 1..]))
}

/// The secret in the address, or a signature by it. The signature's key would be found at an address that the body
/// names; that is never gone to.
fn connectwise(delivery: &Delivery<'_>, keys: &[Key]) -> Result<Choice, Refusal> {
    let token = parameter(delivery.query, "token")?;
    let signature = single(delivery, "x-content-signature")?;
    let mut right = Choice::from(0);
    match (&token, signature) {
        (None, None) => return Err(Refusal::Unsigned),
        (None, Some(signature)) if base64_code(signature).is_none() => return Err(Refusal::Malformed),
        (Some(_), _) | (None, Some(_)) => {}
    }
    if let Some(token) = token {
        right |= is_any(keys, &token);
    }
    if let Some(code) = signature.and_then(base64_code) {
        right |= signed_by_any(keys, &[delivery.body], &code);
    }
    Ok(right)
}

fn signed_by_any(keys: &[Key], parts: &[&[u8]], code: &[u8; 32]) -> Choice {
    keys.iter().fold(Choice::from(0), |right, key| right | key.signed(parts, code))
}

fn is_any(keys: &[Key], presented: &[u8]) -> Choice {
    keys.iter().fold(Choice::from(0), |right, key| right | key.is(presented))
}

/// The value of a header that may be there once.
fn single<'a>(delivery: &Delivery<'a>, name: &str) -> Result<Option<&'a [u8]>, Refusal> {
    let mut values = delivery.headers.get_all(name).iter();
    let value = values.next();
    if values.next().is_some() {
        return Err(Refusal::Ambiguous);
    }
    Ok(value.map(|value| value.as_bytes()))
}

/// The value of a parameter of the address that may be there once.
fn parameter(query: &str, name: &str) -> Result<Option<Vec<u8>>, Refusal> {
    let mut values = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(key, _)| *key == name);
    let value = values.next();
    if values.next().is_some() {
        return Err(Refusal::Ambiguous);
    }
    value.map(|(_, value)| percent(value).ok_or(Refusal::Malformed)).transpose()
}
