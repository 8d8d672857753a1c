//! How far a healthy machine wanders from what a training has seen of it.
//!
//! Machines are never quite the same: they get warm, the mains varies, a bearing is greased. What a run of
//! windows tells of that ends with the run; what is slower comes later. So the limit of drift is
//! to hold for a machine that vibrates a little more or less than it did in training, too: it is asked of the same
//! windows with their vibration made stronger and weaker.

use judder_core::{Feature, FeatureSet, GravityAxes};

use crate::table::Table;

/// By what share the amplitude of a healthy machine wanders: 0.26 dB. Healthy machines were seen to drift by 0.3 to
/// 0.6 dB in a day.
const WANDER: f64 = 0.03;

/// Features of windows as they are, or with their vibration about each axis' mean weaker or stronger.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Wandered(Vec<Law>);

/// What becomes of a number when the vibration is so many times as strong.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Law {
    Same,
    /// It is multiplied by that factor to this power.
    Times(i32),
    /// So many logarithms of that factor are added.
    Plus(f64),
}

impl Wandered {
    /// Those of a set, of axes that see gravity or not.
    pub(crate) fn of(set: &FeatureSet, axes: usize, gravity: GravityAxes) -> Self {
        let seen = gravity != GravityAxes::Unseen;
        Self(set.features().flat_map(|feature| laws(feature, axes, seen)).collect())
    }

    /// The factors by which a healthy machine is weaker and stronger.
    pub(crate) fn gains() -> [f64; 2] {
        [1.0 - WANDER, 1.0 + WANDER]
    }

    /// The features of a row with its vibration so many times as strong, put in place of others.
    pub(crate) fn put(&self, table: &Table, row: usize, gain: f64, features: &mut Vec<f64>) {
        let logarithm = gain.ln();
        features.clear();
        features.extend(table.row(row).iter().zip(&self.0).map(|(x, law)| match law {
            Law::Same => *x,
            Law::Times(power) => x * gain.powi(*power),
            Law::Plus(times) => x + times * logarithm,
        }));
    }
}

/// The law of each number of a feature. Least energies and eigenvalues count as a share of their mean, so they follow it.
fn laws(feature: Feature, axes: usize, seen: bool) -> Vec<Law> {
    let count = feature.count(axes);
    let law = match feature {
        Feature::LogCov | Feature::DiffLogCov => {
            // xx, xy, xz, yy, yz, zz: another unit only shifts the diagonal.
            let law = |axis, other| if axis == other { Law::Plus(2.0) } else { Law::Same };
            return (0..axes)
                .flat_map(|axis| (axis..axes).map(move |other| law(axis, other)))
                .collect();
        }
        // The energy of the strongest line and its frequency.
        Feature::Tonal => return [Law::Plus(2.0), Law::Same].repeat(axes),
        Feature::Mad | Feature::Std | Feature::DiffStd | Feature::PeakToPeak => Law::Times(1),
        Feature::Variance => Law::Times(2),
        Feature::LogMad
        | Feature::LogStd
        | Feature::DiffLogStd
        | Feature::LevelLogStd
        | Feature::LevelDiffLogStd => Law::Plus(1.0),
        Feature::Bands(_)
        | Feature::TotalBands(_)
        | Feature::TotalOctaves(_)
        | Feature::LogEigen
        | Feature::DiffLogEigen => Law::Plus(2.0),
        // Of a sensor that sees gravity it is nearly all gravity.
        Feature::Rms if !seen => Law::Times(1),
        _ => Law::Same,
    };
    vec![law; count]
}

#[cfg(test)]
mod tests {
    use judder_data::Recording;
    use judder_model::Precision;

    use super::*;
    use crate::table::extract;

    /// What is computed of readings that vibrate more is what the laws say, of every feature.
    #[test]
    fn the_laws_are_those_of_stronger_readings() {
        let (axes, length, gain) = (3, 200, 1.25);
        let reading = |axis: usize, at: usize| {
            let t = at as f64;
            let tone = (0.4 * t + axis as f64).sin() + 0.3 * (t * (1.1 + 0.2 * axis as f64)).cos();
            tone + 0.2 * ((at * at * (axis + 3)) % 17) as f64
        };
        let means = |offset: f64, gain: f64| {
            let values = (0..axes).flat_map(|axis| {
                let all: Vec<f64> = (0..length).map(|at| reading(axis, at)).collect();
                let mean = all.iter().sum::<f64>() / length as f64;
                all.into_iter().map(move |x| offset * (axis + 1) as f64 + gain * (x - mean))
            });
            Recording::from_axes(axes, length, values.collect()).unwrap()
        };
        let table = |set: &FeatureSet, offset: f64, gain: f64| {
            let recording = means(offset, gain);
            extract(&[&recording], set, axes, length, length, Precision::F64).unwrap().0
        };
        for feature in Feature::ALL {
            let set = FeatureSet::new(&[feature]).unwrap();
            let mut found = Vec::new();
            // Gravity is in `rms`, which has a law only without it; and along gravity there is a level only with it.
            let offset = if feature == Feature::Rms { 0.0 } else { 3.0 };
            let gravity = if offset > 0.0 { GravityAxes::All } else { GravityAxes::Unseen };
            let wandered = Wandered::of(&set, axes, gravity);
            wandered.put(&table(&set, offset, 1.0), 0, gain, &mut found);
            let expected = table(&set, offset, gain);
            for (found, expected) in found.iter().zip(expected.row(0)) {
                assert!((found - expected).abs() < 1e-9, "{feature:?}: {found} {expected}");
            }
            assert_eq!(found.len(), expected.columns);
        }
    }
}
