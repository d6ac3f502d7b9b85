//! A proxy that the operator named: requests to the world go through it, those to this machine never do.
//!
//! The environment has no say: whoever can set a variable of the process could else read where it goes.

use secrecy::{ExposeSecret as _, SecretString};

/// A proxy. Its `Debug` shows no password.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Scheme, host and port.
    pub url: String,
    /// The user and the password, where it asks for them.
    pub login: Option<(String, SecretString)>,
}

impl Proxy {
    /// As the HTTP library takes it.
    pub(super) fn made(&self) -> Result<reqwest::Proxy, String> {
        let proxy =
            reqwest::Proxy::all(&self.url).map_err(|_| "the proxy's address cannot be used".to_owned())?;
        Ok(match &self.login {
            Some((user, password)) => proxy.basic_auth(user, password.expose_secret()),
            None => proxy,
        })
    }

    /// Its host, when that is a name.
    pub(super) fn host(&self) -> Option<String> {
        reqwest::Url::parse(&self.url).ok()?.domain().map(str::to_owned)
    }
}
