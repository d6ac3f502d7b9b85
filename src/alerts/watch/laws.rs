//! The laws of telling, over random weeks of a tenant, with restarts in between.

use std::collections::BTreeMap;

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};

use super::Watch;
use super::tests::{HOUR, Teller, at, sight};
use crate::alerts::Timing;
use crate::alerts::matter::{Fact, Key};
use crate::alerts::memory::Memory;
use crate::alerts::sight::{Known, Lines, Sight};
use crate::problem::Code;
use crate::reconciler::standing::PassResult;

/// Matters that come and go by themselves.
fn matters() -> Vec<(Key, Fact)> {
    vec![
        (Key::Unwritten, Fact::Unwritten),
        (Key::OtherBad, Fact::Health(String::new())),
        (Key::Unreadable("intronis".into()), Fact::Unreadable("intronis".into())),
        (Key::Run(Code::RunLines), Fact::Run { guard: Code::RunLines, lines: 3, money: None }),
    ]
}

/// What happens next.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    /// After so many seconds.
    pub(super) pause: i64,
    /// Which matters there are then.
    pub(super) mask: u8,
    /// Whether the daemon was restarted before.
    pub(super) restart: bool,
}

pub(super) fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let pause = prop::sample::select(vec![1, 10, 31, 600, HOUR, 7 * HOUR, 25 * HOUR]);
    let turn = (pause, any::<u8>(), prop::bool::weighted(0.1)).prop_map(|(pause, mask, restart)| Turn {
        pause,
        mask: mask & 15,
        restart,
    });
    prop::collection::vec(turn, 1..60)
}

pub(super) fn seen(mask: u8) -> Sight {
    let there = |(index, matter): (usize, _)| (mask >> index & 1 == 1).then_some(matter);
    sight(matters().into_iter().enumerate().filter_map(there))
}

pub(super) fn restarted(watch: &Watch, second: i64) -> Watch {
    let memory = Memory::from_json(&watch.memory().to_json(), at(second)).unwrap();
    Watch::new(Timing::default(), memory)
}

/// What was told over the turns, and then when everything was good for a week.
fn told(turns: &[Turn]) -> (Vec<(i64, String)>, i64) {
    let mut teller = Teller::new();
    let mut second = 0;
    for turn in turns {
        second += turn.pause;
        teller.wait(second);
        if turn.restart {
            teller.watch = restarted(&teller.watch, second);
            let known = Known { pass: None, lines: Lines::Nothing };
            teller.look(second, Sight { known, ..sight([]) });
        }
        teller.look(second, seen(turn.mask));
    }
    teller.look(second + 1, sight([]));
    teller.wait(second + 7 * 24 * HOUR);
    (teller.told, second)
}

proptest! {
    #[test]
    fn no_key_is_told_twice_within_a_day(turns in turns()) {
        let (told, _) = told(&turns);

        let mut last: BTreeMap<&str, i64> = BTreeMap::new();
        for (second, what) in &told {
            if let Some(before) = last.insert(what, *second) {
                prop_assert!(second - before >= 24 * HOUR, "{what} at {before} and {second}");
            }
        }
    }

    #[test]
    fn every_told_trouble_is_followed_by_exactly_one_recovery(turns in turns()) {
        let (told, _) = told(&turns);

        let mut open: BTreeMap<&str, bool> = BTreeMap::new();
        for (_, what) in &told {
            let (began, key) = (what.starts_with('+'), &what[1..]);
            prop_assert!(open.insert(key, began).unwrap_or(false) != began, "{told:?}");
        }
        prop_assert!(open.values().all(|open| !open), "{told:?}");
    }

    #[test]
    fn nothing_is_told_in_a_steady_state(mask in 0_u8..16, looks in 1_i64..40, restart in any::<bool>()) {
        let mut teller = Teller::new();
        teller.look(0, seen(mask));
        teller.wait(31);
        let first = teller.told.len();
        prop_assert_eq!(first, mask.count_ones() as usize);

        for look in 1..looks {
            if restart {
                teller.watch = restarted(&teller.watch, look * HOUR);
            }
            teller.look(look * HOUR, seen(mask));
        }
        teller.wait(looks * HOUR + 7 * 24 * HOUR);

        prop_assert_eq!(teller.told.len(), first);
    }

    #[test]
    fn what_lasts_is_told_in_the_end(turns in turns(), mask in 1_u8..16) {
        let mut teller = Teller::new();
        let mut second = 0;
        for turn in &turns {
            second += turn.pause;
            teller.look(second, seen(turn.mask));
        }

        teller.look(second + 1, seen(mask));
        teller.wait(second + 3 * 24 * HOUR);

        let known = Known { pass: Some(PassResult::InStep), lines: Lines::Each };
        let there = Sight { known, ..seen(mask) };
        for key in there.matters.keys() {
            let last = teller.told.iter().rev().find(|(_, what)| what[1..] == key.to_string());
            prop_assert!(last.is_some_and(|(_, what)| what.starts_with('+')), "{key}: {:?}", teller.told);
        }
    }
}
