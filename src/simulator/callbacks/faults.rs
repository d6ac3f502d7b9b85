//! What goes wrong with callbacks between the server and the receiver: one comes twice, late, or never.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What happens to a callback on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum CallbackFault {
    /// It is delivered twice, the same bytes.
    #[serde(rename = "callbackTwice")]
    Twice,
    /// The next one overtakes it. Where none comes, it is a minute late.
    #[serde(rename = "callbackLate")]
    Late,
    /// It is never sent.
    #[serde(rename = "callbackLost")]
    Lost,
}

impl CallbackFault {
    /// The name in the log.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Twice => "callback twice",
            Self::Late => "callback late",
            Self::Lost => "callback lost",
        }
    }
}

/// The faults that wait for callbacks, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Armed(VecDeque<(CallbackFault, u32)>);

impl Armed {
    /// Arms a fault for so many callbacks.
    pub(super) fn arm(&mut self, fault: CallbackFault, times: u32) {
        if times > 0 {
            self.0.push_back((fault, times));
        }
    }

    /// The fault that befalls the next callback, used up by one.
    pub(super) fn take(&mut self) -> Option<CallbackFault> {
        let (fault, left) = self.0.front_mut()?;
        let fault = *fault;
        *left -= 1;
        if *left == 0 {
            self.0.pop_front();
        }
        Some(fault)
    }

    /// How many callbacks are still to be befallen.
    pub(super) fn left(&self) -> u32 {
        self.0.iter().map(|(_, left)| left).sum()
    }
}
