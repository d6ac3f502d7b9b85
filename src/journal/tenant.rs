//! What the journal knows of a tenant as a whole: its ConnectWise, its runs, its last plan.
//!
//! Plain values.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Open, RunId};
use crate::outbound::origin;
use crate::plan::Summary;

/// Which ConnectWise a tenant is, recorded at first use, so that credentials of another one are refused. Two that are
/// written in other ways may be [the same](Self::is_same).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// The site, as the settings name it.
    pub site: Arc<str>,
    /// The login company.
    pub company: Arc<str>,
}

impl Instance {
    /// Whether both are one ConnectWise, in whatever way they are written: the case of a host means nothing, nor does a
    /// port that goes without saying. No two login companies of a site differ by case alone, whether or not it minds the
    /// case of a login: taking them for two could let two tenants write the same bills.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        origin(&self.site) == origin(&other.site) && self.company.eq_ignore_ascii_case(&other.company)
    }
}

impl fmt::Display for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.company, self.site)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunResult {
    /// Every line is verified.
    Verified,
    /// Every line that may change is verified; others are held.
    Held,
    /// Its commit does not descend from the applied one: nothing was written, and the applied one stays what it was.
    Refused,
    /// A freeze window was open: nothing was written, and the applied commit stays what it was.
    Frozen,
    /// Some lines failed, were stale, or are in doubt.
    Partial,
    /// It could not be carried through.
    Failed,
    /// The process ended before the run did; known only afterwards.
    Interrupted,
}

impl RunResult {
    /// Whether everything that was to be done was done.
    #[must_use]
    pub fn is_good(self) -> bool {
        match self {
            Self::Verified | Self::Held | Self::Frozen => true,
            Self::Refused | Self::Partial | Self::Failed | Self::Interrupted => false,
        }
    }

    /// The word it is stored and shown by.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Held => "held",
            Self::Refused => "refused",
            Self::Frozen => "frozen",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Verified,
            Self::Held,
            Self::Refused,
            Self::Frozen,
            Self::Partial,
            Self::Failed,
            Self::Interrupted,
        ];
        all.into_iter().find(|result| result.as_str() == text)
    }
}

/// One application of one plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number.
    pub id: RunId,
    /// The commit of the mappings.
    pub commit: Arc<str>,
    /// The digest of the plan.
    pub plan: Arc<str>,
    /// When it began.
    pub began_at: Timestamp,
    /// When and how it ended. `None`: it goes on, or the process ended.
    pub ended: Option<(Timestamp, RunResult)>,
}

/// The last plan that was drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// When.
    pub at: Timestamp,
    /// The commit of the mappings.
    pub commit: Arc<str>,
    /// The digest of the plan.
    pub digest: Arc<str>,
    /// Its counts and its money.
    pub summary: Summary,
}

/// The state of a tenant, as far as the journal knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantStatus {
    /// Its ConnectWise.
    pub instance: Option<Instance>,
    /// The last run.
    pub last_run: Option<Run>,
    /// The last run in which everything that was to be done was done.
    pub last_good_run: Option<Run>,
    /// The last plan.
    pub last_planned: Option<Planned>,
    /// The commit that was applied last, wholly or in part.
    pub last_applied_commit: Option<Arc<str>>,
    /// The intents that are not settled; those with a doubt are in doubt, the others in flight or left by a process
    /// that ended.
    pub open_intents: Vec<Open>,
}

#[cfg(test)]
mod tests {
    use super::Instance;

    fn instance(site: &str, company: &str) -> Instance {
        Instance { site: site.into(), company: company.into() }
    }

    #[test]
    fn i7_one_connectwise_is_known_again_in_whatever_way_its_site_is_written() {
        let known = instance("https://api-na.myconnectwise.net", "examplemsp");

        for site in [
            "https://API-NA.myconnectwise.net",
            "https://api-na.myconnectwise.net/",
            "https://api-na.myconnectwise.net:443",
            "https://Api-na.MyConnectWise.net:0443/",
        ] {
            assert!(known.is_same(&instance(site, "examplemsp")), "{site}");
            assert!(instance(site, "ExampleMSP").is_same(&known), "{site}");
        }
        let address = instance("https://[2001:DB8:0::1]:8443", "m");
        assert!(address.is_same(&instance("https://[2001:db8::1]:8443", "m")));
    }

    #[test]
    fn i7_another_host_port_or_company_is_another_connectwise() {
        let known = instance("https://api-na.myconnectwise.net", "examplemsp");

        for (site, company) in [
            ("https://api-eu.myconnectwise.net", "examplemsp"),
            ("https://api-na.myconnectwise.net:8443", "examplemsp"),
            ("https://api-na.myconnectwise.net:80", "examplemsp"),
            ("https://api-na.myconnectwise.net", "examplemsp2"),
        ] {
            assert!(!known.is_same(&instance(site, company)), "{company} at {site}");
        }
    }
}
