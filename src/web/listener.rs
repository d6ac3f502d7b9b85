//! Serves routes on a socket, for anybody who may connect: the limits, the names and the proxies of a listener.
//!
//! HTTP/1.1 only. Everything that comes from outside is bounded in size, time and number before a route sees it. Knows
//! no route: the page, the metrics and the webhooks are served alike, together or each on its own socket.

mod answer;
mod patience;

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use super::WebError;
use super::headers::Transport;
use super::network::network;
use answer::Desk;
use patience::Patient;

pub use answer::Caller;
pub(super) use answer::Undeclared;

/// How a listener is served.
#[derive(Clone, Debug, Default)]
pub struct ListenerOptions {
    /// Names it goes by besides the address it listens on.
    pub names: Vec<String>,
    /// With this it speaks TLS and nothing else.
    pub tls: Option<Arc<ServerConfig>>,
    /// The reverse proxy in front of it.
    pub proxy: Option<Proxy>,
    /// What it allows.
    pub limits: Limits,
}

/// A reverse proxy that is believed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxy {
    /// The addresses it connects from. From any other one, what only a proxy may say is taken out of the request.
    pub addresses: Vec<IpAddr>,
    /// The header in which it names the user who logged in at it.
    pub user_header: Option<String>,
}

impl Proxy {
    /// Whether it connects from this address, however either is written.
    fn is_at(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|known| known.to_canonical() == address.to_canonical())
    }
}

/// What a listener allows. The default is what the page gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// All headers of a request together.
    pub header_bytes: usize,
    /// How many headers a request may have.
    pub headers: usize,
    /// How long a request's headers may take, and how long a connection may wait for the next request.
    pub header_time: Duration,
    /// How large a body may be.
    pub body_bytes: usize,
    /// How long a body may take.
    pub body_time: Duration,
    /// How long one who asked may leave the answer untouched.
    pub answer_time: Duration,
    /// How many connections may be open. More wait until one is closed.
    pub connections: usize,
    /// How many of one address, or of one network with IPv6; more are closed at once. A proxy that is believed may have them
    /// all.
    pub connections_per_address: usize,
    /// How many requests one connection may make.
    pub requests_per_connection: usize,
    /// How long requests under way may take once the listener is to stop.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 16 * 1024,
            headers: 64,
            header_time: Duration::from_secs(5),
            body_bytes: 64 * 1024,
            body_time: Duration::from_secs(10),
            answer_time: Duration::from_secs(10),
            connections: 64,
            connections_per_address: 16,
            requests_per_connection: 100,
            grace: Duration::from_secs(5),
        }
    }
}

impl Limits {
    /// How large a webhook may be: far above any push, and far below what other receivers take.
    pub const WEBHOOK_BODY_BYTES: usize = 256 * 1024;
}

/// Serves `routes` until `stop` is there, then lets requests under way end.
///
/// # Errors
///
/// When the socket is no listener of this machine.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    options: ListenerOptions,
    stop: impl Future<Output = ()> + Send,
) -> Result<(), WebError> {
    // The address is only looked at so that a broken socket is told before anything is served.
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    listener.local_addr().map_err(|source| WebError::Listen { address: unknown, source })?;
    let house = Arc::new(House::new(routes, options));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            (stream, seat) = house.accept(&listener) => {
                connections.spawn(Arc::clone(&house).welcome(stream, seat, stopped.clone()));
            }
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    let all_ended = async { while connections.join_next().await.is_some() {} };
    // What has not ended by then is cut when the set is dropped.
    let _ = tokio::time::timeout(house.options.limits.grace, all_ended).await;
    Ok(())
}

/// What all connections of a listener share.
struct House {
    routes: Router,
    options: ListenerOptions,
    places: Arc<Semaphore>,
    by_network: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection's place, given back when it is dropped.
struct Seat {
    address: IpAddr,
    by_network: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let network = network(self.address);
        let mut by_network = self.by_network.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_network.get_mut(&network) {
            *count -= 1;
            if *count == 0 {
                by_network.remove(&network);
            }
        }
    }
}

impl House {
    fn new(routes: Router, options: ListenerOptions) -> Self {
        let places = Arc::new(Semaphore::new(options.limits.connections));
        Self { routes, options, places, by_network: Arc::default() }
    }

    /// The next connection that has a place.
    async fn accept(&self, listener: &TcpListener) -> (TcpStream, Seat) {
        /// Long enough for files to be closed, short enough for nobody to notice.
        const OUT_OF_FILES: Duration = Duration::from_millis(100);
        loop {
            let place = Arc::clone(&self.places).acquire_owned().await.expect("nobody closes the semaphore");
            match listener.accept().await {
                Ok((stream, from)) => {
                    if let Some(seat) = self.seat(from.ip().to_canonical(), place) {
                        return (stream, seat);
                    }
                }
                // Either that connection is gone already, or no file is left for it: then trying at once would spin.
                Err(_) => tokio::time::sleep(OUT_OF_FILES).await,
            }
        }
    }

    fn seat(&self, address: IpAddr, place: OwnedSemaphorePermit) -> Option<Seat> {
        let mut by_network = self.by_network.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_network.entry(network(address)).or_default();
        if *count >= self.options.limits.connections_per_address && !self.is_proxy(address) {
            return None;
        }
        *count += 1;
        Some(Seat { address, by_network: Arc::clone(&self.by_network), _place: place })
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.options.proxy.as_ref().is_some_and(|proxy| proxy.is_at(address))
    }

    async fn welcome(self: Arc<Self>, stream: TcpStream, seat: Seat, stopped: watch::Receiver<bool>) {
        let Ok(local) = stream.local_addr() else { return };
        let local = local.ip().to_canonical();
        // Without it an answer is merely slower.
        let _ = stream.set_nodelay(true);
        let limits = self.options.limits;
        let stream = Patient::new(stream, limits.answer_time);
        match self.options.tls.clone() {
            None => self.converse(stream, &seat, local, Transport::Plain, stopped).await,
            Some(tls) => {
                let hello = TlsAcceptor::from(tls).accept(stream);
                if let Ok(Ok(stream)) = tokio::time::timeout(limits.header_time, hello).await {
                    self.converse(stream, &seat, local, Transport::Secure, stopped).await;
                }
            }
        }
    }

    /// Answers the requests of one connection. How it ends is its own affair.
    async fn converse<S>(
        &self,
        stream: S,
        seat: &Seat,
        local: IpAddr,
        transport: Transport,
        mut stopped: watch::Receiver<bool>,
    ) where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let limits = self.options.limits;
        let desk = Desk::new(self.routes.clone(), self.options.clone(), seat.address, local, transport);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_time)
            .max_headers(limits.headers)
            .max_header_size(limits.header_bytes)
            .max_buf_size(limits.header_bytes.max(SMALLEST_BUFFER))
            .serve_connection(TokioIo::new(stream), desk);
        let mut connection = pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stopped.wait_for(|stopped| *stopped) => {}
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

/// What hyper needs at least.
const SMALLEST_BUFFER: usize = 8 * 1024;

#[cfg(test)]
mod tests;
