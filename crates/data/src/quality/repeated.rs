//! Stretches of a recording that stand in it before, bit for bit, at whatever distance.
//!
//! A hash rolls over the readings (Karp and Rabin, 1987), and its value alone says which of them are anchors: so
//! a copy has the anchors of what it was copied from, wherever it stands. A stretch repeats another where
//! several anchors in a row are known, all from the same distance.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use crate::Recording;

/// The readings that a hash is of.
const WINDOW: usize = 32;

/// One hash in so many is an anchor, a power of two.
const ONE_IN: u64 = 16;

/// Of the runs of four readings in a window so many are different: what stands still, or does little else than
/// that, repeats without being a copy.
const RUN: usize = 4;
const LEAST_RUNS: u32 = 22;

/// A stretch has so many anchors, and so many readings.
const LEAST_ANCHORS: usize = 4;
const LEAST_READINGS: usize = 128;

/// Readings without a known anchor that a copy goes on over.
const UNKNOWN: usize = 2 * WINDOW;

/// The most anchors that are known; of longer recordings every second, every fourth, and so on.
const MOST_KNOWN: usize = 1 << 15;

/// An odd number whose bits are as good as random: 2^64 over the golden ratio.
const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

pub(super) fn findings(folder: &Members, found: &mut Vec<Finding>) {
    found.extend(folder.finding(
        (Severity::Warning, Kind::Repeats),
        |r| r.repeats.first.is_some(),
        |copies| {
            let Some((repeats, first)) = copies
                .first()
                .and_then(|r| r.repeats.first.as_ref().map(|first| (&r.repeats, first)))
            else {
                return String::new();
            };
            let Stretch { from, to, before, .. } = first;
            let more = match repeats.count {
                0 | 1 => String::new(),
                count => format!(", and {} more such stretches", count - 1),
            };
            format!(
                "readings {from} to {to} repeat {} to {}{more}; copies say nothing new, and make a \
                 model too sure of itself: leave them out",
                from - before,
                to - before
            )
        },
    ));
}

/// The anchors of some readings: the hash of each, and its first reading.
#[derive(Debug, Default)]
pub(super) struct Anchors(Vec<(u64, usize)>);

impl Anchors {
    /// Of the readings from `fresh` on, which is the reading `start` of all.
    pub(super) fn of(recording: &Recording, fresh: usize, start: usize) -> Self {
        let mut rows = vec![0u64; recording.len().saturating_sub(fresh)];
        if rows.len() < LEAST_READINGS {
            return Self::default();
        }
        for axis in recording.iter_axes() {
            for (row, value) in rows.iter_mut().zip(axis.iter().skip(fresh)) {
                // -0 reads as 0.
                *row = (*row ^ (value + 0.0).to_bits()).wrapping_mul(FACTOR).rotate_left(31);
            }
        }
        rows.iter_mut().for_each(|row| *row = mixed(*row));
        // What the reading that leaves the window counts for.
        let leaving = (0..WINDOW).fold(1u64, |power, _| power.wrapping_mul(FACTOR));
        let (mut hash, mut anchors) = (0u64, Vec::new());
        for (at, entering) in rows.iter().enumerate() {
            hash = hash.wrapping_mul(FACTOR).wrapping_add(*entering);
            let Some(first) = (at + 1).checked_sub(WINDOW) else { continue };
            if let Some(left) = first.checked_sub(1).and_then(|left| rows.get(left)) {
                hash = hash.wrapping_sub(left.wrapping_mul(leaving));
            }
            let digest = mixed(hash);
            if digest.is_multiple_of(ONE_IN)
                && rows.get(first..=at).is_some_and(|window| runs(window) >= LEAST_RUNS)
            {
                anchors.push((digest, start + first));
            }
        }
        Self(anchors)
    }
}

/// How many of its runs of readings are different, but for one or two that are taken for others.
fn runs(window: &[u64]) -> u32 {
    let mut seen = [0u64; 4];
    for run in window.windows(RUN) {
        let [of, bit, ..] = run
            .iter()
            .fold(0u64, |all, row| all.wrapping_mul(FACTOR) ^ row)
            .wrapping_mul(FACTOR)
            .to_be_bytes();
        if let Some(bits) = seen.get_mut(usize::from(of % 4)) {
            *bits |= 1 << (bit % 64);
        }
    }
    seen.iter().map(|bits| bits.count_ones()).sum()
}

/// All bits of a number in each of another (Stafford, variant 13 of the finalizer of MurmurHash3).
fn mixed(bits: u64) -> u64 {
    let bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

/// Readings that repeat others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The first and the last of them that are sure to.
    pub(super) from: usize,
    pub(super) to: usize,
    /// By how many readings the others are before.
    pub(super) before: usize,
    anchors: usize,
}

/// The stretches of a recording that repeat others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Repeats {
    pub(super) count: usize,
    pub(super) first: Option<Stretch>,
}

impl Repeats {
    /// In a recording of these anchors.
    pub(super) fn of(anchors: &Anchors) -> Self {
        let mut repeating = Repeating::default();
        repeating.take(anchors);
        repeating.finish()
    }
}

