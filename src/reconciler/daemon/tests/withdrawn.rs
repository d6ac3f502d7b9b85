//! What was meant and is meant no more: commits that were withdrawn, edits that were undone, a ConnectWise that changed.

use std::fs;
use std::process::Command;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::office::{MAPPINGS, Office, settle, settled};
use crate::billing::{AdditionId, AgreementId, LineKey, ProductId};
use crate::journal::{Action, Instance, Intent, Journal};
use crate::reconciler::standing::{Event, PassResult, Standing, Suspension};

fn after(now: Timestamp, minutes: i64) -> Timestamp {
    now + SignedDuration::from_mins(minutes)
}

/// Runs git in the tenant's repository, and gives what it says.
fn git(office: &Office, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(office.path("msp", "billing"));
    command.args(["-c", "user.name=story", "-c", "user.email=story@example.com", "-c", "gpg.format=ssh"]);
    let ran = command.args(arguments).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).unwrap().trim().to_owned()
}

fn head(office: &Office) -> String {
    git(office, &["rev-parse", "HEAD"])
}

/// Makes a key, and gives its line in a list of signers.
fn key(office: &Office, name: &str) -> String {
    let path = office.path("msp", name);
    let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(&path).status();
    assert!(made.unwrap().success());
    format!("{name} {}", fs::read_to_string(path.with_extension("pub")).unwrap())
}

/// Commits a text of the mappings, signed.
fn sign(office: &Office, name: &str, text: &str) -> String {
    fs::write(office.path("msp", "billing/mappings/backup.yaml"), text).unwrap();
    let key = format!("user.signingkey={}", office.path("msp", name).display());
    git(office, &["-c", &key, "commit", "-q", "-S", "-am", "Change the mappings"]);
    head(office)
}

fn planned(standing: &Standing) -> &str {
    &standing.commits.planned.as_ref().unwrap().commit
}

fn refused(standing: &Standing) -> Option<&str> {
    standing.commits.refused.as_ref().map(|refused| &*refused.commit)
}

#[tokio::test]
async fn a_commit_whose_key_was_revoked_is_in_force_no_more_and_the_applied_one_is() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut charge = office.charge("msp", &connectwise.url());
    let (bob, eve) = (key(&office, "bob"), key(&office, "eve"));
    let signers = office.path("msp", "signers");
    fs::write(&signers, format!("{bob}{eve}")).unwrap();
    charge.tenant.repository.signers = Some(signers.clone());
    let applied = sign(&office, "bob", &format!("{MAPPINGS}# by bob\n"));
    let mut worker = office.worker(charge, now);
    settle(&mut worker, now).await;
    let journal = office.folder.path().join("trueup.db");
    Journal::suspend(&journal, "msp", "invoice run", now).unwrap();
    let revoked = sign(&office, "eve", &format!("{MAPPINGS}# by eve\n"));
    let suspended = settled(&mut worker, after(now, 5)).await;

    fs::write(&signers, bob).unwrap();
    Journal::resume(&journal, "msp").unwrap();
    let resumed = settled(&mut worker, after(now, 10)).await;

    assert_eq!((planned(&suspended), refused(&suspended)), (&*revoked, None));
    assert_eq!((planned(&resumed), refused(&resumed)), (&*applied, Some(&*revoked)));
}

#[tokio::test]
async fn a_commit_that_was_pushed_away_is_in_force_no_more_though_its_replacement_is_invalid() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    settle(&mut worker, now).await;
    let applied = head(&office);
    let journal = office.folder.path().join("trueup.db");
    Journal::suspend(&journal, "msp", "invoice run", now).unwrap();
    office.commit("msp", &format!("{MAPPINGS}# withdrawn\n"));
    let withdrawn = head(&office);
    let suspended = settled(&mut worker, after(now, 5)).await;

    git(&office, &["reset", "-q", "--hard", &applied]);
    office.commit("msp", "source: [");
    Journal::resume(&journal, "msp").unwrap();
    let resumed = settled(&mut worker, after(now, 10)).await;

    assert_eq!(planned(&suspended), withdrawn);
    assert_eq!((planned(&resumed), refused(&resumed)), (&*applied, Some(&*head(&office))));
}

