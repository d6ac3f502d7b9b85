//! Copying dropped files: only plain ones, only once.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;

use super::{Document, LARGEST_FILE, Source};
use crate::problem::{Code, Problem};
use crate::usage::SourceReading;

const REPORT: &str = "as_of,account,used_gb\n2026-11-22T03:00:00Z,acme,1.5\n";

/// A folder that only we may write, with one report in it.
fn drop_folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage.csv");
    fs::write(&path, REPORT).unwrap();
    (folder, path)
}

fn csv(path: &Path, seats: Option<&Path>) -> Result<usize, Vec<Problem>> {
    let name: Arc<str> = "intronis".into();
    let source = Source::Csv { path: path.to_owned(), seats: seats.map(Path::to_owned), metrics: Vec::new() };
    match source.read(&name) {
        SourceReading::Read(snapshot) => Ok(snapshot.accounts.len()),
        SourceReading::Failed(failure) => Err(failure.problems),
    }
}

fn codes(problems: &[Problem]) -> Vec<Code> {
    problems.iter().map(|problem| problem.code).collect()
}

#[test]
fn a_plain_file_is_copied_with_its_time_and_manifest() {
    let (folder, path) = drop_folder();
    fs::write(folder.path().join("usage.csv.manifest.json"), "{}").unwrap();

    let document = Document::copy(&path).unwrap();

    assert_eq!(document.bytes, REPORT.as_bytes());
    assert_eq!(document.modified, fs::metadata(&path).unwrap().modified().unwrap().try_into().unwrap());
    assert_eq!(document.manifest.unwrap().bytes, b"{}");
}

#[test]
fn a_source_reads_its_files() {
    let (folder, path) = drop_folder();
    let json = folder.path().join("usage.json");
    fs::write(&json, r#"{"source":"other","as_of":"2026-11-22T03:00:00Z","accounts":[]}"#).unwrap();

    let reading = Source::Json { path: json }.read(&"other".into());

    assert_eq!(csv(&path, None), Ok(1));
    assert!(matches!(reading, SourceReading::Read(snapshot) if snapshot.accounts.is_empty()));
}

#[test]
fn a_missing_file_fails_the_source_and_so_does_a_missing_seats_file() {
    let (folder, path) = drop_folder();
    let missing = folder.path().join("seats.csv");

    assert_eq!(csv(&missing, None).map_err(|problems| codes(&problems)), Err(vec![Code::Unreadable]));
    assert_eq!(csv(&path, Some(&missing)).map_err(|problems| codes(&problems)), Err(vec![Code::Unreadable]));
    assert_eq!(
        csv(&missing, Some(&missing)).map_err(|problems| codes(&problems)),
        Err(vec![Code::Unreadable, Code::Unreadable])
    );
}

#[test]
fn a_folder_is_no_report() {
    let (folder, _) = drop_folder();
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).unwrap();

    assert_eq!(csv(&inside, None).map_err(|problems| codes(&problems)), Err(vec![Code::SpecialFile]));
}

#[test]
fn a_file_over_the_limit_is_not_even_read() {
    let (_folder, path) = drop_folder();
    fs::File::options().write(true).open(&path).unwrap().set_len(LARGEST_FILE + 1).unwrap();

    assert_eq!(csv(&path, None).map_err(|problems| codes(&problems)), Err(vec![Code::TooLarge]));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::path::PathBuf;
    use std::{fs, process};

    use super::{Code, codes, csv, drop_folder};

    #[test]
    fn sec_g4_links_pipes_sockets_and_devices_are_refused_and_never_opened() {
        let (folder, path) = drop_folder();
        let [link, pipe, socket] = ["link", "pipe", "socket"].map(|name| folder.path().join(name));
        symlink(&path, &link).unwrap();
        assert!(process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let _listener = UnixListener::bind(&socket).unwrap();

        for special in [link, pipe, socket, PathBuf::from("/dev/zero")] {
            assert_eq!(
                csv(&special, None).map_err(|problems| codes(&problems)),
                Err(vec![Code::SpecialFile])
            );
        }
    }

    #[test]
    fn sec_g4_a_linked_manifest_is_refused_too() {
        let (folder, path) = drop_folder();
        symlink(&path, folder.path().join("usage.csv.manifest.json")).unwrap();

        assert_eq!(csv(&path, None).map_err(|problems| codes(&problems)), Err(vec![Code::SpecialFile]));
    }

    #[test]
    fn sec_g4_what_everyone_may_write_is_not_believed() {
        for (mode_of_file, mode_of_folder) in [(0o666, 0o700), (0o600, 0o777), (0o600, 0o1777)] {
            let (folder, path) = drop_folder();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode_of_file)).unwrap();
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode_of_folder)).unwrap();

            assert_eq!(csv(&path, None).map_err(|problems| codes(&problems)), Err(vec![Code::SpecialFile]));
        }
    }
}
