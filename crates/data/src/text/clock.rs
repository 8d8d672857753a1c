//! The time column of a file that is too long to be held: whether it is one, and its middle step.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::time::{is_growing, is_steady, steps};

/// So many different steps are counted at a time, else they are counted in groups, and the file is read
/// again for the group in the middle.
const MOST: usize = 1 << 16;

/// The column in some consecutive rows.
#[derive(Debug)]
pub(super) struct Stretch {
    first: f64,
    last: f64,
    count: u64,
    grows: bool,
    longest: f64,
    /// The steps within it, as keys in their order, and how often each occurs.
    steps: Vec<(u64, u64)>,
}

impl Stretch {
    /// Of numbers, if there are any.
    pub(super) fn of(values: &[f64]) -> Option<Self> {
        let (first, last) = (*values.first()?, *values.last()?);
        let mut keys: Vec<u64> = steps(values).map(key).collect();
        keys.sort_unstable();
        let steps = keys.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect();
        Some(Self {
            first,
            last,
            count: values.len() as u64,
            grows: is_growing(values),
            longest: self::steps(values).fold(0.0, f64::max),
            steps,
        })
    }
}

/// What is known of the column so far.
#[derive(Debug)]
pub(super) struct Clock {
    count: u64,
    ends: Option<(f64, f64)>,
    grows: bool,
    longest: f64,
    /// The keys that are counted, as the middle one is among them.
    within: RangeInclusive<u64>,
    /// How many are below.
    below: u64,
    /// How many low bits of a key are left out.
    shift: u32,
    counts: BTreeMap<u64, u64>,
}

/// The middle step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Middle {
    Step(f64),
    /// Its key is one of these: the file is to be read again for them.
    Within(RangeInclusive<u64>),
}

impl Clock {
    /// One that knows nothing yet, but that the middle step has one of these keys.
    pub(super) fn new(within: RangeInclusive<u64>) -> Self {
        Self {
            count: 0,
            ends: None,
            grows: true,
            longest: 0.0,
            within,
            below: 0,
            shift: 0,
            counts: BTreeMap::new(),
        }
    }

    /// Takes the rows that follow.
    pub(super) fn take(&mut self, next: &Stretch) {
        self.grows &= next.grows;
        self.longest = self.longest.max(next.longest);
        if let Some((_, last)) = self.ends {
            let step = next.first - last;
            self.grows &= step > 0.0;
            self.longest = self.longest.max(step);
            self.add(key(step), 1);
        }
        for &(key, count) in &next.steps {
            self.add(key, count);
        }
        self.count += next.count;
        self.ends = Some((self.ends.map_or(next.first, |(first, _)| first), next.last));
    }

    /// Whether the numbers may still be those of a clock.
    pub(super) fn is_growing(&self) -> bool {
        self.grows
    }

    /// Whether all of the numbers are those of a clock.
    pub(super) fn is_time(&self) -> bool {
        self.grows && self.ends.is_some_and(|ends| is_steady(self.count, ends, self.longest))
    }

    /// The middle step of all.
    pub(super) fn middle(&self) -> Middle {
        let middle = self.count.saturating_sub(1) / 2;
        let mut below = self.below;
        for (group, count) in &self.counts {
            below += count;
            if below > middle {
                let (low, span) = (group << self.shift, (1 << self.shift) - 1);
                return match self.shift {
                    0 => Middle::Step(number(low)),
                    _ => Middle::Within(low..=low | span),
                };
            }
        }
        Middle::Step(0.0)
    }

    fn add(&mut self, key: u64, count: u64) {
        if key < *self.within.start() {
            self.below += count;
        }
        if !self.within.contains(&key) {
            return;
        }
        *self.counts.entry(key >> self.shift).or_default() += count;
        while self.counts.len() > MOST {
            self.shift += 4;
            let mut counts = BTreeMap::new();
            for (key, count) in std::mem::take(&mut self.counts) {
                *counts.entry(key >> 4).or_default() += count;
            }
            self.counts = counts;
        }
    }
}

/// A number whose order is that of [`f64::total_cmp`].
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn number(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::time::is_like_a_time;
    use super::*;

    /// Reads the values in stretches of so many until the middle step is known, and in how many passes.
    fn middle(values: &[f64], length: usize) -> (f64, u32) {
        let (mut within, mut passes) = (0..=u64::MAX, 0);
        loop {
            passes += 1;
            let mut clock = Clock::new(within);
            let stretches = values.chunks(length).filter_map(Stretch::of);
            stretches.for_each(|one| clock.take(&one));
            assert_eq!(clock.is_time(), is_like_a_time(values));
            match clock.middle() {
                Middle::Step(step) => return (step, passes),
                Middle::Within(keys) => within = keys,
            }
        }
    }

    fn sorted_middle(values: &[f64]) -> f64 {
        let mut steps: Vec<f64> = steps(values).collect();
        steps.sort_by(f64::total_cmp);
        steps.get(steps.len() / 2).copied().unwrap_or(0.0)
    }

    proptest! {
        #[test]
        fn the_middle_is_that_of_all(
            steps in prop::collection::vec(-0.1f64..1.0, 0..60), length in 1usize..9,
        ) {
            let values: Vec<f64> =
                steps.iter().scan(0.0, |sum, step| { *sum += step; Some(*sum) }).collect();
            let (found, passes) = middle(&values, length);
            prop_assert_eq!(found.to_bits(), sorted_middle(&values).to_bits());
            prop_assert_eq!(passes, 1);
        }
    }

    #[test]
    fn more_steps_than_are_counted_take_another_pass() {
        // Weyl's sequence: all steps differ.
        let step = |n: u32| 1.0 + (f64::from(n) * 0.618_033_988_749_895).fract();
        let values: Vec<f64> = (0..200_000)
            .scan(0.0, |sum, n| {
                *sum += step(n);
                Some(*sum)
            })
            .collect();
        let (found, passes) = middle(&values, 5000);
        assert_eq!(found, sorted_middle(&values));
        assert!(passes > 1, "{passes}");
    }
}
