//! Where a page may be served and what is missing elsewhere, and who stands undeclared between.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::*;

#[test]
fn sec_n1_the_page_is_for_this_machine_unless_it_is_told_otherwise() {
    let options = WebOptions::default();

    assert_eq!(options.page.address.to_string(), "127.0.0.1:8480");
    assert_eq!(check(&options.page), Ok(()));
}

#[test]
fn sec_n2_a_public_bind_demands_tls_or_a_proxy_and_a_login() {
    let tls = Some(Tls { certificate: "c".into(), key: "k".into() });
    let proxy = |user_header: Option<&str>| {
        let addresses = vec![Ipv4Addr::LOCALHOST.into()];
        Some(Proxy { addresses, user_header: user_header.map(str::to_owned) })
    };
    let users = Some(PathBuf::from("users"));
    let public = Listen { address: "0.0.0.0:8480".parse().unwrap(), ..Listen::default() };
    let ok = |listen: Listen| check(&listen);

    assert_eq!(ok(public.clone()), Err(Unsafe::NotEncrypted));
    assert_eq!(ok(Listen { users: users.clone(), ..public.clone() }), Err(Unsafe::NotEncrypted));
    assert_eq!(
        ok(Listen { proxy: Some(Proxy::default()), users: users.clone(), ..public.clone() }),
        Err(Unsafe::NotEncrypted)
    );
    assert_eq!(ok(Listen { tls: tls.clone(), ..public.clone() }), Err(Unsafe::NoLogin));
    assert_eq!(ok(Listen { proxy: proxy(None), ..public.clone() }), Err(Unsafe::NoLogin));
    assert_eq!(ok(Listen { tls: tls.clone(), users: users.clone(), ..public.clone() }), Ok(()));
    assert_eq!(ok(Listen { proxy: proxy(None), users, ..public.clone() }), Ok(()));
    assert_eq!(ok(Listen { proxy: proxy(Some("x-user")), ..public.clone() }), Ok(()));
    for address in ["[::]:1", "192.0.2.1:1", "[::ffff:192.0.2.1]:1"] {
        let listen = Listen { address: address.parse().unwrap(), ..Listen::default() };
        assert_eq!(check(&listen), Err(Unsafe::NotEncrypted), "{address}");
    }
    for address in ["127.0.0.2:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        let listen = Listen { address: address.parse().unwrap(), ..Listen::default() };
        assert_eq!(check(&listen), Ok(()), "{address}");
    }
}

#[tokio::test]
async fn sec_n2_a_page_that_is_not_safe_is_not_served() {
    let page = Listen { address: "0.0.0.0:0".parse().unwrap(), ..Listen::default() };
    let options = WebOptions { page, ..WebOptions::default() };

    let refused = Web::bind(&options, &Board::default(), Path::new("none")).await;

    assert!(matches!(refused, Err(WebError::Unsafe { missing: Unsafe::NotEncrypted, .. })));
}

#[test]
fn sec_n2_a_page_behind_a_proxy_on_this_machine_demands_a_login() {
    let proxy = |user_header: Option<&str>| {
        let addresses = vec![Ipv4Addr::LOCALHOST.into()];
        Some(Proxy { addresses, user_header: user_header.map(str::to_owned) })
    };
    let users = Some(PathBuf::from("users"));
    let tls = Some(Tls { certificate: "c".into(), key: "k".into() });

    for address in ["127.0.0.1:8480", "127.0.0.2:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        let local = Listen { address: address.parse().unwrap(), ..Listen::default() };
        let proxied = Listen { proxy: proxy(None), ..local.clone() };

        assert_eq!(check(&local), Ok(()), "{address}");
        assert_eq!(check(&proxied), Err(Unsafe::NoLogin), "{address}");
        let nowhere = Listen { proxy: Some(Proxy::default()), ..local.clone() };
        assert_eq!(check(&nowhere), Err(Unsafe::NoLogin), "{address}");
        assert_eq!(check(&Listen { tls: tls.clone(), ..proxied.clone() }), Err(Unsafe::NoLogin), "{address}");
        assert_eq!(check(&Listen { users: users.clone(), ..proxied }), Ok(()), "{address}");
        assert_eq!(check(&Listen { proxy: proxy(Some("x-user")), ..local }), Ok(()), "{address}");
    }
}

/// Asks once what is served by these options, beside a page on loopback.
async fn ask(page: &Listen, path: &str, header: &str) -> String {
    let page = Listen { address: "127.0.0.1:0".parse().unwrap(), ..page.clone() };
    let options = WebOptions { page, ..WebOptions::default() };
    let web = Web::bind(&options, &Board::default(), Path::new("none")).await.unwrap();
    let address = web.addresses()[0];
    let (_stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(web.serve(async {
        let _ = stopped.await;
    }));
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn sec_n3_a_proxy_that_is_not_declared_opens_neither_page_nor_metrics() {
    let alone = Listen::default();
    let addresses = vec!["192.0.2.1".parse().unwrap()];
    let other_is_declared = Listen {
        proxy: Some(Proxy { addresses, user_header: Some("x-user".to_owned()) }),
        ..Listen::default()
    };

    for header in [
        "forwarded: for=203.0.113.5",
        "X-Forwarded-For: 203.0.113.5",
        "x-forwarded-proto: https",
        "x-forwarded-anything: 1",
        "x-real-ip: 203.0.113.5",
    ] {
        for listen in [&alone, &other_is_declared] {
            for path in ["/", "/status.json", "/metrics", "/login"] {
                let answer = ask(listen, path, &format!("{header}\r\n")).await;
                assert!(answer.starts_with("HTTP/1.1 403 "), "{path} {header}: {answer}");
                assert!(answer.contains("proxy: { addresses: [127.0.0.1] }"), "{path} {header}: {answer}");
            }
        }
        let live = ask(&alone, "/livez", &format!("{header}\r\n")).await;
        let ready = ask(&alone, "/readyz", &format!("{header}\r\n")).await;
        assert!(live.starts_with("HTTP/1.1 200 ") && !ready.contains(" 403 "), "{live} {ready}");
    }
    assert!(ask(&alone, "/metrics", "").await.starts_with("HTTP/1.1 200 "));
}
