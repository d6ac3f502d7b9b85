//! What a callback says, and where it goes.
//!
//! Compact JSON, so that a receiver that reads it and writes it again gets the same bytes.

use super::registration::{Saved, guid, name_of};
use super::signature;
use crate::simulator::audit::Change;
use crate::simulator::state::{Record, State};
use crate::simulator::value::{Object, Value};
use crate::simulator::view::View;

/// The product that sends, by the numbers the vendor gave it: some text, the same in every callback.
const PRODUCT_INSTANCE: &str = "639c00000000000000000001";
/// The partner it was sold to.
const PARTNER: &str = "61dd00000000000000000001";

/// Where the simulator is reached, as `http://127.0.0.1:8080`.
#[derive(Clone, Debug)]
pub(super) struct Origin(pub(super) String);

impl Default for Origin {
    fn default() -> Self {
        Self("http://localhost".to_owned())
    }
}

impl Origin {
    /// The host and its port.
    fn host(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host)
    }
}

/// A callback before it is queued.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) callback: u32,
    pub(super) url: String,
    pub(super) signature: String,
    pub(super) body: String,
}

/// Writes and signs what a registration is told of a saved record.
pub(super) fn letter(
    state: &State,
    origin: &Origin,
    callback: &Record,
    saved: &Saved<'_>,
    message: u64,
) -> Letter {
    let login = &state.login;
    let action = action(saved.change);
    let key_url = format!("{}{}", origin.0, signature::key_path(login));
    let body = Object::new()
        .with("MessageId", guid(u32::try_from(message).unwrap_or(u32::MAX)).as_str())
        .with("FromUrl", origin.host())
        .with("CompanyId", login.company.as_str())
        .with("MemberId", saved.mutation.member.as_str())
        .with("Action", action)
        .with("Type", name_of(callback.get("type").as_text().unwrap_or_default()).as_str())
        .with("ID", saved.id)
        .with("ProductInstanceId", PRODUCT_INSTANCE)
        .with("PartnerId", PARTNER)
        .with("Entity", entity(state, origin, saved))
        .with("Metadata", Object::new().with("key_url", key_url.as_str()))
        .with("CallbackObjectRecId", callback.id)
        .to_string();
    let registered = callback.get("url").as_text().unwrap_or_default();
    Letter {
        callback: callback.id,
        url: format!("{registered}{}&action={action}", saved.id),
        signature: signature::sign(&signature::signing_key(login), &body),
        body,
    }
}

fn action(change: Change) -> &'static str {
    match change {
        Change::Created => "added",
        Change::Changed => "updated",
        Change::Deleted => "deleted",
    }
}

/// The record as JSON, in a text; nothing where it was deleted.
fn entity(state: &State, origin: &Origin, saved: &Saved<'_>) -> Value {
    let base = format!("{}/{}/apis/3.0/", origin.0, state.login.code_base());
    let view = View { state, now: saved.mutation.time, base: &base };
    match saved.change {
        Change::Created | Change::Changed => state
            .record(saved.kind, saved.id)
            .map_or(Value::Null, |record| Value::text(&view.whole(saved.kind, record).to_string())),
        Change::Deleted => Value::Null,
    }
}
