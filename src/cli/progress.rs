//! What a long read shows while it runs: on a terminal only, and gone when it ends.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::connectwise::{Detour, Progress as Step};
use crate::problem::printable;

use super::screen::Screen;

/// A line at the bottom of the terminal that says what is being read.
pub(super) struct Progress {
    bar: ProgressBar,
    screen: Screen,
}

impl Progress {
    pub(super) fn new(screen: Screen) -> Self {
        Self::saying(screen, "Reading ConnectWise".to_owned())
    }

    /// Says that mappings are fetched.
    pub(super) fn fetching(screen: Screen, place: &str) -> Self {
        Self::saying(screen, format!("Fetching {place}"))
    }

    fn saying(screen: Screen, what: String) -> Self {
        let target =
            if screen.shows_progress() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(100));
        Self { bar, screen }
    }

    /// Shows a step of a read. What changes the way, or leaves something out, is said and stays.
    pub(super) fn read(&self, step: &Step) {
        match step {
            Step::Listed { resource, records } => {
                self.bar
                    .set_message(format!("Reading ConnectWise: {records} {}", plain(&resource.to_string())));
            }
            Step::Additions { agreements_done, agreements } => self.bar.set_message(format!(
                "Reading ConnectWise: additions of {agreements_done} of {agreements} agreements"
            )),
            Step::Incomplete { agreement, cause } => self.say(&format!(
                "The additions of agreement {agreement} could not be read whole, so its lines are held: {}",
                printable(cause)
            )),
            Step::Detour(detour) => self.say(match detour {
                Detour::NoBundles => {
                    "ConnectWise bundles no reads here: additions are read agreement by agreement"
                }
                Detour::AllAgreements => "ConnectWise filters no agreements by type here: all are read",
                Detour::WholeCatalogue => {
                    "ConnectWise filters no products by number here: the whole catalogue is read"
                }
            }),
        }
    }

    /// Takes the line away.
    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| self.screen.say(line));
    }
}

/// "the company info" as "company info", after a number.
fn plain(resource: &str) -> &str {
    resource.strip_prefix("the ").unwrap_or(resource)
}
