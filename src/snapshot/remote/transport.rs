//! The one way that the git library takes to a remote: an address that means "the exchange of this thread".
//!
//! The library is never given a real address but that of a local repository, so nothing that it reads can lead it
//! elsewhere. Outside of an exchange the address leads nowhere.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::sync::{Arc, OnceLock};

use git2::transport::{Service, SmartSubtransport, SmartSubtransportStream, Transport};

use super::RemoteError;
use super::exchange::{Exchange, FarEnd};
use super::https::WebStream;
use super::ssh::ShellStream;

/// The address that stands for the exchange of this thread.
pub(super) const URL: &str = "trueup://remote";

const SCHEME: &str = "trueup";

thread_local! {
    static CURRENT: RefCell<Option<Arc<Exchange>>> = const { RefCell::new(None) };
}

/// Makes the address known to the git library, at the first call.
#[allow(unsafe_code, reason = "the git library keeps its ways to remotes in one list for the whole process")]
pub(super) fn register_once() -> Result<(), RemoteError> {
    static REGISTERED: OnceLock<Result<(), String>> = OnceLock::new();
    let registered = REGISTERED.get_or_init(|| {
        // SAFETY: registering must not run beside the making of transports. Transports are made by connecting to a
        // remote only; this crate connects in `RemoteClone` alone, whose only way to be made calls this function first,
        // and the `OnceLock` lets nobody pass before the one registration is over.
        unsafe { git2::transport::register(SCHEME, transport) }.map_err(|error| error.message().to_owned())
    });
    registered.clone().map_err(|cause| RemoteError::Unreachable { place: "every remote".to_owned(), cause })
}

/// Runs work during which the address leads to this exchange, on this thread.
pub(super) fn during<T>(exchange: &Arc<Exchange>, work: impl FnOnce() -> T) -> T {
    struct Cleared;
    impl Drop for Cleared {
        fn drop(&mut self) {
            CURRENT.with(|current| current.borrow_mut().take());
        }
    }
    CURRENT.with(|current| current.borrow_mut().replace(Arc::clone(exchange)));
    let _cleared = Cleared;
    work()
}

fn transport(remote: &git2::Remote<'_>) -> Result<Transport, git2::Error> {
    let exchange = CURRENT.with(|current| current.borrow().clone());
    let exchange = exchange.ok_or_else(|| git2::Error::from_str("no exchange is under way"))?;
    // Over HTTP each request stands alone; through ssh all go over one connection.
    let stateless = matches!(exchange.far_end, FarEnd::Web(_));
    Transport::smart(remote, stateless, Wire(exchange))
}

/// Opens the streams of an exchange. It reads and never pushes.
struct Wire(Arc<Exchange>);

impl SmartSubtransport for Wire {
    fn action(&self, _url: &str, service: Service) -> Result<Box<dyn SmartSubtransportStream>, git2::Error> {
        let exchange = Arc::clone(&self.0);
        let stream = match (service, &self.0.far_end) {
            (Service::UploadPackLs, FarEnd::Web(_)) => WebStream::list(exchange).map(Stream::Web),
            (Service::UploadPack, FarEnd::Web(_)) => Ok(Stream::Web(WebStream::fetch(exchange))),
            (Service::UploadPackLs | Service::UploadPack, FarEnd::Shell(_)) => {
                ShellStream::open(exchange).map(Stream::Shell)
            }
            (Service::UploadPackLs | Service::UploadPack, FarEnd::Local)
            | (Service::ReceivePackLs | Service::ReceivePack, _) => {
                Err(io::Error::other("this way leads nowhere"))
            }
        };
        match stream {
            Ok(stream) => Ok(Box::new(stream)),
            Err(error) => Err(git2::Error::from_str(&error.to_string())),
        }
    }

    fn close(&self) -> Result<(), git2::Error> {
        Ok(())
    }
}

/// A stream of either kind.
enum Stream {
    Web(WebStream),
    Shell(ShellStream),
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Web(stream) => stream.read(buffer),
            Self::Shell(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Web(stream) => stream.write(bytes),
            Self::Shell(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
