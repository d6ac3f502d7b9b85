//! `trueup simulate --faults … --control …`: the simulator that ships, asked by a client that knows nothing but HTTP.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tempfile::TempDir;

use super::world::daemon::Daemon;

const SEED: &str = "
login: { company: msp }
companies: [{ identifier: Cedar }]
agreementTypes: [{ name: Managed Backup }]
products: [{ identifier: BACKUP-GB, price: 0.35 }]
agreements:
  - { company: Cedar, type: Managed Backup, additions: [{ product: BACKUP-GB, quantity: 120 }] }
";

const FAULTS: &str = "
seed: 7
faults:
  - fault: { throttle: { perMinute: 1000 } }
  - { name: lost answer, on: { method: PATCH }, when: { times: 1 }, fault: { timedOut: afterCommit } }
";

const LINE: &str = "/v4_6_release/apis/3.0/finance/agreements/50001/additions/100001";

/// The simulator in a process of its own, with its two ports.
struct Simulated {
    process: Daemon,
    address: String,
    control: String,
    _folder: TempDir,
}

fn simulated() -> Simulated {
    let folder = TempDir::new().expect("a folder can be made");
    let (seed, faults) = (folder.path().join("seed.yaml"), folder.path().join("faults.yaml"));
    fs::write(&seed, SEED).expect("it can be written");
    fs::write(&faults, FAULTS).expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(["simulate", "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"]);
    command.arg("--seed").arg(seed).arg("--faults").arg(faults);
    let mut process = Daemon::start(command);
    let control = address_in(&process.says(&["Faults, log and hand edits at"]));
    let address = address_in(&process.says(&["Simulated ConnectWise at"]));
    Simulated { process, address, control, _folder: folder }
}

/// The address of the URL in a line.
fn address_in(line: &str) -> String {
    let after = line.split("http://").nth(1).expect("the line tells an address");
    after.split([';', ' ']).next().expect("a split has a first part").to_owned()
}

/// One request: its status and body.
fn ask(address: &str, method: &str, path: &str, body: &str) -> (u16, String) {
    let keys = STANDARD.encode("msp+public:private");
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: Basic {keys}\r\n\
         clientId: story\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).expect("it listens");
    stream.write_all(head.as_bytes()).expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    (status.expect("an answer has a status"), body.to_owned())
}

impl Simulated {
    fn quantity(&self) -> Value {
        let (status, body) = ask(&self.address, "GET", LINE, "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str::<Value>(&body).expect("a record is JSON")["quantity"].clone()
    }

    fn patch(&self, quantity: u32) -> u16 {
        let body = format!(r#"[{{"op":"replace","path":"quantity","value":{quantity}}}]"#);
        ask(&self.address, "PATCH", LINE, &body).0
    }

    fn control(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let (status, body) = ask(&self.control, method, path, body);
        (status, serde_json::from_str(&body).expect("the control port answers JSON"))
    }
}

#[test]
fn a_fault_file_bites_and_the_control_port_tells_arms_and_edits() {
    let simulated = simulated();

    assert_eq!((simulated.patch(7), simulated.quantity()), (500, 7.into()));
    assert_eq!((simulated.patch(8), simulated.quantity()), (200, 8.into()));
    let (_, told) = simulated.control("GET", "/faults", "");
    assert_eq!(
        (&told["faults"][1]["name"], &told["faults"][1]["bitten"]),
        (&"lost answer".into(), &1.into())
    );

    let edit = "{ addition: 100001, does: { addQuantity: 1 } }";
    assert_eq!(simulated.control("POST", "/hand", edit).1["quantity"], 9);
    let armed = simulated.control("PUT", "/faults", "faults: [{ fault: { gateway: { status: 503 } } }]");
    assert_eq!((armed.0, simulated.patch(10)), (200, 503));
    assert_eq!(simulated.control("PUT", "/faults", "faults: [{ fault: nonsense }]").0, 400);
    assert_eq!(simulated.control("DELETE", "/faults", "").0, 200);
    assert_eq!(simulated.quantity(), 9);

    let (_, log) = simulated.control("GET", "/log", "");
    assert_eq!((&log["requests"], &log["writes"], &log["handEdits"]), (&6.into(), &2.into(), &1.into()));
    assert_eq!((&log["overLimit"], &log["byFault"]["gateway"]), (&0.into(), &1.into()));
    assert_eq!(simulated.control("POST", "/clock", "{ advance: 1h }").0, 409);
    simulated.end();
}

impl Simulated {
    /// Ends it as Ctrl-C does.
    fn end(mut self) {
        self.process.signal("INT");
        assert_eq!(self.process.ended().0, Some(0));
    }
}

fn simulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_trueup"))
        .arg("simulate")
        .args(arguments)
        .output()
        .expect("the program starts")
}

#[test]
fn the_control_port_opens_to_this_machine_only() {
    let refused = simulate(&["--control", "0.0.0.0:0"]);

    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(64));
    assert!(said.contains("0.0.0.0:0 is no loopback address"), "{said}");
}

#[test]
fn a_fault_file_that_is_not_valid_is_refused_with_its_place() {
    let folder = TempDir::new().unwrap();
    let faults = folder.path().join("faults.yaml");
    fs::write(&faults, "faults:\n  - fault: endless\n    wen: { times: 1 }\n").unwrap();

    let refused = simulate(&["--faults", faults.to_str().unwrap()]);

    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(4));
    assert!(said.contains("unknown field `wen`") && said.contains("line 3"), "{said}");
    assert!(said.contains("trueup schema faults"), "{said}");
}
