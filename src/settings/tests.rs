//! What settings are read as, and what refuses them.

mod alerts;
mod bad;
mod daemon;
mod form;
mod remote;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::repository::{Place, Repository};
use super::secret::Kept;
use super::{Settings, SettingsError, Source, WriteTimes, load, parse};
use crate::problem::{Code, Problem};

const GOOD: &str = "\
# yaml-language-server: $schema=schemas/settings.schema.json
tenants:
  example-msp:
    repository: { path: ../billing, folder: mappings }
    connectwise:
      site: https://api-na.myconnectwise.net
      company: examplemsp                      # the login company
      client_id: { env: TRUEUP_CONNECTWISE_CLIENT_ID }
      public_key: { file: secrets/connectwise.pub }
      private_key: { file: secrets/connectwise.key }
    sources:
      intronis: { csv: { path: usage/intronis.csv, seats: usage/seats.csv, metrics: [protected_vms] } }
      other: { json: { path: usage/other.json } }
journal: trueup.db
";

fn read(text: &str) -> Result<Settings, Vec<Problem>> {
    parse(&Arc::from("trueup.yaml"), Path::new("/etc/trueup"), text.as_bytes())
}

/// The settings with one thing changed.
fn with(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "{from}");
    GOOD.replace(from, to)
}

fn places(problems: &[Problem]) -> Vec<(Code, u32, u32)> {
    let place = |problem: &Problem| problem.place.as_ref().map_or((0, 0), |place| (place.line, place.column));
    let told = problems.iter().map(|problem| {
        let (line, column) = place(problem);
        (problem.code, line, column)
    });
    told.collect()
}

#[test]
fn settings_are_read_with_paths_from_their_own_folder() {
    let settings = read(GOOD).unwrap();

    let tenant = &settings.tenants["example-msp"];
    let path = |path: &str| PathBuf::from("/etc/trueup").join(path);
    assert_eq!(settings.journal, path("trueup.db"));
    assert_eq!(
        tenant.repository,
        Repository {
            place: Place::Path(path("../billing")),
            folder: "mappings".to_owned(),
            branch: None,
            signers: None,
            poll: Duration::from_secs(60),
        }
    );
    assert_eq!(
        (&*tenant.connectwise.site, &*tenant.connectwise.company),
        ("https://api-na.myconnectwise.net", "examplemsp")
    );
    assert_eq!(
        tenant.connectwise.client_id.kept,
        Kept::Environment("TRUEUP_CONNECTWISE_CLIENT_ID".to_owned())
    );
    assert_eq!(tenant.connectwise.private_key.kept, Kept::File(path("secrets/connectwise.key")));
    assert_eq!(tenant.connectwise.private_key.place.line, 10);
    assert_eq!(tenant.connectwise.ca_file, None);
    assert_eq!((tenant.connectwise.requests_a_minute, tenant.connectwise.reads_at_once), (800, 4));
    assert_eq!(
        tenant.sources["intronis"],
        Source::Csv {
            path: path("usage/intronis.csv"),
            seats: Some(path("usage/seats.csv")),
            metrics: vec!["protected_vms".into()],
        }
    );
    assert_eq!(tenant.sources["other"], Source::Json { path: path("usage/other.json") });
    assert_eq!(tenant.writes, WriteTimes::default());
}

#[test]
fn what_is_left_out_has_its_default() {
    // Blanks instead, so that every place stays what it is.
    let text = with(", folder: mappings", &" ".repeat(18)).replace("journal: trueup.db\n", "");

    assert_eq!(read(&text), read(GOOD));
}

#[test]
fn absolute_paths_stay_and_folders_are_cleaned() {
    let text = with("../billing, folder: mappings", "/srv/billing, folder: ./a//b/");

    let settings = read(&text).unwrap();

    let repository = &settings.tenants["example-msp"].repository;
    assert_eq!((repository.path(), &*repository.folder), (Path::new("/srv/billing"), "a/b"));
}

#[test]
fn the_times_of_writes_are_the_tenants_then_the_common_ones_then_the_defaults() {
    let text = with("    sources:", "    writes: { settle: 10m }\n    sources:")
        + "writes: { settle: 7m, send_by: 2s, latest_landing: 2m 30s }\n";

    let times = read(&text).unwrap().tenants["example-msp"].writes;

    let seconds = Duration::from_secs;
    let expected = WriteTimes {
        settle: seconds(600),
        send_by: seconds(2),
        latest_landing: seconds(150),
        ..WriteTimes::default()
    };
    assert_eq!(times, expected);
}

#[test]
fn a_full_pass_is_made_as_often_as_the_tenant_says_then_all_then_every_hour() {
    let every = |text: &str| read(text).unwrap().tenants["example-msp"].every;
    let all = format!("{GOOD}every: 30m\n");
    let own = all.replace("    sources:", "    every: 10m\n    sources:");

    assert_eq!([GOOD, &all, &own].map(every), [60, 30, 10].map(|minutes| Duration::from_secs(minutes * 60)));
}

#[test]
fn settings_are_loaded_from_a_file_through_a_link_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trueup.yaml");
    fs::write(&path, GOOD).unwrap();

    assert_eq!(load(&path).unwrap().journal, folder.path().join("trueup.db"));
    assert!(matches!(load(&folder.path().join("other.yaml")), Err(SettingsError::Missing { .. })));
    assert!(matches!(load(folder.path()), Err(SettingsError::NotAFile { .. })));
    #[cfg(unix)]
    {
        let link = folder.path().join("link.yaml");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert_eq!(load(&link).unwrap().journal, load(&path).unwrap().journal);
    }
}

#[test]
fn an_error_brings_its_text_for_excerpts_unless_a_secret_stands_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trueup.yaml");
    let load_text = |text: &str| {
        fs::write(&path, text).unwrap();
        match load(&path).unwrap_err() {
            SettingsError::Invalid { text, .. } => text,
            other => panic!("{other}"),
        }
    };

    let wrong = with("journal:", "jurnal:");
    let text = load_text(&wrong).unwrap();
    assert_eq!((text.len(), text.find("jurnal: trueup.db")), (wrong.len(), wrong.find("jurnal: trueup.db")));
    assert_eq!(load_text(&with("{ file: secrets/connectwise.key }", "hunter2")), None);
    for odd in
        ["\"hunter2", "{ file: a, value: hunter2 }", "{ value: hunter2 }", "\n        - hunter2", "[hunter2"]
    {
        let text = load_text(&with("{ file: secrets/connectwise.key }", odd)).unwrap_or_default();
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn the_certificate_authority_is_read_when_it_is_needed() {
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, "-----BEGIN CERTIFICATE-----").unwrap();
    let text =
        with("company: examplemsp", &format!("ca_file: {}\n      company: examplemsp", ca_file.display()));

    let access = read(&text).unwrap().tenants["example-msp"].connectwise.clone();

    assert_eq!(access.certificate_authority().unwrap().unwrap(), b"-----BEGIN CERTIFICATE-----");
    fs::remove_file(&ca_file).unwrap();
    assert_eq!(access.certificate_authority().unwrap_err().code, Code::Unreadable);
    assert_eq!(read(GOOD).unwrap().tenants["example-msp"].connectwise.certificate_authority(), Ok(None));
}
