//! Takes secrets out of a text before anybody sees it: every one that was read, and whatever looks like one in its place.
//!
//! The last guard, not the first: nothing is to put a secret into a text at all. Every secret that is [read] is known
//! here from then on, so that no caller can forget to say so.
//!
//! [read]: super::resolve

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// What stands in the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// A shorter secret would blot out ordinary words, and is guessed sooner than it is read in a log.
const SHORTEST: usize = 8;

/// More secrets than any settings name, rotation over years included; the oldest are forgotten first.
const MOST: usize = 4096;

/// Names whose value, in a header, a query or a field, is a secret.
const NAMES: [&str; 11] = [
    "authorization",
    "clientid",
    "client_id",
    "set-cookie",
    "cookie",
    "password",
    "private_key",
    "privatekey",
    "public_key",
    "publickey",
    "token",
];

/// The schemes of HTTP that are followed by a credential.
const SCHEMES: [&str; 3] = ["basic ", "bearer ", "digest "];

/// Where a header's or a query's credential ends.
const ENDS: &[char] = &['"', '\'', ',', ';', '&', '}', ')', ']', '\n', '\r'];

static KNOWN: Mutex<Vec<SecretString>> = Mutex::new(Vec::new());

/// Remembers a secret that was read.
pub(super) fn remember(secret: &SecretString) {
    let text = secret.expose_secret();
    if text.len() < SHORTEST {
        return;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if known.iter().any(|one| one.expose_secret() == text) {
        return;
    }
    if known.len() == MOST {
        known.remove(0);
    }
    known.push(SecretString::from(text));
}

/// The text without any secret that was read so far, without credentials of addresses, and without the values of headers
/// and fields that hold secrets.
#[must_use]
pub fn redacted(text: &str) -> Cow<'_, str> {
    let text = without_known(text);
    let text = changed(text, without_userinfo);
    let text = changed(text, without_named);
    changed(text, without_schemes)
}

/// Whether a field or header of this name holds a secret, so that its value is not shown at all.
#[must_use]
pub fn names_a_secret(name: &str) -> bool {
    NAMES.iter().any(|one| name.eq_ignore_ascii_case(one)) || name.to_ascii_lowercase().contains("secret")
}

fn changed<'a>(text: Cow<'a, str>, change: impl Fn(&str) -> Option<String>) -> Cow<'a, str> {
    match change(&text) {
        Some(changed) => Cow::Owned(changed),
        None => text,
    }
}

fn without_known(text: &str) -> Cow<'_, str> {
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut clean = Cow::Borrowed(text);
    for secret in known.iter() {
        let secret = secret.expose_secret();
        // Values that went through `Debug` are written with escapes.
        let quoted = Zeroizing::new(format!("{secret:?}"));
        for form in [secret, quoted.trim_matches('"')] {
            if clean.contains(form) {
                clean = Cow::Owned(clean.replace(form, REDACTED));
            }
        }
    }
    clean
}

/// `https://user:password@host` keeps its host.
fn without_userinfo(text: &str) -> Option<String> {
    let mut clean = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let authority = after.find(|sign: char| "/?#".contains(sign) || sign.is_whitespace());
        let authority = &after[..authority.unwrap_or(after.len())];
        rest = match authority.rfind('@') {
            Some(end) => {
                found = true;
                clean.push_str(REDACTED);
                &after[end..]
            }
            None => after,
        };
    }
    clean.push_str(rest);
    found.then_some(clean)
}

/// `Authorization: …`, `clientId=…`, `"cookie": "…"` keep their name.
fn without_named(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for name in NAMES {
        for (at, _) in lower.match_indices(name) {
            if let Some(cut) = value_after(&lower, at, at + name.len()) {
                cuts.push(cut);
            }
        }
    }
    blot(text, cuts)
}

