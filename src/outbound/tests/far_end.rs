//! Authorities, servers and proxies of a test, all on loopback.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
    copy_bidirectional,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// When a certificate holds.
#[derive(Clone, Copy)]
pub(super) enum Period {
    Now,
    Past,
    Future,
}

/// A certificate authority.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pub(super) pem: String,
}

/// A certificate and its key.
pub(super) struct Certificate(CertificateDer<'static>, PrivateKeyDer<'static>);

impl Authority {
    pub(super) fn make() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let pem = issuer.pem();
        Self { issuer, pem }
    }

    pub(super) fn sign(&self, name: &str, period: Period) -> Certificate {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let (from, to) = match period {
            Period::Now => (2020, 4000),
            Period::Past => (2020, 2021),
            Period::Future => (3000, 4000),
        };
        params.not_before = rcgen::date_time_ymd(from, 1, 1);
        params.not_after = rcgen::date_time_ymd(to, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Certificate(certificate.der().clone(), PrivatePkcs8KeyDer::from(key.serialize_der()).into())
    }
}

/// A server that answers every request with 200.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    heard: Arc<AtomicUsize>,
}

impl Server {
    /// How many requests it heard.
    pub(super) fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

pub(super) async fn serve(certificate: Certificate) -> Server {
    serve_on(Some(certificate)).await
}

/// The same, without TLS where there is no certificate.
pub(super) async fn serve_on(certificate: Option<Certificate>) -> Server {
    let acceptor = certificate.map(|Certificate(certificate, key)| {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server { address: listener.local_addr().unwrap(), heard: Arc::default() };
    let heard = Arc::clone(&server.heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, heard) = (acceptor.clone(), Arc::clone(&heard));
            tokio::spawn(async move {
                match acceptor {
                    None => answer(stream, &heard).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(stream).await {
                            answer(stream, &heard).await;
                        }
                    }
                }
            });
        }
    });
    server
}

async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, heard: &AtomicUsize) {
    let mut request = [0; 4096];
    if stream.read(&mut request).await.is_ok_and(|length| length > 0) {
        heard.fetch_add(1, Ordering::SeqCst);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").await;
        let _ = stream.shutdown().await;
    }
}

/// A proxy that leads everybody to one place.
pub(super) struct Between {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Between {
    /// What it was asked for: the first line, and what it was told to let through by.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

pub(super) async fn proxy(to: SocketAddr) -> Between {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let between = Between { address: listener.local_addr().unwrap(), asked: Arc::default() };
    let asked = Arc::clone(&between.asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let asked = Arc::clone(&asked);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let line = head(&mut stream).await;
                asked.lock().unwrap().push(line);
                let mut far_end = TcpStream::connect(to).await.unwrap();
                stream.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut far_end).await;
            });
        }
    });
    between
}

/// The first line of a request, and its login at the proxy.
async fn head(stream: &mut BufReader<TcpStream>) -> String {
    let mut said = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        let line = line.trim_end();
        if line.is_empty() {
            return said;
        }
        match line.split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("proxy-authorization") => {
                said.push(' ');
                said.push_str(value.trim());
            }
            _ if said.is_empty() => said.push_str(line),
            _ => {}
        }
    }
}
