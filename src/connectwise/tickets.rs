//! Tickets for people: one is opened by one attempt, and it can be asked whether it is still open.
//!
//! Never repeats, never changes or closes a ticket, and reaches nothing that is billed. Whether a ticket is due is the
//! caller's business.

use std::fmt;
use std::sync::Arc;

use reqwest::{Method, header};
use serde::{Deserialize, Serialize};

use super::answer::Answer;
use super::freshness::Strictness;
use super::session::{Ask, Form, Session};
use super::transport::{Failure, FailureKind, Largest};
use super::wire;
use super::writer::refuses;
use super::{ConnectWiseError, Resource};

/// Where tickets are kept.
const PATH: &str = "service/tickets";
/// How long a summary may be, in characters.
const LONGEST_SUMMARY: usize = 100;

/// The one value that can open tickets.
pub struct TicketDesk {
    session: Arc<Session>,
}

/// The number of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketId(pub i64);

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A ticket to open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewTicket<'t> {
    /// The name of the service board.
    pub board: &'t str,
    /// The identifier of the company it is for.
    pub company: &'t str,
    /// Its subject; what is over 100 characters is cut.
    pub summary: &'t str,
    /// What it says.
    pub description: &'t str,
}

/// What is known of a ticket after the one attempt to open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketAnswer {
    /// It is open, under this number.
    Opened(TicketId),
    /// ConnectWise refused: there is no ticket.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// No connection stood: not a byte was sent, so there is no ticket.
    NotSent {
        /// Why.
        message: String,
    },
    /// There may be one.
    InDoubt {
        /// What is known.
        message: String,
    },
}

/// What became of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketState {
    /// It waits for somebody.
    Open,
    /// Somebody closed it.
    Closed,
    /// There is none of that number any more.
    Gone,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TicketBody<'t> {
    summary: &'t str,
    board: Named<'t>,
    company: Identified<'t>,
    initial_description: &'t str,
}

#[derive(Serialize)]
struct Named<'t> {
    name: &'t str,
}

#[derive(Serialize)]
struct Identified<'t> {
    identifier: &'t str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TicketWire {
    id: Option<i64>,
    closed_flag: Option<bool>,
}

impl TicketDesk {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session }
    }

    /// Opens a ticket, by one attempt.
    pub async fn open_ticket(&self, ticket: &NewTicket<'_>) -> TicketAnswer {
        let transport = &self.session.transport;
        let turn = match transport.turn().await {
            Ok(turn) => turn,
            Err(held) => return TicketAnswer::NotSent { message: held.to_string() },
        };
        let request = transport
            .writing(Method::POST, &self.session.codebase(), PATH)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body(ticket));
        match transport.exchange(request, turn, Largest::Record).await {
            Ok(answer) => judged(&answer),
            Err(failure) => unanswered(failure),
        }
    }

    /// Whether a ticket is still open.
    ///
    /// # Errors
    ///
    /// An answer that leaves it open.
    pub async fn state(&self, id: TicketId) -> Result<TicketState, ConnectWiseError> {
        let (resource, path) = (Resource::Tickets, format!("{PATH}/{id}"));
        let query = vec![("fields", "id,closedFlag".to_owned())];
        let ask = Ask { resource, path: &path, query, form: Form::Record, strictness: Strictness::Lenient };
        let answer = match self.session.read(&ask).await {
            Err(ConnectWiseError::NotFound { code, .. }) if code == "NotFound" => {
                return Ok(TicketState::Gone);
            }
            read => read?,
        };
        let bad = |what: String| ConnectWiseError::BadAnswer { resource, what };
        let wire: TicketWire = wire::value(answer.json(resource)?).map_err(|unreadable| bad(unreadable.0))?;
        match (wire.id == Some(id.0), wire.closed_flag) {
            (true, Some(true)) => Ok(TicketState::Closed),
            (true, Some(false) | None) => Ok(TicketState::Open),
            (false, _) => Err(bad(format!("another ticket than {id}"))),
        }
    }
}

/// The body of a new ticket.
fn body(ticket: &NewTicket<'_>) -> Vec<u8> {
    let NewTicket { board, company, summary, description } = *ticket;
    let end = summary.char_indices().nth(LONGEST_SUMMARY).map_or(summary.len(), |(end, _)| end);
    let body = TicketBody {
        summary: &summary[..end],
        board: Named { name: board },
        company: Identified { identifier: company },
        initial_description: description,
    };
    serde_json::to_vec(&body).expect("texts are always JSON")
}

/// What an answer proves.
fn judged(answer: &Answer) -> TicketAnswer {
    let said = || {
        let said = answer.said();
        format!("{} {}", said.code, said.message).trim().to_owned()
    };
    if refuses(answer.status) {
        return TicketAnswer::Refused { status: answer.status, message: said() };
    }
    if answer.status != 201 {
        return TicketAnswer::InDoubt { message: format!("the status {}: {}", answer.status, said()) };
    }
    if let Some(what) = answer.other_than_json() {
        return TicketAnswer::InDoubt { message: format!("an answer of {what}") };
    }
    match wire::value::<TicketWire>(&answer.body).map(|wire| wire.id) {
        Ok(Some(id)) if id > 0 => TicketAnswer::Opened(TicketId(id)),
        Ok(_) => TicketAnswer::InDoubt { message: "an answer without a number".to_owned() },
        Err(unreadable) => TicketAnswer::InDoubt { message: format!("an answer of {unreadable}") },
    }
}

/// What it proves that no whole answer came.
fn unanswered(failure: Failure) -> TicketAnswer {
    let Failure { kind, cause: message } = failure;
    match kind {
        FailureKind::NotConnected | FailureKind::Untrusted => TicketAnswer::NotSent { message },
        FailureKind::Timeout | FailureKind::Broken | FailureKind::TooLarge | FailureKind::Unreadable => {
            TicketAnswer::InDoubt { message }
        }
    }
}
