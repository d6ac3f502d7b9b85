//! The two writes there are, each sent exactly once.
//!
//! Decides what an answer proves: that a write was made, that it surely was not, or neither. Never repeats, never
//! follows a redirect, knows no delete and no replace of a record. Whether a write may be sent at all, and what
//! follows from its answer, is the caller's business.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use jiff::Timestamp;
use jiff::civil::Date;
use reqwest::{Method, header};
use serde::Serialize;
use serde_json::value::RawValue;

use super::additions;
use super::answer::Answer;
use super::pace::Room;
use super::session::{Session, unpoisoned};
use super::transport::{Deadline, Failure, FailureKind};
use super::wire::{self, Names};
use crate::billing::{Addition, AdditionId, AgreementId, BillCustomer, ProductId, Quantity};

/// The one value that can write to a ConnectWise.
pub struct Writer {
    session: Arc<Session>,
    room: Mutex<Option<Room>>,
    send_by: Mutex<Option<Deadline>>,
}

/// What is known of a write after its one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteAnswer {
    /// ConnectWise answered with the record as it is now. It may differ from what was asked for.
    Acknowledged(Addition),
    /// ConnectWise refused: nothing was changed.
    Refused {
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// No connection stood: not a byte was sent, so nothing was changed.
    NotSent {
        /// Why.
        message: String,
    },
    /// It may have been made, now or later. Only reading can tell.
    InDoubt {
        /// What is known.
        message: String,
    },
}

/// One operation of a PATCH.
#[derive(Serialize)]
struct Replace<'a> {
    op: &'a str,
    path: &'a str,
    value: &'a RawValue,
}

/// A new addition that bills nothing yet. Prices are left to the catalogue.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InertAddition<'a> {
    product: ProductReference,
    quantity: u8,
    bill_customer: &'a str,
    effective_date: String,
}

#[derive(Serialize)]
struct ProductReference {
    id: ProductId,
}

/// What must be in an answer for it to acknowledge the write.
struct Expected {
    status: u16,
    agreement: AgreementId,
    addition: Option<AdditionId>,
}

impl Writer {
    pub(super) fn new(session: Arc<Session>) -> Self {
        Self { session, room: Mutex::default(), send_by: Mutex::default() }
    }

    /// Waits until one write can be sent at once, and keeps its place free.
    ///
    /// To be called before the read that the write relies on and before its intent, since a write does not wait: one that
    /// has no place when it is sent is not sent. Returns without one when ConnectWise asks for a long pause; the read that
    /// follows says so.
    pub async fn make_room(&self) {
        if unpoisoned(&self.room).is_some() {
            return;
        }
        if let Ok(room) = self.session.transport.room().await {
            *unpoisoned(&self.room) = Some(room);
        }
    }

    /// The next write is sent by then, by either clock, or not at all: making a connection takes time, and what was read grows old meanwhile.
    pub fn send_by(&self, (monotonic, wall): (Instant, Timestamp)) {
        *unpoisoned(&self.send_by) = Some(Deadline { monotonic, wall });
    }

    /// Sets the quantity of an addition, and nothing else of it.
    pub async fn set_quantity(
        &self,
        agreement: AgreementId,
        addition: AdditionId,
        quantity: Quantity,
    ) -> WriteAnswer {
        let expected = Expected { status: 200, agreement, addition: Some(addition) };
        let path = additions::path_of(agreement, addition);
        self.write(Method::PATCH, &path, quantity_body(quantity), &expected).await
    }

    /// Creates an addition of quantity 0, so that a second one by accident bills nobody.
    pub async fn create_inert(
        &self,
        agreement: AgreementId,
        product: ProductId,
        effective: Date,
    ) -> WriteAnswer {
        let expected = Expected { status: 201, agreement, addition: None };
        let path = additions::path(agreement);
        self.write(Method::POST, &path, inert_body(product, effective), &expected).await
    }

    async fn write(&self, method: Method, path: &str, body: Vec<u8>, expected: &Expected) -> WriteAnswer {
        let transport = &self.session.transport;
        let send_by = unpoisoned(&self.send_by).take();
        let kept = unpoisoned(&self.room).take();
        let room = kept.map_or_else(|| transport.room_now(), Ok);
        let turn = match room.and_then(|room| Ok(room.turn()?)) {
            Ok(turn) => turn,
            Err(no_room) => return WriteAnswer::NotSent { message: no_room.to_string() },
        };
        let request = transport
            .writing(method, &self.session.codebase(), path)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body);
        match transport.exchange_by(send_by, request, turn).await {
            Ok(answer) => {
                self.session.learn_time(&answer);
                judged(&answer, expected)
            }
            Err(failure) => unanswered(failure),
        }
    }
}

/// The body that replaces a quantity. The number is written digit by digit, never through a float.
fn quantity_body(quantity: Quantity) -> Vec<u8> {
    let value = RawValue::from_string(quantity.to_string()).expect("an exact decimal is a JSON number");
    serde_json::to_vec(&[Replace { op: "replace", path: "quantity", value: &value }])
        .expect("text and numbers are always JSON")
}

/// The body of an inert addition.
fn inert_body(product: ProductId, effective: Date) -> Vec<u8> {
    let addition = InertAddition {
        product: ProductReference { id: product },
        quantity: 0,
        bill_customer: BillCustomer::Billable.as_str(),
        effective_date: format!("{effective}T00:00:00Z"),
    };
    serde_json::to_vec(&addition).expect("text and numbers are always JSON")
}

/// Whether a status proves that nothing was changed. All others leave it open, 409, 429 and 5xx among them.
pub(super) fn refuses(status: u16) -> bool {
    matches!(status, 400 | 401 | 403 | 404 | 405 | 415 | 422)
}

/// What an answer proves.
fn judged(answer: &Answer, expected: &Expected) -> WriteAnswer {
    let Expected { status, agreement, addition } = *expected;
    let said = || {
        let said = answer.said();
        format!("{} {}", said.code, said.message).trim().to_owned()
    };
    if refuses(answer.status) {
        return WriteAnswer::Refused { status: answer.status, message: said() };
    }
    if answer.status != status {
        return WriteAnswer::InDoubt { message: format!("the status {}: {}", answer.status, said()) };
    }
    if let Some(what) = answer.other_than_json() {
        return WriteAnswer::InDoubt { message: format!("an answer of {what}") };
    }
    match wire::record::<Addition>(&answer.body, agreement, &mut Names::default()) {
        Ok(record) if addition.is_none_or(|addition| addition == record.id) => {
            WriteAnswer::Acknowledged(record)
        }
        Ok(record) => WriteAnswer::InDoubt { message: format!("an answer about addition {}", record.id) },
        Err(unreadable) => WriteAnswer::InDoubt { message: format!("an answer of {unreadable}") },
    }
}

/// What it proves that no whole answer came.
fn unanswered(failure: Failure) -> WriteAnswer {
    let Failure { kind, cause: message } = failure;
    match kind {
        FailureKind::NotConnected | FailureKind::Untrusted => WriteAnswer::NotSent { message },
        FailureKind::Timeout | FailureKind::Broken | FailureKind::TooLarge | FailureKind::Unreadable => {
            WriteAnswer::InDoubt { message }
        }
    }
}

#[cfg(test)]
mod tests;
