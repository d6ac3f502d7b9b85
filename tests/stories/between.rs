//! A proxy between the program and a simulator in a process of its own, which no watch can look into: it hands everything
//! on as it came, and holds it against the contract with ConnectWise.
//!
//! It knows of no faults, so nothing may go wrong on purpose behind it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, header};
use axum::{Router, serve};
use reqwest::Client;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use trueup::simulator::{Answered, Inspection};

use super::contract::{Findings, Watch, look};
use super::world::daemon::Daemon;
use super::world::plain::{SEED, account};
use super::world::{QUICK_WRITES, Ran, World};

/// No message of these stories is longer.
const LONGEST: usize = 64 << 20;
/// The headers of an answer that are judged.
const JUDGED: [&str; 6] =
    ["content-type", "link", "api-current-version", "x-cw-request-id", "x-server-name", "cache-control"];

/// The proxy. What it found is raised when it is dropped.
struct Between {
    address: SocketAddr,
    far_end: Arc<FarEnd>,
    watch: Watch,
    _runtime: Runtime,
}

struct FarEnd {
    site: String,
    client: Client,
    findings: Findings,
    /// The methods of what came through.
    passed: Mutex<Vec<String>>,
}

impl Between {
    fn and(site: &str) -> Self {
        trueup::outbound::install_crypto();
        let runtime = Runtime::new().expect("threads can be had");
        let findings = Findings::default();
        let client = Client::builder().no_proxy().build().expect("a plain client can be built");
        let far_end =
            FarEnd { site: site.to_owned(), client, findings: findings.clone(), passed: Mutex::default() };
        let far_end = Arc::new(far_end);
        let routes = Router::new().fallback(pass).with_state(Arc::clone(&far_end));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("loopback can be listened on");
        let address = listener.local_addr().expect("it has an address");
        runtime.spawn(async { serve(listener, routes).await });
        Self { address, far_end, watch: Watch(findings), _runtime: runtime }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many requests of a method came through.
    fn passed(&self, method: &str) -> usize {
        self.far_end.passed.lock().expect("nobody panics with it").iter().filter(|one| *one == method).count()
    }
}

/// Hands a request on and its answer back, and judges both.
async fn pass(State(far_end): State<Arc<FarEnd>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LONGEST).await.expect("a request is read to its end");
    let address = format!("{}{}", far_end.site, head.uri);
    let sent = far_end.client.request(head.method.clone(), address).headers(head.headers.clone());
    let answer = sent.body(body.clone()).send().await.expect("the far end answers");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let text = answer.text().await.expect("an answer is read to its end");

    let judged: Vec<(&'static str, String)> = JUDGED
        .iter()
        .filter_map(|name| Some((*name, headers.get(*name)?.to_str().ok()?.to_owned())))
        .collect();
    look(
        &far_end.findings,
        &Inspection {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            headers: &by_name(&head.headers),
            body: &String::from_utf8_lossy(&body),
            answer: Some(Answered { status: status.as_u16(), headers: &judged, body: &text }),
            faults: &[],
        },
    );
    far_end.passed.lock().expect("nobody panics with it").push(head.method.to_string());
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    // The body goes out as it is now, whatever way it came.
    response.headers_mut().remove(header::TRANSFER_ENCODING);
    response
}

fn by_name(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

/// The URL in a line that a simulator says where it is.
fn site(line: &str) -> String {
    let rest = line.split("http://").nth(1).expect("the line tells an address");
    format!("http://{}", rest.split([';', ' ', '"']).next().expect("a split has a first part"))
}

/// A request that names itself as our client.
fn send(address: SocketAddr, head: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "{head} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: trueup/test\r\nConnection: close\r\n\r\n"
    )
    .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    answer
}

#[test]
fn what_goes_between_the_program_and_a_simulator_in_its_own_process_keeps_the_contract() {
    let world = World::in_step();
    world.write("seed.yaml", SEED);
    let mut simulator =
        Daemon::start(world.command(&["simulate", "--listen", "127.0.0.1:0", "--seed", "seed.yaml"]));
    let between = Between::and(&site(&simulator.says(&["Simulated ConnectWise at"])));
    world.settings(super::faults::SOURCES, QUICK_WRITES);
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    world.write("trueup.yaml", &settings.replace(&world.url(), &between.url()));

    world.settle();
    world.accounts(&[&account("acme_dental", 27)]);
    world.settle();
    let doctor = world.run(&["doctor"]);

    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "keep 27 -> 27");
    assert_eq!(between.passed("PATCH"), 1);
    assert!(between.passed("GET") > 10 && between.passed("POST") > 0, "{}", doctor.stderr);
    assert!(world.simulator().log().is_empty(), "nothing went past the proxy");
}

#[test]
fn what_goes_between_the_program_and_the_demonstration_keeps_the_contract() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let program = || Command::new(env!("CARGO_BIN_EXE_trueup"));
    let mut command = program();
    command.args(["demo", "sample"]).current_dir(folder.path());
    let mut demonstration = Daemon::start(command);
    let between = Between::and(&site(&demonstration.says(&["stays up at"])));
    let config = folder.path().join("sample/trueup.yaml");
    let settings = fs::read_to_string(&config).expect("it has settings");
    fs::write(&config, settings.replace(&between.far_end.site, &between.url())).expect("they can be written");

    for verb in [&["plan"][..], &["apply", "--yes"], &["doctor"]] {
        let ran = Ran::from(program().args(verb).arg("--config").arg(&config).output().expect("it starts"));
        assert!(matches!(ran.code, Some(0..=3)), "{verb:?}: {}{}", ran.stdout, ran.stderr);
    }

    assert!(between.passed("GET") > 10 && between.passed("POST") > 0);
}

#[test]
fn the_proxy_finds_what_breaks_the_contract_on_either_side() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    let far_end = listener.local_addr().expect("it has an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream
                .write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
        }
    });
    let between = Between::and(&format!("http://{far_end}"));

    let answer = send(between.address, "DELETE /v2026_4/apis/3.0/finance/agreements/7/additions/9");

    assert!(answer.starts_with("HTTP/1.1 202") && answer.ends_with("{}"), "handed on as it is: {answer}");
    let found = between.watch.0.take();
    for part in ["trueup never sends that", "the status 202 is not described", "no header x-cw-request-id"] {
        assert!(found.iter().any(|one| one.contains(part)), "{part}: {found:?}");
    }
}
