//! A small mail relay: speaks SMTP as far as one mail needs it, with and without TLS, and hands on what arrives.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A mail as it arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) content: String,
    /// Whether it came over TLS.
    pub(super) encrypted: bool,
    /// What was said to log in.
    pub(super) login: Option<String>,
}

/// How the relay behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Offers STARTTLS.
    StartTls,
    /// Speaks TLS from the first byte.
    Tls,
    /// Knows no TLS.
    Plain,
    /// Knows no TLS, and refuses every recipient for now.
    Busy,
    /// Knows no TLS, and refuses every recipient for good.
    Refusing,
}

pub(super) struct Relay {
    pub(super) port: u16,
    /// The certificate to trust, in PEM.
    pub(super) certificate: Vec<u8>,
    mails: mpsc::UnboundedReceiver<Mail>,
}

impl Relay {
    pub(super) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = made.cert.pem().into_bytes();
        let acceptor = acceptor(&made);
        let (sender, mails) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, sender) = (acceptor.clone(), sender.clone());
                tokio::spawn(async move {
                    if manner == Manner::Tls {
                        let Ok(stream) = acceptor.accept(stream).await else { return };
                        let mail = Mail { encrypted: true, ..Mail::default() };
                        let _ = converse(stream, manner, mail, Greeting::Said, &sender).await;
                        return;
                    }
                    let mail = Mail::default();
                    let Some(stream) = converse(stream, manner, mail, Greeting::Said, &sender).await else {
                        return;
                    };
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let mail = Mail { encrypted: true, ..Mail::default() };
                    let _ = converse(stream, manner, mail, Greeting::Past, &sender).await;
                });
            }
        });
        Self { port, certificate, mails }
    }

    pub(super) async fn next(&mut self) -> Mail {
        self.mails.recv().await.unwrap()
    }

    pub(super) fn is_empty(&mut self) -> bool {
        self.mails.try_recv().is_err()
    }
}

/// Whether the relay has to greet.
enum Greeting {
    Said,
    Past,
}

fn acceptor(made: &rcgen::CertifiedKey<rcgen::KeyPair>) -> TlsAcceptor {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// Speaks until the end, or gives the stream back when TLS is to begin.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    manner: Manner,
    mut mail: Mail,
    greeting: Greeting,
    mails: &mpsc::UnboundedSender<Mail>,
) -> Option<S> {
    let mut stream = BufReader::new(stream);
    if matches!(greeting, Greeting::Said) {
        say(&mut stream, "220 relay").await?;
    }
    loop {
        let line = hear(&mut stream).await?;
        let word = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer = match word.as_str() {
            "EHLO" if manner == Manner::StartTls && !mail.encrypted => "250-relay\r\n250 STARTTLS",
            "EHLO" => "250-relay\r\n250 AUTH PLAIN",
            "STARTTLS" => {
                say(&mut stream, "220 go ahead").await?;
                return Some(stream.into_inner());
            }
            "AUTH" => {
                mail.login = Some(line);
                "235 welcome"
            }
            "MAIL" => {
                mail.from = line;
                "250 ok"
            }
            "RCPT" if manner == Manner::Busy => "450 later",
            "RCPT" if manner == Manner::Refusing => "550 who is that",
            "RCPT" => {
                mail.to.push(line);
                "250 ok"
            }
            "DATA" => {
                say(&mut stream, "354 go ahead").await?;
                mail.content = content(&mut stream).await?;
                let _ = mails.send(mail.clone());
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        say(&mut stream, answer).await?;
    }
}

async fn content<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut content = String::new();
    loop {
        let line = hear(stream).await?;
        if line == "." {
            return Some(content);
        }
        content.push_str(&line);
        content.push('\n');
    }
}

async fn hear<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    let length = stream.read_line(&mut line).await.ok()?;
    (length > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.get_mut().flush().await.ok()
}
