//! A far end that says exactly what a test tells it to, good HTTP or not, and remembers what it heard.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::contract::{Call, Findings, Watch};

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) method: String,
    /// Path and query, as sent.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// Which connection it came on, from 0.
    pub(super) connection: usize,
    /// Which request it is, from 0.
    pub(super) index: usize,
}

impl Heard {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Holds the request against the contract with ConnectWise.
    fn held_against(&self, findings: &Findings) {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers: BTreeMap<String, String> = self.headers.iter().cloned().collect();
        findings.hear(&Call { method: &self.method, path, query, headers: &headers, body: &self.body });
    }

    /// A parameter of the query, decoded as far as our own requests need it.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let address = reqwest::Url::parse(&format!("http://x{}", self.target)).unwrap();
        address.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default().trim_start_matches("/v2026_4/apis/3.0/")
    }

    /// The request for the list that this one asks to count; `None` when it asks for something else.
    pub(super) fn counted(&self) -> Option<Self> {
        self.path()
            .ends_with("/count")
            .then(|| Self { target: self.target.replacen("/count", "", 1), ..self.clone() })
    }
}

/// What the far end does with a request.
#[derive(Clone)]
pub(super) enum Reply {
    /// Answers, and keeps the connection.
    Answer { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// Sends these bytes as they are and closes.
    Raw(Vec<u8>),
    /// Answers when everybody else had many turns.
    Slow(Box<Reply>),
    /// Never answers.
    Never,
    /// Sends these bytes as they are, and neither more nor an end.
    Hang(Vec<u8>),
    /// Sends these bytes, and then one after the other without end, never fast.
    Drip(Vec<u8>),
    /// Answers and closes the connection without saying so beforehand.
    AnswerAndClose(Box<Reply>),
}

impl Reply {
    pub(super) fn json(status: u16, body: &str) -> Self {
        let json = ("Content-Type".to_owned(), "application/json".to_owned());
        Self::Answer { status, headers: vec![json], body: body.as_bytes().to_vec() }
    }

    /// The last page of a list.
    pub(super) fn page(body: &str) -> Self {
        Self::json(200, body).with("Link", "")
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// How many records a page has.
    pub(super) fn count_of(page: &Self) -> Self {
        let Self::Answer { status: 200, body, .. } = page else { return page.clone() };
        match serde_json::from_slice::<Vec<serde_json::Value>>(body) {
            Ok(records) => Self::json(200, &format!(r#"{{"count":{}}}"#, records.len())),
            Err(_) => page.clone(),
        }
    }

    /// Closes without a word.
    pub(super) fn silence() -> Self {
        Self::Raw(Vec::new())
    }
}

type Script = Arc<dyn Fn(&Heard) -> Reply + Send + Sync>;

/// The far end. Gone when dropped.
pub(super) struct FarEnd {
    site: String,
    state: Arc<State>,
    listening: JoinHandle<()>,
    /// Raises what was wrong with the requests that were heard.
    _watch: Watch,
}

struct State {
    script: Script,
    findings: Findings,
    heard: Mutex<Vec<Heard>>,
    under_way: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl FarEnd {
    pub(super) async fn start(script: impl Fn(&Heard) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(State {
            script: Arc::new(script),
            findings: Findings::default(),
            heard: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most_at_once: AtomicUsize::new(0),
        });
        let serving = Arc::clone(&state);
        let listening = tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                tokio::spawn(serve(stream, connection, Arc::clone(&serving)));
            }
        });
        let _watch = Watch(state.findings.clone());
        Self { site, state, listening, _watch }
    }

    /// A site at which nobody listens.
    pub(super) async fn nowhere() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    pub(super) fn site(&self) -> String {
        self.site.clone()
    }

    /// Everything heard so far, in order.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.state.heard.lock().unwrap().clone()
    }

    /// What was heard, less company info.
    pub(super) fn heard_below_api(&self) -> Vec<Heard> {
        self.heard().into_iter().filter(|heard| !heard.target.starts_with("/login/")).collect()
    }

    /// How many requests were being answered at once, at most.
    pub(super) fn most_at_once(&self) -> usize {
        self.state.most_at_once.load(Ordering::SeqCst)
    }

    /// Listens no longer.
    pub(super) async fn stop(self) {
        self.listening.abort();
        while !self.listening.is_finished() {
            tokio::task::yield_now().await;
        }
    }
}

async fn serve(stream: TcpStream, connection: usize, state: Arc<State>) {
    let mut stream = BufReader::new(stream);
    while let Some(mut heard) = hear(&mut stream, connection).await {
        heard.held_against(&state.findings);
        {
            let mut all = state.heard.lock().unwrap();
            heard.index = all.len();
            all.push(heard.clone());
        }
        let now = state.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        state.most_at_once.fetch_max(now, Ordering::SeqCst);
        let goes_on = answer((state.script)(&heard), &mut stream).await;
        state.under_way.fetch_sub(1, Ordering::SeqCst);
        if !goes_on {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

async fn hear(stream: &mut BufReader<TcpStream>, connection: usize) -> Option<Heard> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|&length| length > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, value)| value.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Heard { method, target, headers, body: String::from_utf8(body).unwrap(), connection, index: 0 })
}

/// Whether the connection goes on.
async fn answer(reply: Reply, stream: &mut BufReader<TcpStream>) -> bool {
    match reply {
        Reply::Answer { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} Said\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            let bytes = [head.into_bytes(), body].concat();
            stream.write_all(&bytes).await.is_ok() && stream.flush().await.is_ok()
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes).await;
            false
        }
        Reply::Slow(reply) => {
            for _ in 0..100 {
                tokio::task::yield_now().await;
            }
            Box::pin(answer(*reply, stream)).await
        }
        Reply::Never => std::future::pending().await,
        Reply::Hang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            std::future::pending().await
        }
        Reply::Drip(bytes) => {
            let mut sent = stream.write_all(&bytes).await;
            while sent.is_ok() {
                tokio::time::sleep(Duration::from_millis(5)).await;
                sent = stream.write_all(b" ").await;
            }
            false
        }
        Reply::AnswerAndClose(reply) => {
            Box::pin(answer(*reply, stream)).await;
            false
        }
    }
}
