//! Settings that are refused, and where they are wrong.

use super::{GOOD, places, read, with};
use crate::problem::Code::{
    self, DuplicateKey, InsecureSite, InvalidValue, MissingKey, SecretInFile, Syntax, TooLarge, UnknownKey,
    UnquotedScalar, WrongType,
};

/// Name, text, and code, line and column of every problem.
type BadSettings = (&'static str, String, Vec<(Code, u32, u32)>);

fn bad_documents() -> Vec<BadSettings> {
    vec![
        ("empty", String::new(), vec![(MissingKey, 1, 1)]),
        ("no tenant", "tenants: {}\n".to_owned(), vec![(InvalidValue, 1, 10)]),
        ("a list", "[]\n".to_owned(), vec![(WrongType, 1, 1)]),
        ("open bracket", "tenants: {\n".to_owned(), vec![(Syntax, 2, 1)]),
        ("unknown key", with("journal:", "jurnal:"), vec![(UnknownKey, 14, 1)]),
        ("every without unit", format!("{GOOD}every: 60\n"), vec![(InvalidValue, 15, 8)]),
        ("double key", format!("{GOOD}journal: other.db\n"), vec![(DuplicateKey, 15, 1)]),
        ("no path", with("path: ../billing, folder", "folder"), vec![(MissingKey, 4, 17)]),
        ("folder outside", with("folder: mappings", "folder: ../other"), vec![(InvalidValue, 4, 45)]),
        ("absolute folder", with("folder: mappings", "folder: /etc"), vec![(InvalidValue, 4, 45)]),
        ("address as path", with("../billing", "\"ssh://git@example.com/x\""), vec![(InvalidValue, 4, 25)]),
        ("home as path", with("../billing", "~/billing"), vec![(InvalidValue, 4, 25)]),
        ("path as number", with("../billing", "7"), vec![(UnquotedScalar, 4, 25)]),
    ]
}

fn bad_access() -> Vec<BadSettings> {
    let site = "https://api-na.myconnectwise.net";
    let key = "{ file: secrets/connectwise.key }";
    vec![
        ("plain http", with(site, "http://cw.example"), vec![(InsecureSite, 6, 13)]),
        ("site with a path", with(site, &format!("{site}/v4_6_release")), vec![(InvalidValue, 6, 13)]),
        ("site with a query", with(site, &format!("{site}?x=1")), vec![(InvalidValue, 6, 13)]),
        ("site without scheme", with(site, "api-na.myconnectwise.net"), vec![(InvalidValue, 6, 13)]),
        ("site for browsers", with(site, "https://na.myconnectwise.net"), vec![(InvalidValue, 6, 13)]),
        ("site with a user", with(site, "https://hunter2@cw.example"), vec![(SecretInFile, 6, 13)]),
        ("literal private key", with(key, "hunter2"), vec![(SecretInFile, 10, 20)]),
        ("literal number as key", with(key, "31337"), vec![(SecretInFile, 10, 20)]),
        (
            "literal client id",
            with("{ env: TRUEUP_CONNECTWISE_CLIENT_ID }", "hunter2"),
            vec![(SecretInFile, 8, 18)],
        ),
        ("secret as variable", with("TRUEUP_CONNECTWISE_CLIENT_ID", "hunter2"), vec![(SecretInFile, 8, 25)]),
        ("secret of two places", with(key, "{ file: a, env: B }"), vec![(InvalidValue, 10, 20)]),
        ("secret of no place", with(key, "{ vault: a }"), vec![(UnknownKey, 10, 22)]),
        ("empty secret file", with(key, "{ file: \"\" }"), vec![(InvalidValue, 10, 28)]),
        ("too slow", with(key, &format!("{key}\n      requests_a_minute: 19")), vec![(InvalidValue, 11, 26)]),
        ("too many", with(key, &format!("{key}\n      reads_at_once: 17")), vec![(InvalidValue, 11, 22)]),
        (
            "twice the same",
            twice("https://API-na.myconnectwise.net:443/", "ExampleMSP"),
            vec![(InvalidValue, 18, 16)],
        ),
        ("no private key", with(&format!("      private_key: {key}\n"), ""), vec![(MissingKey, 6, 7)]),
    ]
}

/// A second tenant at that site with that login company.
fn twice(site: &str, company: &str) -> String {
    let tenant = GOOD.find("  example-msp:").unwrap()..GOOD.find("journal:").unwrap();
    let second = GOOD[tenant.clone()]
        .replace("example-msp:", "second:")
        .replace("https://api-na.myconnectwise.net", site)
        .replace("company: examplemsp ", &format!("company: {company} "));
    GOOD.replacen("journal:", &format!("{second}journal:"), 1)
}

#[test]
fn i7_two_tenants_at_one_site_are_two_login_companies() {
    assert!(read(&twice("https://api-na.myconnectwise.net", "othermsp")).is_ok());
    let told = read(&twice("https://API-na.myconnectwise.net/", "examplemsp")).unwrap_err();
    assert_eq!(told[0].message, "tenants example-msp and second are the same ConnectWise");
}

fn bad_sources_and_times() -> Vec<BadSettings> {
    let sources = GOOD.find("    sources:").unwrap()..GOOD.find("journal:").unwrap();
    let without_sources = GOOD.replacen(&GOOD[sources.clone()], "    sources: {}\n", 1);
    let no_sources = GOOD.replacen(&GOOD[sources], "", 1);
    vec![
        ("no source", without_sources, vec![(InvalidValue, 11, 14)]),
        ("no sources", no_sources, vec![(MissingKey, 4, 5)]),
        ("unknown source", with("json:", "xml:"), vec![(UnknownKey, 13, 16)]),
        ("source without path", with("path: usage/other.json", ""), vec![(MissingKey, 13, 22)]),
        ("unknown key of a source", with("metrics:", "metric:"), vec![(UnknownKey, 12, 76)]),
        ("metric named twice", with("[protected_vms]", "[vms, vms]"), vec![(DuplicateKey, 12, 91)]),
        ("metric as number", with("[protected_vms]", "[1]"), vec![(UnquotedScalar, 12, 86)]),
        ("name of a tenant", with("example-msp:", "\"example msp\":"), vec![(InvalidValue, 3, 3)]),
        ("name of a source", with("      other:", "      -other:"), vec![(InvalidValue, 13, 7)]),
        ("time without unit", format!("{GOOD}writes: {{ settle: 900 }}\n"), vec![(InvalidValue, 15, 19)]),
        ("time as words", format!("{GOOD}writes: {{ settle: soon }}\n"), vec![(InvalidValue, 15, 19)]),
        ("negative time", format!("{GOOD}writes: {{ send_by: -5s }}\n"), vec![(InvalidValue, 15, 20)]),
        ("unknown time", format!("{GOOD}writes: {{ sendby: 5s }}\n"), vec![(UnknownKey, 15, 11)]),
        ("settled too soon", format!("{GOOD}writes: {{ settle: 4m }}\n"), vec![(InvalidValue, 15, 19)]),
        ("lands too late", format!("{GOOD}writes: {{ latest_landing: 5m }}\n"), vec![(InvalidValue, 15, 9)]),
        (
            "longer than it lands",
            format!("{GOOD}writes: {{ request_timeout: 4m }}\n"),
            vec![(InvalidValue, 15, 9)],
        ),
        ("large", format!("{GOOD}#{}\n", "x".repeat(1 << 20)), vec![(TooLarge, 1, 1)]),
    ]
}

#[test]
fn bad_settings_are_refused_with_the_place_of_every_error() {
    let cases = bad_documents().into_iter().chain(bad_access()).chain(bad_sources_and_times());
    for (name, text, expected) in cases {
        let problems = read(&text).expect_err(name);

        assert_eq!(places(&problems), expected, "{name}: {problems:#?}");
        assert!(!format!("{problems:?}").contains("hunter2"), "{name} repeats the secret: {problems:#?}");
    }
}

#[test]
fn all_errors_are_told_at_once() {
    let text = with("https://api-na.myconnectwise.net", "http://cw.example")
        .replace("folder: mappings", "folder: ..")
        .replace("journal:", "jurnal:")
        .replace("metrics: [protected_vms]", "metrics: [a, a]");

    let problems = read(&text).unwrap_err();

    assert_eq!(
        places(&problems),
        [(InvalidValue, 4, 45), (InsecureSite, 6, 13), (DuplicateKey, 12, 89), (UnknownKey, 14, 1)]
    );
}

#[test]
fn a_literal_secret_is_met_with_the_two_ways_to_write_it() {
    let problems = read(&with("{ file: secrets/connectwise.key }", "hunter2")).unwrap_err();

    assert_eq!(
        problems[0].hint.as_deref(),
        Some("write private_key: { file: … } or private_key: { env: … }")
    );
}

#[test]
fn no_bytes_make_it_panic() {
    for cut in 0..GOOD.len() {
        let _ = read(&GOOD[..cut]);
    }
}
