//! Bad input over a real socket: each with what is counted for it, and what it may ring at most.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};

use super::world::{World, hook, request, with_headers};
use super::{ANOTHER, Headers, PUSH, SECRET, hexadecimal, proof};
use crate::settings::daemon::HookKind;
use crate::web::hooks::{Outcome, Refusal};

/// Sends a request to a hook of its own and says what was counted. Nothing but what is proven rings.
fn counted(name: &str, kind: HookKind, bytes: &[u8]) -> Vec<Outcome> {
    let world = World::with(vec![hook(kind)]);
    let status = world.send(bytes).status;
    let outcomes: Vec<Outcome> = world.outcomes().into_iter().map(|(outcome, _)| outcome).collect();
    let rings = outcomes.contains(&Outcome::Rang);
    assert_eq!(status == 202, rings, "{name}: {status}");
    assert_eq!(world.rung().len(), usize::from(rings), "{name}");
    outcomes
}

fn github(headers: &Headers, body: &[u8]) -> Vec<u8> {
    request("/hooks/push", headers, body)
}

fn signature(value: impl Into<String>) -> Headers {
    vec![("x-hub-signature-256", value.into())]
}

fn right(body: &[u8]) -> Headers {
    proof(HookKind::Github, SECRET, body)
}

/// A request whose body comes in chunks.
fn chunked(headers: &Headers, chunks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"POST /hooks/push HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".to_vec();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
    for chunk in chunks {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(&[*chunk, b"\r\n"].concat());
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    bytes
}

#[test]
fn sec_w2_whatever_proves_nothing_is_refused() {
    let hash = hexadecimal(&super::code(SECRET.as_bytes(), PUSH));
    let twice: Headers = [right(PUSH), right(PUSH)].concat();
    let wrong_and_right: Headers = [proof(HookKind::Github, ANOTHER, PUSH), right(PUSH)].concat();
    let cases: [(&str, Headers, Refusal); 16] = [
        ("no signature", vec![], Refusal::Unsigned),
        (
            "sha1 of GitHub",
            vec![("x-hub-signature", "sha1=".to_owned() + &"0".repeat(40))],
            Refusal::Unsigned,
        ),
        ("sha1", signature(format!("sha1={}", "0".repeat(40))), Refusal::Algorithm),
        ("sha1 by name only", signature(format!("sha1={hash}")), Refusal::Algorithm),
        ("sha512", signature(format!("sha512={}", "0".repeat(128))), Refusal::Algorithm),
        ("capital name", signature(format!("SHA256={hash}")), Refusal::Algorithm),
        ("no name", signature(hash.clone()), Refusal::Malformed),
        ("empty", signature(""), Refusal::Malformed),
        ("empty hash", signature("sha256="), Refusal::Malformed),
        ("cut hash", signature(format!("sha256={}", &hash[..62])), Refusal::Malformed),
        ("odd hash", signature(format!("sha256={}", &hash[..63])), Refusal::Malformed),
        ("long hash", signature(format!("sha256={hash}00")), Refusal::Malformed),
        ("two in one header", signature(format!("sha256={hash}, sha256={hash}")), Refusal::Malformed),
        ("two headers", twice, Refusal::Ambiguous),
        ("a wrong and a right one", wrong_and_right, Refusal::Ambiguous),
        ("hash of another body", right(b"{}"), Refusal::Mismatch),
    ];

    for (name, headers, refusal) in cases {
        let outcomes = counted(name, HookKind::Github, &github(&headers, PUSH));
        assert_eq!(outcomes, [Outcome::Refused(refusal)], "{name}");
    }
}

#[test]
fn sec_w2_sha1_is_refused_where_a_forge_uses_the_old_header() {
    let hash = hexadecimal(&super::code(SECRET.as_bytes(), PUSH));
    for kind in [HookKind::Bitbucket, HookKind::Plain] {
        let (name, _) = proof(kind, SECRET, PUSH).remove(0);

        let outcomes = counted("sha1", kind, &github(&vec![(name, format!("sha1={}", &hash[..40]))], PUSH));

        assert_eq!(outcomes, [Outcome::Refused(Refusal::Algorithm)], "{kind:?}");
    }
}

#[test]
fn a_wrong_header_is_not_saved_by_a_right_one_of_another_name() {
    let right = proof(HookKind::Gitea, SECRET, PUSH);
    let (_, wrong) = proof(HookKind::Gitea, ANOTHER, PUSH).remove(0);
    let headers = [vec![("x-forgejo-signature", wrong)], right].concat();

    let outcomes = counted("forgejo", HookKind::Forgejo, &github(&headers, PUSH));

    assert_eq!(outcomes, [Outcome::Refused(Refusal::Mismatch)]);
}

#[test]
fn basic_authentication_is_read_strictly() {
    let cases = [
        ("another scheme", "Bearer 0123456789abcdef0123456789abcdef", Refusal::Algorithm),
        ("nothing behind it", "Basic ", Refusal::Malformed),
        ("short", "Basi", Refusal::Malformed),
        ("no Base64", "Basic !!!!", Refusal::Malformed),
        ("no colon", "Basic dHJ1ZXVw", Refusal::Malformed),
        ("no password", "Basic dHJ1ZXVwOg==", Refusal::Mismatch),
    ];
    for (name, value, refusal) in cases {
        let headers = vec![("authorization", value.to_owned())];

        let outcomes = counted(name, HookKind::AzureDevops, &github(&headers, PUSH));

        assert_eq!(outcomes, [Outcome::Refused(refusal)], "{name}");
    }
}

#[test]
fn a_proven_body_rings_whatever_it_holds() {
    let nested = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab, 0xae, 5, 0, 0x43, 0xbf, 0xa6, 0xa3, 2, 0, 0, 0];
    let bodies: [(&str, HookKind, &[u8]); 14] = [
        ("nothing", HookKind::Github, b""),
        ("null", HookKind::Github, b"null"),
        ("list", HookKind::Github, b"[]"),
        ("object", HookKind::Github, b"{}"),
        ("no JSON", HookKind::Github, b"\xff\x00<html>"),
        ("no repository", HookKind::Gitea, br#"{"ref":"refs/heads/main","commits":null}"#),
        ("link of wrong type", HookKind::Bitbucket, br#"{"repository":{"links":{"clone":"x"}},"changes":7}"#),
        ("no updates", HookKind::AzureDevops, br#"{"resource":{"refUpdates":[]}}"#),
        ("nested", HookKind::Github, &nested),
        ("form", HookKind::Github, b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fnext%22%7D"),
        ("compressed", HookKind::Github, &gzip),
        ("doubled keys", HookKind::Github, br#"{"ref":"refs/heads/next","ref":"refs/heads/main"}"#),
        ("no record", HookKind::Connectwise, br#"{"Action":"deleted","Entity":null}"#),
        ("bad record", HookKind::Connectwise, br#"{"Action":"updated","Entity":"{"}"#),
    ];

    for (name, kind, body) in bodies {
        let mut headers = proof(kind, SECRET, body);
        headers.push(("content-encoding", "gzip".to_owned()));
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));

        assert_eq!(counted(name, kind, &github(&headers, body)), [Outcome::Rang], "{name}");
    }
}

#[test]
fn capital_digits_and_chunks_are_the_same_bytes() {
    let (name, value) = right(PUSH).remove(0);
    let capitals = vec![(name, value.to_uppercase().replace("SHA256", "sha256"))];
    let (front, back) = PUSH.split_at(7);

    assert_eq!(counted("capitals", HookKind::Github, &github(&capitals, PUSH)), [Outcome::Rang]);
    let chunks = chunked(&right(PUSH), &[front, back]);
    assert_eq!(counted("chunks", HookKind::Github, &chunks), [Outcome::Rang]);
}

#[test]
fn a_body_has_its_limit_however_it_is_declared() {
    let limit = vec![b' '; 256 * 1024];
    let over = vec![b' '; 256 * 1024 + 1];
    let close = "POST /hooks/push HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
    let declared = |length: &str| format!("{close}content-length: {length}\r\n\r\n").into_bytes();
    let endless: Vec<&[u8]> = vec![&limit[..64 * 1024]; 64];
    let cases = [
        ("at the limit", github(&right(&limit), &limit), Outcome::Rang),
        ("one byte over", github(&right(&over), &over), Outcome::Refused(Refusal::TooLarge)),
        ("one byte over in chunks", chunked(&right(&over), &[&over]), Outcome::Refused(Refusal::TooLarge)),
        ("a gigabyte declared", declared("1073741824"), Outcome::Refused(Refusal::TooLarge)),
        ("an absurd length declared", declared("9223372036854775807"), Outcome::Refused(Refusal::TooLarge)),
        ("chunks without end", chunked(&right(PUSH), &endless), Outcome::Refused(Refusal::TooLarge)),
    ];

    for (name, bytes, outcome) in cases {
        assert_eq!(counted(name, HookKind::Github, &bytes), [outcome], "{name}");
    }
}

#[test]
fn a_delivery_that_breaks_off_rings_nothing() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let whole = github(&right(PUSH), PUSH);

    for length in (1..whole.len()).rev().step_by(7) {
        let mut stream = TcpStream::connect(world.address).unwrap();
        stream.write_all(&whole[..length]).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }

    assert_eq!(world.rung(), []);
    assert!(!world.outcomes().iter().any(|(outcome, _)| *outcome == Outcome::Rang));
}

#[test]
fn the_same_id_with_another_body_is_another_delivery() {
    let world = World::with(vec![hook(HookKind::Github)]);
    let post = |body: &[u8]| {
        let mut headers = right(body);
        headers.push(("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958".to_owned()));
        world.post(&headers, body).status
    };

    let statuses = [post(PUSH), post(PUSH), post(b"{}"), post(b"{}")];

    assert_eq!(statuses, [202; 4]);
    assert_eq!(world.outcomes(), [(Outcome::Rang, 1), (Outcome::Delayed, 1), (Outcome::Repeated, 2)]);
}

#[test]
fn odd_requests_prove_what_any_other_must() {
    let start = |line: &str| format!("{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n");
    let signed = |line: &str| with_headers(start(line), &right(PUSH), PUSH);
    let unsigned = |line: &str| with_headers(start(line), &vec![], PUSH);
    let upgrade = [right(PUSH), vec![("upgrade", "h2c".to_owned())]].concat();
    let cases = [
        ("absolute form", signed("POST http://169.254.169.254/hooks/push"), vec![Outcome::Rang]),
        (
            "absolute form unsigned",
            unsigned("POST http://localhost/hooks/push"),
            vec![Outcome::Refused(Refusal::Unsigned)],
        ),
        ("climbing", signed("POST /hooks/..%2fhooks%2fpush"), vec![Outcome::Refused(Refusal::Unknown)]),
        ("climbing plainly", signed("POST /hooks/../hooks/push"), vec![Outcome::Refused(Refusal::Unknown)]),
        ("trace", signed("TRACE /hooks/push"), vec![Outcome::Refused(Refusal::Method)]),
        ("put", signed("PUT /hooks/push"), vec![Outcome::Refused(Refusal::Method)]),
        ("a method of one's own", signed("POSTED /hooks/push"), vec![Outcome::Refused(Refusal::Method)]),
        ("small letters", signed("post /hooks/push"), vec![Outcome::Refused(Refusal::Method)]),
        ("connect", signed("CONNECT localhost:443"), vec![Outcome::Refused(Refusal::Unknown)]),
        ("upgrade", with_headers(start("POST /hooks/push"), &upgrade, PUSH), vec![Outcome::Rang]),
    ];

    for (name, bytes, outcomes) in cases {
        assert_eq!(counted(name, HookKind::Github, &bytes), outcomes, "{name}");
    }
}

#[test]
fn requests_of_two_minds_ring_nothing() {
    let start = "POST /hooks/push HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n".to_owned();
    let beside = |more: &str| with_headers(format!("{start}{more}\r\n"), &right(PUSH), PUSH);
    let many = "x: y\r\n".repeat(10_000);
    let cases = [
        ("two lengths", beside("content-length: 1")),
        ("length and chunks", beside("transfer-encoding: chunked")),
        ("odd coding", beside("transfer-encoding: xchunked")),
        ("folded coding", beside("transfer-encoding:\r\n chunked")),
        ("space before the colon", beside("content-length : 1")),
        ("ten thousand headers", beside(many.trim_end())),
    ];

    for (name, bytes) in cases {
        assert!(!counted(name, HookKind::Github, &bytes).contains(&Outcome::Rang), "{name}");
    }
}

#[test]
fn sec_w5_the_address_of_a_key_is_never_gone_to() {
    let trap = TcpListener::bind("127.0.0.1:0").unwrap();
    trap.set_nonblocking(true).unwrap();
    let port = trap.local_addr().unwrap().port();
    let addresses = [
        format!("http://127.0.0.1:{port}/key"),
        format!("http://localhost:{port}/key"),
        format!("http://[::ffff:127.0.0.1]:{port}/key"),
        format!("http://na.myconnectwise.net@127.0.0.1:{port}/key"),
        format!("https://na.myconnectwise.net.127.0.0.1.nip.io:{port}/key"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "https://elsewhere.example/key".to_owned(),
        "https://na.myconnectwise.net/key".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ];
    for address in addresses {
        let body =
            format!(r#"{{"Action":"updated","Type":"agreement","Metadata":{{"key_url":"{address}"}}}}"#);
        let body = body.as_bytes();
        // Signed by the key that the sender would serve there.
        let forged = github(&proof(HookKind::Connectwise, ANOTHER, body), body);
        let target = format!("/hooks/push?token={SECRET}&recordId=7&action=updated");
        let known = request(&target, &proof(HookKind::Connectwise, ANOTHER, body), body);

        let outcomes = counted(&address, HookKind::Connectwise, &forged);
        assert_eq!(outcomes, [Outcome::Refused(Refusal::Mismatch)], "{address}");
        assert_eq!(counted(&address, HookKind::Connectwise, &known), [Outcome::Rang], "{address}");
        assert_eq!(trap.accept().unwrap_err().kind(), ErrorKind::WouldBlock, "{address}");
    }
}

#[test]
fn a_callback_proves_itself_by_its_address_or_its_signature() {
    let target = |query: &str| request(&format!("/hooks/push?{query}"), &vec![], PUSH);
    let encoded: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let cases = [
        ("the secret", target(&format!("token={SECRET}&recordId=7")), Outcome::Rang),
        ("the secret encoded", target(&format!("recordId=7&token={encoded}")), Outcome::Rang),
        ("another secret", target(&format!("token={ANOTHER}")), Outcome::Refused(Refusal::Mismatch)),
        ("half a secret", target(&format!("token={}", &SECRET[..16])), Outcome::Refused(Refusal::Mismatch)),
        ("no secret", target("token=&recordId=7"), Outcome::Refused(Refusal::Mismatch)),
        ("no token", target(&format!("tokens={SECRET}")), Outcome::Refused(Refusal::Unsigned)),
        ("two tokens", target(&format!("token=x&token={SECRET}")), Outcome::Refused(Refusal::Ambiguous)),
        ("broken token", target("token=%2"), Outcome::Refused(Refusal::Malformed)),
        (
            "no Base64",
            github(&vec![("x-content-signature", "AAAA".to_owned())], PUSH),
            Outcome::Refused(Refusal::Malformed),
        ),
    ];

    for (name, bytes, outcome) in cases {
        assert_eq!(counted(name, HookKind::Connectwise, &bytes), [outcome], "{name}");
    }
}

#[test]
fn only_callbacks_prove_themselves_by_their_address() {
    for kind in super::KINDS.into_iter().filter(|kind| *kind != HookKind::Connectwise) {
        let bytes = request(&format!("/hooks/push?token={SECRET}"), &vec![], PUSH);

        assert_eq!(counted("token", kind, &bytes), [Outcome::Refused(Refusal::Unsigned)], "{kind:?}");
    }
}
