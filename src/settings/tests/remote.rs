//! A repository by its url: what it is opened with, and what is refused without being shown.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{places, read, with};
use crate::problem::Code::{self, InsecureSite, InvalidValue, MissingKey, SecretInFile};
use crate::problem::Problem;
use crate::settings::repository::{Place, RemoteAccess, RemotePlace, Repository};
use crate::settings::secret::Kept;

const HTTPS: &str = "url: \"https://git.example.com/msp/billing.git\"";
const SSH: &str = "url: \"git@git.example.com:msp/billing.git\"";

/// The settings with the keys of a repository in the place of a path.
fn keys(keys: &str) -> String {
    with("path: ../billing", keys)
}

fn repository(text: &str) -> Repository {
    read(text).unwrap().tenants["example-msp"].repository.clone()
}

fn remote(text: &str) -> RemotePlace {
    match repository(text).place {
        Place::Remote(remote) => *remote,
        Place::Path(path) => panic!("{}", path.display()),
    }
}

fn told(text: &str) -> Vec<Problem> {
    read(text).unwrap_err()
}

#[test]
fn a_remote_is_fetched_beside_the_journal_and_looked_at_every_minute() {
    let repository = repository(&keys(HTTPS));

    let path = |path: &str| PathBuf::from("/etc/trueup").join(path);
    assert_eq!(repository.path(), path("trueup.db.clones/example-msp.git"));
    assert_eq!(repository.shown(), "https://git.example.com/msp/billing.git");
    assert_eq!((repository.branch, repository.signers), (None, None));
    assert_eq!(repository.poll, Duration::from_secs(60));
}

#[test]
fn what_is_said_of_a_remote_is_kept() {
    let more = "branch: main, ca_file: ca.pem, signers: signers, poll: 5m, clone: here.git, \
                access: { token: { env: FORGE_TOKEN } }";
    let text = keys(&format!("{HTTPS}, {more}"));

    let (repository, remote) = (repository(&text), remote(&text));

    let path = |path: &str| PathBuf::from("/etc/trueup").join(path);
    assert_eq!((remote.ca_file, &remote.clone), (Some(path("ca.pem")), &path("here.git")));
    assert_eq!((repository.branch.as_deref(), repository.signers), (Some("main"), Some(path("signers"))));
    assert_eq!(repository.poll, Duration::from_secs(300));
    let RemoteAccess::Token(token) = remote.access else { panic!("a token") };
    assert_eq!(token.kept, Kept::Environment("FORGE_TOKEN".to_owned()));
}

#[test]
fn there_are_three_ways_to_open_a_remote() {
    let access = |url: &str, access: &str| remote(&keys(&format!("{url}, access: {access}"))).access;

    let basic = access(HTTPS, "{ basic: { username: robot, password: { file: password } } }");
    let ssh = access(SSH, "{ ssh: { key: id, known_hosts: hosts } }");

    let RemoteAccess::Basic { username, password } = basic else { panic!("a password") };
    assert_eq!((&*username, password.kept), ("robot", Kept::File("/etc/trueup/password".into())));
    let paths = RemoteAccess::Ssh { key: "/etc/trueup/id".into(), known_hosts: "/etc/trueup/hosts".into() };
    assert_eq!(ssh, paths);
}

#[test]
fn a_branch_and_signers_go_with_a_path_too() {
    let repository = repository(&keys("path: ../billing, branch: release/1, signers: signers"));

    assert_eq!(repository.path(), Path::new("/etc/trueup/../billing"));
    assert_eq!(repository.branch.as_deref(), Some("release/1"));
    assert_eq!(repository.signers, Some("/etc/trueup/signers".into()));
}

#[test]
fn what_does_not_fit_together_is_refused_at_its_place() {
    let token = "access: { token: { env: FORGE_TOKEN } }";
    let ssh = "access: { ssh: { key: id, known_hosts: hosts } }";
    for (text, expected) in [
        (format!("path: ../billing, {HTTPS}"), vec![(InvalidValue, 4, 42)]),
        ("branch: main".to_owned(), vec![(MissingKey, 4, 17)]),
        (format!("path: ../billing, {token}"), vec![(InvalidValue, 4, 45)]),
        ("path: ../billing, clone: x".to_owned(), vec![(InvalidValue, 4, 44)]),
        (format!("{HTTPS}, {ssh}"), vec![(InvalidValue, 4, 75)]),
        (format!("{SSH}, {token}"), vec![(InvalidValue, 4, 71)]),
        (SSH.to_owned(), vec![(InvalidValue, 4, 17)]),
        (format!("{HTTPS}, branch: \"a b\""), vec![(InvalidValue, 4, 75)]),
        (format!("{HTTPS}, branch: \"../x\""), vec![(InvalidValue, 4, 75)]),
        (format!("{HTTPS}, poll: 60"), vec![(InvalidValue, 4, 73)]),
        ("url: \"http://git.example.com/x.git\"".to_owned(), vec![(InsecureSite, 4, 24)]),
        ("url: \"ext::sh\"".to_owned(), vec![(InvalidValue, 4, 24)]),
    ] {
        let text = keys(&text);
        assert_eq!(places(&told(&text)), expected, "{text}");
    }
}

#[test]
fn sec_p2_no_credential_of_a_remote_stands_in_the_settings_or_is_shown() {
    for (text, code) in [
        ("url: \"https://hunter2@git.example.com/x.git\"".to_owned(), SecretInFile),
        ("url: \"https://user:hunter2@git.example.com/x.git\"".to_owned(), SecretInFile),
        (format!("{HTTPS}, access: {{ token: hunter2 }}"), SecretInFile),
        (format!("{HTTPS}, access: {{ token: {{ env: hunter2 }} }}"), SecretInFile),
        (format!("{HTTPS}, access: {{ basic: {{ username: x, password: hunter2 }} }}"), SecretInFile),
    ] {
        let problems = told(&keys(&text));

        let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{text}");
        assert!(!format!("{problems:?}").contains("hunter2"), "{problems:?}");
    }
}

#[test]
fn two_tenants_never_share_a_clone() {
    let text = keys(&format!("{HTTPS}, clone: same.git"));
    let tenant = text.split_once("  example-msp:").unwrap().1.split_once("journal:").unwrap().0;
    let tenant = tenant.replace("company: examplemsp", "company: othermsp");
    let text = text.replace("journal:", &format!("  other:{tenant}journal:"));

    let problems = told(&text);

    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].message, "the clone is that of tenant example-msp");
}