/// What is known of a recording so far.
#[derive(Debug, Default)]
pub(super) struct Repeating {
    /// Where each anchor stands first.
    known: HashMap<u64, usize>,
    /// How many times rarer anchors are taken.
    rarer: u32,
    /// The stretch that may go on.
    open: Option<Stretch>,
    found: Repeats,
}

impl Repeating {
    /// Takes the anchors that follow.
    pub(super) fn take(&mut self, anchors: &Anchors) {
        for &(digest, at) in &anchors.0 {
            if !is_taken(digest, self.rarer) {
                continue;
            }
            match self.known.entry(digest) {
                Entry::Occupied(known) => {
                    let before = at - known.get();
                    self.go_on(at, before);
                }
                Entry::Vacant(unknown) => {
                    // Anchors at the end of a piece were not seen: some unknown ones do not end a copy, and stand
                    // where they would have been.
                    match self.open.as_ref().filter(|open| at <= open.to + UNKNOWN) {
                        Some(open) => {
                            unknown.insert(at - open.before);
                        }
                        None => {
                            unknown.insert(at);
                            self.close();
                        }
                    }
                }
            }
            while self.known.len() > MOST_KNOWN {
                self.rarer += 1;
                let rarer = self.rarer;
                self.known.retain(|digest, _| is_taken(*digest, rarer));
            }
        }
    }

    /// An anchor that is known, from so many readings before.
    fn go_on(&mut self, at: usize, before: usize) {
        let to = at + WINDOW - 1;
        match &mut self.open {
            Some(open) if open.before == before => {
                open.to = to;
                open.anchors += 1;
            }
            _ => {
                self.close();
                self.open = Some(Stretch { from: at, to, before, anchors: 1 });
            }
        }
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.anchors >= LEAST_ANCHORS && open.to - open.from >= LEAST_READINGS {
            self.found.count += 1;
            self.found.first.get_or_insert(open);
        }
    }

    pub(super) fn finish(mut self) -> Repeats {
        self.close();
        self.found
    }
}

fn is_taken(digest: u64, rarer: u32) -> bool {
    (digest / ONE_IN).trailing_zeros() >= rarer
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise of two axes in steps, another for each seed.
    fn noise(seed: u64, len: usize) -> Vec<[f64; 2]> {
        let level =
            |at: usize, axis: u64| (mixed(mixed(seed) ^ (at as u64 * 2 + axis)) % 9) as f64 / 256.0;
        (0..len).map(|at| [level(at, 0), level(at, 1)]).collect()
    }

    /// What repeats in readings that come in pieces of this length.
    fn found(rows: &[[f64; 2]], length: usize) -> Repeats {
        let mut repeating = Repeating::default();
        for (at, piece) in rows.chunks(length).enumerate() {
            let axis = |axis: usize| piece.iter().map(move |row| row[axis]);
            let values = axis(0).chain(axis(1)).collect();
            let recording = Recording::from_axes(2, piece.len(), values).unwrap();
            repeating.take(&Anchors::of(&recording, 0, at * length));
        }
        repeating.finish()
    }

    #[test]
    fn copies_are_found_at_any_offset() {
        let part = noise(1, 3000);
        let rows = [noise(2, 1234), part.clone(), noise(3, 777), part.clone(), part].concat();
        for length in [rows.len(), 4096, 1500] {
            let found = found(&rows, length);
            assert_eq!(found.count, 2, "{length}: {found:?}");
            let first = found.first.unwrap();
            assert_eq!(first.before, 3777);
            let (from, to) = (1234 + 3777, 1234 + 3777 + 2999);
            assert!(first.from >= from && first.from < from + 200, "{first:?}");
            assert!(first.to <= to && first.to > to - 200, "{first:?}");
        }
    }

    #[test]
    fn short_recordings_put_together_are_copies_too() {
        let rows: Vec<[f64; 2]> = (0..26).flat_map(|_| noise(5, 200)).collect();
        assert!(found(&rows, rows.len()).first.is_some());
    }

    #[test]
    fn what_stands_still_is_no_copy() {
        let still: Vec<[f64; 2]> = (0..20_000)
            .map(|at| if at % 97 == 0 { [0.25, 1.0] } else { [0.25, 1.0 + 1.0 / 256.0] })
            .collect();
        assert_eq!(found(&still, 4096), Repeats::default());
        assert_eq!(found(&[[0.0, 1.0]; 5000], 5000), Repeats::default());
        // A tone that is locked to the sample rate.
        let tone: Vec<[f64; 2]> = (0..5000).map(|at| [f64::from(at % 8), 1.0]).collect();
        assert_eq!(found(&tone, 5000), Repeats::default());
    }

    #[test]
    fn noise_is_no_copy_and_much_is_known_in_little() {
        let rows = noise(9, 3_000_000);
        let mut repeating = Repeating::default();
        for (at, piece) in rows.chunks(50_000).enumerate() {
            let axis = |axis: usize| piece.iter().map(move |row| row[axis]);
            let values = axis(0).chain(axis(1)).collect();
            let recording = Recording::from_axes(2, piece.len(), values).unwrap();
            repeating.take(&Anchors::of(&recording, 0, at * 50_000));
            assert!(repeating.known.len() <= MOST_KNOWN);
        }
        assert!(repeating.rarer > 0);
        assert_eq!(repeating.finish(), Repeats::default());
    }
}
