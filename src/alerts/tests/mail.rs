//! Mail over a real relay on loopback.

use secrecy::SecretString;

use super::relay::{Manner, Relay};
use super::{hostile_notice, notice_of};
use crate::alerts::error::{Again, NotifierError};
use crate::alerts::mail::Relay as Sender;
use crate::alerts::{MailOptions, MailSecurity};

const PASSWORD: &str = "password-canary";

fn options(relay: &Relay, security: MailSecurity) -> MailOptions {
    MailOptions {
        host: "localhost".to_owned(),
        port: Some(relay.port),
        security,
        credentials: None,
        from: "trueup <trueup@msp.example>".to_owned(),
        to: vec!["billing@msp.example".to_owned(), "Jo <jo@msp.example>".to_owned()],
        certificate_authority: Some(relay.certificate.clone()),
    }
}

#[tokio::test]
async fn sec_o1_mail_goes_over_starttls_with_its_login_behind_it() {
    let mut relay = Relay::start(Manner::StartTls).await;
    let credentials = Some(("trueup".to_owned(), SecretString::from(PASSWORD)));
    let options = MailOptions { credentials, ..options(&relay, MailSecurity::StartTls) };

    Sender::new(&options).unwrap().send(&notice_of(hostile_notice().items)).await.unwrap();

    let mail = relay.next().await;
    assert!(mail.encrypted && mail.login.is_some(), "{mail:?}");
    assert_eq!(mail.to, ["RCPT TO:<billing@msp.example>", "RCPT TO:<jo@msp.example>"]);
}

#[tokio::test]
async fn mail_goes_over_tls_from_the_first_byte() {
    let mut relay = Relay::start(Manner::Tls).await;

    let sender = Sender::new(&options(&relay, MailSecurity::Tls)).unwrap();
    sender.send(&hostile_notice()).await.unwrap();

    assert!(relay.next().await.encrypted);
}

#[tokio::test]
async fn sec_o1_a_relay_without_starttls_gets_neither_mail_nor_password() {
    let mut relay = Relay::start(Manner::Plain).await;
    let credentials = Some(("trueup".to_owned(), SecretString::from(PASSWORD)));
    let options = MailOptions { credentials, ..options(&relay, MailSecurity::StartTls) };

    let undelivered = Sender::new(&options).unwrap().send(&hostile_notice()).await.unwrap_err();

    assert!(relay.is_empty());
    assert!(!undelivered.why.contains(PASSWORD), "{undelivered}");
}

#[tokio::test]
async fn sec_o1_a_relay_whose_certificate_nobody_vouches_for_gets_no_mail() {
    let mut relay = Relay::start(Manner::StartTls).await;
    let other = Relay::start(Manner::StartTls).await;
    let certificate_authority = Some(other.certificate.clone());
    let options = MailOptions { certificate_authority, ..options(&relay, MailSecurity::StartTls) };

    let undelivered = Sender::new(&options).unwrap().send(&hostile_notice()).await.unwrap_err();

    assert!(relay.is_empty());
    assert!(undelivered.why.contains("cannot be reached"), "{undelivered}");
}

#[tokio::test]
async fn sec_p5_no_name_can_add_a_header_to_a_mail() {
    let mut relay = Relay::start(Manner::Plain).await;

    let sender = Sender::new(&options(&relay, MailSecurity::PlainLoopback)).unwrap();
    sender.send(&hostile_notice()).await.unwrap();

    let mail = relay.next().await;
    let (head, _) = mail.content.split_once("\n\n").unwrap();
    let headers: Vec<&str> = head.lines().filter(|line| !line.starts_with(' ')).collect();
    let names: Vec<&str> = headers.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert!(names.contains(&"Subject") && names.contains(&"Auto-Submitted"), "{names:?}");
    assert!(!names.iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{head}");
    assert_eq!(mail.to.len(), 2);
}

#[tokio::test]
async fn a_relay_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    for (manner, again) in [(Manner::Busy, Again::Useful), (Manner::Refusing, Again::Useless)] {
        let relay = Relay::start(manner).await;
        let sender = Sender::new(&options(&relay, MailSecurity::PlainLoopback)).unwrap();

        let undelivered = sender.send(&hostile_notice()).await.unwrap_err();

        assert_eq!(undelivered.again, again, "{undelivered}");
    }
}

#[tokio::test]
async fn settings_that_could_do_harm_are_refused() {
    let relay = Relay::start(Manner::Plain).await;
    let refused = |change: fn(MailOptions) -> MailOptions| {
        Sender::new(&change(options(&relay, MailSecurity::PlainLoopback))).err()
    };

    let remote = refused(|options| MailOptions { host: "mail.msp.example".to_owned(), ..options });
    let injected =
        refused(|options| MailOptions { to: vec!["a@b.example\r\nBcc: c@d.example".to_owned()], ..options });
    let nobody = refused(|options| MailOptions { to: Vec::new(), ..options });

    assert!(matches!(remote, Some(NotifierError::Relay { .. })), "{remote:?}");
    assert!(matches!(injected, Some(NotifierError::Mailbox { .. })), "{injected:?}");
    assert_eq!(nobody, Some(NotifierError::NoRecipient));
}
