//! A notice as tickets on a service board: one that is open for each tenant and matter, and never more than one a day.
//!
//! Remembers in a small file which ticket it opened for what, and that it is about to, before anything is sent: a lost
//! answer never becomes a second ticket. Changes no ticket and closes none; that is for whoever works on it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::error::{NotifierError, Undelivered};
use super::notice::{Item, Notice, Tone};
use super::state;
use super::words::outside;
use crate::connectwise::{
    Class, ConnectWise, ConnectWiseError, NewTicket, Options, TicketAnswer, TicketDesk, TicketId, TicketState,
};

/// So long no second ticket is opened for the same matter, whatever became of the first.
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// What nobody asked about for so long is forgotten.
const MONTH: SignedDuration = SignedDuration::from_hours(24 * 31);

/// Reads how ConnectWise is reached, keys among it, each time a ticket is to be opened: keys are not kept, and may be
/// changed. Says why they cannot be read otherwise, without showing them.
pub type ReadOptions = Box<dyn Fn() -> Result<Options, String> + Send + Sync>;

/// A board, and the company that tickets on it are for.
pub(super) struct Tickets {
    options: ReadOptions,
    board: String,
    company: String,
}

/// What was opened, by `tenant matter`.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct Opened(BTreeMap<String, Attempt>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Attempt {
    at: Timestamp,
    ticket: Option<TicketId>,
}

/// Whether a ticket is to be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    /// None was opened, or it is closed.
    Open,
    /// One was opened today, or it is not known what came of it.
    Nothing,
    /// It depends on whether this one is still open.
    Ask(TicketId),
}

impl Tickets {
    /// Tickets for these settings. Connects to nothing.
    pub(super) fn new(options: ReadOptions, board: String, company: String) -> Result<Self, NotifierError> {
        if board.trim().is_empty() || company.trim().is_empty() {
            return Err(NotifierError::Board);
        }
        Ok(Self { options, board, company })
    }

    /// Opens the tickets that a notice asks for. May be tried again: what was opened or is in doubt is left.
    pub(super) async fn open(&self, notice: &Notice, file: &Path) -> Result<(), Undelivered> {
        let mut opened = read(file)?;
        opened.0.retain(|_, attempt| notice.at.duration_since(attempt.at) < MONTH);
        let mut desk = None;
        for item in notice.items.iter().filter(|item| item.tone != Tone::Over) {
            let key = format!("{} {}", notice.tenant, item.key);
            let need = need(opened.0.get(&key), notice.at);
            if need == Need::Nothing {
                continue;
            }
            if desk.is_none() {
                desk = Some(self.desk().await?);
            }
            let Some(desk) = &desk else { continue };
            if let Need::Ask(ticket) = need
                && desk.state(ticket).await.map_err(|error| unread(&error))? == TicketState::Open
            {
                continue;
            }
            opened.0.insert(key.clone(), Attempt { at: notice.at, ticket: None });
            write(file, &opened)?;
            match self.open_one(desk, notice, item).await {
                Ok(ticket) => {
                    opened.0.insert(key, Attempt { at: notice.at, ticket: Some(ticket) });
                    write(file, &opened)?;
                }
                Err(Unopened::Surely(undelivered)) => {
                    opened.0.remove(&key);
                    write(file, &opened)?;
                    return Err(undelivered);
                }
                Err(Unopened::Perhaps(undelivered)) => return Err(undelivered),
            }
        }
        Ok(())
    }

    async fn desk(&self) -> Result<TicketDesk, Undelivered> {
        let options = (self.options)().map_err(Undelivered::for_now)?;
        let connected = ConnectWise::connect(options).await;
        connected.map(|connectwise| connectwise.ticket_desk()).map_err(|error| unread(&error))
    }

    async fn open_one(&self, desk: &TicketDesk, notice: &Notice, item: &Item) -> Result<TicketId, Unopened> {
        let only = Notice { items: vec![item.clone()], ..notice.clone() };
        let summary = format!("trueup {}", only.title());
        let ticket = NewTicket {
            board: &self.board,
            company: &self.company,
            summary: &summary,
            description: &only.text(),
        };
        match desk.open_ticket(&ticket).await {
            TicketAnswer::Opened(ticket) => Ok(ticket),
            TicketAnswer::NotSent { message } => {
                let why = format!("ConnectWise cannot be reached: {}", outside(&message));
                Err(Unopened::Surely(Undelivered::for_now(why)))
            }
            TicketAnswer::Refused { status, message } => {
                let why = format!("ConnectWise refused the ticket ({status}): {}", outside(&message));
                Err(Unopened::Surely(Undelivered::for_good(why)))
            }
            TicketAnswer::InDoubt { message } => {
                let why = format!("it is not known whether the ticket was opened: {}", outside(&message));
                Err(Unopened::Perhaps(Undelivered::for_good(why)))
            }
        }
    }
}

/// A ticket that was not opened, or perhaps was.
enum Unopened {
    Surely(Undelivered),
    Perhaps(Undelivered),
}

fn need(attempt: Option<&Attempt>, now: Timestamp) -> Need {
    match attempt {
        None => Need::Open,
        Some(attempt) if now.duration_since(attempt.at) < DAY => Need::Nothing,
        Some(Attempt { ticket: Some(ticket), .. }) => Need::Ask(*ticket),
        Some(Attempt { ticket: None, .. }) => Need::Open,
    }
}

fn unread(error: &ConnectWiseError) -> Undelivered {
    let why = outside(&error.to_string());
    match error.class() {
        Class::Passing | Class::Throttled { .. } | Class::Moved | Class::Incomplete => {
            Undelivered::for_now(why)
        }
        Class::Setup | Class::NotPermitted | Class::Refused | Class::Gone => Undelivered::for_good(why),
    }
}

/// A file that cannot be read holds what keeps tickets from being opened twice, so none is opened.
fn read(file: &Path) -> Result<Opened, Undelivered> {
    let bytes = state::read(file).map_err(|error| Undelivered::for_now(unwritable(&error)))?;
    let Some(bytes) = bytes else { return Ok(Opened::default()) };
    serde_json::from_slice(&bytes)
        .map_err(|_| Undelivered::for_good("the file of opened tickets is damaged; remove it"))
}

fn write(file: &Path, opened: &Opened) -> Result<(), Undelivered> {
    let bytes = serde_json::to_vec(opened).expect("texts, times and numbers are always JSON");
    state::write(file, &bytes).map_err(|error| Undelivered::for_now(unwritable(&error)))
}

fn unwritable(error: &std::io::Error) -> String {
    format!("the file of opened tickets cannot be used: {error}")
}

#[cfg(test)]
mod tests;
