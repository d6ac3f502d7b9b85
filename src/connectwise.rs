//! Reaches a ConnectWise PSA: reads what is billed, and sets a quantity where somebody decided one.
//!
//! Produces the values of `billing` and nothing else. Knows neither mappings nor usage nor plans, decides no
//! quantity, keeps no journal, and never logs. Whoever only plans holds a [`ConnectWise`]; only a [`Writer`] writes what is
//! billed. A [`TicketDesk`] opens tickets for people and reaches nothing else.

mod additions;
mod agreements;
mod answer;
mod bundles;
mod client;
mod companies;
mod company_info;
mod conditions;
mod cross_references;
mod error;
mod freshness;
mod meter;
mod options;
mod pace;
mod pages;
mod products;
mod progress;
mod resource;
mod retry;
mod rights;
mod scope;
mod session;
mod tickets;
mod transport;
mod view;
pub mod wire;
mod writer;

pub use crate::outbound::Encryption;
pub use client::ConnectWise;
pub use company_info::Instance;
pub use error::{Class, ConnectWiseError};
pub use meter::{Meter, Readings};
pub use options::{KeyPair, Options};
pub use pace::{Pace, Paces, Rate};
pub use progress::{Detour, Progress};
pub use resource::Resource;
pub use rights::{
    Action, Finding, Flaw, Level, LineWrites, Needs, Purpose, Rights, RightsError, TicketUse, WhichKeys,
};
pub use scope::Scope;
pub use tickets::{NewTicket, TicketAnswer, TicketDesk, TicketId, TicketState};
pub use writer::{WriteAnswer, Writer};

#[cfg(test)]
mod tests;
