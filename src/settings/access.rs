//! How a ConnectWise is reached, and reading the certificate authority that it may need.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::OutboundProxy;
use super::secret::Secret;
use crate::outbound::Addresses;
use crate::problem::{Code, Problem};

/// A larger file is no certificate.
const LARGEST_FILE: u64 = 1024 * 1024;

/// How a ConnectWise is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectWiseAccess {
    /// Scheme, host and port: `https`, or `http` on a loopback address.
    pub site: Arc<str>,
    /// The login company.
    pub company: Arc<str>,
    /// The registered id of this program.
    pub client_id: Secret,
    /// The public key of the API member.
    pub public_key: Secret,
    /// The private key of the API member.
    pub private_key: Secret,
    /// The keys of the API member that writes; `None`: the first member does both.
    pub write_keys: Option<WriteKeys>,
    /// A private certificate authority, in PEM.
    pub ca_file: Option<PathBuf>,
    /// The most requests in any 60 seconds.
    pub requests_a_minute: u32,
    /// How many reads are under way at once in the beginning.
    pub reads_at_once: u32,
    /// Whether the name of the site may mean an address of one's own network.
    pub private_addresses: PrivateAddresses,
    /// The proxy on the way to it.
    pub proxy: Option<OutboundProxy>,
}

/// Whether the name of a site may mean a private address, or this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PrivateAddresses {
    /// No: whoever answers for the name could lead the keys to a neighbour.
    #[default]
    Refused,
    /// Yes: it is a server of one's own.
    Allowed,
}

/// The keys of the API member that writes. Planning never reads them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteKeys {
    /// Its public key.
    pub public_key: Secret,
    /// Its private key.
    pub private_key: Secret,
}

impl ConnectWiseAccess {
    /// What the name of the site may mean.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        match self.private_addresses {
            PrivateAddresses::Refused => Addresses::Public,
            PrivateAddresses::Allowed => Addresses::Any,
        }
    }

    /// Reads the private certificate authority, where one is set.
    ///
    /// # Errors
    ///
    /// When the file is not there, or is none that could hold certificates.
    pub fn certificate_authority(&self) -> Result<Option<Vec<u8>>, Problem> {
        self.ca_file.as_deref().map(certificates).transpose()
    }
}

/// Reads certificates in PEM.
pub(super) fn certificates(path: &Path) -> Result<Vec<u8>, Problem> {
    let wrong = |code, what: String| {
        let hint = "relative paths start at the settings file; it holds certificates in PEM";
        Problem::error(code, "ca_file", format!("ca_file {} {what}", path.display())).with_hint(hint)
    };
    let unreadable = |cause: std::io::Error| wrong(Code::Unreadable, format!("cannot be read: {cause}"));
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(wrong(Code::SpecialFile, "is no regular file".to_owned()));
    }
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(wrong(Code::TooLarge, "is larger than 1 MiB".to_owned()));
    }
    Ok(bytes)
}
