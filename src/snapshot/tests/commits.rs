//! Commits, revisions and ancestry.

use super::{
    BACKUP, MappingRepository, SnapshotError, commit, open, paths, repository, told, with_mappings, write,
};
use crate::problem::Code;
use crate::snapshot::{Commit, MappingFile};

#[test]
fn a_commit_is_read_from_objects_whatever_is_checked_out() {
    let (folder, repository, first) = with_mappings();
    commit(&repository, &[("mappings/later.yaml", "pins: []\n")]);
    write(folder.path(), "mappings/uncommitted.yaml", "pins: []\n");

    let files = open(folder.path()).read_commit(&first.to_string()).unwrap();

    let backup = MappingFile { path: "mappings/backup.yaml".into(), text: BACKUP.to_owned() };
    assert_eq!(files.files, [backup]);
    assert_eq!(files.commit.to_string(), first.to_string());
    assert_eq!(files.header(), first.to_string()[..7]);
    assert_eq!((files.ignored, files.problems), (Vec::new(), Vec::new()));
}

#[test]
fn files_below_the_folder_are_read_and_others_are_named() {
    let (folder, repository) = repository();
    commit(
        &repository,
        &[
            ("README.md", ""),
            ("mappings/.hidden.yaml", ""),
            ("mappings/README.md", ""),
            ("mappings/b.yml", "b"),
            ("mappings/a/deep.yaml", "a"),
            ("mappings/CAPITAL.YAML", ""),
            ("mappings-old/x.yaml", ""),
        ],
    );

    let files = open(folder.path()).read_commit("HEAD").unwrap();

    assert_eq!(paths(&files), ["mappings/a/deep.yaml", "mappings/b.yml"]);
    assert_eq!(
        told(&files.ignored),
        ["mappings/.hidden.yaml", "mappings/CAPITAL.YAML", "mappings/README.md"]
            .map(|path| (Code::FileIgnored, path))
    );
    assert_eq!(files.problems, []);
}

#[test]
fn the_whole_repository_can_be_the_folder() {
    let (folder, _, _) = with_mappings();

    for root in ["", ".", "./"] {
        let repository = MappingRepository::open(folder.path(), root).unwrap();
        assert_eq!(paths(&repository.read_commit("main").unwrap()), ["mappings/backup.yaml"]);
        assert_eq!(paths(&repository.read_folder().unwrap()), ["mappings/backup.yaml"]);
    }
}

#[test]
fn revisions_are_branches_tags_short_names_and_expressions() {
    let (folder, repository, first) = with_mappings();
    let second = commit(&repository, &[("mappings/backup.yaml", "")]);
    let object = repository.find_object(first, None).unwrap();
    let author = git2::Signature::new("A", "a@example.com", &git2::Time::new(0, 0)).unwrap();
    repository.tag("v1", &object, &author, "annotated", false).unwrap();

    let mappings = open(folder.path());

    for (revision, id) in [
        ("main", second),
        ("HEAD", second),
        ("HEAD~1", first),
        ("v1", first),
        (&first.to_string()[..8], first),
        ("refs/heads/main", second),
    ] {
        assert_eq!(mappings.resolve(revision).unwrap().as_str(), id.to_string(), "{revision}");
    }
    assert_eq!(mappings.read_commit("main").unwrap().header(), format!("main@{}", &second.to_string()[..7]));
    assert_eq!(mappings.read_commit("HEAD").unwrap().header(), format!("main@{}", &second.to_string()[..7]));
    assert_eq!(mappings.read_commit("HEAD~1").unwrap().header(), first.to_string()[..7]);
}

#[test]
fn what_is_no_revision_is_said_to_be_none() {
    let (folder, repository, first) = with_mappings();
    let blob = repository.blob(b"x").unwrap();

    let mappings = open(folder.path());

    for revision in [
        "nothing",
        "",
        "--upload-pack=touch",
        "HEAD~9",
        "a..b",
        "@{u}",
        "0000000",
        "a\0b",
        "^",
        &"f".repeat(40),
    ] {
        let error = mappings.resolve(revision).unwrap_err();
        assert!(matches!(error, SnapshotError::NoSuchRevision { .. }), "{revision:?}: {error}");
    }
    assert!(matches!(mappings.resolve(&blob.to_string()), Err(SnapshotError::NotACommit { .. })));
    assert!(matches!(mappings.resolve("HEAD:mappings"), Err(SnapshotError::NotACommit { .. })));
    assert!(mappings.resolve(&first.to_string()).is_ok());
}

#[test]
fn e3_a_repository_without_a_commit_says_so() {
    let (folder, _repository) = repository();
    write(folder.path(), "mappings/backup.yaml", BACKUP);

    let mappings = open(folder.path());

    for revision in ["HEAD", "main"] {
        assert!(matches!(mappings.read_commit(revision), Err(SnapshotError::UnbornHead)), "{revision}");
    }
    let files = mappings.read_folder().unwrap();
    assert_eq!((files.commit, paths_of(&files.files)), (Commit::None, vec!["mappings/backup.yaml"]));
}

fn paths_of(files: &[MappingFile]) -> Vec<&str> {
    files.iter().map(|file| &*file.path).collect()
}

#[test]
fn e3_a_commit_without_the_folder_is_an_error_and_not_an_empty_desired_state() {
    let (folder, repository, _) = with_mappings();
    commit(&repository, &[("README.md", "")]);
    let as_file = commit(&repository, &[("mappings", "a file")]);

    let mappings = open(folder.path());

    for revision in ["HEAD~1", &as_file.to_string()] {
        assert!(
            matches!(mappings.read_commit(revision), Err(SnapshotError::NoSuchFolder { .. })),
            "{revision}"
        );
    }
}

#[test]
fn a_bare_repository_is_read_at_its_head() {
    let (folder, _repository, first) = with_mappings();
    let bare = tempfile::tempdir().unwrap();
    let path = bare.path().join("billing.git");
    git2::build::RepoBuilder::new().bare(true).clone(folder.path().to_str().unwrap(), &path).unwrap();

    let files = open(&path).read_folder().unwrap();

    assert_eq!(files.commit.id().unwrap().as_str(), first.to_string());
    assert_eq!(files.header(), format!("main@{}", &first.to_string()[..7]));
    assert_eq!(paths(&files), ["mappings/backup.yaml"]);
}

#[test]
fn e2_ancestry_tells_descendants_from_rewritten_history() {
    let (folder, repository, first) = with_mappings();
    let second = commit(&repository, &[("mappings/backup.yaml", "second")]);
    repository.set_head_detached(first).unwrap();
    let other = commit(&repository, &[("mappings/backup.yaml", "other")]);

    let mappings = open(folder.path());
    let [first, second, other] = [first, second, other].map(|id| mappings.resolve(&id.to_string()).unwrap());

    let descends = |commit, ancestor: &str| mappings.is_descendant(commit, ancestor).unwrap();
    assert!(descends(&second, first.as_str()));
    assert!(descends(&second, second.as_str()));
    assert!(!descends(&first, second.as_str()));
    assert!(!descends(&other, second.as_str()));
    assert!(!descends(&other, &"f".repeat(40)));
    assert!(mappings.is_descendant(&other, "no digits").is_err());
}
