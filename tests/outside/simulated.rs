//! The simulator over TLS: encrypted as ConnectWise is, and otherwise as it is without.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use jiff::Timestamp;
use reqwest::{Client, Response};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::version::{TLS12, TLS13};
use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, StreamOwned, SupportedProtocolVersion,
};
use trueup::billing::{AdditionId, AgreementId};
use trueup::connectwise::{ConnectWiseError, WriteAnswer};
use trueup::outbound::{self, Addresses, Reach, Route};
use trueup::simulator::{Clock, Fault, Match, Running, Seed, Simulator};

use super::contract::{self, Watched};
use super::far_end::connect;
use super::handshakes::{PROTOCOL_VERSION, is_alert};

pub const AGREEMENT: AgreementId = AgreementId(101);
pub const LINE: u32 = 1001;
pub const ADDITION: AdditionId = AdditionId(LINE as i64);

const SEED: &str = "
companies: [{ id: 7, identifier: acme, name: Acme }]
agreementTypes: [{ id: 5, name: Managed Backup }]
products: [{ id: 21, identifier: BKP-GB, price: 0.5 }]
agreements:
  - { id: 101, company: 7, type: 5, additions: [{ id: 1001, product: 21, quantity: 80 }] }
  - { id: 102, company: 7, type: 5 }
";

fn simulator() -> Simulator {
    let now: Timestamp = "2026-04-15T12:00:00Z".parse().expect("it is a time");
    let seed = Seed::from_yaml(SEED).expect("the seed is good");
    Simulator::new(seed, Clock::fixed(now)).expect("the seed is whole")
}

pub fn plain() -> Watched {
    contract::start(simulator())
}

pub fn secured() -> Watched {
    contract::start_tls(simulator())
}

