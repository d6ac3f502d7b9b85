//! Settles what an earlier process left open, by reading and never by repeating.
//!
//! No write may start before every open intent was looked at (writes.md, Recovery). One whose settle time has not
//! passed, and which does not show its quantity yet, stays in doubt: its line is held.

use jiff::Timestamp;

use super::apply::hands::Hands;
use super::apply::write::read;
use super::apply::{ApplyError, Halt};
use super::shared::SharedJournal;
use super::stop::Stop;
use super::tenant::Tenant;
use crate::connectwise::ConnectWise;
use crate::journal::Open;
use crate::journal::attempt::{Conclusion, Step, Timing, Wait, Watched, recover as recover_open};

/// What became of one intent that was open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The intent as it was meant.
    pub open: Open,
    /// What came of it.
    pub conclusion: Conclusion,
}

/// Looks at every open intent of a tenant, oldest first. Once ConnectWise is out of reach, or a stop was requested,
/// the others are left in doubt unread.
///
/// # Errors
///
/// When the journal cannot be written.
pub async fn recover(
    tenant: &Tenant,
    timing: Timing,
    connectwise: &ConnectWise,
    journal: &SharedJournal,
    stop: &Stop,
) -> Result<Vec<Recovered>, ApplyError> {
    let left_open = journal.with(|journal| journal.reader().open_intents(&tenant.name))?;
    let hands = Hands::new(connectwise, journal, stop);
    let mut recovered = Vec::with_capacity(left_open.len());
    for open in left_open {
        if stop.is_requested() {
            hands.reach.lose(Halt::Stopped);
        }
        let conclusion = recover_one(&open, timing, &hands).await?;
        recovered.push(Recovered { open, conclusion });
    }
    Ok(recovered)
}

async fn recover_one(open: &Open, timing: Timing, hands: &Hands<'_>) -> Result<Conclusion, ApplyError> {
    let line = open.intent.line;
    let mut step = recover_open(open, timing);
    loop {
        step = match step {
            Step::Done(conclusion) => {
                tell_doubt(&conclusion, open, hands)?;
                return Ok(conclusion);
            }
            Step::Wait(wait) => match wait.look(Watched::UntilNow(Timestamp::now())) {
                Step::Wait(wait) => return leave(wait, open, hands),
                next => next,
            },
            reading => read(reading, line, hands).await?,
        };
    }
}

/// Its settle time has not passed: it is in doubt, and the journal says so, so that other lines may be written.
fn leave(wait: Wait, open: &Open, hands: &Hands<'_>) -> Result<Conclusion, ApplyError> {
    if open.doubt.is_none() {
        let why = "the process ended while it was in flight";
        let now = Timestamp::now();
        hands.journal.with(|journal| journal.doubt(wait.intent(), why, wait.settles_at(), now))?;
    }
    Ok(wait.leave())
}

/// It could not be read although its settle time has passed: it stays in doubt, and other lines need not wait for it.
fn tell_doubt(conclusion: &Conclusion, open: &Open, hands: &Hands<'_>) -> Result<(), ApplyError> {
    if let Conclusion::InDoubt { message, settles_at } = conclusion
        && open.doubt.is_none()
    {
        let now = Timestamp::now();
        hands.journal.with(|journal| journal.doubt(open.id, message, *settles_at, now))?;
    }
    Ok(())
}
