//! How tests and programs arm faults, and ask what came of them.

use super::fault::{Fault, Match};
use super::file::FaultFile;
use super::rule::FaultCount;
use crate::simulator::Simulator;

impl Simulator {
    /// Arms a fault for the next matching request.
    pub fn fail_next(&self, matching: Match, fault: Fault) {
        self.fail_times(matching, fault, 1);
    }

    /// Arms a fault for so many matching requests.
    pub fn fail_times(&self, matching: Match, fault: Fault, times: u32) {
        self.faults().arm(matching, fault, times);
    }

    /// How many requests the armed faults still wait for.
    #[must_use]
    pub fn faults_left(&self) -> u32 {
        self.faults().left()
    }

    /// Arms the rules of a fault file from now on, those of callbacks too, in place of those that were armed.
    pub fn set_faults(&self, file: FaultFile) {
        self.world().callbacks.clear_faults();
        for rule in &file.callbacks {
            self.fail_callbacks(rule.fault, rule.times);
        }
        self.faults().arm_file(file, self.0.clock.now());
    }

    /// What came of the rules of the fault file so far, in its order.
    #[must_use]
    pub fn fault_counts(&self) -> Vec<FaultCount> {
        self.faults().counts()
    }

    /// How many requests were over a limit of the fault file.
    #[must_use]
    pub fn over_limit(&self) -> u64 {
        self.faults().over_limit()
    }

    /// Disarms every fault: those of tests, of a file, and of callbacks. What they did to the records stays.
    pub fn clear_faults(&self) {
        self.faults().clear();
        self.world().callbacks.clear_faults();
    }
}
