//! The name of one number of a feature set.

use core::fmt;

use super::{Feature, Of};

/// The name of one number of a feature set: its feature and the axis or axes it belongs to.
///
/// Up to three axes are called x, y and z; more are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeatureName {
    /// The feature.
    pub feature: Feature,
    /// The axis, counted from 0.
    pub axis: usize,
    /// The other axis, of a feature of two.
    pub other: Option<usize>,
    axes: usize,
}

impl FeatureName {
    /// The names of the numbers that `feature` gives for a window of `axes` axes, in order.
    pub(super) fn of(feature: Feature, axes: usize) -> impl Iterator<Item = Self> {
        let pairs = feature.of() != Of::Axis;
        (0..axes).flat_map(move |axis| {
            let others = match feature.of() {
                Of::Axis => axis..axis + 1,
                Of::Pair => axis + 1..axes,
                Of::PairOrAxis => axis..axes,
            };
            others.map(move |other| Self { feature, axis, other: pairs.then_some(other), axes })
        })
    }
}

impl fmt::Display for FeatureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.feature.name())?;
        let letters = ["x", "y", "z"];
        if self.axes <= letters.len() {
            f.write_str(" ")?;
            for axis in [Some(self.axis), self.other].into_iter().flatten() {
                f.write_str(letters.get(axis).copied().unwrap_or("?"))?;
            }
            return Ok(());
        }
        write!(f, " {}", self.axis.saturating_add(1))?;
        match self.other {
            Some(other) => write!(f, ":{}", other.saturating_add(1)),
            None => Ok(()),
        }
    }
}
