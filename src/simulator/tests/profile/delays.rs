//! Latency and limits.

use std::time::{Duration, Instant};

use super::{caller, line, lines, patch, quantity, statuses, troubled};

/// How long a read of the first line takes.
fn timed(rule: &str) -> (Duration, u16) {
    let running = troubled(&[rule]);
    let started = Instant::now();
    let status = line(&caller(&running)).status;
    (started.elapsed(), status)
}

#[test]
fn fault_13_latency_makes_answers_wait_and_the_first_byte_late() {
    let (waited, status) = timed("{ fault: { slowFirstByte: { wait: 80ms } } }");
    assert_eq!((waited >= Duration::from_millis(80), status), (true, 200));

    let running = troubled(&["{ fault: { latency: { median: 20ms, cap: 60ms } } }"]);
    let caller = caller(&running);
    let started = Instant::now();
    assert_eq!(statuses(&caller, 10), [200; 10]);
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(60), "{waited:?}");
    assert_eq!(running.log().iter().filter(|exchange| exchange.fault == Some("latency")).count(), 10);
}

#[test]
fn fault_13_a_body_comes_in_drops() {
    let (waited, _) = timed("{ fault: { slowBody: { bytes: 200, wait: 20ms } } }");

    assert!(waited >= Duration::from_millis(60), "{waited:?}");
}

#[test]
fn fault_13_a_request_lands_late_though_its_answer_is_long_awaited() {
    let running = troubled(&["{ fault: { landsLate: { by: 40ms } } }"]);
    let started = Instant::now();

    let reply = patch(&caller(&running), "7").unwrap();

    assert_eq!((reply.status, quantity(&running)), (200, 7.into()));
    assert!(started.elapsed() >= Duration::from_millis(40));
}

#[test]
fn fault_14_the_bucket_lets_in_a_minutes_worth_and_counts_what_is_over_it() {
    let running = troubled(&["{ fault: { throttle: { perMinute: 6 } } }"]);
    let caller = caller(&running);

    assert_eq!(statuses(&caller, 8), [200, 200, 200, 200, 200, 200, 429, 429]);
    assert_eq!(running.over_limit(), 2);
    running.clock().advance(jiff::SignedDuration::from_secs(10));
    assert_eq!(statuses(&caller, 2), [200, 429]);
    running.clock().advance(jiff::SignedDuration::from_secs(60));
    assert_eq!(statuses(&caller, 7), [200, 200, 200, 200, 200, 200, 429]);
    assert_eq!(running.over_limit(), 4);
}

#[test]
fn fault_14_the_usual_limit_is_a_thousand_a_minute_and_nothing_below_it_is_over() {
    let running = troubled(&["{ fault: { throttle: {} } }"]);

    let worst = statuses(&caller(&running), 50).into_iter().max();

    assert_eq!((worst, running.over_limit()), (Some(200), 0));
}

#[test]
fn fault_14_too_many_at_one_time_are_turned_away() {
    let rules = ["{ fault: { slowFirstByte: { wait: 300ms } } }", "{ fault: { throttle: { atOnce: 2 } } }"];
    let running = troubled(&rules);

    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..6).map(|_| scope.spawn(|| line(&caller(&running)).status)).collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });

    let over = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((over >= 1, over as u64), (true, running.over_limit()), "{statuses:?}");
}

#[test]
fn fault_14_the_time_to_wait_comes_in_every_form() {
    let forms = r#"["30", none, date, "-5", "1000000000", soon]"#;
    let running = troubled(&[&format!("{{ fault: {{ tooMany: {{ retryAfter: {forms} }} }} }}")]);
    let caller = caller(&running);

    let replies: Vec<_> = (0..60).map(|_| lines(&caller, "")).collect();

    let shown: std::collections::BTreeSet<Option<&str>> =
        replies.iter().map(|reply| reply.header("retry-after")).collect();
    let date = Some("Fri, 20 Nov 2026 09:30:30 GMT");
    let all = [Some("30"), None, date, Some("-5"), Some("1000000000"), Some("soon")];
    assert_eq!(shown, all.into_iter().collect());
    assert!(replies.iter().all(|reply| reply.status == 429 && reply.at("error") == "\"ConnectWiseAPI\""));
}