/// Where the value of a name begins and ends, when the name is a whole word and a value follows.
fn value_after(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    let letter = |sign: char| sign.is_ascii_alphanumeric();
    if text[..start].chars().next_back().is_some_and(letter) {
        return None;
    }
    let after = text[end..].trim_start_matches(['"', '\'', '\\', ' ']);
    let after = after.strip_prefix([':', '='])?;
    let value = after.trim_start_matches(['"', '\'', '\\', ' ']);
    let begin = text.len() - value.len();
    // What is no header and no query is a sentence: `token: { file: … }` names a place and no secret.
    if value.is_empty() || value.starts_with(['{', '[', '…']) {
        return None;
    }
    let length = value.find(ENDS).unwrap_or(value.len());
    (length > 0).then_some((begin, begin + length))
}

/// `Basic c3Rvcnk6c3Rvcnk=` keeps its scheme.
fn without_schemes(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut cuts = Vec::new();
    for scheme in SCHEMES {
        for (at, _) in lower.match_indices(scheme) {
            let begin = at + scheme.len();
            let is_credential = |sign: char| sign.is_ascii_alphanumeric() || "+/=_-.~".contains(sign);
            let length = text[begin..].find(|sign| !is_credential(sign)).unwrap_or(text.len() - begin);
            let whole_word = !lower[..at].ends_with(|sign: char| sign.is_ascii_alphanumeric());
            if whole_word && length >= SHORTEST {
                cuts.push((begin, begin + length));
            }
        }
    }
    blot(text, cuts)
}

/// The text with something else in the place of the cuts, which may overlap.
fn blot(text: &str, mut cuts: Vec<(usize, usize)>) -> Option<String> {
    if cuts.is_empty() {
        return None;
    }
    cuts.sort_unstable();
    let mut clean = String::with_capacity(text.len());
    let mut from = 0;
    for (begin, end) in cuts {
        if begin >= from {
            clean.push_str(&text[from..begin]);
            clean.push_str(REDACTED);
        }
        from = from.max(end);
    }
    clean.push_str(&text[from..]);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::{names_a_secret, redacted, remember};

    #[test]
    fn a_secret_that_was_read_is_taken_out_wherever_it_stands() {
        remember(&"canary-of-the-unit-test".into());
        remember(&"it's a \"quoted\" canary".into());

        assert_eq!(redacted("key canary-of-the-unit-test!"), "key [redacted]!");
        assert_eq!(redacted(&format!("{:?}", "it's a \"quoted\" canary")), "\"[redacted]\"");
    }

    #[test]
    fn what_stands_where_secrets_stand_is_taken_out_unread() {
        for (told, shown) in [
            ("at https://robot:pw@git.example.com/x", "at https://[redacted]@git.example.com/x"),
            ("at ssh://git@host and http://a@b@c/", "at ssh://[redacted]@host and http://[redacted]@c/"),
            ("Authorization: Basic c3Rvcnk6c3Rvcnk=", "Authorization: [redacted]"),
            ("\"clientId\": \"0001-22\", \"x\": 1", "\"clientId\": \"[redacted]\", \"x\": 1"),
            ("Cookie: session=1; a=2", "Cookie: [redacted]; a=2"),
            ("?token=abc&x=1", "?token=[redacted]&x=1"),
            ("sent bearer abcdefgh.ijk", "sent bearer [redacted]"),
        ] {
            assert_eq!(redacted(told), shown);
        }
    }

    #[test]
    fn ordinary_words_stay() {
        for text in [
            "write token: { file: … }",
            "basic plan for all",
            "https://git.example.com/a@b",
            "the token is missing",
            "mail to a@example.com",
            "München: 3 Lizenzen",
        ] {
            assert_eq!(redacted(text), text);
        }
    }

    #[test]
    fn fields_that_hold_secrets_are_known_by_name() {
        assert!(["Authorization", "clientId", "cookie", "client_secret"].into_iter().all(names_a_secret));
        assert!(!["tenant", "line", "tokens_left"].into_iter().any(names_a_secret));
    }
}
