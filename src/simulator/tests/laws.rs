//! Laws that hold for whatever comes in.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use rust_decimal::Decimal;

use super::{AGREEMENT, LINE, SEED};
use crate::simulator::filter::like::Pattern;
use crate::simulator::filter::{Filter, FilterTexts};
use crate::simulator::options::{Options, Underscore};
use crate::simulator::paging::{Paging, Place};
use crate::simulator::schema;
use crate::simulator::value::{Object, Value, read_leniently};
use crate::simulator::{Clock, Kind, Seed, Simulator};

fn numbers() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0..19_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

/// Values as JSON can carry them: a date comes back as a text.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Flag),
        numbers().prop_map(Value::Number),
        any::<String>().prop_map(|text| Value::text(&text)),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            proptest::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|properties| {
                let object = properties
                    .into_iter()
                    .fold(Object::new(), |object, (name, value)| object.with(name, value));
                Value::Object(object)
            }),
        ]
    })
}

/// Texts that look like conditions, mostly broken ones.
fn conditions() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("id"),
        Just("name"),
        Just("company/id"),
        Just("lastUpdated"),
        Just("="),
        Just("!="),
        Just("<="),
        Just("and"),
        Just("OR"),
        Just("not"),
        Just("in"),
        Just("like"),
        Just("contains"),
        Just("("),
        Just(")"),
        Just(","),
        Just("5"),
        Just("-1.5"),
        Just("'x'"),
        Just("\"é%\""),
        Just("null"),
        Just("[2026-01-01T00:00:00Z]"),
        Just("["),
        Just("'"),
        Just("ü"),
        Just("\\"),
    ];
    proptest::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

/// Matches as slowly and plainly as one can.
fn fits_plainly(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some(('*' | '%', rest)), None) => fits_plainly(rest, text),
        (Some(('*' | '%', rest)), Some((_, shorter))) => {
            fits_plainly(rest, text) || fits_plainly(pattern, shorter)
        }
        (Some(('_', rest)), Some((_, shorter))) => fits_plainly(rest, shorter),
        (Some((letter, rest)), Some((first, shorter))) => letter == first && fits_plainly(rest, shorter),
        (Some(_), None) => false,
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_to_the_last_digit(value in values()) {
        let again: Value = value.to_string().parse().unwrap();
        assert_eq!(again.to_string(), value.to_string());
        assert_eq!(again, value);
    }

    #[test]
    fn any_text_is_a_condition_or_is_refused(text in prop_oneof![any::<String>(), conditions()]) {
        for kind in [Kind::Company, Kind::Agreement, Kind::Addition] {
            let texts = FilterTexts { conditions: &text, child: &text, custom: &text };
            let filter = Filter::read(texts, schema::of(kind), Some(kind), &Options::default());
            if let Ok(filter) = filter {
                filter.lets_through(&|_| Value::Null);
            }
        }
    }

    #[test]
    fn any_body_is_json_or_is_refused(text in any::<String>()) {
        let read: Result<Value, _> = text.parse();
        drop(read);
    }

    #[test]
    fn strict_json_is_read_leniently_the_same_and_any_text_is_read_or_refused(
        value in values(),
        text in any::<String>(),
    ) {
        assert_eq!(read_leniently(&value.to_string()), Ok(value));
        drop(read_leniently(&text));
    }

    #[test]
    fn single_quotes_and_bare_names_say_what_double_quotes_say(
        text in r#"[a-z "{}:,\[\]]{0,12}"#,
        number in 0..999_u32,
    ) {
        let lenient = format!("{{text: '{text}', number : {number}, list: ['{text}']}}");
        let list = Value::List(vec![Value::text(&text)]);
        let meant = Object::new().with("text", text.as_str()).with("number", number).with("list", list);
        assert_eq!(read_leniently(&lenient), Ok(Value::Object(meant)));
    }

    #[test]
    fn lists_that_lag_show_exactly_the_state_of_so_long_ago(
        lag in 0..5_u32,
        edits in proptest::collection::vec((0..3_i64, 0..3_u32, 0..6_u32), 0..16),
    ) {
        let simulator = Simulator::new(Seed::from_yaml(SEED).unwrap(), super::clock()).unwrap();
        simulator.change_options(|options| options.list_lag_seconds = lag);
        let mut history = vec![(Timestamp::MIN, lines(&simulator))];
        for (seconds, line, quantity) in edits {
            simulator.clock().advance(SignedDuration::from_secs(seconds));
            // A line that is gone cannot be edited any more; that is no step then.
            let edited = match quantity {
                0 => simulator.delete_addition(LINE + line),
                quantity => simulator.edit_quantity(LINE + line, Some(quantity.into())),
            };
            drop(edited);
            history.push((simulator.clock().now(), lines(&simulator)));

            let shown = simulator.clock().now() - SignedDuration::from_secs(lag.into());
            let then = history.iter().rfind(|(when, _)| *when <= shown).unwrap();
            assert_eq!(listed(&simulator), then.1);
        }
    }

    #[test]
    fn like_matches_as_plainly_as_one_can(pattern in "[ab*%_]{0,6}", text in "[abc]{0,8}") {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        let fits = Pattern::read(&pattern, Underscore::Wildcard).fits(&text);
        assert_eq!(fits, fits_plainly(&letters(&pattern), &letters(&text)));
    }

    #[test]
    fn pages_of_either_mode_together_are_the_list(rows in 0..40_u32, size in 1..12_u64) {
        let all: Vec<u32> = (1..=rows).collect();
        assert_eq!(walk_forward(&all, size), all);
        assert_eq!(walk_pages(&all, size), all);
    }
}

