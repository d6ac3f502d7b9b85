//! The keys of the API member: put into headers, and taken out of every text that people may read.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use crate::connectwise::{ConnectWiseError, KeyPair, Options};

/// The keys, ready to send. Has no `Debug`.
pub(super) struct Keys {
    reading: HeaderValue,
    writing: HeaderValue,
    client_id: HeaderValue,
    redaction: Redaction,
}

/// The secrets that are taken out of every text for people.
#[derive(Clone, Default)]
pub(in crate::connectwise) struct Redaction {
    secrets: Arc<[SecretString]>,
}

impl Redaction {
    /// The text with every secret blotted out.
    pub(in crate::connectwise) fn apply(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |clean, secret| clean.replace(secret.expose_secret(), "[redacted]"))
    }
}

impl Keys {
    /// Prepares the keys of the options.
    pub(super) fn new(options: &Options) -> Result<Self, ConnectWiseError> {
        let client_id = options.client_id.expose_secret();
        is_whole("company", &options.company)?;
        is_whole("client_id", client_id)?;
        let reads = encoded(&options.company, &options.public_key, &options.private_key)?;
        let writes = match &options.write_keys {
            None => None,
            Some(KeyPair { public_key, private_key }) => {
                Some(encoded(&options.company, public_key, private_key)?)
            }
        };
        let mut secrets = vec![SecretString::from(client_id), SecretString::from(reads.as_str())];
        secrets.extend([&options.private_key, &options.public_key].map(Clone::clone));
        if let (Some(pair), Some(encoded)) = (&options.write_keys, &writes) {
            secrets.extend([&pair.private_key, &pair.public_key].map(Clone::clone));
            secrets.push(SecretString::from(encoded.as_str()));
        }
        let basic = |encoded: &str| sensitive(&Zeroizing::new(format!("Basic {encoded}")));
        Ok(Self {
            reading: basic(&reads)?,
            writing: basic(writes.as_ref().unwrap_or(&reads))?,
            client_id: sensitive(client_id)?,
            redaction: Redaction { secrets: secrets.into() },
        })
    }

    /// The `Authorization` header of a read.
    pub(super) fn reading(&self) -> HeaderValue {
        self.reading.clone()
    }

    /// The `Authorization` header of a write.
    pub(super) fn writing(&self) -> HeaderValue {
        self.writing.clone()
    }

    /// The `clientId` header.
    pub(super) fn client_id(&self) -> HeaderValue {
        self.client_id.clone()
    }

    /// What to take out of texts.
    pub(super) fn redaction(&self) -> Redaction {
        self.redaction.clone()
    }
}

/// What `Authorization` says of a pair of keys, in the form of HTTP's Basic.
fn encoded(
    company: &str,
    public_key: &SecretString,
    private_key: &SecretString,
) -> Result<Zeroizing<String>, ConnectWiseError> {
    let (public, private) = (public_key.expose_secret(), private_key.expose_secret());
    is_whole("public_key", public)?;
    is_whole("private_key", private)?;
    let pair = Zeroizing::new(format!("{company}+{public}:{private}"));
    Ok(Zeroizing::new(STANDARD.encode(pair.as_bytes())))
}

/// Whether a part can stand in a header.
fn is_whole(name: &str, value: &str) -> Result<(), ConnectWiseError> {
    if value.is_empty() || value.chars().any(|character| character.is_control() || character == ' ') {
        let what = format!("{name} is empty or holds a blank or a line break");
        return Err(ConnectWiseError::Settings { what });
    }
    Ok(())
}

/// A header that no library prints.
fn sensitive(text: &str) -> Result<HeaderValue, ConnectWiseError> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| ConnectWiseError::Settings { what: "client_id is not plain ASCII".to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::Keys;
    use crate::connectwise::{ConnectWiseError, KeyPair, Options};
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    fn options(private: &str) -> Options {
        Options::new("https://x.example", "msp", "client-1".into(), "public-1".into(), private.into())
    }

    #[test]
    fn the_plus_between_company_and_key_is_literal() {
        let keys = Keys::new(&options("private-1")).ok().unwrap();

        let sent = keys.reading();
        let encoded = sent.to_str().unwrap().strip_prefix("Basic ").unwrap().to_owned();
        assert_eq!(STANDARD.decode(encoded).unwrap(), b"msp+public-1:private-1");
        assert!(sent.is_sensitive() && keys.client_id().is_sensitive());
    }

    #[test]
    fn no_key_survives_in_a_text_for_people() {
        let keys = Keys::new(&options("private-1")).ok().unwrap();
        let encoded = STANDARD.encode("msp+public-1:private-1");

        let text = keys.redaction().apply(&format!("private-1 public-1 client-1 {encoded}"));

        assert_eq!(text, "[redacted] [redacted] [redacted] [redacted]");
    }

    #[test]
    fn a_write_is_sent_with_the_keys_for_writing_where_there_are_any() {
        let one = Keys::new(&options("private-1")).ok().unwrap();
        let pair = KeyPair { public_key: "public-2".into(), private_key: "private-2".into() };
        let two = Keys::new(&Options { write_keys: Some(pair), ..options("private-1") }).ok().unwrap();

        assert_eq!(one.writing(), one.reading());
        assert_eq!(two.reading(), one.reading());
        let encoded = STANDARD.encode("msp+public-2:private-2");
        assert_eq!(two.writing().to_str().unwrap(), format!("Basic {encoded}"));
        let told = two.redaction().apply(&format!("private-1 private-2 public-2 {encoded}"));
        assert_eq!(told, "[redacted] [redacted] [redacted] [redacted]");
    }

    #[test]
    fn options_show_no_key_when_printed() {
        let shown = format!("{:?}", options("private-1"));

        for secret in ["private-1", "public-1", "client-1"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn a_key_with_a_line_break_is_refused_without_being_shown() {
        let error = Keys::new(&options("private-1\n")).err().unwrap();

        let what = "private_key is empty or holds a blank or a line break".to_owned();
        assert_eq!(error, ConnectWiseError::Settings { what });
    }
}
