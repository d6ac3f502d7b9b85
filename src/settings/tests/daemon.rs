//! What the daemon is told: listeners that are kept, hooks that are heard, keys for writing apart from those for reading.

use std::path::PathBuf;
use std::time::Duration;

use super::{GOOD, places, read, with};
use crate::problem::Code::{InvalidValue, SecretInFile, UnknownKey, WrongType};
use crate::settings::STALE_AFTER;
use crate::settings::daemon::{HookKind, Listen, Metrics, Proxy, Tls};
use crate::settings::secret::Kept;

const TLS: &str = "tls: { certificate: tls/chain.pem, key: tls/key.pem }";

fn and(rest: &str) -> String {
    format!("{GOOD}{rest}\n")
}

#[test]
fn without_a_word_nothing_listens_and_nobody_rings() {
    let settings = read(GOOD).unwrap();

    assert_eq!((settings.listen, settings.metrics, settings.hooks_listen), (None, None, None));
    assert!(settings.hooks.is_empty());
    assert_eq!(settings.stale_after, STALE_AFTER);
}

#[test]
fn a_listener_is_an_address_or_all_that_keeps_it() {
    let short = read(&and("listen: 127.0.0.1:8480\nmetrics: { listen: \"[::1]:9480\" }")).unwrap();
    let full = read(&and(&format!(
        "listen: {{ address: 0.0.0.0:8480, {TLS}, proxy: {{ addresses: [10.0.0.5] }}, names: [Trueup.Example.COM], users: users.txt }}\n\
         stale_after: 5m"
    )))
    .unwrap();

    assert_eq!(short.listen, Some(Listen::at("127.0.0.1:8480".parse().unwrap())));
    let metrics = Metrics { listen: Some(Listen::at("[::1]:9480".parse().unwrap())), token: None };
    assert_eq!(short.metrics, Some(metrics));
    let path = |path: &str| PathBuf::from("/etc/trueup").join(path);
    assert_eq!(
        full.listen,
        Some(Listen {
            address: "0.0.0.0:8480".parse().unwrap(),
            tls: Some(Tls { certificate: path("tls/chain.pem"), key: path("tls/key.pem") }),
            proxy: Some(Proxy { addresses: vec!["10.0.0.5".parse().unwrap()], user_header: None }),
            names: vec!["trueup.example.com".into()],
            users: Some(path("users.txt")),
        })
    );
    assert_eq!(full.stale_after, Duration::from_secs(300));
}

#[test]
fn sec_n2_a_listener_beyond_loopback_is_encrypted_and_knows_its_readers() {
    let page = |rest: &str| format!("listen: {{ address: 0.0.0.0:8480{rest} }}");
    let metrics = |rest: &str, token: &str| {
        format!("metrics: {{ listen: {{ address: 0.0.0.0:9480{rest} }}{token} }}\nlisten: 127.0.0.1:8480")
    };
    let tls = format!(", {TLS}");
    let token = ", token: { env: TRUEUP_METRICS_TOKEN }";
    let hooks = "hooks: { forge: { kind: github, secrets: [ { file: hook } ] } }";

    for kept in [
        page(&format!("{tls}, users: users.txt")),
        page(", proxy: { addresses: [10.0.0.5] }, users: users.txt"),
        page(", proxy: { addresses: [10.0.0.5], user_header: X-Forwarded-User }"),
        metrics(&tls, token),
        metrics(", proxy: { addresses: [\"::1\"] }", token),
        format!("hooks_listen: {{ address: 0.0.0.0:8481{tls} }}\n{hooks}"),
        "listen: 127.0.0.2:8480".to_owned(),
        "listen: \"[::1]:8480\"".to_owned(),
    ] {
        assert!(read(&and(&kept)).is_ok(), "{kept}: {:#?}", read(&and(&kept)));
    }
    for (open, column) in [
        ("listen: 0.0.0.0:8480".to_owned(), 9),
        ("listen: \"[::]:8480\"".to_owned(), 9),
        ("listen: 192.0.2.7:8480".to_owned(), 9),
        (page(""), 20),
        (page(&tls), 20),
        (page(", users: users.txt"), 20),
        (page(", proxy: { addresses: [10.0.0.5] }"), 20),
        (metrics("", token), 31),
        (metrics(&tls, ""), 20),
        (format!("hooks_listen: 0.0.0.0:8481\n{hooks}"), 15),
    ] {
        let problems = read(&and(&open)).expect_err(&open);
        assert_eq!(places(&problems), [(InvalidValue, 15, column)], "{open}: {problems:#?}");
        assert!(problems[0].hint.is_some());
    }
}

