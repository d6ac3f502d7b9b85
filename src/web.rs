//! What people and monitors look at: the status page, its JSON, the health checks and the metrics, and how they are
//! served.
//!
//! Shows what the reconciler's board and the journal say and decides nothing of it. Nothing here writes, to ConnectWise
//! or to the journal: logging in, and ringing by a hook, is all that can be sent.

mod error;
mod headers;
mod health;
pub mod hooks;
mod hosts;
mod listener;
mod login;
mod metrics;
mod network;
mod options;
mod page;
mod private;
mod routes;
mod status;
mod tls;
mod token;

use jiff::Timestamp;

pub use error::WebError;
pub use listener::{Caller, Limits, ListenerOptions, Proxy, serve};
pub use login::{PasswordError, hash_password};
pub use options::{Listen, Unsafe, Web, WebOptions, check};
pub use tls::{Tls, load_tls};
pub use token::Token;

/// What time it is.
type Clock = fn() -> Timestamp;
