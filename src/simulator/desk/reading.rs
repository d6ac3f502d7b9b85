//! The reading half of the desk: records, lists, counts, and what the server says of itself.

use super::{Desk, Done};
use crate::simulator::access::{self, Function, Right};
use crate::simulator::audit;
use crate::simulator::column::Column;
use crate::simulator::errors::Refusal;
use crate::simulator::exchange::Answer;
use crate::simulator::filter::FilterTexts;
use crate::simulator::kind::Kind;
use crate::simulator::listing::{Listing, Question};
use crate::simulator::paging::{self, Paging, Place};
use crate::simulator::projection::Projection;
use crate::simulator::schema::{self, AUDIT_TRAIL, MY_SECURITY, Schema};
use crate::simulator::state::Record;
use crate::simulator::value::{Object, Value};
use crate::simulator::view::View;

impl Desk<'_> {
    pub(super) fn view(&self) -> View<'_> {
        View { state: self.state, now: self.now, base: &self.base }
    }

    pub(super) fn get(&self, kind: Kind, parent: Option<u32>, id: u32) -> Result<Done, Refusal> {
        self.permit(kind, Right::Inquire)?;
        self.require_parent(kind, parent)?;
        let record = self.state.record_below(kind, parent, id).ok_or_else(|| Refusal::not_found(kind, id))?;
        Ok((self.shown(200, self.view().whole(kind, record)), None))
    }

    /// A record as it is answered, cut down to the fields asked for.
    pub(super) fn shown(&self, status: u16, record: Object) -> Answer {
        let projection = Projection::read(self.parameters.get("fields"));
        Answer::json(status, &Value::Object(projection.show(record)))
    }

    pub(super) fn list(&self, kind: Kind, parent: Option<u32>) -> Result<Done, Refusal> {
        self.permit(kind, Right::Inquire)?;
        self.require_parent(kind, parent)?;
        let listing = self.listing(schema::of(kind), Some(kind), self.paging()?)?;
        let (shown, place) = read_page(self.view(), &listing, kind, parent);
        Ok((self.page(shown, place), None))
    }

    pub(super) fn count(&self, kind: Kind, parent: Option<u32>) -> Result<Done, Refusal> {
        self.permit(kind, Right::Inquire)?;
        self.require_parent(kind, parent)?;
        let listing = self.listing(schema::of(kind), Some(kind), Paging::navigable("", "")?)?;
        let view = self.view();
        let look = |record: &&Record, column: &Column| view.look(kind, record, column);
        Ok((counted(listing.count(self.state.listed(kind, parent, 0, self.now), &look)), None))
    }

    /// The mode and page that the request asks for.
    fn paging(&self) -> Result<Paging, Refusal> {
        let size = self.parameters.get("pagesize");
        if self.asks_forward_only() {
            Paging::forward_only(self.parameters.get("pageid"), size)
        } else {
            Paging::navigable(self.parameters.get("page"), size)
        }
    }

    fn asks_forward_only(&self) -> bool {
        let mode = self.request.header("pagination-type");
        mode.is_some_and(|mode| mode.eq_ignore_ascii_case("forward-only"))
    }

    fn listing(&self, schema: Schema, kind: Option<Kind>, paging: Paging) -> Result<Listing, Refusal> {
        let filter = FilterTexts {
            conditions: self.parameters.get("conditions"),
            child: self.parameters.get("childconditions"),
            custom: self.parameters.get("customfieldconditions"),
        };
        let (order_by, fields) = (self.parameters.get("orderby"), self.parameters.get("fields"));
        Listing::read(Question { filter, order_by, fields, paging }, schema, kind, &self.state.options)
    }

    fn page(&self, rows: Vec<Value>, place: Place) -> Answer {
        let url = format!("{}{}", self.request.origin(), self.request.path);
        let answer = Answer::json(200, &Value::List(rows));
        match paging::link(place, &url, &self.parameters) {
            Some(link) => answer.with_header("link", link),
            None => answer,
        }
    }

    pub(super) fn system_information(&self) -> Answer {
        let shown = Object::new()
            .with("version", format!("v{}.1", self.state.login.release).as_str())
            .with("isCloud", true)
            .with("serverTimeZone", self.state.options.server_time_zone.name.as_str())
            .with("licenseBits", Value::List(Vec::new()))
            .with("cloudRegion", "NA")
            .with("maxWorkFlowRecordsAllowed", 100);
        Answer::json(200, &Value::Object(shown))
    }

    pub(super) fn my_security(&self) -> Result<Done, Refusal> {
        let listing = self.listing(MY_SECURITY, None, self.paging()?)?;
        let rows = access::my_security(&self.member);
        let rows = rows.iter().filter(|row| number_of(row) > listing.after());
        let page = listing.cut(rows, &|row| number_of(row), &look_at_row);
        let shown = page.rows.into_iter().map(|row| Value::Object(listing.projection.show(row.clone())));
        Ok((self.page(shown.collect(), page.place), None))
    }

    /// Forward-only paging is not supported here: a request for it gets the page of its number, without any link.
    pub(super) fn audit_trail(&self) -> Result<Done, Refusal> {
        let rows = self.audit_rows()?;
        let paging = Paging::navigable(self.parameters.get("page"), self.parameters.get("pagesize"))?;
        let listing = self.listing(AUDIT_TRAIL, None, paging)?;
        let page = listing.cut(rows, &|_| 0, &look_at_row);
        let shown = page.rows.into_iter().map(|row| Value::Object(listing.projection.show(row.clone())));
        let shown = shown.collect();
        if self.asks_forward_only() {
            return Ok((Answer::json(200, &Value::List(shown)), None));
        }
        Ok((self.page(shown, page.place), None))
    }

    pub(super) fn audit_trail_count(&self) -> Result<Done, Refusal> {
        let listing = self.listing(AUDIT_TRAIL, None, Paging::navigable("", "")?)?;
        Ok((counted(listing.count(self.audit_rows()?, &look_at_row)), None))
    }

    fn audit_rows(&self) -> Result<impl Iterator<Item = &Object>, Refusal> {
        if !self.member.role.may(Function::AuditTrail, Right::Inquire) {
            return Err(Refusal::forbidden());
        }
        let audit_type = self.parameters.get("type");
        if !audit::TYPES.contains(&audit_type) {
            return Err(Refusal::malformed(format!("The type '{audit_type}' is not one of the audit trail")));
        }
        let id = self.parameters.get("id").parse();
        let id = id.map_err(|_| Refusal::malformed("The audit trail needs the id of a record"))?;
        Ok(self.state.audit.rows(audit_type, id))
    }
}

/// The rows of one page, as they are shown.
pub(in crate::simulator) fn read_page(
    view: View<'_>,
    listing: &Listing,
    kind: Kind,
    parent: Option<u32>,
) -> (Vec<Value>, Place) {
    let look = |record: &&Record, column: &Column| view.look(kind, record, column);
    let rows = view.state.listed(kind, parent, listing.after(), view.now);
    let page = listing.cut(rows, &|record| record.id, &look);
    let show = |record: &Record| Value::Object(listing.projection.show(view.whole(kind, record)));
    (page.rows.into_iter().map(show).collect(), page.place)
}

fn counted(rows: usize) -> Answer {
    let rows = u32::try_from(rows).unwrap_or(u32::MAX);
    Answer::json(200, &Value::Object(Object::new().with("count", rows)))
}

fn number_of(row: &Object) -> u32 {
    row.get("id").and_then(Value::id).unwrap_or_default()
}

fn look_at_row(row: &&Object, column: &Column) -> Value {
    match column.path.split_first() {
        Some((name, rest)) => row.get(name).map_or(Value::Null, |value| value.descend(rest).clone()),
        None => Value::Null,
    }
}
