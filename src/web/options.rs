//! Where the page and the metrics are served, and what an address beyond this machine demands.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::login::Access;
use super::routes::{MetricsAccess, metrics_routes, page_routes};
use super::{Limits, ListenerOptions, Proxy, Tls, Token, WebError, load_tls, serve};
use crate::reconciler::standing::Board;

/// Where something listens, and who may ask there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// The address.
    pub address: SocketAddr,
    /// Its certificate and key.
    pub tls: Option<Tls>,
    /// The reverse proxy in front of it.
    pub proxy: Option<Proxy>,
    /// Names it goes by besides its address.
    pub names: Vec<String>,
    /// The users file.
    pub users: Option<PathBuf>,
}

impl Default for Listen {
    /// Loopback, for whoever is on this machine.
    fn default() -> Self {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8480));
        Self { address, tls: None, proxy: None, names: Vec::new(), users: None }
    }
}

/// What is missing where a page can be reached from elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsafe {
    /// What is sent could be read on the way.
    #[error("the address is not loopback, and there is neither tls nor a proxy")]
    NotEncrypted,
    /// Anybody could look.
    #[error("it is reached from elsewhere, and there is no login")]
    NoLogin,
}

/// Whether the page may be served there: beyond loopback only encrypted, and beyond this machine only for users. A proxy
/// takes a loopback address beyond this machine.
///
/// # Errors
///
/// What is missing.
pub fn check(listen: &Listen) -> Result<(), Unsafe> {
    let is_loopback = listen.address.ip().to_canonical().is_loopback();
    if is_loopback && listen.proxy.is_none() {
        return Ok(());
    }
    let proxy = listen.proxy.as_ref().filter(|proxy| !proxy.addresses.is_empty());
    if !is_loopback && listen.tls.is_none() && proxy.is_none() {
        return Err(Unsafe::NotEncrypted);
    }
    let names_users = proxy.is_some_and(|proxy| proxy.user_header.is_some());
    if listen.users.is_none() && !names_users {
        return Err(Unsafe::NoLogin);
    }
    Ok(())
}

/// What is served where.
#[derive(Clone, Debug, Default)]
pub struct WebOptions {
    /// The page.
    pub page: Listen,
    /// The metrics on a listener of their own; beside the page when left out.
    pub metrics: Option<Listen>,
    /// What reads the metrics must show. Without it they are for this machine alone.
    pub token: Option<Token>,
}

/// The page and the metrics, ready to be served.
#[derive(Debug)]
pub struct Web {
    served: Vec<(TcpListener, axum::Router, ListenerOptions)>,
}

impl Web {
    /// Listens: from here on every address is taken and every file is read.
    ///
    /// # Errors
    ///
    /// When an address is not safe or is taken, or a file cannot be used.
    pub async fn bind(options: &WebOptions, board: &Board, journal: &Path) -> Result<Self, WebError> {
        let WebOptions { page, metrics, token } = options;
        check(page).map_err(|missing| WebError::Unsafe { address: page.address, missing })?;
        let user_header = page.proxy.as_ref().and_then(|proxy| proxy.user_header.as_deref());
        let access = Access::new(page.users.clone(), user_header)?;
        let beside = metrics.is_none().then_some(MetricsAccess { token: *token });
        let routes = page_routes(board, journal, access, beside);
        let mut served = vec![bind(page, routes).await?];
        if let Some(listen) = metrics {
            let routes = metrics_routes(board, MetricsAccess { token: *token });
            served.push(bind(listen, routes).await?);
        }
        Ok(Self { served })
    }

    /// The addresses that were taken: the page's first.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.served.iter().filter_map(|(listener, _, _)| listener.local_addr().ok()).collect()
    }

    /// Serves until `stop` is there.
    ///
    /// # Errors
    ///
    /// When a socket breaks.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> Result<(), WebError> {
        let (stopping, stopped) = watch::channel(false);
        let mut listeners = tokio::task::JoinSet::new();
        for (listener, routes, options) in self.served {
            let mut stopped = stopped.clone();
            let told = async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            listeners.spawn(serve(listener, routes, options, told));
        }
        stop.await;
        let _ = stopping.send(true);
        while let Some(ended) = listeners.join_next().await {
            if let Ok(ended) = ended {
                ended?;
            }
        }
        Ok(())
    }
}

async fn bind(
    listen: &Listen,
    routes: axum::Router,
) -> Result<(TcpListener, axum::Router, ListenerOptions), WebError> {
    let address = listen.address;
    let options = ListenerOptions {
        names: listen.names.clone(),
        tls: listen.tls.as_ref().map(load_tls).transpose()?,
        proxy: listen.proxy.clone(),
        limits: Limits::default(),
    };
    let listener = TcpListener::bind(address).await.map_err(|source| WebError::Listen { address, source })?;
    Ok((listener, routes, options))
}

#[cfg(test)]
mod tests;
