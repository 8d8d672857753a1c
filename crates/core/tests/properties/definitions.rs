//! The features by their definitions, as NumPy and SciPy have them: plain, slow, in f64.

use judder_core::{Feature, Real};

use crate::{matrix, spectrum};

pub(crate) fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// `mean((x - mean)^power)`, divided by `n`.
pub(crate) fn moment(x: &[f64], power: i32) -> f64 {
    let center = mean(x);
    x.iter().map(|x| (x - center).powi(power)).sum::<f64>() / x.len() as f64
}

pub(crate) fn median(x: &[f64]) -> f64 {
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

pub(crate) fn mad(x: &[f64]) -> f64 {
    let center = median(x);
    1.4826 * median(&x.iter().map(|x| (x - center).abs()).collect::<Vec<_>>())
}

pub(crate) fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |most: f64, x| most.max(x.abs()))
}

pub(crate) fn pearson(x: &[f64], y: &[f64]) -> f64 {
    let (x_mean, y_mean) = (mean(x), mean(y));
    let products = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean));
    products.sum::<f64>() / x.len() as f64 / (moment(x, 2) * moment(y, 2)).sqrt()
}

/// A feature of one axis.
pub(crate) fn of_axis(feature: Feature, x: &[f64]) -> f64 {
    let center = mean(x);
    match feature {
        Feature::Mad => mad(x),
        Feature::LogMad if mad(x) > 0.0 => mad(x).ln(),
        Feature::LogMad => {
            (1.253_314 * x.iter().map(|x| (x - center).abs()).sum::<f64>() / x.len() as f64).ln()
        }
        Feature::Std => moment(x, 2).sqrt(),
        Feature::LogStd => moment(x, 2).sqrt().ln(),
        Feature::Rms => (x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64).sqrt(),
        Feature::Variance => moment(x, 2),
        Feature::Kurtosis => moment(x, 4) / moment(x, 2).powi(2) - 3.0,
        Feature::Skewness => moment(x, 3) / moment(x, 2).powf(1.5),
        Feature::Crest => {
            x.iter().map(|x| (x - center).abs()).fold(0.0, f64::max) / moment(x, 2).sqrt()
        }
        Feature::PeakToPeak => {
            let high = x.iter().copied().fold(f64::MIN, f64::max);
            high - x.iter().copied().fold(f64::MAX, f64::min)
        }
        other => panic!("{other} is not a feature of one axis"),
    }
}

/// What a feature of differences is of the readings themselves.
pub(crate) fn of_differences(feature: Feature) -> Option<Feature> {
    match feature {
        Feature::DiffStd => Some(Feature::Std),
        Feature::DiffLogStd => Some(Feature::LogStd),
        Feature::DiffCorrelation => Some(Feature::Correlation),
        Feature::DiffLogCov => Some(Feature::LogCov),
        Feature::DiffLogEigen => Some(Feature::LogEigen),
        _ => None,
    }
}

/// Whether a feature is of the power spectrum.
pub(crate) fn of_spectrum(feature: Feature) -> bool {
    matches!(
        feature,
        Feature::Bands(_) | Feature::TotalBands(_) | Feature::TotalOctaves(_) | Feature::Tonal
    )
}

/// Whether the differences of consecutive readings are looked at.
pub(crate) fn needs_differences(feature: Feature) -> bool {
    of_differences(feature).is_some() || feature == Feature::LevelDiffLogStd
}

/// The differences of consecutive readings.
pub(crate) fn differences(axes: &[Vec<f64>]) -> Vec<Vec<f64>> {
    axes.iter().map(|x| x.windows(2).map(|pair| pair[1] - pair[0]).collect()).collect()
}

/// A number for each pair of different axes, in the order of a feature set.
fn of_pairs(axes: &[Vec<f64>], of: impl Fn(&[f64], &[f64]) -> f64) -> Vec<f64> {
    let after = |at: usize| axes[at + 1..].iter().map(move |y| (&axes[at], y));
    (0..axes.len()).flat_map(after).map(|(x, y)| of(x, y)).collect()
}

