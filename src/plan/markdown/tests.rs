//! What a reader of the pull request sees, and what no name can do to it.

use super::{Forge, MarkdownOptions, Names, markdown, markdown_marker};
use crate::plan::sample::{WAIVER, empty_plan, held, line, money, quantity, sample_plan};
use crate::plan::{Against, AgreementRef, GoneLine, Line, Plan, ProductRef, Summary, UsageRef, Verdict};
use crate::problem::{Code, Problem, Reason};

/// A comparison with the base of the pull request.
fn merging(plan: Plan<'static>) -> Plan<'static> {
    let anyway = Summary { update: 9, hold: 1, monthly_delta: money("43"), ..Summary::default() };
    let base = "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c";
    Plan { against: Some(Against { anyway, commit: base, gone: Vec::new() }), ..plan }
}

fn comment(plan: Plan<'static>) -> String {
    markdown(&merging(plan), &MarkdownOptions::default())
}

fn many_lines(count: usize) -> Plan<'static> {
    let waived = |line| {
        let reason = Reason::new(Code::LineChange, "it would fall by 9, more than 3 at once").over("3", "-9");
        held(line, vec![Reason { release: Some(WAIVER.to_owned()), ..reason }])
    };
    let mut plan = empty_plan();
    plan.lines = vec![line("Northwind", "BKP-GB", Some("14"), "5", "-0.01"); count];
    plan.lines.iter_mut().step_by(2).for_each(|line| *line = waived(line.clone()));
    let problem =
        |index| Problem::warning(Code::UnlinkedAccount, format!("account{index}"), "no company has it");
    plan.problems = (0..count).map(problem).collect();
    plan.summary = Summary { update: count / 2, hold: count - count / 2, problems: count, ..plan.summary };
    plan
}

