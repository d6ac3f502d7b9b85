//! The faults that a file can name, each with its parameters.
//!
//! Only what people write. What it means for one request is decided in `firing`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::meddling::{Deed, Reach, Trace};
use super::span::Span;
use crate::simulator::access::{Function, Right};
use crate::simulator::options::IsCloud;
use crate::simulator::seed::Amount;

/// A fault. Every one is met only by requests that it can befall: a short page only by lists, an ignored write only by
/// writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Bite {
    /// The request lands at once and is answered after a while: half sooner than the median, one in a hundred later than ten times it.
    Latency {
        /// Half of the answers come sooner.
        #[serde(default = "usual_median")]
        median: Span,
        /// None comes later.
        #[serde(default = "usual_cap")]
        cap: Span,
    },
    /// The request lands at once; the first byte of its answer comes after exactly so long.
    SlowFirstByte {
        /// How long it takes.
        wait: Span,
    },
    /// The body of the answer comes in drops.
    SlowBody {
        /// How many bytes come together.
        #[serde(default = "usual_drop")]
        bytes: u32,
        /// How long the pause after each is.
        #[serde(default = "usual_pause")]
        wait: Span,
    },
    /// The request lands so late, even when its sender has given up by then.
    LandsLate {
        /// How late.
        by: Span,
    },
    /// 429 for what is over the limit. Bites by itself: `when` only says when it counts.
    Throttle {
        /// How many requests a minute are answered; a bucket of so many fills evenly.
        #[serde(default = "usual_rate")]
        per_minute: u32,
        /// How many requests at one time are answered; any number where it is absent.
        #[serde(default)]
        at_once: Option<u32>,
        /// The values of `Retry-After`, one by chance: a text as it is, `none` for no header, `date` for a date in 30 seconds.
        #[serde(default = "usual_retry_after")]
        retry_after: Vec<String>,
    },
    /// 429, whatever the limit.
    TooMany {
        /// The values of `Retry-After`, one by chance: a text as it is, `none` for no header, `date` for a date in 30 seconds.
        #[serde(default = "usual_retry_after")]
        retry_after: Vec<String>,
    },
    /// 500 that says a timeout has occurred.
    TimedOut(Commit),
    /// The connection is cut.
    Reset(Commit),
    /// 502, 503 or 504 with a page for people.
    Gateway {
        /// The status.
        #[serde(default = "bad_gateway")]
        status: u16,
        /// Whether the request lands all the same.
        #[serde(default)]
        commit: Commit,
    },
    /// Any status and body.
    Status {
        /// The status.
        status: u16,
        /// The body.
        #[serde(default)]
        body: String,
        /// Whether the request lands all the same.
        #[serde(default)]
        commit: Commit,
    },
    /// The right status and the first half of the body.
    Truncated,
    /// The right status and no body.
    Empty,
    /// 204 where 200 is expected.
    NoContent,
    /// 200 with a page for people.
    Page,
    /// The right status and the body `null`.
    NullBody,
    /// The right body with another media type.
    WrongType {
        /// The media type.
        #[serde(default = "plain_text")]
        name: String,
    },
    /// The way to another place, as to a login page.
    Redirect {
        /// Where to.
        to: String,
        /// The status.
        #[serde(default = "found")]
        status: u16,
    },
    /// 404 for what exists. It heals when the rule no longer bites.
    NotFound,
    /// ConnectWise is upgraded before the request lands. For good.
    ReleaseMoves {
        /// The release after it, as in `2026.5`.
        to: String,
        /// What is not found from then on.
        #[serde(default)]
        reach: Reach,
    },
    /// After a page was read, a row appears before the first one.
    RowInserted,
    /// After a page was read, the first row that nothing else needs is deleted.
    RowDeleted,
    /// Pages have fewer rows than were asked for, though more follow. No row is lost where every page is so.
    ShortPage {
        /// How many rows a page has at most.
        rows: u32,
    },
    /// A count that disagrees with its list.
    CountOff {
        /// By how many.
        by: i32,
    },
    /// The page before is answered once more; forward only, the first one.
    RepeatedPage,
    /// The link to the next page leads to the same page.
    LinkLoops,
    /// The links lead to another host.
    LinkElsewhere {
        /// Its origin, as `https://example.net`.
        to: String,
    },
    /// The `Link` header is missing.
    LinkMissing,
    /// Somebody else changes an addition around the request.
    AnotherActor {
        /// What is done.
        does: Deed,
        /// Before the request lands, or after.
        #[serde(default)]
        at: Moment,
        /// Which addition; the one the request names, else the first of its list, where it is absent.
        #[serde(default)]
        addition: Option<u32>,
        /// Whether the change can be seen by its time.
        #[serde(default)]
        last_updated: Trace,
    },
    /// The request is answered without the last change of each record, where that change is younger than this.
    StaleRead {
        /// How old a change must be to be seen.
        within: Span,
    },
    /// A record that no write passes validation of.
    InvalidRecord(Complaint),
    /// 200 with the record as it was; nothing changes.
    WriteIgnored,
    /// Another quantity is stored than was sent.
    StoredRounded {
        /// How many decimals are kept.
        decimals: u32,
    },
    /// No greater quantity is stored than this.
    StoredAtMost {
        /// The greatest quantity.
        quantity: Amount,
    },
    /// So much more is stored than was sent.
    StoredPlus {
        /// How much.
        quantity: Amount,
    },
    /// A PATCH changes one more field.
    OtherFieldChanges {
        /// The field.
        #[serde(default = "unit_price")]
        field: String,
        /// What it becomes.
        value: Amount,
    },
    /// Another record of the same list is shown.
    OtherRecord,
    /// Dates that are not set are empty texts.
    EmptyDates,
    /// Records have properties that nobody has heard of.
    ExtraProperties,
    /// Additions have the property `additionStatus`.
    AdditionStatus,
    /// `IsCloud` in this form.
    IsCloud(IsCloud),
    /// 403 in the words of a missing permission.
    Forbidden,
    /// 401 in the words of unknown keys.
    Unauthorized,
    /// The caller's role loses a right before the request lands. For good, and `mySecurity` says so.
    PermissionRemoved {
        /// Of which function.
        function: Function,
        /// Which right.
        right: Right,
    },
    /// The caller's keys become unknown before the request lands. For good.
    KeyRevoked,
    /// The answer says it is so old.
    Age {
        /// How old.
        by: Span,
    },
    /// The answer has always the same date.
    RepeatedDate {
        /// The date.
        #[serde(default = "an_old_date")]
        date: String,
    },
    /// The answer has this much of headers.
    HugeHeaders {
        /// How many kibibytes.
        #[serde(default = "many_kibibytes")]
        kibibytes: u32,
    },
    /// The body is gzip that swells to this size.
    GzipBomb {
        /// How many mebibytes.
        #[serde(default = "many_mebibytes")]
        mebibytes: u32,
    },
    /// The body never ends.
    Endless,
}

