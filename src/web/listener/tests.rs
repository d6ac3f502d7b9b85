//! A listener on a real socket: what it lets in, and that nobody can hold it up.

use std::net::SocketAddr;
use std::time::Instant;

use axum::extract::Extension;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::*;
use crate::web::{Tls, load_tls};

/// Long enough for a busy machine, short enough to fail in time.
const PATIENCE: Duration = Duration::from_secs(20);

/// A listener that ends with the test.
struct Served {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: tokio::task::JoinHandle<Result<(), WebError>>,
}

impl Served {
    async fn start(options: ListenerOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async {
            let _ = stopped.await;
        };
        let ended = tokio::spawn(serve(listener, routes(), options, stopped));
        Self { address, stop: Some(stop), ended }
    }

    async fn with(limits: Limits) -> Self {
        Self::start(ListenerOptions { limits, ..ListenerOptions::default() }).await
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes on a connection of their own and reads until it is closed.
    async fn talk(&self, sent: &[u8]) -> String {
        let mut stream = self.connect().await;
        // A listener that has had enough closes before all is sent.
        let _ = stream.write_all(sent).await;
        rest(&mut stream).await
    }

    async fn get(&self, path: &str, headers: &str) -> String {
        self.talk(
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
                .as_bytes(),
        )
        .await
    }
}

/// What still comes until the connection is closed.
async fn rest<S: AsyncRead + Unpin>(stream: &mut S) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    let _ = read.expect("the listener closes the connection");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

fn routes() -> Router {
    Router::new()
        .route("/", get(|| async { "here" }))
        .route("/caller", get(|Extension(caller): Extension<Caller>| async move { format!("{caller:?}") }))
        .route("/headers", get(|headers: HeaderMap| async move { format!("{headers:?}") }))
        .route("/length", post(|body: String| async move { body.len().to_string() }))
        .route("/large", get(|| async { "x".repeat(32 * 1024 * 1024) }))
        .route("/panic", get(|| async { "none".parse::<u16>().unwrap().to_string() }))
}

#[tokio::test]
async fn sec_a4_every_answer_carries_the_security_headers() {
    let served = Served::start(ListenerOptions::default()).await;

    for path in ["/", "/nowhere", "/length", "/panic"] {
        let answer = served.get(path, "").await;
        for header in [
            "content-security-policy: default-src 'none'; style-src 'self'; img-src 'self' data:; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n",
            "x-content-type-options: nosniff\r\n",
            "cache-control: no-store\r\n",
            "referrer-policy: no-referrer\r\n",
            "x-frame-options: DENY\r\n",
        ] {
            assert!(answer.contains(header), "{path} has no {header}: {answer}");
        }
    }
}

#[tokio::test]
async fn sec_a7_a_route_that_panics_says_nothing_and_the_next_request_is_answered() {
    let served = Served::start(ListenerOptions::default()).await;

    let answer = served.get("/panic", "").await;

    assert_eq!(status(&answer), 500);
    assert!(answer.ends_with("\r\n\r\n"), "the body is empty: {answer}");
    assert!(served.get("/", "").await.ends_with("here"));
}

#[tokio::test]
async fn sec_n3_a_foreign_host_is_refused_before_any_route() {
    let served = Served::start(ListenerOptions {
        names: vec!["trueup.example.com".to_owned()],
        ..ListenerOptions::default()
    })
    .await;

    for own in ["localhost", "127.0.0.1:1", "trueup.example.com"] {
        let request = format!("GET / HTTP/1.1\r\nhost: {own}\r\nconnection: close\r\n\r\n");
        assert_eq!(status(&served.talk(request.as_bytes()).await), 200, "{own}");
    }
    for refused in [
        "GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nhost: localhost\r\n\r\n",
    ] {
        assert_eq!(status(&served.talk(refused.as_bytes()).await), 421, "{refused}");
    }
}

#[tokio::test]
async fn sec_n3_what_only_a_proxy_may_say_is_believed_of_a_listed_address_alone() {
    let said = "x-forwarded-for: 198.51.100.9, 203.0.113.5, 127.0.0.1\r\nx-forwarded-proto: https\r\nx-user: ada\r\n";
    let proxied = |address: &str| {
        let user_header = Some("X-User".to_owned());
        let proxy = Some(Proxy { addresses: vec![address.parse().unwrap()], user_header });
        ListenerOptions { proxy, ..ListenerOptions::default() }
    };
    let believed = Served::start(proxied("127.0.0.1")).await;
    let other = Served::start(proxied("192.0.2.1")).await;
    let none = Served::start(ListenerOptions::default()).await;

    let direct = "Caller { address: 127.0.0.1, by_proxy: false, is_secure: false }";
    let through = "Caller { address: 203.0.113.5, by_proxy: true, is_secure: true }";
    assert!(believed.get("/caller", said).await.ends_with(through));
    assert!(other.get("/caller", said).await.ends_with(direct));
    assert!(none.get("/caller", said).await.ends_with(direct));
    let headers = other.get("/headers", said).await;
    assert!(!headers.contains("x-user") && !headers.contains("x-forwarded"), "{headers}");
}

#[tokio::test]
async fn sec_n3_an_address_is_understood_however_a_proxy_writes_it() {
    let addresses = vec!["::ffff:127.0.0.1".parse().unwrap(), "10.0.0.5".parse().unwrap()];
    let proxy = Some(Proxy { addresses, user_header: None });
    let served = Served::start(ListenerOptions { proxy, ..ListenerOptions::default() }).await;

    for (said, address) in [
        ("203.0.113.5:5678", "203.0.113.5"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("[::ffff:203.0.113.5]:80", "203.0.113.5"),
        ("203.0.113.5, ::ffff:10.0.0.5, 10.0.0.5:99", "203.0.113.5"),
        ("203.0.113.5, unknown", "127.0.0.1"),
        ("203.0.113.5:70000", "127.0.0.1"),
    ] {
        let answer = served.get("/caller", &format!("x-forwarded-for: {said}\r\n")).await;
        let caller = format!("Caller {{ address: {address}, by_proxy: true, is_secure: false }}");
        assert!(answer.ends_with(&caller), "{said}: {answer}");
    }
}

#[tokio::test]
async fn sec_n4_too_many_or_too_large_headers_are_refused() {
    let served = Served::start(ListenerOptions::default()).await;

    let many: String = (0..10_000).map(|number| format!("x-{number}: 1\r\n")).collect();
    let large = format!("x: {}\r\n", "a".repeat(17 * 1024));

    assert_eq!(status(&served.get("/", &many).await), 431);
    assert_eq!(status(&served.get("/", &large).await), 431);
    let allowed = format!("x: {}\r\n", "a".repeat(15 * 1024));
    assert_eq!(status(&served.get("/", &allowed).await), 200);
}

#[tokio::test]
async fn sec_n4_slow_headers_and_slow_bodies_are_given_up() {
    let header_time = Duration::from_millis(200);
    let served =
        Served::with(Limits { header_time, body_time: Duration::from_millis(200), ..Limits::default() })
            .await;

    let began = Instant::now();
    let silent = served.talk(b"").await;
    let slow_header = served.talk(b"GET / HTTP/1.1\r\nhost: local").await;
    let head = "POST /length HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\n";
    let slow_body = served.talk(format!("{head}content-length: 9\r\n\r\nabc").as_bytes()).await;
    let endless =
        served.talk(format!("{head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n").as_bytes()).await;

    assert_eq!((silent.as_str(), status(&slow_body), status(&endless)), ("", 408, 408));
    assert!(!slow_header.contains("here"));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test]
async fn sec_n4_a_large_body_is_refused_whether_or_not_its_length_is_told() {
    let served = Served::with(Limits { body_bytes: 1000, ..Limits::default() }).await;
    let head =
        "POST /length HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: text/plain\r\n";
    let post = |body: String| format!("{head}content-length: {}\r\n\r\n{body}", body.len()).into_bytes();

    let fits = served.talk(&post("a".repeat(1000))).await;
    let over = served.talk(&post("a".repeat(1001))).await;
    let told = served.talk(format!("{head}content-length: 1000000000\r\n\r\n").as_bytes()).await;
    let chunk = format!("{head}transfer-encoding: chunked\r\n\r\n3e9\r\n{}\r\n", "a".repeat(1001));
    let chunked = served.talk(chunk.as_bytes()).await;

    assert!(fits.ends_with("1000"), "{fits}");
    assert_eq!((status(&over), status(&told), status(&chunked)), (413, 413, 413));
}

#[tokio::test]
async fn sec_n4_one_address_cannot_take_every_connection() {
    let served = Served::with(Limits { connections_per_address: 2, ..Limits::default() }).await;
    let mut first = served.connect().await;
    let second = served.connect().await;
    first.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    assert_ne!(first.read(&mut [0; 512]).await.unwrap(), 0);

    let third = served.get("/", "").await;

    assert_eq!(third, "", "it was closed at once");
    drop(second);
    let deadline = Instant::now() + PATIENCE;
    while status(&served.get("/", "").await) != 200 {
        assert!(Instant::now() < deadline, "a place that was given back is given out again");
    }
}

#[test]
fn sec_n4_a_subscriber_has_so_many_connections_however_many_addresses() {
    let limits = Limits { connections_per_address: 2, ..Limits::default() };
    let proxy = Some(Proxy { addresses: vec!["2001:db8:9::1".parse().unwrap()], user_header: None });
    let house = House::new(routes(), ListenerOptions { limits, proxy, ..ListenerOptions::default() });
    let seat = |address: &str| {
        let place = Arc::clone(&house.places).try_acquire_owned().unwrap();
        house.seat(address.parse().unwrap(), place)
    };

    let taken = [seat("2001:db8::1"), seat("2001:db8::2")];

    assert_eq!(taken[1].as_ref().map(|seat| seat.address.to_string()).as_deref(), Some("2001:db8::2"));
    assert!(seat("2001:db8::3").is_none());
    assert!(seat("2001:db8:0:1::1").is_some(), "the neighbour is not to blame");
    let proxied: Vec<_> = (0..5).map(|_| seat("2001:db8:9::1")).collect();
    assert!(proxied.iter().all(Option::is_some), "a believed proxy may have them all");
    drop(taken);
    assert!(seat("2001:db8::3").is_some(), "a place that was given back is given out again");
}

#[tokio::test]
async fn sec_n4_more_connections_than_allowed_wait_until_one_is_closed() {
    let header_time = Duration::from_millis(300);
    let served = Served::with(Limits { connections: 2, header_time, ..Limits::default() }).await;
    let _silent = [served.connect().await, served.connect().await];

    let answer = served.get("/", "").await;

    assert_eq!(status(&answer), 200, "the silent ones were given up");
}

#[tokio::test]
async fn sec_n4_a_connection_makes_so_many_requests_and_no_more() {
    let served = Served::with(Limits { requests_per_connection: 3, ..Limits::default() }).await;

    let answers = served.talk("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(5).as_bytes()).await;

    assert_eq!(answers.matches("HTTP/1.1 200").count(), 3);
    assert_eq!(answers.matches("connection: close").count(), 1);
}

#[tokio::test]
async fn sec_n4_an_answer_that_nobody_takes_is_given_up() {
    let answer_time = Duration::from_millis(200);
    let served = Served::with(Limits { connections: 1, answer_time, ..Limits::default() }).await;
    let mut greedy = served.connect().await;
    greedy.write_all(b"GET /large HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();

    let answer = served.get("/", "").await;

    assert_eq!(status(&answer), 200, "its place was free again");
}

#[tokio::test]
async fn sec_n4_odd_methods_and_upgrades_are_refused() {
    let served = Served::start(ListenerOptions::default()).await;

    for method in ["TRACE", "PUT", "DELETE", "PATCH", "OPTIONS"] {
        let answer = served.talk(format!("{method} / HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes()).await;
        assert_eq!(status(&answer), 405, "{method}");
    }
    let connect = served.talk(b"CONNECT localhost:443 HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert_eq!(status(&connect), 405);
    let upgrade = served.get("/", "upgrade: websocket\r\n").await;
    assert_eq!(status(&upgrade), 200, "the wish is ignored");
}

#[tokio::test]
async fn a_stop_lets_requests_under_way_end_and_closes_the_rest() {
    let mut served = Served::start(ListenerOptions::default()).await;
    let mut idle = served.connect().await;
    let mut busy = served.connect().await;
    let head =
        "POST /length HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 3\r\n\r\n";
    busy.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&served.get("/", "").await), 200, "both were accepted before this one");

    drop(served.stop.take());
    assert_eq!(rest(&mut idle).await, "");
    busy.write_all(b"abc").await.unwrap();

    assert_eq!(status(&rest(&mut busy).await), 200);
    served.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn sec_n5_tls_speaks_http_1_1_and_no_plain_text() {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let tls = Tls { certificate: folder.path().join("tls.pem"), key: folder.path().join("tls.key") };
    std::fs::write(&tls.certificate, cert.pem()).unwrap();
    std::fs::write(&tls.key, signing_key.serialize_pem()).unwrap();
    assert!(matches!(load_tls(&tls), Err(WebError::OpenToOthers { .. })), "the key is open to others");
    close(&tls.key);
    let options = ListenerOptions { tls: Some(load_tls(&tls).unwrap()), ..ListenerOptions::default() };
    let served = Served::start(options).await;

    let mut stream = hello(&served, &cert, &[b"h2", b"http/1.1"]).await.unwrap();
    stream.write_all(b"GET /caller HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await.unwrap();
    let chosen = stream.get_ref().1.alpn_protocol().map(<[u8]>::to_vec);
    let answer = rest(&mut stream).await;

    assert_eq!(chosen.as_deref(), Some(b"http/1.1".as_slice()));
    assert!(answer.contains("is_secure: true"), "{answer}");
    assert!(answer.contains("strict-transport-security: "), "{answer}");
    assert!(hello(&served, &cert, &[b"h2"]).await.is_err(), "HTTP/2 alone is refused");
    assert!(!served.get("/", "").await.contains("here"));
}

async fn hello(
    served: &Served,
    certificate: &rcgen::Certificate,
    protocols: &[&[u8]],
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.der().clone()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, served.connect().await).await
}

#[cfg(unix)]
fn close(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;

    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
