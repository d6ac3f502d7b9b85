//! The list of keys that may sign, as OpenSSH writes it: names, options, a key.
//!
//! Decides what a line allows. What it does not understand is a problem with its line, never a line that is passed over.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ssh_key::PublicKey;
use ssh_key::public::KeyData;

use crate::problem::{Code, Place, Problem, Span};

/// What git signs commits for.
const NAMESPACE: &str = "git";

/// A key that may sign, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    pub(super) key: KeyData,
    for_git: bool,
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl Allowed {
    /// Whether the key may sign a commit of this time.
    pub(super) fn permits(&self, at: Timestamp) -> bool {
        self.for_git
            && self.after.is_none_or(|after| at >= after)
            && self.before.is_none_or(|before| at < before)
    }
}

/// Every line that is a key, and what is wrong with the others.
pub(super) fn parse(file: &Arc<str>, text: &str) -> (Vec<Allowed>, Vec<Problem>) {
    let mut allowed = Vec::new();
    let mut problems = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line) {
            Ok(entry) => allowed.push(entry),
            Err(flaw) => {
                let place = Place { file: Arc::clone(file), line: number, column: 1, span: Span::default() };
                let hint =
                    "a line is: names, options if any, key type, key; see ALLOWED SIGNERS in ssh-keygen(1)";
                problems.push(Problem::error(Code::InvalidValue, "signers", flaw).with_hint(hint).at(place));
            }
        }
    }
    if allowed.is_empty() && problems.is_empty() {
        let message = "the list of signers is empty, so no commit could ever be used";
        problems.push(Problem::error(Code::InvalidValue, "signers", message).with_hint("add a key"));
    }
    (allowed, problems)
}

fn entry(line: &str) -> Result<Allowed, &'static str> {
    let fields = fields(line).ok_or("the line has a quote that is not closed")?;
    let [_names, rest @ ..] = &fields[..] else { return Err("the line names no key") };
    let (options, key) = match rest {
        [first, ..] if is_key_type(first) => (None, rest),
        [first, key @ ..] => (Some(*first), key),
        [] => return Err("the line names no key"),
    };
    let [kind, encoded, ..] = key else { return Err("the line names no key") };
    let key = PublicKey::from_openssh(&format!("{kind} {encoded}")).map_err(
        |_| "the key cannot be read; ssh-ed25519, ssh-rsa and ecdsa-sha2-nistp256 or 384 are understood",
    )?;
    let mut allowed = Allowed { key: key.key_data().clone(), for_git: true, after: None, before: None };
    for option in options.map_or_else(|| Some(Vec::new()), options_of).ok_or("the options cannot be read")? {
        apply(&mut allowed, option)?;
    }
    Ok(allowed)
}

fn is_key_type(field: &str) -> bool {
    ["ssh-", "ecdsa-", "sk-"].iter().any(|start| field.starts_with(start)) && !field.contains('=')
}

fn apply(allowed: &mut Allowed, option: &str) -> Result<(), &'static str> {
    let (name, value) = match option.split_once('=') {
        Some((name, value)) => (name, Some(value.trim_matches('"'))),
        None => (option, None),
    };
    match (name.to_ascii_lowercase().as_str(), value) {
        ("cert-authority", _) => {
            Err("certificate authorities are not supported; list the keys of the signers themselves")
        }
        ("namespaces", Some(value)) => {
            allowed.for_git = names_git(value)?;
            Ok(())
        }
        ("valid-after", Some(value)) => {
            allowed.after = Some(time(value).ok_or("valid-after is no time such as 20261130Z")?);
            Ok(())
        }
        ("valid-before", Some(value)) => {
            allowed.before = Some(time(value).ok_or("valid-before is no time such as 20261130Z")?);
            Ok(())
        }
        _ => Err("the line has an unknown option"),
    }
}

/// Whether a list of namespaces has that of commits. Patterns other than `*` alone are refused, not guessed at.
fn names_git(value: &str) -> Result<bool, &'static str> {
    let names: Vec<&str> = value.split(',').map(str::trim).collect();
    if names.iter().any(|name| name.contains(['?', '!']) || (name.contains('*') && *name != "*")) {
        return Err("namespaces holds a pattern; write the names out");
    }
    Ok(names.iter().any(|name| *name == NAMESPACE || *name == "*"))
}

/// `YYYYMMDD[HHMM[SS]][Z]`: in UTC with a `Z`, else in the time zone of this machine.
fn time(text: &str) -> Option<Timestamp> {
    let (digits, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(digits) => (digits, TimeZone::UTC),
        None => (text, TimeZone::system()),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let padded = match digits.len() {
        8 => format!("{digits}000000"),
        12 => format!("{digits}00"),
        14 => digits.to_owned(),
        _ => return None,
    };
    let number = |from: usize, to: usize| padded.get(from..to)?.parse::<i8>().ok();
    let year = padded.get(..4)?.parse::<i16>().ok()?;
    let date = DateTime::new(
        year,
        number(4, 6)?,
        number(6, 8)?,
        number(8, 10)?,
        number(10, 12)?,
        number(12, 14)?,
        0,
    );
    zone.to_timestamp(date.ok()?).ok()
}

/// The fields of a line, at blanks outside of quotes. `None` when a quote is not closed.
fn fields(line: &str) -> Option<Vec<&str>> {
    split(line, |sign| sign == ' ' || sign == '\t')
}

/// The options of a field, at commas outside of quotes.
fn options_of(field: &str) -> Option<Vec<&str>> {
    split(field, |sign| sign == ',')
}

fn split(text: &str, separates: impl Fn(char) -> bool) -> Option<Vec<&str>> {
    let mut quoted = false;
    let parts = text.split(|sign: char| {
        quoted ^= sign == '"';
        !quoted && separates(sign)
    });
    let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
    (!quoted).then_some(parts)
}
