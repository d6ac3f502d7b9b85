//! Who may look: the users file, one `name:hash` a line, with argon2id hashes.
//!
//! The file is read anew at every login. Knows neither sessions nor HTTP.

use std::fmt;
use std::path::Path;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use ring::rand::{SecureRandom, SystemRandom};

use crate::web::WebError;
use crate::web::private::read_private;

/// Nobody types a longer one, and a longer one costs time to hash.
pub(in crate::web) const LONGEST_PASSWORD: usize = 1024;

/// Long enough for an address of e-mail.
pub(in crate::web) const LONGEST_NAME: usize = 128;

/// The hash of a password, as a line of the users file has it after the name and a colon.
///
/// # Errors
///
/// When the password is empty or too long, or the system has no random numbers.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    if password.is_empty() {
        return Err(PasswordError::Empty);
    }
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordError::TooLong);
    }
    let mut salt = [0; 16];
    SystemRandom::new().fill(&mut salt).map_err(|_| PasswordError::NoRandomness)?;
    let salt = SaltString::encode_b64(&salt).map_err(|_| PasswordError::NoRandomness)?;
    let hash = argon2().hash_password(password.as_bytes(), &salt).map_err(|_| PasswordError::TooLong)?;
    Ok(hash.to_string())
}

/// Why a password cannot be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// There is none.
    #[error("the password is empty")]
    Empty,
    /// It is longer than a login takes.
    #[error("the password is longer than {LONGEST_PASSWORD} bytes")]
    TooLong,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

/// 19 MiB and two passes: what OWASP asks at least, and little enough for a small machine.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// The users of a file.
pub(in crate::web) struct Users {
    users: Vec<(String, String)>,
}

/// Hashes are for nobody to see.
impl fmt::Debug for Users {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.users.iter().map(|(name, _)| name)).finish()
    }
}

impl Users {
    /// Reads the file and checks every line of it.
    pub(in crate::web) fn read(path: &Path) -> Result<Self, WebError> {
        let unusable = |reason: String| WebError::Unusable { path: path.to_owned(), reason };
        let text =
            String::from_utf8(read_private(path)?).map_err(|_| unusable("it is not UTF-8".to_owned()))?;
        let mut users: Vec<(String, String)> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, hash) = user(line)
                .ok_or_else(|| unusable(format!("line {} is no name:hash of argon2id", index + 1)))?;
            if users.iter().any(|(known, _)| known == name) {
                return Err(unusable(format!("line {} names a user twice", index + 1)));
            }
            users.push((name.to_owned(), hash.to_owned()));
        }
        if users.is_empty() {
            return Err(unusable("it holds no user".to_owned()));
        }
        Ok(Self { users })
    }

    /// The hash of that user.
    pub(in crate::web) fn hash(&self, name: &str) -> Option<&str> {
        self.users.iter().find(|(known, _)| known == name).map(|(_, hash)| hash.as_str())
    }

    /// Whether the password is that user's. Takes as long for a name that nobody has.
    pub(in crate::web) fn verify(&self, name: &str, password: &str) -> bool {
        let found = self.users.iter().find(|(known, _)| known == name);
        // Any hash of the file costs as much as the right one would.
        let Some((_, hash)) = found.or_else(|| self.users.first()) else { return false };
        let verified = PasswordHash::new(hash)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        verified && found.is_some()
    }
}

fn user(line: &str) -> Option<(&str, &str)> {
    let (name, hash) = line.split_once(':')?;
    let parsed = PasswordHash::new(hash).ok()?;
    let is_name = !name.is_empty() && name.len() <= LONGEST_NAME && !name.contains(char::is_control);
    (is_name && parsed.algorithm.as_str() == "argon2id" && parsed.hash.is_some()).then_some((name, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn users(text: &str) -> Result<Users, WebError> {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("users");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        Users::read(&path)
    }

    #[test]
    fn sec_a1_a_password_opens_only_with_its_own_name() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let users =
            users(&format!("# people\nada:{hash}\nbob:{}\n", hash_password("other").unwrap())).unwrap();

        assert!(users.verify("ada", "correct horse"));
        for (name, password) in [
            ("ada", "other"),
            ("bob", "correct horse"),
            ("", "correct horse"),
            ("Ada", "correct horse"),
            ("ada", ""),
        ] {
            assert!(!users.verify(name, password), "{name} {password}");
        }
    }

    #[test]
    fn sec_a1_a_users_file_with_anything_else_in_it_is_refused() {
        let hash = hash_password("x").unwrap();

        for text in [
            String::new(),
            "ada:plain".to_owned(),
            format!(":{hash}"),
            format!("ada:{hash}\nada:{hash}"),
            "ada:$2b$12$abcdefghijklmnopqrstuv".to_owned(),
            format!("ada:{}", hash.replace("argon2id", "argon2i")),
        ] {
            let refused = users(&text).err().map(|error| error.to_string());
            assert!(refused.as_ref().is_some_and(|told| !told.contains("plain")), "{text}: {refused:?}");
        }
    }

    #[test]
    fn a_password_that_no_login_takes_is_not_hashed() {
        assert_eq!(hash_password(""), Err(PasswordError::Empty));
        assert_eq!(hash_password(&"x".repeat(1025)), Err(PasswordError::TooLong));
    }
}
