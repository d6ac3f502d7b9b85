//! Usage files that say nothing that can be used: the last good usage stays what it was.

use trueup::problem::Code;

use super::table::{says, unplanned};
use crate::world::World;
use crate::world::plain::account;

provoked! {
    UsageFile: a_file_that_is_no_report_plans_nothing_and_says_what_it_looks_like,
    UsageManifest: a_file_that_does_not_fit_its_manifest_plans_nothing,
}

fn a_file_that_is_no_report_plans_nothing_and_says_what_it_looks_like() -> String {
    let world = World::in_step();
    let header = "as_of,account,name,plan,used_bytes\n";
    let row = "2026-11-22T03:00:00Z,acme_dental,Acme,Flat,1";
    for (text, place, words) in [
        ("", "1:1", "it is empty"),
        ("<html>Sign in</html>", "1:1", "it is a web page or XML"),
        ("PK\u{3}\u{4}", "1:1", "it is a zip archive or an Excel workbook"),
        ("as_of,account,account\n", "1:15", "account"),
        ("as_of,name\n", "1:1", "account"),
        (&format!("{header}{row},5,6\n"), "2:", ""),
        (&format!("{header}{row}\n{}\n", row.replace("-22T", "-21T")), "3:1", "as_of"),
        (&format!("{header}2026-11-22T03:00:00Z,,Acme,Flat,1\n"), "2:22", "account"),
    ] {
        world.write("usage/intronis.csv", text);

        let said = unplanned(&world, &format!("usage/intronis.csv:{place}"));

        says(Code::UsageFile, &said);
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    unplanned(&world, "nothing was planned")
}

fn a_file_that_does_not_fit_its_manifest_plans_nothing() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let manifest =
        "{ \"source\": \"intronis\", \"as_of\": \"2026-11-22T03:00:00Z\", \"rows\": 2, \"sha256\": \"00\" }";
    world.write("usage/intronis.csv.manifest.json", manifest);

    let said = unplanned(&world, "usage/intronis.csv.manifest.json:1:1");

    for words in ["counts 2 rows, the file has 1", "SHA-256", "the manifest is of 2026-11-22T03:00:00Z"] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    said
}
