//! A clone of a real repository on this machine: what comes into force, and what never does.

use std::fs;
use std::path::Path;
use std::time::Duration;

use git2::Repository;
use tempfile::TempDir;

use super::{Access, Address, Limits, Remote, RemoteClone, RemoteError};
use crate::snapshot::tests::{BACKUP, commit, repository, with_mappings};
use crate::snapshot::{MappingRepository, SnapshotError};

fn remote(path: &Path) -> Remote {
    Remote {
        address: Address::parse(&format!("file://{}", path.display())).unwrap(),
        branch: Some("main".into()),
        access: Access::Open,
        certificate_authority: None,
        proxy: None,
        limits: Limits::default(),
    }
}

fn open(remote: Remote) -> (TempDir, RemoteClone) {
    let folder = tempfile::tempdir().unwrap();
    let clone = RemoteClone::open(remote, &folder.path().join("clones/msp.git")).unwrap();
    (folder, clone)
}

/// A fresh commit on another history, put on the branch by force.
fn force_push(repository: &Repository) -> git2::Oid {
    let tree = repository.head().unwrap().peel_to_tree().unwrap();
    let author = git2::Signature::new("B", "b@example.com", &git2::Time::new(9, 0)).unwrap();
    let id = repository.commit(None, &author, &author, "rewritten", &tree, &[]).unwrap();
    repository.reference("refs/heads/main", id, true, "").unwrap();
    id
}

#[test]
fn a_fetch_brings_the_branch_with_its_history_and_a_look_brings_nothing() {
    let (folder, far, first) = with_mappings();
    let second = commit(&far, &[("mappings/backup.yaml", "pins: []\n")]);
    let (_own, clone) = open(remote(folder.path()));

    assert_eq!(clone.tip().unwrap().as_str(), second.to_string());
    assert_eq!(clone.last_good(), Ok(None));
    let fetched = clone.fetch().unwrap();

    let mappings = MappingRepository::open(clone.path(), "mappings").unwrap();
    let files = mappings.read_commit(fetched.as_str()).unwrap();
    assert_eq!(files.header(), format!("main@{}", &second.to_string()[..7]));
    assert_eq!(mappings.read_commit("HEAD~1").unwrap().files[0].text, BACKUP);
    assert!(mappings.is_descendant(&fetched, &first.to_string()).unwrap());
    assert_eq!(clone.last_good(), Ok(Some(fetched.clone())));
    assert_eq!(clone.fetch().unwrap(), fetched);
}

#[test]
fn a_clone_that_another_program_keeps_locked_is_not_waited_for_without_end() {
    let (folder, _far, _) = with_mappings();
    let limits = Limits { time: Duration::from_millis(10), ..Limits::default() };
    let (own, clone) = open(Remote { limits, ..remote(folder.path()) });
    let lock = fs::File::open(clone.path().join("trueup.lock")).unwrap();
    lock.lock().unwrap();

    let opened =
        RemoteClone::open(Remote { limits, ..remote(folder.path()) }, &own.path().join("clones/msp.git"));

    assert!(opened.unwrap_err().to_string().contains("another program keeps it locked"));
}

#[test]
fn e2_a_force_push_is_fetched_and_known_not_to_descend() {
    let (folder, far, first) = with_mappings();
    let (_own, clone) = open(remote(folder.path()));
    clone.fetch().unwrap();

    let rewritten = force_push(&far);
    let fetched = clone.fetch().unwrap();

    let mappings = MappingRepository::open(clone.path(), "mappings").unwrap();
    assert_eq!(fetched.as_str(), rewritten.to_string());
    assert!(!mappings.is_descendant(&fetched, &first.to_string()).unwrap());
    assert_eq!(mappings.read_commit(&first.to_string()).unwrap().files[0].text, BACKUP);
}

#[test]
fn e2_a_deleted_branch_is_an_error_and_keeps_the_last_good_commit() {
    let (folder, far, first) = with_mappings();
    let (_own, clone) = open(remote(folder.path()));
    clone.fetch().unwrap();

    far.set_head("refs/heads/other").unwrap();
    far.reference("refs/heads/other", first, true, "").unwrap();
    far.find_branch("main", git2::BranchType::Local).unwrap().delete().unwrap();

    let told = |result: Result<_, RemoteError>| result.unwrap_err().to_string();
    assert!(told(clone.fetch()).ends_with("has no branch main"));
    assert!(told(clone.tip()).ends_with("has no branch main"));
    assert_eq!(clone.last_good().unwrap().unwrap().as_str(), first.to_string());
}

