//! Commits signed by real git and real `ssh-keygen`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

use super::Signers;
use crate::problem::{Code, Problem};
use crate::snapshot::{CommitId, MappingRepository};

/// A repository, keys, and a hand that commits.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.git(&["init", "-q", "-b", "main", "."]);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.com");
            command.env(format!("GIT_{who}_DATE"), "2026-11-20T12:00:00Z");
        }
        command
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.command("git").args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A new key, and its line for the list of signers.
    fn key(&self, name: &str, kind: &[&str]) -> String {
        let made =
            self.command("ssh-keygen").args(["-q", "-N", "", "-C", name, "-f", name]).args(kind).status();
        assert!(made.unwrap().success());
        fs::read_to_string(self.path(&format!("{name}.pub"))).unwrap().trim().to_owned()
    }

    fn commit(&self) -> CommitId {
        self.git(&["commit", "-q", "--allow-empty", "-m", "unsigned"]);
        self.head()
    }

    fn signed(&self, key: &str) -> CommitId {
        let key = format!("user.signingkey={}", self.path(key).display());
        self.git(&[
            "-c",
            "gpg.format=ssh",
            "-c",
            &key,
            "commit",
            "-q",
            "-S",
            "--allow-empty",
            "-m",
            "signed",
        ]);
        self.head()
    }

    fn head(&self) -> CommitId {
        CommitId(self.git(&["rev-parse", "HEAD"]).into())
    }

    /// What is said of the commits since one, by a list of signers.
    fn check(&self, list: &str, tip: &CommitId, since: Option<&CommitId>) -> Vec<Problem> {
        let repository = MappingRepository::open(self.folder.path(), "mappings").unwrap();
        let signers = parse(list).unwrap();
        signers.check(&repository, tip, since.map(CommitId::as_str)).err().unwrap_or_default()
    }
}

fn parse(list: &str) -> Result<Signers, Vec<Problem>> {
    Signers::parse(&Arc::from("signers"), list)
}

/// The commits and why they are refused.
fn told(problems: &[Problem]) -> Vec<(&str, &str)> {
    assert!(problems.iter().all(|problem| problem.code == Code::UnsignedCommit));
    let why = |problem| -> &str { str::split_once(problem, "refused: ").map_or(problem, |(_, why)| why) };
    problems.iter().map(|problem| (&*problem.subject, why(&problem.message))).collect()
}

#[test]
fn e9_good_signatures_of_every_kind_of_key_are_accepted() {
    for kind in [
        &["-t", "ed25519"][..],
        &["-t", "rsa", "-b", "2048"],
        &["-t", "ecdsa", "-b", "256"],
        &["-t", "ecdsa", "-b", "384"],
    ] {
        let desk = Desk::new();
        let key = desk.key("clerk", kind);
        // Several, since a number with leading zeros is shorter.
        let first = desk.signed("clerk");
        (0..8).for_each(|_| drop(desk.signed("clerk")));
        let tip = desk.signed("clerk");

        assert_eq!(desk.check(&format!("clerk@example.com {key}"), &tip, Some(&first)), [], "{kind:?}");
    }
}

#[test]
fn e9_a_commit_that_nobody_signed_is_refused() {
    let desk = Desk::new();
    let key = desk.key("clerk", &["-t", "ed25519"]);
    let tip = desk.commit();

    let problems = desk.check(&format!("clerk {key}"), &tip, None);

    assert_eq!(told(&problems), [(tip.short(), "it is not signed")]);
}

#[test]
fn e9_a_commit_of_an_unknown_key_is_refused_with_its_fingerprint() {
    let desk = Desk::new();
    let key = desk.key("clerk", &["-t", "ed25519"]);
    desk.key("stranger", &["-t", "ed25519"]);
    let tip = desk.signed("stranger");

    let problems = desk.check(&format!("clerk {key}"), &tip, None);

    let [(_, why)] = told(&problems)[..] else { panic!("{problems:?}") };
    assert!(why.starts_with("it is signed by SHA256:") && why.ends_with("not among the signers"), "{why}");
}

#[test]
fn sec_g3_every_commit_since_the_last_applied_one_is_checked_and_no_other() {
    let desk = Desk::new();
    let list = format!("clerk {}", desk.key("clerk", &["-t", "ed25519"]));
    let old = desk.commit();
    let applied = desk.signed("clerk");
    let smuggled = desk.commit();
    let tip = desk.signed("clerk");

    assert_eq!(told(&desk.check(&list, &tip, Some(&applied))), [(smuggled.short(), "it is not signed")]);
    assert_eq!(desk.check(&list, &tip, Some(&smuggled)), []);
    assert_eq!(desk.check(&list, &tip, None), [], "nothing was applied yet: the tip counts");
    let whole = desk.check(&list, &tip, Some(&CommitId("f".repeat(40).into())));
    assert_eq!(told(&whole).len(), 2, "what was applied is gone: all counts, {old} too");
}

