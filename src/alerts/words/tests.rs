//! How notices read, and that nothing from outside steers them.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::outside;
use crate::alerts::held::Held;
use crate::alerts::matter::{Backlog, Fact, Key, SuspendedBy};
use crate::alerts::notice::Notice;
use crate::alerts::sight::{Known, Lines, Sight};
use crate::alerts::watch::Telling;
use crate::plan::sample::sample_plan;
use crate::problem::Code;
use crate::reconciler::standing::{Health, Level, PassResult, Suspension};

fn time() -> Timestamp {
    "2026-11-22T09:12:00Z".parse().unwrap()
}

fn telling(began: Vec<(Key, Fact)>, over: Vec<(Key, String)>) -> Telling {
    let health = Health { level: Level::Attention, sentence: "2 lines are held".to_owned() };
    let sight = Sight {
        tenant: "example-msp".into(),
        instance: "examplemsp at https://api-na.myconnectwise.net".into(),
        health,
        matters: std::collections::BTreeMap::new(),
        known: Known { pass: Some(PassResult::Held), lines: Lines::Each },
    };
    Telling { sight, began, over }
}

fn notice(began: Vec<(Key, Fact)>, over: Vec<(Key, String)>) -> Notice {
    Notice::new(telling(began, over), Some("https://trueup.msp.example/"), time())
}

fn held() -> Vec<(Key, Fact)> {
    let lines = Held::of(&sample_plan()).lines.unwrap();
    lines.into_iter().map(|line| (Key::Line(line.key), Fact::Line(line))).collect()
}

