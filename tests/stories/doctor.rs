//! What `trueup doctor` says when all is well and when something is not, and that it never writes.

use std::collections::BTreeMap;

use serde_json::Value;
use trueup::simulator::{Clock, Function, Level, Levels, Role, Seed, Simulator};

use super::contract;
use super::world::World;
use super::world::forge::Forge;
use super::world::plain::{SEED, account};

const READS: Levels =
    Levels { inquire: Level::All, add: Level::None, edit: Level::None, delete: Level::None };
const WRITES: Levels = Levels { edit: Level::All, ..READS };

/// The smallest tenant in step, whose member may do what is needed and no more.
fn sound() -> World {
    let world = World::in_step();
    let role = Role::default().with(Function::Agreements, WRITES);
    assert!(world.simulator().set_role("trueup", role));
    world
}

/// What the doctor says of each check: its outcome, and all of its words. And the exit code.
fn checks(world: &World) -> (Option<i32>, BTreeMap<String, (String, String)>) {
    let ran = world.run(&["doctor", "--format", "json"]);
    let said: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let checks = said["tenants"][0]["checks"].as_array().expect("a tenant has checks");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let check = |check: &Value| {
        if check["outcome"] == "failed" {
            assert!(!text(&check["hint"]).is_empty(), "a failure without a hint: {check}");
        }
        (text(&check["check"]), (text(&check["outcome"]), check.to_string()))
    };
    (ran.code, checks.iter().map(check).collect())
}

/// The checks that did not end well, each with how it ended.
fn unwell(checks: &BTreeMap<String, (String, String)>) -> Vec<(&str, &str)> {
    let unwell = checks.iter().filter(|(_, (outcome, _))| outcome != "ok");
    unwell.map(|(name, (outcome, _))| (name.as_str(), outcome.as_str())).collect()
}

#[test]
fn a_tenant_in_order_passes_every_check_and_nothing_is_written() {
    let world = sound();
    world.accounts(&[&account("acme_dental", 27)]);

    let ran = world.run(&["doctor"]);

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("0 warnings, 0 failed, 0 skipped"), "{}", ran.stdout);
    for name in
        ["settings", "journal", "usage", "mappings", "secrets", "site", "clock", "keys", "rights", "names"]
    {
        assert!(ran.stdout.contains(&format!("  ok       {name} ")), "{name}: {}", ran.stdout);
    }
    assert_eq!(world.write_requests(), Vec::<String>::new());
    assert!(!world.path("trueup.db").exists(), "the journal is not made");
    assert_eq!(world.run(&["doctor", "story"]).stdout, ran.stdout);
}

#[test]
fn a_missing_right_is_named_with_its_level_and_fails() {
    let world = sound();
    assert!(world.simulator().set_role("trueup", Role::default().with(Function::Agreements, READS)));

    let (code, checks) = checks(&world);

    assert_eq!(code, Some(5));
    assert_eq!(unwell(&checks), [("rights", "failed")]);
    let missing = "missing: API member trueup: Finance > Agreements: Edit is None, All is needed";
    assert!(checks["rights"].1.contains(missing), "{}", checks["rights"].1);
}

#[test]
fn a_right_to_delete_is_named_as_more_than_is_needed_and_only_warns() {
    let world = sound();
    let deletes = Levels { delete: Level::All, ..WRITES };
    assert!(world.simulator().set_role("trueup", Role::default().with(Function::Agreements, deletes)));

    let (code, checks) = checks(&world);

    assert_eq!(code, Some(0));
    assert_eq!(unwell(&checks), [("rights", "warning")]);
    let excess = "excess: API member trueup: Finance > Agreements: Delete is All, None is enough";
    assert!(checks["rights"].1.contains(excess), "{}", checks["rights"].1);
}

#[test]
fn keys_that_are_refused_fail_and_what_needs_them_is_skipped() {
    let world = sound();
    assert!(world.simulator().revoke_keys("trueup"));

    let (code, checks) = checks(&world);

    assert_eq!(code, Some(5));
    assert_eq!(unwell(&checks), [("keys", "failed"), ("names", "skipped"), ("rights", "skipped")]);
}

#[test]
fn a_site_that_is_down_fails_and_everything_on_this_machine_is_checked_all_the_same() {
    let world = sound();
    let down = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    let down = format!("http://{}", down.expect("a port is free"));
    world.write("trueup.yaml", &settings.replace(&world.url(), &down));

    let (code, checks) = checks(&world);

    assert_eq!(code, Some(5));
    assert_eq!(checks["site"].0, "failed");
    for well in ["settings", "secrets", "journal", "mappings", "usage"] {
        assert_eq!(checks[well].0, "ok", "{}", checks[well].1);
    }
    assert_eq!(checks["rights"].0, "skipped");
}

#[test]
fn how_a_site_is_encrypted_and_until_when_its_certificate_holds_is_said() {
    let world = sound();
    let seed = Seed::from_yaml(SEED).expect("it is valid");
    let site = contract::start_tls(Simulator::new(seed, Clock::system()).expect("it is whole"));
    world.write("authority.pem", site.authority().expect("it has one"));
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    let settings = settings.replace(&world.url(), &site.url());
    let trusting = "      company: story\n      ca_file: authority.pem\n";
    world.write("trueup.yaml", &settings.replace("      company: story\n", trusting));

    let (_, checks) = checks(&world);

    assert!(
        checks["site"].1.contains("by TLS 1.3 and a certificate that is trusted"),
        "{}",
        checks["site"].1
    );
    let (outcome, said) = &checks["certificate"];
    assert_eq!(outcome, "ok", "{said}");
    assert!(said.contains("the certificate of the site ends on "), "{said}");
}

#[test]
fn a_certificate_that_is_not_trusted_fails_and_no_key_is_sent() {
    let world = sound();
    let forge = Forge::tls(None);
    let address = forge.url();
    let host = address.trim_start_matches("https://").split('/').next().expect("it has a host");
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    world.write("trueup.yaml", &settings.replace(&world.url(), &format!("https://{host}")));

    let (code, checks) = checks(&world);

    assert_eq!(code, Some(5));
    assert!(checks["site"].1.contains("is not trusted"), "{}", checks["site"].1);
    assert_eq!(forge.asked(), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_files_is_said_with_what_to_do() {
    let world = sound();
    world.mapping("backup.yaml", &super::world::plain::MAPPING.replace("Barracuda Intronis", "Nobody"));
    world.commit("Another integration");
    let (code, wrong_name) = checks(&world);
    world.write("usage/intronis.csv", "nonsense\n");
    std::fs::remove_file(world.path("secrets/key")).expect("it was there");
    let (invalid, wrong_files) = checks(&world);
    world.write("trueup.yaml", "tenants: 7\n");
    let (settings, wrong_settings) = checks(&world);

    assert_eq!((code, invalid, settings), (Some(5), Some(4), Some(4)));
    assert_eq!(unwell(&wrong_name), [("names", "failed")]);
    assert!(wrong_name["names"].1.contains("Nobody"), "{}", wrong_name["names"].1);
    assert_eq!(wrong_files["secrets"].0, "failed");
    assert_eq!(wrong_files["usage"].0, "failed");
    assert_eq!(unwell(&wrong_settings), [("settings", "failed")]);
}
