//! The base behaviours of ConnectWise, one law each, over real loopback HTTP.

mod additions;
mod bundles;
mod callbacks;
mod control;
mod deliveries;
mod edges;
mod errors;
mod faults;
mod filters;
mod laws;
mod login;
mod paging;
mod patches;
mod profile;
mod records;
mod scale;
mod seeds;
mod unknowns;
mod walked;
mod written;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::{Clock, Running, Seed, Simulator, Value};
use crate::contract::{self, Watched};

/// Every test's today.
const TODAY: &str = "2026-11-20T09:30:00Z";
/// The agreement with the lines.
const AGREEMENT: u32 = 50_001;
/// Its first line.
const LINE: u32 = 100_001;

/// A small company in step with itself.
const SEED: &str = r#"
login: { company: msp, clientId: 6f1c0e4e-1111-4222-8333-944455556666 }
members:
  - { identifier: trueup, publicKey: pub, privateKey: priv }
  - { identifier: reader, publicKey: look, privateKey: only, role: { Agreements: { inquire: All } } }
companies:
  - { identifier: Cedar, name: Cedar Dental, customFields: { Backup account: cedar-1, Seats: 4 } }
  - { identifier: birch, name: Birch & Sons, customFields: { Backup account: birch } }
  - { identifier: gone, name: Cedar Dental, deletedFlag: true }
agreementTypes:
  - { name: Managed Backup }
  - { name: Support }
products:
  - { identifier: BACKUP-GB, description: Backup per GB, price: 0.35, cost: 0.10, unitOfMeasure: GB }
  - { identifier: IMAGE, description: Image licence, price: 12.50, cost: 4 }
  - { identifier: PACKAGE, productClass: Bundle }
integrations:
  - name: Intronis
    crossReferences:
      - { vendorType: BackupUsage, vendorLevel: Gold, agreementType: Managed Backup, product: BACKUP-GB }
agreements:
  - company: Cedar
    name: Cedar backup
    type: Managed Backup
    startDate: 2025-01-01
    nextInvoiceDate: "2026-12-01T00:00:00Z"
    additions:
      - { product: BACKUP-GB, quantity: 120.00, lessIncluded: 20 }
      - { product: IMAGE, quantity: 3 }
  - { company: birch, name: Birch backup, type: Managed Backup, prorateFlag: true }
  - { company: birch, name: Birch support, type: Support, cancelledFlag: true }
"#;

fn clock() -> Clock {
    Clock::fixed(TODAY.parse::<Timestamp>().unwrap())
}

/// The usual company, running.
fn world() -> Watched {
    running(SEED)
}

/// The usual company with one or more options set.
fn world_with(options: &str) -> Watched {
    running(&format!("{SEED}options: {{ {options} }}\n"))
}

fn running(seed: &str) -> Watched {
    let seed = Seed::from_yaml(seed).unwrap();
    contract::start(Simulator::new(seed, clock()).unwrap())
}

/// A client that knows nothing but HTTP.
struct Caller {
    address: SocketAddr,
    headers: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Reply {
    fn json(&self) -> Value {
        self.body.parse().unwrap()
    }

    /// The value at a path of properties, as JSON text.
    fn at(&self, path: &str) -> String {
        self.json().descend(&path.split('/').collect::<Vec<_>>()).to_string()
    }

    /// The ids of a list.
    fn ids(&self) -> Vec<u32> {
        let json = self.json();
        json.list().unwrap().iter().map(|row| row.descend(&["id"]).id().unwrap()).collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// The fields that the errors of an invalid object name, with their codes.
    fn flaws(&self) -> Vec<(String, String)> {
        let json = self.json();
        let errors = json.descend(&["errors"]).list().unwrap_or_default().to_vec();
        let text = |error: &Value, name: &str| error.descend(&[name]).as_text().unwrap().to_owned();
        errors.iter().map(|error| (text(error, "code"), text(error, "field"))).collect()
    }
}

/// The usual caller.
fn caller(running: &Running) -> Caller {
    Caller::new(running)
        .with("Authorization", &basic("msp+pub:priv"))
        .with("clientId", "6f1c0e4e-1111-4222-8333-944455556666")
}

fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}

impl Caller {
    fn new(running: &Running) -> Self {
        Self { address: running.address(), headers: Vec::new() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self
    }

    /// A GET below `apis/3.0/`.
    fn get(&self, path: &str) -> Reply {
        self.raw("GET", &format!("/v4_6_release/apis/3.0/{path}"), "").expect("the connection holds")
    }

    /// Any method below `apis/3.0/`.
    fn send(&self, method: &str, path: &str, body: &str) -> Reply {
        self.try_send(method, path, body).expect("the connection holds")
    }

    fn try_send(&self, method: &str, path: &str, body: &str) -> Option<Reply> {
        self.raw(method, &format!("/v4_6_release/apis/3.0/{path}"), body)
    }

    fn line(&self, id: u32) -> String {
        let _ = self;
        format!("finance/agreements/{AGREEMENT}/additions/{id}")
    }

    fn set_quantity(&self, id: u32, quantity: &str) -> Reply {
        self.send(
            "PATCH",
            &self.line(id),
            &format!(r#"[{{"op":"replace","path":"quantity","value":{quantity}}}]"#),
        )
    }

    /// One request on a connection of its own. Nothing comes back from one that was cut.
    fn raw(&self, method: &str, target: &str, body: &str) -> Option<Reply> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let mut text =
            format!("{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        let typed = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !body.is_empty() && !typed {
            text.push_str("Content-Type: application/json\r\n");
        }
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        read_reply(&String::from_utf8(answer).unwrap())
    }
}

fn read_reply(text: &str) -> Option<Reply> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header =
        |line: &str| line.split_once(':').map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned()));
    Some(Reply { status, headers: lines.filter_map(header).collect(), body: body.to_owned() })
}

/// A text as the value of a parameter, every byte encoded.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
