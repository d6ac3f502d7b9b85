//! Stable names that name nobody, for plans shown where customers' names must not appear.
//!
//! The same name and key always give the same pseudonym, so that a comment can be read across its edits. Whoever does
//! not know the key cannot check a guess.

use sha2::{Digest, Sha256};

/// How names appear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names<'a> {
    /// As they are.
    #[default]
    Shown,
    /// As pseudonyms.
    Redacted {
        /// What makes them ours: anything long that is not published.
        key: &'a str,
    },
}

/// The pseudonym of a name of some kind, such as `client-3f9a1c2b`.
#[must_use]
pub fn pseudonym(kind: &str, name: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    for part in [key, kind, name] {
        hash.update(u64::try_from(part.len()).expect("a length fits 64 bits").to_be_bytes());
        hash.update(part);
    }
    let digits: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{kind}-{digits}")
}

#[cfg(test)]
mod tests {
    use super::pseudonym;

    #[test]
    fn a_pseudonym_is_stable() {
        assert_eq!(pseudonym("client", "Acme", "key"), pseudonym("client", "Acme", "key"));
    }

    #[test]
    fn another_key_or_name_gives_another_pseudonym() {
        let ours = pseudonym("client", "Acme", "key");

        assert_ne!(ours, pseudonym("client", "Acme", "other"));
        assert_ne!(ours, pseudonym("client", "Acme2", "key"));
        assert!(ours.starts_with("client-") && !ours.contains("Acme"));
    }
}