#[tokio::test]
async fn every_link_of_an_encrypted_answer_can_be_followed() {
    let simulator = secured();
    let url = format!("{}/v4_6_release/apis/3.0/finance/agreements?pageSize=1", simulator.url());

    let first = get(&simulator, &url).await;

    let link = first.headers()["link"].to_str().unwrap().to_owned();
    let next = link.strip_prefix('<').and_then(|rest| rest.split_once('>')).unwrap().0.to_owned();
    let body = first.text().await.unwrap();
    let href = body.split('"').find(|text| text.ends_with("/101/additions")).unwrap().to_owned();
    assert!(!body.contains("http://"), "{body}");
    assert!(get(&simulator, &next).await.text().await.unwrap().starts_with(r#"[{"id":102,"#));
    assert!(get(&simulator, &href).await.text().await.unwrap().starts_with(r#"[{"id":1001,"#));
}

#[tokio::test]
async fn a_cut_connection_is_cut_under_tls_too() {
    let simulator = secured();
    let connect_wise = connect(&simulator.url(), simulator.authority()).await.unwrap();
    let writer = connect_wise.writer();

    simulator.fail_next(Match::method("PATCH"), Fault::DropConnectionAfterCommit);
    let in_doubt = writer.set_quantity(AGREEMENT, ADDITION, 81.into()).await;
    simulator.fail_next(Match::method("GET"), Fault::DropConnectionBefore);
    let line = connect_wise.addition(AGREEMENT, ADDITION).await.unwrap();

    assert!(matches!(in_doubt, WriteAnswer::InDoubt { .. }), "{in_doubt:?}");
    assert_eq!(simulator.quantity(LINE), Some(81.into()));
    assert_eq!(line.unwrap().quantity, Some(81.into()));
    assert_eq!(simulator.faults_left(), 0);
}

#[test]
fn tls_1_2_and_1_3_are_spoken_and_nothing_older() {
    let simulator = secured();

    let spoken = [&TLS12, &TLS13].map(|version| greet(&simulator, version).conn.protocol_version().unwrap());
    assert_eq!(spoken, [ProtocolVersion::TLSv1_2, ProtocolVersion::TLSv1_3]);

    let (tls_1_1, tls_1_2) = (hello(&simulator, [3, 2]), hello(&simulator, [3, 3]));
    assert!(is_alert(&tls_1_1, PROTOCOL_VERSION), "{tls_1_1:?}");
    assert_eq!(tls_1_2[0], 22, "the same words are taken in a newer version: {tls_1_2:?}");
}

#[tokio::test]
async fn callers_that_never_finish_their_handshake_delay_nobody() {
    let simulator = secured();
    let silent: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(simulator.address()).unwrap()).collect();

    let connected = connect(&simulator.url(), simulator.authority()).await;

    assert!(connected.is_ok());
    drop(silent);
}

#[tokio::test]
async fn two_simulators_share_neither_an_authority_nor_a_key_and_neither_trust() {
    let (one, other) = (secured(), secured());

    let keys = |simulator: &Running| {
        let greeted = greet(simulator, &TLS13);
        let shown = greeted.conn.peer_certificates().expect("it shows a certificate")[0].clone();
        [public_key(&authority_of(simulator)), public_key(&shown)]
    };
    let all: BTreeSet<Vec<u8>> = [&one, &other].into_iter().flat_map(|simulator| keys(simulator)).collect();
    assert_eq!(all.len(), 4, "each has a key for its authority and one for itself");
    for (site, authority) in [(&one, &other), (&other, &one)] {
        let refused = connect(&site.url(), authority.authority()).await.unwrap_err();
        assert!(matches!(refused, ConnectWiseError::Untrusted { .. }), "{refused:?}");
        assert_eq!(site.log().len(), 1, "nothing but the greeting was said");
    }
}

#[test]
fn a_simulator_without_tls_has_no_authority() {
    assert_eq!(plain().authority(), None);
}

async fn get(simulator: &Running, url: &str) -> Response {
    let authority = simulator.authority().map(str::as_bytes);
    let route = Route { reach: Reach::World, authority, addresses: Addresses::Public, proxy: None };
    let client: Client = outbound::client(route).expect("it is one").build().expect("it builds");
    let request = client.get(url).basic_auth("msp+public", Some("private")).header("clientId", "client");
    let answer = request.send().await.expect("it answers");
    assert_eq!(answer.status(), 200, "{url}");
    answer
}

fn authority_of(simulator: &Running) -> CertificateDer<'static> {
    let authority = simulator.authority().expect("it has one");
    CertificateDer::from_pem_slice(authority.as_bytes()).expect("it is PEM")
}

fn public_key(certificate: &CertificateDer<'_>) -> Vec<u8> {
    let read = ParsedCertificate::try_from(certificate).expect("it is a certificate");
    read.subject_public_key_info().to_vec()
}

/// Shakes hands in one version, and reads one answer over it.
fn greet(
    simulator: &Running,
    version: &'static SupportedProtocolVersion,
) -> StreamOwned<ClientConnection, TcpStream> {
    outbound::install_crypto();
    let mut roots = RootCertStore::empty();
    roots.add(authority_of(simulator)).expect("it is an authority");
    let config = ClientConfig::builder_with_protocol_versions(&[version])
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("it is a name");
    let connection = ClientConnection::new(Arc::new(config), name).expect("it can begin");
    let mut stream =
        StreamOwned::new(connection, TcpStream::connect(simulator.address()).expect("it listens"));
    stream
        .write_all(b"GET /login/companyinfo/msp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    stream
}

/// Says hello as a client that knows nothing newer than a version, and gives the beginning of the answer.
fn hello(simulator: &Running, version: [u8; 2]) -> [u8; 7] {
    let (random, session, ciphers, compression) = ([7; 32], [0], [0, 2, 0xc0, 0x2b], [1, 0]);
    let (groups, signatures) = ([0, 10, 0, 4, 0, 2, 0, 0x1d], [0, 13, 0, 4, 0, 2, 4, 3]);
    let extensions = [&[0, 16][..], &groups, &signatures].concat();
    let hello = [&version[..], &random, &session, &ciphers, &compression, &extensions].concat();
    let length = u8::try_from(hello.len()).expect("it is short");
    let mut stream = TcpStream::connect(simulator.address()).expect("it listens");
    stream
        .write_all(&[&[22, 3, 1, 0, length + 4, 1, 0, 0, length][..], &hello].concat())
        .expect("it listens");
    let mut answer = [0; 7];
    stream.read_exact(&mut answer).expect("it answers");
    answer
}
