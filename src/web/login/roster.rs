//! The users as their file has them now, looked at whenever somebody shows a session.
//!
//! The file is read again only when its time or length is another. Knows no session.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::users::Users;
use crate::web::WebError;

/// The users file, and what it said when it was last looked at.
#[derive(Debug)]
pub(super) struct Roster {
    path: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    stamp: Option<Stamp>,
    /// `None`: it could not be used then.
    users: Option<Users>,
}

/// What the file says of one who was let in before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// The user is there, with the same hash.
    Same,
    /// The user was taken out, or has another hash.
    Gone,
    /// The file cannot be used now.
    Unknown,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: SystemTime,
    bytes: u64,
}

impl Roster {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, seen: Mutex::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What the file says now of a user who was let in by that hash.
    pub(super) fn word(&self, name: &str, hash: &str) -> Word {
        let stamp = stamp(&self.path);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // A file that could not be used is tried again: its permissions may be mended and its time be the same.
        if seen.users.is_none() || seen.stamp != stamp {
            let is_news = seen.stamp != stamp;
            *seen = Seen { stamp, users: self.read(is_news) };
        }
        match &seen.users {
            Some(users) if users.hash(name) == Some(hash) => Word::Same,
            Some(_) => Word::Gone,
            None => Word::Unknown,
        }
    }

    fn read(&self, is_news: bool) -> Option<Users> {
        let users: Result<Users, WebError> = Users::read(&self.path);
        if let (Err(error), true) = (&users, is_news) {
            tracing::error!(%error, "The users of the status page cannot be read: nobody may look");
        }
        users.ok()
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let seen = fs::metadata(path).ok()?;
    Some(Stamp { modified: seen.modified().ok()?, bytes: seen.len() })
}
