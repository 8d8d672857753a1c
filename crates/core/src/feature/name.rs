//! The name of one number of a feature set.

use core::fmt;

use super::{Feature, Of};

/// The name of one number of a feature set: its feature, the axis or axes it belongs to, and which
/// of the numbers of these it is.
///
/// Up to three axes are called x, y and z; more are counted from 1, as bands and eigenvalues are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureName {
    /// The feature.
    pub feature: Feature,
    /// The axis, counted from 0; none where the number is of all axes together.
    pub axis: Option<usize>,
    /// The other axis, of a feature of two.
    pub other: Option<usize>,
    /// Of a feature with several numbers for an axis or for all of them, which it is, counted from 0:
    /// the band, the eigenvalue, energy and frequency, or along and across.
    pub index: Option<usize>,
    axes: usize,
}

impl FeatureName {
    /// The frequencies of its band in windows of `length` readings, as shares of the sample rate: see
    /// [`Bands::range`](crate::Bands::range). `None` where it is not of a band.
    pub fn band(&self, length: usize) -> Option<(f64, f64)> {
        self.feature.bands()?.range(self.index?, length)
    }

    /// The names of the numbers that `feature` gives for a window of `axes` axes, in order.
    pub(super) fn of(feature: Feature, axes: usize) -> impl Iterator<Item = Self> {
        let (of, parts) = (feature.of(), feature.parts(axes));
        let first = if of == Of::Window { axes.min(1) } else { axes };
        let pairs = (0..first).flat_map(move |axis| {
            let others = match of {
                Of::Axis | Of::Window => axis..axis + 1,
                Of::Pair => axis + 1..axes,
                Of::PairOrAxis => axis..axes,
            };
            others.map(move |other| (axis, other))
        });
        pairs.flat_map(move |(axis, other)| {
            (0..parts.unwrap_or(1)).map(move |index| Self {
                feature,
                axis: (of != Of::Window).then_some(axis),
                other: matches!(of, Of::Pair | Of::PairOrAxis).then_some(other),
                index: parts.map(|_| index),
                axes,
            })
        })
    }

    /// What an index of 0 and one of 1 are called; of other features they are numbers.
    fn words(&self) -> Option<[&'static str; 2]> {
        match self.feature {
            Feature::Tonal => Some(["energy", "frequency"]),
            Feature::LevelLogStd | Feature::LevelDiffLogStd => Some(["along", "across"]),
            _ => None,
        }
    }
}

impl fmt::Display for FeatureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.feature)?;
        let letters = ["x", "y", "z"];
        for (at, axis) in [self.axis, self.other].into_iter().flatten().enumerate() {
            f.write_str(match at {
                0 => " ",
                _ if self.axes > letters.len() => ":",
                _ => "",
            })?;
            match letters.get(axis) {
                Some(letter) if self.axes <= letters.len() => f.write_str(letter)?,
                _ => write!(f, "{}", axis.saturating_add(1))?,
            }
        }
        let Some(index) = self.index else { return Ok(()) };
        match self.words().and_then(|words| words.get(index).copied()) {
            Some(word) => write!(f, " {word}"),
            None => {
                let number = index.saturating_add(1);
                match (self.feature.bands(), self.axis) {
                    (Some(_), Some(_)) => write!(f, "[{number}]"),
                    (Some(_), None) => write!(f, " [{number}]"),
                    (None, _) => write!(f, " {number}"),
                }
            }
        }
    }
}
