//! Mappings that live on a forge: fetched over HTTPS and SSH, and what is said when that fails.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use trueup::snapshot::{Access, Address, Limits, MappingRepository, Remote, RemoteClone, RemoteError};

use super::failures::NOWHERE;
use super::world::World;
use super::world::forge::{Forge, Mood, Shell, git};
use super::world::plain::account;

/// A world with one change to apply, whose mappings are on a forge and nowhere else.
fn moved_to(forge: &Forge, keys: &str) -> World {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    forge.take(&world.path("billing"), "main");
    fs::remove_dir_all(world.path("billing")).expect("it can be removed");
    repository(&world, &format!("url: \"{}\", branch: main, {keys}", forge.url()));
    world
}

/// Writes where the mappings are into the settings.
fn repository(world: &World, keys: &str) {
    let settings = fs::read_to_string(world.path("trueup.yaml")).expect("there are settings");
    let old = settings.lines().find(|line| line.contains("repository:")).expect("they name one").to_owned();
    world.write("trueup.yaml", &settings.replace(&old, &format!("    repository: {{ {keys} }}")));
}

fn assert_refused(world: &World, sentences: &[&str]) {
    let before = world.simulator().log().len();
    for verb in [&["plan"][..], &["apply", "--yes"]] {
        let ran = world.run(verb);
        assert_eq!(ran.code, Some(5), "{}{}", ran.stdout, ran.stderr);
        for sentence in sentences {
            assert!(ran.stderr.contains(sentence), "{sentence:?} is not in {}", ran.stderr);
        }
    }
    assert_eq!(world.simulator().log().len(), before, "ConnectWise is not even asked");
}

const TOKEN: &str = "access: { token: { file: secrets/key } }";
const LOGIN: Option<&str> = Some("x-access-token:story");

#[test]
fn a_plan_by_the_mappings_of_a_forge_names_their_commit_and_applies() {
    let forge = Forge::plain(LOGIN);
    let world = moved_to(&forge, TOKEN);

    let ran = world.run(&["plan"]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("main@"), "{}", ran.stdout);
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
    assert_eq!(world.run(&["validate"]).code, Some(0));
    assert_eq!(world.apply().code, Some(0));
    assert_eq!(world.quantity(9001), "27");
    assert!(world.plan().is_unchanged());
    assert!(!world.path("trueup.db.clones/story.git/mappings").exists(), "nothing is checked out");
}

#[test]
fn what_git_pushes_over_http_is_planned_next() {
    let forge = Forge::plain(LOGIN);
    let world = moved_to(&forge, TOKEN);
    let first = world.plan().0["commit"].as_str().unwrap().to_owned();
    let address = forge.url().replace("http://", "http://x-access-token:story@");
    git(world.path("").as_path(), &["clone", "-q", &address, "desk"]);
    let desk = world.path("desk");
    for (key, value) in [("user.name", "A"), ("user.email", "a@example.com")] {
        git(&desk, &["config", key, value]);
    }
    git(&desk, &["commit", "-q", "--allow-empty", "-m", "another"]);
    git(&desk, &["push", "-q", "origin", "main"]);

    let plan = world.plan();

    assert_ne!(plan.0["commit"], first.as_str());
    assert_eq!(world.plan_with(&["--commit", &first]).0["commit"], first.as_str());
}

#[test]
fn e1_a_token_that_was_refused_ends_with_5_and_is_not_shown() {
    let forge = Forge::plain(Some("x-access-token:another-secret"));
    let world = moved_to(&forge, TOKEN);

    assert_refused(
        &world,
        &["The mappings cannot be fetched", "refused access", "hint: check repository.access"],
    );

    world.write("secrets/key", "not-the-token");
    assert!(!world.run(&["plan"]).stderr.contains("not-the-token"));
}

