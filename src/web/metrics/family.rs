//! One metric of all tenants: the words around the numbers, each with the tenant's label.
//!
//! Knows the format's library and no meaning. Only here are amounts floats, because the format has nothing else.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::{
    CounterValueEncoder, DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeMetric,
    GaugeValueEncoder, MetricEncoder, NoLabelSet,
};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::reconciler::standing::{Standing, Tally};

/// A label's value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Label<'l> {
    /// A word of a closed list.
    Word(&'static str),
    /// A name that the operator gave, or a commit.
    Text(&'l str),
}

impl Label<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Word(word) => word,
            Self::Text(text) => text,
        }
    }
}

/// Puts one number with its labels besides the tenant's.
type Put<'p, N> = dyn FnMut(&[(&'static str, Label<'_>)], N) -> fmt::Result + 'p;

/// Seconds that are counted to the millisecond.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub(super) Duration);

impl EncodeCounterValue for Seconds {
    fn encode(&self, encoder: &mut CounterValueEncoder<'_>) -> fmt::Result {
        EncodeCounterValue::encode(&self.0.as_secs_f64(), encoder)
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug)]
struct Amount(Decimal);

impl EncodeGaugeValue for Amount {
    fn encode(&self, encoder: &mut GaugeValueEncoder<'_>) -> fmt::Result {
        EncodeGaugeValue::encode(&self.0.to_f64().unwrap_or_default(), encoder)
    }
}

/// The metrics that are being written.
pub(super) struct Families<'f, 's> {
    encoder: DescriptorEncoder<'f>,
    standings: &'s [Arc<Standing>],
}

impl<'f, 's> Families<'f, 's> {
    pub(super) fn new(encoder: DescriptorEncoder<'f>, standings: &'s [Arc<Standing>]) -> Self {
        Self { encoder, standings }
    }

    /// A number that goes up and down.
    pub(super) fn gauge(
        &mut self,
        name: &'static str,
        help: &str,
        of: impl Fn(&Standing, &mut Put<'_, i64>) -> fmt::Result,
    ) -> fmt::Result {
        self.each(name, help, MetricType::Gauge, of, |number, encoder| {
            ConstGauge::new(number).encode(encoder)
        })
    }

    /// An amount of money.
    pub(super) fn amount(
        &mut self,
        name: &'static str,
        help: &str,
        of: impl Fn(&Standing, &mut Put<'_, Decimal>) -> fmt::Result,
    ) -> fmt::Result {
        self.each(name, help, MetricType::Gauge, of, |amount, encoder| {
            ConstGauge::new(Amount(amount)).encode(encoder)
        })
    }

    /// A number that only grows. Its name gets `_total`.
    pub(super) fn counter<N: EncodeCounterValue>(
        &mut self,
        name: &'static str,
        help: &str,
        of: impl Fn(&Standing, &mut Put<'_, N>) -> fmt::Result,
    ) -> fmt::Result {
        self.each(name, help, MetricType::Counter, of, |number, encoder| {
            ConstCounter::new(number).encode(encoder)
        })
    }

    /// How long each phase took, by buckets.
    pub(super) fn durations(&mut self, name: &'static str, help: &str) -> fmt::Result {
        let mut metric = self.encoder.encode_descriptor(name, help, None, MetricType::Histogram)?;
        for standing in self.standings {
            for (phase, durations) in &standing.tally.durations {
                let bounds = Tally::BUCKETS.map(|bound| Duration::from_millis(bound).as_secs_f64());
                let bounds = bounds.into_iter().chain([f64::INFINITY]);
                let buckets: Vec<_> = bounds.zip(durations.counts).collect();
                let labels = [("tenant", &*standing.tenant), ("phase", phase.as_str())];
                metric.encode_family(&labels)?.encode_histogram::<NoLabelSet>(
                    durations.sum.as_secs_f64(),
                    durations.counts.iter().sum(),
                    &buckets,
                    None,
                )?;
            }
        }
        Ok(())
    }

    fn each<N>(
        &mut self,
        name: &'static str,
        help: &str,
        kind: MetricType,
        of: impl Fn(&Standing, &mut Put<'_, N>) -> fmt::Result,
        write: impl Fn(N, MetricEncoder<'_>) -> fmt::Result,
    ) -> fmt::Result {
        let mut metric = self.encoder.encode_descriptor(name, help, None, kind)?;
        for standing in self.standings {
            of(standing, &mut |labels, number| {
                let tenant = ("tenant", &*standing.tenant);
                let others = labels.iter().map(|(name, value)| (*name, value.as_str()));
                let labels: Vec<(&str, &str)> = std::iter::once(tenant).chain(others).collect();
                write(number, metric.encode_family(&labels)?)
            })?;
        }
        Ok(())
    }
}
