//! Far ends of a client: a site with whatever certificate, and a cable that breaks when told.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use trueup::connectwise::{ConnectWise, ConnectWiseError, Options};

/// What every site says to everything: the company information, so that a client which takes it comes through.
const COMPANY: &str =
    r#"{"CompanyName":"Example MSP","Codebase":"v2026_4/","VersionNumber":"v2026.4","IsCloud":"True"}"#;

/// Connects with an authority to trust, all the time a busy machine needs, and pauses too short to notice.
pub async fn connect(site: &str, authority: Option<&str>) -> Result<ConnectWise, ConnectWiseError> {
    let options = Options::new(site, "msp", "client".into(), "public".into(), "private".into());
    ConnectWise::connect(Options {
        certificate_authority: authority.map(|pem| pem.as_bytes().to_owned()),
        retry_pause: Duration::from_millis(1),
        ..options
    })
    .await
}

/// A certificate authority of a test.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub fn make() -> Self {
        let mut asked = CertificateParams::default();
        asked.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(asked, new_key()).expect("an authority can be made"))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A site that has a certificate of this authority for a name, changed as a test wants.
    pub fn site(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Site {
        let mut asked = CertificateParams::new([name.to_owned()]).expect("the name is one");
        change(&mut asked);
        let key = new_key();
        let certificate = asked.signed_by(&key, &self.0).expect("it can be signed");
        Site::start(certificate.der().clone(), &key)
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("there is randomness")
}

/// A site over TLS that answers everything in the same way.
pub struct Site {
    address: SocketAddr,
    heard: Arc<AtomicUsize>,
}

impl Site {
    fn start(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        trueup::outbound::install_crypto();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("they fit");
        let (config, heard) = (Arc::new(config), Arc::new(AtomicUsize::new(0)));
        let hearing = Arc::clone(&heard);
        let address = listen(move |stream| {
            let mut stream =
                StreamOwned::new(ServerConnection::new(Arc::clone(&config)).expect("it can begin"), stream);
            let mut request = [0; 4096];
            if matches!(stream.read(&mut request), Ok(1..)) {
                hearing.fetch_add(1, Ordering::SeqCst);
                let length = COMPANY.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
                     connection: close\r\n\r\n"
                );
                let _ = stream.write_all(&[head.as_bytes(), COMPANY.as_bytes()].concat());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        });
        Self { address, heard }
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    /// How many requests it has seen the inside of.
    pub fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

/// What becomes of a new connection through a cable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cable {
    /// It leads to the far end.
    Whole,
    /// It is closed as soon as a handshake begins.
    Closed,
}

/// A port whose connections lead to another, until the cable breaks.
pub struct Detour {
    address: SocketAddr,
    cable: Arc<Mutex<Cable>>,
}

impl Detour {
    pub fn to(far_end: SocketAddr) -> Self {
        let cable = Arc::new(Mutex::new(Cable::Whole));
        let now = Arc::clone(&cable);
        let address = listen(move |mut near| {
            if *now.lock().expect("nobody panics with it") == Cable::Closed {
                let _ = near.read(&mut [0; 5]);
                return;
            }
            let far = TcpStream::connect(far_end).expect("it listens");
            let again = |stream: &TcpStream| stream.try_clone().expect("sockets can be cloned");
            let (mut from_far, mut to_near) = (again(&far), again(&near));
            thread::spawn(move || std::io::copy(&mut from_far, &mut to_near));
            let mut to_far = far;
            let _ = std::io::copy(&mut near, &mut to_far);
        });
        Self { address, cable }
    }

    pub fn url(&self) -> String {
        format!("https://{}", self.address)
    }

    pub fn becomes(&self, cable: Cable) {
        *self.cable.lock().expect("nobody panics with it") = cable;
    }
}

/// Listens on a free port and does the same with every connection.
pub fn listen(act: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    let address = listener.local_addr().expect("it has an address");
    let act = Arc::new(act);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let act = Arc::clone(&act);
            thread::spawn(move || act(stream));
        }
    });
    address
}
