//! First readings that are offset against those that follow, in all recordings of a folder.

use super::finding::{Finding, Kind, Severity};
use super::folder::Members;
use super::gravity::digits;
use super::names::axis_name;
use super::robust::median_of;
use super::summary::{LATER, OPENING, Offsets};

/// The offset lies on the same side in so many standard deviations more recordings than it would
/// by chance: a two-sided sign test at 1e-5, which takes 20 recordings at least.
const SIGNIFICANT: f64 = 4.4;

/// The offset is at least this share of the spread of the readings.
const LEAST_SHARE: f64 = 0.25;

/// And so many times that of later readings: recordings that all start at the same phase of a
/// vibration are offset everywhere.
const OVER_LATER: f64 = 2.0;

/// Readings after the first are settled below this share of its offset.
const SETTLED: f64 = 0.25;

pub(super) fn findings(folder: &Members, found: &mut Vec<Finding>) {
    let alike = folder.alike();
    let worst = (0..folder.axes())
        .filter_map(|at| {
            let axes = || alike.iter().filter_map(|r| r.axes.get(at));
            let spreads: Vec<f64> = axes().map(|axis| axis.center.spread).collect();
            let offsets: Vec<Offsets> = axes().filter_map(|axis| axis.offsets).collect();
            Settling::of(&offsets, median_of(&spreads)?).map(|settling| (at, settling))
        })
        .reduce(|a, b| if b.1.spreads() > a.1.spreads() { b } else { a });
    let Some((at, settling)) = worst else { return };
    found.extend(folder.finding(
        (Severity::Warning, Kind::SettlingReading),
        |r| r.axes.get(at).is_some_and(|axis| axis.offsets.is_some()),
        |those| {
            let count = settling.readings;
            let (readings, them) = match count {
                1 => ("first reading is".to_owned(), "it"),
                several => (format!("first {several} readings are"), "them"),
            };
            format!(
                "the {readings} offset on axis {} (by {} against those that follow, {:.1} times \
                 their spread), as if the sensor had not settled; leave {them} out (--skip-first {count}), or \
                 discard {them} when collecting",
                axis_name(those, at),
                digits(settling.offset),
                settling.spreads()
            )
        },
    ));
}

/// How an axis settles.
struct Settling {
    /// How many readings are offset.
    readings: usize,
    /// The median offset of the first.
    offset: f64,
    /// The median spread of the readings in a recording.
    spread: f64,
}

impl Settling {
    fn of(offsets: &[Offsets], spread: f64) -> Option<Self> {
        let first: [Offset; OPENING] =
            std::array::from_fn(|at| Offset::of(offsets.iter().map(|of| of.first[at])));
        let later: [Offset; LATER] =
            std::array::from_fn(|at| Offset::of(offsets.iter().map(|of| of.later[at])));
        let size = later.iter().map(|o| o.median.abs()).fold(0.0, f64::max);
        let stands_out = first[0].significance >= SIGNIFICANT
            && first[0].median.abs() >= (LEAST_SHARE * spread).max(OVER_LATER * size)
            && first[0].median != 0.0;
        let unsettled = |o: &&Offset| {
            o.significance >= SIGNIFICANT && o.median.abs() >= SETTLED * first[0].median.abs()
        };
        stands_out.then(|| Self {
            readings: first.iter().take_while(unsettled).count(),
            offset: first[0].median,
            spread,
        })
    }

    fn spreads(&self) -> f64 {
        // A spread of 0 is below one step of the sensor, and so is at most the offset.
        if self.spread > 0.0 { self.offset.abs() / self.spread } else { 1.0 }
    }
}

/// The offset of a reading from the median of its recording, over many recordings.
struct Offset {
    median: f64,
    /// `|above - below| / √(above + below)`: the sign test's number of standard deviations.
    significance: f64,
}

impl Offset {
    fn of(offsets: impl Iterator<Item = f64>) -> Self {
        let offsets: Vec<f64> = offsets.collect();
        let above = offsets.iter().filter(|&&x| x > 0.0).count() as f64;
        let below = offsets.iter().filter(|&&x| x < 0.0).count() as f64;
        let significance = (above - below).abs() / (above + below).max(1.0).sqrt();
        Self { median: median_of(&offsets).unwrap_or_default(), significance }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many recordings with these first readings; later ones are 1 above or below.
    fn settling(first: [f64; OPENING], count: usize) -> Option<Settling> {
        let later = |sign: f64| std::array::from_fn(|at| if at % 2 == 0 { sign } else { -sign });
        let offsets = (0..count).map(|n| if n % 2 == 0 { 1.0 } else { -1.0 });
        let offsets = offsets.map(|sign| Offsets { first, later: later(sign) });
        Settling::of(&offsets.collect::<Vec<_>>(), 1.0)
    }

    #[test]
    fn an_offset_must_be_a_share_of_the_spread() {
        assert!(settling([0.2, 0.0, 0.0, 0.0], 1000).is_none());
        assert!(settling([-0.3, 0.0, 0.0, 0.0], 1000).is_some());
    }

    #[test]
    fn twenty_recordings_tell() {
        assert!(settling([2.0, 0.0, 0.0, 0.0], 19).is_none());
        assert!(settling([2.0, 0.0, 0.0, 0.0], 20).is_some());
    }

    #[test]
    fn readings_settle_one_after_the_other() {
        let readings = |first| settling(first, 100).map(|settling| settling.readings);
        assert_eq!(readings([2.0, 1.0, 0.1, 0.0]), Some(2));
        assert_eq!(readings([2.0, 0.0, 1.0, 0.0]), Some(1));
        assert_eq!(readings([0.0, 2.0, 0.0, 0.0]), None);
    }
}
