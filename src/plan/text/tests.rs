//! What a reader sees, in full.

use super::{ReadFrom, Show, TextOptions, write_text};
use crate::billing::AgreementId;
use crate::plan::sample::{empty_plan, held, line, money, quantity, sample_plan, time};
use crate::plan::{Against, GoneLine, Line, Plan, Summary, UsageRef, Verdict};
use crate::problem::{Code, Color, Problem, Reason, width};

fn text(plan: &Plan<'_>, options: &TextOptions<'_>) -> String {
    let mut out = Vec::new();
    write_text(plan, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn on_main() -> TextOptions<'static> {
    TextOptions { read_from: ReadFrom::Commit { branch: Some("main") }, ..TextOptions::default() }
}

fn with_lines(lines: Vec<Line<'static>>) -> Plan<'static> {
    let count = |verdict| lines.iter().filter(|line| line.verdict == verdict).count();
    let summary = Summary {
        create: count(Verdict::Create),
        hold: count(Verdict::Hold),
        update: count(Verdict::Update),
        keep: count(Verdict::Keep),
        ..Summary::default()
    };
    Plan { lines, summary, ..empty_plan() }
}

#[test]
fn the_plan_of_the_manual_reads_dangerous_rows_first_and_the_verdict_last() {
    let text = text(&sample_plan(), &on_main());

    insta::assert_snapshot!(text, @r#"
    trueup plan  example-msp  main@7c1e9a4  ·  usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

      !  Northwind   Barracuda Backup   BKP-GB       812 -> 0     -$365.40   account_absent: 1 of 2 snapshots; also to_zero
      !  Contoso     Barracuda Backup   BKP-HYPERV    14 -> 5      -$90.00   line_change: -9 is over the limit of 3
      -  Fabrikam    Barracuda Backup   BKP-GB       300 -> 288     -$5.40   usage
      ~  Alpine      Barracuda Backup   BKP-GB       120 -> 131     +$4.95   hand edit: we wrote 128
      *  Tailspin    Barracuda Backup   BKP-LOCAL      · -> 5       +$9.95   new line, mappings/backup.yaml:14
      +  Litware     Barracuda Backup   BKP-GB         9 -> 12      +$1.35   usage

    2 problems
      unlinked_account   wingtip    no company has echo_username or Company ID "wingtip"; did you mean WingTip?
      unmapped_plan      proseware  plan "Bronze" has no row  mappings/backup.yaml:3
    1 note
      unbilled_metric   acme  3 Hyper-V hosts, level Gold has no Hyper-VHostLicensing

    Plan: 1 to create, 3 to update, 2 held, 398 unchanged.  +$10.85 a month now, -$455.40 held.
    To release a held line, commit the waiver shown by:  trueup explain Northwind/BKP-GB
    "#);
}

#[test]
fn a_narrow_terminal_cuts_names_in_the_middle_and_numbers_never() {
    let plan = with_lines(vec![line("Northwind Traders Holding", "BKP-GB", Some("81200.25"), "9", "-36540")]);

    let text = text(&plan, &TextOptions { width: Some(96), ..on_main() });

    insta::assert_snapshot!(text, @r#"
    trueup plan  example-msp  main@7c1e9a4
    usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

      -  Northwind Tr…ers Holding   Barracuda Backup   BKP-GB   81,200.25 -> 9   -$36,540.00   usage

    Plan: 0 to create, 1 to update, 0 held, 0 unchanged.  -$36,540.00 a month now.
    "#);
}

#[test]
fn a_reason_that_does_not_fit_goes_on_below_its_row() {
    let text = text(&sample_plan(), &TextOptions { width: Some(80), ..on_main() });

    insta::assert_snapshot!(text, @r#"
    trueup plan  example-msp  main@7c1e9a4
    usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

      !  Northwind   Barracuda Backup   BKP-GB       812 -> 0     -$365.40
         account_absent: 1 of 2 snapshots; also to_zero
      !  Contoso     Barracuda Backup   BKP-HYPERV    14 -> 5      -$90.00
         line_change: -9 is over the limit of 3
      -  Fabrikam    Barracuda Backup   BKP-GB       300 -> 288     -$5.40   usage
      ~  Alpine      Barracuda Backup   BKP-GB       120 -> 131     +$4.95
         hand edit: we wrote 128
      *  Tailspin    Barracuda Backup   BKP-LOCAL      · -> 5       +$9.95
         new line, mappings/backup.yaml:14
      +  Litware     Barracuda Backup   BKP-GB         9 -> 12      +$1.35   usage

    2 problems
      unlinked_account   wingtip    no company has echo_username or Company ID
                                    "wingtip"; did you mean WingTip?
      unmapped_plan      proseware  plan "Bronze" has no row  mappings/backup.yaml:3
    1 note
      unbilled_metric   acme  3 Hyper-V hosts, level Gold has no
                              Hyper-VHostLicensing

    Plan: 1 to create, 3 to update, 2 held, 398 unchanged.  +$10.85 a month now, -$455.40 held.
    To release a held line, commit the waiver shown by:  trueup explain Northwind/BKP-GB
    "#);
}

#[test]
fn colour_only_adds() {
    let plain = text(&sample_plan(), &on_main());

    let coloured = text(&sample_plan(), &TextOptions { color: Color::Always, ..on_main() });

    assert!(coloured.contains("\u{1b}[33m!\u{1b}[0m"));
    assert_eq!(without_escapes(&coloured), plain);
}

fn without_escapes(text: &str) -> String {
    let mut pieces = text.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| plain + piece.split_once('m').unwrap().1)
}

#[test]
fn lines_in_step_are_shown_only_on_request() {
    let keep = Line { verdict: Verdict::Keep, cause: None, ..line("Acme", "BKP-GB", Some("25"), "25", "0") };
    let plan = with_lines(vec![keep]);

    insta::assert_snapshot!(text(&plan, &on_main()), @r#"
    trueup plan  example-msp  main@7c1e9a4  ·  usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

    Nothing to change: 1 line bills what it should
    "#);
    insta::assert_snapshot!(text(&plan, &TextOptions { show: Show::All, ..on_main() }), @r#"
    trueup plan  example-msp  main@7c1e9a4  ·  usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

      =  Acme   Barracuda Backup   BKP-GB   25

    Nothing to change: 1 line bills what it should
    "#);
}

#[test]
fn a_kept_hand_set_quantity_says_what_usage_would_be() {
    let adopted =
        Line { verdict: Verdict::Keep, cause: None, ..line("Acme", "BKP-GB", Some("30"), "25", "0") };
    let plan = with_lines(vec![adopted]);

    let text = text(&plan, &TextOptions { show: Show::All, ..on_main() });

    assert!(text.contains("30 -> 25      left as it is, usage says 25\n"), "{text}");
}

#[test]
fn mappings_that_reach_nothing_say_so() {
    let plan = Plan { summary: Summary::default(), ..empty_plan() };

    assert!(text(&plan, &on_main()).ends_with("\n\nNothing to change: the mappings reach no line\n"));
}

#[test]
fn unknown_money_and_quantities_are_words_and_never_zero() {
    let mut several = held(
        line("Acme", "BKP-GB", None, "25", "0"),
        vec![Reason::new(Code::AmbiguousAddition, "additions 11 and 12 both bill BKP-GB")],
    );
    several.monthly_delta = None;
    let mut unpriced = line("Beta", "BKP-GB", Some("1"), "2", "0");
    unpriced.monthly_delta = None;
    let mut doubtful = held(line("Gamma", "BKP-GB", Some("7"), "0", "0"), vec![usage_unknown()]);
    (doubtful.desired, doubtful.monthly_delta) = (None, None);
    let plan = with_lines(vec![several, unpriced, doubtful, line("Delta", "BKP-GB", Some("1"), "3", "1.5")]);

    insta::assert_snapshot!(text(&plan, &on_main()), @r#"
    trueup plan  example-msp  main@7c1e9a4  ·  usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

      !  Acme    Barracuda Backup   BKP-GB   ? -> 25   unknown   ambiguous_addition: additions 11 and 12 both bill BKP-GB
      !  Gamma   Barracuda Backup   BKP-GB   7 -> ?    unknown   usage_unknown: the source reports no BackupUsage for gamma
      +  Beta    Barracuda Backup   BKP-GB   1 -> 2    unknown   usage
      +  Delta   Barracuda Backup   BKP-GB   1 -> 3     +$1.50   usage

    Plan: 0 to create, 2 to update, 2 held, 0 unchanged.  +$1.50 and 1 unknown amount a month now, an unknown amount held.
    To see what holds a line and how to clear it:  trueup explain Acme/BKP-GB
    "#);
}

fn usage_unknown() -> Reason {
    Reason::new(Code::UsageUnknown, "the source reports no BackupUsage for gamma")
}

#[test]
fn totals_add_the_amounts_as_they_are_shown() {
    let thirds = ["Acme", "Beta", "Gamma"].map(|company| line(company, "BKP-GB", Some("1"), "2", "0.005"));

    let text = text(&with_lines(thirds.to_vec()), &on_main());

    assert!(text.contains("+$0.03 a month now"), "{text}");
}

#[test]
fn names_cannot_steer_the_terminal_or_reverse_a_row() {
    let mut plan = with_lines(vec![line("Ac\u{1b}[2Jme\u{202e}", "BKP\n-GB", Some("1"), "2", "1")]);
    plan.problems =
        vec![Problem::warning(Code::UnlinkedAccount, "x\u{9b}31m", "no company\r\n+ Fake  1 -> 2")];

    let text = text(&plan, &on_main());

    assert!(
        text.contains(r"+  Ac\u{1b}[2Jme\u{202e}   Barracuda Backup   BKP\n-GB   1 -> 2   +$1.00   usage")
    );
    assert!(text.contains(r"unlinked_account   x\u{9b}31m  no company\r\n+ Fake  1 -> 2"));
    assert!(!text.contains(|character: char| character.is_control() && character != '\n'));
}

#[test]
fn the_way_out_of_a_problem_can_be_copied() {
    let mut plan = with_lines(Vec::new());
    let release = "waivers:\n  - guard: config_shrink\n    rows: 4\u{1b}\n";
    plan.problems = vec![Problem::warning(Code::ConfigShrink, "c1", "4 rows are gone").with_release(release)];

    let text = text(&plan, &on_main());

    let block = "      waivers:\n        - guard: config_shrink\n          rows: 4\\u{1b}\n";
    assert!(text.contains(&format!("config_shrink   c1  4 rows are gone\n{block}")), "{text}");
}

#[test]
fn wide_characters_keep_the_columns_aligned() {
    let plan = with_lines(vec![
        line("株式会社", "BKP-GB", Some("1"), "3", "2"),
        line("Acme", "BKP-GB", Some("1"), "2", "1"),
    ]);

    let text = text(&plan, &on_main());

    let columns: Vec<_> =
        text.lines().filter_map(|row| row.find("BKP-GB").map(|at| width(&row[..at]))).take(2).collect();
    assert_eq!(columns[0], columns[1]);
}

#[test]
fn every_source_tells_its_age_and_what_is_wrong_with_it() {
    let failed = UsageRef { as_of: None, digest: None, accounts: 0, complete: false, source: "other" };
    let old = UsageRef {
        as_of: Some(time("2026-11-19T03:00:00Z")),
        accounts: 1,
        complete: false,
        ..failed.clone()
    };
    let plan = Plan { usage: vec![failed, old], commit: "none", ..empty_plan() };

    let text = text(&plan, &TextOptions { read_from: ReadFrom::WorkingDirectory, ..on_main() });

    insta::assert_snapshot!(text, @r#"
    trueup plan  example-msp  working directory, in no repository
    usage other could not be read
    usage other 2026-11-19 03:00Z (3 days old, 1 account, incomplete)

    Nothing to change: 398 lines bill what they should
    "#);
}

#[test]
fn uncommitted_edits_are_named_in_the_header() {
    let plan = Plan { commit: "7c1e9a4b5f3d+changes", ..empty_plan() };

    let text = text(&plan, &TextOptions { read_from: ReadFrom::WorkingDirectory, ..on_main() });

    assert!(text.starts_with("trueup plan  example-msp  working directory, 7c1e9a4 with uncommitted edits"));
}

#[test]
fn the_line_to_explain_is_one_argument_of_a_shell_and_unique() {
    let reason = || vec![Reason::new(Code::MissingAddition, "no addition bills BKP-GB")];
    let first = held(line("Bob's Café", "BKP-GB", None, "25", "1"), reason());
    let mut second = first.clone();
    second.agreement.id = AgreementId(419);

    let text = text(&with_lines(vec![first, second]), &on_main());

    let argument = r"trueup explain 'Bob'\''s Café/418/BKP-GB'";
    assert!(
        text.ends_with(&format!("To see what holds a line and how to clear it:  {argument}\n")),
        "{text}"
    );
}

#[test]
fn notes_of_lines_are_told_once_a_code() {
    let noted = ["Acme", "Beta", "Gamma", "Delta"].map(|company| Line {
        notes: vec![Code::NotBillable],
        verdict: Verdict::Keep,
        ..line(company, "BKP-GB", Some("2"), "2", "0")
    });

    let text = text(&with_lines(noted.to_vec()), &on_main());

    assert!(
        text.contains(
            "1 note\n  not_billable   4 lines  Acme/BKP-GB, Beta/BKP-GB, Gamma/BKP-GB and 1 more\n"
        )
    );
}

#[test]
fn a_flood_of_problems_ends_in_a_count() {
    let mut plan = empty_plan();
    let problem =
        |index| Problem::warning(Code::UnlinkedAccount, format!("account{index}"), "no company has it");
    plan.problems = (0..250).map(problem).collect();

    let text = text(&plan, &on_main());

    assert!(text.contains("250 problems\n"));
    assert!(text.contains("  and 150 more, all of them in:  trueup plan --format json\n"));
    assert_eq!(text.matches("unlinked_account").count(), 100);
}

#[test]
fn an_amount_is_whole_at_any_width() {
    let plan = with_lines(vec![line("Acme", "BKP-GB", Some("1234567.25"), "9876543.5", "-1234567.89")]);

    for columns in 0..120 {
        let text = text(&plan, &TextOptions { width: Some(columns), ..on_main() });

        assert!(text.contains("1,234,567.25 -> 9,876,543.5   -$1,234,567.89"), "at {columns}: {text}");
    }
}

#[test]
fn a_comparison_sets_apart_what_changes_anyway_and_what_is_no_longer_reached() {
    let Line { agreement, company, product, .. } = line("Acme", "BKP-GB", Some("7"), "7", "0");
    let anyway = Summary { update: 9, hold: 1, monthly_delta: money("43"), ..Summary::default() };
    let gone = vec![GoneLine { agreement, company, current: quantity("7"), product }];
    let mut plan = with_lines(vec![line("Beta", "BKP-GB", Some("1"), "2", "1")]);
    plan.against = Some(Against { anyway, commit: "0f1e2d3c4b5a6978", gone });

    insta::assert_snapshot!(text(&plan, &on_main()), @r#"
    trueup plan  example-msp  main@7c1e9a4  ·  usage intronis 2026-11-22 03:00Z (6 h old, 412 accounts)

      +  Beta   Barracuda Backup   BKP-GB   1 -> 2   +$1.00   usage

    1 line is no longer reached and stays as it is billed
         Acme   Barracuda Backup   BKP-GB   7

    Compared with 0f1e2d3; with either of them 9 lines change, +$43.00 a month; 1 is held, an unknown amount.
    Plan: 0 to create, 1 to update, 0 held, 0 unchanged.  +$1.00 a month now.
    "#);
}

#[test]
fn a_missing_quantity_is_not_the_same_as_no_addition() {
    let mut null = held(
        line("Acme", "BKP-GB", Some("1"), "25", "0"),
        vec![Reason::new(Code::QuantityUnknown, "ConnectWise holds no quantity")],
    );
    null.current = None;
    let missing = held(
        line("Beta", "BKP-GB", None, "25", "0"),
        vec![Reason::new(Code::MissingAddition, "no addition bills BKP-GB")],
    );
    let vanished = Line { last_written: quantity("7"), ..missing.clone() };

    let text = text(&with_lines(vec![null, missing, vanished]), &on_main());

    assert_eq!((text.matches("? -> 25").count(), text.matches("· -> 25").count()), (1, 2));
}
