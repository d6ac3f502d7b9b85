//! Keys that are refused, taken away, replaced, or of another ConnectWise; and whose word is taken for who the site is.

use std::fs;

use trueup::simulator::{Canned, Clock, Fault, Function, Levels, Match, Role, Seed, Simulator};

use super::contract;
use super::faults::until;
use super::world::plain::{MAPPING, SEED, account};
use super::world::shop::{Shop, WIDE_GUARDS, backup, usage};
use super::world::{QUICK_WRITES, World, close};

const SOURCES: &str =
    "sources:\n      intronis: { csv: { path: usage/intronis.csv, seats: usage/seats.csv } }";

/// Five customers whose one line each is to change, by company from alpha to echo.
fn five() -> World {
    five_of(MEMBER)
}

const MEMBER: &str = "{ identifier: trueup, publicKey: story, privateKey: story }";
const SECOND: &str = "{ identifier: renewed, publicKey: renewed, privateKey: renewed }";

/// The same, at a ConnectWise with these members.
fn five_of(members: &str) -> World {
    let customers = ["alpha", "bravo", "charlie", "delta", "echo"];
    let shop = Shop::selling("BKP-GB", "0.50").at_level("Universal", "BackupUsage", "BKP-GB");
    let shop = customers.into_iter().fold(shop, |shop, name| shop.line(name, "BKP-GB", "10"));
    let world = World::seeded(&shop.seed().replace(MEMBER, members));
    let rows = ["plan: Pro, level: Universal, usage_value: total"];
    world.mapping("policy.yaml", WIDE_GUARDS).mapping("backup.yaml", &backup(&rows));
    let rows = customers.map(|name| usage(name, "Pro", "0", &(11_u64 << 30).to_string()));
    world.accounts(&rows.each_ref().map(String::as_str)).commit("Bill backup");
    world
}

/// The smallest tenant with a change, whose member has a key of its own that a second member's can replace.
fn two_members(settings: &str) -> World {
    let world = World::seeded(&SEED.replace(MEMBER, &format!("{MEMBER}, {SECOND}")));
    let applying = format!("{MAPPING}policy: {{ mode: apply }}\n");
    world.mapping("backup.yaml", &applying).accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world.settings(SOURCES, settings);
    key(&world, "public", "story");
    key(&world, "private", "story");
    edit_settings(&world, |text| {
        text.replace("public_key: { file: secrets/key }", "public_key: { file: secrets/public }")
            .replace("private_key: { file: secrets/key }", "private_key: { file: secrets/private }")
    });
    world
}

fn key(world: &World, name: &str, text: &str) {
    let (next, path) = (format!("secrets/{name}.next"), format!("secrets/{name}"));
    world.write(&next, text);
    close(&world.path(&next));
    fs::rename(world.path(&next), world.path(&path)).expect("it can be put in place");
}

fn edit_settings(world: &World, edit: impl Fn(&str) -> String) {
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    world.write("trueup.yaml", &edit(&settings));
}

