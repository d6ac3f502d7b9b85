//! What the operator relies on: keys that are never seen, two members with different rights, exit codes that mean one
//! thing each, and a journal that comes back from a backup.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use trueup::simulator::{Canned, Fault, Function, Level, Levels, Match, Mutation, Role};

use super::world::plain::{MAPPING, SEED, account};
use super::world::{Ran, World};

/// One for each secret, so that it is seen which one got out.
const CANARIES: [&str; 5] = [
    "canary-client-1f0d",
    "canary-public-2e1c",
    "canary-private-3d2b",
    "canary-write-public-4c3a",
    "canary-write-private-5b49",
];

/// The smallest tenant with a member that reads and one that writes, a change to write, and a canary as every secret.
fn guarded() -> World {
    let [client, public, private, write_public, write_private] = CANARIES;
    let seed = SEED.replace("clientId: story", &format!("clientId: {client}")).replace(
        "members: [{ identifier: trueup, publicKey: story, privateKey: story }]",
        &format!(
            "members:\n  - {{ identifier: trueup, publicKey: {public}, privateKey: {private} }}\n  \
             - {{ identifier: trueup-writes, publicKey: {write_public}, privateKey: {write_private} }}"
        ),
    );
    let world = World::seeded(&seed);
    let read = Levels { inquire: Level::All, ..Levels::default() };
    assert!(world.simulator().set_role("trueup", Role::default().with(Function::Agreements, read)));
    world.mapping("backup.yaml", MAPPING).accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    for (name, canary) in
        ["public", "private", "write-public", "write-private"].into_iter().zip(&CANARIES[1..])
    {
        secret(&world, name, canary);
    }
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    let key = "{ file: secrets/key }";
    let settings = settings
        .replacen(key, "{ env: STORY_CLIENT_ID }", 1)
        .replacen(key, "{ file: secrets/public }", 1)
        .replacen(
            key,
            "{ file: secrets/private }\n      \
             write_keys: { public_key: { file: secrets/write-public }, private_key: { file: secrets/write-private } }",
            1,
        );
    world.write("trueup.yaml", &settings);
    world
}

fn secret(world: &World, name: &str, text: &str) {
    let path = format!("secrets/{name}");
    world.write(&path, text);
    fs::set_permissions(world.path(&path), fs::Permissions::from_mode(0o600)).expect("the mode can be set");
}

fn run(world: &World, arguments: &[&str]) -> Ran {
    let output = world.command(arguments).env("STORY_CLIENT_ID", CANARIES[0]).output();
    Ran::from(output.expect("the program starts"))
}

fn assert_unseen(text: &str, where_: &str) {
    for canary in CANARIES {
        assert!(!text.contains(canary), "{canary} is seen in {where_}: {text}");
    }
}

