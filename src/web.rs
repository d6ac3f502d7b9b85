//! What people and monitors look at: the status page, its JSON, the health checks and the metrics, and how they are
//! served.
//!
//! Shows what the reconciler's board and the journal say and decides nothing of it. Nothing here writes, to ConnectWise
//! or to the journal: logging in, and ringing by a hook, is all that can be sent.

mod error;
mod headers;
pub mod hooks;
mod hosts;
mod listener;
mod private;
mod tls;

pub use error::WebError;
pub use listener::{Caller, Limits, ListenerOptions, Proxy, serve};
pub use tls::{Tls, load_tls};
