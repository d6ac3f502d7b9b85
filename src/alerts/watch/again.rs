//! What is told again to whom it did not reach: the laws, over random weeks of a tenant whose notifiers fail at random.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::{Strategy, any, prop, prop_assert, proptest};

use super::Watch;
use super::laws::{Turn, restarted, seen, turns};
use super::tests::{HOUR, at, sight};
use crate::alerts::Timing;
use crate::alerts::matter::{Fact, Key};
use crate::alerts::memory::Memory;
use crate::alerts::owed::{End, Report, Slip, Word};
use crate::alerts::sight::{Known, Lines, Sight};

const NOTIFIERS: [&str; 2] = ["chat", "mail"];

/// How long a delivery takes, in seconds, and how it ends.
type Fate = (i64, End);

/// A watch with two notifiers, each of which takes one notice after the other.
struct Post<F> {
    watch: Watch,
    fate: F,
    second: i64,
    under_way: Vec<(i64, Report)>,
    /// Who received what, and when.
    received: Vec<(String, i64, String)>,
}

impl<F: FnMut(&str) -> Fate> Post<F> {
    fn new(fate: F) -> Self {
        let watch = Watch::new(Timing::default(), Memory::default());
        Self { watch, fate, second: 0, under_way: Vec::new(), received: Vec::new() }
    }

    fn look(&mut self, second: i64, sight: Sight) {
        self.wait(second);
        self.watch.look(sight, at(second));
        self.work();
    }

    /// Lets time pass.
    fn wait(&mut self, until: i64) {
        loop {
            let asked = self.watch.next().map(|next| next.duration_since(at(0)).as_secs().max(self.second));
            let ends = self.under_way.iter().map(|(ends, _)| *ends).min();
            let Some(next) = asked.into_iter().chain(ends).min().filter(|next| *next <= until) else { break };
            self.second = next;
            self.work();
        }
        self.second = until;
    }

    fn work(&mut self) {
        let ended = self.under_way.extract_if(.., |(ends, _)| *ends <= self.second);
        for (ends, report) in ended.collect::<Vec<_>>() {
            if report.end == End::Arrived {
                for (key, word) in &report.slip.words {
                    let sign = if *word == Word::Began { '+' } else { '-' };
                    self.received.push((report.slip.notifier.to_string(), ends, format!("{sign}{key}")));
                }
            }
            self.watch.ended(&report, at(self.second));
        }
        for telling in self.watch.due(at(self.second)) {
            NOTIFIERS.into_iter().for_each(|notifier| self.send(notifier, telling.words()));
        }
        for (notifier, telling) in self.watch.repeats(at(self.second)) {
            self.send(&notifier, telling.words());
        }
    }

    fn send(&mut self, notifier: &str, words: Vec<(Key, Word)>) {
        let (takes, end) = (self.fate)(notifier);
        let before = self.under_way.iter().filter(|(_, report)| *report.slip.notifier == *notifier);
        let starts = before.map(|(ends, _)| *ends).max().unwrap_or(self.second);
        let notifier: Arc<str> = notifier.into();
        let delivery = format!("{} {words:?}", self.second);
        let slip = Slip { notifier, tenant: "msp".into(), delivery, words };
        self.watch.sent(&slip);
        self.under_way.push((starts + takes.max(1), Report { slip, end }));
    }

    /// The process is killed and starts again.
    fn restart(&mut self) {
        self.under_way.clear();
        self.watch = restarted(&self.watch, self.second);
        let known = Known { pass: None, lines: Lines::Nothing };
        self.look(self.second, Sight { known, ..sight([]) });
    }

    fn turn(&mut self, turn: &Turn) {
        self.wait(self.second + turn.pause);
        if turn.restart {
            self.restart();
        }
        self.look(self.second, seen(turn.mask));
    }

    fn of(&self, notifier: &str) -> Vec<(i64, &str)> {
        let of_it = self.received.iter().filter(|(to, ..)| to == notifier);
        of_it.map(|(_, second, what)| (*second, what.as_str())).collect()
    }
}

