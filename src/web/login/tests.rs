//! Logging in without a socket: what a session lives by, and what is said to one who is refused.

use std::fs::{File, FileTimes, Permissions};
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use axum::body::to_bytes;

use super::*;

const CALLER: Caller = Caller { address: IpAddr::V4(Ipv4Addr::LOCALHOST), by_proxy: false, is_secure: false };

/// Writes the users file; every age makes it another file, as far as a look at it tells.
fn write(path: &Path, text: &str, age_seconds: u64) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
    let modified = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 - age_seconds);
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_times(FileTimes::new().set_modified(modified))
        .unwrap();
}

fn same_origin() -> HeaderMap {
    HeaderMap::from_iter([("sec-fetch-site".parse().unwrap(), HeaderValue::from_static("same-origin"))])
}

async fn send(access: &Access, name: &str, headers: HeaderMap) -> Response {
    let credentials =
        Credentials { name: name.to_owned(), password: "correct horse".to_owned(), to: String::new() };
    log_in(State(access.clone()), Extension(CALLER), headers, Form(credentials)).await
}

/// The headers of one who logged in.
async fn logged_in(access: &Access, name: &str) -> HeaderMap {
    let answer = send(access, name, same_origin()).await;
    let cookie = answer.headers().get(SET_COOKIE).expect("a session").to_str().unwrap();
    let session = cookie.split(';').next().unwrap();
    HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(session).unwrap())])
}

#[tokio::test]
async fn sec_a1_a_user_who_was_taken_out_or_has_another_password_is_out_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    let line = |name: &str| format!("{name}:{}\n", hash_password("correct horse").unwrap());
    let (ada, bob, eve) = (line("ada"), line("bob"), line("eve"));
    write(&path, &format!("{ada}{bob}{eve}"), 3);
    let access = Access::new(Some(path.clone()), None).unwrap();
    let sessions =
        [logged_in(&access, "ada").await, logged_in(&access, "bob").await, logged_in(&access, "eve").await];
    let seen = || sessions.each_ref().map(|headers| access.visitor(headers, CALLER).is_some());
    assert_eq!(seen(), [true, true, true]);

    write(&path, &format!("{ada}{}{eve}", line("bob")), 2);
    assert_eq!(seen(), [true, false, true], "another hash for bob, as long as the one before");
    write(&path, &format!("{ada}{bob}"), 1);
    assert_eq!(seen(), [true, false, false], "eve is gone, and bob's session does not come back");
    write(&path, "no users file", 0);
    assert_eq!(seen(), [false, false, false], "nobody knows who may look");
    write(&path, &ada, 3);
    assert_eq!(seen(), [true, false, false], "a slip in the file logs nobody out who is still in it");
}

#[tokio::test]
async fn sec_a1_a_form_that_is_refused_for_its_origin_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("users");
    write(&path, &format!("ada:{}\n", hash_password("correct horse").unwrap()), 0);
    let access = Access::new(Some(path), None).unwrap();
    let null = || HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static("null"))]);

    let refused =
        [send(&access, "ada", null()).await, log_out(State(access), Extension(CALLER), null()).await];

    for refused in refused {
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        let told = to_bytes(refused.into_body(), 1024).await.unwrap();
        assert!(String::from_utf8_lossy(&told).contains("Sec-Fetch-Site"), "{told:?}");
    }
}
