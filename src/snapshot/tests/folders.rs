//! Working directories and plain folders, as they stand.

use std::fs;

use super::{
    BACKUP, MappingRepository, SnapshotError, commit, open, paths, repository, told, with_mappings, write,
};
use crate::problem::Code;
use crate::snapshot::{Commit, LARGEST_FILE, MOST_FILES};

#[test]
fn a_clean_working_directory_is_its_commit() {
    let (folder, _repository, id) = with_mappings();
    write(folder.path(), "elsewhere.txt", "edits outside the mapping folder are no changes of it");

    let files = open(folder.path()).read_folder().unwrap();

    assert_eq!(files.commit.to_string(), id.to_string());
    assert_eq!(files.header(), format!("main@{}", &id.to_string()[..7]));
}

#[test]
fn converted_line_breaks_are_no_changes() {
    let (folder, _repository, id) = with_mappings();
    write(folder.path(), "mappings/backup.yaml", &BACKUP.replace('\n', "\r\n"));

    assert_eq!(open(folder.path()).read_folder().unwrap().commit.to_string(), id.to_string());
}

#[test]
fn every_edit_of_the_mappings_is_told() {
    type Edit = fn(&std::path::Path);

    let edits: [(&str, Edit); 4] = [
        ("edited", |root| write(root, "mappings/backup.yaml", "source: other\n")),
        ("added", |root| write(root, "mappings/new.yaml", "")),
        ("removed", |root| fs::remove_file(root.join("mappings/backup.yaml")).unwrap()),
        ("renamed", |root| {
            fs::rename(root.join("mappings/backup.yaml"), root.join("mappings/b.yaml")).unwrap();
        }),
    ];
    for (name, edit) in edits {
        let (folder, _repository, id) = with_mappings();
        edit(folder.path());

        let files = open(folder.path()).read_folder().unwrap();

        assert_eq!(files.commit.to_string(), format!("{id}+changes"), "{name}");
        assert_eq!(files.header(), format!("main@{}+changes", &id.to_string()[..7]), "{name}");
    }
}

#[test]
fn a_plain_folder_has_no_commit() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "mappings/team/backup.yaml", BACKUP);
    write(folder.path(), "mappings/notes.txt", "");

    let mappings = open(folder.path());
    let files = mappings.read_folder().unwrap();

    assert_eq!((&files.commit, files.header()), (&Commit::None, "none".to_owned()));
    assert_eq!(paths(&files), ["mappings/team/backup.yaml"]);
    assert_eq!(told(&files.ignored), [(Code::FileIgnored, "mappings/notes.txt")]);
    assert!(matches!(mappings.read_commit("HEAD"), Err(SnapshotError::NotARepository { .. })));
}

#[test]
fn a_path_below_a_repository_belongs_to_it_when_it_is_committed_there() {
    let (folder, repository) = repository();
    let id = commit(&repository, &[("tenants/one/mappings/backup.yaml", BACKUP)]);
    write(folder.path(), "tenants/one/mappings/backup.yaml", BACKUP);
    write(folder.path(), "scratch/mappings/backup.yaml", BACKUP);

    let inside = open(&folder.path().join("tenants/one")).read_folder().unwrap();
    let unrelated = open(&folder.path().join("scratch")).read_folder().unwrap();

    assert_eq!(
        (inside.commit.to_string(), paths(&inside)),
        (id.to_string(), vec!["tenants/one/mappings/backup.yaml"])
    );
    assert_eq!((unrelated.commit.clone(), paths(&unrelated)), (Commit::None, vec!["mappings/backup.yaml"]));
}

#[test]
fn paths_that_are_no_mapping_folder_are_errors() {
    let (folder, _repository, _) = with_mappings();
    let at = |path: &str, below: &str| MappingRepository::open(&folder.path().join(path), below).map(drop);

    assert!(matches!(at("nothing", "mappings"), Err(SnapshotError::NoSuchPath { .. })));
    assert!(matches!(at("mappings/backup.yaml", "x"), Err(SnapshotError::NoSuchPath { .. })));
    for outside in ["..", "../other", "/etc", "mappings/../.."] {
        assert!(matches!(at("", outside), Err(SnapshotError::BadFolder { .. })), "{outside}");
    }
    for missing in ["nothing", "mappings/backup.yaml"] {
        let mappings = MappingRepository::open(folder.path(), missing).unwrap();
        assert!(matches!(mappings.read_folder(), Err(SnapshotError::NoSuchFolder { .. })), "{missing}");
    }
}

#[test]
fn every_error_says_what_to_do() {
    let error = MappingRepository::open("nowhere".as_ref(), "mappings").map(drop).unwrap_err();

    let problem = error.problem();

    assert_eq!((problem.code, &*problem.message), (Code::Unreadable, "nowhere is no folder"));
    assert_eq!(
        problem.hint.as_deref(),
        Some("relative paths start at the settings file; check repository.path")
    );
}

#[test]
fn too_much_is_refused_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "mappings/fits.yaml", &"#".repeat(LARGEST_FILE));
    write(folder.path(), "mappings/large.yaml", &"#".repeat(LARGEST_FILE + 1));
    write(folder.path(), "mappings/large.txt", &"#".repeat(LARGEST_FILE + 1));

    let files = open(folder.path()).read_folder().unwrap();

    assert_eq!(paths(&files), ["mappings/fits.yaml"]);
    assert_eq!(told(&files.problems), [(Code::TooLarge, "mappings/large.yaml")]);
}

#[test]
fn sixteen_mebibytes_in_all_and_five_thousand_files_are_the_limit() {
    let large = tempfile::tempdir().unwrap();
    for number in 0..17 {
        write(large.path(), &format!("mappings/{number}.yaml"), &"#".repeat(LARGEST_FILE));
    }
    let many = tempfile::tempdir().unwrap();
    for number in 0..=MOST_FILES {
        write(many.path(), &format!("mappings/{number}.yaml"), "");
    }

    let [large, many] = [&large, &many].map(|folder| open(folder.path()).read_folder().unwrap());

    assert_eq!((large.files.len(), large.problems[0].code), (16, Code::TooLarge));
    assert_eq!((many.files.len(), many.problems[0].code), (MOST_FILES, Code::TooLarge));
}

#[test]
fn notes_on_left_out_files_stay_few_and_the_same_ones() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..50 {
        write(folder.path(), &format!("mappings/{number:02}.txt"), "");
    }

    let files = open(folder.path()).read_folder().unwrap();

    assert_eq!(files.ignored.len(), 21);
    assert_eq!(files.ignored[0].subject, "mappings/00.txt");
    assert_eq!(files.ignored[20].message, "30 more files are left out");
}
