//! Who may open a journal, and what opening leaves behind.

use std::path::Path;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Desk, TENANT, at, instance, line};
use crate::journal::{Journal, JournalError, Outcome};

#[test]
fn a_second_opening_is_refused_while_the_first_lives() {
    let desk = Desk::new();

    let second = Journal::open(&desk.path());

    assert!(matches!(second, Err(JournalError::Locked { path }) if path == desk.path()));
    let path = desk.path();
    let Desk { folder: _folder, journal, .. } = desk;
    drop(journal);
    assert!(Journal::open(&path).is_ok());
}

#[test]
fn fifty_openings_at_once_give_one_journal() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("trueup.db");

    let opened: Vec<_> = std::thread::scope(|scope| {
        let starting: Vec<_> = (0..50).map(|_| scope.spawn(|| Journal::open(&path))).collect();
        starting.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    assert_eq!(opened.iter().filter(|opened| opened.is_ok()).count(), 1);
    let refused = opened.iter().filter(|opened| matches!(opened, Err(JournalError::Locked { .. })));
    assert_eq!(refused.count(), 49);
}

#[cfg(unix)]
#[test]
fn sec_d1_every_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);

    let files: Vec<_> = std::fs::read_dir(desk.folder.path()).unwrap().map(Result::unwrap).collect();

    assert_eq!(files.len(), 4, "the journal, its -wal and -shm, and its lock");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[cfg(unix)]
#[test]
fn sec_d1_a_journal_that_others_could_read_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let path = desk.path();
    let Desk { folder: _folder, journal, .. } = desk;
    drop(journal);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();

    let _journal = Journal::open(&path).unwrap();

    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_reader_sees_what_is_committed_while_the_writer_lives() {
    let mut desk = Desk::new();
    let reader = Journal::read(&desk.path()).unwrap().unwrap();
    assert!(reader.records(TENANT, at(10)).unwrap().is_empty());

    desk.written(line(1), 1, 2, 0);

    let seen = reader.records(TENANT, at(10)).unwrap();
    assert_eq!(seen, desk.journal.reader().records(TENANT, at(10)).unwrap());
    assert_eq!(seen.len(), 1);
}

#[test]
fn a_reader_makes_no_file() {
    let empty = TempDir::new().unwrap();
    assert!(Journal::read(&empty.path().join("trueup.db")).unwrap().is_none());
    assert!(names(empty.path()).is_empty());

    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let path = desk.path();
    let Desk { folder, journal, .. } = desk;
    drop(journal);
    let before = names(folder.path());
    let reader = Journal::read(&path).unwrap().unwrap();
    assert_eq!(reader.records(TENANT, at(10)).unwrap().len(), 1);
    drop(reader);
    assert_eq!(names(folder.path()), before);
}

#[test]
fn a_copy_that_lies_alone_is_whole_and_is_read_without_making_a_file() {
    let mut desk = Desk::new();
    desk.written(line(1), 1, 2, 0);
    let path = desk.path();
    let Desk { folder: _folder, journal, .. } = desk;
    drop(journal);
    let elsewhere = TempDir::new().unwrap();
    let copy = elsewhere.path().join("a #copy?.db");
    std::fs::copy(&path, &copy).unwrap();

    let reader = Journal::read(&copy).unwrap().unwrap();

    assert_eq!(reader.records(TENANT, at(10)).unwrap().len(), 1);
    assert_eq!(names(elsewhere.path()), ["a #copy?.db"]);
}

#[test]
fn a_newer_journal_is_refused_by_name() {
    let desk = Desk::new();
    let path = desk.path();
    let Desk { folder: _folder, journal, .. } = desk;
    drop(journal);
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();

    let opened = Journal::open(&path);
    let read = Journal::read(&path);

    assert!(matches!(opened, Err(JournalError::NewerVersion { found: 99, .. })));
    assert!(matches!(read, Err(JournalError::NewerVersion { found: 99, .. })));
}

#[test]
fn the_database_of_another_program_is_refused_untouched() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE things (id INTEGER)").unwrap();

    let opened = Journal::open(&path);

    assert!(matches!(opened, Err(JournalError::NoJournal)));
    let tables: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
        .unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_missing_folder_is_told_by_the_journals_role_and_path() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("missing").join("trueup.db");

    let error = Journal::open(&path).unwrap_err();

    assert!(error.to_string().starts_with("the journal /"), "{error}");
    assert!(matches!(error, JournalError::Unusable { .. }));
    assert!(error.hint().is_some());
}

#[test]
fn another_connectwise_under_a_known_tenant_is_refused() {
    let mut desk = Desk::new();
    let other = crate::journal::Instance { company: "othermsp".into(), ..instance() };

    assert!(desk.journal.meet(TENANT, &instance(), at(1)).is_ok());
    let mismatch = desk.journal.meet(TENANT, &other, at(1));
    let taken = desk.journal.meet("renamed", &instance(), at(1));
    let unknown = desk.journal.begin_run("renamed", "c1", "sha256:p1", at(1));

    assert!(matches!(mismatch, Err(JournalError::InstanceMismatch { .. })));
    assert!(matches!(taken, Err(JournalError::InstanceTaken { other, .. }) if other == TENANT));
    assert!(matches!(unknown, Err(JournalError::InstanceUnknown { .. })));
}

#[test]
fn i7_a_journal_knows_its_connectwise_again_however_the_settings_write_it_now() {
    let mut desk = Desk::new();
    let retyped = crate::journal::Instance {
        site: "https://API-NA.myconnectwise.net:443".into(),
        company: "ExampleMSP".into(),
    };

    let met = desk.journal.meet(TENANT, &retyped, at(1));
    let taken = desk.journal.meet("second", &retyped, at(1));

    assert!(met.is_ok(), "{met:?}");
    assert!(matches!(taken, Err(JournalError::InstanceTaken { other, .. }) if other == TENANT));
    let recorded = desk.journal.reader().status(TENANT).unwrap().instance;
    assert_eq!(recorded, Some(instance()), "what was recorded stays as it was");
}

#[test]
fn one_journal_keeps_tenants_apart() {
    let mut desk = Desk::new();
    let other = crate::journal::Instance { company: "othermsp".into(), ..instance() };
    desk.journal.meet("other", &other, at(1)).unwrap();
    let run = desk.journal.begin_run("other", "c9", "sha256:p9", at(1)).unwrap();
    let ours = desk.set(line(1), 1, 2, 1);
    let theirs = desk.journal.intend(run, &super::set(line(1), 5, 6, 1)).unwrap();
    desk.journal.settle(ours, &Outcome::Applied, at(2)).unwrap();

    assert_eq!(desk.journal.reader().open_intents(TENANT).unwrap(), []);
    let open = desk.journal.reader().open_intents("other").unwrap();
    assert_eq!(open.iter().map(|open| open.id).collect::<Vec<_>>(), [theirs]);
    assert_eq!(desk.journal.reader().last_applied_commit("other").unwrap().as_deref(), Some("c9"));
    assert_eq!(desk.journal.reader().tenants().unwrap(), ["example-msp".into(), "other".into()]);
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
