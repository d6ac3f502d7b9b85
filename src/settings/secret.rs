//! Secrets: where each is kept, and reading it when it is needed.
//!
//! Never part of the settings, of an argument or of a message.

mod known;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::problem::{Code, Place, Problem};

pub use known::{REDACTED, names_a_secret, redacted};

/// A longer file is no key.
const LARGEST_FILE: u64 = 16 * 1024;

/// Names the folder in which whoever starts services puts their credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The rights that nobody but its owner may have on a secret file.
const OTHERS: u32 = 0o077;

/// The same for a credential that was put there for this service alone: it is often given by a group or an access list of
/// its own, which shows as the right of a group to read.
const OTHERS_OF_A_CREDENTIAL: u32 = 0o037;

/// A secret by where it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Where it is kept.
    pub kept: Kept,
    /// Where the settings say so.
    pub place: Place,
}

/// Where a secret is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In a file that only its owner may read.
    File(PathBuf),
    /// In an environment variable.
    Environment(String),
}

/// Reads a secret, from where it is kept now: a file is read again each time, so that a secret can be replaced while the
/// program runs. One closing line break is cut. From then on it is taken out of every [text for people](redacted).
///
/// # Errors
///
/// When it is not there, empty, or may be read by others; the problem never shows it.
pub fn resolve(secret: &Secret) -> Result<SecretString, Problem> {
    resolve_in(secret, |name| env::var_os(name))
}

/// A text that is as hard to guess as the secret and tells nothing of it, for one purpose.
///
/// # Errors
///
/// As [`resolve`].
pub fn derived(secret: &Secret, purpose: &str) -> Result<String, Problem> {
    let secret = resolve(secret)?;
    let mut hash = Sha256::new();
    hash.update(purpose);
    hash.update([0]);
    hash.update(secret.expose_secret());
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn resolve_in(secret: &Secret, variable: impl Fn(&str) -> Option<OsString>) -> Result<SecretString, Problem> {
    let text = match &secret.kept {
        Kept::File(path) => {
            let credentials = variable(CREDENTIALS).map(PathBuf::from);
            read(path, credentials.as_deref()).map_err(|problem| problem.at(secret.place.clone()))?
        }
        Kept::Environment(name) => match variable(name).map(OsString::into_string) {
            Some(Ok(text)) => SecretString::from(text),
            Some(Err(_)) => {
                return Err(problem(secret, Code::NotUtf8, "the secret is not UTF-8", "copy it again"));
            }
            None => {
                let message = format!("the environment variable {name} is not set");
                return Err(problem(secret, Code::SecretMissing, message, "set it where trueup runs"));
            }
        },
    };
    let bare = text.expose_secret();
    let bare = bare.strip_suffix('\n').map_or(bare, |bare| bare.strip_suffix('\r').unwrap_or(bare));
    if bare.trim().is_empty() {
        return Err(problem(secret, Code::SecretMissing, "the secret is empty", "put the secret there"));
    }
    if bare.chars().any(char::is_control) {
        let hint = "it is one line of text; copy it again";
        return Err(problem(
            secret,
            Code::InvalidValue,
            "the secret holds a line break or control character",
            hint,
        ));
    }
    let secret = SecretString::from(bare);
    known::remember(&secret);
    Ok(secret)
}

fn problem(secret: &Secret, code: Code, message: impl Into<String>, hint: &str) -> Problem {
    Problem::error(code, "", message).with_hint(hint).at(secret.place.clone())
}

/// The folder in which whoever started this service put its credentials.
#[must_use]
pub fn credentials() -> Option<PathBuf> {
    env::var_os(CREDENTIALS).map(PathBuf::from)
}

/// The permissions of a file with secrets when others than its owner may use it. A file that lies directly in the folder
/// of credentials may be read by its group.
#[cfg(unix)]
#[must_use]
pub fn open_to_others(path: &Path, seen: &fs::Metadata, credentials: Option<&Path>) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    let is_guarded = credentials.is_some_and(|folder| folder.is_absolute() && path.parent() == Some(folder));
    let others = if is_guarded { OTHERS_OF_A_CREDENTIAL } else { OTHERS };
    let mode = seen.mode() & 0o7777;
    (mode & others != 0).then_some(mode)
}

/// Permissions are not told in this way here.
#[cfg(not(unix))]
#[must_use]
pub fn open_to_others(_path: &Path, _seen: &fs::Metadata, _credentials: Option<&Path>) -> Option<u32> {
    None
}

fn read(path: &Path, credentials: Option<&Path>) -> Result<SecretString, Problem> {
    let shown = path.display();
    let wrong = |code, message: String, hint: &str| Problem::error(code, "", message).with_hint(hint);
    let missing = |cause: std::io::Error| {
        let message = format!("the secret file {shown} cannot be read: {cause}");
        wrong(Code::SecretMissing, message, "relative paths start at the settings file")
    };
    // Links are followed: mounted secrets are links to the version in force. The mode is that of the file itself.
    let seen = fs::metadata(path).map_err(missing)?;
    if !seen.is_file() {
        let message = format!("the secret file {shown} is no regular file");
        return Err(wrong(Code::SpecialFile, message, "name the file that holds the secret"));
    }
    let file = fs::File::open(path).map_err(missing)?;
    if let Some(mode) = open_to_others(path, &file.metadata().map_err(missing)?, credentials) {
        let message = format!("the secret file {shown} has mode {mode:04o}: others may read it");
        let hint = format!("close it: chmod 600 {shown}");
        return Err(wrong(Code::SecretFileMode, message, &hint));
    }
    let mut text = String::new();
    let result = file.take(LARGEST_FILE + 1).read_to_string(&mut text);
    let text = SecretString::from(text);
    result.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::InvalidData => {
            wrong(Code::NotUtf8, format!("the secret file {shown} is not UTF-8"), "copy the secret again")
        }
        _ => missing(cause),
    })?;
    if text.expose_secret().len() as u64 > LARGEST_FILE {
        let message = format!("the secret file {shown} is larger than 16 KiB");
        return Err(wrong(Code::TooLarge, message, "it should hold the secret and nothing else"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
