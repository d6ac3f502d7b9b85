//! What our client does when encryption does not stand as it should: it says no key to anybody, and writes nothing.

use std::io::{Read, Write};
use std::sync::mpsc;
use std::time::Duration;

use trueup::connectwise::{ConnectWiseError, WriteAnswer};

use super::far_end::{Authority, Cable, Detour, connect, listen};
use super::simulated::{ADDITION, AGREEMENT, LINE, plain, secured};

#[tokio::test]
async fn i1_our_client_reads_over_tls_from_an_authority_it_knows_and_from_no_other() {
    let simulator = secured();
    let authority = simulator.authority().unwrap();

    let connect_wise = connect(&simulator.url(), Some(authority)).await.unwrap();
    let line = connect_wise.addition(AGREEMENT, ADDITION).await.unwrap();
    assert_eq!(line.unwrap().quantity, Some(80.into()));

    let heard = simulator.log().len();
    let stranger = Authority::make();
    for authority in [None, Some(stranger.pem())] {
        let refused = connect(&simulator.url(), authority.as_deref()).await.unwrap_err();
        assert!(matches!(refused, ConnectWiseError::Untrusted { .. }), "{refused:?}");
    }
    assert_eq!(simulator.log().len(), heard);
}

#[tokio::test]
async fn i1_a_certificate_for_another_host_is_refused() {
    let authority = Authority::make();
    let right = authority.site("127.0.0.1", |_| ());
    let wrong = authority.site("api-na.myconnectwise.net", |_| ());

    assert!(connect(&right.url(), Some(&authority.pem())).await.is_ok());
    let refused = connect(&wrong.url(), Some(&authority.pem())).await.unwrap_err();

    assert!(matches!(refused, ConnectWiseError::Untrusted { .. }), "{refused:?}");
    assert_eq!((right.heard(), wrong.heard()), (1, 0));
}

#[tokio::test]
async fn i1_a_certificate_that_has_expired_or_has_not_begun_is_refused() {
    let authority = Authority::make();
    let expired = authority.site("127.0.0.1", |asked| {
        asked.not_before = rcgen::date_time_ymd(2020, 1, 1);
        asked.not_after = rcgen::date_time_ymd(2021, 1, 1);
    });
    let early = authority.site("127.0.0.1", |asked| asked.not_before = rcgen::date_time_ymd(4000, 1, 1));

    for site in [&expired, &early] {
        let refused = connect(&site.url(), Some(&authority.pem())).await.unwrap_err();

        assert!(matches!(refused, ConnectWiseError::Untrusted { .. }), "{refused:?}");
        assert_eq!(site.heard(), 0);
    }
}

#[tokio::test]
async fn i1_a_server_that_talks_the_client_down_to_tls_1_1_is_left() {
    let (said, rest) = mpsc::channel();
    let address = listen(move |mut stream| {
        let mut hello = [0; 4096];
        let _ = stream.read(&mut hello);
        let _ = stream.write_all(&server_hello_of_tls_1_1());
        let mut after = Vec::new();
        let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
        let _ = stream.read_to_end(&mut after);
        let _ = said.send(after);
    });

    let left = connect(&format!("https://{address}"), None).await.unwrap_err();

    assert!(matches!(left, ConnectWiseError::Unreachable { .. }), "{left:?}");
    let after = rest.recv().unwrap();
    assert!(is_alert(&after, PROTOCOL_VERSION), "{after:?}");
}

#[tokio::test]
async fn i1_a_server_without_tls_is_left_where_https_is_set() {
    let simulator = plain();

    let left = connect(&format!("https://{}", simulator.address()), None).await.unwrap_err();

    assert!(matches!(left, ConnectWiseError::Unreachable { .. }), "{left:?}");
    assert_eq!(simulator.log().len(), 0);
}

#[tokio::test]
async fn fault_27_a_certificate_that_is_not_trusted_is_named_as_the_reason() {
    let simulator = secured();

    let refused = connect(&simulator.url(), None).await.unwrap_err();

    let message = refused.to_string();
    assert!(message.starts_with("The certificate of ConnectWise is not trusted: "), "{message}");
    assert!(refused.hint().contains("ca_file"), "{}", refused.hint());
}

#[tokio::test]
async fn fault_27_a_connection_that_is_closed_in_the_handshake_is_no_connection() {
    let simulator = secured();
    let detour = Detour::to(simulator.address());
    detour.becomes(Cable::Closed);

    let left = connect(&detour.url(), simulator.authority()).await.unwrap_err();

    assert!(matches!(left, ConnectWiseError::Unreachable { .. }), "{left:?}");
    assert_eq!(simulator.log().len(), 0);
}

#[tokio::test]
async fn fault_27_a_write_whose_handshake_is_closed_was_surely_not_sent() {
    let simulator = secured();
    let detour = Detour::to(simulator.address());
    let connect_wise = connect(&detour.url(), simulator.authority()).await.unwrap();
    let writer = connect_wise.writer();
    let set = async || writer.set_quantity(AGREEMENT, ADDITION, 81.into()).await;

    detour.becomes(Cable::Closed);
    let answer = set().await;
    assert!(matches!(answer, WriteAnswer::NotSent { .. }), "{answer:?}");
    assert_eq!(simulator.quantity(LINE), Some(80.into()));

    detour.becomes(Cable::Whole);
    let answer = set().await;
    assert!(matches!(answer, WriteAnswer::Acknowledged(_)), "{answer:?}");
    assert_eq!(simulator.quantity(LINE), Some(81.into()));
}

#[tokio::test]
async fn fault_27_a_name_that_does_not_resolve_is_no_connection() {
    // A label of more than 63 letters is refused by the resolver itself: no name server is asked.
    let site = format!("https://{}.example", "a".repeat(64));

    let left = connect(&site, None).await.unwrap_err();

    assert!(matches!(left, ConnectWiseError::Unreachable { .. }), "{left:?}");
}

/// The alert that says that no version of TLS suits both.
pub const PROTOCOL_VERSION: u8 = 70;

/// Whether the bytes are one fatal alert.
pub fn is_alert(bytes: &[u8], description: u8) -> bool {
    matches!(bytes, [21, 3, _, 0, 2, 2, found] if *found == description)
}

/// What a server says that knows nothing newer than TLS 1.1.
fn server_hello_of_tls_1_1() -> Vec<u8> {
    let version = [3, 2];
    let (random, session, cipher, compression) = ([7; 32], [0], [0xc0, 0x13], [0]);
    let hello = [&version[..], &random, &session, &cipher, &compression].concat();
    let length = u8::try_from(hello.len()).expect("it is short");
    [&[22, 3, 2, 0, length + 4, 2, 0, 0, length][..], &hello].concat()
}
