//! Drives one line through the write protocol. The only place that names the writes to ConnectWise.
//!
//! Decides nothing: the protocol (`journal::attempt`) says what comes next, this does it and tells what came of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::super::stop::Stop;
use super::gate::Gate;
use super::ground::Ground;
use super::hands::Hands;
use super::moment::Moment;
use super::{ApplyError, Halt, Outcome};
use crate::billing::{AdditionId, AgreementId, Guarded, LineKey};
use crate::connectwise::{self, Writer};
use crate::journal::attempt::{Conclusion, Intend, Listing, Read, Retry, Sight, Step, Wait, WriteAnswer};
use crate::journal::{Action, Intent, RunId};
use crate::mapping::utc_day;

/// What writes, and whether it may.
pub(super) struct Pen<'p> {
    /// The writes.
    pub(super) writer: &'p Writer,
    /// What each of them has to pass.
    pub(super) gate: &'p Gate<'p>,
}

/// Whose line it is, for the journal.
pub(super) struct Subject {
    /// The run.
    pub(super) run: RunId,
    /// The company's identifier.
    pub(super) company: Arc<str>,
    /// The product's identifier.
    pub(super) product: Arc<str>,
    /// The terms the desired quantity was computed by.
    pub(super) terms: Arc<str>,
    /// What else the line was like.
    pub(super) guarded: Option<Guarded>,
    /// What a create rests on.
    pub(super) ground: Option<Ground>,
}

/// How long to wait before a write whose connection failed is tried again; doubled each time.
const PAUSE: Duration = Duration::from_millis(500);

/// A line whose read may lag is read again at least this often.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How often a line is read again whose reading took so long that it may show what is no more.
const SLOW_READS: u8 = 2;

/// Writes one line: reads, commits the intent, sends, verifies, settles. A doubt is left for a later pass.
pub(super) async fn write(
    start: Step,
    line: LineKey,
    subject: &Subject,
    pen: &Pen<'_>,
    hands: &Hands<'_>,
) -> Result<Outcome, ApplyError> {
    let creates = matches!(start, Step::List(_));
    let mut step = start;
    let mut pause = PAUSE;
    let (mut asked, mut slow, mut created) = (Moment::now(), 0, None);
    loop {
        step = match step {
            Step::Intend(intend) => match pen.gate.closed(Timestamp::now()) {
                Some(halt) => return Ok(left(&intend.action(), halt, creates)),
                None if asked.elapsed().is_within(intend.send_within()) => {
                    commit(intend, line, subject, hands)?
                }
                None if slow == SLOW_READS => return Ok(too_slow(&intend.action(), creates)),
                None => {
                    slow += 1;
                    intend.read_again()
                }
            },
            Step::Patch(patch) => {
                pen.writer.send_by(asked.later(patch.send_within()));
                let answer = pen.writer.set_quantity(line.agreement, patch.addition(), patch.after()).await;
                patch.answered(received(answer, 200))
            }
            Step::Post(post) => {
                pen.writer.send_by(asked.later(post.send_within()));
                let answer = pen.writer.create_inert(line.agreement, line.product, post.effective()).await;
                post.answered(received(answer, 201))
            }
            Step::Retry(retry) => {
                hands.stop.pause(pause).await;
                pause = pause.saturating_mul(2);
                again(retry, pen.gate)
            }
            Step::Done(conclusion) => return Ok(Outcome::Concluded(told(conclusion, created))),
            reading @ (Step::Read(_) | Step::List(_)) => {
                make_room(pen.writer, hands.stop).await;
                asked = Moment::now();
                match (&reading, subject.ground) {
                    (Step::Read(read), Some(_)) => created = Some(read.addition()),
                    (Step::List(_), Some(ground)) => {
                        if let Some(changed) = ground.changed(hands).await {
                            return Ok(Outcome::Concluded(changed));
                        }
                    }
                    _ => {}
                }
                read(reading, line, hands).await?
            }
            telling => read(telling, line, hands).await?,
        };
    }
}

/// What is read may lead to a write, and between the two nothing may be waited for: a write is sent at once, while what
/// was read is true, or not at all. So what there is to wait for is waited for now.
async fn make_room(writer: &Writer, stop: &Stop) {
    tokio::select! {
        () = writer.make_room() => {}
        () = stop.wait() => {}
    }
}

/// Does the steps that send nothing: reading, listing, telling the journal. Recovery needs no others.
pub(in crate::reconciler) async fn read(
    step: Step,
    line: LineKey,
    hands: &Hands<'_>,
) -> Result<Step, ApplyError> {
    let next = match step {
        Step::Read(read) => {
            let sight = look(&read, line.agreement, hands).await;
            read.seen(sight, utc_day(Timestamp::now()))
        }
        Step::List(list) => {
            let listing = additions(line.agreement, hands).await;
            list.listed(listing, utc_day(Timestamp::now()))
        }
        Step::Doubt(doubt) => {
            let now = Timestamp::now();
            let settles_at = doubt.settles_at(now);
            hands.journal.with(|journal| journal.doubt(doubt.intent(), doubt.message(), settles_at, now))?;
            doubt.recorded(now)
        }
        Step::Settle(settle) => {
            let now = Timestamp::now();
            hands.journal.with(|journal| journal.settle(settle.intent(), settle.outcome(), now))?;
            settle.recorded()
        }
        Step::Wait(wait) => Step::Done(Wait::leave(wait)),
        Step::Retry(retry) => Step::Done(Retry::leave(retry)),
        Step::Intend(_) | Step::Patch(_) | Step::Post(_) | Step::Done(_) => step,
    };
    Ok(next)
}

