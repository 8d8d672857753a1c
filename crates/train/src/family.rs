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
    /// The numbers of each feature are a family.
    ///
    /// Numbers of different features often say the same, but for a rest so small that its variance
    /// in a few minutes says nothing of that in a week. Taking families for independent leaves this
    /// rest out of the account.
    pub fn of_each(set: &FeatureSet, axes: usize) -> Vec<Self> {
        let mut start = 0;
        let family = |feature: Feature| {
            let columns = start..start + feature.count(axes);
            start = columns.end;
            Self { columns, alike: feature.is_logarithm() }
        };
        set.features().map(family).filter(|one| !one.columns.is_empty()).collect()
    }

    /// All `columns` are one family, of different units.
    pub fn whole(columns: usize) -> Vec<Self> {
        vec![Self { columns: 0..columns, alike: false }]
    }
}
