//! Repositories made to hurt: nothing they hold is followed, run or believed.

use std::fs;

use git2::{ObjectType, Oid, Repository};

use super::{
    BACKUP, SnapshotError, commit, commit_tree, entry, open, paths, repository, told, with_mappings, write,
};
use crate::problem::Code;
use crate::snapshot::{Commit, LARGEST_FILE};

/// Commits the good file and one more entry of any mode.
fn commit_with(repository: &Repository, path: &str, id: Oid, mode: u32) {
    let mut index = git2::Index::new().unwrap();
    let good = repository.blob(BACKUP.as_bytes()).unwrap();
    index.add(&entry("mappings/backup.yaml", good, 0o100_644)).unwrap();
    index.add(&entry(path, id, mode)).unwrap();
    let tree = index.write_tree_to(repository).unwrap();
    commit_tree(repository, tree);
}

#[test]
fn e6_links_submodules_large_and_binary_files_are_errors_with_their_path() {
    let large = "#".repeat(LARGEST_FILE + 1);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    for (path, content, mode, code) in [
        ("mappings/link.yaml", "/etc/passwd", 0o120_000, Code::SpecialFile),
        ("mappings/link", "../..", 0o120_000, Code::SpecialFile),
        ("mappings/large.yaml", &*large, 0o100_644, Code::TooLarge),
        ("mappings/lfs.yaml", pointer, 0o100_644, Code::SpecialFile),
    ] {
        let (folder, repository) = repository();
        let id = repository.blob(content.as_bytes()).unwrap();
        commit_with(&repository, path, id, mode);

        let files = open(folder.path()).read_commit("HEAD").unwrap();

        assert_eq!(
            (paths(&files), told(&files.problems)),
            (vec!["mappings/backup.yaml"], vec![(code, path)])
        );
    }
}

#[test]
fn e6_a_submodule_is_an_error_with_its_path() {
    let (folder, repository, id) = with_mappings();
    commit_with(&repository, "mappings/vendor", id, 0o160_000);

    let files = open(folder.path()).read_commit("HEAD").unwrap();

    assert_eq!(told(&files.problems), [(Code::SpecialFile, "mappings/vendor")]);
}

#[test]
fn text_that_is_not_utf8_is_an_error_at_its_byte() {
    let (folder, repository) = repository();
    let id = repository.blob(b"source: x\n# caf\xE9\n").unwrap();
    commit_with(&repository, "mappings/latin1.yaml", id, 0o100_644);

    let files = open(folder.path()).read_commit("HEAD").unwrap();

    let place = files.problems[0].place.as_ref().unwrap();
    assert_eq!(told(&files.problems), [(Code::NotUtf8, "mappings/latin1.yaml")]);
    assert_eq!((place.line, place.column), (2, 6));
}

/// Writes a tree as it is, whatever git would say of it.
fn raw_tree(repository: &Repository, entries: &[(&str, &[u8], Oid)]) -> Oid {
    let mut raw = Vec::new();
    for (mode, name, id) in entries {
        raw.extend_from_slice(mode.as_bytes());
        raw.push(b' ');
        raw.extend_from_slice(name);
        raw.push(0);
        raw.extend_from_slice(id.as_bytes());
    }
    repository.odb().unwrap().write(ObjectType::Tree, &raw).unwrap()
}

#[test]
fn e6_names_that_git_would_never_write_are_refused_or_left_out() {
    let (folder, repository) = repository();
    let blob = repository.blob(BACKUP.as_bytes()).unwrap();
    let inner = raw_tree(
        &repository,
        &[
            ("100644", b"..", blob),
            ("100644", b"../escape.yaml", blob),
            ("100644", b".git", blob),
            ("100644", b"CON.yaml", blob),
            ("100644", b"con.yaml", blob),
            ("100644", b"\xFF.yaml", blob),
        ],
    );
    let tree = raw_tree(&repository, &[("40000", b"mappings", inner)]);
    commit_tree(&repository, tree);

    let files = open(folder.path()).read_commit("HEAD").unwrap();

    assert_eq!(paths(&files), ["mappings/CON.yaml", "mappings/con.yaml"]);
    assert_eq!(told(&files.ignored), [(Code::FileIgnored, "mappings/..")]);
    assert_eq!(
        told(&files.problems),
        [(Code::NotUtf8, "mappings/\u{fffd}.yaml"), (Code::SpecialFile, "mappings/../escape.yaml")]
    );
}

#[test]
fn e7_a_tree_that_holds_itself_a_billion_times_is_left_soon() {
    let (folder, repository) = repository();
    let blob = repository.blob(b"").unwrap();
    let mut tree = raw_tree(&repository, &[("100644", b"x.yaml", blob)]);
    for _ in 0..12 {
        let names: Vec<String> = (0..10).map(|number| number.to_string()).collect();
        let entries: Vec<(&str, &[u8], Oid)> =
            names.iter().map(|name| ("40000", name.as_bytes(), tree)).collect();
        tree = raw_tree(&repository, &entries);
    }
    let root = raw_tree(&repository, &[("40000", b"mappings", tree)]);
    commit_tree(&repository, root);

    let files = open(folder.path()).read_commit("HEAD").unwrap();

    assert!(files.problems.iter().all(|problem| problem.code == Code::TooLarge));
    assert_eq!(files.problems.len(), 1);
}

