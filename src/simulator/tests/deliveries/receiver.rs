//! Somebody who is told: listens on loopback, answers as it is told to, and remembers every word.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    /// Method, path and query.
    pub(super) line: String,
    pub(super) signature: String,
    pub(super) content_type: String,
    pub(super) body: String,
}

impl Heard {
    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn message(&self) -> String {
        self.json()["MessageId"].as_str().unwrap().to_owned()
    }
}

pub(super) struct Receiver {
    address: std::net::SocketAddr,
    heard: watch::Receiver<Vec<Heard>>,
}

#[derive(Clone)]
struct Ear {
    statuses: Arc<Mutex<Vec<u16>>>,
    heard: Arc<watch::Sender<Vec<Heard>>>,
}

impl Receiver {
    /// Answers one status after the other; the last one from then on.
    pub(super) async fn answering(statuses: &[u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, heard) = watch::channel(Vec::new());
        let statuses = statuses.iter().rev().copied().collect();
        let ear = Ear { statuses: Arc::new(Mutex::new(statuses)), heard: Arc::new(sender) };
        let router = Router::new().fallback(listen).with_state(ear);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, heard }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// All that came, in order.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.borrow().clone()
    }

    /// Waits until so much came.
    pub(super) async fn hears(&self, count: usize) {
        self.heard.clone().wait_for(|heard| heard.len() >= count).await.unwrap();
    }

    /// The names of the records in what came.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |heard: &Heard| {
            let entity = heard.json()["Entity"].as_str().unwrap().to_owned();
            let entity: serde_json::Value = serde_json::from_str(&entity).unwrap();
            entity["name"].as_str().unwrap().to_owned()
        };
        self.heard().iter().map(name).collect()
    }
}

async fn listen(State(ear): State<Ear>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    let header = |name: &str| head.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let heard = Heard {
        line: format!("{} {}", head.method, head.uri),
        signature: header("x-content-signature").unwrap_or_default(),
        content_type: header("content-type").unwrap_or_default(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let status = {
        let mut statuses = ear.statuses.lock().unwrap();
        if statuses.len() > 1 { statuses.pop() } else { statuses.first().copied() }
    };
    ear.heard.send_modify(|all| all.push(heard));
    StatusCode::from_u16(status.unwrap()).unwrap()
}

/// The signature as a receiver computes it from the key it was told.
pub(super) fn signature(signing_key: &str, body: &str) -> String {
    let mut hmac = Hmac::<Sha256>::new_from_slice(&Sha256::digest(signing_key)).unwrap();
    hmac.update(body.as_bytes());
    STANDARD.encode(hmac.finalize().into_bytes())
}
