//! The detectors that can be trained, and what comes of it.

use judder_model::{DetectorKind, Gaussian, Learning};

use crate::autoencoder::{AutoencoderOptions, FittedAutoencoder};
use crate::shrinkage::Shrinkage;

/// Which detector is trained, and how.
#[derive(Debug, Clone, PartialEq)]
pub enum Method {
    /// A Gaussian, its covariance shrunk like this.
    Mahalanobis(Shrinkage),
    /// An autoencoder.
    Autoencoder(AutoencoderOptions),
}

impl Default for Method {
    fn default() -> Self {
        Self::Mahalanobis(Shrinkage::LedoitWolf)
    }
}

impl Method {
    /// The fewest windows for each feature.
    pub(crate) fn windows_per_feature(&self) -> usize {
        match self {
            Self::Mahalanobis(_) => 3,
            // Some are kept from the gradient, and a network has more numbers to find.
            Self::Autoencoder(_) => 5,
        }
    }
}

/// A detector as it was fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum Fitted {
    /// A Gaussian, and how far its correlations were shrunk.
    Mahalanobis(Gaussian, f64),
    /// An autoencoder, and how its training went.
    Autoencoder(FittedAutoencoder),
}

impl Fitted {
    /// The detector itself.
    pub fn detector(&self) -> DetectorKind {
        match self {
            Self::Mahalanobis(gaussian, _) => DetectorKind::Mahalanobis(gaussian.clone()),
            Self::Autoencoder(fitted) => DetectorKind::Autoencoder(fitted.autoencoder.clone()),
        }
    }

    /// What the model says of an autoencoder's training.
    pub(crate) fn learning(&self) -> Option<Learning> {
        let Self::Autoencoder(fitted) = self else { return None };
        Some(Learning {
            epochs: fitted.epochs,
            loss: fitted.loss,
            explained: fitted.explained,
            starts: fitted.starts,
            refused: fitted.refused.len(),
        })
    }
}
