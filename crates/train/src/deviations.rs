//! Models of another program that multiplies median absolute deviations by another factor.

use judder_core::{Feature, FeatureSet};
use judder_model::{Autoencoder, DetectorKind, Gaussian, Mixture, Scaling, Takes};

/// What judder multiplies a median absolute deviation by, as statsmodels does; SciPy's default is 1.
const FACTOR: f64 = 1.4826;

/// Whether there are such deviations among the features.
pub(crate) fn among(features: &FeatureSet, axes: usize) -> bool {
    features.names(axes).any(|name| matches!(name.feature, Feature::Mad | Feature::LogMad))
}

/// The detector of judder's features that scores as the given one does of features in which
/// deviations are multiplied by `scale`.
///
/// # Errors
/// A sentence, where there are no such features, or the factor or the detector is none.
pub(crate) fn scaled(
    detector: DetectorKind,
    features: &FeatureSet,
    axes: usize,
    scale: f64,
) -> Result<DetectorKind, String> {
    if !(scale > 0.0 && scale.is_finite()) {
        return Err(format!("--mad-scale {scale}: it is a number above 0, such as 1 or 1.4826"));
    }
    if !among(features, axes) {
        return Err(format!("--mad-scale has no say: there is no mad or log-mad in {features}"));
    }
    let factor = FACTOR / scale;
    // What a feature here is of one there: so many times, and so much more.
    let of = |feature: Feature| match feature {
        Feature::Mad => (factor, 0.0),
        Feature::LogMad => (1.0, factor.ln()),
        _ => (1.0, 0.0),
    };
    let rules: Vec<(f64, f64)> = features.names(axes).map(|name| of(name.feature)).collect();
    match detector {
        DetectorKind::Mahalanobis(one) => gaussian(&one, &rules).map(DetectorKind::Mahalanobis),
        DetectorKind::Mixture(mixture) => {
            let modes = mixture.modes().iter().map(|one| gaussian(one, &rules));
            Mixture::new(modes.collect::<Result<_, _>>()?).map(DetectorKind::Mixture)
        }
        DetectorKind::Autoencoder(one) => {
            let (sd, mean) = rules.into_iter().unzip();
            Autoencoder::new(one.network().clone(), Takes::Standardised, Scaling { mean, sd })
                .map(DetectorKind::Autoencoder)
        }
        other => Err(format!("--mad-scale has no say in a {} model", other.name())),
    }
}

/// D μ + s and D Σ D.
fn gaussian(one: &Gaussian, rules: &[(f64, f64)]) -> Result<Gaussian, String> {
    let n = one.mean().len();
    let mean = one.mean().iter().zip(rules).map(|(x, (factor, more))| factor * x + more).collect();
    let factor = |at: usize| rules.get(at).map_or(1.0, |(factor, _)| *factor);
    let covariance = one.covariance().into_iter().enumerate();
    let covariance = covariance.map(|(at, x)| factor(at / n) * factor(at % n) * x).collect();
    Gaussian::new(mean, covariance)
}
