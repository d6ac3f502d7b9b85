//! The keys of the API member: put into headers, and taken out of every text that people may read.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString, zeroize::Zeroizing};

use crate::connectwise::{ConnectWiseError, Options};

/// The keys, ready to send. Has no `Debug`.
pub(super) struct Keys {
    authorization: HeaderValue,
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
        let (public, private) = (options.public_key.expose_secret(), options.private_key.expose_secret());
        let client_id = options.client_id.expose_secret();
        for (name, value) in [
            ("company", options.company.as_str()),
            ("client_id", client_id),
            ("public_key", public),
            ("private_key", private),
        ] {
            if value.is_empty() || value.chars().any(|character| character.is_control() || character == ' ') {
                let what = format!("{name} is empty or holds a blank or a line break");
                return Err(ConnectWiseError::Settings { what });
            }
        }
        let pair = Zeroizing::new(format!("{}+{public}:{private}", options.company));
        let encoded = Zeroizing::new(STANDARD.encode(pair.as_bytes()));
        Ok(Self {
            authorization: sensitive(&Zeroizing::new(format!("Basic {}", encoded.as_str())))?,
            client_id: sensitive(client_id)?,
            redaction: Redaction {
                secrets: [private, public, client_id, encoded.as_str()].map(SecretString::from).into(),
            },
        })
    }

    /// The `Authorization` header.
    pub(super) fn authorization(&self) -> HeaderValue {
        self.authorization.clone()
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
    use crate::connectwise::{ConnectWiseError, Options};
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    fn options(private: &str) -> Options {
        Options::new("https://x.example", "msp", "client-1".into(), "public-1".into(), private.into())
    }

    #[test]
    fn the_plus_between_company_and_key_is_literal() {
        let keys = Keys::new(&options("private-1")).ok().unwrap();

        let sent = keys.authorization();
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
