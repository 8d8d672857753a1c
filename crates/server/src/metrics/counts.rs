//! Counters and gauges with one label, whose values are known beforehand.

use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};

/// A label and its value.
pub(super) type Label = [(&'static str, &'static str); 1];

/// What counts for a value that is not among those known: no label takes a value that came from outside.
pub(super) const OTHER: &str = "other";

/// Metrics of one kind, one for each value of a label. They are all there from the start, so that counting
/// is an addition and a rate of something rare begins at 0.
#[derive(Debug)]
pub struct Each<M> {
    values: &'static [&'static str],
    of: Vec<M>,
    other: M,
}

/// Counters, one for each value of a label.
pub type Counts = Each<Counter>;
/// Gauges, one for each value of a label.
pub(super) type Gauges = Each<Gauge<i64, std::sync::atomic::AtomicI64>>;

impl<M: Metric + Clone + Default> Each<M>
where
    Family<Label, M>: Metric,
{
    pub(super) fn register(
        registry: &mut Registry,
        name: &str,
        help: &str,
        label: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        let family = Family::<Label, M>::default();
        registry.register(name, help, family.clone());
        Self::of(values, |value| family.get_or_create_owned(&[(label, value)]))
    }

    pub(super) fn get(&self, value: &str) -> &M {
        let at = self.values.iter().position(|one| *one == value);
        at.and_then(|at| self.of.get(at)).unwrap_or(&self.other)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &M> {
        self.of.iter().chain([&self.other])
    }
}

impl<M> Each<M> {
    pub(super) fn of(values: &'static [&'static str], one: impl Fn(&'static str) -> M) -> Self {
        Self { values, of: values.iter().map(|value| one(value)).collect(), other: one(OTHER) }
    }
}

impl Each<Counter<u64, AtomicU64>> {
    /// Counts one of this value; one of `other` where it is not among those known.
    pub fn count(&self, value: &str) {
        self.get(value).inc();
    }
}
