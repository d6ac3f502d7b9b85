//! Work on files, apart from the tenant's task: a disk or a mount that hangs must not take the task along.
//!
//! Decides how long it is waited for. Knows nothing of what is read.

use std::time::Duration;

use super::setback::Setback;
use super::worker::Worker;
use crate::reconciler::standing::Phase;

/// A fetch gives up after a minute; whatever of reading files takes longer than this hangs, as a dead mount does.
pub(super) const PATIENCE: Duration = Duration::from_secs(3 * 60);

/// What to do about files that hang.
const HANGS: &str = "check whether the disk or the network mount that they lie on answers";

impl Worker {
    /// Does work on files where it may block, and gives it up when it hangs or a stop is requested. No other work is begun
    /// while it hangs.
    pub(super) async fn apart<T: Send + 'static>(
        &mut self,
        phase: Phase,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Setback> {
        if self.hanging.as_ref().is_some_and(|hanging| !hanging.is_finished()) {
            let message = "An earlier read of the repository or the usage files hangs still";
            return Err(Setback::passing(phase, message, Some(HANGS.to_owned())));
        }
        let work = tokio::task::spawn_blocking(work);
        self.hanging = Some(work.abort_handle());
        tokio::select! {
            joined = tokio::time::timeout(self.patience, work) => match joined {
                Ok(joined) => Ok(resumed(joined)),
                Err(_) => {
                    let seconds = self.patience.as_secs();
                    let message = format!("Reading the repository or the usage files took longer than {seconds} seconds");
                    Err(Setback::passing(phase, message, Some(HANGS.to_owned())))
                }
            },
            () = self.stop.wait() => Err(Setback::stopped(phase)),
        }
    }
}

/// What came of work on another thread; its panic goes on here.
fn resumed<T>(joined: Result<T, tokio::task::JoinError>) -> T {
    joined.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
