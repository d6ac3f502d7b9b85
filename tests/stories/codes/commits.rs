//! What a commit may do to the mappings: shrink them, leave history behind, loosen limits.

use git2::{Repository, Signature};
use trueup::problem::Code;

use super::table::{BKP_GB, held, left_alone, problem, released};
use crate::world::World;
use crate::world::plain::{MAPPING, account};

provoked! {
    ConfigShrink: a_commit_that_removes_many_rows_does_not_come_into_force,
    History: a_commit_that_does_not_descend_from_the_applied_one_writes_nothing,
    UnsignedCommit: an_unsigned_commit_plans_nothing_where_signers_are_named,
    GuardLoosened: a_looser_limit_is_told_in_the_plan_of_its_commit,
}

/// Mappings with a row for each of so many plans, besides the one for all.
fn with_plans(plans: usize) -> String {
    let row = |plan| format!("  - {{ plan: Plan {plan}, level: Universal, usage_value: total }}\n");
    MAPPING.to_owned() + &(0..plans).map(row).collect::<String>()
}

fn a_commit_that_removes_many_rows_does_not_come_into_force() -> String {
    let world = World::in_step();
    world.mapping("backup.yaml", &with_plans(5)).commit("Name the plans");
    assert_eq!(world.apply().code, Some(0));
    world.accounts(&[&account("acme_dental", 27)]);
    let fewer = with_plans(5)
        .replace("(All plans)", "Plan 9")
        .replace("total }\n  - { plan: Plan 0", "total, rounding: { decimals: 0 } }\n  - { plan: Plan 0");
    let (kept, _) = fewer.split_once("  - { plan: Plan 2").expect("there are so many");
    world.mapping("backup.yaml", kept);
    let commit = world.commit("Take rows out");

    let plan = world.plan();

    let told = problem(&plan, Code::ConfigShrink, &commit[..7]).to_string();
    assert_eq!(
        plan.short(BKP_GB.0, BKP_GB.1),
        "update 25 -> 27",
        "the rows of the commit before are in force"
    );
    assert_ne!(plan.0["commit"], commit.as_str());
    let text = world.run(&["plan"]).stdout;
    assert!(text.contains("\n      waivers:\n        - guard: config_shrink\n          rows: 4\n"), "{text}");
    let release = problem(&plan, Code::ConfigShrink, &commit[..7])["release"].as_str().expect("a way out");
    world.mapping("release.yaml", release);
    let commit = world.commit("Let them go");
    let plan = world.plan();
    assert_eq!(
        (plan.0["commit"].as_str(), plan.short(BKP_GB.0, BKP_GB.1).as_str()),
        (Some(&*commit), "hold 25 -> ? unmapped_plan")
    );
    told
}

fn an_unsigned_commit_plans_nothing_where_signers_are_named() -> String {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdAX+2xNBy4jGyb9tGkmtHYtLjb4mbEIOBnFrM9MXjr";
    world.write("signers", &format!("clerk {key}\n"));
    let settings = std::fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    world.write("trueup.yaml", &settings.replace("path: billing,", "path: billing, signers: signers,"));

    left_alone(&world, 5)
}

/// Starts history anew with what is there.
fn rewrite_history(world: &World) {
    let repository = Repository::open(world.path("billing")).expect("it is a repository");
    let tree = repository.head().and_then(|head| head.peel_to_tree()).expect("there is a commit");
    let author = Signature::now("story", "story@example.com").expect("a plain name");
    let id =
        repository.commit(None, &author, &author, "Another beginning", &tree, &[]).expect("it can be made");
    repository.reference("refs/heads/main", id, true, "rewritten").expect("the branch can be moved");
}

fn a_commit_that_does_not_descend_from_the_applied_one_writes_nothing() -> String {
    let world = World::in_step();
    assert_eq!(world.apply().code, Some(0));
    world.accounts(&[&account("acme_dental", 27)]);
    rewrite_history(&world);
    let said = held(&world, BKP_GB, "hold 25 -> 27 history");
    held(&world, BKP_GB, "hold 25 -> 27 history");
    world.accounts(&[&account("acme_dental", 25)]);
    left_alone(&world, 3);
    world.accounts(&[&account("acme_dental", 27)]);
    held(&world, BKP_GB, "hold 25 -> 27 history");

    released(&world, BKP_GB, "update 25 -> 27");

    assert_eq!(world.apply().code, Some(0));
    said
}

fn a_looser_limit_is_told_in_the_plan_of_its_commit() -> String {
    let world = World::in_step();
    assert_eq!(world.apply().code, Some(0));
    let guards = "policy: { guards: { line_change: { increase: { percent: 500 } } } }\n";
    world.mapping("policy.yaml", guards).accounts(&[&account("acme_dental", 45)]).commit("Loosen a limit");

    let plan = world.plan();

    assert_eq!(plan.short(BKP_GB.0, BKP_GB.1), "update 25 -> 45");
    let told = problem(&plan, Code::GuardLoosened, "policy").to_string();
    assert!(told.contains("mappings/policy.yaml"), "{told}");
    assert_eq!(world.apply().code, Some(0));
    assert!(!world.plan().problem_codes().contains(&"guard_loosened".to_owned()), "it is told once");
    told
}
