//! Which mappings a plan is of: the files as they stand, a commit, or what one commit changes against another.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::world::plain::{MAPPING, SEED, account};
use super::world::shop::{Shop, WIDE_GUARDS, backup, usage};
use super::world::{Plan, World};

/// Two customers on two plans, both billed in full by the first commit; the second commit bills one over its base.
fn two_commits() -> (World, [String; 2]) {
    let shop = Shop::selling("BKP-GB", "0.50").at_level("Universal", "BackupUsage", "BKP-GB");
    let shop = shop.line("acme", "BKP-GB", "25").line("delta", "BKP-GB", "25");
    let world = shop.open(&[
        "plan: Pro, level: Universal, usage_value: total",
        "plan: Block, level: Universal, usage_value: total",
    ]);
    world.accounts(&[
        &usage("acme", "Pro", "0", &(25_u64 << 30).to_string()),
        &usage("delta", "Block", &(20_u64 << 30).to_string(), &(25_u64 << 30).to_string()),
    ]);
    let first = world.commit("Bill everything");
    let second = backup(&[
        "plan: Pro, level: Universal, usage_value: total",
        "plan: Block, level: Universal, usage_value: additional",
    ]);
    world.mapping("backup.yaml", &second);
    let second = world.commit("Bill what goes over");
    (world, [first, second])
}

#[test]
fn an_older_commit_is_planned_as_it_was() {
    let (world, [first, second]) = two_commits();
    world.tag("reviewed", &first);

    let now = world.plan();
    assert_eq!(now.0["commit"], *second);
    assert_eq!(now.short("delta", "BKP-GB"), "update 25 -> 5");

    for revision in [&*first, &first[..10], "HEAD~1", "main~1", "reviewed"] {
        let plan = world.plan_with(&["--commit", revision]);
        assert_eq!(plan.0["commit"], *first, "{revision}");
        assert_eq!(plan.short("delta", "BKP-GB"), "keep 25 -> 25", "{revision}");
    }
    let text = world.run(&["plan", "--commit", "main"]).stdout;
    assert!(text.starts_with(&format!("trueup plan  story  main@{}  ·  usage", &second[..7])), "{text}");
    let text = world.run(&["plan", "--commit", &first]).stdout;
    assert!(text.starts_with(&format!("trueup plan  story  commit {}  ·  usage", &first[..7])), "{text}");
}

#[test]
fn a_revision_that_is_not_there_plans_nothing() {
    let (world, _) = two_commits();

    let ran = world.run(&["plan", "--commit", "no-such-branch"]);

    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    assert!(ran.stderr.contains("no-such-branch"), "{}", ran.stderr);
    assert_eq!(world.simulator().log().len(), 0);
}

#[test]
fn an_older_commit_is_applied_when_it_is_named() {
    let (world, [first, _]) = two_commits();
    world.accounts(&[
        &usage("acme", "Pro", "0", &(26_u64 << 30).to_string()),
        &usage("delta", "Block", &(20_u64 << 30).to_string(), &(25_u64 << 30).to_string()),
    ]);

    let applied = world.run(&["apply", "--yes", "--commit", &first]);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!([world.quantity(9001), world.quantity(9002)], ["26", "25"]);
    let status: Value =
        serde_json::from_str(&world.run(&["status", "--format", "json"]).stdout).expect("JSON");
    assert_eq!(status["applied_commit"], *first);
}

#[test]
fn uncommitted_edits_are_planned_and_said_to_be_uncommitted() {
    let (world, [_, second]) = two_commits();
    world.mapping("pins.yaml", &pin("acme", "30"));

    let edited = world.plan();
    assert_eq!(edited.0["commit"], format!("{second}+changes"));
    assert_eq!(edited.short("acme", "BKP-GB"), "update 25 -> 30");
    let text = world.run(&["plan"]).stdout;
    let header = format!("trueup plan  story  working directory, {} with uncommitted edits  ·", &second[..7]);
    assert!(text.starts_with(&header), "{text}");

    let committed = world.plan_with(&["--commit", "HEAD"]);
    assert_eq!(committed.0["commit"], *second);
    assert_eq!(committed.short("acme", "BKP-GB"), "keep 25 -> 25");
}