#[tokio::test]
async fn e2_an_applied_commit_that_was_pushed_away_for_an_invalid_one_holds_every_line() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    settle(&mut worker, now).await;
    let first = head(&office);
    office.commit("msp", &format!("{MAPPINGS}# withdrawn\n"));
    settle(&mut worker, after(now, 5)).await;

    git(&office, &["reset", "-q", "--hard", &first]);
    office.commit("msp", "source: [");
    office.usage("msp", 26, after(now, 10));
    let standing = settled(&mut worker, after(now, 10)).await;

    assert_eq!(standing.last_pass.as_ref().unwrap().result, PassResult::Held);
    assert_eq!(connectwise.simulator().mutations().len(), 0);
}

#[tokio::test]
async fn edits_that_nobody_committed_teach_the_journal_nothing() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    let mut worker = office.worker(office.charge("msp", &connectwise.url()), now);
    office.usage("msp", 26, now);
    settle(&mut worker, now).await;
    let path = office.path("msp", "billing/mappings/backup.yaml");
    connectwise.simulator().edit_quantity(9001, Some(28.into())).unwrap();
    worker.happened(Event::Timer, after(now, 5));
    let held = settled(&mut worker, after(now, 5)).await;

    // 26 GiB are nearly 28 GB.
    let edited = MAPPINGS
        .replace("usage_value: total", "usage_value: total, rounding: { mode: up, decimals: 0 }")
        .replace("mode: apply", "mode: apply, suspend: true, gigabyte: decimal");
    fs::write(&path, edited).unwrap();
    let uncommitted = settled(&mut worker, after(now, 10)).await;
    fs::write(&path, MAPPINGS).unwrap();
    let undone = settled(&mut worker, after(now, 15)).await;

    assert_eq!(held.last_pass.unwrap().result, PassResult::Held);
    assert_eq!(uncommitted.suspension, Some(Suspension::Uncommitted));
    assert_eq!(uncommitted.last_pass.unwrap().result, PassResult::InStep);
    assert_eq!(undone.last_pass.unwrap().result, PassResult::Held);
    assert_eq!(connectwise.simulator().quantity(9001), Some(28.into()), "the hand edit stays");
}

#[tokio::test]
async fn what_was_left_open_at_one_connectwise_is_not_settled_by_another() {
    let (office, connectwise) = (Office::open(), Office::connectwise());
    let now = Timestamp::now();
    office.journal.with(|journal| {
        let was = Instance { site: "https://api-na.myconnectwise.net".into(), company: "msp".into() };
        journal.meet("msp", &was, now).unwrap();
        let run = journal.begin_run("msp", "c1", "sha256:p1", now).unwrap();
        let action = Action::Set {
            addition: AdditionId(9001),
            before: 24_u64.into(),
            after: 25_u64.into(),
            last_updated: None,
        };
        let line = LineKey { agreement: AgreementId(401), product: ProductId(31) };
        let intent = Intent {
            line,
            company: "AcmeDental".into(),
            product_identifier: "BKP-GB".into(),
            action,
            terms: "terms-1".into(),
            guarded: None,
            attempt: 1,
            at: now,
            settles_at: now,
        };
        journal.intend(run, &intent).unwrap();
    });

    let standing = settled(&mut office.worker(office.charge("msp", &connectwise.url()), now), now).await;

    assert!(standing.trouble.is_some_and(|trouble| trouble.message.contains("was msp at")));
    let open = office.journal.with(|journal| journal.reader().open_intents("msp")).unwrap();
    assert_eq!(
        open.iter().map(|open| Arc::clone(&open.intent.company)).collect::<Vec<_>>(),
        ["AcmeDental".into()]
    );
}