fn unwritten() -> Sight {
    sight([(Key::Unwritten, Fact::Unwritten)])
}

/// The mail fails so many times; the chat never does.
fn failing(mut times: u32) -> impl FnMut(&str) -> Fate {
    move |notifier| {
        if notifier == "chat" || times == 0 {
            return (1, End::Arrived);
        }
        times -= 1;
        (1, End::GivenUp)
    }
}

#[test]
fn what_did_not_arrive_is_told_again_every_hour_to_whom_it_did_not_reach() {
    let mut post = Post::new(failing(3));

    post.look(0, unwritten());
    post.wait(100 * HOUR);

    assert_eq!(post.of("chat"), [(31, "+unwritten")]);
    assert_eq!(post.of("mail"), [(34 + 3 * HOUR, "+unwritten")]);
}

#[test]
fn what_is_over_before_it_arrived_is_told_as_over_only() {
    let mut post = Post::new(failing(2));

    post.look(0, unwritten());
    post.look(HOUR / 2, sight([]));
    post.wait(100 * HOUR);

    assert_eq!(post.of("mail"), [(3 * HOUR / 2 + 32, "-unwritten")]);
}

#[test]
fn an_end_that_never_arrives_is_given_up_after_a_day() {
    let mut post = Post::new(failing(u32::MAX));

    post.look(0, unwritten());
    post.look(HOUR, sight([]));
    post.wait(100 * HOUR);
    post.look(100 * HOUR, sight([]));

    assert_eq!(post.of("mail"), []);
    assert_eq!(post.watch.next(), None);
    assert_eq!(*post.watch.memory(), Memory::default());
}

#[test]
fn what_was_on_its_way_is_told_again_at_the_start_once_it_is_seen_to_last() {
    let mut post = Post::new(|_: &str| (HOUR, End::Arrived));
    post.look(0, unwritten());
    post.wait(60);

    post.restart();
    post.wait(2 * HOUR);
    assert_eq!(post.received, []);
    post.look(2 * HOUR, unwritten());
    post.wait(100 * HOUR);

    for notifier in NOTIFIERS {
        assert_eq!(post.of(notifier), [(3 * HOUR, "+unwritten")]);
    }
}

/// Fates in a row, and again from the first.
fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let takes = prop::sample::select(vec![1, 40, HOUR / 2]);
    let end = any::<bool>().prop_map(|arrived| if arrived { End::Arrived } else { End::GivenUp });
    prop::collection::vec((takes, end), 1..20)
}

proptest! {
    #[test]
    fn nobody_receives_a_key_twice_within_a_day(turns in turns(), fates in fates()) {
        let mut fates = fates.into_iter().cycle();
        let mut post = Post::new(move |_: &str| fates.next().unwrap_or((1, End::Arrived)));

        turns.iter().for_each(|turn| post.turn(turn));
        post.wait(post.second + 7 * 24 * HOUR);

        let mut last: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        for (notifier, second, what) in &post.received {
            if let Some(before) = last.insert((notifier, what), *second) {
                prop_assert!(second - before >= 24 * HOUR, "{notifier}: {what} at {before} and {second}");
            }
        }
    }

    #[test]
    fn what_lasts_arrives_in_the_end_at_everyone(turns in turns(), fates in fates(), mask in 1_u8..16) {
        let mut fates = fates.into_iter();
        let mut post = Post::new(move |_: &str| fates.next().unwrap_or((1, End::Arrived)));

        turns.iter().for_each(|turn| post.turn(turn));
        post.look(post.second + 1, seen(mask));
        post.wait(post.second + 4 * 24 * HOUR);

        for (notifier, key) in NOTIFIERS.iter().flat_map(|to| seen(mask).matters.into_keys().map(move |key| (to, key))) {
            let received = post.of(notifier);
            let last = received.iter().rev().find(|(_, what)| what[1..] == key.to_string());
            prop_assert!(last.is_some_and(|(_, what)| what.starts_with('+')), "{notifier}, {key}: {received:?}");
        }
    }
}