#[test]
fn sec_n2_a_page_behind_a_proxy_on_this_machine_knows_its_readers() {
    let behind = |rest: &str| {
        format!(
            "listen: {{ address: 127.0.0.1:8480, proxy: {{ addresses: [127.0.0.1]{rest}, names: [a.example] }}"
        )
    };
    let hooks = "hooks: { forge: { kind: github, secrets: [ { file: hook } ] } }";
    let proxied = "address: 127.0.0.1:8481, proxy: { addresses: [127.0.0.1] }";

    for kept in [
        behind(" }, users: users.txt"),
        behind(", user_header: X-Forwarded-User }"),
        "listen: { address: 127.0.0.1:8480, names: [a.example] }".to_owned(),
        format!("hooks_listen: {{ {proxied} }}\n{hooks}"),
        format!("metrics: {{ listen: {{ {proxied} }} }}\nlisten: 127.0.0.1:8480"),
    ] {
        assert!(read(&and(&kept)).is_ok(), "{kept}: {:#?}", read(&and(&kept)));
    }
    for address in ["127.0.0.1:8480", "\"[::1]:8480\""] {
        let open = behind(" }").replace("127.0.0.1:8480", address);
        let problems = read(&and(&open)).expect_err(&open);
        assert_eq!(places(&problems), [(InvalidValue, 15, 20)], "{problems:#?}");
        assert_eq!(problems[0].message, "listen is reached through a proxy, and has no users");
        assert!(problems[0].hint.as_ref().is_some_and(|hint| hint.contains("user_header")));
    }
}

#[test]
fn a_hook_rings_for_the_tenants_it_names_or_for_all() {
    let settings = read(&and(
        "hooks_listen: 127.0.0.1:8481\n\
         hooks:\n  \
           forge: { kind: azure_devops, tenants: [example-msp], secrets: [ { file: hook }, { env: OLD_HOOK } ], branch: main }\n  \
           psa: { kind: connectwise, secrets: [ { file: hook } ] }",
    ))
    .unwrap();

    let forge = &settings.hooks["forge"];
    assert_eq!((forge.kind, forge.branch.as_deref()), (HookKind::AzureDevops, Some("main")));
    assert_eq!(forge.tenants, ["example-msp".into()]);
    assert_eq!(forge.secrets[0].kept, Kept::File("/etc/trueup/hook".into()));
    assert_eq!(forge.secrets[1].kept, Kept::Environment("OLD_HOOK".to_owned()));
    assert_eq!(forge.secrets[1].place.column, 83);
    assert_eq!(settings.hooks["psa"].tenants, ["example-msp".into()]);
}

#[test]
fn the_name_of_a_hook_can_be_part_of_an_address_as_it_is() {
    let named = |name: &str| {
        let hook = format!("{name}: {{ kind: plain, secrets: [ {{ file: a }} ] }}");
        read(&and(&format!("hooks_listen: 127.0.0.1:8481\nhooks: {{ {hook} }}")))
    };

    for good in ["forge", "forge-2", "f"] {
        assert!(named(good).is_ok(), "{good}");
    }
    for bad in ["Forge", "for_ge", "for.ge", "\"for ge\"", "-forge"] {
        let problems = named(bad).expect_err(bad);
        assert_eq!(places(&problems), [(InvalidValue, 16, 10)], "{bad}: {problems:#?}");
    }
}