#[test]
fn sec_g3_a_commit_on_a_side_branch_is_checked_when_it_is_merged() {
    let desk = Desk::new();
    let list = format!("clerk {}", desk.key("clerk", &["-t", "ed25519"]));
    let applied = desk.signed("clerk");
    desk.git(&["checkout", "-q", "-b", "side"]);
    let side = desk.commit();
    desk.git(&["checkout", "-q", "main"]);
    desk.signed("clerk");
    let key = format!("user.signingkey={}", desk.path("clerk").display());
    desk.git(&["-c", "gpg.format=ssh", "-c", &key, "merge", "-q", "-S", "--no-ff", "-m", "merge", "side"]);

    let problems = desk.check(&list, &desk.head(), Some(&applied));

    assert_eq!(told(&problems), [(side.short(), "it is not signed")]);
}

#[test]
fn e9_a_signature_that_was_moved_to_another_commit_is_bad() {
    let desk = Desk::new();
    let list = format!("clerk {}", desk.key("clerk", &["-t", "ed25519"]));
    desk.signed("clerk");
    let text = desk.git(&["cat-file", "commit", "HEAD"]).replace("\nsigned", "\nforged");
    fs::write(desk.path("forged"), format!("{text}\n")).unwrap();
    let forged = CommitId(desk.git(&["hash-object", "-t", "commit", "-w", "forged"]).into());

    let problems = desk.check(&list, &forged, None);

    assert_eq!(told(&problems), [(forged.short(), "its signature is bad")]);
}

#[test]
fn e9_a_key_signs_within_its_time_and_for_git_only() {
    let desk = Desk::new();
    let key = desk.key("clerk", &["-t", "ed25519"]);
    let tip = desk.signed("clerk");
    let permitted = |options: &str| desk.check(&format!("clerk {options} {key}"), &tip, None).is_empty();

    for good in [
        "namespaces=\"git\"",
        "namespaces=\"file,git\"",
        "namespaces=\"*\"",
        "valid-after=\"20261120Z\"",
        "valid-after=\"20261120120000Z\"",
        "valid-before=\"20261121Z\",valid-after=\"202611201200Z\"",
    ] {
        assert!(permitted(good), "{good}");
    }
    for bad in [
        "namespaces=\"file\"",
        "valid-after=\"20261121Z\"",
        "valid-before=\"20261120120000Z\"",
        "namespaces=\"git\",valid-before=\"20200101Z\"",
    ] {
        assert!(!permitted(bad), "{bad}");
    }
}

#[test]
fn e9_a_signature_that_is_not_checked_is_refused_by_its_kind() {
    let desk = Desk::new();
    let list = format!("clerk {}", desk.key("clerk", &["-t", "ed25519"]));
    let large = desk.key("large", &["-t", "ecdsa", "-b", "521"]);
    let tip = desk.signed("large");

    let problems = desk.check(&format!("{list}\nlarge {large}"), &tip, None);

    let why = "it is signed with a key of the kind ecdsa-sha2-nistp521, which is not supported";
    assert_eq!(told(&problems), [(tip.short(), why)]);
    let flaw = super::verify::verify(b"-----BEGIN PGP SIGNATURE-----\n", b"").err().unwrap();
    assert_eq!(flaw.0, "it is signed with OpenPGP, and only SSH signatures are checked");
}

#[test]
fn sec_g3_a_list_that_is_not_understood_whole_is_refused_at_its_line() {
    let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdAX+2xNBy4jGyb9tGkmtHYtLjb4mbEIOBnFrM9MXjr";
    for (list, line) in [
        (String::new(), None),
        ("# nobody\n".to_owned(), None),
        (format!("clerk {key}\nca cert-authority {key}\n"), Some(2)),
        (format!("clerk cert-authority,namespaces=\"git\" {key}"), Some(1)),
        (format!("clerk {key}\n\nclerk"), Some(3)),
        (format!("clerk namespaces=\"git* {key}"), Some(1)),
        (format!("clerk namespaces=\"g*t\" {key}"), Some(1)),
        (format!("clerk valid-after=\"soon\" {key}"), Some(1)),
        (format!("clerk valid-after=\"20261345Z\" {key}"), Some(1)),
        (format!("clerk no-touch-required {key}"), Some(1)),
        ("clerk ssh-ed25519 AAAA".to_owned(), Some(1)),
        (key.to_owned(), Some(1)),
    ] {
        let problems = parse(&list).unwrap_err();
        let found = problems[0].place.as_ref().map(|place| place.line);
        assert_eq!((problems.len(), found), (1, line), "{list}");
    }
    assert!(parse(&format!("# team\n\nclerk,boss {key} clerk@laptop\n\"a b\" {key}\n")).is_ok());
}