fn pin(company: &str, quantity: &str) -> String {
    let until = (Timestamp::now() + SignedDuration::from_hours(240)).strftime("%Y-%m-%d").to_string();
    format!(
        "pins:\n  - {{ company: {company}, product: BKP-GB, quantity: {quantity}, reason: flat, until: {until} }}\n"
    )
}

#[test]
fn a_plain_folder_is_planned_and_applied_only_when_somebody_says_yes() {
    let (world, _) = two_commits();
    world.forget_history();

    let plan = world.plan();
    assert_eq!(plan.0["commit"], "none");
    assert_eq!(plan.short("delta", "BKP-GB"), "update 25 -> 5");
    let text = world.run(&["plan"]).stdout;
    assert!(text.starts_with("trueup plan  story  working directory, in no repository  ·"), "{text}");
    assert_eq!(world.run(&["apply"]).code, Some(64));
    assert_eq!(world.write_requests(), Vec::<String>::new());

    world.settle();
    assert_eq!(world.quantity(9002), "5");
}

#[test]
fn a_comparison_shows_what_the_commit_changes_and_counts_apart_what_changes_anyway() {
    let (world, [first, second]) = two_commits();
    world.accounts(&[
        &usage("acme", "Pro", "0", &(26_u64 << 30).to_string()),
        &usage("delta", "Block", &(20_u64 << 30).to_string(), &(25_u64 << 30).to_string()),
    ]);

    let plan = world.plan_with(&["--against", "HEAD~1"]);

    assert_eq!(plan.0["commit"], *second);
    assert_eq!(plan.0["against"]["commit"], *first);
    assert_eq!(plan.0["lines"].as_array().map(Vec::len), Some(1));
    assert_eq!(plan.short_and_money("delta", "BKP-GB"), "update 25 -> 5, -10 a month");
    let counts =
        |of: &Value| ["update", "hold", "keep"].map(|count| of[count].as_u64().expect("a summary counts"));
    assert_eq!(counts(&plan.0["summary"]), [1, 0, 0]);
    assert_eq!(counts(&plan.0["against"]["anyway"]), [1, 0, 0]);
    assert_eq!(plan.0["summary"]["monthly_delta"], "-10");
    assert_eq!(plan.0["against"]["anyway"]["monthly_delta"], "0.5");
    let comment = world.run(&["plan", "--against", "HEAD~1", "--format", "markdown"]).stdout;
    assert!(comment.contains("**Merging changes 1 line, −$10.00 a month.**"), "{comment}");
    assert!(comment.contains("With or without it,"), "{comment}");
    assert!(comment.contains(&format!("base `{}`, head `{}`", &first[..7], &second[..7])), "{comment}");
}

#[test]
fn e2_a_commit_that_does_not_descend_from_the_applied_one_holds_every_change_until_a_waiver_names_it() {
    let (world, [first, second]) = two_commits();
    world.settle();
    let written = world.write_requests().len();
    world.reset_to(&first);
    world.mapping("pins.yaml", &pin("acme", "24"));
    world.commit("Another history");

    let plan = world.plan();
    assert_eq!(plan.short("delta", "BKP-GB"), "hold 5 -> 25 history");
    assert_eq!(plan.short("acme", "BKP-GB"), "hold 25 -> 24 history");
    assert_eq!(world.apply().code, Some(3));
    assert_eq!(world.write_requests().len(), written);

    world.mapping("waivers.yaml", &release(&plan, "delta"));
    world.commit("The old history was a mistake");
    world.settle();
    assert_eq!([world.quantity(9001), world.quantity(9002)], ["24", "25"]);
    assert!(release(&plan, "delta").contains(&second), "{}", release(&plan, "delta"));
}

