//! Whom a client believes, where it connects to, and by which way: against far ends on loopback that are not what they say.

mod far_end;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use self::far_end::{Authority, Period, proxy, serve, serve_on};
use super::addresses::Lookup;
use super::{
    Addresses, Proxy, Reach, Route, client, client_by, is_refused_address, is_untrusted, refuses_certificate,
};

const WORLD: Route<'static> =
    Route { reach: Reach::World, authority: None, addresses: Addresses::Public, proxy: None };

/// Names that mean what a test says, one answer after the other, the last one for good. And what was asked for.
fn scripted(answers: &[&[&str]]) -> (Lookup, Arc<Mutex<Vec<String>>>) {
    let mut answers: Vec<Vec<SocketAddr>> = answers
        .iter()
        .map(|answer| answer.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect())
        .collect();
    answers.reverse();
    let (answers, asked) = (Mutex::new(answers), Arc::new(Mutex::new(Vec::new())));
    let heard = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |host| {
        heard.lock().unwrap().push(host);
        let mut left = answers.lock().unwrap();
        let answer = if left.len() > 1 { left.pop().unwrap() } else { left[0].clone() };
        Box::pin(async move { Ok(answer) })
    });
    (lookup, asked)
}

async fn get(route: Route<'_>, lookup: Lookup, url: &str) -> Result<u16, reqwest::Error> {
    let client = client_by(route, lookup).unwrap().timeout(Duration::from_secs(20)).build().unwrap();
    client.get(url).send().await.map(|answer| answer.status().as_u16())
}

#[tokio::test]
async fn i1_a_certificate_for_another_host_an_expired_one_and_one_of_nobodys_are_refused() {
    let authority = Authority::make();
    let trusted = Route { authority: Some(authority.pem.as_bytes()), ..WORLD };
    let stranger = Authority::make();
    let (nowhere, _) = scripted(&[&["127.0.0.1"]]);

    for (certificate, route) in [
        (authority.sign("cw.example", Period::Now), trusted),
        (authority.sign("127.0.0.1", Period::Past), trusted),
        (authority.sign("127.0.0.1", Period::Future), trusted),
        (stranger.sign("127.0.0.1", Period::Now), trusted),
        (authority.sign("127.0.0.1", Period::Now), WORLD),
    ] {
        let far_end = serve(certificate).await;
        let url = format!("https://{}", far_end.address);

        let error = get(route, Arc::clone(&nowhere), &url).await.unwrap_err();

        assert!(is_untrusted(&error), "{error:?}");
        assert_eq!(far_end.heard(), 0, "something was sent");
    }
}

#[tokio::test]
async fn i1_a_private_authority_by_its_file_is_trusted() {
    let authority = Authority::make();
    let far_end = serve(authority.sign("127.0.0.1", Period::Now)).await;
    let (nowhere, asked) = scripted(&[&["127.0.0.1"]]);
    let route = Route { authority: Some(authority.pem.as_bytes()), ..WORLD };

    let status = get(route, nowhere, &format!("https://{}", far_end.address)).await;

    assert_eq!(status.unwrap(), 200);
    // An address that is written as such is the operator's word, and no name that anybody could lead elsewhere.
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn sec_o1_nothing_older_than_tls_1_2_is_offered_or_taken() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = vec![0; 4096];
        let length = stream.read(&mut hello).await.unwrap();
        // A server that chooses TLS 1.1, as one would that was talked down to it.
        let mut chosen = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
        chosen.extend([7; 32]);
        chosen.extend([0, 0xc0, 0x13, 0]);
        stream.write_all(&chosen).await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
        (hello[..length].to_vec(), rest)
    });
    let (nowhere, _) = scripted(&[&["127.0.0.1"]]);

    let error = get(WORLD, nowhere, &format!("https://{address}")).await.unwrap_err();

    assert!(error.is_connect(), "{error:?}");
    let (hello, rest) = server.await.unwrap();
    let versions = hello.windows(4).position(|bytes| bytes == [0, 43, 0, 5]).expect("versions are offered");
    assert_eq!(hello[versions + 4..versions + 9], [4, 3, 4, 3, 3], "TLS 1.3 and 1.2");
    assert_eq!(rest.first(), Some(&21), "an alert and nothing else: {rest:?}");
}

