//! What is posted where, and what never is.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use sha2::Sha256;

use super::{Webhook, document};
use crate::alerts::error::{Again, NotifierError};
use crate::alerts::tests::receiver::{Answer, Receiver};
use crate::alerts::tests::{hostile_notice, notice_of, time};
use crate::alerts::{Channel, Notifier};
use crate::reconciler::standing::Level;

const KEY: &str = "signing-key-canary";

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

#[tokio::test]
async fn sec_o1_a_document_is_signed_over_its_name_its_time_and_its_bytes() {
    let mut receiver = Receiver::start(&[Answer::Status(200)]).await;
    let webhook = Webhook::signed(&secret(&receiver.url), secret(KEY), None, None).unwrap();
    let notice = hostile_notice();

    webhook.post(document(&notice), &notice.delivery, notice.at).await.unwrap();

    let heard = receiver.next().await;
    let (delivery, sent) =
        (heard.header("trueup-delivery").unwrap(), heard.header("trueup-timestamp").unwrap());
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(format!("{delivery}.{sent}.{}", heard.body).as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(heard.header("trueup-signature"), Some(&*format!("v1={hex}")));
    assert_eq!(sent, time().as_second().to_string());
    assert_eq!(heard.line, "POST /services/T0/B0/secret-path HTTP/1.1");
    assert_eq!(heard.json(), document(&notice));
}

#[test]
fn the_document_has_the_keys_that_are_documented() {
    let document = document(&notice_of(Vec::new()));

    let keys: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["at", "delivery", "format", "health", "instance", "items", "page", "tenant", "title"]);
    let item = &super::document(&hostile_notice())["items"][0];
    let keys: Vec<&String> = item.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["action", "details", "key", "kind", "level", "means", "what"]);
}

#[tokio::test]
async fn sec_o1_a_redirect_is_not_followed_and_nothing_is_sent_again() {
    let mut receiver = Receiver::start(&[Answer::Redirect]).await;
    let webhook = Webhook::open(&secret(&receiver.url), None).unwrap();

    let undelivered = webhook.post(document(&hostile_notice()), "id", time()).await.unwrap_err();

    assert_eq!(undelivered.again, Again::Useless);
    assert_eq!(undelivered.why, "it redirects (302), which is not followed");
    receiver.next().await;
    assert_eq!(receiver.rest().len(), 0);
}

#[test]
fn sec_o1_only_https_and_plain_loopback_are_addresses() {
    for good in
        ["https://hooks.example/services/x", "http://127.0.0.1:8080/x", "http://[::1]/", "http://localhost/x"]
    {
        assert!(Webhook::open(&secret(good), None).is_ok(), "{good}");
    }
    for bad in [
        "",
        "hooks.example",
        "http://hooks.example/x",
        "http://127.0.0.1.example/x",
        "ftp://127.0.0.1/x",
        "file:///etc/passwd",
        "https://user:hunter2@hooks.example/x",
    ] {
        let error = Webhook::open(&secret(bad), None).err().unwrap();
        assert!(matches!(error, NotifierError::Address { .. }), "{bad}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    let short = Webhook::signed(&secret("https://hooks.example/"), secret("short"), None, None).err();
    assert_eq!(short, Some(NotifierError::ShortKey));
}

#[tokio::test]
async fn sec_o1_no_failure_and_no_debug_shows_the_address_or_the_key() {
    let nowhere = Receiver::nowhere().await;
    let webhook = Webhook::signed(&secret(&nowhere), secret(KEY), None, None).unwrap();
    let channel =
        Channel::Webhook { url: secret(&nowhere), signing_key: secret(KEY), certificate_authority: None };
    let notifier = Notifier::new("hook", Level::Bad, None, channel).unwrap();

    let undelivered = webhook.post(document(&hostile_notice()), "id", time()).await.unwrap_err();

    assert_eq!(undelivered.again, Again::Useful);
    for shown in [format!("{undelivered} {undelivered:?}"), format!("{notifier:?}")] {
        assert!(!shown.contains("secret-path") && !shown.contains(KEY), "{shown}");
    }
}

#[test]
fn a_name_that_could_leave_its_folder_is_no_name() {
    for name in ["", "../x", "a b", "a/b", &"a".repeat(41)] {
        let channel = Channel::Slack { url: secret("https://hooks.example/") };
        assert_eq!(Notifier::new(name, Level::Bad, None, channel).err(), Some(NotifierError::Name), "{name}");
    }
}