/// Every feature of a window, in the order of a feature set.
pub(crate) fn of_window(feature: Feature, axes: &[Vec<f64>]) -> Vec<f64> {
    match (of_differences(feature), feature) {
        (Some(feature), _) => of_window(feature, &differences(axes)),
        (None, Feature::Correlation) => of_pairs(axes, pearson),
        (None, Feature::LogCov) => matrix::features(&matrix::log_covariance(axes)),
        (None, Feature::LogEigen) => matrix::log_eigenvalues(axes),
        (None, Feature::LevelLogStd) => matrix::level(axes, axes),
        (None, Feature::LevelDiffLogStd) => matrix::level(axes, &differences(axes)),
        (None, Feature::Bands(bands)) => {
            let energies = |x: &Vec<f64>| spectrum::energies(&spectrum::power(x), bands);
            axes.iter().flat_map(energies).map(f64::ln).collect()
        }
        (None, Feature::TotalBands(bands) | Feature::TotalOctaves(bands)) => {
            spectrum::energies(&spectrum::total(axes), bands).into_iter().map(f64::ln).collect()
        }
        (None, Feature::Tonal) => axes.iter().flat_map(|x| spectrum::tonal(x)).collect(),
        (None, _) => axes.iter().map(|x| of_axis(feature, x)).collect(),
    }
}

/// How large the numbers are whose rounding shows in a feature: the condition of its definition.
pub(crate) fn scale_of_axis(feature: Feature, x: &[f64]) -> f64 {
    let (size, std) = (largest(x), moment(x, 2).sqrt());
    let crest = of_axis(Feature::Crest, x);
    match feature {
        Feature::Variance => size * std,
        Feature::LogMad => {
            let spread = of_axis(Feature::LogMad, x).exp();
            of_axis(Feature::LogMad, x).abs() + size / spread
        }
        Feature::LogStd => of_axis(Feature::LogStd, x).abs() + 1.0 + size / std,
        Feature::Kurtosis => (4.0 + of_axis(feature, x)) * (1.0 + crest) * (1.0 + size / std),
        Feature::Skewness => (1.0 + crest) * (1.0 + crest) * (1.0 + size / std),
        Feature::Crest => crest * (1.0 + size / std),
        _ => size,
    }
}

/// Of an axis, how much larger its numbers are than what varies of them.
pub(crate) fn relative_size(x: &[f64]) -> f64 {
    1.0 + largest(x) / moment(x, 2).sqrt()
}

pub(crate) fn scale_of_window<T: Real>(feature: Feature, axes: &[Vec<f64>]) -> Vec<f64> {
    match (of_differences(feature), feature) {
        (Some(feature), _) => scale_of_window::<T>(feature, &differences(axes)),
        (None, Feature::Correlation) => of_pairs(axes, |x, y| relative_size(x) + relative_size(y)),
        (None, Feature::LogCov) => matrix::condition::<T>(axes),
        (None, Feature::LogEigen) => matrix::condition_of_eigenvalues::<T>(axes),
        (None, Feature::LevelLogStd) => matrix::condition_of_level(axes, axes),
        (None, Feature::LevelDiffLogStd) => matrix::condition_of_level(axes, &differences(axes)),
        (None, Feature::Bands(bands)) => {
            let scales = |x: &Vec<f64>| -> Vec<f64> {
                let energies = spectrum::energies(&spectrum::power(x), bands);
                energies
                    .into_iter()
                    .map(|energy| spectrum::scale::<T>(energy, largest(x)))
                    .collect()
            };
            axes.iter().flat_map(scales).collect()
        }
        (None, Feature::TotalBands(bands) | Feature::TotalOctaves(bands)) => {
            let size = axes.iter().map(|x| largest(x)).sum();
            let energies = spectrum::energies(&spectrum::total(axes), bands);
            energies.into_iter().map(|energy| spectrum::scale::<T>(energy, size)).collect()
        }
        (None, Feature::Tonal) => {
            axes.iter().flat_map(|x| spectrum::scale_of_tonal::<T>(x)).collect()
        }
        (None, _) => axes.iter().map(|x| scale_of_axis(feature, x)).collect(),
    }
}
