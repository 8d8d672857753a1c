//! Shrinking a correlation matrix towards the identity, so that few windows do not fool the fit.

use std::fmt;
use std::str::FromStr;

use judder_core::FeatureSet;

use crate::family::Family;

/// How the covariance is shrunk. Correlations are scaled by `1 - intensity`.
///
/// Shrinking happens between standardised features, so units do not matter, and variances stay; but
/// see `families`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shrinkage {
    /// `none`: the sample covariance, as the reference has it.
    None,
    /// `ledoit-wolf`: O. Ledoit and M. Wolf, *A well-conditioned estimator for large-dimensional
    /// covariance matrices* (2004). With many windows it changes next to nothing.
    LedoitWolf,
    /// `families`: correlations between the numbers of different features are taken for 0; those of
    /// one feature are shrunk as if one more window had been seen, in which all is uncorrelated and
    /// logarithms vary alike. Windows of a machine come in groups, which fools estimates of a better
    /// intensity: they shrink too much. It is that of judder 0.1.
    Families,
    /// `pooled`: correlations between the numbers of different features, and of bands of different axes, are taken for
    /// 0. The covariance of each state is shrunk to what all states have in common, and that to what chance makes of
    /// windows of a machine that does not change, and a tolerance of 10 % of amplitude.
    #[default]
    Pooled,
    /// `oas`: Y. Chen et al., *Shrinkage Algorithms for MMSE Covariance Estimation* (2010).
    Oas,
}

impl fmt::Display for Shrinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "none",
            Self::LedoitWolf => "ledoit-wolf",
            Self::Families => "families",
            Self::Pooled => "pooled",
            Self::Oas => "oas",
        })
    }
}

impl FromStr for Shrinkage {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        [Self::Pooled, Self::Families, Self::LedoitWolf, Self::Oas, Self::None]
            .into_iter()
            .find(|one| one.to_string() == name)
            .ok_or_else(|| "the shrinkage is pooled, families, ledoit-wolf, oas or none".to_owned())
    }
}

impl Shrinkage {
    /// The numbers between which it estimates correlations.
    pub(crate) fn families(self, set: &FeatureSet, axes: usize, columns: usize) -> Vec<Family> {
        match self {
            Self::Pooled | Self::Families => Family::of_each(set, axes),
            Self::None | Self::LedoitWolf | Self::Oas => Family::whole(columns),
        }
    }

    /// The intensity, 0 to 1, for rows `z` `[n × p]` without mean, whose products divided by `n` are
    /// `r` `[p × p]` with a mean variance of 1: the distance to the identity counts.
    pub(crate) fn intensity(self, z: &[f64], r: &[f64], p: usize) -> f64 {
        let n = (z.len() / p) as f64;
        let squares: f64 = r.iter().map(|x| x * x).sum();
        // ‖R - I‖², as the mean of the diagonal is 1
        let spread = squares - p as f64;
        match self {
            Self::None => 0.0,
            // What is pooled is not shrunk by an intensity.
            Self::Pooled | Self::Families => 1.0 / (n + 1.0),
            Self::LedoitWolf => {
                // Σₖ ‖zₖzₖᵀ - R‖² = Σₖ ‖zₖ‖⁴ - n ‖R‖²
                let fourth: f64 = z
                    .chunks_exact(p)
                    .map(|row| row.iter().map(|x| x * x).sum::<f64>().powi(2))
                    .sum();
                let error = (fourth / n - squares) / n;
                if spread > 0.0 { (error / spread).clamp(0.0, 1.0) } else { 1.0 }
            }
            Self::Oas => {
                let size = p as f64;
                let mean_square = squares / (size * size);
                let denominator = (n + 1.0) * (mean_square - 1.0 / size);
                let shrunk = (mean_square + 1.0) / denominator;
                if denominator > 0.0 { shrunk.min(1.0) } else { 1.0 }
            }
        }
    }
}
