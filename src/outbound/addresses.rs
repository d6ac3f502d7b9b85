//! Which addresses a host's name may mean: checked when a connection is made, each time, on the addresses it is made to.
//!
//! Whoever answers for a name could otherwise lead us to this machine, to its neighbours, or to the service that hands out
//! a cloud machine's credentials. An address that the operator wrote as such is no name and is not asked about here.

mod kind;

use std::error::Error;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use self::kind::{Kind, kind};

/// What the names of far ends may mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Addresses {
    /// Public addresses.
    #[default]
    Public,
    /// Also those of private networks, where servers of one's own are.
    Private,
    /// Also this machine.
    Any,
}

/// A name that means an address it may not mean.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{host} means {address}, which is {what}{way}")]
pub struct RefusedAddress {
    /// The name.
    pub host: String,
    /// What it means.
    pub address: IpAddr,
    /// What kind of address that is.
    pub what: &'static str,
    way: &'static str,
}

/// Whether a name was refused for what it means.
#[must_use]
pub fn is_refused_address(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<RefusedAddress>().is_some() {
            return true;
        }
        source = cause.source();
    }
    false
}

/// Looks a name up.
pub(super) type Lookup =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> + Send + Sync>;

/// The resolver of a client.
pub(super) struct Guard {
    pub(super) allowed: Rule,
    /// The proxy, which is where the operator says.
    pub(super) proxy: Option<String>,
    pub(super) lookup: Lookup,
}

/// What names may mean to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// This machine and nothing else.
    Loopback,
    /// What is allowed of the world.
    World(Addresses),
}

/// The system's own way of looking names up.
pub(super) fn system() -> Lookup {
    Arc::new(|host| Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) }))
}

impl Guard {
    fn rule(&self, host: &str) -> Rule {
        let is = |known: &str| known.eq_ignore_ascii_case(host);
        if is("localhost") {
            // It means this machine wherever it is written; whoever makes it mean another one is refused.
            Rule::Loopback
        } else if self.proxy.as_deref().is_some_and(is) {
            Rule::World(Addresses::Any)
        } else {
            self.allowed
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        let rule = self.rule(&host);
        let found = (self.lookup)(host.clone());
        Box::pin(async move {
            let found = found.await?;
            for address in &found {
                permit(&host, address.ip(), rule)?;
            }
            if found.is_empty() {
                return Err(Box::<dyn Error + Send + Sync>::from("the name means no address"));
            }
            let found: Addrs = Box::new(found.into_iter());
            Ok(found)
        })
    }
}

/// One address that is refused refuses the name: what mixes them is not to be trusted with the others.
fn permit(host: &str, address: IpAddr, rule: Rule) -> Result<(), RefusedAddress> {
    let (is_allowed, what) = match (kind(address), rule) {
        (Kind::Loopback, Rule::Loopback | Rule::World(Addresses::Any)) => return Ok(()),
        (Kind::Private, Rule::World(Addresses::Private | Addresses::Any)) => return Ok(()),
        (Kind::Public, Rule::World(_)) => return Ok(()),
        (Kind::Public | Kind::Private, Rule::Loopback) => (false, "not this machine"),
        (Kind::Private, Rule::World(Addresses::Public)) => (true, "a private address"),
        (Kind::Loopback, Rule::World(Addresses::Public)) => (true, "this machine"),
        (Kind::Loopback, Rule::World(Addresses::Private)) => (false, "this machine"),
        (Kind::Never(what), _) => (false, what),
    };
    let way = if is_allowed { "; allow_private_addresses would allow it" } else { "; no far end is there" };
    Err(RefusedAddress { host: host.to_owned(), address, what, way })
}

#[cfg(test)]
mod tests;
