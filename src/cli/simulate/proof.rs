//! What a simulator proves itself with, and the file that clients find its authority in.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::cli::{Exit, Failure};
use crate::simulator::Tls;

/// A certificate, and the file with its authority.
pub(super) struct Proof {
    tls: Tls,
    authority: AuthorityFile,
}

/// The file that clients are to trust.
enum AuthorityFile {
    /// Where the user wants it; it stays.
    Named(PathBuf),
    /// One that nobody asked for: it goes when the simulator ends.
    Temporary(NamedTempFile),
}

impl Proof {
    /// Makes a certificate for an address, and writes its authority's to the file, or to a temporary one.
    pub(super) fn make(address: SocketAddr, file: Option<&Path>) -> Result<Self, Failure> {
        let failed = |what: String| move |error| Failure::caused(Exit::Unexpected, what, &error);
        let tls = Tls::make(address.ip()).map_err(failed("No certificate can be made".to_owned()))?;
        let authority = match file {
            Some(path) => AuthorityFile::Named(path.to_owned()),
            None => AuthorityFile::Temporary(
                tempfile::Builder::new()
                    .prefix("trueup-simulator-")
                    .suffix(".pem")
                    .tempfile()
                    .map_err(failed("No temporary file can be made".to_owned()))?,
            ),
        };
        let proof = Self { tls, authority };
        let path = proof.authority();
        fs::write(path, proof.tls.authority()).map_err(failed(format!("Cannot write {}", path.display())))?;
        Ok(proof)
    }

    /// The certificate.
    pub(super) fn tls(&self) -> &Tls {
        &self.tls
    }

    /// Where its authority's is.
    pub(super) fn authority(&self) -> &Path {
        match &self.authority {
            AuthorityFile::Named(path) => path,
            AuthorityFile::Temporary(file) => file.path(),
        }
    }
}
