//! Tells texts that look like a password, key or token, so that they are refused and never repeated.
//!
//! A guess by form. It errs on the side of names: a product code or a commit is no secret.

/// Openings that issuers of keys and tokens put there to be recognised.
const OPENINGS: [&str; 21] = [
    "-----BEGIN",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "gldt-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "sk_live_",
    "sk-ant-",
    "sk-proj-",
    "AKIA",
    "ASIA",
    "AIza",
    "eyJhbGciOi",
    "npm_",
    "ATATT3",
];

/// Shorter than this, a text is taken for a name whatever it looks like.
const SHORTEST: usize = 16;

/// From this length on, mixed letters and digits without a blank are taken for a key.
const RANDOM: usize = 32;

/// Whether a text looks like a secret that was pasted.
#[must_use]
pub fn looks_like_secret(text: &str) -> bool {
    if text.len() < SHORTEST {
        return false;
    }
    let text = text.trim();
    let opened = OPENINGS.iter().any(|opening| text.starts_with(opening));
    let bearer = ["bearer ", "basic ", "oauth "].iter().any(|word| starts_with_word(text, word));
    opened || text.contains("-----BEGIN") || has_password(text) || bearer || looks_random(text)
}

/// Whether a key by its name asks for a secret, so that its value is not to be repeated.
pub(super) fn names_a_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["password", "passwd", "secret", "token", "private_key", "public_key", "api_key", "apikey", "credential"]
        .iter()
        .any(|word| key.contains(word))
}

fn starts_with_word(text: &str, word: &str) -> bool {
    let start = text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    start && text[word.len()..].len() >= SHORTEST && !text[word.len()..].contains(' ')
}

/// `https://user:password@host`.
fn has_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    authority.split_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// Long, without a blank, and of lower case, upper case and digits: nobody names a thing so. Hexadecimal is no secret by
/// itself: commits and digests look like that.
fn looks_random(text: &str) -> bool {
    let signs = |one: fn(&u8) -> bool| text.bytes().filter(one).count();
    text.len() >= RANDOM
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.~".contains(&byte))
        && signs(u8::is_ascii_lowercase) >= 4
        && signs(u8::is_ascii_uppercase) >= 4
        && signs(u8::is_ascii_digit) >= 4
}

#[cfg(test)]
mod tests {
    use super::looks_like_secret;

    #[test]
    fn keys_and_tokens_are_secrets_and_names_are_not() {
        let secrets = [
            concat!("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a"),
            "https://robot:hunter22@git.example.com/x",
            "Bearer abcdefghijklmnopqrstuv",
            "q8Zt4KpW1mR7vYx2Nc5LbD9sHf3JgT6A",
            "-----BEGIN PRIVATE KEY-----",
        ];
        let names = [
            "Barracuda Intronis",
            "Email Security Service",
            "7c1e9a4b5d6f708192a3b4c5d6e7f8091a2b3c4d",
            "Hyper-VHostLicensing",
            "contract ended 15 November, ticket 48213",
            "basic plan for everybody else",
        ];

        assert_eq!(secrets.map(looks_like_secret), [true; 5]);
        assert_eq!(names.map(looks_like_secret), [false; 6]);
    }
}
