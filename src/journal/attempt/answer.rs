//! What an answer to a write proves: that it was done, that it was refused, or nothing.
//!
//! Knows statuses and records, not how they travelled.

use crate::billing::{Addition, AdditionId, LineKey, Quantity};

/// What came back from a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteAnswer {
    /// The connection failed before a byte was written.
    Unsent {
        /// What went wrong.
        message: String,
    },
    /// A status, and the addition where the body could be read as one.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The addition of the body.
        record: Option<Box<Addition>>,
        /// What ConnectWise said, for people.
        message: String,
    },
    /// No answer, or not a whole one: time-out, reset, broken off.
    Lost {
        /// What went wrong.
        message: String,
    },
}

/// What it proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// It was done; this is the record.
    Done(Box<Addition>),
    /// It was done, but the record shows another value than it was told.
    Contradicted(Box<Addition>),
    /// It was not sent.
    Unsent,
    /// It was refused, and nothing was changed.
    Refused { status: u16, message: String },
    /// Nothing. It may have been done, or may yet be.
    Nothing(String),
}

/// Statuses by which ConnectWise says for sure that nothing was changed. 409 and 429 are not among them: both have
/// been seen on writes that were done.
const REFUSALS: [u16; 7] = [400, 401, 403, 404, 405, 415, 422];

/// What the answer to a PATCH of `quantity` proves.
pub(super) fn of_patch(answer: WriteAnswer, line: LineKey, addition: AdditionId, after: Quantity) -> Proof {
    let (status, record, message) = match judge(answer) {
        Ok(parts) => parts,
        Err(proof) => return proof,
    };
    match record {
        Some(record) if status == 200 && record.id == addition && stands_on(&record, line) => {
            if record.quantity == Some(after) { Proof::Done(record) } else { Proof::Contradicted(record) }
        }
        Some(_) | None => Proof::Nothing(odd(status, &message)),
    }
}

/// What the answer to a POST of an inert addition proves.
pub(super) fn of_post(answer: WriteAnswer, line: LineKey) -> Proof {
    let (status, record, message) = match judge(answer) {
        Ok(parts) => parts,
        Err(proof) => return proof,
    };
    match record {
        Some(record) if status == 201 && stands_on(&record, line) => {
            if record.quantity == Some(Quantity::ZERO) {
                Proof::Done(record)
            } else {
                Proof::Contradicted(record)
            }
        }
        Some(_) | None => Proof::Nothing(odd(status, &message)),
    }
}

/// Whether the addition is of that line.
pub(super) fn stands_on(addition: &Addition, line: LineKey) -> bool {
    LineKey { agreement: addition.agreement, product: addition.product } == line
}

/// The parts of an answer that its status alone does not decide, or what it proves.
fn judge(answer: WriteAnswer) -> Result<(u16, Option<Box<Addition>>, String), Proof> {
    match answer {
        WriteAnswer::Unsent { message: _ } => Err(Proof::Unsent),
        WriteAnswer::Lost { message } => Err(Proof::Nothing(message)),
        WriteAnswer::Answered { status, message, record: _ } if REFUSALS.contains(&status) => {
            Err(Proof::Refused { status, message })
        }
        WriteAnswer::Answered { status, record, message } => Ok((status, record, message)),
    }
}

fn odd(status: u16, message: &str) -> String {
    if message.is_empty() { format!("status {status}") } else { format!("status {status}: {message}") }
}
