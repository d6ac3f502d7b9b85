//! The allowance under any schedule: no minute over the limit, bounds kept, nothing sent during a pause.

use std::time::Duration;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use tokio::time::Instant;

use super::{
    ANSWERS_TO_RAISE, Allowance, LONGEST_PAUSE, SHORTEST_PAUSE, STORM, STORM_PAUSE, Verdict, WINDOW, Want,
};
use crate::connectwise::Rate;
use crate::connectwise::pace::PATIENCE;

const RATE: Rate = Rate { requests_a_minute: 800, reads_at_once: 4 };

/// What happens next.
#[derive(Clone, Debug)]
enum Step {
    /// Time goes by.
    Pass(u64),
    Turn,
    Room,
    /// A room is used for a request.
    Use,
    GiveBack,
    /// One of those under way ends.
    Answered(usize),
    Throttled(usize, Option<u64>, u64),
    TimedOut(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..20_000_u64).prop_map(Step::Pass),
        8 => Just(Step::Turn),
        2 => Just(Step::Room),
        2 => Just(Step::Use),
        1 => Just(Step::GiveBack),
        6 => any::<usize>().prop_map(Step::Answered),
        1 => (any::<usize>(), any::<Option<u64>>(), any::<u64>())
            .prop_map(|(which, told, dice)| Step::Throttled(which, told, dice)),
        1 => any::<usize>().prop_map(Step::TimedOut),
    ]
}

/// An allowance with what it allowed: when each request began, and when it ended if it has.
struct Watched {
    allowance: Allowance,
    now: Instant,
    under_way: Vec<Instant>,
    rooms: usize,
    sent: Vec<(Instant, Option<Instant>)>,
}

impl Watched {
    fn new(rate: Rate) -> Self {
        let (now, sent) = (Instant::now(), Vec::new());
        Self { allowance: Allowance::new(rate), now, under_way: Vec::new(), rooms: 0, sent }
    }

    fn begin(&mut self) {
        self.under_way.push(self.now);
        self.sent.push((self.now, None));
    }

    /// Ends one of those under way; gives when it began.
    fn end(&mut self, which: usize) -> Option<Instant> {
        let at = which.checked_rem(self.under_way.len())?;
        let began = self.under_way.remove(at);
        let sent = self.sent.iter_mut().find(|(since, end)| *since == began && end.is_none()).unwrap();
        sent.1 = Some(self.now);
        Some(began)
    }

    /// How many requests may have been sent within the last minute.
    fn of_late(&self) -> usize {
        self.sent.iter().filter(|(_, end)| end.is_none_or(|end| end + WINDOW > self.now)).count()
    }
}

proptest! {
    #[test]
    fn b5_no_minute_sees_more_than_the_limit_whatever_happens(
        steps in prop::collection::vec(step(), 1..400),
        requests_a_minute in 1_u32..30,
        reads_at_once in 1_u32..6,
    ) {
        let mut world = Watched::new(Rate { requests_a_minute, reads_at_once });
        let limit = requests_a_minute as usize;
        for step in steps {
            let paused = world.allowance.held_until.is_some_and(|until| until > world.now);
            let now = world.now;
            match step {
                Step::Pass(millis) => world.now += Duration::from_millis(millis),
                Step::Turn => if world.allowance.ask(Want::Turn, now) == Verdict::Go {
                    prop_assert!(!paused && world.under_way.len() < world.allowance.at_once);
                    world.begin();
                },
                Step::Room => if world.allowance.ask(Want::Room, now) == Verdict::Go {
                    prop_assert!(!paused);
                    world.rooms += 1;
                },
                Step::Use => if world.rooms > 0 && world.allowance.begin_kept(now).is_none() {
                    prop_assert!(!paused);
                    world.rooms -= 1;
                    world.begin();
                },
                Step::GiveBack => if world.rooms > 0 {
                    world.rooms -= 1;
                    world.allowance.give_back();
                },
                Step::Answered(which) => if world.end(which).is_some() {
                    world.allowance.succeeded();
                    world.allowance.ended(now);
                },
                Step::Throttled(which, told, dice) => if let Some(began) = world.end(which) {
                    world.allowance.throttled(began, told.map(Duration::from_secs), now, dice);
                    world.allowance.ended(now);
                },
                Step::TimedOut(which) => if let Some(began) = world.end(which) {
                    world.allowance.slow_down(began, now);
                    world.allowance.ended(now);
                },
            }
            prop_assert!(world.of_late() + world.rooms <= limit);
            prop_assert!((1..=world.allowance.most_at_once()).contains(&world.allowance.at_once));
            let longest = world.now + LONGEST_PAUSE;
            prop_assert!(world.allowance.held_until.is_none_or(|until| until <= longest));
        }
    }

    #[test]
    fn whoever_waits_until_told_is_never_told_to_wait_for_nothing(
        services in prop::collection::vec(0..5_000_u64, 1..200),
        requests_a_minute in 1_u32..20,
    ) {
        let mut world = Watched::new(Rate { requests_a_minute, reads_at_once: 1 });
        let mut rounds = 0;
        for millis in &services {
            while let Verdict::At(at) = world.allowance.ask(Want::Turn, world.now) {
                prop_assert!(at > world.now);
                world.now = at;
                rounds += 1;
            }
            world.begin();
            world.now += Duration::from_millis(*millis);
            world.end(0);
            world.allowance.succeeded();
            world.allowance.ended(world.now);
        }
        prop_assert_eq!(world.sent.len(), services.len());
        prop_assert!(rounds <= services.len());
    }
}

