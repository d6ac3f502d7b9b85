//! The operator's settings and secrets: refused before any of them is sent anywhere, and never repeated.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use trueup::problem::Code;

use super::table::{said, says};
use crate::world::World;

provoked! {
    SecretInFile: a_key_that_is_written_into_the_settings_is_refused_and_not_repeated,
    SecretFileMode: a_secret_that_others_may_read_is_not_used,
    SecretMissing: a_secret_that_is_not_there_is_told_by_its_place,
    InsecureSite: keys_are_sent_over_no_open_connection,
}

/// A tenant in step, with something in the settings written otherwise.
fn with(from: &str, to: &str) -> World {
    let world = World::in_step();
    let text = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    assert!(text.contains(from), "{text}");
    world.write("trueup.yaml", &text.replace(from, to));
    world
}

/// Asserts that planning and applying end with 4 before anybody is asked for anything.
fn refused(world: &World, code: Code, words: &str) -> String {
    let mut all = String::new();
    for verb in [&["plan"][..], &["apply", "--yes"]] {
        let ran = world.run(verb);
        assert_eq!(ran.code, Some(4), "{verb:?}: {}", said(&ran));
        says(code, &said(&ran));
        assert!(said(&ran).contains(words), "{words:?} is not in {}", said(&ran));
        all.push_str(&said(&ran));
    }
    assert_eq!(world.simulator().log().len(), 0, "what is refused costs no request");
    all
}

fn a_key_that_is_written_into_the_settings_is_refused_and_not_repeated() -> String {
    for literal in ["hunter22", "\"hunter22\"", "{ env: hunter22 }"] {
        let world = with("private_key: { file: secrets/key }", &format!("private_key: {literal}"));

        let said = refused(&world, Code::SecretInFile, "trueup.yaml:9:");

        assert!(!said.contains("hunter22"), "{said}");
        assert!(said.contains("private_key"), "{said}");
    }
    let said =
        refused(&with("http://", "https://hunter22@"), Code::SecretInFile, "site holds a user or a password");
    assert!(!said.contains("hunter22"), "{said}");
    let said = refused(&with("http://", "https://robot:hunter22@"), Code::SecretInFile, "trueup.yaml:5:13");
    assert!(!said.contains("hunter22"), "{said}");
    said
}

fn a_secret_that_others_may_read_is_not_used() -> String {
    let world = World::in_step();
    fs::set_permissions(world.path("secrets/key"), fs::Permissions::from_mode(0o640)).expect("it can be set");

    refused(&world, Code::SecretFileMode, "chmod 600")
}

fn a_secret_that_is_not_there_is_told_by_its_place() -> String {
    let world = with("public_key: { file: secrets/key }", "public_key: { env: TRUEUP_STORY_KEY }");
    refused(&world, Code::SecretMissing, "the environment variable TRUEUP_STORY_KEY is not set");
    let world = World::in_step();
    fs::remove_file(world.path("secrets/key")).expect("it is there");

    refused(&world, Code::SecretMissing, "trueup.yaml:7:")
}

fn keys_are_sent_over_no_open_connection() -> String {
    let world = World::in_step();
    let text = fs::read_to_string(world.path("trueup.yaml")).expect("they are there");
    world.write("trueup.yaml", &text.replace(&world.url(), "http://connectwise.example.com"));

    refused(&world, Code::InsecureSite, "trueup.yaml:5:13")
}