#[test]
fn the_comment_reads_like_a_bill() {
    insta::assert_snapshot!(comment(sample_plan()), @r#"
    <!-- trueup plan example-msp -->

    **Merging changes 4 lines, +$10.85 a month; 2 are held.**

    With or without it, 9 lines change, +$43.00 a month; 1 is held, an unknown amount.

    | client | line | now | after | per month | why |
    | --- | --- | ---: | ---: | ---: | --- |
    | `Northwind Traders` | `Barracuda Backup` · `BKP-GB` | 812 | 0 | −$365.40 | **held** `account_absent`: 1 of 2 snapshots; also `to_zero` |
    | `Contoso` | `Barracuda Backup` · `BKP-HYPERV` | 14 | 5 | −$90.00 | **held** `line_change`: `-9` is over the limit of 3 |
    | `Fabrikam` | `Barracuda Backup` · `BKP-GB` | 300 | 288 | −$5.40 | usage |
    | `Alpine` | `Barracuda Backup` · `BKP-GB` | 120 | 131 | +$4.95 | hand edit: we wrote 128 |
    | `Tailspin` | `Barracuda Backup` · `BKP-LOCAL` | · | 5 | +$9.95 | new line, `mappings/backup.yaml:14` |
    | `Litware` | `Barracuda Backup` · `BKP-GB` | 9 | 12 | +$1.35 | usage |

    <details><summary>Waiver for <code>Northwind Traders</code> · <code>BKP-GB</code></summary>

    ```yaml
    waivers:
      - guard: to_zero
        company: Northwind
        product: BKP-GB
        reason: "why this is right"
        until: 2026-12-15
    ```

    This does not release `account_absent`: `trueup explain account_absent`

    </details>

    <details><summary>Waiver for <code>Contoso</code> · <code>BKP-HYPERV</code></summary>

    ```yaml
    waivers:
      - guard: to_zero
        company: Northwind
        product: BKP-GB
        reason: "why this is right"
        until: 2026-12-15
    ```

    </details>

    <details><summary>2 problems, 1 note</summary>

    - `unlinked_account` `wingtip`: no company has `echo_username` or Company ID `"wingtip"`; did you mean `WingTip`?
    - `unmapped_plan` `proseware`: plan `"Bronze"` has no row (`mappings/backup.yaml:3`)
    - `unbilled_metric` `acme`: 3 Hyper-V hosts, level Gold has no Hyper-VHostLicensing

    </details>

    base `0f1e2d3`, head `7c1e9a4` · usage `intronis` 2026-11-22 03:00Z (6 h old, 412 accounts) · plan `sha256:5d41402abc4b2a76b9719d911017c592`
    "#);
}

#[test]
fn nothing_to_change_is_said_in_words() {
    insta::assert_snapshot!(markdown(&empty_plan(), &MarkdownOptions::default()), @r#"
    <!-- trueup plan example-msp -->

    **Applying changes nothing; 398 lines are unchanged.**

    commit `7c1e9a4` · usage `intronis` 2026-11-22 03:00Z (6 h old, 412 accounts) · plan `sha256:5d41402abc4b2a76b9719d911017c592`
    "#);
}

#[test]
fn one_held_line_is_held_in_the_singular() {
    let mut plan = empty_plan();
    plan.lines = vec![held(line("Acme", "BKP-GB", Some("2"), "0", "-1"), vec![])];
    plan.summary.hold = 1;

    assert!(comment(plan).contains("**Merging changes nothing; 1 is held.**"));
}

#[test]
fn bitbucket_shows_no_html_and_has_its_own_marker() {
    let comment =
        markdown(&sample_plan(), &MarkdownOptions { forge: Forge::Bitbucket, ..MarkdownOptions::default() });

    assert!(comment.starts_with("[//]: # (trueup plan example-msp)\n\n**Applying"));
    assert!(!comment.contains('<'), "{comment}");
}

#[test]
fn a_tenant_cannot_close_the_hidden_marker() {
    assert_eq!(markdown_marker("a--><b>", Forge::GitHub), "<!-- trueup plan a-...b. -->");
}

#[test]
fn rows_after_the_thirtieth_are_folded() {
    let comment = comment(many_lines(42));

    let (seen, folded) =
        comment.split_once("<details><summary>12 more lines, −$0.12 a month</summary>").unwrap();
    assert_eq!(seen.matches("| `Northwind` |").count(), 30);
    assert_eq!(folded.matches("| `Northwind` |").count(), 12);
}

#[test]
fn held_rows_stand_first() {
    let comment = comment(many_lines(42));

    let rows: Vec<_> = comment.lines().filter(|row| row.starts_with("| `Northwind`")).collect();
    assert!(rows[..21].iter().all(|row| row.contains("**held**")));
    assert!(rows[21..].iter().all(|row| !row.contains("**held**")));
}

#[test]
fn a_comment_stays_under_any_limit_by_folding_to_totals() {
    let plan = merging(many_lines(5000));
    for limit in [2_000, 3_000, 5_000, 20_000, 32_768, 60_000, 65_536, 150_000] {
        let comment = markdown(&plan, &MarkdownOptions { limit, ..MarkdownOptions::default() });

        assert!(comment.len() <= limit, "{} bytes for {limit}", comment.len());
        assert!(comment.len() > limit - limit / 3, "{} bytes for {limit}", comment.len());
        assert!(comment.contains("**Merging changes 2,500 lines, −$25.00 a month; 2,500 are held.**"));
        assert!(comment.contains(" a month\n"), "no totals at {limit}");
        assert!(comment.contains("· plan `sha256:5d41402abc4b2a76b9719d911017c592`\n"));
        assert_eq!(comment.matches("<details>").count(), comment.matches("</details>").count());
    }
}

#[test]
fn lines_that_the_commit_no_longer_reaches_are_listed() {
    let Line { agreement, company, product, .. } = line("Acme", "BKP-GB", Some("7"), "7", "0");
    let mut plan = merging(empty_plan());
    let gone = GoneLine { agreement, company, current: quantity("7"), product };
    plan.against.as_mut().unwrap().gone = vec![gone];

    let comment = markdown(&plan, &MarkdownOptions::default());

    assert!(comment.contains("<summary>1 line no longer managed</summary>"));
    assert!(comment.contains("\n- `Acme` · `Barracuda Backup` · `BKP-GB` stays at 7\n"));
}

/// Texts that would do something on a forge if they were not inert.
const CORPUS: &[&str] = &[
    "@everyone",
    "@all and @here",
    "#1",
    "GH-1",
    "!12 &3 %4 ~bug $5",
    "org/repo#1",
    "a | b || c",
    r"a\| b \\| c",
    "`a` ``b``",
    "```\nc\n```",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</details></summary><h1>",
    "<!-- trueup plan other -->",
    "--> x",
    "[a](http://evil.example)",
    "![a](http://evil.example/a.png)",
    "https://evil.example www.evil.example a@evil.example",
    "**bold** _it_ ~~no~~",
    "&lt;b&gt; &#64;all",
    "a\n\n# heading\n| x |",
    "a\r\nb\u{2028}c",
    "\u{202e}gnp.exe",
    ":tada: :+1:",
    "$x^2$",
    "7c1e9a4b5f3d2c1e0a9b8c7d6e5f4a3b2c1d0e9f",
    "",
    "   ",
];

fn hostile(text: &'static str) -> Plan<'static> {
    let mut line = line("Acme", "BKP-GB", Some("2"), "0", "-1");
    (line.company.identifier, line.company.name) = (text, text);
    line.agreement = AgreementRef { name: text, agreement_type: text, ..line.agreement };
    line.product = ProductRef { identifier: text, ..line.product };
    let release = format!("waivers:\n  - company: {text:?}\n    reason: {text}\n");
    let reason = Reason::new(Code::ToZero, format!("{text} would fall to 0"));
    let created = Line { verdict: Verdict::Create, ..line.clone() };
    let mut plan = empty_plan();
    plan.lines = vec![held(line, vec![Reason { release: Some(release.clone()), ..reason }]), created];
    plan.problems = vec![
        Problem::warning(Code::UnlinkedAccount, text, format!("no company has {text}"))
            .with_hint(text)
            .with_release(release),
        Problem::note(Code::UnbilledMetric, text, text),
    ];
    plan.tenant = text;
    plan.usage = vec![UsageRef { source: text, ..plan.usage[0].clone() }];
    plan
}

#[test]
fn no_name_is_more_than_text() {
    for text in CORPUS {
        for forge in [Forge::GitHub, Forge::Bitbucket] {
            let comment =
                markdown(&merging(hostile(text)), &MarkdownOptions { forge, ..MarkdownOptions::default() });

            for row in comment.lines().filter(|row| row.starts_with("| `")) {
                assert_eq!(cells(row), 6, "{text:?}: {row}");
            }
            let (_, body) = comment.split_once('\n').unwrap();
            let outside = outside_code(body).replace("−$", "").replace("+$", "");
            let forbidden: &[char] =
                &['@', '#', '$', '\\', '[', ']', '!', '~', '&', '%', '/', '\u{202e}', '\r'];
            let titles = ["summary>", "code>", "details>"].map(|tag| format!("</{tag}"));
            let outside = titles.iter().fold(outside, |text, tag| text.replace(tag, ""));
            assert!(!outside.contains(forbidden), "{text:?}: {outside}");
        }
    }
}

#[test]
fn only_our_own_html_is_html() {
    let ours = ["<details>", "</details>", "<summary>", "</summary>"];
    for text in CORPUS {
        let comment = comment(hostile(text));

        let (marker, rest) = comment.split_once("-->\n").unwrap();
        let mut rest = outside_code(rest);
        for tag in ours {
            rest = rest.replace(tag, "");
        }
        assert!(marker.starts_with("<!-- trueup plan ") && marker.matches(['<', '>']).count() == 1);
        assert!(!rest.contains(['<', '>']), "{text:?}: {rest}");
        assert_eq!(comment.lines().filter(|line| line.starts_with("<details>")).count(), 2);
    }
}

/// How many cells a table row has: pipes behind an even number of backslashes part them.
fn cells(row: &str) -> usize {
    let mut parts = 0;
    let mut backslashes = 0;
    for character in row.chars() {
        parts += usize::from(character == '|' && backslashes % 2 == 0);
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
    }
    parts - 1
}

/// The comment without its code: `<code>` in titles, and spans and blocks as CommonMark reads them, where a run of
/// backticks is closed by the next run of the same length.
fn outside_code(comment: &str) -> String {
    let mut titled = comment.split("<code>");
    let first = titled.next().unwrap_or_default().to_owned();
    let comment = titled.fold(first, |text, part| text + part.split_once("</code>").unwrap().1);
    let mut outside = String::new();
    let mut rest = comment.as_str();
    while let Some(start) = rest.find('`') {
        outside.push_str(&rest[..start]);
        let behind = rest[start..].trim_start_matches('`');
        let run = rest[start..].len() - behind.len();
        let close = closing(behind, run).expect("every code span of ours is closed");
        rest = &behind[close + run..];
    }
    outside + rest
}

fn closing(text: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let length = text[at + found..].len() - text[at + found..].trim_start_matches('`').len();
        if length == run {
            return Some(at + found);
        }
        at += found + length;
    }
    None
}

#[test]
fn a_redacted_comment_names_nobody_and_keeps_the_numbers() {
    let names = Names::Redacted { key: "not published" };

    let options = MarkdownOptions { names, ..MarkdownOptions::default() };
    let comment = markdown(&sample_plan(), &options);

    for name in ["Northwind", "Contoso", "Fabrikam", "Alpine", "Tailspin", "Litware", "wingtip", "acme"] {
        assert!(!comment.to_lowercase().contains(&name.to_lowercase()), "{name}: {comment}");
    }
    assert!(
        comment.contains("· `BKP-GB` | 812 | 0 | −$365.40 | **held** `account_absent`, `to_zero` |"),
        "{comment}"
    );
    assert_eq!(comment, markdown(&sample_plan(), &options));
}
