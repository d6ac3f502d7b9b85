//! Says some of the reader's problems in the words of the settings.

use crate::problem::{Code, Problem};

use super::duration;

/// Keys whose values are secrets.
pub(super) const SECRETS: [&str; 7] =
    ["client_id", "public_key", "private_key", "secrets", "secret", "token", "password"];

/// Keys whose values are durations.
const DURATIONS: [&str; 8] =
    ["request_timeout", "send_by", "latest_landing", "read_lag", "settle", "every", "stale_after", "poll"];

/// The same problems, with the hints that an operator needs.
pub(super) fn retell(problems: Vec<Problem>) -> Vec<Problem> {
    problems.into_iter().map(retold).collect()
}

fn retold(mut problem: Problem) -> Problem {
    let about = |keys: &[&str]| keys.contains(&&*problem.subject);
    match problem.code {
        Code::WrongType | Code::SecretInFile | Code::UnquotedScalar if about(&SECRETS) => {
            problem.code = Code::SecretInFile;
            problem.hint = Some(two_ways(&problem.subject));
        }
        Code::UnquotedScalar | Code::WrongType if about(&DURATIONS) => {
            problem.code = Code::InvalidValue;
            problem.message = format!("{} has no unit", problem.subject);
            problem.hint = Some(duration::EXAMPLE.to_owned());
        }
        _ => {}
    }
    problem
}

fn two_ways(key: &str) -> String {
    match key {
        "secrets" => "write secrets: [ { file: … } ] or secrets: [ { env: … } ]".to_owned(),
        key => format!("write {key}: {{ file: … }} or {key}: {{ env: … }}"),
    }
}