#[test]
fn sec_p6_planning_needs_no_key_for_writing_and_no_write_is_tried_with_the_key_for_reading() {
    let world = guarded();
    for name in ["write-public", "write-private"] {
        fs::remove_file(world.path(&format!("secrets/{name}"))).expect("it was there");
    }

    for verb in [&["plan"][..], &["status"], &["explain", "AcmeDental/BKP-GB"]] {
        let ran = run(&world, verb);
        assert_eq!(ran.code, Some(0), "{verb:?}: {}", ran.stderr);
    }
    let applied = run(&world, &["apply", "--yes"]);

    assert_eq!(applied.code, Some(4), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(world.write_requests(), Vec::<String>::new());
}

#[test]
fn sec_p6_every_write_is_made_with_the_key_for_writing() {
    let world = guarded();

    let applied = run(&world, &["apply", "--yes"]);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(world.quantity(9001), "27");
}

#[test]
fn sec_p6_a_member_that_may_only_read_is_refused_every_write() {
    let world = guarded();
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    let read = settings.replace("secrets/write-", "secrets/");
    world.write("trueup.yaml", &read);

    let applied = run(&world, &["apply", "--yes"]);

    assert_eq!(applied.code, Some(6), "{}{}", applied.stdout, applied.stderr);
    assert_eq!(world.writes(), Vec::<Mutation>::new());
    assert_eq!(world.quantity(9001), "25");
}

#[test]
fn sec_p3_no_verb_prints_or_logs_a_secret_however_much_is_logged_and_whatever_fails() {
    let world = guarded();
    let verbs: [&[&str]; 9] = [
        &["validate"],
        &["plan"],
        &["plan", "--format", "json", "--all"],
        &["plan", "--format", "markdown", "--redact"],
        &["explain", "AcmeDental/BKP-GB"],
        &["apply", "--yes"],
        &["status", "--format", "json"],
        &["history"],
        &["schema", "settings"],
    ];
    for format in ["text", "json"] {
        for verb in verbs {
            let ran = run(&world, &[verb, &["--log-level", "trace", "--log-format", format]].concat());
            assert_eq!(ran.code, Some(0), "{verb:?}: {}", ran.stderr);
            assert_unseen(&format!("{}{}", ran.stdout, ran.stderr), &format!("{verb:?}"));
        }
    }
    // A far end that gives back whatever it was sent is the worst one. The keys for writing are not sent by a reading.
    let echo = format!("{{\"code\":\"x\",\"message\":\"Authorization: Basic {}\"}}", CANARIES[..3].join(" "));
    for status in [400, 401, 403, 500] {
        world.simulator().fail_times(Match::any(), Fault::StatusBefore(Canned::new(status, &echo)), 50);
        for verb in [&["plan", "--log-level", "trace"][..], &["apply", "--yes", "--log-level", "trace"]] {
            let ran = run(&world, verb);
            assert_ne!(ran.code, Some(0));
            assert_unseen(&format!("{}{}", ran.stdout, ran.stderr), "an echo");
        }
        world.simulator().clear_faults();
    }
}

#[test]
fn sec_p2_no_secret_stands_in_the_arguments_or_the_journal_and_none_can_be_given_there() {
    let world = guarded();
    assert_eq!(run(&world, &["apply", "--yes"]).code, Some(0));
    world.simulator().fail_next(Match::any(), Fault::AnswerAfterMillis(60_000));
    let mut plan = world.command(&["plan"]).env("STORY_CLIENT_ID", CANARIES[0]).spawn().expect("it starts");
    let process = format!("/proc/{}/cmdline", plan.id());
    while world.simulator().faults_left() > 0 {
        assert_eq!(plan.try_wait().expect("it can be asked"), None, "it ended before it asked");
        std::thread::yield_now();
    }

    let arguments = fs::read(process).expect("it runs");

    plan.kill().and_then(|()| plan.wait()).expect("it can be ended");
    assert_unseen(&String::from_utf8_lossy(&arguments), "the arguments");
    for file in fs::read_dir(world.path("")).expect("it is a folder").flatten() {
        if file.file_name().to_string_lossy().starts_with("trueup.") {
            let bytes = fs::read(file.path()).expect("it can be read");
            assert_unseen(&String::from_utf8_lossy(&bytes), &file.path().display().to_string());
        }
    }
    let help = run(&world, &["help", "plan"]).stdout + &run(&world, &["help", "apply"]).stdout;
    for word in ["key", "token", "password", "secret"] {
        assert!(!help.contains(&format!("--{word}")), "{help}");
    }
}

#[test]
fn sec_p2_a_secret_file_that_others_may_read_is_refused_before_any_request() {
    let world = guarded();
    fs::set_permissions(world.path("secrets/private"), fs::Permissions::from_mode(0o640))
        .expect("it is ours");

    let ran = run(&world, &["plan"]);

    assert_eq!(ran.code, Some(4), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("chmod 600"), "{}", ran.stderr);
    assert_eq!(world.simulator().log().len(), 0);
}

#[test]
fn f6_a_credential_that_has_expired_ends_the_pass_with_few_requests_and_a_new_one_is_all_it_takes() {
    let world = guarded();
    assert_eq!(run(&world, &["plan"]).code, Some(0));
    let before = world.simulator().log().len();
    assert!(world.simulator().revoke_keys("trueup"));

    let expired = run(&world, &["plan"]);
    let tried = world.simulator().log().len() - before;
    // The other member may read and write here; its keys take the place of the expired ones.
    secret(&world, "public", CANARIES[3]);
    secret(&world, "private", CANARIES[4]);
    let renewed = run(&world, &["plan"]);

    assert_eq!(expired.code, Some(5), "{}{}", expired.stdout, expired.stderr);
    assert!(expired.stderr.contains("ConnectWise refused the API keys"), "{}", expired.stderr);
    assert!(tried <= 12, "a refused key is not tried {tried} times");
    assert!(!expired.stdout.contains("BKP-GB"), "no plan of half a reading: {}", expired.stdout);
    assert_eq!(renewed.code, Some(0), "{}", renewed.stderr);
}

#[test]
fn sec_p7_keys_of_another_connectwise_are_refused_under_the_name_of_a_known_tenant() {
    let world = guarded();
    assert_eq!(run(&world, &["apply", "--yes"]).code, Some(0));
    let other = guarded();
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    world.write("trueup.yaml", &settings.replace(&world.url(), &other.url()));

    let ran = run(&world, &["apply", "--yes"]);

    assert_eq!(ran.code, Some(1), "{}{}", ran.stdout, ran.stderr);
    assert!(ran.stderr.contains("was story at"), "{}", ran.stderr);
    assert_eq!(other.write_requests(), Vec::<String>::new());
}

#[test]
fn sec_d3_a_journal_that_is_put_back_from_a_backup_writes_nothing_by_what_it_has_forgotten() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    assert_eq!(world.apply().code, Some(0));
    fs::copy(world.path("trueup.db"), world.path("backup.db")).expect("it can be copied");
    world.accounts(&[&account("acme_dental", 28)]);
    assert_eq!(world.apply().code, Some(0));
    let written = world.write_requests().len();

    fs::copy(world.path("backup.db"), world.path("trueup.db")).expect("it can be put back");
    world.accounts(&[&account("acme_dental", 30)]);
    let restored = world.apply();

    assert_eq!(restored.code, Some(1), "{}{}", restored.stdout, restored.stderr);
    assert!(restored.stderr.contains("hint:"), "{}", restored.stderr);
    assert_eq!(world.write_requests().len(), written);
    fs::remove_file(world.path("trueup.db.lock")).expect("the mark of the lost events lies in it");
    let accepted = world.apply();
    assert_eq!(accepted.code, Some(3), "{}{}", accepted.stdout, accepted.stderr);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "hold 28 -> 30 hand_edit");
    assert_eq!(world.write_requests().len(), written);
}