/// Reads an addition, again and again while what it shows may be older than our own write.
async fn look(read: &Read, agreement: AgreementId, hands: &Hands<'_>) -> Sight {
    let since = Instant::now();
    let mut pause = PAUSE;
    loop {
        let sight = addition(agreement, read.addition(), hands).await;
        if !read.may_lag(&sight, since.elapsed()) {
            return sight;
        }
        hands.stop.pause(pause).await;
        if hands.stop.is_requested() {
            return Sight::Unreadable {
                message: "a stop was requested before a read told for sure".to_owned(),
            };
        }
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

/// Commits the intent. When that fails the process must stop, so the error ends everything.
fn commit(intend: Intend, line: LineKey, subject: &Subject, hands: &Hands<'_>) -> Result<Step, ApplyError> {
    let meant = Moment::now();
    let at = meant.wall;
    let intent = Intent {
        line,
        company: subject.company.clone(),
        product_identifier: subject.product.clone(),
        action: intend.action(),
        terms: subject.terms.clone(),
        guarded: subject.guarded.clone(),
        attempt: intend.attempt(),
        at,
        settles_at: intend.settles_at(at),
    };
    let id = hands.journal.with(|journal| journal.intend(subject.run, &intent))?;
    Ok(intend.committed(id, at, meant.elapsed(), hands.stop.requested()))
}

/// Nothing more may begin, so nothing is meant either. A line that was created just before stays at 0 for now.
fn left(meant: &Action, halt: Halt, creates: bool) -> Outcome {
    match *meant {
        Action::Set { addition, .. } if creates => Outcome::Concluded(Conclusion::Created { addition }),
        Action::Set { .. } | Action::Create { .. } => Outcome::NotTried(halt),
    }
}

/// A line that was created just before stands, at 0, whatever kept its quantity from being set: it is not left out.
fn told(conclusion: Conclusion, created: Option<AdditionId>) -> Conclusion {
    match (conclusion, created) {
        (Conclusion::Unreadable { .. } | Conclusion::Stale(_), Some(addition)) => {
            Conclusion::Created { addition }
        }
        (conclusion, _) => conclusion,
    }
}

/// Reading took too long each time: by the time it was through, somebody may have changed the line. One that was created
/// just before stays at 0 for now.
fn too_slow(meant: &Action, creates: bool) -> Outcome {
    let message =
        "the line was shown too late to rest a write on it, three times; send_by says what is too late"
            .to_owned();
    Outcome::Concluded(match *meant {
        Action::Set { addition, .. } if creates => Conclusion::Created { addition },
        Action::Set { .. } | Action::Create { .. } => Conclusion::Unreadable { message },
    })
}

fn again(retry: Retry, gate: &Gate<'_>) -> Step {
    match gate.closed(Timestamp::now()) {
        Some(_) => Step::Done(retry.leave()),
        None => retry.again(),
    }
}

async fn addition(agreement: AgreementId, addition: AdditionId, hands: &Hands<'_>) -> Sight {
    match hands.reach.ask(hands.connectwise.addition(agreement, addition)).await {
        Ok(Some(addition)) => Sight::Found(Box::new(addition)),
        Ok(None) => unlisted(additions(agreement, hands).await, addition),
        Err(unread) => Sight::Unreadable { message: unread.to_string() },
    }
}

/// One that is not found by its number is gone only if its agreement does not list it either: a server that is busy or
/// was just upgraded says "not found" of what is there.
fn unlisted(listing: Listing, addition: AdditionId) -> Sight {
    match listing {
        Listing::Complete(additions) => additions
            .into_iter()
            .find(|found| found.id == addition)
            .map_or(Sight::Gone, |found| Sight::Found(Box::new(found))),
        Listing::Unreadable { message } => Sight::Unreadable { message },
    }
}

async fn additions(agreement: AgreementId, hands: &Hands<'_>) -> Listing {
    match hands.reach.ask(hands.connectwise.additions(agreement)).await {
        Ok(additions) => Listing::Complete(additions),
        Err(unread) => Listing::Unreadable { message: unread.to_string() },
    }
}

/// What the protocol makes of an answer. The client acknowledges only the one status that means done.
fn received(answer: connectwise::WriteAnswer, done: u16) -> WriteAnswer {
    match answer {
        connectwise::WriteAnswer::Acknowledged(addition) => {
            WriteAnswer::Answered { status: done, record: Some(Box::new(addition)), message: String::new() }
        }
        connectwise::WriteAnswer::Refused { status, message } => {
            WriteAnswer::Answered { status, record: None, message }
        }
        connectwise::WriteAnswer::NotSent { message } => WriteAnswer::Unsent { message },
        connectwise::WriteAnswer::InDoubt { message } => WriteAnswer::Lost { message },
    }
}

#[cfg(test)]
mod tests;
