//! Random windows, and the features computed from them.

use judder_core::{Error, Feature, FeatureSet, MAX_AXES, MAX_FEATURES, MIN_LENGTH, Readings, Real};
use proptest::prelude::*;

/// Axes of equal length.
pub(crate) type Axes = Vec<Vec<f64>>;

/// Windows as an accelerometer gives them: steps of 1/2048 g, exact in f32, no axis stuck,
/// and with a mean that has a direction.
pub(crate) fn measured() -> impl Strategy<Value = Axes> {
    shape().prop_flat_map(|(axes, length)| {
        let axis = prop_oneof![
            prop::collection::vec(-4096i16..4096, length),
            // Resting: many ties.
            prop::collection::vec(-3i16..3, length),
        ];
        let axis = axis.prop_map(|steps| -> Vec<f64> {
            steps.into_iter().map(|step| f64::from(step) / 2048.0).collect()
        });
        let axes = prop::collection::vec(axis.prop_filter("stuck", |axis| varies(axis)), axes);
        axes.prop_filter("weightless", |axes| axes.iter().any(|x| x.iter().sum::<f64>() != 0.0))
    })
}

/// From one axis to all of them, from the shortest window on.
pub(crate) fn shape() -> impl Strategy<Value = (usize, usize)> {
    (1..=MAX_AXES, MIN_LENGTH..200)
}

pub(crate) fn varies(axis: &[f64]) -> bool {
    axis.iter().any(|&x| x != axis[0])
}

/// The features of a window, in `T`.
pub(crate) fn extract<T: Real>(set: &FeatureSet, axes: &[Vec<f64>]) -> Result<Vec<T>, Error> {
    let length = axes[0].len();
    let values: Vec<T> = axes.iter().flatten().map(|&x| T::from_f64(x)).collect();
    let window = Readings::new(&values, axes.len(), length)?;
    let mut scratch = vec![T::Key::default(); length];
    let mut features = vec![T::ZERO; MAX_FEATURES];
    set.extract(&window, &mut scratch, &mut features).map(<[T]>::to_vec)
}

/// One feature of a window; nothing where correlation has only one axis.
pub(crate) fn values<T: Real>(feature: Feature, axes: &[Vec<f64>]) -> Vec<T> {
    match extract(&FeatureSet::new(&[feature]).unwrap(), axes) {
        Err(Error::NoFeatures { axes: 1 }) => Vec::new(),
        values => values.unwrap(),
    }
}
