//! A simulator that runs beside its caller: its own thread, its own runtime, its own port.

use std::io;
use std::net::SocketAddr;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use super::{Simulator, Tls};

/// A running simulator. It stops, in the middle of whatever it does, when this is dropped.
#[derive(Debug)]
pub struct Running {
    simulator: Simulator,
    address: SocketAddr,
    tls: Option<Tls>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(simulator: Simulator, tls: Option<Tls>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let (served, proof) = (simulator.clone(), tls.clone());
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            match &proof {
                None => served.serve(listener, std::future::pending()).await,
                Some(tls) => served.serve_tls(listener, tls, std::future::pending()).await,
            }
        };
        let thread = std::thread::Builder::new().name("simulator".to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    _ = serve => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { simulator, address, tls, stop: Some(stop), thread: Some(thread) })
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate of its authority in PEM, where it speaks TLS.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.tls.as_ref().map(Tls::authority)
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The simulator behind it, to look at and to edit.
    #[must_use]
    pub fn simulator(&self) -> &Simulator {
        &self.simulator
    }
}

impl std::ops::Deref for Running {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.simulator
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Nobody listens any more where serving has ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic in there has been printed already; raising it from a drop would abort.
            let _ = thread.join();
        }
    }
}
