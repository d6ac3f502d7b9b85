//! A notice as mail, over a relay of the operator's.
//!
//! TLS from the first byte or by STARTTLS, and nothing is sent without it; plain to loopback only. Headers are made of
//! printable text in one line, so that no name can add one. What the relay says is told by its code alone.

use std::error::Error as _;
use std::time::{Duration, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;

use super::error::{NotifierError, Undelivered};
use super::notice::{Notice, cut};
use super::notifier::{ATTEMPT, MailOptions, MailSecurity};
use super::webhook::is_loopback;
use super::words::outside;

/// A longer subject is not read.
const LONGEST_SUBJECT: usize = 150;

/// A relay, and who writes to whom over it. Has no `Debug`.
pub(super) struct Relay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Relay {
    /// The relay of the options. Connects to nothing.
    pub(super) fn new(options: &MailOptions) -> Result<Self, NotifierError> {
        let MailOptions { host, port, security, credentials, from, to, certificate_authority } = options;
        let is_host = |letter: char| letter.is_ascii_alphanumeric() || "-._:[]".contains(letter);
        if host.is_empty() || !host.chars().all(is_host) {
            return Err(NotifierError::Relay { what: "is no host name" });
        }
        let pem = certificate_authority.as_deref();
        let (tls, usual_port) = match security {
            MailSecurity::StartTls => (Tls::Required(trusting(host, pem)?), 587),
            MailSecurity::Tls => (Tls::Wrapper(trusting(host, pem)?), 465),
            MailSecurity::PlainLoopback if is_loopback(host) => (Tls::None, 25),
            MailSecurity::PlainLoopback => {
                return Err(NotifierError::Relay {
                    what: "must be reached with TLS; plain is for loopback addresses only",
                });
            }
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host.as_str())
            .port(port.unwrap_or(usual_port))
            .tls(tls)
            .timeout(Some(ATTEMPT / 2));
        if let Some((user, password)) = credentials {
            builder =
                builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
        }
        let to = to.iter().map(|text| mailbox(text)).collect::<Result<Vec<_>, _>>()?;
        match to.is_empty() {
            true => Err(NotifierError::NoRecipient),
            false => Ok(Self { transport: builder.build(), from: mailbox(from)?, to }),
        }
    }

    /// Sends a notice to everyone, once.
    pub(super) async fn send(&self, notice: &Notice) -> Result<(), Undelivered> {
        let message = self.message(notice)?;
        match tokio::time::timeout(ATTEMPT, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(undelivered(&error)),
            Err(_) => Err(Undelivered::for_now(format!("no answer within {} seconds", ATTEMPT.as_secs()))),
        }
    }

    fn message(&self, notice: &Notice) -> Result<Message, Undelivered> {
        let domain = self.from.email.domain();
        let automatic =
            HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .subject(cut(&format!("[trueup] {}", notice.title()), LONGEST_SUBJECT))
            .date(UNIX_EPOCH + Duration::from_secs(u64::try_from(notice.at.as_second()).unwrap_or(0)))
            .message_id(Some(format!("<{}@{domain}>", notice.delivery)))
            .raw_header(automatic)
            .header(ContentType::TEXT_PLAIN);
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        builder.body(notice.text()).map_err(|error| {
            Undelivered::for_good(format!("the mail could not be made: {}", outside(&error.to_string())))
        })
    }
}

fn mailbox(text: &str) -> Result<Mailbox, NotifierError> {
    let wrong = || NotifierError::Mailbox { text: outside(text) };
    if text.chars().any(char::is_control) {
        return Err(wrong());
    }
    text.parse().map_err(|_| wrong())
}

fn trusting(host: &str, pem: Option<&[u8]>) -> Result<TlsParameters, NotifierError> {
    let unusable = |error: lettre::transport::smtp::Error| NotifierError::CertificateStore {
        cause: outside(&error.to_string()),
    };
    let mut builder = TlsParameters::builder(host.to_owned());
    if let Some(pem) = pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
    }
    builder.build().map_err(unusable)
}

/// Why a mail was not sent. A refusal for now is tried again, one for good is not.
fn undelivered(error: &lettre::transport::smtp::Error) -> Undelivered {
    if let Some(code) = error.status() {
        let why = format!("the relay answered {code}");
        return if error.is_permanent() { Undelivered::for_good(why) } else { Undelivered::for_now(why) };
    }
    let cause =
        error.source().map_or_else(|| "the relay broke off".to_owned(), |cause| outside(&cause.to_string()));
    match error.is_client() {
        true => Undelivered::for_good(format!("the relay cannot be used: {cause}")),
        false => Undelivered::for_now(format!("the relay cannot be reached: {cause}")),
    }
}
