//! What a model takes on a microcontroller.

use judder_core::{Feature, Welch, blocks_len};

use crate::{DetectorKind, Model, Precision};

/// The numbers that a power spectrum of so many lines holds while it is computed: taper, powers and one transform.
const fn spectrum(lines: usize) -> usize {
    129 + lines + 2 * lines
}

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
        let mut sizes = 0;
        let mut gaussian = |blocks: &[u16]| {
            // One block has the size of the mean.
            sizes = if blocks.len() > 1 { size_of_val(blocks) } else { 0 };
            features + blocks_len(blocks)
        };
        let (constants, workspace) = match model.detector() {
            DetectorKind::Mahalanobis(one) => (gaussian(one.blocks()), 0),
            DetectorKind::Mixture(mixture) => {
                (mixture.modes().len() * gaussian(&mixture.blocks()), 0)
            }
            DetectorKind::Neighbours(one) => (one.sd().len() + one.rows().len(), one.k()),
            DetectorKind::Autoencoder(one) => {
                let widest = one.folded().layers().iter().map(|layer| layer.outputs()).max();
                (one.folded().parameters() + features, 2 * widest.unwrap_or(0))
            }
        };
        let binding = model.binding();
        let any = |of: fn(Feature) -> bool| model.features().features().any(of);
        let medians = if any(has_median) { binding.window } else { 0 };
        let lines = Welch::<f32>::new(binding.window).lines / 2;
        let spectrum = match (any(is_of_axis), any(is_of_all)) {
            // The powers of all axes together stand beside those of each.
            (true, true) => spectrum(lines) + lines,
            (false, false) => 0,
            _ => spectrum(lines),
        };
        let window = binding.axes * binding.window;
        Self {
            constants: (constants + 1) * number + sizes,
            memory: (window + medians.max(spectrum) + features + workspace) * number,
        }
    }
}

fn has_median(feature: Feature) -> bool {
    matches!(feature, Feature::Mad | Feature::LogMad)
}

/// Whether it is of the spectra of single axes.
fn is_of_axis(feature: Feature) -> bool {
    matches!(feature, Feature::Bands(_) | Feature::Tonal)
}

/// Whether it is of the spectra of all axes together.
fn is_of_all(feature: Feature) -> bool {
    matches!(feature, Feature::TotalBands(_) | Feature::TotalOctaves(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Binding, Gaussian, Provenance, Rule, Threshold};

    /// Of a covariance in these blocks.
    fn footprint(features: &str, blocks: &[usize]) -> Footprint {
        let count = blocks.iter().sum();
        let square =
            |&n: &usize| (0..n * n).map(move |at| if at % (n + 1) == 0 { 1.0 } else { 0.01 });
        let blocks = blocks.iter().map(|n| square(n).collect()).collect();
        let gaussian = Gaussian::of_blocks(vec![0.0; count], blocks);
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
        assert_eq!(
            footprint("mad", &[3]),
            Footprint { constants: 40, memory: 4 * (384 + 128 + 3) }
        );
    }

    #[test]
    fn blocks_take_less_than_what_is_whole() {
        // Each block has its triangle, and two bytes that say its size.
        let whole = footprint("log-cov+diff-log-cov+total-octaves:6", &[18]).constants;
        let blocks = footprint("log-cov+diff-log-cov+total-octaves:6", &[6, 6, 6]).constants;
        assert_eq!((whole, blocks), (4 * (18 + 171 + 1), 4 * (18 + 3 * 21 + 1) + 3 * 2));
        let bands = "log-cov+diff-log-cov+total-octaves:6+bands:16";
        let bands = footprint(bands, &[6, 6, 6, 16, 16, 16]).constants;
        assert_eq!(bands, 4 * (66 + 3 * 21 + 3 * 136 + 1) + 6 * 2);
        assert!(bands <= 2200, "{bands}");
    }

    #[test]
    fn a_spectrum_takes_more_than_medians() {
        assert_eq!(footprint("total-octaves:6", &[6]).memory, 4 * (384 + 321 + 6));
        assert_eq!(footprint("mad+total-octaves:6", &[3, 6]).memory, 4 * (384 + 321 + 9));
        assert_eq!(footprint("bands:2", &[6]).memory, 4 * (384 + 321 + 6));
        // The sums of all axes stand beside those of one.
        assert_eq!(footprint("bands:2+total-octaves:6", &[12]).memory, 4 * (384 + 385 + 12));
        assert_eq!(footprint("std", &[3]).memory, 4 * (384 + 3));
    }
}