#[tokio::test]
async fn sec_o1_plain_http_and_redirects_are_not_followed_out_of_what_was_configured() {
    let (nowhere, _) = scripted(&[&["127.0.0.1"]]);

    let error = get(WORLD, nowhere, "http://cw.example/").await.unwrap_err();

    assert!(error.is_builder(), "{error:?}");

    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = elsewhere.local_addr().unwrap();
    for status in [301, 302, 303, 307, 308] {
        let site = redirecting(status, target).await;
        let loopback = Route { reach: Reach::Loopback, ..WORLD };
        let (home, _) = scripted(&[&["127.0.0.1"]]);

        assert_eq!(get(loopback, home, &format!("http://{site}/")).await.unwrap(), status);
    }
    let nobody = tokio::time::timeout(Duration::ZERO, elsewhere.accept()).await;
    assert!(nobody.is_err(), "a redirect was followed");
}

/// A site on loopback that sends one request elsewhere.
async fn redirecting(status: u16, target: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        let head = format!("HTTP/1.1 {status} X\r\nLocation: http://{target}/\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let _ = stream.shutdown().await;
    });
    address
}

#[tokio::test]
async fn i2_what_the_operator_allows_is_reached_and_what_serves_credentials_never_is() {
    let authority = Authority::make();
    let far_end = serve(authority.sign("cw.example", Period::Now)).await;
    let url = format!("https://cw.example:{}", far_end.address.port());
    let route = Route { authority: Some(authority.pem.as_bytes()), addresses: Addresses::Any, ..WORLD };

    let (own, _) = scripted(&[&["127.0.0.1"]]);
    assert_eq!(get(route, own, &url).await.unwrap(), 200);
    for address in ["169.254.169.254", "fe80::1", "100.100.100.200"] {
        let (metadata, _) = scripted(&[&[address]]);
        assert!(is_refused_address(&get(route, metadata, &url).await.unwrap_err()), "{address}");
    }
    let (told, _) = scripted(&[&["10.0.0.5"]]);
    let error = get(WORLD, told, &url).await.unwrap_err();
    assert_eq!(
        super::cause(&error),
        "cw.example means 10.0.0.5, which is a private address; allow_private_addresses would allow it"
    );
}