#[test]
fn what_the_daemon_is_told_wrongly_is_refused_at_its_place() {
    let heard = "hooks_listen: 127.0.0.1:8481\n";
    let hook = |text: &str| format!("{heard}hooks: {{ forge: {{ {text} }} }}");
    for (text, expected) in [
        ("listen: localhost:8480".to_owned(), (InvalidValue, 15, 9)),
        ("listen: 8480".to_owned(), (WrongType, 15, 9)),
        ("listen: { adress: 127.0.0.1:8480, address: 127.0.0.1:1 }".to_owned(), (UnknownKey, 15, 11)),
        ("listen: { address: 127.0.0.1:8480, names: [\"https://x\"] }".to_owned(), (InvalidValue, 15, 44)),
        (
            "listen: { address: 127.0.0.1:8480, proxy: { addresses: [proxy.example] } }".to_owned(),
            (InvalidValue, 15, 57),
        ),
        ("metrics: {}".to_owned(), (InvalidValue, 15, 10)),
        ("metrics: { listen: 127.0.0.1:1 }".to_owned(), (InvalidValue, 15, 10)),
        (
            "metrics: { listen: 127.0.0.1:1, token: hunter2 }\nlisten: 127.0.0.1:2".to_owned(),
            (SecretInFile, 15, 40),
        ),
        (
            "metrics: { listen: { address: 127.0.0.1:1, users: a } }\nlisten: 127.0.0.1:2".to_owned(),
            (InvalidValue, 15, 51),
        ),
        ("hooks_listen: 127.0.0.1:8481".to_owned(), (InvalidValue, 15, 15)),
        ("hooks: { forge: { kind: github, secrets: [ { file: a } ] } }".to_owned(), (InvalidValue, 15, 8)),
        (hook("kind: github, secrets: [ hunter2 ]"), (SecretInFile, 16, 44)),
        (hook("kind: github, secrets: []"), (InvalidValue, 16, 42)),
        (hook("kind: guthib, secrets: [ { file: a } ]"), (InvalidValue, 16, 25)),
        (hook("kind: github, tenants: [other], secrets: [ { file: a } ]"), (InvalidValue, 16, 43)),
        (hook("kind: connectwise, secrets: [ { file: a } ], branch: main"), (InvalidValue, 16, 72)),
        ("stale_after: 90".to_owned(), (InvalidValue, 15, 14)),
        (
            "listen: { address: 127.0.0.1:8480, proxy: { addresses: [10.0.0.0/8] } }".to_owned(),
            (InvalidValue, 15, 57),
        ),
    ] {
        let problems = read(&and(&text)).expect_err(&text);

        assert_eq!(places(&problems), [expected], "{text}: {problems:#?}");
        assert!(!format!("{problems:?}").contains("hunter2"), "{problems:#?}");
    }
}

#[test]
fn the_keys_for_writing_are_apart_from_those_for_reading() {
    let keys =
        "      write_keys: { public_key: { env: WRITE_PUBLIC }, private_key: { file: secrets/write.key } }\n";
    let text = with("    sources:\n", &format!("{keys}    sources:\n"));

    let access = read(&text).unwrap().tenants["example-msp"].connectwise.clone();

    let write = access.write_keys.unwrap();
    assert_eq!(write.public_key.kept, Kept::Environment("WRITE_PUBLIC".to_owned()));
    assert_eq!(write.private_key.kept, Kept::File("/etc/trueup/secrets/write.key".into()));
    assert_eq!(write.private_key.place.line, 11);
    let half = read(&text.replace("public_key: { env: WRITE_PUBLIC }, ", "")).unwrap_err();
    assert_eq!(half[0].place.as_ref().map(|place| place.line), Some(11));
}
