//! A secret that was pasted into a file is refused, and no output in any format repeats it.

use std::fs;

use super::table::said;
use crate::world::World;
use crate::world::plain::{MAPPING, SEED, account};

/// By its form a key, as an issuer would make it.
const SECRET: &str = concat!("ghp_", "16C7e42F292c6912E7710c838347Ae178B4a");

/// What is left of it when it is cut.
const PART: &str = "16C7e42F292c";

const FORMATS: [&str; 6] = ["text", "json", "sarif", "junit", "github", "gitlab"];

#[test]
fn a_secret_in_a_mapping_file_appears_in_no_output_of_any_format() {
    let texts = [
        format!("policy: {{ mode: {SECRET} }}\n"),
        format!("policy: {{ {SECRET}: 1, mode: 7 }}\n"),
        format!("{SECRET}: {{ a: 1 }}\n"),
        format!("pins: [{{ company: {SECRET}, product: 1, colour: red }}]\n"),
        format!("source: \"{SECRET}\"\nsource: \"{SECRET}\"\n"),
        format!(
            "waivers:\n  - {{ guard: to_zero, reason: \"https://robot:{SECRET}@git.example.com\", until: 2099-01-01 }}\n"
        ),
        format!(
            "pins:\n  - {{ company: A, product: B, quantity: x, reason: \"https://x/?{PART}\", until: 2099-01-01 }}\n"
        ),
        format!("token: {PART}\npolicy: 1\n"),
        format!("token:\n  - {PART}\n  - \"{PART}\u{200b}\"\n"),
        format!("policy: {{ mode: {SECRET}\n"),
        format!("policy: \"{SECRET}\n"),
        format!("policy: {SECRET} # \u{202e}\n"),
        format!("\t{SECRET}\n"),
    ];
    for text in &texts {
        let world = World::in_step();
        world.mapping("odd.yaml", text).commit("Slip");
        let validations = FORMATS.map(|format| vec!["validate", "--color", "always", "--format", format]);
        let others = ["text", "json", "markdown"].map(|format| vec!["plan", "--format", format]);
        for verb in validations.into_iter().chain(others).chain([vec!["apply", "--yes"], vec!["status"]]) {
            let ran = world.run(&verb);

            assert!(!said(&ran).contains(PART), "{verb:?} of {text:?}: {}", said(&ran));
            assert!(verb[0] == "status" || ran.code == Some(4), "{verb:?} of {text:?}: {}", said(&ran));
        }
    }
}

#[test]
fn a_secret_in_the_settings_appears_in_no_output() {
    let world = World::in_step();
    let sound = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    let key = "private_key: { file: secrets/key }";
    for odd in [
        format!("private_key: {PART}"),
        format!("private_key: \"{PART}"),
        format!("private_key: [{PART}]"),
        format!("private_key: {{ env: {PART} }}"),
        format!("private_key: {{ file: secrets/key, value: {PART} }}"),
        format!("private_key: {{ value: {PART} }}"),
        format!("private_key: {{ file: {PART}: }}"),
        format!("private_key:\n        {PART}\n      color: 1"),
        format!("private_key: {SECRET}\u{200b}"),
    ] {
        assert!(sound.contains(key));
        world.write("trueup.yaml", &sound.replace(key, &odd));
        for verb in ["plan", "apply", "validate", "status", "history"] {
            let ran = world.run(&[verb, "--color", "always"]);

            assert!(!said(&ran).contains(PART), "{verb} of {odd:?}: {}", said(&ran));
            assert_ne!(ran.code, Some(0), "{verb} of {odd:?}: {}", said(&ran));
        }
    }
}

#[test]
fn the_secrets_in_use_appear_in_no_output_and_in_no_journal() {
    let world = World::seeded(&SEED.replace("privateKey: story", &format!("privateKey: {SECRET}")));
    world.mapping("backup.yaml", MAPPING);
    world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");
    world.write("secrets/private", SECRET);
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    let settings =
        settings.replace("private_key: { file: secrets/key }", "private_key: { file: secrets/private }");
    world.write("trueup.yaml", &settings);
    close(&world, "secrets/private");

    let verbs: [&[&str]; 6] = [
        &["plan"],
        &["plan", "--format", "json", "--all"],
        &["plan", "--format", "markdown", "--redact"],
        &["apply", "--yes"],
        &["history"],
        &["explain", "AcmeDental/BKP-GB"],
    ];
    for verb in verbs {
        let ran = world.run(verb);
        assert_eq!(ran.code, Some(0), "{verb:?}: {}", said(&ran));
        assert!(!said(&ran).contains(PART), "{verb:?}: {}", said(&ran));
    }

    assert_eq!(world.quantity(9001), "27");
    for file in fs::read_dir(world.path("")).expect("it is a folder").flatten() {
        if file.file_name().to_string_lossy().starts_with("trueup.db") {
            let bytes = fs::read(file.path()).expect("it can be read");
            assert!(!bytes.windows(PART.len()).any(|some| some == PART.as_bytes()), "{:?}", file.path());
        }
    }
}

fn close(world: &World, path: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(world.path(path), fs::Permissions::from_mode(0o600)).expect("the mode can be set");
}
