//! The names, the labels and what is left out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::text;
use crate::mapping::Mode;
use crate::reconciler::standing::{
    Board, Commits, Marked, PassResult, Phase, RepositoryStanding, SourceStanding, Standing, Suspension,
    Tally, WriteKind, WriteResult,
};

fn now() -> Timestamp {
    "2026-11-22T09:12:00Z".parse().unwrap()
}

fn standing() -> Standing {
    let mut tally = Tally { throttled: Duration::from_millis(1500), fetches: 4, ..Tally::default() };
    tally.passes.insert(PassResult::Applied, 2);
    tally.writes.insert((WriteKind::Set, WriteResult::Verified), 7);
    tally.requests.extend([(200, 9), (0, 1)]);
    tally.took(Phase::Read, Duration::from_secs(2));
    tally.took(Phase::Read, Duration::from_secs(3600));
    Standing {
        tenant: "msp".into(),
        instance: "canary-instance".into(),
        mode: Mode::Apply,
        since: now(),
        suspension: Some(Suspension::ReadOnly),
        repository: RepositoryStanding { place: "canary-place".into(), ..RepositoryStanding::default() },
        commits: Commits {
            seen: Some(Marked { commit: "7c1e9a4".into(), at: now() }),
            applied: Some(Arc::from("6b0d8f3")),
            ..Commits::default()
        },
        sources: vec![SourceStanding {
            source: "intronis".into(),
            as_of: Some("2026-11-22T03:12:00Z".parse().unwrap()),
            accounts: 412,
            complete: true,
        }],
        last_pass: None,
        last_success: BTreeMap::from([(Phase::Read, now())]),
        trouble: None,
        planned: None,
        in_doubt: 1,
        next_pass_at: None,
        tally,
    }
}

fn metrics(standing: Standing) -> String {
    let board = Board::default();
    board.publish(standing);
    text(&board, now).unwrap()
}

#[test]
fn a_standing_is_told_in_numbers() {
    let text = metrics(standing());

    for line in [
        "trueup_suspended{tenant=\"msp\"} 1",
        "trueup_commit_info{tenant=\"msp\",stage=\"seen\",commit=\"7c1e9a4\"} 1",
        "trueup_commit_info{tenant=\"msp\",stage=\"applied\",commit=\"6b0d8f3\"} 1",
        "trueup_last_success_timestamp_seconds{tenant=\"msp\",phase=\"read\"} 1795338720",
        "trueup_in_doubt{tenant=\"msp\"} 1",
        "trueup_usage_age_seconds{tenant=\"msp\",source=\"intronis\"} 21600",
        "trueup_usage_accounts{tenant=\"msp\",source=\"intronis\"} 412",
        "trueup_pass_duration_seconds_sum{tenant=\"msp\",phase=\"read\"} 3602.0",
        "trueup_pass_duration_seconds_bucket{le=\"5.0\",tenant=\"msp\",phase=\"read\"} 1",
        "trueup_pass_duration_seconds_bucket{le=\"+Inf\",tenant=\"msp\",phase=\"read\"} 2",
        "trueup_passes_total{tenant=\"msp\",result=\"applied\"} 2",
        "trueup_passes_total{tenant=\"msp\",result=\"failed\"} 0",
        "trueup_writes_total{tenant=\"msp\",action=\"set\",result=\"verified\"} 7",
        "trueup_requests_total{tenant=\"msp\",peer=\"connectwise\",code=\"200\"} 9",
        "trueup_requests_total{tenant=\"msp\",peer=\"connectwise\",code=\"none\"} 1",
        "trueup_throttled_seconds_total{tenant=\"msp\"} 1.5",
        "trueup_git_fetches_total{tenant=\"msp\",result=\"ok\"} 4",
        "trueup_git_fetches_total{tenant=\"msp\",result=\"failed\"} 0",
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is missing:\n{text}");
    }
    assert!(!text.contains("canary"));
}

#[test]
fn sec_a6_labels_are_bounded_and_every_metric_has_its_name() {
    let text = metrics(standing());

    let allowed = [
        "tenant", "version", "stage", "commit", "phase", "result", "state", "guard", "action", "source",
        "peer", "code", "le",
    ];
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let labels =
            line.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(labels, _)| labels);
        for label in labels.split(',').filter_map(|pair| pair.split_once('=')) {
            assert!(allowed.contains(&label.0), "{line}");
        }
        assert!(labels.contains("tenant=\""), "{line}");
    }
    for name in [
        "build_info",
        "suspended",
        "commit_info",
        "last_success_timestamp_seconds",
        "pass_duration_seconds",
        "passes",
        "lines",
        "held_monthly_value",
        "writes",
        "in_doubt",
        "usage_age_seconds",
        "usage_accounts",
        "requests",
        "throttled_seconds",
        "git_fetches",
        "problems",
    ] {
        assert!(text.contains(&format!("# TYPE trueup_{name} ")), "{name} is missing:\n{text}");
    }
}

#[test]
fn what_is_not_known_is_left_out_and_never_zero() {
    let unread = SourceStanding { source: "other".into(), as_of: None, accounts: 0, complete: false };

    let text = metrics(Standing { sources: vec![unread], ..standing() });

    assert!(!text.contains("other"));
    assert!(!text.contains("trueup_lines{"));
    assert!(!text.contains("trueup_held_monthly_value{"));
}
