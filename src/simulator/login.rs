//! Who calls: the company information that needs no login, and the Basic login that everything else does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::access::Member;
use super::errors::Refusal;
use super::exchange::{Answer, Request};
use super::options::{IsCloud, Login, Options};
use super::state::State;
use super::value::{Object, Value};

/// The type of the company information, which is not versioned.
const JSON: &str = "application/json; charset=utf-8";

/// What a company's clients need to know; null, with 200, for a company that does not exist.
pub(super) fn company_information(login: &Login, options: &Options, company: &str) -> Answer {
    let shown = if company == login.company { known_company(login, options) } else { Value::Null };
    Answer::of_type(200, JSON, &shown.to_string())
}

fn known_company(login: &Login, options: &Options) -> Value {
    let is_cloud = match options.is_cloud {
        IsCloud::Text => Value::text("True"),
        IsCloud::Boolean => Value::Flag(true),
    };
    Value::Object(
        Object::new()
            .with("CompanyName", login.company_name.as_str())
            .with("Codebase", format!("{}/", login.code_base()).as_str())
            .with("VersionCode", format!("v{}", login.release).as_str())
            .with("VersionNumber", format!("v{}.1", login.release).as_str())
            .with("CompanyID", login.company.as_str())
            .with("IsCloud", is_cloud),
    )
}

/// The member that calls.
pub(super) fn authenticate(state: &State, request: &Request) -> Result<Member, Refusal> {
    let options = &state.options;
    let keys = request.header("authorization").and_then(read_keys);
    let keys = keys.ok_or_else(|| Refusal::unauthorized(401, "The request has no valid authorization"))?;
    if keys.company != state.login.company {
        return Err(Refusal::unauthorized(options.bad_company, "The company is not known"));
    }
    let same = |member: &&Member| member.public_key == keys.public && member.private_key == keys.private;
    let member = state.members.iter().find(same);
    let member = member
        .ok_or_else(|| Refusal::unauthorized(options.bad_keys, "The public or private key is incorrect"))?;
    let client_id = request.header("clientid").unwrap_or_default();
    let expected = state.login.client_id.as_deref();
    if client_id.is_empty() || expected.is_some_and(|expected| expected != client_id) {
        return Err(Refusal::unauthorized(
            options.missing_client_id,
            "The clientId header is missing or invalid",
        ));
    }
    Ok(member.clone())
}

struct Keys {
    company: String,
    public: String,
    private: String,
}

/// Reads `Basic` and base64 of company, a plus sign, public key, a colon, private key.
fn read_keys(header: &str) -> Option<Keys> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, private) = decoded.split_once(':')?;
    let (company, public) = user.split_once('+')?;
    Some(Keys { company: company.to_owned(), public: public.to_owned(), private: private.to_owned() })
}
