//! Takes a request and answers it: who calls, what is meant, may they, do it.
//!
//! The one seam between the wire and the state. Faults happen around it, never in it.

mod reading;
mod writing;

use jiff::Timestamp;

pub(super) use reading::read_page;

use super::access::{self, Member, Right};
use super::bundles;
use super::callbacks;
use super::errors::{self, Refusal};
use super::exchange::{Answer, Request};
use super::kind::Kind;
use super::log::Mutation;
use super::login;
use super::parameters::Parameters;
use super::routes::{self, Endpoint, Route};
use super::state::State;
use super::writes::Landing;

/// What came of a request.
pub(super) struct Outcome {
    pub(super) answer: Answer,
    pub(super) member: Option<String>,
    pub(super) mutation: Option<Mutation>,
}

impl Outcome {
    fn anonymous(answer: Answer) -> Self {
        Self { answer, member: None, mutation: None }
    }
}

/// An answer, and what it did to a record.
pub(super) type Done = (Answer, Option<Mutation>);

/// A request that has found its endpoint, and the member that sent it.
pub(super) struct Desk<'d> {
    pub(super) state: &'d mut State,
    pub(super) now: Timestamp,
    /// The start of every link, up to and with `apis/3.0/`.
    pub(super) base: String,
    pub(super) member: Member,
    pub(super) request: &'d Request,
    pub(super) parameters: Parameters,
    pub(super) landing: Landing,
}

/// Answers a request.
pub(super) fn respond(state: &mut State, now: Timestamp, request: &Request, landing: Landing) -> Outcome {
    match routes::find(&state.login, &request.path) {
        Route::Nowhere => Outcome::anonymous(errors::cannot_route()),
        Route::CompanyInformation(company) if request.method == "GET" => {
            Outcome::anonymous(login::company_information(&state.login, &state.options, &company))
        }
        Route::CompanyInformation(_) => Outcome::anonymous(Refusal::wrong_method(&request.method).into()),
        Route::CallbackKey if request.method == "GET" => {
            Outcome::anonymous(callbacks::key_answer(&state.login, &request.query))
        }
        Route::CallbackKey => Outcome::anonymous(Refusal::wrong_method(&request.method).into()),
        Route::NoEndpoint => respond_to_member(state, now, request, landing, None),
        Route::Endpoint(base, endpoint) => {
            respond_to_member(state, now, request, landing, Some((base, endpoint)))
        }
    }
}

fn respond_to_member(
    state: &mut State,
    now: Timestamp,
    request: &Request,
    landing: Landing,
    found: Option<(String, Endpoint)>,
) -> Outcome {
    let member = match login::authenticate(state, request) {
        Ok(member) => member,
        Err(refusal) => return Outcome::anonymous(refusal.into()),
    };
    let identifier = Some(member.identifier.clone());
    let address = request.path.len() + 1 + request.query.len();
    if let Some(longest) = state.options.longest_address.filter(|longest| address > *longest) {
        let answer = Refusal::address_too_long(longest).into();
        return Outcome { answer, member: identifier, mutation: None };
    }
    let Some((code_base, endpoint)) = found else {
        return Outcome { answer: Refusal::no_endpoint().into(), member: identifier, mutation: None };
    };
    let base = format!("{}/{code_base}/apis/3.0/", request.origin());
    let parameters = Parameters::read(&request.query);
    let mut desk = Desk { state, now, base, member, request, parameters, landing };
    let (answer, mutation) = desk.answer(endpoint).unwrap_or_else(|refusal| (refusal.into(), None));
    Outcome { answer, member: identifier, mutation }
}

impl Desk<'_> {
    fn answer(&mut self, endpoint: Endpoint) -> Result<Done, Refusal> {
        let method = self.request.method.as_str();
        match (endpoint, method) {
            (Endpoint::SystemInformation, "GET") => Ok((self.system_information(), None)),
            (Endpoint::MySecurity, "GET") => self.my_security(),
            (Endpoint::AuditTrail, "GET") => self.audit_trail(),
            (Endpoint::AuditTrailCount, "GET") => self.audit_trail_count(),
            (Endpoint::Bundles, "POST") => Ok((bundles::answer(self)?, None)),
            (Endpoint::Collection(kind, parent), "GET") => self.list(kind, parent),
            (Endpoint::Collection(kind, parent), "POST") => self.create(kind, parent),
            (Endpoint::Count(kind, parent), "GET") => self.count(kind, parent),
            (Endpoint::Record(kind, parent, id), "GET") => self.get(kind, parent, id),
            (Endpoint::Record(kind, parent, id), "PATCH") => self.patch(kind, parent, id),
            (Endpoint::Record(kind, parent, id), "PUT") => self.replace(kind, parent, id),
            (Endpoint::Record(kind, parent, id), "DELETE") => self.delete(kind, parent, id),
            _ => Err(Refusal::wrong_method(method)),
        }
    }

    /// Refuses what the member's role does not open.
    pub(super) fn permit(&self, kind: Kind, right: Right) -> Result<(), Refusal> {
        let permitted = access::may(&self.member, &self.state.options, kind, right);
        if permitted { Ok(()) } else { Err(Refusal::forbidden()) }
    }

    /// Refuses a parent that does not exist.
    pub(super) fn require_parent(&self, kind: Kind, parent: Option<u32>) -> Result<(), Refusal> {
        match (kind.parent(), parent) {
            (Some(above), Some(id)) if self.state.record(above, id).is_none() => {
                Err(Refusal::not_found(above, id))
            }
            _ => Ok(()),
        }
    }
}