/// Whether a request lands although its answer suffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Commit {
    /// Nothing lands.
    #[default]
    BeforeCommit,
    /// It lands.
    AfterCommit,
}

/// On which side of a request something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    /// Just before it lands: its answer shows it.
    #[default]
    BeforeIt,
    /// Just after it has landed: its answer does not show it.
    AfterIt,
}

/// How a record that is not valid is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Complaint {
    /// 400 that names the field.
    #[default]
    Structured,
    /// 500 that names nothing.
    Generic,
}

/// The median that was measured by others.
fn usual_median() -> Span {
    Span::millis(300)
}

fn usual_cap() -> Span {
    Span::millis(30_000)
}

fn usual_drop() -> u32 {
    64
}

fn usual_pause() -> Span {
    Span::millis(100)
}

/// The limit that the vendor names.
fn usual_rate() -> u32 {
    1_000
}

fn usual_retry_after() -> Vec<String> {
    vec!["30".to_owned()]
}

fn bad_gateway() -> u16 {
    502
}

fn found() -> u16 {
    302
}

fn plain_text() -> String {
    "text/plain; charset=utf-8".to_owned()
}

fn unit_price() -> String {
    "unitPrice".to_owned()
}

fn an_old_date() -> String {
    "Sat, 01 Jan 2022 00:00:00 GMT".to_owned()
}

fn many_kibibytes() -> u32 {
    512
}

fn many_mebibytes() -> u32 {
    1_024
}
