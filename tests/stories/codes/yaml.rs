//! Mapping files that cannot be used as they stand: told at their place, before anybody is asked for anything.

use trueup::problem::Code;

use super::table::refused;
use crate::world::World;
use crate::world::plain::{MAPPING, account};

provoked! {
    Syntax: a_text_that_is_no_yaml_is_refused,
    HiddenCharacter: a_character_that_nobody_sees_is_refused,
    YamlFeature: anchors_tags_and_second_documents_are_refused,
    DuplicateKey: a_key_that_stands_twice_is_refused,
    UnknownKey: a_key_that_is_not_known_is_refused_and_the_right_one_is_named,
    MissingKey: a_row_without_its_usage_value_is_refused,
    WrongType: a_text_where_a_list_belongs_is_refused,
    UnquotedScalar: a_name_that_reads_as_a_number_is_refused_and_quoting_is_named,
    InvalidValue: a_word_that_is_no_choice_is_refused_and_the_choices_are_named,
    DuplicateRow: two_rows_for_one_plan_are_refused_and_both_places_are_named,
    DuplicatePolicy: two_policies_are_refused,
    ForeignText: an_address_in_a_mapping_is_refused,
    MissingSource: rows_without_a_source_are_refused,
    IntegrationAndCrossReferences: a_file_with_two_tables_is_refused,
    EmptyMapping: mappings_without_an_entry_are_never_the_wish_to_bill_nothing,
}

/// A tenant with another mapping file, whose account uses 27 GB.
fn with(text: &str) -> World {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    world.mapping("odd.yaml", text).commit("Slip");
    world
}

fn refuses(text: &str, code: Code, place: &str, words: &str) -> String {
    let said = refused(&with(text), code, &format!("mappings/odd.yaml:{place}"));
    assert!(said.contains(words), "{words:?} is not in {said}");
    said
}

fn a_text_that_is_no_yaml_is_refused() -> String {
    refuses("waivers:\n\t- x\n", Code::Syntax, "2:", "indent with blanks, not tabs");
    refuses("policy: { mode: observe\n", Code::Syntax, "2:1", "this is no YAML")
}

fn a_character_that_nobody_sees_is_refused() -> String {
    refuses("policy: { mode: observe } # \u{202e}\n", Code::HiddenCharacter, "1:29", "U+202E");
    refuses("source: intro\u{200b}nis\naccounts: {}\n", Code::HiddenCharacter, "1:9", "U+200B")
}

fn anchors_tags_and_second_documents_are_refused() -> String {
    refuses("policy: !!map { mode: observe }\n", Code::YamlFeature, "1:", "a tag forces the type");
    refuses("policy: { mode: observe }\n---\npins: []\n", Code::YamlFeature, "2:1", "a second document");
    refuses("policy: &a { mode: observe }\n", Code::YamlFeature, "1:", "an anchor names a value")
}

fn a_key_that_stands_twice_is_refused() -> String {
    refuses(
        "policy: { mode: observe, mode: apply }\n",
        Code::DuplicateKey,
        "1:26",
        "the first is in line 1, column 11",
    )
}

fn a_key_that_is_not_known_is_refused_and_the_right_one_is_named() -> String {
    refuses("policy:\n  handedit: hold\n", Code::UnknownKey, "2:3", "did you mean hand_edit?")
}

fn a_row_without_its_usage_value_is_refused() -> String {
    let row = "source: intronis\nintronis_backup_plan:\n  - { plan: Gold, level: Gold }\n";
    refuses(row, Code::MissingKey, "3:5", "the key \"usage_value\" is missing")
}

fn a_text_where_a_list_belongs_is_refused() -> String {
    refuses("pins: none\n", Code::WrongType, "1:7", "pins must be a list, and is a text")
}

fn a_name_that_reads_as_a_number_is_refused_and_quoting_is_named() -> String {
    let row = "source: intronis\nintronis_backup_plan:\n  - { plan: Gold, level: 1, usage_value: total }\n";
    refuses(row, Code::UnquotedScalar, "3:26", "\"1\"")
}

fn a_word_that_is_no_choice_is_refused_and_the_choices_are_named() -> String {
    let row =
        "source: intronis\nintronis_backup_plan:\n  - { plan: Gold, level: Gold, usage_value: totall }\n";
    refuses(row, Code::InvalidValue, "3:45", "did you mean total?")
}

fn two_rows_for_one_plan_are_refused_and_both_places_are_named() -> String {
    refuses(MAPPING, Code::DuplicateRow, "4:13", "has a row already, in")
}

fn two_policies_are_refused() -> String {
    let world = with("policy: { mode: observe }\n");
    world.mapping("policy.yaml", "policy: { mode: apply }\n").commit("Twice");

    refused(&world, Code::DuplicatePolicy, "mappings/policy.yaml:1:1")
}

fn an_address_in_a_mapping_is_refused() -> String {
    let pin = |reason| {
        format!(
            "pins:\n  - {{ company: A, product: B, quantity: 1, reason: \"{reason}\", until: 2099-01-01 }}\n"
        )
    };
    for (reason, what) in [
        ("see http://tickets/1", "an address"),
        ("${TICKET}", "a variable"),
        ("$(id)", "a command"),
        ("{{ ticket }}", "a template"),
        ("../tickets", "a path"),
    ] {
        refuses(&pin(reason), Code::ForeignText, "2:52", what);
    }
    refuses(&pin("https://x"), Code::ForeignText, "2:52", "a mapping holds names, numbers and sentences")
}

fn rows_without_a_source_are_refused() -> String {
    let row = "intronis_backup_plan:\n  - { plan: Gold, level: Gold, usage_value: total }\n";
    refuses(row, Code::MissingSource, "1:1", "names no source")
}

fn a_file_with_two_tables_is_refused() -> String {
    let table = "source: intronis\nintegration: Barracuda Intronis\n\
                 cross_references: [{ type: A, level: B, agreement_type: C, product: D }]\n";
    refuses(table, Code::IntegrationAndCrossReferences, "3:1", "declare the table in another file")
}

fn mappings_without_an_entry_are_never_the_wish_to_bill_nothing() -> String {
    let world = World::in_step();
    world.mapping("backup.yaml", "source: intronis\n").commit("Take everything out");

    refused(&world, Code::EmptyMapping, "no mapping file has an entry")
}
