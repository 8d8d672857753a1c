//! Which numbers of a feature set belong together.

use std::ops::Range;

use judder_core::{Feature, FeatureSet};

/// Numbers of a feature set between which correlations are estimated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Where they stand among the features.
    pub columns: Range<usize>,
    /// Whether they share one unit, so that one of them may be compared with another as it is.
    pub alike: bool,
}

impl Family {
    /// The numbers of each feature are a family, and those of `bands` one for each axis.
    ///
    /// Numbers of different features often say the same, but for a rest so small that its variance
    /// in a few minutes says nothing of that in a week. Taking families for independent leaves this
    /// rest out of the account. Bands of one axis are so many that those of all axes together would
    /// take three times the windows to settle.
    pub fn of_each(set: &FeatureSet, axes: usize) -> Vec<Self> {
        let mut start = 0;
        let family = |(count, alike)| {
            let columns = start..start + count;
            start = columns.end;
            Self { columns, alike }
        };
        set.families(axes).map(family).collect()
    }

    /// The columns that tell the states of a machine apart, and their families, as those columns are numbered: all but
    /// bands of single axes, which are many and say little of a state that the others do not.
    pub(crate) fn of_states(set: &FeatureSet, axes: usize) -> (Vec<usize>, Vec<Self>) {
        let is_coarse = |feature: &Feature| !matches!(feature, Feature::Bands(_));
        let coarse: Vec<Feature> = set.features().filter(is_coarse).collect();
        let Ok(some) = FeatureSet::new(&coarse) else {
            let all = set.features().map(|feature| feature.count(axes)).sum();
            return ((0..all).collect(), Self::of_each(set, axes));
        };
        let (mut start, mut columns) = (0, Vec::new());
        for feature in set.features() {
            let range = start..start + feature.count(axes);
            start = range.end;
            if is_coarse(&feature) {
                columns.extend(range);
            }
        }
        (columns, Self::of_each(&some, axes))
    }

    /// All `columns` are one family, of different units.
    pub fn whole(columns: usize) -> Vec<Self> {
        vec![Self { columns: 0..columns, alike: false }]
    }
}
