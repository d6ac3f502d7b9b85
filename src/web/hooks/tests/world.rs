//! Hooks behind a real socket, and a client that sends whatever bytes it is given.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use axum::Extension;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use super::{Headers, SECRET};
use crate::reconciler::standing::Event;
use crate::settings::daemon::HookKind;
use crate::web::Caller;
use crate::web::hooks::{Hook, Hooks, Outcome, SPACING};

/// Hooks that listen on loopback until this is dropped.
pub struct World {
    pub hooks: Hooks,
    pub address: SocketAddr,
    pub rings: mpsc::Receiver<(String, Event)>,
    _runtime: Runtime,
}

/// What the wire said, without the date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<String>,
    pub body: String,
}

/// A hook called `push` for the tenant `msp`.
pub fn hook(kind: HookKind) -> Hook {
    Hook {
        name: "push".into(),
        kind,
        tenants: vec!["msp".into()],
        secrets: vec![SecretString::from(SECRET)],
        branch: None,
    }
}

impl World {
    pub fn with(hooks: Vec<Hook>) -> Self {
        Self::spaced(hooks, SPACING)
    }

    pub fn spaced(hooks: Vec<Hook>, spacing: Duration) -> Self {
        let (bell, rings) = mpsc::channel();
        let ring = move |tenant: &str, event| bell.send((tenant.to_owned(), event)).unwrap_or_default();
        let hooks = Hooks::spaced(hooks, Arc::new(ring), spacing);
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let caller = Caller { address: address.ip(), by_proxy: false, is_secure: false };
        let routes = hooks.router().layer(Extension(caller));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { hooks, address, rings, _runtime: runtime }
    }

    /// Posts a body to `/hooks/push`.
    pub fn post(&self, headers: &Headers, body: &[u8]) -> Answer {
        self.send(&request("/hooks/push", headers, body))
    }

    /// Sends bytes and reads the answer.
    pub fn send(&self, bytes: &[u8]) -> Answer {
        exchange(self.address, bytes)
    }

    /// How often each outcome was counted, whatever the hook.
    pub fn outcomes(&self) -> Vec<(Outcome, u64)> {
        self.hooks.counts().into_iter().map(|count| (count.outcome, count.count)).collect()
    }

    /// The rings so far.
    pub fn rung(&self) -> Vec<(String, Event)> {
        self.rings.try_iter().collect()
    }
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default();
        Self {
            status: status.parse().unwrap_or_default(),
            headers: lines.filter(|line| !line.starts_with("date:")).map(str::to_owned).collect(),
            body: body.to_owned(),
        }
    }
}

/// Sends bytes and reads what comes back until the end. A server that answers early may close while we write.
pub fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let _ = stream.write_all(bytes);
    let mut text = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        text.extend_from_slice(&chunk[..count]);
    }
    Answer::read(&String::from_utf8_lossy(&text))
}

/// The bytes of a request that ends its connection.
pub fn request(target: &str, headers: &Headers, body: &[u8]) -> Vec<u8> {
    let head = format!("POST {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    with_headers(head, headers, body)
}

/// The bytes of a request that begins with a head of one's own.
pub fn with_headers(mut head: String, headers: &Headers, body: &[u8]) -> Vec<u8> {
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [head.as_bytes(), body].concat()
}
