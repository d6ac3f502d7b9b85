//! The proxy on the way to the world, as the operator named it. The environment names none.

use std::sync::Arc;

use super::secret::{Secret, resolve};
use crate::outbound;
use crate::problem::Problem;

/// A proxy, and the secret it may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboundProxy {
    /// Scheme, host and port.
    pub url: Arc<str>,
    /// The user and the password.
    pub login: Option<(Arc<str>, Secret)>,
}

impl OutboundProxy {
    /// The proxy with its password, read now.
    ///
    /// # Errors
    ///
    /// When the password cannot be read.
    pub fn read(&self) -> Result<outbound::Proxy, Problem> {
        let login = match &self.login {
            Some((user, password)) => Some((user.to_string(), resolve(password)?)),
            None => None,
        };
        Ok(outbound::Proxy { url: self.url.to_string(), login })
    }
}
