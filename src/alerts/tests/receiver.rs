//! A receiver of webhooks: answers what a test says, and hands on what arrives.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(in crate::alerts) struct Heard {
    pub(in crate::alerts) line: String,
    pub(in crate::alerts) headers: Vec<(String, String)>,
    pub(in crate::alerts) body: String,
}

impl Heard {
    pub(in crate::alerts) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(in crate::alerts) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A receiver.
pub(in crate::alerts) struct Receiver {
    pub(in crate::alerts) url: String,
    heard: mpsc::UnboundedReceiver<Heard>,
}

/// What a receiver does, request by request; the last one for good.
#[derive(Clone, Copy, Debug)]
pub(in crate::alerts) enum Answer {
    Status(u16),
    Redirect,
    Hang,
    Close,
}

impl Receiver {
    pub(in crate::alerts) async fn start(answers: &'static [Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/services/T0/B0/secret-path", listener.local_addr().unwrap());
        let (sender, heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            for request in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let answer = answers[request.min(answers.len() - 1)];
                tokio::spawn(serve(stream, answer, sender.clone()));
            }
        });
        Self { url, heard }
    }

    /// The next request.
    pub(in crate::alerts) async fn next(&mut self) -> Heard {
        self.heard.recv().await.unwrap()
    }

    /// What else arrived so far.
    pub(in crate::alerts) fn rest(&mut self) -> Vec<Heard> {
        std::iter::from_fn(|| self.heard.try_recv().ok()).collect()
    }

    /// An address at which nobody listens.
    pub(in crate::alerts) async fn nowhere() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/secret-path", listener.local_addr().unwrap())
    }
}

async fn serve(stream: TcpStream, answer: Answer, heard: mpsc::UnboundedSender<Heard>) {
    let mut stream = BufReader::new(stream);
    let Some(request) = read(&mut stream).await else { return };
    let _ = heard.send(request);
    let answer = match answer {
        Answer::Status(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"),
        Answer::Redirect => {
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/elsewhere\r\ncontent-length: 0\r\n\r\n"
                .to_owned()
        }
        Answer::Hang => std::future::pending().await,
        Answer::Close => return,
    };
    let _ = stream.write_all(answer.as_bytes()).await;
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Heard> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Heard { line: line.trim_end().to_owned(), headers, body: String::from_utf8(body).ok()? })
}
