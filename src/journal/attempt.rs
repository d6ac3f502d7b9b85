//! The write protocol: which read, commit, write and wait comes next for one line, and what all of it came to.
//!
//! Pure: no clock, no network, no journal. ConnectWise has no transactions, no compare-and-set and no idempotency key;
//! an answer can be lost, a request can land late, and the process can end between any two instructions. So a line is
//! read again just before it is written, the intent is durable before a byte is sent, a write is sent once, and after
//! a doubt the line is left alone until reading tells for sure.
//!
//! # How it is driven
//!
//! A [`Step`] says the one thing to do next. Each kind of step has one method that takes what came of it and gives the
//! next step, so that nothing can be done twice or out of turn. A `SET` starts at [`SetLine::start`], a `CREATE` at
//! [`CreateLine::start`], and an intent that an earlier process left open at [`recover`].
//!
//! ```
//! # use trueup::journal::attempt::{Conclusion, Elapsed, Listing, SetLine, Sight, Step, Stop, Timing, WriteAnswer};
//! # use trueup::journal::{Action, IntentId, JournalError, Outcome};
//! # use jiff::{SignedDuration, Timestamp, civil::Date};
//! # use trueup::billing::{AdditionId, AgreementId, LineKey, ProductId, Quantity};
//! # struct World;
//! # impl World {
//! #     fn today(&self) -> Date { Date::constant(2026, 11, 22) }
//! #     fn now(&self) -> Timestamp { Timestamp::UNIX_EPOCH }
//! #     fn since(&self, _: Timestamp) -> Elapsed {
//! #         Elapsed { monotonic: Default::default(), wall: SignedDuration::ZERO }
//! #     }
//! #     fn stop(&self) -> Stop { Stop::No }
//! #     fn addition(&self, _: LineKey, _: AdditionId) -> Sight { Sight::Gone }
//! #     fn additions(&self, _: LineKey) -> Listing { Listing::Unreadable { message: String::new() } }
//! #     fn set_quantity(&self, _: LineKey, _: AdditionId, _: Quantity) -> WriteAnswer { unreachable!() }
//! #     fn create_inert(&self, _: LineKey, _: Date) -> WriteAnswer { unreachable!() }
//! #     fn intend(&self, _: &Action, _: u32, _: Timestamp) -> Result<IntentId, JournalError> { unreachable!() }
//! #     fn doubt(&self, _: IntentId, _: &str, _: Timestamp, _: Timestamp) -> Result<(), JournalError> { unreachable!() }
//! #     fn settle(&self, _: IntentId, _: &Outcome) -> Result<(), JournalError> { unreachable!() }
//! # }
//! # fn main() -> Result<(), JournalError> {
//! # let world = World;
//! # let line = LineKey { agreement: AgreementId(418), product: ProductId(31) };
//! let start = SetLine {
//!     line,
//!     addition: AdditionId(9931),
//!     before: Quantity::from(25),
//!     after: Quantity::from(30),
//!     timing: Timing::default(),
//! };
//! let mut step = start.start();
//! let conclusion = loop {
//!     step = match step {
//!         Step::Read(read) => {
//!             let sight = world.addition(line, read.addition());
//!             read.seen(sight, world.today())
//!         }
//!         Step::List(list) => {
//!             let listing = world.additions(line);
//!             list.listed(listing, world.today())
//!         }
//!         Step::Intend(intend) => {
//!             let at = world.now();
//!             let id = world.intend(&intend.action(), intend.attempt(), at)?; // an error here stops the process
//!             intend.committed(id, at, world.since(at), world.stop())
//!         }
//!         Step::Patch(patch) => {
//!             let answer = world.set_quantity(line, patch.addition(), patch.after());
//!             patch.answered(answer)
//!         }
//!         Step::Post(post) => {
//!             let answer = world.create_inert(line, post.effective());
//!             post.answered(answer)
//!         }
//!         Step::Doubt(doubt) => {
//!             let now = world.now();
//!             world.doubt(doubt.intent(), doubt.message(), doubt.settles_at(now), now)?;
//!             doubt.recorded(now)
//!         }
//!         Step::Settle(settle) => {
//!             world.settle(settle.intent(), settle.outcome())?;
//!             settle.recorded()
//!         }
//!         Step::Wait(wait) => break wait.leave(), // or keep it, do other lines, and go on with `wait.look(watched)`
//!         Step::Retry(retry) => break retry.leave(), // or check plan, guards and freeze, then `retry.again()`
//!         Step::Done(conclusion) => break conclusion,
//!     };
//! };
//! # assert!(!conclusion.is_verified());
//! # Ok(())
//! # }
//! ```

mod answer;
mod conclusion;
mod create;
mod ledger;
mod set;
mod timing;

pub use answer::WriteAnswer;
pub use conclusion::{Conclusion, Stale};
pub use create::{CreateLine, List, Listing, Post, first_day};
pub use ledger::{Doubt, Intend, Retry, Settle, Stop, Wait, recover};
pub use set::{Patch, Read, SetLine, Sight};
pub use timing::{Elapsed, Timing, Watched};

/// How often an attempt may be made again within one plan, after the first.
pub const RETRIES: u32 = 3;

/// How many POSTs one plan may send for a line: one, and one more when the first is known to have done nothing.
pub const POSTS: u32 = 2;

/// The one thing to do next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use]
pub enum Step {
    /// Read an addition.
    Read(Read),
    /// List the agreement's additions, all of them.
    List(List),
    /// Commit an intent to the journal, durably. When that fails, stop the process.
    Intend(Intend),
    /// Send one PATCH that replaces `quantity`: no automatic retry, no redirect.
    Patch(Patch),
    /// Send one POST of an inert addition: no automatic retry, no redirect.
    Post(Post),
    /// Tell the journal why the outcome is in doubt.
    Doubt(Doubt),
    /// Tell the journal the outcome.
    Settle(Settle),
    /// Leave the line alone until its settle time.
    Wait(Wait),
    /// Nothing was changed, and the plan may try again.
    Retry(Retry),
    /// The end.
    Done(Conclusion),
}

#[cfg(test)]
mod model;
#[cfg(test)]
mod tests;