#[tokio::test]
async fn sec_o2_each_connection_asks_anew_what_a_name_means_so_that_it_cannot_be_rebound() {
    let authority = Authority::make();
    let far_end = serve(authority.sign("cw.example", Period::Now)).await;
    let url = format!("https://cw.example:{}", far_end.address.port());
    let (lookup, asked) = scripted(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let route = Route { authority: Some(authority.pem.as_bytes()), addresses: Addresses::Any, ..WORLD };
    let client = client_by(route, lookup).unwrap().pool_max_idle_per_host(0).build().unwrap();

    let first = client.get(&url).send().await.map(|answer| answer.status().as_u16());
    let second = client.get(&url).send().await;

    assert_eq!(first.unwrap(), 200);
    assert!(is_refused_address(&second.unwrap_err()));
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn sec_o2_one_forbidden_address_among_good_ones_refuses_the_name() {
    let (lookup, _) = scripted(&[&["192.0.2.1", "127.0.0.1"]]);

    let error = get(WORLD, lookup, "https://cw.example/").await.unwrap_err();

    assert!(is_refused_address(&error), "{error:?}");
}

#[tokio::test]
async fn sec_o2_the_name_of_this_machine_means_this_machine_and_nothing_else() {
    let authority = Authority::make();
    let far_end = serve(authority.sign("localhost", Period::Now)).await;
    let url = format!("https://localhost:{}", far_end.address.port());
    let route = Route { authority: Some(authority.pem.as_bytes()), ..WORLD };
    let plain = Route { reach: Reach::Loopback, ..WORLD };

    let (here, _) = scripted(&[&["127.0.0.1"]]);
    assert_eq!(get(route, here, &url).await.unwrap(), 200);
    for (route, url) in [(route, url.as_str()), (plain, "http://localhost:1/")] {
        let (elsewhere, _) = scripted(&[&["192.0.2.1"]]);
        assert!(is_refused_address(&get(route, elsewhere, url).await.unwrap_err()), "{url}");
    }
}

#[tokio::test]
async fn sec_o1_a_proxy_of_the_settings_is_used_with_its_login_and_a_private_authority_works_behind_it() {
    let authority = Authority::make();
    let far_end = serve(authority.sign("cw.example", Period::Now)).await;
    let between = proxy(far_end.address).await;
    let (lookup, asked) = scripted(&[&["127.0.0.1"]]);
    let login = Some(("clerk".to_owned(), "proxy-canary".into()));
    let named = Proxy { url: format!("http://proxy.example:{}", between.address.port()), login };
    let route = Route { authority: Some(authority.pem.as_bytes()), proxy: Some(&named), ..WORLD };

    let status = get(route, lookup, "https://cw.example/").await;

    assert_eq!(status.unwrap(), 200);
    assert_eq!(
        between.asked(),
        ["CONNECT cw.example:443 HTTP/1.1 Basic Y2xlcms6cHJveHktY2FuYXJ5".to_owned()]
    );
    assert_eq!(
        *asked.lock().unwrap(),
        ["proxy.example"],
        "the proxy may stand anywhere; it looks the rest up"
    );
    assert!(!format!("{named:?}").contains("proxy-canary"));
}

#[tokio::test]
async fn sec_o1_a_proxy_that_speaks_for_the_site_is_not_believed() {
    let authority = Authority::make();
    let between = proxy(serve(Authority::make().sign("cw.example", Period::Now)).await.address).await;
    let (lookup, _) = scripted(&[&["127.0.0.1"]]);
    let named = Proxy { url: format!("http://{}", between.address), login: None };
    let route = Route { authority: Some(authority.pem.as_bytes()), proxy: Some(&named), ..WORLD };

    let error = get(route, lookup, "https://cw.example/").await.unwrap_err();

    assert!(is_untrusted(&error), "{error:?}");
}

#[tokio::test]
async fn what_stands_on_this_machine_is_reached_without_a_proxy() {
    let far_end = serve_on(None).await;
    let named = Proxy { url: "http://127.0.0.1:1".to_owned(), login: None };
    let (lookup, _) = scripted(&[&["127.0.0.1"]]);
    let route = Route { reach: Reach::Loopback, proxy: Some(&named), ..WORLD };

    assert_eq!(get(route, lookup, &format!("http://{}", far_end.address)).await.unwrap(), 200);
}

#[test]
fn a_refused_certificate_is_found_however_deep_it_is_wrapped() {
    let refused = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);

    assert!(refuses_certificate(&io::Error::other(io::Error::other(refused))));
    assert!(!refuses_certificate(&io::Error::other(rustls::Error::DecryptError)));
    assert!(!refuses_certificate(&io::Error::from(io::ErrorKind::ConnectionRefused)));
}

#[test]
fn an_authority_without_a_certificate_is_refused_and_not_ignored() {
    let refused = client(Route { authority: Some(b"no certificate"), ..WORLD }).map(|_| ());

    assert_eq!(refused, Err("the certificate authority's file holds no certificate".to_owned()));
    assert!(client(WORLD).is_ok());
}

#[tokio::test]
async fn i2_the_settings_of_a_tenant_say_whether_the_name_of_its_site_may_mean_a_private_address() {
    let authority = Authority::make();
    let far_end = serve(authority.sign("cw.example", Period::Now)).await;
    let url = format!("https://cw.example:{}", far_end.address.port());
    let allowed_by = |line: &str| {
        let text = format!(
            "tenants:\n  msp:\n    repository: {{ path: billing }}\n    connectwise:\n      site: https://cw.example\n      \
             company: msp\n      client_id: {{ file: a }}\n      public_key: {{ file: b }}\n      \
             private_key: {{ file: c }}\n{line}    sources: {{ intronis: {{ csv: {{ path: usage.csv }} }} }}\n"
        );
        let settings =
            crate::settings::parse(&"trueup.yaml".into(), std::path::Path::new("/"), text.as_bytes());
        settings.unwrap().tenants["msp"].connectwise.addresses()
    };
    let reached = async |addresses, means: &str| {
        let route = Route { authority: Some(authority.pem.as_bytes()), addresses, ..WORLD };
        let (lookup, _) = scripted(&[&[means]]);
        get(route, lookup, &url).await
    };

    for unsaid in ["", "      allow_private_addresses: false\n"] {
        for means in ["10.0.0.5", "127.0.0.1"] {
            let error = reached(allowed_by(unsaid), means).await.unwrap_err();
            assert!(is_refused_address(&error), "{unsaid}{means}: {error:?}");
        }
    }
    let allowed = allowed_by("      allow_private_addresses: true\n");
    assert_eq!(reached(allowed, "127.0.0.1").await.unwrap(), 200);
    assert!(is_refused_address(&reached(allowed, "169.254.169.254").await.unwrap_err()));
}
