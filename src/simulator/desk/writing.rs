//! The writing half of the desk.

use super::{Desk, Done};
use crate::simulator::access::Right;
use crate::simulator::audit::Source;
use crate::simulator::errors::Refusal;
use crate::simulator::exchange::Answer;
use crate::simulator::kind::Kind;
use crate::simulator::log::Mutation;
use crate::simulator::patch;
use crate::simulator::state::Record;
use crate::simulator::value::{Object, Value, read_leniently};
use crate::simulator::writes::{self, Author};

impl Desk<'_> {
    pub(super) fn create(&mut self, kind: Kind, parent: Option<u32>) -> Result<Done, Refusal> {
        self.permit(kind, Right::Add)?;
        let body = self.body()?;
        self.require_parent(kind, parent)?;
        let member = self.member.identifier.clone();
        let author = Author { member: &member, now: self.now, source: Source::Api };
        let mutation = writes::create(self.state, author, kind, parent, &body)?;
        Ok((self.shown(201, self.after(&mutation)), Some(mutation)))
    }

    pub(super) fn patch(&mut self, kind: Kind, parent: Option<u32>, id: u32) -> Result<Done, Refusal> {
        self.permit(kind, Right::Edit)?;
        let operations = patch::read(&self.body()?)?;
        let before = self.existing(kind, parent, id)?;
        let member = self.member.identifier.clone();
        let author = Author { member: &member, now: self.now, source: Source::Api };
        let mutation = writes::patch(self.state, author, kind, &before, &operations, self.landing)?;
        Ok((Answer::json(200, &Value::Object(self.after(&mutation))), Some(mutation)))
    }

    pub(super) fn replace(&mut self, kind: Kind, parent: Option<u32>, id: u32) -> Result<Done, Refusal> {
        self.permit(kind, Right::Edit)?;
        let body = self.body()?;
        let before = self.existing(kind, parent, id)?;
        let member = self.member.identifier.clone();
        let author = Author { member: &member, now: self.now, source: Source::Api };
        let mutation = writes::replace(self.state, author, kind, &before, &body, self.landing)?;
        Ok((Answer::json(200, &Value::Object(self.after(&mutation))), Some(mutation)))
    }

    pub(super) fn delete(&mut self, kind: Kind, parent: Option<u32>, id: u32) -> Result<Done, Refusal> {
        self.permit(kind, Right::Delete)?;
        let before = self.existing(kind, parent, id)?;
        let member = self.member.identifier.clone();
        let author = Author { member: &member, now: self.now, source: Source::Api };
        let mutation = writes::delete(self.state, author, kind, &before)?;
        Ok((Answer::empty(204), Some(mutation)))
    }

    fn existing(&self, kind: Kind, parent: Option<u32>, id: u32) -> Result<Record, Refusal> {
        self.require_parent(kind, parent)?;
        self.state.record_below(kind, parent, id).cloned().ok_or_else(|| Refusal::not_found(kind, id))
    }

    /// The whole record after a write, as the wire shows it. Only the answer to a creation is cut down to the fields
    /// asked for: nothing is known of others.
    fn after(&self, mutation: &Mutation) -> Object {
        let record = self.state.record(mutation.kind, mutation.id);
        record.map(|record| self.view().whole(mutation.kind, record)).unwrap_or_default()
    }

    /// The body as JSON, whose media type must say so.
    pub(in crate::simulator) fn body(&self) -> Result<Value, Refusal> {
        let media_type = self.request.header("content-type").unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(essence.as_str(), "application/json" | "application/vnd.connectwise.com+json") {
            return Err(Refusal::wrong_media_type(media_type));
        }
        read_leniently(&self.request.body)
            .map_err(|unreadable| Refusal::malformed(format!("The body is not valid: {unreadable}")))
    }
}