#[test]
fn e1_a_forge_that_is_down_ends_with_5() {
    let forge = Forge::plain(LOGIN);
    let world = moved_to(&forge, TOKEN);
    repository(&world, &format!("url: \"http://{NOWHERE}/billing.git\", {TOKEN}"));

    assert_refused(&world, &["The mappings cannot be fetched", "cannot be reached"]);
}

#[test]
fn i1_a_self_signed_certificate_is_refused_until_its_file_is_named() {
    let forge = Forge::tls(LOGIN);
    let world = moved_to(&forge, TOKEN);
    let other = Forge::tls(None);

    assert_refused(&world, &["certificate", "is not trusted", "repository.ca_file"]);

    world.write("ca.pem", other.certificate());
    repository(&world, &format!("url: \"{}\", ca_file: ca.pem, {TOKEN}", forge.url()));
    assert_refused(&world, &["is not trusted"]);
    assert_eq!(forge.asked(), Vec::<String>::new(), "no credential is sent to a host that is not trusted");

    world.write("ca.pem", forge.certificate());
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");
}

#[test]
fn sec_o1_a_redirect_is_not_followed_and_no_credential_goes_there() {
    let (forge, elsewhere) = (Forge::plain(LOGIN), Forge::plain(None));
    let world = moved_to(&forge, TOKEN);
    forge.behave(Mood::Moved(format!("{}?token=x", elsewhere.url())));

    assert_refused(&world, &["has moved to", "no redirect is followed"]);

    assert_eq!(elsewhere.asked(), Vec::<String>::new());
    assert!(!world.run(&["plan"]).stderr.contains("token=x"));
}

#[test]
fn mappings_come_over_ssh_from_a_known_host_and_from_no_other() {
    let Some(shell) = Shell::start() else { return };
    let forge = Forge::plain(None);
    let world = moved_to(&forge, "");
    let through = |key: &str| {
        let (key, known) = (shell.path(key), shell.path("known_hosts"));
        let access =
            format!("access: {{ ssh: {{ key: {}, known_hosts: {} }} }}", key.display(), known.display());
        repository(&world, &format!("url: \"{}\", {access}", shell.url(&forge.repository())));
    };

    through("user");
    assert_eq!(world.plan().short("AcmeDental", "BKP-GB"), "update 25 -> 27");

    through("stranger");
    assert_refused(&world, &["refused access", "hint: check repository.access"]);

    through("user");
    shell.know("stranger");
    assert_refused(&world, &["is not among the known hosts"]);
    fs::write(shell.path("known_hosts"), "").unwrap();
    assert_refused(&world, &["is not among the known hosts"]);

    shell.know("host");
    let access = format!(
        "access: {{ ssh: {{ key: {}, known_hosts: {} }} }}",
        shell.path("user").display(),
        shell.path("known_hosts").display()
    );
    repository(&world, &format!("url: \"{}\", {access}", shell.url(Path::new("/nowhere.git"))));
    assert_refused(&world, &["there is no repository"]);
}

#[test]
fn sec_g3_an_unsigned_commit_plans_nothing_where_signers_are_named() {
    let world = World::in_step();
    world.accounts(&[&account("acme_dental", 27)]);
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdAX+2xNBy4jGyb9tGkmtHYtLjb4mbEIOBnFrM9MXjr";
    world.write("signers", &format!("clerk {key}\n"));

    for keys in ["path: billing, signers: signers", "path: billing, branch: main, signers: signers"] {
        repository(&world, keys);
        assert_refused(&world, &["are not signed as they must be", "git commit -S"]);
    }
}

#[test]
fn a_branch_of_a_local_repository_is_planned_whatever_is_checked_out() {
    let world = World::in_step();
    let commit = world.commit("all");
    world.mapping("edit.yaml", "pins: [");
    repository(&world, "path: billing, branch: main");

    assert_eq!(world.plan().0["commit"], commit.as_str());
}

/// A forge with a commit, and a clone of it.
fn cloned(limits: Limits) -> (Forge, World, RemoteClone) {
    let (forge, world) = (Forge::plain(None), World::in_step());
    world.commit("all");
    forge.take(&world.path("billing"), "main");
    let clone = clone(&forge, &world, limits);
    (forge, world, clone)
}

