//! Dates as they come, and what is believed of them.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::{Freshness, MOST_DATES, Strictness};

/// What becomes of answers that are dated, sent and received at these seconds.
fn judged(strictness: Strictness, answers: &[(i64, u64, u64)]) -> Vec<Option<u64>> {
    judged_by(&mut Freshness::default(), strictness, answers)
}

fn judged_by(
    freshness: &mut Freshness,
    strictness: Strictness,
    answers: &[(i64, u64, u64)],
) -> Vec<Option<u64>> {
    let (origin, epoch) = (Instant::now(), "2026-04-15T12:00:00Z".parse::<Timestamp>().unwrap());
    let after = |seconds: &u64| origin + Duration::from_secs(*seconds);
    let judge = |(dated, sent, received): &(i64, u64, u64)| {
        let dated = epoch + SignedDuration::from_secs(*dated);
        freshness.judge(dated, after(sent), after(received), strictness).map(|early| early.as_secs())
    };
    answers.iter().map(judge).collect()
}

fn strict(answers: &[(i64, u64, u64)]) -> Vec<Option<u64>> {
    judged(Strictness::Strict, answers)
}

fn lenient(answers: &[(i64, u64, u64)]) -> Vec<Option<u64>> {
    judged(Strictness::Lenient, answers)
}

#[test]
fn i9_copies_of_several_dates_do_not_vouch_for_one_another() {
    let answers = [(1_000, 0, 0), (1_000, 0, 0), (700, 1, 1), (701, 2, 2), (702, 3, 3), (703, 4, 4)];
    let refused = [None, None, Some(301), Some(301), Some(301), Some(301)];

    assert_eq!(strict(&answers), refused);
    assert_eq!(lenient(&answers), refused);
}

#[test]
fn i9_a_copy_does_not_prepare_the_way_for_a_younger_one() {
    let answers = [(1_000, 0, 0), (400, 0, 0), (900, 2, 2)];

    assert_eq!(strict(&answers), [None, Some(600), Some(102)]);
    assert_eq!(lenient(&answers), [None, Some(600), None], "within the tolerance of what is only shown");
    assert_eq!(lenient(&[(1_000, 0, 0), (400, 0, 0), (850, 2, 2)]), [None, Some(600), Some(152)]);
}

#[test]
fn i9_however_many_copies_come_they_drive_out_nothing() {
    let mut freshness = Freshness::default();
    judged_by(&mut freshness, Strictness::Lenient, &[(1_000, 0, 0), (1_001, 1, 1)]);
    let copies: Vec<_> = (0..500).map(|nth| (nth, 1, 1)).collect();

    for strictness in [Strictness::Lenient, Strictness::Strict] {
        assert!(judged_by(&mut freshness, strictness, &copies).iter().all(Option::is_some));
    }
    assert!(freshness.known.len() <= MOST_DATES && freshness.doubted.len() <= MOST_DATES);
}

#[test]
fn i9_an_answer_that_repeats_the_date_of_an_earlier_one_is_a_stored_copy() {
    let answers = [(0, 0, 1), (0, 3, 3), (0, 61, 61), (0, 301, 301)];

    assert_eq!(strict(&answers), [None, None, Some(60), Some(300)]);
    assert_eq!(lenient(&answers), [None, None, None, Some(300)]);
}

#[test]
fn i9_a_copy_of_seconds_among_fresh_answers_is_refused_however_often_a_write_would_rest_on_it() {
    let answers = [(100, 0, 0), (102, 2, 2), (75, 4, 4), (75, 4, 4), (105, 5, 5), (80, 5, 5)];

    assert_eq!(strict(&answers), [None, None, Some(29), Some(29), None, Some(25)]);
    assert_eq!(lenient(&answers), [None; 6]);
}

#[test]
fn i9_a_second_answer_is_held_against_the_first_alone() {
    assert_eq!(strict(&[(100, 0, 0), (75, 1, 1), (75, 2, 2)]), [None, Some(26), Some(27)]);
    assert_eq!(lenient(&[(400, 0, 0), (75, 1, 1), (75, 2, 2)]), [None, Some(326), Some(327)]);
}

#[test]
fn i9_one_date_in_the_future_keeps_nobody_from_reading() {
    let first = [(90_000, 0, 0), (1, 1, 1), (2, 2, 2), (9, 9, 9)];
    assert_eq!(lenient(&first), [None, Some(90_000), None, None]);
    let third = [(0, 0, 0), (1, 1, 1), (90_000, 2, 2), (3, 3, 3), (9, 9, 9)];
    assert_eq!(lenient(&third), [None; 5]);
}

#[test]
fn i9_one_date_in_the_future_keeps_everybody_from_writing_for_ten_minutes_at_most() {
    let answers = [(0, 0, 0), (90_000, 1, 1), (2, 2, 2), (601, 601, 601), (602, 602, 602)];

    assert_eq!(strict(&answers), [None, None, Some(89_999), Some(89_999), None]);
}

#[test]
fn i9_a_clock_that_was_put_back_is_believed_again_after_a_while() {
    let answers = [(3_600, 0, 0), (3_601, 1, 1), (2, 2, 2), (3, 3, 3), (602, 602, 602)];
    let believed = [None, None, Some(3_600), Some(3_600), None];

    assert_eq!(lenient(&answers), believed);
    assert_eq!(strict(&answers), believed);
}

#[test]
fn i9_servers_whose_clocks_differ_by_twelve_seconds_can_be_read() {
    let server = |at: u32| if at.is_multiple_of(2) { 100 } else { 88 };
    let answers: Vec<_> = (0..40).map(|at| (server(at) + i64::from(at), at.into(), at.into())).collect();

    assert_eq!(lenient(&answers), vec![None; 40]);
    assert_eq!(strict(&answers[..3]), [None, Some(12), None], "but what a write rests on is of the foremost");
}

#[test]
fn i9_clocks_that_go_on_and_servers_that_differ_by_seconds_are_fresh() {
    for judged in [strict, lenient] {
        assert_eq!(judged(&[(0, 0, 1), (3_600, 3_600, 3_601), (3_597, 3_602, 3_603)]), [None; 3]);
        assert_eq!(judged(&[(0, 0, 1), (90_000, 5, 6), (90_010, 20, 21)]), [None; 3], "a clock put forward");
    }
}

#[test]
fn i9_an_answer_that_took_long_was_made_after_it_was_asked_for_and_no_more_is_known() {
    for judged in [strict, lenient] {
        assert_eq!(judged(&[(0, 0, 0), (1, 1, 600), (600, 600, 600)]), [None; 3]);
        assert_eq!(judged(&[(0, 0, 0), (1, 1, 1), (2, 2, 30), (28, 29, 29)]), [None; 4]);
    }
}
