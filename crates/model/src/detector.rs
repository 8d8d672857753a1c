//! The kinds of detector a model may have.

use crate::{Autoencoder, Gaussian, Mixture, Neighbours, Precision};

/// The kind of detector, with its parameters.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DetectorKind {
    /// `mahalanobis`: the squared Mahalanobis distance from normal.
    Mahalanobis(Gaussian),
    /// `mixture`: the same from the nearest of several normal states.
    Mixture(Mixture),
    /// `neighbours`: the mean squared distance to the most similar normal windows.
    Neighbours(Neighbours),
    /// `autoencoder`: the mean squared error of a network that gives the features back.
    Autoencoder(Autoencoder),
}

impl DetectorKind {
    /// Its name, as in `--detector`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Mahalanobis(_) => "mahalanobis",
            Self::Mixture(_) => "mixture",
            Self::Neighbours(_) => "neighbours",
            Self::Autoencoder(_) => "autoencoder",
        }
    }

    /// How many features it takes.
    pub fn features(&self) -> usize {
        match self {
            Self::Mahalanobis(gaussian) => gaussian.mean().len(),
            Self::Mixture(mixture) => mixture.features(),
            Self::Neighbours(neighbours) => neighbours.sd().len(),
            Self::Autoencoder(autoencoder) => autoencoder.features(),
        }
    }

    /// The field whose numbers an arithmetic cannot hold, and what is wrong with them.
    pub(crate) fn too_much_for(&self, precision: Precision) -> Option<(&'static str, String)> {
        let fits = |x: &f64| precision == Precision::F64 || (*x as f32).is_finite();
        // A scale that f32 rounds off would make the detector blind to its feature.
        let seen = |scale: f64| precision == Precision::F64 || (scale as f32).is_normal();
        let gaussian = |gaussian: &Gaussian| {
            if !gaussian.mean().iter().chain(gaussian.whitening()).all(fits) {
                return Some(("detector", "a parameter is too large for f32".to_owned()));
            }
            let row = gaussian.scales().position(|scale| !seen(scale))?;
            let field = if gaussian.blocks().len() > 1 { "blocks" } else { "covariance" };
            Some((field, format!("the variance of feature {row} is too large for f32")))
        };
        let unseen = |mut scales: Box<dyn Iterator<Item = f64> + '_>| {
            let row = scales.position(|scale| !seen(scale))?;
            Some(("sd", format!("the scale of feature {row} is too small or large for f32")))
        };
        match self {
            Self::Mahalanobis(one) => gaussian(one),
            Self::Mixture(mixture) => mixture.modes().iter().find_map(gaussian),
            Self::Neighbours(neighbours) => {
                if !neighbours.rows().iter().all(fits) {
                    return Some(("rows", "a number is too large for f32".to_owned()));
                }
                unseen(Box::new(neighbours.scale()))
            }
            Self::Autoencoder(autoencoder) => {
                let layers = autoencoder.folded().layers();
                if !layers.iter().all(|one| one.weights().iter().chain(one.bias()).all(fits)) {
                    return Some(("layers", "a number is too large for f32".to_owned()));
                }
                unseen(Box::new(autoencoder.error_scale().into_iter()))
            }
        }
    }
}
