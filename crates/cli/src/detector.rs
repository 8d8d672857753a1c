//! The names of the detectors.

use clap::ValueEnum;
use judder_train::{AutoencoderOptions, Method, Shrinkage};

/// The detectors there are.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Detector {
    /// The squared Mahalanobis distance from the nearest of the states that normal recordings show
    Mixture,
    /// The squared Mahalanobis distance from the mean of the normal features
    Mahalanobis,
    /// The squared distance to the nearest of several centres of the normal features
    KMeans,
    /// The mean squared distance to the most similar normal windows
    Neighbours,
    /// How badly a small neural network that has learnt normal features gives them back
    Autoencoder,
    /// What notices small disturbances best, found with the normal recordings alone
    Auto,
}

impl Detector {
    /// How it is fitted, with `k` centres or neighbours; none where that is to be chosen.
    pub(crate) fn method(self, shrinkage: Shrinkage, k: Option<usize>) -> Option<Method> {
        match self {
            Self::Mixture => Some(Method::Mixture(shrinkage)),
            Self::Mahalanobis => Some(Method::Mahalanobis(shrinkage)),
            Self::KMeans => Some(Method::KMeans(k.unwrap_or(Method::CENTRES))),
            Self::Neighbours => Some(Method::Neighbours(k.unwrap_or(Method::NEIGHBOURS))),
            Self::Autoencoder => Some(Method::Autoencoder(AutoencoderOptions::default())),
            Self::Auto => None,
        }
    }
}