#[test]
fn e3_an_empty_remote_is_an_error_and_no_empty_desired_state() {
    let (folder, _far) = repository();
    let (_own, clone) = open(remote(folder.path()));

    assert!(matches!(clone.fetch(), Err(RemoteError::NoCommit { .. })));

    let mappings = MappingRepository::open(clone.path(), "mappings").unwrap();
    assert!(matches!(mappings.read_folder(), Err(SnapshotError::UnbornHead)));
}

#[test]
fn e3_a_moved_tag_moves_nothing() {
    let (folder, far, first) = with_mappings();
    let second = commit(&far, &[("mappings/backup.yaml", "pins: []\n")]);
    far.tag_lightweight("main", far.find_commit(first).unwrap().as_object(), false).unwrap();
    let (_own, clone) = open(remote(folder.path()));

    let fetched = clone.fetch().unwrap();

    assert_eq!(fetched.as_str(), second.to_string());
    let own = Repository::open(clone.path()).unwrap();
    let refs: Vec<String> = own.references().unwrap().names().map(|name| name.unwrap().to_owned()).collect();
    assert_eq!(refs, ["refs/heads/main"]);
}

#[test]
fn without_a_branch_the_default_of_the_remote_is_followed() {
    let (folder, far, first) = with_mappings();
    far.reference("refs/heads/trunk", first, false, "").unwrap();
    far.set_head("refs/heads/trunk").unwrap();
    let (_own, clone) = open(Remote { branch: None, ..remote(folder.path()) });

    clone.fetch().unwrap();

    let mappings = MappingRepository::open(clone.path(), "mappings").unwrap();
    assert_eq!(mappings.branch().as_deref(), Some("trunk"));
}

#[test]
fn e1_a_remote_that_is_gone_keeps_the_last_good_commit() {
    let (folder, _far, first) = with_mappings();
    let (_own, clone) = open(remote(folder.path()));
    clone.fetch().unwrap();

    fs::remove_dir_all(folder.path()).unwrap();

    let told = clone.fetch().unwrap_err();
    assert!(matches!(told, RemoteError::NotFound { .. }), "{told}");
    assert_eq!(clone.last_good().unwrap().unwrap().as_str(), first.to_string());
}

#[test]
fn e7_a_history_over_the_limit_never_comes_into_force() {
    let (folder, far, first) = with_mappings();
    let limits = Limits { received: 20_000, ..Limits::default() };
    let (_own, clone) = open(Remote { limits, ..remote(folder.path()) });
    clone.fetch().unwrap();

    // Hashes of numbers, so that it cannot be packed small.
    let large: String = (0..4_000)
        .map(|number| format!("{}\n", far.blob(&[number as u8, (number >> 8) as u8]).unwrap()))
        .collect();
    commit(&far, &[("large.txt", &large)]);

    assert!(matches!(clone.fetch(), Err(RemoteError::TooLarge { .. })));
    assert_eq!(clone.last_good().unwrap().unwrap().as_str(), first.to_string());
}

#[test]
fn sec_g1_the_git_settings_of_the_clone_and_its_hooks_have_no_say() {
    let (folder, _far, first) = with_mappings();
    let (elsewhere, _other) = repository();
    let (_own, clone) = open(remote(folder.path()));
    let sentinel = clone.path().join("sentinel");
    let mut config = Repository::open(clone.path()).unwrap().config().unwrap();
    config.set_str(&format!("url.file://{}.insteadOf", elsewhere.path().display()), "file://").unwrap();
    fs::create_dir_all(clone.path().join("hooks")).unwrap();
    for hook in ["reference-transaction", "post-update", "update"] {
        let path = clone.path().join("hooks").join(hook);
        fs::write(&path, format!("#!/bin/sh\ntouch {}\n", sentinel.display())).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }

    let fetched = clone.fetch().unwrap();

    assert_eq!(fetched.as_str(), first.to_string());
    assert!(!sentinel.exists());
    assert!(!clone.path().join("mappings").exists(), "nothing is checked out");
}

#[test]
fn a_folder_that_holds_something_else_is_refused_and_left() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();

    let opened = RemoteClone::open(remote(Path::new("/srv/x")), folder.path());

    assert!(matches!(opened, Err(RemoteError::Clone { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn what_came_from_another_address_is_in_force_no_longer() {
    let (folder, _far, _) = with_mappings();
    let (own, clone) = open(remote(folder.path()));
    clone.fetch().unwrap();

    let moved = RemoteClone::open(remote(&own.path().join("elsewhere")), clone.path()).unwrap();

    assert_eq!(moved.last_good(), Ok(None));
    assert!(matches!(moved.fetch(), Err(RemoteError::NotFound { .. })));
}