#[test]
fn i4_keys_that_were_revoked_give_no_plan_of_half_a_reading_and_no_storm() {
    let world = five();
    assert!(world.simulator().revoke_keys("trueup"));

    let planned = world.run(&["plan"]);
    let applied = world.apply();

    for ran in [&planned, &applied] {
        assert_eq!(ran.code, Some(5), "{}{}", ran.stdout, ran.stderr);
        assert!(ran.stderr.contains("ConnectWise refused the API keys"), "{}", ran.stderr);
        assert!(!ran.stdout.contains("BKP-GB"), "{}", ran.stdout);
    }
    let refused = world.simulator().log().iter().filter(|asked| asked.status == Some(401)).count();
    assert!(refused <= 12, "refused keys were sent {refused} times");
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

/// Refuses the keys whenever one line is read by its number, and nowhere else.
fn refuse_single_lines(world: &World) {
    let message = r#"{"code":"Unauthorized","message":"The public or private key is incorrect"}"#;
    let one_line = Match::method("GET").path("/additions/90");
    world.simulator().fail_times(one_line, Fault::StatusBefore(Canned::new(401, message)), 100);
}

fn refusals(world: &World) -> usize {
    world.simulator().log().iter().filter(|asked| asked.status == Some(401)).count()
}

#[test]
fn i4_keys_that_are_refused_midway_are_not_tried_on_every_line() {
    let world = five();
    refuse_single_lines(&world);

    let ran = world.apply();

    assert_eq!((ran.code, refusals(&world)), (Some(6), 1), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.matches("  not tried  ").count(), 4, "{}", ran.stdout);
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn i4_recovery_does_not_try_refused_keys_on_every_line_either() {
    let world = five();
    world.settings(SOURCES, QUICK_WRITES);
    world.simulator().fail_times(Match::method("PATCH"), Fault::StatusBefore(Canned::timed_out()), 5);
    let ran = world.apply();
    assert_eq!(ran.stdout.matches("  in doubt  ").count(), 5, "{}", ran.stdout);
    refuse_single_lines(&world);

    until("a doubt is read", || {
        world.apply();
        refusals(&world) > 0
    });

    assert_eq!(refusals(&world), 1);
    assert_eq!(world.write_requests().len(), 5, "nothing is written of what is in doubt");
}

#[test]
fn an_outage_that_begins_midway_is_not_walked_through_line_by_line() {
    let world = five();
    let closed = Fault::StatusBefore(Canned::gateway(503));
    world.simulator().fail_times(Match::method("GET").path("/additions/90"), closed, 1_000);

    let ran = world.apply();

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.matches("  not tried  ").count(), 2, "{}", ran.stdout);
    assert!(ran.stdout.contains("ConnectWise cannot be reached"), "{}", ran.stdout);
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn the_daemon_says_why_a_run_stopped_midway_until_somebody_looks() {
    let world = five();
    world.mapping("policy.yaml", &format!("{WIDE_GUARDS}  mode: apply\n")).commit("Let the daemon write");
    let closed = Fault::StatusBefore(Canned::gateway(503));
    world.simulator().fail_times(Match::method("GET").path("/additions/90"), closed, 1_000);

    let mut daemon = world.daemon();
    daemon.says(&["not all was written", "with 2 lines left: ConnectWise cannot be reached"]);
    daemon.passes("partial");

    world.wait_until("the reason is noted", |world| {
        let pass = &world.status()["daemon"]["last_pass"];
        let health = pass["health"].as_str().unwrap_or_default();
        health.starts_with("Some lines could not be written: Writing stopped with 2 lines left")
            && health.contains("503")
    });
    let told = world.run(&["status"]).stdout;
    assert!(told.contains("ConnectWise cannot be reached, or asks for fewer requests"), "{told}");
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn a_right_to_read_that_reading_did_without_stops_no_write() {
    let world = five();
    world.simulator().set_role("trueup", Role::default().with(Function::TableSetup, Levels::default()));

    let ran = world.apply();

    assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("System > Table Setup: Inquire is None, All is needed"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("Nothing is written"), "{}", ran.stderr);
    assert_eq!(world.quantity(9001), "11");
}

#[test]
fn i5_a_403_midway_stops_all_further_writes_and_says_what_was_done() {
    let world = five();
    let refusal = Canned::new(403, r#"{"code":"Security","message":"You do not have security permission"}"#);
    world.simulator().fail_next(Match::method("PATCH").path("/additions/9003"), Fault::StatusBefore(refusal));

    let ran = world.apply();

    assert_eq!(ran.code, Some(6), "{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.stdout.matches("  applied  ").count(), 2, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("  refused  ").count(), 1, "{}", ran.stdout);
    assert_eq!(ran.stdout.matches("  not tried  ").count(), 2, "{}", ran.stdout);
    assert_eq!(world.write_requests().len(), 3, "nothing is sent after it");
    assert_eq!(
        ["9001", "9002", "9003", "9004"].map(|id| world.quantity(id.parse().expect("a number"))),
        ["11", "11", "10", "10"]
    );
}

#[test]
fn i6_a_401_on_a_write_stops_all_writes_and_no_other_credential_is_tried() {
    let world = five_of(&format!("{MEMBER}, {SECOND}"));
    key(&world, "write-public", "renewed");
    key(&world, "write-private", "renewed");
    edit_settings(&world, |text| {
        let keys = "write_keys: { public_key: { file: secrets/write-public }, private_key: { file: secrets/write-private } }";
        text.replace("      company: story\n", &format!("      company: story\n      {keys}\n"))
    });
    let refusal =
        Canned::new(401, r#"{"code":"Unauthorized","message":"The public or private key is incorrect"}"#);
    world.simulator().fail_next(Match::method("PATCH").path("/additions/9002"), Fault::StatusBefore(refusal));

    let midway = world.apply();
    let sent = world.write_requests();
    let by: Vec<_> = world.simulator().log().into_iter().filter(|asked| asked.method == "PATCH").collect();
    assert!(world.simulator().revoke_keys("renewed"));
    let before = world.apply();

    assert_eq!(midway.code, Some(6), "{}{}", midway.stdout, midway.stderr);
    assert_eq!(midway.stdout.matches("  not tried  ").count(), 3, "{}", midway.stdout);
    assert_eq!(sent.len(), 2, "the refused one is the last, and nothing is sent again: {sent:?}");
    assert!(by.iter().all(|asked| asked.member.as_deref() != Some("trueup")), "{by:?}");
    assert_eq!(before.code, Some(6), "{}{}", before.stdout, before.stderr);
    assert!(before.stderr.contains("The rights of the keys for writing cannot be read"), "{}", before.stderr);
    assert_eq!(world.write_requests(), sent, "what is known to be refused is not even tried");
    assert_eq!([9001, 9002, 9003].map(|id| world.quantity(id)), ["11", "10", "10"]);
}

#[test]
fn i7_what_was_met_first_is_remembered_and_another_connectwise_is_refused() {
    let world = five();
    assert_eq!(world.apply().code, Some(0));
    let met = world.run(&["status"]);
    let other = five();

    edit_settings(&world, |text| text.replace(&world.url(), &other.url()));
    let ran = world.apply();

    assert!(met.stdout.contains(&format!("story at {}", world.url())), "{}", met.stdout);
    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("tenant story was story at"), "{}", ran.stderr);
    assert_eq!(other.write_requests(), Vec::<String>::new());
}

#[test]
fn i7_the_same_connectwise_is_known_again_when_its_site_is_written_in_another_way() {
    let world = five();
    let at = |site: &str| {
        let from = world.path("trueup.yaml");
        let settings = fs::read_to_string(from).expect("they are there");
        let line = settings.lines().find(|line| line.contains("site: ")).expect("it has a site").to_owned();
        world.write("trueup.yaml", &settings.replace(&line, &format!("      site: {site}")));
        world.apply()
    };
    let port = world.url().rsplit(':').next().expect("it has a port").to_owned();

    let met = at(&format!("http://localhost:{port}"));
    let again = at(&format!("http://LocalHost:{port}/"));

    for ran in [met, again] {
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
    }
}

#[test]
fn i8_a_key_that_is_replaced_while_the_daemon_runs_is_used_by_its_next_pass() {
    let world = two_members(QUICK_WRITES);
    let mut daemon = world.daemon();
    daemon.passes("applied");
    daemon.passes("in_step");

    // The old keys hold still: whoever replaces them has both for a while.
    key(&world, "public", "renewed");
    key(&world, "private", "renewed");
    let seen = world.simulator().log().len();
    world.accounts(&[&account("acme_dental", 28)]);
    daemon.passes("applied");

    let log = world.simulator().log();
    let by_old = log[seen..].iter().filter(|asked| asked.member.as_deref() == Some("trueup")).count();
    assert_eq!(by_old, 0, "the old keys are not used any more");
    assert_eq!(world.quantity(9001), "28");
    assert!(daemon.runs());
}

#[test]
fn i1_only_the_settings_say_whose_certificate_is_believed_and_the_environment_names_no_proxy() {
    let world = World::in_step();
    let seed = Seed::from_yaml(SEED).expect("it is valid");
    let site = contract::start_tls(Simulator::new(seed, Clock::system()).expect("it is whole"));
    edit_settings(&world, |text| text.replace(&world.url(), &site.url()));
    let run = || {
        let mut command = world.command(&["plan"]);
        for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"] {
            command.env(name, "http://127.0.0.1:1");
        }
        super::world::Ran::from(command.output().expect("the program starts"))
    };

    let untrusted = run();
    let asked = site.simulator().log().len();
    world.write("authority.pem", site.authority().expect("it has one"));
    edit_settings(&world, |text| {
        text.replace("      company: story\n", "      company: story\n      ca_file: authority.pem\n")
    });
    let trusted = run();

    assert_eq!(untrusted.code, Some(5), "{}{}", untrusted.stdout, untrusted.stderr);
    assert!(untrusted.stderr.contains("is not trusted"), "{}", untrusted.stderr);
    assert_eq!(asked, 0);
    assert_eq!(trusted.code, Some(0), "{}{}", trusted.stdout, trusted.stderr);
    let help = world.run(&["help", "plan"]).stdout;
    assert!(!help.contains("insecure") && !help.contains("verify"), "{help}");
}
