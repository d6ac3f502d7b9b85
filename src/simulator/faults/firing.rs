//! What a fault of a file means for one request: which requests it can befall, and what becomes of them.

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

use super::bite::{Bite, Commit, Complaint, Moment};
use super::chance::Chance;
use super::disguise::{Astray, Disguise};
use super::fault::{Canned, Fault};
use super::flow::Flow;
use super::meddling::Meddling;
use super::misreading::{Altered, Misreading};
use crate::simulator::errors::{Flaw, FlawCode, Refusal};
use crate::simulator::exchange::Request;
use crate::simulator::kind::Kind;
use crate::simulator::routes::{self, Endpoint};
use crate::simulator::seed::Amount;

/// How long a throttled client is told to wait where the time is given as a date.
const RETRY_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// The requests that a fault can befall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prey {
    Any,
    Lists,
    Counts,
    Records,
    Reads,
    Writes,
    Patches,
    AboutAdditions,
    CompanyInformation,
    /// All that take keys: what is told without any is refused to nobody.
    WithKeys,
}

impl Prey {
    fn holds(self, request: &Request, endpoint: Option<Endpoint>) -> bool {
        let method = request.method.as_str();
        let read = method == "GET";
        match self {
            Self::Any => true,
            Self::Lists => read && matches!(endpoint, Some(Endpoint::Collection(..))),
            Self::Counts => read && matches!(endpoint, Some(Endpoint::Count(..) | Endpoint::AuditTrailCount)),
            Self::Records => matches!(endpoint, Some(Endpoint::Record(..))) && method != "DELETE",
            Self::Reads => read || matches!(endpoint, Some(Endpoint::Bundles)),
            Self::Writes => !read && !matches!(endpoint, Some(Endpoint::Bundles)),
            Self::Patches => method == "PATCH",
            Self::AboutAdditions => matches!(
                endpoint,
                Some(Endpoint::Collection(Kind::Addition, _) | Endpoint::Record(Kind::Addition, ..))
            ),
            Self::CompanyInformation => routes::is_company_information(&request.path),
            Self::WithKeys => !routes::needs_no_keys(&request.path),
        }
    }
}

impl Bite {
    /// Whether a request can be befallen at all.
    pub(super) fn can_befall(&self, request: &Request, endpoint: Option<Endpoint>) -> bool {
        self.prey().holds(request, endpoint)
    }

    fn prey(&self) -> Prey {
        match self {
            Self::RowInserted
            | Self::RowDeleted
            | Self::ShortPage { .. }
            | Self::RepeatedPage
            | Self::LinkLoops
            | Self::LinkElsewhere { .. }
            | Self::LinkMissing => Prey::Lists,
            Self::CountOff { .. } => Prey::Counts,
            Self::OtherRecord => Prey::Records,
            Self::StaleRead { .. } => Prey::Reads,
            Self::InvalidRecord(_)
            | Self::WriteIgnored
            | Self::StoredRounded { .. }
            | Self::StoredAtMost { .. }
            | Self::StoredPlus { .. } => Prey::Writes,
            Self::OtherFieldChanges { .. } => Prey::Patches,
            Self::AnotherActor { addition: None, .. } | Self::AdditionStatus => Prey::AboutAdditions,
            Self::IsCloud(_) => Prey::CompanyInformation,
            Self::NotFound | Self::Forbidden | Self::Unauthorized => Prey::WithKeys,
            Self::AnotherActor { addition: Some(_), .. }
            | Self::Latency { .. }
            | Self::SlowFirstByte { .. }
            | Self::SlowBody { .. }
            | Self::LandsLate { .. }
            | Self::Throttle { .. }
            | Self::TooMany { .. }
            | Self::TimedOut(_)
            | Self::Reset(_)
            | Self::Gateway { .. }
            | Self::Status { .. }
            | Self::Truncated
            | Self::Empty
            | Self::NoContent
            | Self::Page
            | Self::NullBody
            | Self::WrongType { .. }
            | Self::Redirect { .. }
            | Self::ReleaseMoves { .. }
            | Self::EmptyDates
            | Self::ExtraProperties
            | Self::PermissionRemoved { .. }
            | Self::KeyRevoked
            | Self::Age { .. }
            | Self::RepeatedDate { .. }
            | Self::HugeHeaders { .. }
            | Self::GzipBomb { .. }
            | Self::Endless => Prey::Any,
        }
    }

