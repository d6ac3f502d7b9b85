//! The usage document as it is written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::sources::{LONGEST_FIELD, MOST_ROWS};
use crate::usage::{AccountKind, AccountStatus};

/// Everything one source says at one time
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "trueup usage document")]
pub(super) struct UsageDocument<'a> {
    /// The source's name in the settings
    #[serde(borrow)]
    pub(super) source: Cow<'a, str>,
    /// The time of the figures, with its offset
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub(super) as_of: Timestamp,
    /// Whether nothing is missing; true when left out
    #[serde(default = "unless_it_says_otherwise")]
    pub(super) complete: bool,
    /// The accounts, one object each
    #[serde(borrow, deserialize_with = "limited")]
    #[schemars(with = "Vec<AccountRecord>")]
    pub(super) accounts: Vec<&'a RawValue>,
}

/// One account
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountRecord {
    /// Its username
    pub(super) account: Text,
    /// Its display name
    pub(super) name: Option<Text>,
    /// ACCOUNT or PARTNER. May be left out of all accounts: they are then ACCOUNT
    #[serde(default, deserialize_with = "stated")]
    #[schemars(with = "Option<AccountKind>")]
    pub(super) kind: Stated<AccountKind>,
    /// Where it stands with the vendor. May be left out of all accounts: they are then ACTIVE
    #[serde(default, deserialize_with = "stated")]
    #[schemars(with = "Option<AccountStatus>")]
    pub(super) status: Stated<AccountStatus>,
    /// Its backup plan; left out or null when unknown
    pub(super) plan: Option<PlanRecord>,
    /// What was measured, by type or metric name. What is left out or null is unknown, never 0
    #[serde(default, deserialize_with = "each_once")]
    #[schemars(with = "BTreeMap<String, Option<MetricRecord>>")]
    pub(super) metrics: BTreeMap<Text, Option<MetricRecord>>,
    /// Its seat purchases
    pub(super) seats: Option<Vec<SeatRecord>>,
}

/// Whether a member is there at all, and what it says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Stated<T> {
    /// It is left out.
    #[default]
    LeftOut,
    /// It is null: unknown.
    Null,
    /// It is there.
    As(T),
}

/// A backup plan
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanRecord {
    /// The vendor's number of the plan; told apart by it, not looked up
    pub(super) id: Option<PlanId>,
    /// Its name, by which mapping rows find it
    pub(super) name: Option<Text>,
    /// Its base plan size in bytes, or "unlimited"
    pub(super) base_bytes: Option<BaseRecord>,
}

/// A number or a text
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a plan id is a text or a whole number")]
pub(super) enum PlanId {
    Number(u64),
    Text(Text),
}

/// A base plan size
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a base is whole bytes without quotes, or the text \"unlimited\"")]
pub(super) enum BaseRecord {
    Bytes(u64),
    Word(Unlimited),
}

/// Everything is included
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unlimited {
    Unlimited,
}

/// A measured amount: bytes or a count, not both
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MetricRecord {
    /// An amount of storage, in whole bytes
    pub(super) bytes: Option<Whole>,
    /// A count of things
    pub(super) count: Option<Whole>,
}

/// One purchase of seats
#[derive(Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SeatRecord {
    /// The service
    pub(super) service: Text,
    /// The option bought
    pub(super) option: Text,
    /// Which purchase, where the same option was bought more than once
    pub(super) unique_id: Option<Text>,
    /// Seats in use
    pub(super) used: Option<Whole>,
    /// Seats bought
    pub(super) bought: Option<Whole>,
}

/// A name, of limited length
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(transparent)]
pub(super) struct Text(pub(super) Arc<str>);

/// A whole number, exactly as written
#[derive(Debug, PartialEq, Eq, JsonSchema)]
#[schemars(transparent)]
pub(super) struct Whole(pub(super) u64);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.len() > LONGEST_FIELD {
            return Err(D::Error::custom(format_args!("a text is longer than {LONGEST_FIELD} bytes")));
        }
        Ok(Self(text.into()))
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Digits;

        impl Visitor<'_> for Digits {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number in digits, without quotes, sign, point or exponent")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
                Ok(Whole(number))
            }
        }

        deserializer.deserialize_u64(Digits)
    }
}

/// A source that says nothing of it is judged by its number of accounts.
fn unless_it_says_otherwise() -> bool {
    true
}

fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Stated<T>, D::Error> {
    Ok(Option::deserialize(deserializer)?.map_or(Stated::Null, Stated::As))
}

/// A list of accounts, no longer than the limit, since a few bytes of text each would fill the memory.
fn limited<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<&'de RawValue>, D::Error> {
    struct Limited;

    impl<'de> Visitor<'de> for Limited {
        type Value = Vec<&'de RawValue>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of accounts")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut accounts = Vec::new();
            while let Some(account) = list.next_element()? {
                if accounts.len() == MOST_ROWS {
                    return Err(A::Error::custom(format_args!("it has more than {MOST_ROWS} accounts")));
                }
                accounts.push(account);
            }
            Ok(accounts)
        }
    }

    deserializer.deserialize_seq(Limited)
}

/// A map that has every key once; the usual one silently keeps the last.
fn each_once<'de, D, V>(deserializer: D) -> Result<BTreeMap<Text, V>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
{
    struct EachOnce<V>(std::marker::PhantomData<V>);

    impl<'de, V: Deserialize<'de>> Visitor<'de> for EachOnce<V> {
        type Value = BTreeMap<Text, V>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object with one member a metric")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = BTreeMap::new();
            while let Some((key, value)) = map.next_entry::<Text, V>()? {
                if members.contains_key(&key) {
                    return Err(A::Error::custom(format_args!("duplicate field `{}`", key.0)));
                }
                members.insert(key, value);
            }
            Ok(members)
        }
    }

    deserializer.deserialize_map(EachOnce(std::marker::PhantomData))
}
