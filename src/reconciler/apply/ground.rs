//! The agreement that a line is created on: whose it is, whether it runs, and the first day it allows.
//!
//! Decides whether a line may be created there, and whether that is still so. Knows nothing of additions.

use jiff::{Timestamp, civil::Date};

use super::hands::Hands;
use crate::billing::{AgreementId, CompanyId};
use crate::journal::attempt::{Conclusion, Stale, first_day};
use crate::mapping::utc_day;

/// What a create rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ground {
    agreement: AgreementId,
    company: CompanyId,
    /// The first day that the agreement allows.
    pub(super) first_day: Date,
}

impl Ground {
    /// Looks at the agreement; what to conclude where nothing may be created on it.
    pub(super) async fn read(
        agreement: AgreementId,
        company: CompanyId,
        hands: &Hands<'_>,
    ) -> Result<Self, Conclusion> {
        let today: Date = utc_day(Timestamp::now());
        match hands.reach.ask(hands.connectwise.agreement(agreement)).await {
            Ok(Some(found)) if found.company != company => Err(Conclusion::Stale(Stale::AgreementMoved)),
            Ok(Some(found)) if !found.is_active(today) => Err(Conclusion::Stale(Stale::AgreementEnded)),
            Ok(Some(found)) => Ok(Self { agreement, company, first_day: first_day(&found, today) }),
            Ok(None) => Err(unreadable("its agreement was not found".to_owned())),
            Err(unread) => Err(unreadable(unread.to_string())),
        }
    }

    /// Looks again: what to conclude where it is not as before.
    pub(super) async fn changed(self, hands: &Hands<'_>) -> Option<Conclusion> {
        match Self::read(self.agreement, self.company, hands).await {
            Ok(now) if now == self => None,
            Ok(_) => Some(unreadable("another first day is allowed by its agreement now".to_owned())),
            Err(conclusion) => Some(conclusion),
        }
    }
}

fn unreadable(message: String) -> Conclusion {
    Conclusion::Unreadable { message }
}