    /// Whether it has a meaning at all.
    #[cfg(test)]
    pub(in crate::simulator) fn does_something(&self) -> bool {
        self.fault(&Request::default(), &mut Chance::new(0, 0, 0), Timestamp::UNIX_EPOCH).is_some()
    }

    /// What befalls the request. Three families, each of which leaves the others to the next; a test says that none is
    /// left out.
    pub(super) fn fault(&self, request: &Request, chance: &mut Chance, now: Timestamp) -> Option<Fault> {
        self.of_transport(chance, now).or_else(|| self.of_server(request)).or_else(|| self.of_answer())
    }

    /// Faults of the way there and back.
    fn of_transport(&self, chance: &mut Chance, now: Timestamp) -> Option<Fault> {
        Some(match self {
            Self::Latency { median, cap } => {
                let wait = chance.wait(median.0, cap.0).as_millis();
                Fault::AnswerAfterMillis(u64::try_from(wait).unwrap_or(u64::MAX))
            }
            Self::SlowFirstByte { wait } => Fault::AnswerAfterMillis(wait.as_millis()),
            Self::SlowBody { bytes, wait } => {
                Fault::Flow(Flow::Drip { bytes: *bytes as usize, wait_millis: wait.as_millis() })
            }
            Self::LandsLate { by } => Fault::DelayMillis(by.as_millis()),
            Self::Throttle { retry_after, .. } | Self::TooMany { retry_after } => {
                Fault::StatusBefore(throttled(chance.one_of(retry_after).map(String::as_str), now))
            }
            Self::TimedOut(commit) => commit.status(Canned::timed_out()),
            Self::Gateway { status, commit } => commit.status(Canned::gateway(*status)),
            Self::Status { status, body, commit } => commit.status(Canned::new(*status, body)),
            Self::Redirect { to, status } => Fault::StatusBefore(Canned::redirect(*status, to)),
            Self::Reset(Commit::BeforeCommit) => Fault::DropConnectionBefore,
            Self::Reset(Commit::AfterCommit) => Fault::DropConnectionAfterCommit,
            Self::GzipBomb { mebibytes } => Fault::Flow(Flow::GzipBomb { mebibytes: *mebibytes }),
            Self::Endless => Fault::Flow(Flow::Endless),
            _ => return None,
        })
    }

    /// Faults of the server: it refuses, understands something else, or is not what it was.
    fn of_server(&self, request: &Request) -> Option<Fault> {
        Some(match self {
            Self::NotFound => Fault::StatusBefore(Canned(not_found(request).into())),
            Self::Forbidden => Fault::StatusBefore(Canned(Refusal::forbidden().into())),
            Self::Unauthorized => Fault::StatusBefore(Canned(unauthorized().into())),
            Self::InvalidRecord(complaint) => Fault::StatusBefore(invalid(*complaint, request)),
            Self::WriteIgnored => Fault::IgnoreWrite,
            Self::StoredRounded { decimals } => stored(Altered::Rounded(*decimals)),
            Self::StoredAtMost { quantity: Amount(most) } => stored(Altered::AtMost(*most)),
            Self::StoredPlus { quantity: Amount(more) } => stored(Altered::Plus(*more)),
            Self::OtherFieldChanges { field, value: Amount(value) } => {
                Fault::Misread(Misreading::AlsoSets { field: field.clone(), value: *value })
            }
            Self::ShortPage { rows } => Fault::Misread(Misreading::PageSize(*rows)),
            Self::RepeatedPage => Fault::Misread(Misreading::PageBefore),
            Self::RowInserted => Fault::After(Meddling::RowInserted),
            Self::RowDeleted => Fault::After(Meddling::RowDeleted),
            Self::AnotherActor { does, at, addition, last_updated } => {
                at.side(Meddling::AnotherActor { deed: *does, addition: *addition, trace: *last_updated })
            }
            Self::StaleRead { within } => Fault::StaleRead(within.as_seconds()),
            Self::ReleaseMoves { to, reach } => {
                Fault::Before(Meddling::ReleaseMoves { to: to.clone(), reach: *reach })
            }
            Self::PermissionRemoved { function, right } => {
                Fault::Before(Meddling::PermissionRemoved(*function, *right))
            }
            Self::KeyRevoked => Fault::Before(Meddling::KeyRevoked),
            _ => return None,
        })
    }

