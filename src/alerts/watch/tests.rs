//! When what is told: cases, one law each.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::Watch;
use crate::alerts::Timing;
use crate::alerts::matter::{Backlog, Fact, HeldLine, Key, Matter};
use crate::alerts::memory::Memory;
use crate::alerts::sight::{Known, Lines, Sight};
use crate::billing::{AgreementId, LineKey, ProductId};
use crate::problem::Code;
use crate::reconciler::standing::{Health, Level, PassResult};

/// A day on which everything happens.
pub(super) fn at(seconds: i64) -> Timestamp {
    "2026-11-22T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

pub(super) const HOUR: i64 = 3_600;

fn line(number: i64) -> (Key, Fact) {
    let key = LineKey { agreement: AgreementId(1), product: ProductId(number) };
    let name = format!("Acme/{number}");
    let line = HeldLine { key, guard: Code::ToZero, name, sentence: String::new(), money: None };
    (Key::Line(key), Fact::Line(line))
}

/// A tenant with these matters.
pub(super) fn sight(matters: impl IntoIterator<Item = (Key, Fact)>) -> Sight {
    let now = Timestamp::MIN;
    let matter = |(key, fact)| (key, Matter { from: now, until: None, fact });
    Sight {
        tenant: "msp".into(),
        instance: "examplemsp at https://cw.example".into(),
        health: Health { level: Level::Good, sentence: String::new() },
        matters: matters.into_iter().map(matter).collect(),
        known: Known { pass: Some(PassResult::InStep), lines: Lines::Each },
    }
}

/// A watch and what it told, as `+key` and `-key` with the second.
pub(super) struct Teller {
    pub(super) watch: Watch,
    pub(super) told: Vec<(i64, String)>,
}

impl Teller {
    pub(super) fn new() -> Self {
        Self { watch: Watch::new(Timing::default(), Memory::default()), told: Vec::new() }
    }

    pub(super) fn look(&mut self, second: i64, sight: Sight) {
        self.wait(second);
        self.watch.look(sight, at(second));
        self.tell(second);
    }

    /// Lets time pass: asks again whenever the watch wants to be asked.
    pub(super) fn wait(&mut self, until: i64) {
        while let Some(next) = self.watch.next().filter(|next| *next <= at(until)) {
            let second = next.duration_since(at(0)).as_secs();
            self.tell(second);
            assert!(self.watch.next() != Some(next), "it asks to be asked at once, for ever");
        }
    }

    fn tell(&mut self, second: i64) {
        for telling in self.watch.due(at(second)) {
            self.told.extend(telling.began.iter().map(|(key, _)| (second, format!("+{key}"))));
            self.told.extend(telling.over.iter().map(|(key, _)| (second, format!("-{key}"))));
        }
    }
}

fn unwritten() -> (Key, Fact) {
    (Key::Unwritten, Fact::Unwritten)
}

fn told(teller: &Teller) -> Vec<(i64, &str)> {
    teller.told.iter().map(|(second, what)| (*second, what.as_str())).collect()
}

#[test]
fn what_changes_within_half_a_minute_is_told_together() {
    let mut teller = Teller::new();

    teller.look(0, sight([unwritten()]));
    teller.look(20, sight([unwritten(), line(1)]));
    teller.wait(100);

    assert_eq!(told(&teller), [(30, "+unwritten"), (30, "+held")]);
}

#[test]
fn what_comes_and_goes_within_the_window_is_not_told() {
    let mut teller = Teller::new();

    teller.look(0, sight([unwritten()]));
    teller.look(20, sight([]));
    teller.wait(HOUR);

    assert_eq!(told(&teller), []);
}

#[test]
fn a_matter_that_lasts_is_told_once_and_its_end_once() {
    let mut teller = Teller::new();

    for hour in 0..100 {
        teller.look(hour * HOUR, sight([unwritten()]));
    }
    teller.look(100 * HOUR, sight([]));
    teller.wait(200 * HOUR);

    assert_eq!(told(&teller), [(30, "+unwritten"), (100 * HOUR + 30, "-unwritten")]);
}

#[test]
fn a_matter_that_flaps_is_told_once_a_day() {
    let mut teller = Teller::new();

    for quarter in 0..4 * 30 {
        let matters = if quarter % 2 == 0 { Some(unwritten()) } else { None };
        teller.look(quarter * HOUR / 4, sight(matters));
    }
    teller.wait(100 * HOUR);

    let began = told(&teller).iter().filter(|(_, what)| *what == "+unwritten").count();
    let ended: Vec<i64> =
        told(&teller).iter().filter(|(_, what)| *what == "-unwritten").map(|(second, _)| *second).collect();
    assert_eq!((began, ended.len()), (2, 2), "{:?}", teller.told);
    assert!(ended[1] - ended[0] >= 24 * HOUR, "{ended:?}");
}

#[test]
fn a_second_line_is_told_although_one_was_told_today() {
    let mut teller = Teller::new();

    teller.look(0, sight([line(1)]));
    teller.look(HOUR, sight([line(1), line(2)]));
    teller.look(2 * HOUR, sight([line(2)]));
    teller.wait(3 * HOUR);

    assert_eq!(told(&teller), [(30, "+held"), (HOUR + 30, "+held"), (2 * HOUR + 30, "-held")]);
}

#[test]
fn nothing_is_over_because_a_daemon_has_just_started() {
    let mut teller = Teller::new();
    teller.look(0, sight([unwritten(), line(1)]));
    teller.wait(HOUR);
    let memory = Memory::from_json(&teller.watch.memory().to_json(), at(HOUR)).unwrap();
    let mut restarted = Teller { watch: Watch::new(Timing::default(), memory), told: Vec::new() };

    let known = Known { pass: None, lines: Lines::Nothing };
    restarted.look(HOUR, Sight { known, ..sight([]) });
    restarted.look(2 * HOUR, sight([unwritten(), line(1)]));
    restarted.wait(3 * HOUR);
    assert_eq!(told(&restarted), []);

    restarted.look(4 * HOUR, sight([]));
    restarted.wait(5 * HOUR);
    let second = 4 * HOUR + 30;
    assert_eq!(told(&restarted), [(second, "-unwritten"), (second, "-held")]);
}

#[test]
fn failed_passes_do_not_end_what_only_a_good_one_can_end() {
    let mut teller = Teller::new();
    teller.look(0, sight([unwritten()]));
    teller.wait(HOUR);

    let known = Known { pass: Some(PassResult::Failed), lines: Lines::Each };
    teller.look(2 * HOUR, Sight { known, ..sight([]) });
    teller.wait(3 * HOUR);

    assert_eq!(told(&teller), [(30, "+unwritten")]);
}

#[test]
fn a_doubt_is_told_only_when_it_lasts() {
    let doubt = |from| {
        let fact = Fact::InDoubt { writes: 1, since: at(0) };
        let matters = BTreeMap::from([(Key::InDoubt, Matter { from, until: None, fact })]);
        Sight { matters, ..sight([]) }
    };
    let mut teller = Teller::new();

    teller.look(0, doubt(at(600)));
    teller.look(300, doubt(at(600)));
    assert_eq!(told(&teller), []);
    teller.wait(HOUR);

    assert_eq!(told(&teller), [(630, "+in_doubt")]);
}

#[test]
fn the_backlog_is_told_once_a_window_and_not_when_it_has_opened() {
    let opens = at(48 * HOUR);
    let freeze = |held| {
        let backlog = Backlog { opens: String::new(), held, money: None, unlinked: 0, unmapped: 0 };
        let matter = Matter { from: at(24 * HOUR), until: Some(opens), fact: Fact::Freeze(backlog) };
        Sight { matters: BTreeMap::from([(Key::Freeze(opens), matter)]), ..sight([]) }
    };
    let mut teller = Teller::new();

    teller.look(0, freeze(1));
    teller.wait(30 * HOUR);
    teller.look(31 * HOUR, sight([]));
    teller.look(32 * HOUR, freeze(2));
    teller.wait(80 * HOUR);

    assert_eq!(told(&teller), [(24 * HOUR + 30, &*format!("+freeze:{opens}"))]);
}

#[test]
fn a_tenant_that_is_gone_is_forgotten() {
    let mut teller = Teller::new();
    teller.look(0, sight([unwritten()]));
    teller.wait(HOUR);

    teller.watch.forget("msp");

    assert_eq!(teller.watch.next(), None);
    assert_eq!(*teller.watch.memory(), Memory::default());
    let tenants: Vec<&Arc<str>> = teller.watch.tenants().collect();
    assert_eq!(tenants, Vec::<&Arc<str>>::new());
}
