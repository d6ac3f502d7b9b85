//! Where a ConnectWise is and how it is to be asked, as the operator set it.

use std::time::Duration;

use secrecy::SecretString;

use super::{Meter, Pace};
use crate::outbound::{Addresses, Proxy};

/// How to reach one ConnectWise. Its `Debug` shows no keys.
#[derive(Debug)]
pub struct Options {
    /// The API host: `https://…`, or `http://` on a loopback address.
    pub site: String,
    /// The login company.
    pub company: String,
    /// The registered id of this program.
    pub client_id: SecretString,
    /// The public key of the API member.
    pub public_key: SecretString,
    /// The private key of the API member.
    pub private_key: SecretString,
    /// The keys of a second API member, used for every write; without them the first writes too.
    pub write_keys: Option<KeyPair>,
    /// A private certificate authority, in PEM, trusted beside those of the system.
    pub certificate_authority: Option<Vec<u8>>,
    /// What the name of the site may mean.
    pub addresses: Addresses,
    /// The proxy on the way to it.
    pub proxy: Option<Proxy>,
    /// How long one request may take from the first byte sent to the last one received.
    pub request_timeout: Duration,
    /// The pause before the first repetition of a failed read; it doubles each time.
    pub retry_pause: Duration,
    /// Counts what is asked. Whoever asks for counts over several connections gives all of them the same.
    pub meter: Meter,
    /// How fast it may be asked. Everything that asks the same ConnectWise is given the same.
    pub pace: Pace,
}

/// The keys of one API member. Its `Debug` shows none.
#[derive(Debug)]
pub struct KeyPair {
    /// The public key.
    pub public_key: SecretString,
    /// The private key.
    pub private_key: SecretString,
}

impl Options {
    /// The options of a site with the defaults: 30 seconds a request, and a pace of its own.
    #[must_use]
    pub fn new(
        site: impl Into<String>,
        company: impl Into<String>,
        client_id: SecretString,
        public_key: SecretString,
        private_key: SecretString,
    ) -> Self {
        Self {
            site: site.into(),
            company: company.into(),
            client_id,
            public_key,
            private_key,
            write_keys: None,
            certificate_authority: None,
            addresses: Addresses::Public,
            proxy: None,
            request_timeout: Duration::from_secs(30),
            retry_pause: Duration::from_millis(300),
            meter: Meter::default(),
            pace: Pace::default(),
        }
    }
}
