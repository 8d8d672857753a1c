//! What a model takes on a microcontroller.

use judder_core::{Feature, packed_len};

use crate::{DetectorKind, Model, Precision};

/// The numbers that a power spectrum holds while it is computed: taper, powers and one transform.
const SPECTRUM: usize = 129 + 128 + 256;

/// Bytes that a model takes where it runs, beside its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// What never changes: the parameters of the detector and the threshold.
    pub constants: usize,
    /// Working memory: a window of readings, what features are computed in, and features.
    pub memory: usize,
}

impl Footprint {
    /// Of a model as it is.
    pub fn of(model: &Model) -> Self {
        let number = match model.precision() {
            Precision::F32 => size_of::<f32>(),
            Precision::F64 => size_of::<f64>(),
        };
        let features = model.detector().features();
        let gaussian = features + packed_len(features);
        let (constants, workspace) = match model.detector() {
            DetectorKind::Mahalanobis(_) => (gaussian, 0),
            DetectorKind::Mixture(mixture) => (mixture.modes().len() * gaussian, 0),
            DetectorKind::Neighbours(one) => (one.sd().len() + one.rows().len(), one.k()),
            DetectorKind::Autoencoder(one) => {
                let widest = one.folded().layers().iter().map(|layer| layer.outputs()).max();
                (one.folded().parameters() + features, 2 * widest.unwrap_or(0))
            }
        };
        let binding = model.binding();
        let any = |of: fn(Feature) -> bool| model.features().features().any(of);
        let medians = if any(has_median) { binding.window } else { 0 };
        let spectrum = if any(has_spectrum) { SPECTRUM } else { 0 };
        let window = binding.axes * binding.window;
        Self {
            constants: (constants + 1) * number,
            memory: (window + medians.max(spectrum) + features + workspace) * number,
        }
    }
}

fn has_median(feature: Feature) -> bool {
    matches!(feature, Feature::Mad | Feature::LogMad)
}

fn has_spectrum(feature: Feature) -> bool {
    feature.bands().is_some() || feature == Feature::Tonal
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, Gaussian, Provenance, Rule, Threshold};

    fn footprint(features: &str, count: usize) -> Footprint {
        let identity = (0..count * count).map(|at| f64::from(u8::from(at % (count + 1) == 0)));
        let gaussian = Gaussian::new(vec![0.0; count], identity.collect());
        let binding = Binding { axes: 3, window: 128, hop: 128, rate_hz: 200.0 };
        let threshold =
            Threshold { value: 1.0, rule: Rule::Given(1.0), false_alarm_rate: None, windows: 0 };
        let detector = gaussian.map(DetectorKind::Mahalanobis);
        let model = detector.ok().zip(features.parse().ok()).and_then(|(detector, features)| {
            Model::new(
                binding,
                Precision::F32,
                features,
                detector,
                threshold,
                Provenance::default(),
            )
            .ok()
        });
        model.map_or(Footprint { constants: 0, memory: 0 }, |model| Footprint::of(&model))
    }

    #[test]
    fn three_mads_take_little() {
        // Mean 3, matrix 6, threshold; window 3 x 128, keys 128, features 3.
        assert_eq!(footprint("mad", 3), Footprint { constants: 40, memory: 4 * (384 + 128 + 3) });
    }

    #[test]
    fn a_spectrum_takes_more_than_medians() {
        assert_eq!(footprint("total-octaves:6", 6).memory, 4 * (384 + 513 + 6));
        assert_eq!(footprint("mad+total-octaves:6", 9).memory, 4 * (384 + 513 + 9));
        assert_eq!(footprint("std", 3).memory, 4 * (384 + 3));
    }
}