#[test]
fn a_notice_says_what_happened_what_it_means_and_what_to_do() {
    let mut began = held();
    let commit: Arc<str> = "7c1e9a4b5f3d2c1e0a9b8c7d6e5f4a3b2c1d0e9f".into();
    let problems = vec!["mappings/backup.yaml:14: unknown key \"lvel\" (unknown_key)".to_owned()];
    began.push((Key::Refused(Arc::clone(&commit)), Fact::Refused { commit, count: 1, problems }));

    let notice = notice(began, vec![(Key::Unwritten, String::new())]);

    assert_eq!(notice.title(), "example-msp: Commit 7c1e9a4 is refused: 1 problem, and 3 more");
    insta::assert_snapshot!(notice.text(), @r#"
    trueup, tenant example-msp, examplemsp at https://api-na.myconnectwise.net

    BAD: Commit 7c1e9a4 is refused: 1 problem
      mappings/backup.yaml:14: unknown key "lvel" (unknown_key)
      What it means: The commit before stays in force, so bills follow the mappings as they were
      What to do: Correct the mappings and push again. Run trueup validate to see every problem

    ATTENTION: 1 line is newly held by line_change: -$90.00 a month
      Contoso, BKP-HYPERV: 14 -> 5, -$90.00 a month; line_change: -9 is over the limit of 3
      What it means: What is held bills what it billed before until somebody decides
      What to do: Run trueup explain --tenant example-msp "Contoso/BKP-HYPERV": it shows what to correct, or the waiver to commit

    ATTENTION: 1 line is newly held by account_absent: -$365.40 a month
      Northwind Traders, BKP-GB: 812 -> 0, -$365.40 a month; account_absent: 1 of 2 snapshots; also to_zero
      What it means: What is held bills what it billed before until somebody decides
      What to do: Run trueup explain --tenant example-msp "Northwind/BKP-GB": it shows what to correct, or the waiver to commit

    OVER: The lines that could not be written are written, or need no write any more

    Now: attention. 2 lines are held
    Look: https://trueup.msp.example/ or trueup status --tenant example-msp
    Told at 2026-11-22 09:12Z. What lasts is not told again.
    "#);
}

/// Everything that keeps bills from being right.
fn bad() -> Vec<(Key, Fact)> {
    let message = "ConnectWise cannot be reached: connection refused".into();
    let hint = Some("Check the site, the network and the proxy".into());
    let place = "https://git.msp.example/billing.git".into();
    vec![
        (Key::Failing, Fact::Failing { message, hint, since: time(), failures: 3 }),
        (Key::RepositoryStale, Fact::RepositoryStale { place, looked_at: Some(time()) }),
        (Key::InDoubt, Fact::InDoubt { writes: 2, since: time() }),
        (Key::Unwritten, Fact::Unwritten),
        (Key::OtherBad, Fact::Health("Something new is wrong".to_owned())),
    ]
}

/// Everything that somebody should look at, but lines.
fn attention() -> Vec<(Key, Fact)> {
    let (code, source, message) =
        (Code::UsageStale, Arc::from("intronis"), "61 h old, older than 36 h".to_owned());
    let backlog = Backlog {
        opens: "2026-11-30 18:00 America/New_York".to_owned(),
        held: 2,
        money: "-455.4".parse().ok(),
        unlinked: 1,
        unmapped: 0,
    };
    let operator = Suspension::Operator { since: time(), reason: "month end".into() };
    vec![
        (Key::Run(Code::RunLines), Fact::Run { guard: Code::RunLines, lines: 12, money: None }),
        (Key::Source(code, Arc::clone(&source)), Fact::Source { code, source, message, lines: 398 }),
        (Key::Unreadable("intronis".into()), Fact::Unreadable("intronis".into())),
        (Key::Suspended(SuspendedBy::Operator), Fact::Suspended(operator)),
        (Key::Freeze(time()), Fact::Freeze(backlog)),
    ]
}

#[test]
fn every_other_matter_reads_like_a_sentence() {
    let began = [bad(), attention()].concat();

    insta::assert_snapshot!(notice(began, Vec::new()).text(), @r#"
    trueup, tenant example-msp, examplemsp at https://api-na.myconnectwise.net

    BAD: No pass has succeeded since 2026-11-22 09:12Z (3 times): ConnectWise cannot be reached: connection refused
      What it means: Quantities in ConnectWise stay as they are. What was used since then is not on the bill yet
      What to do: Check the site, the network and the proxy

    BAD: The mapping repository https://git.msp.example/billing.git could not be reached since 2026-11-22 09:12Z
      What it means: Nothing is written until it can be read again, so bills stay as they are
      What to do: Check the network and the repository's credentials

    BAD: 2 writes are in doubt since 2026-11-22 09:12Z
      What it means: ConnectWise did not say whether it took the quantities. Those lines are left alone until they can be read
      What to do: Run trueup status --tenant example-msp, and look at those additions in ConnectWise

    BAD: Some lines could not be written
      What it means: Those lines bill their old quantity until a later pass writes them
      What to do: Run trueup history --tenant example-msp

    BAD: Something new is wrong
      What it means: Bills may not be in step with usage
      What to do: Run trueup status --tenant example-msp

    ATTENTION: 12 lines are held by run_lines: an unknown amount
      What it means: What is held bills what it billed before until somebody decides
      What to do: Read the plan, and run trueup explain run_lines for the way out

    ATTENTION: The usage source intronis is doubted: 61 h old, older than 36 h; 398 lines are held
      What it means: The lines that need it stay as they are until it can be relied on
      What to do: Check the export that it comes from, or run trueup explain usage_stale

    ATTENTION: The usage source intronis cannot be read
      What it means: The lines that need it stay as they are until it can be relied on
      What to do: Check the file or the export that it comes from

    ATTENTION: Writing is suspended by an operator since 2026-11-22 09:12Z: month end
      What it means: Plans are still drawn, but nothing is written: bills stay as they are
      What to do: Run trueup resume --tenant example-msp when bills may change again

    REMINDER: The freeze window opens at 2026-11-30 18:00 America/New_York
      2 lines are held, -$455.40 a month
      1 account belongs to no company
      What it means: What is not settled by then is invoiced as it stands, and what is not mapped is not invoiced at all
      What to do: Settle before then what belongs on this invoice: trueup plan --tenant example-msp shows all of it

    Now: attention. 2 lines are held
    Look: https://trueup.msp.example/ or trueup status --tenant example-msp
    Told at 2026-11-22 09:12Z. What lasts is not told again.
    "#);
}

#[test]
fn what_is_over_is_one_line_each() {
    let lines = held().into_iter().map(|(key, _)| (key, "Acme/BKP-GB".to_owned()));
    let source: Arc<str> = "intronis".into();
    let keys = [
        Key::Failing,
        Key::Refused("7c1e9a4b5f3d".into()),
        Key::RepositoryStale,
        Key::InDoubt,
        Key::Unwritten,
        Key::Run(Code::RunLines),
        Key::Source(Code::UsageStale, Arc::clone(&source)),
        Key::Unreadable(source),
        Key::Suspended(SuspendedBy::Policy),
    ];
    let over = lines.chain(keys.into_iter().map(|key| (key, String::new()))).collect();

    insta::assert_snapshot!(notice(Vec::new(), over).text(), @r#"
    trueup, tenant example-msp, examplemsp at https://api-na.myconnectwise.net

    OVER: 2 lines are no longer held
      Acme/BKP-GB
      Acme/BKP-GB

    OVER: Passes succeed again

    OVER: Commit 7c1e9a4 is no longer refused, or another commit took its place

    OVER: The mapping repository can be reached again

    OVER: No write is in doubt any more

    OVER: The lines that could not be written are written, or need no write any more

    OVER: No line is held by run_lines any more

    OVER: The usage source intronis is no longer doubted (usage_stale)

    OVER: The usage source intronis can be read again

    OVER: Writing is no longer suspended for that reason

    Now: attention. 2 lines are held
    Look: https://trueup.msp.example/ or trueup status --tenant example-msp
    Told at 2026-11-22 09:12Z. What lasts is not told again.
    "#);
}

#[test]
fn every_suspension_says_how_to_end_it() {
    for suspension in [
        Suspension::Operator { since: time(), reason: "".into() },
        Suspension::Policy,
        Suspension::ReadOnly,
        Suspension::Uncommitted,
        Suspension::Clock { ahead: SignedDuration::from_mins(-90) },
    ] {
        let key = Key::Suspended(SuspendedBy::of(&suspension));
        let notice = notice(vec![(key, Fact::Suspended(suspension))], Vec::new());

        let item = &notice.items[0];
        assert!(item.what.starts_with("Writing ") && !item.action.is_empty(), "{item:?}");
    }
}

#[test]
fn sec_p5_a_text_from_outside_is_printable_in_one_line_and_cut_at_512_characters() {
    assert_eq!(outside(" Acme\u{1b}[2J\r\nBcc: x\u{202e} "), r"Acme\u{1b}[2J\r\nBcc: x\u{202e}");
    assert_eq!(outside(&"ä".repeat(600)).chars().count(), 513);
}

#[test]
fn sec_p5_every_text_from_outside_is_made_harmless_before_it_is_sent() {
    let evil = "x\u{1b}]0;\u{7}\r\nBcc: a\u{202e}".repeat(100);
    let text: Arc<str> = evil.as_str().into();
    let mut line = Held::of(&sample_plan()).lines.unwrap().remove(0);
    line.name.clone_from(&evil);
    line.sentence.clone_from(&evil);
    let failing =
        Fact::Failing { message: text.clone(), hint: Some(text.clone()), since: time(), failures: 3 };
    let refused = Fact::Refused { commit: text.clone(), count: 1, problems: vec![outside(&evil)] };
    let source =
        Fact::Source { code: Code::UsageStale, source: text.clone(), message: evil.clone(), lines: 1 };
    let operator = Suspension::Operator { since: time(), reason: text.clone() };
    let began = vec![
        (Key::Failing, failing),
        (Key::Refused(text.clone()), refused),
        (Key::RepositoryStale, Fact::RepositoryStale { place: text.clone(), looked_at: None }),
        (Key::Line(line.key), Fact::Line(line.clone())),
        (Key::Source(Code::UsageStale, text.clone()), source),
        (Key::Unreadable(text.clone()), Fact::Unreadable(text.clone())),
        (Key::Suspended(SuspendedBy::Operator), Fact::Suspended(operator)),
        (Key::OtherBad, Fact::Health(evil.clone())),
    ];
    let mut telling = telling(began, vec![(Key::Diverged(line.key), evil)]);
    telling.sight.tenant = text.clone();
    telling.sight.instance = text.clone();

    let notice = Notice::new(telling, None, time());

    let shown = notice.text();
    assert!(!shown.contains(|letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}'));
    assert!(shown.lines().all(|line| !line.starts_with("Bcc")), "{shown}");
    assert!(!notice.title().contains(char::is_control));
    assert!(shown.len() < 12 * 1024, "{}", shown.len());
}