    /// Faults of what is shown.
    fn of_answer(&self) -> Option<Fault> {
        let disguise = match self {
            Self::Truncated => return Some(Fault::TruncatedJson),
            Self::Empty => return Some(Fault::EmptyBody),
            Self::Page => return Some(Fault::Html),
            Self::NoContent => Disguise::NoContent,
            Self::NullBody => Disguise::NullBody,
            Self::WrongType { name } => Disguise::ContentType(name.clone()),
            Self::CountOff { by } => Disguise::Count(*by),
            Self::LinkLoops => Disguise::Links(Astray::Loop),
            Self::LinkElsewhere { to } => Disguise::Links(Astray::Elsewhere(to.clone())),
            Self::LinkMissing => Disguise::Links(Astray::Missing),
            Self::OtherRecord => Disguise::OtherRecord,
            Self::EmptyDates => Disguise::EmptyDates,
            Self::ExtraProperties => Disguise::ExtraProperties,
            Self::AdditionStatus => Disguise::AdditionStatus,
            Self::IsCloud(form) => Disguise::IsCloud(*form),
            Self::Age { by } => Disguise::Header("age", by.as_seconds().to_string()),
            Self::RepeatedDate { date } => Disguise::Header("date", date.clone()),
            Self::HugeHeaders { kibibytes } => Disguise::HugeHeaders(*kibibytes),
            _ => return None,
        };
        Some(Fault::Disguise(disguise))
    }

    /// What makes no sense, with the field it is written in.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let wrong = |field, why: &str| Err((field, why.to_owned()));
        match self {
            Self::Throttle { per_minute: 0, .. } => {
                wrong("fault.throttle.perMinute", "0 would answer nothing")
            }
            Self::ShortPage { rows: 0 } => wrong("fault.shortPage.rows", "0 would never come to an end"),
            Self::SlowBody { bytes: 0, .. } => wrong("fault.slowBody.bytes", "0 would never come to an end"),
            Self::Gateway { status, .. } | Self::Status { status, .. } | Self::Redirect { status, .. }
                if !(200..600).contains(status) =>
            {
                Err(("fault", format!("{status} is no status: write a number from 200 to 599")))
            }
            Self::StoredRounded { decimals } if *decimals > 28 => {
                wrong("fault.storedRounded.decimals", "a quantity has 28 decimals at most")
            }
            Self::ReleaseMoves { to, .. } if !is_release(to) => {
                wrong("fault.releaseMoves.to", "a release is a year, a point and a number, as 2026.5")
            }
            _ => Ok(()),
        }
    }
}

impl Commit {
    fn status(self, canned: Canned) -> Fault {
        match self {
            Self::BeforeCommit => Fault::StatusBefore(canned),
            Self::AfterCommit => Fault::StatusAfterCommit(canned),
        }
    }
}

impl Moment {
    fn side(self, meddling: Meddling) -> Fault {
        match self {
            Self::BeforeIt => Fault::Before(meddling),
            Self::AfterIt => Fault::After(meddling),
        }
    }
}

fn stored(altered: Altered) -> Fault {
    Fault::Misread(Misreading::Quantity(altered))
}

fn is_release(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('.').is_some_and(|(year, month)| number(year) && number(month))
}

/// 429 with the `Retry-After` that a file names.
fn throttled(retry_after: Option<&str>, now: Timestamp) -> Canned {
    match retry_after {
        None | Some("none") => Canned::throttled(None),
        Some("date") => {
            let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&(now + RETRY_AFTER));
            Canned::throttled(date.ok().as_deref())
        }
        Some(text) => Canned::throttled(Some(text)),
    }
}

fn not_found(request: &Request) -> Refusal {
    match routes::endpoint_of(&request.path) {
        Some(Endpoint::Record(kind, _, id)) => Refusal::not_found(kind, id),
        _ => Refusal::no_endpoint(),
    }
}

fn unauthorized() -> Refusal {
    Refusal::unauthorized(401, "The public or private key is incorrect")
}

/// A flaw of long ago in a field that the request does not touch.
fn invalid(complaint: Complaint, request: &Request) -> Canned {
    match complaint {
        Complaint::Structured => {
            let kind = match routes::endpoint_of(&request.path) {
                Some(Endpoint::Record(kind, ..) | Endpoint::Collection(kind, _)) => kind,
                _ => Kind::Addition,
            };
            let flaw =
                Flaw::new(FlawCode::InvalidField, "invoiceGrouping", "The invoiceGrouping is not valid");
            Canned(Refusal::invalid(kind, vec![flaw]).into())
        }
        Complaint::Generic => {
            Canned::new(500, r#"{"code":"ConnectWiseApi","message":"An undefined error has occurred"}"#)
        }
    }
}
