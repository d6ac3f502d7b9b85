//! What faults are called, in files, reports and the log alike.

use super::bite::Bite;
use super::fault::Fault;

/// Gives every variant a name, and lists all names: a variant without one does not compile, and none can be missing in
/// the list.
macro_rules! names {
    ($kind:ident: $($variant:pat => $name:literal,)+) => {
        impl $kind {
            /// The names of all of them.
            pub const NAMES: &[&str] = &[$($name),+];

            /// The name of this one.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $($variant => $name,)+ }
            }
        }
    };
}

// As they are written in a file.
names! { Bite:
    Bite::Latency { .. } => "latency",
    Bite::SlowFirstByte { .. } => "slowFirstByte",
    Bite::SlowBody { .. } => "slowBody",
    Bite::LandsLate { .. } => "landsLate",
    Bite::Throttle { .. } => "throttle",
    Bite::TooMany { .. } => "tooMany",
    Bite::TimedOut(_) => "timedOut",
    Bite::Reset(_) => "reset",
    Bite::Gateway { .. } => "gateway",
    Bite::Status { .. } => "status",
    Bite::Truncated => "truncated",
    Bite::Empty => "empty",
    Bite::NoContent => "noContent",
    Bite::Page => "page",
    Bite::NullBody => "nullBody",
    Bite::WrongType { .. } => "wrongType",
    Bite::Redirect { .. } => "redirect",
    Bite::NotFound => "notFound",
    Bite::ReleaseMoves { .. } => "releaseMoves",
    Bite::RowInserted => "rowInserted",
    Bite::RowDeleted => "rowDeleted",
    Bite::ShortPage { .. } => "shortPage",
    Bite::CountOff { .. } => "countOff",
    Bite::RepeatedPage => "repeatedPage",
    Bite::LinkLoops => "linkLoops",
    Bite::LinkElsewhere { .. } => "linkElsewhere",
    Bite::LinkMissing => "linkMissing",
    Bite::AnotherActor { .. } => "anotherActor",
    Bite::StaleRead { .. } => "staleRead",
    Bite::InvalidRecord(_) => "invalidRecord",
    Bite::WriteIgnored => "writeIgnored",
    Bite::StoredRounded { .. } => "storedRounded",
    Bite::StoredAtMost { .. } => "storedAtMost",
    Bite::StoredPlus { .. } => "storedPlus",
    Bite::OtherFieldChanges { .. } => "otherFieldChanges",
    Bite::OtherRecord => "otherRecord",
    Bite::EmptyDates => "emptyDates",
    Bite::ExtraProperties => "extraProperties",
    Bite::AdditionStatus => "additionStatus",
    Bite::IsCloud(_) => "isCloud",
    Bite::Forbidden => "forbidden",
    Bite::Unauthorized => "unauthorized",
    Bite::PermissionRemoved { .. } => "permissionRemoved",
    Bite::KeyRevoked => "keyRevoked",
    Bite::Age { .. } => "age",
    Bite::RepeatedDate { .. } => "repeatedDate",
    Bite::HugeHeaders { .. } => "hugeHeaders",
    Bite::GzipBomb { .. } => "gzipBomb",
    Bite::Endless => "endless",
}

// As the log has them of those that tests arm.
names! { Fault:
    Fault::StatusBefore(_) => "status before",
    Fault::StatusAfterCommit(_) => "status after commit",
    Fault::DropConnectionBefore => "connection dropped before",
    Fault::DropConnectionAfterCommit => "connection dropped after commit",
    Fault::DelayMillis(_) => "landed late",
    Fault::AnswerAfterMillis(_) => "answered late",
    Fault::IgnoreWrite => "write ignored",
    Fault::TruncatedJson => "truncated JSON",
    Fault::EmptyBody => "empty body",
    Fault::Html => "page for people",
    Fault::Misread(_) => "misread",
    Fault::Before(_) => "changed before",
    Fault::After(_) => "changed after",
    Fault::StaleRead(_) => "stale read",
    Fault::Disguise(_) => "answer disguised",
    Fault::Flow(_) => "body in its own way",
}
