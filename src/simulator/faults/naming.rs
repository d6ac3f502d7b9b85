//! What the faults of a file are called, in files, reports and the log alike.

use super::bite::Bite;

impl Bite {
    /// The name, as it is written in a file.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::SlowFirstByte { .. } => "slowFirstByte",
            Self::SlowBody { .. } => "slowBody",
            Self::LandsLate { .. } => "landsLate",
            Self::Throttle { .. } => "throttle",
            Self::TooMany { .. } => "tooMany",
            Self::TimedOut(_) => "timedOut",
            Self::Reset(_) => "reset",
            Self::Gateway { .. } => "gateway",
            Self::Status { .. } => "status",
            Self::Truncated => "truncated",
            Self::Empty => "empty",
            Self::NoContent => "noContent",
            Self::Page => "page",
            Self::NullBody => "nullBody",
            Self::WrongType { .. } => "wrongType",
            Self::Redirect { .. } => "redirect",
            Self::NotFound => "notFound",
            Self::ReleaseMoves { .. } => "releaseMoves",
            Self::RowInserted => "rowInserted",
            Self::RowDeleted => "rowDeleted",
            Self::ShortPage { .. } => "shortPage",
            Self::CountOff { .. } => "countOff",
            Self::RepeatedPage => "repeatedPage",
            Self::LinkLoops => "linkLoops",
            Self::LinkElsewhere { .. } => "linkElsewhere",
            Self::LinkMissing => "linkMissing",
            Self::AnotherActor { .. } => "anotherActor",
            Self::StaleRead { .. } => "staleRead",
            Self::InvalidRecord(_) => "invalidRecord",
            Self::WriteIgnored => "writeIgnored",
            Self::StoredRounded { .. } => "storedRounded",
            Self::StoredAtMost { .. } => "storedAtMost",
            Self::StoredPlus { .. } => "storedPlus",
            Self::OtherFieldChanges { .. } => "otherFieldChanges",
            Self::OtherRecord => "otherRecord",
            Self::EmptyDates => "emptyDates",
            Self::ExtraProperties => "extraProperties",
            Self::AdditionStatus => "additionStatus",
            Self::IsCloud(_) => "isCloud",
            Self::Forbidden => "forbidden",
            Self::Unauthorized => "unauthorized",
            Self::PermissionRemoved { .. } => "permissionRemoved",
            Self::KeyRevoked => "keyRevoked",
            Self::Age { .. } => "age",
            Self::RepeatedDate { .. } => "repeatedDate",
            Self::HugeHeaders { .. } => "hugeHeaders",
            Self::GzipBomb { .. } => "gzipBomb",
            Self::Endless => "endless",
        }
    }
}
