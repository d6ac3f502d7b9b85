//! When a hook may ring: at most once in ten seconds, and what comes sooner is not lost but waits, all of it as one.
//!
//! Pure: the time is an argument. Who asks at [`Turn::At`] keeps the appointment by [`Throttle::keep`].

use std::time::{Duration, Instant};

/// A look at a repository and at ConnectWise takes about as long, and a push sooner than that is rare.
pub(super) const SPACING: Duration = Duration::from_secs(10);

/// When it is the turn of somebody who wants to ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Now.
    Now,
    /// Then; until it came, nobody else is told to.
    At(Instant),
    /// Somebody waits already and rings for this one too.
    Waiting,
}

/// The rings of one hook.
#[derive(Debug)]
pub(super) struct Throttle {
    spacing: Duration,
    next: Option<Instant>,
    waiting: Waiting,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Nobody,
    Somebody,
}

impl Throttle {
    /// Rings that keep a distance.
    pub(super) fn every(spacing: Duration) -> Self {
        Self { spacing, next: None, waiting: Waiting::Nobody }
    }

    /// Asks to ring.
    pub(super) fn ask(&mut self, now: Instant) -> Turn {
        let at = match self.next {
            None => return self.turn(now),
            Some(at) if at <= now && self.waiting == Waiting::Nobody => return self.turn(now),
            // Whoever waits is so late that it may never come.
            Some(at) if at + self.spacing <= now => return self.turn(now),
            Some(at) => at,
        };
        match self.waiting {
            Waiting::Somebody => Turn::Waiting,
            Waiting::Nobody => {
                self.waiting = Waiting::Somebody;
                Turn::At(at)
            }
        }
    }

    /// Keeps the appointment of [`Turn::At`]. [`Turn::Now`] unless somebody was so impatient as to ring in its place.
    pub(super) fn keep(&mut self, now: Instant) -> Turn {
        match self.waiting {
            Waiting::Somebody => self.turn(now),
            Waiting::Nobody => Turn::Waiting,
        }
    }

    fn turn(&mut self, now: Instant) -> Turn {
        self.waiting = Waiting::Nobody;
        self.next = Some(now + self.spacing);
        Turn::Now
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{prop_assert, proptest};

    use super::*;

    #[test]
    fn what_comes_too_soon_waits_and_is_one() {
        let start = Instant::now();
        let second = |second| start + Duration::from_secs(second);
        let mut throttle = Throttle::every(SPACING);

        assert_eq!(throttle.ask(second(0)), Turn::Now);
        assert_eq!(throttle.ask(second(3)), Turn::At(second(10)));
        assert_eq!(throttle.ask(second(4)), Turn::Waiting);
        assert_eq!(throttle.keep(second(10)), Turn::Now);
        assert_eq!(throttle.ask(second(11)), Turn::At(second(20)));
    }

    #[test]
    fn who_never_kept_its_appointment_does_not_silence_the_hook() {
        let start = Instant::now();
        let second = |second| start + Duration::from_secs(second);
        let mut throttle = Throttle::every(SPACING);
        throttle.ask(second(0));
        throttle.ask(second(1));

        assert_eq!(throttle.ask(second(19)), Turn::Waiting);
        assert_eq!(throttle.ask(second(20)), Turn::Now);
        assert_eq!(throttle.keep(second(21)), Turn::Waiting, "it came late and is not needed any more");
    }

    proptest! {
        #[test]
        fn rings_keep_their_distance_and_none_is_lost(pauses in vec(0_u64..15_000, 1..200)) {
            let start = Instant::now();
            let (mut throttle, mut now, mut due) = (Throttle::every(SPACING), start, None);
            let (mut rings, mut asked): (Vec<Instant>, Vec<Instant>) = (Vec::new(), Vec::new());

            for pause in pauses {
                now += Duration::from_millis(pause);
                if let Some(at) = due.take_if(|at| *at <= now) {
                    prop_assert!(throttle.keep(at) == Turn::Now);
                    rings.push(at);
                }
                asked.push(now);
                match throttle.ask(now) {
                    Turn::Now => rings.push(now),
                    Turn::At(at) => due = Some(at),
                    Turn::Waiting => prop_assert!(due.is_some()),
                }
            }
            rings.extend(due);

            prop_assert!(rings.windows(2).all(|pair| pair[1] - pair[0] >= SPACING));
            for asked in asked {
                prop_assert!(rings.iter().any(|ring| *ring >= asked && *ring - asked <= SPACING));
            }
        }
    }
}
