//! Who waits for what, and for how long, by a clock that is moved.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::{ProptestConfig, any, prop, prop_assert, prop_assert_eq, proptest};
use tokio::time::{Instant, sleep, timeout};

use super::allowance::WINDOW;
use super::{Held, NoRoom, PATIENCE, Pace, Paces, Rate};

fn pace(requests_a_minute: u32, reads_at_once: u32) -> Pace {
    Pace::new(Rate { requests_a_minute, reads_at_once })
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn no_more_are_under_way_than_allowed_and_the_next_one_goes_when_one_ends() {
    let pace = pace(100, 2);
    let (first, _second) = (pace.turn().await.unwrap(), pace.turn().await.unwrap());

    let third = tokio::spawn({
        let pace = pace.clone();
        async move { pace.turn().await.map(|_| Instant::now()) }
    });
    sleep(seconds(7)).await;
    assert!(!third.is_finished());
    let ended = Instant::now();
    first.answered();

    assert_eq!(third.await.unwrap(), Ok(ended));
}

#[tokio::test(start_paused = true)]
async fn b5_after_a_refusal_nobody_asks_before_the_pause_is_over() {
    let pace = pace(100, 4);
    let began = Instant::now();
    pace.turn().await.unwrap().throttled(Some(seconds(20)));

    let turns = [pace.clone(), pace.clone()].map(|pace| {
        tokio::spawn(async move { pace.turn().await.map(|turn| (turn.held, Instant::now())).unwrap() })
    });

    let mut waited = Duration::ZERO;
    for turn in turns {
        let (held, at) = turn.await.unwrap();
        assert!((seconds(20)..=seconds(22)).contains(&(at - began)), "{:?}", at - began);
        waited += held;
    }
    assert!(
        (seconds(20)..=seconds(22)).contains(&waited),
        "what all waited together is told once: {waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn b5_a_long_pause_is_not_waited_for_and_holds_for_everybody() {
    let pace = pace(100, 4);
    let began = Instant::now();
    pace.turn().await.unwrap().throttled(Some(seconds(600)));

    for _ in 0..100 {
        let Held(wait) = pace.turn().await.unwrap_err();
        assert!(wait > PATIENCE);
        assert!(pace.room().await.is_err() && pace.room_now().is_err());
    }

    assert_eq!(Instant::now(), began);
}

#[tokio::test(start_paused = true)]
async fn a_write_goes_at_once_into_the_room_that_was_made_although_the_minute_is_full() {
    let pace = pace(3, 1);
    let room = pace.room().await.unwrap();
    pace.turn().await.unwrap().answered();
    let reading = pace.turn().await.unwrap();

    let before = Instant::now();
    assert!(pace.room_now().is_err(), "the minute is full but for the room that is kept");
    let write = room.turn().unwrap();

    assert_eq!(Instant::now(), before);
    drop((reading, write));
}

#[tokio::test(start_paused = true)]
async fn b5_a_write_into_a_pause_that_somebody_else_was_told_of_is_not_sent() {
    let pace = pace(10, 2);
    let room = pace.room().await.unwrap();

    pace.turn().await.unwrap().throttled(Some(seconds(5)));

    assert!(room.turn().is_err());
}

#[tokio::test(start_paused = true)]
async fn rooms_that_are_not_used_and_turns_that_are_given_up_leave_no_trace() {
    let pace = pace(2, 1);
    let under_way = pace.turn().await.unwrap();
    for _ in 0..50 {
        assert!(timeout(seconds(1), pace.turn()).await.is_err());
        drop(pace.room().await.unwrap());
    }
    under_way.answered();

    assert!(timeout(seconds(0), pace.turn()).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn tenants_of_one_instance_share_its_pace_and_others_do_not() {
    let paces = Paces::default();
    let rate = Rate { requests_a_minute: 1, reads_at_once: 1 };
    let one = paces.of("https://cw.example", "msp", rate);
    one.turn().await.unwrap().answered();

    let same = paces.clone().of("https://cw.example", "msp", rate);
    let other = paces.of("https://cw.example", "another", rate);

    assert!(timeout(seconds(1), same.turn()).await.is_err());
    assert!(timeout(seconds(1), other.turn()).await.is_ok());
}

/// How each of several programs behaves, and what is told to it.
type Script = Vec<(u64, u8)>;

/// Lets everybody ask through a far end that takes so long and sometimes refuses; gives when each was sent.
async fn all_served(pace: &Pace, script: Script) -> Vec<(usize, Instant)> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let asking: VecDeque<_> = script
        .into_iter()
        .enumerate()
        .map(|(nth, (millis, fate))| {
            let (pace, sent) = (pace.clone(), Arc::clone(&sent));
            tokio::spawn(async move {
                let turn = pace.turn().await.unwrap();
                sent.lock().unwrap().push((nth, Instant::now()));
                sleep(Duration::from_millis(millis)).await;
                match fate {
                    0 => turn.throttled(Some(seconds(3))),
                    1 => turn.throttled(None),
                    2 => turn.timed_out(),
                    3 => drop(turn),
                    _ => turn.answered(),
                }
            })
        })
        .collect();
    for asked in asking {
        asked.await.unwrap();
    }
    Arc::into_inner(sent).unwrap().into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn b5_everybody_is_served_in_the_order_of_asking_and_no_minute_is_over_the_limit(
        script in prop::collection::vec((0..2_000_u64, any::<u8>()), 1..120),
        requests_a_minute in 1_u32..40,
        reads_at_once in 1_u32..5,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        // A storm ends everything, so a refusal is followed by a good answer.
        let script = script.into_iter().flat_map(|(millis, fate)| [(millis, fate), (millis, 9)]).collect::<Script>();
        let many = script.len();
        let sent = runtime.block_on(async { all_served(&pace(requests_a_minute, reads_at_once), script).await });

        let order: Vec<usize> = sent.iter().map(|(nth, _)| *nth).collect();
        prop_assert_eq!(order, (0..many).collect::<Vec<_>>());
        let limit = requests_a_minute as usize;
        for window in sent.windows(limit + 1) {
            prop_assert!(window[limit].1 - window[0].1 >= WINDOW);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn b5_a_limit_of_our_own_is_told_as_ours_and_a_pause_as_theirs() {
    let pace = Pace::new(Rate { requests_a_minute: 1, reads_at_once: 1 });
    pace.turn().await.unwrap().answered();

    let full = pace.room_now().unwrap_err();

    assert_eq!(full, NoRoom::Full);
    assert!(full.to_string().contains("requests_a_minute"), "{full}");
    let other = Pace::new(Rate { requests_a_minute: 100, reads_at_once: 1 });
    other.turn().await.unwrap().throttled(Some(Duration::from_secs(30)));
    assert!(matches!(other.room_now(), Err(NoRoom::Held(_))));
}
