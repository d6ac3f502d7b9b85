//! Why an account's share cannot be told: its code and the sentence for it.

use crate::problem::Code;

/// Why an account's share, or all of them, cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// Its row in the usage was refused.
    Rejected,
    /// It fits several companies.
    AmbiguousCompany,
    /// It shares its company without an explicit link.
    SharedCompany,
    /// A complete snapshot lacks it, and that is not confirmed.
    Absent,
    /// An incomplete snapshot lacks it.
    Incomplete,
    /// No row covers its plan.
    UnmappedPlan,
    /// Its plan is unknown, and rows differ by plan.
    UnknownPlan,
    /// The source did not report the figure.
    Unmeasured,
    /// Its plan has no base size to subtract.
    UnknownBase,
    /// No decimal holds the figure.
    TooLarge,
}

impl Doubt {
    /// The stable code.
    pub(super) fn code(self) -> Code {
        match self {
            Self::Rejected => Code::UsageRejected,
            Self::AmbiguousCompany => Code::AmbiguousCompany,
            Self::SharedCompany => Code::SharedCompany,
            Self::Absent => Code::AccountAbsent,
            Self::Incomplete => Code::UsageIncomplete,
            Self::UnmappedPlan => Code::UnmappedPlan,
            Self::UnknownPlan | Self::Unmeasured => Code::UsageUnknown,
            Self::UnknownBase => Code::UnknownBase,
            Self::TooLarge => Code::Sanity,
        }
    }

    /// The sentence. The detail is what was rejected, the plan, the type, or the source.
    pub(super) fn sentence(self, account: &str, detail: &str) -> String {
        match self {
            Self::Rejected => format!("the usage of account {account} was rejected: {detail}"),
            Self::AmbiguousCompany => format!("account {account} fits several companies"),
            Self::SharedCompany => {
                format!(
                    "account {account} shares its company, and not all of its accounts are linked explicitly"
                )
            }
            Self::Absent => format!("account {account} is missing from the usage of {detail}"),
            Self::Incomplete => {
                format!("account {account} is missing from the usage of {detail}, which is incomplete")
            }
            Self::UnmappedPlan => format!("no mapping row covers the plan {detail} of account {account}"),
            Self::UnknownPlan => format!("the plan of account {account} is unknown"),
            Self::Unmeasured => {
                format!("the source reports no {detail} of account {account}, and unknown is not 0")
            }
            Self::UnknownBase => format!("the plan of account {account} has no base size to subtract"),
            Self::TooLarge => format!("the {detail} of account {account} is too large to compute with"),
        }
    }
}