#[test]
fn e5_folders_without_end_are_refused() {
    let (folder, repository) = repository();
    let blob = repository.blob(b"").unwrap();
    let mut tree = raw_tree(&repository, &[("100644", b"x.yaml", blob)]);
    for _ in 0..1000 {
        tree = raw_tree(&repository, &[("40000", b"d", tree)]);
    }
    let root = raw_tree(&repository, &[("40000", b"mappings", tree)]);
    commit_tree(&repository, root);

    let files = open(folder.path()).read_commit("HEAD").unwrap();

    assert_eq!((files.files.len(), files.problems[0].code), (0, Code::TooLarge));
}

#[test]
fn a_missing_object_is_an_error_and_not_an_empty_file() {
    let (folder, repository) = repository();
    let missing = Oid::from_str(&"12".repeat(20)).unwrap();
    let inner = raw_tree(&repository, &[("100644", b"x.yaml", missing)]);
    let tree = raw_tree(&repository, &[("40000", b"mappings", inner)]);
    commit_tree(&repository, tree);

    assert!(matches!(open(folder.path()).read_commit("HEAD"), Err(SnapshotError::Damaged { .. })));
}

#[cfg(unix)]
#[test]
fn sec_g1_hooks_filters_and_monitors_of_the_repository_never_run() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, repository, id) = with_mappings();
    let sentinel = folder.path().join("sentinel");
    let touch = format!("touch {}", sentinel.display());
    for hook in ["post-checkout", "post-index-change", "reference-transaction"] {
        let path = repository.path().join("hooks").join(hook);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, format!("#!/bin/sh\n{touch}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut config = repository.config().unwrap();
    for key in [
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "core.fsmonitor",
        "core.sshCommand",
    ] {
        config.set_str(key, &touch).unwrap();
    }
    write(folder.path(), ".gitattributes", "* filter=evil\n");
    write(folder.path(), "mappings/.gitattributes", "* filter=evil\n");

    let mappings = open(folder.path());
    let read = [mappings.read_commit("HEAD").unwrap(), mappings.read_folder().unwrap()];

    for files in read {
        assert_eq!((files.files[0].text.as_str(), files.commit.to_string()), (BACKUP, id.to_string()));
    }
    assert!(!sentinel.exists());
}

#[cfg(unix)]
#[test]
fn e6_links_and_pipes_in_a_folder_are_errors_and_never_opened() {
    let (folder, _repository, _) = with_mappings();
    let mappings = folder.path().join("mappings");
    std::os::unix::fs::symlink("backup.yaml", mappings.join("link.yaml")).unwrap();
    std::os::unix::fs::symlink("/etc", mappings.join("etc")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(mappings.join("pipe.yaml")).status().unwrap().success());

    let files = open(folder.path()).read_folder().unwrap();

    assert_eq!(paths(&files), ["mappings/backup.yaml"]);
    assert_eq!(
        told(&files.problems),
        ["mappings/etc", "mappings/link.yaml", "mappings/pipe.yaml"].map(|path| (Code::SpecialFile, path))
    );
    assert!(matches!(files.commit, Commit::Changed(_)));
}

#[cfg(unix)]
#[test]
fn a_linked_mapping_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "elsewhere/backup.yaml", BACKUP);
    std::os::unix::fs::symlink("elsewhere", folder.path().join("mappings")).unwrap();

    assert!(matches!(open(folder.path()).read_folder(), Err(SnapshotError::LinkedFolder { .. })));
}

#[test]
fn the_work_tree_that_a_repository_claims_is_not_followed() {
    let (folder, repository, id) = with_mappings();
    let elsewhere = tempfile::tempdir().unwrap();
    write(elsewhere.path(), "mappings/backup.yaml", "source: stolen\n");
    repository.config().unwrap().set_str("core.worktree", elsewhere.path().to_str().unwrap()).unwrap();

    let files = open(folder.path()).read_folder().unwrap();

    assert_eq!((files.files[0].text.as_str(), files.commit.to_string()), (BACKUP, id.to_string()));
}

#[test]
fn a_later_commit_is_not_needed_to_read_an_earlier_one() {
    let (folder, repository, first) = with_mappings();
    let broken = Oid::from_str(&"34".repeat(20)).unwrap();
    let tree = raw_tree(&repository, &[("40000", b"mappings", broken)]);
    commit_tree(&repository, tree);
    let files = open(folder.path()).read_commit(&first.to_string()).unwrap();

    assert_eq!(paths(&files), ["mappings/backup.yaml"]);
    assert!(open(folder.path()).read_commit("HEAD").is_err());
    assert!(commit(&repository, &[("mappings/backup.yaml", "")]) != first);
}