/// The lines of the agreement and their quantities, as they are.
fn lines(simulator: &Simulator) -> Vec<(u32, Option<Decimal>)> {
    let world = simulator.world();
    let records = world.state.records(Kind::Addition, Some(AGREEMENT), 0);
    records.map(|record| (record.id, record.get("quantity").number())).collect()
}

/// The same as lists show them.
fn listed(simulator: &Simulator) -> Vec<(u32, Option<Decimal>)> {
    let world = simulator.world();
    let records = world.state.listed(Kind::Addition, Some(AGREEMENT), 0, simulator.clock().now());
    records.map(|record| (record.id, record.get("quantity").number())).collect()
}

fn listing(paging: Paging) -> crate::simulator::listing::Listing {
    let question = crate::simulator::listing::Question {
        filter: FilterTexts::default(),
        order_by: "",
        fields: "",
        paging,
    };
    crate::simulator::listing::Listing::read(question, schema::of(Kind::Company), None, &Options::default())
        .unwrap()
}

fn walk_forward(all: &[u32], size: u64) -> Vec<u32> {
    let (mut seen, mut after) = (Vec::new(), 0);
    loop {
        let rows = all.iter().copied().filter(|id| *id > after);
        let page = listing(Paging::ForwardOnly { after, size }).cut(rows, &|id| *id, &|_, _| Value::Null);
        seen.extend(page.rows);
        match page.place {
            Place::ForwardMore { last_id } => after = last_id,
            Place::ForwardEnd | Place::Navigable { .. } => return seen,
        }
    }
}

fn walk_pages(all: &[u32], size: u64) -> Vec<u32> {
    let one = |page| {
        let cut = listing(Paging::Navigable { page, size })
            .cut(all.iter().copied(), &|id| *id, &|_, _| Value::Null);
        cut.rows
    };
    (1..).map(one).take_while(|rows| !rows.is_empty()).flatten().collect()
}

#[test]
fn a_clock_tells_whole_seconds() {
    let clock = Clock::fixed("2026-11-20T09:30:00.999Z".parse::<Timestamp>().unwrap());

    assert_eq!(clock.now().to_string(), "2026-11-20T09:30:00Z");
    assert_eq!(Clock::system().now().subsec_nanosecond(), 0);
}

#[test]
fn clones_of_a_simulator_are_the_same_one() {
    let simulator = Simulator::new(Seed::default(), Clock::system()).unwrap();

    assert!(simulator.clone().revoke_keys("api"));

    assert!(!simulator.revoke_keys("api"));
}