fn clone(forge: &Forge, world: &World, limits: Limits) -> RemoteClone {
    let remote = Remote {
        address: Address::parse(&forge.url()).expect("it is an address"),
        branch: Some(Arc::from("main")),
        access: Access::Open,
        certificate_authority: None,
        proxy: None,
        limits,
    };
    RemoteClone::open(remote, &world.path("clone.git")).expect("a clone can be begun")
}

/// Pushes another commit, with content that cannot be packed small.
fn push_more(forge: &Forge, world: &World) -> String {
    let mut state = 1_u64;
    let noise: String = (0..40_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            format!("{:x}", state >> 40)
        })
        .collect();
    world.write("billing/noise.txt", &noise);
    let commit = world.commit("more");
    forge.take(&world.path("billing"), "main");
    commit
}

#[test]
fn e1_a_pack_that_breaks_off_leaves_the_last_good_commit_and_the_next_fetch_is_whole() {
    let (forge, world, clone) = cloned(Limits::default());
    let first = clone.fetch().unwrap();
    let second = push_more(&forge, &world);

    for length in [300, 5_000, 50_000] {
        forge.behave(Mood::Breaking(length));
        let error = clone.fetch().unwrap_err();
        assert!(matches!(error, RemoteError::Unreachable { .. } | RemoteError::Broken { .. }), "{error}");
        assert_eq!(clone.last_good().unwrap().as_ref(), Some(&first));
        let mappings = MappingRepository::open(clone.path(), "mappings").unwrap();
        assert_eq!(mappings.read_folder().unwrap().commit.id(), Some(&first));
    }

    forge.behave(Mood::Well);
    assert_eq!(clone.fetch().unwrap().as_str(), second);
}

#[test]
fn e1_a_forge_that_never_answers_is_left_in_time() {
    let (forge, _world, clone) = cloned(Limits { time: Duration::from_secs(1), ..Limits::default() });
    forge.behave(Mood::Silent);
    let begun = Instant::now();

    assert!(matches!(clone.tip(), Err(RemoteError::TooSlow { seconds: 1, .. })));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn e7_too_much_history_and_too_many_refs_are_refused_while_they_arrive() {
    let (forge, world, clone) = cloned(Limits { received: 20_000, listed: 4_000, ..Limits::default() });
    let first = clone.fetch().unwrap();

    push_more(&forge, &world);
    assert!(matches!(clone.fetch(), Err(RemoteError::TooLarge { .. })));
    assert_eq!(clone.last_good().unwrap(), Some(first));

    for number in 0..100 {
        git(&forge.repository(), &["update-ref", &format!("refs/heads/branch-{number}"), "refs/heads/main"]);
    }
    let told = clone.tip().unwrap_err().to_string();
    assert!(told.ends_with("has more than 4000 bytes of refs"), "{told}");
}

#[test]
fn e10_the_forge_decides_what_is_newest_and_going_back_is_seen_as_such() {
    let (forge, world, clone) = cloned(Limits::default());
    let first = clone.fetch().unwrap();
    let second = push_more(&forge, &world);
    clone.fetch().unwrap();

    world.reset_to(first.as_str());
    forge.take(&world.path("billing"), "main");

    assert_eq!(clone.fetch().unwrap(), first);
    let mappings = MappingRepository::open(clone.path(), "mappings").unwrap();
    assert!(!mappings.is_descendant(&first, &second).unwrap());
}

#[test]
fn e1_only_what_is_asked_for_is_fetched_and_nothing_twice() {
    let (forge, _world, clone) = cloned(Limits::default());
    clone.fetch().unwrap();
    let asked = forge.asked().len();

    clone.fetch().unwrap();
    clone.tip().unwrap();

    let list = "GET /billing.git/info/refs?service=git-upload-pack";
    assert_eq!(forge.asked()[asked..], [list, list]);
}
