//! Who is logged in. Kept in memory alone: when the process ends, everybody logs in again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};

/// A working day.
pub(super) const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// Far more than an MSP has people; the oldest goes first.
const MOST: usize = 1_000;

/// The sessions. The ids themselves are not kept, so that looking one up tells nothing by its time.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    open: Mutex<HashMap<[u8; 32], Session>>,
}

#[derive(Clone, Debug)]
struct Session {
    user: Arc<str>,
    /// The hash by which the user was let in.
    hash: Arc<str>,
    since: Instant,
}

impl Sessions {
    /// Opens a session, and closes the one that the same browser had. Gives its id; `None` without random numbers.
    pub(super) fn open(&self, user: &str, hash: &str, before: Option<&str>, now: Instant) -> Option<String> {
        let mut id = [0; 32];
        SystemRandom::new().fill(&mut id).ok()?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut open = self.lock();
        open.retain(|_, session| now.duration_since(session.since) < LIFETIME);
        if let Some(before) = before {
            open.remove(&key(before));
        }
        if open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, session)| session.since).map(|(key, _)| *key);
            oldest.and_then(|oldest| open.remove(&oldest));
        }
        open.insert(key(&id), Session { user: user.into(), hash: hash.into(), since: now });
        Some(id)
    }

    /// Whose session it is, and the hash by which that user was let in.
    pub(super) fn user(&self, id: &str, now: Instant) -> Option<(Arc<str>, Arc<str>)> {
        let open = self.lock();
        let session = open.get(&key(id))?;
        let Session { user, hash, since } = session;
        (now.duration_since(*since) < LIFETIME).then(|| (Arc::clone(user), Arc::clone(hash)))
    }

    /// Closes a session.
    pub(super) fn close(&self, id: &str) {
        self.lock().remove(&key(id));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(id: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(digest(&SHA256, id.as_bytes()).as_ref());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_a1_a_session_lasts_eight_hours_from_the_login() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let id = sessions.open("ada", "hash", None, now).unwrap();

        assert_eq!(id.len(), 64);
        let last = now + LIFETIME - Duration::from_secs(1);
        assert_eq!(sessions.user(&id, last), Some(("ada".into(), "hash".into())));
        assert_eq!(sessions.user(&id, now + LIFETIME), None);
    }

    #[test]
    fn sec_a1_a_login_makes_a_new_id_and_ends_the_one_before() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let first = sessions.open("ada", "hash", None, now).unwrap();

        let second = sessions.open("ada", "hash", Some(&first), now).unwrap();

        assert_ne!(first, second);
        assert_eq!(sessions.user(&first, now), None);
        sessions.close(&second);
        assert_eq!(sessions.user(&second, now), None);
    }

    #[test]
    fn sec_n4_sessions_cannot_fill_the_memory() {
        let (sessions, now) = (Sessions::default(), Instant::now());
        let first = sessions.open("ada", "hash", None, now).unwrap();

        for second in 1..=1_000 {
            sessions.open("bob", "hash", None, now + Duration::from_secs(second)).unwrap();
        }

        assert_eq!(sessions.user(&first, now), None);
        assert_eq!(sessions.lock().len(), MOST);
    }
}
