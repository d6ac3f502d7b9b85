//! When a fault bites: by counting the requests it waits for, by the clock, by chance.
//!
//! Pure: the number of the request, the time and the chance are arguments.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::span::{Probability, Span};

/// When a fault bites: whenever everything holds that is written here. Requests are counted from 1, and only those
/// that the rule waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct When {
    /// At most so many times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Not before so many requests have passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Only for so many requests from there on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#for: Option<u64>,
    /// Only every so many requests from there on: 3 is the third, the sixth, and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<u64>,
    /// Only between these times since the file was armed, the second one not included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub between: Option<[Span; 2]>,
    /// Only with this probability, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<Probability>,
}

/// A request as a schedule sees it.
pub(super) struct Turn {
    /// Which of the requests it is that the rule waits for, from 1.
    pub(super) number: u64,
    /// How often the rule has bitten already.
    pub(super) bitten: u64,
    /// How many seconds ago the file was armed.
    pub(super) seconds: i64,
}

impl When {
    /// Whether the fault bites.
    pub(super) fn is_now(&self, turn: &Turn, chance: &mut Chance) -> bool {
        let Self { times, after, r#for, every, between, probability } = *self;
        let after = after.unwrap_or_default();
        let since = turn.number.saturating_sub(after);
        let millis = turn.seconds.saturating_mul(1_000);
        let passed = |span: Span| i64::try_from(span.as_millis()).is_ok_and(|span| span <= millis);
        since > 0
            && times.is_none_or(|times| turn.bitten < times)
            && r#for.is_none_or(|requests| since <= requests)
            && every.is_none_or(|every| since.is_multiple_of(every))
            && between.is_none_or(|[from, to]| passed(from) && !passed(to))
            && probability.is_none_or(|probability| chance.happens(probability.millionths()))
    }

    /// What makes no sense, with the field it is written in.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        if self.every == Some(0) {
            return Err(("when.every", "0 is no interval: write 1 for every request".to_owned()));
        }
        if let Some([from, to]) = self.between.filter(|[from, to]| from >= to) {
            return Err(("when.between", format!("{from} is not before {to}")));
        }
        match self.probability.filter(|probability| !probability.is_sane()) {
            Some(Probability(other)) => {
                Err(("when.probability", format!("{other} is no probability: write a number from 0 to 1")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Chance, Turn, When};

    /// The numbers of the first twelve requests that are bitten.
    fn bitten(when: When) -> Vec<u64> {
        let mut bitten = Vec::new();
        for number in 1..=12 {
            let turn = Turn { number, bitten: bitten.len() as u64, seconds: number.cast_signed() };
            if when.is_now(&turn, &mut Chance::new(7, 0, number)) {
                bitten.push(number);
            }
        }
        bitten
    }

    #[test]
    fn each_schedule_bites_when_it_says() {
        let when = When::default();
        let span = |text: &str| text.parse().unwrap();

        assert_eq!(bitten(when).len(), 12);
        assert_eq!(bitten(When { times: Some(2), ..when }), [1, 2]);
        assert_eq!(bitten(When { after: Some(9), ..when }), [10, 11, 12]);
        assert_eq!(bitten(When { after: Some(3), r#for: Some(2), ..when }), [4, 5]);
        assert_eq!(bitten(When { every: Some(5), ..when }), [5, 10]);
        assert_eq!(bitten(When { after: Some(2), every: Some(4), times: Some(1), ..when }), [6]);
        assert_eq!(bitten(When { between: Some([span("3s"), span("5s")]), ..when }), [3, 4]);
    }
}
