//! Connections, plain or encrypted, that can be cut like a cable.
//!
//! Knows nothing of what is said over them.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::server::TlsStream;
use tokio_rustls::{Accept, TlsAcceptor};

use super::exchange::Scheme;
use super::tls::Tls;

/// The way to cut one connection, and how it is addressed.
#[derive(Clone, Debug)]
pub(super) struct Line {
    cut: Arc<AtomicBool>,
    pub(super) scheme: Scheme,
}

impl Line {
    pub(super) fn cut(&self) {
        self.cut.store(true, Ordering::Release);
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Line {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Self {
        stream.io().line.clone()
    }
}

/// A listener whose connections can be cut.
pub(super) struct CuttableListener {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
}

impl CuttableListener {
    /// Over plain HTTP without `tls`.
    pub(super) fn new(listener: TcpListener, tls: Option<&Tls>) -> Self {
        Self { listener, tls: tls.map(Tls::acceptor) }
    }

    /// Where it is reached, as `http://127.0.0.1:8080`.
    pub(super) fn origin(&self) -> io::Result<String> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        Ok(format!("{scheme}://{}", self.listener.local_addr()?))
    }
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Without this the simulator is merely slower, which is not worth an error.
        let _ = stream.set_nodelay(true);
        let (wire, scheme) = match &self.tls {
            None => (Wire::Plain(stream), Scheme::Http),
            Some(acceptor) => (Wire::Greeting(Box::new(acceptor.accept(stream))), Scheme::Https),
        };
        (CuttableStream { wire, line: Line { cut: Arc::default(), scheme } }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails at every read and write once it is cut.
pub(super) struct CuttableStream {
    wire: Wire,
    line: Line,
}

/// What the bytes go through.
enum Wire {
    Plain(TcpStream),
    /// The handshake goes on as the connection is used, so that a caller that is slow with it delays no other.
    Greeting(Box<Accept<TcpStream>>),
    Encrypted(Box<TlsStream<TcpStream>>),
}

/// Both directions of a connection.
trait Duplex: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Duplex for T {}

impl Wire {
    fn tcp(&self) -> Option<&TcpStream> {
        match self {
            Self::Plain(stream) => Some(stream),
            Self::Greeting(accept) => accept.get_ref(),
            Self::Encrypted(stream) => Some(stream.get_ref().0),
        }
    }
}

impl CuttableStream {
    fn intact(&self) -> io::Result<()> {
        if !self.line.cut.load(Ordering::Acquire) {
            return Ok(());
        }
        // The peer is to see a reset, as from a pulled cable; a plain close would do too.
        let _ = self.wire.tcp().map(TcpStream::set_zero_linger);
        Err(io::ErrorKind::ConnectionReset.into())
    }

    /// The connection as soon as something can be said over it.
    fn poll_open(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Pin<&mut dyn Duplex>>> {
        self.intact()?;
        if let Wire::Greeting(accept) = &mut self.wire {
            // A handshake that failed must not be asked again.
            let opened = ready!(Pin::new(accept.as_mut()).poll(context)).inspect_err(|_| self.line.cut())?;
            self.wire = Wire::Encrypted(Box::new(opened));
        }
        Poll::Ready(match &mut self.wire {
            Wire::Plain(stream) => Ok(Pin::new(stream)),
            Wire::Encrypted(stream) => Ok(Pin::new(stream.as_mut())),
            Wire::Greeting(_) => Err(io::ErrorKind::NotConnected.into()),
        })
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_open(context))?.poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_open(context))?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_open(context))?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if matches!(self.wire, Wire::Greeting(_)) {
            // Nobody has been greeted, so there is nobody to take leave of.
            return Poll::Ready(self.intact());
        }
        ready!(self.poll_open(context))?.poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_open(context))?.poll_write_vectored(context, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}
