//! What the log says of the members' rights: each thing once, and again when it is another one.

use tracing::warn;

use crate::connectwise::{Finding, Flaw};
use crate::reconciler::Preflight;

/// What was told already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ToldOf {
    findings: Vec<Finding>,
    unreadable: bool,
}

impl ToldOf {
    /// Tells what is new. What keeps a pass from writing is told by the pass that fails of it.
    pub(super) fn tell(&mut self, tenant: &str, pass: u64, rights: &Preflight) {
        match rights {
            Preflight::Skipped | Preflight::KeysRefused(_) => {}
            Preflight::Unreadable(error) => {
                if !std::mem::replace(&mut self.unreadable, true) {
                    warn!(tenant, pass, %error, "nothing is assumed of the API member's rights");
                }
            }
            Preflight::Asked { rights, writes } => {
                self.unreadable = false;
                let barring: Vec<&Finding> = rights.barring(*writes).collect();
                let findings = rights.findings.iter().filter(|finding| !barring.contains(finding));
                let findings: Vec<Finding> = findings.cloned().collect();
                if self.findings != findings {
                    self.findings = findings;
                    self.list(tenant, pass);
                }
            }
        }
    }

    fn list(&self, tenant: &str, pass: u64) {
        let first = |flaw| self.findings.iter().find(|finding| finding.flaw == flaw);
        let count = |flaw| self.findings.iter().filter(|finding| finding.flaw == flaw).count();
        if let Some(first) = first(Flaw::Missing) {
            let count = count(Flaw::Missing);
            warn!(tenant, pass, count, %first, "the API member lacks rights; no write needs them now");
        }
        if let Some(first) = first(Flaw::Unclear) {
            let count = count(Flaw::Unclear);
            warn!(tenant, pass, count, %first, "it is not clear whether the API member has the rights it needs");
        }
        if let Some(first) = first(Flaw::Excess) {
            let count = count(Flaw::Excess);
            warn!(tenant, pass, count, %first, "the API member may do more than is needed");
        }
    }
}