/// The YAML that releases a held line.
fn release(plan: &Plan, company: &str) -> String {
    let release = plan.line(company, "BKP-GB")["reasons"][0]["release"].as_str();
    release.expect("the hold can be released").to_owned()
}

/// A customer for each of these plans, each with a row of its own.
fn many_rows() -> (World, Vec<String>) {
    let names: Vec<String> = (10..22).map(|number| format!("plan{number}")).collect();
    let shop = Shop::selling("BKP-GB", "0.50").at_level("Universal", "BackupUsage", "BKP-GB");
    let shop = names.iter().fold(shop, |shop, name| shop.line(name, "BKP-GB", "25"));
    let rows: Vec<String> =
        names.iter().map(|name| format!("plan: {name}, level: Universal, usage_value: total")).collect();
    let world = shop.open(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let gigabytes = (26_u64 << 30).to_string();
    let accounts: Vec<String> = names.iter().map(|name| usage(name, name, "0", &gigabytes)).collect();
    world.accounts(&accounts.iter().map(String::as_str).collect::<Vec<_>>());
    (world, rows)
}

#[test]
fn a_commit_that_removes_too_many_rows_leaves_the_previous_one_in_force() {
    let (world, rows) = many_rows();
    let first = world.commit("Bill every plan");
    world.settle();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();

    world.mapping("backup.yaml", &backup(&rows[4..]));
    let second = world.commit("Remove four rows");

    let plan = world.plan();
    assert_eq!(plan.0["commit"], *first);
    assert_eq!(plan.problem_codes(), ["config_shrink"]);
    assert_eq!(plan.short("plan10", "BKP-GB"), "keep 26 -> 26");
    assert_eq!(plan.0["summary"]["keep"], 12);
    let text = world.run(&["plan"]).stdout;
    assert!(text.contains("config_shrink"), "{text}");
    assert!(text.contains(&format!("the mappings of {} stay in force", &first[..7])), "{text}");
    assert!(text.contains(&second[..7]), "{text}");

    world.mapping("backup.yaml", &backup(&rows[3..]));
    let third = world.commit("Remove three rows");
    let plan = world.plan();
    assert_eq!(plan.0["commit"], *third);
    assert_eq!(plan.short("plan10", "BKP-GB"), "hold 26 -> ? unmapped_plan");
}

#[test]
fn the_detailed_exit_code_tells_nothing_to_do_from_changes_and_changes_from_holds() {
    let world = World::in_step();
    let codes = || [world.run(&["plan", "--detailed-exitcode"]).code, world.run(&["plan"]).code];

    assert_eq!(codes(), [Some(0), Some(0)]);

    world.accounts(&[&account("acme_dental", 27)]);
    assert_eq!(codes(), [Some(2), Some(0)]);

    world.accounts(&[&account("acme_dental", 7)]);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "hold 25 -> 7 line_change window");
    assert_eq!(codes(), [Some(3), Some(0)]);
}

#[test]
fn a_filter_shows_the_lines_that_fit_and_is_an_error_when_none_does() {
    let (world, _) = two_commits();
    let names = |arguments: &[&str]| -> Vec<String> {
        let plan = world.plan_with(arguments);
        let lines = plan.0["lines"].as_array().expect("a plan has lines").iter();
        lines.map(|line| line["company"]["identifier"].as_str().expect("it has a name").to_owned()).collect()
    };

    assert_eq!(names(&[]), ["acme", "delta"]);
    assert_eq!(names(&["--company", "delta"]), ["delta"]);
    assert_eq!(names(&["--product", "BKP-GB"]), ["acme", "delta"]);
    assert_eq!(names(&["--company", "acme", "--product", "BKP-GB"]), ["acme"]);
    for nothing in [["--company", "Delta"], ["--product", "BKP"], ["--company", ""]] {
        let ran = world.run(&[&["plan"][..], &nothing].concat());
        assert_eq!((ran.code, &*ran.stdout), (Some(64), ""), "{nothing:?}");
        assert!(ran.stderr.contains("No line of the plan fits --company and --product"), "{}", ran.stderr);
    }
}