#[test]
fn k7_every_exit_code_means_what_the_help_says() {
    let world = World::in_step();
    let code = |arguments: &[&str]| world.run(arguments).code;
    let detailed: &[&str] = &["plan", "--detailed-exitcode"];

    assert_eq!((code(&["plan"]), code(detailed)), (Some(0), Some(0)), "in step");
    world.accounts(&[&account("acme_dental", 27)]);
    assert_eq!((code(&["plan"]), code(detailed)), (Some(0), Some(2)), "a change");
    assert_eq!(code(&["plan", "--commit", "main", "--format", "json", "--out", "plan.json"]), Some(0));
    assert_eq!(code(&["apply"]), Some(64), "nobody said yes");
    assert_eq!(code(&["plan", "--no-such"]), Some(64), "a usage error is not 2");
    assert_eq!(code(&["apply", "plan.json"]), Some(0));
    let spoilt =
        fs::read_to_string(world.path("plan.json")).expect("it is there").replace("\"27\"", "\"99\"");
    assert_eq!(
        world.write("spoilt.json", &spoilt).run(&["apply", "spoilt.json"]).code,
        Some(7),
        "another plan"
    );
    assert_eq!(world.write("odd.json", "{}").run(&["apply", "odd.json"]).code, Some(4), "no plan");
    let held = trueup::journal::Journal::open(&world.path("trueup.db")).expect("nobody else has it");
    assert_eq!(code(&["apply", "--yes"]), Some(8));
    drop(held);
    world.accounts(&[&account("acme_dental", 0)]);
    assert_eq!(
        (code(&["plan"]), code(detailed), code(&["apply", "--yes"])),
        (Some(0), Some(3), Some(3)),
        "held"
    );
    world.accounts(&[&account("acme_dental", 28)]);
    world
        .simulator()
        .fail_next(Match::method("PATCH"), Fault::StatusBefore(Canned::new(400, "{\"code\":\"x\"}")));
    assert_eq!(code(&["apply", "--yes"]), Some(6), "a line failed");
    assert!(world.simulator().revoke_keys("trueup"));
    assert_eq!(code(&["plan"]), Some(5), "credentials refused");
    world.mapping("odd.yaml", "colour: red\n");
    assert_eq!((code(&["validate"]), code(&["plan"])), (Some(4), Some(4)));
    let help = world.run(&["--help"]).stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for documented in [
        "0 done",
        "2 changes",
        "3 a line is held",
        "4 a file is invalid",
        "5 nothing could be",
        "6 partly",
        "7 the plan file",
        "8 another process",
        "64 usage",
    ] {
        assert!(help.contains(documented), "{documented}: {help}");
    }
}
