//! Real changes in real folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, CreateKind, ModifyKind};
use notify::{Event, EventKind};
use tokio::time::timeout;

use super::{Watch, Watched, counts};
use crate::snapshot::tests::{commit, with_mappings};

/// Longer than any look is put off.
const SOON: Duration = Duration::from_secs(20);

async fn assert_notices(watched: &[Watched], ours: &[PathBuf], change: impl FnOnce()) {
    let (mut watch, failures) = Watch::start(watched, ours);
    assert_eq!(failures, []);
    change();
    timeout(SOON, watch.changed()).await.expect("the change is noticed");
}

#[tokio::test]
async fn a_file_is_noticed_when_it_is_written_replaced_or_appears() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage.csv");
    let watched = [Watched::File(path.clone())];

    assert_notices(&watched, &[], || fs::write(&path, "one").unwrap()).await;
    assert_notices(&watched, &[], || fs::write(&path, "two").unwrap()).await;
    let other = folder.path().join(".usage.csv.tmp");
    assert_notices(&watched, &[], || {
        fs::write(&other, "three").unwrap();
        fs::rename(&other, &path).unwrap();
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_mounted_file_is_noticed_at_every_swap_and_not_only_the_first() {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let swap = |version: &str| {
        fs::create_dir(path(version)).unwrap();
        fs::write(path(version).join("usage.csv"), version).unwrap();
        symlink(version, path("..data_tmp")).unwrap();
        fs::rename(path("..data_tmp"), path("..data")).unwrap();
    };
    swap("..1");
    symlink("..data/usage.csv", path("usage.csv")).unwrap();
    let (mut watch, failures) = Watch::start(&[Watched::File(path("usage.csv"))], &[]);
    assert_eq!(failures, []);

    for version in ["..2", "..3", "..4"] {
        swap(version);
        timeout(SOON, watch.changed()).await.expect("the swap is noticed");
        assert_eq!(fs::read_to_string(path("usage.csv")).unwrap(), version);
    }
}

#[tokio::test]
async fn a_folder_is_noticed_to_its_depth_in_folders_made_later_too() {
    let folder = tempfile::tempdir().unwrap();
    let (mut watch, failures) = Watch::start(&[Watched::Folder(folder.path().to_owned())], &[]);
    assert_eq!(failures, []);

    fs::create_dir_all(folder.path().join("team/east")).unwrap();
    timeout(SOON, watch.changed()).await.expect("the folder is noticed");
    fs::write(folder.path().join("team/east/backup.yaml"), "pins: []").unwrap();
    timeout(SOON, watch.changed()).await.expect("the file in it is noticed");
}

#[tokio::test]
async fn a_commit_is_noticed_by_the_branches() {
    let (folder, repository, _) = with_mappings();
    let watched = [Watched::Branches(folder.path().to_owned())];

    assert_notices(&watched, &[], || {
        commit(&repository, &[("mappings/backup.yaml", "pins: []\n")]);
    })
    .await;
    assert_notices(&watched, &[], || repository.set_head("refs/heads/other").unwrap()).await;
}

#[test]
fn a_folder_that_is_not_there_is_said_and_a_plain_one_has_no_branches() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");

    let (_watch, failures) = Watch::start(&[Watched::Folder(missing.clone())], &[]);
    assert_eq!(failures.iter().map(|failure| failure.path.clone()).collect::<Vec<_>>(), [missing]);
    assert!(failures[0].to_string().contains("only by polling"));

    let (_watch, failures) = Watch::start(&[Watched::Branches(folder.path().to_owned())], &[]);
    assert_eq!(failures, []);
}

#[test]
fn reading_and_what_we_write_ourselves_are_no_events() {
    let ours = [PathBuf::from("/srv/trueup.db")];
    let event = |kind, path: &str| counts(&Event::new(kind).add_path(Path::new(path).to_owned()), &ours);
    let written = EventKind::Modify(ModifyKind::Any);

    for path in ["/srv/trueup.db", "/srv/trueup.db-wal", "/srv/trueup.db.clones/msp.git/HEAD"] {
        assert!(!event(written, path), "{path}");
    }
    for path in ["/srv/usage.csv", "/srv/true.db", "/srv/below/trueup.db", "/etc/trueup.db"] {
        assert!(event(written, path), "{path}");
    }
    assert!(event(EventKind::Create(CreateKind::File), "/srv/usage.csv"));
    assert!(event(EventKind::Access(AccessKind::Close(AccessMode::Write)), "/srv/usage.csv"));
    assert!(!event(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/srv/usage.csv"));
    assert!(!event(EventKind::Access(AccessKind::Close(AccessMode::Read)), "/srv/usage.csv"));
    assert!(counts(&Event::new(EventKind::Other), &ours), "lost events count");
}
