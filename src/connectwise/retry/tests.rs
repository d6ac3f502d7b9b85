//! What is repeated, when, and how much in all.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::Instant;

use super::{Budget, GIVE_UP_AFTER, Retry};
use crate::connectwise::{ConnectWiseError, Resource};

fn retry() -> Retry {
    Retry::new(Duration::from_millis(300))
}

fn server() -> ConnectWiseError {
    ConnectWiseError::Server { resource: Resource::Companies, status: 503, message: String::new() }
}

fn pause(failures: u32, error: &ConnectWiseError, dice: u64) -> Option<Duration> {
    retry().pause_after(failures, Duration::ZERO, error, dice)
}

#[test]
fn a_failing_server_is_asked_four_times_more_with_growing_pauses() {
    let pauses: Vec<_> = (1..=5).map(|failures| pause(failures, &server(), 1_000)).collect();

    let millis = [300, 600, 1_200, 2_400].map(|millis| Some(Duration::from_millis(millis)));
    assert_eq!(pauses, [&millis[..], &[None]].concat());
}

#[test]
fn pauses_are_spread_between_none_and_whole_and_are_never_over_half_a_minute() {
    assert_eq!(pause(1, &server(), 0), Some(Duration::ZERO));
    assert_eq!(pause(1, &server(), 500), Some(Duration::from_millis(150)));
    let slow = Retry::new(Duration::from_secs(3_600));
    assert_eq!(slow.pause_after(4, Duration::ZERO, &server(), 1_000), Some(Duration::from_secs(30)));
}

#[test]
fn a_read_that_has_failed_for_long_is_given_up() {
    let after = |failing_for| retry().pause_after(1, failing_for, &server(), 0);

    assert!(after(GIVE_UP_AFTER).is_some());
    assert_eq!(after(GIVE_UP_AFTER + Duration::from_millis(1)), None);
}

#[test]
fn b5_a_throttled_read_leaves_the_wait_to_the_pace_and_gives_up_a_long_one() {
    let throttled = |seconds: Option<u64>| {
        let retry_after = seconds.map(Duration::from_secs);
        pause(1, &ConnectWiseError::Throttled { retry_after }, 500)
    };

    assert_eq!(throttled(None), Some(Duration::ZERO));
    assert_eq!(throttled(Some(60)), Some(Duration::ZERO));
    assert_eq!(throttled(Some(61)), None);
    assert_eq!(throttled(Some(1_000_000_000)), None);
}

#[test]
fn what_repeating_cannot_help_is_not_repeated() {
    let resource = Resource::Companies;
    for error in [
        ConnectWiseError::Unauthorized { message: String::new() },
        ConnectWiseError::Forbidden { resource, message: String::new() },
        ConnectWiseError::BadAnswer { resource, what: String::new() },
        ConnectWiseError::Redirected { resource, to: None },
        ConnectWiseError::NotFound { resource, code: String::new(), message: String::new() },
    ] {
        assert_eq!(pause(1, &error, 0), None, "{error}");
    }
}

#[test]
fn a_tenth_of_the_answers_may_fail_and_a_long_calm_saves_up_no_storm() {
    let mut budget = Budget::FULL;
    (0..1_000).for_each(|_| budget.earn());
    let spent = std::iter::repeat_with(|| budget.spend()).take_while(|&spent| spent).count();
    assert_eq!(spent, 10);

    (0..9).for_each(|_| budget.earn());
    assert!(!budget.spend());
    budget.earn();
    assert!(budget.spend());
}

#[tokio::test(start_paused = true)]
async fn b5_a_storm_over_many_reads_ends_after_ten_repetitions_in_all() {
    let (retry, sent) = (retry(), Cell::new(0));
    let began = Instant::now();

    for _ in 0..100 {
        let read = retry.repeating(|| {
            sent.set(sent.get() + 1);
            async { Err::<(), _>(server()) }
        });
        assert_eq!(read.await, Err(server()));
    }

    assert_eq!(sent.get(), 110);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
}
