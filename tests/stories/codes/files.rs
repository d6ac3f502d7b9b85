//! Files as such: what is left out, what must not lie there, and what cannot be read.

use std::fs;
use std::os::unix::fs::symlink;

use trueup::problem::Code;

use super::table::{BKP_GB, refused, said, says, told, unplanned};
use crate::world::World;
use crate::world::plain::{MAPPING, account};

provoked! {
    FileIgnored: a_file_that_is_no_yaml_is_left_out_and_told,
    NotUtf8: a_mapping_file_in_another_encoding_is_refused,
    TooLarge: a_mapping_file_that_is_too_large_is_refused,
    TooLarge: mappings_that_nest_too_deep_are_refused,
    SpecialFile: a_link_in_the_mapping_folder_is_refused,
    SpecialFile: a_usage_file_that_everybody_may_write_or_that_is_a_link_is_not_read,
    Unreadable: a_usage_file_that_is_not_there_plans_nothing,
    Unreadable: settings_that_are_not_there_are_told_with_where_they_were_looked_for,
}

fn a_file_that_is_no_yaml_is_left_out_and_told() -> String {
    let world = World::in_step();
    world.mapping("notes.txt", "nothing").mapping(".hidden.yaml", "source: [").commit("Notes");

    let said = told(&world, Code::FileIgnored, "mappings/notes.txt", BKP_GB, "keep 25 -> 25");

    told(&world, Code::FileIgnored, "mappings/.hidden.yaml", BKP_GB, "keep 25 -> 25");
    assert_eq!(world.run(&["validate"]).code, Some(0));
    said
}

fn a_mapping_file_in_another_encoding_is_refused() -> String {
    let world = World::in_step();
    fs::write(world.path("billing/mappings/odd.yaml"), b"policy: {}\n# caf\xe9\n")
        .expect("it can be written");
    world.commit("From an old editor");

    refused(&world, Code::NotUtf8, "mappings/odd.yaml:2:6")
}

fn a_mapping_file_that_is_too_large_is_refused() -> String {
    let world = World::in_step();
    world.mapping("odd.yaml", &format!("policy: {{}}\n{}", "# filler\n".repeat(120_000))).commit("Large");

    refused(&world, Code::TooLarge, "mappings/odd.yaml")
}

fn mappings_that_nest_too_deep_are_refused() -> String {
    let world = World::in_step();
    world
        .mapping("odd.yaml", &format!("policy: {}{}\n", "[".repeat(9_000), "]".repeat(9_000)))
        .commit("Deep");

    refused(&world, Code::TooLarge, "mappings/odd.yaml:1:")
}

fn a_link_in_the_mapping_folder_is_refused() -> String {
    let world = World::in_step();
    world.write("elsewhere.yaml", MAPPING);
    symlink("../../elsewhere.yaml", world.path("billing/mappings/odd.yaml")).expect("a link can be made");
    world.commit("Link");

    let said = refused(&world, Code::SpecialFile, "mappings/odd.yaml");

    let of_commit = world.run(&["plan", "--commit", "main"]);
    assert_eq!(of_commit.code, Some(4));
    says(Code::SpecialFile, &super::table::said(&of_commit));
    said
}

fn a_usage_file_that_everybody_may_write_or_that_is_a_link_is_not_read() -> String {
    use std::os::unix::fs::PermissionsExt as _;

    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let (usage, moved) = (world.path("usage/intronis.csv"), world.path("usage/moved.csv"));
    fs::set_permissions(&usage, fs::Permissions::from_mode(0o666)).expect("the mode can be set");
    let open = unplanned(&world, "usage/intronis.csv:1:1");
    says(Code::SpecialFile, &open);
    fs::set_permissions(&usage, fs::Permissions::from_mode(0o644)).expect("the mode can be set");
    fs::rename(&usage, &moved).expect("it can be moved");
    symlink(&moved, &usage).expect("a link can be made");

    unplanned(&world, "is a symbolic link, not a regular file")
}

fn a_usage_file_that_is_not_there_plans_nothing() -> String {
    let world = World::in_step();
    fs::remove_file(world.path("usage/intronis.csv")).expect("it is there");

    unplanned(&world, "usage/intronis.csv does not exist")
}

fn settings_that_are_not_there_are_told_with_where_they_were_looked_for() -> String {
    let world = World::in_step();
    fs::remove_file(world.path("trueup.yaml")).expect("it is there");

    let ran = world.run(&["plan"]);

    assert_eq!(ran.code, Some(4), "{}", said(&ran));
    assert!(ran.stderr.contains("trueup.yaml") && ran.stderr.contains("trueup init"), "{}", ran.stderr);
    ran.stderr
}
