//! What can go wrong before anything is served. Once a listener serves, a bad request is answered and never an error.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::Unsafe;

/// Why something cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        source: io::Error,
    },
    /// The page would be open to strangers.
    #[error("nothing is served at {address}: {missing}")]
    Unsafe {
        /// The address.
        address: SocketAddr,
        /// What is missing.
        missing: Unsafe,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A file with secrets can be read by others than its owner.
    #[error("{} has mode {mode:04o}: others may read it", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A file does not hold what it should.
    #[error("{} is not usable: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it. Never repeats its content.
        reason: String,
    },
}
