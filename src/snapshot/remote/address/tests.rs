//! Which addresses there are, and that a refusal never repeats one.

use super::{Address, Way};
use crate::problem::Code;

#[test]
fn https_ssh_and_file_are_addresses() {
    for text in [
        "https://git.example.com/msp/billing.git",
        "https://git.example.com:8443/msp/billing",
        "http://127.0.0.1:3000/billing.git",
        "http://[::1]:3000/billing.git",
        "http://localhost/billing.git",
        "ssh://git@git.example.com/msp/billing.git",
        "ssh://git@git.example.com:2222/msp/billing.git",
        "ssh://git@[2001:db8::1]:22/billing.git",
        "git@git.example.com:msp/billing.git",
        "git.example.com:billing.git",
        "file:///srv/billing.git",
    ] {
        assert_eq!(Address::parse(text).map(|address| address.to_string()), Ok(text.to_owned()));
    }
}

#[test]
fn the_two_forms_of_ssh_differ_in_where_a_path_begins() {
    let login = |text| match Address::parse(text).unwrap().way {
        Way::Ssh(login) => (login.user, login.host, login.port, login.path),
        other => panic!("{other:?}"),
    };
    let git = || Some("git".to_owned());

    let host = || "host".to_owned();
    assert_eq!(login("git@host:msp/x.git"), (git(), host(), None, "msp/x.git".to_owned()));
    assert_eq!(login("ssh://git@host:22/msp/x.git"), (git(), host(), Some(22), "/msp/x.git".to_owned()));
    assert_eq!(login("ssh://host/~git/x.git"), (None, host(), None, "~git/x.git".to_owned()));
}

#[test]
fn sec_g1_an_address_can_run_no_command_and_reach_no_other_scheme() {
    for text in [
        "ext::sh%20-c%20touch%20owned",
        "ext::sh",
        "ext::sh -c touch",
        "fd::17",
        "git://git.example.com/x.git",
        "ftp://git.example.com/x.git",
        "trueup://remote",
        "ssh://-oProxyCommand=touch/x.git",
        "-oProxyCommand=touch:x.git",
        "ssh://-l@host/x.git",
        "ssh://git@host:0/x.git",
        "ssh://git@host:99999/x.git",
        "git@host:-x.git",
        "git@host:x'.git",
        "git@host:$(touch).git",
        "git@host:x;touch",
        "git@host:",
        "ssh://host",
        "ssh://ho;st/x",
        "file://server/share",
        "file:relative",
        "file:////server/share",
        "https://",
        "https://git.example.com",
        "https://git.example.com/",
        "https://git.example.com/x?y",
        "https://git.example.com/x#y",
        "HTTPS://git.example.com/x",
        "../billing",
        "/srv/billing",
        "",
        "https://git.example.com/x\n",
    ] {
        assert_eq!(Address::parse(text).map_err(|bad| bad.code), Err(Code::InvalidValue), "{text}");
    }
}

#[test]
fn plain_http_reaches_this_machine_only() {
    for text in ["http://git.example.com/x.git", "http://127.0.0.1.example/x", "http://192.0.2.1/x"] {
        assert_eq!(Address::parse(text).map_err(|bad| bad.code), Err(Code::InsecureSite), "{text}");
    }
}

#[test]
fn sec_p2_a_password_in_an_address_is_refused_and_not_shown() {
    for text in [
        "https://hunter2@git.example.com/x.git",
        "https://user:hunter2@git.example.com/x.git",
        "https://git.example.com\\@evil.example/hunter2",
        "ssh://git:hunter2@git.example.com/x.git",
        "git:hunter2@git.example.com:x.git",
    ] {
        let bad = Address::parse(text).unwrap_err();

        assert_eq!(bad.code, Code::SecretInFile, "{text}");
        assert!(!format!("{bad:?}").contains("hunter2"));
    }
}