#[test]
fn a_name_in_a_comment_pings_nobody_and_breaks_no_table() {
    let name = "@everyone | <b>";
    let world = World::seeded(&SEED.replace("name: Acme Dental", &format!("name: '{name}'")));
    world.mapping("backup.yaml", MAPPING).mapping("policy.yaml", WIDE_GUARDS);
    world.accounts(&[&account("acme_dental", 27)]).commit("Bill backup");

    let comment = world.run(&["plan", "--format", "markdown"]).stdout;

    let row = comment.lines().find(|line| line.contains("everyone")).expect("the row names the company");
    assert!(row.starts_with(r"| `@everyone \| <b>` |"), "{row}");
    let table: Vec<_> = comment.lines().filter(|line| line.starts_with('|')).map(cells).collect();
    assert!(table.len() == 3 && table.iter().all(|cells| *cells == table[0]), "{comment}");
    let redacted = world.run(&["plan", "--format", "markdown", "--redact"]).stdout;
    assert!(!redacted.contains("everyone") && redacted.contains("27"), "{redacted}");
}

/// How many cells a row of a table has: pipes that are not escaped part them.
fn cells(row: &str) -> usize {
    row.replace(r"\|", "").matches('|').count()
}

#[test]
fn a_comparison_as_a_file_applies_what_the_commit_changes_and_nothing_else() {
    let (world, _) = two_commits();
    world.accounts(&[
        &usage("acme", "Pro", "0", &(26_u64 << 30).to_string()),
        &usage("delta", "Block", &(20_u64 << 30).to_string(), &(25_u64 << 30).to_string()),
    ]);
    let plan = ["plan", "--against", "HEAD~1", "--format", "json", "--out", "plan.json"];
    assert_eq!(world.run(&plan).code, Some(0));

    let applied = world.run(&["apply", "plan.json"]);

    assert_eq!(applied.code, Some(0), "{}{}", applied.stdout, applied.stderr);
    assert_eq!([world.quantity(9001), world.quantity(9002)], ["25", "5"]);
}

#[test]
fn e2_a_repository_that_lost_the_applied_commit_holds_every_change() {
    let (world, _) = two_commits();
    world.settle();
    let written = world.write_requests().len();
    world.forget_history();
    git2::Repository::init(world.path("billing")).expect("a repository can be made");
    world.mapping("pins.yaml", &pin("acme", "24")).commit("Begun again");

    let plan = world.plan();

    assert_eq!(plan.short("acme", "BKP-GB"), "hold 25 -> 24 history");
    assert_eq!(world.apply().code, Some(3));
    assert_eq!(world.write_requests().len(), written);
}

#[test]
fn a_comparison_shows_the_lines_of_the_mappings_that_made_the_difference() {
    let world = World::in_step();
    world.mapping("backup.yaml", &MAPPING.replace("total", "total, rounding: { mode: up, decimals: 0 }"));
    world.commit("Whole gigabytes");

    let ran = world.run(&["plan", "--commit", "HEAD", "--against", "HEAD~1", "--diff"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let (_, difference) = ran.stdout.split_once("mappings/backup.yaml\n").expect("the file is named");
    assert!(
        difference.contains("\n-  - { plan: (All plans), level: Universal, usage_value: total }\n"),
        "{difference}"
    );
    assert!(
        difference.contains("\n+  - { plan: (All plans), level: Universal, usage_value: total, rounding:")
    );
    let refused = world.run(&["plan", "--against", "HEAD~1", "--diff", "--format", "json"]);
    assert_eq!(refused.code, Some(64), "{}", refused.stderr);
    assert_eq!(world.run(&["plan", "--diff"]).code, Some(64));
}