#[test]
fn a_burst_is_allowed_within_the_limit_and_the_next_request_waits_for_the_first_to_leave_the_minute() {
    let mut allowance = Allowance::new(Rate { requests_a_minute: 3, reads_at_once: 4 });
    let now = Instant::now();
    let second = Duration::from_secs(1);

    for nth in 0..3_u32 {
        assert_eq!(allowance.ask(Want::Turn, now + second * nth), Verdict::Go);
        allowance.ended(now + second * nth);
    }

    assert_eq!(allowance.ask(Want::Turn, now + second * 3), Verdict::At(now + WINDOW));
    assert_eq!(allowance.ask(Want::Turn, now + WINDOW), Verdict::Go);
    assert_eq!(allowance.ask(Want::Turn, now + WINDOW), Verdict::At(now + WINDOW + second));
}

#[test]
fn b5_failures_that_were_under_way_together_halve_the_limit_once_and_never_below_one() {
    let mut allowance = Allowance::new(RATE);
    let began = Instant::now();
    let now = began + Duration::from_secs(1);

    let news = [began, began, now].map(|began| allowance.slow_down(began, now));
    assert_eq!((news, allowance.at_once), ([true, false, false], 2));

    for nth in 2..6 {
        let now = began + Duration::from_secs(nth);
        assert!(allowance.slow_down(now, now));
    }
    assert_eq!(allowance.at_once, 1);
}

#[test]
fn good_answers_raise_the_limit_slowly_to_twice_of_what_it_began_with() {
    let mut allowance = Allowance::new(RATE);

    (1..ANSWERS_TO_RAISE).for_each(|_| allowance.succeeded());
    assert_eq!(allowance.at_once, 4);
    allowance.succeeded();
    assert_eq!(allowance.at_once, 5);

    (0..ANSWERS_TO_RAISE * 20).for_each(|_| allowance.succeeded());
    assert_eq!(allowance.at_once, 8);
}

#[test]
fn b5_a_pause_that_was_asked_for_is_kept_between_a_second_and_a_quarter_of_an_hour() {
    let now = Instant::now();
    let pause = |told: Option<u64>, dice| {
        let mut allowance = Allowance::new(RATE);
        allowance.throttled(now, told.map(Duration::from_secs), now, dice);
        allowance.held_until.unwrap() - now
    };

    assert_eq!(pause(Some(30), 0), Duration::from_secs(30));
    assert_eq!(pause(Some(30), 1_000), Duration::from_secs(33));
    assert_eq!(pause(Some(0), 0), SHORTEST_PAUSE);
    assert_eq!(pause(None, 0), SHORTEST_PAUSE);
    assert_eq!(pause(Some(1_000_000_000), 1_000), LONGEST_PAUSE);
    assert_eq!(pause(Some(u64::MAX), 0), LONGEST_PAUSE);
}

#[test]
fn b5_without_a_pause_that_was_asked_for_each_refusal_in_a_row_waits_longer_and_a_good_answer_forgets_them() {
    let mut allowance = Allowance::new(RATE);
    let mut now = Instant::now();
    let mut refused = |allowance: &mut Allowance| {
        now += Duration::from_secs(200);
        allowance.throttled(now, None, now, 0);
        (allowance.held_until.unwrap() - now).as_secs()
    };

    let pauses: Vec<u64> = (0..7).map(|_| refused(&mut allowance)).collect();
    assert_eq!(pauses, [1, 2, 4, 8, 120, 120, 120]);
    allowance.succeeded();
    assert_eq!(refused(&mut allowance), 1);
}

#[test]
fn b5_in_a_storm_nobody_waits_whatever_short_pauses_are_asked_for() {
    let mut allowance = Allowance::new(RATE);
    let mut now = Instant::now();
    let mut pauses = Vec::new();

    for _ in 0..STORM {
        allowance.throttled(now, Some(Duration::from_secs(2)), now, 0);
        pauses.push(allowance.held_until.unwrap() - now);
        now = allowance.held_until.unwrap();
    }

    assert_eq!(pauses.pop(), Some(STORM_PAUSE));
    assert!(STORM_PAUSE > PATIENCE && pauses.iter().all(|pause| pause.as_secs() == 2), "{pauses:?}");
}

#[test]
fn b5_a_later_refusal_never_shortens_a_pause() {
    let mut allowance = Allowance::new(RATE);
    let now = Instant::now();

    for told in [Some(60), Some(5), None] {
        allowance.throttled(now, told.map(Duration::from_secs), now, 0);
    }

    assert_eq!(allowance.held_until, Some(now + Duration::from_secs(60)));
}
