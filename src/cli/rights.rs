//! What is told of the API members' rights before anything is written.

use super::screen::Screen;
use crate::connectwise::{Finding, LineWrites};
use crate::problem::printable;
use crate::reconciler::Preflight;

/// So many findings are told one by one: a member that may do everything has hundreds.
const TOLD: usize = 5;

/// How a role is put right.
pub(super) const HINT: &str = "Change the member's security role in ConnectWise: System > Security Roles";

/// Tells what keeps the run from being tried, or what the members may do beyond what is needed.
pub(super) fn tell(preflight: &Preflight, screen: &Screen) {
    match preflight {
        Preflight::Skipped => {}
        Preflight::Asked { rights, writes } => {
            let barring: Vec<&Finding> = rights.barring(*writes).collect();
            let others = rights.missing().filter(|finding| !barring.contains(finding));
            let heading = match rights.barring(LineWrites::Quantities).next() {
                Some(_) => "Nothing is written: the API member lacks rights that are needed",
                None => "No line is created: the API member lacks rights that are needed",
            };
            list(heading, barring.iter().copied(), screen);
            list("The API member lacks rights; what is written now needs none of them", others, screen);
            list(
                "It is not clear whether the API member has rights that are needed",
                rights.unclear(),
                screen,
            );
            list(
                "The API member may do more than is needed; whoever steals its keys could too",
                rights.excess(),
                screen,
            );
        }
        Preflight::KeysRefused(error) => {
            screen.say(&format!("Nothing is written: {}", printable(&error.to_string())));
            screen.say(&format!("  hint: {}", error.error.hint()));
        }
        Preflight::Unreadable(error) => {
            screen.say(&format!("{}; nothing is assumed of them", printable(&error.to_string())));
        }
    }
}

fn list<'f>(heading: &str, findings: impl Iterator<Item = &'f Finding>, screen: &Screen) {
    let findings: Vec<&Finding> = findings.collect();
    if findings.is_empty() {
        return;
    }
    screen.say(&format!("{heading}:"));
    for finding in findings.iter().take(TOLD) {
        screen.say(&format!("  {}", printable(&finding.to_string())));
    }
    if findings.len() > TOLD {
        screen.say(&format!("  and {} more, listed by trueup doctor", findings.len() - TOLD));
    }
    screen.say(&format!("  hint: {HINT}"));
}
